/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encodings by iconv, a character at a time, and all or nothing of what is written. */

#include "teststream.h"

#include <gsock/gsock-external-format-private.h>

#include <errno.h>
#include <string.h>

static GSockExternalFormat
parse (const char *name)
{
  GSockExternalFormat format = { NULL, GSOCK_LINE_ENDING_LF };
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_external_format_parse (&format, name, &error));
  g_assert_no_error (error);
  return format;
}

static void
test_parse (void)
{
  GSockExternalFormat plain = parse ("UTF-8/crlf"), other = parse ("latin-1/cr");

  g_assert_null (plain.encoding);
  g_assert_cmpint (plain.line_ending, ==, GSOCK_LINE_ENDING_CRLF);
  g_assert_cmpstr (other.encoding, ==, "ISO-8859-1");
  g_assert_cmpint (other.line_ending, ==, GSOCK_LINE_ENDING_CR);
  gsock_external_format_clear (&other);
}

/* All the bytes are accounted for, and each piece that is cut short asks for more. */
static void
decode_all (const TestFormat *format, const guint8 *data, gsize length)
{
  GSockExternalFormat parsed = parse (format->format);
  g_autoptr (GString) text = g_string_new (NULL);
  GSockDecoder decoder;
  gsize at = 0, have = 1;

  g_assert_true (gsock_decoder_open (&decoder, &parsed));
  while (at < length)
    {
      gunichar characters[GSOCK_DECODED_MAX];
      guint n_characters;
      gssize n = gsock_decoder_next (&decoder, data + at, MIN (have, length - at), characters, &n_characters);

      g_assert_true (n > 0 || n == -EAGAIN);
      have = n > 0 ? 1 : have + 1;
      at += MAX (n, 0);
      for (guint i = 0; n > 0 && i < n_characters; i++)
        g_string_append_unichar (text, characters[i]);
    }
  g_assert_cmpstr (text->str, ==, format->text);
  gsock_decoder_close (&decoder);
  gsock_external_format_clear (&parsed);
}

static void
test_decode (void)
{
  for (guint i = 0; i < test_n_formats; i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      TestFormat format = test_formats[i];

      /* Line ends are not its concern. */
      format.line_end = "\n";
      bytes = test_format_encode (&format, format.text);
      decode_all (&format, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
}

/* What is refused leaves neither bytes nor a state behind. */
static void
test_encode_all_or_nothing (void)
{
  static const char *const names[] = { "iso-2022-jp/crlf", "shift_jis", "euc-jp/cr", "latin-1" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GSockExternalFormat format = parse (names[i]);
      GSockBuffer buffer = { NULL, 0, 0, 0 }, good = { NULL, 0, 0, 0 };
      GSockEncoder encoder;
      gsize refused;

      g_assert_true (gsock_encoder_open (&encoder, &format));
      g_assert_cmpint (gsock_encoder_add (&encoder, "ok\n", 3, &good, &refused), ==, 0);
      for (guint again = 0; again < 3; again++)
        {
          g_assert_cmpint (gsock_encoder_add (&encoder, "a\n\360\237\220\242", 6, &buffer, &refused), ==, -EILSEQ);
          g_assert_cmpuint (refused, ==, 2);
          g_assert_cmpuint (gsock_buffer_length (&buffer), ==, 0);
        }
      g_assert_cmpint (gsock_encoder_add (&encoder, "ok\n", 3, &buffer, &refused), ==, 0);
      g_assert_cmpmem (gsock_buffer_peek (&buffer), gsock_buffer_length (&buffer), gsock_buffer_peek (&good), gsock_buffer_length (&good));
      gsock_buffer_clear (&buffer);
      gsock_buffer_clear (&good);
      gsock_encoder_close (&encoder);
      gsock_external_format_clear (&format);
    }
}

static void
test_one_mark (void)
{
  GSockExternalFormat format = parse ("utf-16");
  GSockBuffer buffer = { NULL, 0, 0, 0 };
  GSockEncoder encoder;
  gsize refused;

  g_assert_true (gsock_encoder_open (&encoder, &format));
  g_assert_true (encoder.marks);
  g_assert_cmpint (gsock_encoder_add (&encoder, "\377", 1, &buffer, &refused), ==, -EILSEQ);
  g_assert_cmpint (gsock_encoder_add (&encoder, "a", 1, &buffer, &refused), ==, 0);
  g_assert_cmpuint (gsock_buffer_length (&buffer), ==, 4);
  g_assert_cmpint (gsock_encoder_add (&encoder, "\377", 1, &buffer, &refused), ==, -EILSEQ);
  g_assert_cmpint (gsock_encoder_add (&encoder, "b", 1, &buffer, &refused), ==, 0);
  g_assert_cmpuint (gsock_buffer_length (&buffer), ==, 6);
  gsock_buffer_clear (&buffer);
  gsock_encoder_close (&encoder);
  gsock_external_format_clear (&format);
}

static void
test_utf8_length (void)
{
  static const struct
  {
    const char *data;
    gsize length, valid;
    gboolean bad;
  } cases[] = {
    { "", 0, 0, FALSE },
    { "abc", 3, 3, FALSE },
    { "a\0b", 3, 3, FALSE },
    { "a\342\202", 3, 1, FALSE },
    { "a\0\342", 3, 2, FALSE },
    { "a\342(", 3, 1, TRUE },
    { "\200", 1, 0, TRUE },
    { "\300\200", 2, 0, TRUE },
    { "\355\240\200", 3, 0, TRUE },
    { "\0\0\377", 3, 2, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean bad = !cases[i].bad;

      g_assert_cmpuint (gsock_utf8_length ((const guint8 *) cases[i].data, cases[i].length, &bad), ==, cases[i].valid);
      g_assert_cmpint (bad, ==, cases[i].bad);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec/parse", test_parse);
  g_test_add_func ("/codec/decode", test_decode);
  g_test_add_func ("/codec/encode-all-or-nothing", test_encode_all_or_nothing);
  g_test_add_func ("/codec/one-mark", test_one_mark);
  g_test_add_func ("/codec/utf8-length", test_utf8_length);

  return g_test_run ();
}
