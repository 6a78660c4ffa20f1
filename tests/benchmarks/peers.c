/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets of the scenarios: plain ones, GIO's and gsock's. */

#include "peers.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

void
peers_fail (const char *what, const GError *error)
{
  g_error ("%s: %s", what, error != NULL ? error->message : g_strerror (errno));
}

int
peers_raw_datagram (struct sockaddr_in *address)
{
  socklen_t length = sizeof *address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  if (fd < 0 || bind (fd, (struct sockaddr *) address, sizeof *address) < 0
      || getsockname (fd, (struct sockaddr *) address, &length) < 0)
    peers_fail ("a bound datagram socket", NULL);
  return fd;
}

static void
set_nodelay (int fd)
{
  if (setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int)) < 0)
    peers_fail ("TCP_NODELAY", NULL);
}

void
peers_raw_stream_pair (int fds[2])
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || fds[0] < 0 || bind (listener, (struct sockaddr *) &address, length) < 0 || listen (listener, 1) < 0
      || getsockname (listener, (struct sockaddr *) &address, &length) < 0
      || connect (fds[0], (struct sockaddr *) &address, length) < 0)
    peers_fail ("a connection", NULL);
  fds[1] = accept (listener, NULL, NULL);
  if (fds[1] < 0)
    peers_fail ("accept", NULL);
  set_nodelay (fds[0]);
  set_nodelay (fds[1]);
  close (listener);
}

GSocket *
peers_gio (int fd)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new_from_fd (fd, &error);

  if (socket == NULL)
    peers_fail ("GSocket", error);
  return socket;
}

GSocket *
peers_gio_datagram (GSocketAddress **address)
{
  struct sockaddr_in native;
  GSocket *socket = peers_gio (peers_raw_datagram (&native));

  *address = g_socket_address_new_from_native (&native, sizeof native);
  return socket;
}

GSockSocket *
peers_gsock_datagram (GSockAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL);

  if (socket == NULL || !gsock_socket_copy_local_address (socket, address, &error))
    peers_fail ("make-socket", error);
  return socket;
}

/* Made by gsock from beginning to end: a descriptor that was adopted might be somebody else's too,
 * and is waited for in another way. */
void
peers_gsock_stream_pair (GSockSocket *pair[2])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", GSOCK_IPV4_LOOPBACK, "nodelay", TRUE, NULL);

  if (listener == NULL)
    peers_fail ("make-socket", error);
  pair[0] = gsock_make_socket (NULL, &error, "remote-host", GSOCK_IPV4_LOOPBACK, "remote-port",
                               gsock_socket_get_local_port (listener), "nodelay", TRUE, NULL);
  if (pair[0] == NULL)
    peers_fail ("connect", error);
  pair[1] = (GSockSocket *) gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  if (pair[1] == NULL)
    peers_fail ("accept-connection", error);
}
