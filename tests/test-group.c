/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups on one machine: what is refused, and membership. */

#include "testthread.h"
#include "testwire.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef enum
{
  IPV4,
  IPV6,
} Kind;

static GSockDatagramSocket *
open_socket (Kind kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  if (kind == IPV4)
    socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  else
    socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_INET6, "ipv6-only", TRUE, NULL);
  g_assert_no_error (error);
  return GSOCK_DATAGRAM_SOCKET (socket);
}

typedef struct
{
  const char *group, *interface, *source;
  Kind kind;
  GSockError code;
  const char *message;
} Refused;

static const Refused refused_joins[] = {
  { NULL, NULL, NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "there is no address" },
  { "", NULL, NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "join-group" },
  { "nonsense", NULL, NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "nonsense" },
  { "10.0.0.1", "lo", NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "\"10.0.0.1\" is no multicast address" },
  { "0.0.0.0", "lo", NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "no multicast address" },
  { "255.255.255.255", "lo", NULL, IPV4, GSOCK_ERROR_INVALID_ADDRESS, "no multicast address" },
  { "2001:db8::1", "lo", NULL, IPV6, GSOCK_ERROR_INVALID_ADDRESS, "no multicast address" },
  { "239.1.2.3", "no-such-one", NULL, IPV4, GSOCK_ERROR_UNKNOWN_INTERFACE, "no-such-one" },
  { "239.1.2.3", "192.0.2.77", NULL, IPV4, GSOCK_ERROR_UNKNOWN_INTERFACE, "192.0.2.77" },
  { "239.1.2.3", "999999", NULL, IPV4, GSOCK_ERROR_UNKNOWN_INTERFACE, "999999" },
  { "239.1.2.3", "\xff", NULL, IPV4, GSOCK_ERROR_UNKNOWN_INTERFACE, "UTF-8" },
  { "232.1.2.3", "lo", "nonsense", IPV4, GSOCK_ERROR_INVALID_ADDRESS, "nonsense" },
  { "232.1.2.3", "lo", "2001:db8::1", IPV4, GSOCK_ERROR_INVALID_ADDRESS, "not of the family" },
  { "ff3e::1", "lo", "192.0.2.1", IPV6, GSOCK_ERROR_INVALID_ADDRESS, "not of the family" },
  { "ff02::1:3", "lo", NULL, IPV4, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "a group of IPv6" },
  { "239.1.2.3", "lo", NULL, IPV6, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "a group of IPv4" },
};

static void
test_refused_joins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused_joins); i++)
    {
      const Refused *row = &refused_joins[i];
      g_autoptr (GSockDatagramSocket) socket = open_socket (row->kind);
      g_autoptr (GError) error = NULL;

      g_assert_false (gsock_datagram_socket_join_group (socket, row->group, row->interface, row->source, NULL, &error));
      test_assert_message (error, row->message);
      test_assert_error (error, (int) row->code);
    }
}

/* A source has to be told where only sources are spoken of. */
static void
test_refused_sources (void)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_datagram_socket_block_source (socket, "239.1.2.3", NULL, "lo", NULL, &error));
  test_assert_message (error, "block-source");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_datagram_socket_unblock_source (socket, "239.1.2.3", NULL, "lo", NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_datagram_socket_block_source (socket, "239.1.2.3", "192.0.2.1", "lo", NULL, &error));
  test_assert_message (error, "has not joined");
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  g_assert_false (gsock_datagram_socket_block_source (socket, "127.0.0.1", "192.0.2.1", "lo", NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_wrong_sockets (void)
{
  g_autoptr (GSockDatagramSocket) closed = open_socket (IPV4);
  g_autoptr (GSockDatagramSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GSockSocket) local = NULL;
  g_autoptr (GError) error = NULL;

  local = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_UNIX, NULL);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (closed), FALSE, NULL));

  g_assert_false (gsock_datagram_socket_join_group (closed, "239.1.2.3", "lo", NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_datagram_socket_get_ttl (closed, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_null (gsock_datagram_socket_get_multicast_interface (closed, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_datagram_socket_set_multicast_interface (raw, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_INITIALIZED);
  g_assert_false (gsock_datagram_socket_set_ttl (GSOCK_DATAGRAM_SOCKET (local), 3, &error));
  test_assert_message (error, "ttl");
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_false (gsock_datagram_socket_join_group (GSOCK_DATAGRAM_SOCKET (local), "239.1.2.3", NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
}

static void
test_cancelled (void)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (gsock_datagram_socket_join_group (socket, "239.1.2.3", "some-host.invalid", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Every form of one interface is the same one: what was joined by one form is left by another. */
static void
test_interface_forms (void)
{
  g_autofree char *index = g_strdup_printf ("%u", if_nametoindex ("lo"));
  const char *forms[] = { "lo", index, "127.0.0.1", "localhost" };
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      gsock_datagram_socket_join_group (socket, "239.1.2.3", forms[i], NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (gsock_datagram_socket_join_group (socket, "239.1.2.3", "lo", NULL, NULL, &error));
      test_assert_message (error, "joined it already");
      test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
      gsock_datagram_socket_leave_group (socket, "239.1.2.3", "lo", NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (gsock_datagram_socket_leave_group (socket, "239.1.2.3", "lo", NULL, NULL, &error));
      test_assert_message (error, "not joined it");
      test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
    }
}

/* Alone, with a network in which no route leads anywhere. */
static void
join_without_route (gpointer unused)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_datagram_socket_join_group (socket, "239.1.2.3", NULL, NULL, NULL, &error));
  test_assert_message (error, "the interface has to be given");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
  g_assert_false (gsock_datagram_socket_join_group (socket, "239.1.2.3", "0.0.0.0", NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
  gsock_datagram_socket_join_group (socket, "239.1.2.3", "lo", NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
test_without_route (void)
{
  test_in_own_network (join_without_route, NULL);
}

static void
test_sources (void)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GError) error = NULL;

  gsock_datagram_socket_join_group (socket, "232.1.2.3", "lo", "192.0.2.1", NULL, &error);
  g_assert_no_error (error);
  gsock_datagram_socket_join_group (socket, "232.1.2.3", "lo", "192.0.2.2", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (gsock_datagram_socket_leave_group (socket, "232.1.2.3", "lo", "192.0.2.3", NULL, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  gsock_datagram_socket_leave_group (socket, "232.1.2.3", "lo", "192.0.2.1", NULL, &error);
  g_assert_no_error (error);

  gsock_datagram_socket_join_group (socket, "239.1.2.3", "lo", NULL, NULL, &error);
  g_assert_no_error (error);
  gsock_datagram_socket_block_source (socket, "239.1.2.3", "192.0.2.1", "lo", NULL, &error);
  g_assert_no_error (error);
  gsock_datagram_socket_unblock_source (socket, "239.1.2.3", "192.0.2.1", "lo", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (gsock_datagram_socket_unblock_source (socket, "239.1.2.3", "192.0.2.1", "lo", NULL, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/group/refused-joins", test_refused_joins);
  test_add ("/group/refused-sources", test_refused_sources);
  test_add ("/group/wrong-sockets", test_wrong_sockets);
  test_add ("/group/cancelled", test_cancelled);
  test_add ("/group/interface-forms", test_interface_forms);
  test_add ("/group/without-route", test_without_route);
  test_add ("/group/sources", test_sources);
  return g_test_run ();
}
