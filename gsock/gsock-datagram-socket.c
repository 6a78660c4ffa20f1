/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A socket for datagrams: the operator disconnect, and the interface that GIO knows datagrams by. */

#include <gsock/gsock-datagram-socket.h>

#include <gsock/gsock-datagram-based-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

/**
 * GSockDatagramSocket:
 *
 * A socket for single datagrams. It can be connected, reconnected and disconnected any number of
 * times.
 *
 * It is a [iface@Gio.DatagramBased] as well, so that a [iface@Gio.DtlsConnection] and other users of
 * that interface can sit on it. The methods of the interface report the errors of #GIOErrorEnum.
 *
 * Since: 1.0
 */

/**
 * GSockDatagramSocket:family-host:
 *
 * A host that only decides between IPv4 and IPv6; nothing is bound or connected to it.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockDatagramSocket:family-port:
 *
 * A port to go with [property@DatagramSocket:family-host].
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockDatagramSocket:broadcast:
 *
 * Whether datagrams may be sent to broadcast addresses: the option `broadcast`. The kernel refuses
 * them otherwise.
 *
 * Live.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE_WITH_CODE (GSockDatagramSocket, gsock_datagram_socket, GSOCK_TYPE_SOCKET,
                         G_IMPLEMENT_INTERFACE (G_TYPE_DATAGRAM_BASED, gsock_datagram_based_iface_init))

static gssize
dissolve (int fd)
{
  struct sockaddr unspecified = { .sa_family = AF_UNSPEC };

  return connect (fd, &unspecified, sizeof unspecified) < 0 ? -errno : 0;
}

/* The kernel takes a port back that it had chosen itself, even where the program has asked for the
 * socket to be bound to one. Such a program gets it again. */
static gssize
keep_port (GSockHandle *handle, int fd, guint port)
{
  GSockAddress local;
  gssize result = gsock_handle_get_local (handle, fd, &local);

  if (result < 0 || handle->ops->is_bound (&local))
    return result;
  if (!handle->bound_on_demand || port == 0)
    {
      handle->bound = FALSE;
      return 0;
    }
  gsock_address_set_port (&local, port);
  if (handle->family == AF_INET6)
    gsock_address_map (&local);
  return bind (fd, gsock_address_native (&local), local.length) < 0 ? -errno : 0;
}

static gssize
disconnect (GSockSocketPrivate *priv, int fd)
{
  GSockHandle *handle = &priv->handle;
  GSockAddress local = GSOCK_ADDRESS_INIT;
  gssize result;

  (void) gsock_handle_get_local (handle, fd, &local);
  result = dissolve (fd);
  if (result < 0)
    return result;
  gsock_socket_keep_remote (priv, NULL);
  handle->connected = FALSE;
  gsock_handle_update (handle);
  return keep_port (handle, fd, handle->ops->internet ? gsock_address_get_port (&local) : 0);
}

static gboolean
gsock_datagram_socket_real_disconnect_peer (GSockDatagramSocket *self, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (self));
  int fd = gsock_socket_enter (GSOCK_SOCKET (self), "disconnect", error);
  gssize result;

  if (fd < 0)
    return FALSE;
  result = disconnect (priv, fd);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return result == 0 || gsock_error_set (error, result, "disconnect", NULL);
}

static void
gsock_datagram_socket_class_init (GSockDatagramSocketClass *klass)
{
  klass->disconnect_peer = gsock_datagram_socket_real_disconnect_peer;
  gsock_socket_install_keywords (G_OBJECT_CLASS (klass), GSOCK_CLASS_DATAGRAM);
}

static void
gsock_datagram_socket_init (GSockDatagramSocket *self)
{
}

/**
 * gsock_datagram_socket_disconnect: (skip)
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Takes the peer away: the operator disconnect. In languages other than C its name is
 * [method@DatagramSocket.disconnect_peer].
 *
 * Returns: whether the socket has no peer any more
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_disconnect (GSockDatagramSocket *self, GError **error)
{
  return gsock_datagram_socket_disconnect_peer (self, error);
}

/**
 * gsock_datagram_socket_disconnect_peer: (virtual disconnect_peer)
 * @self: a datagram socket
 * @error: return location for an error
 *
 * Takes the peer away: the operator disconnect. The socket then sends to whom each call says and
 * receives from all. A socket that was bound stays bound; one that only sending or connecting had
 * bound has no port any more.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_ADDRESS_IN_USE` where somebody took the port in
 * the moment that the kernel lets go of one that it had chosen, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether the socket has no peer any more
 *
 * Since: 1.0
 */
gboolean
gsock_datagram_socket_disconnect_peer (GSockDatagramSocket *self, GError **error)
{
  GSockHandle *handle;

  g_return_val_if_fail (GSOCK_IS_DATAGRAM_SOCKET (self), FALSE);

  handle = gsock_socket_get_handle (GSOCK_SOCKET (self));
  if (!handle->connected && gsock_handle_has_descriptor (handle) && !gsock_handle_is_closed (handle))
    return gsock_error_literal (error, GSOCK_ERROR_NOT_CONNECTED, "disconnect: the socket is not connected");
  return gsock_socket_answered (GSOCK_SOCKET (self), GSOCK_DATAGRAM_SOCKET_GET_CLASS (self)->disconnect_peer (self, error),
                                "disconnect", error);
}
