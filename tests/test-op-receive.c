/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* receive-from: what arrives, from whom, how much of it, and what is told where nothing does. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

static gssize
receive (GSockSocket *socket, void *buffer, gsize length, GSockReceived *received)
{
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_receive_from (socket, buffer, length, received, NULL, &error, "timeout", 30.0, NULL);

  g_assert_no_error (error);
  return n;
}

static void
send_text (GSockSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to (socket, text, strlen (text), NULL, &error, NULL), ==, strlen (text));
  g_assert_no_error (error);
}

static void
check_nothing_left (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

/* The bytes, and whom they came from; a stream has no senders. */
static void
test_received (gconstpointer data)
{
  const TestKind *kind = data;
  GSockAddress sender;
  GSockReceived received;
  TestWire wire;
  char bytes[16];

  if (!test_wire_open (&wire, kind))
    return;
  sender = test_address_of (wire.far);
  send_text (wire.far, "hello");
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, &received), ==, 5);
  g_assert_cmpmem (bytes, 5, "hello", 5);
  g_assert_cmpuint (received.length, ==, 5);
  g_assert_cmpuint (received.full_length, ==, 5);
  g_assert_false (received.truncated);
  if (kind->type == SOCK_STREAM)
    g_assert_cmpuint (received.sender.length, ==, 0);
  if (kind->type == SOCK_DGRAM)
    g_assert_true (gsock_address_equal (&received.sender, &sender));
  check_nothing_left (wire.near);
  test_wire_close (&wire);
}

/* The same in each form of the call. */
static void
test_forms (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *buffer = NULL;
  int type = ((const TestKind *) kind)->type;
  GSockMessageFlags flags;
  gsize length, full_length;
  TestWire wire;
  char room[4];

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.far, "one");
  g_assert_cmpint (gsock_socket_receive_from_direct (wire.near, room, sizeof room, 0, TRUE, 30, NULL, NULL, &error), ==, 3);
  send_text (wire.far, "two");
  bytes = gsock_socket_receive_bytes (wire.near, 16, 0, TRUE, 30, &sender, &flags, &full_length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "two", 3);
  g_assert_cmpuint (full_length, ==, 3);
  g_assert_true ((sender != NULL) == (type != SOCK_STREAM));
  send_text (wire.far, "three");
  buffer = gsock_socket_receive_from_with_keywords (wire.near, 16, NULL, NULL, 0, &length, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, length, "three", 5);
  test_wire_close (&wire);
}

/* Longer than the room: the rest is gone, and its length is told. */
static void
test_truncated (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GSockMessageFlags flags = 0;
  GSockReceived received;
  gsize full_length = 0;
  TestWire wire;
  char room[4];

  if (!test_wire_open (&wire, kind))
    return;
  for (guint i = 0; i < 2; i++)
    send_text (wire.far, "0123456789");
  g_assert_cmpint (receive (wire.near, room, sizeof room, &received), ==, 4);
  g_assert_cmpmem (room, 4, "0123", 4);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, 10);
  g_assert_cmpint (received.flags & GSOCK_MESSAGE_FLAGS_TRUNCATE, !=, 0);
  bytes = gsock_socket_receive_bytes (wire.near, 3, 0, TRUE, 30, NULL, &flags, &full_length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 3);
  g_assert_cmpuint (full_length, ==, 10);
  g_assert_cmpint (flags & GSOCK_MESSAGE_FLAGS_TRUNCATE, !=, 0);
  check_nothing_left (wire.near);
  test_wire_close (&wire);
}

/* An echo request of our own, which the kernel answers and loopback shows to raw sockets. */
static void
test_truncated_raw (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "address-family", GSOCK_ADDRESS_FAMILY_IPV4,
                                                      "protocol", IPPROTO_ICMP, "local-host", "127.0.0.1", NULL);
  struct icmphdr request = { .type = ICMP_ECHO };
  GSockReceived received;
  char room[8];

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED))
    {
      g_test_skip ("this process may make no raw socket");
      return;
    }
  g_assert_no_error (error);
  request.un.echo.id = htons ((guint16) getpid ());
  request.checksum = (guint16) ~(ICMP_ECHO + request.un.echo.id);
  g_assert_cmpint (gsock_socket_send_to (socket, &request, sizeof request, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 1, NULL), ==, sizeof request);
  g_assert_no_error (error);
  g_assert_cmpint (receive (socket, room, sizeof room, &received), ==, 8);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, >=, sizeof (struct iphdr) + sizeof request);
}

/* What the kernel answers over netlink. */
static void
test_truncated_netlink (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, NULL);
  struct
  {
    struct nlmsghdr header;
    struct rtgenmsg message;
  } request = {
    .header = { .nlmsg_len = NLMSG_LENGTH (sizeof (struct rtgenmsg)), .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .message = { .rtgen_family = AF_UNSPEC },
  };
  g_autoptr (GSockAddress) kernel = gsock_address_new_netlink (0, 0);
  GSockReceived received;
  char room[16];

  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (socket, &request, request.header.nlmsg_len, NULL, &error, "remote-address", kernel, NULL), ==, request.header.nlmsg_len);
  g_assert_no_error (error);
  g_assert_cmpint (receive (socket, room, sizeof room, &received), ==, 16);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, >, 16);
  g_assert_true (gsock_address_equal (&received.sender, kernel));
}

/* Peers without a name: there is nothing to tell of them. */
static void
test_unnamed_sender (void)
{
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *receiver = test_receiver_new (test_kind_find ("local-datagram"));
  GSockAddress address = test_address_of (receiver);
  GSockReceived received;
  int fd = test_plain_socket (test_kind_find ("local-datagram"));

  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (sendto (fd, "x", 1, 0, gsock_address_native (&address), address.length), ==, 1);
  g_assert_cmpint (receive (receiver, &(char){ 0 }, 1, &received), ==, 1);
  g_assert_cmpuint (received.sender.length, ==, 0);
  bytes = gsock_socket_receive_bytes (receiver, 1, 0, TRUE, 30, &sender, NULL, NULL, NULL, &error);
  g_assert_nonnull (bytes);
  g_assert_null (sender);
  close (fd);
  g_assert_finalize_object (receiver);
}

/* Zero bytes, no error, and as often as one asks. */
static void
test_end (gconstpointer kind)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 30 };
  TestWire wire;
  char bytes[8];

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.far, "last");
  gsock_socket_close (wire.far, FALSE, NULL);
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, NULL), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) none = NULL;
      GSockReceived received = { .length = 5 };

      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, &received, NULL, &error, "timeout", timeouts[i % 2], NULL), ==, 0);
      g_assert_no_error (error);
      g_assert_cmpuint (received.length, ==, 0);
      g_assert_false (received.truncated);
      none = gsock_socket_receive_bytes (wire.near, 8, 0, TRUE, -1, NULL, NULL, NULL, NULL, &error);
      g_assert_cmpuint (g_bytes_get_size (none), ==, 0);
    }
  test_wire_close (&wire);
}

static void
test_range (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  char bytes[] = "..........";
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.far, "abc");
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 10, NULL, NULL, &error, "start", 8, "end", 7, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 10, NULL, NULL, &error, "start", 11, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 10, NULL, NULL, &error, "end", 11, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 10, NULL, NULL, &error, "start", 4, "end", 7, NULL), ==, 3);
  g_assert_no_error (error);
  g_assert_cmpstr (bytes, ==, "....abc...");
  test_wire_close (&wire);
}

/* What is looked at stays. */
static void
test_peek (gconstpointer kind)
{
  TestWire wire;
  char bytes[8];

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.far, "seen");
  for (guint i = 0; i < 3; i++)
    {
      GSockReceived received;

      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, &received, NULL, NULL, "peek", TRUE, "timeout", 30.0, NULL), ==, 4);
      g_assert_cmpmem (bytes, 4, "seen", 4);
      g_assert_cmpuint (received.full_length, ==, 4);
      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 2, &received, NULL, NULL, "peek", TRUE, NULL), ==, 2);
      g_assert_cmpuint (received.full_length, ==, ((const TestKind *) kind)->type == SOCK_STREAM ? 2 : 4);
      /* All that fits is all that can be waited for. */
      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, NULL, "peek", TRUE, "wait-all", TRUE, NULL), ==, 4);
    }
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, NULL), ==, 4);
  check_nothing_left (wire.near);
  test_wire_close (&wire);
}

typedef struct
{
  GSockSocket *socket;
  const char *pieces[4];
} Writer;

static void
write_pieces (gpointer data)
{
  Writer *writer = data;

  for (guint i = 0; i < G_N_ELEMENTS (writer->pieces) && writer->pieces[i] != NULL; i++)
    {
      send_text (writer->socket, writer->pieces[i]);
      g_usleep (10000);
    }
}

/* All of it, in however many pieces it comes; of a datagram there is never more than one. */
static void
test_wait_all (gconstpointer kind)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 30 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      Writer writer = { .pieces = { "one", "two", "three" } };
      TestThread thread;
      TestWire wire;
      char bytes[11];
      gssize n;

      if (!test_wire_open (&wire, kind))
        return;
      writer.socket = wire.far;
      test_thread_start (&thread, write_pieces, &writer);
      n = gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, NULL, "wait-all", TRUE, "timeout", timeouts[i], NULL);
      test_thread_join (&thread);
      g_assert_cmpmem (bytes, n, "onetwothree", ((const TestKind *) kind)->type == SOCK_STREAM ? 11 : 3);
      test_wire_close (&wire);
    }
}

/* The end comes first: what there was is told, and the end by the next call. */
static void
test_wait_all_to_the_end (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char bytes[8];

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.far, "few");
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "wait-all", TRUE, "wait", FALSE, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "wait-all", TRUE, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  send_text (wire.far, "few");
  gsock_socket_close (wire.far, FALSE, NULL);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "wait-all", TRUE, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "wait-all", TRUE, NULL), ==, 0);
  g_assert_no_error (error);
  test_wire_close (&wire);
}

/* Urgent data comes by a way of its own, before what was sent earlier. */
static void
test_out_of_band (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  TestWire wire;
  char bytes[8] = { 0 };

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, NULL, NULL, &error, "out-of-band", TRUE, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  send_text (wire.far, "calm");
  g_assert_cmpint (gsock_socket_send_to (wire.far, "!", 1, NULL, &error, "out-of-band", TRUE, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_wait_for (wire.near, G_IO_PRI, 30, NULL, &error) & G_IO_PRI, ==, G_IO_PRI);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, &received, NULL, &error, "out-of-band", TRUE, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (bytes[0], ==, '!');
  g_assert_cmpint (received.flags & GSOCK_MESSAGE_FLAGS_OUT_OF_BAND, !=, 0);
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, NULL), ==, 4);
  g_assert_cmpmem (bytes, 4, "calm", 4);

  /* At the end of the stream there will be none any more. */
  gsock_socket_close (wire.far, FALSE, NULL);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, NULL, NULL, &error, "out-of-band", TRUE, NULL), ==, 0);
  g_assert_no_error (error);
  test_wire_close (&wire);
}

/* Urgent data in line is ordinary data, and not to be waited for in another way. */
static void
test_in_line (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char bytes[8];

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_true (gsock_socket_set_option (wire.near, "oob-inline", g_variant_new_boolean (TRUE), &error));
  g_assert_cmpint (gsock_socket_send_to (wire.far, "ab!", 3, NULL, &error, "out-of-band", TRUE, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, NULL, NULL, &error, "out-of-band", TRUE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 3, NULL, NULL, &error, "wait-all", TRUE, NULL), ==, 3);
  g_assert_cmpmem (bytes, 3, "ab!", 3);
  test_wire_close (&wire);
}

/* Records are received one by one, whatever room there is. */
static void
test_record (void)
{
  GSockReceived received;
  TestWire wire;
  char bytes[8];

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  send_text (wire.far, "one");
  send_text (wire.far, "two");
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, &received), ==, 3);
  g_assert_cmpmem (bytes, 3, "one", 3);
  g_assert_false (received.truncated);
  g_assert_cmpint (receive (wire.near, bytes, sizeof bytes, &received), ==, 3);
  g_assert_cmpmem (bytes, 3, "two", 3);
  test_wire_close (&wire);
}

/* Nothing could ever arrive there: that is told at once, and not waited for. */
static void
test_unbound (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket, *peer;
  GSockAddress address;

  if (!test_kind_is_there (kind))
    return;
  socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, NULL);
  g_assert_cmpint (gsock_socket_receive_from (socket, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);
  g_assert_cmpint (gsock_socket_receive_from (socket, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);

  /* Internet sockets are bound by their first send. */
  peer = test_receiver_new (kind);
  address = test_address_of (peer);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (socket, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  g_assert_true (g_error_matches (error, GSOCK_ERROR, kind->family == AF_UNIX ? GSOCK_ERROR_NOT_BOUND : GSOCK_ERROR_WOULD_BLOCK));
  g_assert_finalize_object (socket);
  g_assert_finalize_object (peer);
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
  g_assert_cmpint (gsock_socket_receive_from (socket, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_finalize_object (socket);
}

static void
test_refused_flags (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  send_text (wire.far, "x");
  g_assert_cmpint (gsock_socket_receive_from_direct (wire.near, &(char){ 0 }, 1, GSOCK_MESSAGE_FLAGS_MORE, TRUE, 1, NULL, NULL, &error), ==, -1);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (gsock_socket_receive_bytes (wire.near, 1, GSOCK_MESSAGE_FLAGS_CONFIRM, TRUE, 1, NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (gsock_socket_receive_bytes (wire.near, G_MAXSIZE / 2, 0, TRUE, 1, NULL, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (receive (wire.near, &(char){ 0 }, 1, NULL), ==, 1);
  test_wire_close (&wire);
}

/* Many threads on one socket: each byte is got by one of them, and none is lost. */
#define MANY 8
#define BYTES 4000

typedef struct
{
  GSockSocket *socket;
  double timeout;
  gsize got;
} Reader;

static void
read_to_the_end (gpointer data)
{
  Reader *reader = data;
  char bytes[16];
  gssize n;

  while ((n = gsock_socket_receive_from (reader->socket, bytes, sizeof bytes, NULL, NULL, NULL, "timeout", reader->timeout, NULL)) > 0)
    reader->got += n;
  g_assert_cmpint (n, ==, 0);
}

static void
test_many_threads (gconstpointer kind)
{
  TestThread threads[MANY];
  Reader readers[MANY];
  gsize total = 0;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  for (guint i = 0; i < MANY; i++)
    {
      readers[i] = (Reader){ wire.near, i % 2 == 0 ? GSOCK_TIMEOUT_NEVER : 100, 0 };
      test_thread_start (&threads[i], read_to_the_end, &readers[i]);
    }
  for (guint i = 0; i < MANY; i++)
    test_thread_wait_until_asleep (&threads[i]);
  for (guint i = 0; i < BYTES; i++)
    send_text (wire.far, "b");
  gsock_socket_close (wire.far, FALSE, NULL);
  for (guint i = 0; i < MANY; i++)
    {
      test_thread_join (&threads[i]);
      total += readers[i].got;
    }
  g_assert_cmpuint (total, ==, BYTES);
  test_wire_close (&wire);
}

static gboolean
has_boundaries (const TestKind *kind)
{
  return kind->type != SOCK_STREAM;
}

static gboolean
has_urgent_data (const TestKind *kind)
{
  return kind->type == SOCK_STREAM && kind->family != AF_UNIX;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-receive/received", test_received, NULL);
  test_add_for_kinds ("/op-receive/forms", test_forms, NULL);
  test_add_for_kinds ("/op-receive/truncated", test_truncated, has_boundaries);
  test_add ("/op-receive/truncated/raw", test_truncated_raw);
  test_add ("/op-receive/truncated/netlink", test_truncated_netlink);
  test_add ("/op-receive/unnamed-sender", test_unnamed_sender);
  test_add_for_kinds ("/op-receive/end", test_end, test_is_conversation);
  test_add_for_kinds ("/op-receive/range", test_range, NULL);
  test_add_for_kinds ("/op-receive/peek", test_peek, NULL);
  test_add_for_kinds ("/op-receive/wait-all", test_wait_all, NULL);
  test_add_for_kinds ("/op-receive/wait-all-to-the-end", test_wait_all_to_the_end, test_is_stream);
  test_add_for_kinds ("/op-receive/out-of-band", test_out_of_band, has_urgent_data);
  test_add ("/op-receive/in-line", test_in_line);
  test_add ("/op-receive/record", test_record);
  test_add_for_kinds ("/op-receive/unbound", test_unbound, test_is_datagram);
  test_add_for_kinds ("/op-receive/not-connected", test_not_connected, test_is_conversation);
  test_add ("/op-receive/refused-flags", test_refused_flags);
  test_add_for_kinds ("/op-receive/many-threads", test_many_threads, test_is_stream);
  return g_test_run ();
}
