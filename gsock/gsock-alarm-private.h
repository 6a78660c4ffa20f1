/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* Puts a time limit to a call that only knows to be cancelled. */
typedef struct
{
  GCancellable *cancellable; /* what the call is to be given, or NULL: nothing will end it */
  GCancellable *outer;
  gulong outer_id;
  gint64 deadline;
  GThread *thread; /* NULL: there is no time limit */
  GMutex lock;
  GCond changed;
  gboolean over;   /* guarded by the lock */
  gboolean rang;   /* likewise */
} GSockAlarm;

void gsock_alarm_start (GSockAlarm *self, GSockPatience *patience);

/* Whether it was the time that ran out. */
gboolean gsock_alarm_stop (GSockAlarm *self);

G_END_DECLS
