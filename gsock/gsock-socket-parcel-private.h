/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-socket-private.h>

G_BEGIN_DECLS

/* What goes in front of a socket's descriptor: keywords of the object, which the kernel knows nothing of.
 * Five bytes of a head, of which the last is the length of a body of records. A record is a tag, a length
 * and a value; numbers are little-endian. Tags that the reader does not know are passed over. */
#define GSOCK_PARCEL_FIRST 0x9d
#define GSOCK_PARCEL_HEAD 5
#define GSOCK_PARCEL_BODY_MAX 255
#define GSOCK_PARCEL_MAX (GSOCK_PARCEL_HEAD + GSOCK_PARCEL_BODY_MAX)
#define GSOCK_PARCEL_VERSION 1

#define GSOCK_PARCEL_FORMAT_MAX 63
#define GSOCK_PARCEL_BUFFER_MAX (16 << 20)

/* The bits of `given`. */
typedef enum
{
  GSOCK_PARCEL_TIMEOUT = 1 << 0,
  GSOCK_PARCEL_EXTERNAL_FORMAT = 1 << 1,
  GSOCK_PARCEL_INPUT_BUFFER_SIZE = 1 << 2,
  GSOCK_PARCEL_OUTPUT_BUFFER_SIZE = 1 << 3,
  GSOCK_PARCEL_ROLE = 1 << 4,
  GSOCK_PARCEL_FILE = 1 << 5,
} GSockParcelPart;

typedef struct
{
  guint given;
  double timeout;
  char external_format[GSOCK_PARCEL_FORMAT_MAX + 1];
  int input_buffer_size, output_buffer_size;
  GSockRole role;
  guint64 device, inode; /* of the file that the receiver is to remove */
} GSockParcel;

void gsock_parcel_pack (GSockParcel *self, GSockSocket *socket, gboolean owned);
gsize gsock_parcel_encode (const GSockParcel *self, guint8 *bytes);

/* Each answers NULL, or what is wrong. */
const char *gsock_parcel_check_head (const guint8 *head, gsize *body_length);
const char *gsock_parcel_decode (GSockParcel *self, const guint8 *body, gsize length);

/* gsock-op-send-socket.c */
gboolean gsock_send_socket_pack (GSockSocket *socket, int fd, gboolean file, GSockParcel *parcel, GError **error);
void gsock_send_socket_done (GSockSocket *socket, gboolean file);

/* gsock-op-receive-socket.c */
GSockSocket *gsock_parcel_make_socket (const GSockParcel *told, const GSockReceiveSocketSpec *asked, int fd, GError **error);

/* The step of receiving one. */
typedef struct
{
  GSockReceiveDescriptors received;
  guint8 bytes[GSOCK_PARCEL_MAX];
  gsize body;
  const char *wrong; /* with what send-socket should have written */
  gboolean headed;   /* the head was looked at */
} GSockReceiveSocket;

void gsock_receive_socket_init (GSockReceiveSocket *self, const GSockHandle *handle);
GSockSocket *gsock_receive_socket_conclude (GSockReceiveSocket *self, const GSockHandle *handle, gssize result, const GSockReceiveSocketSpec *asked, GError **error);

G_END_DECLS
