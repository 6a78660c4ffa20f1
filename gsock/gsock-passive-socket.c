/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A socket that listens: the operator listen-on, and what it hands to those that it accepts. */

#include <gsock/gsock-passive-socket.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-op-accept-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

/**
 * GSockPassiveSocket:
 *
 * A stream or seqpacket socket that listens and accepts.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:keepalive:
 *
 * Whether the kernel asks silent peers of the connections that are accepted whether they are still
 * there: the option `keep-alive`, which accepted sockets inherit.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:nodelay:
 *
 * Whether the connections that are accepted send small pieces at once: the option `tcp-nodelay`,
 * which accepted sockets inherit.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:external-format:
 *
 * The [property@ActiveSocket:external-format] of what is accepted, unless the call that accepts
 * says otherwise.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:input-buffer-size:
 *
 * The [property@ActiveSocket:input-buffer-size] of what is accepted, unless the call that accepts
 * says otherwise.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:output-buffer-size:
 *
 * The [property@ActiveSocket:output-buffer-size] of what is accepted, unless the call that accepts
 * says otherwise.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:backlog:
 *
 * How many connections may wait to be accepted. The default is the most that the system allows,
 * unless [func@set_default_backlog] was called.
 *
 * Live: setting it listens anew.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:replace-stale:
 *
 * Whether the file of a local socket is replaced where nobody listens on it any more. A file on
 * which somebody listens is never touched: the address is then in use. Of several processes that
 * replace it at the same time one wins; for that, its folder has to be readable.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockPassiveSocket:active-type:
 *
 * The class of what is accepted: [class@ActiveSocket], the default, or one derived from it.
 *
 * Live.
 *
 * Since: 1.0
 */

typedef struct
{
  GSockStreamDefaults defaults;
  GType active_type;
  int backlog;
} GSockPassiveSocketPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GSockPassiveSocket, gsock_passive_socket, GSOCK_TYPE_SOCKET)

GSockStreamDefaults *
gsock_passive_socket_get_defaults (GSockPassiveSocket *self)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  return &priv->defaults;
}

void
gsock_passive_socket_set_backlog (GSockPassiveSocket *self, int backlog)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  priv->backlog = backlog;
}

static gboolean
gsock_passive_socket_real_listen_on (GSockPassiveSocket *self, guint backlog, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (self));
  int fd = gsock_socket_enter (GSOCK_SOCKET (self), "listen-on", error);
  int result;

  if (fd < 0)
    return FALSE;
  result = !handle->ops->unlistened && listen (fd, (int) MIN (backlog, G_MAXINT)) < 0 ? -errno : 0;
  if (result == 0)
    {
      handle->listening = TRUE;
      gsock_passive_socket_set_backlog (self, (int) MIN (backlog, G_MAXINT));
    }
  gsock_socket_leave (GSOCK_SOCKET (self));
  return result == 0 || gsock_error_set (error, result, "listen-on", NULL);
}

static void
gsock_passive_socket_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  GSockPassiveSocket *self = GSOCK_PASSIVE_SOCKET (object);
  gboolean alive = gsock_handle_has_descriptor (gsock_socket_get_handle (GSOCK_SOCKET (self)));
  g_autoptr (GError) error = NULL;

  if (alive && property_id - 1 == GSOCK_KEYWORD_ACTIVE_TYPE)
    gsock_passive_socket_set_active_type (self, g_value_get_gtype (value));
  else if (!alive || property_id - 1 != GSOCK_KEYWORD_BACKLOG)
    G_OBJECT_CLASS (gsock_passive_socket_parent_class)->set_property (object, property_id, value, pspec);
  else if (!gsock_socket_is_listening (GSOCK_SOCKET (self)))
    gsock_passive_socket_set_backlog (self, MAX (g_value_get_int (value), 0));
  else if (!gsock_passive_socket_listen_on_direct (self, MAX (g_value_get_int (value), 0), &error))
    g_warning ("%s", error->message);
}

static void
gsock_passive_socket_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GSockPassiveSocket *self = GSOCK_PASSIVE_SOCKET (object);
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  if (!gsock_handle_has_descriptor (gsock_socket_get_handle (GSOCK_SOCKET (object))))
    G_OBJECT_CLASS (gsock_passive_socket_parent_class)->get_property (object, property_id, value, pspec);
  else if (property_id - 1 == GSOCK_KEYWORD_BACKLOG)
    g_value_set_int (value, priv->backlog);
  else if (property_id - 1 == GSOCK_KEYWORD_ACTIVE_TYPE)
    g_value_set_gtype (value, priv->active_type);
  else if (!gsock_stream_defaults_get_property (&priv->defaults, property_id - 1, value))
    G_OBJECT_CLASS (gsock_passive_socket_parent_class)->get_property (object, property_id, value, pspec);
}

static void
gsock_passive_socket_class_init (GSockPassiveSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gsock_passive_socket_set_property;
  object_class->get_property = gsock_passive_socket_get_property;
  klass->listen_on = gsock_passive_socket_real_listen_on;
  klass->accept_connection = gsock_passive_socket_real_accept_connection;
  gsock_socket_install_keywords (object_class, GSOCK_CLASS_PASSIVE);
}

static void
gsock_passive_socket_init (GSockPassiveSocket *self)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  priv->active_type = GSOCK_TYPE_ACTIVE_SOCKET;
  priv->backlog = (int) gsock_get_default_backlog ();
  gsock_stream_defaults_init (&priv->defaults);
}

/**
 * gsock_passive_socket_listen_on_direct: (virtual listen_on)
 * @self: a passive socket
 * @backlog: how many connections may wait to be accepted
 * @error: return location for an error
 *
 * Listens, with fixed arguments: for hot loops and for subclasses.
 *
 * The errors are those of [method@PassiveSocket.listen_on_with_keywords].
 *
 * Returns: whether it listens
 *
 * Since: 1.0
 */
gboolean
gsock_passive_socket_listen_on_direct (GSockPassiveSocket *self, guint backlog, GError **error)
{
  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), FALSE);

  return gsock_socket_answered (GSOCK_SOCKET (self), GSOCK_PASSIVE_SOCKET_GET_CLASS (self)->listen_on (self, backlog, error),
                                "listen-on", error);
}

static gboolean
listen_by_spec (GSockPassiveSocket *self, GSockListenSpec *spec, GError **error)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);
  guint backlog = (guint) (GSOCK_GIVEN (spec, GSOCK_LISTEN_BACKLOG) ? spec->backlog : priv->backlog);

  return gsock_passive_socket_listen_on_direct (self, backlog, error);
}

/**
 * gsock_passive_socket_listen_on: (skip)
 * @self: a passive socket
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@PassiveSocket.listen_on_with_keywords]
 *
 * Begins to listen: the operator listen-on.
 *
 * Returns: whether it listens
 *
 * Since: 1.0
 */
gboolean
gsock_passive_socket_listen_on (GSockPassiveSocket *self, GError **error, const char *first_keyword, ...)
{
  GSockListenSpec spec = GSOCK_LISTEN_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), FALSE);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_listen_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && listen_by_spec (self, &spec, error);
}

/**
 * gsock_passive_socket_listen_on_with_keywords: (rename-to gsock_passive_socket_listen_on)
 * @self: a passive socket
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @error: return location for an error
 *
 * Begins to listen: the operator listen-on. The keyword `backlog` says how many connections may
 * wait to be accepted. A socket that listens already gets another backlog.
 *
 * Errors: `GSOCK_ERROR_ADDRESS_IN_USE`, `GSOCK_ERROR_INVALID_ARGUMENT` for a local socket that is not
 * bound, `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_UNKNOWN_KEYWORD`, `GSOCK_ERROR_INVALID_KEYWORD`,
 * `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it listens
 *
 * Since: 1.0
 */
gboolean
gsock_passive_socket_listen_on_with_keywords (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, GError **error)
{
  GSockListenSpec spec = GSOCK_LISTEN_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), FALSE);

  return gsock_keywords_parse_values (&gsock_listen_keywords, &spec, names, values, n_values, error)
         && listen_by_spec (self, &spec, error);
}

/**
 * gsock_passive_socket_get_active_type: (get-property active-type)
 * @self: a passive socket
 *
 * Gets the class of what it accepts.
 *
 * Returns: [class@ActiveSocket] or a class derived from it
 *
 * Since: 1.0
 */
GType
gsock_passive_socket_get_active_type (GSockPassiveSocket *self)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), G_TYPE_INVALID);

  return priv->active_type;
}

/**
 * gsock_passive_socket_set_active_type: (set-property active-type)
 * @self: a passive socket
 * @active_type: [class@ActiveSocket] or a class derived from it
 *
 * Sets the class of what it accepts. Where it is another one than may be, accepting answers
 * `GSOCK_ERROR_INVALID_ARGUMENT`, and takes no connection from the queue.
 *
 * Since: 1.0
 */
void
gsock_passive_socket_set_active_type (GSockPassiveSocket *self, GType active_type)
{
  GSockPassiveSocketPrivate *priv = gsock_passive_socket_get_instance_private (self);

  g_return_if_fail (GSOCK_IS_PASSIVE_SOCKET (self));

  priv->active_type = active_type;
}
