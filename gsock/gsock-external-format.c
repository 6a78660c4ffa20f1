/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* External formats: the name of an encoding and, behind a slash, of a line ending. */

#include <gsock/gsock-external-format-private.h>

#include <gsock/gsock-error-private.h>

#include <string.h>

const char *const gsock_line_endings[] = { "\n", "\r\n", "\r" };

static const char *const line_endings[] = { "lf", "crlf", "cr" };

/* Names that Lisp has for encodings, and iconv has not. */
static const struct
{
  const char *alias;
  const char *encoding;
} aliases[] = {
  { "latin-1", "ISO-8859-1" },
  { "latin-2", "ISO-8859-2" },
  { "latin-9", "ISO-8859-15" },
};

/* What iconv calls the encoding. */
const char *
gsock_external_format_encoding (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_ascii_strcasecmp (aliases[i].alias, name) == 0)
      return aliases[i].encoding;
  return name;
}

static int
find_line_ending (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (line_endings); i++)
    if (strcmp (line_endings[i], name) == 0)
      return (int) i;
  return -1;
}

static gboolean
is_utf8 (const char *encoding)
{
  return g_ascii_strcasecmp (encoding, "utf-8") == 0 || g_ascii_strcasecmp (encoding, "utf8") == 0;
}

static gboolean
is_known (const char *encoding)
{
  g_autoptr (GCharsetConverter) converter = NULL;

  if (*encoding == '\0' || strchr (encoding, '/') != NULL)
    return FALSE;
  converter = g_charset_converter_new ("UTF-8", encoding, NULL);
  return converter != NULL;
}

/* The format that the text names: an encoding that iconv knows and, where it says so, a line ending. */
gboolean
gsock_external_format_parse (GSockExternalFormat *self, const char *format, GError **error)
{
  const char *slash = strchr (format, '/');
  g_autofree char *name = slash != NULL ? g_strndup (format, slash - format) : g_strdup (format);
  const char *encoding = gsock_external_format_encoding (name);
  int ending = slash != NULL ? find_line_ending (slash + 1) : GSOCK_LINE_ENDING_LF;

  if (ending < 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "external-format \"%s\": \"%s\" is no line ending; there are lf, crlf and cr", format, slash + 1);
  if (!is_utf8 (encoding) && !is_known (encoding))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "external-format \"%s\": iconv knows no encoding \"%s\"", format, name);
  self->encoding = is_utf8 (encoding) ? NULL : g_strdup (encoding);
  self->line_ending = ending;
  return TRUE;
}

void
gsock_external_format_clear (GSockExternalFormat *self)
{
  g_clear_pointer (&self->encoding, g_free);
}

gboolean
gsock_external_format_check (const char *format, GError **error)
{
  GSockExternalFormat parsed = { NULL, GSOCK_LINE_ENDING_LF };
  gboolean known = gsock_external_format_parse (&parsed, format, error);

  gsock_external_format_clear (&parsed);
  return known;
}

static inline gboolean
is_cut_short (const guint8 *at, gsize left)
{
  return g_utf8_get_char_validated ((const char *) at, left) == (gunichar) -2;
}

gsize
gsock_utf8_length (const guint8 *data, gsize length, gboolean *bad)
{
  gsize at = 0;

  *bad = FALSE;
  while (at < length)
    {
      const char *end;

      if (g_utf8_validate ((const char *) data + at, length - at, &end))
        return length;
      at = (const guint8 *) end - data;
      /* To GLib this is no text, to a stream it is a character like any other. */
      if (at < length && data[at] != 0)
        {
          *bad = !is_cut_short (data + at, length - at);
          return at;
        }
      at++;
    }
  return at;
}
