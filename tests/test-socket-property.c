/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keywords as properties: which class has which, what they read, and what can be set when. */

#include "testlib.h"
#include "teststage.h"

#include <gsock/gsock-request-private.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static const struct
{
  GSockClassKinds kind;
  GType (*get_type) (void);
} classes[] = {
  { GSOCK_CLASS_ACTIVE, gsock_active_socket_get_type },
  { GSOCK_CLASS_PASSIVE, gsock_passive_socket_get_type },
  { GSOCK_CLASS_DATAGRAM, gsock_datagram_socket_get_type },
  { GSOCK_CLASS_RAW, gsock_raw_socket_get_type },
};

static const GType *
value_types (void)
{
  static GType types[GSOCK_ARGUMENT_TYPE + 1];

  types[GSOCK_ARGUMENT_BOOLEAN] = G_TYPE_BOOLEAN;
  types[GSOCK_ARGUMENT_INT] = types[GSOCK_ARGUMENT_PROTOCOL] = G_TYPE_INT;
  types[GSOCK_ARGUMENT_DOUBLE] = G_TYPE_DOUBLE;
  types[GSOCK_ARGUMENT_STRING] = G_TYPE_STRING;
  types[GSOCK_ARGUMENT_ENUM] = types[GSOCK_ARGUMENT_FAMILY] = G_TYPE_ENUM;
  types[GSOCK_ARGUMENT_ADDRESS] = GSOCK_TYPE_ADDRESS;
  types[GSOCK_ARGUMENT_OBJECT] = G_TYPE_SOCKET_CONNECTABLE;
  types[GSOCK_ARGUMENT_TYPE] = G_TYPE_GTYPE;
  return types;
}

static void
check_property (const GSockKeyword *row, GObjectClass *object_class, gboolean has)
{
  GParamSpec *pspec = g_object_class_find_property (object_class, row->name);

  if (has != (pspec != NULL))
    g_error ("%s: %s is %sa property", G_OBJECT_CLASS_NAME (object_class), row->name, has ? "not " : "");
  if (!has)
    return;
  g_assert_cmpuint (pspec->flags & (G_PARAM_READABLE | G_PARAM_WRITABLE), ==, G_PARAM_READABLE | G_PARAM_WRITABLE);
  g_assert_cmpuint (pspec->flags & (G_PARAM_CONSTRUCT | G_PARAM_CONSTRUCT_ONLY), ==, 0);
  if (!g_type_is_a (pspec->value_type, value_types ()[row->type]))
    g_error ("%s: %s is a %s", G_OBJECT_CLASS_NAME (object_class), row->name, g_type_name (pspec->value_type));
}

/* Each keyword is a property of the classes that have it, but for those that only choose. */
static void
test_keywords (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autoptr (GTypeClass) object_class = g_type_class_ref (classes[i].get_type ());

      for (guint j = 0; j < gsock_make_socket_keywords.n_rows; j++)
        {
          const GSockKeyword *row = &gsock_make_socket_keywords.rows[j];
          gboolean is_property = row->id < GSOCK_N_KEYWORD_PROPERTIES && !g_str_equal (row->name, "type");

          check_property (row, (GObjectClass *) object_class, is_property && (row->kinds & classes[i].kind) != 0);
        }
    }
}

/* And there is no other property but the state. */
static void
test_others (void)
{
  static const char *const states[] = { "open", "bound", "connected", "listening", "file-descriptor", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autoptr (GTypeClass) object_class = g_type_class_ref (classes[i].get_type ());
      guint n_pspecs;
      g_autofree GParamSpec **pspecs = g_object_class_list_properties ((GObjectClass *) object_class, &n_pspecs);

      for (guint j = 0; j < n_pspecs; j++)
        if (g_strv_contains (states, pspecs[j]->name))
          g_assert_cmpuint (pspecs[j]->flags & (G_PARAM_READABLE | G_PARAM_WRITABLE), ==, G_PARAM_READABLE);
        else if (gsock_keyword_find (&gsock_make_socket_keywords, pspecs[j]->name) == NULL)
          g_error ("%s has the property %s", G_OBJECT_CLASS_NAME (object_class), pspecs[j]->name);
    }
}

/* What the languages have on every object: a property of that name would hide it. */
static const char *const names_of_objects[] = {
  /* GObject.Object by introspection */
  "bind-property", "bind-property-full", "compat-control", "connect", "disconnect", "dispose", "emit", "find-property", "force-floating",
  "freeze-notify", "get-data", "get-property", "get-qdata", "getv", "interface-find-property", "interface-install-property",
  "interface-list-properties", "is-floating", "list-properties", "new", "newv", "notify", "notify-by-pspec", "override-property", "ref",
  "ref-count", "ref-sink", "replace-data", "replace-qdata", "run-dispose", "set-data", "set-property", "steal-data", "steal-qdata",
  "thaw-notify", "unref", "watch-closure", "weak-ref", "weak-unref", "g-type-instance", "qdata", "constructed",
  /* PyGObject */
  "chain", "connect-after", "connect-data", "connect-object", "connect-object-after", "disconnect-by-func", "emit-stop-by-name",
  "get-properties", "set-properties", "handler-block", "handler-block-by-func", "handler-disconnect", "handler-is-connected",
  "handler-unblock", "handler-unblock-by-func", "install-properties", "install-property", "props", "stop-emission",
  "stop-emission-by-name",
  /* gjs */
  "signal-connect", "signal-handler-find", "signal-handlers-block-matched", "signal-handlers-disconnect-matched", "set", "constructor",
  "prototype", "to-string", "value-of", "init", "block-signal-handler", "unblock-signal-handler",
  /* lgi and Ruby */
  "on", "on-notify", "class", "object-id", "send", "method", "methods", "display", "freeze", "dup", "clone", "hash", "inspect", "tap",
  "then", "extend", "gtype", "signal-emit", "signal-handler-block", "signal-handler-disconnect", "type-name", "unref-object", "destroy",
};

static void
test_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autoptr (GTypeClass) object_class = g_type_class_ref (classes[i].get_type ());

      for (gsize j = 0; j < G_N_ELEMENTS (names_of_objects); j++)
        if (g_object_class_find_property ((GObjectClass *) object_class, names_of_objects[j]) != NULL)
          g_error ("%s: the property %s hides what every object has", G_OBJECT_CLASS_NAME (object_class), names_of_objects[j]);
    }
}

/* Every property can be read in every state, and nothing is said of it. */
static void
read_all (GSockSocket *socket)
{
  guint n_pspecs;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (socket), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (socket), pspecs[i]->name, g_value_init (&value, pspecs[i]->value_type));
    }
}

static void
test_readable (void)
{
  static const char *const kinds[] = {
    "closed", "closed-listener", "listener", "local-datagram", "pair-stream", "passive", "tcp", "udp-connected", "udp-unbound",
    "uninitialised", "uninitialised-listener",
  };
  TestStage stage;

  test_stage_open (&stage);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GSockSocket *socket = test_stage_make (&stage, kinds[i]);

      read_all (socket);
      g_assert_finalize_object (socket);
    }
  test_stage_close (&stage);
}

/* Before init a property reads what it was set to; afterwards, what has come of it. */
static void
test_before_and_after (void)
{
  GSockSocket *socket = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, "local-host", "127.0.0.1", "local-port", 0, "timeout", 2.5, "backlog", 9,
                                      "keepalive", TRUE, "address-family", GSOCK_ADDRESS_FAMILY_INTERNET, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GSockAddress) no_address = NULL, address = NULL;
  int port = -1, family = -1, backlog = 0;
  double timeout = 0;
  gboolean keepalive = FALSE, open = TRUE;

  g_object_get (socket, "local-host", &before, "local-port", &port, "timeout", &timeout, "backlog", &backlog, "keepalive", &keepalive,
                "open", &open, "local-address", &no_address, NULL);
  g_assert_cmpstr (before, ==, "127.0.0.1");
  g_assert_cmpint (port, ==, 0);
  g_assert_cmpint (backlog, ==, 9);
  g_assert_cmpfloat (timeout, ==, 2.5);
  g_assert_true (keepalive);
  g_assert_false (open);
  g_assert_null (no_address);

  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  keepalive = FALSE;
  g_object_get (socket, "local-host", &after, "local-port", &port, "address-family", &family, "timeout", &timeout, "backlog", &backlog,
                "keepalive", &keepalive, "open", &open, "local-address", &address, NULL);
  g_assert_cmpstr (after, ==, "127.0.0.1");
  g_assert_cmpint (port, >, 0);
  g_assert_cmpint (family, ==, GSOCK_ADDRESS_FAMILY_IPV4);
  g_assert_cmpint (backlog, ==, 9);
  g_assert_cmpfloat (timeout, ==, 2.5);
  g_assert_true (keepalive);
  g_assert_true (open);
  g_assert_cmpuint (gsock_address_get_port (address), ==, port);
  g_assert_finalize_object (socket);
}

/* A property that is set back to nothing is as one that was never set. */
static void
test_unset (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("192.0.2.1", 0, NULL);
  g_autoptr (GObject) connectable = G_OBJECT (g_network_address_new ("a", 1));
  GSockSocket *socket = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, "local-host", "192.0.2.1", "remote-connectable", connectable,
                                      "remote-address", address, NULL);
  g_autofree char *host = NULL;

  g_object_set (socket, "local-host", NULL, "remote-connectable", NULL, "remote-address", NULL, NULL);
  g_object_get (socket, "local-host", &host, NULL);
  g_assert_null (host);
  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  g_assert_no_error (error);
  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_finalize_object (socket);
}

/* Each class has a type of socket before it is initialised, too. */
static void
test_socket_type (void)
{
  const int types[] = { GSOCK_SOCKET_TYPE_STREAM, GSOCK_SOCKET_TYPE_STREAM, GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_SOCKET_TYPE_RAW };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autoptr (GSockSocket) socket = g_object_new (classes[i].get_type (), NULL);
      int type = 0;

      g_object_get (socket, "socket-type", &type, NULL);
      g_assert_cmpint (type, ==, types[i]);
    }
}

static void
test_live_names (void)
{
  TestStage stage;
  g_autoptr (GSockSocket) socket = NULL;
  g_autofree char *local = NULL, *remote = NULL;
  g_autoptr (GSockAddress) address = NULL;
  int local_port = 0, remote_port = 0, protocol = -1, type = 0, ipv6 = -1;

  test_stage_open (&stage);
  socket = test_stage_make (&stage, "tcp");
  g_object_get (socket, "local-host", &local, "remote-host", &remote, "local-port", &local_port, "remote-port", &remote_port,
                "remote-address", &address, "protocol", &protocol, "socket-type", &type, "ipv6", &ipv6, NULL);
  g_assert_cmpstr (local, ==, "127.0.0.1");
  g_assert_cmpstr (remote, ==, "127.0.0.1");
  g_assert_cmpint (remote_port, ==, test_stage_port (&stage, "port"));
  g_assert_cmpint (local_port, ==, gsock_socket_get_local_port (socket));
  g_assert_cmpuint (gsock_address_get_port (address), ==, remote_port);
  g_assert_cmpint (type, ==, GSOCK_SOCKET_TYPE_STREAM);
  g_assert_cmpint (protocol, >=, 0);
  g_assert_cmpint (ipv6, ==, GSOCK_IPV6_MODE_YES);
  test_stage_close (&stage);
}

static void
test_live_properties (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) stream = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  g_autoptr (GSockSocket) datagram = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  gboolean broadcast = FALSE;
  char buffer;

  for (int value = 1; value >= 0; value--)
    {
      g_object_set (stream, "keepalive", value, "nodelay", value, "reuse-address", value, NULL);
      g_assert_cmpint (test_native_int (stream, SOL_SOCKET, SO_KEEPALIVE), ==, value);
      g_assert_cmpint (test_native_int (stream, IPPROTO_TCP, TCP_NODELAY), ==, value);
      g_assert_cmpint (test_native_int (stream, SOL_SOCKET, SO_REUSEADDR), ==, value);
    }
  g_object_set (datagram, "broadcast", TRUE, "timeout", 0.01, NULL);
  g_assert_cmpint (test_native_int (datagram, SOL_SOCKET, SO_BROADCAST), ==, 1);
  g_object_get (datagram, "broadcast", &broadcast, NULL);
  g_assert_true (broadcast);
  g_assert_cmpfloat (gsock_socket_get_timeout (datagram), ==, 0.01);
  g_assert_cmpint (gsock_socket_receive_from (datagram, &buffer, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
}

/* The others say that it is too late, and change nothing. */
static void
test_late_properties (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  int port = gsock_socket_get_local_port (socket);

  g_test_expect_message ("GSock", G_LOG_LEVEL_WARNING, "*\"local-port\"*GSockDatagramSocket*construction*");
  g_object_set (socket, "local-port", 5, NULL);
  g_test_expect_message ("GSock", G_LOG_LEVEL_WARNING, "*\"remote-host\"*construction*");
  g_object_set (socket, "remote-host", "127.0.0.1", NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpint (gsock_socket_get_local_port (socket), ==, port);
  g_assert_true (gsock_socket_close (socket, FALSE, NULL));
  g_test_expect_message ("GSock", G_LOG_LEVEL_WARNING, "*closed*");
  g_object_set (socket, "broadcast", TRUE, NULL);
  g_test_assert_expected_messages ();
}

/* Of several things that are wrong the first is told, by init and not before. */
static void
test_wrong_before (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, "local-port", -7, "file-mode", 5000, NULL);

  g_object_set (socket, "local-port", 0, NULL);
  g_assert_false (g_initable_init (G_INITABLE (socket), NULL, &error));
  test_assert_message (error, "local-port -7");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  g_assert_finalize_object (socket);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket-property/keywords", test_keywords);
  g_test_add_func ("/socket-property/others", test_others);
  g_test_add_func ("/socket-property/names", test_names);
  g_test_add_func ("/socket-property/readable", test_readable);
  g_test_add_func ("/socket-property/before-and-after", test_before_and_after);
  g_test_add_func ("/socket-property/unset", test_unset);
  g_test_add_func ("/socket-property/socket-type", test_socket_type);
  g_test_add_func ("/socket-property/live-names", test_live_names);
  g_test_add_func ("/socket-property/live", test_live_properties);
  g_test_add_func ("/socket-property/late", test_late_properties);
  g_test_add_func ("/socket-property/wrong-before", test_wrong_before);

  return g_test_run ();
}
