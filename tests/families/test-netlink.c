/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netlink: what the kernel has to say of its links. */

#include "testlib.h"
#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

static GSockSocket *
make_netlink_socket (guint groups)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "address-family", AF_NETLINK, "type", GSOCK_SOCKET_TYPE_RAW,
                                           "protocol", NETLINK_ROUTE, "multicast-groups", groups, NULL);

  g_assert_no_error (error);
  return socket;
}

static const char *
find_name (const struct nlmsghdr *header)
{
  int length = (int) IFLA_PAYLOAD (header);

  for (const struct rtattr *attribute = IFLA_RTA (NLMSG_DATA (header)); RTA_OK (attribute, length); attribute = RTA_NEXT (attribute, length))
    if (attribute->rta_type == IFLA_IFNAME)
      return RTA_DATA (attribute);
  return NULL;
}

/* Whether the message, of which there may be several in a datagram, tells of this link. */
static gboolean
tells_of (const guint8 *bytes, gsize length, int type, const char *name)
{
  guint rest = (guint) length;

  for (const struct nlmsghdr *header = (const struct nlmsghdr *) (gconstpointer) bytes; NLMSG_OK (header, rest); header = NLMSG_NEXT (header, rest))
    if (header->nlmsg_type == type && g_strcmp0 (find_name (header), name) == 0)
      return TRUE;
  return FALSE;
}

static void
wait_for_news (GSockSocket *socket, int type, const char *name)
{
  guint8 *bytes;
  gsize length;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockMessage) message = gsock_socket_receive_message (socket, 65536, NULL, &error, "timeout", 30.0, NULL);
      g_autoptr (GBytes) data = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      data = gsock_message_get_bytes (message);
      text = gsock_address_to_text (gsock_message_get_address (message));
      g_assert_cmpint (gsock_address_get_family (gsock_message_get_address (message)), ==, AF_NETLINK);
      g_assert_cmpuint (gsock_address_get_port (gsock_message_get_address (message)), ==, 0); /* the kernel */
      bytes = (guint8 *) g_bytes_get_data (data, &length);
      if (tells_of (bytes, length, type, name))
        return;
    }
  while (TRUE);
}

static guint
read_groups (GSockSocket *socket)
{
  int groups;

  g_object_get (socket, "multicast-groups", &groups, NULL);
  return (guint) groups;
}

static void
watch_links (gpointer data)
{
  g_autoptr (GSockSocket) socket = make_netlink_socket (RTMGRP_LINK);

  g_assert_cmpuint (read_groups (socket), ==, RTMGRP_LINK);
  g_assert_true (gsock_socket_is_bound (socket));
  test_ip ("link add come type veth peer name gone");
  wait_for_news (socket, RTM_NEWLINK, "come");
  test_ip ("link del come");
  wait_for_news (socket, RTM_DELLINK, "come");
}

static void
test_groups (void)
{
  test_in_own_network (watch_links, NULL);
}

/* Who is in no group hears nothing. */
static void
watch_nothing (gpointer data)
{
  g_autoptr (GSockSocket) socket = make_netlink_socket (0);
  g_autoptr (GSockSocket) other = make_netlink_socket (RTMGRP_LINK);
  g_autoptr (GError) error = NULL;

  test_ip ("link add come type veth peer name gone");
  wait_for_news (other, RTM_NEWLINK, "come");
  g_assert_null (gsock_socket_receive_message (socket, 100, NULL, &error, "wait", FALSE, NULL));
  g_assert_nonnull (error);
}

static void
test_no_groups (void)
{
  test_in_own_network (watch_nothing, NULL);
}

/* A question to the kernel, whose answers come in several datagrams. */
static void
test_dump (void)
{
  g_autoptr (GSockSocket) socket = make_netlink_socket (0);
  g_autoptr (GSockAddress) kernel = gsock_address_new_netlink (0, 0);
  g_autoptr (GError) error = NULL;
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } query = { .header = { .nlmsg_len = sizeof query, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = 1 } };

  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) &query, sizeof query, kernel, 0, TRUE, 30, NULL, &error), ==, sizeof query);
  g_assert_no_error (error);
  wait_for_news (socket, RTM_NEWLINK, "lo");
}

/* Two cannot have one number; the kernel gives each its own. */
static void
test_ports (void)
{
  g_autoptr (GSockSocket) socket = make_netlink_socket (RTMGRP_LINK);
  g_autoptr (GSockSocket) other = make_netlink_socket (RTMGRP_LINK);
  g_autoptr (GSockSocket) same = NULL;
  g_autoptr (GError) error = NULL;
  int port = gsock_socket_get_local_port (socket);

  g_assert_cmpint (port, !=, 0);
  g_assert_cmpint (gsock_socket_get_local_port (other), !=, port);
  same = gsock_make_socket (NULL, &error, "address-family", AF_NETLINK, "type", GSOCK_SOCKET_TYPE_RAW, "protocol", NETLINK_ROUTE,
                            "local-port", port, NULL);
  g_assert_null (same);
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/netlink/groups", test_groups);
  test_add ("/netlink/no-groups", test_no_groups);
  test_add ("/netlink/dump", test_dump);
  test_add ("/netlink/ports", test_ports);
  return g_test_run ();
}
