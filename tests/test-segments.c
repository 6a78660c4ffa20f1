/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came joined and did not fit a batch: every other way of receiving gives it first, one by one. */

#include "testbatch.h"
#include "testthread.h"

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LENGTH 50
#define COUNT 20

typedef struct
{
  GSockSocket *sender, *receiver;
  GSockAddress from, to;
  GSockBatch *batch;
} Fixture;

static void
send_all (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_many_direct (self->sender, self->batch, 0, COUNT, &self->to, 0, TRUE, 5, NULL, &error), ==, COUNT);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, const char *kind)
{
  self->receiver = test_receiver_new (test_kind_find (kind));
  self->sender = test_receiver_new (test_kind_find (kind));
  self->from = test_address_of (self->sender);
  self->to = test_address_of (self->receiver);
  self->batch = gsock_batch_new ();
  test_batch_fill_alike (self->batch, LENGTH, COUNT, NULL);
}

static void
tear_down (Fixture *self)
{
  gsock_batch_unref (self->batch);
  g_assert_finalize_object (self->sender);
  g_assert_finalize_object (self->receiver);
}

static GSockSegments *
segments_of (GSockSocket *socket)
{
  return gsock_socket_get_handle (socket)->segments;
}

/* Some of what comes joined, so that the rest is held. */
static void
hold (Fixture *self, guint n_taken)
{
  g_autoptr (GSockBatch) received = gsock_batch_new ();

  if (segments_of (self->receiver) == NULL)
    {
      /* The first call asks the kernel to join. */
      g_assert_cmpint (gsock_socket_receive_many (self->receiver, received, 1, NULL, NULL, "wait", FALSE, NULL), ==, -1);
      g_assert_true (segments_of (self->receiver)->joins);
    }
  send_all (self);
  if (n_taken == 0)
    return;
  g_assert_cmpint (gsock_socket_receive_many (self->receiver, received, n_taken, NULL, NULL, NULL), ==, n_taken);
  for (guint i = 0; i < n_taken; i++)
    {
      gsize length;
      const guint8 *data = gsock_batch_get_data (received, i, &length);

      test_check_bytes (data, length, i, LENGTH);
    }
  g_assert_cmpuint (segments_of (self->receiver)->held, ==, 1);
}

static void
check_by_receive_from (Fixture *self, guint index)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  guint8 bytes[1000];
  gssize n = gsock_socket_receive_from (self->receiver, bytes, sizeof bytes, &received, NULL, &error, "wait", FALSE, NULL);

  g_assert_no_error (error);
  test_check_bytes (bytes, n, index, LENGTH);
  g_assert_cmpuint (received.full_length, ==, LENGTH);
  g_assert_false (received.truncated);
  g_assert_cmpint (received.flags, ==, 0);
  g_assert_true (gsock_address_equal (&received.sender, &self->from));
}

static void
check_by_message (Fixture *self, guint index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockMessage) message = gsock_socket_receive_message (self->receiver, 1000, NULL, &error, "wait", FALSE, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  g_assert_no_error (error);
  bytes = gsock_message_get_bytes (message);
  test_check_bytes (g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes), index, LENGTH);
  g_assert_true (gsock_address_equal (gsock_message_get_address (message), &self->from));
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, LENGTH);
  g_assert_false (gsock_message_is_truncated (message));
  g_assert_false (gsock_message_is_control_truncated (message));
  g_assert_cmpint (gsock_message_get_segment_size (message), <=, 0);
}

static void
check_by_datagram_based (Fixture *self, guint index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  guint8 bytes[1000];
  GInputVector vectors[] = { { bytes, 20 }, { bytes + 20, 980 } };
  GInputMessage message = { .address = &address, .vectors = vectors, .num_vectors = 2 };

  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (self->receiver), &message, 1, 0, 0, NULL, &error), ==, 1);
  g_assert_no_error (error);
  test_check_bytes (bytes, message.bytes_received, index, LENGTH);
  g_assert_nonnull (address);
}

static void
check_by_batch (Fixture *self, guint index)
{
  g_autoptr (GSockBatch) received = gsock_batch_new ();
  gsize length;
  const guint8 *data;

  g_assert_cmpint (gsock_socket_receive_many (self->receiver, received, 1, NULL, NULL, "wait", FALSE, NULL), ==, 1);
  data = gsock_batch_get_data (received, 0, &length);
  test_check_bytes (data, length, index, LENGTH);
  g_assert_true (gsock_address_equal (gsock_batch_get_address (received, 0), &self->from));
}

static void
check_empty (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_cmpint (gsock_socket_receive_from (self->receiver, &byte, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpint (gsock_socket_wait_for (self->receiver, G_IO_IN, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
}

/* All ways in turn: nothing is lost, and nothing comes twice or out of order. */
static void
test_one_by_one (gconstpointer kind)
{
  static void (*const checks[]) (Fixture *self, guint index)
      = { check_by_receive_from, check_by_message, check_by_datagram_based, check_by_batch };
  Fixture self;

  set_up (&self, kind);
  for (guint n_taken = 0; n_taken < 4; n_taken++)
    {
      hold (&self, n_taken);
      for (guint i = n_taken; i < COUNT; i++)
        {
          g_assert_cmpint (gsock_socket_wait_for (self.receiver, G_IO_IN | G_IO_OUT, 0, NULL, NULL), ==, G_IO_IN | G_IO_OUT);
          checks[(i + n_taken) % G_N_ELEMENTS (checks)](&self, i);
        }
      check_empty (&self);
    }
  tear_down (&self);
}

/* Two joined datagrams behind one another, the first of which is held. */
static void
test_order (void)
{
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, 5);
  send_all (&self);
  for (guint i = 5; i < 2 * COUNT; i++)
    check_by_receive_from (&self, i % COUNT);
  check_empty (&self);
  hold (&self, 5);
  send_all (&self);
  for (guint i = 5; i < 2 * COUNT; i++)
    check_by_batch (&self, i % COUNT);
  check_empty (&self);
  tear_down (&self);
}

static void
test_peek (void)
{
  Fixture self;
  GSockReceived received;
  guint8 bytes[1000];

  set_up (&self, "udp-ipv4");
  for (guint n_taken = 0; n_taken < 2; n_taken++)
    {
      hold (&self, n_taken);
      for (guint i = 0; i < 3; i++)
        {
          gssize n = gsock_socket_receive_from (self.receiver, bytes, sizeof bytes, &received, NULL, NULL, "peek", TRUE, NULL);

          test_check_bytes (bytes, n, n_taken, LENGTH);
        }
      g_assert_cmpint (gsock_socket_receive_from (self.receiver, bytes, 10, &received, NULL, NULL, "peek", TRUE, NULL), ==, 10);
      g_assert_true (received.truncated);
      for (guint i = n_taken; i < COUNT; i++)
        check_by_receive_from (&self, i);
      check_empty (&self);
    }
  tear_down (&self);
}

static void
test_cut_short (void)
{
  Fixture self;
  GSockReceived received;
  guint8 bytes[10];

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  g_assert_cmpint (gsock_socket_receive_from (self.receiver, bytes, 10, &received, NULL, NULL, NULL), ==, 10);
  test_check_bytes (bytes, 10, 1, 10);
  g_assert_cmpuint (received.full_length, ==, LENGTH);
  g_assert_true (received.truncated);
  check_by_receive_from (&self, 2);
  tear_down (&self);
}

/* What the kernel told of all of them is told of each. */
static void
test_ancillary (void)
{
  Fixture self;

  set_up (&self, "udp-ipv4");
  g_assert_cmpint (setsockopt (test_peek_fd (self.receiver), IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof (int)), ==, 0);
  g_assert_cmpint (setsockopt (test_peek_fd (self.receiver), IPPROTO_IP, IP_RECVTTL, &(int){ 1 }, sizeof (int)), ==, 0);
  for (guint n_taken = 0; n_taken < 2; n_taken++)
    {
      hold (&self, n_taken);
      for (guint i = n_taken; i < COUNT; i++)
        {
          g_autoptr (GSockMessage) message = gsock_socket_receive_message (self.receiver, 1000, NULL, NULL, NULL);
          GSockAddress address;
          guint index;

          g_assert_true (gsock_message_get_packet_info (message, &address, &index));
          g_assert_true (gsock_address_is_loopback (&address));
          g_assert_cmpint (gsock_message_get_ttl (message), ==, 64);
        }
    }
  tear_down (&self);
}

static void
test_wait_for_any (void)
{
  Fixture self;
  GSockSocket *sockets[2];
  const guint conditions[] = { G_IO_IN, G_IO_IN };
  g_autoptr (GPtrArray) ready = NULL;

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  sockets[0] = self.sender;
  sockets[1] = self.receiver;
  ready = gsock_wait_for_any (sockets, 2, conditions, 2, GSOCK_TIMEOUT_NEVER, NULL, NULL);
  g_assert_cmpuint (ready->len, ==, 1);
  g_assert_true (g_ptr_array_index (ready, 0) == self.receiver);
  g_clear_pointer (&ready, g_ptr_array_unref);
  tear_down (&self);
}

static gboolean
on_ready (GDatagramBased *based, GIOCondition condition, gpointer data)
{
  *(GIOCondition *) data = condition;
  return G_SOURCE_REMOVE;
}

static void
test_source (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = NULL;
  GIOCondition condition = 0;
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  source = g_datagram_based_create_source (G_DATAGRAM_BASED (self.receiver), G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), &condition, NULL);
  g_source_attach (source, context);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpint (condition, ==, G_IO_IN);
  g_assert_cmpint (g_datagram_based_condition_check (G_DATAGRAM_BASED (self.receiver), G_IO_IN), ==, G_IO_IN);
  g_clear_pointer (&source, g_source_unref);
  tear_down (&self);
}

static int
is_joining (GSockSocket *socket)
{
  int joins = -1;
  socklen_t length = sizeof joins;

  g_assert_cmpint (getsockopt (test_peek_fd (socket), IPPROTO_UDP, UDP_GRO, &joins, &length), ==, 0);
  return joins;
}

static void
look_for_many (GSockSocket *socket)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  g_assert_cmpint (gsock_socket_receive_many (socket, batch, 3, NULL, NULL, "wait", FALSE, NULL), ==, -1);
}

/* Others who hold the descriptor would meet joined datagrams. */
static void
test_not_where_others_hold_it (void)
{
  Fixture self;

  set_up (&self, "udp-ipv4");
  g_assert_cmpint (gsock_socket_get_file_descriptor (self.receiver, NULL), >=, 0);
  look_for_many (self.receiver);
  g_assert_cmpint (is_joining (self.receiver), ==, 0);
  send_all (&self);
  for (guint i = 0; i < COUNT; i++)
    check_by_batch (&self, i);
  look_for_many (self.sender);
  g_assert_cmpint (is_joining (self.sender), ==, 1);
  tear_down (&self);
}

/* Where a program has asked the kernel itself it sees what comes joined; a batch has them apart. */
static void
test_asked_by_the_program (void)
{
  g_autoptr (GSockMessage) message = NULL;
  Fixture self;

  set_up (&self, "udp-ipv4");
  g_assert_true (gsock_socket_set_option (self.receiver, "udp-gro", g_variant_new_boolean (TRUE), NULL));
  look_for_many (self.receiver);
  g_assert_false (segments_of (self.receiver)->joins);
  send_all (&self);
  check_by_batch (&self, 0);
  for (guint i = 1; i < COUNT; i++)
    check_by_receive_from (&self, i);
  send_all (&self);
  message = gsock_socket_receive_message (self.receiver, 65536, NULL, NULL, NULL);
  g_assert_cmpuint (gsock_message_get_length (message), ==, COUNT * LENGTH);
  g_assert_cmpint (gsock_message_get_segment_size (message), ==, LENGTH);
  tear_down (&self);
}

/* A program may take the option back. */
static void
test_taken_back (void)
{
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  g_assert_true (gsock_socket_set_option (self.receiver, "udp-gro", g_variant_new_boolean (FALSE), NULL));
  for (guint i = 1; i < COUNT; i++)
    check_by_batch (&self, i);
  send_all (&self);
  for (guint i = 0; i < COUNT; i++)
    i % 2 == 0 ? check_by_batch (&self, i) : check_by_receive_from (&self, i);
  check_empty (&self);
  tear_down (&self);
}

static void
receive_in_thread (gpointer data)
{
  guint8 bytes[100];

  g_assert_cmpint (gsock_socket_receive_from_direct (data, bytes, sizeof bytes, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL, NULL), ==, 3);
  g_assert_cmpint (memcmp (bytes, "abc", 3), ==, 0);
}

/* Another thread holds what it had no room for: who waits for input gets it. */
static void
test_wakes_who_waits (void)
{
  GSockJoined like = { .segment = 3 };
  TestThread thread;
  Fixture self;

  set_up (&self, "udp-ipv4");
  look_for_many (self.receiver);
  test_thread_start (&thread, receive_in_thread, self.receiver);
  test_thread_wait_until_asleep (&thread);
  gsock_segments_hold (gsock_socket_get_handle (self.receiver), &like, (const guint8 *) "abc", 3);
  test_thread_join (&thread);
  tear_down (&self);
}

/* One that receives a single datagram finds several in it: the rest is for those who wait, whom the kernel
 * has nothing more to wake for. What is joined comes here from the descriptor of another socket, or the
 * kernel would have woken them for that. */
static void
test_wakes_for_the_rest (void)
{
  guint8 bytes[100], sender[128];
  struct iovec vector = { bytes, sizeof bytes };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_name = sender, .msg_namelen = sizeof sender };
  TestThread thread;
  Fixture self, other;

  set_up (&self, "udp-ipv4");
  set_up (&other, "udp-ipv4");
  gsock_batch_clear (other.batch);
  for (guint i = 0; i < 2; i++)
    g_assert_true (gsock_batch_add (other.batch, (const guint8 *) "abc", 3, &other.to, NULL));
  look_for_many (self.receiver);
  look_for_many (other.receiver);
  g_assert_cmpint (gsock_socket_send_many (other.sender, other.batch, NULL, NULL, NULL), ==, 2);
  test_thread_start (&thread, receive_in_thread, self.receiver);
  test_thread_wait_until_asleep (&thread);
  g_assert_cmpint (gsock_segments_recvmsg (gsock_socket_get_handle (self.receiver), test_peek_fd (other.receiver), &header, 0), ==, 3);
  test_thread_join (&thread);
  check_empty (&self);
  tear_down (&other);
  tear_down (&self);
}

/* What somebody had taken and gives back was not there for who looked in between. */
static void
test_wakes_for_what_is_given_back (void)
{
  GSockJoined like = { .segment = 3 }, *joined;
  TestThread thread;
  Fixture self;

  set_up (&self, "udp-ipv4");
  look_for_many (self.receiver);
  gsock_segments_hold (gsock_socket_get_handle (self.receiver), &like, (const guint8 *) "abc", 3);
  joined = gsock_segments_take (segments_of (self.receiver));
  test_thread_start (&thread, receive_in_thread, self.receiver);
  test_thread_wait_until_asleep (&thread);
  gsock_segments_give_back (gsock_socket_get_handle (self.receiver), joined);
  test_thread_join (&thread);
  tear_down (&self);
}

static void
wait_for_error (gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_cmpint (gsock_socket_receive_from_direct (data, &byte, 1, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NETWORK_DOWN);
}

static void
test_wakes_for_an_error (void)
{
  TestThread thread;
  Fixture self;

  set_up (&self, "udp-ipv4");
  look_for_many (self.receiver);
  test_thread_start (&thread, wait_for_error, self.receiver);
  test_thread_wait_until_asleep (&thread);
  gsock_segments_hold_error (gsock_socket_get_handle (self.receiver), ENETDOWN);
  test_thread_join (&thread);
  tear_down (&self);
}

/* While another call is under way, which expects single datagrams, none are joined. */
static void
test_not_under_a_call (void)
{
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Fixture self;

  set_up (&self, "udp-ipv4");
  test_thread_start (&thread, receive_in_thread, self.receiver);
  test_thread_wait_until_asleep (&thread);
  look_for_many (self.receiver);
  g_assert_cmpint (is_joining (self.receiver), ==, 0);
  g_assert_cmpint (gsock_socket_send_to (self.sender, "abc", 3, NULL, &error, "remote-address", &self.to, NULL), ==, 3);
  test_thread_join (&thread);
  look_for_many (self.receiver);
  g_assert_cmpint (is_joining (self.receiver), ==, 1);
  tear_down (&self);
}

static void
test_late_error (void)
{
  g_autoptr (GSockBatch) received = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte;
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, COUNT - 1);
  segments_of (self.receiver)->late_error = ENETDOWN;
  check_by_receive_from (&self, COUNT - 1);
  g_assert_cmpint (gsock_socket_wait_for (self.receiver, G_IO_IN, 0, NULL, NULL), ==, G_IO_IN);
  g_assert_cmpint (gsock_socket_receive_from (self.receiver, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NETWORK_DOWN);
  check_empty (&self);
  segments_of (self.receiver)->late_error = ENETDOWN;
  g_assert_cmpint (gsock_socket_receive_many (self.receiver, received, 1, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NETWORK_DOWN);
  check_empty (&self);
  tear_down (&self);
}

static void
in_child (gpointer data)
{
  check_empty (data);
}

/* What the parent holds a child must not receive too. */
static void
test_fork (void)
{
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  test_in_child (in_child, &self, "");
  for (guint i = 1; i < COUNT; i++)
    check_by_receive_from (&self, i);
  tear_down (&self);
}

static void
test_closed (void)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;
  Fixture self;

  set_up (&self, "udp-ipv4");
  hold (&self, 1);
  g_assert_true (gsock_socket_close (self.receiver, FALSE, NULL));
  g_assert_cmpint (gsock_socket_receive_from (self.receiver, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  tear_down (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add_with ("/segments/one-by-one/udp-ipv4", "udp-ipv4", test_one_by_one);
  test_add_with ("/segments/one-by-one/udp-ipv6", "udp-ipv6", test_one_by_one);
  test_add ("/segments/order", test_order);
  test_add ("/segments/peek", test_peek);
  test_add ("/segments/cut-short", test_cut_short);
  test_add ("/segments/ancillary", test_ancillary);
  test_add ("/segments/wait-for-any", test_wait_for_any);
  test_add ("/segments/source", test_source);
  test_add ("/segments/not-where-others-hold-it", test_not_where_others_hold_it);
  test_add ("/segments/asked-by-the-program", test_asked_by_the_program);
  test_add ("/segments/taken-back", test_taken_back);
  test_add ("/segments/wakes-who-waits", test_wakes_who_waits);
  test_add ("/segments/wakes-for-the-rest", test_wakes_for_the_rest);
  test_add ("/segments/wakes-for-what-is-given-back", test_wakes_for_what_is_given_back);
  test_add ("/segments/wakes-for-an-error", test_wakes_for_an_error);
  test_add ("/segments/not-under-a-call", test_not_under_a_call);
  test_add ("/segments/late-error", test_late_error);
  test_add ("/segments/fork", test_fork);
  test_add ("/segments/closed", test_closed);

  return g_test_run ();
}
