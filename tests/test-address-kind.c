/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds of hosts: every predicate asked of every host of a table, and of GLib's for random ones. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <string.h>

typedef gboolean (*Predicate) (const GSockAddress *self);

static const struct
{
  const char *name;
  Predicate predicate;
} predicates[] = {
  { "loopback", gsock_address_is_loopback },
  { "multicast", gsock_address_is_multicast },
  { "unspecified", gsock_address_is_unspecified },
  { "link-local", gsock_address_is_link_local },
  { "site-local", gsock_address_is_site_local },
  { "global", gsock_address_is_global },
  { "private", gsock_address_is_private },
  { "broadcast", gsock_address_is_broadcast },
  { "mc-node", gsock_address_is_multicast_node_local },
  { "mc-link", gsock_address_is_multicast_link_local },
  { "mc-site", gsock_address_is_multicast_site_local },
  { "mc-organization", gsock_address_is_multicast_organization_local },
  { "mc-global", gsock_address_is_multicast_global },
  { "mc-transient", gsock_address_is_multicast_transient },
};

/* A host, and every predicate that is true of it. Where a network begins and ends, both sides. */
static const struct
{
  const char *host, *kinds;
} hosts[] = {
  { "0.0.0.0", "unspecified" },
  { "0.0.0.1", "" },
  { "0.255.255.255", "" },
  { "1.0.0.0", "global" },
  { "9.255.255.255", "global" },
  { "10.0.0.0", "private site-local" },
  { "10.255.255.255", "private site-local" },
  { "11.0.0.0", "global" },
  { "100.63.255.255", "global" },
  { "100.64.0.0", "" },
  { "100.127.255.255", "" },
  { "100.128.0.0", "global" },
  { "126.255.255.255", "global" },
  { "127.0.0.0", "loopback" },
  { "127.0.0.1", "loopback" },
  { "127.255.255.255", "loopback" },
  { "128.0.0.0", "global" },
  { "169.253.255.255", "global" },
  { "169.254.0.0", "link-local" },
  { "169.254.255.255", "link-local" },
  { "169.255.0.0", "global" },
  { "172.15.255.255", "global" },
  { "172.16.0.0", "private site-local" },
  { "172.31.255.255", "private site-local" },
  { "172.32.0.0", "global" },
  { "192.0.0.0", "" },
  { "192.0.0.8", "" },
  { "192.0.0.9", "global" },
  { "192.0.0.10", "global" },
  { "192.0.0.11", "" },
  { "192.0.1.0", "global" },
  { "192.0.2.1", "" },
  { "192.0.3.0", "global" },
  { "192.167.255.255", "global" },
  { "192.168.0.0", "private site-local" },
  { "192.168.255.255", "private site-local" },
  { "192.169.0.0", "global" },
  { "198.17.255.255", "global" },
  { "198.18.0.0", "" },
  { "198.19.255.255", "" },
  { "198.20.0.0", "global" },
  { "198.51.100.1", "" },
  { "203.0.113.1", "" },
  { "223.255.255.255", "global" },
  { "224.0.0.0", "multicast mc-link" },
  { "224.0.0.255", "multicast mc-link" },
  { "224.0.1.0", "multicast mc-global" },
  { "238.255.255.255", "multicast mc-global" },
  { "239.0.0.0", "multicast" },
  { "239.191.255.255", "multicast" },
  { "239.192.0.0", "multicast mc-organization" },
  { "239.195.255.255", "multicast mc-organization" },
  { "239.196.0.0", "multicast" },
  { "239.254.255.255", "multicast" },
  { "239.255.0.0", "multicast mc-site" },
  { "239.255.255.255", "multicast mc-site" },
  { "240.0.0.0", "" },
  { "255.255.255.254", "" },
  { "255.255.255.255", "broadcast" },
  { "::", "unspecified" },
  { "::1", "loopback" },
  { "::2", "" },
  { "::127.0.0.1", "" },
  { "64:ff9b::1.2.3.4", "global" },
  { "64:ff9b:1::1", "" },
  { "100::1", "" },
  { "1fff::1", "" },
  { "2000::", "global" },
  { "2001::1", "" },
  { "2001:1::1", "global" },
  { "2001:1::2", "global" },
  { "2001:1::4", "" },
  { "2001:2::1", "" },
  { "2001:3::1", "global" },
  { "2001:4:112::1", "global" },
  { "2001:4:113::1", "" },
  { "2001:20::1", "global" },
  { "2001:2f:ffff::1", "global" },
  { "2001:30::1", "global" },
  { "2001:40::1", "" },
  { "2001:1ff::1", "" },
  { "2001:200::1", "global" },
  { "2001:db7:ffff::1", "global" },
  { "2001:db8::1", "" },
  { "2001:db9::1", "global" },
  { "3ffe::1", "global" },
  { "3fff::1", "" },
  { "3fff:fff::1", "" },
  { "3fff:1000::1", "global" },
  { "4000::1", "" },
  { "fbff::1", "" },
  { "fc00::", "private" },
  { "fdff:ffff::1", "private" },
  { "fe00::1", "" },
  { "fe7f::1", "" },
  { "fe80::1", "link-local" },
  { "febf:ffff::1", "link-local" },
  { "fec0::1", "site-local" },
  { "feff:ffff::1", "site-local" },
  { "ff00::1", "multicast" },
  { "ff01::1", "multicast mc-node" },
  { "ff02::1", "multicast mc-link" },
  { "ff03::1", "multicast" },
  { "ff04::1", "multicast" },
  { "ff05::2", "multicast mc-site" },
  { "ff08::1", "multicast mc-organization" },
  { "ff0e::1", "multicast mc-global" },
  { "ff0f::1", "multicast" },
  { "ff11::1", "multicast mc-node mc-transient" },
  { "ff12::1", "multicast mc-link mc-transient" },
  { "ff3e::1", "multicast mc-global mc-transient" },
  { "ff2e::1", "multicast mc-global" },
};

static char *
list_kinds (const GSockAddress *address)
{
  GString *kinds = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (predicates); i++)
    if (predicates[i].predicate (address))
      g_string_append_printf (kinds, "%s%s", kinds->len > 0 ? " " : "", predicates[i].name);
  return g_string_free (kinds, FALSE);
}

/* The order of the names is that of the predicates. */
static char *
sort_kinds (const char *kinds)
{
  g_auto (GStrv) names = g_strsplit (kinds, " ", -1);
  GString *sorted = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (predicates); i++)
    if (g_strv_contains ((const char *const *) names, predicates[i].name))
      g_string_append_printf (sorted, "%s%s", sorted->len > 0 ? " " : "", predicates[i].name);
  return g_string_free (sorted, FALSE);
}

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSockAddress) address = gsock_address_new_from_host (hosts[i].host, 80, NULL);
      g_autofree char *found = NULL, *wanted = sort_kinds (hosts[i].kinds);

      g_assert_nonnull (address);
      g_assert_cmpuint (strlen (wanted), ==, strlen (hosts[i].kinds));
      found = list_kinds (address);
      if (strcmp (found, wanted) != 0)
        g_error ("%s is \"%s\", not \"%s\"", hosts[i].host, found, wanted);
      if (gsock_address_get_family (address) != GSOCK_ADDRESS_FAMILY_IPV4)
        continue;

      g_free (found);
      gsock_address_map (address);
      found = list_kinds (address);
      if (strcmp (found, wanted) != 0)
        g_error ("%s mapped is \"%s\", not \"%s\"", hosts[i].host, found, wanted);
    }
}

static void
test_every_predicate_is_used (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (predicates); i++)
    {
      gboolean used = FALSE;

      for (gsize j = 0; j < G_N_ELEMENTS (hosts); j++)
        {
          g_auto (GStrv) names = g_strsplit (hosts[j].kinds, " ", -1);

          used |= g_strv_contains ((const char *const *) names, predicates[i].name);
        }
      g_assert_true (used);
    }
}

static void
test_other_families (void)
{
  static const char *const texts[] = { "/x", "@x", "(unnamed)", "netlink:1", "family-44:7f000001" };
  GSockAddress empty = GSOCK_ADDRESS_INIT;

  for (gsize i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GSockAddress) address = i < G_N_ELEMENTS (texts)
                                             ? gsock_address_new_from_text (texts[i], NULL)
                                             : gsock_address_copy (&empty);
      g_autofree char *kinds = list_kinds (address);

      g_assert_cmpstr (kinds, ==, "");
    }
}

static void
test_networks (void)
{
  static const struct
  {
    const char *text, *network;
    gboolean inside;
  } rows[] = {
    { "10.1.2.3:80", "10.0.0.0/8", TRUE },
    { "11.0.0.0:80", "10.0.0.0/8", FALSE },
    { "10.1.2.3:80", "10.1.2.3", TRUE },
    { "10.1.2.4:80", "10.1.2.3", FALSE },
    { "10.1.2.131:80", "10.1.2.128/25", TRUE },
    { "10.1.2.127:80", "10.1.2.128/25", FALSE },
    { "10.1.2.3:80", "0.0.0.0/0", TRUE },
    { "10.1.2.3:80", "::/0", FALSE },
    { "[::1]:80", "::/0", TRUE },
    { "[::1]:80", "0.0.0.0/0", FALSE },
    { "[::ffff:10.1.2.3]:80", "10.0.0.0/8", TRUE },
    { "[::ffff:11.1.2.3]:80", "10.0.0.0/8", FALSE },
    { "[::ffff:10.1.2.3]:80", "::ffff:0:0/96", TRUE },
    { "[2001:db8:8000::1]:80", "2001:db8:8000::/33", TRUE },
    { "[2001:db8:7fff::1]:80", "2001:db8:8000::/33", FALSE },
    { "/x", "::/0", FALSE },
    { "family-44:0a010203", "0.0.0.0/0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockAddress) address = gsock_address_new_from_text (rows[i].text, &error);
      g_autoptr (GInetAddressMask) network = NULL;

      g_assert_no_error (error);
      network = g_inet_address_mask_new_from_string (rows[i].network, &error);
      g_assert_no_error (error);
      g_test_message ("%s in %s", rows[i].text, rows[i].network);
      g_assert_cmpint (gsock_address_is_in_network (address, network), ==, rows[i].inside);
    }
}

/* Where GLib has the same predicate, it says the same. */
static void
compare_with_glib (const GSockAddress *address)
{
  g_autofree char *text = gsock_address_get_host (address);
  g_autoptr (GInetAddress) glib = g_inet_address_new_from_string (text);

  g_test_message ("%s", text);
  g_assert_cmpint (gsock_address_is_loopback (address), ==, g_inet_address_get_is_loopback (glib));
  g_assert_cmpint (gsock_address_is_multicast (address), ==,
                   g_inet_address_get_is_multicast (glib));
  g_assert_cmpint (gsock_address_is_unspecified (address), ==, g_inet_address_get_is_any (glib));
  g_assert_cmpint (gsock_address_is_link_local (address), ==,
                   g_inet_address_get_is_link_local (glib));
  g_assert_cmpint (gsock_address_is_site_local (address), ==,
                   g_inet_address_get_is_site_local (glib));
  /* Of IPv4 groups GLib 2.74 calls none global, not even those of its own documentation, and none
   * an organization's. */
  if (gsock_address_get_family (address) == GSOCK_ADDRESS_FAMILY_IPV4)
    return;
  g_assert_cmpint (gsock_address_is_multicast_node_local (address), ==,
                   g_inet_address_get_is_mc_node_local (glib));
  g_assert_cmpint (gsock_address_is_multicast_link_local (address), ==,
                   g_inet_address_get_is_mc_link_local (glib));
  g_assert_cmpint (gsock_address_is_multicast_site_local (address), ==,
                   g_inet_address_get_is_mc_site_local (glib));
  g_assert_cmpint (gsock_address_is_multicast_organization_local (address), ==,
                   g_inet_address_get_is_mc_org_local (glib));
  g_assert_cmpint (gsock_address_is_multicast_global (address), ==,
                   g_inet_address_get_is_mc_global (glib));
}

static void
test_as_glib (void)
{
  static const guint8 begins[][2] = {
    { 10, 0 },    { 127, 0 },   { 169, 254 },   { 172, 16 },    { 192, 168 },   { 224, 0 },
    { 239, 192 }, { 239, 255 }, { 0xfe, 0x80 }, { 0xfe, 0xc0 }, { 0xff, 0x02 }, { 0xff, 0x1e },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 20000; i++)
    {
      gboolean ipv6 = g_rand_boolean (random);
      guint8 data[26] = { 0 };
      guint8 *host = data + (ipv6 ? 6 : 2);
      GSockAddress address;

      for (gsize j = 0; j < (ipv6 ? 16 : 4); j++)
        host[j] = (guint8) g_rand_int (random);
      if (g_rand_int_range (random, 0, 4) > 0)
        memcpy (host, begins[g_rand_int_range (random, 0, G_N_ELEMENTS (begins))], 2);
      g_assert_true (gsock_address_init_for_family (&address, ipv6 ? AF_INET6 : AF_INET, data,
                                                    ipv6 ? 26 : 14, NULL));
      compare_with_glib (&address);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-kind/table", test_table);
  g_test_add_func ("/address-kind/every-predicate-is-used", test_every_predicate_is_used);
  g_test_add_func ("/address-kind/other-families", test_other_families);
  g_test_add_func ("/address-kind/networks", test_networks);
  g_test_add_func ("/address-kind/as-glib", test_as_glib);

  return g_test_run ();
}
