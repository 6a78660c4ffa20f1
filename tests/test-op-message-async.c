/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-message and receive-message without blocking. */

#include <gsock/gsock.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "testasync.h"

static gssize
send_message (GSockSocket *socket, GSockMessage *message, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_send_message_async (socket, message, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  return gsock_socket_send_message_finish (socket, result, error);
}

static void
test_descriptors (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GSockMessage) message = gsock_message_new (), received = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds;
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  gsock_socket_receive_message_async (b, 100, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_false (g_main_context_iteration (NULL, FALSE));

  gsock_message_add_data (message, (const guint8 *) "hello", 5);
  g_assert_true (gsock_message_add_file_descriptor (message, fd, NULL));
  g_assert_cmpint (send_message (a, message, NULL), ==, 5);
  test_await (&result);
  received = gsock_socket_receive_message_finish (b, result, NULL);
  bytes = gsock_message_get_bytes (received);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);
  fds = gsock_message_take_file_descriptors (received, &n_fds);
  g_assert_cmpuint (n_fds, ==, 1);
  close (fds[0]);
  close (fd);
}

/* More than the kernel takes at once: it goes on as the peer reads. */
static void
test_all_of_a_stream (void)
{
  gsize length = 4 << 20, got = 0;
  g_autofree guint8 *data = g_malloc (length), *back = g_malloc (length);
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GAsyncResult) result = NULL;

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (i * 2654435761u >> 24);
  gsock_message_add_data (message, data, length / 2);
  gsock_message_add_data (message, data + length / 2, length - length / 2);
  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  gsock_socket_send_message_async (a, message, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  while (got < length)
    {
      gssize n = gsock_socket_receive_from_direct (b, back + got, length - got, 0, FALSE, -1, NULL, NULL, NULL);

      got += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  test_await (&result);
  g_assert_cmpint (gsock_socket_send_message_finish (a, result, NULL), ==, length);
  g_assert_cmpmem (data, length, back, got);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockSocket) unbound = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send_message (socket, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (send_message (socket, message, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  /* The kernel binds a socket even where it refuses to send. */
  gsock_socket_receive_message_async (unbound, 10, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_null (gsock_socket_receive_message_finish (unbound, result, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-message-async/descriptors", test_descriptors);
  g_test_add_func ("/op-message-async/all-of-a-stream", test_all_of_a_stream);
  g_test_add_func ("/op-message-async/refused", test_refused);
  return g_test_run ();
}
