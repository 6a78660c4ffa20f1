/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator accept-many. */

#include <gsock/gsock-passive-socket.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-op-accept-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

/* Only the first is waited for, and only its error is told: what comes after some is met again. */
static GPtrArray *
accept_many_by_spec (GSockPassiveSocket *self, guint limit, GSockAcceptSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  GSockActiveSocket *connection = gsock_accept_by_spec (self, spec, cancellable, error);

  if (connection == NULL)
    return NULL;
  spec->wait = FALSE;
  do
    g_ptr_array_add (accepted, connection);
  while ((limit == 0 || accepted->len < limit) && (connection = gsock_accept_by_spec (self, spec, NULL, NULL)) != NULL);
  return g_steal_pointer (&accepted);
}

/**
 * gsock_passive_socket_accept_many: (skip)
 * @self: a socket that listens
 * @limit: how many at most; 0 is as many as there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [method@PassiveSocket.accept_many_with_keywords]
 *
 * Accepts the connections that wait: the operator accept-many.
 *
 * Returns: (transfer container) (element-type GSockActiveSocket): the new sockets, at least one
 *
 * Since: 1.0
 */
GPtrArray *
gsock_passive_socket_accept_many (GSockPassiveSocket *self, guint limit, GCancellable *cancellable, GError **error, const char *first_keyword, ...)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), NULL);

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_accept_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? accept_many_by_spec (self, limit, &spec, cancellable, error) : NULL;
}

/**
 * gsock_passive_socket_accept_many_with_keywords: (rename-to gsock_passive_socket_accept_many)
 * @self: a socket that listens
 * @limit: how many at most; 0 is as many as there are
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Accepts the connections that wait in the queue, and waits only for the first: the operator
 * accept-many.
 *
 * The keywords and the errors are those of [method@PassiveSocket.accept_connection_with_keywords]. An error
 * that comes after some connections is told by the next call.
 *
 * Returns: (transfer container) (element-type GSockActiveSocket): the new sockets, at least one
 *
 * Since: 1.0
 */
GPtrArray *
gsock_passive_socket_accept_many_with_keywords (GSockPassiveSocket *self, guint limit, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  GSockAcceptSpec spec = GSOCK_ACCEPT_SPEC_INIT;

  g_return_val_if_fail (GSOCK_IS_PASSIVE_SOCKET (self), NULL);

  if (!gsock_keywords_parse_values (&gsock_accept_keywords, &spec, names, values, n_values, error))
    return NULL;
  return accept_many_by_spec (self, limit, &spec, cancellable, error);
}

/**
 * gsock_passive_socket_accept_many_as_list:
 * @self: a socket that listens
 * @limit: how many at most; 0 is as many as there are
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Accepts the connections that wait in the queue: what [method@PassiveSocket.accept_many_with_keywords] does,
 * for languages that take no array, such as Ruby.
 *
 * Errors: those of [method@PassiveSocket.accept_connection_with_keywords].
 *
 * Returns: (transfer full) (element-type GSockActiveSocket): the new sockets, at least one
 *
 * Since: 1.0
 */
GList *
gsock_passive_socket_accept_many_as_list (GSockPassiveSocket *self, guint limit, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error)
{
  return gsock_list_of_objects (gsock_passive_socket_accept_many_with_keywords (self, limit, names, values, n_values, cancellable, error));
}
