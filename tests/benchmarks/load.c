/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who loads a server: the same plain system calls for every variant, in a process of its own. */

#include "load.h"

#include "peers.h"
#include "worker.h"

#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#define N_EVENTS 256

/* How many connections may wait to be accepted. */
#define AHEAD_MAX 128

typedef struct
{
  ServerState *state;
  int poller;
  GArray *fds;
  guint n_active;
  guint next_address;
  guint n_watched; /* of the active ones */
} Load;

/* The address is another one each time, as the ports of connections that were closed linger. */
static int
connect_one (Load *self)
{
  guint number = self->next_address++ % 60000;
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = g_htons (self->state->port),
    .sin_addr.s_addr = g_htonl ((127u << 24) + ((1 + number / 250) << 8) + 1 + number % 250),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0
      || setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int)) < 0)
    peers_fail ("a connection to the server", NULL);
  return fd;
}

static guint
get_accepted (Load *self)
{
  return __atomic_load_n (&self->state->n_accepted, __ATOMIC_ACQUIRE);
}

static void
connect_many (Load *self, guint n)
{
  guint wanted = get_accepted (self) + n;

  for (guint i = 0; i < n; i++)
    {
      int fd = connect_one (self);

      g_array_append_val (self->fds, fd);
      while (wanted - get_accepted (self) > n - i - 1 + AHEAD_MAX)
        sched_yield ();
    }
  while (get_accepted (self) != wanted)
    sched_yield ();
}

static void
close_all (Load *self)
{
  guint wanted = __atomic_load_n (&self->state->n_closed, __ATOMIC_ACQUIRE) + self->fds->len;

  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  g_array_set_size (self->fds, 0);
  self->n_active = self->n_watched = 0;
  while (__atomic_load_n (&self->state->n_closed, __ATOMIC_ACQUIRE) != wanted)
    sched_yield ();
}

static void
activate (Load *self, guint n)
{
  self->n_active = n;
  for (; self->n_watched < n; self->n_watched++)
    {
      int fd = g_array_index (self->fds, int, self->n_watched);
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

      peers_expect (epoll_ctl (self->poller, EPOLL_CTL_ADD, fd, &event), 0, "epoll_ctl");
    }
}

static void
ask (int fd)
{
  char out[PAYLOAD] = { 0 };

  peers_expect (send (fd, out, sizeof out, MSG_NOSIGNAL), PAYLOAD, "ask");
}

static void
request_many (Load *self, guint n)
{
  struct epoll_event events[N_EVENTS];
  guint asked = MIN (n, self->n_active), answered = 0;

  for (guint i = 0; i < asked; i++)
    ask (g_array_index (self->fds, int, i));
  while (answered < n)
    {
      int ready = epoll_wait (self->poller, events, N_EVENTS, -1);

      for (int i = 0; i < ready; i++)
        {
          char in[PAYLOAD];

          peers_expect (recv (events[i].data.fd, in, sizeof in, 0), PAYLOAD, "an answer");
          answered++;
          if (asked++ < n)
            ask (events[i].data.fd);
        }
    }
}

void
load_run (int control, gpointer state)
{
  static void (*const orders[]) (Load *self, guint n) = {
    [LOAD_CONNECT] = connect_many,
    [LOAD_ACTIVE] = activate,
    [LOAD_REQUEST] = request_many,
  };
  Load self = { .state = state, .poller = epoll_create1 (EPOLL_CLOEXEC), .fds = g_array_new (FALSE, FALSE, sizeof (int)) };
  guint order, n;

  while (worker_hear (control, &order, &n))
    {
      if (order == LOAD_CLOSE)
        close_all (&self);
      else
        orders[order] (&self, n);
      worker_answer (control, n);
    }
}
