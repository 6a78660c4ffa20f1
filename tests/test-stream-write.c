/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of writing: what stays in the buffer, when it goes, and what becomes of the rest. */

#include "teststream.h"
#include "testthread.h"

#include <gsock/gsock-socket-private.h>

#include <string.h>

static void
test_buffer (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 100, 10))
    return;
  test_write_text (stream.near, "12345");
  test_assert_came (stream.far, "", 0);
  test_write_text (stream.near, "67890");
  test_assert_came (stream.far, "", 0);
  test_write_text (stream.near, "1");
  test_assert_came (stream.far, "12345678901", 11);
  test_write_text (stream.near, "rest");
  test_assert_came (stream.far, "", 0);
  test_finish_output (stream.near);
  test_assert_came (stream.far, "rest", 4);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "\0\377", 2, NULL, &error, NULL));
  g_assert_true (gsock_active_socket_write_bytes (stream.near, NULL, 0, NULL, &error, NULL));
  test_assert_came (stream.far, "", 0);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "more than ten bytes", 19, NULL, &error, NULL));
  test_assert_came (stream.far, "\0\377more than ten bytes", 21);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "more than ten bytes", 19, NULL, &error, NULL));
  test_assert_came (stream.far, "more than ten bytes", 19);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 0));
  test_write_text (stream.near, "1");
  test_assert_came (stream.far, "1", 1);
  test_stream_close (&stream);
}

static gboolean
write_more (GSockActiveSocket *socket, guint kind, const guint8 *data, gsize length, GError **error)
{
  if (kind == 0)
    return gsock_active_socket_write_bytes (socket, data, length, NULL, error, "timeout", 0.02, NULL);
  if (kind == 1)
    return gsock_active_socket_write_bytes (socket, data, length, NULL, error, "wait", FALSE, NULL);
  gsock_socket_set_timeout (GSOCK_SOCKET (socket), 0.02);
  return gsock_active_socket_write_bytes (socket, data, length, NULL, error, NULL);
}

/* A write that ends early has taken all of it. */
static void
test_ends_early (gconstpointer data)
{
  const TestKind *kind = data;
  const gsize length = 8 * 1024 * 1024;
  g_autofree guint8 *many = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    many[i] = (guint8) (i * 31 + i / 256);
  for (guint way = 0; way < 3; way++)
    {
      g_autoptr (GError) error = NULL;
      gsize got = 0;
      TestStream stream;

      if (!test_stream_open (&stream, kind->name, "utf-8", 8192, 8192))
        return;
      test_fix_buffers (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (stream.far));
      g_assert_false (write_more (stream.near, way, many, length / 2, &error));
      test_assert_error (error, way == 1 ? GSOCK_ERROR_WOULD_BLOCK : GSOCK_ERROR_TIMED_OUT);
      g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (stream.near), "x", 1, NULL, &error, NULL), ==, -1);
      test_assert_message (error, "finish-output");
      test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
      g_assert_false (write_more (stream.near, way, many + length / 2, length / 2, &error));
      test_assert_error (error, way == 1 ? GSOCK_ERROR_WOULD_BLOCK : GSOCK_ERROR_TIMED_OUT);
      while (got < length)
        {
          guint8 room[65536];
          gssize n = gsock_active_socket_read_bytes_direct (stream.far, room, sizeof room, TRUE, TRUE, 5, NULL, &error);

          g_assert_no_error (error);
          g_assert_cmpmem (room, n, many + got, n);
          got += n;
          if (!gsock_active_socket_finish_output (stream.near, NULL, &error, "wait", FALSE, NULL))
            test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
        }
      test_finish_output (stream.near);
      test_stream_close (&stream);
    }
}

/* No SIGPIPE, and nothing that could never be sent is kept. */
static void
test_dead_peer (void)
{
  g_autofree char *piece = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 100));
  gsock_socket_close (GSOCK_SOCKET (stream.far), TRUE, NULL);
  while (gsock_active_socket_write_text (stream.near, piece, NULL, &error, NULL))
    ;
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  g_assert_no_error (error);
  test_stream_close (&stream);
}

static void
test_close_finishes (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 100, 8192))
    return;
  test_write_text (stream.near, "last words");
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  test_assert_came (stream.far, "last words", 10);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  test_write_text (stream.near, "last words");
  g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (stream.near), FALSE, TRUE, &error));
  test_assert_came (stream.far, "last words", 10);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  test_write_text (stream.near, "never said");
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), TRUE, &error));
  g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.far), G_IO_IN, 5, NULL, NULL), !=, 0);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (stream.far), (char[1]){ 0 }, 1, NULL, NULL, NULL, NULL), <=, 0);
  test_stream_close (&stream);

  /* Dropped without a close: it tries once. */
  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  test_write_text (stream.near, "last words");
  g_object_ref (stream.wire.far);
  g_clear_object (&stream.wire.near);
  test_assert_came (stream.far, "last words", 10);
  g_object_unref (stream.wire.far);
  test_stream_close (&stream);
}

static void
test_close_fails (void)
{
  g_autofree char *piece = g_strnfill (8 * 1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_fix_buffers (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (stream.far));
  g_assert_false (gsock_active_socket_write_text (stream.near, piece, NULL, NULL, "wait", FALSE, NULL));
  gsock_socket_set_timeout (GSOCK_SOCKET (stream.near), 0.05);
  g_assert_false (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  test_assert_message (error, "close");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_false (gsock_socket_is_open (GSOCK_SOCKET (stream.near)));
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  test_stream_close (&stream);
}

typedef struct
{
  GSockActiveSocket *socket;
  char *text;
  gboolean closed;
} Writer;

static void
write_until_closed (gpointer data)
{
  Writer *self = data;
  g_autoptr (GError) error = NULL;

  while (gsock_active_socket_write_line (self->socket, self->text, NULL, &error, NULL))
    ;
  self->closed = g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

/* Who waits in a write is told at once; close does not wait for what that one has to send. */
static void
test_close_under_writers (void)
{
  g_autofree char *piece = g_strnfill (100000, 'x');
  TestThread threads[3];
  Writer writers[3];
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  for (guint i = 0; i < 3; i++)
    {
      writers[i] = (Writer){ stream.near, piece, FALSE };
      test_thread_start (&threads[i], write_until_closed, &writers[i]);
    }
  for (guint i = 0; i < 3; i++)
    test_thread_wait_until_asleep (&threads[i]);
  g_usleep (20000);
  for (guint i = 0; i < 3; i++)
    test_thread_wait_until_asleep (&threads[i]);
  gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, NULL);
  for (guint i = 0; i < 3; i++)
    {
      test_thread_join (&threads[i]);
      g_assert_true (writers[i].closed);
    }
  test_stream_close (&stream);
}

static void
write_lines (gpointer data)
{
  Writer *self = data;

  for (guint i = 0; i < 300; i++)
    g_assert_true (gsock_active_socket_write_line (self->socket, self->text, NULL, NULL, NULL));
  g_assert_true (gsock_active_socket_finish_output (self->socket, NULL, NULL, NULL));
}

/* The lines of several threads are not mixed. */
static void
test_threads (gconstpointer data)
{
  const TestKind *kind = data;
  TestThread threads[4];
  Writer writers[4];
  guint counts[4] = { 0 };
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 1000, 100))
    return;
  for (guint i = 0; i < 4; i++)
    {
      writers[i] = (Writer){ stream.near, g_strnfill (3000, 'a' + i), FALSE };
      test_thread_start (&threads[i], write_lines, &writers[i]);
    }
  for (guint i = 0; i < 1200; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = gsock_active_socket_read_line (stream.far, NULL, &error, "timeout", 20.0, NULL);

      g_assert_no_error (error);
      g_assert_cmpstr (line, ==, writers[line[0] - 'a'].text);
      counts[line[0] - 'a']++;
    }
  for (guint i = 0; i < 4; i++)
    {
      test_thread_join (&threads[i]);
      g_assert_cmpuint (counts[i], ==, 300);
      g_free (writers[i].text);
    }
  test_stream_close (&stream);
}

/* While the kernel takes nothing the buffer takes what it has room for, and what is more goes in and is an
 * error: it has to wait. All of it comes once, and in order. */
static void
test_full_kernel (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  TestStream stream;
  gsize filled, n = 0;

  if (!test_stream_open (&stream, kind->name, "utf-8", 100, 10))
    return;
  filled = test_fill_up (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (stream.far));
  g_assert_true (gsock_active_socket_write_text (stream.near, "12345", NULL, &error, "wait", FALSE, NULL));
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "67890", 5, NULL, &error, "wait", FALSE, NULL));
  g_assert_false (gsock_active_socket_write_text (stream.near, "more", NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_false (gsock_active_socket_finish_output (stream.near, NULL, &error, "timeout", 0.01, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  while (n < filled)
    {
      guint8 room[4096];
      gssize got = gsock_active_socket_read_bytes_direct (stream.far, room, MIN (sizeof room, filled - n), TRUE, TRUE, 5, NULL, &error);

      g_assert_no_error (error);
      n += got;
    }
  test_finish_output (stream.near);
  g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (stream.near), FALSE, TRUE, NULL));
  test_assert_text (stream.far, -1, "1234567890more");
  test_stream_close (&stream);
}

/* What is more than the buffer has room for goes to the kernel; where that leaves no more than it has room for
 * nobody need wait. */
static void
test_room_for_rest (void)
{
  const gsize length = 1050000;
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GError) error = NULL;
  TestStream stream;
  gsize got;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 100, 1000000));
  g_assert_true (gsock_active_socket_write_text (stream.near, text, NULL, &error, "wait", FALSE, NULL));
  g_assert_no_error (error);
  for (got = test_drain (GSOCK_SOCKET (stream.far)); !gsock_active_socket_finish_output (stream.near, NULL, &error, "wait", FALSE, NULL);
       got += test_drain (GSOCK_SOCKET (stream.far)))
    test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (got + test_drain (GSOCK_SOCKET (stream.far)), ==, length);
  test_stream_close (&stream);
}

/* What is refused leaves what was written before where it is. */
static void
test_refused_keeps (void)
{
  static const char *const formats[] = { "latin1", "iso-2022-jp", "ascii/crlf" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", formats[i], 100, 100));
      test_write_text (stream.near, "kept ");
      g_assert_false (gsock_active_socket_write_line (stream.near, "lost \360\237\220\242", NULL, &error, NULL));
      test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
      test_assert_came (stream.far, "", 0);
      test_write_text (stream.near, "too");
      test_finish_output (stream.near);
      test_assert_came (stream.far, "kept too", 8);
      test_stream_close (&stream);
    }
}

/* After an error that is the end nothing is kept that could never be sent: whoever finishes has nothing left
 * to do. */
static void
test_nothing_kept (void)
{
  g_autofree char *piece = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 100, 1000));
  test_write_text (stream.near, "in the buffer");
  gsock_socket_close (GSOCK_SOCKET (stream.far), FALSE, NULL);
  g_assert_false (gsock_active_socket_write_text (stream.near, piece, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_cmpuint (gsock_socket_get_handle (GSOCK_SOCKET (stream.near))->buffered & GSOCK_BUFFERED_OUTPUT, ==, 0);
  test_finish_output (stream.near);
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  g_assert_no_error (error);
  test_stream_close (&stream);
}

/* Dropped with more than the kernel takes: it does not wait for the peer, who finds the end after what came
 * through. */
static void
test_abandoned (void)
{
  TestStream stream;
  gsize filled;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 100, 100));
  filled = test_fill_up (GSOCK_SOCKET (stream.near), GSOCK_SOCKET (stream.far));
  test_write_text (stream.near, "never sent");
  test_assert_finalize_object (stream.near);
  stream.wire.near = NULL;
  g_assert_cmpuint (test_drain (GSOCK_SOCKET (stream.far)), ==, filled);
  test_assert_end (stream.far);
  g_assert_finalize_object (stream.far);
}

typedef struct
{
  GSockActiveSocket *socket;
  GCancellable *cancellable;
  char *text;
} Cancelled;

static void
write_until_cancelled (gpointer data)
{
  Cancelled *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_active_socket_write_text (self->socket, self->text, self->cancellable, &error, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Cancelled while it waits, it has taken all of it; the rest is sent by whoever finishes. */
static void
test_cancelled_half_way (void)
{
  const gsize length = 4 * 1024 * 1024;
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Cancelled writer;
  TestStream stream;
  gsize got;

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 100, 8192));
  writer = (Cancelled){ stream.near, cancellable, text };
  test_thread_start (&thread, write_until_cancelled, &writer);
  test_thread_wait_until_asleep (&thread);
  g_cancellable_cancel (cancellable);
  test_thread_join (&thread);
  for (got = 0; !gsock_active_socket_finish_output (stream.near, NULL, &error, "wait", FALSE, NULL); got += test_drain (GSOCK_SOCKET (stream.far)))
    test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (got + test_drain (GSOCK_SOCKET (stream.far)), ==, length);
  test_stream_close (&stream);
}
int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_for_kinds ("/stream-write/buffer", test_buffer, test_is_stream);
  test_add_for_kinds ("/stream-write/ends-early", test_ends_early, test_is_stream);
  test_add ("/stream-write/dead-peer", test_dead_peer);
  test_add_for_kinds ("/stream-write/close-finishes", test_close_finishes, test_is_stream);
  test_add ("/stream-write/close-fails", test_close_fails);
  test_add ("/stream-write/close-under-writers", test_close_under_writers);
  test_add_for_kinds ("/stream-write/threads", test_threads, test_is_stream);
  test_add_for_kinds ("/stream-write/full-kernel", test_full_kernel, test_is_stream);
  test_add ("/stream-write/room-for-rest", test_room_for_rest);
  test_add ("/stream-write/refused-keeps", test_refused_keeps);
  test_add ("/stream-write/nothing-kept", test_nothing_kept);
  test_add ("/stream-write/abandoned", test_abandoned);
  test_add ("/stream-write/cancelled-half-way", test_cancelled_half_way);

  return g_test_run ();
}
