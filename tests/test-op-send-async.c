/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-to without blocking: the plain way, the one that looks names up, and what a stream has no room for. */

#include <gsock/gsock.h>

#include "testasync.h"
#include "testwire.h"

#define MUCH (4u << 20)

static gssize
finish (GSockSocket *socket, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) got = NULL;

  test_await (result);
  got = g_steal_pointer (result);
  return gsock_socket_send_to_finish (socket, got, error);
}

static GSockSocket *
bound_socket (void)
{
  return gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
}

/* By address, and by a name; both arrive. */
static void
test_destinations (void)
{
  const char *names[] = { "remote-host", "remote-port", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GSockSocket) here = bound_socket (), there = bound_socket ();
  g_autoptr (GBytes) data = g_bytes_new_static ("data", 4);
  GAsyncResult *result = NULL;
  GSockAddress address;
  char got[10];

  g_assert_true (gsock_socket_copy_local_address (there, &address, NULL));
  gsock_socket_send_bytes_async (here, data, &address, 0, TRUE, 5, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (result);
  g_assert_cmpint (finish (here, &result, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (there, got, sizeof got, NULL, NULL, NULL, NULL), ==, 4);

  g_value_set_static_string (g_value_init (&values[0], G_TYPE_STRING), "localhost");
  g_value_set_int (g_value_init (&values[1], G_TYPE_INT), gsock_socket_get_local_port (there));
  gsock_socket_send_to_async (here, data, names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (finish (here, &result, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (there, got, sizeof got, NULL, NULL, NULL, NULL), ==, 4);
}

/* More than there is room for goes on when there is some. */
static void
test_much (void)
{
  g_autofree guint8 *data = g_malloc0 (MUCH), *got = g_malloc (MUCH);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), MUCH);
  g_autoptr (GSockSocket) near = NULL, far = NULL;
  GAsyncResult *result = NULL;
  gsize received = 0;

  g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
  gsock_socket_send_bytes_async (near, bytes, NULL, 0, TRUE, 30, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  while (received < MUCH)
    {
      gssize n = gsock_socket_receive_from (far, got, MUCH, NULL, NULL, NULL, "wait", FALSE, NULL);

      received += (gsize) MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpint (finish (near, &result, NULL), ==, MUCH);
}

/* What went before the time was over is told, and is no error. */
static void
test_partly (void)
{
  g_autofree guint8 *data = g_malloc0 (MUCH);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), MUCH);
  g_autoptr (GSockSocket) near = NULL, far = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  gssize sent;

  g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
  gsock_socket_send_bytes_async (near, bytes, NULL, 0, TRUE, 0.01, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  sent = finish (near, &result, NULL);
  g_assert_cmpint (sent, >, 0);
  g_assert_cmpint (sent, <, MUCH);
  gsock_socket_send_bytes_async (near, bytes, NULL, 0, TRUE, 0.01, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (finish (near, &result, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT);
}

/* An address that a connection cannot use, and nothing to send. */
static void
test_mistakes (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("data", 4);
  g_autoptr (GSockSocket) socket = bound_socket ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  gsock_socket_send_bytes_async (socket, data, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (finish (socket, &result, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_NOT_CONNECTED);
  g_clear_error (&error);

  gsock_socket_send_bytes_async (socket, NULL, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (finish (socket, &result, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  gsock_socket_close (socket, FALSE, NULL);
  gsock_socket_send_bytes_async (socket, data, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (finish (socket, &result, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();

  /* The thread that looks a name up may still have a descriptor open. */
  g_test_add_func ("/op-send-async/destinations", test_destinations);
  test_add ("/op-send-async/much", test_much);
  test_add ("/op-send-async/partly", test_partly);
  test_add ("/op-send-async/mistakes", test_mistakes);
  return g_test_run ();
}
