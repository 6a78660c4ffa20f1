/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* To and from GSocket, for libraries that know no other. */

#include <gsock/gsock-gsocket.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A GSocket closes its descriptor, so it gets one of its own. */
static GSocket *
wrap_duplicate (int fd, GError **error)
{
  g_autoptr (GError) own = NULL;
  int duplicate = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  GSocket *gsocket;

  if (duplicate < 0)
    {
      gsock_error_set (error, -errno, "to-gsocket", NULL);
      return NULL;
    }
  gsocket = g_socket_new_from_fd (duplicate, &own);
  if (gsocket != NULL)
    return gsocket;
  (void) close (duplicate);
  gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "to-gsocket: %s", own->message);
  return NULL;
}

/**
 * gsock_socket_to_gsocket:
 * @self: a socket
 * @error: return location for an error
 *
 * Makes a #GSocket that shares the socket, for a library that wants one: `soup_server_listen_socket`,
 * [method@Gio.Socket.connection_factory_create_connection] and so on.
 *
 * The #GSocket has a duplicate of the descriptor. Each of the two is closed by itself, and the connection
 * lasts until both are. As every #GSocket it makes the socket non-blocking, for all who hold it; gsock's
 * own calls do not mind.
 *
 * Errors: `GSOCK_ERROR_INVALID_STATE` where something of the conversation is in a buffer of the socket,
 * or another thread waits in a call on it, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for a family or a type
 * that GIO does not know, `GSOCK_ERROR_TOO_MANY_FILES`, `GSOCK_ERROR_CLOSED` and
 * `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): a new #GSocket
 *
 * Since: 1.0
 */
GSocket *
gsock_socket_to_gsocket (GSockSocket *self, GError **error)
{
  GSocket *gsocket = NULL;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  fd = gsock_socket_enter (self, "to-gsocket", error);
  if (fd < 0)
    return NULL;
  if (gsock_part_with (gsock_socket_get_handle (self), fd, "to-gsocket", error))
    gsocket = wrap_duplicate (fd, error);
  gsock_socket_leave (self);
  return gsocket;
}

/**
 * gsock_make_socket_from_gsocket:
 * @gsocket: a #GSocket
 * @error: return location for an error
 *
 * Makes a socket that shares a #GSocket, as [func@make_socket_from_fd] does of its descriptor: the kernel
 * tells its family, type and state, and with them the class.
 *
 * The socket has a duplicate of the descriptor. Each of the two is closed by itself.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where there is none, `GSOCK_ERROR_CLOSED` where it is closed and
 * `GSOCK_ERROR_TOO_MANY_FILES`.
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket_from_gsocket (GSocket *gsocket, GError **error)
{
  if (!G_IS_SOCKET (gsocket))
    gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "from-gsocket: there is no GSocket");
  else if (g_socket_is_closed (gsocket))
    gsock_error_set (error, -GSOCK_E_CLOSED, "from-gsocket", NULL);
  else
    return gsock_make_socket_from_fd (g_socket_get_fd (gsocket), error, NULL);
  return NULL;
}
