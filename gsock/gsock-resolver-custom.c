/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the GResolver that a program has set for itself. */

#include <gsock/gsock-resolver-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <netinet/in.h>
#include <string.h>

/* The family that a mode leaves out. */
static const GSocketFamily unwanted[] = {
  [GSOCK_IPV6_MODE_NO] = G_SOCKET_FAMILY_IPV6,
  [GSOCK_IPV6_MODE_YES] = G_SOCKET_FAMILY_INVALID,
  [GSOCK_IPV6_MODE_ONLY] = G_SOCKET_FAMILY_IPV4,
};

/*
 * GLib's own resolver asks the C library too, but drops the scope of link-local addresses and the
 * true name, and finds no IPv4 address on a machine that has only its loopback up.
 */
GResolver *
gsock_resolver_get_custom (void)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  if (g_str_equal (G_OBJECT_TYPE_NAME (resolver), "GThreadedResolver"))
    return NULL;
  return g_steal_pointer (&resolver);
}

static GSockError
code_of (const GError *reason)
{
  if (g_error_matches (reason, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return GSOCK_ERROR_UNKNOWN_HOST;
  if (g_error_matches (reason, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE)
      || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return GSOCK_ERROR_RESOLVER_AGAIN;
  return GSOCK_ERROR_RESOLVER_FAILED;
}

static gboolean
fail (GError **error, const GSockLookup *lookup, GError *reason)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }

  gsock_error_literal (error, code_of (reason), "look up %s: %s", lookup->shown, reason->message);
  g_error_free (reason);
  return FALSE;
}

/* Not every resolver can be asked for one family alone, so they are asked for all. */
static void
add_inet_address (GSockLookup *lookup, GInetAddress *inet_address)
{
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new (inet_address, 0);
  g_autoptr (GSockAddress) address = gsock_address_new_from_gsocket_address (native, NULL);

  if (address != NULL && g_inet_address_get_family (inet_address) != unwanted[lookup->ipv6])
    gsock_lookup_add (lookup, address);
}

/* Takes @found and @reason. */
static gboolean
settle_forward (GSockLookup *lookup, GList *found, GError *reason, GError **error)
{
  if (reason != NULL)
    return fail (error, lookup, reason);

  for (GList *item = found; item != NULL; item = item->next)
    add_inet_address (lookup, item->data);
  g_resolver_free_addresses (found);

  if (lookup->addresses->len == 0)
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_HOST,
                                "look up %s: it has no address of the family that was asked for",
                                lookup->shown);
  lookup->true_name = g_strdup (lookup->name);
  return TRUE;
}

static gboolean
settle_reverse (GSockLookup *lookup, char *found, GError *reason, GError **error)
{
  if (reason != NULL)
    return fail (error, lookup, reason);

  lookup->true_name = found;
  return TRUE;
}

static GInetAddress *
to_inet_address (const GSockLookup *lookup)
{
  g_autoptr (GSocketAddress) address = gsock_address_to_gsocket_address (&lookup->address, NULL);

  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

gboolean
gsock_resolver_custom_forward (GResolver *resolver,
                               GSockLookup *lookup,
                               GCancellable *cancellable,
                               GError **error)
{
  GError *reason = NULL;
  GList *found = g_resolver_lookup_by_name (resolver, lookup->name, cancellable, &reason);

  return settle_forward (lookup, found, reason, error);
}

gboolean
gsock_resolver_custom_reverse (GResolver *resolver,
                               GSockLookup *lookup,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (GInetAddress) address = to_inet_address (lookup);
  GError *reason = NULL;
  char *found = g_resolver_lookup_by_address (resolver, address, cancellable, &reason);

  return settle_reverse (lookup, found, reason, error);
}

static void
return_task (GTask *task, GError *error)
{
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_forward (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *reason = NULL;
  GError *error = NULL;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &reason);

  settle_forward (g_task_get_task_data (task), found, reason, &error);
  return_task (task, error);
}

static void
on_reverse (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *reason = NULL;
  GError *error = NULL;
  char *found = g_resolver_lookup_by_address_finish (G_RESOLVER (resolver), result, &reason);

  settle_reverse (g_task_get_task_data (task), found, reason, &error);
  return_task (task, error);
}

void
gsock_resolver_custom_forward_async (GResolver *resolver, GTask *task)
{
  const GSockLookup *lookup = g_task_get_task_data (task);

  g_resolver_lookup_by_name_async (resolver, lookup->name, g_task_get_cancellable (task),
                                   on_forward, g_object_ref (task));
}

void
gsock_resolver_custom_reverse_async (GResolver *resolver, GTask *task)
{
  const GSockLookup *lookup = g_task_get_task_data (task);
  g_autoptr (GInetAddress) address = to_inet_address (lookup);

  g_resolver_lookup_by_address_async (resolver, address, g_task_get_cancellable (task), on_reverse,
                                      g_object_ref (task));
}
