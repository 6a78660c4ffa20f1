/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-file-descriptor and send-file-descriptors. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#define SEND_ONE "send-file-descriptor"
#define SEND_MANY "send-file-descriptors"

static void
attach_descriptors (struct msghdr *header, GSockControlRoom *room, const int *fds, gsize n_fds)
{
  struct cmsghdr *control;

  header->msg_control = room;
  header->msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
  control = CMSG_FIRSTHDR (header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  memcpy (CMSG_DATA (control), fds, n_fds * sizeof (int));
}

/* They go with the first byte of the payload, and must not go twice. */
gssize
gsock_step_send_descriptors (GSockOperation *operation, int fd, int flags)
{
  GSockSendDescriptors *self = (GSockSendDescriptors *) operation;
  GSockControlRoom control;
  struct iovec vector = { (gpointer) (self->payload + self->sent), self->length - self->sent };
  struct msghdr header = { .msg_name = (gpointer) self->address, .msg_namelen = self->address_length, .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n;

  /* They would overtake what was written before them. */
  if (G_UNLIKELY (gsock_handle_has_buffered (self->handle, GSOCK_BUFFERED_OUTPUT)))
    return -GSOCK_E_UNSENT;
  if (self->sent == 0)
    attach_descriptors (&header, &control, self->fds, self->n_fds);
  n = sendmsg (fd, &header, flags | MSG_NOSIGNAL);
  if (n < 0)
    return -errno;
  self->sent += n;
  return self->sent == self->length || !self->stream ? 0 : -EAGAIN;
}

static int
wait_for_receiver (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  GSockSendDescriptors *self = (GSockSendDescriptors *) operation;

  return gsock_wait_for_receiver (handle, fd, self->address, self->address_length, patience);
}

/* Without a payload a byte goes along: a stream carries descriptors with a byte only, and a message
 * without one looks like the end of a conversation. */
static const guint8 a_byte = 0;

void
gsock_send_descriptors_init (GSockSendDescriptors *self, const GSockHandle *handle, const int *fds, gsize n_fds, const guint8 *payload, gsize length, const GSockAddress *destination)
{
  self->operation = (GSockOperation){ .step = gsock_step_send_descriptors, .events = POLLOUT };
  self->fds = fds;
  self->n_fds = n_fds;
  self->payload = length > 0 ? payload : &a_byte;
  self->length = MAX (length, 1);
  self->sent = 0;
  self->handle = handle;
  self->address = destination != NULL ? gsock_address_native (destination) : NULL;
  self->address_length = destination != NULL ? destination->length : 0;
  self->stream = handle->type == SOCK_STREAM;
  if (destination != NULL && handle->type == SOCK_DGRAM)
    self->operation.wait = wait_for_receiver;
}

gboolean
gsock_check_passes_descriptors (const char *operation, const GSockHandle *handle, GError **error)
{
  if (G_LIKELY (!gsock_handle_has_descriptor (handle) || handle->ops->local))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: only local sockets pass descriptors, and this one is %s",
                              operation, handle->ops->label);
}

gboolean
gsock_check_n_descriptors (const char *operation, gsize n_fds, GError **error)
{
  if (G_LIKELY (n_fds >= 1 && n_fds <= GSOCK_FILE_DESCRIPTORS_MAX))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: %" G_GSIZE_FORMAT " descriptors; a message carries 1 to %d",
                              operation, n_fds, GSOCK_FILE_DESCRIPTORS_MAX);
}

gboolean
gsock_set_send_descriptors_error (GError **error, gssize failure, const char *operation, const GSockAddress *destination)
{
  if (failure == -EBADF)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: a descriptor is not open", operation);
  if (failure == -EISCONN)
    return gsock_error_literal (error, GSOCK_ERROR_ALREADY_CONNECTED, "%s: the socket is connected, and a destination was given: leave it out", operation);
  if (failure == -EDESTADDRREQ || failure == -ENOTCONN)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_CONNECTED, "%s: the socket is not connected: connect first, or give a datagram a destination", operation);
  if (failure == -ETOOMANYREFS)
    return gsock_error_literal (error, GSOCK_ERROR_TOO_MANY_REFERENCES,
                                "%s: as many descriptors of this user are on their way as may be: try again once some have been received", operation);
  return gsock_error_set (error, failure, operation, destination);
}

/* How many bytes went along, or -errno. What went is told where something stops the rest. */
gssize
gsock_send_descriptors (GSockHandle *handle, GSockSendDescriptors *operation, GSockPatience *patience)
{
  gssize result = gsock_drive (handle, &operation->operation, patience);

  if (G_LIKELY (result >= 0) || operation->sent > 0)
    return operation->sent;
  return gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result;
}

static gssize
send_descriptors (GSockSocket *self, const char *name, const int *fds, gsize n_fds, const guint8 *payload, gsize length, const GSockAddress *destination, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  GSockSendDescriptors operation;
  gssize result;

  if (!gsock_check_passes_descriptors (name, &priv->handle, error) || !gsock_check_n_descriptors (name, n_fds, error))
    return -1;
  if (destination != NULL && destination->length == 0)
    destination = NULL;
  result = gsock_check_destination (&priv->handle, destination);
  if (G_LIKELY (result == 0))
    {
      gsock_send_descriptors_init (&operation, &priv->handle, fds, n_fds, payload, length, destination);
      result = gsock_send_descriptors (&priv->handle, &operation, &patience);
    }
  if (G_UNLIKELY (result < 0))
    return gsock_set_send_descriptors_error (error, gsock_handle_is_closed (&priv->handle) ? -GSOCK_E_CLOSED : result, name, destination) - 1;
  return result;
}

static gssize
send_by_spec (GSockSocket *self, const char *name, const int *fds, gsize n_fds, GBytes *payload, GSockSendSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *destination;
  GSockAddress room;
  gsize length = 0;
  const guint8 *bytes = payload != NULL ? g_bytes_get_data (payload, &length) : NULL;

  if (!gsock_send_destination (self, name, spec, &room, &destination, cancellable, error))
    return -1;
  return send_descriptors (self, name, fds, n_fds, bytes, length, destination, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_socket_send_file_descriptors_direct:
 * @self: a local socket
 * @fds: (array length=n_fds): descriptors, which stay the caller's
 * @n_fds: how many there are, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @payload: (array length=length) (nullable): bytes to send with them, or %NULL for a single one of no meaning
 * @length: how many there are
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends descriptors in one message, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.send_file_descriptors_with_keywords].
 *
 * Returns: how many bytes went along with them, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_file_descriptors_direct (GSockSocket *self, const int *fds, gsize n_fds, const guint8 *payload, gsize length, const GSockAddress *destination, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), -1);

  if (payload == NULL && length > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, SEND_MANY ": there is no payload") - 1;
  return send_descriptors (self, SEND_MANY, fds, n_fds, payload, length, destination, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_send_file_descriptors: (skip)
 * @self: a local socket
 * @fds: descriptors, which stay the caller's
 * @n_fds: how many there are
 * @payload: (nullable): bytes to send with them
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_file_descriptors_with_keywords]
 *
 * Sends descriptors in one message: the operator send-file-descriptors.
 *
 * Returns: how many bytes went along with them, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_file_descriptors (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_send_descriptor_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? send_by_spec (self, SEND_MANY, fds, n_fds, payload, &spec, cancellable, error) : -1;
}

/**
 * gsock_socket_send_file_descriptors_with_keywords: (rename-to gsock_socket_send_file_descriptors)
 * @self: a local socket
 * @fds: (array length=n_fds): descriptors, which stay the caller's
 * @n_fds: how many there are, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @payload: (nullable): bytes to send with them, or %NULL for a single one of no meaning
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends descriptors in one message, with some bytes: the operator send-file-descriptors. Keywords:
 * `wait` and `timeout` (seconds); an unconnected datagram socket takes a destination as
 * `remote-filename` or `remote-address`.
 *
 * The descriptors belong to the first byte. On a stream all bytes are sent, unless the timeout or an
 * error stops that: then the count so far is the answer, and the descriptors have gone.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for no descriptor or too many, `GSOCK_ERROR_INVALID_ARGUMENT` for one
 * that is not open, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not local,
 * `GSOCK_ERROR_TOO_MANY_REFERENCES` (as many of this user are on their way as the process may have
 * open; try again once some have been received), `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`,
 * `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_ALREADY_CONNECTED` for a destination on a connected socket,
 * `GSOCK_ERROR_CONNECTION_REFUSED` and `GSOCK_ERROR_NOT_FOUND` for a destination where nobody is,
 * `GSOCK_ERROR_MESSAGE_TOO_LONG`, `GSOCK_ERROR_ENDPOINT_SHUTDOWN`, `GSOCK_ERROR_INVALID_KEYWORD`,
 * `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: how many bytes went along with them, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_file_descriptors_with_keywords (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  if (!gsock_keywords_parse_values (&gsock_send_descriptor_keywords, &spec, names, values, n_values, error))
    return -1;
  return send_by_spec (self, SEND_MANY, fds, n_fds, payload, &spec, cancellable, error);
}

/**
 * gsock_socket_send_file_descriptor_direct:
 * @self: a local socket
 * @fd: a descriptor, which stays the caller's
 * @destination: (nullable): whom to send it to, or %NULL for the peer
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a descriptor, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.send_file_descriptors_with_keywords].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptor_direct (GSockSocket *self, int fd, const GSockAddress *destination, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), FALSE);

  return send_descriptors (self, SEND_ONE, &fd, 1, NULL, 0, destination, wait, timeout, cancellable, error) >= 0;
}

/**
 * gsock_socket_send_file_descriptor: (skip)
 * @self: a local socket
 * @fd: a descriptor, which stays the caller's
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_file_descriptor_with_keywords]
 *
 * Sends a descriptor: the operator send-file-descriptor.
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptor (GSockSocket *self, int fd, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_send_descriptor_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && send_by_spec (self, SEND_ONE, &fd, 1, NULL, &spec, cancellable, error) >= 0;
}

/**
 * gsock_socket_send_file_descriptor_with_keywords: (rename-to gsock_socket_send_file_descriptor)
 * @self: a local socket
 * @fd: a descriptor, which stays the caller's
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a descriptor to another process, along with one byte: the operator send-file-descriptor. The
 * keywords and the errors are those of [method@Socket.send_file_descriptors_with_keywords].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptor_with_keywords (GSockSocket *self, int fd, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_send_descriptor_keywords, &spec, names, values, n_values, error)
         && send_by_spec (self, SEND_ONE, &fd, 1, NULL, &spec, cancellable, error) >= 0;
}
