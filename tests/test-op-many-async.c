/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-many and receive-many without blocking. */

#include <gsock/gsock.h>

#include <string.h>

#include "testasync.h"

#define N 300

static GSockSocket *
make_bound (void)
{
  return gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", "receive-buffer", 200000, NULL);
}

static void
send_to_port (GSockSocket *socket, GSockBatch *batch, const char *host, int port, GAsyncResult **result)
{
  const char *names[] = { "remote-host", "remote-port", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&values[0], G_TYPE_STRING);
  g_value_set_string (&values[0], host);
  g_value_init (&values[1], G_TYPE_INT);
  g_value_set_int (&values[1], port);
  gsock_socket_send_many_async (socket, batch, names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, result);
  g_value_unset (&values[0]);
}

static void
test_there_and_back (gconstpointer host)
{
  g_autoptr (GSockSocket) a = make_bound (), b = make_bound ();
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  g_autoptr (GAsyncResult) sent = NULL;
  guint got = 0;

  for (guint i = 0; i < N; i++)
    gsock_batch_add (batch, (const guint8 *) &i, sizeof i, NULL, NULL);
  send_to_port (a, batch, host, gsock_socket_get_local_port (b), &sent);
  while (got < N)
    {
      g_autoptr (GAsyncResult) result = NULL;
      gssize n;

      gsock_socket_receive_many_async (b, received, 64, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
      test_await (&result);
      n = gsock_socket_receive_many_finish (b, result, NULL);
      g_assert_cmpint (n, >, 0);
      for (guint i = 0; i < n; i++, got++)
        {
          gsize length;
          const guint8 *data = gsock_batch_get_data (received, i, &length);

          g_assert_cmpmem (data, length, &got, sizeof got);
        }
    }
  test_await (&sent);
  g_assert_cmpint (gsock_socket_send_many_finish (a, sent, NULL), ==, N);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) a = make_bound ();
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GAsyncResult) sent = NULL, received = NULL;
  g_autoptr (GError) error = NULL;

  gsock_batch_add (batch, (const guint8 *) "x", 1, NULL, NULL);
  gsock_socket_send_many_async (a, batch, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &sent);
  test_await (&sent);
  g_assert_cmpint (gsock_socket_send_many_finish (a, sent, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  gsock_socket_receive_many_async (a, NULL, 64, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &received);
  test_await (&received);
  g_assert_cmpint (gsock_socket_receive_many_finish (a, received, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/op-many-async/address", "127.0.0.1", test_there_and_back);
  g_test_add_data_func ("/op-many-async/name", "localhost", test_there_and_back);
  g_test_add_func ("/op-many-async/refused", test_refused);
  return g_test_run ();
}
