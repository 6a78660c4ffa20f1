/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator connect without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-attempt-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-op-connect-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-reasons-private.h>
#include <gsock/gsock-socket-private.h>

#include <poll.h>

typedef struct
{
  GSockAttempt attempt;
  GSockConnectSpec spec;
  GSockAddress address; /* of length 0: the keywords tell it */
  char *host, *service, *filename;
  GPtrArray *addresses;
  guint next;
  gboolean started;
  GSockReasons reasons;
} Connect;

static void
connect_free (gpointer data)
{
  Connect *self = data;

  g_free (self->host);
  g_free (self->service);
  g_free (self->filename);
  g_clear_object (&self->spec.connectable);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  gsock_reasons_clear (&self->reasons);
  g_clear_error (&self->attempt.error);
  g_free (self);
}

static gboolean
find_addresses (GSockAttempt *attempt, GSockPatience *patience, GError **error)
{
  Connect *self = (Connect *) attempt;

  self->addresses = gsock_connect_find (attempt->socket, self->address.length > 0 ? &self->address : NULL, &self->spec, patience, error);
  return self->addresses != NULL;
}

static gboolean
is_under_way (GError **reason)
{
  if (!g_error_matches (*reason, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_IN_PROGRESS))
    return FALSE;
  g_clear_error (reason);
  return TRUE;
}

/* A local listener's full backlog shows in no poll. */
static guint
collect_pause (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  *delay = GSOCK_BACKLOG_PAUSE_MS / 1e3;
  return 0;
}

static gboolean
try_address (Connect *self, const GSockAddress *address, GError **reason)
{
  GSockSocket *socket = self->attempt.socket;

  if (self->started)
    return gsock_socket_finish_connect (socket, FALSE, 0, NULL, reason);
  self->started = TRUE;
  return gsock_socket_connect_direct (socket, address, FALSE, 0, NULL, reason);
}

/* Whether there is nothing more to be tried. */
static gboolean
judge (Connect *self, const GSockAddress *address, GError *reason, GError **error)
{
  gboolean full = g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK);

  self->started = FALSE;
  self->attempt.operation.collect = full ? collect_pause : NULL;
  if (full)
    {
      g_error_free (reason);
      return TRUE;
    }
  if (gsock_connect_is_last (self->attempt.socket, self->addresses, reason))
    {
      gsock_reasons_propagate (&self->reasons, reason, error);
      return TRUE;
    }
  gsock_reasons_add (&self->reasons, address, reason);
  g_error_free (reason);
  self->next++;
  return FALSE;
}

static gboolean
fail_with_reasons (Connect *self, GError **error)
{
  g_autofree char *name = gsock_connect_name (&self->spec);

  return gsock_reasons_fail (&self->reasons, name, error);
}

/* One address after the other. */
static gboolean
try_connect (GSockAttempt *attempt, GError **error)
{
  Connect *self = (Connect *) attempt;

  while (self->next < self->addresses->len)
    {
      const GSockAddress *address = g_ptr_array_index (self->addresses, self->next);
      GError *reason = NULL;

      if (try_address (self, address, &reason))
        return TRUE;
      if (is_under_way (&reason) || judge (self, address, reason, error))
        return FALSE;
    }
  return fail_with_reasons (self, error);
}

static void
answer (GSockAttempt *attempt, GTask *task, GError *error)
{
  /* Nobody waited for what the kernel goes on with. */
  if (((Connect *) attempt)->started && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    error->code = GSOCK_ERROR_CONNECTION_IN_PROGRESS;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* What the caller's keywords point at has to last longer than the call. */
static void
take_spec (Connect *self, const GSockConnectSpec *spec)
{
  self->attempt.wait = spec->wait;
  self->attempt.timeout = spec->timeout;
  self->spec = *spec;
  self->spec.host = self->host = g_strdup (spec->host);
  self->spec.service = self->service = g_strdup (spec->service);
  self->spec.filename = self->filename = g_strdup (spec->filename);
  if (spec->connectable != NULL)
    self->spec.connectable = g_object_ref (spec->connectable);
}

/* @address, which may be NULL, and the keywords are what the caller's were. */
static void
connect_async (GTask *task, GSockSocket *self, const GSockAddress *address, const GSockConnectSpec *spec, GError *error)
{
  GSockPatience none = GSOCK_PATIENCE_INIT (-1, NULL);
  gboolean look_up = spec->host != NULL || spec->connectable != NULL;
  Connect *connect = g_new0 (Connect, 1);

  connect->attempt = (GSockAttempt){
    .operation.events = POLLOUT, .name = "connect", .socket = self, .try = try_connect, .answer = answer, .error = error,
  };
  connect->reasons = (GSockReasons) GSOCK_REASONS_INIT ("connect");
  g_task_set_task_data (task, connect, connect_free);
  if (address != NULL)
    connect->address = *address;
  if (error == NULL && gsock_connect_check (self, address, spec, &connect->attempt.error))
    take_spec (connect, spec);
  if (look_up)
    connect->attempt.prepare = find_addresses;
  else if (connect->attempt.error == NULL)
    find_addresses (&connect->attempt, &none, &connect->attempt.error);
  gsock_attempt_run (task, &connect->attempt);
}

/**
 * gsock_socket_connect_direct_async:
 * @self: a socket
 * @address: the remote address
 * @wait: whether to wait
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Connects the socket without blocking, with fixed arguments; see [method@Socket.connect_to_async]. It
 * ends with [method@Socket.connect_to_finish].
 *
 * Since: 1.0
 */
void
gsock_socket_connect_direct_async (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockConnectSpec spec = GSOCK_CONNECT_SPEC_INIT;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  spec.wait = wait;
  spec.timeout = timeout;
  connect_async (gsock_async_task (self, gsock_socket_connect_to_async, priority, cancellable, callback, user_data),
                 self, address, &spec, NULL);
}

/**
 * gsock_socket_connect_to_async:
 * @self: a socket
 * @address: (nullable): the remote address, or %NULL where the keywords tell it
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Connects the socket without blocking: the operator connect. The callback is called in the
 * thread-default main context of the caller, once, and calls [method@Socket.connect_to_finish].
 *
 * The keywords are those of [method@Socket.connect_to]. A name is looked up in a thread. Closing the
 * socket ends it with `GSOCK_ERROR_CLOSED`. Where it was cancelled, or its time was up, the kernel may go
 * on with a connection that was started: [method@Socket.finish_connect] tells the outcome.
 *
 * Since: 1.0
 */
void
gsock_socket_connect_to_async (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockConnectSpec spec = GSOCK_CONNECT_SPEC_INIT;
  GError *error = NULL;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  gsock_keywords_parse_values (&gsock_connect_keywords, &spec, names, values, n_values, &error);
  connect_async (gsock_async_task (self, gsock_socket_connect_to_async, priority, cancellable, callback, user_data),
                 self, address, &spec, error);
}

/**
 * gsock_socket_connect_to_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@Socket.connect_to].
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_connect_to_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_connect_to_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}
