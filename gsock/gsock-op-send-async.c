/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-to without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>

typedef struct
{
  GSockOperation operation;
  GSockSocket *socket; /* the task's source */
  GBytes *data;
  gsize start, end;    /* of what is still to be sent */
  gsize sent;
  GSockAddress destination;
  GSockMessageFlags flags;
  GError *error;
} Send;

static void
send_free (gpointer data)
{
  Send *self = data;

  g_bytes_unref (self->data);
  g_clear_error (&self->error);
  g_free (self);
}

static const GSockAddress *
get_destination (const Send *self)
{
  return self->destination.length > 0 ? &self->destination : NULL;
}

/* A stream takes what it has room for, a datagram goes as a whole. */
static gssize
count_sent (Send *self, gssize n)
{
  if (n < 0)
    return n;
  self->sent += n;
  self->start += n;
  return self->start < self->end && gsock_socket_native_type (self->socket) == SOCK_STREAM ? -EAGAIN : 0;
}

static gssize
step_own (GSockOperation *operation, int fd, int flags)
{
  Send *self = (Send *) operation;
  const guint8 *buffer = g_bytes_get_data (self->data, NULL);

  return count_sent (self, gsock_send_try (self->socket, buffer + self->start, self->end - self->start, get_destination (self), self->flags));
}

static gssize
step_by_method (GSockOperation *operation, int fd, int flags)
{
  Send *self = (Send *) operation;
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (self->data, self->start, self->end - self->start);
  GError *error = NULL;
  gssize n = gsock_socket_send_bytes (self->socket, rest, get_destination (self), self->flags, FALSE, 0, NULL, &error);

  return n < 0 ? gsock_async_judge (error, &self->error) : count_sent (self, n);
}

/* A full queue of a local receiver shows in no poll of the sender. */
static guint
collect_local (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  *delay = 0.001;
  return 0;
}

/* What went is told; what stopped it will be met again. */
static void
finish (GTask *task, gssize result)
{
  Send *self = g_task_get_task_data (task);

  if (result >= 0 || self->sent > 0)
    g_task_return_int (task, self->sent);
  else
    {
      if (self->error == NULL)
        gsock_set_send_error (&self->error, "send-to", result, gsock_socket_get_handle (self->socket), get_destination (self));
      g_task_return_error (task, g_steal_pointer (&self->error));
    }
}

static void
send_async (GTask *task, GSockSocket *socket, GBytes *data, gsize start, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout)
{
  Send *self = g_new0 (Send, 1);
  gboolean own = GSOCK_SOCKET_GET_CLASS (socket)->send_to == gsock_socket_real_send_to;
  GError *error = NULL;

  self->operation = (GSockOperation){ .step = own ? step_own : step_by_method, .events = POLLOUT };
  if (destination != NULL)
    {
      self->destination = *destination;
      if (gsock_address_family_number (destination) == AF_UNIX && gsock_socket_native_type (socket) == SOCK_DGRAM)
        self->operation.collect = collect_local;
    }
  self->socket = socket;
  self->data = g_bytes_ref (data);
  self->start = start;
  self->end = start + length;
  self->flags = flags;
  g_task_set_task_data (task, self, send_free);
  if (!gsock_message_flags_check ("send-to", flags, GSOCK_FLAG_SEND, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  gsock_async_run (task, socket, &self->operation, wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0, timeout, finish);
}

static void
return_error (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static gboolean
check_data (GBytes *data, GError **error)
{
  return data != NULL || gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-to: there is no buffer");
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
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_to_async, priority, cancellable, callback, user_data);
  if (check_data (data, &error))
    send_async (task, self, data, 0, g_bytes_get_size (data), destination, flags, wait, timeout);
  else
    return_error (task, error);
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
 * The keywords are those of [method@Socket.send_to_with_keywords]; a name of a host is looked up before
 * the call returns, an address is not. Closing the socket ends it with `GSOCK_ERROR_CLOSED`. One that
 * was cancelled has sent nothing of a datagram, and of a stream what its count tells.
 *
 * Since: 1.0
 */
void
gsock_socket_send_to_async (GSockSocket *self, GBytes *data, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  const GSockAddress *destination;
  GSockAddress room;
  GError *error = NULL;
  GTask *task;
  gsize size;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_to_async, priority, cancellable, callback, user_data);
  if (check_data (data, &error) && gsock_keywords_parse_values (&gsock_send_keywords, &spec, names, values, n_values, &error)
      && gsock_check_range ("send-to", spec.start, spec.end, g_bytes_get_size (data), &size, &error)
      && gsock_send_destination (self, "send-to", &spec, &room, &destination, cancellable, &error))
    send_async (task, self, data, spec.start, size, destination, spec.flags, spec.wait, spec.timeout);
  else
    return_error (task, error);
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
