/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the C library for the addresses of a name and for the name of an address. */

#include <gsock/gsock-resolver-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>

static const int families[] = {
  [GSOCK_IPV6_MODE_NO] = AF_INET,
  [GSOCK_IPV6_MODE_YES] = AF_UNSPEC,
  [GSOCK_IPV6_MODE_ONLY] = AF_INET6,
};

/* What is not here is a permanent failure. */
static const struct
{
  int status;
  GSockError code;
} statuses[] = {
  { EAI_NONAME, GSOCK_ERROR_UNKNOWN_HOST },
  { EAI_NODATA, GSOCK_ERROR_UNKNOWN_HOST },
  { EAI_ADDRFAMILY, GSOCK_ERROR_UNKNOWN_HOST },
  { EAI_AGAIN, GSOCK_ERROR_RESOLVER_AGAIN },
};

/* Without a descriptor left to read the hosts file with, glibc says that it knows no such name. */
static gboolean
out_of_descriptors (int error_number)
{
  return gsock_error_from_errno (error_number) == GSOCK_ERROR_TOO_MANY_FILES;
}

static gboolean
fail (GError **error, const GSockLookup *lookup, int status, int error_number)
{
  GSockError code = GSOCK_ERROR_RESOLVER_FAILED;

  if (out_of_descriptors (error_number))
    return gsock_error_set_for_name (error, -error_number, "look up", lookup->shown);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].status == status)
      code = statuses[i].code;

  return gsock_error_literal (error, code, "look up %s: %s", lookup->shown,
                              status == EAI_SYSTEM ? g_strerror (error_number)
                                                   : gai_strerror (status));
}

static void
take_addresses (GSockLookup *lookup, const struct addrinfo *list)
{
  for (const struct addrinfo *item = list; item != NULL; item = item->ai_next)
    {
      GSockAddress address = GSOCK_ADDRESS_INIT;

      memcpy (gsock_address_native_room (&address), item->ai_addr, item->ai_addrlen);
      address.length = item->ai_addrlen;
      gsock_lookup_add (lookup, &address);
    }
}

/*
 * AI_ADDRCONFIG is not asked for: glibc leaves loopback out of account there, and a machine that
 * has nothing else would find no name at all. Addresses without a route are sorted last anyway.
 */
gboolean
gsock_resolver_forward (GSockLookup *lookup, GError **error)
{
  g_autofree char *ascii = g_hostname_to_ascii (lookup->name);
  struct addrinfo *list = NULL;
  const struct addrinfo hints = {
    .ai_family = families[lookup->ipv6],
    .ai_socktype = SOCK_STREAM,
    .ai_flags = lookup->wants_true_name ? AI_CANONNAME : 0,
  };
  int status;

  if (ascii == NULL)
    return fail (error, lookup, EAI_NONAME, 0);

  errno = 0;
  status = getaddrinfo (ascii, NULL, &hints, &list);
  if (status != 0)
    return fail (error, lookup, status, errno);

  take_addresses (lookup, list);
  if (lookup->wants_true_name)
    lookup->true_name = g_strdup (list->ai_canonname != NULL ? list->ai_canonname : lookup->name);
  freeaddrinfo (list);
  return TRUE;
}

gboolean
gsock_resolver_reverse (GSockLookup *lookup, GError **error)
{
  const GSockAddress *address = &lookup->address;
  char host[NI_MAXHOST];
  int status;

  errno = 0;
  status = getnameinfo (gsock_address_native (address), address->length, host, sizeof host, NULL, 0,
                        NI_NAMEREQD);
  if (status != 0)
    return fail (error, lookup, status, errno);

  lookup->true_name = g_strdup (host);
  return TRUE;
}
