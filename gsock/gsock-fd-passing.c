/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-file-descriptor and receive-file-descriptor, and their plurals. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  GSockOperation operation;
  const int *fds;
  gsize n_fds;
  char *control;
} SendDescriptors;

/* A stream carries descriptors only along with a byte. */
static gssize
step_send (GSockOperation *operation, int fd, int flags)
{
  SendDescriptors *self = (SendDescriptors *) operation;
  char payload = 0;
  struct iovec vector = { &payload, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  struct cmsghdr *control;

  message.msg_control = self->control;
  message.msg_controllen = CMSG_SPACE (self->n_fds * sizeof (int));
  control = CMSG_FIRSTHDR (&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN (self->n_fds * sizeof (int));
  memcpy (CMSG_DATA (control), self->fds, self->n_fds * sizeof (int));
  return sendmsg (fd, &message, flags | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static gboolean
check_local (GSockSocket *self, const char *operation, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  if (handle->fd < 0 || handle->ops->local)
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: only local sockets pass descriptors, and this one is %s",
                              operation, handle->ops->label);
}

static gboolean
check_count (gsize n_fds, const char *operation, GError **error)
{
  if (n_fds >= 1 && n_fds <= GSOCK_FILE_DESCRIPTORS_MAX)
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: %" G_GSIZE_FORMAT " descriptors; a message carries 1 to %d",
                              operation, n_fds, GSOCK_FILE_DESCRIPTORS_MAX);
}

static gboolean
set_send_error (GError **error, gssize failure)
{
  if (failure == -EBADF)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-file-descriptor: a descriptor is not open");
  return gsock_error_set (error, failure, "send-file-descriptor", NULL);
}

/**
 * gsock_socket_send_file_descriptors:
 * @self: a connected local socket
 * @fds: (array length=n_fds): descriptors, which stay the caller's
 * @n_fds: how many there are, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends descriptors in one message, along with one byte.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for none or too many, `GSOCK_ERROR_INVALID_ARGUMENT` for one
 * that is not open, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not local,
 * `GSOCK_ERROR_TOO_MANY_REFERENCES` (too many are on their way; try again later),
 * `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_NOT_CONNECTED`,
 * `GSOCK_ERROR_ENDPOINT_SHUTDOWN`, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptors (GSockSocket *self, const int *fds, gsize n_fds, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (GSOCK_FILE_DESCRIPTORS_MAX * sizeof (int))];
  } control;
  SendDescriptors operation = { .operation = { .step = step_send, .events = POLLOUT }, .fds = fds, .n_fds = n_fds, .control = control.bytes };
  GSockPatience patience = { wait, 0, cancellable, 0 };
  gssize result;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (!check_local (self, "send-file-descriptor", error) || !check_count (n_fds, "send-file-descriptor", error))
    return FALSE;
  patience.timeout = gsock_socket_effective_timeout (gsock_socket_get_private (self), timeout);
  result = gsock_drive (gsock_socket_get_handle (self), &operation.operation, &patience);
  return result >= 0 || set_send_error (error, result);
}

/**
 * gsock_socket_send_file_descriptor:
 * @self: a connected local socket
 * @fd: a descriptor, which stays the caller's
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends a descriptor to another process, along with one byte: the operator send-file-descriptor.
 *
 * The errors are those of [method@Socket.send_file_descriptors].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptor (GSockSocket *self, int fd, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_socket_send_file_descriptors (self, &fd, 1, wait, timeout, cancellable, error);
}

typedef struct
{
  GSockOperation operation;
  GArray *fds;
  GSockControlRoom *control;
  gboolean truncated;
  gboolean ended; /* neither a byte nor a descriptor */
} ReceiveDescriptors;

static gssize
step_receive (GSockOperation *operation, int fd, int flags)
{
  ReceiveDescriptors *self = (ReceiveDescriptors *) operation;
  char payload;
  struct iovec vector = { &payload, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  gssize n;

  message.msg_control = self->control;
  message.msg_controllen = sizeof *self->control;
  n = recvmsg (fd, &message, flags | MSG_CMSG_CLOEXEC);
  if (n < 0)
    return -errno;
  gsock_control_collect_descriptors (&message, self->fds);
  self->truncated = (message.msg_flags & MSG_CTRUNC) != 0;
  self->ended = n == 0 && self->fds->len == 0;
  return n;
}

static gboolean
refuse_received (ReceiveDescriptors *operation, gsize maximum, GError **error)
{
  if (operation->ended)
    return gsock_error_literal (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN, "receive-file-descriptor: the peer has ended the conversation");
  if (operation->fds->len == 0 && !operation->truncated)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "receive-file-descriptor: a byte came without a descriptor");
  return gsock_error_literal (error, GSOCK_ERROR_TRUNCATED,
                              "receive-file-descriptor: more came than the %" G_GSIZE_FORMAT " that were asked for or this process may open; all were closed", maximum);
}

static int *
conclude_receive (ReceiveDescriptors *operation, gssize result, gsize maximum, gsize *n_fds, GError **error)
{
  GArray *fds = operation->fds;

  if (result >= 0 && !operation->ended && !operation->truncated && fds->len >= 1 && fds->len <= maximum)
    {
      *n_fds = fds->len;
      return (int *) (gpointer) g_array_free (g_steal_pointer (&operation->fds), FALSE);
    }
  gsock_control_close_descriptors ((const int *) (gpointer) fds->data, fds->len);
  if (result < 0)
    gsock_error_set (error, result, "receive-file-descriptor", NULL);
  else
    refuse_received (operation, maximum, error);
  g_array_unref (g_steal_pointer (&operation->fds));
  return NULL;
}

/**
 * gsock_socket_receive_file_descriptors:
 * @self: a connected local socket
 * @maximum: the most descriptors to take
 * @wait: whether to wait for a message
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @n_fds: (out): how many there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives the descriptors of one message, and its byte. They are close-on-exec and the caller's to
 * close.
 *
 * Errors: `GSOCK_ERROR_TRUNCATED` where more came than @maximum, or than this process may have open:
 * all are closed then; `GSOCK_ERROR_INVALID_STATE` where a byte came without a descriptor,
 * `GSOCK_ERROR_ENDPOINT_SHUTDOWN` at the end of the conversation, `GSOCK_ERROR_OUT_OF_RANGE` for a
 * @maximum of 0 or above %GSOCK_FILE_DESCRIPTORS_MAX, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a
 * socket that is not local, `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`,
 * `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (array length=n_fds) (transfer full): the descriptors
 *
 * Since: 1.0
 */
int *
gsock_socket_receive_file_descriptors (GSockSocket *self, gsize maximum, gboolean wait, double timeout, gsize *n_fds, GCancellable *cancellable, GError **error)
{
  GSockControlRoom control;
  ReceiveDescriptors operation = { .operation = { .step = step_receive, .events = POLLIN }, .control = &control };
  GSockPatience patience = { wait, 0, cancellable, 0 };
  gssize result;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  *n_fds = 0;
  if (!check_local (self, "receive-file-descriptor", error) || !check_count (maximum, "receive-file-descriptor", error))
    return NULL;
  patience.timeout = gsock_socket_effective_timeout (gsock_socket_get_private (self), timeout);
  operation.fds = g_array_sized_new (FALSE, FALSE, sizeof (int), maximum);
  result = gsock_drive (gsock_socket_get_handle (self), &operation.operation, &patience);
  return conclude_receive (&operation, result, maximum, n_fds, error);
}

/**
 * gsock_socket_receive_file_descriptor:
 * @self: a connected local socket
 * @wait: whether to wait for a message
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a descriptor, and the byte that comes with it: the operator receive-file-descriptor. It is
 * close-on-exec and the caller's to close.
 *
 * The errors are those of [method@Socket.receive_file_descriptors].
 *
 * Returns: the descriptor, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_receive_file_descriptor (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gsize n_fds;
  g_autofree int *fds = gsock_socket_receive_file_descriptors (self, 1, wait, timeout, &n_fds, cancellable, error);

  return fds != NULL ? fds[0] : -1;
}
