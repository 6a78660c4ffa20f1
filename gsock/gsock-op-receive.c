/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-from. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <poll.h>
#include <sys/uio.h>

/* Which system call it takes. */
typedef enum
{
  BY_RECV,
  BY_RECVFROM,
  BY_RECVMSG,
} Way;

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  Way way;
  guint8 *buffer;
  gsize length, got;
  int flags;
  gboolean stream;
  gboolean fill;    /* goes on until the room is full */
  gboolean control; /* descriptors may come along, which nobody here wants */
  GSockReceived *received;
} Receive;

static inline gssize
count_stream (Receive *self, gssize n)
{
  self->got += n;
  return self->fill && n > 0 && self->got < self->length ? -EAGAIN : 0;
}

static inline gssize
receive_stream (Receive *self, int fd, int flags)
{
  gssize n = recv (fd, self->buffer + self->got, self->length - self->got, self->flags | flags);

  return G_UNLIKELY (n < 0) ? -errno : count_stream (self, n);
}

/* MSG_TRUNC asks for the length that the datagram had. */
static inline gssize
receive_datagram (Receive *self, int fd, int flags)
{
  GSockAddress *sender = &self->received->sender;
  struct sockaddr *room = gsock_address_native_room (sender);
  gssize n = recvfrom (fd, self->buffer, self->length, self->flags | flags | MSG_TRUNC, room, &sender->length);

  if (G_UNLIKELY (n < 0))
    return -errno;
  self->received->full_length = n;
  self->got = MIN ((gsize) n, self->length);
  self->received->flags = self->got < (gsize) n ? MSG_TRUNC : 0;
  return 0;
}

/* One of those that came together after a receive-many. */
static GSOCK_SELDOM gssize
receive_segment (Receive *self, int fd)
{
  GSockAddress *sender = &self->received->sender;
  struct iovec vector = { self->buffer, self->length };
  struct msghdr message = { .msg_name = gsock_address_native_room (sender), .msg_namelen = sender->length, .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n = gsock_segments_recvmsg (self->handle, fd, &message, self->flags | MSG_TRUNC);

  if (n < 0)
    return n;
  sender->length = message.msg_namelen;
  self->received->full_length = n;
  self->got = MIN ((gsize) n, self->length);
  self->received->flags = self->got < (gsize) n ? MSG_TRUNC : 0;
  return 0;
}

/* The kernel answers EINVAL where there is no urgent byte, and would not wait for one. */
gssize
gsock_explain_no_urgency (int fd)
{
  struct pollfd ended = { .fd = fd, .events = POLLRDHUP };
  int in_line = 0;
  socklen_t length = sizeof in_line;

  if (getsockopt (fd, SOL_SOCKET, SO_OOBINLINE, &in_line, &length) != 0 || in_line)
    return -EINVAL;
  return poll (&ended, 1, 0) > 0 && (ended.revents & (POLLRDHUP | POLLHUP)) != 0 ? 0 : -EAGAIN;
}

/* Only recvmsg tells the flags of a message, which say where a record ends, and has room for what may
 * come along with it. On a stream MSG_TRUNC would throw the bytes away. */
static G_NO_INLINE gssize
receive_message (Receive *self, int fd, int flags)
{
  GSockAddress *sender = &self->received->sender;
  struct iovec vector = { self->buffer + self->got, self->length - self->got };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  GSockControlRoom control;
  gssize n;

  if (!self->stream)
    {
      message.msg_name = gsock_address_native_room (sender);
      message.msg_namelen = sender->length;
    }
  if (self->control)
    {
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
    }
  /* A packet socket takes no flag that means nothing to it. */
  n = recvmsg (fd, &message, self->flags | flags | (self->stream ? 0 : MSG_TRUNC) | (self->control ? MSG_CMSG_CLOEXEC : 0));
  if (G_UNLIKELY (n < 0))
    return errno == EINVAL && (self->flags & MSG_OOB) != 0 ? gsock_explain_no_urgency (fd) : -errno;
  gsock_control_close_all (&message);
  sender->length = message.msg_namelen;
  self->received->full_length = n;
  self->received->flags = message.msg_flags & ~(MSG_CTRUNC | MSG_CMSG_CLOEXEC);
  if (self->stream)
    return count_stream (self, n);
  self->got = MIN ((gsize) n, self->length);
  return 0;
}

static inline gssize
step_receive (GSockOperation *operation, int fd, int flags)
{
  Receive *self = (Receive *) operation;

  if (G_LIKELY (self->way == BY_RECVFROM))
    return G_UNLIKELY (gsock_handle_has_segments (self->handle)) ? receive_segment (self, fd) : receive_datagram (self, fd, flags);
  return self->way == BY_RECV ? receive_stream (self, fd, flags) : receive_message (self, fd, flags);
}

static inline Way
choose_way (const GSockHandle *handle, int flags)
{
  if (G_UNLIKELY ((flags & (MSG_ERRQUEUE | MSG_OOB)) != 0 || handle->family == AF_UNIX))
    return BY_RECVMSG;
  if (G_LIKELY (handle->datagrams))
    return BY_RECVFROM;
  return handle->type == SOCK_STREAM ? BY_RECV : BY_RECVMSG;
}

/* Urgent data and queued errors have events of their own, and the kernel never waits for them. */
short
gsock_receive_events (int flags)
{
  return (flags & MSG_OOB) != 0 ? POLLPRI | POLLRDHUP : (flags & MSG_ERRQUEUE) != 0 ? 0 : POLLIN;
}

static GSOCK_SELDOM gboolean
is_still_unbound (GSockHandle *handle)
{
  GSockAddress address;
  int fd = gsock_handle_enter (handle, 1);

  if (fd < 0)
    return FALSE;
  if (gsock_handle_get_local (handle, fd, &address) >= 0)
    handle->bound = handle->ops->is_bound (&address);
  gsock_handle_leave (handle, 1);
  return !handle->bound;
}

/* For what looks into the buffer of the stream itself. */
gssize
gsock_check_can_receive (GSockHandle *handle)
{
  if (G_LIKELY ((handle->bound | handle->connected) != 0 || !gsock_handle_has_descriptor (handle)))
    return 0;
  if (handle->datagrams)
    return is_still_unbound (handle) ? -GSOCK_E_NOT_BOUND : 0;
  if ((handle->type == SOCK_STREAM || handle->type == SOCK_SEQPACKET) && !handle->connecting && !handle->exposed)
    return -ENOTCONN;
  return 0;
}

gssize
gsock_check_receivable (GSockHandle *handle)
{
  return G_UNLIKELY (gsock_handle_has_buffered (handle, GSOCK_BUFFERED_INPUT)) ? -GSOCK_E_UNREAD : gsock_check_can_receive (handle);
}

static G_ALWAYS_INLINE inline gssize
receive_on_handle (GSockHandle *handle, guint8 *buffer, gsize length, int flags, GSockReceived *received, GSockPatience *patience)
{
  Receive self = {
    .operation = GSOCK_OPERATION_INIT (step_receive, gsock_receive_events (flags)),
    .handle = handle,
    .way = choose_way (handle, flags),
    .buffer = buffer,
    .length = length,
    .got = 0,
    .flags = flags & ~(MSG_DONTWAIT | MSG_TRUNC | MSG_WAITALL),
    .stream = handle->type == SOCK_STREAM,
    /* What is peeked at stays, so there is nothing to go on with. */
    .fill = (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0 && handle->type == SOCK_STREAM,
    .control = handle->family == AF_UNIX && (flags & MSG_PEEK) == 0,
    .received = received,
  };
  gssize result = gsock_drive (handle, &self.operation, patience);

  if (G_UNLIKELY (result < 0 && self.got == 0))
    return result;

  if (self.stream)
    received->full_length = self.got;
  else
    gsock_handle_settle_address (handle, &received->sender);
  return self.got;
}

GSOCK_SELDOM gboolean
gsock_set_receive_error (GError **error, const char *operator_name, gssize failure, const GSockHandle *handle)
{
  if (failure == -ECONNREFUSED && handle->type == SOCK_DGRAM && handle->ops->internet)
    return gsock_error_literal (error, GSOCK_ERROR_CONNECTION_REFUSED,
                                "%s: Connection refused: an earlier datagram that was sent found nobody there", operator_name);
  return gsock_error_set (error, failure, operator_name, NULL);
}

static void
note_drained (GSockHandle *handle, gboolean drained)
{
  guint before = __atomic_load_n (&handle->buffered, __ATOMIC_RELAXED) & GSOCK_BUFFERED_NOWHERE;

  if (drained && before == 0)
    (void) __atomic_or_fetch (&handle->buffered, GSOCK_BUFFERED_NOWHERE, __ATOMIC_RELAXED);
  else if (!drained && before != 0)
    (void) __atomic_and_fetch (&handle->buffered, ~GSOCK_BUFFERED_NOWHERE, __ATOMIC_RELAXED);
}

gssize
gsock_receive_try (GSockSocket *self, guint8 *buffer, gsize length, int flags, GSockReceived *received)
{
  GSockHandle *handle = gsock_socket_get_handle (self);
  GSockPatience impatience = { .wait = FALSE };
  gssize result = gsock_check_receivable (handle);

  received->sender.length = 0;
  received->flags = 0;
  if (result == 0)
    result = receive_on_handle (handle, buffer, length, flags, received, &impatience);
  note_drained (handle, result > 0 && (gsize) result < length && handle->type == SOCK_STREAM);
  return result < 0 && gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result;
}

/* Whether a try would find nothing: a stream that gave less than there was room for has to wait for its
 * peer, and a poll tells when it need not. */
gboolean
gsock_receive_would_wait (GSockSocket *self, int flags)
{
  return flags == 0 && (__atomic_load_n (&gsock_socket_get_handle (self)->buffered, __ATOMIC_RELAXED) & GSOCK_BUFFERED_NOWHERE) != 0;
}

static G_ALWAYS_INLINE inline gssize
receive_now (GSockSocket *self, guint8 *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
                             gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_check_receivable (handle);

  received->sender.length = 0;
  received->flags = 0;
  if (G_LIKELY (result == 0))
    result = receive_on_handle (handle, buffer, length, flags, received, &patience);
  if (G_UNLIKELY (result < 0))
    return gsock_set_receive_error (error, "receive-from", gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, handle) - 1;

  received->length = result;
  received->truncated = (received->flags & MSG_TRUNC) != 0;
  return result;
}

static GBytes *
receive_new_bytes (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  guint8 *buffer = g_try_malloc (MAX (size, 1));
  gssize n;

  if (buffer == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "receive-from: there is no memory for a size of %" G_GSIZE_FORMAT, size);
      return NULL;
    }
  n = receive_now (self, buffer, size, flags, wait, timeout, received, cancellable, error);
  if (n >= 0)
    return g_bytes_new_take (buffer, n);
  g_free (buffer);
  return NULL;
}

static void
give_received (const GSockReceived *received, GSockAddress **sender, GSockMessageFlags *flags, gsize *full_length)
{
  if (sender != NULL)
    *sender = received->sender.length > 0 ? gsock_address_copy (&received->sender) : NULL;
  if (flags != NULL)
    *flags = received->flags;
  if (full_length != NULL)
    *full_length = received->full_length;
}

GBytes *
gsock_socket_real_receive_from (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  GSockReceived received;
  GBytes *bytes = receive_new_bytes (self, size, flags, wait, timeout, &received, cancellable, error);

  if (bytes != NULL)
    give_received (&received, sender, received_flags, full_length);
  return bytes;
}

/* A subclass may answer more than was asked for; what does not fit counts as cut. */
static gssize
copy_bytes (GBytes *bytes, guint8 *buffer, gsize length, GSockAddress *sender, GSockReceived *received)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  received->length = MIN (size, length);
  received->full_length = MAX (received->full_length, size);
  received->truncated = received->full_length > received->length || (received->flags & MSG_TRUNC) != 0;
  if (received->length > 0)
    memcpy (buffer, data, received->length);
  if (sender != NULL)
    received->sender = *sender;
  else
    received->sender.length = 0;
  return received->length;
}

static GSOCK_SELDOM gssize
receive_by_method (GSockSocket *self, guint8 *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GBytes) bytes = NULL;

  received->flags = 0;
  received->full_length = 0;
  bytes = GSOCK_SOCKET_GET_CLASS (self)->receive_from (self, length, flags, wait, timeout, &sender, &received->flags,
                                                       &received->full_length, cancellable, error);
  return gsock_socket_answered (self, bytes != NULL, "receive-from", error) ? copy_bytes (bytes, buffer, length, sender, received) : -1;
}

static gssize
receive_flagged (GSockSocket *self, guint8 *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  return receive_now (self, buffer, length, flags, wait, timeout, received, cancellable, error);
}

/* No room at all is as good as room for nothing, and no address to count from. */
static GSOCK_SELDOM gboolean
replace_no_room (guint8 **buffer, gsize length, GError **error)
{
  static guint8 nothing;

  *buffer = &nothing;
  return length == 0 || gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "receive-from: there is no buffer");
}

/* Without flags, as most calls are, there is nothing to decide on: the compiler makes a short way of
 * its own for them. */
static G_ALWAYS_INLINE inline gssize
receive_checked (GSockSocket *self, guint8 *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  if (!gsock_message_flags_check ("receive-from", flags, GSOCK_FLAG_RECEIVE, error)
      || (G_UNLIKELY (buffer == NULL) && !replace_no_room (&buffer, length, error)))
    return -1;
  if (G_UNLIKELY (GSOCK_SOCKET_GET_CLASS (self)->receive_from != gsock_socket_real_receive_from))
    return receive_by_method (self, buffer, length, flags, wait, timeout, received, cancellable, error);
  if (G_UNLIKELY (flags != 0))
    return receive_flagged (self, buffer, length, flags, wait, timeout, received, cancellable, error);
  return receive_now (self, buffer, length, 0, wait, timeout, received, cancellable, error);
}

/**
 * gsock_socket_receive_from_direct: (skip)
 * @self: a socket
 * @buffer: room for what is received
 * @length: how many bytes fit in
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @received: (out) (optional): what is told of it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives into a buffer, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Returns: the number of bytes in the buffer, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_from_direct (GSockSocket *self, void *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  GSockReceived unwanted;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  return receive_checked (self, buffer, length, flags, wait, timeout, received != NULL ? received : &unwanted, cancellable, error);
}

/**
 * gsock_socket_receive_bytes: (virtual receive_from)
 * @self: a socket
 * @size: the most bytes to receive
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @sender: (out) (optional) (nullable) (transfer full): whom it came from; %NULL where that has no
 *   name, and on a stream
 * @received_flags: (out) (optional): what the kernel says of the message
 * @full_length: (out) (optional): how many bytes the datagram had
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives into a new #GBytes, with fixed arguments. This is what a subclass overrides to
 * specialise the operator receive-from.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Returns: (transfer full): the bytes, none at the end of a stream
 *
 * Since: 1.0
 */
GBytes *
gsock_socket_receive_bytes (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockAddress) from = NULL;
  GSockMessageFlags told = 0;
  gsize full = 0;
  GBytes *bytes;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (!gsock_message_flags_check ("receive-from", flags, GSOCK_FLAG_RECEIVE, error))
    return NULL;
  bytes = GSOCK_SOCKET_GET_CLASS (self)->receive_from (self, size, flags, wait, timeout, &from, &told, &full, cancellable, error);
  if (!gsock_socket_answered (self, bytes != NULL, "receive-from", error))
    return NULL;
  if (sender != NULL)
    *sender = g_steal_pointer (&from);
  if (received_flags != NULL)
    *received_flags = told;
  if (full_length != NULL)
    *full_length = MAX (full, g_bytes_get_size (bytes));
  return bytes;
}

static gssize
receive_by_spec (GSockSocket *self, guint8 *buffer, gsize length, GSockReceiveSpec *spec, GSockReceived *received, GCancellable *cancellable, GError **error)
{
  GSockReceived unwanted;
  gsize size;

  if (!gsock_check_range ("receive-from", spec->start, spec->end, length, &size, error))
    return -1;
  return receive_checked (self, buffer != NULL ? buffer + spec->start : NULL, size, spec->flags, spec->wait, spec->timeout,
                          received != NULL ? received : &unwanted, cancellable, error);
}

/**
 * gsock_socket_receive_from: (skip)
 * @self: a socket
 * @buffer: room for what is received
 * @length: how many bytes fit in
 * @received: (out) (optional): what is told of it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_from_with_keywords]; `start` and `end` choose a part of the buffer
 *
 * Receives into a buffer: the operator receive-from.
 *
 * Returns: the number of bytes received, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_from (GSockSocket *self, void *buffer, gsize length, GSockReceived *received, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveSpec spec = GSOCK_RECEIVE_SPEC_INIT;
  GSockArguments arguments;
  gboolean parsed;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  va_start (arguments.list, first_keyword);
  parsed = gsock_keywords_parse (&gsock_receive_keywords, &spec, first_keyword, &arguments, error);
  va_end (arguments.list);
  return parsed ? receive_by_spec (self, buffer, length, &spec, received, cancellable, error) : -1;
}

/**
 * gsock_socket_receive_from_with_keywords: (rename-to gsock_socket_receive_from)
 * @self: a socket
 * @size: the most bytes to receive
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @length: (out): how many bytes were received
 * @sender: (out) (optional) (nullable) (transfer full): whom they came from; %NULL where that has no
 *   name, and on a stream
 * @received_flags: (out) (optional): what the kernel says of the message
 * @full_length: (out) (optional): how many bytes the datagram had
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a datagram, or what a stream has: the operator receive-from.
 *
 * Keywords: `flags`, or each flag by its name (`out-of-band`, `peek`, `wait-all`, `dont-wait`,
 * `truncate`, `error-queue`); `wait` and `timeout` (seconds).
 *
 * Of a datagram that is longer than @size the rest is lost: @full_length is then greater than
 * @length, and @received_flags has %GSOCK_MESSAGE_FLAGS_TRUNCATE. At the end of a stream there are 0
 * bytes and no error. An empty datagram has 0 bytes too, and a sender.
 *
 * Errors: `GSOCK_ERROR_NOT_BOUND` for a datagram socket that has no address at which anything could
 * arrive, `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_CONNECTION_RESET`,
 * `GSOCK_ERROR_CONNECTION_REFUSED` (told of a datagram that was sent earlier),
 * `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_OUT_OF_RANGE`,
 * `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_INVALID_ARGUMENT`,
 * `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (array length=length) (transfer full): the bytes
 *
 * Since: 1.0
 */
guint8 *
gsock_socket_receive_from_with_keywords (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, gsize *length, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  GSockReceiveSpec spec = GSOCK_RECEIVE_SPEC_INIT;
  g_autofree guint8 *buffer = NULL;
  GSockReceived received;
  gssize n;

  g_return_val_if_fail (gsock_socket_check (self), NULL);

  /* The caller has no buffer of which start and end could choose a part: they only say how long. */
  *length = 0;
  if (!gsock_keywords_parse_values (&gsock_receive_keywords, &spec, names, values, n_values, error)
      || !gsock_check_range ("receive-from", spec.start, spec.end, size, &size, error))
    return NULL;
  buffer = g_try_malloc (MAX (size, 1));
  if (buffer == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "receive-from: there is no memory for a size of %" G_GSIZE_FORMAT, size);
      return NULL;
    }
  n = gsock_socket_receive_from_direct (self, buffer, size, spec.flags, spec.wait, spec.timeout, &received, cancellable, error);
  if (n < 0)
    return NULL;
  *length = n;
  give_received (&received, sender, received_flags, full_length);
  return g_steal_pointer (&buffer);
}
