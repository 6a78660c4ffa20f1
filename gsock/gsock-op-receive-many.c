/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-many. */

#include <gsock/gsock-socket-batch.h>

#include <gsock/gsock-batch-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>

/* Of one system call: Linux takes no more messages (UIO_MAXIOV), and so much room is made at most. */
#define MESSAGES_MAX 1024
#define ROOM_MAX (1024 * 1024)

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  GSockSegments *segments;
  GSockBatch *batch;
  guint most;
  gsize size;       /* of a datagram; what is longer is cut */
  gboolean may_join;
} ReceiveMany;

/* What a system call has brought, wherever it lies. */
typedef struct
{
  const guint8 *data;
  gsize length;     /* as it is there */
  gsize full_length;
  gsize segment;    /* of which it is made, or its length */
  guint32 number;
} Arrival;

/* Datagrams longer than the caller wants lose their ends; those that are left move up. */
static GSOCK_SELDOM void
append_cut (ReceiveMany *self, const Arrival *arrival, gsize n_bytes)
{
  GSockBatch *batch = self->batch;
  guint8 *to = batch->data + batch->used;

  for (gsize at = 0; at < n_bytes || at == 0; at += arrival->segment)
    {
      gsize length = MIN (arrival->segment, n_bytes - at), kept = MIN (length, self->size);

      memmove (to, arrival->data + at, kept);
      to += kept;
      gsock_batch_append (batch, 1, kept, kept, arrival->number);
      gsock_batch_set_full_length (batch, length);
      if (arrival->segment == 0)
        break;
    }
}

/* Appends as many datagrams as there is room for, and tells of how many bytes they were. */
static inline gsize
append_arrival (ReceiveMany *self, const Arrival *arrival)
{
  GSockBatch *batch = self->batch;
  guint room = self->most - batch->n;
  gsize n_bytes = arrival->length;
  guint count = 1;

  if (arrival->segment < arrival->length)
    {
      count = MIN (room, (arrival->length + arrival->segment - 1) / arrival->segment);
      n_bytes = MIN (count * arrival->segment, arrival->length);
    }
  if (G_UNLIKELY (arrival->segment > self->size))
    {
      append_cut (self, arrival, n_bytes);
      return n_bytes;
    }
  if (arrival->data != batch->data + batch->used)
    memmove (batch->data + batch->used, arrival->data, n_bytes);
  gsock_batch_append (batch, count, n_bytes, arrival->segment, arrival->number);
  /* Only where nothing was joined can the room have been short. */
  if (G_UNLIKELY (arrival->full_length > arrival->length))
    gsock_batch_set_full_length (batch, arrival->full_length);
  return n_bytes;
}

/* What is left of datagrams that came joined stays with the socket. */
static GSOCK_SELDOM void
hold_rest (ReceiveMany *self, const struct msghdr *header, const GSockAddress *sender, const Arrival *arrival, gsize used)
{
  GSockJoined like = { .segment = arrival->segment, .flags = header->msg_flags & ~(MSG_CMSG_CLOEXEC | MSG_TRUNC) };
  GSockAddress room;

  like.sender = *gsock_handle_import_address (self->handle, sender, &room);
  like.control_length = header->msg_controllen;
  memcpy (like.control, header->msg_control, like.control_length);
  gsock_segments_hold (self->handle, &like, arrival->data + used, arrival->length - used);
}

/* One message that the kernel has filled in, with room for @room bytes. @sender is where the batch has
 * room for the next address. */
static G_ALWAYS_INLINE inline void
accept_message (ReceiveMany *self, struct msghdr *header, GSockAddress *sender, gsize full_length, gsize room)
{
  Arrival arrival = { .data = header->msg_iov->iov_base, .length = MIN (full_length, room), .full_length = full_length };
  gsize used = 0;

  arrival.segment = header->msg_controllen > 0 ? gsock_segments_size_of (header) : 0;
  self->segments->came_joined = arrival.segment > 0 && arrival.segment < full_length;
  if (!self->segments->came_joined)
    arrival.segment = arrival.length;
  gsock_handle_settle_address (self->handle, sender);
  if (G_LIKELY (self->batch->n < self->most))
    {
      arrival.number = gsock_batch_keep_address (self->batch);
      used = append_arrival (self, &arrival);
      if (G_LIKELY (used == arrival.length))
        return;
    }
  hold_rest (self, header, sender, &arrival, used);
}

/* Where datagrams come joined one message brings many of them, straight to where they belong. */
static G_ALWAYS_INLINE inline gssize
receive_joined (ReceiveMany *self, int fd, int flags)
{
  guint64 control[GSOCK_JOINED_CONTROL / sizeof (guint64)];
  GSockAddress *sender = gsock_batch_address_room (self->batch);
  struct iovec vector = { gsock_batch_data_room (self->batch, GSOCK_JOINED_MAX), GSOCK_JOINED_MAX };
  struct msghdr header = {
    .msg_name = sender->storage,
    .msg_namelen = sizeof sender->storage,
    .msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = control,
    .msg_controllen = sizeof control,
  };
  gssize n = recvmsg (fd, &header, flags);

  if (G_UNLIKELY (n < 0))
    return -errno;
  sender->length = header.msg_namelen;
  accept_message (self, &header, sender, n, GSOCK_JOINED_MAX);
  return TRUE;
}

/* Headers, room for an address each, and for control messages where they matter. */
static GSockSysMessage *
prepare_messages (ReceiveMany *self, guint n, gsize room)
{
  gsize control = self->may_join ? GSOCK_JOINED_CONTROL : 0;
  gsize storage = sizeof ((GSockAddress *) NULL)->storage;
  GSockSysMessage *messages = gsock_batch_scratch (self->batch, n * (sizeof *messages + sizeof (struct iovec) + storage + control));
  struct iovec *vectors = (struct iovec *) (messages + n);
  guint8 *senders = (guint8 *) (vectors + n), *controls = senders + n * storage;
  guint8 *data = gsock_batch_data_room (self->batch, n * room);

  for (guint i = 0; i < n; i++)
    {
      vectors[i] = (struct iovec){ data + i * room, room };
      messages[i].header = (struct msghdr){
        .msg_name = senders + i * storage,
        .msg_namelen = storage,
        .msg_iov = &vectors[i],
        .msg_iovlen = 1,
        .msg_control = control > 0 ? controls + i * control : NULL,
        .msg_controllen = control,
      };
    }
  return messages;
}

/* Elsewhere it is many messages in one system call. Tells whether there may be more. */
static G_NO_INLINE gssize
receive_several (ReceiveMany *self, int fd, int flags)
{
  gsize room = self->may_join ? GSOCK_JOINED_MAX : MAX (self->size, 1);
  guint n = MIN (MIN (self->most - self->batch->n, MESSAGES_MAX), MAX (ROOM_MAX / room, 1));
  GSockSysMessage *messages = prepare_messages (self, n, room);
  int later_error, got = gsock_sys_receive_many (fd, messages, n, flags | MSG_TRUNC, &later_error);

  if (got < 0)
    return -errno;
  for (int i = 0; i < got; i++)
    {
      GSockAddress *sender = gsock_batch_address_room (self->batch);

      sender->length = messages[i].header.msg_namelen;
      memcpy (sender->storage, messages[i].header.msg_name, MIN (sender->length, sizeof sender->storage));
      accept_message (self, &messages[i].header, sender, messages[i].length, self->may_join ? room : self->size);
    }
  if (later_error != 0)
    gsock_segments_hold_error (self->handle, later_error);
  return got == (int) n;
}

/* What was received before comes first. */
static GSOCK_SELDOM void
take_held (ReceiveMany *self)
{
  GSockJoined *joined;

  while (self->batch->n < self->most && (joined = gsock_segments_take (self->segments)) != NULL)
    {
      Arrival arrival = {
        .data = joined->data + joined->at,
        .length = joined->length - joined->at,
        .segment = MIN (joined->segment, joined->length - joined->at),
      };
      GSockAddress *sender = gsock_batch_address_room (self->batch);

      *sender = joined->sender;
      gsock_handle_settle_address (self->handle, sender);
      arrival.full_length = arrival.length;
      arrival.number = gsock_batch_keep_address (self->batch);
      gsock_batch_data_room (self->batch, arrival.length);
      joined->at += append_arrival (self, &arrival);
      if (joined->at < joined->length)
        gsock_segments_give_back (self->handle, joined);
      else
        g_free (joined);
    }
}

/* With nothing in the batch yet it may wait. Where others may hold segments for this call the kernel
 * must not do the waiting. */
static G_ALWAYS_INLINE inline gssize
receive_more (ReceiveMany *self, int fd, int flags)
{
  gssize result = TRUE;

  if (self->batch->n > 0 || self->segments->joins)
    flags = MSG_DONTWAIT;
  while (result > 0 && self->batch->n < self->most)
    {
      result = self->may_join && self->segments->came_joined ? receive_joined (self, fd, flags) : receive_several (self, fd, flags);
      flags = MSG_DONTWAIT;
    }
  return result;
}

static G_ALWAYS_INLINE inline gssize
step_receive_many (GSockOperation *operation, int fd, int flags)
{
  ReceiveMany *self = (ReceiveMany *) operation;
  gssize result = 0;

  self->may_join = gsock_segments_may_join (self->handle, fd);
  if (G_UNLIKELY (gsock_segments_are_held (self->segments)))
    {
      take_held (self);
      if (self->batch->n == 0)
        result = gsock_segments_take_error (self->segments);
    }
  if (result == 0 && self->batch->n < self->most)
    result = receive_more (self, fd, flags);
  if (self->batch->n == 0)
    return result;
  if (result < 0 && result != -EAGAIN && result != -EINTR)
    gsock_segments_hold_error (self->handle, (int) -result);
  return 0;
}

/* Nothing comes between the record and the driver, or the compiler would not know the step any more. */
static G_ALWAYS_INLINE inline gssize
receive_many_on_handle (GSockHandle *handle, GSockSegments *segments, GSockBatch *batch, guint most, gsize size, GSockPatience *patience)
{
  ReceiveMany self = {
    .operation = { .step = step_receive_many, .events = POLLIN },
    .handle = handle,
    .segments = segments,
    .batch = batch,
    .most = most,
    .size = size,
  };

  return gsock_drive (handle, &self.operation, patience);
}

static G_ALWAYS_INLINE inline gssize
receive_many_now (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
                             gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_check_receivable (handle);

  if (G_LIKELY (result == 0))
    result = receive_many_on_handle (handle, gsock_segments_get (handle), batch, most, size, &patience);
  if (G_UNLIKELY (result < 0))
    {
      gsock_batch_empty (batch);
      return gsock_set_receive_error (error, "receive-many", gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, handle) - 1;
    }
  return batch->n;
}

static gboolean
receive_by_method (GSockSocket *self, GSockBatch *batch, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockReceived received;
  guint8 *room = gsock_batch_data_room (batch, size);
  gssize n = gsock_socket_receive_from_direct (self, room, size, flags, wait, timeout, &received, cancellable, error);

  if (n < 0)
    return FALSE;
  gsock_batch_append (batch, 1, n, n, gsock_batch_number_of (batch, &received.sender));
  gsock_batch_set_full_length (batch, MAX ((gsize) n, received.full_length));
  return TRUE;
}

/* A class that has specialised receive-from has a say in each datagram. */
static gssize
receive_many_by_method (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (!receive_by_method (self, batch, size, flags, wait, timeout, cancellable, error))
    return -1;
  while (batch->n < most && receive_by_method (self, batch, size, flags, FALSE, timeout, cancellable, NULL))
    ;
  return batch->n;
}

static gboolean
check_many (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  if (batch == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "receive-many: there is no batch");
  if (most == 0 || most > G_MAXINT32 || size > G_MAXINT32)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                                "receive-many: at most %u datagrams of at most %" G_GSIZE_FORMAT " bytes; it takes one at least, and both are below 2^31", most, size);
  if ((flags & ~(GSOCK_MESSAGE_FLAGS_DONT_WAIT | GSOCK_MESSAGE_FLAGS_TRUNCATE)) != 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "receive-many: no flags but dont-wait and truncate can be given for a batch");
  if (gsock_handle_has_descriptor (handle) && (handle->type == SOCK_STREAM || handle->type == SOCK_SEQPACKET))
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "receive-many: this socket does not receive datagrams of their own");
  return TRUE;
}

static gssize
receive_many_checked (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (G_LIKELY (batch != NULL))
    gsock_batch_empty (batch);
  if (G_UNLIKELY (!check_many (self, batch, most, size, flags, error)))
    return -1;
  if (G_LIKELY (GSOCK_SOCKET_GET_CLASS (self)->receive_from == gsock_socket_real_receive_from))
    return receive_many_now (self, batch, most, size, flags, wait, timeout, cancellable, error);
  return receive_many_by_method (self, batch, most, size, flags, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_receive_many_direct:
 * @self: a socket that receives datagrams
 * @batch: the batch to fill; what was in it goes
 * @most: how many datagrams at most
 * @size: the most bytes of each; %GSOCK_DATAGRAM_MAX_LENGTH cuts none
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives many datagrams, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.receive_many_with_keywords].
 *
 * Returns: how many were received, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_many_direct (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), -1);

  return receive_many_checked (self, batch, most, size, flags, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_receive_many: (skip)
 * @self: a socket that receives datagrams
 * @batch: the batch to fill; what was in it goes
 * @most: how many datagrams at most
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_many_with_keywords]
 *
 * Receives many datagrams: the operator receive-many.
 *
 * Returns: how many were received, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_many (GSockSocket *self, GSockBatch *batch, guint most, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;
  GSockArguments arguments;
  gboolean parsed;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  va_start (arguments.list, first_keyword);
  parsed = gsock_keywords_parse (&gsock_receive_many_keywords, &spec, first_keyword, &arguments, error);
  va_end (arguments.list);
  return parsed ? receive_many_checked (self, batch, most, spec.size, spec.flags, spec.wait, spec.timeout, cancellable, error) : -1;
}

/**
 * gsock_socket_receive_many_with_keywords: (rename-to gsock_socket_receive_many)
 * @self: a socket that receives datagrams
 * @batch: the batch to fill; what was in it goes
 * @most: how many datagrams at most
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives what has arrived, as many datagrams as fit the batch, and waits only for the first: the
 * operator receive-many.
 *
 * Keywords: `size` is the most bytes of each datagram (as many as it has); `flags`, or each flag by its
 * name (`dont-wait`, `truncate`); `wait` and `timeout` (seconds).
 *
 * The first call on a socket of UDP whose descriptor nobody else holds asks the kernel to join datagrams
 * of one sender that come together (UDP_GRO). That is not seen: here and by every other call on this
 * object they are received one by one. Those that came with others and did not fit the batch stay with
 * the socket and come first next time; waiting for input is over at once then, but a poll of the
 * descriptor alone does not know of them. Before the descriptor is handed to somebody else the option
 * `udp-gro` is to be set to %FALSE, and what has arrived received.
 *
 * An error that came after some datagrams is told by the next call.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords], and
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket of another type. The batch is empty then.
 *
 * Returns: how many were received, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_receive_many_with_keywords (GSockSocket *self, GSockBatch *batch, guint most, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  if (!gsock_keywords_parse_values (&gsock_receive_many_keywords, &spec, names, values, n_values, error))
    return -1;
  return receive_many_checked (self, batch, most, spec.size, spec.flags, spec.wait, spec.timeout, cancellable, error);
}
