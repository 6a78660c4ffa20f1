/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets made, connected, accepted and closed. */

#include "counted.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first so many keywords: what follows a NULL is not looked at. */
static inline void
make_and_close (Stage *self, guint n, guint n_keywords)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (
          NULL, NULL,
          n_keywords > 0 ? "type" : NULL, GSOCK_SOCKET_TYPE_DATAGRAM,
          n_keywords > 1 ? "local-host" : NULL, GSOCK_IPV4_LOOPBACK,
          n_keywords > 2 ? "local-port" : NULL, self->free_port,
          n_keywords > 3 ? "reuse-address" : NULL, TRUE,
          n_keywords > 4 ? "broadcast" : NULL, TRUE,
          n_keywords > 5 ? "address-family" : NULL, GSOCK_ADDRESS_FAMILY_IPV4,
          n_keywords > 6 ? "timeout" : NULL, 5.0,
          n_keywords > 7 ? "reuse-port" : NULL, TRUE,
          NULL);

      expect (gsock_socket_close (socket, FALSE, NULL), TRUE, "close");
    }
}

static void
set_option (int fd, int option)
{
  expect (setsockopt (fd, SOL_SOCKET, option, &(int){ 1 }, sizeof (int)), 0, "setsockopt");
}

static inline void
raw_make_and_close (Stage *self, guint n, guint n_keywords)
{
  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (n_keywords > 2 ? self->free_port : 0) };
      int fd = socket (AF_INET, (n_keywords > 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

      if (n_keywords > 3)
        set_option (fd, SO_REUSEADDR);
      if (n_keywords > 4)
        set_option (fd, SO_BROADCAST);
      if (n_keywords > 7)
        set_option (fd, SO_REUSEPORT);
      if (n_keywords > 1)
        {
          inet_pton (AF_INET, GSOCK_IPV4_LOOPBACK, &address.sin_addr);
          expect (bind (fd, (const struct sockaddr *) &address, sizeof address), 0, "bind");
        }
      expect (close (fd), 0, "close");
    }
}

#define MADE(n_)                                                                                   \
  static void make_##n_ (Stage *self, guint n)                                                     \
  {                                                                                                \
    make_and_close (self, n, n_);                                                                  \
  }                                                                                                \
  static void raw_make_##n_ (Stage *self, guint n)                                                 \
  {                                                                                                \
    raw_make_and_close (self, n, n_);                                                              \
  }

MADE (0)
MADE (1)
MADE (2)
MADE (3)
MADE (4)
MADE (5)
MADE (6)
MADE (7)
MADE (8)

static void
accept_clients (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int fd = accept (self->listener, NULL, NULL);

      expect (fd >= 0, TRUE, "accept");
      close (fd);
    }
}

static void
make_connected (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "remote-address", &self->to_listener, NULL);

      expect (gsock_socket_close (socket, FALSE, NULL), TRUE, "close");
    }
}

static void
raw_make_connected (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

      expect (connect (fd, (const struct sockaddr *) &self->listener_address, sizeof self->listener_address), 0, "connect");
      expect (close (fd), 0, "close");
    }
}

/* One of datagrams can be connected again and again. */
static void
connect_direct (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_connect_direct (self->connected, &self->to_sink, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), TRUE, "connect");
}

static void
connect_keywords (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_connect (self->connected, &self->to_sink, NULL, NULL, "wait", TRUE, "timeout", 5.0, NULL), TRUE, "connect");
}

static void
raw_connect (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (connect (self->source, (const struct sockaddr *) &self->sink_address, sizeof self->sink_address), 0, "connect");
}

static void
raw_disconnect (Stage *self, guint n)
{
  const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

  expect (connect (self->source, &nowhere, sizeof nowhere), 0, "connect");
}

static void
call_at (Stage *self, guint n, const struct sockaddr_in *address)
{
  for (guint i = 0; i < n; i++)
    {
      self->clients[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      expect (connect (self->clients[i], (const struct sockaddr *) address, sizeof *address), 0, "connect");
    }
}

static void
call_passive (Stage *self, guint n)
{
  call_at (self, n, &self->passive_address);
}

static void
call_listener (Stage *self, guint n)
{
  call_at (self, n, &self->listener_address);
}

static void
close_clients (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    close (self->clients[i]);
}

static void
accept_direct (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockActiveSocket) active = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->passive), TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);

      expect (gsock_socket_close (GSOCK_SOCKET (active), FALSE, NULL), TRUE, "close");
    }
}

static void
accept_keywords (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockActiveSocket) active = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (self->passive), NULL, NULL, "wait", TRUE, "timeout", 5.0, NULL);

      expect (gsock_socket_close (GSOCK_SOCKET (active), FALSE, NULL), TRUE, "close");
    }
}

static void
accept_many (Stage *self, guint n)
{
  g_autoptr (GPtrArray) connections = gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (self->passive), n, NULL, NULL, NULL);

  expect (connections->len, n, "accept-many");
}

static void
raw_accept (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_storage peer;
      socklen_t length = sizeof peer;
      int fd = accept4 (self->listener, (struct sockaddr *) &peer, &length, SOCK_CLOEXEC);

      expect (close (fd), 0, "close");
    }
}

#define MAKING(name_, n_) { .name = name_, .run = make_##n_, .raw = raw_make_##n_ }
#define ACCEPTING(name_, run_)                                                                     \
  { .name = name_, .run = run_, .raw = raw_accept, .before = call_passive, .before_raw = call_listener, .after = close_clients, .after_raw = close_clients }

static const Call calls[] = {
  MAKING ("make-socket, no keyword, and close", 0),
  MAKING ("make-socket, 1 keyword, and close", 1),
  MAKING ("make-socket, 2 keywords, and close", 2),
  MAKING ("make-socket, 3 keywords, and close", 3),
  MAKING ("make-socket, 4 keywords, and close", 4),
  MAKING ("make-socket, 5 keywords, and close", 5),
  MAKING ("make-socket, 6 keywords, and close", 6),
  MAKING ("make-socket, 7 keywords, and close", 7),
  MAKING ("make-socket, 8 keywords, and close", 8),
  { .name = "make-socket, connected, and close", .run = make_connected, .raw = raw_make_connected, .after = accept_clients, .after_raw = accept_clients },
  { .name = "connect, direct", .run = connect_direct, .raw = raw_connect, .after_raw = raw_disconnect },
  { .name = "connect, two keywords", .run = connect_keywords, .raw = raw_connect, .after_raw = raw_disconnect },
  ACCEPTING ("accept-connection, direct, and close", accept_direct),
  ACCEPTING ("accept-connection, two keywords, and close", accept_keywords),
  ACCEPTING ("accept-many, and close, each", accept_many),
};

CALLS (socket_calls, calls);
