/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw sockets: an echo over loopback, and the kernel's own answer over netlink. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "teststage.h"
#include "testwire.h"

#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <unistd.h>

static guint16
checksum (const guint8 *bytes, gsize length)
{
  guint32 sum = 0;

  for (gsize i = 0; i < length; i += 2)
    sum += (guint32) bytes[i] << 8 | (i + 1 < length ? bytes[i + 1] : 0);
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  return g_htons ((guint16) ~sum);
}

static struct icmphdr
echo_request (guint16 id)
{
  struct icmphdr echo = { .type = ICMP_ECHO };

  echo.un.echo.id = id;
  echo.checksum = checksum ((const guint8 *) &echo, sizeof echo);
  return echo;
}

/* Raw sockets hear everybody's packets, so others than the wanted one are passed over. */
static void
await_reply (GSockSocket *socket, guint16 id)
{
  g_autoptr (GError) error = NULL;
  guint8 packet[1500];
  GSockReceived received;
  gssize n;

  do
    {
      n = gsock_socket_receive_from (socket, packet, sizeof packet, &received, NULL, &error, "timeout", 10.0, NULL);
      g_assert_no_error (error);
      g_assert_cmpint (n, >=, (gssize) (sizeof (struct iphdr) + sizeof (struct icmphdr)));
    }
  while (((struct icmphdr *) (gpointer) (packet + sizeof (struct iphdr)))->type != ICMP_ECHOREPLY
         || ((struct icmphdr *) (gpointer) (packet + sizeof (struct iphdr)))->un.echo.id != id);
  g_assert_true (gsock_address_is_loopback (&received.sender));
}

/* %NULL, with the test skipped, where only root may. */
static GSockSocket *
new_icmp (gboolean include_headers)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "protocol", IPPROTO_ICMP,
                                           "include-headers", include_headers, NULL);

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED))
    g_test_skip ("raw sockets need a privilege");
  else
    g_assert_no_error (error);
  return socket;
}

static void
test_echo (void)
{
  g_autoptr (GSockSocket) socket = new_icmp (FALSE);
  g_autoptr (GError) error = NULL;
  struct icmphdr echo = echo_request (0x4711);
  GSockAddress loopback;

  if (socket == NULL)
    return;
  g_assert_true (GSOCK_IS_RAW_SOCKET (socket));
  g_assert_true (gsock_address_init_from_host (&loopback, "127.0.0.1", 0, &error));
  g_assert_cmpint (gsock_socket_send_to (socket, &echo, sizeof echo, NULL, &error, "remote-address", &loopback, NULL), ==, sizeof echo);
  await_reply (socket, 0x4711);
}

static void
test_include_headers (void)
{
  g_autoptr (GSockSocket) socket = new_icmp (TRUE);
  g_autoptr (GError) error = NULL;
  GSockAddress loopback;
  gboolean include_headers;
  struct
  {
    struct iphdr ip;
    struct icmphdr icmp;
  } packet = { .ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_ICMP }, .icmp = echo_request (0x4712) };

  if (socket == NULL)
    return;
  g_object_get (socket, "include-headers", &include_headers, NULL);
  g_assert_true (include_headers);
  packet.ip.saddr = packet.ip.daddr = g_htonl (INADDR_LOOPBACK);
  g_assert_true (gsock_address_init_from_host (&loopback, "127.0.0.1", 0, &error));
  g_assert_cmpint (gsock_socket_send_to (socket, &packet, sizeof packet, NULL, &error, "remote-address", &loopback, NULL), ==, sizeof packet);
  await_reply (socket, 0x4712);
}

/* Connected, it needs no destination and takes none. */
static void
test_connected (void)
{
  g_autoptr (GSockSocket) socket = new_icmp (FALSE);
  g_autoptr (GError) error = NULL;
  struct icmphdr echo = echo_request (0x4713);
  GSockAddress loopback;

  if (socket == NULL)
    return;
  g_assert_true (gsock_address_init_from_host (&loopback, "127.0.0.1", 0, &error));
  g_assert_cmpint (gsock_socket_send_to (socket, &echo, sizeof echo, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_true (gsock_socket_connect (socket, &loopback, NULL, &error, NULL));
  g_assert_cmpint (gsock_socket_send_to (socket, &echo, sizeof echo, NULL, &error, NULL), ==, sizeof echo);
  await_reply (socket, 0x4713);
}

static void
ask_for_links (GSockSocket *socket)
{
  struct
  {
    struct nlmsghdr header;
    struct rtgenmsg body;
  } request = { .header = { .nlmsg_len = NLMSG_LENGTH (sizeof (struct rtgenmsg)), .nlmsg_type = RTM_GETLINK,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = 1 },
                .body = { .rtgen_family = AF_UNSPEC } };
  g_autoptr (GSockAddress) kernel = gsock_address_new_netlink (0, 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to (socket, &request, request.header.nlmsg_len, NULL, &error, "remote-address", kernel, NULL),
                   ==, request.header.nlmsg_len);
  g_assert_no_error (error);
}

static gboolean
is_loopback (struct nlmsghdr *message)
{
  struct ifinfomsg *link = NLMSG_DATA (message);
  int length = IFLA_PAYLOAD (message);

  for (struct rtattr *attribute = IFLA_RTA (link); RTA_OK (attribute, length); attribute = RTA_NEXT (attribute, length))
    if (attribute->rta_type == IFLA_IFNAME && strcmp (RTA_DATA (attribute), "lo") == 0)
      return TRUE;
  return FALSE;
}

static void
test_netlink_links (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "protocol", NETLINK_ROUTE, "local-port", 0, NULL);
  gboolean seen = FALSE, done = FALSE;
  g_autofree guint8 *answer = g_malloc (65536);

  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_RAW_SOCKET (socket));
  g_assert_cmpint (gsock_socket_get_local_port (socket), >, 0); /* the kernel's choice of a port id */
  ask_for_links (socket);
  while (!done)
    {
      GSockReceived received;
      gssize n = gsock_socket_receive_from (socket, answer, 65536, &received, NULL, &error, "timeout", 10.0, NULL);
      guint left = (guint) MAX (n, 0);

      g_assert_no_error (error);
      g_assert_cmpint (gsock_address_get_family (&received.sender), ==, GSOCK_ADDRESS_FAMILY_NETLINK);
      g_assert_cmpuint (gsock_address_get_port (&received.sender), ==, 0);
      for (struct nlmsghdr *message = (gpointer) answer; NLMSG_OK (message, left); message = NLMSG_NEXT (message, left))
        {
          done = done || message->nlmsg_type == NLMSG_DONE;
          seen = seen || (message->nlmsg_type == RTM_NEWLINK && is_loopback (message));
        }
    }
  g_assert_true (seen);
}

static void
test_multicast_groups (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "protocol", NETLINK_ROUTE,
                                                      "multicast-groups", RTMGRP_LINK | RTMGRP_IPV4_IFADDR, NULL);
  GSockAddress address;
  int groups;

  g_assert_no_error (error);
  address = test_address_of (socket);
  g_assert_cmpuint (gsock_address_get_groups (&address), ==, RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
  g_object_get (socket, "multicast-groups", &groups, NULL);
  g_assert_cmpint (groups, ==, RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
}

/* Of the kernel's reply only the message is received, without a header. */
static void
test_echo_by_ipv6 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = NULL, bound = NULL;
  struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST }, reply = { 0 };
  GSockAddress loopback;
  GSockReceived received;

  if (!test_needs_root () || !test_needs_ipv6 ())
    return;
  bound = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "protocol", IPPROTO_ICMPV6, "local-host", "::1", NULL);
  g_assert_no_error (error);
  socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_RAW, "protocol", IPPROTO_ICMPV6,
                              "address-family", GSOCK_ADDRESS_FAMILY_IPV6, NULL);
  g_assert_no_error (error);
  echo.icmp6_id = 0x4714;
  g_assert_true (gsock_address_init_from_host (&loopback, "::1", 0, &error));
  g_assert_cmpint (gsock_socket_send_to (socket, &echo, sizeof echo, NULL, &error, "remote-address", &loopback, NULL), ==, sizeof echo);
  g_assert_no_error (error);
  while (reply.icmp6_type != ICMP6_ECHO_REPLY || reply.icmp6_id != echo.icmp6_id)
    {
      gsock_socket_receive_from (socket, &reply, sizeof reply, &received, NULL, &error, "timeout", 10.0, NULL);
      g_assert_no_error (error);
    }
  g_assert_true (gsock_address_is_loopback (&received.sender));
}

/* Link-layer packets of the loopback interface: what is sent comes by, from its interface. */
static void
test_packet (void)
{
  const struct sockaddr_ll loopback = { .sll_family = AF_PACKET, .sll_protocol = g_htons (ETH_P_ALL), .sll_ifindex = if_nametoindex ("lo") };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = gsock_address_new_from_bytes ((const guint8 *) &loopback, sizeof loopback, &error);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "local-address", address, "protocol", (int) g_htons (ETH_P_ALL), NULL);
  g_autoptr (GSockSocket) udp = NULL;
  guint8 frame[2048];
  gboolean seen = FALSE;

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED))
    {
      g_test_skip ("packet sockets need a privilege");
      return;
    }
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_RAW_SOCKET (socket));
  g_assert_cmpint (gsock_socket_get_address_family (socket), ==, GSOCK_ADDRESS_FAMILY_PACKET);
  g_assert_true (gsock_socket_is_bound (socket));
  udp = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-host", "127.0.0.1", "remote-port", 9, NULL);
  g_assert_cmpint (gsock_socket_send_to (udp, "gsock was here", 14, NULL, &error, NULL), ==, 14);
  while (!seen)
    {
      GSockReceived received;
      gssize n = gsock_socket_receive_from (socket, frame, sizeof frame, &received, NULL, &error, "timeout", 10.0, NULL);
      g_autoptr (GBytes) sender = NULL;

      g_assert_no_error (error);
      sender = gsock_address_get_bytes (&received.sender);
      g_assert_cmpint (gsock_address_get_family (&received.sender), ==, GSOCK_ADDRESS_FAMILY_PACKET);
      g_assert_cmpint (((const struct sockaddr_ll *) g_bytes_get_data (sender, NULL))->sll_ifindex, ==, loopback.sll_ifindex);
      seen = memmem (frame, n, "gsock was here", 14) != NULL;
    }
}

/* Families by number: with a table of gsock's or without one, what the kernel has can be made. */
static void
test_numbers (void)
{
  for (int family = 1; family < 50; family++)
    {
      int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) made = gsock_make_socket (NULL, &error, "address-family", family, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);

      if ((made != NULL) != (fd >= 0))
        g_error ("family %d: %s", family, error != NULL ? error->message : "made");
      if (made != NULL)
        g_assert_cmpint (gsock_socket_get_address_family (made), ==, family);
      else
        g_assert_true (error->domain == GSOCK_ERROR);
      if (fd >= 0)
        close (fd);
    }
}

/* The kernel's cryptography: what is accepted from a bound socket is an operation on it. */
static void
test_digest (void)
{
  static const guint8 abc[] = { 0xba, 0x78, 0x16, 0xbf };
  const struct sockaddr_alg algorithm = { .salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = gsock_address_new_from_bytes ((const guint8 *) &algorithm, sizeof algorithm, &error);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_ALG, "type", GSOCK_SOCKET_TYPE_SEQPACKET,
                                                      "connect", GSOCK_ROLE_PASSIVE, NULL);
  g_autoptr (GSockActiveSocket) hash = NULL;
  guint8 digest[32];

  if (socket == NULL)
    {
      g_test_skip ("this kernel offers no cryptography to programs");
      return;
    }
  g_assert_true (gsock_socket_bind_address_direct (socket, address, &error));
  g_assert_no_error (error);
  hash = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (socket), NULL, &error, "wait", FALSE, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (hash), "abc", 3, NULL, &error, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (hash), digest, sizeof digest, NULL, NULL, &error, NULL), ==, 32);
  g_assert_no_error (error);
  g_assert_cmpmem (digest, 4, abc, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/raw-socket/echo", test_echo);
  test_add ("/raw-socket/include-headers", test_include_headers);
  test_add ("/raw-socket/connected", test_connected);
  test_add ("/raw-socket/netlink-links", test_netlink_links);
  test_add ("/raw-socket/multicast-groups", test_multicast_groups);
  test_add ("/raw-socket/echo-by-ipv6", test_echo_by_ipv6);
  test_add ("/raw-socket/packet", test_packet);
  test_add ("/raw-socket/numbers", test_numbers);
  test_add ("/raw-socket/digest", test_digest);
  return g_test_run ();
}
