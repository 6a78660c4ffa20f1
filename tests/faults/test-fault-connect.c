/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connecting where the backlog is full (4), where no port is left (25), and to oneself (26). */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const TestKind *kind;
  GSockSocket *listener;
  GPtrArray *others;
  GSockAddress address;
} Full;

static void
close_descriptor (gpointer fd)
{
  close (GPOINTER_TO_INT (fd) - 1);
}

static void
open_full (Full *self, const TestKind *kind)
{
  self->kind = kind;
  self->listener = test_listener_new (kind, 0);
  self->address = test_address_of (self->listener);
  self->others = g_ptr_array_new_with_free_func (close_descriptor);
  test_fill_backlog (self->listener, kind, self->others);
}

static void
close_full (Full *self)
{
  g_ptr_array_unref (self->others);
  g_assert_finalize_object (self->listener);
}

static GSockSocket *
make_client (Full *full, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_make_socket (cancellable, error, "address-family", full->kind->family, "type", full->kind->type, "remote-address",
                            &full->address, "wait", wait, "timeout", timeout, NULL);
}

/* EAGAIN and a write side that is ready at once: the call waits all the same, and as it was told. */
static void
test_full_backlog (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  double before;
  Full full;

  open_full (&full, kind);
  g_assert_null (make_client (&full, FALSE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  before = test_processor_seconds ();
  test_takes_at_least (0.5, g_assert_null (make_client (&full, TRUE, 0.5, NULL, &error)));
  g_assert_cmpfloat (test_processor_seconds () - before, <, 0.25);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  close_full (&full);
}

static void
accept_soon (gpointer data)
{
  Full *full = data;
  GSockActiveSocket *accepted;

  g_usleep (50000);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (full->listener), NULL, NULL, NULL);
  g_assert_nonnull (accepted);
  g_object_unref (accepted);
}

static void
test_full_for_a_while (gconstpointer kind)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *client;
      TestThread thread;
      Full full;

      open_full (&full, kind);
      test_thread_start (&thread, accept_soon, &full);
      client = make_client (&full, TRUE, timeouts[i], NULL, &error);
      g_assert_no_error (error);
      test_thread_join (&thread);
      g_assert_true (gsock_socket_is_connected (client));
      g_assert_finalize_object (client);
      close_full (&full);
    }
}

static void
cancel_soon (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
}

static void
test_full_and_cancelled (gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Full full;

  open_full (&full, kind);
  test_thread_start (&thread, cancel_soon, cancellable);
  g_assert_null (make_client (&full, TRUE, GSOCK_TIMEOUT_NEVER, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_thread_join (&thread);
  close_full (&full);
}

static gboolean
is_local_conversation (const TestKind *kind)
{
  return kind->family == AF_UNIX && kind->type != SOCK_DGRAM;
}

/* Two ports for everybody. */
static void
leave_two_ports (void)
{
  if (!test_write_setting ("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001"))
    test_child_cannot ();
}

static void
connect_without_ports (gpointer data)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, "connect", GSOCK_ROLE_PASSIVE,
                                             "local-host", "127.0.0.1", "local-port", 2000, NULL);
  GSockSocket *clients[2];

  leave_two_ports ();
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      clients[i] = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", 2000, NULL);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", 2000, NULL));
      test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
    }
  /* A reset leaves no port behind in TIME_WAIT. */
  gsock_socket_close (clients[0], TRUE, NULL);
  clients[0] = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", 2000, NULL);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_open (listener));
}

static void
bind_without_ports (gpointer data)
{
  static const int types[] = { GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_SOCKET_TYPE_STREAM };

  leave_two_ports ();
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *sockets[3];

      for (guint j = 0; j < 2; j++)
        {
          sockets[j] = gsock_make_socket (NULL, &error, "type", types[i], "local-host", "127.0.0.1", NULL);
          g_assert_no_error (error);
        }
      g_assert_null (gsock_make_socket (NULL, &error, "type", types[i], "local-host", "127.0.0.1", NULL));
      test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
      sockets[2] = gsock_make_socket (NULL, &error, "type", types[i], "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
      g_assert_false (gsock_socket_bind_address (sockets[2], NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
      test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
      gsock_socket_close (sockets[0], FALSE, NULL);
      g_assert_true (gsock_socket_bind_address (sockets[2], NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
      g_assert_no_error (error);
    }
}

/* An unbound datagram socket that is bound by its first send has no port to get either. */
static void
send_without_ports (gpointer data)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *sockets[3];

  leave_two_ports ();
  for (guint i = 0; i < 2; i++)
    sockets[i] = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  sockets[2] = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_assert_true (gsock_socket_is_bound (sockets[0]) && gsock_socket_is_bound (sockets[1]));
  g_assert_cmpint (gsock_socket_send_to (sockets[2], "x", 1, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 2000, NULL), ==, -1);
  test_assert_message (error, "send to 127.0.0.1:2000: ");
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  g_assert_false (gsock_socket_connect (sockets[2], NULL, NULL, &error, "host", "127.0.0.1", "port", 2000, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  gsock_socket_close (sockets[0], FALSE, NULL);
  g_assert_cmpint (gsock_socket_send_to (sockets[2], "x", 1, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 2000, NULL), ==, 1);
  g_assert_no_error (error);
}

static void
test_without_ports (gconstpointer function)
{
  test_in_own_network ((void (*) (gpointer)) function, NULL);
}

/* One port: whoever connects to it without a port of his own gets that one. */
static void
connect_to_oneself (gpointer data)
{
  const char *host = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  if (!test_write_setting ("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000"))
    test_child_cannot ();
  g_assert_null (gsock_make_socket (NULL, &error, "remote-host", host, "remote-port", 40000, NULL));
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE) && strchr (host, ':') != NULL)
    test_child_cannot ();
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);

  socket = gsock_make_socket (NULL, &error, "wait", FALSE, "remote-host", host, "remote-port", 40000, NULL);
  g_assert_true (socket != NULL || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_REFUSED));
  if (socket != NULL)
    {
      g_assert_false (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
      g_object_unref (socket);
    }
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

static void
test_self (gconstpointer host)
{
  test_in_own_network (connect_to_oneself, (gpointer) host);
}

/* The same on a socket that has been made before, which is then as new. */
static void
connect_old_to_oneself (gpointer data)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket, *listener;

  if (!test_write_setting ("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000"))
    test_child_cannot ();
  socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "host", "127.0.0.1", "port", 40000, NULL));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_false (gsock_socket_is_connected (socket));
  listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", 2000, NULL);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_connect (socket, NULL, NULL, &error, "host", "127.0.0.1", "port", 2000, NULL));
  g_assert_no_error (error);
  g_object_unref (listener);
}

static void
test_old_self (void)
{
  test_in_own_network (connect_old_to_oneself, NULL);
}

/* By an option of the socket where no network of one's own is to be had. */
static void
test_self_by_option (void)
{
  g_autoptr (GError) error = NULL;
  int probe = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  GSockAddress address;
  guint32 port;

  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.1", 0, NULL));
  g_assert_cmpint (bind (probe, gsock_address_native (&address), address.length), ==, 0);
  getsockname (probe, gsock_address_native_room (&address), &address.length);
  port = gsock_address_get_port (&address);
  close (probe);
  g_assert_null (gsock_make_socket (NULL, &error, "remote-address", &address, "ip-local-port-range", port | port << 16, NULL));
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_OPTION_NOT_SUPPORTED))
    g_test_skip ("this kernel has no IP_LOCAL_PORT_RANGE");
  else
    test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

/* Who binds the port and connects to it means it. */
static void
test_self_on_purpose (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, "local-host", "127.0.0.1", NULL);
  GSockAddress address = test_address_of (socket);
  char bytes[8];

  g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (socket, "echo", 4, NULL, NULL, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (socket, bytes, 8, NULL, NULL, NULL, "timeout", 60.0, NULL), ==, 4);
  g_assert_finalize_object (socket);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/fault/4/full-backlog", test_full_backlog, is_local_conversation);
  test_add_for_kinds ("/fault/4/full-for-a-while", test_full_for_a_while, is_local_conversation);
  test_add_for_kinds ("/fault/4/full-and-cancelled", test_full_and_cancelled, is_local_conversation);
  test_add_with ("/fault/25/connect", connect_without_ports, test_without_ports);
  test_add_with ("/fault/25/bind", bind_without_ports, test_without_ports);
  test_add_with ("/fault/25/send", send_without_ports, test_without_ports);
  test_add_with ("/fault/26/ipv4", "127.0.0.1", test_self);
  test_add_with ("/fault/26/ipv6", "::1", test_self);
  test_add_with ("/fault/26/any", "0.0.0.0", test_self);
  test_add ("/fault/26/made-before", test_old_self);
  test_add ("/fault/26/by-option", test_self_by_option);
  test_add ("/fault/26/on-purpose", test_self_on_purpose);
  return g_test_run ();
}
