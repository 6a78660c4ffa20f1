/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-credentials and receive-credentials without blocking. */

#include <gsock/gsock-credentials.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-credentials-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
finish_send (GTask *task, gssize result)
{
  GError *error = NULL;

  if (result >= 0)
    g_task_return_boolean (task, TRUE);
  else
    {
      gsock_set_send_credentials_error (&error, result);
      g_task_return_error (task, error);
    }
}

static gboolean
prepare_send (GSockSendCredentials *self, GSockSocket *socket, const GSockCredentialsSpec *spec, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  gssize result;

  if (!gsock_check_passes_credentials ("send-credentials", handle, error))
    return FALSE;
  result = gsock_check_destination (handle, NULL);
  if (result < 0)
    return gsock_set_send_credentials_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result);
  self->operation = (GSockOperation){ .step = gsock_step_send_credentials, .events = POLLOUT };
  gsock_credentials_take_spec (&self->credentials, spec);
  return TRUE;
}

/**
 * gsock_socket_send_credentials_async:
 * @self: a connected local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Says who this process is without blocking: the operator send-credentials. The callback is called in the
 * thread-default main context of the caller, once, and calls [method@Socket.send_credentials_finish].
 *
 * The keywords are those of [method@Socket.send_credentials_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_send_credentials_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockCredentialsSpec spec = GSOCK_CREDENTIALS_SPEC_INIT;
  GSockSendCredentials *data;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_credentials_async, priority, cancellable, callback, user_data);
  data = g_new0 (GSockSendCredentials, 1);
  g_task_set_task_data (task, data, g_free);
  if (gsock_keywords_parse_values (&gsock_send_credentials_keywords, &spec, names, values, n_values, &error) && prepare_send (data, self, &spec, &error))
    gsock_async_run (task, self, &data->operation, spec.wait, spec.timeout, finish_send);
  else
    fail (task, error);
}

/**
 * gsock_socket_send_credentials_finish:
 * @self: a connected local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells whether the credentials were sent. The errors are those of
 * [method@Socket.send_credentials_with_keywords].
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_credentials_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_credentials_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A pidfd that nobody has taken is closed. */
static void
receive_free (gpointer data)
{
  GSockReceiveCredentials *self = data;

  if (self->pidfd >= 0)
    (void) close (self->pidfd);
  g_free (self);
}

static void
finish_receive (GTask *task, gssize result)
{
  GError *error = NULL;

  if (gsock_receive_credentials_check (g_task_get_task_data (task), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
prepare_receive (GSockReceiveCredentials *self, GSockSocket *socket, gboolean want_pidfd, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  gssize result;

  if (!gsock_check_passes_credentials ("receive-credentials", handle, error))
    return FALSE;
  result = gsock_check_receivable (handle);
  if (result < 0)
    return gsock_set_receive_descriptors_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, "receive-credentials");
  gsock_receive_credentials_init (self, handle, want_pidfd);
  return TRUE;
}

/**
 * gsock_socket_receive_credentials_async:
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives a byte or a message, and tells who sent it, without blocking: the operator receive-credentials.
 * The callback is called in the thread-default main context of the caller, once, and calls
 * [method@Socket.receive_credentials_finish].
 *
 * The keywords are those of [method@Socket.receive_credentials_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_credentials_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockReceiveCredentialsSpec spec = GSOCK_RECEIVE_CREDENTIALS_SPEC_INIT;
  GSockReceiveCredentials *data;
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_receive_credentials_async, priority, cancellable, callback, user_data);
  data = g_new0 (GSockReceiveCredentials, 1);
  data->pidfd = -1;
  g_task_set_task_data (task, data, receive_free);
  if (gsock_keywords_parse_values (&gsock_receive_credentials_keywords, &spec, names, values, n_values, &error)
      && prepare_receive (data, self, spec.pidfd, &error))
    gsock_async_run (task, self, &data->operation, spec.wait, spec.timeout, finish_receive);
  else
    fail (task, error);
}

/**
 * gsock_socket_receive_credentials_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @pid: (out) (optional): the process
 * @uid: (out) (optional): its user
 * @gid: (out) (optional): its group
 * @pidfd: (out) (optional): a descriptor of the process, which is the caller's to close; or -1
 * @error: return location for an error
 *
 * Tells who sent. The errors are those of [method@Socket.receive_credentials_with_keywords].
 *
 * Returns: whether they came
 *
 * Since: 1.0
 */
gboolean
gsock_socket_receive_credentials_finish (GSockSocket *self, GAsyncResult *result, int *pid, guint *uid, guint *gid, int *pidfd, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_receive_credentials_async, error))
    return FALSE;

  if (pidfd != NULL)
    *pidfd = -1;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  gsock_receive_credentials_give (g_task_get_task_data (G_TASK (result)), pid, uid, gid, pidfd);
  return TRUE;
}
