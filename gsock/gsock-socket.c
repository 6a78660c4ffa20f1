/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of all sockets: keywords as properties, initialisation, and the operators' defaults. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-datagram-socket.h>
#include <gsock/gsock-enum-types.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-raw-socket.h>
#include <gsock/gsock-stream-private.h>

/**
 * GSockSocket:
 *
 * One socket: its descriptor, its names, its state and its operators.
 *
 * The class says what part a socket plays ([class@ActiveSocket], [class@PassiveSocket],
 * [class@DatagramSocket], [class@RawSocket]); the address family is a property. Objects are made by
 * [func@make_socket], whose keywords are the properties of the class. An object that was constructed
 * directly has to be initialised with [method@Gio.Initable.init] before it can be used.
 *
 * A property that is a keyword is recorded until then. Afterwards it reads the live state: a
 * [property@Socket:local-port] given as 0 reads the port that was got. Only those that say so can
 * be set then.
 * A property has no way to report an error, so a value that the kernel refuses is warned of;
 * [method@Socket.set_option] is the call that answers.
 *
 * Operators can be called from any thread, and several threads may wait on one socket.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:file-descriptor:
 *
 * The number of the descriptor, or -1 where there is none.
 *
 * Reading it exposes the descriptor, as [method@Socket.get_file_descriptor] does: from then on
 * gsock takes into account that somebody else may use it.
 *
 * Read-only.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:open: (getter is_open)
 *
 * Whether the socket is initialised and not closed.
 *
 * Read-only.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:bound: (getter is_bound)
 *
 * Whether the socket has a local address.
 *
 * Read-only.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:connected: (getter is_connected)
 *
 * Whether the socket has a peer.
 *
 * Read-only.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:listening: (getter is_listening)
 *
 * Whether the socket listens.
 *
 * Read-only.
 *
 * Since: 1.0
 */

enum
{
  PROP_FILE_DESCRIPTOR = GSOCK_N_KEYWORD_PROPERTIES + 1,
  PROP_OPEN,
  PROP_BOUND,
  PROP_CONNECTED,
  PROP_LISTENING,
};

static void initable_iface_init (GInitableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GSockSocket, gsock_socket, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GSockSocket)
                                  G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init)
                                  G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE, gsock_socket_async_initable_iface_init))

/* A program may have many thousand sockets that do nothing: what most of them never need is behind a
 * pointer. */
G_STATIC_ASSERT (sizeof (gpointer) != 8 || sizeof (GSockSocketPrivate) <= 128);

int gsock_socket_private_offset;

int
gsock_socket_enter (GSockSocket *self, const char *operation, GError **error)
{
  int fd = gsock_handle_enter (gsock_socket_get_handle (self), 1);

  if (fd < 0)
    {
      gsock_error_set (error, fd, operation, NULL);
      return -1;
    }
  return fd;
}

void
gsock_socket_leave (GSockSocket *self)
{
  gsock_handle_leave (gsock_socket_get_handle (self), 1);
}

int
gsock_socket_native_family (GSockSocket *self)
{
  return gsock_socket_get_handle (self)->family;
}

int
gsock_socket_native_type (GSockSocket *self)
{
  return gsock_socket_get_handle (self)->type;
}

static const struct
{
  GType (*get_type) (void);
  guint kind;
  GSockSocketType type;
  GSockRole role;
} class_kinds[] = {
  { gsock_active_socket_get_type, GSOCK_CLASS_ACTIVE, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_ACTIVE },
  { gsock_passive_socket_get_type, GSOCK_CLASS_PASSIVE, GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_PASSIVE },
  { gsock_datagram_socket_get_type, GSOCK_CLASS_DATAGRAM, GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_ROLE_ACTIVE },
  { gsock_raw_socket_get_type, GSOCK_CLASS_RAW, GSOCK_SOCKET_TYPE_RAW, GSOCK_ROLE_ACTIVE },
};

static gsize
class_row (GType type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (class_kinds); i++)
    if (g_type_is_a (type, class_kinds[i].get_type ()))
      return i;
  return 0;
}

/* Where the keywords are recorded, until init has been. */
GSockRequest *
gsock_socket_get_request (GSockSocket *self)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  if (priv->request == NULL)
    {
      priv->request = g_new (GSockRequest, 1);
      gsock_request_init (priv->request);
      priv->request->type = class_kinds[class_row (G_OBJECT_TYPE (self))].type;
    }
  return priv->request;
}

void
gsock_socket_drop_request (GSockSocket *self)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  if (priv->request != NULL)
    gsock_request_clear (priv->request);
  g_clear_pointer (&priv->request, g_free);
}

/* The class for a type of socket. Datagrams have a class of their own in the families that have
 * datagrams as programs know them; in others they are packets of whatever is below. */
GType
gsock_socket_type_for (int family, int type, GSockRole role)
{
  gboolean plain = family == AF_UNSPEC || gsock_family_find (family)->internet || gsock_family_find (family)->local
                   || family == GSOCK_ADDRESS_FAMILY_VSOCK;

  if (type == SOCK_STREAM || type == SOCK_SEQPACKET)
    return role == GSOCK_ROLE_PASSIVE ? GSOCK_TYPE_PASSIVE_SOCKET : GSOCK_TYPE_ACTIVE_SOCKET;
  return plain && type != SOCK_RAW ? GSOCK_TYPE_DATAGRAM_SOCKET : GSOCK_TYPE_RAW_SOCKET;
}

/* The type of the object that this thread constructs and then initialises itself. */
static GPrivate constructed_type;

/* For a class of another language g_object_new runs the constructor of that language, which
 * initialises what programs construct; here it must leave that to the caller. Where it throws there
 * is no object. */
GSockSocket *
gsock_socket_construct (GType type)
{
  gpointer outer = g_private_get (&constructed_type);
  GSockSocket *self;

  g_private_set (&constructed_type, GSIZE_TO_POINTER (type));
  self = g_object_new (type, NULL);
  g_private_set (&constructed_type, outer);
  return self;
}

static gboolean
is_initialised_elsewhere (GSockSocket *self)
{
  return GPOINTER_TO_SIZE (g_private_get (&constructed_type)) == G_OBJECT_TYPE (self);
}

/* A method of another language can fail and not say why, where its binding could not pass the
 * exception on. */
gboolean
gsock_socket_answered (GSockSocket *self, gboolean answer, const char *operation, GError **error)
{
  if (G_LIKELY (answer) || error == NULL || *error != NULL)
    return answer;
  return gsock_error_literal (error, GSOCK_ERROR_FAILED, "%s: the method of %s failed without an error",
                              operation, G_OBJECT_TYPE_NAME (self));
}

GSockSocket *
gsock_socket_new_for_fd (GType type, int fd, int family, int native_type, int protocol)
{
  GSockSocket *self = gsock_socket_construct (type);
  GSockSocketPrivate *priv;

  if (self == NULL)
    return NULL;
  priv = gsock_socket_get_private (self);
  gsock_socket_drop_request (self);
  gsock_handle_adopt (&priv->handle, fd, family, native_type, protocol);
  return self;
}

/* A class has one type of socket, unless it was given another that is its too. What a property was
 * set to and cannot be is told here, for a setter cannot tell. */
gboolean
gsock_socket_check_request (GSockSocket *self, GSockRequest *request, GError **error)
{
  gsize row = class_row (G_OBJECT_TYPE (self));

  request->object = NULL;
  if (GSOCK_GIVEN (request, GSOCK_KEYWORD_CONNECT)
      && (request->role != (int) class_kinds[row].role || (class_kinds[row].kind & GSOCK_CLASS_STREAM) == 0))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: the class %s leaves no choice to connect", G_OBJECT_TYPE_NAME (self));
  request->kind = class_kinds[row].kind;
  request->role = class_kinds[row].role;
  if (request->refused != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&request->refused));
      return FALSE;
    }
  if (!gsock_request_infer_family (request, error))
    return FALSE;
  if (g_type_is_a (class_kinds[row].get_type (), gsock_socket_type_for (request->address_family, request->type, request->role)))
    return TRUE;
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: a %s cannot be of the socket type %d",
                              G_OBJECT_TYPE_NAME (self), request->type);
}

gboolean
gsock_socket_initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  GSockSocket *self = GSOCK_SOCKET (initable);
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  int fd = gsock_handle_get_descriptor (&priv->handle);
  gboolean done;

  if (fd == -GSOCK_E_CLOSED)
    return gsock_error_set (error, fd, "init", NULL);
  if (fd >= 0)
    return TRUE;
  if (priv->initialising)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "init: the object is being initialised");

  done = gsock_socket_check_request (self, gsock_socket_get_request (self), error)
         && gsock_request_run (priv->request, self, cancellable, error);
  gsock_socket_drop_request (self);
  return done;
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = gsock_socket_initable_init;
}

/**
 * gsock_socket_init_with_keywords:
 * @self: a socket that was constructed and is not initialised yet
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Initialises an object by the keywords of [func@make_socket], among them the names of socket
 * options and the properties of a subclass. Constructors of bindings call it. On an object that
 * gsock itself is constructing, because it was accepted or comes from [func@make_instance], it does
 * nothing.
 *
 * The errors are those of [func@make_socket], and `GSOCK_ERROR_INVALID_STATE` where the object is
 * initialised already.
 *
 * Returns: whether it is initialised
 *
 * Since: 1.0
 */
gboolean
gsock_socket_init_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv;
  GSockRequest *request;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), FALSE);

  if (is_initialised_elsewhere (self))
    return TRUE;
  priv = gsock_socket_get_private (self);
  if (gsock_handle_has_descriptor (&priv->handle) || gsock_handle_is_closed (&priv->handle))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_STATE, "init: the object is initialised already");
  request = gsock_socket_get_request (self);
  request->object = G_OBJECT (self);
  return gsock_keywords_parse_values (&gsock_make_socket_keywords, request, names, values, n_values, error)
         && g_initable_init (G_INITABLE (self), cancellable, error);
}

/* Properties that can be set at any time, by the option that they are. */
static gboolean
set_live_option (GSockSocket *self, guint id, const GValue *value)
{
  for (guint i = 0; i < gsock_n_keyword_aliases; i++)
    if (gsock_keyword_aliases[i].id == id)
      {
        g_autoptr (GError) error = NULL;

        if (!gsock_socket_set_option (self, gsock_keyword_aliases[i].option, g_variant_new_boolean (g_value_get_boolean (value)), &error))
          g_warning ("%s", error->message);
        return TRUE;
      }
  return FALSE;
}

static void
set_live (GSockSocket *self, guint id, const GValue *value, GParamSpec *pspec)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  if (id == GSOCK_KEYWORD_TIMEOUT)
    gsock_socket_keep_timeout (priv, g_value_get_double (value));
  else if (id == GSOCK_KEYWORD_UNLINK_ON_CLOSE)
    priv->unlink_on_close = g_value_get_boolean (value);
  else if (!set_live_option (self, id, value))
    g_warning ("The property \"%s\" of a %s can only be given at its construction", pspec->name, G_OBJECT_TYPE_NAME (self));
}

void
gsock_socket_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  GSockSocket *self = GSOCK_SOCKET (object);
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  guint id = property_id - 1;
  GSockRequest *request;

  if (gsock_handle_has_descriptor (&priv->handle) || gsock_handle_is_closed (&priv->handle))
    {
      set_live (self, id, value, pspec);
      return;
    }
  request = gsock_socket_get_request (self);
  gsock_keyword_store_value (&gsock_make_socket_keywords, request, gsock_request_row (id), value,
                             request->refused == NULL ? &request->refused : NULL);
}

void
gsock_socket_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GSockSocket *self = GSOCK_SOCKET (object);
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  switch (property_id)
    {
    case PROP_FILE_DESCRIPTOR:
      g_value_set_int (value, gsock_socket_get_file_descriptor (self, NULL));
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, gsock_socket_is_open (self));
      break;
    case PROP_BOUND:
      g_value_set_boolean (value, gsock_socket_is_bound (self));
      break;
    case PROP_CONNECTED:
      g_value_set_boolean (value, gsock_socket_is_connected (self));
      break;
    case PROP_LISTENING:
      g_value_set_boolean (value, gsock_socket_is_listening (self));
      break;
    default:
      if (!gsock_handle_has_descriptor (&priv->handle) && !gsock_handle_is_closed (&priv->handle))
        gsock_request_get_value (gsock_socket_get_request (self), property_id - 1, value);
      else
        gsock_socket_get_live_value (self, property_id - 1, value);
    }
}

static void
gsock_socket_finalize (GObject *object)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (object));

  gsock_streams_abandon (GSOCK_SOCKET (object));
  (void) gsock_socket_real_close (GSOCK_SOCKET (object), FALSE, NULL);
  gsock_handle_clear (&priv->handle);
  gsock_socket_drop_request (GSOCK_SOCKET (object));
  g_clear_pointer (&priv->file, gsock_local_file_unref);
  gsock_kept_address_clear (&priv->remote);
  G_OBJECT_CLASS (gsock_socket_parent_class)->finalize (object);
}

static void
install_state (GObjectClass *object_class)
{
  static const struct
  {
    guint id;
    const char *name;
  } states[] = {
    { PROP_OPEN, "open" },
    { PROP_BOUND, "bound" },
    { PROP_CONNECTED, "connected" },
    { PROP_LISTENING, "listening" },
  };
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    g_object_class_install_property (object_class, states[i].id, g_param_spec_boolean (states[i].name, NULL, NULL, FALSE, flags));
  g_object_class_install_property (object_class, PROP_FILE_DESCRIPTOR,
                                   g_param_spec_int ("file-descriptor", NULL, NULL, -1, G_MAXINT, -1, flags));
}

static void
gsock_socket_class_init (GSockSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  gsock_socket_private_offset = g_type_class_get_instance_private_offset (klass);
  object_class->finalize = gsock_socket_finalize;

  klass->bind_address = gsock_socket_real_bind_address;
  klass->connect_to = gsock_socket_real_connect_to;
  klass->shutdown = gsock_socket_real_shutdown;
  klass->close = gsock_socket_real_close;
  klass->send_to = gsock_socket_real_send_to;
  klass->receive_from = gsock_socket_real_receive_from;
  klass->send_message = gsock_socket_real_send_message;
  klass->receive_message = gsock_socket_real_receive_message;

  gsock_socket_install_keywords (object_class, GSOCK_CLASS_ANY);
  install_state (object_class);
}

static void
gsock_socket_init (GSockSocket *self)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  gsock_handle_init (&priv->handle);
  priv->timeout = GSOCK_TIMEOUT_NEVER;
  priv->unlink_on_close = TRUE;
  priv->ipv6 = GSOCK_IPV6_MODE_YES;
}
