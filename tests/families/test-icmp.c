/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw sockets of ICMP: ping over loopback. */

#include "testlib.h"
#include "testwire.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

#define IDENTIFIER 0x4753

/* NULL, with the running test marked as skipped, where this process may have no raw sockets. */
static GSockSocket *
make_raw_socket (int family, int protocol, const char *keyword, gboolean value)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "address-family", family, "protocol", protocol,
                                           keyword, value, NULL);

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED))
    g_test_skip ("only a privileged process has raw sockets");
  else
    g_assert_no_error (error);
  return socket;
}

static guint16
sum (const guint8 *bytes, gsize length)
{
  guint32 total = 0;

  for (gsize i = 0; i < length; i++)
    total += i % 2 == 0 ? (guint32) bytes[i] << 8 : bytes[i];
  while (total >> 16 != 0)
    total = (total & 0xffff) + (total >> 16);
  return g_htons ((guint16) ~total);
}

static gsize
make_echo (guint8 *room, int sequence)
{
  struct icmphdr header = { .type = ICMP_ECHO };

  header.un.echo.id = g_htons (IDENTIFIER);
  header.un.echo.sequence = g_htons ((guint16) sequence);
  memcpy (room, &header, sizeof header);
  memcpy (room + sizeof header, "ping!", 5);
  header.checksum = sum (room, sizeof header + 5);
  memcpy (room, &header, sizeof header);
  return sizeof header + 5;
}

/* A packet with the header before it, from an address that only its header says. */
static gsize
make_packet (guint8 *room, int sequence, const char *sender)
{
  gsize length = make_echo (room + sizeof (struct iphdr), sequence);
  struct iphdr header = { .ihl = 5, .version = 4, .ttl = 9, .protocol = IPPROTO_ICMP };

  header.saddr = g_htonl (INADDR_LOOPBACK + (guint32) g_ascii_strtoull (strrchr (sender, '.') + 1, NULL, 10) - 1);
  header.daddr = g_htonl (INADDR_LOOPBACK);
  header.tot_len = g_htons ((guint16) (sizeof header + length));
  memcpy (room, &header, sizeof header);
  return sizeof header + length;
}

static void
send_packet (GSockSocket *socket, const guint8 *packet, gsize length, const char *host)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  g_assert_true (gsock_address_init_from_host (&address, host, 0, NULL));
  g_assert_cmpint (gsock_socket_send_to_direct (socket, packet, length, &address, 0, TRUE, 30, NULL, &error), ==, length);
  g_assert_no_error (error);
}

/* The next ICMP message of this test: others of the machine may ping too. */
static struct icmphdr
receive_icmp (GSockSocket *socket, struct iphdr *ip, GSockAddress *sender)
{
  struct icmphdr icmp;

  do
    {
      g_autoptr (GError) error = NULL;
      GSockReceived received;
      guint8 room[1500];
      gssize n = gsock_socket_receive_from (socket, room, sizeof room, &received, NULL, &error, "timeout", 30.0, NULL);

      g_assert_no_error (error);
      g_assert_cmpint (n, >=, sizeof *ip + sizeof icmp);
      memcpy (ip, room, sizeof *ip);
      memcpy (&icmp, room + ip->ihl * 4, sizeof icmp);
      *sender = received.sender;
    }
  while (icmp.un.echo.id != g_htons (IDENTIFIER));
  return icmp;
}

static void
test_ping (void)
{
  g_autoptr (GSockSocket) socket = make_raw_socket (AF_INET, IPPROTO_ICMP, "include-headers", FALSE);
  guint8 packet[100];
  struct icmphdr icmp;
  struct iphdr ip;
  GSockAddress sender;

  if (socket == NULL)
    return;
  g_assert_true (GSOCK_IS_RAW_SOCKET (socket));
  send_packet (socket, packet, make_echo (packet, 7), "127.0.0.1");
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHO); /* on loopback one hears oneself */
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHOREPLY);
  g_assert_cmpint (g_ntohs (icmp.un.echo.sequence), ==, 7);
  g_assert_cmpint (ip.protocol, ==, IPPROTO_ICMP);
  g_assert_true (gsock_address_is_loopback (&sender));
}

static gboolean
reads_header_include (GSockSocket *socket)
{
  gboolean value;

  g_object_get (socket, "include-headers", &value, NULL);
  return value;
}

/* The header is the sender's own, and the answer goes to whom it names. */
static void
test_include_headers (void)
{
  g_autoptr (GSockSocket) socket = make_raw_socket (AF_INET, IPPROTO_ICMP, "include-headers", TRUE);
  guint8 packet[100];
  struct icmphdr icmp;
  struct iphdr ip;
  GSockAddress sender;
  g_autofree char *host = NULL;

  if (socket == NULL)
    return;
  g_assert_true (reads_header_include (socket));
  send_packet (socket, packet, make_packet (packet, 8, "127.0.0.77"), "127.0.0.1");
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHO);
  g_assert_cmpint (ip.ttl, ==, 9);
  host = gsock_address_get_host (&sender);
  g_assert_cmpstr (host, ==, "127.0.0.77");
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHOREPLY);
  g_assert_cmpint (g_ntohs (icmp.un.echo.sequence), ==, 8);
  g_assert_cmpint (g_ntohl (ip.daddr) & 0xff, ==, 77);
}

/* A bit that is set holds a type back. */
static void
test_filter (void)
{
  g_autoptr (GSockSocket) socket = make_raw_socket (AF_INET, IPPROTO_ICMP, "include-headers", TRUE);
  g_autoptr (GVariant) filter = NULL;
  g_autoptr (GError) error = NULL;
  guint8 packet[100];
  struct icmphdr icmp;
  struct iphdr ip;
  GSockAddress sender;

  if (socket == NULL)
    return;
  gsock_socket_set_option (socket, "icmp-filter", g_variant_new_uint32 (~(1u << ICMP_ECHOREPLY)), &error);
  g_assert_no_error (error);
  filter = gsock_socket_get_option (socket, "icmp-filter", &error);
  g_assert_cmpuint (g_variant_get_uint32 (filter), ==, ~(1u << ICMP_ECHOREPLY));
  send_packet (socket, packet, make_packet (packet, 9, "127.0.0.1"), "127.0.0.1");
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHOREPLY); /* the question is held back */
  g_assert_cmpint (g_ntohs (icmp.un.echo.sequence), ==, 9);
}

/* Of a connected one the destination is not to be said, and others are not heard. */
static void
test_connected (void)
{
  g_autoptr (GSockSocket) socket = make_raw_socket (AF_INET, IPPROTO_ICMP, "include-headers", FALSE);
  g_autoptr (GError) error = NULL;
  guint8 packet[100];
  gsize length;
  GSockAddress address, sender;
  struct icmphdr icmp;
  struct iphdr ip;

  if (socket == NULL)
    return;
  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.6", 0, NULL));
  g_assert_true (gsock_socket_connect_direct (socket, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  g_assert_no_error (error);
  length = make_echo (packet, 10);
  g_assert_cmpint (gsock_socket_send_to (socket, packet, length, NULL, &error, NULL), ==, length);
  g_assert_no_error (error);
  icmp = receive_icmp (socket, &ip, &sender);
  g_assert_cmpint (icmp.type, ==, ICMP_ECHOREPLY);
  g_assert_true (gsock_address_equal (&sender, &address));
}

/* Over IPv6 no header comes, and the kernel sets the checksum. */
static void
test_ping6 (void)
{
  g_autoptr (GSockSocket) socket = make_raw_socket (AF_INET6, IPPROTO_ICMPV6, "ipv6-receive-hop-limit", TRUE);
  struct icmp6_hdr header = { .icmp6_type = ICMP6_ECHO_REQUEST }, found = { 0 };
  g_autoptr (GSockMessage) message = NULL;

  if (socket == NULL)
    return;
  header.icmp6_id = g_htons (IDENTIFIER);
  header.icmp6_seq = g_htons (3);
  send_packet (socket, (const guint8 *) &header, sizeof header, "::1");
  while (found.icmp6_type != ICMP6_ECHO_REPLY || found.icmp6_id != header.icmp6_id)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      g_clear_pointer (&message, gsock_message_unref);
      message = gsock_socket_receive_message (socket, 1500, NULL, &error, "timeout", 30.0, NULL);
      g_assert_no_error (error);
      bytes = gsock_message_get_bytes (message);
      memcpy (&found, g_bytes_get_data (bytes, NULL), MIN (sizeof found, g_bytes_get_size (bytes)));
    }
  g_assert_cmpint (g_ntohs (found.icmp6_seq), ==, 3);
  g_assert_true (gsock_address_is_loopback (gsock_message_get_address (message)));
  g_assert_cmpint (gsock_message_get_ttl (message), ==, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/icmp/ping", test_ping);
  test_add ("/icmp/include-headers", test_include_headers);
  test_add ("/icmp/filter", test_filter);
  test_add ("/icmp/connected", test_connected);
  test_add ("/icmp/ping6", test_ping6);
  return g_test_run ();
}
