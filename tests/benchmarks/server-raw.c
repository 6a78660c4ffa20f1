/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server by plain system calls: one epoll descriptor, nothing else. */

#include "peers.h"
#include "server.h"

#include <sys/epoll.h>
#include <unistd.h>

#define N_EVENTS 256

static int
listen_anywhere (ServerState *state)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, length) < 0 || listen (fd, SERVER_BACKLOG) < 0
      || getsockname (fd, (struct sockaddr *) &address, &length) < 0)
    peers_fail ("a listener", NULL);
  server_listens (state, g_ntohs (address.sin_port));
  return fd;
}

static void
watch (int poller, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  peers_expect (epoll_ctl (poller, EPOLL_CTL_ADD, fd, &event), 0, "epoll_ctl");
}

static void
take_all (ServerState *state, int poller, int listener)
{
  int fd;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
    {
      watch (poller, fd);
      server_accepted (state);
    }
}

static void
answer (ServerState *state, int fd)
{
  char in[SERVER_ROOM];
  ssize_t n = recv (fd, in, sizeof in, 0);

  if (n > 0)
    {
      peers_expect (send (fd, in, (gsize) n, MSG_NOSIGNAL), n, "send");
      return;
    }
  close (fd);
  server_closed (state);
}

static void
serve (ServerState *state)
{
  int listener = listen_anywhere (state), poller = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[N_EVENTS];

  watch (poller, listener);
  for (;;)
    {
      int n = epoll_wait (poller, events, N_EVENTS, -1);

      for (int i = 0; i < n; i++)
        if (events[i].data.fd == listener)
          take_all (state, poller, listener);
        else
          answer (state, events[i].data.fd);
    }
}

const Server server_raw = { serve };
