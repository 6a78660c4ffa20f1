/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what languages pass to what a keyword wants. */

#include "testlib.h"

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-keyword-private.h>

#include <math.h>
#include <string.h>

static const GSockKeyword rows[] = {
  [GSOCK_ARGUMENT_BOOLEAN] = { .name = "a", .type = GSOCK_ARGUMENT_BOOLEAN },
  [GSOCK_ARGUMENT_INT] = { .name = "a", .type = GSOCK_ARGUMENT_INT, .minimum = -5, .maximum = 65535 },
  [GSOCK_ARGUMENT_DOUBLE] = { .name = "a", .type = GSOCK_ARGUMENT_DOUBLE },
  [GSOCK_ARGUMENT_STRING] = { .name = "a", .type = GSOCK_ARGUMENT_STRING },
  [GSOCK_ARGUMENT_ENUM] = { .name = "a", .type = GSOCK_ARGUMENT_ENUM, .get_type = gsock_socket_type_get_type },
  [GSOCK_ARGUMENT_FAMILY] = { .name = "a", .type = GSOCK_ARGUMENT_FAMILY, .get_type = gsock_address_family_get_type },
  [GSOCK_ARGUMENT_PROTOCOL] = { .name = "a", .type = GSOCK_ARGUMENT_PROTOCOL },
  [GSOCK_ARGUMENT_FLAGS] = { .name = "a", .type = GSOCK_ARGUMENT_FLAGS },
  [GSOCK_ARGUMENT_FLAG] = { .name = "a", .type = GSOCK_ARGUMENT_FLAG, .flag = GSOCK_MESSAGE_FLAGS_PEEK },
  [GSOCK_ARGUMENT_ADDRESS] = { .name = "a", .type = GSOCK_ARGUMENT_ADDRESS },
  [GSOCK_ARGUMENT_OBJECT] = { .name = "a", .type = GSOCK_ARGUMENT_OBJECT, .get_type = g_socket_connectable_get_type },
  [GSOCK_ARGUMENT_TYPE] = { .name = "a", .type = GSOCK_ARGUMENT_TYPE, .get_type = gsock_active_socket_get_type },
};

/* Conversion and check, as the parser does them. */
static gboolean
take (GSockArgumentType type, const GValue *value, GSockAddress *room, GSockArgument *argument, GError **error)
{
  memset (argument, 0, sizeof *argument);
  return gsock_keyword_convert ("op", &rows[type], value, room, argument, error)
         && gsock_keyword_check ("op", &rows[type], argument, error);
}

/* A value of a type from its text: what strtoll or strtod reads, or the text itself. */
static void
make_value (GValue *value, GType type, const char *text)
{
  GValue wide = G_VALUE_INIT;

  g_value_init (value, type);
  if (type == G_TYPE_STRING)
    {
      g_value_set_string (value, text);
      return;
    }
  if (type == G_TYPE_UINT64)
    {
      g_value_set_uint64 (value, g_ascii_strtoull (text, NULL, 10));
      return;
    }
  if (type == G_TYPE_DOUBLE || type == G_TYPE_FLOAT)
    g_value_set_double (g_value_init (&wide, G_TYPE_DOUBLE), g_ascii_strtod (text, NULL));
  else
    g_value_set_int64 (g_value_init (&wide, G_TYPE_INT64), g_ascii_strtoll (text, NULL, 10));
  g_assert_true (g_value_transform (&wide, value));
}

typedef struct
{
  GSockArgumentType wanted;
  GType type;
  const char *text;
  int code; /* -1: it is taken */
  gint64 integer;
} IntegerCase;

static void
check_integer (const IntegerCase *row)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GSockArgument argument;
  GSockAddress room;
  gboolean taken;

  make_value (&value, row->type, row->text);
  taken = take (row->wanted, &value, &room, &argument, &error);
  if (taken != (row->code < 0))
    g_error ("%d from %s %s: %s", row->wanted, g_type_name (row->type), row->text, taken ? "taken" : error->message);
  if (taken)
    g_assert_cmpint (argument.integer, ==, row->integer);
  else
    test_assert_error (error, row->code);
}

#define INVALID GSOCK_ERROR_INVALID_KEYWORD
#define RANGE GSOCK_ERROR_OUT_OF_RANGE

static void
test_integers (void)
{
  const IntegerCase cases[] = {
    { GSOCK_ARGUMENT_INT, G_TYPE_CHAR, "-5", -1, -5 },
    { GSOCK_ARGUMENT_INT, G_TYPE_UCHAR, "200", -1, 200 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_UINT, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_LONG, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_ULONG, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT64, "65535", -1, 65535 },
    { GSOCK_ARGUMENT_INT, G_TYPE_UINT64, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_FLOAT, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "80", -1, 80 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "-0", -1, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_BOOLEAN, "1", -1, 1 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT, "-6", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT, "65536", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT64, "4294967376", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_INT64, "-9223372036854775808", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_UINT64, "18446744073709551615", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_ULONG, "18446744073709551615", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "1e15", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "1e300", RANGE, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "80.5", INVALID, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "nan", INVALID, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_DOUBLE, "inf", INVALID, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_STRING, "80", INVALID, 0 },
    { GSOCK_ARGUMENT_INT, G_TYPE_STRING, NULL, INVALID, 0 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_BOOLEAN, "0", -1, 0 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_BOOLEAN, "1", -1, 1 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_INT, "1", -1, 1 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_DOUBLE, "0", -1, 0 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_INT, "2", INVALID, 0 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_INT, "-1", INVALID, 0 },
    { GSOCK_ARGUMENT_BOOLEAN, G_TYPE_STRING, "true", INVALID, 0 },
    { GSOCK_ARGUMENT_FLAG, G_TYPE_BOOLEAN, "1", -1, 1 },
    { GSOCK_ARGUMENT_FLAG, G_TYPE_INT, "7", INVALID, 0 },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, "datagram", -1, GSOCK_SOCKET_TYPE_DATAGRAM },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, "DATAGRAM", -1, GSOCK_SOCKET_TYPE_DATAGRAM },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, "dgram", -1, GSOCK_SOCKET_TYPE_DATAGRAM },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_INT, "5", -1, GSOCK_SOCKET_TYPE_SEQPACKET },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_DOUBLE, "5", -1, GSOCK_SOCKET_TYPE_SEQPACKET },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_INT, "6", INVALID, 0 },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_INT64, "4294967297", INVALID, 0 },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, "5", INVALID, 0 },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, "", INVALID, 0 },
    { GSOCK_ARGUMENT_ENUM, G_TYPE_STRING, NULL, INVALID, 0 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "local", -1, 1 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "file", -1, 1 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "unix", -1, 1 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "inet", -1, 2 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "inet6", -1, 10 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "Internet", -1, 0 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "vsock", -1, 40 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_INT, "29", -1, 29 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_INT, "-1", RANGE, 0 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_INT, "65536", RANGE, 0 },
    { GSOCK_ARGUMENT_FAMILY, G_TYPE_STRING, "can", INVALID, 0 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_INT, "17", -1, 17 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_STRING, "udp", -1, 17 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_STRING, NULL, -1, 0 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_STRING, "no-such-protocol", GSOCK_ERROR_UNKNOWN_PROTOCOL, 0 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_INT, "-1", RANGE, 0 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_INT, "65536", RANGE, 0 },
    { GSOCK_ARGUMENT_PROTOCOL, G_TYPE_DOUBLE, "0.5", INVALID, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_INT, "3", -1, 3 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_UINT, "3", -1, 3 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "peek", -1, GSOCK_MESSAGE_FLAGS_PEEK },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "peek|wait-all", -1, GSOCK_MESSAGE_FLAGS_PEEK | GSOCK_MESSAGE_FLAGS_WAIT_ALL },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "peek | WAIT_ALL", -1, GSOCK_MESSAGE_FLAGS_PEEK | GSOCK_MESSAGE_FLAGS_WAIT_ALL },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "peek, wait-all", -1, GSOCK_MESSAGE_FLAGS_PEEK | GSOCK_MESSAGE_FLAGS_WAIT_ALL },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "none", -1, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, NULL, -1, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "", -1, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_STRING, "peek|poke", INVALID, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_DOUBLE, "0.5", INVALID, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_INT64, "4294967296", RANGE, 0 },
    { GSOCK_ARGUMENT_FLAGS, G_TYPE_INT, "-1", RANGE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_integer (&cases[i]);
}

static void
test_real_enums (void)
{
  g_auto (GValue) type = G_VALUE_INIT, flags = G_VALUE_INIT;
  GSockArgument argument;
  GSockAddress room;

  g_value_set_enum (g_value_init (&type, GSOCK_TYPE_SOCKET_TYPE), GSOCK_SOCKET_TYPE_RAW);
  g_assert_true (take (GSOCK_ARGUMENT_ENUM, &type, &room, &argument, NULL));
  g_assert_cmpint (argument.integer, ==, GSOCK_SOCKET_TYPE_RAW);
  g_assert_true (take (GSOCK_ARGUMENT_INT, &type, &room, &argument, NULL));
  g_value_set_flags (g_value_init (&flags, GSOCK_TYPE_MESSAGE_FLAGS), GSOCK_MESSAGE_FLAGS_PEEK);
  g_assert_true (take (GSOCK_ARGUMENT_FLAGS, &flags, &room, &argument, NULL));
  g_assert_cmpint (argument.integer, ==, GSOCK_MESSAGE_FLAGS_PEEK);
}

static void
test_doubles (void)
{
  const struct
  {
    GType type;
    const char *text;
    gboolean taken;
    double real;
  } cases[] = {
    { G_TYPE_DOUBLE, "0.25", TRUE, 0.25 },   { G_TYPE_DOUBLE, "-1", TRUE, -1 },     { G_TYPE_FLOAT, "0.5", TRUE, 0.5 },
    { G_TYPE_INT, "3", TRUE, 3 },            { G_TYPE_UINT64, "3", TRUE, 3 },       { G_TYPE_INT64, "-1", TRUE, -1 },
    { G_TYPE_DOUBLE, "inf", TRUE, INFINITY }, { G_TYPE_DOUBLE, "nan", FALSE, 0 },   { G_TYPE_STRING, "3", FALSE, 0 },
    { G_TYPE_STRING, NULL, FALSE, 0 },       { G_TYPE_BOOLEAN, "1", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      g_autoptr (GError) error = NULL;
      GSockArgument argument;
      GSockAddress room;

      make_value (&value, cases[i].type, cases[i].text);
      g_assert_cmpint (take (GSOCK_ARGUMENT_DOUBLE, &value, &room, &argument, &error), ==, cases[i].taken);
      if (cases[i].taken)
        g_assert_cmpfloat (argument.real, ==, cases[i].real);
      else
        test_assert_error (error, INVALID);
    }
}

static void
test_strings (void)
{
  g_auto (GValue) text = G_VALUE_INIT, number = G_VALUE_INIT, nothing = G_VALUE_INIT, object = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GSockArgument argument;
  GSockAddress room;

  make_value (&text, G_TYPE_STRING, "x");
  make_value (&number, G_TYPE_INT, "5");
  make_value (&nothing, G_TYPE_STRING, NULL);
  g_value_init (&object, G_TYPE_OBJECT);
  g_assert_true (take (GSOCK_ARGUMENT_STRING, &text, &room, &argument, &error));
  g_assert_cmpstr (argument.pointer, ==, "x");
  g_assert_true (take (GSOCK_ARGUMENT_STRING, &nothing, &room, &argument, &error));
  g_assert_null (argument.pointer);
  g_assert_true (take (GSOCK_ARGUMENT_STRING, &object, &room, &argument, &error));
  g_assert_null (argument.pointer);
  g_assert_false (take (GSOCK_ARGUMENT_STRING, &number, &room, &argument, &error));
  test_assert_message (error, "op: a takes a string, not 5 (gint)");
  test_assert_error (error, INVALID);
}

static void
check_address (const GValue *value, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;
  GSockArgument argument;
  GSockAddress room;

  g_assert_true (take (GSOCK_ARGUMENT_ADDRESS, value, &room, &argument, &error));
  g_assert_no_error (error);
  printed = argument.pointer != NULL ? gsock_address_to_text (argument.pointer) : NULL;
  g_assert_cmpstr (printed, ==, text);
}

static void
refuse_address (const GValue *value, int code)
{
  g_autoptr (GError) error = NULL;
  GSockArgument argument;
  GSockAddress room;

  g_assert_false (take (GSOCK_ARGUMENT_ADDRESS, value, &room, &argument, &error));
  test_assert_error (error, code);
}

static void
test_addresses (void)
{
  g_auto (GValue) boxed = G_VALUE_INIT, text = G_VALUE_INIT, gio = G_VALUE_INIT, nothing = G_VALUE_INIT;
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("::1", 7, NULL);

  g_value_init (&boxed, GSOCK_TYPE_ADDRESS);
  check_address (&boxed, NULL);
  g_value_set_boxed (&boxed, address);
  check_address (&boxed, "[::1]:7");
  make_value (&text, G_TYPE_STRING, "127.0.0.1:53");
  check_address (&text, "127.0.0.1:53");
  g_value_set_string (&text, "nonsense:here:now");
  refuse_address (&text, GSOCK_ERROR_INVALID_ADDRESS);
  g_value_take_object (g_value_init (&gio, G_TYPE_OBJECT), g_inet_socket_address_new_from_string ("127.0.0.1", 9));
  check_address (&gio, "127.0.0.1:9");
  g_value_take_object (&gio, g_cancellable_new ());
  refuse_address (&gio, INVALID);
  g_value_set_object (&gio, NULL);
  check_address (&gio, NULL);
  make_value (&nothing, G_TYPE_INT, "5");
  refuse_address (&nothing, INVALID);
}

static void
test_objects (void)
{
  g_auto (GValue) object = G_VALUE_INIT, text = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GSockArgument argument;
  GSockAddress room;

  g_value_take_object (g_value_init (&object, G_TYPE_OBJECT), g_network_address_new ("a", 1));
  g_assert_true (take (GSOCK_ARGUMENT_OBJECT, &object, &room, &argument, &error));
  g_assert_true (G_IS_NETWORK_ADDRESS (argument.pointer));
  g_value_take_object (&object, g_cancellable_new ());
  g_assert_false (take (GSOCK_ARGUMENT_OBJECT, &object, &room, &argument, &error));
  test_assert_message (error, "op: a takes a GSocketConnectable, not a GCancellable");
  test_assert_error (error, INVALID);
  make_value (&text, G_TYPE_STRING, "a");
  g_assert_false (take (GSOCK_ARGUMENT_OBJECT, &text, &room, &argument, &error));
  test_assert_error (error, INVALID);
}

static void
test_types (void)
{
  g_auto (GValue) type = G_VALUE_INIT, text = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GSockArgument argument;
  GSockAddress room;

  g_value_set_gtype (g_value_init (&type, G_TYPE_GTYPE), GSOCK_TYPE_ACTIVE_SOCKET);
  g_assert_true (take (GSOCK_ARGUMENT_TYPE, &type, &room, &argument, &error));
  g_assert_cmpuint (argument.type, ==, GSOCK_TYPE_ACTIVE_SOCKET);
  g_value_set_gtype (&type, GSOCK_TYPE_SOCKET);
  g_assert_false (take (GSOCK_ARGUMENT_TYPE, &type, &room, &argument, &error));
  test_assert_message (error, "not GSockSocket");
  test_assert_error (error, INVALID);
  g_value_set_gtype (&type, G_TYPE_INVALID);
  g_assert_false (take (GSOCK_ARGUMENT_TYPE, &type, &room, &argument, &error));
  test_assert_error (error, INVALID);
  make_value (&text, G_TYPE_STRING, "GSockActiveSocket");
  g_assert_true (take (GSOCK_ARGUMENT_TYPE, &text, &room, &argument, &error));
  g_assert_cmpuint (argument.type, ==, GSOCK_TYPE_ACTIVE_SOCKET);
  g_value_set_string (&text, "GSockSocket");
  g_assert_false (take (GSOCK_ARGUMENT_TYPE, &text, &room, &argument, &error));
  test_assert_message (error, "not GSockSocket");
  test_assert_error (error, INVALID);
  g_value_set_string (&text, "NoSuchType");
  g_assert_false (take (GSOCK_ARGUMENT_TYPE, &text, &room, &argument, &error));
  test_assert_error (error, INVALID);
}

/* Whatever type a value has, each keyword takes or refuses it. */
static void
test_strangers (void)
{
  const GType types[] = {
    G_TYPE_POINTER, G_TYPE_VARIANT, G_TYPE_BYTES, G_TYPE_STRV, G_TYPE_PARAM, G_TYPE_OBJECT, G_TYPE_GTYPE,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    for (gsize type = 0; type < G_N_ELEMENTS (rows); type++)
      {
        g_auto (GValue) value = G_VALUE_INIT;
        g_autoptr (GError) error = NULL;
        GSockArgument argument;
        GSockAddress room;

        g_value_init (&value, types[i]);
        g_assert_cmpint (take (type, &value, &room, &argument, &error), ==, error == NULL);
        g_assert_true (error == NULL || error->domain == GSOCK_ERROR);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/keyword-value/integers", test_integers);
  g_test_add_func ("/keyword-value/real-enums", test_real_enums);
  g_test_add_func ("/keyword-value/doubles", test_doubles);
  g_test_add_func ("/keyword-value/strings", test_strings);
  g_test_add_func ("/keyword-value/addresses", test_addresses);
  g_test_add_func ("/keyword-value/objects", test_objects);
  g_test_add_func ("/keyword-value/types", test_types);
  g_test_add_func ("/keyword-value/strangers", test_strangers);

  return g_test_run ();
}
