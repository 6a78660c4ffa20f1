/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-handle-private.h>

G_BEGIN_DECLS

/* One source for a main context and a priority, which serves every socket that is waited for there.
 * What waits is an interest: it is told once, in the context, and then is its owner's again. */
typedef struct _GSockReactor GSockReactor;
typedef struct _GSockRecord GSockRecord;
typedef struct _GSockInterest GSockInterest;
typedef struct _GSockTurn GSockTurn;

/* Beside the events of poll: why an interest is told. */
#define GSOCK_TOLD_CLOSED (1u << 16)
#define GSOCK_TOLD_CANCELLED (1u << 17)
#define GSOCK_TOLD_LATE (1u << 18)
#define GSOCK_TOLD_DEFERRED (1u << 19)
#define GSOCK_TOLD_ABANDONED (1u << 20) /* the context is gone: from whatever thread let go of it */

typedef void (*GSockInterestFunc) (GSockInterest *self, guint told);

typedef enum
{
  GSOCK_INTEREST_OWN,     /* its owner's, who alone may free it */
  GSOCK_INTEREST_WAITING, /* in the list of its record */
  GSOCK_INTEREST_QUEUED,  /* in the queue of its reactor */
} GSockInterestState;

/* All but the first three are the reactor's. */
struct _GSockInterest
{
  GSockInterestFunc function;
  GSockReactor *reactor;
  gint64 deadline; /* of the monotonic clock; 0: none */

  GSockRecord *record;
  GSockInterest *previous, *next;
  guint told;
  guint turn;        /* of the reactor, before which it is not told */
  guint place;       /* among the deadlines, from 1; 0: not there */
  guint16 events;
  guint8 state;
};

GSockReactor *gsock_reactor_get (GMainContext *context, int priority);
GSockReactor *gsock_reactor_ref (GSockReactor *self);
void gsock_reactor_unref (GSockReactor *self);

/* Takes effect at once where the interest was told something in the meantime. The descriptor is the
 * handle's; where @handle is NULL it is @fd, which no socket has, and must be withdrawn before it is
 * closed. With no @events only the rest is waited for: the deadline, the close. Answers 0 or, and then
 * the interest stays its owner's, -GSOCK_E_CLOSED or -GSOCK_E_NOT_INITIALIZED. After 0 it may
 * have been told in another thread by the time that this returns. */
int gsock_interest_wait (GSockInterest *self, GSockHandle *handle, int fd, guint events);

/* Where what gsock holds is not what is waited for: the change of a serial number tells, unless it is NULL. */
int gsock_interest_wait_in_turn (GSockInterest *self, GSockHandle *handle, int fd, guint events, const GSockTurn *turn);

/* It is told GSOCK_TOLD_DEFERRED at the next turn of the context, not in this one. %FALSE: the context
 * is gone, and it stays its owner's. */
gboolean gsock_interest_defer (GSockInterest *self);

/* From any thread, for as long as the owner keeps it: it is told @told soon, or when it waits next. */
void gsock_interest_tell (GSockInterest *self, guint told);

/* It is its owner's again, and will not be told what it was to be told. Only the owner, and not against
 * its function in another thread. %FALSE: it was not waiting any more. */
gboolean gsock_interest_withdraw (GSockInterest *self);

/* Of a handle: from any thread. */
void gsock_reactor_handle_closed (GSockHandle *handle);
void gsock_reactor_input_held (GSockHandle *handle);

/* Around a fork, after the locks of the handles; inherit in the child, before unlock. */
void gsock_reactors_lock (void);
void gsock_reactors_inherit (void);
void gsock_reactors_unlock (void);

/* gsock-deadlines.c: a heap, the earliest first. */
void gsock_deadlines_add (GPtrArray *self, GSockInterest *interest);
void gsock_deadlines_remove (GPtrArray *self, GSockInterest *interest);

static inline GSockInterest *
gsock_deadlines_first (GPtrArray *self)
{
  return self->len > 0 ? g_ptr_array_index (self, 0) : NULL;
}

G_END_DECLS
