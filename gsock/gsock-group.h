/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-datagram-socket.h>

G_BEGIN_DECLS

/* Membership */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_join_group (GSockDatagramSocket *self, const char *group, const char *interface, const char *source, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_leave_group (GSockDatagramSocket *self, const char *group, const char *interface, const char *source, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_block_source (GSockDatagramSocket *self, const char *group, const char *source, const char *interface, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_unblock_source (GSockDatagramSocket *self, const char *group, const char *source, const char *interface, GCancellable *cancellable, GError **error);

/* How datagrams to groups leave */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_set_multicast_interface (GSockDatagramSocket *self, const char *interface, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
char *gsock_datagram_socket_get_multicast_interface (GSockDatagramSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_set_multicast_loopback (GSockDatagramSocket *self, gboolean loopback, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_get_multicast_loopback (GSockDatagramSocket *self, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_set_multicast_ttl (GSockDatagramSocket *self, int ttl, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_datagram_socket_get_multicast_ttl (GSockDatagramSocket *self, GError **error);

/* How all others leave */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_set_ttl (GSockDatagramSocket *self, int ttl, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_datagram_socket_get_ttl (GSockDatagramSocket *self, GError **error);

G_END_DECLS
