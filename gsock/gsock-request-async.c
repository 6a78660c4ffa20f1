/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket without blocking: names are looked up in a thread, and connections raced for in the main
 * context. */

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-reasons-private.h>
#include <gsock/gsock-request-run-private.h>

#include <errno.h>
#include <poll.h>

/* An object without a descriptor has no way to tell of its close. It is looked at so often. */
#define CLOSE_PAUSE_MS 100

typedef struct
{
  GSockOperation operation; /* that of a class of its own */
  GSockRun run;
  GSockRace race;
  gboolean races;
  guint next;       /* of the addresses that a class of its own is asked for */
  gboolean started, full;
  GSockReasons reasons;
  GError *error;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  if (self->races)
    gsock_race_clear (&self->race);
  gsock_run_clear (&self->run);
  gsock_reasons_clear (&self->reasons);
  g_clear_error (&self->error);
  g_free (self);
}

static void
answer (GTask *task, Job *self, gboolean done)
{
  gsock_socket_drop_request (self->run.socket);
  self->run.priv->initialising = FALSE;
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&self->error));
}

static void
answer_now (GTask *task, Job *self, gboolean done)
{
  answer (task, self, done);
  g_object_unref (task);
}

static void
finish_race (GTask *task, gssize result)
{
  Job *self = g_task_get_task_data (task);

  if (result >= 0)
    result = gsock_race_give (&self->race, self->run.priv);
  if (result < 0)
    {
      g_autofree char *name = gsock_run_name_remote (&self->run);

      gsock_race_fail (&self->race, result, name, &self->error);
    }
  answer (task, self, result >= 0);
}

static const GSockAddress *
current_address (Job *self)
{
  return gsock_candidates_get (&self->run.plan.remote, self->next);
}

/* What the class makes of connect, told not to wait; afterwards what the kernel made of it. */
static gboolean
ask_class (Job *self, GError **reason)
{
  GSockRun *run = &self->run;
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (run->socket);

  if (self->started)
    return gsock_socket_finish_connect (run->socket, FALSE, 0, NULL, reason);
  if (!self->full && !gsock_run_open (run, run->priv, current_address (self), reason))
    return FALSE;
  self->full = FALSE;
  return gsock_socket_answered (run->socket, klass->connect_to (run->socket, current_address (self), FALSE, 0, NULL, reason), "connect", reason);
}

/* Whether @reason is that it has to go on. */
static gboolean
is_under_way (Job *self, const GError *reason)
{
  self->started = g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
  self->full = g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK) && self->run.request->wait;
  return self->started || self->full;
}

static gssize
give_up (Job *self)
{
  g_autofree char *name = gsock_run_name_remote (&self->run);

  gsock_reasons_fail (&self->reasons, name, &self->error);
  return -GSOCK_E_KEPT;
}

/* One address after the other. */
static gssize
step_class (GSockOperation *operation, int fd, int flags)
{
  Job *self = (Job *) operation;
  GSockRun *run = &self->run;

  for (; self->next < run->plan.remote.n; self->next++)
    {
      g_autoptr (GError) reason = NULL;
      gboolean done = ask_class (self, &reason);

      if (!done && is_under_way (self, reason))
        {
          g_clear_error (&reason);
          if (run->request->wait)
            return -EAGAIN;
          done = TRUE;
        }
      if (done && gsock_run_settle (run, run->priv, current_address (self), &reason))
        return 0;
      gsock_run_take_back (run);
      if (run->plan.remote.n == 1 || gsock_handle_is_closed (&run->priv->handle))
        {
          self->error = g_steal_pointer (&reason);
          return -GSOCK_E_KEPT;
        }
      gsock_reasons_add (&self->reasons, current_address (self), reason);
    }
  return give_up (self);
}

static guint
collect_class (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  Job *self = (Job *) operation;

  *delay = self->full ? GSOCK_BACKLOG_PAUSE_MS / 1e3 : CLOSE_PAUSE_MS / 1e3;
  if (self->full)
    return 0;
  if (room > 0)
    awaited[0] = (GSockAwaited){ .fd = self->run.priv->handle.fd, .events = POLLOUT };
  return 1;
}

static void
finish_class (GTask *task, gssize result)
{
  Job *self = g_task_get_task_data (task);

  if (result < 0 && result != -GSOCK_E_KEPT)
    {
      GError *reason = NULL;

      gsock_run_take_back (&self->run);
      gsock_error_set (&reason, result, "connect", current_address (self));
      gsock_reasons_propagate (&self->reasons, reason, &self->error);
    }
  answer (task, self, result >= 0);
}

/* The race knows nothing of the object; whether that is closed is seen to here. */
static gssize
step_race_of_object (GSockOperation *operation, int fd, int flags)
{
  Job *self = (Job *) operation;

  if (gsock_handle_is_closed (&self->run.priv->handle))
    return -GSOCK_E_CLOSED;
  return self->race.operation.step (&self->race.operation, fd, flags);
}

static guint
collect_race_of_object (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  Job *self = (Job *) operation;
  guint n = self->race.operation.collect (&self->race.operation, awaited, room, delay);

  *delay = *delay < 0 ? CLOSE_PAUSE_MS / 1e3 : MIN (*delay, CLOSE_PAUSE_MS / 1e3);
  return n;
}

static void
connect_in_context (GTask *task, Job *self)
{
  gboolean specialised = gsock_run_is_specialised (&self->run);
  double left = gsock_patience_left (&self->run.patience);

  if (!specialised)
    {
      gsock_run_prepare_race (&self->run, &self->race);
      self->races = TRUE;
      self->operation = (GSockOperation){ .step = step_race_of_object, .collect = collect_race_of_object };
    }
  else
    self->operation = (GSockOperation){ .step = step_class, .collect = collect_class };
  gsock_async_run (task, NULL, &self->operation, TRUE, left, specialised ? finish_class : finish_race);
}

/* Without anybody to connect to nothing has to wait. */
static void
run_planned (GTask *task, Job *self)
{
  gsock_run_keep (&self->run);
  if (self->run.plan.remote.n > 0)
    connect_in_context (task, self);
  else
    answer_now (task, self, gsock_run_try (&self->run, &self->error));
}

static void
plan_in_thread (GTask *inner, gpointer source, gpointer task, GCancellable *cancellable)
{
  Job *self = g_task_get_task_data (task);

  g_task_return_boolean (inner, gsock_run_plan (&self->run, &self->error));
}

/* The thread may keep its task for a moment longer, but nothing of ours. */
static void
on_planned (GObject *source, GAsyncResult *result, gpointer unused)
{
  GTask *task = g_object_ref (g_task_get_task_data (G_TASK (result)));
  Job *self = g_task_get_task_data (task);

  g_task_set_task_data (G_TASK (result), NULL, NULL);
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    run_planned (task, self);
  else
    answer_now (task, self, FALSE);
}

static gboolean
is_literal (const char *host)
{
  GSockAddress ignored;

  return host == NULL || gsock_address_init_from_host (&ignored, host, 0, NULL);
}

static gboolean
asks_nobody (GSockRequest *request)
{
  return request->remote_connectable == NULL && request->remote_service == NULL && request->local_service == NULL
         && is_literal (request->remote_host) && is_literal (request->local_host) && is_literal (request->family_host);
}

static void
run_checked (GTask *task, Job *self)
{
  g_autoptr (GTask) inner = NULL;

  if (asks_nobody (self->run.request))
    {
      if (gsock_run_plan (&self->run, &self->error))
        run_planned (task, self);
      else
        answer_now (task, self, FALSE);
      return;
    }
  inner = g_task_new (NULL, g_task_get_cancellable (task), on_planned, NULL);
  g_task_set_check_cancellable (inner, FALSE);
  g_task_set_priority (inner, g_task_get_priority (task));
  g_task_set_task_data (inner, task, g_object_unref);
  g_task_run_in_thread (inner, plan_in_thread);
}

void
gsock_request_run_async (GSockRequest *request, GSockSocket *self, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->reasons = (GSockReasons) GSOCK_REASONS_INIT ("connect");
  gsock_run_init (&job->run, request, self, g_task_get_cancellable (task));
  job->run.priv->initialising = TRUE;
  g_task_set_task_data (task, job, job_free);
  if (gsock_run_check (&job->run, &job->error))
    run_checked (task, job);
  else
    answer_now (task, job, FALSE);
}
