/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a language passes to what a keyword wants: nicks for enums, whole doubles for integers,
 * text for addresses; and the checks that hold whichever way a value came. */

#include <gsock/gsock-keyword-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-service.h>
#include <gsock/gsock-types.h>
#include <gsock/gsock-enum-types.h>

#include <math.h>
#include <string.h>

typedef gboolean (*Converter) (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error);

static gboolean
refuse (const char *operator_name, const GSockKeyword *row, const GValue *value, const char *wanted, GError **error)
{
  g_autofree char *contents = g_strdup_value_contents (value);

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s takes %s, not %s (%s)",
                              operator_name, row->name, wanted, contents, G_VALUE_TYPE_NAME (value));
}

/* The types that nearly all numbers come in, without asking GObject what could become what. */
static gboolean
get_plain_integer (const GValue *value, gint64 *integer)
{
  GType type = G_VALUE_TYPE (value);

  if (type == G_TYPE_BOOLEAN)
    *integer = g_value_get_boolean (value);
  else if (type == G_TYPE_INT)
    *integer = g_value_get_int (value);
  else if (type == G_TYPE_INT64)
    *integer = g_value_get_int64 (value);
  else
    return FALSE;
  return TRUE;
}

/* Any number that is whole, an enumeration's or flags' value, or a boolean. */
static gboolean
get_integer (const GValue *value, gint64 *integer)
{
  g_auto (GValue) wide = G_VALUE_INIT;
  double real;

  if (get_plain_integer (value, integer))
    return TRUE;
  if (G_VALUE_HOLDS_DOUBLE (value) || G_VALUE_HOLDS_FLOAT (value))
    {
      real = G_VALUE_HOLDS_DOUBLE (value) ? g_value_get_double (value) : g_value_get_float (value);
      *integer = isfinite (real) ? (gint64) CLAMP (real, -0x1p62, 0x1p62) : 0;
      return real == floor (real) && isfinite (real);
    }
  if (G_VALUE_HOLDS_UINT64 (value) && g_value_get_uint64 (value) > G_MAXINT64)
    {
      *integer = G_MAXINT64;
      return TRUE;
    }

  g_value_init (&wide, G_TYPE_INT64);
  if (G_VALUE_HOLDS_STRING (value) || !g_value_type_transformable (G_VALUE_TYPE (value), G_TYPE_INT64)
      || !g_value_transform (value, &wide))
    return FALSE;
  *integer = g_value_get_int64 (&wide);
  return TRUE;
}

static gboolean
convert_boolean (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (!get_integer (value, &argument->integer) || (argument->integer != 0 && argument->integer != 1))
    return refuse (operator_name, row, value, "a boolean", error);
  return TRUE;
}

static gboolean
convert_int (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  return get_integer (value, &argument->integer) || refuse (operator_name, row, value, "an integer", error);
}

static gboolean
convert_double (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  g_auto (GValue) real = G_VALUE_INIT;

  if (G_VALUE_TYPE (value) == G_TYPE_DOUBLE)
    {
      argument->real = g_value_get_double (value);
      return TRUE;
    }
  g_value_init (&real, G_TYPE_DOUBLE);
  if (G_VALUE_HOLDS_STRING (value) || G_VALUE_HOLDS_BOOLEAN (value) || !g_value_transform (value, &real))
    return refuse (operator_name, row, value, "a number of seconds", error);
  argument->real = g_value_get_double (&real);
  return TRUE;
}

static gboolean
convert_string (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (!G_VALUE_HOLDS_STRING (value))
    return refuse (operator_name, row, value, "a string", error);
  argument->pointer = (gpointer) g_value_get_string (value);
  return TRUE;
}

/* Nicks that an enumeration has beside its own. */
static const struct
{
  const char *alias;
  const char *nick;
} aliases[] = {
  { "file", "local" },
  { "inet", "ipv4" },
  { "inet6", "ipv6" },
  { "unix", "local" },
  { "dgram", "datagram" },
};

static char *
canonical_nick (const char *text)
{
  g_autofree char *nick = g_ascii_strdown (text, -1);

  g_strdelimit (nick, "_", '-');
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (strcmp (nick, aliases[i].alias) == 0)
      return g_strdup (aliases[i].nick);
  return g_steal_pointer (&nick);
}

static char *
enum_nicks (GEnumClass *enum_class)
{
  g_autoptr (GString) text = g_string_new ("one of ");

  for (guint i = 0; i < enum_class->n_values; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", enum_class->values[i].value_nick);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
convert_enum (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  g_autoptr (GTypeClass) enum_class = g_type_class_ref (row->get_type ());
  g_autofree char *wanted = NULL;

  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    {
      g_autofree char *nick = canonical_nick (g_value_get_string (value));
      GEnumValue *found = g_enum_get_value_by_nick ((GEnumClass *) enum_class, nick);

      if (found != NULL)
        {
          argument->integer = found->value;
          return TRUE;
        }
    }
  else if (get_integer (value, &argument->integer))
    return TRUE;

  wanted = enum_nicks ((GEnumClass *) enum_class);
  return refuse (operator_name, row, value, wanted, error);
}

static gboolean
convert_protocol (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (!G_VALUE_HOLDS_STRING (value))
    return get_integer (value, &argument->integer)
           || refuse (operator_name, row, value, "a number or the name of a protocol", error);
  if (g_value_get_string (value) == NULL)
    return TRUE;
  argument->integer = gsock_lookup_protocol (g_value_get_string (value), NULL, NULL, error);
  return argument->integer >= 0;
}

static gboolean
add_flag (GFlagsClass *flags_class, const char *text, gint64 *flags)
{
  g_autofree char *nick = canonical_nick (text);
  GFlagsValue *found = g_flags_get_value_by_nick (flags_class, g_strstrip (nick));

  if (found != NULL)
    *flags |= found->value;
  return found != NULL;
}

static gboolean
convert_flags (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  g_autoptr (GTypeClass) flags_class = g_type_class_ref (GSOCK_TYPE_MESSAGE_FLAGS);
  g_auto (GStrv) names = NULL;

  if (!G_VALUE_HOLDS_STRING (value))
    return get_integer (value, &argument->integer)
           || refuse (operator_name, row, value, "message flags", error);

  names = g_strsplit_set (g_value_get_string (value) != NULL ? g_value_get_string (value) : "none", "|,", -1);
  argument->integer = 0;
  for (guint i = 0; names[i] != NULL; i++)
    if (!add_flag ((GFlagsClass *) flags_class, names[i], &argument->integer))
      return refuse (operator_name, row, value, "names of message flags with | between them", error);
  return TRUE;
}

static gboolean
convert_address (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  g_autoptr (GSockAddress) made = NULL;

  argument->pointer = room;
  if (G_VALUE_HOLDS (value, GSOCK_TYPE_ADDRESS))
    {
      argument->pointer = g_value_get_boxed (value);
      return TRUE;
    }
  if (G_VALUE_HOLDS_STRING (value))
    return gsock_address_init_from_text (room, g_value_get_string (value), error);
  if (G_VALUE_HOLDS_OBJECT (value) && G_IS_SOCKET_ADDRESS (g_value_get_object (value)))
    {
      made = gsock_address_new_from_gsocket_address (g_value_get_object (value), error);
      if (made != NULL)
        *room = *made;
      return made != NULL;
    }
  return refuse (operator_name, row, value, "a GSockAddress or its text", error);
}

static gboolean
convert_object (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (!G_VALUE_HOLDS_OBJECT (value))
    return refuse (operator_name, row, value, g_type_name (row->get_type ()), error);
  argument->pointer = g_value_get_object (value);
  return TRUE;
}

/* Some languages make no value of a type; its name does as well. */
static gboolean
convert_type (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    {
      argument->type = g_type_from_name (g_value_get_string (value));
      return argument->type != G_TYPE_INVALID || refuse (operator_name, row, value, "a type", error);
    }
  if (!G_VALUE_HOLDS_GTYPE (value))
    return refuse (operator_name, row, value, "a type", error);
  argument->type = g_value_get_gtype (value);
  return TRUE;
}

static const Converter converters[] = {
  [GSOCK_ARGUMENT_BOOLEAN] = convert_boolean,   [GSOCK_ARGUMENT_INT] = convert_int,
  [GSOCK_ARGUMENT_DOUBLE] = convert_double,     [GSOCK_ARGUMENT_STRING] = convert_string,
  [GSOCK_ARGUMENT_ENUM] = convert_enum,         [GSOCK_ARGUMENT_FAMILY] = convert_enum,
  [GSOCK_ARGUMENT_PROTOCOL] = convert_protocol, [GSOCK_ARGUMENT_FLAGS] = convert_flags,
  [GSOCK_ARGUMENT_FLAG] = convert_boolean,      [GSOCK_ARGUMENT_ADDRESS] = convert_address,
  [GSOCK_ARGUMENT_OBJECT] = convert_object,     [GSOCK_ARGUMENT_TYPE] = convert_type,
};

/* What languages make of their word for nothing, for a keyword that may be left out by it. */
static gboolean
is_nothing (const GSockKeyword *row, const GValue *value)
{
  return (row->type == GSOCK_ARGUMENT_STRING || row->type == GSOCK_ARGUMENT_ADDRESS || row->type == GSOCK_ARGUMENT_OBJECT)
         && g_value_fits_pointer (value) && g_value_peek_pointer (value) == NULL;
}

/* @room is where an address lives that had to be made; the argument borrows from @value and @room. */
gboolean
gsock_keyword_convert (const char *operator_name, const GSockKeyword *row, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  if (!G_IS_VALUE (value))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s has no value", operator_name, row->name);
  argument->pointer = NULL;
  return is_nothing (row, value) || converters[row->type](operator_name, row, value, room, argument, error);
}

/* gsock's enumerations are static types: their classes stay once they are there. */
static GEnumClass *
peek_enum_class (const GSockKeyword *row)
{
  GType type = row->get_type ();
  gpointer enum_class = g_type_class_peek (type);

  return G_LIKELY (enum_class != NULL) ? enum_class : g_type_class_ref (type);
}

static gboolean
check_enum (const char *operator_name, const GSockKeyword *row, gint64 number, GError **error)
{
  GEnumClass *enum_class = peek_enum_class (row);
  g_autofree char *wanted = NULL;

  if (number >= G_MININT && number <= G_MAXINT && g_enum_get_value (enum_class, (int) number) != NULL)
    return TRUE;
  wanted = enum_nicks (enum_class);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s takes %s, not %" G_GINT64_FORMAT,
                              operator_name, row->name, wanted, number);
}

static gboolean
check_range (const char *operator_name, const GSockKeyword *row, gint64 number, gint64 minimum, gint64 maximum, GError **error)
{
  if (G_LIKELY (number >= minimum && number <= maximum))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                              "%s: %s %" G_GINT64_FORMAT " is out of range (%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ")",
                              operator_name, row->name, number, minimum, maximum);
}

static gboolean
check_type (const char *operator_name, const GSockKeyword *row, GType type, GError **error)
{
  if (g_type_is_a (type, row->get_type ()) && !G_TYPE_IS_ABSTRACT (type))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s takes a type derived from %s, not %s",
                              operator_name, row->name, g_type_name (row->get_type ()),
                              type != G_TYPE_INVALID ? g_type_name (type) : "no type");
}

static gboolean
check_object (const char *operator_name, const GSockKeyword *row, gpointer object, GError **error)
{
  if (object == NULL || g_type_is_a (G_OBJECT_TYPE (object), row->get_type ()))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s takes a %s, not a %s",
                              operator_name, row->name, g_type_name (row->get_type ()), G_OBJECT_TYPE_NAME (object));
}

/* Whether a value that has the right C type is one that the keyword takes. */
gboolean
gsock_keyword_check (const char *operator_name, const GSockKeyword *row, const GSockArgument *argument, GError **error)
{
  switch (row->type)
    {
    case GSOCK_ARGUMENT_INT:
      return check_range (operator_name, row, argument->integer, row->minimum, row->maximum, error);
    case GSOCK_ARGUMENT_FLAGS:
      return check_range (operator_name, row, argument->integer, 0, G_MAXINT, error);
    case GSOCK_ARGUMENT_FAMILY:
    case GSOCK_ARGUMENT_PROTOCOL:
      return check_range (operator_name, row, argument->integer, 0, G_MAXUINT16, error);
    case GSOCK_ARGUMENT_ENUM:
      return check_enum (operator_name, row, argument->integer, error);
    case GSOCK_ARGUMENT_DOUBLE:
      if (!isnan (argument->real))
        return TRUE;
      return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: %s is not a number", operator_name, row->name);
    case GSOCK_ARGUMENT_TYPE:
      return check_type (operator_name, row, argument->type, error);
    case GSOCK_ARGUMENT_OBJECT:
      return check_object (operator_name, row, argument->pointer, error);
    case GSOCK_ARGUMENT_BOOLEAN:
    case GSOCK_ARGUMENT_STRING:
    case GSOCK_ARGUMENT_FLAG:
    case GSOCK_ARGUMENT_ADDRESS:
      return TRUE;
    }
  return TRUE;
}
