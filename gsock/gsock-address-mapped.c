/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 addresses inside IPv6 addresses. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <string.h>

/**
 * gsock_address_is_ipv4_mapped:
 * @self: an address
 *
 * Whether an address is an IPv6 address that stands for an IPv4 address, `::ffff:192.0.2.1`, as a
 * dual stack socket gives them. [method@Address.map_to_ipv4] makes that IPv4 address of it.
 *
 * Returns: whether it is, %FALSE for families other than IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_ipv4_mapped (const GSockAddress *self)
{
  const struct sockaddr_in6 *native;

  g_return_val_if_fail (self != NULL, FALSE);

  native = gsock_address_ipv6 (self);
  return native != NULL && IN6_IS_ADDR_V4MAPPED (&native->sin6_addr);
}

/**
 * gsock_address_is_ipv4_compatible:
 * @self: an address
 *
 * Whether an address is an IPv6 address with an IPv4 address in its last four bytes and zeros
 * before them, `::192.0.2.1`. These are out of use. `::` and `::1` are none.
 *
 * Returns: whether it is, %FALSE for families other than IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_ipv4_compatible (const GSockAddress *self)
{
  const struct sockaddr_in6 *native;

  g_return_val_if_fail (self != NULL, FALSE);

  native = gsock_address_ipv6 (self);
  return native != NULL && IN6_IS_ADDR_V4COMPAT (&native->sin6_addr);
}

void
gsock_address_unmap (GSockAddress *self)
{
  struct sockaddr_in native = { .sin_family = AF_INET };
  const struct sockaddr_in6 *ipv6 = gsock_address_ipv6 (self);

  if (ipv6 == NULL || !IN6_IS_ADDR_V4MAPPED (&ipv6->sin6_addr))
    return;

  native.sin_port = ipv6->sin6_port;
  memcpy (&native.sin_addr, ipv6->sin6_addr.s6_addr + 12, sizeof native.sin_addr);
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  memcpy (self->storage, &native, sizeof native);
  self->length = sizeof native;
}

void
gsock_address_map (GSockAddress *self)
{
  struct sockaddr_in6 native = { .sin6_family = AF_INET6 };
  const struct sockaddr_in *ipv4 = gsock_address_ipv4 (self);

  if (ipv4 == NULL)
    return;

  native.sin6_port = ipv4->sin_port;
  native.sin6_addr.s6_addr[10] = 0xff;
  native.sin6_addr.s6_addr[11] = 0xff;
  memcpy (native.sin6_addr.s6_addr + 12, &ipv4->sin_addr, sizeof ipv4->sin_addr);
  memcpy (self->storage, &native, sizeof native);
  self->length = sizeof native;
}

static GSockAddress *
refuse_mapping (GError **error, const GSockAddress *self, const char *wanted)
{
  g_autofree char *text = gsock_address_to_text (self);

  gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "%s cannot be written as an %s address",
                       text, wanted);
  return NULL;
}

/**
 * gsock_address_map_to_ipv6:
 * @self: an IPv4 or IPv6 address
 * @error: return location for an error
 *
 * Makes the IPv4-mapped IPv6 address of an IPv4 address, for a socket of family IPv6. An IPv6
 * address is copied.
 *
 * Returns: (transfer full): the IPv6 address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when it is of
 *   another family
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_map_to_ipv6 (const GSockAddress *self, GError **error)
{
  GSockAddress value;

  g_return_val_if_fail (self != NULL, NULL);

  value = *self;
  gsock_address_map (&value);
  return gsock_address_ipv6 (&value) != NULL ? gsock_address_copy (&value)
                                             : refuse_mapping (error, self, "IPv6");
}

/**
 * gsock_address_map_to_ipv4:
 * @self: an IPv4 or IPv4-mapped IPv6 address
 * @error: return location for an error
 *
 * Makes the IPv4 address that an IPv4-mapped IPv6 address stands for. An IPv4 address is copied.
 *
 * Returns: (transfer full): the IPv4 address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when it is
 *   another IPv6 address or of another family
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_map_to_ipv4 (const GSockAddress *self, GError **error)
{
  GSockAddress value;

  g_return_val_if_fail (self != NULL, NULL);

  value = *self;
  gsock_address_unmap (&value);
  return gsock_address_ipv4 (&value) != NULL ? gsock_address_copy (&value)
                                             : refuse_mapping (error, self, "IPv4");
}
