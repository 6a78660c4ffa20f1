/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-many: the same datagrams arrive with and without the kernel's help, and what does not go is told. */

#include "testbatch.h"
#include "testspace.h"
#include "testthread.h"

#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

static gssize
send_batch (GSockSocket *socket, GSockBatch *batch, guint start, const GSockAddress *destination, gboolean wait, GError **error)
{
  return gsock_socket_send_many_direct (socket, batch, start, GSOCK_BATCH_TO_END, destination, 0, wait, 5, NULL, error);
}

/* Sends everything, in as many calls as it takes, and takes what arrives. */
static void
send_and_take (GSockSocket *sender, GSockBatch *batch, const GSockAddress *destination, int receiver, const guint *lengths)
{
  guint n = gsock_batch_get_count (batch);

  for (guint at = 0; at < n;)
    {
      g_autoptr (GError) error = NULL;
      gssize sent = send_batch (sender, batch, at, destination, FALSE, &error);

      g_assert_no_error (error);
      g_assert_cmpint (sent, >, 0);
      for (gssize i = 0; i < sent; i++)
        test_take_plain (receiver, at + i, lengths[at + i]);
      at += sent;
    }
  g_assert_cmpint (recv (receiver, NULL, 0, MSG_DONTWAIT), ==, -1);
}

typedef guint (*Shape) (guint index);

static guint
shape_equal (guint index)
{
  return 64;
}

static guint
shape_last_is_shorter (guint index)
{
  return index % 10 == 9 ? 13 : 100;
}

static guint
shape_unequal (guint index)
{
  return 1 + index * 37 % 1400;
}

static guint
shape_with_empty_ones (guint index)
{
  return index % 4 == 0 ? 0 : 50;
}

static guint
shape_growing (guint index)
{
  return 1 + index / 3;
}

static guint
shape_long (guint index)
{
  return index % 5 == 4 ? 65000 : 30000;
}

static const struct
{
  Shape length_of;
  guint n;
} shapes[] = {
  { shape_equal, 1 },
  { shape_equal, 2 },
  { shape_equal, 64 },
  { shape_equal, 65 },
  { shape_equal, 2500 }, /* more than one system call takes */
  { shape_last_is_shorter, 95 },
  { shape_unequal, 100 },
  { shape_unequal, 1500 },
  { shape_with_empty_ones, 41 },
  { shape_growing, 100 },
  { shape_long, 12 },
};

static void
try_shape (GSockSocket *sender, const GSockAddress *destination, int receiver, Shape length_of, guint n)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autofree guint *lengths = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    lengths[i] = length_of (i);
  test_batch_fill (batch, lengths, n, 0, NULL);
  send_and_take (sender, batch, destination, receiver, lengths);
  /* It is not used up. */
  send_and_take (sender, batch, destination, receiver, lengths);
}

static void
test_unconnected (const TestKind *kind)
{
  GSockSocket *receiver = test_receiver_new (kind), *sender;
  GSockAddress address;

  if (receiver == NULL)
    return;
  sender = test_receiver_new (kind);
  address = test_address_of (receiver);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (test_make_room (test_peek_fd (receiver)) || shapes[i].n <= 100)
      try_shape (sender, &address, test_peek_fd (receiver), shapes[i].length_of, shapes[i].n);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_connected (const TestKind *kind)
{
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (test_make_room (test_peek_fd (wire.far)) || shapes[i].n <= 100)
      try_shape (wire.near, NULL, test_peek_fd (wire.far), shapes[i].length_of, shapes[i].n);
  test_wire_close (&wire);
}

/* Each gets its own, in order, and those without an address go to the destination of the call. */
static void
test_many_destinations (const TestKind *kind)
{
  static const guint to[] = { 0, 0, 0, 1, 1, 2, 0, 1, 2, 2, 2, 2 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  GSockSocket *sender = test_receiver_new (kind), *receivers[3];
  GSockAddress addresses[3];
  guint length = 40;

  for (guint i = 0; i < 3; i++)
    {
      receivers[i] = test_receiver_new (kind);
      addresses[i] = test_address_of (receivers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (to); i++)
    test_batch_fill (batch, &length, 1, i, to[i] > 0 ? &addresses[to[i]] : NULL);
  g_assert_cmpint (send_batch (sender, batch, 0, &addresses[0], TRUE, &error), ==, G_N_ELEMENTS (to));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (to); i++)
    test_take_plain (test_peek_fd (receivers[to[i]]), i, length);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (recv (test_peek_fd (receivers[i]), NULL, 0, MSG_DONTWAIT), ==, -1);
      g_assert_finalize_object (receivers[i]);
    }
  g_assert_finalize_object (sender);
}

/* A dual stack socket reaches both families in one batch. */
static void
test_dual_stack (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  GSockSocket *four = test_receiver_new (test_kind_find ("udp-ipv4")), *six = test_receiver_new (test_kind_find ("udp-ipv6"));
  GSockAddress addresses[2];

  g_assert_no_error (error);
  if (six == NULL || gsock_socket_get_address_family (sender) != GSOCK_ADDRESS_FAMILY_IPV6)
    {
      g_test_skip ("there is no IPv6");
      g_clear_object (&six);
      g_object_unref (four);
      return;
    }
  addresses[0] = test_address_of (four);
  addresses[1] = test_address_of (six);
  for (guint i = 0; i < 8; i++)
    test_batch_fill (batch, &(guint){ 30 }, 1, i, &addresses[i / 4]);
  g_assert_cmpint (send_batch (sender, batch, 0, NULL, TRUE, &error), ==, 8);
  for (guint i = 0; i < 8; i++)
    test_take_plain (test_peek_fd (i < 4 ? four : six), i, 30);
  g_assert_finalize_object (four);
  g_assert_finalize_object (six);
}

/* That the kernel is really asked to cut: a receiver that asks it to join sees what was sent at once. */
static void
test_is_cut_by_the_kernel (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4")), *sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress address = test_address_of (receiver);
  guint8 bytes[65536];

  g_assert_cmpint (setsockopt (test_peek_fd (receiver), IPPROTO_UDP, UDP_GRO, &(int){ 1 }, sizeof (int)), ==, 0);
  test_batch_fill_alike (batch, 64, 60, NULL);
  g_assert_cmpint (send_batch (sender, batch, 0, &address, TRUE, NULL), ==, 60);
  g_assert_cmpint (recv (test_peek_fd (receiver), bytes, sizeof bytes, MSG_DONTWAIT), ==, 60 * 64);
  g_assert_cmpint (gsock_socket_get_handle (sender)->segments->cutting, ==, GSOCK_CUTTING_PROVEN);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
check_refusal (GSockSocket *sender, const GSockAddress *address, int receiver, guint length, GSockCutting cutting)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;

  test_batch_fill_alike (batch, length, 20, NULL);
  for (guint round = 0; round < 2; round++)
    {
      g_assert_cmpint (send_batch (sender, batch, 0, address, TRUE, &error), ==, 20);
      g_assert_no_error (error);
      for (guint i = 0; i < 20; i++)
        test_take_plain (receiver, i, length);
      g_assert_cmpint (recv (receiver, NULL, 0, MSG_DONTWAIT), ==, -1);
      g_assert_cmpint (gsock_socket_get_handle (sender)->segments->cutting, ==, cutting);
    }
}

/* The kernel answers EIO to a segmented send of UDP-Lite. gsock would not try it there: it has to be
 * told that this is UDP. */
static void
test_refused_with_eio (void)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "protocol", IPPROTO_UDPLITE,
                                                      "local-host", GSOCK_IPV4_LOOPBACK, NULL);
  g_autoptr (GSockSocket) receiver = NULL;

  if (sender == NULL)
    {
      g_test_skip ("this kernel has no UDP-Lite");
      return;
    }
  receiver = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "protocol", IPPROTO_UDPLITE, "local-host", GSOCK_IPV4_LOOPBACK, NULL);
  g_assert_no_error (error);
  address = test_address_of (receiver);
  check_refusal (sender, &address, test_peek_fd (receiver), 64, GSOCK_CUTTING_UNKNOWN);
  gsock_socket_get_handle (sender)->protocol = IPPROTO_UDP;
  check_refusal (sender, &address, test_peek_fd (receiver), 64, GSOCK_CUTTING_OFF);
}

/* Without checksums there is no cutting: EINVAL. */
static void
test_refused_with_einval (void)
{
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4")), *sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress address = test_address_of (receiver);

  g_assert_cmpint (setsockopt (test_peek_fd (sender), SOL_SOCKET, SO_NO_CHECK, &(int){ 1 }, sizeof (int)), ==, 0);
  check_refusal (sender, &address, test_peek_fd (receiver), 64, GSOCK_CUTTING_OFF);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

/* Longer than a packet: these go as fragments, and only those that are shorter are cut. */
static void
on_short_path (gpointer data)
{
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4")), *sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress address = test_address_of (receiver);

  test_ip ("link set lo mtu 1500");
  check_refusal (sender, &address, test_peek_fd (receiver), 2000, GSOCK_CUTTING_ON);
  check_refusal (sender, &address, test_peek_fd (receiver), 1000, GSOCK_CUTTING_PROVEN);
  check_refusal (sender, &address, test_peek_fd (receiver), 1800, GSOCK_CUTTING_PROVEN);
  check_refusal (sender, &address, test_peek_fd (receiver), 1472, GSOCK_CUTTING_PROVEN);
  g_assert_cmpuint (gsock_socket_get_handle (sender)->segments->longest_cut, ==, 1799);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_refused_for_length (void)
{
  test_in_own_network (on_short_path, NULL);
}

/* A queue that is full: what went is told, then that no more goes, and the rest goes later. */
static void
test_partial_progress (const TestKind *kind)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;
  gssize first, rest;

  if (!test_is_local (kind) || !test_wire_open (&wire, kind))
    return;
  test_batch_fill_alike (batch, 5000, 1000, NULL);
  first = send_batch (wire.near, batch, 0, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (first, >, 0);
  g_assert_cmpint (first, <, 1000);
  g_assert_cmpint (send_batch (wire.near, batch, first, NULL, FALSE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, NULL, &error, "start", (int) first, "timeout", 0.01, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  for (gssize i = 0; i < first; i++)
    test_take_plain (test_peek_fd (wire.far), i, 5000);
  rest = send_batch (wire.near, batch, first, NULL, FALSE, &error);
  g_assert_cmpint (rest, >, 0);
  for (gssize i = 0; i < rest; i++)
    test_take_plain (test_peek_fd (wire.far), first + i, 5000);
  test_wire_close (&wire);
}

typedef struct
{
  GSockSocket *sender;
  GSockBatch *batch;
  const GSockAddress *destination;
} Sending;

static void
send_in_thread (gpointer data)
{
  Sending *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_many_direct (self->sender, self->batch, 0, GSOCK_BATCH_TO_END, self->destination, 0, TRUE,
                                                  GSOCK_TIMEOUT_NEVER, NULL, &error), ==, 300);
  g_assert_no_error (error);
}

/* It waits until all have gone, whether the receiver is the peer or not. */
static void
check_waits (GSockSocket *sender, int receiver, const GSockAddress *destination)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  Sending sending = { sender, batch, destination };
  TestThread thread;

  test_batch_fill_alike (batch, 5000, 300, NULL);
  test_thread_start (&thread, send_in_thread, &sending);
  test_thread_wait_until_asleep (&thread);
  for (guint i = 0; i < 300; i++)
    {
      guint8 bytes[5001];

      g_assert_cmpint (recv (receiver, bytes, sizeof bytes, 0), ==, 5000);
      test_check_bytes (bytes, 5000, i, 5000);
    }
  test_thread_join (&thread);
}

static void
test_waits_for_room (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  TestWire wire;
  GSockSocket *sender, *receiver;
  GSockAddress address;

  g_assert_true (test_wire_open (&wire, kind));
  check_waits (wire.near, test_peek_fd (wire.far), NULL);
  test_wire_close (&wire);
  sender = test_receiver_new (kind);
  receiver = test_receiver_new (kind);
  address = test_address_of (receiver);
  check_waits (sender, test_peek_fd (receiver), &address);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

/* Nobody is there: the first datagrams have gone, the refusal is told by a later call, and each datagram
 * is either counted or not sent. */
static void
test_late_refusal (void)
{
  static const guint lengths[] = { 10, 20, 30, 40, 50, 60 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  TestWire wire;
  guint n_sent = 0, n_refused = 0;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_true (gsock_socket_close (wire.far, FALSE, NULL));
  test_batch_fill (batch, lengths, G_N_ELEMENTS (lengths), 0, NULL);
  for (guint i = 0; i < 100 && n_sent < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      gssize n = send_batch (wire.near, batch, n_sent, NULL, TRUE, &error);

      if (n < 0)
        {
          g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_REFUSED);
          test_assert_message (error, "an earlier datagram");
          n_refused++;
        }
      else
        n_sent += n;
    }
  g_assert_cmpuint (n_sent, ==, G_N_ELEMENTS (lengths));
  g_assert_cmpuint (n_refused, >, 0);
  test_wire_close (&wire);
}

static void
test_addresses_refused (const TestKind *kind)
{
  g_autoptr (GSockBatch) addressed = gsock_batch_new (), plain = gsock_batch_new (), mixed = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;
  GSockSocket *sender;
  GSockAddress address;

  if (!test_wire_open (&wire, kind))
    return;
  sender = test_receiver_new (kind);
  address = test_address_of (wire.far);
  test_batch_fill_alike (addressed, 5, 3, &address);
  test_batch_fill_alike (plain, 5, 3, NULL);
  test_batch_fill_alike (mixed, 5, 3, &address);
  test_batch_fill_alike (mixed, 5, 3, NULL);

  g_assert_cmpint (send_batch (wire.near, addressed, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_cmpint (send_batch (wire.near, mixed, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_cmpint (send_batch (wire.near, plain, 0, &address, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_cmpint (send_batch (sender, plain, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_cmpint (send_batch (sender, mixed, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_cmpint (recv (test_peek_fd (wire.far), NULL, 0, MSG_DONTWAIT), ==, -1);
  /* Only the part that is sent counts. */
  g_assert_cmpint (send_batch (wire.near, mixed, 3, NULL, TRUE, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_finalize_object (sender);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new (), empty = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestWire wire, stream;

  test_batch_fill_alike (batch, 5, 3, NULL);
  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_true (test_wire_open (&stream, test_kind_find ("local-stream")));
  g_assert_cmpint (send_batch (stream.near, batch, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_cmpint (send_batch (wire.near, NULL, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (send_batch (wire.near, batch, 4, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, NULL, &error, "start", 2, "end", 1, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, NULL, &error, "more", TRUE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, NULL, &error, "flags", GSOCK_MESSAGE_FLAGS_MORE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, NULL, &error, "remote-host", "127.0.0.1", NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_send_many (wire.near, batch, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (recv (test_peek_fd (wire.far), NULL, 0, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (send_batch (wire.near, empty, 0, NULL, TRUE, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  g_assert_cmpint (send_batch (wire.near, batch, 0, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  test_wire_close (&wire);
  test_wire_close (&stream);
}

/* One that is too long stops it, after those before it. */
static void
test_too_long (void)
{
  static const guint lengths[] = { 50, 50, 65536, 50 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  test_batch_fill (batch, lengths, G_N_ELEMENTS (lengths), 0, NULL);
  g_assert_cmpint (send_batch (wire.near, batch, 0, NULL, TRUE, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpint (send_batch (wire.near, batch, 2, NULL, TRUE, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  g_assert_cmpint (send_batch (wire.near, batch, 3, NULL, TRUE, &error), ==, 1);
  test_take_plain (test_peek_fd (wire.far), 0, 50);
  test_take_plain (test_peek_fd (wire.far), 1, 50);
  test_take_plain (test_peek_fd (wire.far), 3, 50);
  test_wire_close (&wire);
}

static void
test_keywords (void)
{
  const char *names[] = { "remote_host", "remote_port", "start", NULL };
  GValue values[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  int port = gsock_socket_get_local_port (receiver);

  test_batch_fill_alike (batch, 9, 4, NULL);
  g_assert_false (gsock_socket_is_bound (sender));
  g_assert_cmpint (gsock_socket_send_many (sender, batch, NULL, &error, "remote-host", "127.0.0.1", "remote-port", port, "end", 3, NULL), ==, 3);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_bound (sender));
  g_value_set_string (g_value_init (&values[0], G_TYPE_STRING), "127.0.0.1");
  g_value_set_int (g_value_init (&values[1], G_TYPE_INT), port);
  g_value_set_int (g_value_init (&values[2], G_TYPE_INT), 3);
  g_assert_cmpint (gsock_socket_send_many_with_keywords (sender, batch, names, values, 3, NULL, &error), ==, 1);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    test_take_plain (test_peek_fd (receiver), i, 9);
  g_value_unset (&values[0]);
  g_assert_finalize_object (receiver);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_for_helps ("/op-send-many/unconnected", test_unconnected);
  test_add_for_helps ("/op-send-many/connected", test_connected);
  test_add_for_helps ("/op-send-many/many-destinations", test_many_destinations);
  test_add_for_helps ("/op-send-many/partial-progress", test_partial_progress);
  test_add_for_helps ("/op-send-many/addresses-refused", test_addresses_refused);
  test_add ("/op-send-many/dual-stack", test_dual_stack);
  test_add ("/op-send-many/is-cut-by-the-kernel", test_is_cut_by_the_kernel);
  test_add ("/fault/34/refused-with-eio", test_refused_with_eio);
  test_add ("/fault/34/refused-with-einval", test_refused_with_einval);
  test_add ("/fault/34/refused-for-length", test_refused_for_length);
  test_add ("/op-send-many/waits-for-room", test_waits_for_room);
  test_add ("/op-send-many/late-refusal", test_late_refusal);
  test_add ("/op-send-many/refused", test_refused);
  test_add ("/op-send-many/too-long", test_too_long);
  test_add ("/op-send-many/keywords", test_keywords);

  return g_test_run ();
}
