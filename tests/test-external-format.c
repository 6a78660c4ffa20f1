/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* External formats: which are taken, and what is said of the others. */

#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock.h>

#include "testlib.h"

#include <string.h>

static const struct
{
  const char *format;
  const char *complaint; /* NULL: taken */
} cases[] = {
  { "utf-8", NULL },
  { "UTF-8", NULL },
  { "latin1", NULL },
  { "iso-8859-15", NULL },
  { "utf-16le/lf", NULL },
  { "latin1/crlf", NULL },
  { "ascii/cr", NULL },
  { "shift_jis", NULL },
  { "", "no encoding \"\"" },
  { "/lf", "no encoding \"\"" },
  { "utf-9", "no encoding \"utf-9\"" },
  { "utf-8/", "\"\" is no line ending; there are lf, crlf and cr" },
  { "utf-8/LF", "\"LF\" is no line ending" },
  { "utf-8/lf/cr", "\"lf/cr\" is no line ending" },
};

static void
test_check (gconstpointer data)
{
  const char *format = cases[GPOINTER_TO_UINT (data)].format;
  const char *complaint = cases[GPOINTER_TO_UINT (data)].complaint;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_external_format_check (format, &error), ==, complaint == NULL);
  if (complaint == NULL)
    {
      g_assert_no_error (error);
      return;
    }
  test_assert_message (error, complaint);
  test_assert_message (error, format);
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/external-format/%u:%s", i, cases[i].format);

      g_strdelimit (path + strlen ("/external-format/"), "/", '+');
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_check);
    }
  return g_test_run ();
}
