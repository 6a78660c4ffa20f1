/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asynchronous operators that are made of the blocking ones. */

#include <gsock/gsock-attempt-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

static gssize
step_attempt (GSockOperation *operation, int fd, int flags)
{
  GSockAttempt *self = (GSockAttempt *) operation;
  GError *error = NULL;

  if (self->try (self, &error))
    return 0;
  return error != NULL ? gsock_async_judge (error, &self->error) : -EAGAIN;
}

static void
finish (GTask *task, gssize result)
{
  GSockAttempt *self = g_task_get_task_data (task);

  if (result < 0 && self->error == NULL)
    gsock_error_set (&self->error, result, self->name, NULL);
  self->answer (self, task, g_steal_pointer (&self->error));
}

static void
fail (GTask *task)
{
  finish (task, -GSOCK_E_KEPT);
  g_object_unref (task);
}

static void
run_now (GTask *task, GSockAttempt *self)
{
  self->operation.step = step_attempt;
  gsock_async_run (task, self->socket, &self->operation, self->wait, self->timeout, finish);
}

/* The time that this takes is the operator's. */
static void
prepare_in_thread (GTask *inner, gpointer source, gpointer data, GCancellable *cancellable)
{
  GSockAttempt *self = g_task_get_task_data (data);
  GSockPatience patience = GSOCK_PATIENCE_INIT (gsock_socket_effective_timeout (gsock_socket_get_private (self->socket), self->timeout), cancellable);
  gboolean prepared;

  (void) gsock_patience_left (&patience); /* it runs from here */
  prepared = self->prepare (self, &patience, &self->error);
  self->timeout = gsock_patience_left (&patience);
  g_task_return_boolean (inner, prepared);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer unused)
{
  GTask *task = g_object_ref (g_task_get_task_data (G_TASK (result)));

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    run_now (task, g_task_get_task_data (task));
  else
    fail (task);
}

void
gsock_attempt_run (GTask *task, GSockAttempt *self)
{
  g_autoptr (GTask) inner = NULL;

  if (self->error != NULL)
    fail (task);
  else if (self->prepare == NULL)
    run_now (task, self);
  else
    {
      inner = g_task_new (self->socket, g_task_get_cancellable (task), on_prepared, NULL);
      g_task_set_check_cancellable (inner, FALSE);
      g_task_set_priority (inner, g_task_get_priority (task));
      g_task_set_task_data (inner, task, g_object_unref);
      g_task_run_in_thread (inner, prepare_in_thread);
    }
}
