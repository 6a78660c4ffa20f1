/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the parts of a message and the kernel's control messages: a row for each kind. */

#include <gsock/gsock-message-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Control messages are not aligned to what is in them, so all reading and writing is by copy. */
typedef void (*Decoder) (GSockMessage *self, const guint8 *data, gsize length);

static int
read_int (const guint8 *data, gsize length)
{
  int value = 0;

  if (length < sizeof value)
    return *data;
  memcpy (&value, data, sizeof value);
  return value;
}

static void
decode_ttl (GSockMessage *self, const guint8 *data, gsize length)
{
  self->ttl = read_int (data, length);
  self->parts |= GSOCK_PART_TTL;
}

static void
decode_traffic_class (GSockMessage *self, const guint8 *data, gsize length)
{
  self->traffic_class = read_int (data, length);
  self->parts |= GSOCK_PART_TRAFFIC_CLASS;
}

static void
decode_segment_size (GSockMessage *self, const guint8 *data, gsize length)
{
  self->segment_size = read_int (data, length);
  self->parts |= GSOCK_PART_SEGMENT_SIZE;
}

static void
decode_overflow (GSockMessage *self, const guint8 *data, gsize length)
{
  self->overflow = (guint32) read_int (data, length);
  self->parts |= GSOCK_PART_OVERFLOW;
}

static void
set_packet_info (GSockMessage *self, int family, gconstpointer host, gsize length, guint interface_index)
{
  gsock_address_init_any (&self->packet_address, family, 0);
  if (family == AF_INET)
    memcpy (&((struct sockaddr_in *) self->packet_address.storage)->sin_addr, host, length);
  else
    memcpy (&((struct sockaddr_in6 *) self->packet_address.storage)->sin6_addr, host, length);
  self->packet_interface = interface_index;
  self->parts |= GSOCK_PART_PACKET_INFO;
}

/* ipi_addr is where the datagram was sent to, ipi_spec_dst where an answer would come from. */
static void
decode_packet_info (GSockMessage *self, const guint8 *data, gsize length)
{
  struct in_pktinfo info;

  memcpy (&info, data, sizeof info);
  set_packet_info (self, AF_INET, &info.ipi_addr, sizeof info.ipi_addr, (guint) info.ipi_ifindex);
}

static void
decode_packet_info6 (GSockMessage *self, const guint8 *data, gsize length)
{
  struct in6_pktinfo info;

  memcpy (&info, data, sizeof info);
  set_packet_info (self, AF_INET6, &info.ipi6_addr, sizeof info.ipi6_addr, info.ipi6_ifindex);
  if (gsock_address_is_link_local (&self->packet_address))
    gsock_address_set_scope (&self->packet_address, info.ipi6_ifindex, 0);
  gsock_address_unmap (&self->packet_address);
}

static void
decode_timestamp (GSockMessage *self, const guint8 *data, gsize length)
{
  struct timeval time;

  memcpy (&time, data, sizeof time);
  self->timestamp = (gint64) time.tv_sec * 1000000000 + (gint64) time.tv_usec * 1000;
  self->parts |= GSOCK_PART_TIMESTAMP;
}

/* The first of SCM_TIMESTAMPING's three is the software's, which is all that SCM_TIMESTAMPNS has. */
static void
decode_timestamp_ns (GSockMessage *self, const guint8 *data, gsize length)
{
  struct timespec time;

  memcpy (&time, data, sizeof time);
  if (time.tv_sec == 0 && time.tv_nsec == 0)
    return;
  self->timestamp = (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
  self->parts |= GSOCK_PART_TIMESTAMP;
}

static void
decode_credentials (GSockMessage *self, const guint8 *data, gsize length)
{
  struct ucred credentials;

  memcpy (&credentials, data, sizeof credentials);
  self->pid = credentials.pid;
  self->uid = credentials.uid;
  self->gid = credentials.gid;
  self->parts |= GSOCK_PART_CREDENTIALS;
}

static void
decode_descriptors (GSockMessage *self, const guint8 *data, gsize length)
{
  for (gsize i = 0; i + sizeof (int) <= length; i += sizeof (int))
    gsock_message_append_descriptor (self, read_int (data + i, sizeof (int)));
}

/* Where the kernel could make none it puts an error there. */
static void
decode_pidfd (GSockMessage *self, const guint8 *data, gsize length)
{
  if (self->pidfd >= 0)
    (void) close (self->pidfd);
  self->pidfd = MAX (read_int (data, length), -1);
}

/* The offender's address follows the report. */
static void
decode_extended_error (GSockMessage *self, const guint8 *data, gsize length)
{
  struct sock_extended_err report;
  GSockExtendedError *extended = g_new0 (GSockExtendedError, 1);
  gsize rest = length - sizeof report;

  memcpy (&report, data, sizeof report);
  extended->error_number = (int) report.ee_errno;
  extended->origin = report.ee_origin;
  extended->type = report.ee_type;
  extended->code = report.ee_code;
  extended->info = report.ee_info;
  (void) gsock_address_init_from_bytes (&extended->offender, data + sizeof report, MIN (rest, GSOCK_ADDRESS_MAX_LENGTH), NULL);
  gsock_address_unmap (&extended->offender);
  g_free (self->extended_error);
  self->extended_error = extended;
  self->parts |= GSOCK_PART_EXTENDED_ERROR;
}

static const struct
{
  int level, type;
  gsize min_length;
  Decoder decode;
} decoders[] = {
  { IPPROTO_IP, IP_TTL, 1, decode_ttl },
  { IPPROTO_IPV6, IPV6_HOPLIMIT, 1, decode_ttl },
  { IPPROTO_IP, IP_TOS, 1, decode_traffic_class },
  { IPPROTO_IPV6, IPV6_TCLASS, 1, decode_traffic_class },
  { IPPROTO_IP, IP_PKTINFO, sizeof (struct in_pktinfo), decode_packet_info },
  { IPPROTO_IPV6, IPV6_PKTINFO, sizeof (struct in6_pktinfo), decode_packet_info6 },
  { IPPROTO_UDP, UDP_GRO, sizeof (int), decode_segment_size },
  { SOL_SOCKET, SO_RXQ_OVFL, sizeof (guint32), decode_overflow },
  { SOL_SOCKET, SCM_TIMESTAMP, sizeof (struct timeval), decode_timestamp },
  { SOL_SOCKET, SCM_TIMESTAMPNS, sizeof (struct timespec), decode_timestamp_ns },
  { SOL_SOCKET, SCM_TIMESTAMPING, sizeof (struct timespec), decode_timestamp_ns },
  { SOL_SOCKET, SCM_CREDENTIALS, sizeof (struct ucred), decode_credentials },
  { SOL_SOCKET, SCM_RIGHTS, sizeof (int), decode_descriptors },
  { SOL_SOCKET, GSOCK_SYS_SCM_PIDFD, sizeof (int), decode_pidfd },
  { IPPROTO_IP, IP_RECVERR, sizeof (struct sock_extended_err), decode_extended_error },
  { IPPROTO_IPV6, IPV6_RECVERR, sizeof (struct sock_extended_err), decode_extended_error },
};

static void
decode_one (GSockMessage *self, const struct cmsghdr *control, gsize length)
{
  const guint8 *data = CMSG_DATA (control);

  for (gsize i = 0; i < G_N_ELEMENTS (decoders); i++)
    if (decoders[i].level == control->cmsg_level && decoders[i].type == control->cmsg_type && length >= decoders[i].min_length)
      {
        decoders[i].decode (self, data, length);
        return;
      }
  gsock_message_append_control (self, control->cmsg_level, control->cmsg_type, data, length);
}

/* CMSG_NXTHDR sees to it that a header lies in the room, but not that what it announces does. */
void
gsock_ancillary_decode (GSockMessage *self, struct msghdr *header)
{
  const char *end = (const char *) header->msg_control + header->msg_controllen;

  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_len >= CMSG_LEN (0))
      decode_one (self, control, MIN (control->cmsg_len, (gsize) (end - (const char *) control)) - CMSG_LEN (0));
}

/* What a part becomes for a socket of @family: how many bytes of @room, or -errno. */
typedef gssize (*Encoder) (const GSockMessage *self, int family, int *level, int *type, guint8 *room);

static gssize
put (guint8 *room, gconstpointer data, gsize length)
{
  memcpy (room, data, length);
  return length;
}

static gssize
put_int (guint8 *room, int value)
{
  return put (room, &value, sizeof value);
}

static gssize
encode_ttl (const GSockMessage *self, int family, int *level, int *type, guint8 *room)
{
  if (self->ttl < 1 || self->ttl > 255)
    return -ERANGE;
  *level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  *type = family == AF_INET6 ? IPV6_HOPLIMIT : IP_TTL;
  return put_int (room, self->ttl);
}

static gssize
encode_traffic_class (const GSockMessage *self, int family, int *level, int *type, guint8 *room)
{
  if (self->traffic_class > 255)
    return -ERANGE;
  *level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  *type = family == AF_INET6 ? IPV6_TCLASS : IP_TOS;
  return put_int (room, self->traffic_class);
}

static gssize
encode_packet_info (const GSockMessage *self, int family, int *level, int *type, guint8 *room)
{
  struct in_pktinfo info = { .ipi_ifindex = (int) self->packet_interface };
  struct in6_pktinfo info6 = { .ipi6_ifindex = self->packet_interface };
  GSockAddress address = self->packet_address;

  *level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  *type = family == AF_INET6 ? IPV6_PKTINFO : IP_PKTINFO;
  if (family == AF_INET6)
    gsock_address_map (&address);
  if (address.length > 0 && (family == AF_INET6 ? gsock_address_ipv6 (&address) == NULL : gsock_address_ipv4 (&address) == NULL))
    return -EAFNOSUPPORT;
  if (address.length > 0 && family == AF_INET6)
    {
      info6.ipi6_addr = gsock_address_ipv6 (&address)->sin6_addr;
      if (info6.ipi6_ifindex == 0)
        info6.ipi6_ifindex = gsock_address_ipv6 (&address)->sin6_scope_id;
    }
  else if (address.length > 0)
    info.ipi_spec_dst = gsock_address_ipv4 (&address)->sin_addr;
  return family == AF_INET6 ? put (room, &info6, sizeof info6) : put (room, &info, sizeof info);
}

static gssize
encode_segment_size (const GSockMessage *self, int family, int *level, int *type, guint8 *room)
{
  guint16 size = (guint16) self->segment_size;

  if (self->segment_size < 1 || self->segment_size > G_MAXUINT16)
    return -ERANGE;
  *level = IPPROTO_UDP;
  *type = UDP_SEGMENT;
  return put (room, &size, sizeof size);
}

static gssize
encode_credentials (const GSockMessage *self, int family, int *level, int *type, guint8 *room)
{
  struct ucred credentials = { .pid = self->pid, .uid = self->uid, .gid = self->gid };

  *level = SOL_SOCKET;
  *type = SCM_CREDENTIALS;
  return put (room, &credentials, sizeof credentials);
}

static const struct
{
  guint part;
  const char *name;
  gboolean internet; /* for internet sockets; else for all the others */
  Encoder encode;
} encoders[] = {
  { GSOCK_PART_TTL, "ttl", TRUE, encode_ttl },
  { GSOCK_PART_TRAFFIC_CLASS, "traffic class", TRUE, encode_traffic_class },
  { GSOCK_PART_PACKET_INFO, "packet info", TRUE, encode_packet_info },
  { GSOCK_PART_SEGMENT_SIZE, "segment size", TRUE, encode_segment_size },
  { GSOCK_PART_CREDENTIALS, "credentials", FALSE, encode_credentials },
};

/* The kernel passes over parts that do not go with the family of the socket, and says nothing. The
 * name of the first one, or NULL. */
const char *
gsock_ancillary_find_misfit (const GSockMessage *self, const GSockFamily *family)
{
  for (gsize i = 0; i < G_N_ELEMENTS (encoders); i++)
    if ((self->parts & encoders[i].part) != 0 && encoders[i].internet != family->internet)
      return encoders[i].name;
  return NULL;
}

#define PART_ROOM 64 /* no part is larger */

/* Room for all that encode may write. */
gsize
gsock_ancillary_size (const GSockMessage *self)
{
  gsize size = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (encoders); i++)
    if ((self->parts & encoders[i].part) != 0)
      size += CMSG_SPACE (PART_ROOM);
  if (self->fds != NULL)
    size += CMSG_SPACE (self->fds->len * sizeof (int));
  for (guint i = 0; self->controls != NULL && i < self->controls->len; i++)
    size += CMSG_SPACE (g_bytes_get_size (g_array_index (self->controls, GSockControl, i).bytes));
  return size;
}

static void
append (struct msghdr *header, int level, int type, gconstpointer data, gsize length)
{
  struct cmsghdr *control = (struct cmsghdr *) ((char *) header->msg_control + header->msg_controllen);

  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN (length);
  if (length > 0)
    memcpy (CMSG_DATA (control), data, length);
  header->msg_controllen += CMSG_SPACE (length);
}

/* Fills the room of gsock_ancillary_size bytes, all 0, that @header points to. 0 or -errno. */
gssize
gsock_ancillary_encode (const GSockMessage *self, int family, struct msghdr *header)
{
  header->msg_controllen = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (encoders); i++)
    if ((self->parts & encoders[i].part) != 0)
      {
        guint8 room[PART_ROOM];
        int level, type;
        gssize length = encoders[i].encode (self, family, &level, &type, room);

        if (length < 0)
          return length;
        append (header, level, type, room, length);
      }
  if (self->fds != NULL && self->fds->len > 0)
    append (header, SOL_SOCKET, SCM_RIGHTS, self->fds->data, self->fds->len * sizeof (int));
  for (guint i = 0; self->controls != NULL && i < self->controls->len; i++)
    {
      const GSockControl *control = &g_array_index (self->controls, GSockControl, i);
      gsize length;
      gconstpointer data = g_bytes_get_data (control->bytes, &length);

      append (header, control->level, control->type, data, length);
    }
  return 0;
}
