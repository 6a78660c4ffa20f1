/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_DATAGRAM_SOCKET (gsock_datagram_socket_get_type ())

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GSockDatagramSocket, gsock_datagram_socket, GSOCK, DATAGRAM_SOCKET, GSockSocket)

/**
 * GSockDatagramSocketClass:
 * @parent_class: the parent class
 * @disconnect_peer: the operator disconnect
 *
 * The operators of a socket for datagrams.
 *
 * Since: 1.0
 */
struct _GSockDatagramSocketClass
{
  GSockSocketClass parent_class;

  gboolean (*disconnect_peer) (GSockDatagramSocket *self, GError **error);

  /*< private >*/
  gpointer padding[12];
};

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_disconnect (GSockDatagramSocket *self, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_datagram_socket_disconnect_peer (GSockDatagramSocket *self, GError **error);

G_END_DECLS
