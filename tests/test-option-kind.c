/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kinds of sockets an option is for. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <sys/socket.h>

static void
test_kind (void)
{
  g_assert_cmpint (gsock_option_kind (AF_INET, SOCK_STREAM), ==, GSOCK_KIND_IPV4 | GSOCK_KIND_STREAM);
  g_assert_cmpint (gsock_option_kind (AF_INET6, SOCK_DGRAM), ==, GSOCK_KIND_IPV6 | GSOCK_KIND_DATAGRAM);
  g_assert_cmpint (gsock_option_kind (AF_UNIX, SOCK_SEQPACKET), ==, GSOCK_KIND_LOCAL | GSOCK_KIND_SEQPACKET);
  g_assert_cmpint (gsock_option_kind (AF_NETLINK, SOCK_RAW), ==, GSOCK_KIND_OTHER_FAMILY | GSOCK_KIND_RAW);
  g_assert_cmpint (gsock_option_kind (12345, 12345), ==, GSOCK_KIND_OTHER_FAMILY | GSOCK_KIND_RAW);
}

static void
test_applies (void)
{
  static const struct
  {
    const char *name;
    int family, type;
    gboolean applies;
  } cases[] = {
    { "keep-alive", AF_INET, SOCK_STREAM, TRUE },
    { "keep-alive", AF_NETLINK, SOCK_RAW, TRUE },
    { "tcp-nodelay", AF_INET, SOCK_STREAM, TRUE },
    { "tcp-nodelay", AF_INET6, SOCK_STREAM, TRUE },
    { "tcp-nodelay", AF_INET, SOCK_DGRAM, FALSE },
    { "tcp-nodelay", AF_UNIX, SOCK_STREAM, FALSE },
    { "udp-gro", AF_INET6, SOCK_DGRAM, TRUE },
    { "udp-gro", AF_INET6, SOCK_STREAM, FALSE },
    { "udp-gro", AF_UNIX, SOCK_DGRAM, FALSE },
    { "ip-tos", AF_INET6, SOCK_STREAM, TRUE },
    { "ip-tos", AF_UNIX, SOCK_STREAM, FALSE },
    { "ipv6-only", AF_INET6, SOCK_STREAM, TRUE },
    { "ipv6-only", AF_INET, SOCK_STREAM, FALSE },
    { "broadcast", AF_INET, SOCK_DGRAM, TRUE },
    { "broadcast", AF_INET, SOCK_STREAM, FALSE },
    { "pass-credentials", AF_UNIX, SOCK_DGRAM, TRUE },
    { "pass-credentials", AF_NETLINK, SOCK_RAW, TRUE },
    { "pass-credentials", AF_INET, SOCK_STREAM, FALSE },
    { "icmp-filter", AF_INET, SOCK_RAW, TRUE },
    { "icmp-filter", AF_INET6, SOCK_RAW, FALSE },
    { "icmp-filter", AF_INET, SOCK_DGRAM, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (gsock_option_applies (gsock_option_find (cases[i].name), cases[i].family, cases[i].type),
                     ==, cases[i].applies);
}

static void
test_describe (void)
{
  static const struct
  {
    GSockKinds kinds;
    const char *text;
  } cases[] = {
    { GSOCK_KIND_INTERNET | GSOCK_KIND_STREAM, "ipv4 or ipv6 stream" },
    { GSOCK_KIND_LOCAL | GSOCK_KIND_ANY_TYPE, "local" },
    { GSOCK_KIND_ANY_FAMILY | GSOCK_KIND_DATAGRAM | GSOCK_KIND_RAW, "datagram or raw" },
    { GSOCK_KIND_OTHER_FAMILY | GSOCK_KIND_SEQPACKET, "other seqpacket" },
    { GSOCK_KIND_ANY, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = gsock_option_describe_kinds (cases[i].kinds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-kind/kind", test_kind);
  g_test_add_func ("/option-kind/applies", test_applies);
  g_test_add_func ("/option-kind/describe", test_describe);
  return g_test_run ();
}
