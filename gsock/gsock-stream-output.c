/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators write-text, write-line, write-bytes and finish-output. */

#include <gsock/gsock-stream.h>

#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-op-private.h>

#include <string.h>

static gboolean
run (GSockActiveSocket *self, GSockWrite *write, const GSockWriteSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (self));
  GSockPatience patience = { spec->wait, gsock_socket_effective_timeout (priv, spec->timeout), cancellable, 0 };

  return gsock_write_begin (write, self, error) && gsock_write_conclude (write, gsock_write_run (write, &patience), error);
}

static gboolean
write_text (GSockActiveSocket *self, const char *name, const char *text, const GSockWriteSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockWrite write;

  if (text == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: there is no text", name);
  gsock_write_init (&write, name, text, strlen (text));
  write.text = TRUE;
  write.line = strcmp (name, "write-line") == 0;
  return run (self, &write, spec, cancellable, error);
}

static gboolean
write_bytes (GSockActiveSocket *self, gconstpointer buffer, gsize length, const GSockWriteSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockWrite write;

  if (buffer == NULL && length > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "write-bytes: there is no buffer");
  gsock_write_init (&write, "write-bytes", buffer != NULL ? buffer : "", length);
  return run (self, &write, spec, cancellable, error);
}

static gboolean
finish_output (GSockActiveSocket *self, const GSockWriteSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockWrite write;

  gsock_write_init (&write, "finish-output", "", 0);
  write.all = TRUE;
  return run (self, &write, spec, cancellable, error);
}

/**
 * gsock_active_socket_write_text: (skip)
 * @self: a connected stream socket
 * @text: the text
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.write_text_with_keywords]
 *
 * Writes text: the operator write-text.
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_text (GSockActiveSocket *self, const char *text, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_write_text_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && write_text (self, "write-text", text, &spec, cancellable, error);
}

/**
 * gsock_active_socket_write_text_with_keywords: (rename-to gsock_active_socket_write_text)
 * @self: a connected stream socket
 * @text: the text
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes text: the operator write-text. Keywords: `wait` and `timeout` (seconds).
 *
 * Its newlines become line ends and its characters bytes as [property@ActiveSocket:external-format] says.
 *
 * It goes into the buffer, of [property@ActiveSocket:output-buffer-size] bytes, and to the kernel when
 * that is full; [method@ActiveSocket.finish_output] sends the rest. Where the call would have to wait
 * for room and may not, or not for long enough, all of it is in the buffer nevertheless: it is not to be
 * written again, and the next call that writes or finishes goes on.
 *
 * Errors: `GSOCK_ERROR_INVALID_TEXT` for a character that the encoding does not have, with its offset:
 * nothing is written then; `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`,
 * `GSOCK_ERROR_ENDPOINT_SHUTDOWN`, `GSOCK_ERROR_CONNECTION_RESET`, `GSOCK_ERROR_NOT_CONNECTED`,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a seqpacket socket, `GSOCK_ERROR_INVALID_ARGUMENT`,
 * `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_text_with_keywords (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_write_text_keywords, &spec, names, values, n_values, error)
         && write_text (self, "write-text", text, &spec, cancellable, error);
}

/**
 * gsock_active_socket_write_line: (skip)
 * @self: a connected stream socket
 * @text: the line, without its ending
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.write_line_with_keywords]
 *
 * Writes a line of text: the operator write-line.
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_line (GSockActiveSocket *self, const char *text, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_write_line_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && write_text (self, "write-line", text, &spec, cancellable, error);
}

/**
 * gsock_active_socket_write_line_with_keywords: (rename-to gsock_active_socket_write_line)
 * @self: a connected stream socket
 * @text: the line, without its ending
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes a line of text: the operator write-line. Keywords: `wait` and `timeout` (seconds).
 *
 * The line end that [property@ActiveSocket:external-format] names is added.
 *
 * It goes into the buffer, of [property@ActiveSocket:output-buffer-size] bytes, and to the kernel when
 * that is full; [method@ActiveSocket.finish_output] sends the rest. Where the call would have to wait
 * for room and may not, or not for long enough, all of it is in the buffer nevertheless: it is not to be
 * written again, and the next call that writes or finishes goes on.
 *
 * The errors are those of [method@ActiveSocket.write_text_with_keywords].
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_line_with_keywords (GSockActiveSocket *self, const char *text, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_write_line_keywords, &spec, names, values, n_values, error)
         && write_text (self, "write-line", text, &spec, cancellable, error);
}

/**
 * gsock_active_socket_write_bytes: (skip)
 * @self: a connected stream socket
 * @buffer: (array length=length) (nullable): the bytes
 * @length: how many there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.write_bytes_with_keywords]
 *
 * Writes bytes as they are: the operator write-bytes.
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_bytes (GSockActiveSocket *self, const void *buffer, gsize length, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_write_bytes_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && write_bytes (self, buffer, length, &spec, cancellable, error);
}

/**
 * gsock_active_socket_write_bytes_with_keywords: (rename-to gsock_active_socket_write_bytes)
 * @self: a connected stream socket
 * @buffer: (array length=length) (nullable): the bytes
 * @length: how many there are
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes bytes as they are: the operator write-bytes. Keywords: `wait` and `timeout` (seconds).
 *
 * It goes into the buffer, of [property@ActiveSocket:output-buffer-size] bytes, and to the kernel when
 * that is full; [method@ActiveSocket.finish_output] sends the rest. Where the call would have to wait
 * for room and may not, or not for long enough, all of it is in the buffer nevertheless: it is not to be
 * written again, and the next call that writes or finishes goes on.
 *
 * The errors are those of [method@ActiveSocket.write_text_with_keywords].
 *
 * Returns: whether it is written
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_write_bytes_with_keywords (GSockActiveSocket *self, const guint8 *buffer, gsize length, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_write_bytes_keywords, &spec, names, values, n_values, error)
         && write_bytes (self, buffer, length, &spec, cancellable, error);
}

/**
 * gsock_active_socket_finish_output: (skip)
 * @self: a connected stream socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.finish_output_with_keywords]
 *
 * Sends what is in the buffer, to the last byte: the operator finish-output.
 *
 * Returns: whether it is sent
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_finish_output (GSockActiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_finish_output_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && finish_output (self, &spec, cancellable, error);
}

/**
 * gsock_active_socket_finish_output_with_keywords: (rename-to gsock_active_socket_finish_output)
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Sends what is in the buffer, to the last byte: the operator finish-output. Keywords: `wait` and `timeout` (seconds).
 *
 * Where it ends early what was not sent stays in the buffer, unless the connection is broken.
 *
 * The errors are those of [method@ActiveSocket.write_text_with_keywords].
 *
 * Returns: whether it is sent
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_finish_output_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockWriteSpec spec = GSOCK_WRITE_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_finish_output_keywords, &spec, names, values, n_values, error)
         && finish_output (self, &spec, cancellable, error);
}
