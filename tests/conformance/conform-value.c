/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of a case: of those of the library, to them, and compared. */

#include "conform.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static GPtrArray *all;

static void
free_value (gpointer data)
{
  Value *self = data;

  if (GSOCK_IS_SOCKET (self->object))
    gsock_socket_close (GSOCK_SOCKET (self->object), FALSE, NULL);
  g_free (self->text);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->object);
  if (self->boxed != NULL)
    g_boxed_free (self->type, self->boxed);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_strfreev (self->own_names);
  g_free (self);
}

void
value_free_all (void)
{
  g_clear_pointer (&all, g_ptr_array_unref);
}

Value *
value_new (Kind kind)
{
  Value *self = g_new0 (Value, 1);

  if (all == NULL)
    all = g_ptr_array_new_with_free_func (free_value);
  g_ptr_array_add (all, self);
  self->kind = kind;
  if (kind == LIST)
    self->items = g_ptr_array_new ();
  return self;
}

Value *
value_boolean (gboolean boolean)
{
  Value *self = value_new (BOOLEAN);

  self->integer = boolean;
  return self;
}

Value *
value_integer (gint64 integer)
{
  Value *self = value_new (INTEGER);

  self->integer = integer;
  return self;
}

Value *
value_real (double real)
{
  Value *self = value_new (REAL);

  self->real = real;
  return self;
}

Value *
value_take_text (char *text)
{
  Value *self = value_new (text != NULL ? TEXT : NOTHING);

  self->text = text;
  return self;
}

Value *
value_take_bytes (GBytes *bytes)
{
  Value *self = value_new (bytes != NULL ? BYTES : NOTHING);

  self->bytes = bytes;
  return self;
}

Value *
value_data (gconstpointer data, gsize length)
{
  return value_take_bytes (g_bytes_new (data, length));
}

Value *
value_take_object (gpointer object)
{
  Value *self = value_new (object != NULL ? OBJECT : NOTHING);

  self->object = object;
  return self;
}

Value *
value_take_boxed (GType type, gpointer boxed)
{
  Value *self = value_new (boxed != NULL ? BOXED : NOTHING);

  self->type = type;
  self->boxed = boxed;
  return self;
}

Value *
value_address (const GSockAddress *address)
{
  return value_take_boxed (GSOCK_TYPE_ADDRESS, address != NULL ? gsock_address_copy (address) : NULL);
}

void
value_append (Value *list, Value *item)
{
  g_ptr_array_add (list->items, item);
}

Value *
value_list (const char *const *names, ...)
{
  Value *self = value_new (LIST);
  Value *item;
  va_list items;

  self->names = names;
  va_start (items, names);
  while ((item = va_arg (items, Value *)) != NULL)
    value_append (self, item);
  va_end (items);
  return self;
}

Value *
value_of_gvalue (const GValue *value)
{
  g_auto (GValue) integer = G_VALUE_INIT;
  Value *type;

  if (G_VALUE_HOLDS_BOOLEAN (value))
    return value_boolean (g_value_get_boolean (value));
  if (G_VALUE_HOLDS_DOUBLE (value))
    return value_real (g_value_get_double (value));
  if (G_VALUE_HOLDS_STRING (value))
    return value_take_text (g_value_dup_string (value));
  if (G_VALUE_HOLDS_BOXED (value))
    return value_take_boxed (G_VALUE_TYPE (value), g_value_dup_boxed (value));
  if (G_VALUE_HOLDS_GTYPE (value))
    {
      type = value_new (TYPE);
      type->type = g_value_get_gtype (value);
      return type;
    }
  if (g_value_transform (value, g_value_init (&integer, G_TYPE_INT64)))
    return value_integer (g_value_get_int64 (&integer));
  return value_new (NOTHING);
}

static Value *
list_of_variant (GVariant *variant)
{
  gboolean is_dictionary = g_variant_is_of_type (variant, G_VARIANT_TYPE_DICTIONARY);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  Value *self = value_new (LIST);

  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);
      g_autoptr (GVariant) key = is_dictionary ? g_variant_get_child_value (child, 0) : NULL;
      g_autoptr (GVariant) item = is_dictionary ? g_variant_get_child_value (child, 1) : g_variant_ref (child);

      if (key != NULL)
        g_strv_builder_add (names, g_variant_get_string (key, NULL));
      value_append (self, value_of_variant (item));
    }
  if (is_dictionary)
    self->own_names = g_strv_builder_end (names);
  self->names = (const char *const *) self->own_names;
  return self;
}

Value *
value_of_variant (GVariant *variant)
{
  g_autoptr (GVariant) inner = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARIANT))
    {
      inner = g_variant_get_variant (variant);
      return value_of_variant (inner);
    }
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_BYTESTRING))
    return value_take_bytes (g_variant_get_data_as_bytes (variant));
  if (g_variant_is_container (variant))
    return list_of_variant (variant);
  g_dbus_gvariant_to_gvalue (variant, &value);
  return value_of_gvalue (&value);
}

static GVariant *
list_to_variant (const Value *self)
{
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE_TUPLE);

  for (guint i = 0; i < self->items->len; i++)
    g_variant_builder_add_value (builder, value_to_variant (g_ptr_array_index (self->items, i)));
  return g_variant_builder_end (builder);
}

GVariant *
value_to_variant (const Value *self)
{
  switch (self->kind)
    {
    case BOOLEAN:
      return g_variant_new_boolean (self->integer != 0);
    case INTEGER:
      return g_variant_new_int64 (self->integer);
    case REAL:
      return g_variant_new_double (self->real);
    case TEXT:
      return g_variant_new_string (self->text);
    case BYTES:
      return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, self->bytes, TRUE);
    case LIST:
      return list_to_variant (self);
    default:
      return g_variant_new_maybe (G_VARIANT_TYPE_STRING, NULL);
    }
}

static void
set_integer (GValue *value, gint64 integer)
{
  if (integer >= G_MININT && integer <= G_MAXINT)
    g_value_set_int (g_value_init (value, G_TYPE_INT), (int) integer);
  else
    g_value_set_int64 (g_value_init (value, G_TYPE_INT64), integer);
}

void
value_to_gvalue (const Value *self, GValue *value)
{
  switch (self->kind)
    {
    case BOOLEAN:
      g_value_set_boolean (g_value_init (value, G_TYPE_BOOLEAN), self->integer != 0);
      return;
    case INTEGER:
      set_integer (value, self->integer);
      return;
    case REAL:
      g_value_set_double (g_value_init (value, G_TYPE_DOUBLE), self->real);
      return;
    case OBJECT:
      g_value_set_object (g_value_init (value, G_OBJECT_TYPE (self->object)), self->object);
      return;
    case BOXED:
      g_value_set_boxed (g_value_init (value, self->type), self->boxed);
      return;
    case TYPE:
      g_value_set_gtype (g_value_init (value, G_TYPE_GTYPE), self->type);
      return;
    case BYTES:
    case LIST:
      g_value_set_variant (g_value_init (value, G_TYPE_VARIANT), value_to_variant (self));
      return;
    default:
      g_value_set_string (g_value_init (value, G_TYPE_STRING), self->text);
    }
}

static double
number_of (const Value *self)
{
  return self->kind == REAL ? self->real : (double) self->integer;
}

static gboolean
lists_match (const Value *expected, const Value *actual)
{
  if (expected->items->len != actual->items->len)
    return FALSE;
  for (guint i = 0; i < expected->items->len; i++)
    if (!value_matches (g_ptr_array_index (expected->items, i), g_ptr_array_index (actual->items, i)))
      return FALSE;
  return TRUE;
}

gboolean
value_matches (const Value *expected, const Value *actual)
{
  if (expected->kind == ANYTHING)
    return TRUE;
  if ((expected->kind == INTEGER || expected->kind == REAL) && (actual->kind == INTEGER || actual->kind == REAL))
    return fabs (number_of (expected) - number_of (actual)) < 1e-9;
  if (expected->kind != actual->kind)
    return FALSE;
  switch (expected->kind)
    {
    case NOTHING:
      return TRUE;
    case BOOLEAN:
      return expected->integer == actual->integer;
    case TEXT:
      return g_str_equal (expected->text, actual->text);
    case BYTES:
      return g_bytes_equal (expected->bytes, actual->bytes);
    case LIST:
      return lists_match (expected, actual);
    default:
      return FALSE;
    }
}

char *
value_show (const Value *self)
{
  static const char *const names[] = {
    [NOTHING] = "nothing", [ANYTHING] = "anything", [OBJECT] = "an object", [BOXED] = "a record", [TYPE] = "a type",
  };
  g_autoptr (GVariant) variant = NULL;

  if (self->kind < G_N_ELEMENTS (names) && names[self->kind] != NULL)
    return g_strdup (names[self->kind]);
  if (self->kind == LIST)
    return g_strdup_printf ("a list of %u", self->items->len);
  variant = g_variant_ref_sink (value_to_variant (self));
  return g_variant_print (variant, FALSE);
}
