/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading lines, characters, text and bytes, in every format and across every border of a buffer. */

#include "teststream.h"
#include "testthread.h"

#include <string.h>
#include <unistd.h>

static void
send_bytes (GSockActiveSocket *socket, gconstpointer data, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to_direct (GSOCK_SOCKET (socket), data, length, NULL, 0, TRUE, 5, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
}

static void
send_string (GSockActiveSocket *socket, const char *string)
{
  send_bytes (socket, string, strlen (string));
}

static void
end_stream (GSockActiveSocket *socket)
{
  g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (socket), FALSE, TRUE, NULL));
}

static void
assert_line (GSockActiveSocket *socket, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = gsock_active_socket_read_line (socket, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

static void
assert_text (GSockActiveSocket *socket, gssize n, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gsock_active_socket_read_text (socket, n, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_bytes (GSockActiveSocket *socket, gssize n, gconstpointer expected, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gsock_active_socket_read_bytes (socket, n, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

static void
assert_chars (GSockActiveSocket *socket, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      g_autoptr (GError) error = NULL;
      gunichar character;

      g_assert_true (gsock_active_socket_read_char (socket, &character, NULL, &error, "timeout", 5.0, NULL));
      g_assert_cmphex (character, ==, g_utf8_get_char (at));
    }
}

static void
assert_end (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;
  gunichar character;

  assert_line (socket, NULL);
  assert_text (socket, -1, "");
  assert_text (socket, 7, "");
  assert_bytes (socket, -1, "", 0);
  g_assert_false (gsock_active_socket_read_char (socket, &character, NULL, &error, NULL));
  g_assert_no_error (error);
}

typedef enum
{
  BY_LINES,
  BY_CHARACTERS,
  BY_TEXT,
  BY_WHOLE,
  N_WAYS,
} Way;

static void
read_all (GSockActiveSocket *socket, const char *text, Way way)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize length = g_utf8_strlen (text, -1);

  if (way == BY_LINES)
    for (guint i = 0; lines[i + 1] != NULL; i++)
      assert_line (socket, lines[i]);
  else if (way == BY_CHARACTERS)
    assert_chars (socket, text);
  else if (way == BY_WHOLE)
    assert_text (socket, -1, text);
  else
    for (gsize i = 0; i < length; i += 5)
      {
        g_autofree char *part = g_utf8_substring (text, i, MIN (i + 5, length));

        assert_text (socket, 5, part);
      }
  assert_end (socket);
}

static void
test_formats_and_buffers (gconstpointer data)
{
  const char *kind = data;

  for (guint f = 0; f < test_n_formats; f++)
    for (guint size = 0; size <= 40; size += size < 20 ? 1 : 5)
      for (Way way = 0; way < N_WAYS; way++)
        {
          const TestFormat *format = &test_formats[f];
          g_autoptr (GBytes) bytes = test_format_encode (format, format->text);
          TestStream stream;

          g_assert_true (test_stream_open (&stream, kind, format->format, size, 8192));
          send_bytes (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
          end_stream (stream.far);
          read_all (stream.near, format->text, way);
          test_stream_close (&stream);
        }
}

/* Whatever the pieces are that a character comes in: each time the call ends early, and nothing is lost. */
static void
test_pieces (void)
{
  for (guint f = 0; f < test_n_formats; f++)
    {
      const TestFormat *format = &test_formats[f];
      g_autoptr (GBytes) bytes = test_format_encode (format, format->text);
      const char *data = g_bytes_get_data (bytes, NULL);
      g_autoptr (GString) read = g_string_new (NULL);
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", format->format, 8192, 8192));
      for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
        {
          g_autoptr (GError) error = NULL;
          char *line;

          send_bytes (stream.far, data + i, 1);
          g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.near), G_IO_IN, 5, NULL, NULL), !=, 0);
          line = gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL);
          if (line == NULL)
            test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
          else
            g_string_append_printf (read, "%s\n", line);
          g_free (line);
        }
      end_stream (stream.far);
      assert_end (stream.near);
      g_assert_cmpstr (read->str, ==, format->text);
      test_stream_close (&stream);
    }
}

/* Bytes between texts, at every place, are those that the text did not take. */
static void
test_bytes_and_text (void)
{
  for (guint f = 0; f < test_n_formats; f++)
    {
      const TestFormat *format = &test_formats[f];
      g_autoptr (GBytes) first = test_format_encode (format, "one\n");
      TestStream stream;

      if (g_str_has_prefix (format->format, "utf-16/") || g_str_equal (format->format, "utf-16") || g_str_has_prefix (format->format, "utf-32/"))
        continue;
      g_assert_true (test_stream_open (&stream, "tcp-ipv4", format->format, 100, 8192));
      for (guint i = 0; i < 3; i++)
        {
          send_bytes (stream.far, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
          send_bytes (stream.far, "\377\0\n\r\201", 5);
        }
      end_stream (stream.far);
      for (guint i = 0; i < 3; i++)
        {
          assert_line (stream.near, "one");
          assert_bytes (stream.near, 5, "\377\0\n\r\201", 5);
        }
      assert_end (stream.near);
      test_stream_close (&stream);
    }
}

/* What was decoded for a line that did not come is given back as bytes. */
static void
test_bytes_of_partial_line (void)
{
  static const char *const formats[] = { "utf-8", "latin1", "utf-16le", "utf-8/crlf" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", formats[i], 100, 8192));
      send_bytes (stream.far, "a\0b\0c\0d\0", 8);
      g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 0.05, NULL));
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
      assert_bytes (stream.near, 2, "a\0", 2);
      assert_bytes (stream.near, 1, "b", 1);
      assert_bytes (stream.near, 1, "\0", 1);
      g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL));
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
      assert_bytes (stream.near, 4, "c\0d\0", 4);
      send_bytes (stream.far, "\n\0", 2);
      if (g_str_equal (formats[i], "utf-16le"))
        assert_line (stream.near, "");
      test_stream_close (&stream);
    }
}

static void
test_line_ends (void)
{
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8/crlf", 3, 8192));
  send_string (stream.far, "a\nb\rc\r\r\n\r\nd\r\ne\r");
  end_stream (stream.far);
  assert_line (stream.near, "a\nb\rc\r");
  assert_line (stream.near, "");
  assert_text (stream.near, 2, "d\n");
  assert_line (stream.near, "e\r");
  assert_end (stream.near);
  test_stream_close (&stream);

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  send_string (stream.far, "a\r\n\nlast");
  end_stream (stream.far);
  assert_line (stream.near, "a\r");
  assert_line (stream.near, "");
  assert_line (stream.near, "last");
  assert_end (stream.near);
  test_stream_close (&stream);
}

typedef struct
{
  const char *format, *bytes;
  gsize length, offset;
} BadInput;

static const BadInput bad_inputs[] = {
  { "utf-8", "good\nab\377c\n", 10, 7 },
  { "utf-8", "good\n\300\200\n", 8, 5 },
  { "utf-8", "good\nab\342\202\n", 10, 7 },
  { "utf-8", "good\nab\0c\n", 10, 7 },
  { "ascii", "good\nab\351c\n", 10, 7 },
  { "ascii/crlf", "good\r\nab\0c\r\n", 12, 8 },
  { "utf-16le", "g\0\n\0x\0\0\334y\0\n\0", 12, 6 },
  { "shift_jis", "good\n\377\n", 7, 5 },
  { "iso-2022-jp", "good\n\351\n", 7, 5 },
};

static void
assert_bad (GSockActiveSocket *socket, gsize offset)
{
  g_autofree char *message = g_strdup_printf ("offset %" G_GSIZE_FORMAT " ", offset);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      char *text = i == 1 ? gsock_active_socket_read_text (socket, -1, NULL, &error, NULL) : gsock_active_socket_read_line (socket, NULL, &error, NULL);

      g_assert_null (text);
      test_assert_message (error, message);
      test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
    }
}

static void
test_bad_input (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_inputs); i++)
    for (guint size = 0; size < 16; size++)
      {
        const BadInput *bad = &bad_inputs[i];
        TestStream stream;

        g_assert_true (test_stream_open (&stream, "tcp-ipv4", bad->format, size, 8192));
        send_bytes (stream.far, bad->bytes, bad->length);
        end_stream (stream.far);
        assert_line (stream.near, g_str_equal (bad->format, "utf-16le") ? "g" : "good");
        assert_bad (stream.near, bad->offset);
        assert_bytes (stream.near, -1, bad->bytes + (g_str_equal (bad->format, "utf-16le") ? 4 : g_str_has_suffix (bad->format, "crlf") ? 6 : 5),
                      bad->length - (g_str_equal (bad->format, "utf-16le") ? 4 : g_str_has_suffix (bad->format, "crlf") ? 6 : 5));
        assert_end (stream.near);
        test_stream_close (&stream);
      }
}

/* A stream that ends within a character. */
static void
test_cut_short (void)
{
  static const BadInput cuts[] = { { "utf-8", "x\342\202", 3, 1 }, { "utf-16le", "x\0y", 3, 2 }, { "euc-jp", "xy\306", 3, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", cuts[i].format, 100, 8192));
      send_bytes (stream.far, cuts[i].bytes, cuts[i].length);
      end_stream (stream.far);
      assert_bad (stream.near, cuts[i].offset);
      test_stream_close (&stream);
    }
}

static void
test_nul_character (void)
{
  g_autoptr (GError) error = NULL;
  gunichar character = 1;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  send_bytes (stream.far, "\0x\n", 3);
  g_assert_true (gsock_active_socket_read_char (stream.near, &character, NULL, &error, NULL));
  g_assert_cmpuint (character, ==, 0);
  assert_line (stream.near, "x");
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
        send_bytes (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
        line = gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, NULL);
        g_assert_cmpstr (line, ==, "12345");
        g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5, NULL));
        test_assert_message (error, "maximum-length");
        test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
        assert_line (stream.near, "123456");
        assert_line (stream.near, "x");
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
  send_string (stream.far, piece);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "maximum-length", 5000, NULL));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  assert_text (stream.near, 100000, piece);
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
      send_bytes (stream.far, many, 100000);
      assert_bytes (stream.near, 0, "", 0);
      assert_bytes (stream.near, 1, many, 1);
      assert_bytes (stream.near, 9999, many + 1, 9999);
      g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, sizeof room, FALSE, TRUE, 5, NULL, &error), ==, 100);
      g_assert_cmpmem (room, 100, many + 10000, 100);
      assert_bytes (stream.near, 89900, many + 10100, 89900);
      send_bytes (stream.far, many, 10);
      end_stream (stream.far);
      assert_bytes (stream.near, G_MAXSSIZE, many, 10);
      assert_end (stream.near);
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
  send_string (stream.far, "hello \303");
  text = gsock_active_socket_read_text (stream.near, 100, NULL, &error, "partial", TRUE, NULL);
  g_assert_cmpstr (text, ==, "hello ");
  g_assert_null (gsock_active_socket_read_text (stream.near, -1, NULL, &error, "partial", TRUE, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  bytes = gsock_active_socket_read_bytes (stream.near, -1, NULL, &error, "partial", TRUE, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\303", 1);
  send_string (stream.far, "xyz");
  g_assert_cmpint (gsock_active_socket_read_bytes_direct (stream.near, room, 2, TRUE, TRUE, 5, NULL, &error), ==, 2);
  rest = gsock_active_socket_read_bytes (stream.near, 5, NULL, &error, "partial", TRUE, "wait", FALSE, NULL);
  g_assert_cmpmem (g_bytes_get_data (rest, NULL), g_bytes_get_size (rest), "z", 1);
  test_stream_close (&stream);
}

/* Three errors, and none of them loses anything. */
static void
test_ends_early (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
  send_string (stream.far, "part");
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
  send_string (stream.far, "ial\n");
  assert_line (stream.near, "partial");
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
  send_string (stream.far, "a\nb\n");
  assert_line (stream.near, "a");
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (stream.near), room, sizeof room, NULL, NULL, &error, NULL), ==, -1);
  test_assert_message (error, "clear-input");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_null (gsock_socket_receive_message (GSOCK_SOCKET (stream.near), 10, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (stream.near), "x", 1, NULL, &error, NULL), ==, 1);
  assert_line (stream.near, "b");
  send_string (stream.far, "c");
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
  send_string (stream.far, "a\nb");
  assert_line (stream.near, "a");
  g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.near), G_IO_IN, 0, NULL, &error), ==, G_IO_IN);
  source = gsock_socket_create_source (GSOCK_SOCKET (stream.near), G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (note), &seen, NULL);
  g_source_attach (source, NULL);
  while (seen == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (source);
  g_assert_cmpint (seen & G_IO_IN, ==, G_IO_IN);
  assert_text (stream.near, 1, "b");
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
  send_string (stream.far, "a\n and more than the buffer has room for");
  assert_line (stream.near, "a");
  g_assert_cmpint (gsock_active_socket_clear_input (stream.near, &error), ==, 38);
  g_assert_cmpint (gsock_active_socket_clear_input (stream.near, &error), ==, 0);
  send_string (stream.far, "b\n");
  assert_line (stream.near, "b");
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
      send_string (stream.far, "a line for ");
      if (i % 50 == 0)
        g_usleep (1000);
      send_string (stream.far, "somebody\na line for somebody\n");
    }
  end_stream (stream.far);
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
  send_string (stream.far, "half");
  gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, NULL);
  for (guint i = 0; i < 3; i++)
    test_thread_join (&threads[i]);
  test_stream_close (&stream);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Its wake descriptor comes with the first use. */
  g_main_context_iteration (NULL, FALSE);

  test_add_with ("/stream-input/formats/tcp", "tcp-ipv4", test_formats_and_buffers);
  test_add_with ("/stream-input/formats/local", "local-stream", test_formats_and_buffers);
  test_add ("/stream-input/pieces", test_pieces);
  test_add ("/stream-input/bytes-and-text", test_bytes_and_text);
  test_add ("/stream-input/bytes-of-partial-line", test_bytes_of_partial_line);
  test_add ("/stream-input/line-ends", test_line_ends);
  test_add ("/stream-input/bad", test_bad_input);
  test_add ("/stream-input/cut-short", test_cut_short);
  test_add ("/stream-input/nul", test_nul_character);
  test_add ("/stream-input/maximum-length", test_maximum_length);
  test_add ("/stream-input/endless-line", test_endless_line);
  test_add_for_kinds ("/stream-input/bytes", test_bytes, test_is_stream);
  test_add ("/stream-input/partial", test_partial);
  test_add ("/stream-input/ends-early", test_ends_early);
  test_add ("/stream-input/refused", test_refused);
  test_add ("/stream-input/bypass", test_bypass);
  test_add ("/stream-input/wait-is-over", test_wait_is_over);
  test_add_for_kinds ("/stream-input/clear", test_clear_input, test_is_stream);
  test_add_for_kinds ("/stream-input/threads", test_threads, test_is_stream);
  test_add ("/stream-input/close", test_close_under_readers);

  return g_test_run ();
}
