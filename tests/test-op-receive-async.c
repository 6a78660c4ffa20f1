/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* receive-from without blocking: sizes, senders, and what ends it. */

#include <gsock/gsock-address-private.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "testasync.h"
#include "testloop.h"
#include "testwire.h"

/* Past this what is received has room of its own. */
#define MUCH 100000

static GBytes *
finish (GSockSocket *socket, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) got = NULL;

  test_await (result);
  got = g_steal_pointer (result);
  return gsock_socket_receive_from_finish (socket, got, NULL, NULL, NULL, error);
}

static GBytes *
receive (GSockSocket *socket, gsize size, GError **error)
{
  GAsyncResult *result = NULL;

  gsock_socket_receive_bytes_async (socket, size, 0, TRUE, 5, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (result);
  return finish (socket, &result, error);
}

/* Around the size up to which it is received on the stack. */
static void
test_sizes (void)
{
  static const gsize sizes[] = { 1, 8191, 8192, 8193, MUCH };
  g_autofree guint8 *data = g_malloc (MUCH);
  g_autoptr (GSockSocket) near = NULL, far = NULL;

  for (gsize i = 0; i < MUCH; i++)
    data[i] = (guint8) (i * 7);
  g_assert_true (gsock_make_socket_pair (&near, &far, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) got = NULL;

      g_assert_cmpint (gsock_socket_send_to (far, data, sizes[i], NULL, NULL, NULL), ==, (gssize) sizes[i]);
      got = receive (near, sizes[i], NULL);
      g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), data, sizes[i]);
    }
}

/* Whom a datagram came from, and how long it was; of a truncated one the beginning. */
static void
test_sender (void)
{
  g_autoptr (GSockSocket) here = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) there = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GBytes) got = NULL;
  GSockMessageFlags flags;
  gsize full_length;

  gsock_socket_receive_from_async (here, 3, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_cmpint (gsock_socket_send_to (there, "datagram", 8, NULL, NULL, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (here), NULL), ==, 8);
  test_await (&result);
  got = gsock_socket_receive_from_finish (here, result, &sender, &flags, &full_length, NULL);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "dat", 3);
  g_assert_cmpuint (gsock_address_get_port (sender), ==, gsock_socket_get_local_port (there));
  g_assert_cmpuint (full_length, ==, 8);
  g_assert_true ((flags & GSOCK_MESSAGE_FLAGS_TRUNCATE) != 0);
}

/* At the end of a stream there are no bytes, and no error. */
static void
test_end (void)
{
  g_autoptr (GSockSocket) near = NULL, far = NULL;
  g_autoptr (GBytes) got = NULL;

  g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
  gsock_socket_close (far, FALSE, NULL);
  got = receive (near, 10, NULL);
  g_assert_cmpuint (g_bytes_get_size (got), ==, 0);
}

static void
close_it (GSockSocket *socket, GCancellable *cancellable)
{
  gsock_socket_close (socket, FALSE, NULL);
}

static void
cancel_it (GSockSocket *socket, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
let_it_be (GSockSocket *socket, GCancellable *cancellable)
{
}

static void
test_ended (void)
{
  static const struct
  {
    void (*end) (GSockSocket *socket, GCancellable *cancellable);
    gboolean wait;
    double timeout;
    int code; /* -1: cancelled */
  } cases[] = {
    { close_it, TRUE, -1, GSOCK_ERROR_CLOSED },
    { cancel_it, TRUE, -1, -1 },
    { let_it_be, TRUE, 0.01, GSOCK_ERROR_TIMED_OUT },
    { let_it_be, FALSE, -1, GSOCK_ERROR_WOULD_BLOCK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GSockSocket) near = NULL, far = NULL;
      g_autoptr (GError) error = NULL;
      GAsyncResult *result = NULL;

      g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
      gsock_socket_receive_bytes_async (near, 10, 0, cases[i].wait, cases[i].timeout, G_PRIORITY_DEFAULT, cancellable, test_keep_result, &result);
      cases[i].end (near, cancellable);
      g_assert_null (finish (near, &result, &error));
      if (cases[i].code < 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_error (error, GSOCK_ERROR, cases[i].code);
    }
}

/* Another call has received more than it had room for, and the kernel knows nothing of the rest. */
static void
test_held (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GBytes) got = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_cmpint (gsock_socket_receive_many (wire.near, batch, 1, NULL, &error, "wait", FALSE, NULL), <, 0);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  gsock_socket_receive_bytes_async (wire.near, 10, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  for (guint i = 0; i < 4; i++)
    g_assert_true (gsock_batch_add (batch, (const guint8 *) "abcd" + i, 1, NULL, NULL));
  g_assert_cmpint (gsock_socket_send_many (wire.far, batch, NULL, &error, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_many (wire.near, batch, 1, NULL, &error, NULL), ==, 1);
  got = finish (wire.near, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "b", 1);
  for (guint i = 2; i < 4; i++)
    {
      g_autoptr (GBytes) next = receive (wire.near, 10, &error);

      g_assert_cmpmem (g_bytes_get_data (next, NULL), g_bytes_get_size (next), &"abcd"[i], 1);
    }
  test_wire_close (&wire);
}

/* The error queue is not what poll can be asked for. */
static void
test_error_queue (void)
{
  g_autoptr (GBytes) got = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  GSockAddress itself;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  itself = test_address_of (wire.far);
  g_assert_cmpint (setsockopt (test_peek_fd (wire.near), IPPROTO_IP, IP_RECVERR, &(int){ 1 }, sizeof (int)), ==, 0);
  gsock_socket_receive_bytes_async (wire.near, 10, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_run_ready (NULL);
  g_assert_null (result);
  /* From then on it refuses what comes from elsewhere. */
  g_assert_cmpint (connect (test_peek_fd (wire.far), gsock_address_native (&itself), itself.length), ==, 0);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "lost", 4, NULL, &error, NULL), ==, 4);
  got = finish (wire.near, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), "lost", 4);
  test_wire_close (&wire);
}

/* Mistakes are told by the callback as well. */
static void
test_mistakes (void)
{
  const char *names[] = { "end", NULL };
  g_auto (GValue) end = G_VALUE_INIT;
  g_autoptr (GSockSocket) near = NULL, far = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
  g_value_set_int (g_value_init (&end, G_TYPE_INT), 11);
  gsock_socket_receive_from_async (near, 10, names, &end, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (result);
  g_assert_null (finish (near, &result, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_OUT_OF_RANGE);
  g_clear_error (&error);

  gsock_socket_receive_bytes_async (near, 10, GSOCK_MESSAGE_FLAGS_CONFIRM, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (finish (near, &result, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();

  test_add ("/op-receive-async/sizes", test_sizes);
  test_add ("/op-receive-async/sender", test_sender);
  test_add ("/op-receive-async/end", test_end);
  test_add ("/op-receive-async/ended", test_ended);
  test_add ("/op-receive-async/held", test_held);
  test_add ("/op-receive-async/error-queue", test_error_queue);
  test_add ("/op-receive-async/mistakes", test_mistakes);
  return g_test_run ();
}
