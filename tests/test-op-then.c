/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operators with a function to call: an echo server made of them, and their ends. */

#include <gsock/gsock.h>

#include <string.h>

#include "testlib.h"

typedef struct
{
  guint8 buffer[64];
  guint n_calls;
  gssize n;
  gboolean over;
  int code;
  GSockReceived received;
} Echo;

static void on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data);

static void
on_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  Echo *self = data;

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, self->n);
  gsock_socket_receive_from_then (socket, self->buffer, sizeof self->buffer, 0, -1, G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  Echo *self = data;

  g_assert_no_error (error);
  self->n_calls++;
  self->n = n;
  self->over = n == 0;
  if (n > 0)
    gsock_socket_send_to_then (socket, self->buffer, n, NULL, 0, -1, G_PRIORITY_DEFAULT, NULL, on_sent, self);
}

static void
on_accepted (GSockPassiveSocket *listener, GSockActiveSocket *connection, const GError *error, gpointer data)
{
  Echo *self = data;

  g_assert_no_error (error);
  gsock_socket_receive_from_then (GSOCK_SOCKET (connection), self->buffer, sizeof self->buffer, 0, -1, G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static void
test_echo (void)
{
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) client = NULL;
  Echo echo = { .n_calls = 0 };
  char back[6];

  gsock_passive_socket_accept_connection_then (GSOCK_PASSIVE_SOCKET (listener), -1, G_PRIORITY_DEFAULT, NULL, on_accepted, &echo);
  client = gsock_make_socket (NULL, NULL, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  for (guint i = 1; i <= 3; i++)
    {
      g_assert_cmpint (gsock_socket_send_to_direct (client, (const guint8 *) "hello", 5, NULL, 0, TRUE, -1, NULL, NULL), ==, 5);
      while (echo.n_calls < i)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (gsock_socket_receive_from_direct (client, back, sizeof back, 0, TRUE, -1, NULL, NULL, NULL), ==, 5);
      g_assert_cmpmem (back, 5, "hello", 5);
    }
  gsock_socket_shutdown (client, FALSE, TRUE, NULL);
  while (!echo.over)
    g_main_context_iteration (NULL, TRUE);
}

static void
keep (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  Echo *self = data;

  self->n_calls++;
  self->n = n;
  self->code = error != NULL ? error->code : -1;
  self->received = *received;
}

static void
test_ends (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Echo late = { .n = 0 }, cancelled = { .n = 0 }, closed = { .n = 0 }, never = { .n = 0 };

  gsock_socket_receive_from_then (socket, late.buffer, 64, 0, 0.001, G_PRIORITY_DEFAULT, NULL, keep, &late);
  gsock_socket_receive_from_then (socket, cancelled.buffer, 64, 0, -1, G_PRIORITY_DEFAULT, cancellable, keep, &cancelled);
  gsock_socket_receive_from_then (socket, closed.buffer, 64, 0, -1, G_PRIORITY_DEFAULT, NULL, keep, &closed);
  gsock_socket_receive_from_then (socket, never.buffer, 64, GSOCK_MESSAGE_FLAGS_DONT_WAIT, -1, G_PRIORITY_DEFAULT, NULL, keep, &never);
  g_assert_cmpuint (never.n_calls, ==, 0);
  g_cancellable_cancel (cancellable);
  while (late.n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (closed.n_calls, ==, 0);
  gsock_socket_close (socket, FALSE, NULL);
  while (closed.n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (late.code, ==, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpint (cancelled.code, ==, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (closed.code, ==, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (never.code, ==, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (late.n_calls + cancelled.n_calls + closed.n_calls + never.n_calls, ==, 4);
}

static void
test_truncated (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockAddress) address = gsock_socket_get_local_address (socket, NULL);
  Echo echo = { .n = 0 };

  gsock_socket_receive_from_then (socket, echo.buffer, 3, 0, -1, G_PRIORITY_DEFAULT, NULL, keep, &echo);
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) "hello", 5, address, 0, TRUE, -1, NULL, NULL), ==, 5);
  while (echo.n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (echo.n, ==, 3);
  g_assert_true (echo.received.truncated);
  g_assert_cmpuint (echo.received.full_length, ==, 5);
  g_assert_true (gsock_address_equal (&echo.received.sender, address));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-then/echo", test_echo);
  g_test_add_func ("/op-then/ends", test_ends);
  g_test_add_func ("/op-then/truncated", test_truncated);
  return g_test_run ();
}
