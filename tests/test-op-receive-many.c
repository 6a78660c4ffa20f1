/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* receive-many: whole, in order and once, whether the datagrams came joined or not; and what classes make
 * of batches. */

#include "testbatch.h"
#include "testthread.h"

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

/* From a plain socket, one by one: these never come joined from loopback. */
static void
send_singly (int fd, GSockBatch *batch, const GSockAddress *to)
{
  for (guint i = 0; i < gsock_batch_get_count (batch); i++)
    {
      gsize length, n;
      const guint8 *data = gsock_batch_get_data (batch, i, &length);
      const guint8 *native = gsock_address_peek_bytes (to, &n);

      g_assert_cmpint (sendto (fd, data, length, 0, (gconstpointer) native, n), ==, length);
    }
}

static void
send_together (GSockSocket *sender, GSockBatch *batch, const GSockAddress *to)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_many_direct (sender, batch, 0, GSOCK_BATCH_TO_END, to, 0, TRUE, 5, NULL, &error), ==,
                   gsock_batch_get_count (batch));
  g_assert_no_error (error);
}

static gssize
receive (GSockSocket *socket, GSockBatch *batch, guint most, gsize size, GError **error)
{
  return gsock_socket_receive_many_direct (socket, batch, most, size, 0, TRUE, 5, NULL, error);
}

static void
check_nothing_left (GSockSocket *socket, GSockBatch *batch)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_receive_many (socket, batch, 10, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
}

/* Takes @n in batches of @most; the last may be short. */
static void
take_all (GSockSocket *receiver, const guint *lengths, guint n, guint most, GSockSocket *sender)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  GSockAddress address = test_address_of (sender);

  for (guint at = 0; at < n;)
    {
      g_autoptr (GError) error = NULL;
      gssize got = receive (receiver, batch, most, GSOCK_DATAGRAM_MAX_LENGTH, &error);

      g_assert_no_error (error);
      g_assert_cmpint (got, >, 0);
      g_assert_cmpint (got, <=, most);
      test_check_batch (batch, lengths + at, got, at);
      for (gssize i = 0; i < got; i++)
        g_assert_true (gsock_address_equal (gsock_batch_get_address (batch, i), &address));
      at += got;
    }
  check_nothing_left (receiver, batch);
}

static guint
length_of (guint shape, guint index)
{
  guint lengths[] = { 64, index % 7 == 6 ? 20 : 90, 1 + index * 13 % 900, index % 3 * 40, 1400 };

  return lengths[shape];
}

/* A local receiver's queue is short (net.unix.max_dgram_qlen). */
static guint
how_many (const TestKind *kind)
{
  return test_is_local (kind) ? 8 : 150;
}

static void
test_all_arrive (const TestKind *kind)
{
  static const guint mosts[] = { 1, 7, 64, 2000 };
  GSockSocket *receiver = test_receiver_new (kind), *sender;
  guint n = how_many (kind);
  g_autofree guint *lengths = g_new (guint, n);
  GSockAddress address;

  if (receiver == NULL)
    return;
  sender = test_receiver_new (kind);
  address = test_address_of (receiver);
  (void) test_make_room (test_peek_fd (receiver));
  for (guint shape = 0; shape < 5; shape++)
    for (guint i = 0; i < 2 * G_N_ELEMENTS (mosts); i++)
      {
        g_autoptr (GSockBatch) batch = gsock_batch_new ();

        for (guint j = 0; j < n; j++)
          lengths[j] = length_of (shape, j);
        test_batch_fill (batch, lengths, n, 0, NULL);
        if (i % 2 == 0)
          send_singly (test_peek_fd (sender), batch, &address);
        else
          send_together (sender, batch, &address);
        take_all (receiver, lengths, n, mosts[i / 2], sender);
      }
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_connected (const TestKind *kind)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  test_batch_fill_alike (batch, 30, 6, NULL);
  for (guint round = 0; round < 3; round++)
    {
      send_together (wire.near, batch, NULL);
      g_assert_cmpint (receive (wire.far, received, 6, 100, &error), ==, 6);
      g_assert_no_error (error);
    }
  test_wire_close (&wire);
}

/* What is longer than the size loses its end, each for itself. */
static void
test_cut_short (const TestKind *kind)
{
  static const guint lengths[] = { 50, 50, 50, 10, 0, 60 };
  static const gsize sizes[] = { 0, 1, 20, 50, 1000 };
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  GSockSocket *receiver = test_receiver_new (kind), *sender = test_receiver_new (kind);
  GSockAddress address = test_address_of (receiver);

  test_batch_fill (batch, lengths, G_N_ELEMENTS (lengths), 0, NULL);
  for (guint i = 0; i < 3 * G_N_ELEMENTS (sizes); i++)
    {
      gsize size = sizes[i % G_N_ELEMENTS (sizes)], total;
      guint most = i < G_N_ELEMENTS (sizes) ? 4 : 100;

      send_together (sender, batch, &address);
      for (guint at = 0; at < G_N_ELEMENTS (lengths); at += gsock_batch_get_count (received))
        {
          g_assert_cmpint (receive (receiver, received, most, size, NULL), >, 0);
          total = 0;
          for (guint j = 0; j < gsock_batch_get_count (received); j++)
            {
              gsize length;
              const guint8 *data = gsock_batch_get_data (received, j, &length);

              test_check_bytes (data, length, at + j, MIN (size, lengths[at + j]));
              g_assert_cmpuint (gsock_batch_get_full_length (received, j), ==, lengths[at + j]);
              g_assert_cmpint (gsock_batch_get_flags (received, j), ==, lengths[at + j] > size ? GSOCK_MESSAGE_FLAGS_TRUNCATE : 0);
              total += length;
            }
          gsock_batch_get_packed_data (received, &size);
          g_assert_cmpuint (size, ==, total);
          size = sizes[i % G_N_ELEMENTS (sizes)];
        }
      check_nothing_left (receiver, received);
    }
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_many_senders (const TestKind *kind)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  GSockSocket *receiver = test_receiver_new (kind), *senders[4];
  GSockAddress address = test_address_of (receiver);
  guint at = 0;

  test_batch_fill_alike (batch, 10, 2, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      senders[i] = test_receiver_new (kind);
      send_together (senders[i], batch, &address);
    }
  while (at < 8)
    {
      g_assert_cmpint (receive (receiver, received, 100, 100, NULL), >, 0);
      for (guint i = 0; i < gsock_batch_get_count (received); i++, at++)
        {
          GSockAddress sender = test_address_of (senders[at / 2]);

          g_assert_true (gsock_address_equal (gsock_batch_get_address (received, i), &sender));
        }
    }
  g_assert_cmpuint (at, ==, 8);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    g_assert_finalize_object (senders[i]);
  g_assert_finalize_object (receiver);
}

/* On a dual stack socket a sender of IPv4 is one of IPv4. */
static void
test_dual_stack (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  GSockSocket *sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress from = test_address_of (sender), to;

  g_assert_no_error (error);
  g_assert_true (gsock_address_init_from_host (&to, GSOCK_IPV4_LOOPBACK, gsock_socket_get_local_port (receiver), NULL));
  test_batch_fill_alike (batch, 10, 20, NULL);
  for (guint round = 0; round < 3; round++)
    {
      send_together (sender, batch, &to);
      for (guint at = 0; at < 20; at += gsock_batch_get_count (received))
        {
          g_assert_cmpint (receive (receiver, received, 15, 100, &error), >, 0);
          g_assert_true (gsock_address_equal (gsock_batch_get_address (received, 0), &from));
        }
    }
  g_assert_finalize_object (sender);
}

/* The batch of descriptors that nobody can take: they are closed. */
static void
test_descriptors_are_closed (void)
{
  g_autoptr (GSockBatch) received = gsock_batch_new ();
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  gsock_message_add_data (message, (const guint8 *) "x", 1);
  g_assert_true (gsock_message_add_file_descriptor (message, 0, &error));
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, NULL), ==, 1);
  test_keeps_descriptors (g_assert_cmpint (receive (wire.far, received, 4, 100, &error), ==, 1));
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) unbound = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  TestWire stream;

  g_assert_true (test_wire_open (&stream, test_kind_find ("local-seqpacket")));
  g_assert_cmpint (receive (stream.near, batch, 1, 1, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_cmpint (receive (unbound, batch, 1, 1, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);
  g_assert_cmpint (receive (receiver, NULL, 1, 1, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (receive (receiver, batch, 0, 1, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_many (receiver, batch, 1, NULL, &error, "peek", TRUE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_cmpint (gsock_socket_receive_many (receiver, batch, 1, NULL, &error, "flags", GSOCK_MESSAGE_FLAGS_PEEK, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_receive_many (receiver, batch, 1, NULL, &error, "dont-wait", TRUE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpint (gsock_socket_receive_many (receiver, batch, 1, NULL, &error, "timeout", 0.01, "size", 10, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_receive_many (receiver, batch, 1, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* What was in the batch is gone all the same. */
  test_batch_fill_alike (batch, 5, 3, NULL);
  g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
  g_assert_cmpint (receive (receiver, batch, 1, 1, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
  g_assert_finalize_object (receiver);
  test_wire_close (&stream);
}

static void
receive_in_thread (gpointer data)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_receive_many_direct (data, batch, 10, 100, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error);

  if (n < 0)
    test_assert_error (error, GSOCK_ERROR_CLOSED);
  else
    test_check_batch (batch, (const guint[]){ 7 }, 1, 0);
}

/* It waits for the first only; and a close ends the wait, inside the kernel or not. */
static void
test_waits (const TestKind *kind)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  test_batch_fill_alike (batch, 7, 1, NULL);
  for (guint round = 0; round < 4; round++)
    {
      GSockSocket *receiver = test_receiver_new (kind), *sender = test_receiver_new (kind);
      GSockAddress address = test_address_of (receiver);
      TestThread thread;

      if (round % 2 == 1)
        check_nothing_left (receiver, batch);
      gsock_batch_clear (batch);
      test_batch_fill_alike (batch, 7, 1, NULL);
      test_thread_start (&thread, receive_in_thread, receiver);
      test_thread_wait_until_asleep (&thread);
      if (round < 2)
        send_together (sender, batch, &address);
      else
        g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
      test_thread_join (&thread);
      g_assert_finalize_object (sender);
      g_assert_finalize_object (receiver);
    }
}

/* An error that is waiting comes before the datagrams do, and takes none with it. */
static void
test_error_first (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new (), received = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  test_batch_fill_alike (batch, 7, 3, NULL);
  send_together (wire.far, batch, NULL);
  g_assert_true (gsock_socket_close (wire.far, FALSE, NULL));
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, NULL), ==, 1);
  g_assert_cmpint (receive (wire.near, received, 10, 100, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_cmpint (receive (wire.near, received, 10, 100, &error), ==, 3);
  test_wire_close (&wire);
}

/* A class that gives each datagram in capitals. */
typedef GSockDatagramSocket Shouting;
typedef GSockDatagramSocketClass ShoutingClass;

static GType shouting_get_type (void);
G_DEFINE_TYPE (Shouting, shouting, GSOCK_TYPE_DATAGRAM_SOCKET)

static GBytes *
shouting_receive_from (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = GSOCK_SOCKET_CLASS (shouting_parent_class)->receive_from (self, size, flags, wait, timeout, sender, received_flags, full_length, cancellable, error);
  char *text;

  if (bytes == NULL)
    return NULL;
  text = g_ascii_strup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_bytes_new_take (text, g_bytes_get_size (bytes));
}

static void
shouting_class_init (ShoutingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->receive_from = shouting_receive_from;
}

static void
shouting_init (Shouting *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (GSockBatch) received = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = g_initable_new (shouting_get_type (), NULL, &error, "local-host", GSOCK_IPV4_LOOPBACK, NULL);
  GSockSocket *sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress to = test_address_of (receiver), from = test_address_of (sender);
  gsize length;

  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (gsock_socket_send_to (sender, "hello", 5, NULL, &error, "remote-address", &to, NULL), ==, 5);
  g_assert_cmpint (receive (receiver, received, 2, 4, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpint (memcmp (gsock_batch_get_data (received, 1, &length), "HELL", 4), ==, 0);
  g_assert_cmpuint (length, ==, 4);
  g_assert_cmpuint (gsock_batch_get_full_length (received, 1), ==, 5);
  g_assert_true (gsock_address_equal (gsock_batch_get_address (received, 1), &from));
  g_assert_cmpint (receive (receiver, received, 2, 100, &error), ==, 1);
  g_assert_finalize_object (sender);
}

/* A class that lets every second datagram go. */
typedef struct
{
  GSockDatagramSocket parent;
  guint count;
} Dropping;
typedef GSockDatagramSocketClass DroppingClass;

static GType dropping_get_type (void);
G_DEFINE_TYPE (Dropping, dropping, GSOCK_TYPE_DATAGRAM_SOCKET)

static gssize
dropping_send_to (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (((Dropping *) self)->count++ % 2 == 1)
    return g_bytes_get_size (data);
  return GSOCK_SOCKET_CLASS (dropping_parent_class)->send_to (self, data, destination, flags, wait, timeout, cancellable, error);
}

static void
dropping_class_init (DroppingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->send_to = dropping_send_to;
}

static void
dropping_init (Dropping *self)
{
}

static void
test_subclass_that_sends (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) sender = g_initable_new (dropping_get_type (), NULL, &error, "local-host", GSOCK_IPV4_LOOPBACK, NULL);
  GSockSocket *receiver = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress address = test_address_of (receiver);

  g_assert_no_error (error);
  test_batch_fill_alike (batch, 9, 4, NULL);
  g_assert_cmpint (gsock_socket_send_many (sender, batch, NULL, &error, "remote-address", &address, NULL), ==, 4);
  g_assert_no_error (error);
  test_take_plain (test_peek_fd (receiver), 0, 9);
  test_take_plain (test_peek_fd (receiver), 2, 9);
  g_assert_cmpint (recv (test_peek_fd (receiver), NULL, 0, MSG_DONTWAIT), ==, -1);
  g_assert_finalize_object (receiver);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_for_helps ("/op-receive-many/all-arrive", test_all_arrive);
  test_add_for_helps ("/op-receive-many/connected", test_connected);
  test_add_for_helps ("/op-receive-many/cut-short", test_cut_short);
  test_add_for_helps ("/op-receive-many/many-senders", test_many_senders);
  test_add_for_helps ("/op-receive-many/waits", test_waits);
  test_add ("/op-receive-many/dual-stack", test_dual_stack);
  test_add ("/op-receive-many/descriptors-are-closed", test_descriptors_are_closed);
  test_add ("/op-receive-many/refused", test_refused);
  test_add ("/op-receive-many/error-first", test_error_first);
  test_add ("/op-receive-many/subclass", test_subclass);
  test_add ("/op-send-many/subclass", test_subclass_that_sends);

  return g_test_run ();
}
