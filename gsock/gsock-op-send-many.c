/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-many. */

#include <gsock/gsock-socket-batch.h>

#include <gsock/gsock-batch-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-flags-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys-constants.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>

/* Linux takes no more in one sendmmsg (UIO_MAXIOV), and no more parts of one segmented send. */
#define MESSAGES_MAX 1024
#define SEGMENTS_MAX 64

/* What a packet holds without the headers of IP and UDP. */
#define PAYLOAD_MAX 65507
#define PAYLOAD_MAX_IPV6 65487

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  GSockSegments *segments;
  GSockBatch *batch;
  guint at, end;
  int flags;
  gsize most_bytes;               /* of one segmented send; 0: none is possible */
  const GSockAddress *addresses;  /* by number, as the kernel wants them */
  const GSockAddress *destination; /* of those that have none of their own; NULL: the peer */
} SendMany;

static inline const GSockAddress *
address_of (const SendMany *self, guint index)
{
  guint32 number = gsock_batch_number_at (self->batch, index);

  return number == GSOCK_BATCH_NO_ADDRESS ? self->destination : &self->addresses[number];
}

static inline void
fill_header (const SendMany *self, struct msghdr *header, struct iovec *vector, guint index, gsize length)
{
  const GSockAddress *address = address_of (self, index);

  *vector = (struct iovec){ self->batch->data + gsock_batch_offset_at (self->batch, index), length };
  *header = (struct msghdr){ .msg_iov = vector, .msg_iovlen = 1 };
  if (address != NULL)
    {
      header->msg_name = (gpointer) gsock_address_native (address);
      header->msg_namelen = address->length;
    }
}

/* Of those that the arrays tell of; what they do not tell of is only looked for at the end. */
static GSOCK_SELDOM guint
count_told (GSockBatch *batch, guint first, guint most)
{
  const guint32 *lengths, *numbers;
  guint n = 1;

  gsock_batch_tell (batch);
  lengths = batch->lengths + first;
  numbers = batch->numbers + first;
  while (n < most && lengths[n] == lengths[0] && numbers[n] == numbers[0])
    n++;
  if (n < most && lengths[n] > 0 && lengths[n] < lengths[0] && numbers[n] == numbers[0])
    n++;
  return n;
}

/* How many datagrams, from this one on, can go as one that the kernel cuts up: neighbours to one
 * address and of one length, but for the last, which may be shorter. */
static G_ALWAYS_INLINE inline guint
count_alike (const SendMany *self, guint first)
{
  gsize length = gsock_batch_length_at (self->batch, first);
  guint n = self->end - first;

  if (length == 0 || length > self->segments->longest_cut || length > self->most_bytes)
    return 1;
  if (n > SEGMENTS_MAX || n * length > self->most_bytes)
    n = MIN (SEGMENTS_MAX, self->most_bytes / length);
  if (G_UNLIKELY (first < self->batch->run.first))
    return count_told (self->batch, first, n);
  /* An empty one at the end would be none of what the kernel makes. */
  return G_UNLIKELY (gsock_batch_length_at (self->batch, first + n - 1) == 0) ? n - 1 : n;
}

/* What it means that a segmented send was refused. */
typedef enum
{
  REFUSED_FOR_EVER,
  REFUSED_THIS_LENGTH,
  REFUSED_ONCE,
} Refusal;

static const struct
{
  int error_number;
  Refusal unproven, proven;
} refusals[] = {
  { EIO, REFUSED_FOR_EVER, REFUSED_FOR_EVER },           /* no checksums by the device, or IPsec */
  { ENOPROTOOPT, REFUSED_FOR_EVER, REFUSED_FOR_EVER },
  { EOPNOTSUPP, REFUSED_FOR_EVER, REFUSED_FOR_EVER },
  { EINVAL, REFUSED_FOR_EVER, REFUSED_THIS_LENGTH },     /* no checksums at all; before Linux 6.9 also as EMSGSIZE */
  { EMSGSIZE, REFUSED_THIS_LENGTH, REFUSED_THIS_LENGTH }, /* a part is longer than the path takes in one packet */
  { ENOBUFS, REFUSED_ONCE, REFUSED_ONCE },
  { ENOMEM, REFUSED_ONCE, REFUSED_ONCE },
};

/* Whether the same datagrams may be sent in another way. Nothing of them has gone. */
static GSOCK_SELDOM gboolean
note_refusal (GSockSegments *segments, int error_number, guint32 length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (refusals[i].error_number == error_number)
      {
        Refusal refusal = segments->cutting == GSOCK_CUTTING_PROVEN ? refusals[i].proven : refusals[i].unproven;

        if (refusal == REFUSED_FOR_EVER)
          segments->cutting = GSOCK_CUTTING_OFF;
        if (refusal == REFUSED_THIS_LENGTH)
          segments->longest_cut = MIN (segments->longest_cut, length - 1);
        return TRUE;
      }
  return FALSE;
}

static G_ALWAYS_INLINE inline gssize
send_alike (SendMany *self, int fd, int flags, guint n)
{
  const GSockBatch *batch = self->batch;
  union
  {
    struct cmsghdr align;
    guint8 bytes[CMSG_SPACE (sizeof (guint16))];
  } control = { .bytes = { 0 } };
  struct cmsghdr *segment = &control.align;
  struct iovec vector;
  struct msghdr header;
  guint16 length = gsock_batch_length_at (batch, self->at);
  guint last = self->at + n - 1;

  segment->cmsg_level = IPPROTO_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN (sizeof length);
  memcpy (CMSG_DATA (segment), &length, sizeof length);
  fill_header (self, &header, &vector, self->at, gsock_batch_offset_at (batch, last) + gsock_batch_length_at (batch, last) - gsock_batch_offset_at (batch, self->at));
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  if (G_UNLIKELY (sendmsg (fd, &header, self->flags | flags) < 0))
    return -errno;
  self->segments->cutting = GSOCK_CUTTING_PROVEN;
  return n;
}

/* One by one where a late error of an earlier datagram may come between: sendmmsg would swallow it. */
static G_NO_INLINE gssize
send_each (SendMany *self, int fd, int flags, guint n)
{
  guint most = self->handle->connected && self->handle->ops->internet ? 1 : MIN (n, MESSAGES_MAX);
  GSockSysMessage *messages = gsock_batch_scratch (self->batch, most * (sizeof (GSockSysMessage) + sizeof (struct iovec)));
  struct iovec *vectors = (struct iovec *) (messages + most);
  int sent;

  for (guint i = 0; i < most; i++)
    fill_header (self, &messages[i].header, &vectors[i], self->at + i, gsock_batch_length_at (self->batch, self->at + i));
  sent = gsock_sys_send_many (fd, messages, most, self->flags | flags);
  return sent < 0 ? -errno : sent;
}

/* How many there are, from this one on, of which no two are alike. */
static G_NO_INLINE guint
count_single (const SendMany *self)
{
  guint n = 1;

  while (self->at + n < self->end && n < MESSAGES_MAX && count_alike (self, self->at + n) == 1)
    n++;
  return n;
}

static G_ALWAYS_INLINE inline gssize
send_next (SendMany *self, int fd, int flags)
{
  gboolean cuts = self->most_bytes > 0 && self->segments->cutting != GSOCK_CUTTING_OFF;
  guint n = cuts ? count_alike (self, self->at) : self->end - self->at;
  gssize sent;

  if (G_UNLIKELY (!cuts))
    return send_each (self, fd, flags, n);
  if (G_UNLIKELY (n == 1))
    return send_each (self, fd, flags, count_single (self));
  sent = send_alike (self, fd, flags, n);
  if (G_UNLIKELY (sent < 0) && note_refusal (self->segments, -sent, gsock_batch_length_at (self->batch, self->at)))
    return send_each (self, fd, flags, n);
  return sent;
}

/* Kernels that do not know the control message send all parts as one datagram: they are asked first. */
static GSOCK_SELDOM void
look_for_cutting (SendMany *self, int fd)
{
  int size;
  socklen_t length = sizeof size;

  self->segments->cutting = getsockopt (fd, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0 ? GSOCK_CUTTING_ON : GSOCK_CUTTING_OFF;
}

static G_ALWAYS_INLINE inline gssize
step_send_many (GSockOperation *operation, int fd, int flags)
{
  SendMany *self = (SendMany *) operation;

  if (self->most_bytes > 0 && G_UNLIKELY (self->segments->cutting == GSOCK_CUTTING_UNKNOWN))
    look_for_cutting (self, fd);
  while (self->at < self->end)
    {
      gssize sent = send_next (self, fd, flags);

      if (sent < 0)
        return sent;
      self->at += sent;
    }
  return 0;
}

static int
wait_for_receiver (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  SendMany *self = (SendMany *) operation;
  const GSockAddress *address = address_of (self, self->at);

  if (address == NULL)
    return gsock_wait_one (handle, fd, POLLOUT, patience);
  return gsock_wait_for_receiver (handle, fd, gsock_address_native (address), address->length, patience);
}

/* The batch's addresses as a socket of this family wants them. */
static const GSockAddress *
import_addresses (GSockHandle *handle, GSockBatch *batch, GSockAddress **copies)
{
  if (G_LIKELY (handle->family != AF_INET6 || batch->n_addresses == 0))
    return batch->addresses;
  *copies = g_new (GSockAddress, batch->n_addresses);
  for (guint i = 0; i < batch->n_addresses; i++)
    {
      (*copies)[i] = batch->addresses[i];
      gsock_address_map (&(*copies)[i]);
    }
  return *copies;
}

static inline gsize
most_bytes_for (const GSockHandle *handle)
{
  if ((gsock_kernel_help & GSOCK_HELP_CUTTING) == 0 || !gsock_handle_is_udp (handle))
    return 0;
  return handle->family == AF_INET6 ? PAYLOAD_MAX_IPV6 : PAYLOAD_MAX;
}

/* A refusal that an earlier datagram met, met again by none: told by the next call. */
static GSOCK_SELDOM void
keep_late_error (SendMany *self, gssize result)
{
  if (result == -ECONNREFUSED)
    gsock_segments_hold_error (self->handle, ECONNREFUSED);
}

/* Nothing comes between the record and the driver, or the compiler would not know the step any more. */
static G_ALWAYS_INLINE inline gssize
send_imported (GSockHandle *handle, GSockSegments *segments, GSockBatch *batch, guint start, guint end, const GSockAddress *addresses, const GSockAddress *destination, int flags, GSockPatience *patience)
{
  SendMany self = {
    .operation = { .step = step_send_many, .events = POLLOUT, .wait = G_UNLIKELY (handle->ops->local) ? wait_for_receiver : NULL },
    .handle = handle,
    .segments = segments,
    .batch = batch,
    .at = start,
    .end = end,
    .flags = (flags & ~MSG_DONTWAIT) | MSG_NOSIGNAL,
    .most_bytes = most_bytes_for (handle),
    .addresses = addresses,
    .destination = destination,
  };
  gssize result = gsock_drive (handle, &self.operation, patience);

  if (G_LIKELY (result >= 0))
    return end - start;
  if (self.at == start)
    return result;
  keep_late_error (&self, result);
  return self.at - start;
}

static G_ALWAYS_INLINE inline gssize
send_many_on_handle (GSockHandle *handle, GSockBatch *batch, guint start, guint end, const GSockAddress *destination, int flags, GSockPatience *patience)
{
  GSockSegments *segments = gsock_segments_get (handle);
  g_autofree GSockAddress *copies = NULL;
  const GSockAddress *addresses;
  GSockAddress room;
  gssize result = gsock_segments_take_error (segments);

  if (G_UNLIKELY (result < 0))
    return result;
  addresses = import_addresses (handle, batch, &copies);
  if (destination != NULL)
    destination = gsock_handle_import_address (handle, destination, &room);
  return send_imported (handle, segments, batch, start, end, addresses, destination, flags, patience);
}

static guint
count_addressed (const GSockBatch *batch, guint start, guint end)
{
  guint n = 0;

  if (batch->n_addressed == 0 || batch->n_addressed == batch->n)
    return batch->n_addressed == 0 ? 0 : end - start;
  for (guint i = start; i < end; i++)
    n += gsock_batch_number_at (batch, i) != GSOCK_BATCH_NO_ADDRESS;
  return n;
}

/* Before anything is sent: those without an address need a peer or a destination, and a connected
 * socket takes no address. */
static gssize
check_addresses (const GSockHandle *handle, const GSockBatch *batch, guint start, guint end, const GSockAddress *destination)
{
  guint n_addressed = count_addressed (batch, start, end);

  if (handle->type == SOCK_STREAM || handle->type == SOCK_SEQPACKET)
    return -EOPNOTSUPP;
  if (handle->connected && handle->type == SOCK_DGRAM && (destination != NULL || n_addressed > 0))
    return -EISCONN;
  if (!handle->connected && !handle->exposed && handle->type == SOCK_DGRAM && destination == NULL && n_addressed < end - start)
    return -EDESTADDRREQ;
  return 0;
}

static G_ALWAYS_INLINE inline gssize
send_many_now (GSockSocket *self, GSockBatch *batch, guint start, guint end, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockHandle *handle = &priv->handle;
  GSockPatience patience = { wait && (flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
                             gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_handle_has_descriptor (handle) ? check_addresses (handle, batch, start, end, destination) : 0;

  if (result == 0)
    result = send_many_on_handle (handle, batch, start, end, destination, flags, &patience);
  if (result < 0 && gsock_handle_is_closed (handle))
    result = -GSOCK_E_CLOSED;
  if (result == -EOPNOTSUPP)
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "send-many: this socket does not send datagrams of their own") - 1;
  if (result < 0)
    return gsock_set_send_error (error, "send-many", result, handle, destination) - 1;
  if (G_UNLIKELY (!handle->bound) && result > 0)
    handle->bound = handle->ops->internet;
  return result;
}

/* A class that has specialised send-to gets to see each datagram. */
static gssize
send_by_method (GSockSocket *self, GSockBatch *batch, guint start, guint end, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = { wait, gsock_socket_effective_timeout (gsock_socket_get_private (self), timeout), cancellable, 0 };

  for (guint i = start; i < end; i++)
    {
      const GSockAddress *address = gsock_batch_get_address (batch, i);
      gssize n = gsock_socket_send_to_direct (self, batch->data + gsock_batch_offset_at (batch, i), gsock_batch_length_at (batch, i), address != NULL ? address : destination,
                                              flags, wait, gsock_patience_left (&patience), cancellable, i > start ? NULL : error);

      if (n < 0)
        return i > start ? (gssize) (i - start) : -1;
    }
  return end - start;
}

static gboolean
check_batch (GSockBatch *batch, guint start, guint end, GSockMessageFlags flags, GError **error)
{
  static const GSockMessageFlags refused = GSOCK_MESSAGE_FLAGS_MORE | GSOCK_MESSAGE_FLAGS_FAST_OPEN | GSOCK_MESSAGE_FLAGS_OUT_OF_BAND
                                           | GSOCK_MESSAGE_FLAGS_END_OF_RECORD;

  if (batch == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-many: there is no batch");
  if (start > end || end > batch->n)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "send-many: start %u and end %u do not lie in a batch of %u datagrams",
                                start, end, batch->n);
  if ((flags & refused) != 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                "send-many: more, fast-open, out-of-band and end-of-record cannot be given for a batch");
  return gsock_message_flags_check ("send-many", flags, GSOCK_FLAG_SEND, error);
}

static gssize
send_many_checked (GSockSocket *self, GSockBatch *batch, guint start, guint stop, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (stop == GSOCK_BATCH_TO_END && batch != NULL)
    stop = batch->n;
  if (G_UNLIKELY (!check_batch (batch, start, stop, flags, error)))
    return -1;
  if (G_LIKELY (GSOCK_SOCKET_GET_CLASS (self)->send_to == gsock_socket_real_send_to))
    return send_many_now (self, batch, start, stop, destination, flags, wait, timeout, cancellable, error);
  return send_by_method (self, batch, start, stop, destination, flags, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_send_many_direct:
 * @self: a socket that sends datagrams
 * @batch: the datagrams
 * @start: the first of them to send
 * @stop: the one behind the last, or %GSOCK_BATCH_TO_END
 * @destination: (nullable): whom those go to that have no address of their own, or %NULL for the peer
 * @flags: message flags
 * @wait: whether to wait; the flag dont-wait says the same as %FALSE
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends many datagrams, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@Socket.send_many_with_keywords].
 *
 * Returns: how many were sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_many_direct (GSockSocket *self, GSockBatch *batch, guint start, guint stop, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), -1);

  return send_many_checked (self, batch, start, stop, destination, flags, wait, timeout, cancellable, error);
}

static gssize
send_many_by_spec (GSockSocket *self, GSockBatch *batch, GSockSendSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *destination;
  GSockAddress room;

  if (!gsock_send_destination (self, "send-many", spec, &room, &destination, cancellable, error))
    return -1;
  return send_many_checked (self, batch, spec->start, spec->end < 0 ? GSOCK_BATCH_TO_END : (guint) spec->end,
                            destination, spec->flags, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_socket_send_many: (skip)
 * @self: a socket that sends datagrams
 * @batch: the datagrams
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_many_with_keywords]
 *
 * Sends many datagrams: the operator send-many.
 *
 * Returns: how many were sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_many (GSockSocket *self, GSockBatch *batch, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSpec spec;
  GSockArguments arguments;
  gboolean parsed;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  gsock_send_spec_init (&spec);
  va_start (arguments.list, first_keyword);
  parsed = gsock_keywords_parse (&gsock_send_many_keywords, &spec, first_keyword, &arguments, error);
  va_end (arguments.list);
  return parsed ? send_many_by_spec (self, batch, &spec, cancellable, error) : -1;
}

/**
 * gsock_socket_send_many_with_keywords: (rename-to gsock_socket_send_many)
 * @self: a socket that sends datagrams
 * @batch: the datagrams
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends many datagrams, in as few system calls as the kernel allows: the operator send-many.
 *
 * Keywords: `start` and `end` choose a part of the batch; `remote-host` with `remote-port`,
 * `remote-filename` or `remote-address`, and `ipv6`, say where those go that have no address of their
 * own; `flags`, or each flag by its name (`dont-wait`, `dont-route`, `confirm`); `wait` and `timeout`
 * (seconds).
 *
 * Datagrams of UDP that follow one another, go to one address and are of one length (the last may be
 * shorter) are handed to the kernel as one, which cuts them up (UDP_SEGMENT). Where that does not work,
 * and for all others, it is one system call for up to 1024. They arrive the same in either way.
 *
 * All are sent, unless `dont-wait`, the timeout or an error stops it: then the count so far is the
 * answer, if it is not 0, and the next call, with that as its `start`, meets what stopped it. A late
 * refusal that an earlier datagram of the batch met is told by the next call.
 *
 * The errors are those of [method@Socket.send_to_with_keywords], `GSOCK_ERROR_OUT_OF_RANGE` for a range
 * that is not in the batch, and `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket of another type. Where
 * addresses are missing or must not be given nothing is sent.
 *
 * Returns: how many were sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_many_with_keywords (GSockSocket *self, GSockBatch *batch, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSpec spec;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  gsock_send_spec_init (&spec);
  if (!gsock_keywords_parse_values (&gsock_send_many_keywords, &spec, names, values, n_values, error))
    return -1;
  return send_many_by_spec (self, batch, &spec, cancellable, error);
}
