/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-from without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-transfer-private.h>

#include <errno.h>

/* So much is received on the stack: the bytes take what they need, and who waits keeps no room. */
#define ROOM_ON_STACK 8192

static void
take_received (GSockTransfer *self, const GSockReceived *received)
{
  if (received->sender.length > 0)
    gsock_kept_address_set (&self->address, &received->sender);
  self->received_flags = received->flags;
  self->full_length = received->full_length;
}

static gssize
receive_little (GSockTransfer *self, GSockReceived *received)
{
  guint8 room[ROOM_ON_STACK];
  gssize n = gsock_receive_try (self->socket, room, self->length, (int) self->flags, received);

  if (n >= 0)
    self->bytes = g_bytes_new (room, (gsize) n);
  return n;
}

static gssize
receive_much (GSockTransfer *self, GSockReceived *received)
{
  guint8 *buffer = g_try_malloc (self->length);
  gssize n = buffer != NULL ? gsock_receive_try (self->socket, buffer, self->length, (int) self->flags, received) : -ENOMEM;

  if (n < 0)
    g_free (buffer);
  else
    self->bytes = g_bytes_new_take (buffer, (gsize) n);
  return n;
}

static gssize
step_own (GSockOperation *operation, int fd, int flags)
{
  GSockTransfer *self = gsock_transfer_of_operation (operation);
  GSockReceived received;
  gssize n = self->length <= ROOM_ON_STACK ? receive_little (self, &received) : receive_much (self, &received);

  if (n >= 0)
    take_received (self, &received);
  return n;
}

/* What a subclass has made of the operator is tried likewise. */
static gssize
step_by_method (GSockOperation *operation, int fd, int flags)
{
  GSockTransfer *self = gsock_transfer_of_operation (operation);
  g_autoptr (GSockAddress) sender = NULL;
  GSockReceived received = { .flags = 0 };
  GError *error = NULL;

  self->bytes = gsock_socket_receive_bytes (self->socket, self->length, self->flags, FALSE, 0, &sender, &received.flags,
                                            &received.full_length, NULL, &error);
  if (self->bytes == NULL)
    return gsock_async_judge (error, &self->error);
  if (sender != NULL)
    received.sender = *sender;
  take_received (self, &received);
  return 0;
}

static void
explain (GSockTransfer *self, gssize failure)
{
  gsock_set_receive_error (&self->error, "receive-from", failure, gsock_socket_get_handle (self->socket));
}

static void
receive_async (GSockTransfer *self, gsize size, GSockMessageFlags flags)
{
  gboolean own = GSOCK_SOCKET_GET_CLASS (self->socket)->receive_from == gsock_socket_real_receive_from;

  self->operation.step = own ? step_own : step_by_method;
  self->operation.events = gsock_receive_events (flags);
  self->operation.later = own && gsock_receive_would_wait (self->socket, flags);
  self->explain = explain;
  self->length = size;
  self->flags = flags & ~(guint) GSOCK_MESSAGE_FLAGS_WAIT_ALL;
  if (self->error == NULL)
    gsock_message_flags_check ("receive-from", flags, GSOCK_FLAG_RECEIVE, &self->error);
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
  GSockTransfer *transfer;

  g_return_if_fail (gsock_socket_check (self));

  transfer = gsock_transfer_new (self, gsock_socket_receive_from_async, callback, user_data);
  receive_async (transfer, size, flags);
  gsock_transfer_run (transfer, wait, timeout, priority, cancellable);
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
  GSockTransfer *transfer;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  transfer = gsock_transfer_new (self, gsock_socket_receive_from_async, callback, user_data);
  if (gsock_keywords_parse_values (&gsock_receive_keywords, &spec, names, values, n_values, &transfer->error))
    gsock_check_range ("receive-from", spec.start, spec.end, size, &size, &transfer->error);
  receive_async (transfer, size, spec.flags);
  gsock_transfer_run (transfer, spec.wait, spec.timeout, priority, cancellable);
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
  GSockTransfer *transfer = (GSockTransfer *) (gpointer) result;
  GSockAddress from;

  if (!gsock_transfer_is (result, self, gsock_socket_receive_from_async) || (transfer->error == NULL && transfer->bytes == NULL))
    {
      gsock_async_refuse (error);
      return NULL;
    }
  if (transfer->error != NULL)
    {
      g_propagate_error (error, g_error_copy (transfer->error));
      return NULL;
    }
  if (sender != NULL)
    *sender = gsock_kept_address_get (&transfer->address, &from) ? gsock_address_copy (&from) : NULL;
  if (received_flags != NULL)
    *received_flags = transfer->received_flags;
  if (full_length != NULL)
    *full_length = transfer->full_length;
  return g_steal_pointer (&transfer->bytes);
}
