/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests about groups: the structs they become, and what is refused before the kernel sees it. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static int fd;
static guint loopback;

static gboolean
encode (const char *name, const char *text, GSockOptionBytes *bytes, GError **error)
{
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, NULL);

  g_assert_nonnull (value);
  return gsock_option_encode (gsock_option_find (name), fd, value, bytes, error);
}

static void
encode_into (const char *name, const char *text, int level, gpointer native, gsize length)
{
  g_autoptr (GError) error = NULL;
  GSockOptionBytes bytes;

  g_assert_true (encode (name, text, &bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (bytes.level, ==, level);
  g_assert_cmpuint (bytes.length, ==, length);
  memcpy (native, bytes.data, length);
}

static void
check_mreq (const char *text, const char *address, guint index)
{
  struct ip_mreqn native;

  encode_into ("ip-add-membership", text, IPPROTO_IP, &native, sizeof native);
  g_assert_cmpuint (native.imr_multiaddr.s_addr, ==, inet_addr ("239.1.2.3"));
  g_assert_cmpuint (native.imr_address.s_addr, ==, inet_addr (address));
  g_assert_cmpint (native.imr_ifindex, ==, index);
}

static void
test_mreq (void)
{
  check_mreq ("'239.1.2.3'", "0.0.0.0", 0);
  check_mreq ("('239.1.2.3',)", "0.0.0.0", 0);
  check_mreq ("('239.1.2.3', '')", "0.0.0.0", 0);
  check_mreq ("('239.1.2.3', @ms nothing)", "0.0.0.0", 0);
  check_mreq ("('239.1.2.3', '127.0.0.1')", "127.0.0.1", 0);
  check_mreq ("('239.1.2.3', 'lo')", "0.0.0.0", loopback);
  check_mreq ("['239.1.2.3', 'lo']", "0.0.0.0", loopback);
  check_mreq ("[<'239.1.2.3'>, <byte 1>]", "0.0.0.0", 1);
  check_mreq ("\"('239.1.2.3', 'lo')\"", "0.0.0.0", loopback);
}

static void
test_mreq_source (void)
{
  struct ip_mreq_source native;

  encode_into ("ip-add-source-membership", "('232.1.2.3', '192.0.2.9', 'lo')", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpuint (native.imr_multiaddr.s_addr, ==, inet_addr ("232.1.2.3"));
  g_assert_cmpuint (native.imr_sourceaddr.s_addr, ==, inet_addr ("192.0.2.9"));
  g_assert_cmpuint (native.imr_interface.s_addr, ==, inet_addr ("127.0.0.1"));
  encode_into ("ip-block-source", "('232.1.2.3', '192.0.2.9')", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpuint (native.imr_interface.s_addr, ==, 0);
}

static void
check_mreq6 (const char *text, guint index)
{
  struct ipv6_mreq native;
  char group[INET6_ADDRSTRLEN];

  encode_into ("ipv6-add-membership", text, IPPROTO_IPV6, &native, sizeof native);
  inet_ntop (AF_INET6, &native.ipv6mr_multiaddr, group, sizeof group);
  g_assert_cmpstr (group, ==, "ff02::1:3");
  g_assert_cmpuint (native.ipv6mr_interface, ==, index);
}

static void
test_mreq6 (void)
{
  check_mreq6 ("'ff02::1:3'", 0);
  check_mreq6 ("('ff02::1:3', 'lo')", loopback);
  check_mreq6 ("('ff02::1:3', '127.0.0.1')", loopback);
  check_mreq6 ("('ff02::1:3', '::1')", loopback);
  check_mreq6 ("'ff02::1:3%lo'", loopback);
}

/* The group decides the level, whichever socket it is for. */
static void
test_group_req (void)
{
  struct group_req native;

  encode_into ("multicast-join-group", "('239.1.2.3', '127.0.0.1')", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpuint (native.gr_interface, ==, loopback);
  g_assert_cmpint (native.gr_group.ss_family, ==, AF_INET);
  g_assert_cmpuint (((struct sockaddr_in *) &native.gr_group)->sin_addr.s_addr, ==, inet_addr ("239.1.2.3"));

  encode_into ("multicast-leave-group", "'ff02::1:3'", IPPROTO_IPV6, &native, sizeof native);
  g_assert_cmpuint (native.gr_interface, ==, 0);
  g_assert_cmpint (native.gr_group.ss_family, ==, AF_INET6);
  g_assert_true (IN6_IS_ADDR_MULTICAST (&((struct sockaddr_in6 *) &native.gr_group)->sin6_addr));
}

static void
test_group_source_req (void)
{
  struct group_source_req native;

  encode_into ("multicast-join-source-group", "('232.1.2.3', '192.0.2.9', 'lo')", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpuint (native.gsr_interface, ==, loopback);
  g_assert_cmpuint (((struct sockaddr_in *) &native.gsr_group)->sin_addr.s_addr, ==, inet_addr ("232.1.2.3"));
  g_assert_cmpuint (((struct sockaddr_in *) &native.gsr_source)->sin_addr.s_addr, ==, inet_addr ("192.0.2.9"));
  encode_into ("multicast-leave-source-group", "('ff3e::1', '2001:db8::9')", IPPROTO_IPV6, &native, sizeof native);
  g_assert_cmpint (native.gsr_source.ss_family, ==, AF_INET6);
}

/* The address can be read back, so the index brings it along. */
static void
test_multicast_interface (void)
{
  struct ip_mreqn native;

  encode_into ("ip-multicast-interface", "'lo'", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpint (native.imr_ifindex, ==, loopback);
  g_assert_cmpuint (native.imr_address.s_addr, ==, inet_addr ("127.0.0.1"));
  encode_into ("ip-multicast-interface", "'0.0.0.0'", IPPROTO_IP, &native, sizeof native);
  g_assert_cmpint (native.imr_ifindex, ==, 0);
  g_assert_cmpuint (native.imr_address.s_addr, ==, 0);
}

static void
test_ifindex (void)
{
  guint index;

  encode_into ("ipv6-multicast-interface", "'lo'", IPPROTO_IPV6, &index, sizeof index);
  g_assert_cmpuint (index, ==, loopback);
  encode_into ("bind-to-interface-index", "'127.0.0.1'", SOL_SOCKET, &index, sizeof index);
  g_assert_cmpuint (index, ==, loopback);
  encode_into ("bind-to-interface-index", "0", SOL_SOCKET, &index, sizeof index);
  g_assert_cmpuint (index, ==, 0);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *name, *value;
    GSockError code;
  } cases[] = {
    { "ip-add-membership", "'10.0.0.1'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-add-membership", "'0.0.0.0'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-add-membership", "'ff02::1'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-add-membership", "'nonsense'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-add-membership", "''", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-add-membership", "('239.1.2.3', 'no-such-one')", GSOCK_ERROR_UNKNOWN_INTERFACE },
    { "ip-add-membership", "('239.1.2.3', 'lo', 'lo')", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-membership", "(239, 'lo')", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-membership", "5", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-membership", "()", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-membership", "(@ms nothing,)", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-source-membership", "'232.1.2.3'", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-source-membership", "('232.1.2.3', 5)", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ip-add-source-membership", "('232.1.2.3', '::1')", GSOCK_ERROR_INVALID_ADDRESS },
    { "ipv6-add-membership", "'239.1.2.3'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ipv6-add-membership", "'2001:db8::1'", GSOCK_ERROR_INVALID_ADDRESS },
    { "ipv6-add-membership", "('ff02::1', '198.51.100.77')", GSOCK_ERROR_UNKNOWN_INTERFACE },
    { "multicast-join-group", "'192.0.2.1'", GSOCK_ERROR_INVALID_ADDRESS },
    { "multicast-join-source-group", "('232.1.2.3', '2001:db8::1')", GSOCK_ERROR_INVALID_ADDRESS },
    { "ip-multicast-interface", "'no-such-one'", GSOCK_ERROR_UNKNOWN_INTERFACE },
    { "ip-multicast-interface", "('lo',)", GSOCK_ERROR_INVALID_ARGUMENT },
    { "ipv6-multicast-interface", "'no-such-one'", GSOCK_ERROR_UNKNOWN_INTERFACE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockOptionBytes bytes;

      g_assert_false (encode (cases[i].name, cases[i].value, &bytes, &error));
      test_assert_message (error, cases[i].name);
      g_assert_error (error, GSOCK_ERROR, (int) cases[i].code);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  loopback = if_nametoindex ("lo");
  g_test_add_func ("/option-group/mreq", test_mreq);
  g_test_add_func ("/option-group/mreq-source", test_mreq_source);
  g_test_add_func ("/option-group/mreq6", test_mreq6);
  g_test_add_func ("/option-group/group-req", test_group_req);
  g_test_add_func ("/option-group/group-source-req", test_group_source_req);
  g_test_add_func ("/option-group/multicast-interface", test_multicast_interface);
  g_test_add_func ("/option-group/ifindex", test_ifindex);
  g_test_add_func ("/option-group/refused", test_refused);
  result = g_test_run ();
  close (fd);
  return result;
}
