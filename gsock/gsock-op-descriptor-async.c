/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending and receiving descriptors without blocking. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>

typedef struct
{
  GSockSendDescriptors send;
  const char *name;
  int *fds; /* duplicates: the caller may close his meanwhile */
  gsize n_fds;
  GBytes *payload;
  GSockAddress destination;
} SendAsync;

static void
send_free (gpointer data)
{
  SendAsync *self = data;

  gsock_control_close_descriptors (self->fds, self->n_fds);
  g_free (self->fds);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self);
}

static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static gboolean
duplicate (SendAsync *self, const int *fds, gsize n_fds, GError **error)
{
  self->fds = g_new (int, n_fds);
  for (; self->n_fds < n_fds; self->n_fds++)
    {
      int fd = fcntl (fds[self->n_fds], F_DUPFD_CLOEXEC, 3);

      if (fd < 0)
        return gsock_set_send_descriptors_error (error, -errno, self->name, NULL);
      self->fds[self->n_fds] = fd;
    }
  return TRUE;
}

/* A full queue of a local receiver shows in no poll of the sender. */
guint
gsock_collect_local_receiver (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  *delay = 0.001;
  return 0;
}

static void
finish_send (GTask *task, gssize result)
{
  SendAsync *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (result >= 0 || self->send.sent > 0)
    {
      g_task_return_int (task, self->send.sent);
      return;
    }
  gsock_set_send_descriptors_error (&error, result, self->name, self->destination.length > 0 ? &self->destination : NULL);
  g_task_return_error (task, error);
}

static gboolean
prepare_send (SendAsync *self, GSockSocket *socket, const int *fds, gsize n_fds, GBytes *payload, GSockSendSpec *spec, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  const GSockAddress *destination;
  const guint8 *bytes = NULL;
  GSockAddress room;
  gsize length = 0;
  gssize result;

  if (!gsock_check_passes_descriptors (self->name, handle, error) || !gsock_check_n_descriptors (self->name, n_fds, error)
      || !gsock_send_destination (socket, self->name, spec, &room, &destination, NULL, error) || !duplicate (self, fds, n_fds, error))
    return FALSE;
  result = gsock_check_destination (handle, destination);
  if (result < 0)
    return gsock_set_send_descriptors_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, self->name, destination);
  if (destination != NULL)
    self->destination = *destination;
  if (payload != NULL)
    {
      self->payload = g_bytes_ref (payload);
      bytes = g_bytes_get_data (payload, &length);
    }
  gsock_send_descriptors_init (&self->send, handle, self->fds, n_fds, bytes, length, destination != NULL ? &self->destination : NULL);
  if (self->send.operation.wait != NULL)
    self->send.operation.collect = gsock_collect_local_receiver;
  return TRUE;
}

static void
send_async (GTask *task, GSockSocket *socket, const char *name, const int *fds, gsize n_fds, GBytes *payload, const char *const *names, const GValue *values, guint n_values)
{
  GSockSendSpec spec = GSOCK_SEND_SPEC_INIT;
  SendAsync *self = g_new0 (SendAsync, 1);
  GError *error = NULL;

  self->name = name;
  g_task_set_task_data (task, self, send_free);
  if (gsock_keywords_parse_values (&gsock_send_descriptor_keywords, &spec, names, values, n_values, &error)
      && prepare_send (self, socket, fds, n_fds, payload, &spec, &error))
    gsock_async_run (task, socket, &self->send.operation, spec.wait, spec.timeout, finish_send);
  else
    fail (task, error);
}

/**
 * gsock_socket_send_file_descriptors_async:
 * @self: a local socket
 * @fds: (array length=n_fds): descriptors, which stay the caller's; he may close them at once
 * @n_fds: how many there are, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @payload: (nullable): bytes to send with them, or %NULL for a single one of no meaning
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends descriptors in one message without blocking: the operator send-file-descriptors. The callback is
 * called in the thread-default main context of the caller, once, and calls
 * [method@Socket.send_file_descriptors_finish].
 *
 * The keywords are those of [method@Socket.send_file_descriptors_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_send_file_descriptors_async (GSockSocket *self, const int *fds, gsize n_fds, GBytes *payload, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  send_async (gsock_async_task (self, gsock_socket_send_file_descriptors_async, priority, cancellable, callback, user_data),
              self, "send-file-descriptors", fds, n_fds, payload, names, values, n_values);
}

/**
 * gsock_socket_send_file_descriptors_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells how many bytes went along. The errors are those of
 * [method@Socket.send_file_descriptors_with_keywords].
 *
 * Returns: how many bytes went along with the descriptors, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_file_descriptors_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_file_descriptors_async, error))
    return -1;
  return g_task_propagate_int (G_TASK (result), error);
}

/**
 * gsock_socket_send_file_descriptor_async:
 * @self: a local socket
 * @fd: a descriptor, which stays the caller's; he may close it at once
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends a descriptor without blocking: the operator send-file-descriptor. The callback calls
 * [method@Socket.send_file_descriptor_finish]. The keywords are those of
 * [method@Socket.send_file_descriptors_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_send_file_descriptor_async (GSockSocket *self, int fd, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  send_async (gsock_async_task (self, gsock_socket_send_file_descriptor_async, priority, cancellable, callback, user_data),
              self, "send-file-descriptor", &fd, 1, NULL, names, values, n_values);
}

/**
 * gsock_socket_send_file_descriptor_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells whether the descriptor was sent. The errors are those of
 * [method@Socket.send_file_descriptors_with_keywords].
 *
 * Returns: whether it was sent
 *
 * Since: 1.0
 */
gboolean
gsock_socket_send_file_descriptor_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_socket_send_file_descriptor_async, error))
    return FALSE;
  return g_task_propagate_int (G_TASK (result), error) >= 0;
}

typedef struct
{
  GSockReceiveDescriptors received;
  const char *name;
  GSockSocket *socket; /* the task's source */
  gsize maximum;
  gboolean whole; /* the payload is wanted whole */
  guint8 *room;
} ReceiveAsync;

/* What nobody has taken is closed. */
static void
receive_free (gpointer data)
{
  ReceiveAsync *self = data;

  gsock_receive_descriptors_close (&self->received);
  g_free (self->room);
  g_free (self);
}

static void
finish_receive (GTask *task, gssize result)
{
  ReceiveAsync *self = g_task_get_task_data (task);
  GError *error = NULL;

  if ((result >= 0 || self->received.n_fds > 0) && gsock_receive_descriptors_are_as_wanted (&self->received, self->maximum, self->whole))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (result >= 0 || self->received.length > 0)
    gsock_refuse_descriptors (&error, &self->received, gsock_socket_get_handle (self->socket), self->name, self->maximum);
  else
    gsock_set_receive_descriptors_error (&error, result, self->name);
  gsock_receive_descriptors_close (&self->received);
  g_task_return_error (task, error);
}

static gboolean
prepare_receive (ReceiveAsync *self, gsize size, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self->socket);
  gssize result;

  if (!gsock_check_passes_descriptors (self->name, handle, error) || !gsock_check_n_descriptors (self->name, self->maximum, error)
      || !gsock_check_payload_size (size, error))
    return FALSE;
  result = gsock_check_can_receive (handle);
  if (result < 0)
    return gsock_set_receive_descriptors_error (error, gsock_handle_is_closed (handle) ? -GSOCK_E_CLOSED : result, self->name);
  self->room = g_malloc (size);
  gsock_receive_descriptors_init (&self->received, handle, self->room, size);
  return TRUE;
}

static void
receive_async (GTask *task, GSockSocket *socket, const char *name, GSockKeywordTable *table, gsize maximum, const char *const *names, const GValue *values, guint n_values)
{
  GSockReceiveManySpec spec = GSOCK_RECEIVE_MANY_SPEC_INIT;
  ReceiveAsync *self = g_new0 (ReceiveAsync, 1);
  GError *error = NULL;

  self->name = name;
  self->socket = socket;
  self->maximum = maximum;
  g_task_set_task_data (task, self, receive_free);
  if (gsock_keywords_parse_values (table, &spec, names, values, n_values, &error)
      && prepare_receive (self, GSOCK_GIVEN (&spec, GSOCK_RECEIVE_MANY_SIZE) ? (gsize) spec.size : 1, &error))
    {
      self->whole = GSOCK_GIVEN (&spec, GSOCK_RECEIVE_MANY_SIZE);
      gsock_async_run (task, socket, &self->received.operation, spec.wait, spec.timeout, finish_receive);
    }
  else
    fail (task, error);
}

/**
 * gsock_socket_receive_file_descriptors_async:
 * @self: a local socket
 * @maximum: the most descriptors to take, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives the descriptors of one message without blocking: the operator receive-file-descriptors. The
 * callback is called in the thread-default main context of the caller, once, and calls
 * [method@Socket.receive_file_descriptors_finish]. Where nobody does the descriptors are closed.
 *
 * The keywords are those of [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_file_descriptors_async (GSockSocket *self, gsize maximum, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  receive_async (gsock_async_task (self, gsock_socket_receive_file_descriptors_async, priority, cancellable, callback, user_data),
                 self, "receive-file-descriptors", &gsock_receive_descriptors_keywords, maximum, names, values, n_values);
}

/**
 * gsock_socket_receive_file_descriptors_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @n_fds: (out): how many there are
 * @payload: (out) (optional) (transfer full): the bytes that they came with
 * @error: return location for an error
 *
 * Gives the descriptors, which are the caller's to close. The errors are those of
 * [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: (array length=n_fds) (transfer full): the descriptors
 *
 * Since: 1.0
 */
int *
gsock_socket_receive_file_descriptors_finish (GSockSocket *self, GAsyncResult *result, gsize *n_fds, GBytes **payload, GError **error)
{
  ReceiveAsync *data;
  int *fds;

  if (!gsock_async_check (result, self, gsock_socket_receive_file_descriptors_async, error))
    return NULL;

  *n_fds = 0;
  if (payload != NULL)
    *payload = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  data = g_task_get_task_data (G_TASK (result));
  fds = g_memdup2 (data->received.fds, data->received.n_fds * sizeof (int));
  *n_fds = data->received.n_fds;
  data->received.n_fds = 0;
  if (payload != NULL)
    *payload = g_bytes_new_take (g_steal_pointer (&data->room), data->received.length);
  return fds;
}

/**
 * gsock_socket_receive_file_descriptor_async:
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Receives a descriptor without blocking: the operator receive-file-descriptor. The callback calls
 * [method@Socket.receive_file_descriptor_finish]. The keywords are those of
 * [method@Socket.receive_file_descriptor_with_keywords].
 *
 * Since: 1.0
 */
void
gsock_socket_receive_file_descriptor_async (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GSOCK_IS_SOCKET (self));

  receive_async (gsock_async_task (self, gsock_socket_receive_file_descriptor_async, priority, cancellable, callback, user_data),
                 self, "receive-file-descriptor", &gsock_receive_descriptor_keywords, 1, names, values, n_values);
}

/**
 * gsock_socket_receive_file_descriptor_finish:
 * @self: a local socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives the descriptor. The errors are those of [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: the descriptor, which is the caller's to close, or -1
 *
 * Since: 1.0
 */
int
gsock_socket_receive_file_descriptor_finish (GSockSocket *self, GAsyncResult *result, GError **error)
{
  ReceiveAsync *data;

  if (!gsock_async_check (result, self, gsock_socket_receive_file_descriptor_async, error))
    return -1;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return -1;
  data = g_task_get_task_data (G_TASK (result));
  data->received.n_fds = 0;
  return data->received.fds[0];
}
