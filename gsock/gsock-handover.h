/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/**
 * GSOCK_HANDOVER_MAX:
 *
 * The most sockets that one handover gives.
 *
 * Since: 1.0
 */
#define GSOCK_HANDOVER_MAX 1000

/* The one who has the sockets */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_handover_give (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, const char *const *socket_names, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_handover_give_async (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, const char *const *socket_names, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_handover_give_finish (GSockSocket *channel, GAsyncResult *result, GError **error);

/* The one who gets them */
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_handover_take (GSockSocket *channel, double timeout, char ***names, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_handover_take_as_list (GSockSocket *channel, double timeout, char ***names, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_handover_complete (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, double timeout, GCancellable *cancellable, GError **error);

G_END_DECLS
