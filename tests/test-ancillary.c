/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ancillary data in both directions, as the kernel takes and gives it. */

#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pair of addresses of which the second sends to the first. */
typedef struct
{
  const char *name;
  int family;
  const char *host, *sender;
  gboolean dual_stack;
} Way;

static const Way ways[] = {
  { "ipv4", AF_INET, "127.0.0.2", "127.0.0.3", FALSE },
  { "ipv6", AF_INET6, "::1", "::1", FALSE },
  { "dual-stack", AF_INET, "127.0.0.2", "127.0.0.3", TRUE },
};

static GSockSocket *
make_datagram_socket (int family, const char *host)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", family, "local-host", host, NULL);

  g_assert_no_error (error);
  return socket;
}

static GSockSocket *
make_dual_stack_socket (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_INET6, "local-host", "::",
                                           "ipv6-only", FALSE, NULL);

  g_assert_no_error (error);
  return socket;
}

static void
set_option (GSockSocket *socket, const char *name, GVariant *value)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_set_option (socket, name, value, &error);
  g_assert_no_error (error);
}

static void
ask_for (GSockSocket *socket, const char *name)
{
  set_option (socket, name, g_variant_new_boolean (TRUE));
}

static GSockAddress
host_and_port (const char *host, guint port)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  gsock_address_init_from_host (&address, host, port, &error);
  g_assert_no_error (error);
  return address;
}

static GSockMessage *
new_message (const char *text)
{
  GSockMessage *message = gsock_message_new ();

  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  return message;
}

static void
send_message (GSockSocket *socket, GSockMessage *message)
{
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_send_message (socket, message, NULL, &error, NULL);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, gsock_message_get_length (message));
}

static GSockMessage *
receive_with (GSockSocket *socket, GSockMessageFlags flags)
{
  g_autoptr (GError) error = NULL;
  GSockMessage *message = gsock_socket_receive_message (socket, 65536, NULL, &error, "timeout", 30.0, "flags", flags, NULL);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static GSockMessage *
receive (GSockSocket *socket)
{
  return receive_with (socket, 0);
}

static void
assert_text (GSockMessage *message, const char *text)
{
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (message);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

static void
assert_host (const GSockAddress *address, const char *host)
{
  g_autofree char *found = gsock_address_get_host (address);

  g_assert_cmpstr (found, ==, host);
}

/* The two ends of a way: a socket that receives at any address, and one that sends. */
typedef struct
{
  GSockSocket *server, *client;
  guint port;
} Ends;

static void
open_ends (Ends *self, const Way *way)
{
  self->server = way->dual_stack ? make_dual_stack_socket () : make_datagram_socket (way->family, way->family == AF_INET6 ? "::" : "0.0.0.0");
  self->client = way->dual_stack ? make_dual_stack_socket () : make_datagram_socket (way->family, way->sender);
  self->port = (guint) gsock_socket_get_local_port (self->server);
}

static void
close_ends (Ends *self)
{
  g_assert_finalize_object (self->server);
  g_assert_finalize_object (self->client);
}

/* What IPv4 and IPv6 have options of their own for. A dual stack socket has both. */
static void
ask_for_each (GSockSocket *socket, const Way *way, const char *name4, const char *name6)
{
  if (way->family == AF_INET)
    ask_for (socket, name4);
  if (way->family == AF_INET6 || way->dual_stack)
    ask_for (socket, name6);
}

static void
answer_from_where_it_came (GSockSocket *server, GSockMessage *query)
{
  g_autoptr (GSockMessage) answer = new_message ("answer");
  GSockAddress address;

  g_assert_true (gsock_message_get_packet_info (query, &address, NULL));
  gsock_message_set_packet_info (answer, &address, 0);
  gsock_message_set_address (answer, gsock_message_get_address (query));
  send_message (server, answer);
}

static void
test_packet_info (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (GSockMessage) query = new_message ("query");
  g_autoptr (GSockMessage) asked = NULL;
  g_autoptr (GSockMessage) answered = NULL;
  GSockAddress address;
  guint interface_index = 0;
  Ends ends;

  open_ends (&ends, way);
  ask_for_each (ends.server, way, "ip-packet-info", "ipv6-receive-packet-info");
  address = host_and_port (way->host, ends.port);
  gsock_message_set_address (query, &address);
  send_message (ends.client, query);

  asked = receive (ends.server);
  assert_text (asked, "query");
  g_assert_true (gsock_message_get_packet_info (asked, &address, &interface_index));
  assert_host (&address, way->host);
  g_assert_cmpint (gsock_address_get_port (&address), ==, 0);
  g_assert_cmpuint (interface_index, ==, 1); /* loopback is the first of every network */
  g_assert_cmpint (gsock_address_get_family (gsock_message_get_address (asked)), ==, way->family);

  answer_from_where_it_came (ends.server, asked);
  answered = receive (ends.client);
  assert_text (answered, "answer");
  assert_host (gsock_message_get_address (answered), way->host);
  close_ends (&ends);
}

/* An interface without an address: what a dual stack socket sends to IPv4 has to be told in IPv4's way. */
static void
test_packet_info_interface (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (GSockMessage) message = new_message ("by");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  address = host_and_port (way->host, ends.port);
  gsock_message_set_address (message, &address);
  gsock_message_set_packet_info (message, NULL, 1);
  send_message (ends.client, message);
  received = receive (ends.server);
  assert_text (received, "by");

  gsock_message_set_packet_info (message, NULL, 0x7fffff);
  g_assert_cmpint (gsock_socket_send_message (ends.client, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
  close_ends (&ends);
}

static void
test_packet_info_of_others (void)
{
  g_autoptr (GSockSocket) ipv4 = make_datagram_socket (AF_INET, "127.0.0.1");
  g_autoptr (GSockSocket) ipv6 = make_datagram_socket (AF_INET6, "::1");
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress destination = test_address_of (ipv4);
  GSockAddress other = host_and_port ("::1", 0);

  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (ipv4, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED);

  destination = test_address_of (ipv6);
  other = host_and_port ("192.0.2.1", 0);
  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (ipv6, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
}

/* Of an address that is nobody's here nothing may be sent. */
static void
test_packet_info_foreign (void)
{
  g_autoptr (GSockSocket) socket = make_datagram_socket (AF_INET, "127.0.0.1");
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress destination = test_address_of (socket);
  GSockAddress other = host_and_port ("203.0.113.7", 0);

  gsock_message_set_address (message, &destination);
  gsock_message_set_packet_info (message, &other, 0);
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  g_assert_nonnull (error);
}

static void
exchange_hops (Ends *ends, GSockMessage *message, int ttl, int traffic_class)
{
  g_autoptr (GSockMessage) received = NULL;

  gsock_message_set_ttl (message, ttl);
  gsock_message_set_traffic_class (message, traffic_class);
  send_message (ends->client, message);
  received = receive (ends->server);
  g_assert_cmpint (gsock_message_get_ttl (received), ==, ttl);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, traffic_class);
}

/* 0xb9: expedited forwarding, and ECT (1) in the bits of ECN. */
static void
test_hops_and_class (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (GSockMessage) message = new_message ("x");
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  ask_for_each (ends.server, way, "ip-receive-ttl", "ipv6-receive-hop-limit");
  ask_for_each (ends.server, way, "ip-receive-tos", "ipv6-receive-traffic-class");
  address = host_and_port (way->host, ends.port);
  gsock_message_set_address (message, &address);
  exchange_hops (&ends, message, 1, 0xb9);
  exchange_hops (&ends, message, 255, 3);
  close_ends (&ends);
}

/* The peer decides there, and the message has no address. */
static void
test_hops_connected (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  ask_for_each (ends.server, way, "ip-receive-ttl", "ipv6-receive-hop-limit");
  ask_for_each (ends.server, way, "ip-receive-tos", "ipv6-receive-traffic-class");
  address = host_and_port (way->host, ends.port);
  gsock_socket_connect_direct (ends.client, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error);
  g_assert_no_error (error);
  exchange_hops (&ends, message, 17, 0x2e);
  close_ends (&ends);
}

static void
test_nothing_unasked (void)
{
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;
  GSockAddress address;
  Ends ends;

  open_ends (&ends, &ways[0]);
  address = host_and_port ("127.0.0.1", ends.port);
  gsock_message_set_address (message, &address);
  send_message (ends.client, message);
  received = receive (ends.server);
  g_assert_false (gsock_message_get_packet_info (received, NULL, NULL));
  g_assert_cmpint (gsock_message_get_ttl (received), ==, -1);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, -1);
  g_assert_cmpint (gsock_message_get_segment_size (received), ==, -1);
  g_assert_cmpint (gsock_message_get_timestamp (received), ==, -1);
  g_assert_cmpint (gsock_message_get_overflow_count (received), ==, -1);
  g_assert_false (gsock_message_get_credentials (received, NULL, NULL, NULL));
  g_assert_false (gsock_message_get_extended_error (received, NULL, NULL, NULL, NULL, NULL, NULL));
  g_assert_cmpint (gsock_message_take_pidfd (received), ==, -1);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 0);
  close_ends (&ends);
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
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;
  gint64 before, stamp;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  set_option (wire.far, clock->option, clock->value < 0 ? g_variant_new_boolean (TRUE) : g_variant_new_int32 ((gint32) clock->value));
  /* The kernel turns its clock on after the call; what comes at once may have no time yet. */
  do
    {
      g_clear_pointer (&received, gsock_message_unref);
      before = now ();
      send_message (wire.near, message);
      received = receive (wire.far);
      stamp = gsock_message_get_timestamp (received);
    }
  while (stamp < 0);
  g_assert_cmpint (stamp, >=, before - clock->step);
  g_assert_cmpint (stamp, <=, now ());
  g_assert_cmpint (stamp % clock->step, ==, 0);
  test_wire_close (&wire);
}

/* What the kernel tells of what was sent comes by the queue of errors, and is none. */
static void
test_timestamp_of_sending (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("sent");
  g_autoptr (GSockMessage) report = NULL;
  int error_number, origin;
  gint64 before;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  set_option (wire.near, "timestamping", g_variant_new_int32 (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE));
  before = now ();
  send_message (wire.near, message);
  report = receive_with (wire.near, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
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
  const Way *way = data;
  static const guint8 bytes[350];
  g_autoptr (GSockMessage) message = gsock_message_new ();
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  address = host_and_port (way->host, ends.port);
  gsock_message_add_data (message, bytes, sizeof bytes);
  gsock_message_set_address (message, &address);
  gsock_message_set_segment_size (message, 100);
  send_message (ends.client, message);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GSockMessage) received = receive (ends.server);

      g_assert_cmpuint (gsock_message_get_length (received), ==, i < 3 ? 100 : 50);
      g_assert_cmpint (gsock_message_get_segment_size (received), ==, -1);
    }
  ask_for (ends.server, "udp-gro");
  send_message (ends.client, message);
  {
    g_autoptr (GSockMessage) joined = receive (ends.server);

    g_assert_cmpuint (gsock_message_get_length (joined), ==, 350);
    g_assert_cmpint (gsock_message_get_segment_size (joined), ==, 100);
  }
  close_ends (&ends);
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
  set_option (wire.far, "receive-buffer", g_variant_new_int32 (4096));
  ask_for (wire.far, "receive-queue-overflow");
  gsock_message_add_data (message, bytes, sizeof bytes);
  for (guint i = 0; i < 100; i++)
    send_message (wire.near, message);
  while (gsock_socket_wait_for (wire.far, G_IO_IN, 0, NULL, NULL) != 0)
    {
      g_autoptr (GSockMessage) one = receive (wire.far);

      g_assert_cmpint (gsock_message_get_overflow_count (one), ==, -1);
      received++;
    }
  g_assert_cmpuint (received, <, 100);
  send_message (wire.near, message);
  last = receive (wire.far);
  g_assert_cmpint (gsock_message_get_overflow_count (last), ==, 100 - received);
  test_wire_close (&wire);
}

static void
assert_extended_error (GSockMessage *report, int error_number, int origin, int type, int code, const char *offender)
{
  int found_error = 0, found_origin = 0, found_type = 0, found_code = 0;
  GSockAddress found = GSOCK_ADDRESS_INIT;

  g_assert_true (gsock_message_get_extended_error (report, &found_error, &found_origin, &found_type, &found_code, NULL, &found));
  g_assert_cmpint (found_error, ==, error_number);
  g_assert_cmpint (found_origin, ==, origin);
  g_assert_cmpint (found_type, ==, type);
  g_assert_cmpint (found_code, ==, code);
  if (offender != NULL)
    assert_host (&found, offender);
  else
    g_assert_cmpuint (found.length, ==, 0);
}

/* Nobody receives at the port: whom it was for, what was in it, and who says so. */
static void
test_error_of_closed_port (gconstpointer data)
{
  const Way *way = data;
  gboolean ipv6 = way->family == AF_INET6;
  g_autoptr (GSockMessage) message = new_message ("lost");
  g_autoptr (GSockMessage) report = NULL;
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  ask_for_each (ends.client, way, "ip-receive-error", "ipv6-receive-error");
  address = host_and_port (way->host, ends.port);
  gsock_socket_close (ends.server, FALSE, NULL);
  gsock_message_set_address (message, &address);
  send_message (ends.client, message);
  report = receive_with (ends.client, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  assert_text (report, "lost");
  g_assert_true ((gsock_message_get_flags (report) & GSOCK_MESSAGE_FLAGS_ERROR_QUEUE) != 0);
  assert_host (gsock_message_get_address (report), way->host);
  g_assert_cmpint (gsock_address_get_port (gsock_message_get_address (report)), ==, ends.port);
  assert_extended_error (report, ECONNREFUSED, ipv6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP, ipv6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH,
                         ipv6 ? ICMP6_DST_UNREACH_NOPORT : ICMP_PORT_UNREACH, way->host);
  close_ends (&ends);
}

/* The machine itself says it, and so nobody offends. */
static void
send_too_much (gpointer data)
{
  static const guint8 bytes[2000];
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GSockMessage) report = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  guint info = 0;

  test_ip ("link set lo mtu 1500");
  socket = make_datagram_socket (AF_INET, "127.0.0.1");
  address = test_address_of (socket);
  ask_for (socket, "ip-receive-error");
  set_option (socket, "ip-mtu-discover", g_variant_new_int32 (IP_PMTUDISC_DO));
  gsock_message_add_data (message, bytes, sizeof bytes);
  gsock_message_set_address (message, &address);
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  report = receive_with (socket, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  g_assert_true (gsock_message_get_extended_error (report, NULL, NULL, NULL, NULL, &info, NULL));
  g_assert_cmpuint (info, ==, 1500);
  assert_extended_error (report, EMSGSIZE, SO_EE_ORIGIN_LOCAL, 0, 0, NULL);
}

static void
test_error_of_this_machine (void)
{
  test_in_own_network (send_too_much, NULL);
}

typedef struct
{
  const char *name, *host;
  int ttl;
  int error_number, type, code;
  const char *offender;
} Obstacle;

static const Obstacle obstacles[] = {
  { "ttl/ipv4", "10.2.0.2", 1, EHOSTUNREACH, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, "10.1.0.1" },
  { "ttl/ipv6", "fd00:2::2", 1, EHOSTUNREACH, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT, "fd00:1::1" },
  { "host/ipv4", "10.9.0.1", 9, EHOSTUNREACH, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "10.1.0.1" },
  { "host/ipv6", "fd00:9::1", 9, ENETUNREACH, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, "fd00:1::1" },
  { "port/ipv4", "10.2.0.2", 9, ECONNREFUSED, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, "10.2.0.2" },
  { "port/ipv6", "fd00:2::2", 9, ECONNREFUSED, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, "fd00:2::2" },
};

static void
meet_obstacle (gpointer data)
{
  const Obstacle *obstacle = data;
  gboolean ipv6 = strchr (obstacle->host, ':') != NULL;
  g_autoptr (GSockMessage) message = new_message ("probe");
  g_autoptr (GSockMessage) report = NULL;
  g_autoptr (GSockSocket) socket = NULL;
  GSockAddress address = host_and_port (obstacle->host, 33434);
  TestRoute route;

  test_route_make (&route);
  socket = make_datagram_socket (ipv6 ? AF_INET6 : AF_INET, ipv6 ? "::" : "0.0.0.0");
  ask_for (socket, ipv6 ? "ipv6-receive-error" : "ip-receive-error");
  gsock_message_set_address (message, &address);
  gsock_message_set_ttl (message, obstacle->ttl);
  send_message (socket, message);
  report = receive_with (socket, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  assert_text (report, "probe");
  assert_host (gsock_message_get_address (report), obstacle->host);
  assert_extended_error (report, obstacle->error_number, ipv6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP, obstacle->type, obstacle->code,
                         obstacle->offender);
}

static void
test_obstacle (gconstpointer data)
{
  test_in_own_network (meet_obstacle, (gpointer) data);
}

static void
test_credentials (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) unsaid = NULL;
  g_autoptr (GSockMessage) said = NULL;
  g_autoptr (GError) error = NULL;
  int pid = 0;
  guint uid = 0, gid = 0;

  g_assert_true (test_wire_open (&wire, data));
  ask_for (wire.far, "pass-credentials");
  send_message (wire.near, message);
  unsaid = receive (wire.far);
  g_assert_true (gsock_message_get_credentials (unsaid, &pid, &uid, &gid));
  g_assert_cmpint (pid, ==, getpid ());

  g_assert_true (gsock_message_set_credentials (message, getpid (), getuid (), getgid (), &error));
  g_assert_no_error (error);
  send_message (wire.near, message);
  said = receive (wire.far);
  g_assert_true (gsock_message_get_credentials (said, &pid, &uid, &gid));
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpuint (uid, ==, getuid ());
  g_assert_cmpuint (gid, ==, getgid ());
  test_wire_close (&wire);
}

static void
claim_to_be_init (gpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GError) error = NULL;

  if (getuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    test_child_cannot ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  g_assert_true (gsock_message_set_credentials (message, 1, 0, 0, NULL));
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  test_wire_close (&wire);
}

static void
test_credentials_of_others (void)
{
  test_in_child (claim_to_be_init, NULL, "this process cannot become a plain user");
}

static void
test_pidfd (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GSockMessage) left = NULL;
  g_autoptr (GError) error = NULL;
  int pidfd;

  g_assert_true (test_wire_open (&wire, data));
  if (!gsock_socket_set_option (wire.far, "pass-pidfd", g_variant_new_boolean (TRUE), &error))
    {
      g_test_skip ("this kernel does not pass pidfds");
      test_wire_close (&wire);
      return;
    }
  send_message (wire.near, message);
  send_message (wire.near, message);
  received = gsock_socket_receive_message (wire.far, 1, NULL, &error, NULL);
  g_assert_no_error (error);
  pidfd = gsock_message_take_pidfd (received);
  g_assert_cmpint (pidfd, >=, 0);
  g_assert_cmpint (gsock_message_take_pidfd (received), ==, -1);
  g_assert_cmpint (fcntl (pidfd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint ((int) syscall (SYS_pidfd_send_signal, pidfd, 0, NULL, 0), ==, 0);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 0);
  close (pidfd);
  /* Of the second message nobody takes it: test_add counts what is open in the end. */
  left = receive (wire.far);
  test_wire_close (&wire);
}

static void
test_descriptors (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds = 0;
  int ends[2];

  g_assert_true (test_wire_open (&wire, data));
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_assert_true (gsock_message_add_file_descriptor (message, ends[0], NULL));
  g_assert_true (gsock_message_add_file_descriptor (message, ends[1], NULL));
  close (ends[0]);
  close (ends[1]);
  send_message (wire.near, message);
  received = receive (wire.far);
  assert_text (received, "x");
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (received), ==, 2);
  fds = gsock_message_take_file_descriptors (received, &n_fds);
  g_assert_cmpuint (n_fds, ==, 2);
  g_assert_cmpint (fcntl (fds[0], F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (fds[1], F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (write (fds[1], "y", 1), ==, 1);
  g_assert_cmpint (read (fds[0], ends, 1), ==, 1);
  close (fds[0]);
  close (fds[1]);
  test_wire_close (&wire);
}

/* As many as a message carries, and all else that comes with one. */
static void
test_most_descriptors (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  ask_for (wire.far, "pass-credentials");
  ask_for (wire.far, "timestamp-ns");
  for (guint i = 0; i < GSOCK_FILE_DESCRIPTORS_MAX; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  send_message (wire.near, message);
  received = receive (wire.far);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (received), ==, GSOCK_FILE_DESCRIPTORS_MAX);
  g_assert_false (gsock_message_is_control_truncated (received));
  g_assert_true (gsock_message_get_credentials (received, NULL, NULL, NULL));
  test_wire_close (&wire);
}

/* What has no name passes as it is, both ways. */
static void
test_raw_control (void)
{
  g_autoptr (GSockMessage) message = new_message ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GSockAddress address, original;
  int level = 0, type = 0, ttl = 42;
  gsize length;
  Ends ends;

  open_ends (&ends, &ways[0]);
  ask_for (ends.server, "ip-receive-original-destination-address");
  ask_for (ends.server, "ip-receive-ttl");
  address = host_and_port ("127.0.0.5", ends.port);
  gsock_message_set_address (message, &address);
  g_assert_true (gsock_message_add_control (message, IPPROTO_IP, IP_TTL, (const guint8 *) &ttl, sizeof ttl, NULL));
  send_message (ends.client, message);
  received = receive (ends.server);
  g_assert_cmpint (gsock_message_get_ttl (received), ==, 42);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 1);
  bytes = gsock_message_get_control (received, 0, &level, &type);
  g_assert_cmpint (level, ==, IPPROTO_IP);
  g_assert_cmpint (type, ==, IP_ORIGDSTADDR);
  g_assert_null (gsock_message_get_control (received, 1, NULL, NULL));
  g_assert_true (gsock_address_init_from_bytes (&original, g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes), NULL));
  g_assert_true (gsock_address_equal (&original, &address));
  close_ends (&ends);
}

/* Several at once, each in its place. */
static void
test_all_together (void)
{
  g_autoptr (GSockMessage) message = new_message ("all");
  g_autoptr (GSockMessage) received = NULL;
  GSockAddress address, found;
  Ends ends;

  open_ends (&ends, &ways[0]);
  ask_for (ends.server, "ip-packet-info");
  ask_for (ends.server, "ip-receive-ttl");
  ask_for (ends.server, "ip-receive-tos");
  ask_for (ends.server, "timestamp-ns");
  address = host_and_port ("127.0.0.9", ends.port);
  gsock_message_set_address (message, &address);
  gsock_message_set_ttl (message, 11);
  gsock_message_set_traffic_class (message, 0x28);
  address = host_and_port ("127.0.0.8", 0);
  g_clear_object (&ends.client);
  ends.client = make_datagram_socket (AF_INET, "0.0.0.0");
  gsock_message_set_packet_info (message, &address, 1);
  send_message (ends.client, message);
  received = receive (ends.server);
  assert_text (received, "all");
  assert_host (gsock_message_get_address (received), "127.0.0.8");
  g_assert_true (gsock_message_get_packet_info (received, &found, NULL));
  assert_host (&found, "127.0.0.9");
  g_assert_cmpint (gsock_message_get_ttl (received), ==, 11);
  g_assert_cmpint (gsock_message_get_traffic_class (received), ==, 0x28);
  close_ends (&ends);
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

/* A pidfd of a process of which the kernel could make none is an error in its place. */
static void
test_pidfd_that_is_none (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  int failure = -ESRCH;
  union
  {
    struct cmsghdr header;
    guint8 bytes[CMSG_SPACE (sizeof (int))];
  } control = { .header = { .cmsg_len = CMSG_LEN (sizeof (int)), .cmsg_level = SOL_SOCKET, .cmsg_type = GSOCK_SYS_SCM_PIDFD } };
  struct msghdr header = { .msg_control = &control, .msg_controllen = sizeof control };

  memcpy (CMSG_DATA (&control.header), &failure, sizeof failure);
  gsock_ancillary_decode (message, &header);
  g_assert_cmpint (gsock_message_take_pidfd (message), ==, -1);
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
  ADD_ROWS ("packet-info", ways, test_packet_info);
  ADD_ROWS ("packet-info/interface", ways, test_packet_info_interface);
  test_add ("/ancillary/packet-info/of-others", test_packet_info_of_others);
  test_add ("/ancillary/packet-info/foreign", test_packet_info_foreign);
  ADD_ROWS ("hops-and-class", ways, test_hops_and_class);
  ADD_ROWS ("hops-and-class/connected", ways, test_hops_connected);
  test_add ("/ancillary/nothing-unasked", test_nothing_unasked);
  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ancillary/timestamp/%s", clocks[i].option);

      test_add_with (path, &clocks[i], test_timestamp);
    }
  test_add ("/ancillary/timestamp/of-sending", test_timestamp_of_sending);
  ADD_ROWS ("segments", ways, test_segments);
  test_add ("/ancillary/overflow", test_overflow);
  ADD_ROWS ("error/closed-port", ways, test_error_of_closed_port);
  test_add ("/ancillary/error/this-machine", test_error_of_this_machine);
  ADD_ROWS ("error", obstacles, test_obstacle);
  test_add_for_kinds ("/ancillary/credentials", test_credentials, test_is_local);
  test_add ("/ancillary/credentials/of-others", test_credentials_of_others);
  test_add_for_kinds ("/ancillary/pidfd", test_pidfd, test_is_local);
  test_add ("/ancillary/pidfd/that-is-none", test_pidfd_that_is_none);
  test_add_for_kinds ("/ancillary/descriptors", test_descriptors, test_is_local);
  test_add ("/ancillary/descriptors/most", test_most_descriptors);
  test_add ("/ancillary/raw", test_raw_control);
  test_add ("/ancillary/all-together", test_all_together);
  ADD_ROWS ("strange", strange, test_strange);
  return g_test_run ();
}
