/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-message. */

#include <gsock/gsock-socket-message.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-message-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>

typedef struct
{
  GSockOperation operation;
  struct msghdr header;
  struct iovec *vectors;
  gsize n_vectors;
  gsize length, sent;
  int flags;
  gboolean stream;
} SendMessage;

/* Passes over what went. The descriptors went with the first byte, and must not go twice. */
static void
advance (SendMessage *self, gsize n)
{
  self->sent += n;
  self->header.msg_control = NULL;
  self->header.msg_controllen = 0;
  gsock_msghdr_advance (&self->header, n);
}

/* Without a cookie of the server's nothing went but the request to connect. The rest is as ever. */
static gssize
continue_without_cookie (SendMessage *self)
{
  self->flags &= ~MSG_FASTOPEN;
  self->header.msg_name = NULL;
  self->header.msg_namelen = 0;
  return -EAGAIN;
}

static gssize
step_send_message (GSockOperation *operation, int fd, int flags)
{
  SendMessage *self = (SendMessage *) operation;
  gssize n = sendmsg (fd, &self->header, self->flags | flags);

  if (n < 0)
    return errno == EINPROGRESS && (self->flags & MSG_FASTOPEN) != 0 ? continue_without_cookie (self) : -errno;
  if (!self->stream)
    {
      self->sent = n;
      return 0;
    }
  advance (self, n);
  return self->sent == self->length ? 0 : -EAGAIN;
}

static void
point_at_chunks (SendMessage *self, GSockMessage *message)
{
  for (gsize i = 0; i < self->n_vectors; i++)
    {
      gsize length;
      gconstpointer data = g_bytes_get_data (g_ptr_array_index (message->chunks, i), &length);

      self->vectors[i] = (struct iovec){ (gpointer) data, length };
      self->length += length;
    }
  self->header.msg_iov = self->vectors;
  self->header.msg_iovlen = self->n_vectors;
}

static int
wait_for_receiver (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  SendMessage *self = (SendMessage *) operation;

  return gsock_wait_for_receiver (handle, fd, self->header.msg_name, self->header.msg_namelen, patience);
}

static gboolean
has_ipv4_peer (GSockHandle *handle)
{
  GSockAddress peer;
  gboolean ipv4 = FALSE;
  int fd = gsock_handle_enter (handle, 1);

  if (fd < 0)
    return FALSE;
  ipv4 = gsock_handle_get_remote (handle, fd, &peer) >= 0 && gsock_address_family_number (&peer) == AF_INET;
  gsock_handle_leave (handle, 1);
  return ipv4;
}

/* Whose control messages the kernel reads: what a dual stack socket sends to an IPv4 address goes the
 * way of IPv4, where those of IPv6 are passed over without a word. */
static int
find_control_family (GSockHandle *handle, GSockMessage *message)
{
  if (handle->family != AF_INET6 || message->parts == 0)
    return handle->family;
  if (message->address.length > 0)
    {
      GSockAddress address = message->address;

      gsock_address_unmap (&address);
      return gsock_address_family_number (&address);
    }
  return has_ipv4_peer (handle) ? AF_INET : AF_INET6;
}

static gssize
send_message_on_handle (GSockHandle *handle, GSockMessage *message, guint flags, GSockPatience *patience)
{
  GSockAddress room;
  const GSockAddress *native = message->address.length > 0 ? gsock_handle_import_address (handle, &message->address, &room) : NULL;
  gsize n_vectors = message->chunks != NULL ? message->chunks->len : 0;
  g_autofree struct iovec *vectors = g_new (struct iovec, MAX (n_vectors, 1));
  g_autofree guint8 *control = g_malloc0 (MAX (gsock_ancillary_size (message), 1));
  SendMessage self = {
    .operation = { .step = step_send_message, .events = POLLOUT },
    .vectors = vectors,
    .n_vectors = n_vectors,
    .flags = (flags & ~MSG_DONTWAIT) | MSG_NOSIGNAL,
    .stream = handle->type == SOCK_STREAM,
  };
  gssize result;

  point_at_chunks (&self, message);
  self.header.msg_name = native != NULL ? (gpointer) gsock_address_native (native) : NULL;
  self.header.msg_namelen = native != NULL ? native->length : 0;
  self.header.msg_control = control;
  result = gsock_ancillary_encode (message, find_control_family (handle, message), &self.header);
  if (result < 0)
    return result;
  if (native != NULL && handle->ops->local && handle->type == SOCK_DGRAM)
    self.operation.wait = wait_for_receiver;
  result = gsock_drive (handle, &self.operation, patience);
  return result >= 0 || self.sent > 0 ? (gssize) self.sent : result;
}

static gboolean
set_message_error (GError **error, gssize failure, const GSockHandle *handle, GSockMessage *message)
{
  if (failure == -ERANGE)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                                "send-message: a ttl is 1 to 255, a traffic class 0 to 255, a segment size 1 to 65535");
  if (failure == -EBADF)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-message: a descriptor is not open");
  return gsock_set_send_error (error, "send-message", failure, handle, gsock_message_get_address (message));
}

gssize
gsock_socket_real_send_message (GSockSocket *self, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
                             gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_check_destination (handle, gsock_message_get_address (message));

  if (result == 0)
    result = send_message_on_handle (handle, message, flags, &patience);
  if (result < 0)
    return set_message_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, handle, message) - 1;
  handle->bound = handle->bound || handle->ops->internet;
  if ((flags & GSOCK_MESSAGE_FLAGS_FAST_OPEN) != 0 && handle->type == SOCK_STREAM)
    {
      handle->connected = TRUE;
      gsock_handle_update (handle);
    }
  return result;
}

static gboolean
check_ancillary (const GSockHandle *handle, GSockMessage *message, GError **error)
{
  const char *misfit = gsock_ancillary_find_misfit (message, handle->ops);

  if (misfit != NULL)
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "send-message: a socket that is %s does not send %s: leave it out",
                                handle->ops->label, misfit);
  if (message->fds != NULL && !handle->ops->local)
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "send-message: only local sockets pass descriptors, and this one is %s",
                                handle->ops->label);
  if ((message->fds != NULL || message->parts != 0) && handle->type == SOCK_STREAM && gsock_message_get_length (message) == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                "send-message: on a stream ancillary data goes along with a byte at least: add one");
  return TRUE;
}

static gboolean
check_message (GSockSocket *self, GSockMessage *message, guint flags, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  if (message == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-message: there is no message");
  if (message->chunks != NULL && message->chunks->len > IOV_MAX)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "send-message: %u buffers; a message has %d at most", message->chunks->len, IOV_MAX);
  if (gsock_handle_has_descriptor (handle) && !check_ancillary (handle, message, error))
    return FALSE;
  return gsock_message_flags_check ("send-message", flags, GSOCK_FLAG_SEND, error);
}

/**
 * gsock_socket_send_message_direct: (virtual send_message)
 * @self: a socket
 * @message: the message
 * @flags: message flags, beside those of the message
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a message, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@Socket.send_message_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_message_direct (GSockSocket *self, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gssize n;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  if (!check_message (self, message, flags | (message != NULL ? message->flags : 0), error))
    return -1;
  n = GSOCK_SOCKET_GET_CLASS (self)->send_message (self, message, flags | message->flags, wait, timeout, cancellable, error);
  return gsock_socket_answered (self, n > 0 || (n == 0 && gsock_message_get_length (message) == 0), "send-message", error) ? n : -1;
}

/* A class that has specialised the operator looks for the address in the message. */
gssize
gsock_send_message_to (GSockSocket *self, GSockMessage *message, const GSockAddress *destination, guint flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gssize n;

  if (destination == NULL || message == NULL)
    return gsock_socket_send_message_direct (self, message, flags, wait, timeout, cancellable, error);
  if (message->address.length > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "send-message: the message has an address of its own, and a destination was given: leave one of them out") - 1;
  message->address = *destination;
  n = gsock_socket_send_message_direct (self, message, flags, wait, timeout, cancellable, error);
  message->address.length = 0;
  return n;
}

static gssize
send_message_by_spec (GSockSocket *self, GSockMessage *message, GSockSendSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *destination;
  GSockAddress room;

  if (!gsock_send_destination (self, "send-message", spec, &room, &destination, cancellable, error))
    return -1;
  return gsock_send_message_to (self, message, destination, spec->flags, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_socket_send_message: (skip)
 * @self: a socket
 * @message: the message
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_message_with_keywords]
 *
 * Sends a message: the operator send-message.
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_message (GSockSocket *self, GSockMessage *message, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_send_message_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? send_message_by_spec (self, message, &spec, cancellable, error) : -1;
}

/**
 * gsock_socket_send_message_with_keywords: (rename-to gsock_socket_send_message)
 * @self: a socket
 * @message: the message
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a message with all that is in it, its buffers, its address, its flags and its ancillary data:
 * the operator send-message. The message can be sent again.
 *
 * Keywords: `remote-host` with `remote-port`, `remote-filename` or `remote-address`, and `ipv6`, say
 * where a message goes that has no address of its own; it has that one while it is being sent. `flags`,
 * and each flag by its name, are beside those of the message; `wait` and `timeout` (seconds).
 *
 * On a stream everything is sent, as [method@Socket.send_to_with_keywords] does it.
 *
 * The errors are those of [method@Socket.send_to_with_keywords], and `GSOCK_ERROR_OUT_OF_RANGE` for a
 * part that is, `GSOCK_ERROR_INVALID_ARGUMENT` for ancillary data without a byte on a stream and where
 * there is no message, `GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED` for packet info of another family,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for descriptors on a socket that is not local and for every
 * other part that does not go with the family of the socket,
 * `GSOCK_ERROR_ACCESS_DENIED` for credentials of others, and `GSOCK_ERROR_TOO_MANY_REFERENCES`.
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_message_with_keywords (GSockSocket *self, GSockMessage *message, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  if (!gsock_keywords_parse_values (&gsock_send_message_keywords, &spec, names, values, n_values, error))
    return -1;
  return send_message_by_spec (self, message, &spec, cancellable, error);
}
