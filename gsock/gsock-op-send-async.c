/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-to without blocking. */

#include <gsock/gsock-socket-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-destination-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-transfer-private.h>

#include <errno.h>
#include <poll.h>

/* The keywords of what needs no preparation. */
#define PLAIN_KEYWORDS \
  (1u << GSOCK_SEND_END | 1u << GSOCK_SEND_FLAGS | 1u << GSOCK_SEND_WAIT | 1u << GSOCK_SEND_START | 1u << GSOCK_SEND_TIMEOUT | 1u << GSOCK_SEND_ADDRESS)

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

/* Checks what there is to send; the range is @start and @end then. */
static gboolean
check_send (GBytes *data, const GSockSendSpec *spec, gsize *start, gsize *end, GError **error)
{
  gsize size;

  if (data == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-to: there is no buffer");
  if (!gsock_check_range ("send-to", spec->start, spec->end, g_bytes_get_size (data), &size, error)
      || !gsock_message_flags_check ("send-to", spec->flags, GSOCK_FLAG_SEND, error))
    return FALSE;
  *start = spec->start;
  *end = spec->start + size;
  return TRUE;
}

static void
attempt_send (GTask *task, GSockSocket *socket, GBytes *data, const GSockSendSpec *spec)
{
  Send *self = g_new0 (Send, 1);

  self->attempt = (GSockAttempt){ .name = "send-to", .socket = socket, .try = try_send, .answer = answer };
  g_task_set_task_data (task, self, send_free);
  if (check_send (data, spec, &self->start, &self->end, &self->attempt.error))
    {
      self->data = g_bytes_ref (data);
      self->flags = spec->flags;
      gsock_destination_take (&self->destination, &self->attempt, spec);
    }
  gsock_attempt_run (task, &self->attempt);
}

/* The plain way: the address is given, if there is one, and the class has the operator as it is. */

static const GSockAddress *
get_address (GSockTransfer *self, GSockAddress *room)
{
  return self->address.length > 0 && gsock_kept_address_get (&self->address, room) ? room : NULL;
}

static gssize
step_plain (GSockOperation *operation, int fd, int flags)
{
  GSockTransfer *self = gsock_transfer_of_operation (operation);
  const guint8 *buffer = g_bytes_get_data (self->bytes, NULL);
  GSockAddress room;
  gssize n = gsock_send_try (self->socket, buffer + self->start, self->end - self->start, get_address (self, &room), (int) self->flags);

  if (n < 0)
    return n;
  self->length += (gsize) n;
  self->start += (gsize) n;
  return self->start < self->end && gsock_socket_native_type (self->socket) == SOCK_STREAM ? -EAGAIN : 0;
}

static void
explain (GSockTransfer *self, gssize failure)
{
  GSockAddress room;

  if (self->length == 0)
    gsock_set_send_error (&self->error, "send-to", failure, gsock_socket_get_handle (self->socket), get_address (self, &room));
}

static gboolean
is_plain (GSockSocket *socket, const GSockSendSpec *spec)
{
  gboolean empty = GSOCK_GIVEN (spec, GSOCK_SEND_ADDRESS) && spec->address.length == 0;

  return !empty && (spec->given & ~(guint64) PLAIN_KEYWORDS) == 0 && GSOCK_SOCKET_GET_CLASS (socket)->send_to == gsock_socket_real_send_to
         && gsock_collect_for_receiver (socket, spec->address.length > 0 ? &spec->address : NULL) == NULL;
}

/* Takes over @failure. */
static void
send_async (GSockSocket *socket, GBytes *data, const GSockSendSpec *spec, GError *failure, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockTransfer *self;

  if (failure == NULL && !is_plain (socket, spec))
    {
      attempt_send (gsock_async_task (socket, gsock_socket_send_to_async, priority, cancellable, callback, user_data), socket, data, spec);
      return;
    }
  self = gsock_transfer_new (socket, gsock_socket_send_to_async, callback, user_data);
  self->operation.step = step_plain;
  self->operation.events = POLLOUT;
  self->explain = explain;
  self->error = failure;
  if (failure == NULL && check_send (data, spec, &self->start, &self->end, &self->error))
    {
      self->bytes = g_bytes_ref (data);
      self->flags = spec->flags;
      if (spec->address.length > 0)
        gsock_kept_address_set (&self->address, &spec->address);
    }
  gsock_transfer_run (self, spec->wait, spec->timeout, priority, cancellable);
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

  g_return_if_fail (gsock_socket_check (self));

  spec.flags = flags;
  spec.wait = wait;
  spec.timeout = timeout;
  if (destination != NULL)
    {
      spec.address = *destination;
      spec.given = 1u << GSOCK_SEND_ADDRESS;
    }
  send_async (self, data, &spec, NULL, priority, cancellable, callback, user_data);
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
  send_async (self, data, &spec, error, priority, cancellable, callback, user_data);
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
  GSockTransfer *transfer = (GSockTransfer *) (gpointer) result;

  if (!gsock_transfer_is (result, self, gsock_socket_send_to_async))
    {
      if (!gsock_async_check (result, self, gsock_socket_send_to_async, error))
        return -1;
      return g_task_propagate_int (G_TASK (result), error);
    }
  if (transfer->error == NULL)
    return (gssize) transfer->length;
  g_propagate_error (error, g_error_copy (transfer->error));
  return -1;
}
