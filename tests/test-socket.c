/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of all sockets: objects that are not initialised or not open any more, operators that a
 * class specialises, and its own properties as keywords. */

#include "testlib.h"
#include "testspecial.h"
#include "teststage.h"

#include <gsock/gsock-socket-private.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const char byte = 'x';
static char room[8];

static gboolean
call_local_address (GSockSocket *socket, GError **error)
{
  return gsock_socket_get_local_address (socket, error) != NULL;
}

static gboolean
call_remote_address (GSockSocket *socket, GError **error)
{
  return gsock_socket_get_remote_address (socket, error) != NULL;
}

static gboolean
call_copy_local_address (GSockSocket *socket, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_local_address (socket, &address, error);
}

static gboolean
call_copy_remote_address (GSockSocket *socket, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_remote_address (socket, &address, error);
}

static gboolean
call_file_descriptor (GSockSocket *socket, GError **error)
{
  return gsock_socket_get_file_descriptor (socket, error) >= 0;
}

static gboolean
call_bind (GSockSocket *socket, GError **error)
{
  return gsock_socket_bind_address (socket, NULL, NULL, error, "local-port", 0, NULL);
}

static gboolean
call_bind_direct (GSockSocket *socket, GError **error)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 0, NULL);

  return gsock_socket_bind_address_direct (socket, address, error);
}

static gboolean
call_connect (GSockSocket *socket, GError **error)
{
  return gsock_socket_connect (socket, NULL, NULL, error, "remote-host", "127.0.0.1", "remote-port", 9, NULL);
}

static gboolean
call_connect_direct (GSockSocket *socket, GError **error)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 9, NULL);

  return gsock_socket_connect_direct (socket, address, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, error);
}

static gboolean
call_finish_connect (GSockSocket *socket, GError **error)
{
  return gsock_socket_finish_connect (socket, FALSE, GSOCK_TIMEOUT_DEFAULT, NULL, error);
}

static gboolean
call_shutdown (GSockSocket *socket, GError **error)
{
  return gsock_socket_shutdown (socket, TRUE, TRUE, error);
}

static gboolean
call_send (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_to (socket, &byte, 1, NULL, error, NULL) >= 0;
}

static gboolean
call_send_to_host (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_to (socket, &byte, 1, NULL, error, "remote-host", "127.0.0.1", "remote-port", 9, NULL) >= 0;
}

static gboolean
call_send_direct (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_to_direct (socket, (const guint8 *) &byte, 1, NULL, 0, TRUE, -1, NULL, error) >= 0;
}

static gboolean
call_send_bytes (GSockSocket *socket, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (&byte, 1);

  return gsock_socket_send_bytes (socket, bytes, NULL, 0, TRUE, -1, NULL, error) >= 0;
}

static gboolean
call_receive (GSockSocket *socket, GError **error)
{
  return gsock_socket_receive_from (socket, room, sizeof room, NULL, NULL, error, NULL) >= 0;
}

static gboolean
call_receive_values (GSockSocket *socket, GError **error)
{
  gsize length;

  return gsock_socket_receive_from_with_keywords (socket, 8, NULL, NULL, 0, &length, NULL, NULL, NULL, NULL, error) != NULL;
}

static gboolean
call_receive_direct (GSockSocket *socket, GError **error)
{
  return gsock_socket_receive_from_direct (socket, room, sizeof room, 0, TRUE, -1, NULL, NULL, error) >= 0;
}

static gboolean
call_receive_bytes (GSockSocket *socket, GError **error)
{
  return gsock_socket_receive_bytes (socket, 8, 0, TRUE, -1, NULL, NULL, NULL, NULL, error) != NULL;
}

static gboolean
call_wait_for (GSockSocket *socket, GError **error)
{
  return gsock_socket_wait_for (socket, G_IO_IN, -1, NULL, error) != 0;
}

static gboolean
call_wait_for_any (GSockSocket *socket, GError **error)
{
  const guint condition = G_IO_IN;

  return gsock_wait_for_any (&socket, 1, &condition, 1, -1, NULL, error) != NULL;
}

static gboolean
call_set_option (GSockSocket *socket, GError **error)
{
  return gsock_socket_set_option (socket, "keep-alive", g_variant_new_boolean (TRUE), error);
}

static gboolean
call_get_option (GSockSocket *socket, GError **error)
{
  return gsock_socket_get_option (socket, "keep-alive", error) != NULL;
}

static gboolean
call_set_option_int (GSockSocket *socket, GError **error)
{
  return gsock_socket_set_option_int (socket, SOL_SOCKET, SO_KEEPALIVE, 1, error);
}

static gboolean
call_get_option_int (GSockSocket *socket, GError **error)
{
  int value;

  return gsock_socket_get_option_int (socket, SOL_SOCKET, SO_KEEPALIVE, &value, error);
}

static gboolean
call_listen (GSockSocket *socket, GError **error)
{
  return !GSOCK_IS_PASSIVE_SOCKET (socket) ? call_receive (socket, error)
                                           : gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), error, NULL);
}

static gboolean
call_accept (GSockSocket *socket, GError **error)
{
  return !GSOCK_IS_PASSIVE_SOCKET (socket)
             ? call_receive (socket, error)
             : gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (socket), NULL, error, NULL) != NULL;
}

static gboolean
call_disconnect (GSockSocket *socket, GError **error)
{
  return !GSOCK_IS_DATAGRAM_SOCKET (socket) ? call_receive (socket, error)
                                            : gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), error);
}

static gboolean
call_send_descriptor (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_file_descriptor_direct (socket, 0, NULL, TRUE, -1, NULL, error);
}

static gboolean
call_receive_descriptor (GSockSocket *socket, GError **error)
{
  return gsock_socket_receive_file_descriptor_direct (socket, TRUE, -1, NULL, error) >= 0;
}

static const struct
{
  const char *name;
  gboolean (*call) (GSockSocket *socket, GError **error);
  gboolean not_on_passive; /* which refuses it for what it is */
} calls[] = {
  { "local-address", call_local_address },
  { "remote-address", call_remote_address },
  { "copy-local-address", call_copy_local_address },
  { "copy-remote-address", call_copy_remote_address },
  { "file-descriptor", call_file_descriptor },
  { "bind-address", call_bind },
  { "bind-address-direct", call_bind_direct },
  { "connect", call_connect, TRUE },
  { "connect-direct", call_connect_direct, TRUE },
  { "finish-connect", call_finish_connect },
  { "shutdown", call_shutdown },
  { "send-to", call_send },
  { "send-to-host", call_send_to_host },
  { "send-to-direct", call_send_direct },
  { "send-bytes", call_send_bytes },
  { "receive-from", call_receive },
  { "receive-from-values", call_receive_values },
  { "receive-from-direct", call_receive_direct },
  { "receive-bytes", call_receive_bytes },
  { "wait-for", call_wait_for },
  { "wait-for-any", call_wait_for_any },
  { "set-option", call_set_option },
  { "get-option", call_get_option },
  { "set-option-int", call_set_option_int },
  { "get-option-int", call_get_option_int },
  { "listen-on", call_listen },
  { "accept-connection", call_accept },
  { "disconnect", call_disconnect },
  { "send-file-descriptor", call_send_descriptor },
  { "receive-file-descriptor", call_receive_descriptor },
};

static void
check_calls (GSockSocket *socket, int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GError) error = NULL;

      if (calls[i].not_on_passive && GSOCK_IS_PASSIVE_SOCKET (socket))
        continue;
      if (calls[i].call (socket, &error) || !g_error_matches (error, GSOCK_ERROR, code))
        g_error ("%s on a %s: %s", calls[i].name, G_OBJECT_TYPE_NAME (socket), error != NULL ? error->message : "done");
    }
}

static const struct
{
  GType (*get_type) (void);
  GSockSocketType type;
  GSockRole role;
} classes[] = {
  { gsock_active_socket_get_type, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_ACTIVE },
  { gsock_passive_socket_get_type, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_PASSIVE },
  { gsock_datagram_socket_get_type, GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_ROLE_ACTIVE },
};

/* Every operator says that the object was never initialised, and then, that it is closed. */
static void
test_uninitialised (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      GSockSocket *socket = g_object_new (classes[i].get_type (), NULL);

      check_calls (socket, GSOCK_ERROR_NOT_INITIALIZED);
      g_assert_false (gsock_socket_is_open (socket));
      g_assert_true (gsock_socket_close (socket, FALSE, NULL));
      check_calls (socket, GSOCK_ERROR_CLOSED);
      g_assert_finalize_object (socket);
    }
}

static void
test_closed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      GSockSocket *socket = g_initable_new (classes[i].get_type (), NULL, NULL, "local-host", "127.0.0.1", NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (gsock_socket_is_open (socket));
      g_assert_true (gsock_socket_close (socket, TRUE, &error));
      check_calls (socket, GSOCK_ERROR_CLOSED);
      g_assert_true (gsock_socket_close (socket, FALSE, &error));
      g_assert_no_error (error);
      g_assert_false (g_initable_init (G_INITABLE (socket), NULL, &error));
      test_assert_error (error, GSOCK_ERROR_CLOSED);
      g_assert_finalize_object (socket);
    }
}

static TestSpecial *
make_special (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_instance (TEST_TYPE_SPECIAL, NULL, &error, "local-host", "127.0.0.1", NULL);

  g_assert_no_error (error);
  return TEST_SPECIAL (socket);
}

/* Whichever form of an operator is called, the class's method is what runs. */
static void
test_methods (void)
{
  TestSpecial *special = make_special ();
  GSockSocket *socket = GSOCK_SOCKET (special);
  g_autoptr (GSockAddress) self = gsock_socket_get_local_address (socket, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5), got = NULL;
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = NULL;
  GSockReceived received;
  gsize length = 0, full_length = 0;
  char buffer[16] = "";

  g_assert_cmpint (gsock_socket_send_to (socket, "hello", 5, NULL, &error, "remote-address", self, NULL), ==, 5);
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) "hello", 5, self, 0, TRUE, -1, NULL, &error), ==, 5);
  g_assert_cmpint (gsock_socket_send_bytes (socket, bytes, self, 0, TRUE, -1, NULL, &error), ==, 5);
  g_assert_cmpint (gsock_socket_send_to_with_keywords (socket, NULL, 0, NULL, NULL, 0, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_cmpuint (special->n_sent, ==, 4);

  g_assert_cmpint (gsock_socket_receive_from (socket, buffer, 3, &received, NULL, &error, NULL), ==, 3);
  g_assert_cmpstr (buffer, ==, "hel");
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, 5);
  g_assert_true (gsock_address_equal (&received.sender, self));
  data = gsock_socket_receive_from_with_keywords (socket, 16, NULL, NULL, 0, &length, &sender, NULL, &full_length, NULL, &error);
  g_assert_cmpmem (data, length, "hello", 5);
  g_assert_cmpuint (full_length, ==, 5);
  g_assert_true (gsock_address_equal (sender, self));
  got = gsock_socket_receive_bytes (socket, 16, 0, TRUE, -1, NULL, NULL, NULL, NULL, &error);
  g_assert_cmpuint (g_bytes_get_size (got), ==, 5);
  g_assert_cmpint (gsock_socket_receive_from_direct (socket, buffer, 16, 0, FALSE, -1, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (special->n_received, ==, 4);
  g_assert_finalize_object (special);
}

static void
test_more_methods (void)
{
  TestSpecial *special = TEST_SPECIAL (gsock_make_instance (TEST_TYPE_SPECIAL, NULL, NULL, NULL));
  GSockSocket *socket = GSOCK_SOCKET (special);
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
  g_assert_cmpuint (special->n_bound, ==, 1);
  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-port", 0, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_cmpuint (special->n_bound, ==, 1);
  g_assert_true (gsock_socket_connect (socket, NULL, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 9, NULL));
  g_assert_cmpuint (special->n_connected, ==, 1);
  g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
  g_assert_cmpuint (special->n_disconnected, ==, 1);
  g_assert_false (gsock_socket_shutdown (socket, TRUE, FALSE, &error));
  g_clear_error (&error);
  g_assert_cmpuint (special->n_shut_down, ==, 1);
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_cmpuint (special->n_closed, ==, 1);
  g_assert_false (gsock_socket_is_open (socket));
  g_assert_finalize_object (special);
}

/* make-socket binds and connects by the methods of the class. */
static void
test_methods_of_making (void)
{
  g_autoptr (GError) error = NULL;
  TestSpecial *special = TEST_SPECIAL (gsock_make_instance (TEST_TYPE_SPECIAL, NULL, &error, "local-host", "127.0.0.1",
                                                            "remote-host", "127.0.0.1", "remote-port", 9, NULL));

  g_assert_no_error (error);
  g_assert_cmpuint (special->n_bound, ==, 1);
  g_assert_cmpuint (special->n_connected, ==, 1);
  g_assert_cmpuint (special->n_closed, ==, 0);
  g_assert_finalize_object (special);
}

/* A method that does not call the next one: every second datagram is lost on the way out. */
static void
test_lossy (void)
{
  TestSpecial *special = make_special ();
  GSockSocket *socket = GSOCK_SOCKET (special);
  g_autoptr (GSockAddress) self = gsock_socket_get_local_address (socket, NULL);
  g_autoptr (GError) error = NULL;
  char number;

  g_object_set (special, "loss", 2, NULL);
  for (number = '0'; number < '6'; number++)
    g_assert_cmpint (gsock_socket_send_to (socket, &number, 1, NULL, &error, "remote-address", self, NULL), ==, 1);
  for (char wanted = '0'; wanted < '6'; wanted += 2)
    {
      g_assert_cmpint (gsock_socket_receive_from (socket, &number, 1, NULL, NULL, &error, "timeout", 5.0, NULL), ==, 1);
      g_assert_cmpint (number, ==, wanted);
    }
  g_assert_cmpint (gsock_socket_receive_from (socket, &number, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_finalize_object (special);
}

/* A method that fails says why, or it is said for it; and what is checked is checked before it. */
static void
test_failing_methods (void)
{
  TestSpecial *special = make_special ();
  GSockSocket *socket = GSOCK_SOCKET (special);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  special->fails = TRUE;
  g_assert_cmpint (gsock_socket_send_bytes (socket, bytes, NULL, 0, TRUE, -1, NULL, &error), ==, -1);
  test_assert_message (error, "send-to: the method of TestSpecial failed without an error");
  test_assert_error (error, GSOCK_ERROR_FAILED);
  g_assert_null (gsock_socket_receive_bytes (socket, 5, 0, TRUE, -1, NULL, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_FAILED);
  special->n_sent = 0;
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "start", 2, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "flags", GSOCK_MESSAGE_FLAGS_PEEK, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (special->n_sent, ==, 0);
  g_assert_finalize_object (special);
}

static void
check_special_keyword (const char *name, const GValue *value, int code, const char *message)
{
  const char *names[] = { name, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_make_instance_with_keywords (TEST_TYPE_SPECIAL, names, value, 1, NULL, &error));
  test_assert_message (error, message);
  test_assert_error (error, code);
}

/* The properties of a class are keywords of its, and nobody else's. */
static void
test_own_keywords (void)
{
  g_autoptr (GError) error = NULL;
  TestSpecial *special = TEST_SPECIAL (gsock_make_instance (TEST_TYPE_SPECIAL, NULL, &error, "label", "blue", "loss", 3,
                                                            "local-host", "127.0.0.1", "broadcast", TRUE, "ip-ttl", 9, NULL));
  g_auto (GValue) number = G_VALUE_INIT, text = G_VALUE_INIT;
  g_autofree char *label = NULL;
  int loss = 0;

  g_assert_no_error (error);
  g_object_get (special, "label", &label, "loss", &loss, NULL);
  g_assert_cmpstr (label, ==, "blue");
  g_assert_cmpint (loss, ==, 3);
  g_assert_true (gsock_socket_is_bound (GSOCK_SOCKET (special)));
  g_assert_cmpint (test_native_int (GSOCK_SOCKET (special), IPPROTO_IP, IP_TTL), ==, 9);
  g_assert_finalize_object (special);

  g_value_set_int (g_value_init (&number, G_TYPE_INT), 11);
  g_value_set_string (g_value_init (&text, G_TYPE_STRING), "x");
  check_special_keyword ("loss", &number, GSOCK_ERROR_OUT_OF_RANGE, "make-socket: loss cannot be 11");
  check_special_keyword ("loss", &text, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: loss takes a gint, not a gchararray");
  check_special_keyword ("serial", &number, GSOCK_ERROR_INVALID_KEYWORD, "serial can only be given to the constructor");
  check_special_keyword ("los", &number, GSOCK_ERROR_UNKNOWN_KEYWORD, "near it are loss");
  check_special_keyword ("open", &number, GSOCK_ERROR_UNKNOWN_KEYWORD, "unknown keyword \"open\"");
  g_assert_null (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "loss", 3, NULL));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
}

/* The own property is written with either line, as every keyword. */
static void
test_own_keywords_spelling (void)
{
  static const char *const names[] = { "full_name", "local_host", NULL };
  GValue values[] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = g_object_new (TEST_TYPE_SPECIAL, NULL);
  g_autofree char *name = NULL;

  g_value_set_string (g_value_init (&values[0], G_TYPE_STRING), "a b");
  g_value_set_string (g_value_init (&values[1], G_TYPE_STRING), "127.0.0.1");
  g_assert_true (gsock_socket_init_with_keywords (socket, names, values, 2, NULL, &error));
  g_assert_no_error (error);
  g_object_get (socket, "full-name", &name, NULL);
  g_assert_cmpstr (name, ==, "a b");
  g_value_unset (&values[0]);
  g_value_unset (&values[1]);
}

/* A class of one's own is initialised by GIO's ways as any other. */
static void
test_own_class_by_properties (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = g_initable_new (TEST_TYPE_SPECIAL, NULL, &error, "loss", 4, "local-host", "127.0.0.1", "serial", 7, NULL);
  int loss = 0, serial = 0;

  g_assert_no_error (error);
  g_object_get (socket, "loss", &loss, "serial", &serial, NULL);
  g_assert_cmpint (loss, ==, 4);
  g_assert_cmpint (serial, ==, 7);
  g_assert_true (gsock_socket_is_bound (socket));
}

static void
test_type_for (void)
{
  const struct
  {
    int family, type, role;
    GType wanted;
  } cases[] = {
    { AF_INET, SOCK_STREAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_ACTIVE_SOCKET },
    { AF_INET, SOCK_STREAM, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET },
    { AF_UNIX, SOCK_SEQPACKET, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_ACTIVE_SOCKET },
    { AF_UNIX, SOCK_SEQPACKET, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET },
    { AF_INET6, SOCK_DGRAM, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_DATAGRAM_SOCKET },
    { AF_UNIX, SOCK_DGRAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_DATAGRAM_SOCKET },
    { AF_VSOCK, SOCK_DGRAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_DATAGRAM_SOCKET },
    { AF_VSOCK, SOCK_STREAM, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET },
    { AF_INET, SOCK_RAW, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_RAW_SOCKET },
    { AF_NETLINK, SOCK_DGRAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_RAW_SOCKET },
    { AF_PACKET, SOCK_DGRAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_RAW_SOCKET },
    { 29, SOCK_RAW, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_RAW_SOCKET },
    { AF_ALG, SOCK_SEQPACKET, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (g_type_name (gsock_socket_type_for (cases[i].family, cases[i].type, cases[i].role)), ==, g_type_name (cases[i].wanted));
  g_assert_true (G_TYPE_IS_ABSTRACT (GSOCK_TYPE_SOCKET));
}

/* Dropping the last reference closes, in whatever state. */
static void
test_dropped (void)
{
  GSockSocket *socket;

  test_keeps_descriptors (socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, "local-host", "127.0.0.1", NULL); g_assert_finalize_object (socket));
  test_keeps_descriptors (socket = gsock_make_socket (NULL, NULL, NULL); g_assert_finalize_object (socket));
  test_keeps_descriptors (socket = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);
                          g_assert_finalize_object (socket));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket/uninitialised", test_uninitialised);
  g_test_add_func ("/socket/closed", test_closed);
  g_test_add_func ("/socket/methods", test_methods);
  g_test_add_func ("/socket/more-methods", test_more_methods);
  g_test_add_func ("/socket/methods-of-making", test_methods_of_making);
  g_test_add_func ("/socket/lossy", test_lossy);
  g_test_add_func ("/socket/failing-methods", test_failing_methods);
  g_test_add_func ("/socket/own-keywords", test_own_keywords);
  g_test_add_func ("/socket/own-keywords-spelling", test_own_keywords_spelling);
  g_test_add_func ("/socket/own-class-by-properties", test_own_class_by_properties);
  g_test_add_func ("/socket/type-for", test_type_for);
  g_test_add_func ("/socket/dropped", test_dropped);

  return g_test_run ();
}
