/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator accept-connection without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-accept-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>

typedef struct
{
  GSockOperation operation;
  GSockPassiveSocket *socket; /* the task's source */
  GSockAcceptSpec spec;
  GSockActiveSocket *accepted;
  GError *error;
} Accept;

static void
accept_free (gpointer data)
{
  Accept *self = data;

  g_clear_object (&self->accepted);
  g_clear_error (&self->error);
  g_free (self);
}

static gssize
step_accept (GSockOperation *operation, int fd, int flags)
{
  Accept *self = (Accept *) operation;
  GError *error = NULL;

  self->accepted = gsock_accept_by_spec (self->socket, &self->spec, NULL, &error);
  return self->accepted != NULL ? 0 : gsock_async_judge (error, &self->error);
}

static void
finish (GTask *task, gssize result)
{
  Accept *self = g_task_get_task_data (task);

  if (result >= 0)
    g_task_return_pointer (task, g_steal_pointer (&self->accepted), g_object_unref);
  else
    {
      if (self->error == NULL)
        gsock_error_set (&self->error, result, "accept-connection", NULL);
      g_task_return_error (task, g_steal_pointer (&self->error));
    }
}

/**
 * gsock_passive_socket_accept_connection_async:
 * @self: a socket that listens
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Accepts a connection without blocking: the operator accept-connection. The callback is called in the
 * thread-default main context of the caller, once, and calls
 * [method@PassiveSocket.accept_connection_finish].
 *
 * The keywords are those of [method@PassiveSocket.accept_connection_with_keywords]. Closing the socket
 * ends it with `GSOCK_ERROR_CLOSED`. One that was cancelled has accepted nothing.
 *
 * Since: 1.0
 */
void
gsock_passive_socket_accept_connection_async (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;
  Accept *operation;
  GTask *task;

  g_return_if_fail (GSOCK_IS_PASSIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_passive_socket_accept_connection_async, priority, cancellable, callback, user_data);
  operation = g_new0 (Accept, 1);
  g_task_set_task_data (task, operation, accept_free);
  if (!gsock_keywords_parse_values (&gsock_accept_keywords, &spec, names, values, n_values, &operation->error)
      || (spec.external_format != NULL && !gsock_external_format_check (spec.external_format, &operation->error)))
    {
      finish (task, -EINVAL);
      g_object_unref (task);
      return;
    }
  operation->operation = (GSockOperation){ .step = step_accept, .events = POLLIN };
  operation->socket = self;
  operation->spec = spec;
  operation->spec.external_format = spec.external_format != NULL ? g_intern_string (spec.external_format) : NULL;
  operation->spec.wait = FALSE;
  gsock_async_run (task, GSOCK_SOCKET (self), &operation->operation, spec.wait, spec.timeout, finish);
}

/**
 * gsock_passive_socket_accept_connection_finish:
 * @self: a socket that listens
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives the new socket. The errors are those of
 * [method@PassiveSocket.accept_connection_with_keywords].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockActiveSocket *
gsock_passive_socket_accept_connection_finish (GSockPassiveSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self) && g_async_result_is_tagged (result, gsock_passive_socket_accept_connection_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
