/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that echoes 64 bytes, in a process on the core that is measured on; who loads it is in another
 * one beside it. What is told is the processor time of the server alone. */

#include "benchmark.h"
#include "libuv.h"
#include "load.h"
#include "peers.h"
#include "server.h"
#include "worker.h"

#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>

/* So often each connection is asked before it is the next server's turn. The first time it finds that the
 * others have had the caches; and less so the plain server, whose turn comes twice in each round. */
#define REQUESTS_EACH 40

#define N_REMEMBERED 5000
#define N_BEFORE 2000

/* Descriptors that a process has beside those of its connections. */
#define FILES_BESIDE 200

typedef struct
{
  ServerState *state;
  Worker server, load;
} Pair;

typedef struct
{
  const Scenario *scenario;
  Pair *pairs; /* one for each variant, where they are asked again and again */
} Fixture;

static gsize
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

void
server_listens (ServerState *state, guint port)
{
  __atomic_store_n (&state->port, port, __ATOMIC_RELEASE);
}

void
server_mark (ServerState *state)
{
  state->marks[state->n_marks].memory = allocated ();
  __atomic_add_fetch (&state->n_marks, 1, __ATOMIC_RELEASE);
}

typedef struct
{
  const Server *server;
  ServerState *state;
} Serving;

static void
serve (int control, gpointer data)
{
  Serving *self = data;

  self->server->serve (self->state);
}

static void
pair_start (Pair *self, const Variant *variant, const Scenario *scenario)
{
  Serving serving = { variant->data, NULL };

  self->state = serving.state = mmap (NULL, sizeof (ServerState), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  self->state->marks[0].n_accepted = scenario->n_idle;
  self->state->marks[1].n_accepted = scenario->n_idle + scenario->n;
  worker_start (&self->server, FALSE, serve, &serving);
  while (__atomic_load_n (&self->state->port, __ATOMIC_ACQUIRE) == 0)
    sched_yield ();
  worker_start (&self->load, TRUE, load_run, self->state);
}

static void
pair_stop (Pair *self)
{
  worker_stop (&self->load);
  worker_stop (&self->server);
  munmap (self->state, sizeof *self->state);
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < self->scenario->n_variants; i++)
    pair_stop (&self->pairs[i]);
  g_free (self->pairs);
  g_free (self);
}

static Pair *
pair_of (Fixture *self, const Variant *variant)
{
  return &self->pairs[variant - self->scenario->variants];
}

static double
cost_of_requests (gpointer fixture, const Variant *variant, guint n)
{
  Pair *pair = pair_of (fixture, variant);
  double start = worker_seconds (&pair->server);

  worker_ask (&pair->load, LOAD_REQUEST, n);
  return (worker_seconds (&pair->server) - start) / n * 1e9;
}

/* Milliseconds for all of them, which nobody had before. */
static double
cost_of_accepting (gpointer fixture, const Variant *variant, guint n)
{
  Pair *pair = pair_of (fixture, variant);
  double start = worker_seconds (&pair->server), end;

  worker_ask (&pair->load, LOAD_CONNECT, ((Fixture *) fixture)->scenario->n_idle);
  end = worker_seconds (&pair->server);
  worker_ask (&pair->load, LOAD_CLOSE, 0);
  return (end - start) * 1e3;
}

/* The first ones, of which there are as many as @n_idle, are not counted, with what the server allocates but once, and what the C library
 * holds back of what was freed. */
static double
cost_in_memory (gpointer fixture, const Variant *variant, guint n)
{
  const Scenario *scenario = ((Fixture *) fixture)->scenario;
  Pair pair;
  double bytes;

  pair_start (&pair, variant, scenario);
  worker_ask (&pair.load, LOAD_CONNECT, scenario->n_idle + scenario->n);
  while (__atomic_load_n (&pair.state->n_marks, __ATOMIC_ACQUIRE) < 2)
    sched_yield ();
  bytes = ((double) pair.state->marks[1].memory - (double) pair.state->marks[0].memory) / scenario->n;
  pair_stop (&pair);
  return bytes;
}

/* Nobody is there yet. */
static gpointer
set_up_servers (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->scenario = scenario;
  self->pairs = g_new0 (Pair, scenario->n_variants);
  for (guint i = 0; i < scenario->n_variants; i++)
    pair_start (&self->pairs[i], &scenario->variants[i], scenario);
  return self;
}

static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = set_up_servers (scenario);

  for (guint i = 0; i < scenario->n_variants; i++)
    {
      worker_ask (&self->pairs[i].load, LOAD_CONNECT, scenario->n + scenario->n_idle);
      worker_ask (&self->pairs[i].load, LOAD_ACTIVE, scenario->n);
    }
  return self;
}

static gpointer
set_up_nothing (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->scenario = scenario;
  return self;
}

static const char *
find_obstacle (const Scenario *scenario)
{
  return worker_allow_files (scenario->n + scenario->n_idle + FILES_BESIDE) ? NULL : "a process may not have as many files (RLIMIT_NOFILE)";
}

static const Variant variants[] = {
  { "raw", .data = &server_raw },
  { "gio-service", .data = &server_gio_service },
  { "gio-source", .data = &server_gio_source },
#ifdef HAVE_LIBUV
  { "libuv", .data = &server_libuv },
#endif
  { "gsock-watch", .bar = { .ratio = 1.10 }, .data = &server_gsock_watch },
  { "gsock-async", .bar = { .ratio = 1.35 }, .data = &server_gsock_async },
};

const Scenario scenario_server = {
  .number = 12,
  .name = "server",
  .title = "echo server, 64 bytes, 100 connections, of a request",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
  .cost = cost_of_requests,
  .batch = 100 * REQUESTS_EACH,
  .n = 100,
  .obstacle = find_obstacle,
};

const Scenario scenario_server_many = {
  .number = 13,
  .name = "server-many",
  .title = "the same with 1000 connections",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
  .cost = cost_of_requests,
  .batch = 1000 * REQUESTS_EACH,
  .rounds_max = 15,
  .n = 1000,
  .obstacle = find_obstacle,
};

const Scenario scenario_server_idle = {
  .number = 14,
  .name = "server-idle",
  .title = "the same with 100 connections, and 5000 that are idle",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
  .cost = cost_of_requests,
  .batch = 100 * REQUESTS_EACH,
  .rounds_max = 11,
  .n = 100,
  .n_idle = 5000,
  .obstacle = find_obstacle,
};

static const Variant accepting[] = {
  { "raw", .data = &server_raw },
  { "gio-service", .data = &server_gio_service },
  { "gio-source", .data = &server_gio_source },
#ifdef HAVE_LIBUV
  { "libuv", .data = &server_libuv },
#endif
  { "gsock-watch", .bar = { .ratio = 1.20 }, .data = &server_gsock_watch },
  { "gsock-async", .data = &server_gsock_async },
};

const Scenario scenario_server_accept = {
  .number = 15,
  .name = "server-accept",
  .title = "5100 connections accepted, and watched",
  .set_up = set_up_servers,
  .tear_down = tear_down,
  VARIANTS (accepting),
  .cost = cost_of_accepting,
  .unit = "CPU ms",
  .batch = 1,
  .rounds_max = 5,
  .n_idle = 5100,
  .obstacle = find_obstacle,
};

static const Variant remembering[] = {
  { "raw", .data = &server_raw },
  { "gio-unwatched", .data = &server_gio_unwatched },
  { "gio-source", .data = &server_gio_source },
  { "gio-service", .data = &server_gio_service },
#ifdef HAVE_LIBUV
  { "libuv", .data = &server_libuv },
#endif
  { "gsock-unwatched", .data = &server_gsock_unwatched },
  { "gsock-watch", .bar = { .most = 400 }, .data = &server_gsock_watch },
  { "gsock-async", .data = &server_gsock_async },
};

const Scenario scenario_server_memory = {
  .number = 16,
  .name = "server-memory",
  .title = "memory of the process for an idle connection",
  .set_up = set_up_nothing,
  .tear_down = g_free,
  VARIANTS (remembering),
  .cost = cost_in_memory,
  .unit = "bytes",
  .batch = 1,
  .rounds_max = 3,
  .n = N_REMEMBERED,
  .n_idle = N_BEFORE,
  .obstacle = find_obstacle,
};

static const Variant remembering_so_many[] = {
  { "raw", .data = &server_raw },
  { "gio-source", .data = &server_gio_source },
#ifdef HAVE_LIBUV
  { "libuv", .data = &server_libuv },
#endif
  { "gsock-watch", .data = &server_gsock_watch },
};

static const Scenario scenario_of_so_many = {
  .number = 16,
  .name = "growth-memory",
  .title = "memory of the process for one of so many idle connections",
  .set_up = set_up_nothing,
  .tear_down = g_free,
  VARIANTS (remembering_so_many),
  .cost = cost_in_memory,
  .unit = "bytes",
  .batch = 1,
  .rounds_max = 1,
  .n_idle = N_BEFORE,
  .obstacle = find_obstacle,
};

static const guint numbers[] = { 500, 2000, 5000 };

const Growth growth_memory = { .scenario = &scenario_of_so_many, .of = "idle connections", NUMBERS (numbers) };
