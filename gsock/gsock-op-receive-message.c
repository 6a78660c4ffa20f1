/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-message. */

#include <gsock/gsock-socket-message.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-message-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the descriptors of a message and for everything else that may come with it. */
#define CONTROL_SIZE 4096

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  struct msghdr room; /* the buffers that are still to be filled */
  int flags;
  gsize size, got;
  gboolean fill; /* goes on until the room is full */
  GSockMessage *message;
} ReceiveMessage;

/* Of descriptors that came without the others none is of use. */
static void
drop_descriptors (GSockMessage *message)
{
  int pidfd = gsock_message_take_pidfd (message);

  if (pidfd >= 0)
    (void) close (pidfd);
  if (message->fds == NULL)
    return;
  gsock_control_close_descriptors ((const int *) (gpointer) message->fds->data, message->fds->len);
  g_clear_pointer (&message->fds, g_array_unref);
}

/* Descriptors belong to the bytes that they came with: there it ends, though there is room left. */
static gssize
count (ReceiveMessage *self, gsize n)
{
  self->got += n;
  if (!self->fill || n == 0 || self->got == self->size || self->message->fds != NULL)
    return 0;
  gsock_msghdr_advance (&self->room, n);
  return -EAGAIN;
}

static gssize
step_receive_message (GSockOperation *operation, int fd, int flags)
{
  ReceiveMessage *self = (ReceiveMessage *) operation;
  GSockMessage *message = self->message;
  union
  {
    struct cmsghdr align;
    guint8 bytes[CONTROL_SIZE];
  } control;
  struct msghdr header = self->room;
  gssize n;

  header.msg_name = gsock_address_native_room (&message->address);
  header.msg_namelen = message->address.length;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  n = gsock_handle_recvmsg (self->handle, fd, &header, self->flags | flags);
  if (n < 0)
    {
      message->address.length = 0;
      return n == -EINVAL && (self->flags & MSG_OOB) != 0 ? gsock_explain_no_urgency (fd) : n;
    }
  message->address.length = header.msg_namelen;
  message->flags |= header.msg_flags & ~MSG_CMSG_CLOEXEC;
  gsock_ancillary_decode (message, &header);
  if ((header.msg_flags & MSG_CTRUNC) != 0)
    drop_descriptors (message);
  return count (self, n);
}

static gsize
total_size (const struct iovec *vectors, gsize n_vectors)
{
  gsize size = 0;

  for (gsize i = 0; i < n_vectors; i++)
    size += vectors[i].iov_len;
  return size;
}

/* Receives into @vectors, which it changes; the message has everything but the bytes. How many bytes
 * are there, or -1. */
static gssize
receive_parts (GSockSocket *self, struct iovec *vectors, gsize n_vectors, GSockMessageFlags flags, gboolean wait, double timeout, GSockMessage *message, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  ReceiveMessage operation = {
    .operation = { .step = step_receive_message, .events = gsock_receive_events (flags) },
    .handle = handle,
    .room = { .msg_iov = vectors, .msg_iovlen = n_vectors },
    /* Packet sockets refuse the flag for descriptors, and only local ones have a use for it. */
    .flags = (flags & ~(MSG_DONTWAIT | MSG_TRUNC | MSG_WAITALL)) | (handle->type == SOCK_STREAM ? 0 : MSG_TRUNC)
             | (handle->ops->local ? MSG_CMSG_CLOEXEC : 0),
    .size = total_size (vectors, n_vectors),
    /* What is peeked at stays, so there is nothing to go on with. */
    .fill = (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0 && handle->type == SOCK_STREAM,
    .message = message,
  };
  gssize result = gsock_check_receivable (handle);

  if (result == 0)
    result = gsock_drive (handle, &operation.operation, &patience);
  if (result < 0 && operation.got == 0)
    return gsock_set_receive_error (error, "receive-message", gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, handle) - 1;
  gsock_address_clamp (&message->address);
  gsock_handle_export_address (handle, &message->address);
  message->full_length = operation.got;
  return MIN (operation.got, operation.size);
}

GSockMessage *
gsock_socket_real_receive_message (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autofree guint8 *buffer = g_try_malloc (MAX (size, 1));
  g_autoptr (GBytes) bytes = NULL;
  struct iovec vector = { buffer, size };
  gssize n;

  if (buffer == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "receive-message: there is no memory for a size of %" G_GSIZE_FORMAT, size);
      return NULL;
    }
  n = receive_parts (self, &vector, 1, flags, wait, timeout, message, cancellable, error);
  if (n < 0)
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&buffer), n);
  gsock_message_add_bytes (message, bytes);
  return g_steal_pointer (&message);
}

/**
 * gsock_socket_receive_message_direct: (virtual receive_message)
 * @self: a socket
 * @size: the most bytes to receive
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a message, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@Socket.receive_message_with_keywords].
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
GSockMessage *
gsock_socket_receive_message_direct (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockMessage *message;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (!gsock_message_flags_check ("receive-message", flags, GSOCK_FLAG_RECEIVE, error))
    return NULL;
  message = GSOCK_SOCKET_GET_CLASS (self)->receive_message (self, size, flags, wait, timeout, cancellable, error);
  return gsock_socket_answered (self, message != NULL, "receive-message", error) ? message : NULL;
}

static gssize
scatter (GSockMessage *message, const struct iovec *vectors, guint n_vectors)
{
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (message);
  gsize length, at = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (guint i = 0; i < n_vectors && at < length; i++)
    {
      gsize n = MIN (vectors[i].iov_len, length - at);

      if (n > 0)
        memcpy (vectors[i].iov_base, data + at, n);
      at += n;
    }
  return at;
}

/* What a method answers is a message of its own, whose bytes are copied. */
static gssize
receive_by_method (GSockSocket *self, const struct iovec *vectors, guint n_vectors, GSockMessageFlags flags, gboolean wait, double timeout, GSockMessage **message, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) received
      = gsock_socket_receive_message_direct (self, total_size (vectors, n_vectors), flags, wait, timeout, cancellable, error);
  gssize n;

  if (received == NULL)
    return -1;
  n = scatter (received, vectors, n_vectors);
  if (message != NULL)
    *message = g_steal_pointer (&received);
  return n;
}

static gssize
receive_scattered (GSockSocket *self, const struct iovec *vectors, guint n_vectors, GSockMessageFlags flags, gboolean wait, double timeout, GSockMessage **message, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) received = gsock_message_new ();
  g_autofree struct iovec *room = g_memdup2 (vectors, n_vectors * sizeof *vectors);
  gssize n = receive_parts (self, room, n_vectors, flags, wait, timeout, received, cancellable, error);

  if (n >= 0 && message != NULL)
    *message = g_steal_pointer (&received);
  return n;
}

/**
 * gsock_socket_receive_vectors: (skip)
 * @self: a socket
 * @vectors: (array length=n_vectors): buffers to fill, one after the other
 * @n_vectors: how many there are
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @message: (out) (optional) (transfer full): everything that came beside the bytes
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a message into several buffers of the caller's.
 *
 * The message has no bytes, for they are in the buffers; but one that a subclass answers has them, and
 * they are in the buffers too.
 *
 * The errors are those of [method@Socket.receive_message_with_keywords],
 * `GSOCK_ERROR_OUT_OF_RANGE` for too many buffers and `GSOCK_ERROR_INVALID_ARGUMENT` where there are none.
 *
 * Returns: the number of bytes in the buffers, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_vectors (GSockSocket *self, const GInputVector *vectors, guint n_vectors, GSockMessageFlags flags, gboolean wait, double timeout, GSockMessage **message, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);
  G_STATIC_ASSERT (sizeof (GInputVector) == sizeof (struct iovec));
  G_STATIC_ASSERT (G_STRUCT_OFFSET (GInputVector, size) == G_STRUCT_OFFSET (struct iovec, iov_len));

  if (!gsock_message_flags_check ("receive-message", flags, GSOCK_FLAG_RECEIVE, error))
    return -1;
  if (vectors == NULL && n_vectors > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "receive-message: there are no buffers") - 1;
  if (n_vectors > IOV_MAX)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "receive-message: %u buffers; there can be %d at most", n_vectors, IOV_MAX) - 1;
  if (GSOCK_SOCKET_GET_CLASS (self)->receive_message != gsock_socket_real_receive_message)
    return receive_by_method (self, (const struct iovec *) vectors, n_vectors, flags, wait, timeout, message, cancellable, error);
  return receive_scattered (self, (const struct iovec *) vectors, n_vectors, flags, wait, timeout, message, cancellable, error);
}

/**
 * gsock_socket_receive_message: (skip)
 * @self: a socket
 * @size: the most bytes to receive
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_message_with_keywords]
 *
 * Receives a message: the operator receive-message.
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
GSockMessage *
gsock_socket_receive_message (GSockSocket *self, gsize size, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockMessageSpec spec = GSOCK_MESSAGE_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_receive_message_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? gsock_socket_receive_message_direct (self, size, spec.flags, spec.wait, spec.timeout, cancellable, error) : NULL;
}

/**
 * gsock_socket_receive_message_with_keywords: (rename-to gsock_socket_receive_message)
 * @self: a socket
 * @size: the most bytes to receive
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a message with all that came along: the operator receive-message. Keywords: `flags`, or
 * each flag by its name (`out-of-band`, `peek`, `wait-all`, `dont-wait`, `truncate`, `error-queue`);
 * `wait` and `timeout` (seconds).
 *
 * Which ancillary data the kernel tells is asked for by options: `ip-packet-info`,
 * `ip-receive-ttl`, `ip-receive-tos`, `timestamp-ns`, `pass-credentials` and so on. Where descriptors
 * were lost for want of room or of numbers, [method@Message.is_control_truncated] says so and those
 * that came are closed.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Returns: (transfer full): the message, without a byte at the end of a stream
 *
 * Since: 1.0
 */
GSockMessage *
gsock_socket_receive_message_with_keywords (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockMessageSpec spec = GSOCK_MESSAGE_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (!gsock_keywords_parse_values (&gsock_receive_message_keywords, &spec, names, values, n_values, error))
    return NULL;
  return gsock_socket_receive_message_direct (self, size, spec.flags, spec.wait, spec.timeout, cancellable, error);
}
