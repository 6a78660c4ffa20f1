/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-credentials and receive-credentials. */

#include <gsock/gsock-credentials.h>

#include <gsock/gsock-credentials-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define SEND "send-credentials"
#define RECEIVE "receive-credentials"

/* A byte goes along, as with descriptors. */
gssize
gsock_step_send_credentials (GSockOperation *operation, int fd, int flags)
{
  GSockSendCredentials *self = (GSockSendCredentials *) operation;
  GSockControlRoom room;
  char byte = 0;
  struct iovec vector = { &byte, 1 };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = CMSG_SPACE (sizeof self->credentials) };
  struct cmsghdr *control = CMSG_FIRSTHDR (&header);

  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_CREDENTIALS;
  control->cmsg_len = CMSG_LEN (sizeof self->credentials);
  memcpy (CMSG_DATA (control), &self->credentials, sizeof self->credentials);
  return sendmsg (fd, &header, flags | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void
gsock_credentials_init_own (struct ucred *self)
{
  self->pid = getpid ();
  self->uid = geteuid ();
  self->gid = getegid ();
}

gboolean
gsock_check_claimed_process (gint64 pid, GError **error)
{
  return pid > 0 || gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, SEND ": %" G_GINT64_FORMAT " is no process; one is 1 or more", pid);
}

gboolean
gsock_set_send_credentials_error (GError **error, gssize failure)
{
  if (failure == -EPERM)
    return gsock_error_literal (error, GSOCK_ERROR_ACCESS_DENIED, SEND ": this process may not claim to be that one");
  if (failure == -ESRCH)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_FOUND, SEND ": there is no process of that number");
  return gsock_set_send_descriptors_error (error, failure, SEND, NULL);
}

static gboolean
send_credentials (GSockSocket *self, const struct ucred *credentials, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  GSockSendCredentials operation = { .operation = { .step = gsock_step_send_credentials, .events = POLLOUT }, .credentials = *credentials };
  gssize result;

  if (!gsock_check_passes_credentials (SEND, &priv->handle, error) || !gsock_check_claimed_process (credentials->pid, error))
    return FALSE;
  result = gsock_check_destination (&priv->handle, NULL);
  if (result == 0)
    result = gsock_drive (&priv->handle, &operation.operation, &patience);
  return result >= 0 || gsock_set_send_credentials_error (error, gsock_handle_is_closed (&priv->handle) ? -GSOCK_E_CLOSED : result);
}

gboolean
gsock_check_passes_credentials (const char *operation, const GSockHandle *handle, GError **error)
{
  return !gsock_handle_has_descriptor (handle) || handle->ops->local
         || gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: only local sockets pass credentials, and this one is %s",
                                 operation, handle->ops->label);
}

void
gsock_credentials_take_spec (struct ucred *self, const GSockCredentialsSpec *spec)
{
  gsock_credentials_init_own (self);
  if (GSOCK_GIVEN (spec, GSOCK_CREDENTIALS_PID))
    self->pid = spec->pid;
  if (GSOCK_GIVEN (spec, GSOCK_CREDENTIALS_UID))
    self->uid = (uid_t) spec->uid;
  if (GSOCK_GIVEN (spec, GSOCK_CREDENTIALS_GID))
    self->gid = (gid_t) spec->gid;
}

static gboolean
send_by_spec (GSockSocket *self, const GSockCredentialsSpec *spec, GCancellable *cancellable, GError **error)
{
  struct ucred credentials;

  gsock_credentials_take_spec (&credentials, spec);
  return send_credentials (self, &credentials, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_socket_send_credentials_direct:
 * @self: a connected local socket
 * @pid: the process to claim to be
 * @uid: the user to claim to be
 * @gid: the group to claim to be
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends credentials, with fixed arguments.
 *
 * The errors are those of [method@Socket.send_credentials_with_keywords].
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_credentials_direct (GSockSocket *self, int pid, guint uid, guint gid, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  const struct ucred credentials = { pid, uid, gid };

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return send_credentials (self, &credentials, wait, timeout, cancellable, error);
}

/**
 * gsock_socket_send_credentials: (skip)
 * @self: a connected local socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.send_credentials_with_keywords]
 *
 * Sends credentials: the operator send-credentials.
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_credentials (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockCredentialsSpec spec = GSOCK_CREDENTIALS_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_send_credentials_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && send_by_spec (self, &spec, cancellable, error);
}

/**
 * gsock_socket_send_credentials_with_keywords: (rename-to gsock_socket_send_credentials)
 * @self: a connected local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says who this process is, along with one byte: the operator send-credentials. Keywords: `pid`, `uid` and
 * `gid` where others than this process's number and its effective user and group are to be claimed, and
 * `wait` and `timeout` (seconds).
 *
 * The kernel lets every process claim its own number, and its real, effective and saved user and group.
 * Who may do more (`CAP_SYS_ADMIN`, `CAP_SETUID`, `CAP_SETGID`) may claim to be any process that there is,
 * and any user and group.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for a `pid` that is not positive, `GSOCK_ERROR_ACCESS_DENIED` for a claim
 * that the kernel does not allow, `GSOCK_ERROR_NOT_FOUND` for a process that there is not,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not local, and those of
 * [method@Socket.send_to_with_keywords].
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_credentials_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockCredentialsSpec spec = GSOCK_CREDENTIALS_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_send_credentials_keywords, &spec, names, values, n_values, error)
         && send_by_spec (self, &spec, cancellable, error);
}

static void
take_pidfd (GSockReceiveCredentials *self, const struct cmsghdr *control)
{
  int fd;

  memcpy (&fd, CMSG_DATA (control), sizeof fd);
  if (fd < 0)
    return;
  if (self->want_pidfd && self->pidfd < 0)
    self->pidfd = fd;
  else
    (void) close (fd);
}

static void
close_descriptors (const struct cmsghdr *control)
{
  int fd;

  for (gsize at = CMSG_LEN (0); at + sizeof fd <= control->cmsg_len; at += sizeof fd)
    {
      memcpy (&fd, (const char *) control + at, sizeof fd);
      gsock_control_close_descriptor (fd);
    }
}

static void
take_control (GSockReceiveCredentials *self, const struct cmsghdr *control)
{
  if (control->cmsg_level != SOL_SOCKET)
    return;
  if (control->cmsg_type == SCM_CREDENTIALS && control->cmsg_len >= CMSG_LEN (sizeof self->credentials))
    {
      memcpy (&self->credentials, CMSG_DATA (control), sizeof self->credentials);
      self->came = TRUE;
    }
  else if (control->cmsg_type == GSOCK_SYS_SCM_PIDFD)
    take_pidfd (self, control);
  else if (control->cmsg_type == SCM_RIGHTS)
    close_descriptors (control);
}

/* The kernel tells who has sent a message only while it is asked to. */
static int
ask_for_credentials (const GSockReceiveCredentials *self, int fd)
{
  if (setsockopt (fd, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof (int)) < 0)
    return -errno;
  if (self->want_pidfd && setsockopt (fd, SOL_SOCKET, SO_PASSPIDFD, &(int){ 1 }, sizeof (int)) < 0)
    return -errno;
  return 0;
}

gssize
gsock_step_receive_credentials (GSockOperation *operation, int fd, int flags)
{
  GSockReceiveCredentials *self = (GSockReceiveCredentials *) operation;
  GSockControlRoom room;
  char byte;
  struct iovec vector = { &byte, 1 };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof room };
  gssize n = self->asked ? 0 : ask_for_credentials (self, fd);

  if (n < 0)
    return n;
  self->asked = TRUE;
  n = recvmsg (fd, &header, flags | MSG_CMSG_CLOEXEC);
  if (n < 0)
    return -errno;
  for (struct cmsghdr *control = CMSG_FIRSTHDR (&header); control != NULL; control = CMSG_NXTHDR (&header, control))
    take_control (self, control);
  self->ended = n == 0 && self->conversation;
  return !self->ended;
}

void
gsock_receive_credentials_init (GSockReceiveCredentials *self, const GSockHandle *handle, gboolean want_pidfd)
{
  self->operation = (GSockOperation){ .step = gsock_step_receive_credentials, .events = POLLIN };
  self->conversation = handle->type != SOCK_DGRAM;
  self->want_pidfd = want_pidfd;
  self->asked = self->came = self->ended = FALSE;
  self->pidfd = -1;
}

/* What came before the kernel was asked has nobody's credentials: process 0, and a user that stands for
 * those who have no number here. */
gboolean
gsock_receive_credentials_check (const GSockReceiveCredentials *self, gssize result, GError **error)
{
  if (result == -ENOPROTOOPT)
    return gsock_error_literal (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED, RECEIVE ": this kernel gives no pidfds");
  if (result < 0)
    return gsock_set_receive_descriptors_error (error, result, RECEIVE);
  if (self->ended)
    return gsock_error_literal (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN, RECEIVE ": the peer has ended the conversation");
  if (!self->came || self->credentials.pid == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE,
                                RECEIVE ": it is not known who sent what came: that was before the option pass-credentials was set, "
                                        "or is a process that has no number here");
  return TRUE;
}

static gboolean
receive_credentials (GSockSocket *self, gboolean want_pidfd, gboolean wait, double timeout, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  GSockReceiveCredentials operation;
  gssize result;

  if (pidfd != NULL)
    *pidfd = -1;
  if (!gsock_check_passes_credentials (RECEIVE, &priv->handle, error))
    return FALSE;
  gsock_receive_credentials_init (&operation, &priv->handle, want_pidfd && pidfd != NULL);
  result = gsock_check_receivable (&priv->handle);
  if (result == 0)
    result = gsock_drive (&priv->handle, &operation.operation, &patience);
  if (!gsock_receive_credentials_check (&operation, result < 0 && gsock_handle_is_closed (&priv->handle) ? -GSOCK_E_CLOSED : result, error))
    {
      if (operation.pidfd >= 0)
        (void) close (operation.pidfd);
      return FALSE;
    }
  gsock_receive_credentials_give (&operation, pid, uid, gid, pidfd);
  return TRUE;
}

/* A pidfd that nobody takes is closed. */
void
gsock_receive_credentials_give (GSockReceiveCredentials *self, int *pid, guint *uid, guint *gid, int *pidfd)
{
  if (pid != NULL)
    *pid = self->credentials.pid;
  if (uid != NULL)
    *uid = self->credentials.uid;
  if (gid != NULL)
    *gid = self->credentials.gid;
  if (pidfd != NULL)
    *pidfd = self->pidfd;
  else if (self->pidfd >= 0)
    (void) close (self->pidfd);
  self->pidfd = -1;
}

/**
 * gsock_socket_receive_credentials_direct:
 * @self: a local socket
 * @want_pidfd: whether to give a descriptor of the sender's process
 * @wait: whether to wait for a message
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 * @pidfd: (out) (optional): a descriptor of the process, which is the caller's to close; or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives credentials, with fixed arguments.
 *
 * The errors are those of [method@Socket.receive_credentials_with_keywords].
 *
 * Returns: whether they came
 *
 * Since: 1.0
 */
gboolean
gsock_socket_receive_credentials_direct (GSockSocket *self, gboolean want_pidfd, gboolean wait, double timeout, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return receive_credentials (self, want_pidfd, wait, timeout, pid, uid, gid, pidfd, cancellable, error);
}

/**
 * gsock_socket_receive_credentials: (skip)
 * @self: a local socket
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 * @pidfd: (out) (optional): a descriptor of the process, which is the caller's to close; or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_credentials_with_keywords]
 *
 * Receives credentials: the operator receive-credentials.
 *
 * Returns: whether they came
 *
 * Since: 1.0
 */
gboolean
gsock_socket_receive_credentials (GSockSocket *self, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveCredentialsSpec spec = GSOCK_RECEIVE_CREDENTIALS_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_receive_credentials_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && receive_credentials (self, spec.pidfd, spec.wait, spec.timeout, pid, uid, gid, pidfd, cancellable, error);
}

/**
 * gsock_socket_receive_credentials_with_keywords: (rename-to gsock_socket_receive_credentials)
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 * @pidfd: (out) (optional): a descriptor of the process, which is the caller's to close; or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a byte of a stream, or a message, and tells who sent it: the operator receive-credentials.
 * Keywords: `pidfd` %TRUE for a descriptor of the sender's process, and `wait` and `timeout` (seconds).
 *
 * What the sender claims is checked by the kernel: see [method@Socket.send_credentials_with_keywords] for
 * what it may claim. Of a sender that claims nothing they are its own. A pidfd is of the process that was
 * claimed, which a privileged sender need not be; [method@Socket.peer_pidfd] is of the one that connected.
 *
 * The option `pass-credentials` is set by the first call, and `pass-pidfd` where a pidfd is wanted; they
 * stay. Set them when the socket is made, where something may come before. Descriptors that come along
 * are closed.
 *
 * Errors: `GSOCK_ERROR_INVALID_STATE` where it is not known who sent what came, which is lost;
 * `GSOCK_ERROR_OPTION_NOT_SUPPORTED` for a `pidfd` before Linux 6.5, `GSOCK_ERROR_ENDPOINT_SHUTDOWN` at the end
 * of the conversation, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a socket that is not local, and those of
 * [method@Socket.receive_from_with_keywords].
 *
 * Returns: whether they came
 *
 * Since: 1.0
 */
gboolean
gsock_socket_receive_credentials_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int *pid, guint *uid, guint *gid, int *pidfd, GCancellable *cancellable, GError **error)
{
  GSockReceiveCredentialsSpec spec = GSOCK_RECEIVE_CREDENTIALS_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_receive_credentials_keywords, &spec, names, values, n_values, error)
         && receive_credentials (self, spec.pidfd, spec.wait, spec.timeout, pid, uid, gid, pidfd, cancellable, error);
}
