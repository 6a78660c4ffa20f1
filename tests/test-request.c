/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What make-socket is asked for: the table, the defaults, and which keywords go together. */

#include "testlib.h"

#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-request-private.h>

#include <string.h>
#include <sys/socket.h>

static const GSockKeyword *
row_of (const char *name)
{
  const GSockKeyword *row = gsock_keyword_find (&gsock_make_socket_keywords, name);

  if (row == NULL)
    g_error ("there is no keyword %s", name);
  return row;
}

static void
test_table (void)
{
  const GSockKeywordTable *table = &gsock_make_socket_keywords;
  guint64 seen = 0;

  for (guint i = 0; i < table->n_rows; i++)
    {
      const GSockKeyword *row = &table->rows[i];

      if (i > 0 && (strlen (row[-1].name) > strlen (row->name)
                    || (strlen (row[-1].name) == strlen (row->name) && strcmp (row[-1].name, row->name) >= 0)))
        g_error ("%s stands before %s", row[-1].name, row->name);
      g_assert_cmpuint (row->id, <, GSOCK_N_KEYWORDS);
      g_assert_cmpuint (row->kinds, !=, 0);
      g_assert_cmpuint (row->kinds & ~GSOCK_CLASS_ANY, ==, 0);
      g_assert_cmpuint (row->offset, >=, sizeof (GSockSpec));
      g_assert_true (row->type != GSOCK_ARGUMENT_INT || row->maximum > row->minimum);
      seen |= G_GUINT64_CONSTANT (1) << row->id;
    }
  g_assert_cmpuint (seen, ==, (G_GUINT64_CONSTANT (1) << GSOCK_N_KEYWORDS) - 1);
}

/* Keywords are known by one name where there are two. */
static void
test_row (void)
{
  for (guint id = 0; id < GSOCK_N_KEYWORDS; id++)
    g_assert_cmpuint (gsock_request_row (id)->id, ==, id);
  g_assert_cmpstr (gsock_request_row (GSOCK_KEYWORD_SOCKET_TYPE)->name, ==, "socket-type");
  g_assert_null (gsock_request_row (GSOCK_N_KEYWORDS));
}

static void
test_defaults (void)
{
  g_auto (GSockRequest) request;

  gsock_request_init (&request);
  g_assert_cmpuint (request.given, ==, 0);
  g_assert_cmpint (request.address_family, ==, GSOCK_ADDRESS_FAMILY_INTERNET);
  g_assert_cmpint (request.type, ==, GSOCK_SOCKET_TYPE_STREAM);
  g_assert_cmpint (request.role, ==, GSOCK_ROLE_ACTIVE);
  g_assert_cmpint (request.protocol, ==, 0);
  g_assert_cmpint (request.ipv6, ==, GSOCK_IPV6_MODE_YES);
  g_assert_cmpint (request.backlog, ==, SOMAXCONN);
  g_assert_cmpint (request.input_buffer_size, ==, 8192);
  g_assert_cmpint (request.output_buffer_size, ==, 8192);
  g_assert_true (request.unlink_on_close);
  g_assert_true (request.wait);
  g_assert_cmpfloat (request.timeout, ==, -1);
  g_assert_false (request.replace_stale);
  g_assert_false (request.broadcast);
  g_assert_cmpuint (request.active_type, ==, GSOCK_TYPE_ACTIVE_SOCKET);
}

static void
test_process_defaults (void)
{
  g_auto (GSockRequest) request;

  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_NO);
  gsock_set_default_backlog (3);
  gsock_request_init (&request);
  g_assert_cmpint (request.ipv6, ==, GSOCK_IPV6_MODE_NO);
  g_assert_cmpint (request.backlog, ==, 3);
  gsock_set_default_ipv6_mode (GSOCK_IPV6_MODE_YES);
  gsock_set_default_backlog (SOMAXCONN);
}

/* Each alias is the option that it names, by the same numbers. */
static void
test_aliases (void)
{
  for (guint i = 0; i < gsock_n_keyword_aliases; i++)
    {
      const GSockKeywordAlias *alias = &gsock_keyword_aliases[i];
      const GSockOption *option = gsock_option_find (alias->option);

      g_assert_nonnull (option);
      g_assert_cmpstr (option->name, ==, alias->option);
      g_assert_cmpint (option->level, ==, alias->level);
      g_assert_cmpint (option->number, ==, alias->number);
      g_assert_cmpint (option->type, ==, GSOCK_OPTION_BOOL);
      g_assert_cmpint (gsock_request_row (alias->id)->type, ==, GSOCK_ARGUMENT_BOOLEAN);
      g_assert_cmpuint (gsock_request_row (alias->id)->offset, ==, alias->offset);
    }
}

/* Something that the keyword takes. */
static void
fill (const GSockKeyword *row, GValue *value)
{
  if (row->type == GSOCK_ARGUMENT_STRING)
    g_value_set_string (g_value_init (value, G_TYPE_STRING), row->id == GSOCK_KEYWORD_EXTERNAL_FORMAT ? "utf-8" : "x");
  else if (row->type == GSOCK_ARGUMENT_ADDRESS)
    g_value_set_string (g_value_init (value, G_TYPE_STRING), "127.0.0.1:5");
  else if (row->type == GSOCK_ARGUMENT_OBJECT)
    g_value_take_object (g_value_init (value, G_TYPE_OBJECT), g_network_address_new ("a", 1));
  else if (row->type == GSOCK_ARGUMENT_TYPE)
    g_value_set_gtype (g_value_init (value, G_TYPE_GTYPE), GSOCK_TYPE_ACTIVE_SOCKET);
  else if (row->type == GSOCK_ARGUMENT_DOUBLE)
    g_value_set_double (g_value_init (value, G_TYPE_DOUBLE), 1.5);
  else if (row->type == GSOCK_ARGUMENT_BOOLEAN)
    g_value_set_boolean (g_value_init (value, G_TYPE_BOOLEAN), TRUE);
  else
    g_value_set_int (g_value_init (value, G_TYPE_INT), 1);
}

static void
give (GSockRequest *request, const char *name)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  fill (row_of (name), &value);
  g_assert_true (gsock_keyword_store_value (&gsock_make_socket_keywords, request, row_of (name), &value, &error));
  g_assert_no_error (error);
}

static GType
type_for_kinds (guint wanted)
{
  const GType types[] = { GSOCK_TYPE_ACTIVE_SOCKET, GSOCK_TYPE_PASSIVE_SOCKET, GSOCK_TYPE_DATAGRAM_SOCKET, GSOCK_TYPE_RAW_SOCKET };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if ((wanted & 1u << i) != 0)
      return types[i];
  g_assert_not_reached ();
}

/* Recorded and read back, as the properties are. */
static void
test_get_value (void)
{
  g_auto (GSockRequest) request;

  gsock_request_init (&request);
  for (guint id = 0; id < GSOCK_N_KEYWORD_PROPERTIES; id++)
    {
      const GSockKeyword *row = gsock_request_row (id);
      g_autoptr (GTypeClass) klass = g_type_class_ref (type_for_kinds (row->kinds));
      GParamSpec *pspec = g_object_class_find_property ((GObjectClass *) klass, row->name);
      g_auto (GValue) given = G_VALUE_INIT, read = G_VALUE_INIT, wanted = G_VALUE_INIT;
      g_autofree char *read_text = NULL, *wanted_text = NULL;

      g_assert_nonnull (pspec);
      give (&request, row->name);
      g_value_init (&read, pspec->value_type);
      gsock_request_get_value (&request, id, &read);
      if (row->type == GSOCK_ARGUMENT_ADDRESS || row->type == GSOCK_ARGUMENT_OBJECT)
        {
          g_assert_nonnull (g_value_peek_pointer (&read));
          continue;
        }
      fill (row, &given);
      g_value_init (&wanted, pspec->value_type);
      g_assert_true (g_value_transform (&given, &wanted));
      read_text = g_strdup_value_contents (&read);
      wanted_text = g_strdup_value_contents (&wanted);
      g_assert_cmpstr (read_text, ==, wanted_text);
    }
}

static const struct
{
  GSockClassKinds kind;
  int type, role;
} kinds[] = {
  { GSOCK_CLASS_ACTIVE, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_ACTIVE },
  { GSOCK_CLASS_PASSIVE, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_PASSIVE },
  { GSOCK_CLASS_DATAGRAM, GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_ROLE_ACTIVE },
  { GSOCK_CLASS_RAW, GSOCK_SOCKET_TYPE_RAW, GSOCK_ROLE_ACTIVE },
};

static void
start (GSockRequest *request, gsize kind, int family)
{
  gsock_request_init (request);
  request->kind = kinds[kind].kind;
  request->type = kinds[kind].type;
  request->role = kinds[kind].role;
  request->address_family = family;
  request->given = G_GUINT64_CONSTANT (1) << GSOCK_KEYWORD_ADDRESS_FAMILY;
}

/* A keyword is refused by every class that has it not, in words that name both. */
static void
test_kinds (void)
{
  for (guint i = 0; i < gsock_make_socket_keywords.n_rows; i++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      {
        const GSockKeyword *row = &gsock_make_socket_keywords.rows[i];
        g_auto (GSockRequest) request;
        g_autoptr (GError) error = NULL;

        start (&request, kind, GSOCK_ADDRESS_FAMILY_INTERNET);
        if ((row->kinds & kinds[kind].kind) != 0)
          continue;
        give (&request, row->name);
        g_assert_false (gsock_request_check (&request, &error));
        test_assert_message (error, row->name);
        test_assert_message (error, "sockets, and this one is");
        test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
      }
}

/* Which classes and which families have a keyword: any, ipv4, ipv6, internet, local, netlink. */
static const struct
{
  const char *name, *kinds, *families;
} contract[] = {
  { "address-family", "any", "any" },
  { "type", "any", "any" },
  { "connect", "any", "any" }, /* make-socket itself refuses it where there is no choice */
  { "protocol", "any", "any" },
  { "wait", "any", "any" },
  { "timeout", "any", "any" },
  { "ipv6", "any", "internet" },
  { "family-host", "datagram", "internet" },
  { "family-port", "datagram", "internet" },
  { "local-host", "any", "internet" },
  { "local-port", "any", "internet netlink" },
  { "local-service", "any", "internet" },
  { "remote-host", "active datagram raw", "internet" },
  { "remote-port", "active datagram raw", "internet" },
  { "remote-service", "active datagram raw", "internet" },
  { "local-filename", "any", "local" },
  { "remote-filename", "active datagram raw", "local" },
  { "local-address", "any", "internet" }, /* of family IPv4 here */
  { "remote-address", "active datagram raw", "internet" },
  { "remote-connectable", "active", "any" },
  { "scope-id", "any", "ipv6" },
  { "flow-info", "any", "ipv6" },
  { "reuse-address", "any", "internet" },
  { "reuse-port", "any", "internet" },
  { "keepalive", "active passive", "internet" },
  { "nodelay", "active passive", "internet" },
  { "interface", "any", "internet" },
  { "broadcast", "datagram", "internet" },
  { "backlog", "passive", "any" },
  { "external-format", "active passive", "any" },
  { "input-buffer-size", "active passive", "any" },
  { "output-buffer-size", "active passive", "any" },
  { "include-headers", "raw", "internet" },
  { "multicast-groups", "raw", "netlink" },
  { "file-mode", "any", "local" },
  { "unlink-on-close", "any", "local" },
  { "replace-stale", "passive", "local" },
  { "active-type", "passive", "any" },
};

static const char *const kind_names[] = { "active", "passive", "datagram", "raw" };

static gboolean
names_it (const char *list, const char *name)
{
  return g_str_equal (list, "any") || strstr (list, name) != NULL;
}

/* An IPv4 address is refused by a socket of family IPv6 only when it is used. */
static gboolean
has_family (gsize row, int family)
{
  const char *families = contract[row].families;

  if (family == GSOCK_ADDRESS_FAMILY_INTERNET || family == GSOCK_ADDRESS_FAMILY_IPV6)
    return names_it (families, "internet") || g_str_equal (families, "ipv6");
  if (family == GSOCK_ADDRESS_FAMILY_IPV4)
    return names_it (families, "internet");
  if (family == GSOCK_ADDRESS_FAMILY_LOCAL || family == GSOCK_ADDRESS_FAMILY_NETLINK)
    return names_it (families, family == GSOCK_ADDRESS_FAMILY_LOCAL ? "local" : "netlink");
  return g_str_equal (families, "any");
}

static void
check_one (gsize row, gsize kind, int family)
{
  g_auto (GSockRequest) request;
  g_autoptr (GError) error = NULL;
  gboolean wanted = names_it (contract[row].kinds, kind_names[kind]) && has_family (row, family);

  start (&request, kind, family);
  give (&request, contract[row].name);
  if (g_str_equal (contract[row].name, "address-family") || g_str_equal (contract[row].name, "type"))
    return;
  if (g_str_equal (contract[row].name, "remote-host"))
    give (&request, "remote-port");
  else if (g_str_equal (contract[row].name, "remote-port") || g_str_equal (contract[row].name, "remote-service"))
    give (&request, "remote-host");
  if (gsock_request_check (&request, &error) != wanted)
    g_error ("%s on a %s socket of family %d: %s", contract[row].name, kind_names[kind], family, error != NULL ? error->message : "taken");
  if (!wanted)
    test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

/* Every keyword with every class and every family. */
static void
test_contract (void)
{
  const int families[] = {
    GSOCK_ADDRESS_FAMILY_INTERNET, GSOCK_ADDRESS_FAMILY_IPV4,  GSOCK_ADDRESS_FAMILY_IPV6, GSOCK_ADDRESS_FAMILY_LOCAL,
    GSOCK_ADDRESS_FAMILY_NETLINK,  GSOCK_ADDRESS_FAMILY_PACKET, GSOCK_ADDRESS_FAMILY_VSOCK, 29,
  };

  for (gsize row = 0; row < G_N_ELEMENTS (contract); row++)
    for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
      for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
        check_one (row, kind, families[i]);
  g_assert_cmpuint (G_N_ELEMENTS (contract) + 1, ==, gsock_make_socket_keywords.n_rows); /* socket-type is the other */
}

/* Two ways of saying one thing, whichever comes first. */
static void
test_contradictions (void)
{
  static const struct
  {
    const char *one, *other;
  } cases[] = {
    { "local-address", "local-host" },       { "local-address", "local-port" },        { "local-address", "local-service" },
    { "local-port", "local-service" },       { "remote-address", "remote-host" },      { "remote-address", "remote-port" },
    { "remote-address", "remote-service" },  { "remote-address", "remote-connectable" }, { "remote-connectable", "remote-host" },
    { "remote-connectable", "remote-port" }, { "remote-connectable", "remote-service" }, { "remote-port", "remote-service" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int turn = 0; turn < 2; turn++)
      {
        g_auto (GSockRequest) request;
        g_autoptr (GError) error = NULL;

        start (&request, 0, GSOCK_ADDRESS_FAMILY_INTERNET);
        give (&request, turn == 0 ? cases[i].one : cases[i].other);
        give (&request, turn == 0 ? cases[i].other : cases[i].one);
        g_assert_false (gsock_request_check (&request, &error));
        test_assert_message (error, cases[i].one);
        test_assert_message (error, cases[i].other);
        test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
      }
}

static void
infer (const char *keyword, const char *address, int family)
{
  g_auto (GSockRequest) request;
  g_auto (GValue) value = G_VALUE_INIT;

  gsock_request_init (&request);
  g_value_set_string (g_value_init (&value, G_TYPE_STRING), address);
  g_assert_true (gsock_keyword_store_value (&gsock_make_socket_keywords, &request, row_of (keyword), &value, NULL));
  g_assert_true (gsock_request_infer_family (&request, NULL));
  g_assert_cmpint (request.address_family, ==, family);
}

static void
test_infer_family (void)
{
  infer ("local-filename", "/x", GSOCK_ADDRESS_FAMILY_LOCAL);
  infer ("remote-filename", "@x", GSOCK_ADDRESS_FAMILY_LOCAL);
  infer ("local-address", "/x", GSOCK_ADDRESS_FAMILY_LOCAL);
  infer ("remote-address", "netlink:5", GSOCK_ADDRESS_FAMILY_NETLINK);
  infer ("remote-address", "127.0.0.1:5", GSOCK_ADDRESS_FAMILY_INTERNET);
  infer ("local-host", "127.0.0.1", GSOCK_ADDRESS_FAMILY_INTERNET);
}

/* What a setter met, check_type tells; clear frees what nobody asked for. */
static void
test_clear (void)
{
  static const char *const option_names[] = { "tcp-congestion", NULL };
  GValue value = G_VALUE_INIT;
  GSockRequest request;
  GObject *connectable = G_OBJECT (g_network_address_new ("a", 1));

  gsock_request_init (&request);
  g_value_set_string (g_value_init (&value, G_TYPE_STRING), "reno");
  g_assert_true (gsock_keywords_parse_values (&gsock_make_socket_keywords, &request, option_names, &value, 1, NULL));
  g_assert_cmpuint (request.options->len, ==, 1);
  g_value_unset (&value);
  give (&request, "local-host");
  g_value_set_object (g_value_init (&value, G_TYPE_OBJECT), connectable);
  g_assert_true (gsock_keyword_store_value (&gsock_make_socket_keywords, &request, row_of ("remote-connectable"), &value, NULL));
  g_value_unset (&value);
  request.refused = g_error_new_literal (GSOCK_ERROR, GSOCK_ERROR_FAILED, "x");
  gsock_request_clear (&request);
  g_assert_null (request.options);
  g_assert_null (request.local_host);
  g_assert_null (request.refused);
  test_assert_finalize_object (connectable);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/request/table", test_table);
  g_test_add_func ("/request/row", test_row);
  g_test_add_func ("/request/defaults", test_defaults);
  g_test_add_func ("/request/process-defaults", test_process_defaults);
  g_test_add_func ("/request/aliases", test_aliases);
  g_test_add_func ("/request/get-value", test_get_value);
  g_test_add_func ("/request/kinds", test_kinds);
  g_test_add_func ("/request/contract", test_contract);
  g_test_add_func ("/request/contradictions", test_contradictions);
  g_test_add_func ("/request/infer-family", test_infer_family);
  g_test_add_func ("/request/clear", test_clear);

  return g_test_run ();
}
