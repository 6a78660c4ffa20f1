/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of reading: where a line ends, how much is enough, and who of several readers gets it. */

#include "teststream.h"
#include "testthread.h"

#include <string.h>

static void
test_line_ends (void)
{
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8/crlf", 3, 8192));
  test_stream_send_string (stream.far, "a\nb\rc\r\r\n\r\nd\r\ne\r");
  test_stream_end (stream.far);
  test_assert_line (stream.near, "a\nb\rc\r");
  test_assert_line (stream.near, "");
  test_assert_text (stream.near, 2, "d\n");
  test_assert_line (stream.near, "e\r");
  test_assert_end (stream.near);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "a\r\n\nlast");
  test_stream_end (stream.far);
  test_assert_line (stream.near, "a\r");
  test_assert_line (stream.near, "");
  test_assert_line (stream.near, "last");
  test_assert_end (stream.near);
  test_stream_close (&stream);
}

static void
test_nul_character (void)
{
  g_autoptr (GError) error = NULL;
  gunichar character = 1;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send (stream.far, "\0x\n", 3);
  g_assert_true (gsock_active_socket_read_char (stream.near, &character, NULL, &error, NULL));
  g_assert_cmpuint (character, ==, 0);
  test_assert_line (stream.near, "x");
  test_stream_close (&stream);
}

static void
test_maximum_length (void)
{
  static const char *const formats[] = { "utf-8", "utf-8/crlf", "latin1", "latin1/crlf", "utf-16be/crlf" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint size = 0; size < 12; size++)
      {
        TestFormat format = { formats[i], g_str_has_prefix (formats[i], "utf-16") ? "UTF-16BE" : "UTF-8",
                              strstr (formats[i], "crlf") != NULL ? "\r\n" : "\n", NULL };
        g_autoptr (GBytes) bytes = test_format_encode (&format, "12345\n123456\nx\n");
        g_autoptr (GError) error = NULL;
        g_autofree char *line = NULL;
        TestStream stream;

        g_assert_true (test_stream_open (&stream, "tcp-ipv4", formats[i], size, 8192));
        test_stream_send (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
        line = gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, NULL);
        g_assert_cmpstr (line, ==, "12345");
        g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, NULL));
        test_assert_message (error, "maximum-length");
        test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
        test_assert_line (stream.near, "123456");
        test_assert_line (stream.near, "x");
        test_stream_close (&stream);
      }
}

/* A line without an end does not grow for ever. */
static void
test_endless_line (void)
{
  g_autofree char *piece = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 1000, 8192));
  test_stream_send_string (stream.far, piece);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5000, NULL));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  test_assert_text (stream.near, 100000, piece);
  test_stream_close (&stream);
}

static void
test_bytes (gconstpointer data)
{
  const TestKind *kind = data;
  g_autofree char *many = g_malloc (300000);
  TestStream stream;

  for (guint i = 0; i < 300000; i++)
    many[i] = (char) (i * 7 + i / 256);
  for (guint size = 0; size < 10000; size += 1250)
    {
      guint8 room[100];
      g_autoptr (GError) error = NULL;

      if (!test_stream_open (&stream, kind->name, "utf-8", size, 8192))
        return;
      test_stream_send (stream.far, many, 100000);
      test_assert_bytes (stream.near, 0, "", 0);
      test_assert_bytes (stream.near, 1, many, 1);
      test_assert_bytes (stream.near, 9999, many + 1, 9999);
      g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, sizeof room, FALSE, TRUE, 5, NULL, &error), ==, 100);
      g_assert_cmpmem (room, 100, many + 10000, 100);
      test_assert_bytes (stream.near, 89900, many + 10100, 89900);
      test_stream_send (stream.far, many, 10);
      test_stream_end (stream.far);
      test_assert_bytes (stream.near, G_MAXSSIZE, many, 10);
      test_assert_end (stream.near);
      g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, sizeof room, FALSE, TRUE, 5, NULL, &error), ==, 0);
      test_stream_close (&stream);
    }
}

static void
test_partial (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL, rest = NULL;
  g_autofree char *text = NULL;
  guint8 room[10];
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "hello \303");
  text = gsock_active_socket_read_text (stream.near, 100, NULL, &error, "partial", TRUE, NULL);
  g_assert_cmpstr (text, ==, "hello ");
  g_assert_null (gsock_active_socket_read_text (stream.near, -1, NULL, &error, "partial", TRUE, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  bytes = gsock_active_socket_read_bytes (stream.near, -1, NULL, &error, "partial", TRUE, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\303", 1);
  test_stream_send_string (stream.far, "xyz");
  g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, 2, TRUE, TRUE, 5, NULL, &error), ==, 2);
  rest = gsock_active_socket_read_bytes (stream.near, 5, NULL, &error, "partial", TRUE, "wait", FALSE, NULL);
  g_assert_cmpmem (g_bytes_get_data (rest, NULL), g_bytes_get_size (rest), "z", 1);
  test_stream_close (&stream);
}

typedef struct
{
  GSockActiveSocket *socket;
  guint n_lines;
} Reader;

static void
read_lines (gpointer data)
{
  Reader *self = data;
  char *line;

  while ((line = gsock_active_socket_read_line (self->socket, NULL, NULL, NULL)) != NULL)
    {
      g_assert_cmpstr (line, ==, "a line for somebody");
      g_free (line);
      self->n_lines++;
    }
}

/* Each line goes to one of the threads, whole. */
static void
test_threads (gconstpointer data)
{
  const TestKind *kind = data;
  TestThread threads[4];
  Reader readers[4];
  guint n_lines = 0;
  TestStream stream;

  if (!test_stream_open (&stream, kind->name, "utf-8", 50, 8192))
    return;
  for (guint i = 0; i < 4; i++)
    {
      readers[i] = (Reader){ stream.near, 0 };
      test_thread_start (&threads[i], read_lines, &readers[i]);
    }
  for (guint i = 0; i < 500; i++)
    {
      test_stream_send_string (stream.far, "a line for ");
      if (i % 50 == 0)
        g_usleep (1000);
      test_stream_send_string (stream.far, "somebody\na line for somebody\n");
    }
  test_stream_end (stream.far);
  for (guint i = 0; i < 4; i++)
    {
      test_thread_join (&threads[i]);
      n_lines += readers[i].n_lines;
    }
  g_assert_cmpuint (n_lines, ==, 1000);
  test_stream_close (&stream);
}

static void
read_until_closed (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_active_socket_read_line (data, NULL, &error, NULL));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

static void
test_close_under_readers (void)
{
  TestThread threads[3];
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 50, 8192));
  for (guint i = 0; i < 3; i++)
    {
      test_thread_start (&threads[i], read_until_closed, stream.near);
      test_thread_wait_until_asleep (&threads[i]);
    }
  test_stream_send_string (stream.far, "half");
  gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, NULL);
  for (guint i = 0; i < 3; i++)
    test_thread_join (&threads[i]);
  test_stream_close (&stream);
}

static gboolean
would_block (GError **error)
{
  gboolean would = g_error_matches (*error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK);

  g_clear_error (error);
  return would;
}

/* What may be the first half of the end of a line is nothing yet; it is a character where no half follows. */
static void
test_half_line_end (void)
{
  static const char *const formats[] = { "utf-8/crlf", "latin1/crlf", "utf-16le/crlf" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      gsize wide = i == 2 ? 2 : 1;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gunichar character;
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", formats[i], 100, 8192));
      test_stream_send (stream.far, wide == 1 ? "x\r" : "x\0\r", 2 * wide);
      text = gsock_active_socket_read_text (stream.near, -1, NULL, &error, "partial", TRUE, "timeout", 5.0, NULL);
      g_assert_cmpstr (text, ==, "x");
      g_assert_false (gsock_active_socket_read_char (stream.near, &character, NULL, &error, "wait", FALSE, NULL));
      g_assert_true (would_block (&error));
      g_assert_null (gsock_active_socket_read_text (stream.near, 1, NULL, &error, "wait", FALSE, NULL));
      g_assert_true (would_block (&error));
      test_stream_send (stream.far, "\n", wide);
      test_assert_chars (stream.near, "\n");
      test_stream_send (stream.far, wide == 1 ? "\rz" : "\r\0z", 2 * wide);
      test_assert_chars (stream.near, "\rz");
      test_stream_send (stream.far, "\r", wide);
      test_stream_end (stream.far);
      test_assert_chars (stream.near, "\r");
      test_assert_end (stream.near);
      test_stream_close (&stream);
    }
}

/* As much as is allowed, with the end of the line in halves; and one byte more. */
static void
test_maximum_and_halves (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL, *empty = NULL, *last = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8/crlf", 100, 8192));
  test_stream_send_string (stream.far, "12345\r");
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, "timeout", 0.02, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_stream_send_string (stream.far, "\n\r\n12345\rx");
  line = gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, "timeout", 5.0, NULL);
  g_assert_cmpstr (line, ==, "12345");
  empty = gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 0, "timeout", 5.0, NULL);
  g_assert_cmpstr (empty, ==, "");
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, "timeout", 5.0, NULL));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  test_assert_text (stream.near, 3, "123");
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 3, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  test_stream_end (stream.far);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 3, NULL));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  last = gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 4, NULL);
  g_assert_cmpstr (last, ==, "45\rx");
  test_stream_close (&stream);
}

/* A call that has less than it has asked for has it at the end of the stream; nothing asked for is there
 * always. */
static void
test_less_at_end (void)
{
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 4, 8192));
  test_assert_bytes (stream.near, 0, "", 0);
  test_assert_text (stream.near, 0, "");
  test_stream_send_string (stream.far, "abc\303\251");
  test_stream_end (stream.far);
  test_assert_text (stream.near, 2, "ab");
  test_assert_text (stream.near, 10, "c\303\251");
  test_assert_end (stream.near);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, "local-stream", "utf-8", 4, 8192));
  test_stream_send_string (stream.far, "abc");
  test_stream_end (stream.far);
  test_assert_bytes (stream.near, 10, "abc", 3);
  test_assert_end (stream.near);
  test_stream_close (&stream);
}

/* What is good comes first, as much as is asked for; the error says where in the whole stream it is, also after
 * what went past the buffer. */
static void
test_bad_after_good (void)
{
  guint8 room[5];
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  test_stream_send_string (stream.far, "12345ab\377c");
  g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, sizeof room, TRUE, TRUE, 5, NULL, &error), ==, 5);
  test_assert_text (stream.near, 2, "ab");
  test_assert_text (stream.near, 0, "");
  g_assert_null (gsock_active_socket_read_text (stream.near, 1, NULL, &error, NULL));
  test_assert_message (error, "offset 7 ");
  test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
  g_assert_null (gsock_active_socket_read_text (stream.near, -1, NULL, &error, "partial", TRUE, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
  test_assert_bytes (stream.near, 1, "\377", 1);
  test_assert_chars (stream.near, "c");
  test_stream_close (&stream);
}

typedef struct
{
  GSockActiveSocket *socket;
  gsize sent;
  int stop; /* atomic */
} Flood;

static void
flood (gpointer data)
{
  static const guint8 bytes[65536];
  Flood *self = data;

  while (!__atomic_load_n (&self->stop, __ATOMIC_ACQUIRE))
    {
      gssize n = gsock_socket_send_to_direct (GSOCK_SOCKET (self->socket), bytes, sizeof bytes, NULL, 0, TRUE, 0.01, NULL, NULL);

      self->sent += (gsize) MAX (n, 0);
    }
}

/* A peer that sends faster than this reads does not keep the time from running out, and nothing is lost by
 * that. */
static void
test_flood (void)
{
  g_autoptr (GBytes) all = NULL;
  g_autoptr (GError) error = NULL;
  TestThread thread;
  TestStream stream;
  Flood self;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 8192, 8192));
  self = (Flood){ .socket = stream.far };
  test_thread_start (&thread, flood, &self);
  g_assert_null (gsock_active_socket_read_bytes (stream.near, G_MAXINT, NULL, &error, "timeout", 0.05, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  __atomic_store_n (&self.stop, TRUE, __ATOMIC_RELEASE);
  test_thread_join (&thread);
  test_stream_end (stream.far);
  all = gsock_active_socket_read_bytes (stream.near, -1, NULL, &error, "timeout", 60.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (all), ==, self.sent);
  test_stream_close (&stream);
}
int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/stream-read/line-ends", test_line_ends);
  test_add ("/stream-read/nul", test_nul_character);
  test_add ("/stream-read/maximum-length", test_maximum_length);
  test_add ("/stream-read/endless-line", test_endless_line);
  test_add_for_kinds ("/stream-read/bytes", test_bytes, test_is_stream);
  test_add ("/stream-read/partial", test_partial);
  test_add_for_kinds ("/stream-read/threads", test_threads, test_is_stream);
  test_add ("/stream-read/close", test_close_under_readers);
  test_add ("/stream-read/half-line-end", test_half_line_end);
  test_add ("/stream-read/maximum-and-halves", test_maximum_and_halves);
  test_add ("/stream-read/less-at-end", test_less_at_end);
  test_add ("/stream-read/bad-after-good", test_bad_after_good);
  test_add ("/stream-read/flood", test_flood);

  return g_test_run ();
}
