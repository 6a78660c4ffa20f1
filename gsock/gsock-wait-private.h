/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-handle-private.h>

G_BEGIN_DECLS

/* How long a caller is ready to wait. */
typedef struct
{
  gboolean wait;             /* FALSE: not at all */
  double timeout;            /* seconds; negative: for ever */
  GCancellable *cancellable;
  gint64 deadline;           /* of the monotonic clock; 0: not worked out yet */
} GSockPatience;

#define GSOCK_PATIENCE_INIT(timeout_, cancellable_) { TRUE, (timeout_), (cancellable_), 0 }

/* One descriptor to wait for, on behalf of one handle (which may be NULL). */
typedef struct
{
  GSockHandle *handle;
  int fd;
  short events;
  short revents;
  const guint *serial;       /* NULL, or what is a reason not to wait as soon as it is not `seen`; and what */
  guint seen;                /* gsock itself holds is none then */
} GSockAwaited;

double gsock_patience_left (GSockPatience *patience);
int gsock_wait (GSockAwaited *awaited, guint n_awaited, GSockPatience *patience);
int gsock_wait_a_while (GSockAwaited *awaited, guint n_awaited, double seconds, GSockPatience *patience);
int gsock_wait_one (GSockHandle *handle, int fd, short events, GSockPatience *patience);
int gsock_pause (GSockHandle *handle, guint milliseconds, GSockPatience *patience);
void gsock_waiters_wake (GSockHandle *handle);

/* gsock-interrupt.c: whether a signal that has just come shall end the call. */
gboolean gsock_is_interrupted (void);

G_END_DECLS
