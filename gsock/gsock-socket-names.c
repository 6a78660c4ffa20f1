/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names and the state of a socket, and its printed form. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-passive-socket.h>

#include <errno.h>
#include <math.h>

/* Its own from here on. */
void
gsock_socket_keep_file (GSockSocketPrivate *priv, GSockLocalFile *file)
{
  GSockLocalFile *before;

  gsock_handle_lock (&priv->handle);
  before = priv->file;
  __atomic_store_n (&priv->file, file, __ATOMIC_RELAXED);
  gsock_handle_unlock (&priv->handle);
  g_clear_pointer (&before, gsock_local_file_unref);
}

/* Nearly all have none, and need no lock. */
GSockLocalFile *
gsock_socket_get_file (GSockSocketPrivate *priv)
{
  GSockLocalFile *file = NULL;

  if (__atomic_load_n (&priv->file, __ATOMIC_RELAXED) == NULL)
    return NULL;
  gsock_handle_lock (&priv->handle);
  if (priv->file != NULL)
    file = gsock_local_file_ref (priv->file);
  gsock_handle_unlock (&priv->handle);
  return file;
}

void
gsock_socket_unlink_file (GSockSocketPrivate *priv)
{
  g_autoptr (GSockLocalFile) file = gsock_socket_get_file (priv);

  if (file != NULL)
    gsock_local_file_unlink (file);
}

/* By a user of the handle, after keep: who closes the socket meanwhile either sees the file, or is seen here. */
gssize
gsock_socket_settle_file (GSockSocketPrivate *priv)
{
  int fd = gsock_handle_enter (&priv->handle, 1);

  if (fd < 0)
    gsock_socket_unlink_file (priv);
  else
    gsock_handle_leave (&priv->handle, 1);
  return MIN (fd, 0);
}

void
gsock_socket_keep_remote (GSockSocketPrivate *priv, const GSockAddress *address)
{
  gsock_handle_lock (&priv->handle);
  if (address != NULL)
    gsock_kept_address_set (&priv->remote, address);
  else
    gsock_kept_address_clear (&priv->remote);
  gsock_handle_unlock (&priv->handle);
}

gboolean
gsock_socket_get_kept_remote (GSockSocketPrivate *priv, GSockAddress *address)
{
  gboolean kept;

  gsock_handle_lock (&priv->handle);
  kept = gsock_kept_address_get (&priv->remote, address);
  gsock_handle_unlock (&priv->handle);
  return kept;
}

/**
 * gsock_socket_copy_local_address:
 * @self: a socket
 * @address: (out caller-allocates): the local address
 * @error: return location for an error
 *
 * Gets the local address into a value that the caller has.
 *
 * Errors: `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether there was one to get
 *
 * Since: 1.0
 */
gboolean
gsock_socket_copy_local_address (GSockSocket *self, GSockAddress *address, GError **error)
{
  gssize result;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  fd = gsock_socket_enter (self, "local-address", error);
  if (fd < 0)
    return FALSE;
  result = gsock_handle_get_local (gsock_socket_get_handle (self), fd, address);
  gsock_socket_leave (self);
  return result >= 0 || gsock_error_set (error, result, "local-address", NULL);
}

/**
 * gsock_socket_copy_remote_address:
 * @self: a socket
 * @address: (out caller-allocates): the address of the peer
 * @error: return location for an error
 *
 * Gets the address of the peer into a value that the caller has. That of an accepted or connected
 * socket is known without asking the kernel, even where the peer has gone.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether there was one to get
 *
 * Since: 1.0
 */
gboolean
gsock_socket_copy_remote_address (GSockSocket *self, GSockAddress *address, GError **error)
{
  GSockSocketPrivate *priv;
  gssize result = 0;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  priv = gsock_socket_get_private (self);
  fd = gsock_socket_enter (self, "remote-address", error);
  if (fd < 0)
    return FALSE;
  if (!priv->handle.connected || !gsock_socket_get_kept_remote (priv, address))
    result = gsock_handle_get_remote (&priv->handle, fd, address);
  gsock_socket_leave (self);
  return result >= 0 || gsock_error_set (error, result, "remote-address", NULL);
}

/**
 * gsock_socket_get_local_address:
 * @self: a socket
 * @error: return location for an error
 *
 * Gets the local address.
 *
 * Errors: `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): the local address
 *
 * Since: 1.0
 */
GSockAddress *
gsock_socket_get_local_address (GSockSocket *self, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_local_address (self, &address, error) ? gsock_address_copy (&address) : NULL;
}

/**
 * gsock_socket_get_remote_address:
 * @self: a socket
 * @error: return location for an error
 *
 * Gets the address of the peer.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): the remote address
 *
 * Since: 1.0
 */
GSockAddress *
gsock_socket_get_remote_address (GSockSocket *self, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_remote_address (self, &address, error) ? gsock_address_copy (&address) : NULL;
}

/**
 * gsock_socket_get_local_port: (get-property local-port)
 * @self: a socket
 *
 * Gets the local port.
 *
 * Returns: the port, or 0 where there is none
 *
 * Since: 1.0
 */
int
gsock_socket_get_local_port (GSockSocket *self)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;

  return gsock_socket_copy_local_address (self, &address, NULL) ? (int) gsock_address_get_port (&address) : 0;
}

/**
 * gsock_socket_get_remote_port: (get-property remote-port)
 * @self: a socket
 *
 * Gets the port of the peer.
 *
 * Returns: the port, or 0 where there is none
 *
 * Since: 1.0
 */
int
gsock_socket_get_remote_port (GSockSocket *self)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;

  return gsock_socket_copy_remote_address (self, &address, NULL) ? (int) gsock_address_get_port (&address) : 0;
}

/**
 * gsock_socket_get_file_descriptor: (get-property file-descriptor)
 * @self: a socket
 * @error: return location for an error
 *
 * Gets the descriptor. It stays the socket's: do not close it.
 *
 * From then on gsock takes it that others may hold the descriptor too: waiting calls poll instead of
 * blocking in the kernel, and closing never shuts the connection down for them.
 *
 * Errors: `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: the descriptor, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_get_file_descriptor (GSockSocket *self, GError **error)
{
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  fd = gsock_socket_enter (self, "file-descriptor", error);
  if (fd < 0)
    return -1;
  /* What is handed out blocks, as a program that is handed a socket expects. */
  (void) gsock_handle_make_blocking (gsock_socket_get_handle (self), fd);
  gsock_handle_expose (gsock_socket_get_handle (self));
  gsock_socket_leave (self);
  return fd;
}

/**
 * gsock_socket_is_open: (get-property open)
 * @self: a socket
 *
 * Whether the socket is initialised and not closed.
 *
 * Returns: whether it is open
 *
 * Since: 1.0
 */
gboolean
gsock_socket_is_open (GSockSocket *self)
{
  GSockHandle *handle;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  handle = gsock_socket_get_handle (self);
  return gsock_handle_get_descriptor (handle) >= 0;
}

/**
 * gsock_socket_is_bound: (get-property bound)
 * @self: a socket
 *
 * Whether the socket has a local address.
 *
 * Returns: whether it is bound
 *
 * Since: 1.0
 */
gboolean
gsock_socket_is_bound (GSockSocket *self)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;

  return gsock_socket_copy_local_address (self, &address, NULL)
         && gsock_socket_get_handle (self)->ops->is_bound (&address);
}

/**
 * gsock_socket_is_connected: (get-property connected)
 * @self: a socket
 *
 * Whether the socket has a peer. That says nothing of whether the peer is still there.
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_is_connected (GSockSocket *self)
{
  return gsock_socket_is_open (self) && gsock_socket_get_handle (self)->connected;
}

/**
 * gsock_socket_is_listening: (get-property listening)
 * @self: a socket
 *
 * Whether the socket listens.
 *
 * Returns: whether it listens
 *
 * Since: 1.0
 */
gboolean
gsock_socket_is_listening (GSockSocket *self)
{
  return gsock_socket_is_open (self) && gsock_socket_get_handle (self)->listening;
}

/**
 * gsock_socket_get_address_family: (get-property address-family)
 * @self: a socket
 *
 * Gets the address family: the one that the kernel has, so never
 * %GSOCK_ADDRESS_FAMILY_INTERNET on a socket that is open.
 *
 * Returns: the address family
 *
 * Since: 1.0
 */
GSockAddressFamily
gsock_socket_get_address_family (GSockSocket *self)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), GSOCK_ADDRESS_FAMILY_INTERNET);

  return gsock_socket_get_handle (self)->family;
}

/**
 * gsock_socket_get_socket_type: (get-property socket-type)
 * @self: a socket
 *
 * Gets the type of the socket: what the keyword `type` of [func@make_socket] says.
 *
 * Returns: the socket type
 *
 * Since: 1.0
 */
GSockSocketType
gsock_socket_get_socket_type (GSockSocket *self)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), GSOCK_SOCKET_TYPE_STREAM);

  return gsock_socket_get_handle (self)->type;
}

/**
 * gsock_socket_get_timeout: (get-property timeout)
 * @self: a socket
 *
 * Gets the timeout of every operator that is given none of its own.
 *
 * Returns: seconds, negative for ever
 *
 * Since: 1.0
 */
double
gsock_socket_get_timeout (GSockSocket *self)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), GSOCK_TIMEOUT_NEVER);

  return gsock_socket_own_timeout (gsock_socket_get_private (self));
}

/**
 * gsock_socket_set_timeout: (set-property timeout)
 * @self: a socket
 * @timeout: seconds, negative for ever
 *
 * Sets the timeout of every operator that is given none of its own. What is not a number is left out of
 * account.
 *
 * Since: 1.0
 */
void
gsock_socket_set_timeout (GSockSocket *self, double timeout)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  if (!isnan (timeout))
    g_object_set (self, "timeout", timeout, NULL);
}

static const char *
role_name (GSockSocket *self)
{
  return GSOCK_IS_PASSIVE_SOCKET (self) ? "passive " : GSOCK_IS_ACTIVE_SOCKET (self) ? "active " : "";
}

static const char *const type_names[] = {
  [GSOCK_SOCKET_TYPE_STREAM] = "stream",
  [GSOCK_SOCKET_TYPE_DATAGRAM] = "datagram",
  [GSOCK_SOCKET_TYPE_RAW] = "raw",
  [GSOCK_SOCKET_TYPE_RDM] = "rdm",
  [GSOCK_SOCKET_TYPE_SEQPACKET] = "seqpacket",
};

static const char *
type_name (int type)
{
  return type > 0 && type < (int) G_N_ELEMENTS (type_names) ? type_names[type] : "other";
}

static void
append_address (GString *text, const char *before, const GSockAddress *address)
{
  g_autofree char *name = gsock_address_to_text (address);

  g_string_append_printf (text, "%s%s", before, name);
}

/**
 * gsock_socket_to_string:
 * @self: a socket
 *
 * Describes the socket for a person: `active IPv4 stream socket connected to 127.0.0.1:80`.
 *
 * Returns: (transfer full): the printed form
 *
 * Since: 1.0
 */
char *
gsock_socket_to_string (GSockSocket *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GSockAddress address = GSOCK_ADDRESS_INIT;
  GSockHandle *handle;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  handle = gsock_socket_get_handle (self);
  fd = gsock_handle_get_descriptor (handle);
  g_string_append_printf (text, "%s%s %s socket", role_name (self), handle->ops->label, type_name (handle->type));
  if (fd < 0)
    g_string_append (text, fd == -GSOCK_E_CLOSED ? ", closed" : ", not initialised");
  else if (handle->connected && gsock_socket_copy_remote_address (self, &address, NULL))
    append_address (text, " connected to ", &address);
  else if (handle->connecting && gsock_socket_get_kept_remote (gsock_socket_get_private (self), &address))
    append_address (text, " connecting to ", &address);
  else if (gsock_socket_is_bound (self) && gsock_socket_copy_local_address (self, &address, NULL))
    append_address (text, handle->listening ? " listening on " : " bound to ", &address);
  else
    g_string_append (text, ", unconnected");
  return g_string_free (g_steal_pointer (&text), FALSE);
}
