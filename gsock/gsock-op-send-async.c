/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-to without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-destination-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

typedef struct
{
  GSockAttempt attempt;
  GSockDestination destination;
  GBytes *data;
  gsize start, end; /* of what is still to be sent */
  gsize sent;
  guint flags;
} Send;

static void
send_free (gpointer data)
{
  Send *self = data;

  gsock_destination_clear (&self->destination);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_error (&self->attempt.error);
  g_free (self);
}

/* Once; what is not ready is no error that would have to be made. */
static gssize
send_own (Send *self, GError **error)
{
  GSockSocket *socket = self->attempt.socket;
  const GSockAddress *destination = gsock_destination_get (&self->destination);
  const guint8 *buffer = g_bytes_get_data (self->data, NULL);
  gssize n = gsock_send_try (socket, buffer + self->start, self->end - self->start, destination, self->flags);

  if (n < 0 && n != -EAGAIN)
    gsock_set_send_error (error, "send-to", n, gsock_socket_get_handle (socket), destination);
  return n;
}

static gssize
send_by_method (Send *self, GError **error)
{
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (self->data, self->start, self->end - self->start);

  return gsock_socket_send_bytes (self->attempt.socket, rest, gsock_destination_get (&self->destination), self->flags, FALSE, 0, NULL, error);
}

/* A stream takes what it has room for, a datagram goes as a whole. */
static gboolean
try_send (GSockAttempt *attempt, GError **error)
{
  Send *self = (Send *) attempt;
  gboolean own = GSOCK_SOCKET_GET_CLASS (attempt->socket)->send_to == gsock_socket_real_send_to;
  gssize n = own ? send_own (self, error) : send_by_method (self, error);

  if (n < 0)
    return FALSE;
  self->sent += n;
  self->start += n;
  return self->start == self->end || gsock_socket_native_type (attempt->socket) != SOCK_STREAM;
}

/* What went is told; what stopped it will be met again. */
static void
answer (GSockAttempt *attempt, GTask *task, GError *error)
{
  gsize sent = ((Send *) attempt)->sent;

  if (error == NULL || sent > 0)
    {
      g_clear_error (&error);
      g_task_return_int (task, sent);
    }
  else
    g_task_return_error (task, error);
}

static void
send_async (GTask *task, GSockSocket *socket, GBytes *data, const GSockSendSpec *spec, GError *failure)
{
  Send *self = g_new0 (Send, 1);
  gsize length = data != NULL ? g_bytes_get_size (data) : 0;
  gsize size;

  self->attempt = (GSockAttempt){ .name = "send-to", .socket = socket, .try = try_send, .answer = answer, .error = failure };
  g_task_set_task_data (task, self, send_free);
  if (failure == NULL && data == NULL)
    gsock_error_literal (&self->attempt.error, GSOCK_ERROR_INVALID_ARGUMENT, "send-to: there is no buffer");
  if (self->attempt.error == NULL && gsock_check_range ("send-to", spec->start, spec->end, length, &size, &self->attempt.error)
      && gsock_message_flags_check ("send-to", spec->flags, GSOCK_FLAG_SEND, &self->attempt.error))
    {
      self->data = g_bytes_ref (data);
      self->start = spec->start;
      self->end = spec->start + size;
      self->flags = spec->flags;
      gsock_destination_take (&self->destination, &self->attempt, spec);
    }
  gsock_attempt_run (task, &self->attempt);
}

/**
 * gsock_socket_send_bytes_async:
 * @self: a socket
 * @data: the bytes to send
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends without blocking, with fixed arguments: for hot loops. It ends with
 * [method@Socket.send_to_finish].
 *
 * Since: 1.0
 */
void
gsock_socket_send_bytes_async (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  spec.flags = flags;
  spec.wait = wait;
  spec.timeout = timeout;
  if (destination != NULL)
    {
      spec.address = *destination;
      spec.given = 1u << GSOCK_SEND_ADDRESS;
    }
  send_async (gsock_async_task (self, gsock_socket_send_to_async, priority, cancellable, callback, user_data), self, data, &spec, NULL);
}

/**
 * gsock_socket_send_to_async:
 * @self: a socket
 * @data: the bytes to send
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends bytes to the peer or to a destination without blocking: the operator send-to. The callback is
 * called in the thread-default main context of the caller, once, and calls
 * [method@Socket.send_to_finish].
 *
 * The keywords are those of [method@Socket.send_to_with_keywords]; a name of a host is looked up in a
 * thread. Closing the socket ends it with `GSOCK_ERROR_CLOSED`. One that
 * was cancelled has sent nothing of a datagram, and of a stream what its count tells.
 *
 * Since: 1.0
 */
void
gsock_socket_send_to_async (GSockSocket *self, GBytes *data, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  GError *error = NULL;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  (void) gsock_keywords_parse_values (&gsock_send_keywords, &spec, names, values, n_values, &error);
  send_async (gsock_async_task (self, gsock_socket_send_to_async, priority, cancellable, callback, user_data), self, data, &spec, error);
}

/**
 * gsock_socket_send_to_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how much was sent. The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_to_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self) && g_async_result_is_tagged (result, gsock_socket_send_to_async), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
