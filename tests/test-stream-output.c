/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing text and bytes: what is on the wire, when it gets there, and what becomes of the rest. */

#include "teststream.h"
#include "testthread.h"

#include <gsock/gsock-socket-private.h>

#include <string.h>

static void
assert_came (GSockActiveSocket *socket, gconstpointer expected, gsize length)
{
  g_autofree guint8 *room = g_malloc (length + 1);
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_receive_from (GSOCK_SOCKET (socket), room, length + 1, NULL, NULL, &error, "wait", FALSE, NULL);

  if (n < 0 && length == 0 && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    return;
  g_assert_no_error (error);
  g_assert_cmpmem (room, n, expected, length);
}

static void
write_text (GSockActiveSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_active_socket_write_text (socket, text, NULL, &error, "timeout", 5.0, NULL));
  g_assert_no_error (error);
}

static void
finish (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_active_socket_finish_output (socket, NULL, &error, "timeout", 5.0, NULL));
  g_assert_no_error (error);
}

/* Whole, in lines, and character by character: it reads back as it was written, whatever the buffers. */
static void
write_all (GSockActiveSocket *socket, const char *text, guint way)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;

  if (way == 0)
    write_text (socket, text);
  else if (way == 1)
    for (guint i = 0; lines[i + 1] != NULL; i++)
      g_assert_true (gsock_active_socket_write_line (socket, lines[i], NULL, &error, NULL));
  else
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
      {
        g_autofree char *one = g_strndup (at, g_utf8_next_char (at) - at);

        write_text (socket, one);
      }
  finish (socket);
}

static void
test_formats_and_buffers (gconstpointer data)
{
  const char *kind = data;

  for (guint f = 0; f < test_n_formats; f++)
    for (guint size = 0; size < 30; size += size < 8 ? 1 : 5)
      for (guint way = 0; way < 3; way++)
        {
          g_autofree char *text = NULL;
          g_autoptr (GError) error = NULL;
          TestStream stream;

          g_assert_true (test_stream_open (&stream, kind, test_formats[f].format, 8192, size));
          write_all (stream.near, test_formats[f].text, way);
          g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (stream.near), FALSE, TRUE, NULL));
          text = gsock_active_socket_read_text (stream.far, -1, NULL, &error, NULL);
          g_assert_no_error (error);
          g_assert_cmpstr (text, ==, test_formats[f].text);
          test_stream_close (&stream);
        }
}

/* Byte for byte what another converter makes of it, with one mark at most. (UTF-7 comes back to its
 * initial state with each piece, which may take a byte.) */
static void
test_bytes_on_wire (void)
{
  for (guint f = 0; f < test_n_formats; f++)
    {
      g_autoptr (GBytes) bytes = test_format_encode (&test_formats[f], test_formats[f].text);
      TestStream stream;

      if (g_str_equal (test_formats[f].encoding, "UTF-7"))
        continue;
      g_assert_true (test_stream_open (&stream, "tcp-ipv4", test_formats[f].format, 8192, 8192));
      write_all (stream.near, test_formats[f].text, 1);
      assert_came (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      test_stream_close (&stream);
    }
}

static void
test_buffer (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 100, 10))
    return;
  write_text (stream.near, "12345");
  assert_came (stream.far, "", 0);
  write_text (stream.near, "67890");
  assert_came (stream.far, "", 0);
  write_text (stream.near, "1");
  assert_came (stream.far, "12345678901", 11);
  write_text (stream.near, "rest");
  assert_came (stream.far, "", 0);
  finish (stream.near);
  assert_came (stream.far, "rest", 4);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "\0\377", 2, NULL, &error, NULL));
  g_assert_true (gsock_active_socket_write_bytes (stream.near, NULL, 0, NULL, &error, NULL));
  assert_came (stream.far, "", 0);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "more than ten bytes", 19, NULL, &error, NULL));
  assert_came (stream.far, "\0\377more than ten bytes", 21);
  g_assert_true (gsock_active_socket_write_bytes (stream.near, "more than ten bytes", 19, NULL, &error, NULL));
  assert_came (stream.far, "more than ten bytes", 19);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 0));
  write_text (stream.near, "1");
  assert_came (stream.far, "1", 1);
  test_stream_close (&stream);
}

static void
test_refused_text (void)
{
  static const struct
  {
    const char *format, *text, *message;
  } cases[] = {
    { "latin-1", "caf\303\251 \342\202\254 5", "U+20AC, at the offset 6 of the text, cannot be written in ISO-8859-1" },
    { "ascii/crlf", "one\ntwo\303\251", "U+00E9, at the offset 7 of the text" },
    { "iso-2022-jp", "\346\227\245\346\234\254 \303\251", "U+00E9, at the offset 7 of the text" },
    { "utf-8", "ab\377", "at the offset 2 of the text it is not UTF-8" },
    { "latin-1", "ab\377", "at the offset 2 of the text it is not UTF-8" },
    { "utf-16", "ab\355\240\200", "at the offset 2 of the text it is not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = NULL;
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", cases[i].format, 100, 8192));
      for (guint again = 0; again < 2; again++)
        {
          g_assert_false (gsock_active_socket_write_line (stream.near, cases[i].text, NULL, &error, NULL));
          test_assert_message (error, cases[i].message);
          test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
        }
      g_assert_true (gsock_active_socket_write_line (stream.near, "good", NULL, &error, NULL));
      finish (stream.near);
      line = gsock_active_socket_read_line (stream.far, NULL, &error, NULL);
      g_assert_cmpstr (line, ==, "good");
      test_stream_close (&stream);
    }
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
      finish (stream.near);
      test_stream_close (&stream);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 100));
  g_cancellable_cancel (cancellable);
  g_assert_false (gsock_active_socket_write_text (stream.near, "x", cancellable, &error, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (gsock_active_socket_write_text (stream.near, NULL, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_active_socket_write_bytes (stream.near, NULL, 1, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_active_socket_write_text (stream.near, "x", NULL, &error, "partial", TRUE, NULL));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  test_stream_close (&stream);
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
  write_text (stream.near, "last words");
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
  assert_came (stream.far, "last words", 10);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  write_text (stream.near, "last words");
  g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (stream.near), FALSE, TRUE, &error));
  assert_came (stream.far, "last words", 10);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  write_text (stream.near, "never said");
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), TRUE, &error));
  g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.far), G_IO_IN, 5, NULL, NULL), !=, 0);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (stream.far), (char[1]){ 0 }, 1, NULL, NULL, NULL, NULL), <=, 0);
  test_stream_close (&stream);

  /* Dropped without a close: it tries once. */
  g_assert_true (test_stream_open (&stream, kind->name, "utf-8", 100, 8192));
  write_text (stream.near, "last words");
  g_object_ref (stream.wire.far);
  g_clear_object (&stream.wire.near);
  assert_came (stream.far, "last words", 10);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_with ("/stream-output/formats/tcp", "tcp-ipv4", test_formats_and_buffers);
  test_add_with ("/stream-output/formats/local", "local-stream", test_formats_and_buffers);
  test_add ("/stream-output/bytes-on-wire", test_bytes_on_wire);
  test_add_for_kinds ("/stream-output/buffer", test_buffer, test_is_stream);
  test_add ("/stream-output/refused-text", test_refused_text);
  test_add_for_kinds ("/stream-output/ends-early", test_ends_early, test_is_stream);
  test_add ("/stream-output/cancelled", test_cancelled);
  test_add ("/stream-output/dead-peer", test_dead_peer);
  test_add_for_kinds ("/stream-output/close-finishes", test_close_finishes, test_is_stream);
  test_add ("/stream-output/close-fails", test_close_fails);
  test_add ("/stream-output/close-under-writers", test_close_under_writers);
  test_add_for_kinds ("/stream-output/threads", test_threads, test_is_stream);

  return g_test_run ();
}
