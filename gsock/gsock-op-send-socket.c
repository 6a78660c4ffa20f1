/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator send-socket. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-parcel-private.h>

#include <errno.h>

static gboolean
refuse_state (GError **error, const char *operation, const char *text)
{
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "%s: %s", operation, text);
}

/* Whether others can be given the socket, which they hold from then on: it blocks, as what
 * get-file-descriptor hands out. The caller is in. What this process keeps of a socket does not go with its descriptor. And who waits inside the kernel
 * is woken by shutdown when the object is closed, which would end the receiver's conversation. */
gboolean
gsock_part_with (GSockHandle *handle, int fd, const char *operation, GError **error)
{
  if (handle->connecting)
    return refuse_state (error, operation, "the socket is still connecting: finish-connect tells the outcome");
  if ((__atomic_load_n (&handle->users, __ATOMIC_ACQUIRE) & GSOCK_USERS_IN_KERNEL_MASK) != 0)
    return refuse_state (error, operation, "another thread waits in a call on the socket: end that first");
  if (gsock_handle_has_buffered (handle, GSOCK_BUFFERED_INPUT))
    return refuse_state (error, operation, "what was read ahead is in its buffer and would stay here: read it, or drop it with clear-input");
  if (gsock_handle_has_buffered (handle, GSOCK_BUFFERED_OUTPUT))
    return refuse_state (error, operation, "what was written to it is in its buffer and would stay here: send it with finish-output first");
  if (!gsock_segments_part (handle, fd))
    return refuse_state (error, operation, "datagrams that came joined are held for the socket: receive them first");
  (void) gsock_handle_make_blocking (handle, fd);
  gsock_handle_expose (handle);
  return TRUE;
}

/* Checks that the socket can go, and packs what goes with it; the socket is in. */
gboolean
gsock_send_socket_pack (GSockSocket *socket, int fd, gboolean file, GSockParcel *parcel, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);

  if (!gsock_part_with (handle, fd, "send-socket", error))
    return FALSE;
  gsock_parcel_pack (parcel, socket, file);
  return TRUE;
}

void
gsock_send_socket_done (GSockSocket *socket, gboolean file)
{
  if (file)
    gsock_socket_get_private (socket)->unlink_on_close = FALSE;
}

static gssize
send_parcel (GSockHandle *handle, const GSockParcel *parcel, int fd, const GSockAddress *destination, GSockPatience *patience)
{
  GSockSendDescriptors operation;
  guint8 bytes[GSOCK_PARCEL_MAX];
  gsize length = gsock_parcel_encode (parcel, bytes);
  gssize result = gsock_check_destination (handle, destination);

  if (result < 0)
    return result;
  gsock_send_descriptors_init (&operation, handle, &fd, 1, bytes, length, destination);
  result = gsock_drive (handle, &operation.operation, patience);
  return gsock_handle_is_closed (handle) && result < 0 ? -GSOCK_E_CLOSED : result;
}

/* The socket is in. */
static gboolean
send_entered (GSockSocket *self, GSockSocket *socket, int fd, const GSockAddress *destination, const GSockSendSocketSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { spec->send.wait, gsock_socket_effective_timeout (priv, spec->send.timeout), cancellable, 0 };
  GSockParcel parcel;
  gssize result;

  if (!gsock_send_socket_pack (socket, fd, spec->unlink_on_close, &parcel, error))
    return FALSE;
  result = send_parcel (&priv->handle, &parcel, fd, destination, &patience);
  if (result < 0)
    return gsock_set_send_descriptors_error (error, result, "send-socket", destination);
  gsock_send_socket_done (socket, spec->unlink_on_close);
  return TRUE;
}

static gboolean
send_by_spec (GSockSocket *self, GSockSocket *socket, GSockSendSocketSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *destination;
  GSockAddress room;
  gboolean sent;
  int fd;

  if (!GSOCK_IS_SOCKET (socket))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-socket: there is no socket to send");
  if (!gsock_check_passes_descriptors ("send-socket", gsock_socket_get_handle (self), error)
      || !gsock_send_destination (self, "send-socket", &spec->send, &room, &destination, cancellable, error))
    return FALSE;
  fd = gsock_socket_enter (socket, "send-socket", error);
  if (fd < 0)
    return FALSE;
  sent = send_entered (self, socket, fd, destination, spec, cancellable, error);
  gsock_socket_leave (socket);
  return sent;
}

/**
 * gsock_socket_send_socket_direct:
 * @self: a connected local socket
 * @socket: the socket to send, which stays open here
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a socket, with fixed arguments.
 *
 * The errors are those of [method@Socket.send_socket_with_keywords].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_socket_direct (GSockSocket *self, GSockSocket *socket, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSendSocketSpec spec = GSOCK_SEND_SOCKET_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  spec.send.wait = wait;
  spec.send.timeout = timeout;
  return send_by_spec (self, socket, &spec, cancellable, error);
}

/**
 * gsock_socket_send_socket: (skip)
 * @self: a local socket
 * @socket: the socket to send, which stays open here
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_socket_with_keywords]
 *
 * Sends a socket to another process: the operator send-socket.
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_socket (GSockSocket *self, GSockSocket *socket, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockSendSocketSpec spec = GSOCK_SEND_SOCKET_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_send_socket_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && send_by_spec (self, socket, &spec, cancellable, error);
}

/**
 * gsock_socket_send_socket_with_keywords: (rename-to gsock_socket_send_socket)
 * @self: a local socket
 * @socket: the socket to send, which stays open here
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a socket to another process, where [method@Socket.receive_socket_with_keywords] makes one of the
 * same class of it: the operator send-socket. Along go `timeout`, `external-format`, the sizes of the
 * buffers and which part it plays, in a few bytes in front. A program that knows nothing of these gets
 * the descriptor with the first of them.
 *
 * Both processes have the socket then, and who closes first closes for itself alone. Keywords: `wait` and
 * `timeout` (seconds); an unconnected datagram socket takes a destination as `remote-filename` or
 * `remote-address`; `unlink-on-close` %TRUE gives along the duty to remove the file of a local socket,
 * which @socket then does not remove any more.
 *
 * What this process has received and holds does not go along: a socket with text in its buffers or with
 * datagrams that came joined is refused. Datagrams do not come joined any more once one was sent.
 *
 * Errors: those of [method@Socket.send_file_descriptors_with_keywords]; `GSOCK_ERROR_INVALID_ARGUMENT` where
 * there is no socket; `GSOCK_ERROR_INVALID_STATE` for one that is still connecting, on which another thread
 * waits, or of which something is held; `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED` of either. Where
 * the timeout ends it on a stream after a part of the bytes has gone, the receiver gets no socket.
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_socket_with_keywords (GSockSocket *self, GSockSocket *socket, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSendSocketSpec spec = GSOCK_SEND_SOCKET_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_send_socket_keywords, &spec, names, values, n_values, error)
         && send_by_spec (self, socket, &spec, cancellable, error);
}
