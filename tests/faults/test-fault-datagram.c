/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams: a port that others would take (24), an error that comes late (28), and none at all in the
 * bytes of an empty one (29). */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_udp (const TestKind *kind)
{
  return kind->type == SOCK_DGRAM && kind->family != AF_UNIX;
}

static GSockSocket *
make_at (const GSockAddress *address, gboolean reuse, GError **error)
{
  return gsock_make_socket (NULL, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-address", address, "reuse-address", reuse, NULL);
}

static void
check_not_taken (GSockSocket *owner)
{
  GSockAddress address = test_address_of (owner);
  g_autoptr (GError) error = NULL;
  int thief = socket (gsock_address_family_number (&address), SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1;

  g_assert_null (make_at (&address, TRUE, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  g_assert_null (make_at (&address, FALSE, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  g_assert_cmpint (setsockopt (thief, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), ==, 0);
  g_assert_cmpint (setsockopt (thief, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one), ==, 0);
  g_assert_cmpint (bind (thief, gsock_address_native (&address), address.length), ==, -1);
  g_assert_cmpint (errno, ==, EADDRINUSE);
  close (thief);
}

/* However it came to its port: nobody else gets it. */
static void
test_port_is_kept (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *owner, *receiver;
  GSockAddress address;

  if (!test_kind_is_there (kind))
    return;
  owner = test_receiver_new (kind);
  check_not_taken (owner);
  g_assert_finalize_object (owner);

  receiver = test_receiver_new (kind);
  address = test_address_of (receiver);
  owner = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", gsock_address_family_number (&address), NULL);
  g_assert_cmpint (gsock_socket_send_to (owner, "x", 1, NULL, &error, "remote-address", &address, NULL), ==, 1);
  check_not_taken (owner);
  g_assert_finalize_object (owner);

  owner = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-address", &address, NULL);
  check_not_taken (owner);
  g_assert_finalize_object (owner);
  g_assert_finalize_object (receiver);
}

/* Whoever asks for it can share. */
static void
test_port_is_shared (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *first, *second;
  GSockAddress address;

  if (!test_kind_is_there (kind))
    return;
  first = test_receiver_new (kind);
  address = test_address_of (first);
  g_assert_finalize_object (first);
  first = make_at (&address, TRUE, &error);
  g_assert_no_error (error);
  second = make_at (&address, TRUE, &error);
  g_assert_no_error (error);
  g_assert_null (make_at (&address, FALSE, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
}

/* A peer that is gone: its host answers to the first datagram that nobody is there. */
typedef struct
{
  GSockSocket *socket;
  GSockAddress address;
} Orphan;

static void
open_orphan (Orphan *self, const TestKind *kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *peer = test_receiver_new (kind);

  self->address = test_address_of (peer);
  self->socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-address", &self->address, NULL);
  g_assert_no_error (error);
  g_assert_finalize_object (peer);
}

static void
send_in_vain (Orphan *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to (self->socket, "lost", 4, NULL, &error, NULL), ==, 4);
  g_assert_no_error (error);
  /* The answer has come when the socket reports an error. */
  g_assert_cmpint (gsock_socket_wait_for (self->socket, G_IO_ERR, 30, NULL, &error) & G_IO_ERR, ==, G_IO_ERR);
  g_assert_no_error (error);
}

static void
check_reaches (GSockSocket *socket, GSockSocket *peer)
{
  g_autoptr (GError) error = NULL;
  char bytes[16];

  g_assert_cmpint (gsock_socket_send_to (socket, "kept", 4, NULL, &error, NULL), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (peer, bytes, sizeof bytes, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (peer, bytes, sizeof bytes, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

/* The next send says that it was an earlier one, and that this one did not go; sent again it goes. */
static void
test_late_error_of_send (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *peer;
  Orphan orphan;

  if (!test_kind_is_there (kind))
    return;
  open_orphan (&orphan, kind);
  send_in_vain (&orphan);
  peer = make_at (&orphan.address, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (orphan.socket, "kept", 4, NULL, &error, NULL), ==, -1);
  test_assert_message (error, "earlier datagram");
  test_assert_message (error, "this one was not sent");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  check_reaches (orphan.socket, peer);
  g_assert_finalize_object (peer);
  g_assert_finalize_object (orphan.socket);
}

/* The same of a receive, whether it had to wait or not; what arrived is not lost. */
static void
test_late_error_of_receive (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *peer;
  Orphan orphan;
  char bytes[16];

  if (!test_kind_is_there (kind))
    return;
  open_orphan (&orphan, kind);
  send_in_vain (&orphan);
  peer = make_at (&orphan.address, FALSE, &error);
  {
    GSockAddress own = test_address_of (orphan.socket);

    g_assert_cmpint (gsock_socket_send_to (peer, "news", 4, NULL, &error, "remote-address", &own, NULL), ==, 4);
  }
  g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, NULL, NULL, &error, "timeout", 30.0, NULL), ==, -1);
  test_assert_message (error, "earlier datagram");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 4);
  g_assert_no_error (error);
  check_reaches (orphan.socket, peer);
  g_assert_finalize_object (peer);
  g_assert_finalize_object (orphan.socket);
}

typedef struct
{
  GSockSocket *socket;
  double timeout;
  GError *error;
} Receiver;

static void
receive_in_thread (gpointer data)
{
  Receiver *self = data;

  g_assert_cmpint (gsock_socket_receive_from (self->socket, &(char){ 0 }, 1, NULL, NULL, &self->error, "timeout", self->timeout, NULL), ==, -1);
}

static void
test_late_error_of_waiter (gconstpointer kind)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      Receiver receiver = { .timeout = timeouts[i] };
      TestThread thread;
      Orphan orphan;

      if (!test_kind_is_there (kind))
        return;
      open_orphan (&orphan, kind);
      receiver.socket = orphan.socket;
      test_thread_start (&thread, receive_in_thread, &receiver);
      test_thread_wait_until_asleep (&thread);
      g_assert_cmpint (gsock_socket_send_to (orphan.socket, "lost", 4, NULL, NULL, NULL), ==, 4);
      test_thread_join (&thread);
      test_assert_error (receiver.error, GSOCK_ERROR_CONNECTION_REFUSED);
      g_assert_finalize_object (orphan.socket);
    }
}

/* Errors that are queued, and that nobody fetches, keep poll from waiting. They do not keep the
 * processor busy. */
static void
test_queued_error (gconstpointer kind)
{
  gboolean ipv6 = ((const TestKind *) kind)->family == AF_INET6;
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  Orphan orphan;
  double before;
  char bytes[16];

  if (!test_kind_is_there (kind))
    return;
  open_orphan (&orphan, kind);
  g_assert_true (gsock_socket_set_option (orphan.socket, ipv6 ? "ipv6-receive-error" : "ip-receive-error", g_variant_new_boolean (TRUE), &error));
  send_in_vain (&orphan);
  g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);

  before = test_processor_seconds ();
  test_takes_at_least (0.5, g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, NULL, NULL, &error, "timeout", 0.5, NULL), ==, -1));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpfloat (test_processor_seconds () - before, <, 0.25);

  g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, &received, NULL, &error, "error-queue", TRUE, NULL), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpmem (bytes, 4, "lost", 4);
  g_assert_true (gsock_address_equal (&received.sender, &orphan.address));
  g_assert_cmpint (received.flags & GSOCK_MESSAGE_FLAGS_ERROR_QUEUE, !=, 0);
  g_assert_cmpint (gsock_socket_receive_from (orphan.socket, bytes, sizeof bytes, NULL, NULL, &error, "error-queue", TRUE, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_finalize_object (orphan.socket);
}

/* Errors are waited for as anything else. */
static void
fetch_error (gpointer data)
{
  Receiver *self = data;
  char bytes[16];

  g_assert_cmpint (gsock_socket_receive_from (self->socket, bytes, sizeof bytes, NULL, NULL, &self->error, "error-queue", TRUE,
                                              "timeout", self->timeout, NULL), ==, 4);
}

static void
test_wait_for_queued_error (gconstpointer kind)
{
  gboolean ipv6 = ((const TestKind *) kind)->family == AF_INET6;
  Receiver receiver = { .timeout = 60 };
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Orphan orphan;

  if (!test_kind_is_there (kind))
    return;
  open_orphan (&orphan, kind);
  g_assert_true (gsock_socket_set_option (orphan.socket, ipv6 ? "ipv6-receive-error" : "ip-receive-error", g_variant_new_boolean (TRUE), &error));
  test_takes_at_least (0.02, g_assert_cmpint (gsock_socket_receive_from (orphan.socket, &(char){ 0 }, 1, NULL, NULL, &error, "error-queue", TRUE,
                                                                         "timeout", 0.02, NULL), ==, -1));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  receiver.socket = orphan.socket;
  test_thread_start (&thread, fetch_error, &receiver);
  test_thread_wait_until_asleep (&thread);
  g_assert_cmpint (gsock_socket_send_to (orphan.socket, "lost", 4, NULL, NULL, NULL), ==, 4);
  test_thread_join (&thread);
  g_assert_no_error (receiver.error);
  g_assert_finalize_object (orphan.socket);
}

/* An empty datagram is one: it arrives once, and has a sender. */
static void
test_empty (gconstpointer kind)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 30 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockReceived received;
      GSockAddress address;
      TestWire wire;
      char bytes[8] = "before";

      if (!test_wire_open (&wire, kind))
        return;
      address = test_address_of (wire.far);
      g_assert_cmpint (gsock_socket_send_to (wire.far, NULL, 0, NULL, &error, NULL), ==, 0);
      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_send_to (wire.far, "after", 5, NULL, &error, NULL), ==, 5);
      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, &received, NULL, &error, "timeout", timeouts[i], NULL), ==, 0);
      g_assert_no_error (error);
      g_assert_true (gsock_address_equal (&received.sender, &address));
      g_assert_false (received.truncated);
      g_assert_cmpuint (received.full_length, ==, 0);
      g_assert_cmpstr (bytes, ==, "before");
      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "timeout", timeouts[i], NULL), ==, 5);
      g_assert_true (gsock_socket_is_open (wire.near));
      test_wire_close (&wire);
    }
}

/* Received into no room at all it is gone, and its length told. */
static void
test_no_room (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpint (gsock_socket_send_to (wire.far, "long", 4, NULL, NULL, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, NULL, 0, &received, NULL, &error, NULL), ==, 0);
  g_assert_no_error (error);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_wire_close (&wire);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/fault/24/port-is-kept", test_port_is_kept, is_udp);
  test_add_for_kinds ("/fault/24/port-is-shared", test_port_is_shared, is_udp);
  test_add_for_kinds ("/fault/28/send", test_late_error_of_send, is_udp);
  test_add_for_kinds ("/fault/28/receive", test_late_error_of_receive, is_udp);
  test_add_for_kinds ("/fault/28/waiter", test_late_error_of_waiter, is_udp);
  test_add_for_kinds ("/fault/28/queued", test_queued_error, is_udp);
  test_add_for_kinds ("/fault/28/wait-for-queued", test_wait_for_queued_error, is_udp);
  test_add_for_kinds ("/fault/29/empty", test_empty, test_is_datagram);
  test_add_for_kinds ("/fault/29/no-room", test_no_room, test_is_datagram);
  return g_test_run ();
}
