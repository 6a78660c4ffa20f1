/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* External formats: the name of an encoding and, behind a slash, of a line ending. */

#include <gsock/gsock-external-format-private.h>

#include <gsock/gsock-error-private.h>

#include <string.h>

static const char *const line_endings[] = { "lf", "crlf", "cr", NULL };

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
  converter = *encoding != '\0' ? g_charset_converter_new ("UTF-8", encoding, NULL) : NULL;
  if (converter == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "external-format \"%s\": iconv knows no encoding \"%s\"", format, encoding);
  return TRUE;
}
