/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks up hosts by name and by address, and settles what needs no resolver. */

#include <gsock/gsock-lookup.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-lookup-private.h>
#include <gsock/gsock-resolver-private.h>
#include <gsock/gsock-service.h>
#include <gsock/gsock-socket.h>

#include <arpa/inet.h>
#include <string.h>

static gboolean
settle_literal (GSockLookup *lookup, GSockAddress *address, GError **error)
{
  gboolean is_ipv6;

  if (lookup->ipv6 == GSOCK_IPV6_MODE_NO)
    gsock_address_unmap (address);

  is_ipv6 = gsock_address_family_number (address) == AF_INET6;
  if (lookup->ipv6 == (is_ipv6 ? GSOCK_IPV6_MODE_NO : GSOCK_IPV6_MODE_ONLY))
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_HOST,
                                "look up %s: this is an %s address, and only %s was asked for",
                                lookup->shown, is_ipv6 ? "IPv6" : "IPv4",
                                is_ipv6 ? "IPv4" : "IPv6");

  gsock_lookup_add (lookup, address);
  lookup->true_name = gsock_address_get_host (address);
  lookup->settled = TRUE;
  return TRUE;
}

/* The C library would take 80 for the address 0.0.0.80, and 127.1 for 127.0.0.1. */
static gboolean
is_meant_as_address (const char *name)
{
  struct in_addr ignored;

  return strpbrk (name, ":%") != NULL || inet_aton (name, &ignored) != 0;
}

static gboolean
check_question (const GSockLookup *lookup, GError **error)
{
  if (*lookup->name == '\0')
    return gsock_error_literal (
        error, GSOCK_ERROR_INVALID_ADDRESS,
        "look up a host: no name was given; give a host name or an address");
  if (lookup->ipv6 != GSOCK_IPV6_MODE_NO && lookup->ipv6 != GSOCK_IPV6_MODE_YES
      && lookup->ipv6 != GSOCK_IPV6_MODE_ONLY)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                "look up %s: %d is no ipv6 mode; it is one of no, yes and only",
                                lookup->shown, (int) lookup->ipv6);
  return TRUE;
}

static gboolean
settle_hostname (GSockLookup *lookup, GError **error)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) reason = NULL;

  if (!check_question (lookup, error))
    return FALSE;
  if (gsock_address_init_from_host (&address, lookup->name, 0, &reason))
    return settle_literal (lookup, &address, error);

  if (g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_UNKNOWN_INTERFACE))
    return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE, "look up %s: %s",
                                lookup->shown, reason->message);
  if (is_meant_as_address (lookup->name))
    return gsock_error_literal (
        error, GSOCK_ERROR_INVALID_ADDRESS,
        "look up %s: this is neither a host name nor a whole IPv4 or IPv6 address", lookup->shown);
  return TRUE;
}

static char *
find_service (guint port, gboolean numeric)
{
  g_autofree char *number = g_strdup_printf ("%u", port);
  char *name = NULL;

  if (numeric || gsock_lookup_service (number, NULL, &name, NULL, NULL) < 0 || name == NULL)
    return g_steal_pointer (&number);
  return name;
}

static gboolean
settle_name (GSockLookup *lookup, GError **error)
{
  int family = gsock_address_family_number (&lookup->address);

  if (family == AF_UNSPEC)
    return gsock_error_literal (
        error, GSOCK_ERROR_INVALID_ADDRESS,
        "look up a name: no address was given; give an IPv4 or IPv6 address");
  if (family != AF_INET && family != AF_INET6)
    return gsock_error_literal (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED,
                                "look up %s: only IPv4 and IPv6 addresses have host names",
                                lookup->shown);

  if (lookup->wants_service)
    lookup->service = find_service (gsock_address_get_port (&lookup->address), lookup->numeric);
  if (lookup->numeric)
    {
      lookup->true_name = g_strdup (lookup->name);
      lookup->settled = TRUE;
    }
  return TRUE;
}

static const GSockDirection by_name = {
  .settle = settle_hostname,
  .ask = gsock_resolver_forward,
  .ask_custom = gsock_resolver_custom_forward,
  .ask_custom_async = gsock_resolver_custom_forward_async,
};

static const GSockDirection by_address = {
  .settle = settle_name,
  .ask = gsock_resolver_reverse,
  .ask_custom = gsock_resolver_custom_reverse,
  .ask_custom_async = gsock_resolver_custom_reverse_async,
};

static GSockLookup *
new_by_name (const char *name, GSockIpv6Mode ipv6, gboolean wants_true_name)
{
  GSockLookup *lookup = gsock_lookup_new (&by_name, name != NULL ? name : "");

  lookup->ipv6 = ipv6;
  lookup->wants_true_name = wants_true_name;
  return lookup;
}

static char *
describe_address (const GSockAddress *address)
{
  char *host = gsock_address_get_host (address);

  return host != NULL ? host : gsock_address_to_text (address);
}

static GSockLookup *
new_by_address (const GSockAddress *address, gboolean numeric, gboolean wants_service)
{
  static const GSockAddress empty = GSOCK_ADDRESS_INIT;
  const GSockAddress *given = address != NULL ? address : &empty;
  g_autofree char *name = describe_address (given);
  GSockLookup *lookup = gsock_lookup_new (&by_address, name);

  lookup->address = *given;
  lookup->numeric = numeric;
  lookup->wants_service = wants_service;
  return lookup;
}

static void
give_text (char **out, const char *text)
{
  if (out != NULL)
    *out = g_strdup (text);
}

/**
 * gsock_lookup_hostname:
 * @name: a host name, or an IPv4 or IPv6 address as text, with a scope where it has one
 *   (`fe80::1%eth0`)
 * @ipv6: which families to give
 * @true_name: (out) (optional) (transfer full): the canonical name of the host
 * @cancellable: (nullable): cancels the wait
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds the addresses of a host.
 *
 * An address comes back as it is, without a resolver being asked, and is its own true name, in
 * normal form; [func@lookup_name] tells what name it has. Under `%GSOCK_IPV6_MODE_NO` an
 * IPv4-mapped address becomes the IPv4 address that it stands for. Shortened numbers, which the C
 * library would take for addresses (`127.1`, `80`), are refused.
 *
 * A name goes to the C library, which reads the hosts file and asks what else the system is
 * configured to ask, unless the program has set a resolver of its own with
 * [method@Gio.Resolver.set_default]: then that one is asked, and the true name is @name itself,
 * because such a resolver does not tell. International names are encoded as IDNA wants it.
 *
 * This can take as long as the name servers take. A cancelled look-up returns at once; its query
 * comes to its end in the background.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_HOST` when there is no such name, or none of that family, or @name
 * is an address of the wrong family; `GSOCK_ERROR_RESOLVER_AGAIN` when no answer could be had this
 * time; `GSOCK_ERROR_RESOLVER_FAILED` when it cannot be had; `GSOCK_ERROR_TOO_MANY_FILES` when no
 * descriptor is left to ask with; `GSOCK_ERROR_INVALID_ADDRESS` when @name is empty or a misspelt
 * address; `GSOCK_ERROR_UNKNOWN_INTERFACE` when its scope is; `GSOCK_ERROR_INVALID_ARGUMENT` when
 * @ipv6 is none of the modes; `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer container) (element-type GSockAddress): the addresses, with port 0, at least
 *   one, none twice, the best first, as RFC 6724 has it
 *
 * Since: 1.0
 */
GPtrArray *
gsock_lookup_hostname (const char *name,
                       GSockIpv6Mode ipv6,
                       char **true_name,
                       GCancellable *cancellable,
                       GError **error)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  g_autoptr (GSockLookup) lookup = new_by_name (name, ipv6, true_name != NULL);

  if (!gsock_lookup_run (lookup, &patience, error))
    return NULL;
  give_text (true_name, lookup->true_name);
  return g_ptr_array_ref (lookup->addresses);
}

/* Which is given away as a list, by bindings that would free what is in an array too early. */
static GList *
list_addresses (GPtrArray *addresses)
{
  GList *list = NULL;

  for (guint i = addresses->len; i > 0; i--)
    list = g_list_prepend (list, gsock_address_copy (g_ptr_array_index (addresses, i - 1)));
  g_ptr_array_unref (addresses);
  return list;
}

/**
 * gsock_lookup_hostname_as_list: (rename-to gsock_lookup_hostname)
 * @name: a host name, or an address as text
 * @ipv6: which families to give
 * @true_name: (out) (optional) (transfer full): the canonical name of the host
 * @cancellable: (nullable): cancels the wait
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds the addresses of a host: what `gsock_lookup_hostname` does, for other languages.
 *
 * Errors: those of [func@lookup_hostname].
 *
 * Returns: (transfer full) (element-type GSockAddress): the addresses, with port 0, at least one,
 *   none twice, the best first
 *
 * Since: 1.0
 */
GList *
gsock_lookup_hostname_as_list (const char *name,
                               GSockIpv6Mode ipv6,
                               char **true_name,
                               GCancellable *cancellable,
                               GError **error)
{
  GPtrArray *addresses = gsock_lookup_hostname (name, ipv6, true_name, cancellable, error);

  return addresses != NULL ? list_addresses (addresses) : NULL;
}

/**
 * gsock_lookup_hostname_async:
 * @name: a host name or an address, as for [func@lookup_hostname]
 * @ipv6: which families to give
 * @cancellable: (nullable): cancels the look-up
 * @callback: (scope async) (nullable): called in the thread-default main context of the caller
 * @user_data: for @callback
 *
 * Finds the addresses of a host without blocking. The callback calls
 * [func@lookup_hostname_finish].
 *
 * Since: 1.0
 */
void
gsock_lookup_hostname_async (const char *name,
                             GSockIpv6Mode ipv6,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GSockLookup) lookup = new_by_name (name, ipv6, TRUE);

  gsock_lookup_run_async (lookup, gsock_lookup_hostname_async, cancellable, callback, user_data);
}

/**
 * gsock_lookup_hostname_finish:
 * @result: what the callback was given
 * @true_name: (out) (optional) (transfer full): the canonical name of the host
 * @error: return location for a [alias@GLib.Error]
 *
 * Takes the result of [func@lookup_hostname_async]. Its errors are those of
 * [func@lookup_hostname].
 *
 * Returns: (transfer container) (element-type GSockAddress): the addresses, as
 *   [func@lookup_hostname] gives them
 *
 * Since: 1.0
 */
GPtrArray *
gsock_lookup_hostname_finish (GAsyncResult *result, char **true_name, GError **error)
{
  GSockLookup *lookup;

  if (!gsock_async_check (result, NULL, gsock_lookup_hostname_async, error))
    return NULL;

  lookup = gsock_lookup_run_finish (result, error);
  if (lookup == NULL)
    return NULL;
  give_text (true_name, lookup->true_name);
  return g_ptr_array_ref (lookup->addresses);
}

/**
 * gsock_lookup_hostname_as_list_finish: (rename-to gsock_lookup_hostname_finish)
 * @result: what the callback was given
 * @true_name: (out) (optional) (transfer full): the canonical name of the host
 * @error: return location for a [alias@GLib.Error]
 *
 * Takes the result of [func@lookup_hostname_async]: what `gsock_lookup_hostname_finish` does, for
 * other languages.
 *
 * Errors: those of [func@lookup_hostname].
 *
 * Returns: (transfer full) (element-type GSockAddress): the addresses, as
 *   [func@lookup_hostname] gives them
 *
 * Since: 1.0
 */
GList *
gsock_lookup_hostname_as_list_finish (GAsyncResult *result, char **true_name, GError **error)
{
  GPtrArray *addresses = gsock_lookup_hostname_finish (result, true_name, error);

  return addresses != NULL ? list_addresses (addresses) : NULL;
}

/**
 * gsock_lookup_name:
 * @address: an IPv4 or IPv6 address
 * @numeric: whether to give numbers instead of names; nobody is asked then
 * @service: (out) (optional) (transfer full): the service of the port: its name, or its number when
 *   it has no name
 * @cancellable: (nullable): cancels the wait
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds the name of the host that an address belongs to.
 *
 * Who is asked, and what a cancellation does, is told at [func@lookup_hostname].
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_HOST` when the address has no name, `GSOCK_ERROR_RESOLVER_AGAIN`,
 * `GSOCK_ERROR_RESOLVER_FAILED`, `GSOCK_ERROR_TOO_MANY_FILES`,
 * `GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED` for an address that is not of the internet,
 * `GSOCK_ERROR_INVALID_ADDRESS` for the empty address, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer full): the name of the host, or its address as text
 *
 * Since: 1.0
 */
char *
gsock_lookup_name (const GSockAddress *address,
                   gboolean numeric,
                   char **service,
                   GCancellable *cancellable,
                   GError **error)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  g_autoptr (GSockLookup) lookup = new_by_address (address, numeric, service != NULL);

  if (!gsock_lookup_run (lookup, &patience, error))
    return NULL;
  give_text (service, lookup->service);
  return g_strdup (lookup->true_name);
}

/**
 * gsock_lookup_name_async:
 * @address: an IPv4 or IPv6 address
 * @numeric: whether to give numbers instead of names
 * @cancellable: (nullable): cancels the look-up
 * @callback: (scope async) (nullable): called in the thread-default main context of the caller
 * @user_data: for @callback
 *
 * Finds the name of the host that an address belongs to, without blocking. The callback calls
 * [func@lookup_name_finish].
 *
 * Since: 1.0
 */
void
gsock_lookup_name_async (const GSockAddress *address,
                         gboolean numeric,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GSockLookup) lookup = new_by_address (address, numeric, TRUE);

  gsock_lookup_run_async (lookup, gsock_lookup_name_async, cancellable, callback, user_data);
}

/**
 * gsock_lookup_name_finish:
 * @result: what the callback was given
 * @service: (out) (optional) (transfer full): the service of the port: its name, or its number when
 *   it has no name
 * @error: return location for a [alias@GLib.Error]
 *
 * Takes the result of [func@lookup_name_async]. Its errors are those of [func@lookup_name].
 *
 * Returns: (transfer full): the name of the host, or its address as text
 *
 * Since: 1.0
 */
char *
gsock_lookup_name_finish (GAsyncResult *result, char **service, GError **error)
{
  GSockLookup *lookup;

  if (!gsock_async_check (result, NULL, gsock_lookup_name_async, error))
    return NULL;

  lookup = gsock_lookup_run_finish (result, error);
  if (lookup == NULL)
    return NULL;
  give_text (service, lookup->service);
  return g_strdup (lookup->true_name);
}

/* IPv6 comes first for an IPv6 socket: a mapped address is only what to fall back on. */
static void
map_addresses (GPtrArray *addresses)
{
  guint n_native = 0;

  for (guint i = 0; i < addresses->len; i++)
    if (gsock_address_family_number (addresses->pdata[i]) == AF_INET6)
      g_ptr_array_insert (addresses, n_native++, g_ptr_array_steal_index (addresses, i));

  for (guint i = n_native; i < addresses->len; i++)
    gsock_address_map (addresses->pdata[i]);
}

static gboolean
check_endpoint (const char *host, guint port, int ipv6_mode, int family, GError **error)
{
  g_autofree char *shown = NULL;

  if (port <= G_MAXUINT16 && (family != AF_INET || ipv6_mode != GSOCK_IPV6_MODE_ONLY))
    return TRUE;

  shown = gsock_text_shown (host != NULL ? host : "a host");
  if (port > G_MAXUINT16)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                                "look up %s: %u is no port; ports go from 0 to 65535", shown, port);
  return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_HOST,
                              "look up %s: only IPv6 was asked for, and this is an IPv4 socket", shown);
}

GPtrArray *
gsock_lookup_endpoints (const char *host,
                        guint port,
                        int ipv6_mode,
                        int family,
                        GSockPatience *patience,
                        GError **error)
{
  GSockIpv6Mode mode = family == AF_INET ? GSOCK_IPV6_MODE_NO : (GSockIpv6Mode) ipv6_mode;
  g_autoptr (GSockLookup) lookup = NULL;
  GPtrArray *addresses;

  if (!check_endpoint (host, port, ipv6_mode, family, error))
    return NULL;

  lookup = new_by_name (host, mode, FALSE);
  if (!gsock_lookup_run (lookup, patience, error))
    return NULL;
  addresses = g_ptr_array_ref (lookup->addresses);
  if (family == AF_INET6)
    map_addresses (addresses);
  for (guint i = 0; i < addresses->len; i++)
    gsock_address_set_port (addresses->pdata[i], port);
  return addresses;
}

gboolean
gsock_lookup_port (const char *service, const char *protocol, guint *port, GError **error)
{
  int number = gsock_lookup_service (service, protocol, NULL, NULL, error);

  if (number < 0)
    return FALSE;
  *port = (guint) number;
  return TRUE;
}
