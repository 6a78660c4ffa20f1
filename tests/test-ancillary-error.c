/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The queue of errors: what became of a datagram, and who says so. */

#include "testmessage.h"
#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

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
    test_assert_host (&found, offender);
  else
    g_assert_cmpuint (found.length, ==, 0);
}

/* Nobody receives at the port: whom it was for, what was in it, and who says so. */
static void
test_error_of_closed_port (gconstpointer data)
{
  const TestWay *way = data;
  gboolean ipv6 = way->family == AF_INET6;
  g_autoptr (GSockMessage) message = test_message_new ("lost");
  g_autoptr (GSockMessage) report = NULL;
  GSockAddress address;
  TestEnds ends;

  test_ends_open (&ends, way);
  test_ask_for_each (ends.client, way, "ip-receive-error", "ipv6-receive-error");
  address = test_host_and_port (way->host, ends.port);
  gsock_socket_close (ends.server, FALSE, NULL);
  gsock_message_set_address (message, &address);
  test_message_send (ends.client, message);
  report = test_message_receive (ends.client, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  test_message_assert_text (report, "lost");
  g_assert_true ((gsock_message_get_flags (report) & GSOCK_MESSAGE_FLAGS_ERROR_QUEUE) != 0);
  test_assert_host (gsock_message_get_address (report), way->host);
  g_assert_cmpint (gsock_address_get_port (gsock_message_get_address (report)), ==, ends.port);
  assert_extended_error (report, ECONNREFUSED, ipv6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP, ipv6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH,
                         ipv6 ? ICMP6_DST_UNREACH_NOPORT : ICMP_PORT_UNREACH, way->host);
  test_ends_close (&ends);
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
  socket = test_datagram_socket_new (AF_INET, "127.0.0.1");
  address = test_address_of (socket);
  test_message_ask_for (socket, "ip-receive-error");
  test_message_set_option (socket, "ip-mtu-discover", g_variant_new_int32 (IP_PMTUDISC_DO));
  gsock_message_add_data (message, bytes, sizeof bytes);
  gsock_message_set_address (message, &address);
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  report = test_message_receive (socket, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
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
  g_autoptr (GSockMessage) message = test_message_new ("probe");
  g_autoptr (GSockMessage) report = NULL;
  g_autoptr (GSockSocket) socket = NULL;
  GSockAddress address = test_host_and_port (obstacle->host, 33434);
  TestRoute route;

  test_route_make (&route);
  socket = test_datagram_socket_new (ipv6 ? AF_INET6 : AF_INET, ipv6 ? "::" : "0.0.0.0");
  test_message_ask_for (socket, ipv6 ? "ipv6-receive-error" : "ip-receive-error");
  gsock_message_set_address (message, &address);
  gsock_message_set_ttl (message, obstacle->ttl);
  test_message_send (socket, message);
  report = test_message_receive (socket, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  test_message_assert_text (report, "probe");
  test_assert_host (gsock_message_get_address (report), obstacle->host);
  assert_extended_error (report, obstacle->error_number, ipv6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP, obstacle->type, obstacle->code,
                         obstacle->offender);
}

static void
test_obstacle (gconstpointer data)
{
  test_in_own_network (meet_obstacle, (gpointer) data);
}

#define ADD_ROWS(prefix, rows, function)                                                           \
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)                                                  \
    {                                                                                              \
      g_autofree char *path = g_strdup_printf ("/ancillary-error/%s/%s", prefix, rows[i].name);          \
                                                                                                   \
      test_add_with (path, &rows[i], function);                                                    \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("closed-port", test_ways, test_error_of_closed_port);
  test_add ("/ancillary-error/this-machine", test_error_of_this_machine);
  ADD_ROWS ("route", obstacles, test_obstacle);
  return g_test_run ();
}
