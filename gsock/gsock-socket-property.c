/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keywords of make-socket as properties: their specs, and what they read once the socket lives. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-enum-types.h>

#include <glib/gstdio.h>
#include <math.h>

/**
 * GSockSocket:address-family:
 *
 * The address family: a [enum@AddressFamily] or any other number that the system knows.
 *
 * The default is `internet`: the address or the host name that is given decides between IPv4 and
 * IPv6. Where a file name or a ready-made address is given and no family, it is that of the
 * address.
 *
 * Construct-only. Afterwards it reads the family that the socket got.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:socket-type:
 *
 * The type of the socket: a [enum@SocketType], a stream by default. The keyword of
 * [func@make_socket] is `type`; `socket-type` is accepted as well.
 *
 * Construct-only. Afterwards it reads the type that the socket has.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:protocol:
 *
 * The protocol: a number, or as a keyword also a name of the protocols database. 0 is the protocol
 * that the type usually has.
 *
 * Construct-only. Afterwards it reads the protocol that the socket has.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:ipv6:
 *
 * Which families the look-up of a name may give: a [enum@Ipv6Mode]. `yes` is the default, unless
 * [func@set_default_ipv6_mode] was called; the order is that of RFC 6724.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:local-host:
 *
 * The address or the host name to bind to. Without a port the kernel chooses one.
 *
 * Construct-only. Afterwards it reads the local address as text, or %NULL where there is none.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:local-port:
 *
 * The port to bind to. 0 lets the kernel choose; a port without a host means every address of this
 * machine. On a netlink socket it is the port id.
 *
 * Construct-only. Afterwards it reads the port that was got.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:local-service:
 *
 * The local port by its name in the services database, instead of [property@Socket:local-port].
 *
 * Construct-only. Afterwards it reads %NULL; the port is in [property@Socket:local-port].
 *
 * Since: 1.0
 */

/**
 * GSockSocket:local-filename:
 *
 * The file to bind a local socket to. A leading `@` stands for a name in the abstract namespace. A
 * name longer than %GSOCK_LOCAL_FILENAME_MAX bytes is refused, never cut.
 *
 * Construct-only. Afterwards it reads the name that the socket is bound to, or %NULL.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:local-address:
 *
 * The address to bind to, ready made.
 *
 * Construct-only. Afterwards it reads the address that the socket is bound to, or %NULL.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:remote-host:
 *
 * The address or the host name to connect to, together with a port or a service.
 *
 * Construct-only. Afterwards it reads the address of the peer as text, or %NULL.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:remote-port:
 *
 * The port to connect to, together with a host.
 *
 * Construct-only. Afterwards it reads the port of the peer.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:remote-service:
 *
 * The port to connect to by its name in the services database, instead of
 * [property@Socket:remote-port].
 *
 * Construct-only. Afterwards it reads %NULL; the port is in [property@Socket:remote-port].
 *
 * Since: 1.0
 */

/**
 * GSockSocket:remote-filename:
 *
 * The file of the local socket to connect to. A leading `@` stands for a name in the abstract
 * namespace.
 *
 * Construct-only. Afterwards it reads the name of the peer, or %NULL where that has none.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:remote-address:
 *
 * The address to connect to, ready made.
 *
 * Construct-only. Afterwards it reads the address of the peer, or %NULL.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:scope-id:
 *
 * The scope of the IPv6 addresses that are given: the index of the interface for link-local ones.
 * Where it is not given the addresses keep their own.
 *
 * Construct-only. Afterwards it reads the scope of the peer, or of the local address where there is
 * no peer.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:flow-info:
 *
 * The flow label of the IPv6 addresses that are given. Where it is not given the addresses keep
 * their own.
 *
 * Construct-only. Afterwards it reads that of the peer, or of the local address where there is no
 * peer.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:reuse-address:
 *
 * Whether the address may be bound while connections of an earlier listener linger: the option
 * `reuse-address`, set before the socket is bound. The default is %TRUE for passive stream sockets
 * and %FALSE for all others: among datagram sockets it lets somebody else take the port as well.
 *
 * Live, though what happens at bind is decided by then.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:reuse-port:
 *
 * Whether several sockets of one user may share a port, each getting a part of what arrives: the
 * option `reuse-port`, set before the socket is bound. Never set unless it is asked for.
 *
 * Live, though what happens at bind is decided by then.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:interface:
 *
 * The network interface that the socket is tied to: the option `bind-to-device`, set before the
 * socket is bound, whatever its type.
 *
 * Construct-only. Afterwards it reads the interface, or %NULL for none. The option itself can be
 * set at any time.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:file-mode:
 *
 * The permissions of the file of a local socket, such as octal 0600. The file has them from the
 * moment it appears; the umask still masks them. An abstract name has no permissions, so this is
 * refused with one.
 *
 * Construct-only. Afterwards it reads the permissions that the file has, or 0.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:unlink-on-close:
 *
 * Whether [method@Socket.close] removes the file that a local socket has made. Another file that
 * has taken its name in the meantime is left alone, and a forked child removes nothing. Who hands
 * the socket to another process, which is to go on with it, sets this to %FALSE before.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockSocket:timeout:
 *
 * How long an operator of this socket waits that was not given a timeout of its own, in seconds;
 * fractions count. Negative, as by default, means for ever, and 0 means not to wait longer than it
 * takes to look. [func@make_socket] itself is bounded by it too.
 *
 * Live.
 *
 * Since: 1.0
 */

static GParamSpec *
spec_of (const GSockKeyword *row)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  switch (row->type)
    {
    case GSOCK_ARGUMENT_BOOLEAN:
      return g_param_spec_boolean (row->name, NULL, NULL, row->id == GSOCK_KEYWORD_UNLINK_ON_CLOSE, flags);
    case GSOCK_ARGUMENT_DOUBLE:
      return g_param_spec_double (row->name, NULL, NULL, -INFINITY, INFINITY, -1, flags);
    case GSOCK_ARGUMENT_STRING:
      return g_param_spec_string (row->name, NULL, NULL, NULL, flags);
    case GSOCK_ARGUMENT_ADDRESS:
      return g_param_spec_boxed (row->name, NULL, NULL, GSOCK_TYPE_ADDRESS, flags);
    case GSOCK_ARGUMENT_OBJECT:
      return g_param_spec_object (row->name, NULL, NULL, row->get_type (), flags);
    case GSOCK_ARGUMENT_TYPE:
      return g_param_spec_gtype (row->name, NULL, NULL, row->get_type (), flags);
    case GSOCK_ARGUMENT_FAMILY:
      return g_param_spec_enum (row->name, NULL, NULL, row->get_type (), GSOCK_ADDRESS_FAMILY_INTERNET, flags);
    case GSOCK_ARGUMENT_ENUM:
      return g_param_spec_enum (row->name, NULL, NULL, row->get_type (), 1, flags);
    case GSOCK_ARGUMENT_INT:
    case GSOCK_ARGUMENT_PROTOCOL:
    case GSOCK_ARGUMENT_FLAGS:
    case GSOCK_ARGUMENT_FLAG:
      /* What is out of range is told by init, with an error, so the spec lets everything in. */
      return g_param_spec_int (row->name, NULL, NULL, G_MININT, G_MAXINT, 0, flags);
    }
  return NULL;
}

gpointer gsock_socket_own_classes[GSOCK_N_CLASS_KINDS];

/* Installs the keywords that only the classes of @kind have; GSOCK_CLASS_ANY: those that all have. */
void
gsock_socket_install_keywords (GObjectClass *object_class, guint kind)
{
  if (kind != GSOCK_CLASS_ANY)
    __atomic_store_n (&gsock_socket_own_classes[g_bit_nth_lsf (kind, -1)], object_class, __ATOMIC_RELAXED);

  /* A class does not inherit these two from its parent. */
  if (object_class->set_property == NULL)
    object_class->set_property = gsock_socket_set_property;
  if (object_class->get_property == NULL)
    object_class->get_property = gsock_socket_get_property;

  for (guint id = 0; id < GSOCK_N_KEYWORD_PROPERTIES; id++)
    {
      const GSockKeyword *row = gsock_request_row (id);

      if (row->kinds == kind || ((row->kinds & kind) != 0 && row->kinds != GSOCK_CLASS_ANY && kind != GSOCK_CLASS_ANY))
        g_object_class_install_property (object_class, id + 1, spec_of (row));
    }
}

typedef void (*Getter) (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value);

static void
get_address_family (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_enum (value, gsock_socket_get_address_family (self));
}

static void
get_socket_type (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_enum (value, gsock_socket_get_socket_type (self));
}

static void
get_protocol (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, gsock_socket_get_handle (self)->protocol);
}

static void
get_ipv6 (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_enum (value, gsock_socket_get_private (self)->ipv6);
}

static void
get_timeout (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_double (value, gsock_socket_get_timeout (self));
}

static void
get_unlink_on_close (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_boolean (value, gsock_socket_get_private (self)->unlink_on_close);
}

static void
get_local_address (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_boxed (value, local->length > 0 ? local : NULL);
}

static void
get_local_host (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_take_string (value, gsock_address_get_host (local));
}

static void
get_local_port (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, (int) gsock_address_get_port (local));
}

static void
get_local_filename (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_take_string (value, gsock_address_get_filename (local));
}

static void
get_remote_address (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_boxed (value, remote->length > 0 ? remote : NULL);
}

static void
get_remote_host (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_take_string (value, gsock_address_get_host (remote));
}

static void
get_remote_port (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, (int) gsock_address_get_port (remote));
}

static void
get_remote_filename (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_take_string (value, gsock_address_get_filename (remote));
}

static void
get_scope_id (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, (int) gsock_address_get_scope_id (remote->length > 0 ? remote : local));
}

static void
get_flow_info (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, (int) gsock_address_get_flow_info (remote->length > 0 ? remote : local));
}

static void
get_multicast_groups (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_value_set_int (value, (int) gsock_address_get_groups (local));
}

static void
get_interface (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_autoptr (GVariant) name = gsock_socket_get_option (self, "bind-to-device", NULL);

  if (name != NULL && *g_variant_get_string (name, NULL) != '\0')
    g_value_set_string (value, g_variant_get_string (name, NULL));
}

static void
get_file_mode (GSockSocket *self, GSockAddress *local, GSockAddress *remote, GValue *value)
{
  g_autofree char *path = gsock_address_get_filename (local);
  GStatBuf status;

  if (path != NULL && *path != '@' && g_stat (path, &status) == 0)
    g_value_set_int (value, status.st_mode & 0777);
}

static const Getter getters[GSOCK_N_KEYWORD_PROPERTIES] = {
  [GSOCK_KEYWORD_ADDRESS_FAMILY] = get_address_family,
  [GSOCK_KEYWORD_SOCKET_TYPE] = get_socket_type,
  [GSOCK_KEYWORD_PROTOCOL] = get_protocol,
  [GSOCK_KEYWORD_IPV6] = get_ipv6,
  [GSOCK_KEYWORD_TIMEOUT] = get_timeout,
  [GSOCK_KEYWORD_UNLINK_ON_CLOSE] = get_unlink_on_close,
  [GSOCK_KEYWORD_LOCAL_ADDRESS] = get_local_address,
  [GSOCK_KEYWORD_LOCAL_HOST] = get_local_host,
  [GSOCK_KEYWORD_LOCAL_PORT] = get_local_port,
  [GSOCK_KEYWORD_LOCAL_FILENAME] = get_local_filename,
  [GSOCK_KEYWORD_REMOTE_ADDRESS] = get_remote_address,
  [GSOCK_KEYWORD_REMOTE_HOST] = get_remote_host,
  [GSOCK_KEYWORD_REMOTE_PORT] = get_remote_port,
  [GSOCK_KEYWORD_REMOTE_FILENAME] = get_remote_filename,
  [GSOCK_KEYWORD_SCOPE_ID] = get_scope_id,
  [GSOCK_KEYWORD_FLOW_INFO] = get_flow_info,
  [GSOCK_KEYWORD_MULTICAST_GROUPS] = get_multicast_groups,
  [GSOCK_KEYWORD_INTERFACE] = get_interface,
  [GSOCK_KEYWORD_FILE_MODE] = get_file_mode,
};

static gboolean
get_option_value (GSockSocket *self, guint id, GValue *value)
{
  for (guint i = 0; i < gsock_n_keyword_aliases; i++)
    if (gsock_keyword_aliases[i].id == id)
      {
        int set = 0;

        (void) gsock_socket_get_option_int (self, gsock_keyword_aliases[i].level, gsock_keyword_aliases[i].number, &set, NULL);
        g_value_set_boolean (value, set != 0);
        return TRUE;
      }
  return FALSE;
}

/* What a property reads once the object is initialised. One that has nothing to read any more (it
 * only chose something, once) reads its default, as all do on a closed socket. */
void
gsock_socket_get_live_value (GSockSocket *self, guint id, GValue *value)
{
  GSockAddress local = GSOCK_ADDRESS_INIT, remote = GSOCK_ADDRESS_INIT;

  if (getters[id] == NULL)
    {
      (void) get_option_value (self, id, value);
      return;
    }
  (void) gsock_socket_copy_local_address (self, &local, NULL);
  (void) gsock_socket_copy_remote_address (self, &remote, NULL);
  getters[id](self, &local, &remote, value);
}
