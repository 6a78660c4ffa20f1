/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-batch.h>
#include <gsock/gsock-message.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* receive-from */

GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_from_async (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_bytes_async (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_socket_receive_from_finish (GSockSocket *self, GAsyncResult *result, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* send-to */
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_to_async (GSockSocket *self, GBytes *data, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_bytes_async (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_to_finish (GSockSocket *self, GAsyncResult *result, GError **error);

/* accept-connection */
GSOCK_AVAILABLE_IN_1_0
void gsock_passive_socket_accept_connection_async (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_passive_socket_accept_connection_direct_async (GSockPassiveSocket *self, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GSockActiveSocket *gsock_passive_socket_accept_connection_finish (GSockPassiveSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* connect */
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_connect_to_async (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_connect_direct_async (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_connect_to_finish (GSockSocket *self, GAsyncResult *result, GError **error);

/* send-message, receive-message */
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_message_async (GSockSocket *self, GSockMessage *message, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_message_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_message_async (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GSockMessage *gsock_socket_receive_message_finish (GSockSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* send-many, receive-many */
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_many_async (GSockSocket *self, GSockBatch *batch, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_many_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_many_async (GSockSocket *self, GSockBatch *batch, guint most, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_many_finish (GSockSocket *self, GAsyncResult *result, GError **error);

G_END_DECLS
