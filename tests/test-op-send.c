/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-to: to the peer and to others, whole and in part, waiting for room and not. */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
check_arrives (GSockSocket *socket, const char *text, GSockReceived *received)
{
  g_autoptr (GError) error = NULL;
  char bytes[64];
  gssize n = gsock_socket_receive_from (socket, bytes, sizeof bytes, received, NULL, &error, "timeout", 30.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (bytes, n, text, strlen (text));
}

static void
check_nothing_arrives (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

/* To the peer, in each form of the call. */
static void
test_peer (gconstpointer kind)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("two", 3);
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpint (gsock_socket_send_to_direct (wire.near, (const guint8 *) "one", 3, NULL, 0, TRUE, -1, NULL, &error), ==, 3);
  check_arrives (wire.far, "one", NULL);
  g_assert_cmpint (gsock_socket_send_bytes (wire.near, bytes, NULL, 0, TRUE, 30, NULL, &error), ==, 3);
  check_arrives (wire.far, "two", NULL);
  g_assert_cmpint (gsock_socket_send_to_with_keywords (wire.near, (const guint8 *) "three", 5, NULL, NULL, 0, NULL, &error), ==, 5);
  check_arrives (wire.far, "three", NULL);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "four", 4, NULL, &error, "more", FALSE, NULL), ==, 4);
  g_assert_no_error (error);
  check_arrives (wire.far, "four", NULL);
  test_wire_close (&wire);
}

/* To anybody, each time to another one. */
static void
test_destinations (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *sender, *receivers[2];
  GSockAddress own, addresses[2];
  GSockReceived received;

  if (!test_kind_is_there (kind))
    return;
  sender = test_receiver_new (kind);
  own = test_address_of (sender);
  for (guint i = 0; i < 2; i++)
    {
      receivers[i] = test_receiver_new (kind);
      addresses[i] = test_address_of (receivers[i]);
    }
  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpint (gsock_socket_send_to_direct (sender, (const guint8 *) "x", 1, &addresses[i % 2], 0, TRUE, -1, NULL, &error), ==, 1);
      g_assert_no_error (error);
      check_arrives (receivers[i % 2], "x", &received);
      g_assert_true (gsock_address_equal (&received.sender, &own));
      check_nothing_arrives (receivers[(i + 1) % 2]);
    }
  g_assert_cmpint (gsock_socket_send_to (sender, "x", 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receivers[0]);
  g_assert_finalize_object (receivers[1]);
}

/* An IPv6 socket that is dual stack reaches both. */
static void
test_mapped (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress address = test_address_of (receiver);
  GSockSocket *sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  GSockReceived received;
  char byte;

  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (sender, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, 1);
  g_assert_no_error (error);
  check_arrives (receiver, "x", &received);
  g_assert_cmpint (gsock_socket_send_to (receiver, "y", 1, NULL, &error, "remote-address", &received.sender, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (sender, &byte, 1, &received, NULL, &error, "timeout", 30.0, NULL), ==, 1);
  g_assert_true (gsock_address_equal (&received.sender, &address));
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_range (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpint (gsock_socket_send_to (wire.near, "0123456789", 10, NULL, &error, "start", 8, "end", 7, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "0123456789", 10, NULL, &error, "start", 11, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "0123456789", 10, NULL, &error, "end", 11, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  check_nothing_arrives (wire.far);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "0123456789", 10, NULL, &error, "start", 3, "end", 6, NULL), ==, 3);
  check_arrives (wire.far, "345", NULL);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "0123456789", 10, NULL, &error, "start", 7, NULL), ==, 3);
  check_arrives (wire.far, "789", NULL);
  g_assert_no_error (error);
  test_wire_close (&wire);
}

/* A connected socket has one destination. */
static void
test_connected_with_destination (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  address = test_address_of (wire.far);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, -1);
  test_assert_message (error, "disconnect first");
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_cmpint (gsock_socket_send_to_direct (wire.near, (const guint8 *) "x", 1, &address, 0, TRUE, -1, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  check_nothing_arrives (wire.far);
  test_wire_close (&wire);
}

static void
test_not_connected (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  if (!test_kind_is_there (kind))
    return;
  socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, NULL);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_finalize_object (socket);
}

static void
test_ports (gconstpointer data)
{
  static const int ports[] = { 0, -1, 65536, 70000 };
  const char *host = ((const TestKind *) data)->family == AF_INET6 ? "::1" : "127.0.0.1";
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  GSockAddress address;

  if (!test_kind_is_there (data))
    return;
  socket = test_receiver_new (data);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "remote-host", host, "remote-port", ports[i], NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
    }
  g_assert_true (gsock_address_init_from_host (&address, host, 0, NULL));
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) "x", 1, &address, 0, TRUE, -1, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_finalize_object (socket);
}

static void
test_bound_by_sending (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *sender, *receiver;
  GSockAddress address;

  if (kind->family == AF_UNIX || !test_kind_is_there (kind))
    return;
  receiver = test_receiver_new (kind);
  address = test_address_of (receiver);
  sender = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, NULL);
  g_assert_false (gsock_socket_is_bound (sender));
  g_assert_cmpint (gsock_socket_send_to (sender, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, 1);
  g_assert_true (gsock_socket_is_bound (sender));
  g_assert_cmpint (gsock_socket_get_local_port (sender), !=, 0);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_too_long (gconstpointer kind)
{
  g_autofree guint8 *bytes = g_malloc0 (8 * 1024 * 1024);
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpint (gsock_socket_send_to (wire.near, bytes, 8 * 1024 * 1024, NULL, &error, "timeout", 30.0, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  check_nothing_arrives (wire.far);
  test_wire_close (&wire);
}

/* After shutdown, and to a peer that is gone: an error, and the process lives. */
static void
test_shut_down (gconstpointer kind)
{
  struct sigaction before, after;
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  sigaction (SIGPIPE, NULL, &before);
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, &error));
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &(char){ 0 }, 1, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 0);
  g_assert_no_error (error);
  sigaction (SIGPIPE, NULL, &after);
  g_assert_true (before.sa_handler == after.sa_handler && before.sa_flags == after.sa_flags);
  test_wire_close (&wire);
}

/* A stream takes what there is room for: the count is told where no more goes in time. */
#define MUCH (32 * 1024 * 1024)

static void
test_part (gconstpointer kind)
{
  g_autofree guint8 *bytes = g_malloc0 (MUCH);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;
  gssize n = 0, total;

  if (!test_wire_open (&wire, kind))
    return;
  total = gsock_socket_send_to (wire.near, bytes, MUCH, NULL, &error, "wait", FALSE, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (total, >, 0);
  g_assert_cmpint (total, <, MUCH);
  test_takes_at_least (0.05, n = gsock_socket_send_to (wire.near, bytes, MUCH, NULL, &error, "timeout", 0.05, NULL));
  g_assert_true (n > 0 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT));
  g_clear_error (&error);
  total += MAX (n, 0);
  total += test_fill_up (wire.near, wire.far);
  g_assert_cmpint (gsock_socket_send_to (wire.near, bytes, MUCH, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpint (gsock_socket_send_to (wire.near, bytes, MUCH, NULL, &error, "dont-wait", TRUE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_takes_at_least (0.05, g_assert_cmpint (gsock_socket_send_to (wire.near, bytes, MUCH, NULL, &error, "timeout", 0.05, NULL), ==, -1));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_send_to (wire.near, bytes, MUCH, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* What was counted is what arrives. */
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  while ((n = gsock_socket_receive_from_direct (wire.far, bytes, MUCH, 0, TRUE, 30, NULL, NULL, &error)) > 0)
    total -= n;
  g_assert_no_error (error);
  g_assert_cmpint (total, ==, 0);
  test_wire_close (&wire);
}

/* A call that was cancelled before it began has sent nothing. */
static void
test_cancelled_before (gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_nothing_arrives (wire.far);
  test_wire_close (&wire);
}

/* A local receiver whose queue is full: the sender waits without being busy, and goes on by itself. */
typedef struct
{
  GSockSocket *sender, *receiver;
  GSockAddress address; /* empty: the sender is connected */
  gsize size;
} Crowd;

static const GSockAddress *
destination_of (Crowd *self)
{
  return self->address.length > 0 ? &self->address : NULL;
}

static gssize
crowd_send (Crowd *self, gboolean wait, double timeout, GError **error)
{
  g_autofree guint8 *bytes = g_malloc0 (self->size);

  return gsock_socket_send_to_direct (self->sender, bytes, self->size, destination_of (self), 0, wait, timeout, NULL, error);
}

static void
open_crowd (Crowd *self, gboolean connected, gsize size)
{
  const TestKind *kind = test_kind_find ("local-datagram");

  *self = (Crowd){ .receiver = test_receiver_new (kind), .size = size };
  self->address = test_address_of (self->receiver);
  self->sender = gsock_make_socket (NULL, NULL, "type", kind->type, "address-family", kind->family, NULL);
  if (connected)
    {
      g_assert_true (gsock_socket_connect_direct (self->sender, &self->address, TRUE, -1, NULL, NULL));
      self->address.length = 0;
    }
  while (crowd_send (self, FALSE, 0, NULL) == (gssize) size)
    ;
}

static void
send_to_crowd (gpointer data)
{
  g_autoptr (GError) error = NULL;
  Crowd *crowd = data;

  g_assert_cmpint (crowd_send (crowd, TRUE, GSOCK_TIMEOUT_NEVER, &error), ==, crowd->size);
  g_assert_no_error (error);
}

static const struct
{
  const char *name;
  gboolean connected;
  gsize size;
} crowds[] = {
  { "connected/small", TRUE, 1 },
  { "connected/large", TRUE, 60000 },
  { "unconnected/small", FALSE, 1 },
  /* Few of them fill the sender's buffer, while there are places in the receiver's queue. */
  { "unconnected/large", FALSE, 60000 },
};

static void
test_full_receiver (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  TestThread thread;
  double before;
  Crowd crowd;

  open_crowd (&crowd, crowds[i].connected, crowds[i].size);
  g_assert_cmpint (crowd_send (&crowd, FALSE, 0, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  before = test_processor_seconds ();
  test_takes_at_least (0.4, g_assert_cmpint (crowd_send (&crowd, TRUE, 0.4, &error), ==, -1));
  g_assert_cmpfloat (test_processor_seconds () - before, <, 0.2);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);

  test_thread_start (&thread, send_to_crowd, &crowd);
  test_thread_wait_until_asleep (&thread);
  g_assert_false (test_thread_is_done (&thread));
  while (!test_thread_is_done (&thread))
    {
      (void) test_drain (crowd.receiver);
      g_usleep (500);
    }
  test_thread_join (&thread);
  g_assert_finalize_object (crowd.sender);
  g_assert_finalize_object (crowd.receiver);
}

/* The receiver goes away while somebody waits for it. */
static void
close_receiver (gpointer data)
{
  g_usleep (50000);
  gsock_socket_close (((Crowd *) data)->receiver, FALSE, NULL);
}

static void
test_receiver_goes (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Crowd crowd;

  open_crowd (&crowd, crowds[i].connected, crowds[i].size);
  test_thread_start (&thread, close_receiver, &crowd);
  g_assert_cmpint (crowd_send (&crowd, TRUE, 60, &error), ==, -1);
  g_assert_true (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_REFUSED)
                 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET)
                 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_NOT_CONNECTED));
  test_thread_join (&thread);
  g_assert_finalize_object (crowd.sender);
  g_assert_finalize_object (crowd.receiver);
}

/* Many senders on one stream: what each sends arrives whole, if it is small, and nothing is lost. */
#define MANY 6
#define RECORDS 400

typedef struct
{
  GSockSocket *socket;
  double timeout;
} Sender;

static void
send_records (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < RECORDS; i++)
    g_assert_cmpint (gsock_socket_send_to (sender->socket, "0123456789abcdef", 16, NULL, NULL, "timeout", sender->timeout, NULL), ==, 16);
}

static void
test_many_threads (gconstpointer kind)
{
  TestThread threads[MANY];
  Sender senders[MANY];
  gsize wanted = MANY * RECORDS * 16;
  TestWire wire;
  char bytes[16];

  if (!test_wire_open (&wire, kind))
    return;
  for (guint i = 0; i < MANY; i++)
    {
      senders[i] = (Sender){ wire.near, i % 2 == 0 ? GSOCK_TIMEOUT_NEVER : 100 };
      test_thread_start (&threads[i], send_records, &senders[i]);
    }
  for (gsize got = 0; got < wanted; got += 16)
    {
      g_assert_cmpint (gsock_socket_receive_from (wire.far, bytes, 16, NULL, NULL, NULL, "wait-all", TRUE, "timeout", 60.0, NULL), ==, 16);
      g_assert_cmpmem (bytes, 16, "0123456789abcdef", 16);
    }
  for (guint i = 0; i < MANY; i++)
    test_thread_join (&threads[i]);
  check_nothing_arrives (wire.far);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_cmpint (gsock_socket_send_to (wire.near, NULL, 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_send_bytes (wire.near, NULL, NULL, 0, TRUE, -1, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_send_to_direct (wire.near, (const guint8 *) "x", 1, NULL, GSOCK_MESSAGE_FLAGS_PEEK, TRUE, -1, NULL, &error), ==, -1);
  g_assert_nonnull (error);
  check_nothing_arrives (wire.far);
  test_wire_close (&wire);
}

static gboolean
is_udp (const TestKind *kind)
{
  return kind->type == SOCK_DGRAM && kind->family != AF_UNIX;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-send/peer", test_peer, NULL);
  test_add_for_kinds ("/op-send/destinations", test_destinations, test_is_datagram);
  test_add ("/op-send/mapped", test_mapped);
  test_add_for_kinds ("/op-send/range", test_range, NULL);
  test_add_for_kinds ("/op-send/connected-with-destination", test_connected_with_destination, NULL);
  test_add_for_kinds ("/op-send/not-connected", test_not_connected, NULL);
  test_add_for_kinds ("/op-send/ports", test_ports, is_udp);
  test_add_for_kinds ("/op-send/bound-by-sending", test_bound_by_sending, is_udp);
  test_add_for_kinds ("/op-send/too-long", test_too_long, test_is_datagram);
  test_add_for_kinds ("/op-send/shut-down", test_shut_down, test_is_conversation);
  test_add_for_kinds ("/op-send/part", test_part, test_is_stream);
  test_add_for_kinds ("/op-send/cancelled-before", test_cancelled_before, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    {
      g_autofree char *full = g_strdup_printf ("/op-send/full-receiver/%s", crowds[i].name);
      g_autofree char *goes = g_strdup_printf ("/op-send/receiver-goes/%s", crowds[i].name);

      test_add_with (full, GUINT_TO_POINTER (i), test_full_receiver);
      test_add_with (goes, GUINT_TO_POINTER (i), test_receiver_goes);
    }
  test_add_for_kinds ("/op-send/many-threads", test_many_threads, test_is_stream);
  test_add ("/op-send/refused", test_refused);
  return g_test_run ();
}
