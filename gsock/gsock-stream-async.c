/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators of streams without blocking. */

#include <gsock/gsock-stream-async.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-op-private.h>

#include <string.h>

static void
read_free (gpointer data)
{
  gsock_read_clear (data);
  g_free (data);
}

/* Takes @task over, with an error where there is one. */
static gboolean
refuse (GTask *task, GError *error)
{
  if (error == NULL)
    return FALSE;
  g_task_return_error (task, error);
  g_object_unref (task);
  return TRUE;
}

static void
conclude_read (GTask *task, gssize result)
{
  GError *error = NULL;

  if (gsock_read_conclude (g_task_get_task_data (task), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start_read (GTask *task, GSockActiveSocket *socket, const char *name, gssize (*take) (GSockRead *self), gssize count, GSockKeywordTable *table, const char *const *names, const GValue *values, guint n_values)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  GSockRead *read = g_new (GSockRead, 1);
  GError *error = NULL;

  gsock_read_init (read, name, take);
  g_task_set_task_data (task, read, read_free);
  if (gsock_keywords_parse_values (table, &spec, names, values, n_values, &error))
    (void) gsock_read_begin (read, socket, &error);
  if (refuse (task, error))
    return;
  read->count = count;
  read->partial = spec.partial;
  read->waits = spec.wait;
  read->maximum = spec.maximum_length;
  gsock_async_run (task, GSOCK_SOCKET (socket), &read->operation, spec.wait, spec.timeout, conclude_read);
}

/* The operation of a task that has ended well, or NULL. */
static GSockRead *
propagate (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error) ? g_task_get_task_data (G_TASK (result)) : NULL;
}

typedef struct
{
  GSockWrite write;
  GBytes *bytes; /* what is written, of the caller's or its own */
} Write;

static void
write_free (gpointer data)
{
  Write *self = data;

  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
conclude_write (GTask *task, gssize result)
{
  Write *self = g_task_get_task_data (task);
  GError *error = NULL;

  (void) __atomic_sub_fetch (&self->write.streams->output.claim.n_calls, 1, __ATOMIC_SEQ_CST);
  if (gsock_write_conclude (&self->write, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* What has to be given and is not. */
static void
check_bytes (const char *name, GBytes *bytes, GError **error)
{
  if (bytes == NULL)
    gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: there is nothing to write", name);
}

/* Takes @bytes over. */
static Write *
new_write (GTask *task, const char *name, GBytes *bytes)
{
  Write *self = g_new0 (Write, 1);
  gsize length;
  gconstpointer data;

  self->bytes = bytes != NULL ? bytes : g_bytes_new_static ("", 0);
  data = g_bytes_get_data (self->bytes, &length);
  gsock_write_init (&self->write, name, data != NULL ? data : "", length);
  g_task_set_task_data (task, self, write_free);
  return self;
}

static void
start_write (GTask *task, GSockActiveSocket *socket, Write *self, GError *error, GSockKeywordTable *table, const char *const *names, const GValue *values, guint n_values)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;

  if (error == NULL && gsock_keywords_parse_values (table, &spec, names, values, n_values, &error))
    (void) gsock_write_begin (&self->write, socket, &error);
  if (refuse (task, error))
    return;
  /* Who closes meanwhile leaves the rest to this call. */
  (void) __atomic_add_fetch (&self->write.streams->output.claim.n_calls, 1, __ATOMIC_SEQ_CST);
  gsock_async_run (task, GSOCK_SOCKET (socket), &self->write.operation, spec.wait, spec.timeout, conclude_write);
}

static void
write_text_async (GTask *task, GSockActiveSocket *socket, const char *name, gboolean line, const char *text, GSockKeywordTable *table, const char *const *names, const GValue *values, guint n_values)
{
  GBytes *bytes = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  GError *error = NULL;
  Write *self;

  check_bytes (name, bytes, &error);
  self = new_write (task, name, bytes);
  self->write.text = TRUE;
  self->write.line = line;
  start_write (task, socket, self, error, table, names, values, n_values);
}

/**
 * gsock_active_socket_read_line_async:
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Reads a line of text without blocking: the operator read-line. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.read_line_finish].
 *
 * The keywords are those of [method@ActiveSocket.read_line_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_read_line_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_read_line_async, priority, cancellable, callback, user_data);
  start_read (task, self, "read-line", gsock_read_take_line, -1, &gsock_read_line_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_read_line_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.read_line_with_keywords].
 *
 * Returns: (transfer full) (nullable): the line without its ending, or %NULL at the end of the stream
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_line_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  GSockRead *read;

  if (!gsock_async_check (result, self, gsock_active_socket_read_line_async, error))
    return NULL;

  read = propagate (result, error);
  return read != NULL ? (char *) g_steal_pointer (&read->data) : NULL;
}

/**
 * gsock_active_socket_read_char_async:
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Reads a character without blocking: the operator read-char. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.read_char_finish].
 *
 * The keywords are those of [method@ActiveSocket.read_char_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_read_char_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_read_char_async, priority, cancellable, callback, user_data);
  start_read (task, self, "read-char", gsock_read_take_char, -1, &gsock_read_char_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_read_char_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @character: (out): the character
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.read_char_with_keywords].
 *
 * Returns: whether there was one; %FALSE without an error is the end of the stream
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_read_char_finish (GSockActiveSocket *self, GAsyncResult *result, gunichar *character, GError **error)
{
  GSockRead *read;

  if (!gsock_async_check (result, self, gsock_active_socket_read_char_async, error))
    return FALSE;

  *character = 0;
  read = propagate (result, error);
  if (read == NULL || read->at_end)
    return FALSE;
  *character = read->character;
  return TRUE;
}

/**
 * gsock_active_socket_read_text_async:
 * @self: a connected stream socket
 * @n_characters: how many characters to read, or -1 for all up to the end of the stream
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Reads some text without blocking: the operator read-text. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.read_text_finish].
 *
 * The keywords are those of [method@ActiveSocket.read_text_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_read_text_async (GSockActiveSocket *self, gssize n_characters, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_read_text_async, priority, cancellable, callback, user_data);
  start_read (task, self, "read-text", gsock_read_take_text, n_characters, &gsock_read_text_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_read_text_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.read_text_with_keywords].
 *
 * Returns: (transfer full): the text, of fewer characters at the end of the stream and empty after it
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_text_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  GSockRead *read;

  if (!gsock_async_check (result, self, gsock_active_socket_read_text_async, error))
    return NULL;

  read = propagate (result, error);
  return read != NULL ? (char *) g_steal_pointer (&read->data) : NULL;
}

/**
 * gsock_active_socket_read_bytes_async:
 * @self: a connected stream socket
 * @size: how many bytes to read, or -1 for all up to the end of the stream
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Reads bytes without blocking: the operator read-bytes. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.read_bytes_finish].
 *
 * The keywords are those of [method@ActiveSocket.read_bytes_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_read_bytes_async (GSockActiveSocket *self, gssize size, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_read_bytes_async, priority, cancellable, callback, user_data);
  start_read (task, self, "read-bytes", gsock_read_take_bytes, size, &gsock_read_bytes_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_read_bytes_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.read_bytes_with_keywords].
 *
 * Returns: (transfer full): the bytes, fewer at the end of the stream and none after it
 *
 * Since: 1.0
 */
GBytes *
gsock_active_socket_read_bytes_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  GSockRead *read;

  if (!gsock_async_check (result, self, gsock_active_socket_read_bytes_async, error))
    return NULL;

  read = propagate (result, error);
  return read != NULL ? g_bytes_new_take (g_steal_pointer (&read->data), read->length) : NULL;
}

/**
 * gsock_active_socket_write_text_async:
 * @self: a connected stream socket
 * @text: the text
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Writes text without blocking: the operator write-text. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.write_text_finish].
 *
 * The keywords are those of [method@ActiveSocket.write_text_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_write_text_async (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_write_text_async, priority, cancellable, callback, user_data);
  write_text_async (task, self, "write-text", FALSE, text, &gsock_write_text_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_write_text_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.write_text_with_keywords].
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_text_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_active_socket_write_text_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gsock_active_socket_write_line_async:
 * @self: a connected stream socket
 * @text: the line, without its ending
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Writes a line of text without blocking: the operator write-line. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.write_line_finish].
 *
 * The keywords are those of [method@ActiveSocket.write_line_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_write_line_async (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_write_line_async, priority, cancellable, callback, user_data);
  write_text_async (task, self, "write-line", TRUE, text, &gsock_write_line_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_write_line_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.write_line_with_keywords].
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_line_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_active_socket_write_line_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gsock_active_socket_write_bytes_async:
 * @self: a connected stream socket
 * @data: the bytes
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Writes bytes without blocking: the operator write-bytes. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.write_bytes_finish].
 *
 * The keywords are those of [method@ActiveSocket.write_bytes_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_write_bytes_async (GSockActiveSocket *self, GBytes *data, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_write_bytes_async, priority, cancellable, callback, user_data);
  check_bytes ("write-bytes", data, &error);
  start_write (task, self, new_write (task, "write-bytes", data != NULL ? g_bytes_ref (data) : NULL), error, &gsock_write_bytes_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_write_bytes_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.write_bytes_with_keywords].
 *
 * Returns: whether they are written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_bytes_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_active_socket_write_bytes_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gsock_active_socket_finish_output_async:
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Sends what is in the buffer without blocking: the operator finish-output. The callback is called in the thread-default main
 * context of the caller, once, and calls [method@ActiveSocket.finish_output_finish].
 *
 * The keywords are those of [method@ActiveSocket.finish_output_with_keywords]. Closing the socket ends it
 * with `GSOCK_ERROR_CLOSED`.
 *
 * Since: 1.0
 */
void
gsock_active_socket_finish_output_async (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Write *write;
  GTask *task;

  g_return_if_fail (GSOCK_IS_ACTIVE_SOCKET (self));

  task = gsock_async_task (self, gsock_active_socket_finish_output_async, priority, cancellable, callback, user_data);
  write = new_write (task, "finish-output", NULL);
  write->write.all = TRUE;
  start_write (task, self, write, NULL, &gsock_finish_output_keywords, names, values, n_values);
}

/**
 * gsock_active_socket_finish_output_finish:
 * @self: a stream socket
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells the outcome. The errors are those of [method@ActiveSocket.finish_output_with_keywords].
 *
 * Returns: whether it is sent
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_finish_output_finish (GSockActiveSocket *self, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, self, gsock_active_socket_finish_output_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}
