/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a local socket: peer-credentials, peer-pidfd, peer-groups, peer-security. */

#include <gsock/gsock-credentials.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-option.h>
#include <gsock/gsock-socket-private.h>

#include <string.h>

static GVariant *
ask (GSockSocket *self, const char *name, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  if (gsock_handle_has_descriptor (handle) && !handle->ops->local)
    {
      gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: only of the peer of a local socket the kernel knows who it is, and this one is %s",
                           name, handle->ops->label);
      return NULL;
    }
  return gsock_socket_get_option (self, name, error);
}

/**
 * gsock_socket_peer_credentials:
 * @self: a local socket that is connected or listens
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 * @error: return location for an error
 *
 * Tells who is at the other end, as the kernel has seen it: the operator peer-credentials. A peer cannot
 * lie about them. They are those of the process that called `connect`, `listen` or `socketpair`, with
 * the effective user and group that it had then; who holds the socket now may be somebody else, and when
 * the process has ended its number may be another's. [method@Socket.peer_pidfd] does not have that
 * weakness. A socket that listens tells who made it listen.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED` where there is no peer, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for a
 * socket that is not local, `GSOCK_ERROR_OPTION_NOT_SUPPORTED` on a system that does not tell,
 * `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether they are known
 *
 * Since: 1.0
 */
gboolean
gsock_socket_peer_credentials (GSockSocket *self, int *pid, guint *uid, guint *gid, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  gint32 process;
  guint32 user, group;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  value = ask (self, "peer-credentials", error);
  if (value == NULL)
    return FALSE;
  g_variant_get (value, "(iuu)", &process, &user, &group);
  /* Of none the kernel says that it is process 0 of user -1. */
  if (process == 0 && user == G_MAXUINT32)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_CONNECTED, "peer-credentials: the socket has no peer that connected");
  if (pid != NULL)
    *pid = process;
  if (uid != NULL)
    *uid = user;
  if (gid != NULL)
    *gid = group;
  return TRUE;
}

/**
 * gsock_socket_peer_pidfd:
 * @self: a connected local socket
 * @error: return location for an error
 *
 * Gives a descriptor of the peer's process, by which it can be signalled and waited for, and looked up
 * under `/proc` without meeting another one that has got its number: the operator peer-pidfd. It is
 * readable once the process has ended. Which process that is, is what
 * [method@Socket.peer_credentials] says.
 *
 * Errors: `GSOCK_ERROR_OPTION_NOT_SUPPORTED` before Linux 6.5, `GSOCK_ERROR_FAILED` where the process has
 * ended, `GSOCK_ERROR_NOT_CONNECTED` where there is no peer, `GSOCK_ERROR_TOO_MANY_FILES`,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for a socket that is not local, `GSOCK_ERROR_CLOSED` and
 * `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: the descriptor, which is the caller's to close and close-on-exec, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_peer_pidfd (GSockSocket *self, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), -1);

  value = ask (self, "peer-pidfd", error);
  return value != NULL ? g_variant_get_int32 (value) : -1;
}

/**
 * gsock_socket_peer_groups:
 * @self: a connected local socket
 * @n_groups: (out): how many there are
 * @error: return location for an error
 *
 * Tells the supplementary groups of the peer's process when it connected: the operator peer-groups. The
 * group of [method@Socket.peer_credentials] need not be among them.
 *
 * Errors: those of [method@Socket.peer_credentials].
 *
 * Returns: (array length=n_groups) (transfer full): the groups
 *
 * Since: 1.0
 */
guint *
gsock_socket_peer_groups (GSockSocket *self, gsize *n_groups, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  gsize length;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  *n_groups = 0;
  if (!gsock_socket_peer_credentials (self, NULL, NULL, NULL, error) || (value = ask (self, "peer-groups", error)) == NULL)
    return NULL;
  length = g_variant_get_size (value);
  *n_groups = length / sizeof (guint32);
  return length > 0 ? g_memdup2 (g_variant_get_data (value), length) : g_new (guint, 1);
}

/**
 * gsock_socket_peer_security:
 * @self: a connected socket
 * @error: return location for an error
 *
 * Tells the label that the security module of the system had given the peer's process when it connected,
 * as AppArmor, SELinux and Smack do: the operator peer-security.
 *
 * Errors: `GSOCK_ERROR_OPTION_NOT_SUPPORTED` where no security module has one, `GSOCK_ERROR_CLOSED` and
 * `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): the label
 *
 * Since: 1.0
 */
char *
gsock_socket_peer_security (GSockSocket *self, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  value = gsock_socket_get_option (self, "peer-security", error);
  return value != NULL ? g_variant_dup_string (value, NULL) : NULL;
}
