/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/**
 * GSockSocketSourceFunc:
 * @socket: the socket
 * @condition: what it is ready for; 0 where the cancellable of the source was cancelled
 * @user_data: the data that was given with the function
 *
 * The form of the callback of [method@Socket.create_source].
 *
 * Returns: whether to go on; with %FALSE the source is destroyed
 *
 * Since: 1.0
 */
typedef gboolean (*GSockSocketSourceFunc) (GSockSocket *socket, GIOCondition condition, gpointer user_data);

GSOCK_AVAILABLE_IN_1_0
GSource *gsock_socket_create_source (GSockSocket *self, GIOCondition condition, GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
