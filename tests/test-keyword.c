/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parser of keywords, on a table that has one of each kind. */

#include "testlib.h"

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-keyword-private.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct
{
  guint64 given;
  gboolean yes;
  int port, family, mode, protocol;
  double timeout;
  char *host;
  guint flags;
  GSockAddress address;
  GObject *object;
  GType type;
  guint n_others;
  int other;
} Spec;

enum
{
  ID_YES,
  ID_HOST,
  ID_MODE,
  ID_PORT,
  ID_TYPE,
  ID_FLAGS,
  ID_FAMILY,
  ID_OBJECT,
  ID_ADDRESS,
  ID_TIMEOUT,
  ID_PROTOCOL,
};

#define FIELD(name) .offset = offsetof (Spec, name)

static const GSockKeyword rows[] = {
  { .name = "yes", .type = GSOCK_ARGUMENT_BOOLEAN, .id = ID_YES, FIELD (yes) },
  { .name = "host", .type = GSOCK_ARGUMENT_STRING, .id = ID_HOST, FIELD (host) },
  { .name = "mode", .type = GSOCK_ARGUMENT_ENUM, .id = ID_MODE, FIELD (mode), .get_type = gsock_ipv6_mode_get_type },
  { .name = "peek", .type = GSOCK_ARGUMENT_FLAG, .id = ID_FLAGS, FIELD (flags), .flag = GSOCK_MESSAGE_FLAGS_PEEK },
  { .name = "port", .type = GSOCK_ARGUMENT_INT, .id = ID_PORT, FIELD (port), .minimum = 1, .maximum = 65535 },
  { .name = "type", .type = GSOCK_ARGUMENT_TYPE, .id = ID_TYPE, FIELD (type), .get_type = gsock_active_socket_get_type },
  { .name = "flags", .type = GSOCK_ARGUMENT_FLAGS, .id = ID_FLAGS, FIELD (flags) },
  { .name = "family", .type = GSOCK_ARGUMENT_FAMILY, .id = ID_FAMILY, FIELD (family), .get_type = gsock_address_family_get_type },
  { .name = "object", .type = GSOCK_ARGUMENT_OBJECT, .id = ID_OBJECT, FIELD (object), .get_type = g_cancellable_get_type },
  { .name = "address", .type = GSOCK_ARGUMENT_ADDRESS, .id = ID_ADDRESS, FIELD (address) },
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = ID_TIMEOUT, FIELD (timeout) },
  { .name = "protocol", .type = GSOCK_ARGUMENT_PROTOCOL, .id = ID_PROTOCOL, FIELD (protocol) },
  { .name = "remote-host", .type = GSOCK_ARGUMENT_STRING, .id = ID_HOST, FIELD (host) },
};

static GSockKeywordTable borrowing = { .operator_name = "test", .rows = rows, .n_rows = G_N_ELEMENTS (rows) };
static GSockKeywordTable owning = { .operator_name = "test", .rows = rows, .n_rows = G_N_ELEMENTS (rows), .owns = TRUE };
static GSockKeywordTable empty = { .operator_name = "nothing" };

static gboolean
parse (GSockKeywordTable *table, gpointer spec, GError **error, const char *first_keyword, ...)
{
  va_list arguments;
  gboolean parsed;

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (table, spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed;
}

static void
test_find (void)
{
  g_autofree char *long_name = g_strnfill (1000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (gsock_keyword_find (&borrowing, rows[i].name) == &rows[i]);
  g_assert_cmpstr (gsock_keyword_find (&borrowing, "remote_host")->name, ==, "remote-host");
  g_assert_null (gsock_keyword_find (&borrowing, ""));
  g_assert_null (gsock_keyword_find (&borrowing, "hosts"));
  g_assert_null (gsock_keyword_find (&borrowing, "hos"));
  g_assert_null (gsock_keyword_find (&borrowing, "HOST"));
  g_assert_null (gsock_keyword_find (&borrowing, "remote host"));
  g_assert_null (gsock_keyword_find (&borrowing, long_name));
  long_name[GSOCK_KEYWORD_LENGTH_MAX] = '\0';
  g_assert_null (gsock_keyword_find (&borrowing, long_name));
  g_assert_null (gsock_keyword_find (&empty, "host"));
}

static void
test_names_equal (void)
{
  g_assert_true (gsock_keyword_names_equal ("a-b", "a-b"));
  g_assert_true (gsock_keyword_names_equal ("a_b", "a-b"));
  g_assert_true (gsock_keyword_names_equal ("", ""));
  g_assert_false (gsock_keyword_names_equal ("a-b", "a_b"));
  g_assert_false (gsock_keyword_names_equal ("a-b", "a-bc"));
  g_assert_false (gsock_keyword_names_equal ("a-bc", "a-b"));
}

static void
test_nearest (void)
{
  static const struct
  {
    const char *name, *near;
  } cases[] = {
    { "remote-host", "remote-host" },       { "remote-hots", "remote-host" },
    { "remote_hots", "remote-host" },       { "remotehost", "remote-host" },
    { "timeuot", "timeout" },               { "prot", "port" },
    { "host", "host, local-host, remote-host" }, { "port", "port, host" },
    { "xyzzy", NULL },                      { "", NULL },
  };
  static const char *const names[] = { "local-host", "remote-host", "timeout", "port", "host", "unlink-on-close" };
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  g_autofree char *long_name = g_strnfill (100000, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (candidates, (gpointer) names[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *near = gsock_keyword_nearest (cases[i].name, candidates);

      g_assert_cmpstr (near, ==, cases[i].near);
    }
  g_assert_null (gsock_keyword_nearest (long_name, candidates));
}

/* Fills it by C's arguments with one of each. */
static gboolean
parse_all (GSockKeywordTable *table, Spec *spec, const char *host, GCancellable *object, const GSockAddress *address)
{
  return parse (table, spec, NULL, "yes", TRUE, "host", host, "mode", GSOCK_IPV6_MODE_ONLY, "peek", TRUE, "port", 80,
                "type", GSOCK_TYPE_ACTIVE_SOCKET, "flags", GSOCK_MESSAGE_FLAGS_DONT_WAIT, "family", 16, "object", object,
                "address", address, "timeout", 0.25, "protocol", 17, NULL);
}

static void
check_all (const Spec *spec, const GSockAddress *address)
{
  g_assert_true (spec->yes);
  g_assert_cmpstr (spec->host, ==, "a.b");
  g_assert_cmpint (spec->mode, ==, GSOCK_IPV6_MODE_ONLY);
  g_assert_cmpint (spec->port, ==, 80);
  g_assert_cmpuint (spec->type, ==, GSOCK_TYPE_ACTIVE_SOCKET);
  g_assert_cmpuint (spec->flags, ==, GSOCK_MESSAGE_FLAGS_PEEK | GSOCK_MESSAGE_FLAGS_DONT_WAIT);
  g_assert_cmpint (spec->family, ==, 16);
  g_assert_true (G_IS_CANCELLABLE (spec->object));
  g_assert_true (gsock_address_equal (&spec->address, address));
  g_assert_cmpfloat (spec->timeout, ==, 0.25);
  g_assert_cmpint (spec->protocol, ==, 17);
  g_assert_cmpuint (spec->given, ==, (1u << (ID_PROTOCOL + 1)) - 1);
}

static void
test_arguments (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 53, NULL);
  g_autoptr (GCancellable) object = g_cancellable_new ();
  Spec spec = { 0 };

  g_assert_true (parse_all (&borrowing, &spec, "a.b", object, address));
  check_all (&spec, address);
  g_assert_true (spec.object == G_OBJECT (object));
  g_assert_cmpuint (G_OBJECT (object)->ref_count, ==, 1);
}

/* What a table owns outlives what it was given, and goes with clear. */
static void
test_owned (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 53, NULL);
  GCancellable *object = g_cancellable_new ();
  char *host = g_strdup ("a.b");
  Spec spec = { 0 };

  g_assert_true (parse_all (&owning, &spec, "old", object, address));
  g_assert_true (parse (&owning, &spec, NULL, "host", host, NULL));
  host[0] = 'x';
  g_free (host);
  g_assert_cmpuint (G_OBJECT (object)->ref_count, ==, 2);
  check_all (&spec, address);
  gsock_keywords_clear (&owning, &spec);
  g_assert_null (spec.host);
  g_assert_null (spec.object);
  g_assert_finalize_object (object);
}

static GValue *
add_value (GArray *values, GType type)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, type);
  g_array_append_val (values, value);
  return &g_array_index (values, GValue, values->len - 1);
}

static GArray *
new_values (void)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (GValue));

  g_array_set_clear_func (values, (GDestroyNotify) g_value_unset);
  return values;
}

/* The twin fills the same spec. */
static void
test_values (void)
{
  static const char *const names[] = { "yes", "host", "mode", "peek", "port", "type", "flags", "family", "object", "address", "timeout", "protocol", NULL };
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 53, NULL);
  g_autoptr (GCancellable) object = g_cancellable_new ();
  g_autoptr (GArray) values = new_values ();
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_value_set_boolean (add_value (values, G_TYPE_BOOLEAN), TRUE);
  g_value_set_string (add_value (values, G_TYPE_STRING), "a.b");
  g_value_set_enum (add_value (values, GSOCK_TYPE_IPV6_MODE), GSOCK_IPV6_MODE_ONLY);
  g_value_set_boolean (add_value (values, G_TYPE_BOOLEAN), TRUE);
  g_value_set_int (add_value (values, G_TYPE_INT), 80);
  g_value_set_gtype (add_value (values, G_TYPE_GTYPE), GSOCK_TYPE_ACTIVE_SOCKET);
  g_value_set_flags (add_value (values, GSOCK_TYPE_MESSAGE_FLAGS), GSOCK_MESSAGE_FLAGS_DONT_WAIT);
  g_value_set_int (add_value (values, G_TYPE_INT), 16);
  g_value_set_object (add_value (values, G_TYPE_CANCELLABLE), object);
  g_value_set_boxed (add_value (values, GSOCK_TYPE_ADDRESS), address);
  g_value_set_double (add_value (values, G_TYPE_DOUBLE), 0.25);
  g_value_set_int (add_value (values, G_TYPE_INT), 17);

  g_assert_true (gsock_keywords_parse_values (&borrowing, &spec, names, (GValue *) values->data, values->len, &error));
  g_assert_no_error (error);
  check_all (&spec, address);
}

static void
test_counts (void)
{
  static const char *const names[] = { "yes", "port", NULL };
  g_autoptr (GArray) values = new_values ();
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_value_set_boolean (add_value (values, G_TYPE_BOOLEAN), TRUE);
  g_assert_false (gsock_keywords_parse_values (&borrowing, &spec, names, (GValue *) values->data, 1, &error));
  test_assert_message (error, "test: 2 keywords with 1 values");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_false (gsock_keywords_parse_values (&borrowing, &spec, NULL, (GValue *) values->data, 1, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_false (gsock_keywords_parse_values (&borrowing, &spec, names, NULL, 0, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_true (gsock_keywords_parse_values (&borrowing, &spec, NULL, NULL, 0, &error));
  g_assert_cmpuint (spec.given, ==, 0);
}

/* A value that a binding never initialised. */
static void
test_no_value (void)
{
  static const char *const names[] = { "port", NULL };
  const GValue value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_assert_false (gsock_keywords_parse_values (&borrowing, &spec, names, &value, 1, &error));
  test_assert_message (error, "test: port has no value");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

/* NULL says as much as leaving the keyword out does. */
static void
test_left_out (void)
{
  g_autoptr (GError) error = NULL;
  Spec spec = { .host = (char *) "before" };

  g_assert_true (parse (&borrowing, &spec, &error, "host", NULL, "object", NULL, "address", NULL, NULL));
  g_assert_cmpuint (spec.given, ==, 0);
  g_assert_cmpstr (spec.host, ==, "before");
  g_assert_true (parse (&borrowing, &spec, &error, "host", NULL, "host", "now", NULL));
  g_assert_cmpstr (spec.host, ==, "now");
}

static void
test_flags (void)
{
  Spec spec = { 0 };

  g_assert_true (parse (&borrowing, &spec, NULL, "flags", GSOCK_MESSAGE_FLAGS_PEEK, "flags", GSOCK_MESSAGE_FLAGS_MORE, NULL));
  g_assert_cmpuint (spec.flags, ==, GSOCK_MESSAGE_FLAGS_PEEK | GSOCK_MESSAGE_FLAGS_MORE);
  g_assert_true (parse (&borrowing, &spec, NULL, "peek", FALSE, NULL));
  g_assert_cmpuint (spec.flags, ==, GSOCK_MESSAGE_FLAGS_MORE);
  g_assert_true (parse (&borrowing, &spec, NULL, "peek", FALSE, "peek", TRUE, NULL));
  g_assert_cmpuint (spec.flags, ==, GSOCK_MESSAGE_FLAGS_MORE | GSOCK_MESSAGE_FLAGS_PEEK);
}

static void
check_refused (GError *error, int code, const char *text)
{
  test_assert_message (error, text);
  test_assert_error (error, code);
}

/* Two names of one keyword are one keyword; what came with another call does not count. */
static void
test_twice (void)
{
  static const char *const names[] = { "port", "port", NULL };
  GValue values[] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_assert_false (parse (&borrowing, &spec, &error, "port", 1, "yes", TRUE, "port", 1, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "test: port is given twice");
  g_assert_false (parse (&borrowing, &spec, &error, "host", "a", "remote-host", "b", NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "remote-host is given twice");
  g_assert_true (parse (&borrowing, &spec, &error, "port", 2, NULL));
  g_assert_cmpint (spec.port, ==, 2);

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_value_set_int (g_value_init (&values[i], G_TYPE_INT), 5);
  g_assert_false (gsock_keywords_parse_values (&borrowing, &spec, names, values, 2, &error));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "test: port is given twice");
}

static void
test_checked (void)
{
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_assert_false (parse (&borrowing, &spec, &error, "port", 0, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_OUT_OF_RANGE, "test: port 0 is out of range (1 to 65535)");
  g_assert_false (parse (&borrowing, &spec, &error, "mode", 7, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "test: mode takes one of no, yes, only, not 7");
  g_assert_false (parse (&borrowing, &spec, &error, "timeout", NAN, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "test: timeout is not a number");
  g_assert_false (parse (&borrowing, &spec, &error, "type", G_TYPE_OBJECT, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "derived from GSockActiveSocket, not GObject");
  g_assert_false (parse (&borrowing, &spec, &error, "type", G_TYPE_INVALID, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_INVALID_KEYWORD, "no type");
  g_assert_cmpuint (spec.given, ==, 0);
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_assert_false (parse (&borrowing, &spec, &error, "yes", TRUE, "remote_hots", "x", NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_UNKNOWN_KEYWORD, "test: unknown keyword \"remote_hots\"; near it are remote-host");
  g_assert_true (spec.yes);
  g_assert_false (parse (&borrowing, &spec, &error, "xyzzy", NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_UNKNOWN_KEYWORD, "it takes yes, host, mode, peek, port, type, flags");
  g_assert_false (parse (&empty, &spec, &error, "xyzzy", NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_UNKNOWN_KEYWORD, "nothing: unknown keyword \"xyzzy\"");
  g_assert_true (parse (&empty, &spec, &error, NULL));
}

static GType
other_type (gpointer spec, const char *name)
{
  return g_str_has_prefix (name, "x-") ? G_TYPE_INT : G_TYPE_INVALID;
}

static gboolean
take_other (gpointer spec, const char *name, const GValue *value, GError **error)
{
  ((Spec *) spec)->n_others++;
  ((Spec *) spec)->other = G_VALUE_HOLDS_INT (value) ? g_value_get_int (value) : -1;
  if (((Spec *) spec)->other != 13)
    return TRUE;
  g_set_error (error, GSOCK_ERROR, GSOCK_ERROR_FAILED, "13 is refused");
  return FALSE;
}

static void
other_names (gpointer spec, GPtrArray *names)
{
  g_ptr_array_add (names, (gpointer) "x-ray");
}

/* Names that have no row are what the table makes of them. */
static void
test_others (void)
{
  GSockKeywordTable table = { .operator_name = "test", .rows = rows, .n_rows = G_N_ELEMENTS (rows),
                              .other_type = other_type, .other = take_other, .other_names = other_names };
  static const char *const names[] = { "x-ray", "port", NULL };
  GValue values[] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_assert_true (parse (&table, &spec, &error, "x-ray", 5, "port", 6, NULL));
  g_assert_cmpint (spec.other, ==, 5);
  g_assert_cmpint (spec.port, ==, 6);
  g_value_set_int (g_value_init (&values[0], G_TYPE_INT), 7);
  g_value_set_int (g_value_init (&values[1], G_TYPE_INT), 8);
  g_assert_true (gsock_keywords_parse_values (&table, &spec, names, values, 2, &error));
  g_assert_cmpint (spec.other, ==, 7);
  g_assert_cmpint (spec.port, ==, 8);
  g_assert_cmpuint (spec.n_others, ==, 2);

  g_assert_false (parse (&table, &spec, &error, "x-ray", 13, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_FAILED, "13 is refused");
  g_assert_false (parse (&table, &spec, &error, "xray", 5, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_UNKNOWN_KEYWORD, "unknown keyword \"xray\"; near it are x-ray");
  g_assert_false (parse (&table, &spec, &error, "completely-different", 5, NULL));
  check_refused (g_steal_pointer (&error), GSOCK_ERROR_UNKNOWN_KEYWORD, "unknown keyword \"completely-different\"");
}

/* A property is set as often as it is. */
static void
test_store (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  Spec spec = { 0 };

  g_value_init (&value, G_TYPE_INT);
  for (int port = 1; port < 3; port++)
    {
      g_value_set_int (&value, port);
      g_assert_true (gsock_keyword_store_value (&borrowing, &spec, gsock_keyword_find (&borrowing, "port"), &value, &error));
      g_assert_cmpint (spec.port, ==, port);
    }
  g_value_set_int (&value, 0);
  g_assert_false (gsock_keyword_store_value (&borrowing, &spec, gsock_keyword_find (&borrowing, "port"), &value, &error));
  g_assert_cmpint (spec.port, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/keyword/find", test_find);
  g_test_add_func ("/keyword/names-equal", test_names_equal);
  g_test_add_func ("/keyword/nearest", test_nearest);
  g_test_add_func ("/keyword/arguments", test_arguments);
  g_test_add_func ("/keyword/owned", test_owned);
  g_test_add_func ("/keyword/values", test_values);
  g_test_add_func ("/keyword/counts", test_counts);
  g_test_add_func ("/keyword/no-value", test_no_value);
  g_test_add_func ("/keyword/left-out", test_left_out);
  g_test_add_func ("/keyword/flags", test_flags);
  g_test_add_func ("/keyword/twice", test_twice);
  g_test_add_func ("/keyword/checked", test_checked);
  g_test_add_func ("/keyword/unknown", test_unknown);
  g_test_add_func ("/keyword/others", test_others);
  g_test_add_func ("/keyword/store", test_store);

  return g_test_run ();
}
