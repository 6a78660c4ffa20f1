/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-from without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

typedef struct
{
  GSockOperation operation;
  GSockSocket *socket; /* the task's source */
  gsize size;
  GSockMessageFlags flags;
  GSockReceived received;
  GBytes *bytes;
  GError *error;
} Receive;

static void
receive_free (gpointer data)
{
  Receive *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* The room is made for each try, so that who waits, as most do, keeps none. */
static gssize
step_own (GSockOperation *operation, int fd, int flags)
{
  Receive *self = (Receive *) operation;
  guint8 *buffer = g_try_malloc (MAX (self->size, 1));
  gssize n = buffer != NULL ? gsock_receive_try (self->socket, buffer, self->size, self->flags, &self->received) : -ENOMEM;

  if (n < 0)
    g_free (buffer);
  else
    self->bytes = g_bytes_new_take (buffer, n);
  return n;
}

/* What a subclass has made of the operator is tried likewise. */
static gssize
step_by_method (GSockOperation *operation, int fd, int flags)
{
  Receive *self = (Receive *) operation;
  g_autoptr (GSockAddress) sender = NULL;
  GError *error = NULL;

  self->bytes = gsock_socket_receive_bytes (self->socket, self->size, self->flags, FALSE, 0, &sender, &self->received.flags,
                                            &self->received.full_length, NULL, &error);
  if (self->bytes == NULL)
    return gsock_async_judge (error, &self->error);
  if (sender != NULL)
    self->received.sender = *sender;
  return 0;
}

static void
finish (GTask *task, gssize result)
{
  Receive *self = g_task_get_task_data (task);

  if (result >= 0)
    g_task_return_pointer (task, g_steal_pointer (&self->bytes), (GDestroyNotify) g_bytes_unref);
  else
    {
      if (self->error == NULL)
        gsock_set_receive_error (&self->error, "receive-from", result, gsock_socket_get_handle (self->socket));
      g_task_return_error (task, g_steal_pointer (&self->error));
    }
}

static void
receive_async (GTask *task, GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout)
{
  Receive *self = g_new0 (Receive, 1);
  gboolean own = GSOCK_SOCKET_GET_CLASS (socket)->receive_from == gsock_socket_real_receive_from;
  GError *error = NULL;

  self->operation = (GSockOperation){ .step = own ? step_own : step_by_method, .events = gsock_receive_events (flags) };
  self->socket = socket;
  self->size = size;
  self->flags = flags & ~(guint) GSOCK_MESSAGE_FLAGS_WAIT_ALL;
  g_task_set_task_data (task, self, receive_free);
  if (!gsock_message_flags_check ("receive-from", flags, GSOCK_FLAG_RECEIVE, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  gsock_async_run (task, socket, &self->operation, wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0, timeout, finish);
}

/**
 * gsock_socket_receive_bytes_async:
 * @self: a socket
 * @size: the most bytes to receive
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives without blocking, with fixed arguments: for hot loops. It ends with
 * [method@Socket.receive_from_finish].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_bytes_async (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  receive_async (gsock_async_task (self, gsock_socket_receive_from_async, priority, cancellable, callback, user_data),
                 self, size, flags, wait, timeout);
}

/**
 * gsock_socket_receive_from_async:
 * @self: a socket
 * @size: the most bytes to receive
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives a datagram, or what a stream has, without blocking: the operator receive-from. The callback
 * is called in the thread-default main context of the caller, once, and calls
 * [method@Socket.receive_from_finish].
 *
 * The keywords are those of [method@Socket.receive_from_with_keywords], but `wait-all` does nothing here.
 * Closing the socket ends it with `GSOCK_ERROR_CLOSED`. One that was cancelled has received nothing.
 *
 * Since: 1.0
 */
void
gsock_socket_receive_from_async (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockReceiveSpec spec = GSOCK_RECEIVE_SPEC_INIT;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_receive_from_async, priority, cancellable, callback, user_data);
  if (gsock_keywords_parse_values (&gsock_receive_keywords, &spec, names, values, n_values, &error)
      && gsock_check_range ("receive-from", spec.start, spec.end, size, &size, &error))
    receive_async (task, self, size, spec.flags, spec.wait, spec.timeout);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

/**
 * gsock_socket_receive_from_finish:
 * @self: a socket
 * @result: what the callback was given
 * @sender: (out) (optional) (nullable) (transfer full): whom it came from; %NULL where that has no
 *   name, and on a stream
 * @received_flags: (out) (optional): what the kernel says of the message
 * @full_length: (out) (optional): how many bytes the datagram had
 * @error: return location for an error
 *
 * Tells what was received. The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Returns: (transfer full): the bytes, none at the end of a stream
 *
 * Since: 1.0
 */
GBytes *
gsock_socket_receive_from_finish (GSockSocket *self, GAsyncResult *result, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GError **error)
{
  const GSockReceived *received;
  GBytes *bytes;

  g_return_val_if_fail (g_task_is_valid (result, self) && g_async_result_is_tagged (result, gsock_socket_receive_from_async), NULL);

  bytes = g_task_propagate_pointer (G_TASK (result), error);
  if (bytes == NULL)
    return NULL;
  received = &((Receive *) g_task_get_task_data (G_TASK (result)))->received;
  if (sender != NULL)
    *sender = received->sender.length > 0 ? gsock_address_copy (&received->sender) : NULL;
  if (received_flags != NULL)
    *received_flags = received->flags;
  if (full_length != NULL)
    *full_length = received->full_length;
  return bytes;
}
