/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators that read: what they are refused for, and what else the buffer touches. */

#include "teststream.h"
#include "testthread.h"

#include <string.h>
#include <unistd.h>

/* Three errors, and none of them loses anything. */
static void
test_ends_early (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "part");
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_null (gsock_active_socket_read_bytes (stream.near, 100, NULL, &error, "timeout", 0.02, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  gsock_socket_set_timeout (GSOCK_SOCKET (stream.near), 0.02);
  g_assert_null (gsock_active_socket_read_text (stream.near, 100, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_null (gsock_active_socket_read_line (stream.near, cancellable, &error, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  test_stream_send_string (stream.far, "ial\n");
  test_assert_line (stream.near, "partial");
  test_stream_close (&stream);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) fresh = gsock_make_socket (NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_null (gsock_active_socket_read_line (GSOCK_ACTIVE_SOCKET (fresh), NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_true (test_stream_open (&stream, "local-seqpacket", "utf-8", 100, 100));
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, NULL));
  test_assert_message (error, "receive-from");
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum", 5, NULL));
  test_assert_message (error, "maximum-length");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, NULL);
  g_assert_null (gsock_active_socket_read_text (stream.near, 1, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  test_stream_close (&stream);
}

/* The calls that know nothing of the buffer are refused while it would make them wrong. */
static void
test_bypass (void)
{
  g_autoptr (GError) error = NULL;
  guint8 room[10];
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "a\nb\n");
  test_assert_line (stream.near, "a");
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (stream.near), room, sizeof room, NULL, NULL, &error, NULL), ==, -1);
  test_assert_message (error, "clear-input");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_null (gsock_socket_receive_message (GSOCK_SOCKET (stream.near), 10, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (stream.near), "x", 1, NULL, &error, NULL), ==, 1);
  test_assert_line (stream.near, "b");
  test_stream_send_string (stream.far, "c");
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (stream.near), room, sizeof room, NULL, NULL, &error, "timeout", 5.0, NULL), ==, 1);
  test_stream_close (&stream);
}

static gboolean
note (GSockSocket *socket, GIOCondition condition, gpointer seen)
{
  *(GIOCondition *) seen = condition;
  return G_SOURCE_REMOVE;
}

static void
test_wait_is_over (void)
{
  g_autoptr (GError) error = NULL;
  GIOCondition seen = 0;
  GSource *source;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "a\nb");
  test_assert_line (stream.near, "a");
  g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.near), G_IO_IN, 0, NULL, &error), ==, G_IO_IN);
  source = gsock_socket_create_source (GSOCK_SOCKET (stream.near), G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (note), &seen, NULL);
  g_source_attach (source, NULL);
  while (seen == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (source);
  g_assert_cmpint (seen & G_IO_IN, ==, G_IO_IN);
  test_assert_text (stream.near, 1, "b");
  g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.near), G_IO_IN, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_stream_close (&stream);
}

static void
test_clear_input (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 10, 8192))
    return;
  test_stream_send_string (stream.far, "a\n and more than the buffer has room for");
  test_assert_line (stream.near, "a");
  g_assert_cmpint (gsock_active_socket_clear_input (stream.near, &error), ==, 38);
  g_assert_cmpint (gsock_active_socket_clear_input (stream.near, &error), ==, 0);
  test_stream_send_string (stream.far, "b\n");
  test_assert_line (stream.near, "b");
  test_stream_close (&stream);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Its wake descriptor comes with the first use. */
  g_main_context_iteration (NULL, FALSE);

  test_add ("/stream-input/ends-early", test_ends_early);
  test_add ("/stream-input/refused", test_refused);
  test_add ("/stream-input/bypass", test_bypass);
  test_add ("/stream-input/wait-is-over", test_wait_is_over);
  test_add_for_kinds ("/stream-input/clear", test_clear_input, test_is_stream);

  return g_test_run ();
}
