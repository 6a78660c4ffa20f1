/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* A source for a main context that fires when the socket is ready, and at once and each time when it
 * is closed. Its callback has the form of GDatagramBasedSourceFunc: the socket, what it is ready for,
 * the data. */
GSource *gsock_source_new (GSockSocket *socket, GIOCondition condition, GCancellable *cancellable);

/* Tells the sources of a socket that it is closed; from any thread. */
void gsock_source_socket_closed (GSockSocket *socket);

G_END_DECLS
