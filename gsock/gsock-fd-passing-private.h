/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the operators that pass descriptors share. */
#pragma once

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-op-private.h>

G_BEGIN_DECLS

/* The step of sending descriptors with the first byte of a payload. */
typedef struct
{
  GSockOperation operation;
  const int *fds;
  gsize n_fds;
  const guint8 *payload;
  gsize length, sent;
  const struct sockaddr *address; /* NULL: the peer */
  socklen_t address_length;
  const GSockHandle *handle;
  gboolean stream; /* goes on until all is sent */
} GSockSendDescriptors;

void gsock_send_descriptors_init (GSockSendDescriptors *self, const GSockHandle *handle, const int *fds, gsize n_fds, const guint8 *payload, gsize length, const GSockAddress *destination);
gssize gsock_step_send_descriptors (GSockOperation *operation, int fd, int flags);
gssize gsock_send_descriptors (GSockHandle *handle, GSockSendDescriptors *operation, GSockPatience *patience);

/* The step of receiving one message's descriptors, and the payload that they came with. */
typedef struct
{
  GSockOperation operation;
  int fds[GSOCK_FILE_DESCRIPTORS_MAX];
  gsize n_fds;
  guint8 *payload;
  gsize size, length;
  const GSockHandle *handle;
  gboolean stream;
  gboolean truncated; /* the kernel has closed some */
  gboolean cut;       /* the payload was longer than the room */
  gboolean ended;     /* neither a byte nor a descriptor */
} GSockReceiveDescriptors;

void gsock_receive_descriptors_init (GSockReceiveDescriptors *self, const GSockHandle *handle, guint8 *payload, gsize size);
gssize gsock_step_receive_descriptors (GSockOperation *operation, int fd, int flags);
void gsock_receive_descriptors_close (GSockReceiveDescriptors *self);

gboolean gsock_receive_descriptors_are_as_wanted (const GSockReceiveDescriptors *self, gsize maximum, gboolean whole);
GSOCK_SELDOM gboolean gsock_refuse_descriptors (GError **error, const GSockReceiveDescriptors *received, const GSockHandle *handle, const char *operation, gsize maximum);
GSOCK_SELDOM gboolean gsock_set_receive_descriptors_error (GError **error, gssize failure, const char *operation);

/* gsock-op-descriptor-async.c */
guint gsock_collect_local_receiver (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay);

/* Whether the size of a payload is one that there can be. */
gboolean gsock_check_payload_size (gsize size, GError **error);

gboolean gsock_part_with (GSockHandle *handle, int fd, const char *operation, GError **error);
gboolean gsock_check_passes_descriptors (const char *operation, const GSockHandle *handle, GError **error);
gboolean gsock_check_n_descriptors (const char *operation, gsize n_fds, GError **error);
GSOCK_SELDOM gboolean gsock_set_send_descriptors_error (GError **error, gssize failure, const char *operation, const GSockAddress *destination);

G_END_DECLS
