/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-message. */

#include "testmessage.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>
#include <gsock/gsock-socket-private.h>

#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static void
assert_refused (GSockSocket *socket, GSockMessage *message, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  test_assert_message (error, text);
  test_assert_error (error, code);
}

static void
receive_text (GSockSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *buffer = g_malloc (strlen (text) + 10);
  gssize n = gsock_socket_receive_from (socket, buffer, strlen (text) + 10, NULL, NULL, &error, "timeout", 30.0, NULL);

  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, text, strlen (text));
}

static void
test_gather (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = gsock_message_new ();

  if (!test_wire_open (&wire, data))
    return;
  gsock_message_add_data (message, (const guint8 *) "one", 3);
  gsock_message_add_data (message, NULL, 0);
  gsock_message_add_data (message, (const guint8 *) "two", 3);
  gsock_message_add_data (message, (const guint8 *) "three", 5);
  test_message_send (wire.near, message);
  receive_text (wire.far, "onetwothree");
  test_message_send (wire.near, message); /* it is as it was */
  receive_text (wire.far, "onetwothree");
  test_wire_close (&wire);
}

/* Fault 29: an empty one is a datagram too. */
static void
test_empty_datagram (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = gsock_message_new ();

  if (!test_wire_open (&wire, data))
    return;
  test_message_send (wire.near, message);
  receive_text (wire.far, "");
  test_wire_close (&wire);
}

static void
test_most_buffers (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autofree char *text = g_strnfill (IOV_MAX, 'b');

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  for (guint i = 0; i < IOV_MAX; i++)
    gsock_message_add_data (message, (const guint8 *) "b", 1);
  test_message_send (wire.near, message);
  receive_text (wire.far, text);
  gsock_message_add_data (message, (const guint8 *) "b", 1);
  assert_refused (wire.near, message, GSOCK_ERROR_OUT_OF_RANGE, "1025 buffers");
  test_wire_close (&wire);
}

static void
test_destination (gconstpointer data)
{
  g_autoptr (GSockSocket) sender = test_receiver_new (data);
  g_autoptr (GSockSocket) receiver = test_receiver_new (data);
  g_autoptr (GSockMessage) message = test_message_new ("there");
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (receiver);
  GSockReceived received;
  char buffer[10];

  assert_refused (sender, message, GSOCK_ERROR_NOT_CONNECTED, "destination");
  gsock_message_set_address (message, &address);
  test_message_send (sender, message);
  g_assert_cmpint (gsock_socket_receive_from (receiver, buffer, sizeof buffer, &received, NULL, &error, NULL), ==, 5);
  address = test_address_of (sender);
  g_assert_true (gsock_address_equal (&received.sender, &address));
  address = test_address_of (receiver);
  g_assert_true (gsock_socket_connect_direct (sender, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL));
  assert_refused (sender, message, GSOCK_ERROR_ALREADY_CONNECTED, "leave it out");
}

static void
test_sending_binds (void)
{
  g_autoptr (GSockSocket) receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockMessage) message = test_message_new ("x");
  GSockAddress address = test_address_of (receiver);

  g_assert_false (gsock_socket_is_bound (sender));
  gsock_message_set_address (message, &address);
  test_message_send (sender, message);
  g_assert_true (gsock_socket_is_bound (sender));
}

static void
test_no_message (void)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  assert_refused (wire.near, NULL, GSOCK_ERROR_INVALID_ARGUMENT, "there is no message");
  test_wire_close (&wire);
}

typedef struct
{
  const char *name;
  void (*set) (GSockMessage *message, int value);
  int values[3];
} Range;

static const Range ranges[] = {
  { "ttl", gsock_message_set_ttl, { 0, 256, G_MAXINT } },
  { "traffic-class", gsock_message_set_traffic_class, { 256, 1000, G_MAXINT } },
  { "segment-size", gsock_message_set_segment_size, { 0, 65536, G_MAXINT } },
};

static void
test_range (gconstpointer data)
{
  const Range *range = data;
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (range->values); i++)
    {
      range->set (message, range->values[i]);
      assert_refused (wire.near, message, GSOCK_ERROR_OUT_OF_RANGE, "send-message");
    }
  range->set (message, -1);
  test_message_send (wire.near, message);
  receive_text (wire.far, "x");
  test_wire_close (&wire);
}

/* The kernel would send it without them, and say nothing. */
static void
test_misfits (void)
{
  TestWire internet, local;
  g_autoptr (GSockMessage) hops = test_message_new ("x");
  g_autoptr (GSockMessage) owned = test_message_new ("x");
  g_autoptr (GSockMessage) passing = test_message_new ("x");

  g_assert_true (test_wire_open (&internet, test_kind_find ("udp-ipv4")));
  g_assert_true (test_wire_open (&local, test_kind_find ("local-datagram")));
  gsock_message_set_ttl (hops, 3);
  assert_refused (local.near, hops, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "ttl");
  g_assert_true (gsock_message_set_credentials (owned, getpid (), getuid (), getgid (), NULL));
  assert_refused (internet.near, owned, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "credentials");
  g_assert_true (gsock_message_add_file_descriptor (passing, 0, NULL));
  assert_refused (internet.near, passing, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "descriptors");
  test_wire_close (&internet);
  test_wire_close (&local);
}

static void
test_flags (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_PEEK);
  assert_refused (wire.near, message, GSOCK_ERROR_INVALID_ARGUMENT, "peek");
  gsock_message_set_flags (message, 0);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, "flags", GSOCK_MESSAGE_FLAGS_PEEK, NULL), ==, -1);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, "ttl", 3, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  test_wire_close (&wire);
}

/* An urgent byte, by the message's flag and by the call's. */
static void
test_out_of_band (gconstpointer data)
{
  gboolean by_message = GPOINTER_TO_INT (data);
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("!");
  g_autoptr (GError) error = NULL;
  char byte = 0;

  if (!test_wire_open (&wire, test_kind_find ("tcp-ipv4")))
    return;
  gsock_message_set_flags (message, by_message ? GSOCK_MESSAGE_FLAGS_OUT_OF_BAND : 0);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, "out-of-band", !by_message, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &byte, 1, NULL, NULL, &error, "out-of-band", TRUE, "timeout", 30.0, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (byte, ==, '!');
  test_wire_close (&wire);
}

#define LARGE 3000000

typedef struct
{
  GSockSocket *socket;
  GSockMessage *message;
  gssize sent;
  GError *error;
} Sending;

static void
send_in_thread (gpointer data)
{
  Sending *self = data;

  self->sent = gsock_socket_send_message (self->socket, self->message, NULL, &self->error, NULL);
}

static GSockMessage *
new_large_message (void)
{
  GSockMessage *message = gsock_message_new ();
  g_autofree guint8 *bytes = g_malloc (LARGE / 3);

  for (guint i = 0; i < LARGE / 3; i++)
    bytes[i] = (guint8) (i * 7 + i / 253);
  for (guint i = 0; i < 3; i++)
    gsock_message_add_data (message, bytes, LARGE / 3);
  return message;
}

/* Reads all, a little at a time, and counts the descriptors that come along. */
static guint
read_slowly (GSockSocket *socket, GByteArray *into)
{
  guint n_fds = 0;

  while (into->len < LARGE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockMessage) part = gsock_socket_receive_message (socket, 50000, NULL, &error, "timeout", 30.0, NULL);
      g_autoptr (GBytes) bytes = NULL;

      g_assert_no_error (error);
      bytes = gsock_message_get_bytes (part);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
      g_byte_array_append (into, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      n_fds += gsock_message_get_n_file_descriptors (part);
    }
  return n_fds;
}

/* Fault 8: what goes in several parts goes once, and so do the descriptors. */
static void
test_parts (gconstpointer data)
{
  const TestKind *kind = data;
  TestWire wire;
  g_autoptr (GSockMessage) message = new_large_message ();
  g_autoptr (GByteArray) arrived = g_byte_array_new ();
  g_autoptr (GBytes) sent = gsock_message_get_bytes (message);
  Sending sending;
  TestThread thread;
  guint n_fds;

  if (!test_wire_open (&wire, kind))
    return;
  gsock_socket_set_option (wire.near, "send-buffer", g_variant_new_int32 (4096), NULL);
  if (test_is_local (kind))
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  sending = (Sending){ .socket = wire.near, .message = message };
  test_storm_start ();
  test_thread_start (&thread, send_in_thread, &sending);
  n_fds = read_slowly (wire.far, arrived);
  test_thread_join (&thread);
  test_storm_stop ();
  g_assert_no_error (sending.error);
  g_assert_cmpint (sending.sent, ==, LARGE);
  g_assert_cmpmem (arrived->data, arrived->len, g_bytes_get_data (sent, NULL), g_bytes_get_size (sent));
  g_assert_cmpuint (n_fds, ==, test_is_local (kind) ? 1 : 0);
  test_wire_close (&wire);
}

/* What stops it is met again; how much went is told. */
static void
test_progress_is_told (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_large_message ();
  g_autoptr (GError) error = NULL;
  gssize n;

  if (!test_wire_open (&wire, data))
    return;
  do
    n = gsock_socket_send_message (wire.near, message, NULL, &error, "wait", FALSE, NULL);
  while (n == LARGE);
  g_assert_no_error (error);
  g_assert_cmpint (n, >, 0);
  (void) test_fill (wire.near);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_DONT_WAIT);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  gsock_message_set_flags (message, 0);
  test_takes_at_least (0.1, n = gsock_socket_send_message (wire.near, message, NULL, &error, "timeout", 0.1, NULL));
  g_assert_cmpint (n, ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_wire_close (&wire);
}

/* A full queue of a local receiver, which the sender is not connected to. */
static void
test_waits_for_the_receiver (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockMessage) message = test_message_new ("x");
  GSockAddress address = test_address_of (receiver);
  Sending sending = { .socket = sender, .message = message };
  TestThread thread;

  gsock_message_set_address (message, &address);
  while (gsock_socket_send_message (sender, message, NULL, NULL, "wait", FALSE, NULL) == 1)
    ;
  test_thread_start (&thread, send_in_thread, &sending);
  test_thread_wait_until_asleep (&thread);
  g_assert_false (test_thread_is_done (&thread));
  receive_text (receiver, "x");
  test_thread_join (&thread);
  g_assert_no_error (sending.error);
  g_assert_cmpint (sending.sent, ==, 1);
}

static void
test_cancelled (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  (void) test_fill (wire.near);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_wire_close (&wire);
}

/* Fault 9. */
static void
test_dead_peer (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;

  if (!test_wire_open (&wire, data))
    return;
  gsock_socket_close (wire.far, FALSE, NULL);
  while (gsock_socket_send_message (wire.near, message, NULL, &error, NULL) == 1)
    ;
  g_assert_true (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ENDPOINT_SHUTDOWN)
                 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET));
  test_wire_close (&wire);
}

/* Fault 28. */
static void
test_late_error (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");

  if (!test_wire_open (&wire, data))
    return;
  gsock_socket_close (wire.far, FALSE, NULL);
  test_message_send (wire.near, message);
  assert_refused (wire.near, message, GSOCK_ERROR_CONNECTION_REFUSED, "an earlier datagram");
  test_message_send (wire.near, message); /* told once, the next one goes */
  test_wire_close (&wire);
}

static void
test_closed (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) passing = test_message_new ("x");
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_socket_close (wire.near, FALSE, NULL);
  assert_refused (wire.near, message, GSOCK_ERROR_CLOSED, "closed");
  g_assert_true (gsock_message_add_file_descriptor (passing, 0, NULL));
  assert_refused (wire.near, passing, GSOCK_ERROR_CLOSED, "closed");
  assert_refused (raw, message, GSOCK_ERROR_NOT_INITIALIZED, "");
  test_wire_close (&wire);
}

static void
test_too_long (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_large_message ();

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  assert_refused (wire.near, message, GSOCK_ERROR_MESSAGE_TOO_LONG, "");
  test_wire_close (&wire);
}

/* More control messages than the kernel has room for. */
static void
test_too_much_control (void)
{
  static const guint8 bytes[300000];
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  g_assert_true (gsock_message_add_control (message, 12345, 1, bytes, sizeof bytes, NULL));
  assert_refused (wire.near, message, GSOCK_ERROR_NO_BUFFER_SPACE, "");
  test_wire_close (&wire);
}

/* Fast open: without a cookie the connection is made as ever, and the bytes follow. */
static void
test_fast_open (void)
{
  g_autoptr (GSockSocket) listener = test_listener_new (test_kind_find ("tcp-ipv4"), 1);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", AF_INET, NULL);
  g_autoptr (GSockSocket) accepted = NULL;
  g_autoptr (GSockMessage) message = test_message_new ("early");
  GSockAddress address = test_address_of (listener);

  gsock_message_set_address (message, &address);
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_FAST_OPEN);
  test_message_send (socket, message);
  g_assert_true (gsock_socket_is_connected (socket));
  accepted = GSOCK_SOCKET (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, NULL, NULL));
  receive_text (accepted, "early");
}

/* A class that counts, and refuses by and by: with an error or without one. */
typedef struct
{
  GSockDatagramSocket parent;
  guint n_messages;
  GSockMessageFlags flags;
} Counting;

typedef GSockDatagramSocketClass CountingClass;

static GType counting_get_type (void);
G_DEFINE_TYPE (Counting, counting, GSOCK_TYPE_DATAGRAM_SOCKET)

static gssize
counting_send_message (GSockSocket *socket, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  Counting *self = (Counting *) socket;

  self->n_messages++;
  self->flags = flags;
  return self->n_messages > 1 ? -1
                              : GSOCK_SOCKET_CLASS (counting_parent_class)->send_message (socket, message, flags, wait, timeout, cancellable, error);
}

static void
counting_class_init (CountingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->send_message = counting_send_message;
}

static void
counting_init (Counting *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (GSockSocket) receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockSocket) socket = g_initable_new (counting_get_type (), NULL, NULL, NULL);
  g_autoptr (GSockMessage) message = test_message_new ("counted");
  GSockAddress address = test_address_of (receiver);

  g_assert_nonnull (socket);
  gsock_message_set_address (message, &address);
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_DONT_ROUTE);
  test_message_send (socket, message);
  receive_text (receiver, "counted");
  g_assert_cmpuint (((Counting *) socket)->n_messages, ==, 1);
  g_assert_cmpuint (((Counting *) socket)->flags, ==, GSOCK_MESSAGE_FLAGS_DONT_ROUTE);
  assert_refused (socket, message, GSOCK_ERROR_FAILED, "without an error");
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_PEEK); /* what is refused does not get there */
  assert_refused (socket, message, GSOCK_ERROR_INVALID_ARGUMENT, "peek");
  g_assert_cmpuint (((Counting *) socket)->n_messages, ==, 2);
}

static gboolean
is_internet_datagram (const TestKind *kind)
{
  return kind->type == SOCK_DGRAM && kind->family != AF_UNIX;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/send-message/gather", test_gather, NULL);
  test_add_for_kinds ("/send-message/empty-datagram", test_empty_datagram, test_is_datagram);
  test_add ("/send-message/most-buffers", test_most_buffers);
  test_add_for_kinds ("/send-message/destination", test_destination, test_is_datagram);
  test_add ("/send-message/binds", test_sending_binds);
  test_add ("/send-message/no-message", test_no_message);
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autofree char *path = g_strdup_printf ("/send-message/range/%s", ranges[i].name);

      test_add_with (path, &ranges[i], test_range);
    }
  test_add ("/send-message/misfits", test_misfits);
  test_add ("/send-message/flags", test_flags);
  test_add_with ("/send-message/out-of-band/message", GINT_TO_POINTER (TRUE), test_out_of_band);
  test_add_with ("/send-message/out-of-band/call", GINT_TO_POINTER (FALSE), test_out_of_band);
  test_add_for_kinds ("/send-message/parts", test_parts, test_is_stream);
  test_add_for_kinds ("/send-message/progress", test_progress_is_told, test_is_stream);
  test_add ("/send-message/waits-for-receiver", test_waits_for_the_receiver);
  test_add ("/send-message/cancelled", test_cancelled);
  test_add_for_kinds ("/send-message/dead-peer", test_dead_peer, test_is_conversation);
  test_add_for_kinds ("/send-message/late-error", test_late_error, is_internet_datagram);
  test_add ("/send-message/closed", test_closed);
  test_add ("/send-message/too-long", test_too_long);
  test_add ("/send-message/too-much-control", test_too_much_control);
  test_add ("/send-message/fast-open", test_fast_open);
  test_add ("/send-message/subclass", test_subclass);
  return g_test_run ();
}
