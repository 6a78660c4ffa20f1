/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect and finish-connect: outcomes at once, later and never, and what may be done again. */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static GSockSocket *
make_unconnected (const TestKind *kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, NULL);

  g_assert_no_error (error);
  return socket;
}

static const TestSituation *
find_situation (const char *name)
{
  for (guint i = 0; i < test_n_situations; i++)
    if (strcmp (test_situations[i].name, name) == 0)
      return &test_situations[i];
  g_assert_not_reached ();
}

static void
test_connected (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *listener, *socket;
  GSockAddress address, remote;

  if (!test_kind_is_there (kind))
    return;
  listener = kind->type == SOCK_DGRAM ? test_receiver_new (kind) : test_listener_new (kind, 4);
  address = test_address_of (listener);
  socket = make_unconnected (kind);
  g_assert_false (gsock_socket_is_connected (socket));
  g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
  g_assert_true (gsock_socket_copy_remote_address (socket, &remote, &error));
  g_assert_true (gsock_address_equal (&remote, &address));
  g_assert_true (gsock_socket_finish_connect (socket, FALSE, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (listener);
}

/* Not decided: not to wait, to wait for a while and to wait for ever are three different things. */
static void
test_undecided (gconstpointer name)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  if (!test_blocked_open (&blocked, find_situation (name), FALSE))
    return;
  g_assert_false (gsock_socket_connect_direct (blocked.socket, &blocked.address, FALSE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
  g_assert_false (gsock_socket_is_connected (blocked.socket));
  g_assert_false (gsock_socket_connect_direct (blocked.socket, &blocked.address, TRUE, 1, NULL, &error));
  test_assert_message (error, "finish-connect");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
  g_assert_false (gsock_socket_finish_connect (blocked.socket, FALSE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
  test_takes_at_least (0.02, g_assert_false (gsock_socket_finish_connect (blocked.socket, TRUE, 0.02, NULL, &error)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_false (gsock_socket_finish_connect (blocked.socket, TRUE, 1000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_send_to (blocked.socket, "x", 1, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);

  blocked.situation->release (&blocked);
  g_assert_true (gsock_socket_finish_connect (blocked.socket, TRUE, 60, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (blocked.socket));
  test_blocked_close (&blocked);
}

/* A connection whose time ran out goes on, and can be waited for again. */
static void
test_time_ran_out (void)
{
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  g_assert_true (test_blocked_open (&blocked, find_situation ("connect/tcp-ipv4"), FALSE));
  test_takes_at_least (0.05, g_assert_false (gsock_socket_connect (blocked.socket, &blocked.address, NULL, &error, "timeout", 0.05, NULL)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  blocked.situation->release (&blocked);
  g_assert_true (gsock_socket_finish_connect (blocked.socket, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  g_assert_no_error (error);
  test_blocked_close (&blocked);
}

/* The object of make-socket without waiting: in progress, and told like any other. */
static void
test_made_without_waiting (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = test_listener_new (kind, 4);
  GSockAddress address = test_address_of (listener);
  GSockSocket *socket = gsock_make_socket (NULL, &error, "remote-address", &address, "wait", FALSE, NULL);

  g_assert_no_error (error);
  g_assert_true (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, 1);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (listener);
}

/* The time of make-socket is kept by the whole of it, and nothing is left behind. */
static void
test_make_in_time (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  g_assert_true (test_blocked_open (&blocked, find_situation ("connect/tcp-ipv4"), FALSE));
  g_assert_cmpint (kind->family, ==, AF_INET);
  test_takes_at_least (0.05, g_assert_null (gsock_make_socket (NULL, &error, "remote-address", &blocked.address, "timeout", 0.05, NULL)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_blocked_close (&blocked);
}

static GSockAddress
address_of_nobody (const TestKind *kind)
{
  GSockSocket *listener = test_listener_new (kind, 1);
  GSockAddress address = test_address_of (listener);

  g_assert_finalize_object (listener);
  return address;
}

static void
test_refused (gconstpointer data)
{
  const TestKind *kind = data;
  g_autofree char *text = NULL, *wanted = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket, *listener;
  GSockAddress nobody, somebody;

  if (!test_kind_is_there (kind))
    return;
  nobody = address_of_nobody (kind);
  text = gsock_address_to_text (&nobody);
  wanted = g_strdup_printf ("connect to %s: ", text);
  socket = make_unconnected (kind);
  g_assert_false (gsock_socket_connect (socket, &nobody, NULL, &error, NULL));
  test_assert_message (error, wanted);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_false (gsock_socket_is_connected (socket));
  g_assert_false (gsock_socket_connect (socket, &nobody, NULL, &error, "timeout", 60.0, NULL));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_false (gsock_socket_finish_connect (socket, TRUE, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);

  /* And then to somebody else. */
  listener = test_listener_new (kind, 4);
  somebody = test_address_of (listener);
  g_assert_true (gsock_socket_connect (socket, &somebody, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (listener);
}

/* The refusal of a connection that nobody waited for is told by finish-connect, once. */
static void
test_refused_later (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  GSockAddress nobody = address_of_nobody (kind);
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = make_unconnected (kind);

  g_assert_false (gsock_socket_connect_direct (socket, &nobody, FALSE, 0, NULL, &error));
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_IN_PROGRESS))
    {
      g_clear_error (&error);
      g_assert_false (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
    }
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_false (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_finalize_object (socket);
}

/* Where another call was told the refusal, finish-connect does not take silence for success. */
static void
test_refusal_told_elsewhere (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  TestBlocked blocked;
  int fd, outcome = 0;
  socklen_t length = sizeof outcome;

  g_assert_true (test_blocked_open (&blocked, find_situation ("finish-connect/tcp-ipv4"), FALSE));
  socket = blocked.socket;
  fd = test_peek_fd (socket);
  /* Its local port is somebody's to be reset from: the listener goes, and the next SYN meets nobody. */
  gsock_socket_close (blocked.peer, FALSE, NULL);
  g_assert_cmpint (gsock_socket_wait_for (socket, G_IO_OUT, 60, NULL, &error) & G_IO_HUP, ==, G_IO_HUP);
  g_assert_no_error (error);
  g_assert_cmpint (getsockopt (fd, SOL_SOCKET, SO_ERROR, &outcome, &length), ==, 0);
  g_assert_cmpint (outcome, ==, ECONNREFUSED);
  g_assert_false (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_false (gsock_socket_is_connected (socket));
  g_assert_cmpint (kind->type, ==, SOCK_STREAM);
  test_blocked_close (&blocked);
}

static void
connect_to_nowhere (gpointer data)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = make_unconnected (test_kind_find ("tcp-ipv4"));
  GSockSocket *datagram = make_unconnected (test_kind_find ("udp-ipv4"));

  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "host", "192.0.2.1", "port", 9, NULL));
  test_assert_error (error, GSOCK_ERROR_NETWORK_UNREACHABLE);
  g_assert_false (gsock_socket_connect (datagram, NULL, NULL, &error, "host", "192.0.2.1", "port", 9, NULL));
  test_assert_error (error, GSOCK_ERROR_NETWORK_UNREACHABLE);
  g_assert_cmpint (gsock_socket_send_to (datagram, "x", 1, NULL, &error, "remote-host", "192.0.2.1", "remote-port", 9, NULL), ==, -1);
  test_assert_message (error, "192.0.2.1:9");
  test_assert_error (error, GSOCK_ERROR_NETWORK_UNREACHABLE);
}

static void
test_unreachable (void)
{
  test_in_own_network (connect_to_nowhere, NULL);
}

/* The kernel gives up by itself: that is its error, and not the time of the call. */
static void
test_kernel_gives_up (void)
{
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  g_assert_true (test_blocked_open (&blocked, find_situation ("connect/tcp-ipv4"), FALSE));
  g_assert_true (gsock_socket_set_option (blocked.socket, "tcp-syncnt", g_variant_new_int32 (1), &error));
  g_assert_no_error (error);
  g_assert_false (gsock_socket_connect (blocked.socket, &blocked.address, NULL, &error, "timeout", 60.0, NULL));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_TIMEOUT);
  test_blocked_close (&blocked);
}

static void
test_no_such_file (void)
{
  g_autofree char *name = test_unique_name ();
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = make_unconnected (test_kind_find ("local-stream"));

  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "remote-filename", "/nonexistent/socket", NULL));
  test_assert_error (error, GSOCK_ERROR_NOT_FOUND);
  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "remote-filename", name, NULL));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_finalize_object (socket);
}

static void
test_not_started (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = make_unconnected (test_kind_find ("tcp-ipv4"));
  GSockSocket *fresh = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, NULL);

  g_assert_false (gsock_socket_finish_connect (socket, TRUE, 1, NULL, &error));
  test_assert_message (error, "no connection was started");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_false (gsock_socket_finish_connect (fresh, TRUE, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_INITIALIZED);
  gsock_socket_close (socket, FALSE, NULL);
  g_assert_false (gsock_socket_finish_connect (socket, TRUE, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (fresh);
}

static void
test_connected_already (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  address = test_address_of (wire.far);
  g_assert_false (gsock_socket_connect (wire.near, &address, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  test_wire_close (&wire);
}

/* Datagram sockets change their peers as they like. */
static void
test_reconnect (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *peers[2], *socket;

  if (!test_kind_is_there (kind))
    return;
  peers[0] = test_receiver_new (kind);
  peers[1] = test_receiver_new (kind);
  socket = test_receiver_new (kind);
  for (guint i = 0; i < 6; i++)
    {
      GSockAddress address = test_address_of (peers[i % 2]);
      char byte = 0;

      g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, 1);
      g_assert_cmpint (gsock_socket_receive_from (peers[i % 2], &byte, 1, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 1);
      if (i % 3 == 2)
        {
          g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
          g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, -1);
          test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
        }
    }
  g_assert_finalize_object (socket);
  g_assert_finalize_object (peers[0]);
  g_assert_finalize_object (peers[1]);
}

/* An address and the port to take instead of its own, by number and as a service. */
static void
test_other_port (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  int port = gsock_socket_get_local_port (receiver);
  g_autofree char *service = g_strdup_printf ("%d", port);
  GSockAddress address;

  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.1", 1, &error));
  g_assert_true (gsock_socket_connect (sender, &address, NULL, &error, NULL));
  g_assert_cmpint (gsock_socket_get_remote_port (sender), ==, 1);
  g_assert_true (gsock_socket_connect (sender, &address, NULL, &error, "remote-port", port, NULL));
  g_assert_cmpint (gsock_socket_get_remote_port (sender), ==, port);
  g_assert_true (gsock_socket_connect (sender, &address, NULL, &error, NULL));
  g_assert_true (gsock_socket_connect (sender, &address, NULL, &error, "remote-service", service, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_remote_port (sender), ==, port);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-connect/connected", test_connected, NULL);
  test_add_with ("/op-connect/undecided/tcp-ipv4", "connect/tcp-ipv4", test_undecided);
  test_add_with ("/op-connect/undecided/tcp-ipv6", "connect/tcp-ipv6", test_undecided);
  test_add ("/op-connect/time-ran-out", test_time_ran_out);
  test_add ("/op-connect/made-without-waiting", test_made_without_waiting);
  test_add ("/op-connect/make-in-time", test_make_in_time);
  test_add_for_kinds ("/op-connect/refused", test_refused, test_is_conversation);
  test_add ("/op-connect/refused-later", test_refused_later);
  test_add ("/op-connect/refusal-told-elsewhere", test_refusal_told_elsewhere);
  test_add ("/op-connect/unreachable", test_unreachable);
  test_add ("/op-connect/kernel-gives-up", test_kernel_gives_up);
  test_add ("/op-connect/no-such-file", test_no_such_file);
  test_add ("/op-connect/not-started", test_not_started);
  test_add ("/op-connect/other-port", test_other_port);
  test_add_for_kinds ("/op-connect/connected-already", test_connected_already, test_is_conversation);
  test_add_for_kinds ("/op-connect/reconnect", test_reconnect, test_is_datagram);
  return g_test_run ();
}
