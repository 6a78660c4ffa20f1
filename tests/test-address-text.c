/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed forms of addresses, by the rows of data/addresses.tsv, and escapes. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <string.h>

static const struct
{
  const char *name;
  int code;
} errors[] = {
  { "invalid-address", GSOCK_ERROR_INVALID_ADDRESS },
  { "out-of-range", GSOCK_ERROR_OUT_OF_RANGE },
  { "unknown-interface", GSOCK_ERROR_UNKNOWN_INTERFACE },
};

static char *
family_name (const GSockAddress *address)
{
  int number = gsock_address_family_number (address);
  const GSockFamily *row = gsock_family_find (number);

  return row->number == number ? g_strdup (row->name)
                               : g_strdup_printf ("%s-%d", row->name, number);
}

/* @wanted as the table has it. */
static void
assert_column (const char *found, const char *wanted)
{
  if (strcmp (wanted, "-") == 0)
    g_assert_null (found);
  else if (strcmp (wanted, "?") == 0)
    g_assert_nonnull (found);
  else
    g_assert_cmpstr (found, ==, wanted);
}

static void
check_address (char **columns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = gsock_address_new_from_text (columns[0], &error);
  g_autoptr (GSockAddress) again = NULL;
  g_autofree char *family = NULL, *host = NULL, *filename = NULL, *port = NULL, *printed = NULL;

  g_assert_no_error (error);
  family = family_name (address);
  host = gsock_address_get_host (address);
  port = g_strdup_printf ("%u", gsock_address_get_port (address));
  filename = gsock_address_get_filename (address);
  printed = gsock_address_to_text (address);
  g_assert_cmpstr (family, ==, columns[2]);
  assert_column (host, columns[3]);
  assert_column (port, columns[4]);
  assert_column (filename, columns[5]);
  assert_column (printed, strcmp (columns[6], "=") == 0 ? columns[0] : columns[6]);

  again = gsock_address_new_from_text (printed, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_address_equal (address, again));
}

static void
check_error (char **columns)
{
  const GSockAddress empty = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  gsize i = 0;

  while (strcmp (errors[i].name, columns[1]) != 0)
    g_assert_cmpuint (++i, <, G_N_ELEMENTS (errors));

  memset (&address, 'x', sizeof address);
  g_assert_false (gsock_address_init_from_text (&address, columns[0], &error));
  test_assert_message (error, columns[2]);
  test_assert_error (error, errors[i].code);
  g_assert_cmpmem (&address, sizeof address, &empty, sizeof empty);
  g_assert_null (gsock_address_new_from_text (columns[0], NULL));
}

static void
test_table (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "addresses.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) rows = NULL;
  g_autoptr (GError) error = NULL;
  guint checked = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  rows = g_strsplit (text, "\n", -1);
  for (gsize i = 0; rows[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (rows[i], "\t", -1);

      if (rows[i][0] == '#' || columns[0] == NULL)
        continue;
      g_test_message ("%s", rows[i]);
      if (g_strv_length (columns) == 7)
        check_address (columns);
      else if (g_strv_length (columns) == 3)
        check_error (columns);
      else
        g_error ("%s:%" G_GSIZE_FORMAT ": a row has 7 columns or 3", path, i + 1);
      checked++;
    }
  g_assert_cmpuint (checked, >, 100);
}

static void
test_null (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_address_new_from_text (NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_flow_info_is_not_printed (void)
{
  g_autoptr (GSockAddress) plain = gsock_address_new_from_host ("::1", 80, NULL);
  g_autoptr (GSockAddress) flowing = gsock_address_with_scope (plain, 0, 7, NULL);
  g_autofree char *text = gsock_address_to_text (flowing);

  g_assert_cmpstr (text, ==, "[::1]:80");
}

static const struct
{
  const char *bytes;
  gsize length;
  const char *escaped;
} escapes[] = {
  { "", 0, "" },
  { "a b", 3, "a b" },
  { "\0", 1, "\\x00" },
  { "\x7f\n", 2, "\\x7f\\x0a" },
  { "\xc3\xa9", 2, "\xc3\xa9" },
  { "\xc3", 1, "\\xc3" }, /* half a character */
  { "\xc3\xc3\xa9", 3, "\\xc3\xc3\xa9" },
  { "\xc0\xaf", 2, "\\xc0\\xaf" },          /* a longer form than need be */
  { "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" }, /* a surrogate */
  { "\xe2\x80\xae", 3, "\\xe2\\x80\\xae" }, /* right-to-left override */
  { "\\", 1, "\\" },
  { "\\x4", 3, "\\x4" },
  { "\\x41", 4, "\\x5cx41" },
  { "\\\\x41", 5, "\\\\x5cx41" },
  { "\\\0", 2, "\\\\x00" },
};

static void
test_escape (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    {
      g_autofree char *text = gsock_text_escape (escapes[i].bytes, escapes[i].length);
      gsize length;
      g_autofree char *bytes = gsock_text_unescape (text, &length);

      g_assert_cmpstr (text, ==, escapes[i].escaped);
      g_assert_cmpmem (bytes, length, escapes[i].bytes, escapes[i].length);
    }
}

static void
test_shown (void)
{
  g_autofree char *longest = g_strnfill (128, 'x');
  g_autofree char *longer = g_strnfill (129, 'x');
  g_autofree char *shown = gsock_text_shown (longest);
  g_autofree char *cut = gsock_text_shown (longer);
  g_autofree char *wanted = g_strconcat (longest, "...", NULL);

  g_assert_cmpstr (shown, ==, longest);
  g_assert_cmpstr (cut, ==, wanted);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-text/table", test_table);
  g_test_add_func ("/address-text/null", test_null);
  g_test_add_func ("/address-text/flow-info-is-not-printed", test_flow_info_is_not_printed);
  g_test_add_func ("/address-text/escape", test_escape);
  g_test_add_func ("/address-text/shown", test_shown);

  return g_test_run ();
}
