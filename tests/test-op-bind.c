/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator bind-address: every way of naming the address, and what is refused. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

static GSockSocket *
new_udp (void)
{
  return gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
}

static void
assert_bound_to (GSockSocket *socket, const char *host)
{
  GSockAddress address = test_address_of (socket);
  g_autofree char *text = gsock_address_get_host (&address);

  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_cmpstr (text, ==, host);
  g_assert_cmpuint (gsock_address_get_port (&address), >, 0);
}

static void
test_address (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_udp ();
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 0, &error);

  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_true (gsock_socket_bind_address (socket, address, NULL, &error, NULL));
  assert_bound_to (socket, "127.0.0.1");
}

static void
test_address_and_port (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) first = new_udp ();
  g_autoptr (GSockSocket) second = new_udp ();
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 0, &error);
  int port;

  g_assert_true (gsock_socket_bind_address (first, address, NULL, &error, NULL));
  port = gsock_socket_get_local_port (first);
  g_assert_true (gsock_socket_close (first, FALSE, &error));
  g_assert_true (gsock_socket_bind_address (second, address, NULL, &error, "port", port, NULL));
  g_assert_cmpint (gsock_socket_get_local_port (second), ==, port);
}

static void
test_host (void)
{
  static const char *const names[] = { "host", "local-host" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) socket = new_udp ();

      g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, names[i], "127.0.0.1", NULL));
      assert_bound_to (socket, "127.0.0.1");
    }
}

static void
test_name (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_udp ();

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "localhost", "local-port", 0, NULL));
  assert_bound_to (socket, "127.0.0.1");
}

static void
test_port_alone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_udp ();

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-port", 0, NULL));
  assert_bound_to (socket, "0.0.0.0");
}

static void
test_filename (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = test_unique_name ();
  g_autofree char *bound = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-filename", name, NULL));
  g_object_get (socket, "local-filename", &bound, NULL);
  g_assert_cmpstr (bound, ==, name);
}

/* The file that the operator has made goes with the socket. */
static void
test_file_goes (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gsock-bind-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-filename", path, NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_reuse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) first = new_udp ();
  g_autoptr (GSockSocket) second = new_udp ();
  g_autoptr (GSockSocket) third = new_udp ();
  int port;

  g_assert_true (gsock_socket_bind_address (first, NULL, NULL, &error, "host", "127.0.0.1", "reuse-port", TRUE, NULL));
  port = gsock_socket_get_local_port (first);
  g_assert_false (gsock_socket_bind_address (second, NULL, NULL, &error, "host", "127.0.0.1", "port", port, NULL));
  test_assert_message (error, "127.0.0.1");
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  g_assert_false (gsock_socket_is_bound (second));
  g_assert_true (gsock_socket_bind_address (third, NULL, NULL, &error, "host", "127.0.0.1", "port", port, "reuse-port", TRUE, NULL));
}

static void
test_twice (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_udp ();
  int port;

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "host", "127.0.0.1", NULL));
  port = gsock_socket_get_local_port (socket);
  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, "host", "127.0.0.1", NULL));
  test_assert_message (error, "127.0.0.1:");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_cmpint (gsock_socket_get_local_port (socket), ==, port);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_udp ();
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 0, &error);
  g_autoptr (GSockAddress) foreign = gsock_address_new_from_host ("192.0.2.1", 0, &error);

  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_false (gsock_socket_bind_address (socket, address, NULL, &error, "local-host", "127.0.0.1", NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "127.0.0.1", "local-port", 65536, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_bind_address (socket, foreign, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  g_assert_false (gsock_socket_bind_address_direct (socket, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_socket_is_bound (socket));

  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_false (gsock_socket_bind_address (socket, address, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/op-bind/address", test_address);
  test_add ("/op-bind/address-and-port", test_address_and_port);
  test_add ("/op-bind/host", test_host);
  test_add ("/op-bind/name", test_name);
  test_add ("/op-bind/port-alone", test_port_alone);
  test_add ("/op-bind/filename", test_filename);
  test_add ("/op-bind/file-goes", test_file_goes);
  test_add ("/op-bind/reuse", test_reuse);
  test_add ("/op-bind/twice", test_twice);
  test_add ("/op-bind/refused", test_refused);
  return g_test_run ();
}
