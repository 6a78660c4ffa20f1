/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-message and receive-message without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-destination-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-message.h>
#include <gsock/gsock-socket-private.h>

typedef struct
{
  GSockAttempt attempt;
  GSockDestination destination;
  GSockMessage *message; /* to send; what is left of it */
  gsize sent;
  gsize size;            /* to receive */
  guint flags;
  GSockMessage *received;
} Message;

static void
message_free (gpointer data)
{
  Message *self = data;

  gsock_destination_clear (&self->destination);
  g_clear_pointer (&self->message, gsock_message_unref);
  g_clear_pointer (&self->received, gsock_message_unref);
  g_clear_error (&self->attempt.error);
  g_free (self);
}

static Message *
new_message (GTask *task, GSockSocket *socket, const char *name, gboolean (*try) (GSockAttempt *, GError **), void (*answer) (GSockAttempt *, GTask *, GError *))
{
  Message *self = g_new0 (Message, 1);

  self->attempt = (GSockAttempt){ .name = name, .socket = socket, .try = try, .answer = answer };
  g_task_set_task_data (task, self, message_free);
  return self;
}

/* What is left of a stream's message goes as bytes: the ancillary data went with the first of them. */
static void
keep_rest (Message *self, gsize n)
{
  g_autoptr (GBytes) all = gsock_message_get_bytes (self->message);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (all, n, g_bytes_get_size (all) - n);

  gsock_message_unref (self->message);
  self->message = gsock_message_new ();
  gsock_message_add_bytes (self->message, rest);
}

static gboolean
try_send (GSockAttempt *attempt, GError **error)
{
  Message *self = (Message *) attempt;
  gsize length = gsock_message_get_length (self->message);
  gssize n = gsock_send_message_to (attempt->socket, self->message, gsock_destination_get (&self->destination), self->flags, FALSE, 0, NULL, error);

  if (n < 0)
    return FALSE;
  self->sent += n;
  if ((gsize) n == length || gsock_socket_native_type (attempt->socket) != SOCK_STREAM)
    return TRUE;
  keep_rest (self, n);
  return FALSE;
}

/* What went is told; what stopped it will be met again. */
static void
answer_send (GSockAttempt *attempt, GTask *task, GError *error)
{
  gsize sent = ((Message *) attempt)->sent;

  if (error == NULL || sent > 0)
    {
      g_clear_error (&error);
      g_task_return_int (task, sent);
    }
  else
    g_task_return_error (task, error);
}

/**
 * gsock_socket_send_message_async:
 * @self: a socket
 * @message: the message
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends a message without blocking: the operator send-message. The callback is called in the
 * thread-default main context of the caller, once, and calls [method@Socket.send_message_finish]. The
 * message is not to be changed before.
 *
 * The keywords are those of [method@Socket.send_message_with_keywords]. A name is looked up in a thread.
 * Closing the socket ends it with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_socket_send_message_async (GSockSocket *self, GSockMessage *message, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  Message *send;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_message_async, priority, cancellable, callback, user_data);
  send = new_message (task, self, "send-message", try_send, answer_send);
  if (message == NULL)
    gsock_error_literal (&send->attempt.error, GSOCK_ERROR_INVALID_ARGUMENT, "send-message: there is no message");
  else if (gsock_keywords_parse_values (&gsock_send_message_keywords, &spec, names, values, n_values, &send->attempt.error))
    {
      send->message = gsock_message_ref (message);
      send->flags = spec.flags;
      gsock_destination_take (&send->destination, &send->attempt, &spec);
    }
  gsock_attempt_run (task, &send->attempt);
}

/**
 * gsock_socket_send_message_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how much was sent. The errors are those of [method@Socket.send_message_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_message_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_message_async, error))
    return -1;
  return g_task_propagate_int (G_TASK (result), error);
}

static gboolean
try_receive (GSockAttempt *attempt, GError **error)
{
  Message *self = (Message *) attempt;

  self->received = gsock_socket_receive_message_direct (attempt->socket, self->size, self->flags, FALSE, 0, NULL, error);
  return self->received != NULL;
}

static void
answer_receive (GSockAttempt *attempt, GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&((Message *) attempt)->received), (GDestroyNotify) gsock_message_unref);
}

/**
 * gsock_socket_receive_message_async:
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
 * Receives a message without blocking: the operator receive-message. The callback is called in the
 * thread-default main context of the caller, once, and calls
 * [method@Socket.receive_message_finish].
 *
 * The keywords are those of [method@Socket.receive_message_with_keywords]. Closing the socket ends it with
 * `GSOCK_ERROR_CLOSED`. One that was cancelled has received nothing.
 *
 * Since: 1.0
 */
void
gsock_socket_receive_message_async (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockMessageSpec spec = GSOCK_MESSAGE_SPEC_INIT;
  Message *receive;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_receive_message_async, priority, cancellable, callback, user_data);
  receive = new_message (task, self, "receive-message", try_receive, answer_receive);
  if (gsock_keywords_parse_values (&gsock_receive_message_keywords, &spec, names, values, n_values, &receive->attempt.error))
    {
      receive->size = size;
      receive->flags = spec.flags & ~(guint) GSOCK_MESSAGE_FLAGS_WAIT_ALL;
      receive->attempt.operation.events = gsock_receive_events (spec.flags);
      receive->attempt.wait = spec.wait && (spec.flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0;
      receive->attempt.timeout = spec.timeout;
    }
  gsock_attempt_run (task, &receive->attempt);
}

/**
 * gsock_socket_receive_message_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives what was received. The errors are those of [method@Socket.receive_message_with_keywords].
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
GSockMessage *
gsock_socket_receive_message_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_receive_message_async, error))
    return NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}
