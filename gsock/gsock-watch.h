/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_WATCH (gsock_watch_get_type ())

/**
 * GSockWatch:
 *
 * A socket that is watched in a main context.
 *
 * Since: 1.0
 */
typedef struct _GSockWatch GSockWatch;

/**
 * GSockWatchFunc:
 * @socket: the socket
 * @condition: for what it is ready
 * @user_data: what was given with the function
 *
 * Is called whenever a watched socket is ready.
 *
 * Returns: %G_SOURCE_CONTINUE to go on watching, %G_SOURCE_REMOVE to end
 *
 * Since: 1.0
 */
typedef gboolean (*GSockWatchFunc) (GSockSocket *socket, GIOCondition condition, gpointer user_data);

GSOCK_AVAILABLE_IN_1_0
GType gsock_watch_get_type (void) G_GNUC_CONST;

GSOCK_AVAILABLE_IN_1_0
GSockWatch *gsock_socket_watch (GSockSocket *self, GIOCondition condition, int priority, GSockWatchFunc callback, gpointer user_data, GDestroyNotify notify, GError **error);
GSOCK_AVAILABLE_IN_1_0
GSockWatch *gsock_watch_ref (GSockWatch *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_watch_unref (GSockWatch *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_watch_cancel (GSockWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockWatch, gsock_watch_unref)

G_END_DECLS
