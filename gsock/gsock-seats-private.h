/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* Counts the connections of a server that are open: each from when it is seated until it is closed, or
 * nobody has it any more, whichever comes first, in whatever thread. */
typedef struct _GSockSeats GSockSeats;

/* @vacated is called in @context after a seat was vacated, unless the owner has gone before; once for
 * several that were at about the same time. */
GSockSeats *gsock_seats_new (GMainContext *context, void (*vacated) (gpointer owner), gpointer owner);
void gsock_seats_leave (GSockSeats *self); /* the owner goes, in the thread of the context */
void gsock_seats_take (GSockSeats *self, GSockSocket *socket);
guint gsock_seats_count (GSockSeats *self);

/* Of a socket that has been closed. */
void gsock_seats_socket_closed (GSockSocket *socket);

G_END_DECLS
