/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One active socket among many that are watched in one main context: a byte comes, and is received in
 * the callback. Each variant has a process of its own, as each has many files. */

#include "benchmark.h"
#include "libuv.h"
#include "peers.h"
#include "worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#define FILES_BESIDE 200

/* 3.5 us where the plain system calls take 1.8, however many are watched. */
#define FLAT 1.94

/* How a variant watches so many descriptors, of which the first will be active, and how it takes one byte. */
typedef struct
{
  void (*open) (const int *fds, guint n_fds);
  void (*take) (void);
} Watching;

typedef struct
{
  const Watching *watching;
  guint n;
} Watched;

typedef struct
{
  guint n_variants;
  Worker *workers;
  const Variant *variants;
} Fixture;

static void
watch_and_take (int control, gpointer data)
{
  Watched *self = data;
  g_autofree int *fds = g_new (int, self->n);
  guint question, n;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
    peers_fail ("socketpair", NULL);
  fds[0] = pair[0];
  for (guint i = 1; i < self->n; i++)
    if ((fds[i] = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
      peers_fail ("socket", NULL);
  self->watching->open (fds, self->n);
  while (worker_hear (control, &question, &n))
    {
      for (guint i = 0; i < n; i++)
        {
          peers_expect (send (pair[1], "", 1, MSG_NOSIGNAL), 1, "send");
          self->watching->take ();
        }
      worker_answer (control, n);
    }
}

static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->n_variants = scenario->n_variants;
  self->variants = scenario->variants;
  self->workers = g_new0 (Worker, scenario->n_variants);
  for (guint i = 0; i < scenario->n_variants; i++)
    {
      Watched watched = { scenario->variants[i].data, scenario->n };

      worker_start (&self->workers[i], FALSE, watch_and_take, &watched);
      worker_ask (&self->workers[i], 0, 1);
    }
  return self;
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < self->n_variants; i++)
    worker_stop (&self->workers[i]);
  g_free (self->workers);
  g_free (self);
}

static double
cost (gpointer fixture, const Variant *variant, guint n)
{
  Fixture *self = fixture;
  Worker *worker = &self->workers[variant - self->variants];
  double start = worker_seconds (worker);

  worker_ask (worker, 0, n);
  return (worker_seconds (worker) - start) / n * 1e9;
}

static const char *
find_obstacle (const Scenario *scenario)
{
  return worker_allow_files (scenario->n + FILES_BESIDE) ? NULL : "a process may not have as many files (RLIMIT_NOFILE)";
}

/* By whom a byte has come. */
static guint n_taken;
static int poller;

static void
open_raw (const int *fds, guint n_fds)
{
  poller = epoll_create1 (EPOLL_CLOEXEC);
  for (guint i = 0; i < n_fds; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

      peers_expect (epoll_ctl (poller, EPOLL_CTL_ADD, fds[i], &event), 0, "epoll_ctl");
    }
}

static void
take_raw (void)
{
  struct epoll_event events[16];
  char in[16];

  peers_expect (epoll_wait (poller, events, G_N_ELEMENTS (events), -1), 1, "epoll_wait");
  peers_expect (recv (events[0].data.fd, in, sizeof in, 0), 1, "recv");
}

/* GIO and gsock alike: they differ in how the callback comes about. */
static void
take_in_context (void)
{
  guint wanted = n_taken + 1;

  while (n_taken != wanted)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_gio (GSocket *socket, GIOCondition condition, gpointer data)
{
  char in[16];

  peers_expect (g_socket_receive (socket, in, sizeof in, NULL, NULL), 1, "g_socket_receive");
  n_taken++;
  return G_SOURCE_CONTINUE;
}

static void
open_gio (const int *fds, guint n_fds)
{
  for (guint i = 0; i < n_fds; i++)
    {
      GSocket *socket = peers_gio (fds[i]);
      g_autoptr (GSource) source = g_socket_create_source (socket, G_IO_IN, NULL);

      g_socket_set_blocking (socket, FALSE);
      g_source_set_callback (source, G_SOURCE_FUNC (on_gio), NULL, NULL);
      g_source_attach (source, NULL);
    }
}

static gboolean
on_gsock (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  char in[16];

  peers_expect (gsock_socket_receive_from_direct (socket, in, sizeof in, 0, FALSE, 0, NULL, NULL, NULL), 1, "receive-from");
  n_taken++;
  return G_SOURCE_CONTINUE;
}

static void
open_gsock (const int *fds, guint n_fds)
{
  for (guint i = 0; i < n_fds; i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *socket = gsock_make_socket_from_fd (fds[i], &error, "dup", FALSE, NULL);

      if (socket == NULL || gsock_socket_watch (socket, G_IO_IN, G_PRIORITY_DEFAULT, on_gsock, NULL, NULL, &error) == NULL)
        peers_fail ("watch", error);
    }
}

static const Watching watching_raw = { open_raw, take_raw };
static const Watching watching_gio = { open_gio, take_in_context };
static const Watching watching_gsock = { open_gsock, take_in_context };
#ifdef HAVE_LIBUV
static const Watching watching_libuv = { libuv_watched_open, libuv_watched_take };
#endif

static const Variant variants_of_one[] = {
  { "raw", .data = &watching_raw },
  { "gio", .data = &watching_gio },
#ifdef HAVE_LIBUV
  { "libuv", .data = &watching_libuv },
#endif
  { "gsock-watch", .bar = { .than = "gio" }, .data = &watching_gsock },
};

static const Variant variants[] = {
  { "raw", .data = &watching_raw },
  { "gio", .data = &watching_gio },
#ifdef HAVE_LIBUV
  { "libuv", .data = &watching_libuv },
#endif
  { "gsock-watch", .bar = { .ratio = FLAT }, .data = &watching_gsock },
};

#define WATCHED(number_, title_, rows)                                                             \
  const Scenario scenario_watched_##number_ = {                                                    \
    .number = 11,                                                                                  \
    .name = "watched-" #number_,                                                                   \
    .title = title_,                                                                               \
    .set_up = set_up,                                                                              \
    .tear_down = tear_down,                                                                        \
    VARIANTS (rows),                                                                               \
    .cost = cost,                                                                                  \
    .n = number_,                                                                                  \
    .obstacle = find_obstacle,                                                                     \
  };

static const Scenario scenario_of_so_many = {
  .number = 11,
  .name = "growth-watched",
  .title = "a byte to one of so many watched sockets",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
  .cost = cost,
  .obstacle = find_obstacle,
};

static const guint numbers[] = { 1, 10, 100, 1000, 3000, 9000 };

const Growth growth_watched = { .scenario = &scenario_of_so_many, .of = "sockets watched", NUMBERS (numbers) };

WATCHED (1, "a byte to the only socket that is watched", variants_of_one)
WATCHED (100, "a byte to one of 100", variants)
WATCHED (1000, "a byte to one of 1000", variants)
WATCHED (9000, "a byte to one of 9000", variants)
