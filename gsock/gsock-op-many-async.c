/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-many and receive-many without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-destination-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-batch.h>

#include <poll.h>
#include <sys/socket.h>

typedef struct
{
  GSockAttempt attempt;
  GSockDestination destination;
  GSockBatch *batch;
  guint start, stop; /* of what is still to be sent */
  guint most;        /* to receive */
  gsize size;
  guint flags;
  gsize n;
} Many;

static void
many_free (gpointer data)
{
  Many *self = data;

  gsock_destination_clear (&self->destination);
  g_clear_pointer (&self->batch, gsock_batch_unref);
  g_clear_error (&self->attempt.error);
  g_free (self);
}

/* What went, or came, is told; what stopped it will be met again. */
static void
answer (GSockAttempt *attempt, GTask *task, GError *error)
{
  gsize n = ((Many *) attempt)->n;

  if (error == NULL || n > 0)
    {
      g_clear_error (&error);
      g_task_return_int (task, n);
    }
  else
    g_task_return_error (task, error);
}

static Many *
new_many (GTask *task, GSockSocket *socket, GSockBatch *batch, const char *name, gboolean (*try) (GSockAttempt *, GError **))
{
  Many *self = g_new0 (Many, 1);

  self->attempt = (GSockAttempt){ .name = name, .socket = socket, .try = try, .answer = answer };
  if (batch != NULL)
    self->batch = gsock_batch_ref (batch);
  else
    gsock_error_literal (&self->attempt.error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: there is no batch", name);
  g_task_set_task_data (task, self, many_free);
  return self;
}

static gboolean
try_send (GSockAttempt *attempt, GError **error)
{
  Many *self = (Many *) attempt;
  gssize n = gsock_socket_send_many_direct (attempt->socket, self->batch, self->start, self->stop, gsock_destination_get (&self->destination),
                                            self->flags, FALSE, 0, NULL, error);

  if (n < 0)
    return FALSE;
  self->n += n;
  self->start += n;
  return self->start == self->stop;
}

/**
 * gsock_socket_send_many_async:
 * @self: a socket
 * @batch: the datagrams
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends many datagrams without blocking: the operator send-many. The callback is called in the
 * thread-default main context of the caller, once, and calls [method@Socket.send_many_finish]. The batch is
 * not to be changed before.
 *
 * The keywords are those of [method@Socket.send_many_with_keywords]. A name is looked up in a thread.
 * Closing the socket ends it, with `GSOCK_ERROR_CLOSED` where nothing had been sent.
 *
 * Since: 1.0
 */
void
gsock_socket_send_many_async (GSockSocket *self, GSockBatch *batch, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  Many *many;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_many_async, priority, cancellable, callback, user_data);
  many = new_many (task, self, batch, "send-many", try_send);
  if (batch != NULL && gsock_keywords_parse_values (&gsock_send_many_keywords, &spec, names, values, n_values, &many->attempt.error))
    {
      many->start = spec.start;
      many->stop = spec.end < 0 ? gsock_batch_get_count (batch) : (guint) spec.end;
      many->flags = spec.flags;
      gsock_destination_take (&many->destination, &many->attempt, &spec);
    }
  gsock_attempt_run (task, &many->attempt);
}

/**
 * gsock_socket_send_many_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how many datagrams were sent. The errors are those of
 * [method@Socket.send_many_with_keywords].
 *
 * Returns: how many were sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_many_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_many_async, error))
    return -1;
  return g_task_propagate_int (G_TASK (result), error);
}

static gboolean
try_receive (GSockAttempt *attempt, GError **error)
{
  Many *self = (Many *) attempt;
  gssize n = gsock_socket_receive_many_direct (attempt->socket, self->batch, self->most, self->size, self->flags, FALSE, 0, NULL, error);

  if (n >= 0)
    self->n = n;
  return n >= 0;
}

/**
 * gsock_socket_receive_many_async:
 * @self: a socket
 * @batch: the batch to fill; what was in it goes
 * @most: how many datagrams at most
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives what has arrived, as soon as there is one datagram, without blocking: the operator
 * receive-many. The callback is called in the thread-default main context of the caller, once, and calls
 * [method@Socket.receive_many_finish]. The batch is not to be used before.
 *
 * The keywords are those of [method@Socket.receive_many_with_keywords]. Closing the socket ends it with
 * `GSOCK_ERROR_CLOSED`. One that was cancelled has received nothing.
 *
 * Since: 1.0
 */
void
gsock_socket_receive_many_async (GSockSocket *self, GSockBatch *batch, guint most, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;
  Many *many;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_receive_many_async, priority, cancellable, callback, user_data);
  many = new_many (task, self, batch, "receive-many", try_receive);
  if (batch != NULL && gsock_keywords_parse_values (&gsock_receive_many_keywords, &spec, names, values, n_values, &many->attempt.error))
    {
      many->most = most;
      many->size = spec.size;
      many->flags = spec.flags;
      many->attempt.operation.events = POLLIN;
      many->attempt.wait = spec.wait && (spec.flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0;
      many->attempt.timeout = spec.timeout;
    }
  gsock_attempt_run (task, &many->attempt);
}

/**
 * gsock_socket_receive_many_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how many datagrams are in the batch. The errors are those of
 * [method@Socket.receive_many_with_keywords].
 *
 * Returns: how many were received, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_many_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_receive_many_async, error))
    return -1;
  return g_task_propagate_int (G_TASK (result), error);
}
