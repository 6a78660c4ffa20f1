/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-socket. */

#include <gsock/gsock-fd-passing.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-fd-passing-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-parcel-private.h>

#include <errno.h>
#include <unistd.h>

#define NAME "receive-socket"

typedef GSockReceiveSocket ReceiveSocket;

/* Whether more is wanted, which is `size` in all. A descriptor from elsewhere comes with bytes of others,
 * and on a stream with one that is not ours nothing that follows is touched. */
static gboolean
wants_more (ReceiveSocket *self)
{
  GSockReceiveDescriptors *received = &self->received;

  if (received->length < received->size || received->n_fds != 1 || received->truncated || self->bytes[0] != GSOCK_PARCEL_FIRST)
    return FALSE;
  if (received->length == 1)
    received->size = GSOCK_PARCEL_HEAD;
  else if (!self->headed)
    {
      self->headed = TRUE;
      self->wrong = gsock_parcel_check_head (self->bytes, &self->body);
      received->size = GSOCK_PARCEL_HEAD + self->body;
    }
  return self->wrong == NULL && received->length < received->size;
}

static gssize
step_stream (GSockOperation *operation, int fd, int flags)
{
  ReceiveSocket *self = (ReceiveSocket *) operation;
  gssize n;

  do
    n = gsock_step_receive_descriptors (operation, fd, flags);
  while (n > 0 && wants_more (self));
  return n;
}

void
gsock_receive_socket_init (GSockReceiveSocket *self, const GSockHandle *handle)
{
  gboolean stream = handle->type == SOCK_STREAM;

  gsock_receive_descriptors_init (&self->received, handle, self->bytes, stream ? 1 : sizeof self->bytes);
  if (stream)
    self->received.operation.step = step_stream;
  self->body = 0;
  self->wrong = NULL;
  self->headed = FALSE;
}

/* What came with the descriptor; nothing where it was sent by others. */
static gboolean
open_parcel (ReceiveSocket *self, GSockParcel *parcel, GError **error)
{
  gsize length = self->received.length;

  parcel->given = 0;
  if (length == 0 || self->bytes[0] != GSOCK_PARCEL_FIRST)
    return TRUE;
  if (self->wrong == NULL && length >= GSOCK_PARCEL_HEAD && !self->headed)
    self->wrong = gsock_parcel_check_head (self->bytes, &self->body);
  if (self->wrong == NULL && (length < GSOCK_PARCEL_HEAD || length != GSOCK_PARCEL_HEAD + self->body || self->received.cut))
    self->wrong = "the bytes that came with the descriptor end too early or too late";
  if (self->wrong == NULL)
    self->wrong = gsock_parcel_decode (parcel, self->bytes + GSOCK_PARCEL_HEAD, self->body);
  return self->wrong == NULL || gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, NAME ": %s", self->wrong);
}

static gboolean
is_connected (int fd)
{
  GSockAddress peer;
  struct sockaddr *room = gsock_address_native_room (&peer);

  return getpeername (fd, room, &peer.length) == 0;
}

static void
choose_size (GSockFromFdSpec *spec, guint id, int *field, gboolean given, int asked, gboolean came, int told)
{
  if (!given && !came)
    return;
  *field = given ? asked : told;
  spec->given |= 1u << id;
}

/* What the caller says comes before what the sender tells. */
static void
merge (GSockFromFdSpec *made, const GSockReceiveSocketSpec *asked, const GSockParcel *told, int fd)
{
  made->dup = FALSE;
  if ((told->given & GSOCK_PARCEL_TIMEOUT) != 0)
    made->timeout = told->timeout;
  made->external_format = asked->external_format;
  if (made->external_format == NULL && (told->given & GSOCK_PARCEL_EXTERNAL_FORMAT) != 0)
    made->external_format = told->external_format;
  choose_size (made, GSOCK_FROM_FD_INPUT_BUFFER_SIZE, &made->input_buffer_size, GSOCK_GIVEN (asked, GSOCK_RECEIVE_SOCKET_INPUT_BUFFER_SIZE),
               asked->input_buffer_size, (told->given & GSOCK_PARCEL_INPUT_BUFFER_SIZE) != 0, told->input_buffer_size);
  choose_size (made, GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE, &made->output_buffer_size, GSOCK_GIVEN (asked, GSOCK_RECEIVE_SOCKET_OUTPUT_BUFFER_SIZE),
               asked->output_buffer_size, (told->given & GSOCK_PARCEL_OUTPUT_BUFFER_SIZE) != 0, told->output_buffer_size);
  /* A listener is found out; one that is to listen only later is what its object says, if it can be. */
  if ((told->given & GSOCK_PARCEL_ROLE) != 0 && told->role == GSOCK_ROLE_PASSIVE && !is_connected (fd))
    {
      made->role = GSOCK_ROLE_PASSIVE;
      made->given |= 1u << GSOCK_FROM_FD_CONNECT;
    }
}

static void
take_file (GSockSocket *made, const GSockParcel *told)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (made);
  GSockAddress local;

  if ((told->given & GSOCK_PARCEL_FILE) != 0 && gsock_socket_copy_local_address (made, &local, NULL))
    gsock_socket_keep_file (priv, gsock_local_file_new_identified (&local, told->device, told->inode));
}

/* Where it answers NULL the descriptor is still the caller's. */
GSockSocket *
gsock_parcel_make_socket (const GSockParcel *told, const GSockReceiveSocketSpec *asked, int fd, GError **error)
{
  GSockFromFdSpec spec = GSOCK_FROM_FD_SPEC_INIT;
  GSockSocket *made;

  if (!gsock_from_fd_is_socket (fd))
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, NAME ": the descriptor that came is no socket; it was closed");
      return NULL;
    }
  merge (&spec, asked, told, fd);
  made = gsock_from_fd_make (fd, &spec, error);
  if (made != NULL && asked->unlink_on_close)
    take_file (made, told);
  return made;
}

static GSockSocket *
make_of (ReceiveSocket *self, const GSockReceiveSocketSpec *asked, GError **error)
{
  GSockSocket *made;
  GSockParcel told;

  if (!open_parcel (self, &told, error))
    return NULL;
  made = gsock_parcel_make_socket (&told, asked, self->received.fds[0], error);
  if (made != NULL)
    self->received.n_fds = 0;
  return made;
}

/* Whatever is not made a socket is closed. */
GSockSocket *
gsock_receive_socket_conclude (GSockReceiveSocket *self, const GSockHandle *handle, gssize result, const GSockReceiveSocketSpec *asked, GError **error)
{
  GSockSocket *made = NULL;

  if (result < 0)
    gsock_set_receive_descriptors_error (error, result, NAME);
  else if (!gsock_receive_descriptors_are_as_wanted (&self->received, 1, FALSE))
    gsock_refuse_descriptors (error, &self->received, handle, NAME, 1);
  else
    made = make_of (self, asked, error);
  gsock_receive_descriptors_close (&self->received);
  return made;
}

static GSockSocket *
receive_by_spec (GSockSocket *self, const GSockReceiveSocketSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { spec->wait, gsock_socket_effective_timeout (priv, spec->timeout), cancellable, 0 };
  ReceiveSocket operation;
  gssize result;

  if (!gsock_check_passes_descriptors (NAME, &priv->handle, error)
      || (spec->external_format != NULL && !gsock_external_format_check (spec->external_format, error)))
    return NULL;
  gsock_receive_socket_init (&operation, &priv->handle);
  result = gsock_check_can_receive (&priv->handle);
  if (result == 0)
    result = gsock_drive (&priv->handle, &operation.received.operation, &patience);
  return gsock_receive_socket_conclude (&operation, &priv->handle, result < 0 && gsock_handle_is_closed (&priv->handle) ? -GSOCK_E_CLOSED : result, spec, error);
}

/**
 * gsock_socket_receive_socket_direct:
 * @self: a connected local socket
 * @wait: whether to wait for one
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a socket, with fixed arguments.
 *
 * The errors are those of [method@Socket.receive_socket_with_keywords].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_socket_receive_socket_direct (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockReceiveSocketSpec spec = GSOCK_RECEIVE_SOCKET_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  spec.wait = wait;
  spec.timeout = timeout;
  return receive_by_spec (self, &spec, cancellable, error);
}

/**
 * gsock_socket_receive_socket: (skip)
 * @self: a local socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.receive_socket_with_keywords]
 *
 * Receives a socket from another process: the operator receive-socket.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_socket_receive_socket (GSockSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockReceiveSocketSpec spec = GSOCK_RECEIVE_SOCKET_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_receive_socket_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? receive_by_spec (self, &spec, cancellable, error) : NULL;
}

/**
 * gsock_socket_receive_socket_with_keywords: (rename-to gsock_socket_receive_socket)
 * @self: a local socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Receives a socket from another process: the operator receive-socket. The kernel tells its family, type
 * and state, and with them the class. What [method@Socket.send_socket_with_keywords] sent along becomes its
 * `timeout`, `external-format` and sizes of buffers. A descriptor that others sent, with a byte that is
 * not 0x9d, is a socket without these.
 *
 * Keywords: `wait` and `timeout` (seconds) of this call; `external-format`, `input-buffer-size` and
 * `output-buffer-size` come before what the sender says; `unlink-on-close` %TRUE takes over the duty to
 * remove the file of a local socket, where the sender gave it along, its path is absolute and it is still
 * the file that the sender says. Say so only to a sender that is trusted.
 *
 * A descriptor that is not made a socket is closed.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where what came is no socket or the bytes with it are not what they
 * claim to be; `GSOCK_ERROR_INVALID_KEYWORD` for an external format that this system does not know;
 * `GSOCK_ERROR_TRUNCATED` where more than one descriptor came, or one for which this process has no number
 * left; `GSOCK_ERROR_INVALID_STATE`, `GSOCK_ERROR_ENDPOINT_SHUTDOWN` and the others of
 * [method@Socket.receive_file_descriptors_with_keywords].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_socket_receive_socket_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockReceiveSocketSpec spec = GSOCK_RECEIVE_SOCKET_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (!gsock_keywords_parse_values (&gsock_receive_socket_keywords, &spec, names, values, n_values, error))
    return NULL;
  return receive_by_spec (self, &spec, cancellable, error);
}
