/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interests: what is waited for in a reactor, of which socket, and how it comes to be told. */

#include <gsock/gsock-interest-private.h>

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>

#include <poll.h>

static void
append (GSockInterest **first, GSockInterest **last, GSockInterest *interest)
{
  interest->next = NULL;
  interest->previous = *last;
  if (*last != NULL)
    (*last)->next = interest;
  else
    *first = interest;
  *last = interest;
}

static void
enqueue (GSockReactor *self, GSockInterest *interest)
{
  interest->state = GSOCK_INTEREST_QUEUED;
  interest->turn = self->turn;
  append (&self->first, &self->last, interest);
}

static void
enqueue_for_next_turn (GSockReactor *self, GSockInterest *interest)
{
  interest->state = GSOCK_INTEREST_QUEUED;
  interest->turn = self->turn + 1;
  append (&self->next_first, &self->next_last, interest);
}

static void
dequeue (GSockReactor *self, GSockInterest *interest)
{
  if (interest->turn == self->turn + 1)
    gsock_interest_unlink (&self->next_first, &self->next_last, interest);
  else
    gsock_interest_unlink (&self->first, &self->last, interest);
}

void
gsock_interest_unlink (GSockInterest **first, GSockInterest **last, GSockInterest *interest)
{
  if (interest->previous != NULL)
    interest->previous->next = interest->next;
  else
    *first = interest->next;
  if (interest->next != NULL)
    interest->next->previous = interest->previous;
  else
    *last = interest->previous;
  interest->state = GSOCK_INTEREST_OWN;
}

/* One that is awake looks at the reactor before it sleeps again. */
static void
wake_context (GSockReactor *self)
{
  if (!self->asleep || self->woken || self->readiness.source == NULL)
    return;
  self->woken = TRUE;
  g_source_set_ready_time (self->readiness.source, 0);
}

/* Records */

static void
free_record (GSockRecord *record)
{
  gsock_readiness_forget (&record->reactor->readiness, record);
  gsock_reactor_unref (record->reactor);
  g_free (record);
}

static void
add_waiting (GSockRecord *record, GSockInterest *interest)
{
  interest->state = GSOCK_INTEREST_WAITING;
  interest->record = record;
  append (&record->first, &record->last, interest);
}

/* Of a handle that lives on the record stays, as most who have waited once wait again. */
static void
stop_waiting (GSockReactor *self, GSockInterest *interest)
{
  GSockRecord *record = interest->record;

  gsock_interest_unlink (&record->first, &record->last, interest);
  interest->record = NULL;
  if (interest->place != 0)
    gsock_deadlines_remove (self->deadlines, interest);
  if (record->handle == NULL && record->first == NULL)
    {
      /* The caller holds the reactor, so this is not its last reference. */
      free_record (record);
    }
}

void
gsock_interest_fire (GSockInterest *interest, guint told)
{
  GSockReactor *self = interest->reactor;

  interest->told |= told;
  stop_waiting (self, interest);
  enqueue (self, interest);
}

static guint
wanted (const GSockRecord *record)
{
  guint events = 0;

  for (const GSockInterest *interest = record->first; interest != NULL; interest = interest->next)
    events |= interest->events;
  return events;
}

/* poll tells errors and hang-ups unasked. What nobody waits for any more is registered until it happens
 * once: mostly it is waited for again before. */
void
gsock_record_ready (GSockRecord *record, guint events)
{
  GSockReactor *self = record->reactor;
  GSockInterest *next;
  gboolean told = FALSE;

  gsock_reactor_ref (self);
  for (GSockInterest *interest = record->first; interest != NULL; interest = next)
    {
      guint of_it = interest->events != 0 ? events & (interest->events | POLLERR | POLLHUP | POLLNVAL) : 0;

      next = interest->next;
      if (of_it == 0)
        continue;
      told = TRUE;
      /* A record of no handle goes with its interest. */
      gsock_interest_fire (interest, of_it);
    }
  if (!told)
    gsock_readiness_register (&self->readiness, record, wanted (record));
  gsock_reactor_unref (self);
}

static GSockRecord *
find_record (GSockHandle *handle, GSockReactor *reactor)
{
  GSockRecord *record = handle->records;

  while (record != NULL && record->reactor != reactor)
    record = record->next;
  return record;
}

static GSockRecord *
new_record (GSockReactor *reactor, GSockHandle *handle, int fd)
{
  GSockRecord *record = g_new0 (GSockRecord, 1);

  record->reactor = gsock_reactor_ref (reactor);
  record->handle = handle;
  record->fd = fd;
  if (handle != NULL)
    {
      record->next = handle->records;
      handle->records = record;
    }
  return record;
}

/* What is told already, or was read from the kernel before and is held, waits for the next turn: an
 * interest that is renewed whenever it is told must not keep the context from the others. */
static gboolean
is_told_already (GSockInterest *self, GSockHandle *handle, guint events, const GSockTurn *turn)
{
  if (turn != NULL)
    self->told |= __atomic_load_n (turn->serial, __ATOMIC_SEQ_CST) != turn->seen ? events : 0;
  else if ((events & POLLIN) != 0 && handle != NULL && gsock_handle_holds_input (handle))
    self->told |= POLLIN;
  return self->told != 0;
}

static int
wait_locked (GSockInterest *self, GSockHandle *handle, int fd, guint events, const GSockTurn *turn)
{
  GSockReactor *reactor = self->reactor;
  GSockRecord *record;

  if (reactor->readiness.source == NULL)
    return -GSOCK_E_CLOSED;
  if (is_told_already (self, handle, events, turn))
    {
      enqueue_for_next_turn (reactor, self);
      wake_context (reactor);
      return 0;
    }
  record = handle != NULL ? find_record (handle, reactor) : NULL;
  if (record == NULL)
    record = new_record (reactor, handle, fd);
  self->events = events;
  add_waiting (record, self);
  if (self->deadline != 0)
    {
      gsock_deadlines_add (reactor->deadlines, self);
      wake_context (reactor);
    }
  if ((record->registered & events) != events)
    gsock_readiness_register (&reactor->readiness, record, record->registered | events);
  return 0;
}

int
gsock_interest_wait (GSockInterest *self, GSockHandle *handle, int fd, guint events)
{
  return gsock_interest_wait_in_turn (self, handle, fd, events, NULL);
}

/* Close takes the lock of the handle after it has marked it, and before the number is given back. So the
 * number is good for as long as the lock is held, and whoever closes finds the record afterwards. */
int
gsock_interest_wait_in_turn (GSockInterest *self, GSockHandle *handle, int fd, guint events, const GSockTurn *turn)
{
  GSockReactor *reactor = self->reactor;
  int result;

  if (handle != NULL)
    {
      gsock_handle_lock (handle);
      fd = gsock_handle_get_descriptor (handle);
    }
  pthread_mutex_lock (&reactor->lock);
  result = handle != NULL && fd < 0 ? fd : wait_locked (self, handle, fd, events, turn);
  pthread_mutex_unlock (&reactor->lock);
  if (handle != NULL)
    gsock_handle_unlock (handle);
  return result;
}

gboolean
gsock_interest_defer (GSockInterest *self)
{
  GSockReactor *reactor = self->reactor;
  gboolean can;

  pthread_mutex_lock (&reactor->lock);
  can = reactor->readiness.source != NULL;
  if (can)
    {
      self->told |= GSOCK_TOLD_DEFERRED;
      enqueue_for_next_turn (reactor, self);
      wake_context (reactor);
    }
  pthread_mutex_unlock (&reactor->lock);
  return can;
}

void
gsock_interest_tell (GSockInterest *self, guint told)
{
  GSockReactor *reactor = self->reactor;

  pthread_mutex_lock (&reactor->lock);
  if (self->state == GSOCK_INTEREST_WAITING)
    {
      gsock_interest_fire (self, told);
      wake_context (reactor);
    }
  else
    self->told |= told;
  pthread_mutex_unlock (&reactor->lock);
}

gboolean
gsock_interest_withdraw (GSockInterest *self)
{
  GSockReactor *reactor = self->reactor;
  guint state;

  pthread_mutex_lock (&reactor->lock);
  state = self->state;
  if (state == GSOCK_INTEREST_WAITING)
    stop_waiting (reactor, self);
  else if (state == GSOCK_INTEREST_QUEUED)
    dequeue (reactor, self);
  self->told = 0;
  pthread_mutex_unlock (&reactor->lock);
  return state != GSOCK_INTEREST_OWN;
}

/* Handles */

static void
end_record (GSockRecord *record)
{
  GSockReactor *reactor = gsock_reactor_ref (record->reactor);

  pthread_mutex_lock (&reactor->lock);
  while (record->first != NULL)
    {
      gsock_interest_fire (record->first, GSOCK_TOLD_CLOSED);
      wake_context (reactor);
    }
  free_record (record);
  pthread_mutex_unlock (&reactor->lock);
  gsock_reactor_unref (reactor);
}

void
gsock_reactor_handle_closed (GSockHandle *handle)
{
  GSockRecord *record, *next;

  gsock_handle_lock (handle);
  record = handle->records;
  handle->records = NULL;
  gsock_handle_unlock (handle);
  for (; record != NULL; record = next)
    {
      next = record->next;
      end_record (record);
    }
}

static void
tell_input (GSockRecord *record)
{
  GSockReactor *reactor = record->reactor;

  pthread_mutex_lock (&reactor->lock);
  gsock_record_ready (record, POLLIN);
  if (reactor->first != NULL)
    wake_context (reactor);
  pthread_mutex_unlock (&reactor->lock);
}

void
gsock_reactor_input_held (GSockHandle *handle)
{
  gsock_handle_lock (handle);
  for (GSockRecord *record = handle->records; record != NULL; record = record->next)
    tell_input (record);
  gsock_handle_unlock (handle);
}
