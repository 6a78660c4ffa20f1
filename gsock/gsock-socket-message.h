/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-message.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_message (GSockSocket *self, GSockMessage *message, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_message_with_keywords (GSockSocket *self, GSockMessage *message, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_message_direct (GSockSocket *self, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_socket_receive_message (GSockSocket *self, gsize size, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_socket_receive_message_with_keywords (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_socket_receive_message_direct (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_vectors (GSockSocket *self, const GInputVector *vectors, guint n_vectors, GSockMessageFlags flags, gboolean wait, double timeout, GSockMessage **message, GCancellable *cancellable, GError **error);

G_END_DECLS
