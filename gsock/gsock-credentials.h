/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* Who is at the other end, as the kernel knows it */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_peer_credentials (GSockSocket *self, int *pid, guint *uid, guint *gid, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_peer_pidfd (GSockSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
guint *gsock_socket_peer_groups (GSockSocket *self, gsize *n_groups, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_socket_peer_security (GSockSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who sends, as that one says and the kernel allows it */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_credentials (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_credentials_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_credentials_direct (GSockSocket *self, int pid, guint uid, guint gid, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_receive_credentials (GSockSocket *self, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_receive_credentials_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_receive_credentials_direct (GSockSocket *self, gboolean want_pidfd, gboolean wait, double timeout, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_credentials_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_send_credentials_finish (GSockSocket *self, GAsyncResult *result, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_credentials_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_receive_credentials_finish (GSockSocket *self, GAsyncResult *result, int *pid, guint *uid, guint *gid, int *pidfd, GError **error);

G_END_DECLS
