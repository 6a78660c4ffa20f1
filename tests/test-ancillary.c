/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ancillary data of datagrams in both directions, as the kernel takes and gives it. */

#include "testmessage.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>

static void
answer_from_where_it_came (GSockSocket *server, GSockMessage *query)
{
  g_autoptr (GSockMessage) answer = test_message_new ("answer");
  GSockAddress address;

  g_assert_true (gsock_message_get_packet_info (query, &address, NULL));
  gsock_message_set_packet_info (answer, &address, 0);
  gsock_message_set_address (answer, gsock_message_get_address (query));
  test_message_send (server, answer);
}

static void
test_packet_info (gconstpointer data)
{
  const TestWay *way = data;
  g_autoptr (GSockMessage) query = test_message_new ("query");
  g_autoptr (GSockMessage) asked = NULL;
  g_autoptr (GSockMessage) answered = NULL;
  GSockAddress address;
  guint interface_index = 0;
  TestEnds ends;

  test_ends_open (&ends, way);
  test_ask_for_each (ends.server, way, "ip-packet-info", "ipv6-receive-packet-info");
  address = test_host_and_port (way->host, ends.port);
  gsock_message_set_address (query, &address);
  test_message_send (ends.client, query);

  asked = test_message_receive (ends.server, 65536, 0);
  test_message_assert_text (asked, "query");
  g_assert_true (gsock_message_get_packet_info (asked, &address, &interface_index));
  test_assert_host (&address, way->host);
  g_assert_cmpint (gsock_address_get_port (&address), ==, 0);
  g_assert_cmpuint (interface_index, ==, 1); /* loopback is the first of every network */
  g_assert_cmpint (gsock_address_get_family (gsock_message_get_address (asked)), ==, way->family);

  answer_from_where_it_came (ends.server, asked);
  answered = test_message_receive (ends.client, 65536, 0);
  test_message_assert_text (answered, "answer");
  test_assert_host (gsock_message_get_address (answered), way->host);
  test_ends_close (&ends);
}

/* An interface without an address: what a dual stack socket sends to IPv4 has to be told in IPv4's way. */
static void
test_packet_info_interface (gconstpointer data)
{
  const TestWay *way = data;
  g_autoptr (GSockMessage) message = test_message_new ("by");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, way);
  address = test_host_and_port (way->host, ends.port);
  gsock_message_set_address (message, &address);
  gsock_message_set_packet_info (message, NULL, 1);
  test_message_send (ends.client, message);
  received = test_message_receive (ends.server, 65536, 0);
  test_message_assert_text (received, "by");

  gsock_message_set_packet_info (message, NULL, 0x7fffff);
  g_assert_cmpint (gsock_socket_send_message (ends.client, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
  test_ends_close (&ends);
}

static void
test_packet_info_of_others (void)
{
  g_autoptr (GSockSocket) ipv4 = test_datagram_socket_new (AF_INET, "127.0.0.1");
  g_autoptr (GSockSocket) ipv6 = test_datagram_socket_new (AF_INET6, "::1");
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress destination = test_address_of (ipv4);
  GSockAddress other = test_host_and_port ("::1", 0);

  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (ipv4, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED);

  destination = test_address_of (ipv6);
  other = test_host_and_port ("192.0.2.1", 0);
  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (ipv6, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
}

/* Of an address that is nobody's here nothing may be sent. */
static void
test_packet_info_foreign (void)
{
  g_autoptr (GSockSocket) socket = test_datagram_socket_new (AF_INET, "127.0.0.1");
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress destination = test_address_of (socket);
  GSockAddress other = test_host_and_port ("203.0.113.7", 0);

  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
}

static void
exchange_hops (TestEnds *ends, GSockMessage *message, int ttl, int traffic_class)
{
  g_autoptr (GSockMessage) received = NULL;

  gsock_message_set_ttl (message, ttl);
  gsock_message_set_traffic_class (message, traffic_class);
  test_message_send (ends->client, message);
  received = test_message_receive (ends->server, 65536, 0);
  g_assert_cmpint (gsock_message_get_ttl (received), ==, ttl);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, traffic_class);
}

/* 0xb9: expedited forwarding, and ECT (1) in the bits of ECN. */
static void
test_hops_and_class (gconstpointer data)
{
  const TestWay *way = data;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, way);
  test_ask_for_each (ends.server, way, "ip-receive-ttl", "ipv6-receive-hop-limit");
  test_ask_for_each (ends.server, way, "ip-receive-tos", "ipv6-receive-traffic-class");
  address = test_host_and_port (way->host, ends.port);
  gsock_message_set_address (message, &address);
  exchange_hops (&ends, message, 1, 0xb9);
  exchange_hops (&ends, message, 255, 3);
  test_ends_close (&ends);
}

/* The peer decides there, and the message has no address. */
static void
test_hops_connected (gconstpointer data)
{
  const TestWay *way = data;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, way);
  test_ask_for_each (ends.server, way, "ip-receive-ttl", "ipv6-receive-hop-limit");
  test_ask_for_each (ends.server, way, "ip-receive-tos", "ipv6-receive-traffic-class");
  address = test_host_and_port (way->host, ends.port);
  gsock_socket_connect_direct (ends.client, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error);
  g_assert_no_error (error);
  exchange_hops (&ends, message, 17, 0x2e);
  test_ends_close (&ends);
}

static void
test_nothing_unasked (void)
{
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, &test_ways[0]);
  address = test_host_and_port ("127.0.0.1", ends.port);
  gsock_message_set_address (message, &address);
  test_message_send (ends.client, message);
  received = test_message_receive (ends.server, 65536, 0);
  g_assert_false (gsock_message_get_packet_info (received, NULL, NULL));
  g_assert_cmpint (gsock_message_get_ttl (received), ==, -1);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, -1);
  g_assert_cmpint (gsock_message_get_segment_size (received), ==, -1);
  g_assert_cmpint (gsock_message_get_timestamp (received), ==, -1);
  g_assert_false (gsock_message_get_receive_time (received, NULL, NULL));
  g_assert_cmpint (gsock_message_get_overflow_count (received), ==, -1);
  g_assert_false (gsock_message_get_credentials (received, NULL, NULL, NULL));
  g_assert_false (gsock_message_get_extended_error (received, NULL, NULL, NULL, NULL, NULL, NULL));
  g_assert_cmpint (gsock_message_take_pidfd (received), ==, -1);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 0);
  test_ends_close (&ends);
}

typedef struct
{
  const char *option;
  gint64 value; /* -1: TRUE */
  gint64 step;  /* what the clock counts in, in nanoseconds */
} Clock;

static const Clock clocks[] = {
  { "timestamp", -1, 1000 },
  { "timestamp-ns", -1, 1 },
  { "timestamping", SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE, 1 },
};

static gint64
now (void)
{
  struct timespec time;

  g_assert_cmpint (clock_gettime (CLOCK_REALTIME, &time), ==, 0);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
test_timestamp (gconstpointer data)
{
  const Clock *clock = data;
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;
  gint64 before, stamp, seconds = -1;
  int nanoseconds = -1;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  test_message_set_option (wire.far, clock->option, clock->value < 0 ? g_variant_new_boolean (TRUE) : g_variant_new_int32 ((gint32) clock->value));
  /* The kernel turns its clock on after the call; what comes at once may have no time yet. */
  do
    {
      g_clear_pointer (&received, gsock_message_unref);
      before = now ();
      test_message_send (wire.near, message);
      received = test_message_receive (wire.far, 65536, 0);
      stamp = gsock_message_get_timestamp (received);
    }
  while (stamp < 0);
  g_assert_cmpint (stamp, >=, before - clock->step);
  g_assert_cmpint (stamp, <=, now ());
  g_assert_cmpint (stamp % clock->step, ==, 0);
  g_assert_true (gsock_message_get_receive_time (received, &seconds, &nanoseconds));
  g_assert_cmpint (seconds * 1000000000 + nanoseconds, ==, stamp);
  g_assert_cmpint (nanoseconds, <, 1000000000);
  test_wire_close (&wire);
}

/* What the kernel tells of what was sent comes by the queue of errors, and is none. */
static void
test_timestamp_of_sending (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("sent");
  g_autoptr (GSockMessage) report = NULL;
  int error_number, origin;
  gint64 before;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  test_message_set_option (wire.near, "timestamping", g_variant_new_int32 (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE));
  before = now ();
  test_message_send (wire.near, message);
  report = test_message_receive (wire.near, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  g_assert_true (gsock_message_get_extended_error (report, &error_number, &origin, NULL, NULL, NULL, NULL));
  g_assert_cmpint (error_number, ==, ENOMSG);
  g_assert_cmpint (origin, ==, SO_EE_ORIGIN_TIMESTAMPING);
  g_assert_cmpint (gsock_message_get_timestamp (report), >=, before);
  test_wire_close (&wire);
}

/* Three datagrams of 100 bytes and one of 50, of one call. */
static void
test_segments (gconstpointer data)
{
  const TestWay *way = data;
  static const guint8 bytes[350];
  g_autoptr (GSockMessage) message = gsock_message_new ();
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, way);
  address = test_host_and_port (way->host, ends.port);
  gsock_message_add_data (message, bytes, sizeof bytes);
  gsock_message_set_address (message, &address);
  gsock_message_set_segment_size (message, 100);
  test_message_send (ends.client, message);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GSockMessage) received = test_message_receive (ends.server, 65536, 0);

      g_assert_cmpuint (gsock_message_get_length (received), ==, i < 3 ? 100 : 50);
      g_assert_cmpint (gsock_message_get_segment_size (received), ==, -1);
    }
  test_message_ask_for (ends.server, "udp-gro");
  test_message_send (ends.client, message);
  {
    g_autoptr (GSockMessage) joined = test_message_receive (ends.server, 65536, 0);

    g_assert_cmpuint (gsock_message_get_length (joined), ==, 350);
    g_assert_cmpint (gsock_message_get_segment_size (joined), ==, 100);
  }
  test_ends_close (&ends);
}

/* Too many for the room that there is; the count comes with the next that gets in. */
static void
test_overflow (void)
{
  static const guint8 bytes[1000];
  TestWire wire;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GSockMessage) last = NULL;
  guint received = 0;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  test_message_set_option (wire.far, "receive-buffer", g_variant_new_int32 (4096));
  test_message_ask_for (wire.far, "receive-queue-overflow");
  gsock_message_add_data (message, bytes, sizeof bytes);
  for (guint i = 0; i < 100; i++)
    test_message_send (wire.near, message);
  while (gsock_socket_wait_for (wire.far, G_IO_IN, 0, NULL, NULL) != 0)
    {
      g_autoptr (GSockMessage) one = test_message_receive (wire.far, 65536, 0);

      g_assert_cmpint (gsock_message_get_overflow_count (one), ==, -1);
      received++;
    }
  g_assert_cmpuint (received, <, 100);
  test_message_send (wire.near, message);
  last = test_message_receive (wire.far, 65536, 0);
  g_assert_cmpint (gsock_message_get_overflow_count (last), ==, 100 - received);
  test_wire_close (&wire);
}

/* What has no name passes as it is, both ways. */
static void
test_raw_control (void)
{
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GSockAddress address, original;
  int level = 0, type = 0, ttl = 42;
  gsize length;
  TestEnds ends;

  test_ends_open (&ends, &test_ways[0]);
  test_message_ask_for (ends.server, "ip-receive-original-destination-address");
  test_message_ask_for (ends.server, "ip-receive-ttl");
  address = test_host_and_port ("127.0.0.5", ends.port);
  gsock_message_set_address (message, &address);
  g_assert_true (gsock_message_add_control (message, IPPROTO_IP, IP_TTL, (const guint8 *) &ttl, sizeof ttl, NULL));
  test_message_send (ends.client, message);
  received = test_message_receive (ends.server, 65536, 0);
  g_assert_cmpint (gsock_message_get_ttl (received), ==, 42);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 1);
  bytes = gsock_message_get_control (received, 0, &level, &type);
  g_assert_cmpint (level, ==, IPPROTO_IP);
  g_assert_cmpint (type, ==, IP_ORIGDSTADDR);
  g_assert_null (gsock_message_get_control (received, 1, NULL, NULL));
  g_assert_true (gsock_address_init_from_bytes (&original, g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes), NULL));
  g_assert_true (gsock_address_equal (&original, &address));
  test_ends_close (&ends);
}

/* Several at once, each in its place. */
static void
test_all_together (void)
{
  g_autoptr (GSockMessage) message = test_message_new ("all");
  g_autoptr (GSockMessage) received = NULL;
  GSockAddress address, found;
  TestEnds ends;

  test_ends_open (&ends, &test_ways[0]);
  test_message_ask_for (ends.server, "ip-packet-info");
  test_message_ask_for (ends.server, "ip-receive-ttl");
  test_message_ask_for (ends.server, "ip-receive-tos");
  test_message_ask_for (ends.server, "timestamp-ns");
  address = test_host_and_port ("127.0.0.9", ends.port);
  gsock_message_set_address (message, &address);
  gsock_message_set_ttl (message, 11);
  gsock_message_set_traffic_class (message, 0x28);
  address = test_host_and_port ("127.0.0.8", 0);
  g_clear_object (&ends.client);
  ends.client = test_datagram_socket_new (AF_INET, "0.0.0.0");
  gsock_message_set_packet_info (message, &address, 1);
  test_message_send (ends.client, message);
  received = test_message_receive (ends.server, 65536, 0);
  test_message_assert_text (received, "all");
  test_assert_host (gsock_message_get_address (received), "127.0.0.8");
  g_assert_true (gsock_message_get_packet_info (received, &found, NULL));
  test_assert_host (&found, "127.0.0.9");
  g_assert_cmpint (gsock_message_get_ttl (received), ==, 11);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, 0x28);
  test_ends_close (&ends);
}

/* What only a kernel that has gone wrong could give. */
typedef struct
{
  const char *name;
  int level, type;
  gsize length; /* as the header says */
} Strange;

static const Strange strange[] = {
  { "short-packet-info", IPPROTO_IP, IP_PKTINFO, CMSG_LEN (4) },
  { "short-timestamp", SOL_SOCKET, SO_TIMESTAMPNS, CMSG_LEN (8) },
  { "short-error", IPPROTO_IP, IP_RECVERR, CMSG_LEN (3) },
  { "empty", IPPROTO_IP, IP_TTL, CMSG_LEN (0) },
  { "no-header", IPPROTO_IP, IP_TTL, 3 },
  { "beyond-the-end", 12345, 678, 100000 },
};

static void
test_strange (gconstpointer data)
{
  const Strange *row = data;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GBytes) bytes = NULL;
  union
  {
    struct cmsghdr header;
    guint8 bytes[CMSG_SPACE (8)];
  } control = { .header = { .cmsg_len = row->length, .cmsg_level = row->level, .cmsg_type = row->type } };
  struct msghdr header = { .msg_control = &control, .msg_controllen = sizeof control };
  gsize wanted = MIN (row->length, sizeof control);

  gsock_ancillary_decode (message, &header);
  g_assert_cmpuint (message->parts, ==, 0);
  if (row->length < CMSG_LEN (0))
    {
      g_assert_cmpuint (gsock_message_get_n_controls (message), ==, 0);
      return;
    }
  bytes = gsock_message_get_control (message, 0, NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, wanted - CMSG_LEN (0));
}

#define ADD_ROWS(prefix, rows, function)                                                           \
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)                                                  \
    {                                                                                              \
      g_autofree char *path = g_strdup_printf ("/ancillary/%s/%s", prefix, rows[i].name);          \
                                                                                                   \
      test_add_with (path, &rows[i], function);                                                    \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("packet-info", test_ways, test_packet_info);
  ADD_ROWS ("packet-info/interface", test_ways, test_packet_info_interface);
  test_add ("/ancillary/packet-info/of-others", test_packet_info_of_others);
  test_add ("/ancillary/packet-info/foreign", test_packet_info_foreign);
  ADD_ROWS ("hops-and-class", test_ways, test_hops_and_class);
  ADD_ROWS ("hops-and-class/connected", test_ways, test_hops_connected);
  test_add ("/ancillary/nothing-unasked", test_nothing_unasked);
  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ancillary/timestamp/%s", clocks[i].option);

      test_add_with (path, &clocks[i], test_timestamp);
    }
  test_add ("/ancillary/timestamp/of-sending", test_timestamp_of_sending);
  ADD_ROWS ("segments", test_ways, test_segments);
  test_add ("/ancillary/overflow", test_overflow);
  test_add ("/ancillary/raw", test_raw_control);
  test_add ("/ancillary/all-together", test_all_together);
  ADD_ROWS ("strange", strange, test_strange);
  return g_test_run ();
}
