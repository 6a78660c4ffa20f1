/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-active-socket.h>

G_BEGIN_DECLS

/* Reading */
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_line (GSockActiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_line_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_line_direct (GSockActiveSocket *self, gsize maximum_length, gboolean wait, double timeout, gsize *length, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_read_char (GSockActiveSocket *self, gunichar *character, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_read_char_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, gunichar *character, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_text (GSockActiveSocket *self, gssize n_characters, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_active_socket_read_text_with_keywords (GSockActiveSocket *self, gssize n_characters, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_active_socket_read_bytes (GSockActiveSocket *self, gssize size, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
guint8 *gsock_active_socket_read_bytes_with_keywords (GSockActiveSocket *self, gssize size, const char *const *names, const GValue *values, guint n_values, gsize *length, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gssize gsock_active_socket_read_bytes_direct (GSockActiveSocket *self, void *buffer, gsize length, gboolean partial, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_active_socket_clear_input (GSockActiveSocket *self, GError **error);

/* Writing */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_text (GSockActiveSocket *self, const char *text, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_text_with_keywords (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_line (GSockActiveSocket *self, const char *text, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_line_with_keywords (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_bytes (GSockActiveSocket *self, const void *buffer, gsize length, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_write_bytes_with_keywords (GSockActiveSocket *self, const guint8 *buffer, gsize length, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_finish_output (GSockActiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_active_socket_finish_output_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);

G_END_DECLS
