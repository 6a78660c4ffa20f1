/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What a variant may cost; a figure that is 0 sets no limit. */
typedef struct
{
  double ratio;     /* to the first variant */
  double over_ns;   /* nanoseconds more than the first variant */
  double times_gio; /* so many times as fast as the variant of this name, if plain system calls are */
  double most;      /* in the unit of the scenario */
  const char *than; /* as much as this variant costs */
} Bar;

/* One way of doing what a scenario is about. */
typedef struct
{
  const char *name;
  void (*run) (gpointer fixture, guint n_operations);
  Bar bar;
  gconstpointer data; /* for a scenario that has a cost of its own */
} Variant;

/* One thing that programs do, in several ways. The first variant is the plain system calls, to which
 * all others are compared. */
typedef struct _Scenario Scenario;
struct _Scenario
{
  guint number;
  const char *name;
  const char *title;
  const char *interpreter, *script; /* what measures instead of the functions below, or NULL */
  gpointer (*set_up) (const Scenario *scenario);
  void (*tear_down) (gpointer fixture);
  const Variant *variants;
  guint n_variants;

  /* What follows is for scenarios that are no matter of the CPU time of this process: what an operation
   * of the variant costs in some unit, how many at a time, how often that has to be asked for, and
   * what there is to know of this scenario alone. */
  double (*cost) (gpointer fixture, const Variant *variant, guint n_operations);
  const char *unit; /* NULL: nanoseconds of CPU time */
  guint batch, rounds_max;
  guint n, n_idle; /* of connections, say */
  const char *(*obstacle) (const Scenario *scenario); /* why it cannot be done here, or NULL */
};

/* How what one operation costs depends on some number. The scenario is measured with each as its @n. */
typedef struct
{
  const Scenario *scenario;
  const char *of; /* what the number is of */
  const guint *numbers;
  guint n_numbers;
} Growth;

#define NUMBERS(list) .numbers = list, .n_numbers = G_N_ELEMENTS (list)

#define VARIANTS(rows) .variants = rows, .n_variants = G_N_ELEMENTS (rows)

extern const Scenario scenario_datagram;
extern const Scenario scenario_datagram_senders;
extern const Scenario scenario_datagram_ping_pong;
extern const Scenario scenario_stream_ping_pong;
extern const Scenario scenario_one_way;
extern const Scenario scenario_connection;
extern const Scenario scenario_connection_local;
extern const Scenario scenario_descriptor;
extern const Scenario scenario_batch;
extern const Scenario scenario_batch_long;
extern const Scenario scenario_watched_1;
extern const Scenario scenario_watched_100;
extern const Scenario scenario_watched_1000;
extern const Scenario scenario_watched_9000;
extern const Scenario scenario_server;
extern const Scenario scenario_server_many;
extern const Scenario scenario_server_idle;
extern const Scenario scenario_server_accept;
extern const Scenario scenario_server_memory;
extern const Scenario scenario_make_socket;
extern const Scenario scenario_python;
extern const Scenario scenario_javascript;
extern const Scenario scenario_latency;

extern const Growth growth_watched;
extern const Growth growth_batch;
extern const Growth growth_payload;
extern const Growth growth_keywords;
extern const Growth growth_senders;
extern const Growth growth_options;
extern const Growth growth_memory;
