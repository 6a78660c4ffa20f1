/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class for datagrams: peers that come and go, and classes that drop, count and log. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "teststage.h"
#include "testwire.h"

#include <string.h>
#include <sys/socket.h>

static void
assert_receives (GSockSocket *socket, const char *text, GSockSocket *from)
{
  g_autoptr (GError) error = NULL;
  GSockAddress sender = test_address_of (from);
  GSockReceived received;
  char room[64];
  gssize n = gsock_socket_receive_from (socket, room, sizeof room, &received, NULL, &error, "timeout", 10.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (room, n, text, strlen (text));
  g_assert_true (gsock_address_equal (&received.sender, &sender));
}

static void
send_text (GSockSocket *socket, const char *text, GSockSocket *to)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = { { 0 }, 0, 0 };

  if (to != NULL)
    address = test_address_of (to);
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) text, strlen (text), to != NULL ? &address : NULL, 0, TRUE, -1, NULL, &error),
                   ==, (gssize) strlen (text));
  g_assert_no_error (error);
}

/* To one, to another, to none and back to all, any number of times. */
static void
test_peers (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = test_receiver_new (data);
  g_autoptr (GSockSocket) first = socket != NULL ? test_receiver_new (data) : NULL;
  g_autoptr (GSockSocket) second = socket != NULL ? test_receiver_new (data) : NULL;

  if (socket == NULL)
    return;
  for (guint round = 0; round < 3; round++)
    {
      GSockAddress address = test_address_of (first), other = test_address_of (second);

      g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
      g_assert_true (gsock_socket_is_connected (socket));
      send_text (socket, "one", NULL);
      assert_receives (first, "one", socket);
      g_assert_true (gsock_socket_connect (socket, &other, NULL, &error, NULL));
      send_text (socket, "two", NULL);
      assert_receives (second, "two", socket);
      g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
      g_assert_false (gsock_socket_is_connected (socket));
      g_assert_true (gsock_socket_is_bound (socket));
      send_text (socket, "three", first);
      assert_receives (first, "three", socket);
    }
}

static void
test_destination_refused (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  GSockAddress address;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  address = test_address_of (wire.far);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (wire.near), &error));
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_false (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (wire.near), &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  test_wire_close (&wire);
}

/* The first send binds; a disconnect gives the port back that the kernel chose, and the socket can
 * be bound then. */
static void
test_automatic_binding (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  GSockAddress address = test_address_of (receiver);
  char byte;

  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);
  g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
  send_text (socket, "bound", receiver);
  assert_receives (receiver, "bound", socket);
}

static void
test_broadcast_has_to_be_asked_for (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  gboolean broadcast = TRUE;

  g_object_get (socket, "broadcast", &broadcast, NULL);
  g_assert_false (broadcast);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "remote-host", "127.255.255.255", "remote-port", 9, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  g_object_set (socket, "broadcast", TRUE, NULL);
  g_object_get (socket, "broadcast", &broadcast, NULL);
  g_assert_true (broadcast);
}

static void
test_port_is_not_shared (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) first = test_receiver_new (test_kind_find ("udp-ipv4"));
  int port = gsock_socket_get_local_port (first);

  g_assert_null (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", "local-port", port, "reuse-address", TRUE, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
}

/* On a dual-stack socket an IPv4 sender is seen under the address that it has, and the answer finds
 * the way back. */
static void
test_mapped_sender (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = NULL, client = NULL;
  g_autoptr (GSockAddress) local = NULL;
  GSockReceived received;
  char buffer[8];

  if (!test_needs_ipv6 ())
    return;
  server = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  client = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-host", "127.0.0.1",
                              "remote-port", gsock_socket_get_local_port (server), NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (client, "hello", 5, NULL, &error, NULL), ==, 5);
  g_assert_cmpint (gsock_socket_receive_from (server, buffer, sizeof buffer, &received, NULL, &error, NULL), ==, 5);
  local = gsock_socket_get_local_address (client, &error);
  g_assert_true (gsock_address_equal (&received.sender, local));
  g_assert_cmpint (gsock_socket_send_to (server, "you", 3, NULL, &error, "remote-address", &received.sender, NULL), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (client, buffer, sizeof buffer, NULL, NULL, &error, NULL), ==, 3);
}

/* Neither bound nor connected: the host only says of which family the socket is. */
static void
test_family_host (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) plain = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockSocket) ipv4 = NULL, ipv6 = NULL;

  ipv4 = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "family-host", "127.0.0.1", "family-port", 9, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (test_native_int (plain, SOL_SOCKET, SO_DOMAIN), ==, AF_INET);
  g_assert_cmpint (test_native_int (ipv4, SOL_SOCKET, SO_DOMAIN), ==, AF_INET);
  g_assert_false (gsock_socket_is_bound (ipv4));
  g_assert_false (gsock_socket_is_connected (ipv4));
  if (!test_needs_ipv6 ())
    return;
  ipv6 = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "family-host", "::1", "family-port", 9, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (test_native_int (ipv6, SOL_SOCKET, SO_DOMAIN), ==, AF_INET6);
  g_assert_false (gsock_socket_is_bound (ipv6));
  g_assert_false (gsock_socket_is_connected (ipv6));
}

/* What does not fit is lost and told; nothing is a datagram too, and has a sender. */
static void
test_lengths (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockSocket) sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockReceived received;
  char room[4];

  send_text (sender, "hello", receiver);
  send_text (sender, "", receiver);
  send_text (sender, "four", receiver);
  g_assert_cmpint (gsock_socket_receive_from (receiver, room, 4, &received, NULL, &error, NULL), ==, 4);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, 5);
  g_assert_cmpuint (received.length, ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (receiver, room, 4, &received, NULL, &error, NULL), ==, 0);
  g_assert_false (received.truncated);
  g_assert_cmpuint (gsock_address_get_port (&received.sender), ==, gsock_socket_get_local_port (sender));
  g_assert_cmpint (gsock_socket_receive_from (receiver, room, 4, &received, NULL, &error, NULL), ==, 4);
  g_assert_false (received.truncated);
  g_assert_no_error (error);
}

/* One class loses every second datagram that comes, and counts what it is asked for. */
typedef struct
{
  GSockDatagramSocket parent_instance;
  guint n_received, n_closed;
} Sieve;

typedef GSockDatagramSocketClass SieveClass;

static GType sieve_get_type (void);
G_DEFINE_TYPE (Sieve, sieve, GSOCK_TYPE_DATAGRAM_SOCKET)

static GBytes *
sieve_receive_from (GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  Sieve *self = (Sieve *) socket;

  for (;;)
    {
      g_autoptr (GSockAddress) from = NULL;
      g_autoptr (GBytes) bytes = GSOCK_SOCKET_CLASS (sieve_parent_class)->receive_from (socket, size, flags, wait, timeout, &from, received_flags, full_length, cancellable, error);

      if (bytes != NULL && self->n_received++ % 2 == 1)
        continue;
      *sender = g_steal_pointer (&from);
      return g_steal_pointer (&bytes);
    }
}

static gboolean
sieve_close (GSockSocket *socket, gboolean abort, GError **error)
{
  ((Sieve *) socket)->n_closed++;
  return GSOCK_SOCKET_CLASS (sieve_parent_class)->close (socket, abort, error);
}

static void
sieve_class_init (SieveClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->receive_from = sieve_receive_from;
  GSOCK_SOCKET_CLASS (klass)->close = sieve_close;
}

static void
sieve_init (Sieve *self)
{
}

static void
test_derived (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_instance (sieve_get_type (), NULL, &error, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  char room[8];

  g_assert_no_error (error);
  send_text (sender, "one", socket);
  send_text (sender, "two", socket);
  send_text (sender, "three", socket);
  assert_receives (socket, "one", sender);
  assert_receives (socket, "three", sender);
  g_assert_cmpuint (((Sieve *) socket)->n_received, ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (socket, room, sizeof room, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_cmpuint (((Sieve *) socket)->n_closed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/datagram-socket/peers/", test_peers, test_is_datagram);
  test_add ("/datagram-socket/destination-refused", test_destination_refused);
  test_add ("/datagram-socket/automatic-binding", test_automatic_binding);
  test_add ("/datagram-socket/broadcast", test_broadcast_has_to_be_asked_for);
  test_add ("/datagram-socket/port-is-not-shared", test_port_is_not_shared);
  test_add ("/datagram-socket/mapped-sender", test_mapped_sender);
  test_add ("/datagram-socket/family-host", test_family_host);
  test_add ("/datagram-socket/lengths", test_lengths);
  test_add ("/datagram-socket/derived", test_derived);
  return g_test_run ();
}
