/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator bind-address. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-lookup-private.h>
#include <gsock/gsock-op-private.h>

#include <errno.h>
#include <netinet/in.h>

gssize
gsock_bind_handle (GSockSocketPrivate *priv, int fd, const GSockAddress *address)
{
  GSockAddress room;
  const GSockAddress *native = gsock_handle_import_address (&priv->handle, address, &room);

  if (bind (fd, gsock_address_native (native), native->length) < 0)
    return -errno;
  priv->handle.bound = priv->handle.bound_on_demand = TRUE;
  if (!priv->handle.ops->local)
    return 0;
  gsock_socket_keep_file (priv, gsock_local_file_new (address));
  return gsock_socket_settle_file (priv);
}

static gboolean
refuse_bound (GSockSocket *self, GError **error)
{
  g_autoptr (GSockAddress) address = gsock_socket_get_local_address (self, NULL);
  g_autofree char *text = address != NULL ? gsock_address_to_text (address) : g_strdup ("an address");

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "bind-address: the socket is bound to %s already", text);
}

gboolean
gsock_socket_real_bind_address (GSockSocket *self, const GSockAddress *address, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  int fd = gsock_socket_enter (self, "bind-address", error);
  gssize result;

  if (fd < 0)
    return FALSE;
  result = gsock_bind_handle (priv, fd, address);
  gsock_socket_leave (self);
  return result >= 0 || gsock_error_set (error, result, "bind", address);
}

/**
 * gsock_socket_bind_address_direct: (virtual bind_address)
 * @self: a socket
 * @address: the local address
 * @error: return location for an error
 *
 * Binds the socket, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@Socket.bind_address_with_keywords].
 *
 * Returns: whether it is bound
 *
 * Since: 1.0
 */
gboolean
gsock_socket_bind_address_direct (GSockSocket *self, const GSockAddress *address, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (address == NULL || address->length == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "bind-address: there is no address");
  if (gsock_socket_is_bound (self))
    return refuse_bound (self, error);
  return gsock_socket_answered (self, GSOCK_SOCKET_GET_CLASS (self)->bind_address (self, address, error), "bind-address", error);
}

static gboolean
set_reuse (GSockSocket *self, const GSockBindSpec *spec, GError **error)
{
  const struct
  {
    guint id;
    const char *option;
    gboolean value;
  } options[] = {
    { GSOCK_BIND_REUSE_ADDRESS, "reuse-address", spec->reuse_address },
    { GSOCK_BIND_REUSE_PORT, "reuse-port", spec->reuse_port },
  };

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (GSOCK_GIVEN (spec, options[i].id)
        && !gsock_socket_set_option (self, options[i].option, g_variant_new_boolean (options[i].value), error))
      return FALSE;
  return TRUE;
}

static gboolean
check_family (const GSockBindSpec *spec, const GSockFamily *family, GError **error)
{
  const char *host = spec->host != NULL ? "local-host" : spec->service != NULL ? "local-service" : NULL;

  if (host == NULL && GSOCK_GIVEN (spec, GSOCK_BIND_PORT) && family->set_port == NULL)
    host = "local-port";
  return gsock_check_names ("bind-address", family, host, spec->filename != NULL ? "local-filename" : NULL, error);
}

/* Which address the keywords mean; @address is the one that was given beside them, or %NULL. */
static gboolean
find_address (GSockSocket *self, const GSockAddress *address, const GSockBindSpec *spec, GSockAddress *found, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  guint n_given = (address != NULL) + (spec->host != NULL) + (spec->filename != NULL) + (spec->address.length > 0);
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  guint port = MAX (spec->port, 0);
  g_autoptr (GPtrArray) list = NULL;

  if (n_given > 1)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "bind-address: the address is given in %u ways; one will do", n_given);
  if (n_given == 0 && !GSOCK_GIVEN (spec, GSOCK_BIND_PORT) && spec->service == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "bind-address: give an address, local-host, local-port or local-filename");
  if (GSOCK_GIVEN (spec, GSOCK_BIND_PORT) && spec->service != NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "bind-address: local-port and local-service cannot go together");
  if (!check_family (spec, priv->handle.ops, error))
    return FALSE;
  if (spec->service != NULL && !gsock_lookup_port (spec->service, NULL, &port, error))
    return FALSE;
  if (spec->filename != NULL)
    return gsock_address_init_from_filename (found, spec->filename, error);
  if (address != NULL || spec->address.length > 0)
    {
      *found = address != NULL ? *address : spec->address;
      return !GSOCK_GIVEN (spec, GSOCK_BIND_PORT) || (gsock_address_set_port (found, port), TRUE);
    }
  if (spec->host == NULL)
    {
      gsock_address_init_any (found, priv->handle.family, port);
      return TRUE;
    }
  list = gsock_lookup_endpoints (spec->host, port, GSOCK_IPV6_MODE_YES, priv->handle.family, &patience, error);
  if (list != NULL)
    *found = *(GSockAddress *) g_ptr_array_index (list, 0);
  return list != NULL;
}

static gboolean
bind_by_spec (GSockSocket *self, const GSockAddress *address, GSockBindSpec *spec, GCancellable *cancellable, GError **error)
{
  GSockAddress found;
  int fd = gsock_socket_enter (self, "bind-address", error);

  if (fd < 0)
    return FALSE;
  gsock_socket_leave (self);
  if (gsock_socket_is_bound (self))
    return refuse_bound (self, error);
  return find_address (self, address, spec, &found, cancellable, error) && set_reuse (self, spec, error)
         && gsock_socket_bind_address_direct (self, &found, error);
}

/**
 * gsock_socket_bind_address: (skip)
 * @self: a socket
 * @address: (nullable): the local address, or %NULL where the keywords tell it
 * @cancellable: (nullable): a cancellable for the look-up of a name
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@Socket.bind_address_with_keywords]
 *
 * Binds the socket to a local address: the operator bind-address.
 *
 * Returns: whether it is bound
 *
 * Since: 1.0
 */
gboolean
gsock_socket_bind_address (GSockSocket *self, const GSockAddress *address, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockBindSpec spec = GSOCK_BIND_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_bind_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && bind_by_spec (self, address, &spec, cancellable, error);
}

/**
 * gsock_socket_bind_address_with_keywords: (rename-to gsock_socket_bind_address)
 * @self: a socket
 * @address: (nullable): the local address, or %NULL where the keywords tell it
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable for the look-up of a name
 * @error: return location for an error
 *
 * Binds the socket to a local address: the operator bind-address.
 *
 * The address is @address, or what the keywords `local-host` (or `host`) and `local-port` (or
 * `port`; 0, the default, lets the kernel choose), `local-service`, `local-filename` or
 * `local-address` say. `reuse-address` and `reuse-port` set these options first.
 *
 * Errors: `GSOCK_ERROR_INVALID_STATE` where the socket is bound already,
 * `GSOCK_ERROR_ADDRESS_IN_USE`, `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`, `GSOCK_ERROR_ACCESS_DENIED`,
 * `GSOCK_ERROR_INVALID_KEYWORD` where there is no address or more than one,
 * `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_UNKNOWN_HOST`,
 * `GSOCK_ERROR_UNKNOWN_SERVICE`, `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it is bound
 *
 * Since: 1.0
 */
gboolean
gsock_socket_bind_address_with_keywords (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockBindSpec spec = GSOCK_BIND_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_bind_keywords, &spec, names, values, n_values, error)
         && bind_by_spec (self, address, &spec, cancellable, error);
}
