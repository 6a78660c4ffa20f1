/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-op-connect-private.h>

G_BEGIN_DECLS

/* One address of a race, and the socket that is to be connected to it. */
typedef struct
{
  const GSockAddress *address;
  enum
  {
    GSOCK_RACER_WAITS, /* has not begun */
    GSOCK_RACER_RUNS,
    GSOCK_RACER_FAILED,
    GSOCK_RACER_WON,
  } state;
  GSockSocketPrivate socket; /* as an object has it, from when it runs until it has failed */
  gboolean was_bound;
  GSockConnect connect;
  GError *reason;
} GSockRacer;

/* What the race does not know of sockets. Both tell what is wrong. */
typedef struct
{
  /* Makes the descriptor of @socket, ready to connect to @address. */
  gboolean (*open) (gpointer data, GSockSocketPrivate *socket, const GSockAddress *address, GError **error);
  /* What is to be done when it is connected. */
  gboolean (*settle) (gpointer data, GSockSocketPrivate *socket, const GSockAddress *address, GError **error);
} GSockRaceRules;

/* Addresses that are raced for: an operation that has descriptors of its own, one for each attempt. Its
 * step answers 0 when there is a winner, and -GSOCK_E_KEPT when there will be none. */
typedef struct
{
  GSockOperation operation;
  const GSockRaceRules *rules;
  gpointer data;
  GSockRacer *racers;
  guint n_racers, next;
  guint n_running;
  gboolean wait;     /* FALSE: the first that gets under way is good enough */
  gint64 delay_us;   /* between two starts; G_MAXINT64: one at a time */
  gint64 next_start; /* of the monotonic clock; 0: now */
  GSockRacer *winner;
} GSockRace;

void gsock_race_interleave (const GSockAddress **addresses, guint n_addresses);

/* @addresses must outlast the race. */
void gsock_race_init (GSockRace *self, const GSockAddress *const *addresses, guint n_addresses, const GSockRaceRules *rules, gpointer data);
void gsock_race_clear (GSockRace *self);

/* Gives the winner's descriptor and state to @socket, or -GSOCK_E_CLOSED where that was closed. */
gssize gsock_race_give (GSockRace *self, GSockSocketPrivate *socket);

/* Says why there is no winner: @failure is what the driver answered. */
gboolean gsock_race_fail (GSockRace *self, gssize failure, const char *name, GError **error);

G_END_DECLS
