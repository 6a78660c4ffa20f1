/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One parser for the keywords of every operator: finds the row, checks the value, fills the spec. */

#include <gsock/gsock-keyword-private.h>

#include <gsock/gsock-error-private.h>

#include <gobject/gvaluecollector.h>
#include <string.h>

static inline char
canonical (char letter)
{
  return letter == '_' ? '-' : letter;
}

gboolean
gsock_keyword_names_equal (const char *name, const char *canonical_name)
{
  for (; *name != '\0' && canonical (*name) == *canonical_name; name++, canonical_name++)
    ;
  return *name == *canonical_name;
}

/* The first letter and one that names of the same length differ in: local-host and local-port. */
static inline guint8
tag_of (const char *name, gsize length)
{
  return (guint8) (name[0] + 7 * name[length > 4 ? length - 4 : 0]);
}

static GSOCK_SELDOM void
index_table (GSockKeywordTable *table)
{
  guint row = 0;

  if (!g_once_init_enter (&table->indexed))
    return;
  g_assert (table->n_rows <= GSOCK_KEYWORD_ROWS_MAX);
  for (guint i = 0; i < table->n_rows; i++)
    {
      table->tags[i] = tag_of (table->rows[i].name, strlen (table->rows[i].name));
      table->by_id[table->rows[i].id] = i + 1;
    }
  for (guint length = 0; length < G_N_ELEMENTS (table->first_of_length); length++)
    {
      while (row < table->n_rows && strlen (table->rows[row].name) < length)
        row++;
      table->first_of_length[length] = row;
    }
  g_once_init_leave (&table->indexed, 1);
}

#define LOADED(type, address)                                                                      \
  (G_GNUC_EXTENSION ({                                                                             \
    type _loaded;                                                                                  \
    memcpy (&_loaded, (address), sizeof _loaded);                                                  \
    _loaded;                                                                                       \
  }))

/* Whether @type is the same at both ends, which together have all @length bytes. */
#define SAME_ENDS(type, a, b, length)                                                              \
  (LOADED (type, a) == LOADED (type, b)                                                            \
   && LOADED (type, (a) + (length) - sizeof (type)) == LOADED (type, (b) + (length) - sizeof (type)))

/* As memcmp, of no more than GSOCK_KEYWORD_LENGTH_MAX and without a call. */
static inline gboolean
same_letters (const char *a, const char *b, gsize length)
{
  if (length > 16)
    return SAME_ENDS (guint64, a, b, length) && SAME_ENDS (guint64, a + 8, b + 8, length - 16);
  if (length >= 8)
    return SAME_ENDS (guint64, a, b, length);
  if (length >= 4)
    return SAME_ENDS (guint32, a, b, length);
  return SAME_ENDS (char, a, b, length) && a[length / 2] == b[length / 2];
}

/* A name that is written as the table has it. */
static inline const GSockKeyword *
find_as_written (GSockKeywordTable *table, const char *name, gsize length)
{
  guint8 tag = tag_of (name, length);
  guint end = table->first_of_length[length + 1];

  for (guint i = table->first_of_length[length]; i < end; i++)
    if (table->tags[i] == tag && same_letters (table->rows[i].name, name, length))
      return &table->rows[i];
  return NULL;
}

static G_NO_INLINE const GSockKeyword *
find_otherwise (GSockKeywordTable *table, const char *name, gsize length)
{
  char written[GSOCK_KEYWORD_LENGTH_MAX + 1];

  if (length == 0 || length > GSOCK_KEYWORD_LENGTH_MAX || memchr (name, '_', length) == NULL)
    return NULL;
  memcpy (written, name, length + 1);
  g_strdelimit (written, "_", '-');
  return find_as_written (table, written, length);
}

static inline void
ensure_index (GSockKeywordTable *table)
{
  if (G_UNLIKELY (__atomic_load_n (&table->indexed, __ATOMIC_ACQUIRE) == 0))
    index_table (table);
}

static inline const GSockKeyword *
find (GSockKeywordTable *table, const char *name)
{
  gsize length = strlen (name);
  const GSockKeyword *row;

  ensure_index (table);
  row = G_LIKELY (length <= GSOCK_KEYWORD_LENGTH_MAX) ? find_as_written (table, name, length) : NULL;
  return G_LIKELY (row != NULL) ? row : find_otherwise (table, name, length);
}

const GSockKeyword *
gsock_keyword_find (GSockKeywordTable *table, const char *name)
{
  return find (table, name);
}

/* %NULL where no row has this bit. */
const GSockKeyword *
gsock_keyword_by_id (GSockKeywordTable *table, guint id)
{
  ensure_index (table);
  return id < GSOCK_KEYWORD_ROWS_MAX && table->by_id[id] > 0 ? &table->rows[table->by_id[id] - 1] : NULL;
}

/* The number of single letters to change, add or drop. */
static guint
distance (const char *a, const char *b)
{
  gsize width = strlen (b) + 1;
  g_autofree guint *row = g_new (guint, width);

  for (gsize j = 0; j < width; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i + 1;
      for (gsize j = 1; j < width; j++)
        {
          guint above = row[j];
          guint changed = diagonal + (canonical (a[i]) != b[j - 1]);

          row[j] = MIN (changed, MIN (above, row[j - 1]) + 1);
          diagonal = above;
        }
    }
  return row[width - 1];
}

/* A name that contains the other is near as well: "port" is near "local-port". */
static guint
remoteness (const char *name, const char *candidate)
{
  guint steps = distance (name, candidate);

  if (strlen (name) >= 3 && strstr (candidate, name) != NULL)
    return MIN (steps, 2);
  return steps;
}

/* Up to three names that are near @name, nearest first; %NULL where none is. */
char *
gsock_keyword_nearest (const char *name, GPtrArray *candidates)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = strlen (name);
  guint found = 0;

  if (length > 2 * GSOCK_KEYWORD_LENGTH_MAX)
    return NULL;
  for (guint steps = 0; steps <= MAX (2, length / 3) && found < 3; steps++)
    for (guint i = 0; i < candidates->len && found < 3; i++)
      {
        const char *candidate = g_ptr_array_index (candidates, i);

        if (remoteness (name, candidate) != steps)
          continue;
        g_string_append_printf (text, "%s%s", found > 0 ? ", " : "", candidate);
        found++;
      }
  return found > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static gboolean
refuse_unknown (GSockKeywordTable *table, gpointer spec, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *near = NULL;

  for (guint i = 0; i < table->n_rows; i++)
    g_ptr_array_add (names, (gpointer) table->rows[i].name);
  if (table->other_names != NULL)
    table->other_names (spec, names);

  near = gsock_keyword_nearest (name, names);
  if (near != NULL)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_KEYWORD, "%s: unknown keyword \"%s\"; near it are %s",
                                table->operator_name, name, near);
  if (table->other_names != NULL || table->n_rows == 0)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_KEYWORD, "%s: unknown keyword \"%s\"",
                                table->operator_name, name);
  g_ptr_array_add (names, NULL);
  near = g_strjoinv (", ", (char **) names->pdata);
  return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_KEYWORD, "%s: unknown keyword \"%s\"; it takes %s",
                              table->operator_name, name, near);
}

static void
store_string (GSockKeywordTable *table, char **field, gpointer value)
{
  if (table->owns)
    {
      g_free (*field);
      *field = g_strdup (value);
    }
  else
    *field = value;
}

static void
store_object (GSockKeywordTable *table, GObject **field, gpointer value)
{
  if (table->owns)
    g_set_object (field, value);
  else
    *field = value;
}

#define TYPE(name) (1u << GSOCK_ARGUMENT_##name)

/* What is collected as an int, and of that what is stored as one; what is collected as a pointer. */
#define STORED_AS_INT (TYPE (BOOLEAN) | TYPE (INT) | TYPE (ENUM) | TYPE (FAMILY) | TYPE (PROTOCOL))
#define COLLECTED_AS_INT (STORED_AS_INT | TYPE (FLAGS) | TYPE (FLAG))
#define POINTERS (TYPE (STRING) | TYPE (ADDRESS) | TYPE (OBJECT))

/* What lies between minimum and maximum will do. */
#define RANGED (TYPE (INT) | TYPE (ENUM))

/* Any value of the right C type will do. */
#define UNCHECKED (TYPE (BOOLEAN) | TYPE (STRING) | TYPE (FLAG) | TYPE (ADDRESS))

static inline gboolean
is_of (const GSockKeyword *row, guint types)
{
  return (1u << row->type & types) != 0;
}

static void
store_other (GSockKeywordTable *table, gpointer field, const GSockKeyword *row, const GSockArgument *argument)
{
  switch (row->type)
    {
    case GSOCK_ARGUMENT_STRING:
      store_string (table, field, argument->pointer);
      break;
    case GSOCK_ARGUMENT_OBJECT:
      store_object (table, field, argument->pointer);
      break;
    case GSOCK_ARGUMENT_FLAGS:
      *(guint *) field |= (guint) argument->integer;
      break;
    case GSOCK_ARGUMENT_FLAG:
      *(guint *) field = (*(guint *) field & ~row->flag) | (argument->integer ? row->flag : 0);
      break;
    case GSOCK_ARGUMENT_TYPE:
      *(GType *) field = argument->type;
      break;
    default:
      break;
    }
}

static inline void
store (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row, const GSockArgument *argument)
{
  gpointer field = (char *) spec + row->offset;

  if (is_of (row, STORED_AS_INT))
    *(int *) field = (int) argument->integer;
  else if (row->type == GSOCK_ARGUMENT_DOUBLE)
    *(double *) field = argument->real;
  else if (row->type == GSOCK_ARGUMENT_ADDRESS)
    *(GSockAddress *) field = *(const GSockAddress *) argument->pointer;
  else
    store_other (table, field, row, argument);
}

/* A string, address or object that is NULL says the same as a keyword that was left out. */
static inline gboolean
is_left_out (const GSockKeyword *row, const GSockArgument *argument)
{
  return argument->pointer == NULL && is_of (row, POINTERS);
}

/* Two values of one keyword contradict each other; flags add up. */
static inline gboolean
is_second (const GSockKeyword *row, guint64 *seen)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << row->id;
  gboolean second = (*seen & bit) != 0 && row->type != GSOCK_ARGUMENT_FLAG && row->type != GSOCK_ARGUMENT_FLAGS;

  *seen |= bit;
  return second;
}

/* @seen has the keywords of the call that came before this one. */
/* What needs no second look. */
static inline gboolean
is_fine (const GSockKeyword *row, const GSockArgument *argument)
{
  return is_of (row, UNCHECKED)
         || (row->type == GSOCK_ARGUMENT_DOUBLE && argument->real >= 0)
         || (is_of (row, RANGED) && row->minimum < row->maximum
             && argument->integer >= row->minimum && argument->integer <= row->maximum);
}

static inline gboolean
check_and_store (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row, const GSockArgument *argument, guint64 *seen, GError **error)
{
  if (is_left_out (row, argument))
    return TRUE;
  if (!is_fine (row, argument) && !gsock_keyword_check (table->operator_name, row, argument, error))
    return FALSE;
  if (G_UNLIKELY (is_second (row, seen)))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s is given twice", table->operator_name, row->name);

  store (table, spec, row, argument);
  ((GSockSpec *) spec)->given |= G_GUINT64_CONSTANT (1) << row->id;
  return TRUE;
}

static inline void
collect (const GSockKeyword *row, GSockArguments *arguments, GSockArgument *argument)
{
  if (is_of (row, COLLECTED_AS_INT))
    argument->integer = va_arg (arguments->list, int);
  else if (is_of (row, POINTERS))
    argument->pointer = va_arg (arguments->list, gpointer);
  else if (row->type == GSOCK_ARGUMENT_DOUBLE)
    argument->real = va_arg (arguments->list, double);
  else
    argument->type = va_arg (arguments->list, GType);
}

static gboolean
collect_other (GSockKeywordTable *table, gpointer spec, const char *name, GSockArguments *arguments, GError **error)
{
  GType type = table->other_type != NULL ? table->other_type (spec, name) : G_TYPE_INVALID;
  g_auto (GValue) value = G_VALUE_INIT;
  char *message = NULL;

  if (type == G_TYPE_INVALID)
    return refuse_unknown (table, spec, name, error);

  G_VALUE_COLLECT_INIT (&value, type, arguments->list, 0, &message);
  if (message != NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s: %s", table->operator_name, name, message);
      g_free (message);
      return FALSE;
    }
  return table->other (spec, name, &value, error);
}

/* Reads name/value pairs up to a NULL name. */
gboolean
gsock_keywords_parse (GSockKeywordTable *table, gpointer spec, const char *first_keyword, GSockArguments *arguments, GError **error)
{
  guint64 seen = 0;

  for (const char *name = first_keyword; name != NULL; name = va_arg (arguments->list, const char *))
    {
      const GSockKeyword *row = find (table, name);
      GSockArgument argument;

      if (row == NULL)
        {
          if (!collect_other (table, spec, name, arguments, error))
            return FALSE;
          continue;
        }
      collect (row, arguments, &argument);
      if (!check_and_store (table, spec, row, &argument, &seen, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gsock_keywords_parse_valist (GSockKeywordTable *table, gpointer spec, const char *first_keyword, va_list list, GError **error)
{
  GSockArguments arguments;
  gboolean done;

  va_copy (arguments.list, list);
  done = gsock_keywords_parse (table, spec, first_keyword, &arguments, error);
  va_end (arguments.list);
  return done;
}

static gboolean
store_value (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row, const GValue *value, guint64 *seen, GError **error)
{
  GSockAddress room;
  GSockArgument argument = { 0 };

  return gsock_keyword_convert (table->operator_name, row, value, &room, &argument, error)
         && check_and_store (table, spec, row, &argument, seen, error);
}

static void
forget (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row)
{
  gpointer field = (char *) spec + row->offset;

  if (row->type == GSOCK_ARGUMENT_STRING && table->owns)
    g_clear_pointer ((char **) field, g_free);
  else if (row->type == GSOCK_ARGUMENT_OBJECT && table->owns)
    g_clear_object ((GObject **) field);
  else if (row->type == GSOCK_ARGUMENT_ADDRESS)
    ((GSockAddress *) field)->length = 0;
}

/* For a property, which may be set again and again, and to nothing. */
gboolean
gsock_keyword_store_value (GSockKeywordTable *table, gpointer spec, const GSockKeyword *row, const GValue *value, GError **error)
{
  GSockSpec *self = spec;
  GSockSpec before = { .given = self->given & (G_GUINT64_CONSTANT (1) << row->id) };
  guint64 seen = 0;

  self->given &= ~before.given;
  if (!store_value (table, spec, row, value, &seen, error))
    {
      self->given |= before.given;
      return FALSE;
    }
  if (before.given != 0 && !GSOCK_GIVEN (self, row->id))
    forget (table, spec, row);
  return TRUE;
}

static gboolean
store_named_value (GSockKeywordTable *table, gpointer spec, const char *name, const GValue *value, guint64 *seen, GError **error)
{
  const GSockKeyword *row = gsock_keyword_find (table, name);

  if (row != NULL)
    return store_value (table, spec, row, value, seen, error);
  if (table->other_type == NULL || table->other_type (spec, name) == G_TYPE_INVALID)
    return refuse_unknown (table, spec, name, error);
  return table->other (spec, name, value, error);
}

/* The twin for bindings: as many names as values. */
gboolean
gsock_keywords_parse_values (GSockKeywordTable *table, gpointer spec, const char *const *names, const GValue *values, guint n_values, GError **error)
{
  guint n_names = names != NULL ? g_strv_length ((char **) names) : 0;
  guint64 seen = 0;

  if (n_names != n_values)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %u keywords with %u values",
                                table->operator_name, n_names, n_values);

  for (guint i = 0; i < n_values; i++)
    if (!store_named_value (table, spec, names[i], &values[i], &seen, error))
      return FALSE;
  return TRUE;
}

/* Frees what a table that owns has copied into @spec. */
void
gsock_keywords_clear (GSockKeywordTable *table, gpointer spec)
{
  guint64 given = ((GSockSpec *) spec)->given;

  while (given != 0)
    forget (table, spec, gsock_keyword_by_id (table, gsock_keyword_next_id (&given)));
}
