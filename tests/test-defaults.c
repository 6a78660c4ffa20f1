/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process sets for all its sockets. */

#include "testlib.h"
#include "teststage.h"

#include <gsock/gsock-make-socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Of a listener the kernel tells its backlog in this field. */
static guint
backlog_of (GSockSocket *socket)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), IPPROTO_TCP, TCP_INFO, &info, &length), ==, 0);
  return info.tcpi_sacked;
}

static GSockSocket *
make_listener (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);

  g_assert_no_error (error);
  return socket;
}

static void
test_backlog (void)
{
  g_autoptr (GSockSocket) before = make_listener ();
  g_autoptr (GSockSocket) after = NULL, given = NULL;
  int read = 0;

  g_assert_cmpuint (gsock_get_default_backlog (), ==, SOMAXCONN);
  gsock_set_default_backlog (3);
  g_assert_cmpuint (gsock_get_default_backlog (), ==, 3);
  after = make_listener ();
  given = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "backlog", 9, NULL);
  g_assert_cmpuint (backlog_of (after), ==, 3);
  g_assert_cmpuint (backlog_of (given), ==, 9);
  g_assert_cmpuint (backlog_of (before), !=, 3);
  g_object_get (after, "backlog", &read, NULL);
  g_assert_cmpint (read, ==, 3);
  gsock_set_default_backlog (SOMAXCONN);
}

static void
test_ipv6_mode_bounds (void)
{
  GSockIpv6Mode before = gsock_get_default_ipv6_mode ();

  gsock_set_default_ipv6_mode ((GSockIpv6Mode) 77);
  g_assert_cmpint (gsock_get_default_ipv6_mode (), ==, before);
  gsock_set_default_ipv6_mode ((GSockIpv6Mode) -1);
  g_assert_cmpint (gsock_get_default_ipv6_mode (), ==, before);
}

/* No listen takes more than an int has. */
static void
test_backlog_bounds (void)
{
  gsock_set_default_backlog (G_MAXUINT);
  g_assert_cmpuint (gsock_get_default_backlog (), ==, G_MAXINT);
  gsock_set_default_backlog (SOMAXCONN);
}

static int
family_of_look_up (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);

  g_assert_no_error (error);
  return gsock_socket_get_address_family (socket);
}

static void
test_ipv6_mode (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  int read = -1;

  g_assert_cmpint (gsock_get_default_ipv6_mode (), ==, GSOCK_IPV6_MODE_YES);
  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_NO);
  g_assert_cmpint (gsock_get_default_ipv6_mode (), ==, GSOCK_IPV6_MODE_NO);
  g_assert_cmpint (family_of_look_up (), ==, AF_INET);
  socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_object_get (socket, "ipv6", &read, NULL);
  g_assert_cmpint (read, ==, GSOCK_IPV6_MODE_NO);
  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_YES);
  if (!test_needs_ipv6 ())
    return;
  g_assert_cmpint (family_of_look_up (), ==, AF_INET6);
}

static guint
linger_of (GVariant *value)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  struct linger linger = { 0 };
  socklen_t length = sizeof linger;

  g_assert_true (gsock_socket_set_option (socket, "linger", value, NULL));
  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), SOL_SOCKET, SO_LINGER, &linger, &length), ==, 0);
  return linger.l_onoff ? linger.l_linger : -1;
}

static void
test_linger (void)
{
  g_assert_cmpuint (gsock_get_default_linger_seconds (), ==, 15);
  g_assert_cmpuint (linger_of (g_variant_new_boolean (TRUE)), ==, 15);
  gsock_set_default_linger_seconds (4);
  g_assert_cmpuint (gsock_get_default_linger_seconds (), ==, 4);
  g_assert_cmpuint (linger_of (g_variant_new_boolean (TRUE)), ==, 4);
  g_assert_cmpuint (linger_of (g_variant_new ("(bi)", TRUE, 6)), ==, 6);
  g_assert_cmpuint (linger_of (g_variant_new_boolean (FALSE)), ==, G_MAXUINT);
  gsock_set_default_linger_seconds (15);
}

/* What a program sets is kept to what RFC 8305 allows. */
static void
test_attempt_delay (void)
{
  static const struct
  {
    double set, read;
  } cases[] = { { 0.1, 0.1 }, { 0.0104, 0.01 }, { 0, 0.01 }, { -1, 0.01 }, { 2, 2 }, { 1e300, 2 }, { G_MAXDOUBLE, 2 }, { 0.25, 0.25 } };

  g_assert_cmpfloat (gsock_get_default_attempt_delay (), ==, 0.25);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsock_set_default_attempt_delay (cases[i].set);
      g_assert_cmpfloat (gsock_get_default_attempt_delay (), ==, cases[i].read);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/defaults/backlog", test_backlog);
  g_test_add_func ("/defaults/backlog-bounds", test_backlog_bounds);
  g_test_add_func ("/defaults/ipv6-mode-bounds", test_ipv6_mode_bounds);
  g_test_add_func ("/defaults/ipv6-mode", test_ipv6_mode);
  g_test_add_func ("/defaults/linger", test_linger);
  g_test_add_func ("/defaults/attempt-delay", test_attempt_delay);

  return g_test_run ();
}
