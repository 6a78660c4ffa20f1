/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-active-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_read_line_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_line_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_read_char_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_read_char_finish (GSockActiveSocket *self, GAsyncResult *result, gunichar *character, GError **error);

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_read_text_async (GSockActiveSocket *self, gssize n_characters, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_text_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_read_bytes_async (GSockActiveSocket *self, gssize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_active_socket_read_bytes_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_write_text_async (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_text_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error);

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_write_line_async (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_line_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error);

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_write_bytes_async (GSockActiveSocket *self, GBytes *data, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_bytes_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error);

GSOCK_AVAILABLE_IN_1_0
void gsock_active_socket_finish_output_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_finish_output_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error);

G_END_DECLS
