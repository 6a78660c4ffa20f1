/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams of text in many formats. */

#include "teststream.h"

#include <gsock/gsock-socket-private.h>

#include <string.h>

#define WESTERN "first\nna\303\257ve caf\303\251\n\n\302\247 four\n"
#define EVERYTHING "first\nna\303\257ve \342\202\254 5\n\n\346\227\245\346\234\254\350\252\236\n\360\237\220\242 last\n"
#define JAPANESE "first\n\346\227\245\346\234\254\350\252\236 and ASCII\n\n\343\201\213\343\201\252\n"

const TestFormat test_formats[] = {
  { "utf-8", "UTF-8", "\n", EVERYTHING },
  { "utf-8/lf", "UTF-8", "\n", EVERYTHING },
  { "utf-8/crlf", "UTF-8", "\r\n", EVERYTHING },
  { "UTF8/cr", "UTF-8", "\r", EVERYTHING },
  { "latin-1/crlf", "ISO-8859-1", "\r\n", WESTERN },
  { "latin1", "ISO-8859-1", "\n", WESTERN },
  { "windows-1252/cr", "CP1252", "\r", WESTERN },
  { "ascii/lf", "ASCII", "\n", "plain\n\ntext\n" },
  { "utf-16le/lf", "UTF-16LE", "\n", EVERYTHING },
  { "utf-16be/crlf", "UTF-16BE", "\r\n", EVERYTHING },
  { "utf-16", "UTF-16", "\n", EVERYTHING },
  { "utf-16/crlf", "UTF-16", "\r\n", EVERYTHING },
  { "utf-32/cr", "UTF-32", "\r", EVERYTHING },
  { "utf-32be", "UTF-32BE", "\n", EVERYTHING },
  { "shift_jis/crlf", "SHIFT_JIS", "\r\n", JAPANESE },
  { "euc-jp", "EUC-JP", "\n", JAPANESE },
  { "iso-2022-jp", "ISO-2022-JP", "\n", JAPANESE },
  { "iso-2022-jp/crlf", "ISO-2022-JP", "\r\n", JAPANESE },
  { "utf-7/lf", "UTF-7", "\n", EVERYTHING },
  { "gb18030/crlf", "GB18030", "\r\n", EVERYTHING },
};
const guint test_n_formats = G_N_ELEMENTS (test_formats);

GBytes *
test_format_encode (const TestFormat *format, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *ended = g_strjoinv (format->line_end, lines);
  g_autoptr (GError) error = NULL;
  gsize length;
  char *bytes = g_convert (ended, -1, format->encoding, "UTF-8", NULL, &length, &error);

  g_assert_no_error (error);
  return g_bytes_new_take (bytes, length);
}

static GSockActiveSocket *
dress (GSockSocket *socket, const char *format, guint input_size, guint output_size)
{
  GSockActiveSocket *active = GSOCK_ACTIVE_SOCKET (socket);

  gsock_stream_defaults_set (gsock_active_socket_get_defaults (active), format, (int) input_size, (int) output_size);
  return active;
}

gboolean
test_stream_open (TestStream *self, const char *kind, const char *format, guint input_size, guint output_size)
{
  if (!test_wire_open (&self->wire, test_kind_find (kind)))
    return FALSE;
  self->near = dress (self->wire.near, format, input_size, output_size);
  self->far = dress (self->wire.far, format, input_size, output_size);
  return TRUE;
}

void
test_stream_close (TestStream *self)
{
  test_wire_close (&self->wire);
}

void
test_stream_send (GSockActiveSocket *socket, gconstpointer data, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to_direct (GSOCK_SOCKET (socket), data, length, NULL, 0, TRUE, 5, NULL, &error), ==, (gssize) length);
  g_assert_no_error (error);
}

void
test_stream_send_string (GSockActiveSocket *socket, const char *string)
{
  test_stream_send (socket, string, strlen (string));
}

void
test_stream_end (GSockActiveSocket *socket)
{
  g_assert_true (gsock_socket_shutdown (GSOCK_SOCKET (socket), FALSE, TRUE, NULL));
}

void
test_assert_line (GSockActiveSocket *socket, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = gsock_active_socket_read_line (socket, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

void
test_assert_text (GSockActiveSocket *socket, gssize n, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gsock_active_socket_read_text (socket, n, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

void
test_assert_bytes (GSockActiveSocket *socket, gssize n, gconstpointer expected, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gsock_active_socket_read_bytes (socket, n, NULL, &error, "timeout", 5.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

void
test_assert_chars (GSockActiveSocket *socket, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      g_autoptr (GError) error = NULL;
      gunichar character;

      g_assert_true (gsock_active_socket_read_char (socket, &character, NULL, &error, "timeout", 5.0, NULL));
      g_assert_cmphex (character, ==, g_utf8_get_char (at));
    }
}

void
test_assert_end (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;
  gunichar character;

  test_assert_line (socket, NULL);
  test_assert_text (socket, -1, "");
  test_assert_text (socket, 7, "");
  test_assert_bytes (socket, -1, "", 0);
  g_assert_false (gsock_active_socket_read_char (socket, &character, NULL, &error, NULL));
  g_assert_no_error (error);
}

void
test_assert_came (GSockActiveSocket *socket, gconstpointer expected, gsize length)
{
  g_autofree guint8 *room = g_malloc (length + 1);
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_receive_from (GSOCK_SOCKET (socket), room, length + 1, NULL, NULL, &error, "wait", FALSE, NULL);

  if (n < 0 && length == 0 && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    return;
  g_assert_no_error (error);
  g_assert_cmpmem (room, n, expected, length);
}

void
test_write_text (GSockActiveSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_active_socket_write_text (socket, text, NULL, &error, "timeout", 5.0, NULL));
  g_assert_no_error (error);
}

void
test_finish_output (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_active_socket_finish_output (socket, NULL, &error, "timeout", 5.0, NULL));
  g_assert_no_error (error);
}
