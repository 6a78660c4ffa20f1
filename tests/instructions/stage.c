/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets that the counted calls are made on. */

#include "counted.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void
stage_fail (const char *what, const GError *error)
{
  g_error ("%s: %s", what, error != NULL ? error->message : g_strerror (errno));
}

static int
plain_socket (int type, struct sockaddr_in *address)
{
  socklen_t length = sizeof *address;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);

  *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  if (fd < 0 || bind (fd, (struct sockaddr *) address, length) < 0 || getsockname (fd, (struct sockaddr *) address, &length) < 0)
    stage_fail ("a bound socket", NULL);
  return fd;
}

static GSockSocket *
made (GSockSocket *socket, const GError *error)
{
  if (socket == NULL)
    stage_fail ("make-socket", error);
  return socket;
}

static void
native_address (GSockSocket *socket, struct sockaddr_in *address)
{
  *address = (struct sockaddr_in){
    .sin_family = AF_INET,
    .sin_port = g_htons (gsock_socket_get_local_port (socket)),
    .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK),
  };
}

static void
set_up_datagrams (Stage *self)
{
  struct sockaddr_in nobody;
  GError *error = NULL;

  self->source = plain_socket (SOCK_DGRAM, &nobody);
  self->sink = plain_socket (SOCK_DGRAM, &self->sink_address);
  self->sink_port = g_ntohs (self->sink_address.sin_port);
  gsock_address_init_from_host (&self->to_sink, GSOCK_IPV4_LOOPBACK, self->sink_port, NULL);
  self->sender = made (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
  self->receiver = made (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
  self->joining = made (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
  gsock_socket_copy_local_address (self->joining, &self->to_joining, NULL);
  self->connected = made (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-address", &self->to_sink, NULL), error);
  native_address (self->receiver, &self->receiver_address);
}

static void
set_up_connections (Stage *self)
{
  GError *error = NULL;
  struct sockaddr_in unused;

  self->listener = plain_socket (SOCK_STREAM, &self->listener_address);
  if (listen (self->listener, CHUNK) < 0)
    stage_fail ("listen", NULL);
  gsock_address_init_from_host (&self->to_listener, GSOCK_IPV4_LOOPBACK, g_ntohs (self->listener_address.sin_port), NULL);
  self->passive = made (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", GSOCK_IPV4_LOOPBACK, "backlog", CHUNK, NULL), error);
  native_address (self->passive, &self->passive_address);
  close (plain_socket (SOCK_DGRAM, &unused));
  self->free_port = g_ntohs (unused.sin_port);

  self->stream = made (gsock_make_socket (NULL, &error, "remote-address", &self->to_listener, "nodelay", TRUE, NULL), error);
  self->stream_peer = accept (self->listener, NULL, NULL);
  if (self->stream_peer < 0)
    stage_fail ("accept", NULL);
}

static void
set_up_messages (Stage *self)
{
  static const guint8 payload[PAYLOAD];
  GError *error = NULL;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->local) < 0 || !gsock_make_socket_pair (&self->pair[0], &self->pair[1], &error, NULL))
    stage_fail ("a pair", error);
  self->cancellable = g_cancellable_new ();
  self->bytes = g_bytes_new_static (payload, PAYLOAD);
  self->message = gsock_message_new ();
  gsock_message_add_data (self->message, payload, PAYLOAD);
  gsock_message_set_address (self->message, &self->to_sink);
  self->batch = gsock_batch_new ();
  self->full = gsock_batch_new ();
  for (guint i = 0; i < BATCH; i++)
    gsock_batch_add (self->full, payload, PAYLOAD, NULL, NULL);
}

static void
set_up_watched (Stage *self)
{
  struct epoll_event event = { .events = EPOLLIN };
  GError *error = NULL;

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->poller = epoll_create1 (EPOLL_CLOEXEC);
  if (self->poller < 0 || epoll_ctl (self->poller, EPOLL_CTL_ADD, self->local[1], &event) < 0)
    stage_fail ("epoll", NULL);
  self->watched[0] = g_object_ref (self->receiver);
  for (guint i = 1; i < N_WATCHED; i++)
    self->watched[i] = made (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
}

void
stage_set_up (Stage *self)
{
  set_up_datagrams (self);
  set_up_connections (self);
  set_up_messages (self);
  set_up_watched (self);
}

static void
close_plain (Stage *self)
{
  const int fds[] = { self->source, self->sink, self->listener, self->stream_peer, self->local[0], self->local[1], self->poller };

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

void
stage_tear_down (Stage *self)
{
  GSockSocket *const sockets[] = { self->sender, self->receiver, self->joining, self->connected, self->passive, self->stream, self->pair[0], self->pair[1] };

  close_plain (self);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    g_object_unref (sockets[i]);
  for (guint i = 0; i < N_WATCHED; i++)
    g_object_unref (self->watched[i]);
  g_object_unref (self->cancellable);
  g_bytes_unref (self->bytes);
  gsock_message_unref (self->message);
  gsock_batch_unref (self->full);
  gsock_batch_unref (self->batch);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
}

static void
fill (Stage *self, guint n, const struct sockaddr_in *address)
{
  static const char payload[PAYLOAD];

  for (guint i = 0; i < n; i++)
    expect (sendto (self->source, payload, PAYLOAD, 0, (const struct sockaddr *) address, sizeof *address), PAYLOAD, "sendto");
}

void
stage_fill_receiver (Stage *self, guint n)
{
  fill (self, n, &self->receiver_address);
}

void
stage_fill_sink (Stage *self, guint n)
{
  fill (self, n, &self->sink_address);
}

void
stage_drain_sink (Stage *self, guint n)
{
  char in[2048];

  while (recv (self->sink, in, sizeof in, MSG_DONTWAIT) >= 0)
    ;
}
