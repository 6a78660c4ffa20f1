/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-message.h>

#include <sys/socket.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/* Which parts a message has. */
typedef enum
{
  GSOCK_PART_PACKET_INFO = 1 << 0,
  GSOCK_PART_TTL = 1 << 1,
  GSOCK_PART_TRAFFIC_CLASS = 1 << 2,
  GSOCK_PART_SEGMENT_SIZE = 1 << 3,
  GSOCK_PART_TIMESTAMP = 1 << 4,
  GSOCK_PART_OVERFLOW = 1 << 5,
  GSOCK_PART_CREDENTIALS = 1 << 6,
  GSOCK_PART_EXTENDED_ERROR = 1 << 7,
} GSockMessagePart;

/* A control message for which there is no part: as it is. */
typedef struct
{
  int level, type;
  GBytes *bytes;
} GSockControl;

typedef struct
{
  int error_number, origin, type, code;
  guint info;
  GSockAddress offender;
} GSockExtendedError;

struct _GSockMessage
{
  gatomicrefcount references;
  GPtrArray *chunks; /* of GBytes; NULL: none */
  GSockAddress address;
  guint flags;
  gsize full_length;

  guint parts;
  GSockAddress packet_address;
  guint packet_interface;
  int ttl, traffic_class, segment_size;
  gint64 timestamp; /* nanoseconds since 1970 */
  guint32 overflow;
  int pid;
  guint uid, gid;
  int pidfd;
  GSockExtendedError *extended_error;
  GArray *fds;      /* of int; NULL: none */
  GArray *controls; /* of GSockControl; NULL: none */
};

static inline gboolean
gsock_message_has (const GSockMessage *self, GSockMessagePart part)
{
  return (self->parts & part) != 0;
}

void gsock_message_append_control (GSockMessage *self, int level, int type, const guint8 *data, gsize length);
void gsock_message_append_descriptor (GSockMessage *self, int fd);

/* gsock-ancillary.c: between parts and control messages. */
void gsock_ancillary_decode (GSockMessage *self, struct msghdr *header);
gsize gsock_ancillary_size (const GSockMessage *self);
gssize gsock_ancillary_encode (const GSockMessage *self, int family, struct msghdr *header);
const char *gsock_ancillary_find_misfit (const GSockMessage *self, const GSockFamily *family);

/* Passes over the first @n bytes of the buffers of @header. */
static inline void
gsock_msghdr_advance (struct msghdr *header, gsize n)
{
  while (header->msg_iovlen > 0 && n >= header->msg_iov->iov_len)
    {
      n -= header->msg_iov->iov_len;
      header->msg_iov++;
      header->msg_iovlen--;
    }
  if (n > 0)
    {
      header->msg_iov->iov_base = (char *) header->msg_iov->iov_base + n;
      header->msg_iov->iov_len -= n;
    }
}

G_END_DECLS
