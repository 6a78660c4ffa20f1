/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets that are shared with a GSocket. */

#include "teststream.h"

#include <string.h>
#include <sys/socket.h>

static void
send_string (GSocket *gsocket, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_socket_send (gsocket, text, strlen (text), NULL, &error), ==, (gssize) strlen (text));
  g_assert_no_error (error);
}

static void
assert_receives (GSockSocket *socket, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char room[100];
  gssize n = gsock_socket_receive_from (socket, room, sizeof room, NULL, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (room, n, expected, strlen (expected));
}

/* Both can be used; each is closed by itself. */
static void
test_to (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GSocket) gsocket = NULL;
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  gsocket = gsock_socket_to_gsocket (wire.near, &error);
  g_assert_no_error (error);
  send_string (gsocket, "by GIO");
  assert_receives (wire.far, "by GIO");
  g_assert_cmpint (gsock_socket_send_to (wire.near, "by gsock", 8, NULL, &error, NULL), ==, 8);
  assert_receives (wire.far, "by gsock");
  gsock_socket_close (wire.near, FALSE, NULL);
  send_string (gsocket, "still");
  assert_receives (wire.far, "still");
  g_assert_true (g_socket_close (gsocket, &error));
  test_wire_close (&wire);
}

static void
test_from (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GSocket) gsocket = NULL;
  g_autoptr (GSockSocket) back = NULL;
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  gsocket = gsock_socket_to_gsocket (wire.near, &error);
  back = gsock_make_socket_from_gsocket (gsocket, &error);
  g_assert_no_error (error);
  g_assert_true (G_OBJECT_TYPE (back) == G_OBJECT_TYPE (wire.near));
  g_clear_object (&gsocket);
  gsock_socket_close (wire.near, FALSE, NULL);
  g_assert_cmpint (gsock_socket_send_to (back, "back", 4, NULL, &error, NULL), ==, 4);
  assert_receives (wire.far, "back");
  test_wire_close (&wire);
}

static void
test_listener (void)
{
  g_autoptr (GSocket) gsocket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSockSocket) listener = NULL, client = NULL;
  g_autoptr (GSockActiveSocket) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_socket_bind (gsocket, address, TRUE, &error));
  g_assert_true (g_socket_listen (gsocket, &error));
  listener = gsock_make_socket_from_gsocket (gsocket, &error);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (listener));
  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 5.0, NULL);
  g_assert_no_error (error);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) fresh = gsock_make_socket (NULL, NULL, NULL);
  g_autoptr (GSocket) gsocket = gsock_socket_to_gsocket (fresh, NULL);
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_null (gsock_make_socket_from_gsocket (NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_socket_close (gsocket, NULL);
  g_assert_null (gsock_make_socket_from_gsocket (gsocket, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  gsock_socket_close (fresh, FALSE, NULL);
  g_assert_null (gsock_socket_to_gsocket (fresh, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 100));
  g_assert_true (gsock_active_socket_write_text (stream.far, "one\ntwo", NULL, NULL, NULL));
  g_assert_null (gsock_socket_to_gsocket (GSOCK_SOCKET (stream.far), &error));
  test_assert_message (error, "to-gsocket");
  test_assert_message (error, "finish-output");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_true (gsock_active_socket_finish_output (stream.far, NULL, NULL, NULL));
  line = gsock_active_socket_read_line (stream.near, NULL, NULL, NULL);
  g_assert_null (gsock_socket_to_gsocket (GSOCK_SOCKET (stream.near), &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_stream_close (&stream);
}

static gboolean
is_known_to_gio (const TestKind *kind)
{
  return kind->type != SOCK_SEQPACKET;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_for_kinds ("/gsocket/to", test_to, is_known_to_gio);
  test_add_for_kinds ("/gsocket/from", test_from, is_known_to_gio);
  test_add ("/gsocket/listener", test_listener);
  test_add ("/gsocket/refused", test_refused);

  return g_test_run ();
}
