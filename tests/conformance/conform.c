/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the cases of a manifest, one line of TAP for each; see run.py for what is in one.
 *
 * Usage: conform MANIFEST */

#include "conform.h"

#include <stdio.h>
#include <string.h>

/* The words of a step that are left. */
typedef struct
{
  char **next;
  GHashTable *variables; /* char *: Value */
} Words;

static char *problem;

static void G_GNUC_PRINTF (1, 2)
complain (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_free (problem);
  problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* Calls */

Value *
call_argument (const Call *call, guint number)
{
  return number < call->n_arguments ? call->arguments[number] : value_new (NOTHING);
}

gint64
call_integer (const Call *call, guint number, gint64 otherwise)
{
  const Value *value = call_argument (call, number);

  return value->kind == INTEGER || value->kind == BOOLEAN ? value->integer : otherwise;
}

const char *
call_text (const Call *call, guint number)
{
  return call_argument (call, number)->text;
}

gconstpointer
call_data (const Call *call, guint number, gsize *length)
{
  return g_bytes_get_data (call_argument (call, number)->bytes, length);
}

const GSockAddress *
call_address (const Call *call, guint number)
{
  return call_argument (call, number)->boxed;
}

static void
call_add (Call *call, const char *name, Value *value)
{
  g_assert (call->n_values + 1 < G_N_ELEMENTS (call->names));
  call->names[call->n_values] = g_strdup (name);
  call->given[call->n_values] = value;
  value_to_gvalue (value, &call->values[call->n_values++]);
}

Value *
call_take (Call *call, const char *name)
{
  for (guint i = 0; i < call->n_values; i++)
    if (g_str_equal (call->names[i], name))
      {
        Value *taken = call->given[i];
        guint behind = --call->n_values - i;

        g_free (call->names[i]);
        g_value_unset (&call->values[i]);
        memmove (&call->names[i], &call->names[i + 1], (behind + 1) * sizeof call->names[0]);
        memmove (&call->given[i], &call->given[i + 1], behind * sizeof call->given[0]);
        memmove (&call->values[i], &call->values[i + 1], behind * sizeof call->values[0]);
        memset (&call->values[call->n_values], 0, sizeof call->values[0]);
        return taken;
      }
  return NULL;
}

static void
call_clear (Call *call)
{
  for (guint i = 0; i < call->n_values; i++)
    {
      g_free (call->names[i]);
      g_value_unset (&call->values[i]);
    }
}

/* Operators */

static Operator
find_in (const OperatorRow *rows, const char *name)
{
  for (; rows->name != NULL; rows++)
    if (g_str_equal (rows->name, name))
      return rows->operate;
  return NULL;
}

Operator
operator_find (const char *name, const Value *self)
{
  const OperatorRow *const tables[] = {
    socket_operators, transfer_operators, async_operators, lookup_operators,
    address_operators, message_operators, process_operators,
  };
  gboolean is_record = self != NULL && self->kind != OBJECT;
  Operator found = NULL;

  for (guint i = is_record ? 2 : 0; i < G_N_ELEMENTS (tables) && found == NULL; i++)
    found = find_in (tables[i], name);
  return found;
}

/* Words */

static GBytes *
from_hex (const char *text)
{
  gsize length = strlen (text) / 2;
  guint8 *data = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (data, length);
}

static char *
text_from_hex (const char *text)
{
  g_autoptr (GBytes) bytes = from_hex (text);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return g_strndup (data, length);
}

/* Of "MessageFlags.truncate", or "IOCondition.in", which is GLib's. */
static Value *
find_enum (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  g_autofree char *name = g_strconcat (g_str_equal (parts[0], "IOCondition") ? "G" : "GSock", parts[0], NULL);
  g_autoptr (GTypeClass) values = g_type_class_ref (g_type_from_name (name));
  const GEnumValue *one = G_IS_ENUM_CLASS (values) ? g_enum_get_value_by_nick (G_ENUM_CLASS (values), parts[1]) : NULL;

  if (one != NULL)
    return value_integer (one->value);
  return value_integer (g_flags_get_value_by_nick (G_FLAGS_CLASS (values), parts[1])->value);
}

static Value *
find_type (const char *name)
{
  Value *self = value_new (TYPE);

  self->type = g_type_from_name (name);
  g_assert (self->type != G_TYPE_INVALID);
  return self;
}

static Value *
read_scalar (const char *word)
{
  const char *rest = word + 1;

  switch (word[0])
    {
    case 't':
    case 'f':
      return value_boolean (word[0] == 't');
    case 'i':
      return value_integer (g_ascii_strtoll (rest, NULL, 10));
    case 'd':
      return value_real (g_ascii_strtod (rest, NULL));
    case 's':
      return value_take_text (text_from_hex (rest));
    case 'x':
      return value_take_bytes (from_hex (rest));
    case '[':
      return find_type (rest);
    case '%':
      return find_enum (rest);
    case '<':
      return value_take_object (g_network_address_parse (rest, 1, NULL));
    default:
      return value_new (word[0] == '*' ? ANYTHING : NOTHING);
    }
}

static Value *
call_getter (Value *value, const char *part)
{
  g_autofree char *getter = g_strconcat ("get-", part, NULL);
  Call call = { .operator_name = getter, .self = value };
  Operator operate = operator_find (getter, value);
  g_autoptr (GError) error = NULL;

  return operate != NULL ? operate (&call, &error) : NULL;
}

static Value *
read_property (GObject *object, const char *name)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (object, name, &value);
  return value_of_gvalue (&value);
}

static Value *
read_part (Value *value, const char *part)
{
  if (value->kind == LIST && g_ascii_isdigit (part[0]))
    return g_ptr_array_index (value->items, g_ascii_strtoll (part, NULL, 10));
  if (value->kind == LIST && g_str_equal (part, "length"))
    return value_integer (value->items->len);
  if (value->kind == LIST && g_str_equal (part, "payload"))
    return value_take_bytes (g_bytes_ref (value->bytes));
  for (guint i = 0; value->kind == LIST && value->names != NULL && value->names[i] != NULL; i++)
    if (g_str_equal (value->names[i], part))
      return g_ptr_array_index (value->items, i);
  if (value->kind == OBJECT)
    return read_property (value->object, part);
  return call_getter (value, part);
}

static Value *
read_variable (GHashTable *variables, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  Value *value = g_hash_table_lookup (variables, parts[0]);

  for (guint i = 1; value != NULL && parts[i] != NULL; i++)
    value = read_part (value, parts[i]);
  if (value == NULL)
    g_error ("there is no %s", text);
  return value;
}

static Value *
take_value (Words *words)
{
  const char *word = *words->next++;
  Value *list;

  if (word[0] == '$')
    return read_variable (words->variables, word + 1);
  if (word[0] != '(')
    return read_scalar (word);
  list = value_new (LIST);
  while (!g_str_equal (*words->next, ")"))
    value_append (list, take_value (words));
  words->next++;
  return list;
}

/* Fills the call; answers what is expected of it. */
static Value *
read_call (Call *call, Words *words)
{
  Value *expected = value_new (ANYTHING), *value;

  while (*words->next != NULL)
    {
      const char *word = *words->next;

      if (word[0] != '=' && !g_str_equal (word, "->"))
        {
          call->arguments[call->n_arguments++] = take_value (words);
          continue;
        }
      words->next++;
      value = take_value (words);
      if (word[0] != '=')
        expected = value;
      else if (g_str_equal (word, "=cancellable"))
        call->cancellable = G_CANCELLABLE (value->object);
      else
        call_add (call, word + 1, value);
    }
  return expected;
}

/* Steps */

static const char *
code_of (const GError *error)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (GSOCK_TYPE_ERROR);

  if (error == NULL)
    return "own";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  return error->domain == GSOCK_ERROR ? g_enum_get_value (codes, error->code)->value_nick : "own";
}

/* A keyword stands in a message as it was given. */
static gboolean
tells (const char *message, const char *part)
{
  g_autofree char *plain = g_strdelimit (g_strdup (message), "_", '-');
  g_autofree char *wanted = g_strdelimit (g_strdup (part), "_", '-');

  return strstr (plain, wanted) != NULL;
}

static gboolean
check (const char *operator_name, const Value *result, const Value *expected, const GError *error, const char *outcome, const char *part)
{
  g_autofree char *shown = value_show (result != NULL ? result : expected);
  g_autofree char *wanted = value_show (expected);

  if (g_str_equal (outcome, "any"))
    return TRUE;
  if (result == NULL && (!g_str_equal (code_of (error), outcome) || !tells (error != NULL ? error->message : "", part)))
    complain ("%s fails with %s (%s), not %s %s", operator_name, code_of (error), error != NULL ? error->message : "", outcome, part);
  else if (result != NULL && !g_str_equal (outcome, "ok"))
    complain ("%s answers %s, not %s", operator_name, shown, outcome);
  else if (result != NULL && !value_matches (expected, result))
    complain ("%s answers %s, not %s", operator_name, shown, wanted);
  return problem == NULL;
}

/* variable, operator, receiver, outcome, part of the message, words */
static gboolean
run_step (char **fields, GHashTable *variables)
{
  Words words = { fields + 5, variables };
  Call call = { .operator_name = fields[1] };
  g_autofree char *part = text_from_hex (fields[4]);
  g_autoptr (GError) error = NULL;
  Operator operate;
  Value *expected, *result;
  gboolean goes_on;

  if (!g_str_equal (fields[2], "-"))
    call.self = read_variable (variables, fields[2]);
  operate = operator_find (fields[1], call.self);
  if (operate == NULL)
    {
      complain ("there is no operator %s", fields[1]);
      return FALSE;
    }
  expected = read_call (&call, &words);
  result = operate (&call, &error);
  call_clear (&call);
  goes_on = check (fields[1], result, expected, error, fields[3], part);
  if (result != NULL)
    g_hash_table_insert (variables, g_strdup (fields[0]), result);
  return goes_on;
}

static void
run_case (guint number, const char *name, const char *skipped, GPtrArray *steps)
{
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_clear_pointer (&problem, g_free);
  for (guint i = 0; i < steps->len; i++)
    if (!run_step ((char **) g_ptr_array_index (steps, i) + 1, variables))
      break;
  value_free_all ();
  if (problem != NULL)
    printf ("# %s\n", problem);
  printf ("%s %u %s%s%s\n", problem != NULL ? "not ok" : "ok", number, name, skipped[0] != '\0' ? " # SKIP " : "", skipped);
  fflush (stdout);
}

static void
ensure_types (void)
{
  const GType types[] = {
    GSOCK_TYPE_ACTIVE_SOCKET, GSOCK_TYPE_PASSIVE_SOCKET, GSOCK_TYPE_DATAGRAM_SOCKET, GSOCK_TYPE_ADDRESS_FAMILY,
    GSOCK_TYPE_ERROR, GSOCK_TYPE_IPV6_MODE, GSOCK_TYPE_MESSAGE_FLAGS, GSOCK_TYPE_SOCKET_TYPE, G_TYPE_IO_CONDITION,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    g_type_ensure (types[i]);
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint number = 0;

  ensure_types ();
  if (argc != 2 || !g_file_get_contents (argv[1], &text, NULL, NULL))
    return 2;
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line != NULL;)
    {
      g_auto (GStrv) fields = g_strsplit (*line++, "\t", -1);
      g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

      while (*line != NULL && g_str_has_prefix (*line, "step"))
        g_ptr_array_add (steps, g_strsplit (*line++, "\t", -1));
      run_case (++number, fields[1], fields[2], steps);
    }
  return 0;
}
