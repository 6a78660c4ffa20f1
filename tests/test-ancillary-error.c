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

static GSockAddress
host_and_port (const char *host, guint port)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  gsock_address_init_from_host (&address, host, port, &error);
  g_assert_no_error (error);
  return address;
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
    test_message_ask_for (socket, name4);
  if (way->family == AF_INET6 || way->dual_stack)
    test_message_ask_for (socket, name6);
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
  g_autoptr (GSockMessage) message = test_message_new ("lost");
  g_autoptr (GSockMessage) report = NULL;
  GSockAddress address;
  Ends ends;

  open_ends (&ends, way);
  ask_for_each (ends.client, way, "ip-receive-error", "ipv6-receive-error");
  address = host_and_port (way->host, ends.port);
  gsock_socket_close (ends.server, FALSE, NULL);
  gsock_message_set_address (message, &address);
  test_message_send (ends.client, message);
  report = test_message_receive (ends.client, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  test_message_assert_text (report, "lost");
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
  GSockAddress address = host_and_port (obstacle->host, 33434);
  TestRoute route;

  test_route_make (&route);
  socket = make_datagram_socket (ipv6 ? AF_INET6 : AF_INET, ipv6 ? "::" : "0.0.0.0");
  test_message_ask_for (socket, ipv6 ? "ipv6-receive-error" : "ip-receive-error");
  gsock_message_set_address (message, &address);
  gsock_message_set_ttl (message, obstacle->ttl);
  test_message_send (socket, message);
  report = test_message_receive (socket, 65536, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE);
  test_message_assert_text (report, "probe");
  assert_host (gsock_message_get_address (report), obstacle->host);
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
  ADD_ROWS ("closed-port", ways, test_error_of_closed_port);
  test_add ("/ancillary-error/this-machine", test_error_of_this_machine);
  ADD_ROWS ("route", obstacles, test_obstacle);
  return g_test_run ();
}
