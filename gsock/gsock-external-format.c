/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* External formats: the name of an encoding and, behind a slash, of a line ending. */

#include <gsock/gsock-external-format-private.h>

#include <gsock/gsock-error-private.h>

#include <string.h>

static const char *const line_endings[] = { "lf", "crlf", "cr", NULL };

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

/* Whether the text names an encoding that iconv knows and, where it names one, a line ending. */
gboolean
gsock_external_format_check (const char *format, GError **error)
{
  const char *slash = strchr (format, '/');
  g_autofree char *encoding = slash != NULL ? g_strndup (format, slash - format) : g_strdup (format);
  g_autoptr (GCharsetConverter) converter = NULL;

  if (slash != NULL && !g_strv_contains (line_endings, slash + 1))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "external-format \"%s\": \"%s\" is no line ending; there are lf, crlf and cr", format, slash + 1);
  converter = *encoding != '\0' ? g_charset_converter_new ("UTF-8", gsock_external_format_encoding (encoding), NULL) : NULL;
  if (converter == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "external-format \"%s\": iconv knows no encoding \"%s\"", format, encoding);
  return TRUE;
}
