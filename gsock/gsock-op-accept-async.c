/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator accept-connection without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-attempt-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-accept-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <poll.h>

typedef struct
{
  GSockAttempt attempt;
  GSockAcceptSpec spec;
  GSockActiveSocket *accepted;
} Accept;

static void
accept_free (gpointer data)
{
  Accept *self = data;

  g_clear_object (&self->accepted);
  g_clear_error (&self->attempt.error);
  g_free (self);
}

static gboolean
try_accept (GSockAttempt *attempt, GError **error)
{
  Accept *self = (Accept *) attempt;

  self->accepted = gsock_accept_by_spec (GSOCK_PASSIVE_SOCKET (attempt->socket), &self->spec, NULL, error);
  return self->accepted != NULL;
}

static void
answer (GSockAttempt *attempt, GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&((Accept *) attempt)->accepted), g_object_unref);
}

/* The format has to last longer than the caller's name of it. */
static void
take_spec (Accept *self, const GSockAcceptSpec *spec)
{
  self->attempt.wait = spec->wait;
  self->attempt.timeout = spec->timeout;
  self->spec = *spec;
  self->spec.external_format = g_intern_string (spec->external_format);
  self->spec.wait = FALSE;
}

static void
accept_async (GTask *task, GSockPassiveSocket *self, const GSockAcceptSpec *spec, GError *error)
{
  Accept *accept = g_new0 (Accept, 1);

  accept->attempt = (GSockAttempt){
    .operation.events = POLLIN, .name = "accept-connection", .socket = GSOCK_SOCKET (self), .try = try_accept, .answer = answer, .error = error,
  };
  g_task_set_task_data (task, accept, accept_free);
  if (error == NULL)
    take_spec (accept, spec);
  gsock_attempt_run (task, &accept->attempt);
}

/**
 * gsock_passive_socket_accept_connection_direct_async:
 * @self: a socket that listens
 * @wait: whether to wait
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Accepts a connection without blocking, with fixed arguments; see
 * [method@PassiveSocket.accept_connection_async]. It ends with
 * [method@PassiveSocket.accept_connection_finish].
 *
 * Since: 1.0
 */
void
gsock_passive_socket_accept_connection_direct_async (GSockPassiveSocket *self, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;

  g_return_if_fail (GSOCK_IS_PASSIVE_SOCKET (self));

  spec.wait = wait;
  spec.timeout = timeout;
  accept_async (gsock_async_task (self, gsock_passive_socket_accept_connection_async, priority, cancellable, callback, user_data),
                self, &spec, NULL);
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
  GError *error = NULL;

  g_return_if_fail (GSOCK_IS_PASSIVE_SOCKET (self));

  if (gsock_keywords_parse_values (&gsock_accept_keywords, &spec, names, values, n_values, &error) && spec.external_format != NULL)
    gsock_external_format_check (spec.external_format, &error);
  accept_async (gsock_async_task (self, gsock_passive_socket_accept_connection_async, priority, cancellable, callback, user_data),
                self, &spec, error);
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
  if (!gsock_async_check (result, self, gsock_passive_socket_accept_connection_async, error))
    return NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}
