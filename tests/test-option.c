/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator socket-option, on objects. */

#include "testlib.h"

#include <gsock/gsock-option-private.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GSockSocket *
make_datagram (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *self = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);

  g_assert_no_error (error);
  return self;
}

/* A listener on which one more keyword was given. */
static GSockSocket *
make_passive (const char *keyword, GVariant *argument)
{
  const char *names[] = { "connect", "local-host", keyword, NULL };
  GValue values[] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GError) error = NULL;
  GSockSocket *self;

  g_value_set_static_string (g_value_init (&values[0], G_TYPE_STRING), "passive");
  g_value_set_static_string (g_value_init (&values[1], G_TYPE_STRING), "127.0.0.1");
  g_value_set_variant (g_value_init (&values[2], G_TYPE_VARIANT), argument);
  self = gsock_make_socket_with_keywords (names, values, G_N_ELEMENTS (values), NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    g_value_unset (&values[i]);
  return self;
}

static void
check_option (GSockSocket *self, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = gsock_socket_get_option (self, name, &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = g_variant_print (value, FALSE);
  g_assert_cmpstr (printed, ==, text);
}

static void
set_option (GSockSocket *self, const char *name, GVariant *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_socket_set_option (self, name, value, &error));
  g_assert_no_error (error);
}

static void
test_spellings (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();

  set_option (self, "broadcast", g_variant_new_boolean (TRUE));
  check_option (self, "SO_BROADCAST", "true");
  set_option (self, "SO_KEEPALIVE", g_variant_new_int32 (1));
  check_option (self, "keep-alive", "true");
  check_option (self, "keep_alive", "true");
  set_option (self, "SO_OOBLINE", g_variant_new_boolean (TRUE));
  check_option (self, "oob-inline", "true");
  check_option (self, "style", "2");
}

static void
test_values (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  g_autofree char *linger = g_strdup_printf ("(true, %u)", gsock_get_default_linger_seconds ());

  set_option (self, "linger", g_variant_new ("(bi)", TRUE, 7));
  check_option (self, "linger", "(true, 7)");
  set_option (self, "linger", g_variant_new_boolean (TRUE));
  check_option (self, "linger", linger);
  set_option (self, "ip_mtu_discover", g_variant_new_string ("do"));
  check_option (self, "ip-mtu-discover", "2");
  set_option (self, "ip-multicast-interface", g_variant_new_string ("lo"));
  check_option (self, "ip-multicast-interface", "'127.0.0.1'");
  set_option (self, "receive-buffer", g_variant_new_double (8192));
  check_option (self, "receive-buffer", "16384");
  set_option (self, "ip-add-membership", g_variant_new_parsed ("('239.255.8.1', 'lo')"));
  set_option (self, "ip-drop-membership", g_variant_new_parsed ("('239.255.8.1', 'lo')"));
}

static void
check_refused (GSockSocket *self, const char *name, GVariant *value, GSockError code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_socket_set_option (self, name, value, &error));
  test_assert_message (error, message);
  test_assert_error (error, (int) code);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  g_autoptr (GVariant) yes = g_variant_ref_sink (g_variant_new_boolean (TRUE));

  check_refused (self, "keep-alife", yes, GSOCK_ERROR_UNKNOWN_KEYWORD, "keep-alive");
  check_refused (self, "SO_KEEPALIFE", yes, GSOCK_ERROR_UNKNOWN_KEYWORD, "SO_KEEPALIFE");
  check_refused (self, "", yes, GSOCK_ERROR_UNKNOWN_KEYWORD, "gsock_list_options");
  check_refused (self, NULL, yes, GSOCK_ERROR_UNKNOWN_KEYWORD, "gsock_list_options");
  check_refused (self, "no-sigpipe", yes, GSOCK_ERROR_OPTION_NOT_SUPPORTED, "SO_NOSIGPIPE");
  check_refused (self, "tcp-nodelay", yes, GSOCK_ERROR_OPTION_NOT_SUPPORTED, "ipv4 or ipv6 stream");
  check_refused (self, "send-low-water", yes, GSOCK_ERROR_OPTION_NOT_SUPPORTED, "the kernel");
  check_refused (self, "domain", yes, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "only be read");
  check_refused (self, "broadcast", g_variant_new_string ("yes"), GSOCK_ERROR_INVALID_ARGUMENT, "a boolean");
  check_refused (self, "broadcast", NULL, GSOCK_ERROR_INVALID_ARGUMENT, "nothing");
  check_refused (self, "ip-ttl", g_variant_new_int32 (300), GSOCK_ERROR_OUT_OF_RANGE, "300");
  check_refused (self, "ip-ttl", g_variant_new_int32 (0), GSOCK_ERROR_INVALID_ARGUMENT, "ip-ttl to 0");
  check_refused (self, "receive-buffer", g_variant_new_int32 (G_MAXINT), GSOCK_ERROR_OUT_OF_RANGE, "receive-buffer");
  check_refused (self, "ip-add-membership", g_variant_new_string ("10.0.0.1"), GSOCK_ERROR_INVALID_ADDRESS, "10.0.0.1");
  check_refused (self, "bind-to-device", g_variant_new_string ("no-such-one"), GSOCK_ERROR_UNKNOWN_INTERFACE, "no-such-one");
}

static void
test_get_refused (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_socket_get_option (self, "broadcasts", &error));
  test_assert_message (error, "get-option: unknown option \"broadcasts\"; near it are broadcast");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_null (gsock_socket_get_option (self, "ip-add-membership", &error));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_null (gsock_socket_get_option (self, "TCP_NOPUSH", &error));
  test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  g_assert_null (gsock_socket_get_option (self, "ip-mtu", &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
}

static void
check_without_descriptor (GSockSocket *self, GSockError code)
{
  g_autoptr (GError) error = NULL;
  int number;

  g_assert_null (gsock_socket_get_option (self, "keep-alive", &error));
  test_assert_error (error, (int) code);
  g_assert_false (gsock_socket_set_option (self, "keep-alive", g_variant_new_boolean (TRUE), &error));
  test_assert_error (error, (int) code);
  g_assert_false (gsock_socket_get_option_int (self, SOL_SOCKET, SO_KEEPALIVE, &number, &error));
  test_assert_error (error, (int) code);
  g_assert_false (gsock_socket_set_option_int (self, SOL_SOCKET, SO_KEEPALIVE, 1, &error));
  test_assert_error (error, (int) code);
  g_assert_null (gsock_socket_get_option_bytes (self, SOL_SOCKET, SO_KEEPALIVE, 4, &error));
  test_assert_error (error, (int) code);
  g_assert_false (gsock_socket_set_option_bytes (self, SOL_SOCKET, SO_KEEPALIVE, (guint8 *) "\1\0\0\0", 4, &error));
  test_assert_error (error, (int) code);
}

static void
test_closed (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  g_autoptr (GSockSocket) bare = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_socket_close (self, FALSE, &error));
  g_assert_no_error (error);
  check_without_descriptor (self, GSOCK_ERROR_CLOSED);
  check_without_descriptor (bare, GSOCK_ERROR_NOT_INITIALIZED);
}

static void
test_raw_int (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  g_autoptr (GError) error = NULL;
  int number = 0;

  g_assert_true (gsock_socket_set_option_int (self, IPPROTO_IP, IP_TTL, 77, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_get_option_int (self, IPPROTO_IP, IP_TTL, &number, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, 77);
  check_option (self, "ip-ttl", "77");

  g_assert_false (gsock_socket_set_option_int (self, IPPROTO_TCP, TCP_NODELAY, 1, &error));
  test_assert_message (error, "of level 6");
  g_clear_error (&error);
  g_assert_false (gsock_socket_set_option_int (self, IPPROTO_IP, IP_TTL, 1000, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_socket_get_option_int (self, SOL_SOCKET, 30000, &number, &error));
  test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
}

static void
test_raw_bytes (void)
{
  g_autoptr (GSockSocket) self = make_datagram ();
  struct linger linger = { .l_onoff = 1, .l_linger = 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) nothing = NULL;

  g_assert_true (gsock_socket_set_option_bytes (self, SOL_SOCKET, SO_LINGER, (const guint8 *) &linger, sizeof linger, &error));
  g_assert_no_error (error);
  whole = gsock_socket_get_option_bytes (self, SOL_SOCKET, SO_LINGER, 64, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), &linger, sizeof linger);
  nothing = gsock_socket_get_option_bytes (self, SOL_SOCKET, SO_LINGER, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
  g_assert_true (gsock_socket_set_option_bytes (self, IPPROTO_IP, IP_OPTIONS, NULL, 0, &error));
  g_assert_no_error (error);

  g_assert_null (gsock_socket_get_option_bytes (self, SOL_SOCKET, 30000, 4, &error));
  test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  g_assert_null (gsock_socket_get_option_bytes (self, SOL_SOCKET, SO_LINGER, (gsize) G_MAXINT + 1, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_set_option_bytes (self, SOL_SOCKET, SO_LINGER, (const guint8 *) &linger, (gsize) G_MAXINT + 1, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_set_option_bytes (self, SOL_SOCKET, SO_LINGER, (const guint8 *) &linger, 1, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
}

static void
test_list (void)
{
  g_auto (GStrv) names = gsock_list_options ();
  gsize n_rows;

  gsock_option_rows (&n_rows);
  g_assert_cmpuint (g_strv_length (names), ==, n_rows);
  for (gsize i = 1; names[i] != NULL; i++)
    g_assert_cmpstr (names[i - 1], <, names[i]);
  g_assert_true (g_strv_contains ((const char *const *) names, "tcp-nodelay"));
}

/* As keywords of make-socket, set when the kernel wants them. */
static void
test_keywords (void)
{
  g_autoptr (GSockSocket) fast_open = make_passive ("tcp-fast-open", g_variant_new_int32 (5));
  g_autoptr (GSockSocket) freebind = make_passive ("ip_freebind", g_variant_new_boolean (TRUE));
  g_autoptr (GSockSocket) size = make_passive ("receive-buffer", g_variant_new_int32 (30000));
  g_autoptr (GSockSocket) constant = make_passive ("TCP_MAXSEG", g_variant_new_int32 (900));
  g_autoptr (GSockSocket) plain = NULL;
  g_autoptr (GError) error = NULL;

  check_option (fast_open, "tcp-fast-open", "5");
  check_option (fast_open, "accept-connections", "true");
  check_option (freebind, "ip-freebind", "true");
  check_option (size, "receive-buffer", "60000");
  check_option (constant, "tcp-maxseg", "900");

  plain = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_IPV4,
                             "tcp-keepidle", 40, "tcp-user-timeout", 1.5, "oob-inline", TRUE,
                             "tcp-congestion", "reno", "linger", g_variant_new ("(bi)", TRUE, 2), NULL);
  g_assert_no_error (error);
  check_option (plain, "tcp-keepidle", "40");
  check_option (plain, "tcp-user-timeout", "1.5");
  check_option (plain, "oob-inline", "true");
  check_option (plain, "tcp-congestion", "'reno'");
  check_option (plain, "linger", "(true, 2)");
}

/* A connection forgets what tcp-quickack was set to before it was made. */
static void
test_keyword_after (void)
{
  g_autoptr (GSockSocket) server = make_passive ("oob-inline", g_variant_new_boolean (TRUE));
  g_autoptr (GSockSocket) client = NULL;
  g_autoptr (GError) error = NULL;

  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                              gsock_socket_get_local_port (server), "tcp-quickack", FALSE, NULL);
  g_assert_no_error (error);
  check_option (client, "tcp-quickack", "false");
}

static void
test_error (void)
{
  g_autoptr (GSockSocket) self = NULL;
  g_autoptr (GError) error = NULL;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  g_autofree char *refused = g_strdup_printf ("%d", ECONNREFUSED);
  int closed = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (closed, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (getsockname (closed, (struct sockaddr *) &address, &length), ==, 0);
  close (closed);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (send (fd, "x", 1, MSG_NOSIGNAL), ==, 1);
  self = gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL);
  g_assert_no_error (error);

  check_option (self, "error", refused);
  check_option (self, "error", "0");
}

/* The object goes along when its socket becomes one of another family. */
static void
test_address_form (void)
{
  g_autoptr (GSockSocket) self = NULL;
  g_autoptr (GError) error = NULL;
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons (9) };
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  inet_pton (AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      g_test_skip ("this machine has no IPv6");
      if (fd >= 0)
        close (fd);
      return;
    }
  self = gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_address_family (self), ==, GSOCK_ADDRESS_FAMILY_IPV6);
  set_option (self, "ipv6-address-form", g_variant_new_string ("ipv4"));
  g_assert_cmpint (gsock_socket_get_address_family (self), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  check_option (self, "domain", "2");
  check_refused (self, "ipv6-only", g_variant_new_boolean (TRUE), GSOCK_ERROR_OPTION_NOT_SUPPORTED, "ipv6");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option/spellings", test_spellings);
  g_test_add_func ("/option/values", test_values);
  g_test_add_func ("/option/refused", test_refused);
  g_test_add_func ("/option/get-refused", test_get_refused);
  g_test_add_func ("/option/closed", test_closed);
  g_test_add_func ("/option/raw-int", test_raw_int);
  g_test_add_func ("/option/raw-bytes", test_raw_bytes);
  g_test_add_func ("/option/list", test_list);
  g_test_add_func ("/option/keywords", test_keywords);
  g_test_add_func ("/option/error", test_error);
  g_test_add_func ("/option/address-form", test_address_form);
  g_test_add_func ("/option/keyword-after", test_keyword_after);
  return g_test_run ();
}
