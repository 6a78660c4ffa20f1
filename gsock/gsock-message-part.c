/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a message's ancillary data that have names: their getters and setters. */

#include <gsock/gsock-message.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing.h>
#include <gsock/gsock-message-private.h>

#include <errno.h>
#include <fcntl.h>

static int
get_int (GSockMessage *self, GSockMessagePart part, int value)
{
  return gsock_message_has (self, part) ? value : -1;
}

/* A negative number takes the part away. */
static void
set_int (GSockMessage *self, GSockMessagePart part, int *field, int value)
{
  *field = value;
  self->parts = value >= 0 ? self->parts | part : self->parts & ~part;
}

/**
 * gsock_message_get_packet_info:
 * @self: a message
 * @address: (out caller-allocates) (optional): the address, its port 0
 * @interface_index: (out) (optional): the index of the interface
 *
 * Gets the address to which a datagram came and the interface on which it arrived. The options
 * `ip-packet-info` and `ipv6-receive-packet-info` ask the kernel to tell.
 *
 * Returns: whether the message tells
 *
 * Since: 1.0
 */
gboolean
gsock_message_get_packet_info (GSockMessage *self, GSockAddress *address, guint *interface_index)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!gsock_message_has (self, GSOCK_PART_PACKET_INFO))
    return FALSE;
  if (address != NULL)
    *address = self->packet_address;
  if (interface_index != NULL)
    *interface_index = self->packet_interface;
  return TRUE;
}

/**
 * gsock_message_set_packet_info:
 * @self: a message
 * @address: (nullable): the address to send from, or %NULL for the kernel's choice
 * @interface_index: the index of the interface to send by, 0 for the kernel's choice
 *
 * Sets from which address and by which interface a datagram is to leave: to answer from the address
 * that a question came to.
 *
 * Since: 1.0
 */
void
gsock_message_set_packet_info (GSockMessage *self, const GSockAddress *address, guint interface_index)
{
  g_return_if_fail (self != NULL);

  if (address != NULL)
    self->packet_address = *address;
  else
    self->packet_address.length = 0;
  self->packet_interface = interface_index;
  self->parts |= GSOCK_PART_PACKET_INFO;
}

/**
 * gsock_message_get_ttl:
 * @self: a message
 *
 * Gets the time to live, or the hop limit, that a datagram arrived with. The options
 * `ip-receive-ttl` and `ipv6-receive-hop-limit` ask the kernel to tell.
 *
 * Returns: hops, or -1
 *
 * Since: 1.0
 */
int
gsock_message_get_ttl (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return get_int (self, GSOCK_PART_TTL, self->ttl);
}

/**
 * gsock_message_set_ttl:
 * @self: a message
 * @ttl: hops, 1 to 255, or -1 for the socket's own
 *
 * Sets the time to live, or the hop limit, of this datagram alone.
 *
 * Since: 1.0
 */
void
gsock_message_set_ttl (GSockMessage *self, int ttl)
{
  g_return_if_fail (self != NULL);

  set_int (self, GSOCK_PART_TTL, &self->ttl, ttl);
}

/**
 * gsock_message_get_traffic_class:
 * @self: a message
 *
 * Gets the type of service, or the traffic class, that a datagram arrived with; its two lowest bits
 * are ECN's. The options `ip-receive-tos` and `ipv6-receive-traffic-class` ask the kernel to tell.
 *
 * Returns: 0 to 255, or -1
 *
 * Since: 1.0
 */
int
gsock_message_get_traffic_class (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return get_int (self, GSOCK_PART_TRAFFIC_CLASS, self->traffic_class);
}

/**
 * gsock_message_set_traffic_class:
 * @self: a message
 * @traffic_class: 0 to 255, or -1 for the socket's own
 *
 * Sets the type of service, or the traffic class, of this datagram alone.
 *
 * Since: 1.0
 */
void
gsock_message_set_traffic_class (GSockMessage *self, int traffic_class)
{
  g_return_if_fail (self != NULL);

  set_int (self, GSOCK_PART_TRAFFIC_CLASS, &self->traffic_class, traffic_class);
}

/**
 * gsock_message_get_segment_size:
 * @self: a message
 *
 * Gets the size of the datagrams that the kernel has joined to this one, which the option `udp-gro`
 * lets it do; the last may be smaller.
 *
 * Returns: bytes, or -1 where it is one datagram
 *
 * Since: 1.0
 */
int
gsock_message_get_segment_size (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return get_int (self, GSOCK_PART_SEGMENT_SIZE, self->segment_size);
}

/**
 * gsock_message_set_segment_size:
 * @self: a message
 * @segment_size: bytes, 1 to 65535, or -1 for one datagram
 *
 * Sets the size of the datagrams into which the kernel is to cut the bytes.
 *
 * Since: 1.0
 */
void
gsock_message_set_segment_size (GSockMessage *self, int segment_size)
{
  g_return_if_fail (self != NULL);

  set_int (self, GSOCK_PART_SEGMENT_SIZE, &self->segment_size, segment_size);
}

/**
 * gsock_message_get_timestamp:
 * @self: a message
 *
 * Gets the time at which the kernel received it. The options `timestamp`, `timestamp-ns` and
 * `timestamping` ask it to tell.
 *
 * Returns: nanoseconds since 1970 began (UTC), or -1
 *
 * Since: 1.0
 */
gint64
gsock_message_get_timestamp (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return gsock_message_has (self, GSOCK_PART_TIMESTAMP) ? self->timestamp : -1;
}

/**
 * gsock_message_get_receive_time:
 * @self: a message
 * @seconds: (out) (optional): seconds since 1970 began (UTC), or 0
 * @nanoseconds: (out) (optional): the rest, 0 to 999999999
 *
 * Gets the time at which the kernel received it, in two parts: for languages whose numbers do not hold
 * what [method@Message.get_timestamp] tells.
 *
 * Returns: whether the message tells
 *
 * Since: 1.0
 */
gboolean
gsock_message_get_receive_time (GSockMessage *self, gint64 *seconds, int *nanoseconds)
{
  gint64 time;

  g_return_val_if_fail (self != NULL, FALSE);

  time = gsock_message_has (self, GSOCK_PART_TIMESTAMP) ? self->timestamp : 0;
  if (seconds != NULL)
    *seconds = time / 1000000000;
  if (nanoseconds != NULL)
    *nanoseconds = (int) (time % 1000000000);
  return gsock_message_has (self, GSOCK_PART_TIMESTAMP);
}

/**
 * gsock_message_get_overflow_count:
 * @self: a message
 *
 * Gets how many datagrams the socket has lost for want of room, up to this one. The option
 * `receive-queue-overflow` asks the kernel to tell; it does so only when there were any.
 *
 * Returns: how many were lost, or -1
 *
 * Since: 1.0
 */
gint64
gsock_message_get_overflow_count (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return gsock_message_has (self, GSOCK_PART_OVERFLOW) ? (gint64) self->overflow : -1;
}

/**
 * gsock_message_get_credentials:
 * @self: a message
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 *
 * Gets who sent a message over a local socket. The option `pass-credentials` asks the kernel to tell.
 * A privileged sender may claim to be another process, user or group.
 *
 * Returns: whether the message tells
 *
 * Since: 1.0
 */
gboolean
gsock_message_get_credentials (GSockMessage *self, int *pid, guint *uid, guint *gid)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!gsock_message_has (self, GSOCK_PART_CREDENTIALS))
    return FALSE;
  if (pid != NULL)
    *pid = self->pid;
  if (uid != NULL)
    *uid = self->uid;
  if (gid != NULL)
    *gid = self->gid;
  return TRUE;
}

/**
 * gsock_message_set_credentials:
 * @self: a message
 * @pid: the process
 * @uid: its user
 * @gid: its group
 * @error: return location for an error
 *
 * Sets the credentials to send along. The kernel refuses those of others, unless this process has the
 * privilege to claim them.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for a @pid that is not positive.
 *
 * Returns: whether they are set
 *
 * Since: 1.0
 */
gboolean
gsock_message_set_credentials (GSockMessage *self, int pid, guint uid, guint gid, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  /* The receiver would take 0 for a process that it cannot see. */
  if (pid <= 0)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "set-credentials: %d is no process", pid);
  self->pid = pid;
  self->uid = uid;
  self->gid = gid;
  self->parts |= GSOCK_PART_CREDENTIALS;
  return TRUE;
}

/**
 * gsock_message_get_extended_error:
 * @self: a message from the queue of errors
 * @error_number: (out) (optional): the error, a value of `errno`
 * @origin: (out) (optional): who reports it: 1 this machine, 2 ICMP, 3 ICMPv6, 4 and up a timestamp
 *   or zero copy
 * @type: (out) (optional): the type of the ICMP message
 * @code: (out) (optional): its code
 * @info: (out) (optional): what else there is to say, the next hop's MTU for one
 * @offender: (out caller-allocates) (optional): the host that reports it, or the empty address
 *
 * Gets what became of a datagram that was sent. The options `ip-receive-error` and
 * `ipv6-receive-error` have the kernel keep such reports, and receiving with the flag
 * `error-queue` gives them, each with the bytes of the datagram that it is about.
 *
 * Returns: whether the message tells
 *
 * Since: 1.0
 */
gboolean
gsock_message_get_extended_error (GSockMessage *self, int *error_number, int *origin, int *type, int *code, guint *info, GSockAddress *offender)
{
  const GSockExtendedError *extended;

  g_return_val_if_fail (self != NULL, FALSE);

  extended = self->extended_error;
  if (extended == NULL)
    return FALSE;
  if (error_number != NULL)
    *error_number = extended->error_number;
  if (origin != NULL)
    *origin = extended->origin;
  if (type != NULL)
    *type = extended->type;
  if (code != NULL)
    *code = extended->code;
  if (info != NULL)
    *info = extended->info;
  if (offender != NULL)
    *offender = extended->offender;
  return TRUE;
}

/**
 * gsock_message_add_file_descriptor:
 * @self: a message
 * @fd: a descriptor, which stays the caller's: the message has a duplicate
 * @error: return location for an error
 *
 * Adds a descriptor to send along.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where @fd is not open, `GSOCK_ERROR_TOO_MANY_FILES`, and
 * `GSOCK_ERROR_OUT_OF_RANGE` for more than %GSOCK_FILE_DESCRIPTORS_MAX.
 *
 * Returns: whether it is added
 *
 * Since: 1.0
 */
gboolean
gsock_message_add_file_descriptor (GSockMessage *self, int fd, GError **error)
{
  int duplicate;

  g_return_val_if_fail (self != NULL, FALSE);

  if (gsock_message_get_n_file_descriptors (self) >= GSOCK_FILE_DESCRIPTORS_MAX)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "add-file-descriptor: a message carries no more than %d",
                                GSOCK_FILE_DESCRIPTORS_MAX);
  duplicate = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (duplicate < 0 && errno == EBADF)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "add-file-descriptor: %d is not open", fd);
  if (duplicate < 0)
    return gsock_error_set (error, -errno, "add-file-descriptor", NULL);
  gsock_message_append_descriptor (self, duplicate);
  return TRUE;
}

/**
 * gsock_message_add_control:
 * @self: a message
 * @level: the level, as in `SOL_SOCKET`
 * @type: the type
 * @data: (array length=length): its bytes, as the kernel wants them
 * @length: how many there are
 * @error: return location for an error
 *
 * Adds a control message for which no part of the message stands.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` for descriptors, which
 * [method@Message.add_file_descriptor] adds, and where there is a @length but no @data.
 *
 * Returns: whether it is added
 *
 * Since: 1.0
 */
gboolean
gsock_message_add_control (GSockMessage *self, int level, int type, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (data == NULL && length > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "add-control: there are no bytes");
  if (level == SOL_SOCKET && type == SCM_RIGHTS)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "add-control: descriptors are added by add-file-descriptor");
  gsock_message_append_control (self, level, type, data, length);
  return TRUE;
}
