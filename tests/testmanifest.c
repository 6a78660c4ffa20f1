/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of cases: their reading, the values in them, and what came of each. */

#include "testmanifest.h"

#include "testlib.h"
#include "teststage.h"

#include <string.h>
#include <unistd.h>

#define COLUMNS 5

void
test_case_clear (TestCase *self)
{
  for (guint i = 0; i < self->n_values; i++)
    g_value_unset (&self->values[i]);
  g_clear_pointer (&self->values, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  self->n_values = 0;
}

static void
free_case (gpointer data)
{
  TestCase *self = data;

  test_case_clear (self);
  g_free (self->where);
  g_free (self->socket);
  g_free (self->keywords);
  g_free (self->message);
  g_free (self->needs);
  g_free (self);
}

static int
parse_outcome (const char *where, const char *text)
{
  g_autoptr (GTypeClass) codes = g_type_class_ref (GSOCK_TYPE_ERROR);
  GEnumValue *value = g_enum_get_value_by_nick ((GEnumClass *) codes, text);

  if (g_str_equal (text, "ok"))
    return -1;
  if (value == NULL)
    g_error ("%s: there is no code %s", where, text);
  return value->value;
}

static char *
column (char **columns, guint number)
{
  const char *text = number < g_strv_length (columns) ? columns[number] : "-";

  return g_str_equal (text, "-") ? NULL : g_strdup (text);
}

static TestCase *
parse_line (const char *where, const char *line)
{
  g_auto (GStrv) columns = g_strsplit (line, "\t", -1);
  TestCase *self = g_new0 (TestCase, 1);

  if (g_strv_length (columns) < 3 || g_strv_length (columns) > COLUMNS)
    g_error ("%s: %u columns", where, g_strv_length (columns));
  self->where = g_strdup (where);
  self->socket = column (columns, 0);
  self->keywords = column (columns, 1);
  self->code = parse_outcome (where, columns[2]);
  self->message = column (columns, 3);
  self->needs = column (columns, 4);
  return self;
}

TestManifest *
test_manifest_load (const char *name)
{
  TestManifest *self = g_new0 (TestManifest, 1);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  self->cases = g_ptr_array_new_with_free_func (free_case);
  self->accepted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s:%u", name, i + 1);

      if (lines[i][0] != '#' && lines[i][0] != '\0')
        g_ptr_array_add (self->cases, parse_line (where, lines[i]));
    }
  return self;
}

void
test_manifest_free (TestManifest *self)
{
  g_ptr_array_unref (self->cases);
  g_hash_table_unref (self->accepted);
  g_hash_table_unref (self->refused);
  g_free (self);
}

static gboolean
is_root (void)
{
  return geteuid () == 0;
}

static const struct
{
  const char *name;
  gboolean (*is_there) (void);
} needs[] = {
  { "ipv6", test_has_ipv6 },
  { "root", is_root },
};

static gboolean
is_possible (const TestCase *self)
{
  if (self->needs == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (needs); i++)
    if (g_str_equal (needs[i].name, self->needs))
      return needs[i].is_there ();
  g_error ("%s: who knows what %s is", self->where, self->needs);
}

static char *
put_places (const TestCase *self, const char *text, GHashTable *places)
{
  g_autoptr (GString) put = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize length = *text == '$' ? strspn (text + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
      g_autofree char *name = g_strndup (text + 1, length);
      const char *stands_for = length > 0 ? g_hash_table_lookup (places, name) : NULL;

      if (length > 0 && stands_for == NULL)
        g_error ("%s: nothing is prepared for $%s", self->where, name);
      if (length > 0)
        g_string_append (put, stands_for);
      else
        g_string_append_c (put, *text);
      text += length + 1;
    }
  return g_string_free (g_steal_pointer (&put), FALSE);
}

static gboolean
is_integer (const char *text)
{
  text += *text == '-';
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

static gboolean
is_real (const char *text)
{
  const char *point = strchr (text, '.');

  text += *text == '-';
  return g_str_equal (text, "nan")
         || (point != NULL && strchr (point + 1, '.') == NULL && strspn (text, "0123456789.") == strlen (text));
}

static void
set_integer (GValue *value, gint64 integer)
{
  if (integer >= G_MININT && integer <= G_MAXINT)
    g_value_set_int (g_value_init (value, G_TYPE_INT), (int) integer);
  else
    g_value_set_int64 (g_value_init (value, G_TYPE_INT64), integer);
}

static void
set_connectable (GValue *value, const char *text)
{
  g_autofree char *inside = g_strndup (text + 1, strlen (text) - 2);
  GSocketConnectable *connectable = g_network_address_parse (inside, 1, NULL);

  g_assert_nonnull (connectable);
  g_value_take_object (g_value_init (value, G_TYPE_OBJECT), connectable);
}

static void
set_type (GValue *value, const char *text)
{
  g_autofree char *inside = g_strndup (text + 1, strlen (text) - 2);

  g_value_set_gtype (g_value_init (value, G_TYPE_GTYPE), g_type_from_name (inside));
}

static void
set_quoted (GValue *value, const char *text)
{
  g_value_take_string (g_value_init (value, G_TYPE_STRING), g_strndup (text + 1, strlen (text) - 2));
}

static void
set_word (GValue *value, const char *text)
{
  if (g_str_equal (text, "true") || g_str_equal (text, "false"))
    g_value_set_boolean (g_value_init (value, G_TYPE_BOOLEAN), g_str_equal (text, "true"));
  else if (is_integer (text))
    set_integer (value, g_ascii_strtoll (text, NULL, 10));
  else if (is_real (text))
    g_value_set_double (g_value_init (value, G_TYPE_DOUBLE), g_ascii_strtod (text, NULL));
  else
    g_value_set_string (g_value_init (value, G_TYPE_STRING), g_str_equal (text, "null") ? NULL : text);
}

static const struct
{
  char first, last;
  void (*set) (GValue *value, const char *text);
} forms[] = {
  { '"', '"', set_quoted },
  { '<', '>', set_connectable },
  { '[', ']', set_type },
};

static void
set_value (GValue *value, const char *text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (length >= 2 && text[0] == forms[i].first && text[length - 1] == forms[i].last)
      {
        forms[i].set (value, text);
        return;
      }
  set_word (value, text);
}

/* Blanks between quotes do not part two keywords. */
static GPtrArray *
split_words (const char *text)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    {
      quoted ^= *text == '"';
      if (*text != ' ' || quoted)
        g_string_append_c (word, *text);
      if ((*text == ' ' && !quoted) || text[1] == '\0')
        {
          if (word->len > 0)
            g_ptr_array_add (words, g_strdup (word->str));
          g_string_truncate (word, 0);
        }
    }
  return words;
}

void
test_case_fill (TestCase *self, GHashTable *places)
{
  g_autofree char *text = put_places (self, self->keywords != NULL ? self->keywords : "", places);
  g_autoptr (GPtrArray) words = split_words (text);

  test_case_clear (self);
  self->names = g_new0 (char *, words->len + 1);
  self->values = g_new0 (GValue, words->len);
  for (self->n_values = 0; self->n_values < words->len; self->n_values++)
    {
      const char *word = g_ptr_array_index (words, self->n_values);
      const char *sign = strchr (word, '=');

      if (sign == NULL)
        g_error ("%s: \"%s\" has no value", self->where, word);
      self->names[self->n_values] = g_strndup (word, sign - word);
      set_value (&self->values[self->n_values], sign + 1);
    }
}

/* @message is what was said of the case, NULL where it is done. */
static void
remember (TestManifest *self, const TestCase *test, const char *message)
{
  for (guint i = 0; test->names[i] != NULL; i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (test->names[i]), "_", '-');

      if (message == NULL)
        g_hash_table_add (self->accepted, g_steal_pointer (&name));
      else if (strstr (message, name) != NULL)
        g_hash_table_add (self->refused, g_steal_pointer (&name));
    }
}

gboolean
test_manifest_can_try (TestManifest *self, TestCase *test, GHashTable *places)
{
  if (is_possible (test))
    return TRUE;
  test_case_fill (test, places);
  remember (self, test, test->code < 0 ? NULL : test->message != NULL ? test->message : "");
  return FALSE;
}

void
test_case_fail (const TestCase *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("%s: %s %s: %s", self->where, self->socket != NULL ? self->socket : "",
                  self->keywords != NULL ? self->keywords : "", text);
  g_test_fail_printf ("%s", self->where);
}

void
test_manifest_check (TestManifest *self, const TestCase *test, gboolean done, const GError *error)
{
  if (done != (error == NULL))
    test_case_fail (test, "it answers %d with the error \"%s\"", done, error != NULL ? error->message : "none");
  else if (done && test->code >= 0)
    test_case_fail (test, "it is not refused");
  else if (!done && (error->domain != GSOCK_ERROR || error->code != test->code))
    test_case_fail (test, "%s %d: %s", g_quark_to_string (error->domain), error->code, error->message);
  else if (!done && test->message != NULL && strstr (error->message, test->message) == NULL)
    test_case_fail (test, "\"%s\" is not in \"%s\"", test->message, error->message);
  remember (self, test, error != NULL ? error->message : NULL);
}

void
test_manifest_check_coverage (TestManifest *self, const GSockKeywordTable *table)
{
  for (guint i = 0; i < table->n_rows; i++)
    {
      if (!g_hash_table_contains (self->accepted, table->rows[i].name))
        g_test_fail_printf ("%s: no case takes %s", table->operator_name, table->rows[i].name);
      if (!g_hash_table_contains (self->refused, table->rows[i].name))
        g_test_fail_printf ("%s: no case refuses %s by its name", table->operator_name, table->rows[i].name);
    }
}
