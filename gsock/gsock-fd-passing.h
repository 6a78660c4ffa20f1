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
gboolean gsock_socket_send_file_descriptor (GSockSocket *self, int fd, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_file_descriptor_with_keywords (GSockSocket *self, int fd, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_file_descriptor_direct (GSockSocket *self, int fd, const GSockAddress *destination, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_file_descriptors (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_file_descriptors_with_keywords (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_file_descriptors_direct (GSockSocket *self, const int *fds, gsize n_fds, const guint8 *payload, gsize length, const GSockAddress *destination, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
int gsock_socket_receive_file_descriptor (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_receive_file_descriptor_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_receive_file_descriptor_direct (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
int *gsock_socket_receive_file_descriptors (GSockSocket *self, gsize maximum, gsize *n_fds, GBytes **payload, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
int *gsock_socket_receive_file_descriptors_with_keywords (GSockSocket *self, gsize maximum, const char *const *names, const GValue *values, guint n_values, gsize *n_fds, GBytes **payload, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_file_descriptors_direct (GSockSocket *self, int *fds, gsize maximum, guint8 *payload, gsize size, gsize *length, gboolean wait, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* send-socket and receive-socket */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_socket (GSockSocket *self, GSockSocket *socket, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_socket_with_keywords (GSockSocket *self, GSockSocket *socket, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_socket_direct (GSockSocket *self, GSockSocket *socket, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_socket_receive_socket (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_socket_receive_socket_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_socket_receive_socket_direct (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without blocking */
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_file_descriptor_async (GSockSocket *self, int fd, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_file_descriptor_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_file_descriptors_async (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_file_descriptors_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_file_descriptor_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_receive_file_descriptor_finish (GSockSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_file_descriptors_async (GSockSocket *self, gsize maximum, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
int *gsock_socket_receive_file_descriptors_finish (GSockSocket *self, GAsyncResult *result, gsize *n_fds, GBytes **payload, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_socket_async (GSockSocket *self, GSockSocket *socket, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_socket_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_socket_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_socket_receive_socket_finish (GSockSocket *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
