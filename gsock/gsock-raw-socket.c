/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A socket for the packets of whatever lies below. */

#include <gsock/gsock-raw-socket.h>

#include <gsock/gsock-socket-private.h>

/**
 * GSockRawSocket:
 *
 * A raw socket: packets of an internet protocol, messages of the kernel over netlink, packets of the
 * link layer, and whatever an address family that is given by its number has.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE (GSockRawSocket, gsock_raw_socket, GSOCK_TYPE_SOCKET)

static void
gsock_raw_socket_class_init (GSockRawSocketClass *klass)
{
  gsock_socket_install_keywords (G_OBJECT_CLASS (klass), GSOCK_CLASS_RAW);
}

static void
gsock_raw_socket_init (GSockRawSocket *self)
{
}
