/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/**
 * GSockReceiveFunc: (skip)
 * @socket: the socket
 * @n: the number of bytes in the buffer, or -1
 * @received: what is told of them
 * @error: (nullable): what went wrong where @n is -1
 * @user_data: what was given with the function
 *
 * Is called once, when something was received or nothing will be.
 *
 * Since: 1.0
 */
typedef void (*GSockReceiveFunc) (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer user_data);

/**
 * GSockSendFunc: (skip)
 * @socket: the socket
 * @n: the number of bytes sent, or -1
 * @error: (nullable): what went wrong where @n is -1
 * @user_data: what was given with the function
 *
 * Is called once, when something was sent or nothing will be.
 *
 * Since: 1.0
 */
typedef void (*GSockSendFunc) (GSockSocket *socket, gssize n, const GError *error, gpointer user_data);

/**
 * GSockAcceptFunc: (skip)
 * @socket: the socket that listens
 * @connection: (nullable): the new socket; who wants it keeps a reference
 * @error: (nullable): what went wrong where there is none
 * @user_data: what was given with the function
 *
 * Is called once, when a connection was accepted or none will be.
 *
 * Since: 1.0
 */
typedef void (*GSockAcceptFunc) (GSockPassiveSocket *socket, GSockActiveSocket *connection, const GError *error, gpointer user_data);

GSOCK_AVAILABLE_IN_1_0
void gsock_socket_receive_from_then (GSockSocket *self, void *buffer, gsize length, GSockMessageFlags flags, double timeout, int priority, GCancellable *cancellable, GSockReceiveFunc function, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_send_to_then (GSockSocket *self, const void *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, double timeout, int priority, GCancellable *cancellable, GSockSendFunc function, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
void gsock_passive_socket_accept_connection_then (GSockPassiveSocket *self, double timeout, int priority, GCancellable *cancellable, GSockAcceptFunc function, gpointer user_data);

G_END_DECLS
