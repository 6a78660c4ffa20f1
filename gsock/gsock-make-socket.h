/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket (GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket_with_keywords (const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
void gsock_make_socket_async (int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
void gsock_make_socket_with_keywords_async (const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_instance (GType type, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_instance_with_keywords (GType type, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
void gsock_make_instance_async (GType type, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
void gsock_make_instance_with_keywords_async (GType type, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_instance_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket_from_fd (int fd, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket_from_fd_with_keywords (int fd, const char *const *names, const GValue *values, guint n_values, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_make_socket_pair (GSockSocket **first, GSockSocket **second, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_make_socket_pair_with_keywords (const char *const *names, const GValue *values, guint n_values, GSockSocket **first, GSockSocket **second, GError **error);

/* Defaults of the process */
GSOCK_AVAILABLE_IN_1_0
GSockIpv6Mode gsock_get_default_ipv6_mode (void);
GSOCK_AVAILABLE_IN_1_0
void gsock_set_default_ipv6_mode (GSockIpv6Mode mode);
GSOCK_AVAILABLE_IN_1_0
guint gsock_get_default_backlog (void);
GSOCK_AVAILABLE_IN_1_0
void gsock_set_default_backlog (guint backlog);
GSOCK_AVAILABLE_IN_1_0
guint gsock_get_default_linger_seconds (void);
GSOCK_AVAILABLE_IN_1_0
void gsock_set_default_linger_seconds (guint seconds);
GSOCK_AVAILABLE_IN_1_0
double gsock_get_default_attempt_delay (void);
GSOCK_AVAILABLE_IN_1_0
void gsock_set_default_attempt_delay (double seconds);

G_END_DECLS
