/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The defaults of the process: what they are, and that make-socket and linger follow them. */

#include <gsock/gsock.h>

#include "testlib.h"

#include <sys/socket.h>

static void
test_ipv6_mode (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) only = NULL;
  g_autoptr (GSockSocket) given = NULL;

  g_assert_cmpint (gsock_get_default_ipv6_mode (), ==, GSOCK_IPV6_MODE_YES);
  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_NO);
  only = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);
  given = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, "ipv6", GSOCK_IPV6_MODE_ONLY, NULL);
  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_YES);

  g_assert_nonnull (only);
  g_assert_cmpint (gsock_socket_get_address_family (only), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  if (given == NULL)
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }
  g_assert_cmpint (gsock_socket_get_address_family (given), ==, GSOCK_ADDRESS_FAMILY_IPV6);
}

static void
test_backlog (void)
{
  g_autoptr (GSockSocket) listener = NULL;
  g_autoptr (GSockSocket) given = NULL;
  g_autoptr (GError) error = NULL;
  int backlog;

  g_assert_cmpuint (gsock_get_default_backlog (), ==, SOMAXCONN);
  gsock_set_default_backlog (7);
  g_assert_cmpuint (gsock_get_default_backlog (), ==, 7);
  listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  given = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "backlog", 3, NULL);
  gsock_set_default_backlog (SOMAXCONN);

  g_assert_nonnull (listener);
  g_object_get (listener, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 7);
  g_object_get (given, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 3);
}

/* No more than an int holds, as listen takes one. */
static void
test_backlog_bounds (void)
{
  gsock_set_default_backlog (G_MAXUINT);
  g_assert_cmpuint (gsock_get_default_backlog (), ==, G_MAXINT);
  gsock_set_default_backlog (SOMAXCONN);
}

static void
test_linger (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  struct linger linger = { 0, 0 };
  socklen_t length = sizeof linger;

  g_assert_cmpuint (gsock_get_default_linger_seconds (), ==, 15);
  gsock_set_default_linger_seconds (4);
  socket = gsock_make_socket (NULL, &error, NULL);
  g_assert_true (gsock_socket_set_option (socket, "linger", g_variant_new_boolean (TRUE), &error));
  gsock_set_default_linger_seconds (15);

  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), SOL_SOCKET, SO_LINGER, &linger, &length), ==, 0);
  g_assert_true (linger.l_onoff);
  g_assert_cmpint (linger.l_linger, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/defaults/ipv6-mode", test_ipv6_mode);
  g_test_add_func ("/defaults/backlog", test_backlog);
  g_test_add_func ("/defaults/backlog-bounds", test_backlog_bounds);
  g_test_add_func ("/defaults/linger-seconds", test_linger);
  return g_test_run ();
}
