/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators read-line, read-char, read-text, read-bytes and clear-input. */

#include <gsock/gsock-stream.h>

#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-op-private.h>

static gboolean
run (GSockActiveSocket *self, GSockRead *read, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (self));
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };

  read->waits = wait;
  return gsock_read_begin (read, self, error)
         && gsock_read_conclude (read, gsock_drive (&priv->handle, &read->operation, &patience), error);
}

static char *
read_line (GSockActiveSocket *self, gsize maximum_length, gboolean wait, double timeout, gsize *length, GCancellable *cancellable, GError **error)
{
  GSockRead read;

  gsock_read_init (&read, "read-line", gsock_read_take_line);
  read.maximum = maximum_length;
  if (!run (self, &read, wait, timeout, cancellable, error))
    return NULL;
  if (length != NULL)
    *length = read.length;
  return (char *) read.data;
}

/**
 * gsock_active_socket_read_line_direct: (skip)
 * @self: a connected stream socket
 * @maximum_length: the most bytes of the line, in UTF-8
 * @wait: whether to wait for the end of the line
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @length: (out) (optional): how many bytes the line has, in UTF-8
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a line, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@ActiveSocket.read_line_with_keywords].
 *
 * Returns: (transfer full) (nullable): the line without its ending, or %NULL at the end of the stream
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_line_direct (GSockActiveSocket *self, gsize maximum_length, gboolean wait, double timeout, gsize *length, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  return read_line (self, maximum_length, wait, timeout, length, cancellable, error);
}

/**
 * gsock_active_socket_read_line: (skip)
 * @self: a connected stream socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.read_line_with_keywords]
 *
 * Reads a line of text: the operator read-line.
 *
 * Returns: (transfer full) (nullable): the line without its ending, or %NULL at the end of the stream
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_line (GSockActiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_read_line_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? read_line (self, spec.maximum_length, spec.wait, spec.timeout, NULL, cancellable, error) : NULL;
}

/**
 * gsock_active_socket_read_line_with_keywords: (rename-to gsock_active_socket_read_line)
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a line of text: the operator read-line. Keywords: `wait` and `timeout` (seconds), and
 * `maximum-length`, the most bytes that the line may have in UTF-8, by default 1048576.
 *
 * The text is decoded, and its line ends recognised, as [property@ActiveSocket:external-format] says.
 * At the end of the stream what comes after the last line end is a line too, and after that there is
 * none: %NULL without an error.
 *
 * Whatever ends the call before there is a whole line, nothing is lost: what came so far is in the
 * buffer, and the next call goes on.
 *
 * Errors: `GSOCK_ERROR_INVALID_TEXT`, with the offset in the stream, for bytes that are no text and for
 * U+0000; `GSOCK_ERROR_MESSAGE_TOO_LONG` for a line that is too long; `GSOCK_ERROR_WOULD_BLOCK`,
 * `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_CONNECTION_RESET`, `GSOCK_ERROR_NOT_CONNECTED`,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a seqpacket socket, `GSOCK_ERROR_INVALID_KEYWORD`,
 * `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED. After the first two the line is still there.
 *
 * Returns: (transfer full) (nullable): the line without its ending, or %NULL at the end of the stream
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_line_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  if (!gsock_keywords_parse_values (&gsock_read_line_keywords, &spec, names, values, n_values, error))
    return NULL;
  return read_line (self, spec.maximum_length, spec.wait, spec.timeout, NULL, cancellable, error);
}

static gboolean
read_char (GSockActiveSocket *self, const GSockReadSpec *spec, gunichar *character, GCancellable *cancellable, GError **error)
{
  GSockRead read;

  gsock_read_init (&read, "read-char", gsock_read_take_char);
  if (!run (self, &read, spec->wait, spec->timeout, cancellable, error) || read.at_end)
    return FALSE;
  *character = read.character;
  return TRUE;
}

/**
 * gsock_active_socket_read_char: (skip)
 * @self: a connected stream socket
 * @character: (out): the character
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.read_char_with_keywords]
 *
 * Reads a character: the operator read-char.
 *
 * Returns: whether there was one; %FALSE without an error is the end of the stream
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_read_char (GSockActiveSocket *self, gunichar *character, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  *character = 0;
  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_read_char_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && read_char (self, &spec, character, cancellable, error);
}

/**
 * gsock_active_socket_read_char_with_keywords: (rename-to gsock_active_socket_read_char)
 * @self: a connected stream socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @character: (out): the character
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a character: the operator read-char. Keywords: `wait` and `timeout` (seconds).
 *
 * A line end is one newline, however it is written on the wire. Where lines end with `crlf` a carriage
 * return is only told when it is known what follows it.
 *
 * The errors are those of [method@ActiveSocket.read_line_with_keywords], but U+0000 is a character like
 * any other.
 *
 * Returns: whether there was one; %FALSE without an error is the end of the stream
 *
 * Since: 1.0
 */
gboolean
gsock_active_socket_read_char_with_keywords (GSockActiveSocket *self, const char *const *names, const GValue *values, guint n_values, gunichar *character, GCancellable *cancellable, GError **error)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), FALSE);

  *character = 0;
  return gsock_keywords_parse_values (&gsock_read_char_keywords, &spec, names, values, n_values, error)
         && read_char (self, &spec, character, cancellable, error);
}

static char *
read_text (GSockActiveSocket *self, gssize n_characters, const GSockReadSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockRead read;

  gsock_read_init (&read, "read-text", gsock_read_take_text);
  read.count = n_characters;
  read.partial = spec->partial;
  return run (self, &read, spec->wait, spec->timeout, cancellable, error) ? (char *) read.data : NULL;
}

/**
 * gsock_active_socket_read_text: (skip)
 * @self: a connected stream socket
 * @n_characters: how many characters to read, or -1 for all up to the end of the stream
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.read_text_with_keywords]
 *
 * Reads some text: the operator read-text.
 *
 * Returns: (transfer full): the text, of fewer characters at the end of the stream and empty after it
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_text (GSockActiveSocket *self, gssize n_characters, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_read_text_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? read_text (self, n_characters, &spec, cancellable, error) : NULL;
}

/**
 * gsock_active_socket_read_text_with_keywords: (rename-to gsock_active_socket_read_text)
 * @self: a connected stream socket
 * @n_characters: how many characters to read, or -1 for all up to the end of the stream
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads some text: the operator read-text. Keywords: `wait` and `timeout` (seconds), and `partial`: when
 * it is %TRUE the call ends as soon as there is a character, with as many as are there.
 *
 * A line end is one newline, however it is written on the wire. Whatever ends the call before all of the
 * text is there, nothing is lost: what came so far is in the buffer, and the next call goes on.
 *
 * The errors are those of [method@ActiveSocket.read_line_with_keywords].
 *
 * Returns: (transfer full): the text, of fewer characters at the end of the stream and empty after it
 *
 * Since: 1.0
 */
char *
gsock_active_socket_read_text_with_keywords (GSockActiveSocket *self, gssize n_characters, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  return gsock_keywords_parse_values (&gsock_read_text_keywords, &spec, names, values, n_values, error)
             ? read_text (self, n_characters, &spec, cancellable, error) : NULL;
}

static gboolean
read_bytes (GSockActiveSocket *self, gssize size, const GSockReadSpec *spec, GSockRead *read, GCancellable *cancellable, GError **error)
{
  gsock_read_init (read, "read-bytes", gsock_read_take_bytes);
  read->count = size;
  read->partial = spec->partial;
  return run (self, read, spec->wait, spec->timeout, cancellable, error);
}

/**
 * gsock_active_socket_read_bytes: (skip)
 * @self: a connected stream socket
 * @size: how many bytes to read, or -1 for all up to the end of the stream
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@ActiveSocket.read_bytes_with_keywords]
 *
 * Reads bytes: the operator read-bytes.
 *
 * Returns: (transfer full): the bytes, fewer at the end of the stream and none after it
 *
 * Since: 1.0
 */
GBytes *
gsock_active_socket_read_bytes (GSockActiveSocket *self, gssize size, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  GSockRead read;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_read_bytes_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && read_bytes (self, size, &spec, &read, cancellable, error) ? g_bytes_new_take (read.data, read.length) : NULL;
}

/**
 * gsock_active_socket_read_bytes_with_keywords: (rename-to gsock_active_socket_read_bytes)
 * @self: a connected stream socket
 * @size: how many bytes to read, or -1 for all up to the end of the stream
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @length: (out): how many bytes were read
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads bytes as they are: the operator read-bytes. Keywords: `wait` and `timeout` (seconds), and
 * `partial`: when it is %TRUE the call ends as soon as there is a byte, with as many as are there.
 *
 * Bytes and text can be read by turns. Whatever ends the call before all bytes are there, nothing is
 * lost: what came so far is in the buffer, and the next call goes on.
 *
 * The errors are those of [method@ActiveSocket.read_line_with_keywords] but for text, and
 * `GSOCK_ERROR_OUT_OF_RANGE` where there is no memory for as much.
 *
 * Returns: (array length=length) (transfer full): the bytes, fewer at the end of the stream and none
 *   after it
 *
 * Since: 1.0
 */
guint8 *
gsock_active_socket_read_bytes_with_keywords (GSockActiveSocket *self, gssize size, const char *const *names, const GValue *values, guint n_values, gsize *length, GCancellable *cancellable, GError **error)
{
  GSockReadSpec spec = GSOCK_READ_SPEC_INIT;
  GSockRead read;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  *length = 0;
  if (!gsock_keywords_parse_values (&gsock_read_bytes_keywords, &spec, names, values, n_values, error)
      || !read_bytes (self, size, &spec, &read, cancellable, error))
    return NULL;
  *length = read.length;
  return read.data;
}

/**
 * gsock_active_socket_read_bytes_direct: (skip)
 * @self: a connected stream socket
 * @buffer: room for the bytes
 * @length: how many to read
 * @partial: whether fewer will do, as soon as there is one
 * @wait: whether to wait
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads bytes into a buffer of the caller's, with fixed arguments: for hot loops.
 *
 * The errors are those of [method@ActiveSocket.read_bytes_with_keywords].
 *
 * Returns: how many bytes were read, fewer at the end of the stream and 0 after it, or -1
 *
 * Since: 1.0
 */
gssize
gsock_active_socket_read_bytes_direct (GSockActiveSocket *self, void *buffer, gsize length, gboolean partial, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  static guint8 nothing;
  GSockRead read;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), -1);

  if (buffer == NULL && length > 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "read-bytes: there is no buffer") - 1;
  gsock_read_init (&read, "read-bytes", gsock_read_take_bytes);
  read.count = MIN (length, G_MAXSSIZE);
  read.partial = partial;
  read.room = buffer != NULL ? buffer : &nothing;
  return run (self, &read, wait, timeout, cancellable, error) ? (gssize) read.length : -1;
}

static gssize
clear_entered (GSockStreams *streams, int fd)
{
  GSockInput *input = &streams->input;
  GSockTurn turn;
  gsize n;

  if (!gsock_claim_take (&input->claim, &turn))
    return 0;
  n = gsock_input_clear (input, streams->handle, fd);
  gsock_handle_set_buffered (streams->handle, GSOCK_BUFFERED_INPUT, gsock_buffer_length (&input->raw) > 0);
  gsock_claim_release (&input->claim, streams->handle, &turn, n > 0);
  return n;
}

/**
 * gsock_active_socket_clear_input:
 * @self: a connected stream socket
 * @error: return location for an error
 *
 * Drops what has come and was not read: the operator clear-input. That is what was read ahead, and what
 * the kernel has at this moment. Descriptors that came with it are closed. Nothing is waited for.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a seqpacket socket,
 * `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: how many bytes were dropped, or -1
 *
 * Since: 1.0
 */
gssize
gsock_active_socket_clear_input (GSockActiveSocket *self, GError **error)
{
  GSockStreams *streams;
  gssize n;
  int fd;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), -1);

  streams = gsock_streams_get (GSOCK_SOCKET (self), "clear-input", error);
  if (streams == NULL)
    return -1;
  fd = gsock_socket_enter (GSOCK_SOCKET (self), "clear-input", error);
  if (fd < 0)
    return -1;
  n = clear_entered (streams, fd);
  gsock_socket_leave (GSOCK_SOCKET (self));
  return n;
}
