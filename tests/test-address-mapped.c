/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 addresses inside IPv6 addresses. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <string.h>

static const struct
{
  const char *host;
  gboolean mapped, compatible;
} hosts[] = {
  { "192.0.2.1", FALSE, FALSE },
  { "::ffff:192.0.2.1", TRUE, FALSE },
  { "::ffff:0.0.0.0", TRUE, FALSE },
  { "::192.0.2.1", FALSE, TRUE },
  { "::2", FALSE, TRUE },
  { "::", FALSE, FALSE },
  { "::1", FALSE, FALSE },
  { "::fffe:192.0.2.1", FALSE, FALSE },
  { "1::ffff:192.0.2.1", FALSE, FALSE },
  { "64:ff9b::192.0.2.1", FALSE, FALSE },
};

static void
test_predicates (void)
{
  GSockAddress local;

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSockAddress) address = gsock_address_new_from_host (hosts[i].host, 80, NULL);

      g_test_message ("%s", hosts[i].host);
      g_assert_cmpint (gsock_address_is_ipv4_mapped (address), ==, hosts[i].mapped);
      g_assert_cmpint (gsock_address_is_ipv4_compatible (address), ==, hosts[i].compatible);
    }
  g_assert_true (gsock_address_init_from_filename (&local, "/x", NULL));
  g_assert_false (gsock_address_is_ipv4_mapped (&local));
  g_assert_false (gsock_address_is_ipv4_compatible (&local));
}

/* @wanted is the text of what comes out, or NULL where it must be refused. */
static void
check (GSockAddress *(*map) (const GSockAddress *, GError **), const char *text, const char *wanted)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_text (text, NULL);
  g_autoptr (GSockAddress) other = NULL;
  g_autoptr (GSockAddress) expected = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (address);
  other = map (address, &error);
  if (wanted == NULL)
    {
      g_assert_null (other);
      test_assert_message (error, text);
      test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
      return;
    }
  g_assert_no_error (error);
  expected = gsock_address_new_from_text (wanted, NULL);
  /* The bytes behind the address count too: they are those of a fresh one. */
  g_assert_cmpmem (other, sizeof *other, expected, sizeof *expected);
}

static void
test_map (void)
{
  check (gsock_address_map_to_ipv6, "192.0.2.1:80", "[::ffff:192.0.2.1]:80");
  check (gsock_address_map_to_ipv6, "0.0.0.0:80", "[::ffff:0.0.0.0]:80");
  check (gsock_address_map_to_ipv6, "[fe80::1%lo]:80", "[fe80::1%lo]:80");
  check (gsock_address_map_to_ipv6, "/x", NULL);
  check (gsock_address_map_to_ipv6, "netlink:1", NULL);

  check (gsock_address_map_to_ipv4, "[::ffff:192.0.2.1]:80", "192.0.2.1:80");
  check (gsock_address_map_to_ipv4, "192.0.2.1:80", "192.0.2.1:80");
  check (gsock_address_map_to_ipv4, "[::1]:80", NULL);
  check (gsock_address_map_to_ipv4, "[::192.0.2.1]:80", NULL);
  check (gsock_address_map_to_ipv4, "@x", NULL);
}

static void
test_in_place (void)
{
  static const char *const untouched[] = { "[::1]:80", "/x", "@x", "netlink:1", "family-44:00" };
  GSockAddress address, before;

  g_assert_true (gsock_address_init_from_text (&address, "192.0.2.1:80", NULL));
  before = address;
  gsock_address_unmap (&address);
  g_assert_true (gsock_address_equal (&address, &before));
  gsock_address_map (&address);
  g_assert_true (gsock_address_is_ipv4_mapped (&address));
  gsock_address_unmap (&address);
  g_assert_cmpmem (&address, sizeof address, &before, sizeof before);

  for (gsize i = 0; i < G_N_ELEMENTS (untouched); i++)
    {
      g_assert_true (gsock_address_init_from_text (&address, untouched[i], NULL));
      before = address;
      gsock_address_map (&address);
      gsock_address_unmap (&address);
      g_assert_cmpmem (&address, sizeof address, &before, sizeof before);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-mapped/predicates", test_predicates);
  g_test_add_func ("/address-mapped/map", test_map);
  g_test_add_func ("/address-mapped/in-place", test_in_place);

  return g_test_run ();
}
