/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes as text: every format, across every border of a buffer, and bytes in between. */

#include "teststream.h"

#include <string.h>

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
      test_assert_line (socket, lines[i]);
  else if (way == BY_CHARACTERS)
    test_assert_chars (socket, text);
  else if (way == BY_WHOLE)
    test_assert_text (socket, -1, text);
  else
    for (gsize i = 0; i < length; i += 5)
      {
        g_autofree char *part = g_utf8_substring (text, i, MIN (i + 5, length));

        test_assert_text (socket, 5, part);
      }
  test_assert_end (socket);
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
          test_stream_send (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
          test_stream_end (stream.far);
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

          test_stream_send (stream.far, data + i, 1);
          g_assert_cmpint (gsock_socket_wait_for (GSOCK_SOCKET (stream.near), G_IO_IN, 5, NULL, NULL), !=, 0);
          line = gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL);
          if (line == NULL)
            test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
          else
            g_string_append_printf (read, "%s\n", line);
          g_free (line);
        }
      test_stream_end (stream.far);
      test_assert_end (stream.near);
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
          test_stream_send (stream.far, g_bytes_get_data (first, NULL), g_bytes_get_size (first));
          test_stream_send (stream.far, "\377\0\n\r\201", 5);
        }
      test_stream_end (stream.far);
      for (guint i = 0; i < 3; i++)
        {
          test_assert_line (stream.near, "one");
          test_assert_bytes (stream.near, 5, "\377\0\n\r\201", 5);
        }
      test_assert_end (stream.near);
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
      test_stream_send (stream.far, "a\0b\0c\0d\0", 8);
      g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 0.05, NULL));
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
      test_assert_bytes (stream.near, 2, "a\0", 2);
      test_assert_bytes (stream.near, 1, "b", 1);
      test_assert_bytes (stream.near, 1, "\0", 1);
      g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL));
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
      test_assert_bytes (stream.near, 4, "c\0d\0", 4);
      test_stream_send (stream.far, "\n\0", 2);
      if (g_str_equal (formats[i], "utf-16le"))
        test_assert_line (stream.near, "");
      test_stream_close (&stream);
    }
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
        test_stream_send (stream.far, bad->bytes, bad->length);
        test_stream_end (stream.far);
        test_assert_line (stream.near, g_str_equal (bad->format, "utf-16le") ? "g" : "good");
        assert_bad (stream.near, bad->offset);
        test_assert_bytes (stream.near, -1, bad->bytes + (g_str_equal (bad->format, "utf-16le") ? 4 : g_str_has_suffix (bad->format, "crlf") ? 6 : 5),
                      bad->length - (g_str_equal (bad->format, "utf-16le") ? 4 : g_str_has_suffix (bad->format, "crlf") ? 6 : 5));
        test_assert_end (stream.near);
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
      test_stream_send (stream.far, cuts[i].bytes, cuts[i].length);
      test_stream_end (stream.far);
      assert_bad (stream.near, cuts[i].offset);
      test_stream_close (&stream);
    }
}

/* Two characters that came in the same bytes: who takes the first as a character finds the second, who goes on
 * with bytes finds what comes after both. */
static void
test_two_of_one (void)
{
  for (guint as_bytes = 0; as_bytes < 2; as_bytes++)
    {
      TestStream stream;

      g_assert_true (test_stream_open (&stream, "tcp-ipv4", "big5-hkscs", 100, 8192));
      test_stream_send_string (stream.far, "\210\142x\n");
      test_assert_chars (stream.near, "\303\212");
      if (as_bytes)
        test_assert_bytes (stream.near, 2, "x\n", 2);
      else
        test_assert_line (stream.near, "\314\204x");
      test_stream_end (stream.far);
      test_assert_end (stream.near);
      test_stream_close (&stream);
    }
}

/* Bytes that change how the others are read are nothing by themselves, and not without end. */
static void
test_shifts_without_end (void)
{
  const guint n = 30000;
  g_autofree char *shifts = g_malloc (3 * n);
  g_autoptr (GError) error = NULL;
  TestStream stream;

  for (guint i = 0; i < n; i++)
    memcpy (shifts + 3 * i, i % 2 == 0 ? "\033$B" : "\033(B", 3);
  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "iso-2022-jp", 8192, 8192));
  test_stream_send (stream.far, "\033$BF|\033(B", 8);
  test_stream_send (stream.far, shifts, 3 * 10000);
  test_stream_send_string (stream.far, "\n");
  test_assert_line (stream.near, "\346\227\245");
  test_stream_send (stream.far, shifts, 3 * n);
  test_stream_end (stream.far);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 5.0, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
  test_assert_bytes (stream.near, -1, shifts, 3 * n);
  test_stream_close (&stream);
}

/* Bytes that end within a character leave a rest, which is looked at anew. */
static void
test_bytes_within_character (void)
{
  g_autoptr (GError) error = NULL;
  TestStream stream;

  for (guint read_before = 0; read_before < 2; read_before++)
    {
      g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 100, 8192));
      test_stream_send_string (stream.far, "\303\251x");
      if (read_before)
        {
          g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 0.02, NULL));
          test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
        }
      test_assert_bytes (stream.near, 1, "\303", 1);
      test_stream_send_string (stream.far, "\n");
      assert_bad (stream.near, 1);
      test_assert_bytes (stream.near, 1, "\251", 1);
      test_assert_line (stream.near, "x");
      test_stream_close (&stream);
    }

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-16le", 100, 8192));
  test_stream_send (stream.far, "a\0b\0\n", 5);
  g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 0.02, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_assert_bytes (stream.near, 1, "a", 1);
  test_assert_chars (stream.near, "\346\210\200\340\250\200");
  test_stream_close (&stream);
}

/* The mark at the beginning says how the rest is to be read; a second one is a character. */
static void
test_byte_order (void)
{
  static const struct
  {
    const char *format, *bytes;
    gsize length;
  } cases[] = {
    { "utf-16", "\376\377\0a\376\377\0\n", 8 },
    { "utf-16", "\377\376a\0\377\376\n\0", 8 },
    { "utf-32", "\0\0\376\377\0\0\0a\0\0\376\377\0\0\0\n", 16 },
    { "utf-32", "\377\376\0\0a\0\0\0\377\376\0\0\n\0\0\0", 16 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint size = 0; size < 9; size++)
      {
        TestStream stream;

        g_assert_true (test_stream_open (&stream, "tcp-ipv4", cases[i].format, size, 8192));
        test_stream_send (stream.far, cases[i].bytes, cases[i].length);
        test_stream_end (stream.far);
        test_assert_line (stream.near, "a\357\273\277");
        test_assert_end (stream.near);
        test_stream_close (&stream);
      }
}
int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_with ("/stream-text/formats/tcp", "tcp-ipv4", test_formats_and_buffers);
  test_add_with ("/stream-text/formats/local", "local-stream", test_formats_and_buffers);
  test_add ("/stream-text/pieces", test_pieces);
  test_add ("/stream-text/bytes-and-text", test_bytes_and_text);
  test_add ("/stream-text/bytes-of-partial-line", test_bytes_of_partial_line);
  test_add ("/stream-text/bad", test_bad_input);
  test_add ("/stream-text/cut-short", test_cut_short);
  test_add ("/stream-text/two-of-one", test_two_of_one);
  test_add ("/stream-text/shifts-without-end", test_shifts_without_end);
  test_add ("/stream-text/bytes-within-character", test_bytes_within_character);
  test_add ("/stream-text/byte-order", test_byte_order);

  return g_test_run ();
}
