/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packet sockets on the two ends of a wire, whose addresses gsock does not look into. */

#include "testlib.h"
#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One of the two that are free for experiments. */
#define PROTOCOL 0x88b5

typedef struct
{
  int space;
  const char *name;
  guint index;
  guint8 hardware[ETH_ALEN];
} End;

typedef struct
{
  End near, far;
} Link;

static void
look_at (End *self)
{
  struct ifreq request = { .ifr_ifindex = 0 };
  int fd;

  test_space_enter (self->space);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_strlcpy (request.ifr_name, self->name, sizeof request.ifr_name);
  g_assert_cmpint (ioctl (fd, SIOCGIFHWADDR, &request), ==, 0);
  memcpy (self->hardware, request.ifr_hwaddr.sa_data, ETH_ALEN);
  self->index = if_nametoindex (self->name);
  close (fd);
}

static void
make_link (Link *self)
{
  self->near = (End){ .space = test_space_new (), .name = "near" };
  self->far = (End){ .space = test_space_new (), .name = "far" };
  test_wire_spaces (&(TestEnd){ self->near.space, "near", "10.3.0.1/24", "fd00:3::1/64" },
                    &(TestEnd){ self->far.space, "far", "10.3.0.2/24", "fd00:3::2/64" });
  look_at (&self->near);
  look_at (&self->far);
}

static GSockAddress
make_address (guint interface_index, const guint8 *hardware)
{
  struct sockaddr_ll native = { .sll_family = AF_PACKET, .sll_protocol = g_htons (PROTOCOL), .sll_ifindex = (int) interface_index };
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  if (hardware != NULL)
    {
      native.sll_halen = ETH_ALEN;
      memcpy (native.sll_addr, hardware, ETH_ALEN);
    }
  gsock_address_init_from_bytes (&address, (const guint8 *) &native, sizeof native, &error);
  g_assert_no_error (error);
  return address;
}

/* @family is a number or a name. */
static GSockSocket *
make_packet_socket (const End *end, int type, int family)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = make_address (end->index, NULL);
  GSockSocket *socket;

  test_space_enter (end->space);
  socket = gsock_make_socket (NULL, &error, "address-family", family, "type", type, "protocol", g_htons (PROTOCOL),
                              "local-address", &address, NULL);
  g_assert_no_error (error);
  return socket;
}

static struct sockaddr_ll
native_of (const GSockAddress *address)
{
  g_autoptr (GBytes) bytes = gsock_address_get_bytes (address);
  struct sockaddr_ll native = { 0 };

  memcpy (&native, g_bytes_get_data (bytes, NULL), MIN (sizeof native, g_bytes_get_size (bytes)));
  return native;
}

/* Without the link's header, which the kernel writes of the address. */
static void
send_datagram (gpointer data)
{
  g_autoptr (GSockSocket) sender = NULL;
  g_autoptr (GSockSocket) receiver = NULL;
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  GSockAddress destination;
  struct sockaddr_ll native;
  char room[100];
  gssize n;
  Link link;

  make_link (&link);
  sender = make_packet_socket (&link.near, GSOCK_SOCKET_TYPE_DATAGRAM, AF_PACKET);
  receiver = make_packet_socket (&link.far, GSOCK_SOCKET_TYPE_DATAGRAM, AF_PACKET);
  g_assert_true (GSOCK_IS_RAW_SOCKET (sender)); /* the class of every family beyond */
  destination = make_address (link.near.index, link.far.hardware);
  g_assert_cmpint (gsock_socket_send_to (sender, "over the wire", 13, NULL, &error, "remote-address", &destination, NULL), ==, 13);
  g_assert_no_error (error);
  n = gsock_socket_receive_from (receiver, room, sizeof room, &received, NULL, &error, "timeout", 30.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 13);
  g_assert_cmpmem (room, 13, "over the wire", 13);
  native = native_of (&received.sender);
  g_assert_cmpint (native.sll_family, ==, AF_PACKET);
  g_assert_cmpmem (native.sll_addr, ETH_ALEN, link.near.hardware, ETH_ALEN);
  g_assert_cmpint (native.sll_pkttype, ==, PACKET_HOST);
  g_assert_cmpint (native.sll_ifindex, ==, link.far.index);
}

/* With it: the bytes are the frame. */
static void
send_frame (gpointer data)
{
  g_autoptr (GSockSocket) sender = NULL;
  g_autoptr (GSockSocket) receiver = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint8 frame[ETH_HLEN + 5] = "";
  guint16 protocol = g_htons (PROTOCOL);
  GSockAddress destination;
  Link link;

  make_link (&link);
  sender = make_packet_socket (&link.near, GSOCK_SOCKET_TYPE_RAW, AF_PACKET);
  receiver = make_packet_socket (&link.far, GSOCK_SOCKET_TYPE_RAW, AF_PACKET);
  g_assert_true (GSOCK_IS_RAW_SOCKET (sender));
  memcpy (frame, link.far.hardware, ETH_ALEN);
  memcpy (frame + ETH_ALEN, link.near.hardware, ETH_ALEN);
  memcpy (frame + 2 * ETH_ALEN, &protocol, sizeof protocol);
  memcpy (frame + ETH_HLEN, "frame", 5);
  destination = make_address (link.near.index, link.far.hardware);
  g_assert_cmpint (gsock_socket_send_to (sender, frame, sizeof frame, NULL, &error, "remote-address", &destination, NULL), ==, sizeof frame);
  g_assert_no_error (error);
  message = gsock_socket_receive_message (receiver, 100, NULL, &error, "timeout", 30.0, NULL);
  g_assert_no_error (error);
  bytes = gsock_message_get_bytes (message);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), frame, sizeof frame);
}

/* What is cut is told of it, and auxiliary data that gsock has no name for comes as it is. */
static void
send_long_frame (gpointer data)
{
  static const guint8 payload[500];
  g_autoptr (GSockSocket) sender = NULL;
  g_autoptr (GSockSocket) receiver = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GBytes) control = NULL;
  GSockAddress destination;
  struct tpacket_auxdata auxiliary;
  int level = 0, type = 0;
  Link link;

  make_link (&link);
  sender = make_packet_socket (&link.near, GSOCK_SOCKET_TYPE_DATAGRAM, AF_PACKET);
  receiver = make_packet_socket (&link.far, GSOCK_SOCKET_TYPE_DATAGRAM, AF_PACKET);
  g_assert_true (gsock_socket_set_option_int (receiver, SOL_PACKET, PACKET_AUXDATA, 1, &error));
  destination = make_address (link.near.index, link.far.hardware);
  g_assert_cmpint (gsock_socket_send_to (sender, payload, sizeof payload, NULL, &error, "remote-address", &destination, NULL), ==, 500);
  message = gsock_socket_receive_message (receiver, 100, NULL, &error, "timeout", 30.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (gsock_message_get_length (message), ==, 100);
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 500);
  g_assert_true (gsock_message_is_truncated (message));
  control = gsock_message_get_control (message, 0, &level, &type);
  g_assert_cmpint (level, ==, SOL_PACKET);
  g_assert_cmpint (type, ==, PACKET_AUXDATA);
  g_assert_cmpuint (g_bytes_get_size (control), ==, sizeof auxiliary);
  memcpy (&auxiliary, g_bytes_get_data (control, NULL), sizeof auxiliary);
  g_assert_cmpuint (auxiliary.tp_len, ==, 500);
}

static void
read_address (gpointer data)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) local = NULL;
  struct sockaddr_ll native;
  Link link;

  make_link (&link);
  socket = make_packet_socket (&link.near, GSOCK_SOCKET_TYPE_RAW, AF_PACKET);
  local = gsock_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  native = native_of (local);
  g_assert_cmpint (native.sll_ifindex, ==, link.near.index);
  g_assert_cmpmem (native.sll_addr, native.sll_halen, link.near.hardware, ETH_ALEN);
  g_assert_true (gsock_socket_is_bound (socket));
}

static void
test_in_networks (gconstpointer data)
{
  test_in_own_network ((void (*) (gpointer)) data, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_with ("/packet/datagram", send_datagram, test_in_networks);
  test_add_with ("/packet/frame", send_frame, test_in_networks);
  test_add_with ("/packet/long-frame", send_long_frame, test_in_networks);
  test_add_with ("/packet/address", read_address, test_in_networks);
  return g_test_run ();
}
