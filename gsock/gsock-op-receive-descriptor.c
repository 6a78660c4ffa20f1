/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators receive-file-descriptor and receive-file-descriptors. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-private.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#define RECEIVE_ONE "receive-file-descriptor"
#define RECEIVE_MANY "receive-file-descriptors"

/* No descriptor goes with more bytes than these without being received by another call. */
#define PAYLOAD_MAX 65536

/* From the buffer of the stream, which has kept the descriptors with the bytes that they came with. */
static gssize
receive_buffered (GSockReceiveDescriptors *self)
{
  gssize n = gsock_streams_take_descriptors (self->handle->streams, self->payload + self->length, self->fds, &self->n_fds, &self->truncated);

  if (n > 0)
    self->length++;
  return n;
}

static gssize
receive_some (GSockReceiveDescriptors *self, int fd, int flags)
{
  GSockControlRoom control;
  struct iovec vector = { self->payload + self->length, self->size - self->length };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  gssize n;

  if (G_UNLIKELY (gsock_handle_has_buffered (self->handle, GSOCK_BUFFERED_INPUT)))
    return receive_buffered (self);
  n = recvmsg (fd, &header, flags | MSG_CMSG_CLOEXEC);
  if (n < 0)
    return -errno;
  self->length += n;
  self->n_fds = gsock_control_copy_descriptors (&header, self->fds, self->n_fds);
  self->truncated = (header.msg_flags & MSG_CTRUNC) != 0 || self->n_fds > GSOCK_FILE_DESCRIPTORS_MAX;
  self->n_fds = MIN (self->n_fds, GSOCK_FILE_DESCRIPTORS_MAX);
  self->cut = (header.msg_flags & MSG_TRUNC) != 0;
  self->ended = n == 0 && self->n_fds == 0;
  return n;
}

/* The kernel ends a read of a stream behind the bytes that descriptors came with. It does not end it
 * before them, and peeking finds descriptors that come later, so which byte they are with is known for
 * certain only where no more is read than belongs to them. */
gssize
gsock_step_receive_descriptors (GSockOperation *operation, int fd, int flags)
{
  GSockReceiveDescriptors *self = (GSockReceiveDescriptors *) operation;
  gssize n;

  do
    n = receive_some (self, fd, flags);
  while (n > 0 && self->stream && self->length < self->size && !self->truncated);
  return n < 0 ? n : !self->ended;
}

/* @payload has room for @size bytes, one at least. */
void
gsock_receive_descriptors_init (GSockReceiveDescriptors *self, const GSockHandle *handle, guint8 *payload, gsize size)
{
  self->operation = (GSockOperation){ .step = gsock_step_receive_descriptors, .events = POLLIN };
  self->n_fds = self->length = 0;
  self->payload = payload;
  self->size = size;
  self->handle = handle;
  self->stream = handle->type == SOCK_STREAM;
  self->truncated = self->cut = self->ended = FALSE;
}

void
gsock_receive_descriptors_close (GSockReceiveDescriptors *self)
{
  gsock_control_close_descriptors (self->fds, self->n_fds);
  self->n_fds = 0;
}

typedef struct
{
  const char *operation;
  gsize maximum;
  gboolean whole; /* the payload is wanted whole */
} Wanted;

gboolean
gsock_set_receive_descriptors_error (GError **error, gssize failure, const char *operation)
{
  if (failure == -ENOTCONN || failure == -EINVAL)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_CONNECTED, "%s: the socket is not connected", operation);
  return gsock_error_set (error, failure, operation, NULL);
}

gboolean
gsock_refuse_descriptors (GError **error, const GSockReceiveDescriptors *received, const GSockHandle *handle, const char *operation, gsize maximum)
{
  if (received->ended && handle->type != SOCK_DGRAM)
    return gsock_error_literal (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN, "%s: the peer has ended the conversation", operation);
  if (received->n_fds == 0 && !received->truncated)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "%s: %s came without a descriptor: receive-message takes either",
                                operation, handle->type == SOCK_STREAM ? "a byte" : "a message");
  if (received->n_fds <= maximum && !received->truncated)
    return gsock_error_literal (error, GSOCK_ERROR_TRUNCATED, "%s: the payload was longer than the size of %" G_GSIZE_FORMAT "; the descriptors were closed",
                                operation, received->size);
  return gsock_error_literal (error, GSOCK_ERROR_TRUNCATED,
                              "%s: more came than the %" G_GSIZE_FORMAT " that were asked for or this process may open; all were closed",
                              operation, maximum);
}

/* @whole: nothing of the payload may be missing. */
gboolean
gsock_receive_descriptors_are_as_wanted (const GSockReceiveDescriptors *self, gsize maximum, gboolean whole)
{
  return self->n_fds >= 1 && self->n_fds <= maximum && !self->truncated && !(self->cut && whole);
}

/* Whether the descriptors are there, which are the caller's then; otherwise none is open. */
static gboolean
receive_descriptors (GSockSocket *self, GSockReceiveDescriptors *received, guint8 *payload, gsize size, const Wanted *wanted, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result;

  if (!gsock_check_passes_descriptors (wanted->operation, &priv->handle, error)
      || !gsock_check_n_descriptors (wanted->operation, wanted->maximum, error))
    return FALSE;
  gsock_receive_descriptors_init (received, &priv->handle, payload, size);
  result = gsock_check_can_receive (&priv->handle);
  if (G_LIKELY (result == 0))
    result = gsock_drive (&priv->handle, &received->operation, &patience);
  /* What came is told where something stops the rest. */
  if (G_LIKELY ((result >= 0 || received->n_fds > 0) && gsock_receive_descriptors_are_as_wanted (received, wanted->maximum, wanted->whole)))
    return TRUE;
  if (result >= 0 || received->length > 0)
    gsock_refuse_descriptors (error, received, &priv->handle, wanted->operation, wanted->maximum);
  else
    gsock_set_receive_descriptors_error (error, gsock_handle_is_closed (&priv->handle) ? -GSOCK_E_CLOSED : result, wanted->operation);
  gsock_receive_descriptors_close (received);
  return FALSE;
}

static int
receive_one (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  const Wanted wanted = { RECEIVE_ONE, 1, FALSE };
  GSockReceiveDescriptors received;
  guint8 byte;

  return receive_descriptors (self, &received, &byte, 1, &wanted, wait, timeout, cancellable, error) ? received.fds[0] : -1;
}

gboolean
gsock_check_payload_size (gsize size, GError **error)
{
  return (size >= 1 && size <= PAYLOAD_MAX)
         || gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, RECEIVE_MANY ": a size of %" G_GSIZE_FORMAT "; the payload of descriptors has room for 1 to %d bytes", size, PAYLOAD_MAX);
}

static int *
receive_by_spec (GSockSocket *self, gsize maximum, GSockReceiveManySpec *spec, gsize *n_fds, GBytes **payload, GCancellable *cancellable, GError **error)
{
  gsize size = GSOCK_GIVEN (spec, GSOCK_RECEIVE_MANY_SIZE) ? (gsize) spec->size : 1;
  const Wanted wanted = { RECEIVE_MANY, maximum, GSOCK_GIVEN (spec, GSOCK_RECEIVE_MANY_SIZE) };
  GSockReceiveDescriptors received;
  g_autofree guint8 *room = NULL;

  *n_fds = 0;
  if (payload != NULL)
    *payload = NULL;
  if (!gsock_check_payload_size (size, error))
    return NULL;
  room = g_malloc (size);
  if (!receive_descriptors (self, &received, room, size, &wanted, spec->wait, spec->timeout, cancellable, error))
    return NULL;
  *n_fds = received.n_fds;
  if (payload != NULL)
    *payload = g_bytes_new_take (g_steal_pointer (&room), received.length);
  return g_memdup2 (received.fds, received.n_fds * sizeof (int));
}

/**
 * gsock_socket_receive_file_descriptors_direct: (skip)
 * @self: a local socket
 * @fds: (array length=maximum): room for descriptors
 * @maximum: for how many
 * @payload: (array length=size) (nullable): room for the bytes that they came with
 * @size: for how many
 * @length: (out) (optional): how many bytes there are
 * @wait: whether to wait for a message
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives the descriptors of one message into an array of the caller's, without an allocation: for hot
 * loops. Where there is no room for a payload, what there is of one is dropped, but for a stream, whose
 * further bytes stay.
 *
 * The errors are those of [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: how many descriptors there are, which are the caller's to close; or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_file_descriptors_direct (GSockSocket *self, int *fds, gsize maximum, guint8 *payload, gsize size, gsize *length, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  const Wanted wanted = { RECEIVE_MANY, maximum, payload != NULL };
  GSockReceiveDescriptors received;
  guint8 byte;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  if (payload != NULL && !gsock_check_payload_size (size, error))
    return -1;
  if (!receive_descriptors (self, &received, payload != NULL ? payload : &byte, payload != NULL ? size : 1, &wanted, wait, timeout, cancellable, error))
    return -1;
  memcpy (fds, received.fds, received.n_fds * sizeof (int));
  if (length != NULL)
    *length = received.length;
  return received.n_fds;
}

/**
 * gsock_socket_receive_file_descriptors: (skip)
 * @self: a local socket
 * @maximum: the most descriptors to take
 * @n_fds: (out): how many there are
 * @payload: (out) (optional) (transfer full): the bytes that they came with
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_file_descriptors_with_keywords]
 *
 * Receives the descriptors of one message: the operator receive-file-descriptors.
 *
 * Returns: (array length=n_fds) (transfer full): the descriptors
 *
 * Since: 1.0
 */
int *
gsock_socket_receive_file_descriptors (GSockSocket *self, gsize maximum, gsize *n_fds, GBytes **payload, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_receive_descriptors_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? receive_by_spec (self, maximum, &spec, n_fds, payload, cancellable, error) : NULL;
}

/**
 * gsock_socket_receive_file_descriptors_with_keywords: (rename-to gsock_socket_receive_file_descriptors)
 * @self: a local socket
 * @maximum: the most descriptors to take, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @n_fds: (out): how many there are
 * @payload: (out) (optional) (transfer full): the bytes that they came with
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives the descriptors of one message: the operator receive-file-descriptors. They are close-on-exec
 * and the caller's to close. Keywords: `size`, the most bytes of payload to receive with them; `wait` and
 * `timeout` (seconds).
 *
 * Descriptors belong to the byte that they came with. On a stream `size` bytes are received, 1 where it is
 * not given, together with the descriptors of these bytes, and nothing of what follows; where the stream
 * ends before, or the timeout or an error stops it, what came so far is the answer. A datagram or a record
 * that is longer than a `size` that was given is refused; where none was given its bytes do not matter.
 *
 * Errors: `GSOCK_ERROR_TRUNCATED` where more descriptors came than @maximum, or than this process may have
 * open, or a longer payload: all are closed then; `GSOCK_ERROR_INVALID_STATE` where a byte or a message
 * came without a descriptor, and is lost ([method@Socket.receive_message_with_keywords] takes either),
 * `GSOCK_ERROR_ENDPOINT_SHUTDOWN` at the end of the conversation, `GSOCK_ERROR_OUT_OF_RANGE` for a @maximum
 * of 0 or above %GSOCK_FILE_DESCRIPTORS_MAX and for a `size` above 65536,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not local, `GSOCK_ERROR_WOULD_BLOCK`,
 * `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_NOT_BOUND`,
 * `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (array length=n_fds) (transfer full): the descriptors
 *
 * Since: 1.0
 */
int *
gsock_socket_receive_file_descriptors_with_keywords (GSockSocket *self, gsize maximum, const char *const *names, const GValue *values, guint n_values, gsize *n_fds, GBytes **payload, GCancellable *cancellable, GError **error)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  *n_fds = 0;
  if (!gsock_keywords_parse_values (&gsock_receive_descriptors_keywords, &spec, names, values, n_values, error))
    return NULL;
  return receive_by_spec (self, maximum, &spec, n_fds, payload, cancellable, error);
}

/**
 * gsock_socket_receive_file_descriptor_direct:
 * @self: a local socket
 * @wait: whether to wait for a message
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a descriptor, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: the descriptor, which is the caller's to close, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_receive_file_descriptor_direct (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), -1);

  return receive_one (self, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_receive_file_descriptor: (skip)
 * @self: a local socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_file_descriptor_with_keywords]
 *
 * Receives a descriptor: the operator receive-file-descriptor.
 *
 * Returns: the descriptor, which is the caller's to close, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_receive_file_descriptor (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_receive_descriptor_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? receive_one (self, spec.wait, spec.timeout, cancellable, error) : -1;
}

/**
 * gsock_socket_receive_file_descriptor_with_keywords: (rename-to gsock_socket_receive_file_descriptor)
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a descriptor, and the byte that comes with it: the operator receive-file-descriptor. It is
 * close-on-exec and the caller's to close. Keywords: `wait` and `timeout` (seconds). A message with more
 * than one is refused, and all of them closed.
 *
 * The errors are those of [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: the descriptor, which is the caller's to close, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_receive_file_descriptor_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  if (!gsock_keywords_parse_values (&gsock_receive_descriptor_keywords, &spec, names, values, n_values, error))
    return -1;
  return receive_one (self, spec.wait, spec.timeout, cancellable, error);
}
