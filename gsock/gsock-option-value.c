/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What languages pass as the value of an option, made uniform once for all of them. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-error-private.h>

#include <math.h>

/* Bindings box: a variant in a variant, a maybe. Nothing inside answers %NULL. */
GVariant *
gsock_option_value_unwrap (GVariant *value)
{
  GVariant *inner = g_variant_ref (value);

  while (inner != NULL
         && (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT)
             || g_variant_is_of_type (inner, G_VARIANT_TYPE_MAYBE)))
    {
      g_autoptr (GVariant) box = inner;

      inner = g_variant_n_children (box) > 0 ? g_variant_get_child_value (box, 0) : NULL;
    }
  return inner;
}

static gint64
from_byte (GVariant *value)
{
  return g_variant_get_byte (value);
}

static gint64
from_int16 (GVariant *value)
{
  return g_variant_get_int16 (value);
}

static gint64
from_uint16 (GVariant *value)
{
  return g_variant_get_uint16 (value);
}

static gint64
from_int32 (GVariant *value)
{
  return g_variant_get_int32 (value);
}

static gint64
from_uint32 (GVariant *value)
{
  return g_variant_get_uint32 (value);
}

/* No option takes a number so large: cut, it is out of range all the same. */
static gint64
from_uint64 (GVariant *value)
{
  return MIN (g_variant_get_uint64 (value), G_MAXINT64);
}

static gint64
from_boolean (GVariant *value)
{
  return g_variant_get_boolean (value);
}

static const struct
{
  GVariantClass class;
  gint64 (*get) (GVariant *value);
} integers[] = {
  { G_VARIANT_CLASS_BOOLEAN, from_boolean },
  { G_VARIANT_CLASS_BYTE, from_byte },
  { G_VARIANT_CLASS_INT16, from_int16 },
  { G_VARIANT_CLASS_UINT16, from_uint16 },
  { G_VARIANT_CLASS_INT32, from_int32 },
  { G_VARIANT_CLASS_UINT32, from_uint32 },
  { G_VARIANT_CLASS_INT64, g_variant_get_int64 },
  { G_VARIANT_CLASS_UINT64, from_uint64 },
};

/* Any integer, a boolean, or a double without a fraction. */
gboolean
gsock_option_value_integer (GVariant *value, gint64 *integer)
{
  GVariantClass class = g_variant_classify (value);
  double real;

  for (gsize i = 0; i < G_N_ELEMENTS (integers); i++)
    if (integers[i].class == class)
      {
        *integer = integers[i].get (value);
        return TRUE;
      }

  if (class != G_VARIANT_CLASS_DOUBLE)
    return FALSE;
  real = g_variant_get_double (value);
  if (isnan (real) || (isfinite (real) && real != floor (real)))
    return FALSE;
  *integer = CLAMP (real, -0x1p62, 0x1p62);
  return TRUE;
}

/* Any number; a boolean is none. */
gboolean
gsock_option_value_real (GVariant *value, double *real)
{
  gint64 integer;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    {
      *real = g_variant_get_double (value);
      return !isnan (*real);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)
      || !gsock_option_value_integer (value, &integer))
    return FALSE;
  *real = integer;
  return TRUE;
}

/* The tuple that a string stands for, for languages that make no tuples; or @value itself. */
static GVariant *
parse_tuple (GVariant *value)
{
  GVariant *tuple = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) && g_variant_get_string (value, NULL)[0] == '(')
    tuple = g_variant_parse (NULL, g_variant_get_string (value, NULL), NULL, NULL, NULL);
  return tuple != NULL ? tuple : g_variant_ref (value);
}

/* The parts of a tuple or an array, unwrapped; %NULL for one that holds nothing. Answers 0 when
 * @given has no parts, or more than any option has. */
guint
gsock_option_value_split (GVariant *given, GVariant *parts[GSOCK_OPTION_PARTS_MAX])
{
  g_autoptr (GVariant) value = parse_tuple (given);
  gsize n_parts;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_TUPLE)
      && !g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return 0;
  n_parts = g_variant_n_children (value);
  if (n_parts > GSOCK_OPTION_PARTS_MAX)
    return 0;

  for (gsize i = 0; i < n_parts; i++)
    {
      g_autoptr (GVariant) part = g_variant_get_child_value (value, i);

      parts[i] = gsock_option_value_unwrap (part);
    }
  return n_parts;
}

/* For messages, and never longer than a message bears. */
char *
gsock_option_value_print (GVariant *value)
{
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : g_strdup ("nothing");
  char *end;

  if (g_utf8_strlen (text, -1) <= 60)
    return g_steal_pointer (&text);
  end = g_utf8_offset_to_pointer (text, 60);
  return g_strdup_printf ("%.*s...", (int) (end - text), text);
}

gboolean
gsock_option_refuse_value (const GSockOption *option, GVariant *value, GError **error)
{
  g_autofree char *text = gsock_option_value_print (value);
  g_autoptr (GString) names = g_string_new (NULL);

  for (const GSockOptionName *name = option->names; name != NULL && name->text != NULL; name++)
    g_string_append_printf (names, "%s%s", name == option->names ? ", or one of " : ", ", name->text);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                              "set-option %s: it takes %s%s, not %s%s%s%s", option->name,
                              gsock_option_wants (option), names->str, text,
                              value != NULL ? " (of type \"" : "",
                              value != NULL ? g_variant_get_type_string (value) : "",
                              value != NULL ? "\")" : "");
}

static GVariant *
from_string (const GValue *value)
{
  const char *text = g_value_get_string (value);

  if (text == NULL)
    return g_variant_new_maybe (G_VARIANT_TYPE_STRING, NULL);
  return g_utf8_validate (text, -1, NULL) ? g_variant_new_string (text) : NULL;
}

static GVariant *
from_bytes (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
from_boxed (const GValue *value)
{
  gpointer boxed = g_value_get_boxed (value);

  if (boxed == NULL)
    return NULL;
  if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return from_bytes (boxed);
  if (G_VALUE_HOLDS (value, G_TYPE_STRV))
    return g_variant_new_strv (boxed, -1);
  return NULL;
}

/* Everything that GObject counts as a number. */
static GVariant *
from_number (const GValue *value)
{
  g_auto (GValue) wide = G_VALUE_INIT;

  if (G_VALUE_HOLDS_UINT64 (value))
    return g_variant_new_uint64 (g_value_get_uint64 (value));
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_variant_new_double (g_value_get_double (value));
  if (G_VALUE_HOLDS_FLOAT (value))
    return g_variant_new_double (g_value_get_float (value));
  if (!g_value_type_transformable (G_VALUE_TYPE (value), G_TYPE_INT64))
    return NULL;

  g_value_init (&wide, G_TYPE_INT64);
  if (!g_value_transform (value, &wide))
    return NULL;
  return g_variant_new_int64 (g_value_get_int64 (&wide));
}

static GVariant *
from_value (const GValue *value)
{
  if (G_VALUE_HOLDS_VARIANT (value))
    return g_value_dup_variant (value);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_variant_new_boolean (g_value_get_boolean (value));
  if (G_VALUE_HOLDS_STRING (value))
    return from_string (value);
  if (G_VALUE_HOLDS_BOXED (value))
    return from_boxed (value);
  return from_number (value);
}

GVariant *
gsock_option_variant_from_value (const GSockOption *option, const GValue *value, GError **error)
{
  g_autofree char *contents = NULL;
  GVariant *variant = G_IS_VALUE (value) ? from_value (value) : NULL;

  if (variant != NULL)
    return g_variant_take_ref (variant);
  if (!G_IS_VALUE (value))
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "set-option %s: it takes %s, not a GValue without a type",
                           option->name, gsock_option_wants (option));
      return NULL;
    }

  contents = g_strdup_value_contents (value);
  gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "set-option %s: it takes %s, not %s (%s)",
                       option->name, gsock_option_wants (option), contents, G_VALUE_TYPE_NAME (value));
  return NULL;
}
