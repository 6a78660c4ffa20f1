/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What a variant may cost; a figure that is 0 sets no limit. */
typedef struct
{
  double ratio;     /* to the first variant */
  double over_ns;   /* nanoseconds more than the first variant */
  double times_gio; /* so many times as fast as the variant of this name, if plain system calls are */
} Bar;

/* One way of doing what a scenario is about. */
typedef struct
{
  const char *name;
  void (*run) (gpointer fixture, guint n_operations);
  Bar bar;
} Variant;

/* One thing that programs do, in several ways. The first variant is the plain system calls, to which
 * all others are compared. */
typedef struct
{
  guint number;
  const char *name;
  const char *title;
  const char *interpreter, *script; /* what measures instead of the functions below, or NULL */
  gpointer (*set_up) (void);
  void (*tear_down) (gpointer fixture);
  const Variant *variants;
  guint n_variants;
} Scenario;

#define VARIANTS(rows) .variants = rows, .n_variants = G_N_ELEMENTS (rows)

extern const Scenario scenario_datagram;
extern const Scenario scenario_datagram_senders;
extern const Scenario scenario_datagram_ping_pong;
extern const Scenario scenario_stream_ping_pong;
extern const Scenario scenario_one_way;
extern const Scenario scenario_connection;
extern const Scenario scenario_connection_local;
extern const Scenario scenario_batch;
extern const Scenario scenario_batch_long;
extern const Scenario scenario_make_socket;
extern const Scenario scenario_python;
extern const Scenario scenario_javascript;
