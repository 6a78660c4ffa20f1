/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 and IPv6 addresses from a host and a port, and the host as text. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

static gboolean
refuse_host (GError **error, const char *host)
{
  g_autofree char *shown = gsock_text_shown (host);

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                              "\"%s\" is neither an IPv4 nor an IPv6 address; "
                              "look the address of a name up with lookup-hostname",
                              shown);
}

static gboolean
refuse_scope (GError **error, const char *host)
{
  g_autofree char *shown = gsock_text_shown (host);

  return gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_INTERFACE,
                              "the scope of \"%s\" is no network interface of this machine; "
                              "list-network-interfaces tells them",
                              shown);
}

/* One of the four numbers: up to 255, and no zero in front. Answers what comes after it, or %NULL. */
static inline const char *
read_octet (const char *text, guint8 *octet)
{
  guint number = (guchar) text[0] - '0';
  guint digit;

  if (number > 9)
    return NULL;
  for (text++; (digit = (guchar) text[0] - '0') <= 9; text++)
    {
      if (number == 0 || number > 25)
        return NULL;
      number = number * 10 + digit;
    }
  *octet = (guint8) number;
  return number <= 255 ? text : NULL;
}

/* As inet_pton has it, in a third of the time: every send by host and port reads one. */
static gboolean
read_ipv4 (const char *text, guint8 octets[4])
{
  for (guint i = 0; i < 4; i++)
    {
      text = read_octet (text, &octets[i]);
      if (text == NULL || *text != (i < 3 ? '.' : '\0'))
        return FALSE;
      text++;
    }
  return TRUE;
}

static gboolean
init_ipv4 (GSockAddress *self, const char *host, guint port)
{
  struct sockaddr_in native = { .sin_family = AF_INET, .sin_port = g_htons ((guint16) port) };

  if (!read_ipv4 (host, (guint8 *) &native.sin_addr))
    return FALSE;
  memcpy (self->storage, &native, sizeof native);
  self->length = sizeof native;
  self->reserved = 0;
  return TRUE;
}

/* An IPv6 host in its parts: the brackets are off, the scope is what came after '%'. */
typedef struct
{
  char digits[INET6_ADDRSTRLEN];
  char scope[IF_NAMESIZE];
  gboolean scoped;
  gboolean too_long; /* the scope, to be any interface's */
} Ipv6Host;

static gboolean
split_ipv6 (Ipv6Host *parts, const char *host)
{
  gsize length = strlen (host);
  gboolean bracketed = host[0] == '[' && host[length - 1] == ']';
  const char *start = bracketed ? host + 1 : host;
  const char *end = bracketed ? host + length - 1 : host + length;
  const char *percent = memchr (start, '%', end - start);
  gsize n_digits = (percent != NULL ? percent : end) - start;
  gsize n_scope = percent != NULL ? end - percent - 1 : 0;

  parts->scoped = percent != NULL;
  parts->too_long = n_scope >= sizeof parts->scope;
  if (n_digits >= sizeof parts->digits || (parts->scoped && n_scope == 0))
    return FALSE;

  memcpy (parts->digits, start, n_digits);
  parts->digits[n_digits] = '\0';
  if (parts->scoped && !parts->too_long)
    memcpy (parts->scope, percent + 1, n_scope);
  parts->scope[parts->too_long ? 0 : n_scope] = '\0';
  return TRUE;
}

static gboolean
find_scope (const Ipv6Host *parts, guint32 *index, const char *host, GError **error)
{
  guint64 number;

  if (parts->too_long)
    return refuse_scope (error, host);
  if (gsock_text_is_number (parts->scope))
    {
      number = g_ascii_strtoull (parts->scope, NULL, 10);
      *index = (guint32) number;
      return number <= G_MAXUINT32 || refuse_scope (error, host);
    }

  *index = if_nametoindex (parts->scope);
  if (*index != 0)
    return TRUE;
  if (errno == ENODEV || errno == ENXIO)
    return refuse_scope (error, host);
  return gsock_error_set_for_name (error, -errno, "lookup-interface", parts->scope);
}

/* The last of the attempts, so it makes the error. */
static gboolean
init_ipv6 (GSockAddress *self, const char *host, guint port, GError **error)
{
  struct sockaddr_in6 *native = (struct sockaddr_in6 *) self->storage;
  Ipv6Host parts;

  if (!split_ipv6 (&parts, host) || inet_pton (AF_INET6, parts.digits, &native->sin6_addr) != 1)
    return refuse_host (error, host);
  if (parts.scoped && !find_scope (&parts, &native->sin6_scope_id, host, error))
    return FALSE;
  native->sin6_family = AF_INET6;
  native->sin6_port = g_htons ((guint16) port);
  self->length = sizeof *native;
  return TRUE;
}

/**
 * gsock_address_init_from_host: (skip)
 * @self: the address to fill
 * @host: an IPv4 or IPv6 address, as text
 * @port: the port, 0 to 65535
 * @error: return location for an error
 *
 * Makes an IPv4 or IPv6 address in a value that the caller has.
 *
 * After an error @self is the empty address. See [ctor@Address.new_from_host].
 *
 * Returns: whether @host is an address; on error as [ctor@Address.new_from_host]
 *
 * Since: 1.0
 */
gboolean
gsock_address_init_from_host (GSockAddress *self, const char *host, guint port, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  /* The usual case leaves alone what lies behind its bytes: to clear that would take longer than to read
   * them. */
  if (host != NULL && port <= G_MAXUINT16 && init_ipv4 (self, host, port))
    return TRUE;
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (host == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "no host was given");
  if (!gsock_address_check_port (port, error))
    return FALSE;
  if (init_ipv6 (self, host, port, error))
    return TRUE;
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  return FALSE;
}

/**
 * gsock_address_new_from_host:
 * @host: an IPv4 or IPv6 address, as text
 * @port: the port, 0 to 65535
 * @error: return location for an error
 *
 * Makes an IPv4 or IPv6 address.
 *
 * No name is looked up, see [func@lookup_hostname] for that. IPv4 is four decimal numbers with dots
 * between them and nothing else: neither fewer numbers nor octal ones. IPv6 may stand in brackets,
 * and may have a scope after a percent sign, which is the name of a network interface or its index
 * (`fe80::1%eth0`). An index is taken as it is.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when @host is no
 *   address, `GSOCK_ERROR_UNKNOWN_INTERFACE`, when its scope is no interface of this machine, or
 *   `GSOCK_ERROR_OUT_OF_RANGE`, when @port is over 65535
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_from_host (const char *host, guint port, GError **error)
{
  GSockAddress value;

  return gsock_address_init_from_host (&value, host, port, error) ? gsock_address_copy (&value)
                                                                  : NULL;
}

/* A name that would not be read back as this index is given as its number. */
static const char *
scope_name (guint32 index, char name[IF_NAMESIZE])
{
  if (if_indextoname (index, name) == NULL || gsock_text_is_number (name)
      || !g_utf8_validate (name, -1, NULL))
    g_snprintf (name, IF_NAMESIZE, "%u", index);
  return name;
}

/* As inet_ntop has it, in a fraction of the time: bindings print the sender of every datagram. */
static char *
print_ipv4 (const struct sockaddr_in *native)
{
  const guint8 *bytes = (const guint8 *) &native->sin_addr;
  char text[INET_ADDRSTRLEN], *end = text;

  for (guint i = 0; i < 4; i++)
    {
      guint8 byte = bytes[i];

      if (byte >= 100)
        *end++ = '0' + byte / 100;
      if (byte >= 10)
        *end++ = '0' + byte / 10 % 10;
      *end++ = '0' + byte % 10;
      *end++ = '.';
    }
  return g_strndup (text, end - text - 1);
}

static char *
print_ipv6 (const struct sockaddr_in6 *native)
{
  char digits[INET6_ADDRSTRLEN];
  char name[IF_NAMESIZE];

  inet_ntop (AF_INET6, &native->sin6_addr, digits, sizeof digits);
  if (native->sin6_scope_id == 0)
    return g_strdup (digits);
  return g_strconcat (digits, "%", scope_name (native->sin6_scope_id, name), NULL);
}

/**
 * gsock_address_get_host:
 * @self: an address
 *
 * The host of an IPv4 or IPv6 address, as text. A scope follows after a percent sign, by the name
 * of its network interface, or by number where it has none. An IPv4-mapped address is given as it
 * is, `::ffff:192.0.2.1`.
 *
 * Returns: (transfer full) (nullable): the host, or %NULL for other families
 *
 * Since: 1.0
 */
char *
gsock_address_get_host (const GSockAddress *self)
{
  const struct sockaddr_in *ipv4;
  const struct sockaddr_in6 *ipv6;

  g_return_val_if_fail (self != NULL, NULL);

  ipv4 = gsock_address_ipv4 (self);
  if (ipv4 != NULL)
    return print_ipv4 (ipv4);

  ipv6 = gsock_address_ipv6 (self);
  return ipv6 != NULL ? print_ipv6 (ipv6) : NULL;
}
