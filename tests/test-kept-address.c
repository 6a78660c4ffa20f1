/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are kept in little room come out as they went in. */

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-kept-address-private.h>
#include <gsock/gsock.h>

#include "testlib.h"

static void
check_kept (GSockKeptAddress *kept, const char *text)
{
  GSockAddress address, got;

  g_assert_true (gsock_address_init_from_text (&address, text, NULL));
  gsock_kept_address_set (kept, &address);
  g_assert_true (gsock_kept_address_get (kept, &got));
  g_assert_cmpmem (gsock_address_native (&got), got.length, gsock_address_native (&address), address.length);
}

/* Short and long ones take turns, in the same place. */
static void
test_keep (void)
{
  static const char *const texts[] = {
    "127.0.0.1:80", "local:/a/name/that/is/longer/than/an/address/of/the/internet", "[fe80::1]:443", "local:/a", "local:/another/name/that/is/long/enough/to/be/kept/elsewhere",
  };
  GSockKeptAddress kept = { 0 };
  GSockAddress got;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    check_kept (&kept, texts[i]);
  gsock_kept_address_clear (&kept);
  g_assert_false (gsock_kept_address_get (&kept, &got));
  g_assert_cmpuint (got.length, ==, 0);
}

/* Every length that an address can have, the one at which it moves among them. */
static void
test_lengths (void)
{
  GSockKeptAddress kept = { 0 };

  for (guint length = 0; length <= GSOCK_ADDRESS_MAX_LENGTH; length++)
    {
      GSockAddress address = GSOCK_ADDRESS_INIT, got;

      for (guint i = 0; i < length; i++)
        ((guint8 *) address.storage)[i] = (guint8) (i + length);
      address.length = length;
      gsock_kept_address_set (&kept, &address);
      g_assert_cmpint (gsock_kept_address_get (&kept, &got), ==, length > 0);
      g_assert_cmpuint (got.length, ==, length);
      g_assert_cmpmem (&got, sizeof got, &address, sizeof address);
    }
  gsock_kept_address_clear (&kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kept-address/keep", test_keep);
  g_test_add_func ("/kept-address/lengths", test_lengths);
  return g_test_run ();
}
