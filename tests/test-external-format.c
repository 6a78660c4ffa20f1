/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of external formats. */

#include "testlib.h"

#include <gsock/gsock-external-format-private.h>

#include <string.h>

static void
test_known (void)
{
  static const char *const formats[] = {
    "utf-8",         "UTF-8",      "utf8",          "latin1",      "iso-8859-1",   "latin-1/crlf", "Latin-9/lf", "ascii/cr",
    "utf-16le/lf",   "UTF-16/lf",  "utf-32be/crlf", "shift_jis",   "koi8-r/lf",    "windows-1252/crlf",
    GSOCK_EXTERNAL_FORMAT_DEFAULT,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;

      gsock_external_format_check (formats[i], &error);
      g_assert_no_error (error);
    }
}

static void
test_unknown (void)
{
  static const struct
  {
    const char *format, *message;
  } cases[] = {
    { "no-such-encoding", "iconv knows no encoding \"no-such-encoding\"" },
    { "", "iconv knows no encoding \"\"" },
    { "/lf", "iconv knows no encoding \"\"" },
    { "utf-8/", "\"\" is no line ending; there are lf, crlf and cr" },
    { "utf-8/lfcr", "\"lfcr\" is no line ending" },
    { "utf-8/LF", "\"LF\" is no line ending" },
    { "utf-8/lf/cr", "\"lf/cr\" is no line ending" },
    { "utf-8//TRANSLIT", "\"/TRANSLIT\" is no line ending" },
    { "no-such-encoding/crlf", "iconv knows no encoding \"no-such-encoding\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gsock_external_format_check (cases[i].format, &error));
      test_assert_message (error, cases[i].message);
      test_assert_message (error, cases[i].format);
      test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
    }
}

static void
test_encoding (void)
{
  g_assert_cmpstr (gsock_external_format_encoding ("latin-1"), ==, "ISO-8859-1");
  g_assert_cmpstr (gsock_external_format_encoding ("LATIN-9"), ==, "ISO-8859-15");
  g_assert_cmpstr (gsock_external_format_encoding ("utf-8"), ==, "utf-8");
  g_assert_cmpstr (gsock_external_format_encoding (""), ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/external-format/known", test_known);
  g_test_add_func ("/external-format/unknown", test_unknown);

  g_test_add_func ("/external-format/encoding", test_encoding);

  return g_test_run ();
}
