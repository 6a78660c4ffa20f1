/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_MESSAGE (gsock_message_get_type ())

/**
 * GSockMessage:
 *
 * One message with all that goes along with it: bytes in one or several buffers, an address, flags,
 * and ancillary data. The one that `receive-message` gives and the one that `send-message` takes are
 * of the same kind.
 *
 * It owns the descriptors in it. Those that nobody takes are closed with it.
 *
 * Since: 1.0
 */
typedef struct _GSockMessage GSockMessage;

GSOCK_AVAILABLE_IN_1_0
GType gsock_message_get_type (void) G_GNUC_CONST;
GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_message_new (void) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_message_ref (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_unref (GSockMessage *self);

/* Bytes, address and flags */
GSOCK_AVAILABLE_IN_1_0
void gsock_message_add_bytes (GSockMessage *self, GBytes *bytes);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_add_data (GSockMessage *self, const guint8 *data, gsize length);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_message_get_bytes (GSockMessage *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gsize gsock_message_get_length (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gsize gsock_message_get_full_length (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_is_truncated (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_is_control_truncated (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
const GSockAddress *gsock_message_get_address (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_address (GSockMessage *self, const GSockAddress *address);
GSOCK_AVAILABLE_IN_1_0
GSockMessageFlags gsock_message_get_flags (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_flags (GSockMessage *self, GSockMessageFlags flags);

/* Ancillary data */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_get_packet_info (GSockMessage *self, GSockAddress *address, guint *interface_index);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_packet_info (GSockMessage *self, const GSockAddress *address, guint interface_index);
GSOCK_AVAILABLE_IN_1_0
int gsock_message_get_ttl (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_ttl (GSockMessage *self, int ttl);
GSOCK_AVAILABLE_IN_1_0
int gsock_message_get_traffic_class (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_traffic_class (GSockMessage *self, int traffic_class);
GSOCK_AVAILABLE_IN_1_0
int gsock_message_get_segment_size (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_message_set_segment_size (GSockMessage *self, int segment_size);
GSOCK_AVAILABLE_IN_1_0
gint64 gsock_message_get_timestamp (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_get_receive_time (GSockMessage *self, gint64 *seconds, int *nanoseconds);
GSOCK_AVAILABLE_IN_1_0
gint64 gsock_message_get_overflow_count (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_get_credentials (GSockMessage *self, int *pid, guint *uid, guint *gid);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_set_credentials (GSockMessage *self, int pid, guint uid, guint gid, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_get_extended_error (GSockMessage *self, int *error_number, int *origin, int *type, int *code, guint *info, GSockAddress *offender);
GSOCK_AVAILABLE_IN_1_0
guint gsock_message_get_n_file_descriptors (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_add_file_descriptor (GSockMessage *self, int fd, GError **error);
GSOCK_AVAILABLE_IN_1_0
int *gsock_message_take_file_descriptors (GSockMessage *self, gsize *n_fds) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
int gsock_message_take_pidfd (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_message_add_control (GSockMessage *self, int level, int type, const guint8 *data, gsize length, GError **error);
GSOCK_AVAILABLE_IN_1_0
guint gsock_message_get_n_controls (GSockMessage *self);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_message_get_control (GSockMessage *self, guint index, int *level, int *type) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockMessage, gsock_message_unref)

G_END_DECLS
