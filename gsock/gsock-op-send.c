/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-to. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-lookup-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

typedef struct
{
  GSockOperation operation;
  const guint8 *buffer;
  gsize length, sent;
  const struct sockaddr *address; /* NULL: the peer */
  socklen_t address_length;
  int flags;
  gboolean stream;  /* goes on until all is sent */
  gboolean unbound; /* its first datagram will bind it */
} Send;

/* Without a cookie of the server's nothing went but the request to connect. The rest is as ever. */
static gssize
continue_without_cookie (Send *self)
{
  self->flags &= ~MSG_FASTOPEN;
  self->address = NULL;
  self->address_length = 0;
  return -EAGAIN;
}

static GSOCK_SELDOM gssize
explain_failure (Send *self, int fd, int number)
{
  GSockAddress local;
  struct sockaddr *room = gsock_address_native_room (&local);

  if (number == EINPROGRESS && (self->flags & MSG_FASTOPEN) != 0)
    return continue_without_cookie (self);
  /* The first datagram found no port to be sent from, says the kernel by EAGAIN; no poll tells when
   * there will be one. */
  if (number == EAGAIN && self->unbound && getsockname (fd, room, &local.length) == 0 && gsock_address_get_port (&local) == 0)
    return -EADDRNOTAVAIL;
  return -number;
}

static inline gssize
step_send (GSockOperation *operation, int fd, int flags)
{
  Send *self = (Send *) operation;
  gssize n = sendto (fd, self->buffer + self->sent, self->length - self->sent, self->flags | flags,
                     self->address, self->address_length);

  if (G_UNLIKELY (n < 0))
    return explain_failure (self, fd, errno);
  self->sent += n;
  return G_LIKELY (self->sent == self->length || !self->stream) ? 0 : -EAGAIN;
}

/* Polling the sender tells nothing of the receiver's queue unless it is connected there. So a socket
 * that is takes its place in the poll. */
static int
wait_by_probe (GSockHandle *handle, gconstpointer address, socklen_t length, GSockPatience *patience)
{
  int probe = gsock_sys_socket (AF_UNIX, SOCK_DGRAM, 0, TRUE);
  int ready;

  if (probe < 0 || connect (probe, address, length) < 0)
    ready = gsock_pause (handle, 1, patience);
  else
    ready = gsock_wait_one (handle, probe, POLLOUT, patience);
  if (probe >= 0)
    (void) close (probe);
  return ready;
}

/* A datagram to a local socket needs room in the sender's buffer, where it counts until it is
 * received, and a place in the receiver's queue. */
int
gsock_wait_for_receiver (GSockHandle *handle, int fd, gconstpointer address, socklen_t length, GSockPatience *patience)
{
  int ready = gsock_wait_one (handle, fd, POLLOUT, patience);

  return ready > 0 ? wait_by_probe (handle, address, length, patience) : ready;
}

static int
wait_for_receiver (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  Send *self = (Send *) operation;

  return gsock_wait_for_receiver (handle, fd, self->address, self->address_length, patience);
}

/* What the kernel would answer too, but not in the same words for every family. */
gssize
gsock_check_destination (const GSockHandle *handle, const GSockAddress *destination)
{
  gboolean stream = handle->type == SOCK_STREAM || handle->type == SOCK_SEQPACKET;

  if (G_UNLIKELY (gsock_handle_has_buffered (handle, GSOCK_BUFFERED_OUTPUT)))
    return -GSOCK_E_UNSENT;
  if (destination != NULL)
    return handle->connected && (stream || handle->type == SOCK_DGRAM) ? -EISCONN : 0;
  if (stream && !handle->connected && !handle->connecting && !handle->exposed)
    return -ENOTCONN;
  return 0;
}

static G_ALWAYS_INLINE inline gssize
send_on_handle (GSockHandle *handle, const guint8 *buffer, gsize length, const GSockAddress *destination, int flags, GSockPatience *patience)
{
  GSockAddress room;
  const GSockAddress *native = destination != NULL ? gsock_handle_import_address (handle, destination, &room) : NULL;
  Send self = {
    .operation = GSOCK_OPERATION_INIT (step_send, POLLOUT),
    .buffer = buffer != NULL ? buffer : (const guint8 *) "", /* no bytes are none of something */
    .length = length,
    .sent = 0,
    .address = native != NULL ? gsock_address_native (native) : NULL,
    .address_length = native != NULL ? native->length : 0,
    .flags = (flags & ~MSG_DONTWAIT) | MSG_NOSIGNAL,
    .stream = handle->type == SOCK_STREAM,
    .unbound = !handle->bound && handle->type == SOCK_DGRAM && handle->ops->internet,
  };
  gssize result;

  if (native != NULL && handle->family == AF_UNIX && handle->type == SOCK_DGRAM)
    self.operation.wait = wait_for_receiver;
  result = gsock_drive (handle, &self.operation, patience);
  /* What went is told; what stopped it will be met again. */
  return G_LIKELY (result >= 0) || self.sent > 0 ? (gssize) self.sent : result;
}

/* A refusal that an earlier datagram met comes back as the error of the next call. */
GSOCK_SELDOM gboolean
gsock_set_send_error (GError **error, const char *operator_name, gssize failure, const GSockHandle *handle, const GSockAddress *destination)
{
  if (failure == -ECONNREFUSED && handle->type == SOCK_DGRAM && handle->ops->internet)
    return gsock_error_literal (error, GSOCK_ERROR_CONNECTION_REFUSED,
                                "%s: Connection refused: an earlier datagram found nobody there; this one was not sent", operator_name);
  if (failure == -EISCONN)
    return gsock_error_literal (error, GSOCK_ERROR_ALREADY_CONNECTED,
                                "%s: the socket is connected, and a destination was given: leave it out, or disconnect first", operator_name);
  if (failure == -EDESTADDRREQ || failure == -ENOTCONN)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_CONNECTED,
                                "%s: the socket is not connected: give a destination, or connect first", operator_name);
  if (failure == -EINVAL && destination != NULL && handle->type == SOCK_DGRAM && handle->ops->internet && gsock_address_get_port (destination) == 0)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: the port of the destination is 0; ports are 1 to 65535", operator_name);
  /* An address follows with a "to" of its own. */
  return gsock_error_set (error, failure, g_str_equal (operator_name, "send-to") ? "send" : operator_name, destination);
}

/* Sending binds; and connects, where it was asked to open the connection as well. */
static inline void
note_sent (GSockHandle *handle, int flags)
{
  if (G_UNLIKELY (!handle->bound && handle->ops->internet))
    handle->bound = TRUE;
  if (G_UNLIKELY ((flags & GSOCK_MESSAGE_FLAGS_FAST_OPEN) != 0 && handle->type == SOCK_STREAM))
    {
      handle->connected = TRUE;
      gsock_handle_update (handle);
    }
}

gssize
gsock_send_try (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, int flags)
{
  GSockHandle *handle = gsock_socket_get_handle (self);
  GSockPatience impatience = { .wait = FALSE };
  gssize result = gsock_check_destination (handle, destination);

  if (result == 0)
    result = send_on_handle (handle, buffer, length, destination, flags, &impatience);
  if (result >= 0)
    note_sent (handle, flags);
  return result < 0 && gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result;
}

static G_ALWAYS_INLINE inline gssize
send_now (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
                             gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_check_destination (handle, destination);

  if (G_LIKELY (result == 0))
    result = send_on_handle (handle, buffer, length, destination, flags, &patience);
  if (G_UNLIKELY (result < 0))
    return gsock_set_send_error (error, "send-to", gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, handle, destination) - 1;
  note_sent (handle, flags);
  return result;
}

gssize
gsock_socket_real_send_to (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gsize length;
  const guint8 *buffer = g_bytes_get_data (data, &length);

  return send_now (self, buffer, length, destination, flags, wait, timeout, cancellable, error);
}

/* None of some bytes sent, and no error, is what bindings make of an exception. */
static GSOCK_SELDOM gssize
send_by_method (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gssize n = GSOCK_SOCKET_GET_CLASS (self)->send_to (self, data, destination, flags, wait, timeout, cancellable, error);

  return gsock_socket_answered (self, n > 0 || (n == 0 && g_bytes_get_size (data) == 0), "send-to", error) ? n : -1;
}

static gboolean
check_request (const guint8 *buffer, gsize length, GSockMessageFlags flags, GError **error)
{
  if (!gsock_message_flags_check ("send-to", flags, GSOCK_FLAG_SEND, error))
    return FALSE;
  if (G_UNLIKELY (buffer == NULL && length > 0))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-to: there is no buffer");
  return TRUE;
}

static gssize
send_flagged (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return send_now (self, buffer, length, destination, flags, wait, timeout, cancellable, error);
}

static GSOCK_SELDOM gssize
send_copy_by_method (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (buffer, length);

  return send_by_method (self, bytes, destination, flags, wait, timeout, cancellable, error);
}

/* Without flags, as most calls are, there is nothing to decide on: the compiler makes a short way of
 * its own for them. */
static G_ALWAYS_INLINE inline gssize
send_checked (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (!check_request (buffer, length, flags, error))
    return -1;
  if (G_UNLIKELY (GSOCK_SOCKET_GET_CLASS (self)->send_to != gsock_socket_real_send_to))
    return send_copy_by_method (self, buffer, length, destination, flags, wait, timeout, cancellable, error);
  if (G_UNLIKELY (flags != 0))
    return send_flagged (self, buffer, length, destination, flags, wait, timeout, cancellable, error);
  return send_now (self, buffer, length, destination, 0, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_send_to_direct:
 * @self: a socket
 * @buffer: (array length=length) (nullable): the bytes to send
 * @length: how many there are
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends bytes, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_to_direct (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), -1);

  return send_checked (self, buffer, length, destination, flags, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_send_bytes: (virtual send_to)
 * @self: a socket
 * @data: the bytes to send
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends bytes that are in a #GBytes, with fixed arguments. This is what a subclass overrides to
 * specialise the operator send-to.
 *
 * The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_bytes (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  if (data == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-to: there is no buffer") - 1;
  if (!check_request (NULL, 0, flags, error))
    return -1;
  return send_by_method (self, data, destination, flags, wait, timeout, cancellable, error);
}

gboolean
gsock_refuse_range (const char *operator_name, int start, int end, gsize length, GError **error)
{
  return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                              "%s: start %d and end %" G_GSIZE_FORMAT " do not lie in a buffer of %" G_GSIZE_FORMAT " bytes",
                              operator_name, start, end < 0 ? length : (gsize) end, length);
}

/* What is left of the time is for sending. */
static gboolean
look_up_destination (GSockSendSpec *spec, GSockSocketPrivate *priv, GSockAddress *found, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (gsock_socket_effective_timeout (priv, spec->timeout), cancellable);
  g_autoptr (GPtrArray) list = NULL;

  if (spec->ipv6 == GSOCK_IPV6_MODE_YES && gsock_address_init_from_host (found, spec->host, spec->port, NULL))
    return TRUE;
  list = gsock_lookup_endpoints (spec->host, spec->port, spec->ipv6, priv->handle.family, &patience, error);
  if (list == NULL)
    return FALSE;
  *found = *(GSockAddress *) g_ptr_array_index (list, 0);
  spec->timeout = gsock_patience_left (&patience);
  return TRUE;
}

/* Whom the keywords mean; @room is for an address that has to be made. */
static const GSockAddress *
find_destination (const char *operator_name, GSockSendSpec *spec, GSockSocketPrivate *priv, GSockAddress *room, GCancellable *cancellable, GError **error)
{
  GSockHandle *handle = &priv->handle;
  gboolean port = GSOCK_GIVEN (spec, GSOCK_SEND_PORT);

  if (spec->host != NULL && spec->filename == NULL && spec->address.length == 0 && port)
    return gsock_check_names (operator_name, handle->ops, "remote-host", NULL, error)
           && look_up_destination (spec, priv, room, cancellable, error) ? room : NULL;
  if ((spec->host != NULL) + (spec->filename != NULL) + (spec->address.length > 0) > 1)
    gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: the destination is given in more than one way", operator_name);
  else if (port != (spec->host != NULL))
    gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "%s: remote-host and remote-port go together", operator_name);
  else if (spec->filename == NULL)
    return &spec->address;
  else if (gsock_check_names (operator_name, handle->ops, NULL, "remote-filename", error)
           && gsock_address_init_from_filename (room, spec->filename, error))
    return room;
  return NULL;
}

#define DESTINATION ((1u << GSOCK_SEND_HOST) | (1u << GSOCK_SEND_PORT) | (1u << GSOCK_SEND_FILENAME) | (1u << GSOCK_SEND_ADDRESS))

/* A connected socket with a destination is refused before a name is looked up. @destination becomes
 * NULL where it is the peer; @room is for an address that has to be made. */
gboolean
gsock_send_destination (GSockSocket *self, const char *operator_name, GSockSendSpec *spec, GSockAddress *room, const GSockAddress **destination, GCancellable *cancellable, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  *destination = NULL;
  if ((spec->given & DESTINATION) == 0)
    return TRUE;
  if (handle->connected && gsock_check_destination (handle, &spec->address) < 0)
    return gsock_set_send_error (error, operator_name, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : -EISCONN, handle, NULL);
  *destination = find_destination (operator_name, spec, gsock_socket_get_private (self), room, cancellable, error);
  if (*destination == NULL)
    return FALSE;
  if ((*destination)->length == 0)
    *destination = NULL;
  return TRUE;
}

static gssize
send_by_spec (GSockSocket *self, const guint8 *buffer, gsize length, GSockSendSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *destination;
  GSockAddress room;
  gsize size;

  if (!gsock_check_range ("send-to", spec->start, spec->end, length, &size, error)
      || !gsock_send_destination (self, "send-to", spec, &room, &destination, cancellable, error))
    return -1;
  return send_checked (self, buffer != NULL ? buffer + spec->start : NULL, size, destination, spec->flags, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_socket_send_to: (skip)
 * @self: a socket
 * @buffer: (nullable): the bytes to send
 * @length: how many there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_to_with_keywords]
 *
 * Sends bytes to the peer or to a destination: the operator send-to.
 *
 * ```c
 * gsock_socket_send_to (socket, "hi", 2, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 53, NULL);
 * ```
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_to (GSockSocket *self, const void *buffer, gsize length, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSpec spec;
  GSockArguments arguments;
  gboolean parsed;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  gsock_send_spec_init (&spec);
  va_start (arguments.list, first_keyword);
  parsed = gsock_keywords_parse (&gsock_send_keywords, &spec, first_keyword, &arguments, error);
  va_end (arguments.list);
  return parsed ? send_by_spec (self, buffer, length, &spec, cancellable, error) : -1;
}

/**
 * gsock_socket_send_to_with_keywords: (rename-to gsock_socket_send_to)
 * @self: a socket
 * @buffer: (array length=length) (nullable): the bytes to send
 * @length: how many there are
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends bytes to the peer or to a destination: the operator send-to.
 *
 * Keywords: `start` and `end` choose a part of the buffer; the destination is `remote-host` with
 * `remote-port`, `remote-filename` or `remote-address`, and `ipv6` says which families a name may
 * give; `flags`, or each flag by its name (`out-of-band`, `dont-wait`, `dont-route`, `confirm`,
 * `more`, `end-of-record`, `fast-open`); `wait` and `timeout` (seconds).
 *
 * A datagram goes whole or not at all. On a stream everything is sent, unless `dont-wait`, the
 * timeout or an error stops it: then the count so far is the answer, if it is not 0. An unbound
 * datagram socket is bound by its first send. No call raises SIGPIPE.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for start, end and port, `GSOCK_ERROR_ALREADY_CONNECTED` for a
 * destination on a connected socket, `GSOCK_ERROR_NOT_CONNECTED` for none on another,
 * `GSOCK_ERROR_MESSAGE_TOO_LONG`, `GSOCK_ERROR_ENDPOINT_SHUTDOWN`, `GSOCK_ERROR_CONNECTION_RESET`,
 * `GSOCK_ERROR_CONNECTION_REFUSED` (told of an earlier datagram), `GSOCK_ERROR_WOULD_BLOCK`,
 * `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_ACCESS_DENIED`, `GSOCK_ERROR_NO_BUFFER_SPACE`,
 * `GSOCK_ERROR_UNKNOWN_HOST`, `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_UNKNOWN_KEYWORD`,
 * `GSOCK_ERROR_INVALID_ARGUMENT`, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED`,
 * %G_IO_ERROR_CANCELLED, and what the network can answer.
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_to_with_keywords (GSockSocket *self, const guint8 *buffer, gsize length, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSpec spec;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  gsock_send_spec_init (&spec);
  if (!gsock_keywords_parse_values (&gsock_send_keywords, &spec, names, values, n_values, error))
    return -1;
  return send_by_spec (self, buffer, length, &spec, cancellable, error);
}
