/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/**
 * GSOCK_FILE_DESCRIPTORS_MAX:
 *
 * The most descriptors that one message can carry.
 *
 * Since: 1.0
 */
#define GSOCK_FILE_DESCRIPTORS_MAX 253

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_file_descriptor (GSockSocket *self, int fd, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_receive_file_descriptor (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_file_descriptors (GSockSocket *self, const int *fds, gsize n_fds, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
int *gsock_socket_receive_file_descriptors (GSockSocket *self, gsize maximum, gboolean wait, double timeout, gsize *n_fds, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
