/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connectables of GIO: the addresses behind them, and connecting to them. */

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-lookup-private.h>
#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <gio/gunixsocketaddress.h>

static void
test_addresses (void)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new ("127.0.0.1", 4711);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = gsock_lookup_connectable (connectable, AF_UNSPEC, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  text = gsock_address_to_text (g_ptr_array_index (found, 0));
  g_assert_cmpstr (text, ==, "127.0.0.1:4711");
}

static void
test_family (void)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new_loopback (4711);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) both = gsock_lookup_connectable (connectable, AF_UNSPEC, NULL, &error);
  g_autoptr (GPtrArray) one = gsock_lookup_connectable (connectable, AF_INET6, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpint (gsock_address_get_family (g_ptr_array_index (one, 0)), ==, GSOCK_ADDRESS_FAMILY_IPV6);
}

static void
test_no_address (void)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new ("127.0.0.1", 4711);
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_lookup_connectable (connectable, AF_INET6, NULL, &error));
  test_assert_message (error, "127.0.0.1");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
}

static void
test_cancelled (void)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_new ("localhost", 4711);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (-1, cancellable);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (gsock_lookup_connectable (connectable, AF_UNSPEC, &patience, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* An address of GIO's is a connectable too, of local sockets as well. */
static void
test_local (void)
{
  g_autoptr (GSockSocket) listener = test_listener_new (test_kind_find ("local-stream"), 4);
  GSockAddress address = test_address_of (listener);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) connectable = gsock_address_to_gsocket_address (&address, &error);
  g_autoptr (GSockSocket) socket = NULL;

  g_assert_no_error (error);
  socket = gsock_make_socket (NULL, &error, "remote-connectable", connectable, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_address_family (socket), ==, GSOCK_ADDRESS_FAMILY_LOCAL);
  g_assert_true (gsock_socket_is_connected (socket));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lookup-connectable/addresses", test_addresses);
  g_test_add_func ("/lookup-connectable/family", test_family);
  g_test_add_func ("/lookup-connectable/no-address", test_no_address);
  g_test_add_func ("/lookup-connectable/cancelled", test_cancelled);
  g_test_add_func ("/lookup-connectable/local", test_local);
  return g_test_run ();
}
