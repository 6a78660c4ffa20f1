/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators connect and finish-connect. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-lookup-private.h>
#include <gsock/gsock-op-connect-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-reasons-private.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>

/* SO_ERROR is 0 also for as long as nothing is decided, and where another call was told the error. */
static gssize
read_outcome (int fd, short ready)
{
  struct pollfd writable = { .fd = fd, .events = POLLOUT, .revents = ready };
  int outcome = 0;
  socklen_t length = sizeof outcome;

  if (ready == 0 && poll (&writable, 1, 0) == 0)
    return -EAGAIN;
  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &outcome, &length) < 0)
    return -errno;
  if (outcome == 0 && (writable.revents & POLLHUP) != 0)
    return -ENOTCONN;
  return outcome == 0 && (writable.revents & POLLOUT) == 0 ? -EAGAIN : -outcome;
}

/* connect knows no flag that says not to wait, so the descriptor has to. One that nobody else holds is
 * that already or becomes it; an adopted one does for as long as the call takes. */
static void
make_nonblocking (GSockConnect *self, int fd)
{
  GSockHandle *handle = self->handle;
  gboolean shared = handle->exposed || handle->generation != __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE);
  int flags;

  if ((handle->nonblocking && !shared) || handle->type == SOCK_DGRAM || handle->type == SOCK_RAW)
    return;
  flags = fcntl (fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) != 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return;
  if (handle->exposed)
    self->flags = flags;
  else
    handle->nonblocking = TRUE;
}

/* A peer on this machine has answered by the time that connect returns, which says EINPROGRESS all the
 * same. Asking once more is cheaper than a wait, and tells the outcome where there is one: 0, an error
 * after which the socket may connect again, or EALREADY. */
static gssize
ask_again (GSockConnect *self, int fd)
{
  if (connect (fd, gsock_address_native (self->address), self->address->length) == 0 || errno == EISCONN)
    return 0;
  if (errno != EALREADY && errno != EINPROGRESS && errno != EINTR)
    return -errno;
  self->started = TRUE;
  return -EAGAIN;
}

/* A connection that has started goes on whatever interrupts the call, and is then not asked for again
 * but waited for. Local connections start and end in one. Elsewhere EAGAIN says that no port was left to
 * bind a datagram socket to, and nothing to wait for. */
static gssize
step_connect (GSockOperation *operation, int fd, int flags)
{
  GSockConnect *self = (GSockConnect *) operation;

  if (self->started)
    return read_outcome (fd, self->ready);
  /* Before each try: somebody else may have taken the flag away meanwhile. */
  make_nonblocking (self, fd);
  if (connect (fd, gsock_address_native (self->address), self->address->length) == 0)
    return 0;
  if (!self->local && errno == EAGAIN)
    return -EADDRNOTAVAIL;
  if (self->local || (errno != EINPROGRESS && errno != EINTR && errno != EALREADY))
    return -errno;
  if (self->patient && errno == EINPROGRESS)
    return ask_again (self, fd);
  self->started = TRUE;
  return -EAGAIN;
}

/* The write side of a local socket is ready at once, whether the listener has room or not. */
static int
wait_connect (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  GSockConnect *self = (GSockConnect *) operation;
  int ready;

  if (!self->started)
    return gsock_pause (handle, GSOCK_BACKLOG_PAUSE_MS, patience);
  ready = gsock_wait_one (handle, fd, POLLOUT, patience);
  self->ready = MAX (ready, 0);
  return ready;
}

/* With an ephemeral local port that happens to be the one it connects to, TCP meets itself. Whom it
 * was told to connect to does not show that where it was any address of this machine. */
static gboolean
met_itself (GSockHandle *handle, int fd, const GSockAddress *remote, gboolean was_bound)
{
  GSockAddress local, peer;

  if (handle->type != SOCK_STREAM || !handle->ops->internet || was_bound)
    return FALSE;
  return gsock_handle_get_local (handle, fd, &local) >= 0 && gsock_address_get_port (&local) == gsock_address_get_port (remote)
         && gsock_handle_get_remote (handle, fd, &peer) >= 0 && gsock_address_equal (&local, &peer);
}

/* Back to a socket that may connect. A refusal that came late leaves it half connecting: Linux would
 * answer the next connect with ECONNABORTED. */
static void
dissolve (int fd)
{
  struct sockaddr unspecified = { .sa_family = AF_UNSPEC };

  (void) connect (fd, &unspecified, sizeof unspecified);
}

/* What is to be done when a step has answered that it is connected; that may turn out to be a failure
 * all the same. */
gssize
gsock_connect_conclude (GSockSocketPrivate *priv, int fd, const GSockAddress *address, gboolean was_bound)
{
  GSockHandle *handle = &priv->handle;
  GSockAddress remote = *address;

  gsock_handle_export_address (handle, &remote);
  if (met_itself (handle, fd, &remote, was_bound))
    {
      dissolve (fd);
      return -ECONNREFUSED;
    }
  gsock_socket_keep_remote (priv, &remote);
  handle->connected = TRUE;
  handle->connecting = FALSE;
  handle->bound = handle->bound || handle->ops->internet;
  gsock_handle_update (handle);
  return 0;
}

void
gsock_connect_init (GSockConnect *self, GSockHandle *handle, const GSockAddress *address, gboolean started)
{
  self->operation = (GSockOperation){ .step = step_connect, .events = 0, .wait = wait_connect };
  self->handle = handle;
  self->flags = -1;
  self->address = gsock_handle_import_address (handle, address, &self->room);
  self->local = handle->ops->local;
  self->patient = TRUE;
  self->started = started;
  self->ready = 0;
}

static gssize
connect_entered (GSockSocketPrivate *priv, int fd, const GSockAddress *address, gboolean started, GSockPatience *patience)
{
  GSockHandle *handle = &priv->handle;
  gboolean was_bound = handle->bound;
  GSockConnect self;
  gssize result;

  gsock_connect_init (&self, handle, address, started);
  self.patient = patience->wait;
  result = gsock_drive (handle, &self.operation, patience);
  if (self.flags >= 0)
    (void) fcntl (fd, F_SETFL, self.flags);
  if (result >= 0)
    return gsock_connect_conclude (priv, fd, address, was_bound);
  handle->connecting = self.started
                       && (result == -EAGAIN || result == -GSOCK_E_TIMED_OUT || result == -GSOCK_E_CANCELLED);
  if (handle->connecting)
    gsock_socket_keep_remote (priv, address);
  else if (self.started && result != -GSOCK_E_CLOSED)
    dissolve (fd);
  return result == -EAGAIN && self.started ? -EINPROGRESS : result;
}

/* Answers 0, -EINPROGRESS where the kernel goes on with it, or what went wrong. */
gssize
gsock_connect_handle (GSockSocketPrivate *priv, const GSockAddress *address, gboolean started, GSockPatience *patience)
{
  int fd = gsock_handle_enter (&priv->handle, 1);
  gssize result;

  if (fd < 0)
    return fd;
  result = connect_entered (priv, fd, address, started, patience);
  gsock_handle_leave (&priv->handle, 1);
  return result;
}

gboolean
gsock_socket_real_connect_to (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = { wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  gssize result = gsock_connect_handle (priv, address, FALSE, &patience);

  return result >= 0 || gsock_error_set (error, result, "connect", address);
}

static gboolean
check_unconnected (GSockSocket *self, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);

  if (handle->connected && handle->type != SOCK_DGRAM && handle->type != SOCK_RAW)
    return gsock_error_literal (error, GSOCK_ERROR_ALREADY_CONNECTED, "connect: the socket is connected already");
  if (handle->connecting)
    return gsock_error_literal (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS, "connect: the socket is being connected; finish-connect tells the outcome");
  if (handle->listening || GSOCK_IS_PASSIVE_SOCKET (self))
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "connect: a passive socket listens, and connects to nobody");
  return TRUE;
}

/**
 * gsock_socket_connect_direct: (virtual connect_to)
 * @self: a socket
 * @address: the remote address
 * @wait: whether to wait for the outcome
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Connects the socket, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@Socket.connect_to].
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_connect_direct (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (address == NULL || address->length == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "connect: there is no address");
  if (!check_unconnected (self, error))
    return FALSE;
  return gsock_socket_answered (self, GSOCK_SOCKET_GET_CLASS (self)->connect_to (self, address, wait, timeout, cancellable, error),
                                "connect", error);
}

/**
 * gsock_socket_finish_connect:
 * @self: a socket that is being connected
 * @wait: whether to wait for the outcome
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Tells the outcome of a connection that was started without waiting for it, or whose time ran out.
 *
 * Errors: `GSOCK_ERROR_CONNECTION_IN_PROGRESS` where it is not decided and @wait is %FALSE,
 * `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_INVALID_STATE` where no connection was started, and what
 * connecting can give.
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_finish_connect (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv;
  GSockPatience patience;
  GSockAddress address;
  gssize result;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  priv = gsock_socket_get_private (self);
  if (priv->handle.connected && !gsock_handle_is_closed (&priv->handle))
    return TRUE;
  if (!priv->handle.connecting && gsock_socket_is_open (self))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "finish-connect: no connection was started; call connect first");

  patience = (GSockPatience){ wait, gsock_socket_effective_timeout (priv, timeout), cancellable, 0 };
  (void) gsock_socket_get_kept_remote (priv, &address);
  result = gsock_connect_handle (priv, &address, TRUE, &patience);
  return result >= 0 || gsock_error_set (error, result, "connect", &address);
}

static GPtrArray *
one_address (const GSockAddress *address)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) gsock_address_free);

  g_ptr_array_add (list, gsock_address_copy (address));
  return list;
}

static gboolean
check_spec (const GSockAddress *address, const GSockConnectSpec *spec, GError **error)
{
  guint n_given = (address != NULL) + (spec->host != NULL) + (spec->filename != NULL) + (spec->address.length > 0) + (spec->connectable != NULL);
  gboolean port = GSOCK_GIVEN (spec, GSOCK_CONNECT_PORT) || spec->service != NULL;

  if (n_given == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                port ? "connect: remote-port needs remote-host with it"
                                     : "connect: give an address, remote-host and remote-port, remote-filename or remote-connectable");
  if (n_given > 1)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "connect: the address is given in %u ways; one will do", n_given);
  if (GSOCK_GIVEN (spec, GSOCK_CONNECT_PORT) && spec->service != NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "connect: remote-port and remote-service cannot go together");
  if (spec->host != NULL && !port)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "connect: remote-host \"%s\" needs remote-port with it", spec->host);
  return TRUE;
}

static gboolean
is_to_be_looked_up (const GSockConnectSpec *spec)
{
  return spec->filename != NULL || spec->connectable != NULL || spec->host != NULL || spec->service != NULL;
}

static void
copy_address (const GSockAddress *address, const GSockConnectSpec *spec, guint port, GSockAddress *copy)
{
  *copy = address != NULL ? *address : spec->address;
  if (GSOCK_GIVEN (spec, GSOCK_CONNECT_PORT) || spec->service != NULL)
    gsock_address_set_port (copy, port);
}

/* The addresses that the request means. */
GPtrArray *
gsock_connect_find (GSockSocket *self, const GSockAddress *address, const GSockConnectSpec *spec, GSockPatience *patience, GError **error)
{
  GSockAddress found;
  guint port = MAX (spec->port, 0);

  if (spec->service != NULL && !gsock_lookup_port (spec->service, NULL, &port, error))
    return NULL;
  if (spec->filename != NULL)
    return gsock_address_init_from_filename (&found, spec->filename, error) ? one_address (&found) : NULL;
  if (spec->connectable != NULL)
    return gsock_lookup_connectable (G_SOCKET_CONNECTABLE (spec->connectable), AF_UNSPEC, patience, error);
  if (spec->host != NULL)
    return gsock_lookup_endpoints (spec->host, port, spec->ipv6, gsock_socket_native_family (self), patience, error);

  copy_address (address, spec, port, &found);
  return one_address (&found);
}

/* What a message calls the other end that has several addresses. */
char *
gsock_connect_name (const GSockConnectSpec *spec)
{
  if (spec->connectable != NULL)
    return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (spec->connectable));
  if (spec->service != NULL)
    return g_strdup_printf ("%s:%s", spec->host, spec->service);
  return g_strdup_printf ("%s:%d", spec->host, spec->port);
}

/* Where @reason is the end for all the addresses, or there is no other. */
gboolean
gsock_connect_is_last (GSockSocket *self, GPtrArray *addresses, const GError *reason)
{
  return addresses->len == 1 || gsock_socket_get_handle (self)->connecting || reason->domain != GSOCK_ERROR
         || reason->code == GSOCK_ERROR_TIMED_OUT || reason->code == GSOCK_ERROR_CLOSED;
}

/* One address after the other, all in the time that was given; when none worked the error has every
 * reason. */
static gboolean
connect_to_any (GSockSocket *self, GPtrArray *addresses, GSockConnectSpec *spec, GSockPatience *patience, GError **error)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
  g_autofree char *name = NULL;

  for (guint i = 0; i < addresses->len; i++)
    {
      const GSockAddress *address = g_ptr_array_index (addresses, i);
      double timeout = addresses->len == 1 && patience->deadline == 0 ? spec->timeout : gsock_patience_left (patience);
      g_autoptr (GError) reason = NULL;

      if (gsock_socket_connect_direct (self, address, spec->wait, timeout, patience->cancellable, &reason))
        return TRUE;
      if (gsock_connect_is_last (self, addresses, reason))
        return gsock_reasons_propagate (&reasons, g_steal_pointer (&reason), error);
      gsock_reasons_add (&reasons, address, reason);
    }
  name = gsock_connect_name (spec);
  return gsock_reasons_fail (&reasons, name, error);
}

/* What is wrong with the request, before anything is looked up. */
gboolean
gsock_connect_check (GSockSocket *self, const GSockAddress *address, const GSockConnectSpec *spec, GError **error)
{
  if (!check_spec (address, spec, error) || gsock_socket_enter (self, "connect", error) < 0)
    return FALSE;
  gsock_socket_leave (self);
  return gsock_check_names ("connect", gsock_socket_get_handle (self)->ops, spec->host != NULL ? "remote-host" : NULL,
                            spec->filename != NULL ? "remote-filename" : NULL, error);
}

static gboolean
connect_by_spec (GSockSocket *self, const GSockAddress *address, GSockConnectSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  GSockPatience patience = GSOCK_PATIENCE_INIT (gsock_socket_effective_timeout (priv, spec->timeout), cancellable);
  g_autoptr (GPtrArray) addresses = NULL;
  GSockAddress given;

  if (!gsock_connect_check (self, address, spec, error))
    return FALSE;
  if (!is_to_be_looked_up (spec))
    {
      copy_address (address, spec, MAX (spec->port, 0), &given);
      return gsock_socket_connect_direct (self, &given, spec->wait, spec->timeout, cancellable, error);
    }
  addresses = gsock_connect_find (self, address, spec, &patience, error);
  return addresses != NULL && connect_to_any (self, addresses, spec, &patience, error);
}

/**
 * gsock_socket_connect: (skip)
 * @self: a socket
 * @address: (nullable): the remote address, or %NULL where the keywords tell it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.connect_to]
 *
 * Connects the socket to a remote address: the operator connect.
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_connect (GSockSocket *self, const GSockAddress *address, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockConnectSpec spec = GSOCK_CONNECT_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_connect_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && connect_by_spec (self, address, &spec, cancellable, error);
}

/**
 * gsock_socket_connect_to:
 * @self: a socket
 * @address: (nullable): the remote address, or %NULL where the keywords tell it
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Connects the socket to a remote address: the operator connect.
 *
 * The address is @address, or what the keywords `remote-host` (or `host`) and `remote-port` (or
 * `port`) or `remote-service`, `remote-filename`, `remote-address` or `remote-connectable` say;
 * `ipv6` says which families a name may give. A name with several addresses is tried one by one, in
 * the family of the socket.
 *
 * `wait` %FALSE only starts the connection: the error is then
 * `GSOCK_ERROR_CONNECTION_IN_PROGRESS`, and [method@Socket.finish_connect] tells the outcome.
 * `timeout` is in seconds. A datagram or raw socket can be connected any number of times.
 *
 * Errors: `GSOCK_ERROR_CONNECTION_REFUSED`, `GSOCK_ERROR_CONNECTION_TIMEOUT`,
 * `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_WOULD_BLOCK` (a local listener's backlog is full and `wait`
 * is %FALSE), `GSOCK_ERROR_NETWORK_UNREACHABLE`, `GSOCK_ERROR_HOST_UNREACHABLE`,
 * `GSOCK_ERROR_ALREADY_CONNECTED`, `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`, `GSOCK_ERROR_NOT_FOUND`,
 * `GSOCK_ERROR_ACCESS_DENIED`, `GSOCK_ERROR_UNKNOWN_HOST`, `GSOCK_ERROR_INVALID_KEYWORD`,
 * `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
gsock_socket_connect_to (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockConnectSpec spec = GSOCK_CONNECT_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_connect_keywords, &spec, names, values, n_values, error)
         && connect_by_spec (self, address, &spec, cancellable, error);
}
