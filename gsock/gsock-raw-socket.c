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

/**
 * GSockRawSocket:include-headers:
 *
 * Whether what is sent begins with the IPv4 header: the option `ip-header-include`.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockRawSocket:multicast-groups:
 *
 * The groups of a netlink socket, a bit for each of the first 32.
 *
 * Construct-only. Afterwards it reads the groups that the socket is in.
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
