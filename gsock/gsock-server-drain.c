/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a server: nobody new, and those who are there may finish. */

#include <gsock/gsock-server-private.h>

#include <gsock/gsock-async-private.h>

#include <math.h>

void
gsock_server_finish_drains (GSockServer *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->drains)) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static gboolean
on_drain_over (GTask *task, GError *error)
{
  GSockServer *self = g_task_get_source_object (task);

  if (!g_queue_remove (&self->drains, task))
    {
      g_error_free (error);
      return G_SOURCE_REMOVE;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_drain_late (gpointer task)
{
  GSockServer *self = g_task_get_source_object (task);

  return on_drain_over (task, g_error_new (GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT, "drain: %u connections are still open",
                                           gsock_server_get_n_connections (self)));
}

static gboolean
on_drain_cancelled (GCancellable *cancellable, gpointer task)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  return on_drain_over (task, error);
}

static void
destroy_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

/* The task has the source, which ends with it. */
static void
attach_for (GTask *task, const char *name, GSource *source, GSourceFunc function)
{
  g_source_set_callback (source, function, task, NULL);
  g_source_attach (source, g_task_get_context (task));
  g_object_set_data_full (G_OBJECT (task), name, source, destroy_source);
}

static void
await_drain (GSockServer *self, GTask *task, double timeout)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_queue_push_tail (&self->drains, task);
  if (timeout >= 0)
    attach_for (task, "late", g_timeout_source_new ((guint) fmin (ceil (timeout * 1000), G_MAXINT)), on_drain_late);
  if (cancellable != NULL)
    attach_for (task, "cancelled", g_cancellable_source_new (cancellable), (GSourceFunc) (gpointer) on_drain_cancelled);
}

/**
 * gsock_server_drain_async:
 * @self: a server
 * @timeout: seconds, or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when no connection is open any more
 * @user_data: what to give it
 *
 * Accepts who is in the queue already, then stops, and waits until every connection is closed. To lose
 * nobody who comes later hand the listener to a successor before, and close it afterwards.
 *
 * Since: 1.0
 */
void
gsock_server_drain_async (GSockServer *self, double timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_SERVER (self));

  task = gsock_async_task (self, gsock_server_drain_async, G_PRIORITY_DEFAULT, cancellable, callback, user_data);
  gsock_server_accept_all (self);
  gsock_server_stop (self);
  if (gsock_seats_count (self->seats) > 0)
    {
      await_drain (self, task, timeout);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * gsock_server_drain_finish:
 * @self: a server
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells whether every connection is closed.
 *
 * Errors: `GSOCK_ERROR_TIMED_OUT` and %G_IO_ERROR_CANCELLED; [property@Server:n-connections] tells how many
 * are open then.
 *
 * Returns: whether none is open
 *
 * Since: 1.0
 */
gboolean
gsock_server_drain_finish (GSockServer *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_server_drain_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}
