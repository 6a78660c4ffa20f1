/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-readiness-private.h>

G_BEGIN_DECLS

/* The lock comes after a handle's, and is never held while an interest is told. */
struct _GSockReactor
{
  guint references;
  pthread_mutex_t lock;
  GMainContext *context; /* only to be compared: the source lives as long as it does */
  int priority;
  gboolean asleep;       /* the context may be: nothing was left to do when it looked last */
  gboolean woken;
  guint turn;
  GSockInterest *first, *last;           /* who are to be told */
  GSockInterest *next_first, *next_last; /* who are to be told at the next turn */
  GPtrArray *deadlines;
  GSockReadiness readiness;
};

/* All of it with the lock held. */
void gsock_interest_unlink (GSockInterest **first, GSockInterest **last, GSockInterest *interest);
void gsock_interest_fire (GSockInterest *interest, guint told);
void gsock_record_ready (GSockRecord *record, guint events);

G_END_DECLS
