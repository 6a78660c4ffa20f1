/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators shutdown and close. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static gssize
receive_byte (GSockSocket *socket, GError **error)
{
  char byte;

  return gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, error, "timeout", 10.0, NULL);
}

static gssize
send_byte (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_to (socket, "x", 1, NULL, error, "timeout", 10.0, NULL);
}

/* The peer meets the end; the other direction goes on. */
static void
test_shutdown_write (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, &error));
  g_assert_cmpint (receive_byte (wire.far, &error), ==, 0);
  g_assert_cmpint (send_byte (wire.near, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_cmpint (send_byte (wire.far, &error), ==, 1);
  g_assert_cmpint (receive_byte (wire.near, &error), ==, 1);
  test_wire_close (&wire);
}

static void
test_shutdown_read (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  g_assert_true (gsock_socket_shutdown (wire.near, TRUE, FALSE, &error));
  g_assert_cmpint (receive_byte (wire.near, &error), ==, 0);
  g_assert_cmpint (send_byte (wire.near, &error), ==, 1);
  g_assert_cmpint (receive_byte (wire.far, &error), ==, 1);
  test_wire_close (&wire);
}

static void
test_shutdown_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, NULL);

  g_assert_false (gsock_socket_shutdown (socket, FALSE, FALSE, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_false (gsock_socket_shutdown (socket, TRUE, TRUE, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_false (gsock_socket_shutdown (socket, TRUE, TRUE, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

static void
test_close (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  int fd;

  if (!test_wire_open (&wire, data))
    return;
  fd = test_peek_fd (wire.near);
  g_assert_true (gsock_socket_is_open (wire.near));
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  g_assert_false (gsock_socket_is_open (wire.near));
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_true (gsock_socket_close (wire.near, TRUE, &error));
  test_wire_close (&wire);
}

/* Names and state of a closed socket answer closed, or nothing where there is no error to give. */
static void
test_closed_answers (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  GSockAddress address;
  g_autofree char *host = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (receive_byte (wire.near, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (send_byte (wire.near, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_socket_copy_local_address (wire.near, &address, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_socket_copy_remote_address (wire.near, &address, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_get_file_descriptor (wire.near, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_wait_for (wire.near, G_IO_IN, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_null (gsock_socket_get_option (wire.near, "keep-alive", &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_get_local_port (wire.near), ==, 0);
  g_object_get (wire.near, "remote-host", &host, NULL);
  g_assert_null (host);
  test_wire_close (&wire);
}

static void
test_orderly (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_cmpint (send_byte (wire.near, &error), ==, 1);
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (receive_byte (wire.far, &error), ==, 1);
  g_assert_cmpint (receive_byte (wire.far, &error), ==, 0);
  test_wire_close (&wire);
}

static void
test_abort (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_true (gsock_socket_close (wire.near, TRUE, &error));
  g_assert_cmpint (receive_byte (wire.far, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_RESET);
  test_wire_close (&wire);
}

/* Whoever holds a duplicate keeps a working connection. */
static void
test_duplicate_lives (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  int copy;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  copy = fcntl (gsock_socket_get_file_descriptor (wire.near, &error), F_DUPFD_CLOEXEC, 3);
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (send (copy, "x", 1, MSG_NOSIGNAL), ==, 1);
  g_assert_cmpint (receive_byte (wire.far, &error), ==, 1);
  close (copy);
  test_wire_close (&wire);
}

/* An object that goes takes its descriptor along. */
static void
test_dropped (void)
{
  GSockSocket *socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  int fd = test_peek_fd (socket);

  g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
  g_assert_finalize_object (socket);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-close/shutdown-write/", test_shutdown_write, test_is_stream);
  test_add_for_kinds ("/op-close/shutdown-read/", test_shutdown_read, test_is_stream);
  test_add ("/op-close/shutdown-refused", test_shutdown_refused);
  test_add_for_kinds ("/op-close/close/", test_close, NULL);
  test_add ("/op-close/closed-answers", test_closed_answers);
  test_add ("/op-close/orderly", test_orderly);
  test_add ("/op-close/abort", test_abort);
  test_add ("/op-close/duplicate-lives", test_duplicate_lives);
  test_add ("/op-close/dropped", test_dropped);
  return g_test_run ();
}
