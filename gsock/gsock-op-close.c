/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators shutdown and close. */

#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-seats-private.h>

#include <errno.h>

gboolean
gsock_socket_real_shutdown (GSockSocket *self, gboolean read, gboolean write, GError **error)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (gsock_socket_get_private (self)->timeout, NULL);
  gboolean finished = !write || gsock_streams_finish (self, &patience, "shutdown", error);
  int fd = gsock_socket_enter (self, "shutdown", finished ? error : NULL);
  int result;

  if (fd < 0)
    return FALSE;
  result = shutdown (fd, read && write ? SHUT_RDWR : read ? SHUT_RD : SHUT_WR) < 0 ? -errno : 0;
  gsock_socket_leave (self);
  return finished && (result == 0 || gsock_error_set (error, result, "shutdown", NULL));
}

/**
 * gsock_socket_shutdown: (virtual shutdown)
 * @self: a connected socket
 * @read: whether nothing is to be received any more
 * @write: whether nothing is to be sent any more; the peer then meets the end of the stream
 * @error: return location for an error
 *
 * Ends one or both directions of a conversation: the operator shutdown. All who hold the same
 * socket are concerned. What was written to the stream and is still in its buffer is sent before,
 * within the socket's timeout; where that fails the error is told, and the direction ends nevertheless.
 *
 * Errors: `GSOCK_ERROR_INVALID_KEYWORD` where both are %FALSE, `GSOCK_ERROR_NOT_CONNECTED`,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it is done
 *
 * Since: 1.0
 */
gboolean
gsock_socket_shutdown (GSockSocket *self, gboolean read, gboolean write, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (!read && !write)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "shutdown: one of read and write has to be TRUE");
  return gsock_socket_answered (self, GSOCK_SOCKET_GET_CLASS (self)->shutdown (self, read, write, error), "shutdown", error);
}

/* The file goes while the descriptor is open. Afterwards it would be stale, and who replaces it may do so
 * between the look at it and its removal; its inode could even have the same number. */
gboolean
gsock_socket_real_close (GSockSocket *self, gboolean abort, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = GSOCK_PATIENCE_INIT (gsock_socket_own_timeout (priv), NULL);
  gboolean finished;

  if (gsock_handle_is_closed (&priv->handle))
    return TRUE;
  finished = abort || gsock_streams_finish (self, &patience, "close", error);
  if (abort)
    __atomic_store_n (&priv->handle.abort, TRUE, __ATOMIC_RELAXED);
  if (gsock_handle_begin_close (&priv->handle) && priv->unlink_on_close)
    gsock_socket_unlink_file (priv);
  gsock_handle_leave (&priv->handle, 1);
  gsock_seats_socket_closed (self);
  return finished;
}

/**
 * gsock_socket_close: (virtual close)
 * @self: a socket
 * @abort: whether to reset a stream rather than to end it in order
 * @error: return location for an error
 *
 * Closes the socket: the operator close. Closing again does nothing.
 *
 * Afterwards every call on the object answers `GSOCK_ERROR_CLOSED`, and so does every call that is
 * waiting in another thread, at once. The descriptor's number is free when the last of these has
 * left. Datagrams that were not received are gone. A local socket's file is removed where
 * [property@Socket:unlink-on-close] says so and the file is the one that was made.
 *
 * What was written to the stream and is still in its buffer is sent before, within the socket's
 * [property@Socket:timeout], unless @abort says to drop it or another thread is writing. Where that
 * fails the error says why, such as `GSOCK_ERROR_TIMED_OUT` or `GSOCK_ERROR_ENDPOINT_SHUTDOWN`, and the
 * socket is closed nevertheless. An object that is dropped without a close tries once, and does not wait.
 *
 * Who else holds the descriptor (a child, a successor it was passed to) keeps a working socket.
 *
 * Returns: whether nothing was left that could not be sent; it is closed in any case
 *
 * Since: 1.0
 */
gboolean
gsock_socket_close (GSockSocket *self, gboolean abort, GError **error)
{
  g_return_val_if_fail (gsock_socket_check (self), FALSE);

  return gsock_socket_answered (self, GSOCK_SOCKET_GET_CLASS (self)->close (self, abort, error), "close", error);
}
