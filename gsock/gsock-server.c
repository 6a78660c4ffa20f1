/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service on a passive socket: accepts in a main context, and keeps within its means. */

#include <gsock/gsock-server-private.h>

#include <gsock/gsock-enum-types.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

/* So many at most before the others in the main context have their turn. */
#define ACCEPTED_MAX 64

/* How long to let the listener be where there is no descriptor or no memory left: longer each time. */
#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 1000

/**
 * GSockServer:
 *
 * A service on a passive socket. It accepts in a main context, as many connections as there are, and
 * hands each to a function or to the signal [signal@Server::connection].
 *
 * No more than [property@Server:max-connections] are open at a time: those that come then wait in the
 * queue of the kernel. A connection counts until it is closed, or nobody has a reference to it. Where no
 * descriptor is left ([signal@Server::trouble]) the server pauses, and comes back when a connection has
 * been closed, or after a while.
 *
 * Several processes can share a port: each makes its own passive socket with the keyword
 * `reuse-port`, and a server on it.
 *
 * ```c
 * static void
 * on_connection (GSockServer *server, GSockActiveSocket *connection, gpointer user_data)
 * {
 *   gsock_socket_send_to (GSOCK_SOCKET (connection), "hello", 5, NULL, NULL, NULL);
 * }
 *
 * static gboolean
 * serve (GSockPassiveSocket *listener, GSockServer **server, GError **error)
 * {
 *   *server = gsock_server_new (listener);
 *   gsock_server_set_handler (*server, on_connection, NULL, NULL);
 *   return gsock_server_start (*server, G_PRIORITY_DEFAULT, error);
 * }
 * ```
 *
 * Since: 1.0
 */

/**
 * GSockServer:listener:
 *
 * The socket that listens.
 *
 * Since: 1.0
 */

/**
 * GSockServer:max-connections:
 *
 * How many connections may be open at a time; 0 is as many as there can be.
 *
 * Since: 1.0
 */

/**
 * GSockServer:n-connections:
 *
 * How many connections are open.
 *
 * Since: 1.0
 */

/**
 * GSockServer:running:
 *
 * Whether the server accepts, or would if it were not at its limit.
 *
 * Since: 1.0
 */

typedef enum
{
  PROP_LISTENER = 1,
  PROP_MAX_CONNECTIONS,
  PROP_N_CONNECTIONS,
  PROP_RUNNING,
  N_PROPS,
} Property;

enum
{
  CONNECTION,
  TROUBLE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GSockServer, gsock_server, G_TYPE_OBJECT)

static void watch_listener (GSockServer *self);

static void
stop_pausing (GSockServer *self)
{
  if (self->pause != NULL)
    g_source_destroy (self->pause);
  g_clear_pointer (&self->pause, g_source_unref);
}

static void
stop_watching (GSockServer *self)
{
  if (self->watch != NULL)
    gsock_watch_cancel (self->watch);
  g_clear_pointer (&self->watch, gsock_watch_unref);
}

static gboolean
is_full (GSockServer *self)
{
  return self->max_connections > 0 && gsock_seats_count (self->seats) >= self->max_connections;
}

static gboolean
on_pause_over (gpointer data)
{
  GSockServer *self = data;

  stop_pausing (self);
  watch_listener (self);
  return G_SOURCE_REMOVE;
}

static void
pause_for_a_while (GSockServer *self)
{
  stop_watching (self);
  stop_pausing (self);
  self->pause_ms = CLAMP (self->pause_ms * 2, PAUSE_MIN_MS, PAUSE_MAX_MS);
  self->pause = g_timeout_source_new (self->pause_ms);
  g_source_set_priority (self->pause, self->priority);
  g_source_set_static_name (self->pause, "GSockServer pause");
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, self->context);
}

static void
hand_over (GSockServer *self, GSockActiveSocket *connection)
{
  self->pause_ms = 0;
  gsock_seats_take (self->seats, GSOCK_SOCKET (connection));
  if (self->handler != NULL)
    self->handler (self, connection, self->handler_data);
  else
    g_signal_emit (self, signals[CONNECTION], 0, connection);
}

/* What is not over by itself is told, and tried again later. */
static void
meet (GSockServer *self, const GError *error)
{
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    return;
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED))
    {
      gsock_server_stop (self);
      return;
    }
  pause_for_a_while (self);
  g_signal_emit (self, signals[TROUBLE], 0, error->domain == GSOCK_ERROR ? error->code : GSOCK_ERROR_FAILED, error->message);
}

/* Whether there may be more. */
static gboolean
accept_one (GSockServer *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockActiveSocket) connection = NULL;

  connection = gsock_passive_socket_accept_connection_direct (self->listener, FALSE, 0, NULL, &error);
  if (connection == NULL)
    meet (self, error);
  else
    hand_over (self, connection);
  return connection != NULL;
}

/* Until the queue is empty: a function that it calls may have stopped it. */
static void
accept_some (GSockServer *self)
{
  for (guint i = 0; i < ACCEPTED_MAX && self->running && !is_full (self) && accept_one (self); i++)
    ;
  if (self->running && is_full (self))
    stop_watching (self);
}

/* Whoever is in the queue, and fits in. */
void
gsock_server_accept_all (GSockServer *self)
{
  while (self->running && self->pause == NULL && !is_full (self) && accept_one (self))
    ;
}

static gboolean
on_listener_ready (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  GSockServer *self = g_object_ref (data);
  gboolean again;

  if (gsock_socket_is_open (socket))
    accept_some (self);
  else
    gsock_server_stop (self);
  again = self->watch != NULL;
  g_object_unref (self);
  return again;
}

static void
watch_listener (GSockServer *self)
{
  if (!self->running || self->watch != NULL || self->pause != NULL || is_full (self))
    return;
  g_main_context_push_thread_default (self->context);
  self->watch = gsock_socket_watch (GSOCK_SOCKET (self->listener), G_IO_IN, self->priority, on_listener_ready, self, NULL, NULL);
  g_main_context_pop_thread_default (self->context);
  if (self->watch != NULL)
    gsock_watch_ref (self->watch);
}

static void
on_vacated (gpointer data)
{
  GSockServer *self = g_object_ref (data);

  stop_pausing (self);
  watch_listener (self);
  if (!self->running && gsock_seats_count (self->seats) == 0)
    gsock_server_finish_drains (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CONNECTIONS]);
  g_object_unref (self);
}

static void
gsock_server_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GSockServer *self = GSOCK_SERVER (object);

  switch ((Property) property_id)
    {
    case PROP_LISTENER:
      g_value_set_object (value, self->listener);
      break;
    case PROP_MAX_CONNECTIONS:
      g_value_set_uint (value, self->max_connections);
      break;
    case PROP_N_CONNECTIONS:
      g_value_set_uint (value, gsock_server_get_n_connections (self));
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gsock_server_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  GSockServer *self = GSOCK_SERVER (object);

  if (property_id == PROP_LISTENER)
    self->listener = g_value_dup_object (value);
  else
    gsock_server_set_max_connections (self, g_value_get_uint (value));
}

static void
gsock_server_dispose (GObject *object)
{
  GSockServer *self = GSOCK_SERVER (object);

  gsock_server_stop (self);
  g_clear_pointer (&self->seats, gsock_seats_leave);
  G_OBJECT_CLASS (gsock_server_parent_class)->dispose (object);
}

static void
gsock_server_finalize (GObject *object)
{
  GSockServer *self = GSOCK_SERVER (object);

  if (self->handler_notify != NULL)
    self->handler_notify (self->handler_data);
  g_clear_object (&self->listener);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (gsock_server_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  /**
   * GSockServer::connection:
   * @self: the server
   * @connection: the new connection
   *
   * A connection was accepted, and no function was set for it. Who wants it keeps a reference.
   *
   * Since: 1.0
   */
  signals[CONNECTION] = g_signal_new ("connection", GSOCK_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GSOCK_TYPE_ACTIVE_SOCKET);

  /**
   * GSockServer::trouble:
   * @self: the server
   * @code: what it is, mostly `GSOCK_ERROR_TOO_MANY_FILES`
   * @message: the same in words
   *
   * A connection could not be accepted. It stays in the queue, and the server comes back to it.
   *
   * Since: 1.0
   */
  signals[TROUBLE] = g_signal_new ("trouble", GSOCK_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, GSOCK_TYPE_ERROR, G_TYPE_STRING);
}

static void
gsock_server_class_init (GSockServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gsock_server_get_property;
  object_class->set_property = gsock_server_set_property;
  object_class->dispose = gsock_server_dispose;
  object_class->finalize = gsock_server_finalize;

  properties[PROP_LISTENER] = g_param_spec_object ("listener", NULL, NULL, GSOCK_TYPE_PASSIVE_SOCKET,
                                                   G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_MAX_CONNECTIONS] = g_param_spec_uint ("max-connections", NULL, NULL, 0, G_MAXUINT, 0,
                                                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_CONNECTIONS] = g_param_spec_uint ("n-connections", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals ();
}

static void
gsock_server_init (GSockServer *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->seats = gsock_seats_new (self->context, on_vacated, self);
}

/**
 * gsock_server_new:
 * @listener: a socket that listens
 *
 * Makes a server for the thread-default main context, which does not run yet.
 *
 * Returns: (transfer full): the server
 *
 * Since: 1.0
 */
GSockServer *
gsock_server_new (GSockPassiveSocket *listener)
{
  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (listener), NULL);

  return g_object_new (GSOCK_TYPE_SERVER, "listener", listener, NULL);
}

/**
 * gsock_server_set_handler:
 * @self: a server
 * @handler: (nullable) (scope notified) (closure user_data): what to call for each connection, instead
 *   of emitting [signal@Server::connection]
 * @user_data: what to give it
 * @notify: (destroy user_data) (nullable): what to call when the function is not needed any more
 *
 * Says what is to be done with connections.
 *
 * Since: 1.0
 */
void
gsock_server_set_handler (GSockServer *self, GSockServerFunc handler, gpointer user_data, GDestroyNotify notify)
{
  GDestroyNotify before;
  gpointer data;

  g_return_if_fail (GSOCK_IS_SERVER (self));

  before = self->handler_notify;
  data = self->handler_data;
  self->handler = handler;
  self->handler_data = user_data;
  self->handler_notify = notify;
  if (before != NULL)
    before (data);
}

static void
set_running (GSockServer *self, gboolean running)
{
  if (self->running == running)
    return;
  self->running = running;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

/**
 * gsock_server_start:
 * @self: a server
 * @priority: of the server in the main context, for instance %G_PRIORITY_DEFAULT
 * @error: return location for an error
 *
 * Begins to accept, or goes on after [method@Server.stop].
 *
 * Errors: `GSOCK_ERROR_INVALID_STATE` where the socket does not listen, `GSOCK_ERROR_CLOSED` and
 * `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: whether it runs
 *
 * Since: 1.0
 */
gboolean
gsock_server_start (GSockServer *self, int priority, GError **error)
{
  GSockSocket *listener;

  g_return_val_if_fail (GSOCK_IS_SERVER (self), FALSE);

  if (self->listener == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "start: the server has no listener");
  listener = GSOCK_SOCKET (self->listener);
  if (gsock_socket_enter (listener, "start", error) < 0)
    return FALSE;
  gsock_socket_leave (listener);
  if (!gsock_socket_is_listening (listener))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "start: the socket does not listen; call listen-on first");
  if (self->running && priority != self->priority)
    stop_watching (self);
  self->priority = priority;
  set_running (self, TRUE);
  watch_listener (self);
  return TRUE;
}

/**
 * gsock_server_stop:
 * @self: a server
 *
 * Accepts no more. The listener stays open, and who connects meanwhile waits in its queue; open
 * connections stay open.
 *
 * Since: 1.0
 */
void
gsock_server_stop (GSockServer *self)
{
  g_return_if_fail (GSOCK_IS_SERVER (self));

  stop_pausing (self);
  stop_watching (self);
  set_running (self, FALSE);
}

/**
 * gsock_server_get_listener:
 * @self: a server
 *
 * Gets the socket that listens.
 *
 * Returns: (transfer none) (nullable): the listener
 *
 * Since: 1.0
 */
GSockPassiveSocket *
gsock_server_get_listener (GSockServer *self)
{
  g_return_val_if_fail (GSOCK_IS_SERVER (self), NULL);

  return self->listener;
}

/**
 * gsock_server_get_n_connections:
 * @self: a server
 *
 * Gets how many connections are open.
 *
 * Returns: how many
 *
 * Since: 1.0
 */
guint
gsock_server_get_n_connections (GSockServer *self)
{
  g_return_val_if_fail (GSOCK_IS_SERVER (self), 0);

  return gsock_seats_count (self->seats);
}

/**
 * gsock_server_get_max_connections:
 * @self: a server
 *
 * Gets how many connections may be open at a time.
 *
 * Returns: how many; 0 is as many as there can be
 *
 * Since: 1.0
 */
guint
gsock_server_get_max_connections (GSockServer *self)
{
  g_return_val_if_fail (GSOCK_IS_SERVER (self), 0);

  return self->max_connections;
}

/**
 * gsock_server_set_max_connections:
 * @self: a server
 * @max_connections: how many; 0 is as many as there can be
 *
 * Sets how many connections may be open at a time. Those that are open stay so.
 *
 * Since: 1.0
 */
void
gsock_server_set_max_connections (GSockServer *self, guint max_connections)
{
  g_return_if_fail (GSOCK_IS_SERVER (self));

  if (self->max_connections == max_connections)
    return;
  self->max_connections = max_connections;
  if (is_full (self))
    stop_watching (self);
  watch_listener (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_CONNECTIONS]);
}

/**
 * gsock_server_is_running:
 * @self: a server
 *
 * Tells whether the server accepts, or would if it were not at its limit.
 *
 * Returns: whether it runs
 *
 * Since: 1.0
 */
gboolean
gsock_server_is_running (GSockServer *self)
{
  g_return_val_if_fail (GSOCK_IS_SERVER (self), FALSE);

  return self->running;
}
