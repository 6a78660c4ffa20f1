/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket and make-instance without blocking, and the asynchronous initialisation of the classes. */

#include <gsock/gsock-make-socket.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

static void
init_in_thread (GTask *task, gpointer initable, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (g_initable_init (initable, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_state (GSockSocketPrivate *priv, int fd, GError **error)
{
  if (fd == -GSOCK_E_CLOSED)
    return gsock_error_set (error, fd, "init", NULL);
  if (priv->initialising)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "init: the object is being initialised");
  return TRUE;
}

static void
return_now (GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
init_here (GSockSocket *self, GTask *task)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GError *error = NULL;
  int fd = gsock_handle_get_descriptor (&priv->handle);

  if (!check_state (priv, fd, &error) || fd >= 0)
    return_now (task, error);
  else if (gsock_socket_check_request (self, gsock_socket_get_request (self), &error))
    gsock_request_run_async (priv->request, self, task);
  else
    {
      gsock_socket_drop_request (self);
      return_now (task, error);
    }
}

/* A class that has an init of its own has it run, in a thread, as GIO does it. */
static void
gsock_socket_init_async (GAsyncInitable *initable, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = gsock_async_task (initable, gsock_socket_init_async, priority, cancellable, callback, user_data);

  if (G_INITABLE_GET_IFACE (initable)->init == gsock_socket_initable_init)
    {
      init_here (GSOCK_SOCKET (initable), task);
      return;
    }
  g_task_run_in_thread (task, init_in_thread);
  g_object_unref (task);
}

static gboolean
gsock_socket_init_finish (GAsyncInitable *initable, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, initable, gsock_socket_init_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gsock_socket_async_initable_iface_init (GAsyncInitableIface *iface)
{
  iface->init_async = gsock_socket_init_async;
  iface->init_finish = gsock_socket_init_finish;
}

static void
on_made (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (g_async_initable_init_finish (G_ASYNC_INITABLE (object), result, &error))
    g_task_return_pointer (task, g_object_ref (object), g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Takes @self, which is NULL where there is @error. */
static void
make (GTask *task, GSockSocket *self, GError *error)
{
  g_autoptr (GSockSocket) socket = self;

  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_async_initable_init_async (G_ASYNC_INITABLE (socket), g_task_get_priority (task), g_task_get_cancellable (task), on_made, task);
}

/* The object whose keywords these are. @parse puts them into its request. */
static GSockSocket *
new_socket (GSockRequest *request, GError **error)
{
  GType type = gsock_request_choose_class (request, error);
  GSockSocket *self;

  if (type == G_TYPE_INVALID)
    {
      gsock_request_clear (request);
      g_free (request);
      return NULL;
    }
  self = g_object_new (type, NULL);
  gsock_socket_get_private (self)->request = request;
  return self;
}

static GSockRequest *
new_request (void)
{
  GSockRequest *request = g_new (GSockRequest, 1);

  gsock_request_init (request);
  return request;
}

/* Takes @request; @parsed is whether there is no error yet. */
static void
make_by_request (GTask *task, GSockRequest *request, gboolean parsed, GError *error)
{
  GSockSocket *self = NULL;

  if (parsed)
    self = new_socket (request, &error);
  else
    {
      gsock_request_clear (request);
      g_free (request);
    }
  make (task, self, error);
}

/**
 * gsock_make_socket_async: (skip)
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_socket_with_keywords]
 *
 * Makes a socket by keywords without blocking; see [func@make_socket_with_keywords_async].
 *
 * Since: 1.0
 */
void
gsock_make_socket_async (int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, const char *first_keyword, ...)
{
  GTask *task = gsock_async_task (NULL, gsock_make_socket_finish, priority, cancellable, callback, user_data);
  GSockRequest *request = new_request ();
  GError *error = NULL;
  va_list arguments;
  gboolean parsed;

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_make_socket_keywords, request, first_keyword, arguments, &error);
  va_end (arguments);
  make_by_request (task, request, parsed, error);
}

/**
 * gsock_make_socket_with_keywords_async: (rename-to gsock_make_socket_async)
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Makes a socket by keywords without blocking: the operator make-socket. The callback is called in the
 * thread-default main context of the caller, once, and calls [func@make_socket_finish].
 *
 * The keywords are those of [func@make_socket]. A name is looked up in a thread, and its addresses are
 * raced for in the main context, as [the guide on connecting](connecting.html) tells. Whether it is
 * cancelled, its time is up or it fails, nothing is left behind.
 *
 * Since: 1.0
 */
void
gsock_make_socket_with_keywords_async (const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = gsock_async_task (NULL, gsock_make_socket_finish, priority, cancellable, callback, user_data);
  GSockRequest *request = new_request ();
  GError *error = NULL;
  gboolean parsed = gsock_keywords_parse_values (&gsock_make_socket_keywords, request, names, values, n_values, &error);

  make_by_request (task, request, parsed, error);
}

/**
 * gsock_make_socket_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives the new socket. The errors are those of [func@make_socket].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket_finish (GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, NULL, gsock_make_socket_finish, error))
    return NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * gsock_make_instance_async: (skip)
 * @type: a class derived from [class@Socket]
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_instance_with_keywords]
 *
 * Makes a socket of a given class by keywords without blocking; see
 * [func@make_instance_with_keywords_async].
 *
 * Since: 1.0
 */
void
gsock_make_instance_async (GType type, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, const char *first_keyword, ...)
{
  GTask *task = gsock_async_task (NULL, gsock_make_instance_finish, priority, cancellable, callback, user_data);
  GError *error = NULL;
  GSockSocket *self = gsock_make_new_instance (type, &error);
  va_list arguments;

  if (self != NULL)
    {
      GSockRequest *request = gsock_socket_get_request (self);

      request->object = G_OBJECT (self);
      va_start (arguments, first_keyword);
      gsock_keywords_parse_valist (&gsock_make_socket_keywords, request, first_keyword, arguments, &error);
      va_end (arguments);
    }
  make (task, self, error);
}

/**
 * gsock_make_instance_with_keywords_async: (rename-to gsock_make_instance_async)
 * @type: a class derived from [class@Socket]
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Makes a socket of a given class, by the keywords of [func@make_socket] and by the properties that the
 * class has added, without blocking. The callback is called in the thread-default main context of the
 * caller, once, and calls [func@make_instance_finish].
 *
 * A class that has specialised connect is asked for one address after the other, and told not to wait:
 * it answers `GSOCK_ERROR_CONNECTION_IN_PROGRESS` as the connect of its parent does, and the rest is
 * seen to. One that has specialised the init of [iface@Gio.Initable] has that called in a thread.
 *
 * Since: 1.0
 */
void
gsock_make_instance_with_keywords_async (GType type, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = gsock_async_task (NULL, gsock_make_instance_finish, priority, cancellable, callback, user_data);
  GError *error = NULL;
  GSockSocket *self = gsock_make_new_instance (type, &error);

  if (self != NULL)
    {
      GSockRequest *request = gsock_socket_get_request (self);

      request->object = G_OBJECT (self);
      gsock_keywords_parse_values (&gsock_make_socket_keywords, request, names, values, n_values, &error);
    }
  make (task, self, error);
}

/**
 * gsock_make_instance_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gives the new socket. The errors are those of [func@make_instance].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_instance_finish (GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, NULL, gsock_make_instance_finish, error))
    return NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}
