/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every way in which a call of gsock can have to wait. */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void
close_descriptor (gpointer fd)
{
  close (GPOINTER_TO_INT (fd) - 1);
}

/* The socket of the call, as an object that made it or as one that was made of its descriptor. */
static void
take_socket (TestBlocked *self, GSockSocket *socket)
{
  self->socket = self->adopted ? test_adopt (socket) : g_object_ref (socket);
  self->original = socket;
}

static void
open_wire (TestBlocked *self)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, self->kind));
  self->peer = wire.far;
  take_socket (self, wire.near);
}

static void
open_listener (TestBlocked *self)
{
  GSockSocket *listener = test_listener_new (self->kind, 4);

  self->address = test_address_of (listener);
  take_socket (self, listener);
}

static void
open_receiver (TestBlocked *self)
{
  GSockSocket *receiver = test_receiver_new (self->kind);

  self->address = test_address_of (receiver);
  take_socket (self, receiver);
}

static void
open_full_wire (TestBlocked *self)
{
  open_wire (self);
  test_fill_up (self->socket, self->peer);
}

/* A connection, or the beginning of one that got no answer. */
static gboolean
connect_filler (const GSockAddress *address, const TestKind *kind, int *fd)
{
  struct pollfd writable;

  *fd = socket (kind->family, kind->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (*fd, >=, 0);
  if (connect (*fd, gsock_address_native (address), address->length) == 0)
    return TRUE;
  g_assert_true (errno == EINPROGRESS || errno == EAGAIN);
  writable = (struct pollfd){ .fd = *fd, .events = POLLOUT };
  return errno == EINPROGRESS && poll (&writable, 1, 200) == 1;
}

/* A listener of TCP tells how many connections it has, and how many it takes: Linux says full when there is
 * one more. FALSE where it does not tell. */
static gboolean
is_known_full (GSockSocket *listener)
{
  struct tcp_info info;
  socklen_t length = sizeof info;

  return getsockopt (test_peek_fd (listener), IPPROTO_TCP, TCP_INFO, &info, &length) == 0 && info.tcpi_unacked > info.tcpi_sacked;
}

void
test_fill_backlog (GSockSocket *listener, const TestKind *kind, GPtrArray *others)
{
  GSockAddress address = test_address_of (listener);
  int fd;

  while (!is_known_full (listener))
    {
      if (!connect_filler (&address, kind, &fd))
        {
          close (fd);
          return;
        }
      g_ptr_array_add (others, GINT_TO_POINTER (fd + 1));
    }
}

static void
open_full_listener (TestBlocked *self)
{
  GSockSocket *socket;

  self->peer = test_listener_new (self->kind, 0);
  self->address = test_address_of (self->peer);
  test_fill_backlog (self->peer, self->kind, self->others);
  socket = gsock_make_socket_from_fd (test_plain_socket (self->kind), NULL, "dup", FALSE, "connect", GSOCK_ROLE_ACTIVE, NULL);
  g_assert_nonnull (socket);
  /* An object that believes to have made the descriptor itself. */
  gsock_socket_get_handle (socket)->exposed = FALSE;
  take_socket (self, socket);
}

static void
open_started (TestBlocked *self)
{
  g_autoptr (GError) error = NULL;

  open_full_listener (self);
  g_assert_false (gsock_socket_connect_direct (self->socket, &self->address, FALSE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
}

/* A sender that is not connected, and a receiver whose queue is full. */
static void
open_full_receiver (TestBlocked *self)
{
  GSockSocket *sender = gsock_make_socket (NULL, NULL, "type", self->kind->type, "address-family", self->kind->family, NULL);
  gssize n;

  self->peer = test_receiver_new (self->kind);
  self->address = test_address_of (self->peer);
  do
    n = gsock_socket_send_to_direct (sender, (const guint8 *) "x", 1, &self->address, 0, FALSE, 0, NULL, NULL);
  while (n == 1);
  take_socket (self, sender);
}

static gboolean
call_accept (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  self->accepted = GSOCK_SOCKET (gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->socket), wait, timeout, cancellable, error));
  return self->accepted != NULL;
}

static gboolean
call_receive (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  char bytes[8];

  return gsock_socket_receive_from_direct (self->socket, bytes, sizeof bytes, 0, wait, timeout, NULL, cancellable, error) > 0;
}

static gboolean
call_peek (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  char bytes[8];

  return gsock_socket_receive_from_direct (self->socket, bytes, sizeof bytes, GSOCK_MESSAGE_FLAGS_PEEK, wait, timeout, NULL, cancellable, error) > 0;
}

static gboolean
call_receive_all (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  char bytes[1];

  return gsock_socket_receive_from_direct (self->socket, bytes, sizeof bytes, GSOCK_MESSAGE_FLAGS_WAIT_ALL, wait, timeout, NULL, cancellable, error) > 0;
}

static gboolean
call_receive_urgent (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  char byte;

  return gsock_socket_receive_from_direct (self->socket, &byte, 1, GSOCK_MESSAGE_FLAGS_OUT_OF_BAND, wait, timeout, NULL, cancellable, error) > 0;
}

static gboolean
call_receive_bytes (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = gsock_socket_receive_bytes (self->socket, 8, 0, wait, timeout, NULL, NULL, NULL, cancellable, error);

  return bytes != NULL;
}

static gboolean
call_receive_descriptors (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  int fd = gsock_socket_receive_file_descriptor_direct (self->socket, wait, timeout, cancellable, error);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

static gboolean
call_send (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_send_to_direct (self->socket, (const guint8 *) "x", 1, self->address.length > 0 ? &self->address : NULL, 0,
                                      wait, timeout, cancellable, error) == 1;
}

static gboolean
call_send_descriptor (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_send_file_descriptor_direct (self->socket, STDIN_FILENO, NULL, wait, timeout, cancellable, error);
}

static gboolean
call_connect (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_connect_direct (self->socket, &self->address, wait, timeout, cancellable, error);
}

static gboolean
call_finish_connect (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_finish_connect (self->socket, wait, timeout, cancellable, error);
}

static gboolean
call_wait_for (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_wait_for (self->socket, G_IO_IN, timeout, cancellable, error) != 0;
}

static gboolean
call_wait_for_any (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocket *sockets[] = { self->peer, self->socket };
  guint conditions[] = { G_IO_PRI, G_IO_IN };
  g_autoptr (GPtrArray) ready = gsock_wait_for_any (sockets, 2, conditions, 2, timeout, cancellable, error);

  return ready != NULL && ready->len == 1 && g_ptr_array_index (ready, 0) == self->socket;
}

static void
release_by_connecting (TestBlocked *self)
{
  int fd = test_plain_socket (self->kind);

  g_assert_cmpint (connect (fd, gsock_address_native (&self->address), self->address.length), ==, 0);
  g_ptr_array_add (self->others, GINT_TO_POINTER (fd + 1));
}

static void
release_by_sending (TestBlocked *self)
{
  g_assert_cmpint (gsock_socket_send_to (self->peer, "x", 1, NULL, NULL, NULL), ==, 1);
}

static void
release_by_sending_urgently (TestBlocked *self)
{
  g_assert_cmpint (gsock_socket_send_to (self->peer, "x", 1, NULL, NULL, "out-of-band", TRUE, NULL), ==, 1);
}

static void
release_by_sending_there (TestBlocked *self)
{
  int fd = test_plain_socket (self->kind);

  g_assert_cmpint (sendto (fd, "x", 1, 0, gsock_address_native (&self->address), self->address.length), ==, 1);
  close (fd);
}

static void
release_by_sending_descriptor (TestBlocked *self)
{
  g_assert_true (gsock_socket_send_file_descriptor_direct (self->peer, STDIN_FILENO, NULL, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL));
}

/* The acknowledgement that tells a TCP sender of the room comes when it likes. */
static void
release_by_receiving (TestBlocked *self)
{
  while (!test_thread_is_done (&self->thread))
    {
      (void) test_drain (self->peer);
      g_usleep (1000);
    }
}

static void
release_by_accepting (TestBlocked *self)
{
  GSockActiveSocket *accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (self->peer), NULL, NULL, NULL);

  g_assert_nonnull (accepted);
  g_object_unref (accepted);
}

const TestSituation test_situations[] = {
  { "accept/tcp-ipv4", "tcp-ipv4", open_listener, call_accept, release_by_connecting },
  { "accept/tcp-ipv6", "tcp-ipv6", open_listener, call_accept, release_by_connecting },
  { "accept/local-stream", "local-stream", open_listener, call_accept, release_by_connecting },
  { "accept/local-seqpacket", "local-seqpacket", open_listener, call_accept, release_by_connecting },
  { "receive/tcp-ipv4", "tcp-ipv4", open_wire, call_receive, release_by_sending },
  { "receive/tcp-ipv6", "tcp-ipv6", open_wire, call_receive, release_by_sending },
  { "receive/udp-ipv4", "udp-ipv4", open_wire, call_receive, release_by_sending },
  { "receive/udp-ipv6", "udp-ipv6", open_wire, call_receive, release_by_sending },
  { "receive/local-stream", "local-stream", open_wire, call_receive, release_by_sending },
  { "receive/local-datagram", "local-datagram", open_wire, call_receive, release_by_sending },
  { "receive/local-seqpacket", "local-seqpacket", open_wire, call_receive, release_by_sending },
  { "receive-unconnected/udp-ipv4", "udp-ipv4", open_receiver, call_receive, release_by_sending_there },
  { "receive-unconnected/udp-ipv6", "udp-ipv6", open_receiver, call_receive, release_by_sending_there },
  { "receive-unconnected/local-datagram", "local-datagram", open_receiver, call_receive, release_by_sending_there },
  { "receive-all/tcp-ipv4", "tcp-ipv4", open_wire, call_receive_all, release_by_sending },
  { "receive-all/local-stream", "local-stream", open_wire, call_receive_all, release_by_sending },
  { "receive-urgent/tcp-ipv4", "tcp-ipv4", open_wire, call_receive_urgent, release_by_sending_urgently },
  { "receive-bytes/tcp-ipv4", "tcp-ipv4", open_wire, call_receive_bytes, release_by_sending },
  { "receive-bytes/udp-ipv4", "udp-ipv4", open_wire, call_receive_bytes, release_by_sending },
  { "peek/udp-ipv4", "udp-ipv4", open_wire, call_peek, release_by_sending },
  { "peek/local-stream", "local-stream", open_wire, call_peek, release_by_sending },
  { "receive-descriptor/local-stream", "local-stream", open_wire, call_receive_descriptors, release_by_sending_descriptor },
  { "receive-descriptor/local-datagram", "local-datagram", open_wire, call_receive_descriptors, release_by_sending_descriptor },
  { "receive-descriptor/local-seqpacket", "local-seqpacket", open_wire, call_receive_descriptors, release_by_sending_descriptor },
  { "send/tcp-ipv4", "tcp-ipv4", open_full_wire, call_send, release_by_receiving },
  { "send/tcp-ipv6", "tcp-ipv6", open_full_wire, call_send, release_by_receiving },
  { "send/local-stream", "local-stream", open_full_wire, call_send, release_by_receiving },
  { "send/local-datagram", "local-datagram", open_full_wire, call_send, release_by_receiving },
  { "send/local-seqpacket", "local-seqpacket", open_full_wire, call_send, release_by_receiving },
  { "send-unconnected/local-datagram", "local-datagram", open_full_receiver, call_send, release_by_receiving },
  { "send-descriptor/local-stream", "local-stream", open_full_wire, call_send_descriptor, release_by_receiving },
  { "connect/tcp-ipv4", "tcp-ipv4", open_full_listener, call_connect, release_by_accepting, .in_progress = TRUE, .slow = TRUE },
  { "connect/tcp-ipv6", "tcp-ipv6", open_full_listener, call_connect, release_by_accepting, .in_progress = TRUE, .slow = TRUE },
  { "connect/local-stream", "local-stream", open_full_listener, call_connect, release_by_accepting },
  { "connect/local-seqpacket", "local-seqpacket", open_full_listener, call_connect, release_by_accepting },
  { "finish-connect/tcp-ipv4", "tcp-ipv4", open_started, call_finish_connect, release_by_accepting, .in_progress = TRUE, .slow = TRUE, .own = TRUE },
  { "wait-for/tcp-ipv4", "tcp-ipv4", open_wire, call_wait_for, release_by_sending, .always_waits = TRUE },
  { "wait-for/udp-ipv4", "udp-ipv4", open_receiver, call_wait_for, release_by_sending_there, .always_waits = TRUE },
  { "wait-for/local-stream", "local-stream", open_wire, call_wait_for, release_by_sending, .always_waits = TRUE },
  { "wait-for/listener", "tcp-ipv4", open_listener, call_wait_for, release_by_connecting, .always_waits = TRUE },
  { "wait-for-any/tcp-ipv4", "tcp-ipv4", open_wire, call_wait_for_any, release_by_sending, .always_waits = TRUE },
  { "wait-for-any/local-seqpacket", "local-seqpacket", open_wire, call_wait_for_any, release_by_sending, .always_waits = TRUE },
};
const guint test_n_situations = G_N_ELEMENTS (test_situations);

gboolean
test_blocked_open (TestBlocked *self, const TestSituation *situation, gboolean adopted)
{
  *self = (TestBlocked){ .situation = situation, .kind = test_kind_find (situation->kind), .adopted = adopted };
  if (!test_kind_is_there (self->kind))
    return FALSE;
  self->others = g_ptr_array_new_with_free_func (close_descriptor);
  situation->open (self);
  return TRUE;
}

void
test_blocked_close (TestBlocked *self)
{
  g_ptr_array_unref (self->others);
  if (self->accepted != NULL)
    g_assert_finalize_object (self->accepted);
  if (self->peer != NULL)
    g_assert_finalize_object (self->peer);
  if (self->original != self->socket)
    g_assert_finalize_object (self->original);
  else
    g_object_unref (self->original);
  g_assert_finalize_object (self->socket);
  g_clear_error (&self->error);
}

gboolean
test_blocked_call (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return self->situation->call (self, wait, timeout, cancellable, error);
}

static void
call_in_thread (gpointer data)
{
  TestBlocked *self = data;

  self->result = test_blocked_call (self, TRUE, self->timeout, self->cancellable, &self->error);
}

void
test_blocked_start (TestBlocked *self, double timeout, GCancellable *cancellable)
{
  self->timeout = timeout;
  self->cancellable = cancellable;
  test_thread_start (&self->thread, call_in_thread, self);
  test_thread_wait_until_asleep (&self->thread);
  if (test_thread_is_done (&self->thread))
    g_error ("%s: the call did not wait: %s", g_test_get_path (), self->error != NULL ? self->error->message : "it was done");
}

void
test_blocked_join (TestBlocked *self)
{
  test_thread_join (&self->thread);
}

void
test_add_for_situations (const char *prefix, GTestDataFunc function)
{
  for (guint i = 0; i < test_n_situations; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, test_situations[i].name);

      test_add_with (path, &test_situations[i], function);
    }
}
