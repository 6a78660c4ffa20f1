/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket: the keywords choose a class and say the rest; and make-instance, for a class of one's
 * own. */

#include <gsock/gsock-make-socket.h>

#include <gsock/gsock-datagram-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-raw-socket.h>
#include <gsock/gsock-socket-private.h>

static const guint kinds_of_role[] = { [GSOCK_ROLE_ACTIVE] = GSOCK_CLASS_ACTIVE, [GSOCK_ROLE_PASSIVE] = GSOCK_CLASS_PASSIVE };

/* Netlink and packet sockets know no streams. */
static void
choose_default_type (GSockRequest *request)
{
  if (!GSOCK_GIVEN (request, GSOCK_KEYWORD_SOCKET_TYPE)
      && (request->address_family == GSOCK_ADDRESS_FAMILY_NETLINK || request->address_family == GSOCK_ADDRESS_FAMILY_PACKET))
    request->type = GSOCK_SOCKET_TYPE_RAW;
}

GType
gsock_request_choose_class (GSockRequest *request, GError **error)
{
  GType type;

  if (!gsock_request_infer_family (request, error))
    return G_TYPE_INVALID;
  choose_default_type (request);
  type = gsock_socket_type_for (request->address_family, request->type, request->role);
  if (type == GSOCK_TYPE_ACTIVE_SOCKET || type == GSOCK_TYPE_PASSIVE_SOCKET)
    request->kind = kinds_of_role[request->role];
  else
    request->kind = type == GSOCK_TYPE_RAW_SOCKET ? GSOCK_CLASS_RAW : GSOCK_CLASS_DATAGRAM;

  if ((request->kind & GSOCK_CLASS_STREAM) == 0 && GSOCK_GIVEN (request, GSOCK_KEYWORD_CONNECT))
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket: connect is for stream and seqpacket sockets");
      return G_TYPE_INVALID;
    }
  return type;
}

static GSockSocket *
make_by_request (GSockRequest *request, GCancellable *cancellable, GError **error)
{
  GType type = gsock_request_choose_class (request, error);
  g_autoptr (GSockSocket) self = NULL;

  if (type == G_TYPE_INVALID)
    return NULL;
  self = g_object_new (type, NULL);
  return gsock_request_run (request, self, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * gsock_make_socket: (skip)
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_socket_with_keywords]
 *
 * Makes a socket by keywords: the operator make-socket.
 *
 * ```c
 * socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
 * ```
 *
 * In C the value of each keyword has the type of its property; booleans, enumerations and integers
 * are passed as `int`, `timeout` as `double`.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket (GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  g_auto (GSockRequest) request;
  va_list arguments;
  gboolean parsed;

  gsock_request_init (&request);
  request.borrows = TRUE;
  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_make_socket_borrowed_keywords, &request, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? make_by_request (&request, cancellable, error) : NULL;
}

/**
 * gsock_make_socket_with_keywords: (rename-to gsock_make_socket)
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Makes a socket by keywords: the operator make-socket. It creates, configures, binds, and connects
 * or listens, in this order, or leaves nothing behind.
 *
 * `type` and, for streams, `connect` (a [enum@Role]) choose the class; every other keyword is a
 * property of that class, or the name of a socket option, which is set when the kernel wants it.
 * `wait` %FALSE starts to connect and gives a socket that is connecting. Names are written with `-`
 * or `_`; enumerations are given by value or nick.
 *
 * A passive socket listens when it was given an address; else it waits for
 * [method@Socket.bind_address_with_keywords] and
 * [method@PassiveSocket.listen_on_with_keywords].
 *
 * `timeout` bounds all of it, from the look-up of a name to the connection. Of a name with several
 * addresses the connections are raced, as [the guide on connecting](connecting.html) tells.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_KEYWORD` and `GSOCK_ERROR_INVALID_KEYWORD`, before anything happened;
 * `GSOCK_ERROR_OUT_OF_RANGE`, `GSOCK_ERROR_INVALID_ADDRESS`, `GSOCK_ERROR_UNKNOWN_HOST`,
 * `GSOCK_ERROR_RESOLVER_AGAIN`, `GSOCK_ERROR_RESOLVER_FAILED`, `GSOCK_ERROR_UNKNOWN_SERVICE`,
 * `GSOCK_ERROR_UNKNOWN_PROTOCOL`, `GSOCK_ERROR_OPTION_NOT_SUPPORTED`,
 * `GSOCK_ERROR_ADDRESS_IN_USE`, `GSOCK_ERROR_ADDRESS_NOT_AVAILABLE`,
 * `GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED`, `GSOCK_ERROR_ACCESS_DENIED`,
 * `GSOCK_ERROR_TOO_MANY_FILES`, `GSOCK_ERROR_CONNECTION_REFUSED`, `GSOCK_ERROR_TIMED_OUT`,
 * %G_IO_ERROR_CANCELLED, and what else connecting can answer. Where none of several addresses
 * worked the message has a line for each with its reason, and the code is that of the one that came
 * farthest: an answer of the peer over its silence, that over what routers say, and that over what
 * there is no route for.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket_with_keywords (const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  g_auto (GSockRequest) request;

  gsock_request_init (&request);
  request.borrows = TRUE;
  if (!gsock_keywords_parse_values (&gsock_make_socket_borrowed_keywords, &request, names, values, n_values, error))
    return NULL;
  return make_by_request (&request, cancellable, error);
}

GSockSocket *
gsock_make_new_instance (GType type, GError **error)
{
  GSockSocket *self;

  if (!g_type_is_a (type, GSOCK_TYPE_SOCKET) || G_TYPE_IS_ABSTRACT (type))
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "make-instance: %s is no class of sockets",
                           type != G_TYPE_INVALID ? g_type_name (type) : "nothing");
      return NULL;
    }
  self = gsock_socket_construct (type);
  if (self == NULL)
    gsock_error_literal (error, GSOCK_ERROR_FAILED, "make-instance: the constructor of %s failed", g_type_name (type));
  return self;
}

/**
 * gsock_make_instance: (skip)
 * @type: a class derived from [class@Socket]
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_instance_with_keywords]
 *
 * Makes a socket of a given class by keywords.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_instance (GType type, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  g_autoptr (GSockSocket) self = gsock_make_new_instance (type, error);
  GSockRequest *request;
  va_list arguments;
  gboolean parsed;

  if (self == NULL)
    return NULL;
  request = gsock_socket_get_request (self);
  request->object = G_OBJECT (self);
  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_make_socket_keywords, request, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && g_initable_init (G_INITABLE (self), cancellable, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * gsock_make_instance_with_keywords: (rename-to gsock_make_instance)
 * @type: a class derived from [class@Socket]
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Makes a socket of a given class by the keywords of [func@make_socket] and by the properties that
 * the class has added.
 *
 * The errors are those of [func@make_socket], and `GSOCK_ERROR_INVALID_ARGUMENT` for another type.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_instance_with_keywords (GType type, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockSocket) self = gsock_make_new_instance (type, error);

  if (self == NULL || !gsock_socket_init_with_keywords (self, names, values, n_values, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
