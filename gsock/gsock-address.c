/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a socket as a plain value: bytes of any family, ports and scopes. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <linux/netlink.h>
#include <string.h>
#include <sys/un.h>

#define LOCAL_NAME_OFFSET offsetof (struct sockaddr_un, sun_path)

/* The traffic class and the flow label share one field: 8 and 20 bits. */
#define FLOW_INFO_MAX 0x0fffffffu

G_DEFINE_BOXED_TYPE (GSockAddress, gsock_address, gsock_address_copy, gsock_address_free)

void
gsock_address_init_zero (GSockAddress *self, int family)
{
  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  self->length = gsock_family_find (family)->stored_min;
  ((struct sockaddr *) self->storage)->sa_family = family;
}

void
gsock_address_init_any (GSockAddress *self, int family, guint port)
{
  gsock_address_init_zero (self, family == AF_UNSPEC ? AF_INET6 : family);
  gsock_address_set_port (self, port);
}

/* Brings the length between the bounds of the family; bytes that nobody wrote become zeros. */
static void
settle (GSockAddress *self, const GSockFamily *row)
{
  gsize length = CLAMP (self->length, row->stored_min, row->stored_max);

  if (length > self->length)
    memset ((guint8 *) self->storage + self->length, 0, length - self->length);
  self->length = length;
}

void
gsock_address_clamp (GSockAddress *self)
{
  self->length = MIN (self->length, sizeof self->storage);
  if (self->length < sizeof (sa_family_t))
    self->length = 0;
  else
    settle (self, gsock_family_find (gsock_address_family_number (self)));
}

/* Of a path that fills sun_path getsockname counts a NUL for which there is no room. */
static gsize
without_counted_nul (const GSockFamily *row, const guint8 *bytes, gsize length)
{
  gboolean counted = row->local && length == row->max_length + 1 && bytes[LOCAL_NAME_OFFSET] != '\0'
                     && bytes[length - 1] == '\0';

  return counted ? length - 1 : length;
}

static gboolean
refuse_length (GError **error, const GSockFamily *row, gsize length)
{
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                              "%" G_GSIZE_FORMAT
                              " bytes are no address of family %s, which has %" G_GSIZE_FORMAT
                              " to %" G_GSIZE_FORMAT,
                              length, row->name, row->min_length, row->max_length);
}

/**
 * gsock_address_init_from_bytes: (skip)
 * @self: the address to fill
 * @bytes: (array length=length): a `struct sockaddr` of any family
 * @length: how many bytes @bytes has
 * @error: return location for an error
 *
 * Takes an address in the form in which the system has it, into a value that the caller has.
 *
 * After an error @self is the empty address. See [ctor@Address.new_from_bytes].
 *
 * Returns: whether @bytes are an address; `GSOCK_ERROR_INVALID_ADDRESS` if not
 *
 * Since: 1.0
 */
gboolean
gsock_address_init_from_bytes (GSockAddress *self,
                               const guint8 *bytes,
                               gsize length,
                               GError **error)
{
  const GSockFamily *row;
  sa_family_t family;

  g_return_val_if_fail (self != NULL, FALSE);

  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (bytes == NULL || length < sizeof family)
    return gsock_error_literal (
        error, GSOCK_ERROR_INVALID_ADDRESS,
        "an address begins with the 2 bytes of its family, not with %" G_GSIZE_FORMAT " bytes",
        bytes == NULL ? 0 : length);

  memcpy (&family, bytes, sizeof family);
  if (family == AF_UNSPEC)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                "family number 0 is that of no address");

  row = gsock_family_find (family);
  length = without_counted_nul (row, bytes, length);
  if (length < row->min_length || length > row->max_length)
    return refuse_length (error, row, length);

  memcpy (self->storage, bytes, length);
  self->length = length;
  settle (self, row);
  return TRUE;
}

gboolean
gsock_address_init_for_family (
    GSockAddress *self, int family, const void *data, gsize length, GError **error)
{
  guint8 bytes[GSOCK_ADDRESS_MAX_LENGTH];
  sa_family_t number = (sa_family_t) family;
  const gsize room = sizeof bytes - sizeof number;

  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (family != number)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                                "%d is no number of an address family, which are 1 to 65535",
                                family);
  if (data == NULL)
    length = 0;
  if (length > room)
    return gsock_error_literal (
        error, GSOCK_ERROR_INVALID_ADDRESS,
        "%" G_GSIZE_FORMAT " bytes are too many: after its family an address has %" G_GSIZE_FORMAT
        " at most",
        length, room);

  memcpy (bytes, &number, sizeof number);
  if (length > 0)
    memcpy (bytes + sizeof number, data, length);
  return gsock_address_init_from_bytes (self, bytes, sizeof number + length, error);
}

/**
 * gsock_address_new_netlink:
 * @port: the port id, 0 for the kernel itself or for one of its choice
 * @groups: the multicast groups, one bit each
 *
 * Makes an address of the family netlink.
 *
 * Returns: (transfer full): the address
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_netlink (guint32 port, guint32 groups)
{
  GSockAddress value;

  gsock_address_init_any (&value, AF_NETLINK, port);
  ((struct sockaddr_nl *) value.storage)->nl_groups = groups;
  return gsock_address_copy (&value);
}

/**
 * gsock_address_new_from_bytes:
 * @bytes: (array length=length): a `struct sockaddr` of any family
 * @length: how many bytes @bytes has, %GSOCK_ADDRESS_MAX_LENGTH at most
 * @error: return location for an error
 *
 * Takes an address in the form in which the system has it: the number of the family in 2 bytes,
 * then what the family puts there.
 *
 * The length must be one that the family has. An IPv4, IPv6, netlink or vsock address may be
 * followed by more, as when a whole `struct sockaddr_storage` is given; the rest is not part of it.
 * An IPv6 address may end before its scope. Of a family that gsock does not know any bytes are
 * taken.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_from_bytes (const guint8 *bytes, gsize length, GError **error)
{
  GSockAddress value;

  return gsock_address_init_from_bytes (&value, bytes, length, error) ? gsock_address_copy (&value)
                                                                      : NULL;
}

/**
 * gsock_address_new_for_family:
 * @family: (type gint): the family, a #GSockAddressFamily or any number that the system knows
 * @data: (array length=length) (nullable): what follows the number of the family
 * @length: how many bytes @data has
 * @error: return location for an error
 *
 * Makes an address of any family from its number and the bytes that the family puts after it.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, as
 *   [ctor@Address.new_from_bytes] gives it, or because no family has this number
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_for_family (GSockAddressFamily family,
                              const guint8 *data,
                              gsize length,
                              GError **error)
{
  GSockAddress value;

  return gsock_address_init_for_family (&value, (int) family, data, length, error)
             ? gsock_address_copy (&value)
             : NULL;
}

/**
 * gsock_address_copy:
 * @self: an address
 *
 * Copies an address to the heap. In C an assignment copies it too.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_copy (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * gsock_address_free: (skip)
 * @self: (nullable) (transfer full): an address on the heap
 *
 * Frees an address that a function of gsock has made on the heap.
 *
 * Since: 1.0
 */
void
gsock_address_free (GSockAddress *self)
{
  g_free (self);
}

/**
 * gsock_address_get_family:
 * @self: an address
 *
 * The family of an address: one that #GSockAddressFamily names, or another number of the system's,
 * for which most languages have no value of an enumeration, so they are given the number.
 *
 * Returns: (type gint): the family, %GSOCK_ADDRESS_FAMILY_INTERNET for the empty address
 *
 * Since: 1.0
 */
GSockAddressFamily
gsock_address_get_family (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, GSOCK_ADDRESS_FAMILY_INTERNET);

  return (GSockAddressFamily) gsock_address_family_number (self);
}

/**
 * gsock_address_get_port:
 * @self: an address
 *
 * The port of an IPv4 or IPv6 address, the port id of a netlink address.
 *
 * Returns: the port, 0 for other families
 *
 * Since: 1.0
 */
guint
gsock_address_get_port (const GSockAddress *self)
{
  const GSockFamily *row;

  g_return_val_if_fail (self != NULL, 0);

  row = gsock_family_find (gsock_address_family_number (self));
  return row->get_port != NULL ? row->get_port (self) : 0;
}

/**
 * gsock_address_get_scope_id:
 * @self: an address
 *
 * The scope of an IPv6 address, which is the index of a network interface.
 *
 * Returns: the scope, 0 for none and for other families
 *
 * Since: 1.0
 */
guint32
gsock_address_get_scope_id (const GSockAddress *self)
{
  const struct sockaddr_in6 *native;

  g_return_val_if_fail (self != NULL, 0);

  native = gsock_address_ipv6 (self);
  return native != NULL ? native->sin6_scope_id : 0;
}

/**
 * gsock_address_get_flow_info:
 * @self: an address
 *
 * The traffic class (8 bits) and flow label (20 bits) of an IPv6 address, as a number in the byte
 * order of this machine.
 *
 * Returns: the flow information, 0 for none and for other families
 *
 * Since: 1.0
 */
guint32
gsock_address_get_flow_info (const GSockAddress *self)
{
  const struct sockaddr_in6 *native;

  g_return_val_if_fail (self != NULL, 0);

  native = gsock_address_ipv6 (self);
  return native != NULL ? g_ntohl (native->sin6_flowinfo) : 0;
}

/**
 * gsock_address_get_groups:
 * @self: an address
 *
 * The multicast groups of a netlink address, one bit each.
 *
 * Returns: the groups, 0 for other families
 *
 * Since: 1.0
 */
guint32
gsock_address_get_groups (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (gsock_address_family_number (self) != AF_NETLINK)
    return 0;
  return ((const struct sockaddr_nl *) self->storage)->nl_groups;
}

/**
 * gsock_address_get_bytes:
 * @self: an address
 *
 * The address as the system has it, a `struct sockaddr` of its family.
 *
 * Returns: (transfer full): the bytes, none for the empty address
 *
 * Since: 1.0
 */
GBytes *
gsock_address_get_bytes (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->storage, self->length);
}

/**
 * gsock_address_peek_bytes:
 * @self: an address
 * @length: (out): return location for the number of bytes
 *
 * The address as the system has it, a `struct sockaddr` of its family, in place: the bytes are
 * those of @self and change with it.
 *
 * Returns: (transfer none) (array length=length): the bytes
 *
 * Since: 1.0
 */
const guint8 *
gsock_address_peek_bytes (const GSockAddress *self, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (length != NULL)
    *length = self->length;
  return (const guint8 *) self->storage;
}

void
gsock_address_set_port (GSockAddress *self, guint port)
{
  const GSockFamily *row = gsock_family_find (gsock_address_family_number (self));

  if (row->set_port != NULL)
    row->set_port (self, port);
}

void
gsock_address_set_scope (GSockAddress *self, guint32 scope_id, guint32 flow_info)
{
  struct sockaddr_in6 *native = (struct sockaddr_in6 *) self->storage;

  if (gsock_address_ipv6 (self) == NULL)
    return;
  native->sin6_scope_id = scope_id;
  native->sin6_flowinfo = g_htonl (flow_info);
}

gboolean
gsock_address_check_port (guint port, GError **error)
{
  return port <= G_MAXUINT16
         || gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "port %u is over 65535", port);
}

/**
 * gsock_address_with_port:
 * @self: an address
 * @port: the port, or for a netlink address the port id
 * @error: return location for an error
 *
 * Makes the same address with another port.
 *
 * Returns: (transfer full): the new address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when the
 *   family has no ports, or `GSOCK_ERROR_OUT_OF_RANGE`, when the port of an IPv4 or IPv6 address is
 *   over 65535
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_with_port (const GSockAddress *self, guint port, GError **error)
{
  const GSockFamily *row;
  GSockAddress value;

  g_return_val_if_fail (self != NULL, NULL);

  row = gsock_family_find (gsock_address_family_number (self));
  if (row->set_port == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                           "addresses of family %s have no port", row->name);
      return NULL;
    }
  if (row->internet && !gsock_address_check_port (port, error))
    return NULL;

  value = *self;
  row->set_port (&value, port);
  return gsock_address_copy (&value);
}

/**
 * gsock_address_with_scope:
 * @self: an IPv6 address
 * @scope_id: the scope, the index of a network interface, or 0 for none
 * @flow_info: the traffic class and flow label, 0 for none
 * @error: return location for an error
 *
 * Makes the same address with another scope and other flow information.
 *
 * Returns: (transfer full): the new address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when it is no
 *   IPv6 address, or `GSOCK_ERROR_OUT_OF_RANGE`, when @flow_info has more than 28 bits
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_with_scope (const GSockAddress *self,
                          guint32 scope_id,
                          guint32 flow_info,
                          GError **error)
{
  GSockAddress value;

  g_return_val_if_fail (self != NULL, NULL);

  if (gsock_address_ipv6 (self) == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS,
                           "only an IPv6 address has a scope and flow information");
      return NULL;
    }
  if (flow_info > FLOW_INFO_MAX)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE,
                           "flow information 0x%x has more than 28 bits", flow_info);
      return NULL;
    }

  value = *self;
  gsock_address_set_scope (&value, scope_id, flow_info);
  return gsock_address_copy (&value);
}
