/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors on a local stream that is read as text: they stay with the byte that they came with. */

#include "teststream.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
send_line (GSockActiveSocket *socket, const char *line)
{
  g_assert_true (gsock_active_socket_write_line (socket, line, NULL, NULL, NULL));
  g_assert_true (gsock_active_socket_finish_output (socket, NULL, NULL, NULL));
}

static void
send_descriptor (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  g_assert_true (gsock_socket_send_file_descriptor_direct (GSOCK_SOCKET (socket), fd, NULL, TRUE, 5, NULL, &error));
  g_assert_no_error (error);
  close (fd);
}

static int
receive_descriptor (GSockActiveSocket *socket, GError **error)
{
  return gsock_socket_receive_file_descriptor_direct (GSOCK_SOCKET (socket), FALSE, 0, NULL, error);
}

static void
take_descriptor (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;
  int fd = receive_descriptor (socket, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  close (fd);
}

static void
assert_line (GSockActiveSocket *socket, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = gsock_active_socket_read_line (socket, NULL, &error, "wait", FALSE, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

/* Between the lines, wherever these end in the buffer. */
static void
test_between_lines (void)
{
  for (guint size = 0; size < 60; size++)
    {
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", size, 8192));
      for (guint i = 0; i < 3; i++)
        {
          send_line (stream.far, "first of two lines");
          send_line (stream.far, "second");
          send_descriptor (stream.far);
          send_descriptor (stream.far);
        }
      send_line (stream.far, "last");
      for (guint i = 0; i < 3; i++)
        {
          assert_line (stream.near, "first of two lines");
          assert_line (stream.near, "second");
          take_descriptor (stream.near);
          take_descriptor (stream.near);
        }
      assert_line (stream.near, "last");
      test_stream_close (&stream);
    }
}

/* Not before the byte is reached, which takes the bytes before it one at a time. */
static void
test_not_before (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 8192, 8192));
  send_line (stream.far, "a");
  send_line (stream.far, "b");
  send_descriptor (stream.far);
  assert_line (stream.near, "a");
  g_assert_cmpint (receive_descriptor (stream.near, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  bytes = gsock_active_socket_read_bytes (stream.near, 1, NULL, &error, NULL);
  g_assert_no_error (error);
  take_descriptor (stream.near);
  test_stream_close (&stream);
}

/* What nobody takes is closed with its byte, with the socket, and by clear-input: the harness counts. */
static void
test_not_taken (void)
{
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "local-stream", "latin-1", 8192, 8192));
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      send_line (stream.far, "a");
      send_descriptor (stream.far);
      assert_line (stream.near, "a");
      bytes = gsock_active_socket_read_bytes (stream.near, 1, NULL, &error, NULL);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\0", 1);
    }
  send_line (stream.far, "a");
  send_descriptor (stream.far);
  send_line (stream.far, "b");
  assert_line (stream.near, "a");
  g_assert_cmpint (gsock_active_socket_clear_input (stream.near, &error), ==, 3);
  send_line (stream.far, "c");
  send_descriptor (stream.far);
  assert_line (stream.near, "c");
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_stream_close (&stream);
}

static void
test_does_not_overtake (void)
{
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 8192, 8192));
  g_assert_true (gsock_active_socket_write_line (stream.near, "unsent", NULL, NULL, NULL));
  g_assert_false (gsock_socket_send_file_descriptor_direct (GSOCK_SOCKET (stream.near), 0, NULL, TRUE, 5, NULL, &error));
  test_assert_message (error, "finish-output");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_stream_close (&stream);
}

/* A socket that is sent away would leave its buffers behind. */
static void
test_send_socket (void)
{
  g_autoptr (GError) error = NULL;
  TestStream stream, sent;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 8192, 8192));
  g_assert_true (test_stream_open (&sent, "tcp-ipv4", "utf-8", 8192, 8192));
  send_line (sent.far, "one\ntwo");
  assert_line (sent.near, "one");
  g_assert_false (gsock_socket_send_socket_direct (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (sent.near), TRUE, 5, NULL, &error));
  test_assert_message (error, "clear-input");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  assert_line (sent.near, "two");
  g_assert_true (gsock_active_socket_write_line (sent.near, "unsent", NULL, NULL, NULL));
  g_assert_false (gsock_socket_send_socket_direct (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (sent.near), TRUE, 5, NULL, &error));
  test_assert_message (error, "finish-output");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_stream_close (&sent);
  test_stream_close (&stream);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/stream-fill/between-lines", test_between_lines);
  test_add ("/stream-fill/not-before", test_not_before);
  test_add ("/stream-fill/not-taken", test_not_taken);
  test_add ("/stream-fill/does-not-overtake", test_does_not_overtake);
  test_add ("/stream-fill/send-socket", test_send_socket);

  return g_test_run ();
}
