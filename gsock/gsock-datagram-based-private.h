/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-socket.h>
#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* For the class of datagram sockets. */
void gsock_datagram_based_iface_init (GDatagramBasedInterface *iface);

/* How many there are in an array of GInputVector or GOutputVector that need not say it. */
guint gsock_datagram_count_vectors (gconstpointer vectors, guint n_vectors);

/* gsock-datagram-method.c: for a class that has operators of its own. No control messages come so. */
gboolean gsock_datagram_has_receive_method (GSockSocket *socket);
gboolean gsock_datagram_has_send_method (GSockSocket *socket);
int gsock_datagram_receive_by_method (GSockSocket *socket, GInputMessage *messages, guint n_messages, int flags, GSockPatience *patience, GError **error);
int gsock_datagram_send_by_method (GSockSocket *socket, GOutputMessage *messages, guint n_messages, int flags, GSockPatience *patience, GError **error);

G_END_DECLS
