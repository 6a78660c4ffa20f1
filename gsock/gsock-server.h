/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-passive-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_SERVER (gsock_server_get_type ())

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (GSockServer, gsock_server, GSOCK, SERVER, GObject)

/**
 * GSockServerFunc:
 * @server: the server
 * @connection: the new connection
 * @user_data: what was given with the function
 *
 * Is called for each connection that a server accepts. Who wants it keeps a reference.
 *
 * Since: 1.0
 */
typedef void (*GSockServerFunc) (GSockServer *server, GSockActiveSocket *connection, gpointer user_data);

GSOCK_AVAILABLE_IN_1_0
GSockServer *gsock_server_new (GSockPassiveSocket *listener) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_server_set_handler (GSockServer *self, GSockServerFunc handler, gpointer user_data, GDestroyNotify notify);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_server_start (GSockServer *self, int priority, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_server_stop (GSockServer *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_server_drain_async (GSockServer *self, double timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_server_drain_finish (GSockServer *self, GAsyncResult *result, GError **error);

GSOCK_AVAILABLE_IN_1_0
GSockPassiveSocket *gsock_server_get_listener (GSockServer *self);
GSOCK_AVAILABLE_IN_1_0
guint gsock_server_get_n_connections (GSockServer *self);
GSOCK_AVAILABLE_IN_1_0
guint gsock_server_get_max_connections (GSockServer *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_server_set_max_connections (GSockServer *self, guint max_connections);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_server_is_running (GSockServer *self);

G_END_DECLS
