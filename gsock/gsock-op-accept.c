/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator accept-connection. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-accept-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* One connection after the other may have died in the queue; past so many the error is told. */
#define DEAD_CONNECTIONS_MAX 64

typedef struct
{
  GSockOperation operation;
  GSockAddress *remote;
  gboolean unlistened; /* there is no peer that could have a name */
  guint n_dead;
} Accept;

/* accept gives the new connection's pending error as its own. The listener has nothing to do with
 * it, and the next connection may be sound. */
static const int dead_connection_errors[] = {
  ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, EOPNOTSUPP,
};

static gboolean
is_dead_connection (int number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dead_connection_errors); i++)
    if (dead_connection_errors[i] == number)
      return TRUE;
  return FALSE;
}

static gssize
step_accept (GSockOperation *operation, int fd, int flags)
{
  Accept *self = (Accept *) operation;

  for (;;)
    {
      struct sockaddr *room = gsock_address_native_room (self->remote);
      int accepted = gsock_sys_accept (fd, self->unlistened ? NULL : room, self->unlistened ? NULL : &self->remote->length);

      if (G_LIKELY (accepted >= 0))
        return accepted;
      if (!is_dead_connection (errno) || self->n_dead++ >= DEAD_CONNECTIONS_MAX)
        return -errno;
    }
}

/* accept knows no flag that says not to wait, so the listener has to: one of gsock's own is
 * non-blocking from birth, an adopted one becomes it here. */
static void
make_nonblocking (GSockHandle *handle, int fd)
{
  int flags = fcntl (fd, F_GETFL);

  if (flags >= 0 && (flags & O_NONBLOCK) == 0)
    (void) fcntl (fd, F_SETFL, flags | O_NONBLOCK);
  handle->nonblocking = TRUE;
}

static gssize
accept_on_handle (GSockHandle *handle, GSockAddress *remote, GSockPatience *patience)
{
  Accept self = { .operation = { .step = step_accept, .events = POLLIN }, .remote = remote, .unlistened = handle->ops->unlistened };
  gssize result;

  if (!handle->nonblocking)
    {
      int fd = gsock_handle_enter (handle, 1);

      if (fd < 0)
        return fd;
      make_nonblocking (handle, fd);
      gsock_handle_leave (handle, 1);
    }
  result = gsock_drive (handle, &self.operation, patience);
  if (self.unlistened)
    remote->length = 0;
  if (result >= 0)
    gsock_address_clamp (remote);
  return result;
}

/* A listener that is not one yet would answer EINVAL, which says nothing. */
static gboolean
set_accept_error (GError **error, gssize failure)
{
  if (failure == -EINVAL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "accept-connection: the socket does not listen; call listen-on first");
  return gsock_error_set (error, failure, "accept-connection", NULL);
}

static GSockActiveSocket *
refuse_accepted (GSockPassiveSocket *self, int fd, GError **error)
{
  (void) close (fd);
  gsock_error_literal (error, GSOCK_ERROR_FAILED, "accept-connection: the constructor of %s failed; the connection is closed",
                       g_type_name (gsock_passive_socket_get_active_type (self)));
  return NULL;
}

static gboolean
check_active_type (GSockPassiveSocket *self, GError **error)
{
  GType type = gsock_passive_socket_get_active_type (self);

  if (g_type_is_a (type, GSOCK_TYPE_ACTIVE_SOCKET))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "accept-connection: the active-type %s is no GSockActiveSocket, nor derived from it",
                              type != G_TYPE_INVALID ? g_type_name (type) : "(none)");
}

GSockActiveSocket *
gsock_passive_socket_real_accept_connection (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (self));
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  GSockSocketPrivate *active;
  GSockSocket *socket;
  GSockAddress remote;
  gssize fd;

  if (!check_active_type (self, error))
    return NULL;
  fd = accept_on_handle (&priv->handle, &remote, &patience);
  if (fd < 0)
    {
      set_accept_error (error, fd);
      return NULL;
    }
  socket = gsock_socket_new_for_fd (gsock_passive_socket_get_active_type (self), (int) fd, priv->handle.family,
                                    priv->handle.type, priv->handle.protocol);
  if (socket == NULL)
    return refuse_accepted (self, (int) fd, error);
  active = gsock_socket_get_private (socket);
  gsock_handle_export_address (&active->handle, &remote);
  gsock_socket_keep_remote (active, &remote);
  active->handle.connected = active->handle.bound = TRUE;
  gsock_handle_update (&active->handle);
  active->timeout = GSOCK_TIMEOUT_NEVER;
  *gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (socket)) = *gsock_passive_socket_get_defaults (self);
  return GSOCK_ACTIVE_SOCKET (socket);
}

/**
 * gsock_passive_socket_accept_connection_direct: (virtual accept_connection)
 * @self: a socket that listens
 * @wait: whether to wait for a connection
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Accepts a connection, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@PassiveSocket.accept_connection_with_keywords].
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockActiveSocket *
gsock_passive_socket_accept_connection_direct (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockActiveSocket) socket = NULL;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), NULL);

  socket = GSOCK_PASSIVE_SOCKET_GET_CLASS (self)->accept_connection (self, wait, timeout, cancellable, error);
  if (!gsock_socket_answered (GSOCK_SOCKET (self), GSOCK_IS_ACTIVE_SOCKET (socket), "accept-connection", error))
    return NULL;
  return g_steal_pointer (&socket);
}

GSockActiveSocket *
gsock_accept_by_spec (GSockPassiveSocket *self, GSockAcceptSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockStreamDefaults *defaults;
  GSockActiveSocket *active;

  if (spec->external_format != NULL && !gsock_external_format_check (spec->external_format, error))
    return NULL;
  active = gsock_passive_socket_accept_connection_direct (self, spec->wait, spec->timeout, cancellable, error);
  if (active == NULL || (spec->external_format == NULL && !GSOCK_GIVEN (spec, GSOCK_ACCEPT_INPUT_BUFFER_SIZE)
                         && !GSOCK_GIVEN (spec, GSOCK_ACCEPT_OUTPUT_BUFFER_SIZE)))
    return active;
  defaults = gsock_active_socket_get_defaults (active);
  gsock_stream_defaults_set (defaults, spec->external_format != NULL ? spec->external_format : defaults->external_format,
                             GSOCK_GIVEN (spec, GSOCK_ACCEPT_INPUT_BUFFER_SIZE) ? spec->input_buffer_size : (int) defaults->input_buffer_size,
                             GSOCK_GIVEN (spec, GSOCK_ACCEPT_OUTPUT_BUFFER_SIZE) ? spec->output_buffer_size : (int) defaults->output_buffer_size);
  return active;
}

/* The type of what it returns is annotated as another, lest g-ir-scanner take it for the invoker of the
 * virtual function, which happens to have as many parameters. */

/**
 * gsock_passive_socket_accept_connection: (skip)
 * @self: a socket that listens
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@PassiveSocket.accept_connection_with_keywords]
 *
 * Accepts a connection: the operator accept-connection.
 *
 * Returns: (transfer full) (type GSockSocket): the new socket
 *
 * Since: 1.0
 */
GSockActiveSocket *
gsock_passive_socket_accept_connection (GSockPassiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_accept_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? gsock_accept_by_spec (self, &spec, cancellable, error) : NULL;
}

/**
 * gsock_passive_socket_accept_connection_with_keywords: (rename-to gsock_passive_socket_accept_connection)
 * @self: a socket that listens
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Accepts a connection: the operator accept-connection.
 *
 * Keywords: `wait`, `timeout` (seconds), and `external-format`, `input-buffer-size` and
 * `output-buffer-size` of the new socket, which are the listener's where they are not given.
 *
 * The new socket is of the class that [property@PassiveSocket:active-type] names, it is
 * close-on-exec, and it knows its remote address, even of a peer that has gone meanwhile. A
 * connection that died in the queue is passed over. Where no descriptor is left the error is
 * `GSOCK_ERROR_TOO_MANY_FILES`, the connection stays in the queue and the listener goes on.
 *
 * A listener that gsock did not make becomes non-blocking here.
 *
 * Errors: `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_TOO_MANY_FILES`,
 * `GSOCK_ERROR_NO_BUFFER_SPACE`, `GSOCK_ERROR_INVALID_STATE` where the socket does not listen,
 * `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_OUT_OF_RANGE`,
 * `GSOCK_ERROR_CLOSED`, `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockActiveSocket *
gsock_passive_socket_accept_connection_with_keywords (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), NULL);

  if (!gsock_keywords_parse_values (&gsock_accept_keywords, &spec, names, values, n_values, error))
    return NULL;
  return gsock_accept_by_spec (self, &spec, cancellable, error);
}
