/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts, names and endpoints: what needs no resolver, and what is made of its answers. */

#include "testetc.h"
#include "testhosts.h"
#include "testlib.h"

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-lookup-private.h>

#include <net/if.h>
#include <string.h>

static void
test_literals (void)
{
  static const TestHostCase cases[] = {
    { "127.0.0.1", GSOCK_IPV6_MODE_YES, "127.0.0.1:0", "127.0.0.1" },
    { "127.0.0.1", GSOCK_IPV6_MODE_NO, "127.0.0.1:0", "127.0.0.1" },
    { "::1", GSOCK_IPV6_MODE_YES, "[::1]:0", "::1" },
    { "::1", GSOCK_IPV6_MODE_ONLY, "[::1]:0", "::1" },
    { "[::1]", GSOCK_IPV6_MODE_YES, "[::1]:0", "::1" },
    { "2001:DB8:0:0::00A1", GSOCK_IPV6_MODE_YES, "[2001:db8::a1]:0", "2001:db8::a1" },
    { "fe80::1%lo", GSOCK_IPV6_MODE_YES, "[fe80::1%lo]:0", "fe80::1%lo" },
    { "::ffff:192.0.2.1", GSOCK_IPV6_MODE_YES, "[::ffff:192.0.2.1]:0", "::ffff:192.0.2.1" },
    { "::ffff:192.0.2.1", GSOCK_IPV6_MODE_NO, "192.0.2.1:0", "192.0.2.1" },
    { "0.0.0.0", GSOCK_IPV6_MODE_YES, "0.0.0.0:0", "0.0.0.0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    test_check_host (&cases[i]);
}

static void
test_scope (void)
{
  g_autoptr (GPtrArray) addresses
      = gsock_lookup_hostname ("fe80::1%lo", GSOCK_IPV6_MODE_YES, NULL, NULL, NULL);

  g_assert_nonnull (addresses);
  g_assert_cmpuint (gsock_address_get_scope_id (addresses->pdata[0]), ==, if_nametoindex ("lo"));
}

static void
check_list (GList *addresses, const char *true_name)
{
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_list_length (addresses), ==, 1);
  text = gsock_address_to_text (addresses->data);
  g_assert_cmpstr (text, ==, "127.0.0.1:0");
  g_assert_cmpstr (true_name, ==, "127.0.0.1");
  g_list_free_full (addresses, (GDestroyNotify) gsock_address_free);
}

static void
test_as_list (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *async_name = NULL;
  GList *addresses
      = gsock_lookup_hostname_as_list ("127.0.0.1", GSOCK_IPV6_MODE_YES, &name, NULL, &error);

  g_assert_no_error (error);
  check_list (addresses, name);
  gsock_lookup_hostname_async ("127.0.0.1", GSOCK_IPV6_MODE_YES, NULL, test_take_result, &result);
  addresses
      = gsock_lookup_hostname_as_list_finish (test_wait_for_result (&result), &async_name, &error);
  g_assert_no_error (error);
  check_list (addresses, async_name);
  g_assert_null (gsock_lookup_hostname_as_list ("", GSOCK_IPV6_MODE_YES, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_refused (void)
{
  static const TestRefusedHost cases[] = {
    { NULL, GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up a host: no name was given" },
    { "", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up a host: no name was given" },
    { "80", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up 80: " },
    { "127.1", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up 127.1: " },
    { "0x7f.0.0.1", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up 0x7f.0.0.1: " },
    { "127.0.0.1 x", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up 127.0.0.1 x: " },
    { "1::2::3", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up 1::2::3: " },
    { "host:80", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up host:80: " },
    { "host%lo", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_INVALID_ADDRESS, "look up host%lo: " },
    { "fe80::1%nosuch0", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_UNKNOWN_INTERFACE,
      "look up fe80::1%nosuch0: " },
    { "::1", GSOCK_IPV6_MODE_NO, GSOCK_ERROR_UNKNOWN_HOST, "look up ::1: this is an IPv6 address" },
    { "127.0.0.1", GSOCK_IPV6_MODE_ONLY, GSOCK_ERROR_UNKNOWN_HOST,
      "look up 127.0.0.1: this is an IPv4" },
    { "localhost", 3, GSOCK_ERROR_INVALID_ARGUMENT, "look up localhost: 3 is no ipv6 mode" },
    { "::1", -1, GSOCK_ERROR_INVALID_ARGUMENT, "look up ::1: -1 is no ipv6 mode" },
    { "bad\xff\xfename", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_UNKNOWN_HOST, "look up bad" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    test_check_refused_host (&cases[i]);
}

/* The labels of a name have 63 bytes at most. */
static void
test_long_label (void)
{
  g_autofree char *name = g_strnfill (400, 'a');
  const TestRefusedHost row
      = { name, GSOCK_IPV6_MODE_YES, GSOCK_ERROR_UNKNOWN_HOST, "look up aaa" };

  test_check_refused_host (&row);
}

static void
test_localhost (void)
{
  g_autofree char *true_name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses
      = gsock_lookup_hostname ("localhost", GSOCK_IPV6_MODE_YES, &true_name, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (addresses->len, >, 0);
  for (guint i = 0; i < addresses->len; i++)
    {
      g_assert_true (gsock_address_is_loopback (addresses->pdata[i]));
      g_assert_cmpuint (gsock_address_get_port (addresses->pdata[i]), ==, 0);
    }
  g_assert_nonnull (true_name);
}

typedef struct
{
  const char *host;
  guint port;
  gboolean numeric;
  const char *name;
  const char *service;
} NameCase;

static void
check_name (const NameCase *row)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host (row->host, row->port, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *service = NULL;
  g_autofree char *async_name = NULL;
  g_autofree char *async_service = NULL;

  name = gsock_lookup_name (address, row->numeric, &service, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, row->name);
  g_assert_cmpstr (service, ==, row->service);

  gsock_lookup_name_async (address, row->numeric, NULL, test_take_result, &result);
  async_name = gsock_lookup_name_finish (test_wait_for_result (&result), &async_service, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (async_name, ==, row->name);
  g_assert_cmpstr (async_service, ==, row->service);
}

static void
test_numeric_names (void)
{
  static const NameCase cases[] = {
    { "192.0.2.1", 80, TRUE, "192.0.2.1", "80" },
    { "2001:DB8::1", 0, TRUE, "2001:db8::1", "0" },
    { "fe80::1%lo", 65535, TRUE, "fe80::1%lo", "65535" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_name (&cases[i]);
}

static void
test_names (void)
{
  static const NameCase cases[] = {
    { "192.0.2.20", 80, FALSE, "four.test", "http" },
    { "2001:db8::20", 49999, FALSE, "six.test", "49999" },
    { "::1", 0, FALSE, "localhost", "0" },
  };

  if (!test_etc_is_own ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_name (&cases[i]);
}

static void
test_name_alone (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 80, NULL);
  g_autofree char *name = gsock_lookup_name (address, TRUE, NULL, NULL, NULL);

  g_assert_cmpstr (name, ==, "127.0.0.1");
}

static void
check_nameless (const GSockAddress *address, int code, const char *message)
{
  g_autofree char *service = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (int numeric = 0; numeric <= 1; numeric++)
    {
      g_assert_null (gsock_lookup_name (address, numeric, &service, NULL, &error));
      test_assert_message (error, message);
      test_assert_error (error, code);
    }

  gsock_lookup_name_async (address, TRUE, NULL, test_take_result, &result);
  g_assert_null (gsock_lookup_name_finish (test_wait_for_result (&result), &service, &error));
  test_assert_error (error, code);
  g_assert_null (service);
}

static void
test_nameless_addresses (void)
{
  const GSockAddress empty = GSOCK_ADDRESS_INIT;
  g_autoptr (GSockAddress) local = gsock_address_new_from_filename ("/run/x.sock", NULL);
  g_autoptr (GSockAddress) netlink = gsock_address_new_netlink (7, 0);

  check_nameless (local, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "look up /run/x.sock: ");
  check_nameless (netlink, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "have host names");
  check_nameless (&empty, GSOCK_ERROR_INVALID_ADDRESS, "no address was given");
  check_nameless (NULL, GSOCK_ERROR_INVALID_ADDRESS, "no address was given");
}

typedef struct
{
  const char *host;
  int ipv6;
  int family;
  const char *endpoints;
} EndpointCase;

static void
check_endpoints (const EndpointCase *row)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) found
      = gsock_lookup_endpoints (row->host, 80, row->ipv6, row->family, NULL, &error);

  g_assert_no_error (error);
  text = test_join_sorted (found);
  g_assert_cmpstr (text, ==, row->endpoints);
}

static void
test_literal_endpoints (void)
{
  static const EndpointCase cases[] = {
    { "192.0.2.1", GSOCK_IPV6_MODE_YES, AF_UNSPEC, "192.0.2.1:80" },
    { "192.0.2.1", GSOCK_IPV6_MODE_YES, AF_INET, "192.0.2.1:80" },
    { "192.0.2.1", GSOCK_IPV6_MODE_YES, AF_INET6, "[::ffff:192.0.2.1]:80" },
    { "192.0.2.1", GSOCK_IPV6_MODE_NO, AF_INET6, "[::ffff:192.0.2.1]:80" },
    { "::1", GSOCK_IPV6_MODE_YES, AF_UNSPEC, "[::1]:80" },
    { "::1", GSOCK_IPV6_MODE_ONLY, AF_INET6, "[::1]:80" },
    { "::ffff:192.0.2.1", GSOCK_IPV6_MODE_YES, AF_INET, "192.0.2.1:80" },
    { "fe80::1%lo", GSOCK_IPV6_MODE_YES, AF_INET6, "[fe80::1%lo]:80" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_endpoints (&cases[i]);
}

static void
test_endpoints (void)
{
  static const EndpointCase cases[] = {
    { "multi.test", GSOCK_IPV6_MODE_YES, AF_UNSPEC,
      "192.0.2.10:80 192.0.2.11:80 [2001:db8::10]:80 [2001:db8::11]:80" },
    { "multi.test", GSOCK_IPV6_MODE_YES, AF_INET, "192.0.2.10:80 192.0.2.11:80" },
    { "multi.test", GSOCK_IPV6_MODE_ONLY, AF_INET6, "[2001:db8::10]:80 [2001:db8::11]:80" },
    { "multi.test", GSOCK_IPV6_MODE_NO, AF_INET6, "[::ffff:192.0.2.10]:80 [::ffff:192.0.2.11]:80" },
    { "four.test", GSOCK_IPV6_MODE_YES, AF_INET6, "[::ffff:192.0.2.20]:80" },
  };

  if (!test_etc_is_own ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_endpoints (&cases[i]);
}

/* However the resolver sorts them, an IPv6 socket prefers IPv6; within a family the order is kept.
 */
static void
test_mapped_endpoints_come_last (void)
{
  static const struct
  {
    GSockIpv6Mode ipv6;
    int family;
  } parts[] = { { GSOCK_IPV6_MODE_ONLY, AF_UNSPEC }, { GSOCK_IPV6_MODE_NO, AF_INET6 } };
  g_autoptr (GPtrArray) found = NULL;
  guint next = 0;

  if (!test_etc_is_own ())
    return;
  found = gsock_lookup_endpoints ("multi.test", 80, GSOCK_IPV6_MODE_YES, AF_INET6, NULL, NULL);
  g_assert_nonnull (found);
  g_assert_cmpuint (found->len, ==, 4);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GPtrArray) part
          = gsock_lookup_endpoints ("multi.test", 80, parts[i].ipv6, parts[i].family, NULL, NULL);

      g_assert_cmpuint (part->len, ==, 2);
      for (guint j = 0; j < part->len; j++)
        g_assert_true (gsock_address_equal (found->pdata[next++], part->pdata[j]));
    }
}

static void
test_refused_endpoints (void)
{
  static const struct
  {
    const char *host;
    guint port;
    int ipv6;
    int family;
    int code;
  } cases[] = {
    { "::1", 80, GSOCK_IPV6_MODE_YES, AF_INET, GSOCK_ERROR_UNKNOWN_HOST },
    { "::1", 80, GSOCK_IPV6_MODE_NO, AF_INET6, GSOCK_ERROR_UNKNOWN_HOST },
    { "127.0.0.1", 80, GSOCK_IPV6_MODE_ONLY, AF_INET6, GSOCK_ERROR_UNKNOWN_HOST },
    { "127.0.0.1", 80, GSOCK_IPV6_MODE_ONLY, AF_INET, GSOCK_ERROR_UNKNOWN_HOST },
    { "127.0.0.1", 65536, GSOCK_IPV6_MODE_YES, AF_UNSPEC, GSOCK_ERROR_OUT_OF_RANGE },
    { NULL, 80, GSOCK_IPV6_MODE_YES, AF_UNSPEC, GSOCK_ERROR_INVALID_ADDRESS },
    { NULL, 65536, GSOCK_IPV6_MODE_YES, AF_UNSPEC, GSOCK_ERROR_OUT_OF_RANGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gsock_lookup_endpoints (cases[i].host, cases[i].port, cases[i].ipv6,
                                             cases[i].family, NULL, &error));
      g_assert_true (g_str_has_prefix (error->message, "look up "));
      test_assert_error (error, cases[i].code);
    }
}

static void
test_descriptors (void)
{
  test_keeps_descriptors (test_localhost ());
  test_keeps_descriptors (test_refused ());
  test_keeps_descriptors (test_endpoints ());
}

int
main (int argc, char *argv[])
{
  if (test_etc_enter ())
    test_hosts_write ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lookup/literals", test_literals);
  g_test_add_func ("/lookup/scope", test_scope);
  g_test_add_func ("/lookup/as-list", test_as_list);
  g_test_add_func ("/lookup/refused", test_refused);
  g_test_add_func ("/lookup/long-label", test_long_label);
  g_test_add_func ("/lookup/localhost", test_localhost);
  g_test_add_func ("/lookup/numeric-names", test_numeric_names);
  g_test_add_func ("/lookup/names", test_names);
  g_test_add_func ("/lookup/name-alone", test_name_alone);
  g_test_add_func ("/lookup/nameless-addresses", test_nameless_addresses);
  g_test_add_func ("/lookup/literal-endpoints", test_literal_endpoints);
  g_test_add_func ("/lookup/endpoints", test_endpoints);
  g_test_add_func ("/lookup/mapped-endpoints-come-last", test_mapped_endpoints_come_last);
  g_test_add_func ("/lookup/refused-endpoints", test_refused_endpoints);
  g_test_add_func ("/lookup/descriptors", test_descriptors);

  return g_test_run ();
}
