/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses to and from the objects that GIO has for them. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <string.h>

static gboolean
init_from_gsocket_address (GSockAddress *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GError) reason = NULL;
  guint8 bytes[GSOCK_ADDRESS_MAX_LENGTH] = { 0 };
  gssize size = g_socket_address_get_native_size (address);

  if (size < 0 || size > (gssize) sizeof bytes)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                "a %s of %" G_GSSIZE_FORMAT " bytes is no address",
                                G_OBJECT_TYPE_NAME (address), size);
  if (!g_socket_address_to_native (address, bytes, sizeof bytes, &reason))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "a %s is no address: %s",
                                G_OBJECT_TYPE_NAME (address), reason->message);
  return gsock_address_init_from_bytes (self, bytes, size, error);
}

/**
 * gsock_address_new_from_gsocket_address:
 * @address: an address as GIO has it
 * @error: return location for an error
 *
 * Makes an address of GIO's: of a [class@Gio.InetSocketAddress], of a local one (a file, an
 * abstract name or none), of a [class@Gio.NativeSocketAddress], or of another class that has a
 * native form.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when @address has
 *   no native form or none that can be right
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_from_gsocket_address (GSocketAddress *address, GError **error)
{
  GSockAddress value;

  if (!G_IS_SOCKET_ADDRESS (address))
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "no socket address was given");
      return NULL;
    }
  return init_from_gsocket_address (&value, address, error) ? gsock_address_copy (&value) : NULL;
}

/* GIO would make an IPv4 address of it, which a socket of family IPv6 may not take. */
static GSocketAddress *
make_mapped (const struct sockaddr_in6 *native)
{
  g_autoptr (GInetAddress) host
      = g_inet_address_new_from_bytes (native->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);

  return g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", host, "port",
                       g_ntohs (native->sin6_port), "flowinfo", native->sin6_flowinfo, "scope-id",
                       native->sin6_scope_id, NULL);
}

static gboolean
stands_for (GSocketAddress *address, const GSockAddress *self)
{
  GSockAddress value;

  return init_from_gsocket_address (&value, address, NULL) && gsock_address_equal (&value, self);
}

/**
 * gsock_address_to_gsocket_address:
 * @self: an address
 * @error: return location for an error
 *
 * Makes the object that GIO has for this address: a [class@Gio.InetSocketAddress] for IPv4 and IPv6
 * (an IPv4-mapped address stays an IPv6 one), a `GUnixSocketAddress` for local ones, a
 * [class@Gio.NativeSocketAddress] for the rest, and for a local name that a `GUnixSocketAddress`
 * would change, such as a path of 108 bytes.
 *
 * Returns: (transfer full): the object; on error `GSOCK_ERROR_INVALID_ADDRESS`, for the empty
 *   address
 *
 * Since: 1.0
 */
GSocketAddress *
gsock_address_to_gsocket_address (const GSockAddress *self, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  GSockAddress value;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->length == 0)
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                           "the empty address is none for GIO either");
      return NULL;
    }
  if (gsock_address_is_ipv4_mapped (self))
    return make_mapped (gsock_address_ipv6 (self));

  /* GIO reads a path up to its NUL, so there must be one: behind the address all is zero. */
  value = *self;
  memset ((guint8 *) value.storage + value.length, 0, sizeof value.storage - value.length);
  address = g_socket_address_new_from_native (value.storage, value.length);
  if (address == NULL || !stands_for (address, self))
    {
      g_clear_object (&address);
      address = g_native_socket_address_new (value.storage, value.length);
    }
  return g_steal_pointer (&address);
}
