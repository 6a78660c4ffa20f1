/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing text: every format, byte for byte, and what is refused. */

#include "teststream.h"
#include "testthread.h"

#include <gsock/gsock-socket-private.h>

#include <string.h>

/* Whole, in lines, and character by character: it reads back as it was written, whatever the buffers. */
static void
write_all (GSockActiveSocket *socket, const char *text, guint way)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;

  if (way == 0)
    test_write_text (socket, text);
  else if (way == 1)
    for (guint i = 0; lines[i + 1] != NULL; i++)
      g_assert_true (gsock_active_socket_write_line (socket, lines[i], NULL, &error, NULL));
  else
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
      {
        g_autofree char *one = g_strndup (at, g_utf8_next_char (at) - at);

        test_write_text (socket, one);
      }
  test_finish_output (socket);
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
      test_assert_came (stream.far, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      test_stream_close (&stream);
    }
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
      test_finish_output (stream.near);
      line = gsock_active_socket_read_line (stream.far, NULL, &error, NULL);
      g_assert_cmpstr (line, ==, "good");
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_with ("/stream-output/formats/tcp", "tcp-ipv4", test_formats_and_buffers);
  test_add_with ("/stream-output/formats/local", "local-stream", test_formats_and_buffers);
  test_add ("/stream-output/bytes-on-wire", test_bytes_on_wire);
  test_add ("/stream-output/refused-text", test_refused_text);
  test_add ("/stream-output/cancelled", test_cancelled);

  return g_test_run ();
}
