/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators send-socket and receive-socket without blocking. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-socket-parcel-private.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

typedef struct
{
  GSockSendDescriptors send;
  GSockSocket *sent;
  int fd; /* a duplicate: the socket may be closed meanwhile */
  gboolean file;
  guint8 bytes[GSOCK_PARCEL_MAX];
  GSockAddress destination;
} SendAsync;

static void
send_free (gpointer data)
{
  SendAsync *self = data;

  if (self->fd >= 0)
    (void) close (self->fd);
  g_clear_object (&self->sent);
  g_free (self);
}

static void
finish_send (GTask *task, gssize result)
{
  SendAsync *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (result >= 0)
    {
      gsock_send_socket_done (self->sent, self->file);
      g_task_return_boolean (task, TRUE);
      return;
    }
  gsock_set_send_descriptors_error (&error, result, "send-socket", self->destination.length > 0 ? &self->destination : NULL);
  g_task_return_error (task, error);
}

/* What goes, as long as the socket is in. */
static gboolean
take_socket (SendAsync *self, GSockSocket *socket, GSockParcel *parcel, GError **error)
{
  int fd = gsock_socket_enter (socket, "send-socket", error);
  gboolean packed;
  gssize copy = -1;

  if (fd < 0)
    return FALSE;
  packed = gsock_send_socket_pack (socket, fd, self->file, parcel, error);
  if (packed)
    copy = GSOCK_SYSCALL (fcntl (fd, F_DUPFD_CLOEXEC, 3));
  gsock_socket_leave (socket);
  if (packed && copy < 0)
    return gsock_error_set (error, copy, "send-socket", NULL);
  self->fd = (int) copy;
  self->sent = g_object_ref (socket);
  return packed;
}

static gboolean
prepare_send (SendAsync *self, GSockSocket *socket, GSockSocket *sent, GSockSendSocketSpec *spec, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  const GSockAddress *destination;
  GSockParcel parcel;
  GSockAddress room;
  gssize result;

  self->file = spec->unlink_on_close;
  if (!GSOCK_IS_SOCKET (sent))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "send-socket: there is no socket to send");
  if (!gsock_check_passes_descriptors ("send-socket", handle, error)
      || !gsock_send_destination (socket, "send-socket", &spec->send, &room, &destination, NULL, error))
    return FALSE;
  result = gsock_check_destination (handle, destination);
  if (result < 0)
    return gsock_set_send_descriptors_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, "send-socket", destination);
  if (!take_socket (self, sent, &parcel, error))
    return FALSE;
  if (destination != NULL)
    self->destination = *destination;
  gsock_send_descriptors_init (&self->send, handle, &self->fd, 1, self->bytes, gsock_parcel_encode (&parcel, self->bytes),
                               destination != NULL ? &self->destination : NULL);
  if (self->send.operation.wait != NULL)
    self->send.operation.collect = gsock_collect_local_receiver;
  return TRUE;
}

/**
 * gsock_socket_send_socket_async:
 * @self: a local socket
 * @socket: the socket to send, which stays open here
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends a socket without blocking: the operator send-socket. The callback is called in the thread-default
 * main context of the caller, once, and calls [method@Socket.send_socket_finish].
 *
 * The keywords are those of [method@Socket.send_socket_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_send_socket_async (GSockSocket *self, GSockSocket *socket, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockSendSocketSpec spec = GSOCK_SEND_SOCKET_SPEC_INIT;
  GError *error = NULL;
  SendAsync *data;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_send_socket_async, priority, cancellable, callback, user_data);
  data = g_new0 (SendAsync, 1);
  data->fd = -1;
  g_task_set_task_data (task, data, send_free);
  if (gsock_keywords_parse_values (&gsock_send_socket_keywords, &spec, names, values, n_values, &error)
      && prepare_send (data, self, socket, &spec, &error))
    gsock_async_run (task, self, &data->send.operation, spec.send.wait, spec.send.timeout, finish_send);
  else
    fail (task, error);
}

/**
 * gsock_socket_send_socket_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells whether the socket was sent. The errors are those of [method@Socket.send_socket_with_keywords].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_socket_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_socket_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  GSockReceiveSocket receive;
  GSockSocket *socket; /* the task's source */
  GSockReceiveSocketSpec spec;
} ReceiveAsync;

static void
receive_free (gpointer data)
{
  ReceiveAsync *self = data;

  gsock_receive_descriptors_close (&self->receive.received);
  g_free (self);
}

static void
finish_receive (GTask *task, gssize result)
{
  ReceiveAsync *self = g_task_get_task_data (task);
  GError *error = NULL;
  GSockSocket *made = gsock_receive_socket_conclude (&self->receive, gsock_socket_get_handle (self->socket), result, &self->spec, &error);

  if (made != NULL)
    g_task_return_pointer (task, made, g_object_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
prepare_receive (ReceiveAsync *self, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self->socket);
  const char *format = self->spec.external_format;
  gssize result;

  if (!gsock_check_passes_descriptors ("receive-socket", handle, error) || (format != NULL && !gsock_external_format_check (format, error)))
    return FALSE;
  result = gsock_check_can_receive (handle);
  if (result < 0)
    return gsock_set_receive_descriptors_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, "receive-socket");
  self->spec.external_format = format != NULL ? g_intern_string (format) : NULL;
  gsock_receive_socket_init (&self->receive, handle);
  return TRUE;
}

/**
 * gsock_socket_receive_socket_async:
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives a socket without blocking: the operator receive-socket. The callback is called in the
 * thread-default main context of the caller, once, and calls [method@Socket.receive_socket_finish].
 *
 * The keywords are those of [method@Socket.receive_socket_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_socket_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const GSockReceiveSocketSpec nothing = GSOCK_RECEIVE_SOCKET_SPEC_INIT;
  GError *error = NULL;
  ReceiveAsync *data;
  GTask *task;

  g_return_if_fail (GSOCK_IS_SOCKET (self));

  task = gsock_async_task (self, gsock_socket_receive_socket_async, priority, cancellable, callback, user_data);
  data = g_new0 (ReceiveAsync, 1);
  data->socket = self;
  data->spec = nothing;
  g_task_set_task_data (task, data, receive_free);
  if (gsock_keywords_parse_values (&gsock_receive_socket_keywords, &data->spec, names, values, n_values, &error) && prepare_receive (data, &error))
    gsock_async_run (task, self, &data->receive.received.operation, data->spec.wait, data->spec.timeout, finish_receive);
  else
    fail (task, error);
}

/**
 * gsock_socket_receive_socket_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives the new socket. The errors are those of [method@Socket.receive_socket_with_keywords].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_socket_receive_socket_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_receive_socket_async, error))
    return NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}
