/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of asynchronous operations: the one place where these meet deadlines, cancellation and
 * close. */

#include <gsock/gsock-async-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <math.h>
#include <poll.h>

/* As in the driver of blocking calls: how long an error or a hang-up of which the step makes nothing is
 * let be. */
#define IDLE_PAUSE_US 10000

/* More are rare. */
#define AWAITED_FEW 8

typedef struct _GSockAsync GSockAsync;

/* What an operation waits for that is not its socket. */
typedef struct
{
  GSockInterest interest;
  GSockAsync *async;
} Extra;

struct _GSockAsync
{
  GSockInterest interest;
  guint references; /* the second is the cancellable's */
  GSockAsyncRequest request;
  GMainContext *context;
  gulong cancelled_id;
  gint64 deadline;  /* 0: none */
  gboolean waited;
  gssize result;
  Extra *extras;
  guint n_extras;
  GSockAsyncFunc function;
  gpointer data;
  GSockAsyncFinish finish; /* of a task, which is the data then */
};

static void
async_unref (gpointer data)
{
  GSockAsync *self = data;

  if (__atomic_sub_fetch (&self->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  gsock_reactor_unref (self->interest.reactor);
  g_main_context_unref (self->context);
  g_clear_object (&self->request.cancellable);
  g_free (self);
}

static GSockHandle *
get_handle (GSockAsync *self)
{
  return self->request.socket != NULL ? gsock_socket_get_handle (self->request.socket) : NULL;
}

/* In the context, or nobody would know whether one of them is being told. */
static void
drop_extras (GSockAsync *self)
{
  for (guint i = 0; i < self->n_extras; i++)
    gsock_interest_withdraw (&self->extras[i].interest);
  g_clear_pointer (&self->extras, g_free);
  self->n_extras = 0;
}

/* The kernel's answer comes first, the callback last: it may do anything. */
static void
complete (GSockAsync *self)
{
  GSockSocket *socket = self->request.socket;

  drop_extras (self);
  /* Not g_cancellable_disconnect, which would wait for a cancellation that may be waiting for this
   * context. What it is about to tell, it tells an interest that it still holds. */
  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (self->request.cancellable, self->cancelled_id);
  if (self->finish != NULL)
    {
      self->finish (self->data, self->result);
      g_object_unref (self->data);
    }
  else
    self->function (self->data, self->result);
  g_clear_object (&socket);
  async_unref (self);
}

static void
on_cancellation (GCancellable *cancellable, gpointer data)
{
  GSockAsync *self = data;

  /* GLib keeps the data for as long as this runs, by locks that ThreadSanitizer does not know; to that end
   * it is read before it is written. */
  if (__atomic_load_n (&self->references, __ATOMIC_ACQUIRE) == 0)
    return;
  __atomic_add_fetch (&self->references, 1, __ATOMIC_ACQ_REL);
  gsock_interest_tell (&self->interest, GSOCK_TOLD_CANCELLED);
  async_unref (self);
}

static gssize
try_step (GSockAsync *self)
{
  GSockOperation *operation = self->request.operation;
  GSockHandle *handle = get_handle (self);
  gssize result;
  int fd = -1;

  if (handle != NULL && (fd = gsock_handle_enter (handle, 1)) < 0)
    return fd;
  do
    result = operation->step (operation, fd, MSG_DONTWAIT);
  while (result == -EINTR);
  if (handle != NULL)
    gsock_handle_leave (handle, 1);
  return result;
}

/* Not to lose what else it is to be told. */
static void
on_extra (GSockInterest *interest, guint told)
{
  gsock_interest_tell (&((Extra *) (gpointer) interest)->async->interest, told);
}

static int
wait_for_extras (GSockAsync *self, double *delay)
{
  GSockOperation *operation = self->request.operation;
  GSockAwaited few[AWAITED_FEW];
  g_autofree GSockAwaited *many = NULL;
  GSockAwaited *awaited = few;
  int result = 0;

  self->n_extras = operation->collect (operation, few, G_N_ELEMENTS (few), delay);
  if (self->n_extras > G_N_ELEMENTS (few))
    {
      awaited = many = g_new0 (GSockAwaited, self->n_extras);
      self->n_extras = operation->collect (operation, many, self->n_extras, delay);
    }
  self->extras = g_new0 (Extra, self->n_extras);
  for (guint i = 0; i < self->n_extras; i++)
    {
      Extra *extra = &self->extras[i];

      extra->async = self;
      extra->interest.function = on_extra;
      extra->interest.reactor = self->interest.reactor;
      if (result == 0)
        result = gsock_interest_wait (&extra->interest, awaited[i].handle, awaited[i].fd, awaited[i].events);
    }
  return result;
}

/* An operation that need not wait has no deadline to be worked out and nothing that could be cancelled. */
static void
prepare_to_wait (GSockAsync *self)
{
  self->waited = TRUE;
  if (self->request.timeout >= 0)
    self->deadline = g_get_monotonic_time () + (gint64) fmin (self->request.timeout * 1e6, 1e15) + 1;
  if (self->request.cancellable == NULL)
    return;
  __atomic_add_fetch (&self->references, 1, __ATOMIC_RELEASE);
  self->cancelled_id = g_cancellable_connect (self->request.cancellable, G_CALLBACK (on_cancellation), self, async_unref);
}

static gint64
not_later_than (gint64 deadline, double delay)
{
  gint64 moment = g_get_monotonic_time () + (gint64) (delay * 1e6) + 1;

  return deadline == 0 ? moment : MIN (deadline, moment);
}

/* Of the error queue a poll tells unasked; of an interest without events it does not. */
static guint
events_of (const GSockOperation *operation)
{
  return operation->events != 0 ? (guint) operation->events : POLLERR;
}

/* @last is what was told before: 0, or events of poll. Where it answers 0 the rest is the context's, who
 * may be done with all of it by then. */
static int
wait_again (GSockAsync *self, guint last)
{
  GSockOperation *operation = self->request.operation;
  gboolean idle = last != 0 && (last & operation->events) == 0 && operation->collect == NULL;
  double delay = -1;
  int result = 0;

  if (!self->request.wait)
    return -EAGAIN;
  if (!self->waited)
    prepare_to_wait (self);
  self->interest.deadline = self->deadline;
  if (operation->collect != NULL)
    result = wait_for_extras (self, &delay);
  if (result < 0)
    return result;
  if (idle || delay >= 0)
    self->interest.deadline = not_later_than (self->deadline, idle ? IDLE_PAUSE_US / 1e6 : delay);
  return gsock_interest_wait_in_turn (&self->interest, get_handle (self), -1, idle || operation->collect != NULL ? 0 : events_of (operation),
                                      operation->turn);
}

static gboolean
is_late (GSockAsync *self)
{
  return self->deadline != 0 && g_get_monotonic_time () >= self->deadline;
}

/* Whether it is done. What can be had is had, also at the last moment. */
static gboolean
advance (GSockAsync *self, guint told)
{
  gssize result;

  if ((told & (GSOCK_TOLD_CANCELLED | GSOCK_TOLD_CLOSED | GSOCK_TOLD_ABANDONED)) != 0)
    result = (told & GSOCK_TOLD_CANCELLED) != 0 ? -GSOCK_E_CANCELLED : -GSOCK_E_CLOSED;
  else if ((result = try_step (self)) == -EAGAIN)
    {
      result = (told & GSOCK_TOLD_LATE) != 0 && is_late (self) ? -GSOCK_E_TIMED_OUT : wait_again (self, told & 0xffff);
      if (result == 0)
        return FALSE;
    }
  self->result = result;
  return TRUE;
}

static void
on_told (GSockInterest *interest, guint told)
{
  GSockAsync *self = (GSockAsync *) (gpointer) interest;

  drop_extras (self);
  if ((told & GSOCK_TOLD_DEFERRED) != 0 || advance (self, told))
    complete (self);
}

static GSockAsync *
new_async (const GSockAsyncRequest *request, GMainContext *context)
{
  GSockAsync *self = g_new (GSockAsync, 1);

  /* calloc() of the GNU C library goes around what the thread has freed just now, malloc() takes it. */
  *self = (GSockAsync){ .references = 1, .request = *request };
  if (request->socket != NULL)
    g_object_ref (request->socket);
  if (request->cancellable != NULL)
    g_object_ref (request->cancellable);
  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  self->interest.reactor = gsock_reactor_get (self->context, request->priority);
  self->interest.function = on_told;
  return self;
}

/* Where the first try would find nothing, it is left out. Whether there is no need to go on. */
static gboolean
begin_later (GSockAsync *self)
{
  if (!self->request.operation->later || !self->request.wait)
    return FALSE;
  return wait_again (self, 0) == 0;
}

static void
start (GSockAsync *self)
{
  gboolean cancelled = g_cancellable_is_cancelled (self->request.cancellable);

  if (!cancelled && begin_later (self))
    return;
  if (advance (self, cancelled ? GSOCK_TOLD_CANCELLED : 0) && !gsock_interest_defer (&self->interest))
    complete (self);
}

void
gsock_async_start (const GSockAsyncRequest *request, GSockAsyncFunc function, gpointer data)
{
  GSockAsync *self = new_async (request, g_main_context_get_thread_default ());

  self->function = function;
  self->data = data;
  start (self);
}

void
gsock_async_run (GTask *task, GSockSocket *socket, GSockOperation *operation, gboolean wait, double timeout, GSockAsyncFinish finish)
{
  GSockAsyncRequest request = {
    .socket = socket,
    .operation = operation,
    .wait = wait,
    .timeout = timeout,
    .priority = g_task_get_priority (task),
    .cancellable = g_task_get_cancellable (task),
  };
  GSockAsync *self;

  if (socket != NULL)
    request.timeout = gsock_socket_effective_timeout (gsock_socket_get_private (socket), timeout);
  self = new_async (&request, g_task_get_context (task));
  self->finish = finish;
  self->data = task;
  start (self);
}

GTask *
gsock_async_task (gpointer source, gpointer tag, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  /* The macro of that name copies the name of the tag. */
  (g_task_set_source_tag) (task, tag);
  g_task_set_priority (task, priority);
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static G_DEFINE_QUARK (gsock-result-taken, taken)

gboolean
gsock_async_refuse (GError **error)
{
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "the result is taken already, or not of what was begun here: "
                              "a finish function takes what its operator's callback is given, once");
}

gboolean
gsock_async_check (GAsyncResult *result, gpointer source, gpointer tag, GError **error)
{
  if (!G_IS_TASK (result) || !g_task_is_valid (result, source) || !g_async_result_is_tagged (result, tag)
      || g_object_get_qdata (G_OBJECT (result), taken_quark ()) != NULL)
    return gsock_async_refuse (error);
  g_object_set_qdata (G_OBJECT (result), taken_quark (), result);
  return TRUE;
}

gssize
gsock_async_judge (GError *error, GError **kept)
{
  gboolean not_yet = g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK);

  if (not_yet)
    g_error_free (error);
  else
    *kept = error;
  return not_yet ? -EAGAIN : -GSOCK_E_KEPT;
}
