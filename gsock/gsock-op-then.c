/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asynchronous operators with a plain function to call: for servers to which a task for each is too dear. */

#include <gsock/gsock-socket-then.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>

typedef union
{
  GSockReceiveFunc receive;
  GSockSendFunc send;
  GSockAcceptFunc accept;
} Function;

typedef struct
{
  GSockOperation operation;
  GSockSocket *socket; /* the driver keeps it */
  guint8 *buffer;
  gsize length, done;
  guint flags;
  GSockReceived received;
  GSockAddress destination; /* of length 0: the peer */
  GSockActiveSocket *connection;
  GError *error;
  Function function;
  gpointer user_data;
} Then;

static Then *
new_then (GSockSocket *socket, GSockStep step, short events, gpointer user_data)
{
  Then *self = g_new (Then, 1);

  self->operation = (GSockOperation){ .step = step, .events = events };
  self->socket = socket;
  self->done = 0;
  self->received.sender.length = 0;
  self->received.flags = 0;
  self->destination.length = 0;
  self->connection = NULL;
  self->error = NULL;
  self->user_data = user_data;
  return self;
}

static void
run (Then *self, GSockAsyncFunc finish, guint flags, double timeout, int priority, GCancellable *cancellable)
{
  GSockAsyncRequest request = {
    .socket = self->socket,
    .operation = &self->operation,
    .wait = (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
    .timeout = gsock_socket_effective_timeout (gsock_socket_get_private (self->socket), timeout),
    .priority = priority,
    .cancellable = cancellable,
  };

  gsock_async_start (&request, finish, self);
}

/* receive-from; what a class has made of it is tried by the call that looks at the class. */
static gssize
step_receive (GSockOperation *operation, int fd, int flags)
{
  Then *self = (Then *) operation;
  GError *error = NULL;
  gssize n;

  if (G_LIKELY (GSOCK_SOCKET_GET_CLASS (self->socket)->receive_from == gsock_socket_real_receive_from))
    return gsock_receive_try (self->socket, self->buffer, self->length, self->flags, &self->received);
  n = gsock_socket_receive_from_direct (self->socket, self->buffer, self->length, self->flags, FALSE, 0, &self->received, NULL, &error);
  return n < 0 ? gsock_async_judge (error, &self->error) : n;
}

static void
finish_receive (gpointer data, gssize result)
{
  Then *self = data;

  if (result < 0 && self->error == NULL)
    gsock_set_receive_error (&self->error, "receive-from", result, gsock_socket_get_handle (self->socket));
  self->received.length = MAX (result, 0);
  self->received.truncated = (self->received.flags & GSOCK_MESSAGE_FLAGS_TRUNCATE) != 0;
  self->function.receive (self->socket, MAX (result, -1), &self->received, self->error, self->user_data);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * gsock_socket_receive_from_then: (skip)
 * @self: a socket
 * @buffer: room for what is received, which has to last until the function is called
 * @length: how many bytes fit in
 * @flags: message flags
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the call in the main context
 * @cancellable: (nullable): a cancellable
 * @function: what to call when it is done
 * @user_data: what to give it
 *
 * Receives without blocking, and calls a function in the thread-default main context: the operator
 * receive-from for servers. The function is called once, after this call has returned.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_from_then (GSockSocket *self, void *buffer, gsize length, GSockMessageFlags flags, double timeout, int priority, GCancellable *cancellable, GSockReceiveFunc function, gpointer user_data)
{
  Then *then;

  g_return_if_fail (gsock_socket_check (self) && function != NULL);

  then = new_then (self, step_receive, gsock_receive_events (flags), user_data);
  then->buffer = buffer;
  then->length = length;
  then->flags = flags & ~(guint) GSOCK_MESSAGE_FLAGS_WAIT_ALL;
  then->operation.later = gsock_receive_would_wait (self, flags);
  then->function.receive = function;
  run (then, finish_receive, flags, timeout, priority, cancellable);
}

/* send-to */

static gssize
send_once (Then *self)
{
  const GSockAddress *destination = self->destination.length > 0 ? &self->destination : NULL;
  const guint8 *buffer = self->buffer + self->done;
  gsize length = self->length - self->done;
  GError *error = NULL;
  gssize n;

  if (G_LIKELY (GSOCK_SOCKET_GET_CLASS (self->socket)->send_to == gsock_socket_real_send_to))
    return gsock_send_try (self->socket, buffer, length, destination, self->flags);
  n = gsock_socket_send_to_direct (self->socket, buffer, length, destination, self->flags, FALSE, 0, NULL, &error);
  return n < 0 ? gsock_async_judge (error, &self->error) : n;
}

static gssize
step_send (GSockOperation *operation, int fd, int flags)
{
  Then *self = (Then *) operation;
  gssize n = send_once (self);

  if (n < 0)
    return n;
  self->done += n;
  return self->done < self->length && gsock_socket_native_type (self->socket) == SOCK_STREAM ? -EAGAIN : 0;
}

static void
finish_send (gpointer data, gssize result)
{
  Then *self = data;

  if (result < 0 && self->done == 0 && self->error == NULL)
    gsock_set_send_error (&self->error, "send-to", result, gsock_socket_get_handle (self->socket),
                          self->destination.length > 0 ? &self->destination : NULL);
  else if (self->done > 0)
    g_clear_error (&self->error);
  self->function.send (self->socket, self->error == NULL ? (gssize) self->done : -1, self->error, self->user_data);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * gsock_socket_send_to_then: (skip)
 * @self: a socket
 * @buffer: the bytes to send, which have to last until the function is called
 * @length: how many there are
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @flags: message flags
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the call in the main context
 * @cancellable: (nullable): a cancellable
 * @function: what to call when it is done
 * @user_data: what to give it
 *
 * Sends without blocking, and calls a function in the thread-default main context: the operator send-to
 * for servers. The function is called once, after this call has returned. On a stream everything is sent,
 * or the count tells what was.
 *
 * The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_send_to_then (GSockSocket *self, const void *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, double timeout, int priority, GCancellable *cancellable, GSockSendFunc function, gpointer user_data)
{
  Then *then;

  g_return_if_fail (gsock_socket_check (self) && function != NULL);

  then = new_then (self, step_send, POLLOUT, user_data);
  then->buffer = (guint8 *) buffer;
  then->length = length;
  then->flags = flags;
  if (destination != NULL)
    then->destination = *destination;
  then->operation.collect = gsock_collect_for_receiver (self, destination);
  then->function.send = function;
  run (then, finish_send, flags, timeout, priority, cancellable);
}

/* accept-connection */

static gssize
step_accept (GSockOperation *operation, int fd, int flags)
{
  Then *self = (Then *) operation;
  GError *error = NULL;

  self->connection = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->socket), FALSE, 0, NULL, &error);
  return self->connection == NULL ? gsock_async_judge (error, &self->error) : 0;
}

static void
finish_accept (gpointer data, gssize result)
{
  Then *self = data;

  if (result < 0 && self->error == NULL)
    gsock_error_set (&self->error, result, "accept-connection", NULL);
  self->function.accept (GSOCK_PASSIVE_SOCKET (self->socket), self->connection, self->error, self->user_data);
  g_clear_object (&self->connection);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * gsock_passive_socket_accept_connection_then: (skip)
 * @self: a socket that listens
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the call in the main context
 * @cancellable: (nullable): a cancellable
 * @function: what to call when it is done
 * @user_data: what to give it
 *
 * Accepts a connection without blocking, and calls a function in the thread-default main context: the
 * operator accept-connection for servers. The function is called once, after this call has returned.
 *
 * The errors are those of [method@PassiveSocket.accept_connection_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_passive_socket_accept_connection_then (GSockPassiveSocket *self, double timeout, int priority, GCancellable *cancellable, GSockAcceptFunc function, gpointer user_data)
{
  Then *then;

  g_return_if_fail (GSOCK_IS_PASSIVE_SOCKET (self) && function != NULL);

  then = new_then (GSOCK_SOCKET (self), step_accept, POLLIN, user_data);
  then->function.accept = function;
  run (then, finish_accept, 0, timeout, priority, cancellable);
}
