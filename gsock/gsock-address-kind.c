/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of host an internet address is, and of which network. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>

#include <string.h>

typedef enum
{
  KIND_UNSPECIFIED = 1 << 0,
  KIND_LOOPBACK = 1 << 1,
  KIND_LINK_LOCAL = 1 << 2,
  KIND_SITE_LOCAL = 1 << 3,
  KIND_PRIVATE = 1 << 4,
  KIND_GLOBAL = 1 << 5,
  KIND_BROADCAST = 1 << 6,
  KIND_MULTICAST = 1 << 7,
  KIND_MULTICAST_NODE = 1 << 8,
  KIND_MULTICAST_LINK = 1 << 9,
  KIND_MULTICAST_SITE = 1 << 10,
  KIND_MULTICAST_ORGANIZATION = 1 << 11,
  KIND_MULTICAST_GLOBAL = 1 << 12,
  KIND_MULTICAST_TRANSIENT = 1 << 13,
} Kind;

typedef struct
{
  guint8 prefix[16];
  guint8 bits;
  guint kinds;
} Network;

/* The first row that an address is in tells its kinds, so the narrower networks come first. What is
 * global is what the registries of special-purpose addresses (RFC 6890) call globally reachable. */
static const Network ipv4_networks[] = {
  { { 0, 0, 0, 0 }, 32, KIND_UNSPECIFIED },
  { { 0 }, 8, 0 },
  { { 10 }, 8, KIND_PRIVATE | KIND_SITE_LOCAL },
  { { 100, 64 }, 10, 0 }, /* carrier-grade NAT */
  { { 127 }, 8, KIND_LOOPBACK },
  { { 169, 254 }, 16, KIND_LINK_LOCAL },
  { { 172, 16 }, 12, KIND_PRIVATE | KIND_SITE_LOCAL },
  { { 192, 0, 0, 9 }, 32, KIND_GLOBAL },
  { { 192, 0, 0, 10 }, 32, KIND_GLOBAL },
  { { 192, 0, 0 }, 24, 0 },
  { { 192, 0, 2 }, 24, 0 }, /* documentation */
  { { 192, 168 }, 16, KIND_PRIVATE | KIND_SITE_LOCAL },
  { { 198, 18 }, 15, 0 },      /* benchmarks */
  { { 198, 51, 100 }, 24, 0 }, /* documentation */
  { { 203, 0, 113 }, 24, 0 },  /* documentation */
  { { 224, 0, 0 }, 24, KIND_MULTICAST | KIND_MULTICAST_LINK },
  { { 239, 255 }, 16, KIND_MULTICAST | KIND_MULTICAST_SITE },
  { { 239, 192 }, 14, KIND_MULTICAST | KIND_MULTICAST_ORGANIZATION },
  { { 239 }, 8, KIND_MULTICAST },
  { { 224 }, 4, KIND_MULTICAST | KIND_MULTICAST_GLOBAL },
  { { 255, 255, 255, 255 }, 32, KIND_BROADCAST },
  { { 240 }, 4, 0 },
  { { 0 }, 0, KIND_GLOBAL },
};

static const Network ipv6_networks[] = {
  { { 0 }, 128, KIND_UNSPECIFIED },
  { { [15] = 1 }, 128, KIND_LOOPBACK },
  { { 0x00, 0x64, 0xff, 0x9b }, 96, KIND_GLOBAL }, /* IPv4 behind a translator */
  { { 0xfe, 0x80 }, 10, KIND_LINK_LOCAL },
  { { 0xfe, 0xc0 }, 10, KIND_SITE_LOCAL },
  { { 0xfc }, 7, KIND_PRIVATE },
  { { 0xff }, 8, KIND_MULTICAST },
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32, 0 }, /* documentation */
  { { 0x3f, 0xff }, 20, 0 },             /* documentation */
  { { 0x20, 0x01, 0x00, 0x01, [15] = 1 }, 128, KIND_GLOBAL },
  { { 0x20, 0x01, 0x00, 0x01, [15] = 2 }, 128, KIND_GLOBAL },
  { { 0x20, 0x01, 0x00, 0x03 }, 32, KIND_GLOBAL },
  { { 0x20, 0x01, 0x00, 0x04, 0x01, 0x12 }, 48, KIND_GLOBAL },
  { { 0x20, 0x01, 0x00, 0x20 }, 28, KIND_GLOBAL },
  { { 0x20, 0x01, 0x00, 0x30 }, 28, KIND_GLOBAL },
  { { 0x20, 0x01 }, 23, 0 }, /* protocol assignments */
  { { 0x20 }, 3, KIND_GLOBAL },
};

/* By the scope that the second byte of an IPv6 group names. */
static const guint multicast_scopes[16] = {
  [0x1] = KIND_MULTICAST_NODE,
  [0x2] = KIND_MULTICAST_LINK,
  [0x5] = KIND_MULTICAST_SITE,
  [0x8] = KIND_MULTICAST_ORGANIZATION,
  [0xe] = KIND_MULTICAST_GLOBAL,
};

static gboolean
has_prefix (const guint8 *host, const guint8 *prefix, guint bits)
{
  guint whole = bits / 8;
  guint rest = bits % 8;

  return memcmp (host, prefix, whole) == 0
         && (rest == 0 || (host[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

static guint
find_kinds (const Network *networks, gsize n_networks, const guint8 *host)
{
  for (gsize i = 0; i < n_networks; i++)
    if (has_prefix (host, networks[i].prefix, networks[i].bits))
      return networks[i].kinds;

  return 0;
}

static guint
find_ipv6_kinds (const guint8 *host)
{
  guint kinds = find_kinds (ipv6_networks, G_N_ELEMENTS (ipv6_networks), host);

  if ((kinds & KIND_MULTICAST) == 0)
    return kinds;
  return kinds | multicast_scopes[host[1] & 0x0f]
         | ((host[1] & 0x10) != 0 ? KIND_MULTICAST_TRANSIENT : 0);
}

/* The bytes of the IPv4 address that this is or stands for, or NULL. */
static const guint8 *
peek_ipv4 (const GSockAddress *self)
{
  const struct sockaddr_in *ipv4 = gsock_address_ipv4 (self);
  const struct sockaddr_in6 *ipv6 = gsock_address_ipv6 (self);

  if (ipv4 != NULL)
    return (const guint8 *) &ipv4->sin_addr;
  if (ipv6 != NULL && IN6_IS_ADDR_V4MAPPED (&ipv6->sin6_addr))
    return ipv6->sin6_addr.s6_addr + 12;
  return NULL;
}

static gboolean
is_of_kind (const GSockAddress *self, Kind kind)
{
  const guint8 *ipv4 = peek_ipv4 (self);
  const struct sockaddr_in6 *ipv6 = gsock_address_ipv6 (self);

  if (ipv4 != NULL)
    return (find_kinds (ipv4_networks, G_N_ELEMENTS (ipv4_networks), ipv4) & kind) != 0;
  return ipv6 != NULL && (find_ipv6_kinds (ipv6->sin6_addr.s6_addr) & kind) != 0;
}

/**
 * gsock_address_is_loopback:
 * @self: an address
 *
 * Whether a host is this machine: `127.0.0.0/8`, `::1`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_loopback (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_LOOPBACK);
}

/**
 * gsock_address_is_multicast:
 * @self: an address
 *
 * Whether a host is a multicast group: `224.0.0.0/4`, `ff00::/8`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST);
}

/**
 * gsock_address_is_unspecified:
 * @self: an address
 *
 * Whether a host is every address of this machine: `0.0.0.0`, `::`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_unspecified (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_UNSPECIFIED);
}

/**
 * gsock_address_is_link_local:
 * @self: an address
 *
 * Whether a host can be reached on its link only: `169.254.0.0/16`, `fe80::/10`. For groups see
 * [method@Address.is_multicast_link_local].
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_link_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_LINK_LOCAL);
}

/**
 * gsock_address_is_site_local:
 * @self: an address
 *
 * Whether a host can be reached on its site only: `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`,
 * `fec0::/10` (which is out of use; today's are in [method@Address.is_private]).
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_site_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_SITE_LOCAL);
}

/**
 * gsock_address_is_global:
 * @self: an address
 *
 * Whether a host can be reached from the whole internet, as the registries of special-purpose
 * addresses have it: a unicast address that is neither unspecified, loopback, link-local, private,
 * shared by a carrier, nor set aside for documentation, benchmarks, protocols or the future. For
 * groups see [method@Address.is_multicast_global].
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_global (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_GLOBAL);
}

/**
 * gsock_address_is_private:
 * @self: an address
 *
 * Whether a host is of a private network: `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`,
 * `fc00::/7`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_private (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_PRIVATE);
}

/**
 * gsock_address_is_broadcast:
 * @self: an address
 *
 * Whether a host is everyone on this network: `255.255.255.255`. The broadcast address of a single
 * network cannot be told without its mask.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_broadcast (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_BROADCAST);
}

/**
 * gsock_address_is_multicast_node_local:
 * @self: an address
 *
 * Whether a host is an IPv6 group that does not leave its interface: `ff01::/16`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_node_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_NODE);
}

/**
 * gsock_address_is_multicast_link_local:
 * @self: an address
 *
 * Whether a host is a group of its link: `224.0.0.0/24`, `ff02::/16`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_link_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_LINK);
}

/**
 * gsock_address_is_multicast_site_local:
 * @self: an address
 *
 * Whether a host is a group of its site: `239.255.0.0/16`, `ff05::/16`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_site_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_SITE);
}

/**
 * gsock_address_is_multicast_organization_local:
 * @self: an address
 *
 * Whether a host is a group of its organization: `239.192.0.0/14`, `ff08::/16`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_organization_local (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_ORGANIZATION);
}

/**
 * gsock_address_is_multicast_global:
 * @self: an address
 *
 * Whether a host is a group of the whole internet: `224.0.1.0` to `238.255.255.255`, `ff0e::/16`.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_global (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_GLOBAL);
}

/**
 * gsock_address_is_multicast_transient:
 * @self: an address
 *
 * Whether a host is an IPv6 group that is not assigned for good: `ff10::/12`, and with other flags.
 *
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it stands for.
 *
 * Returns: whether it is, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_multicast_transient (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_of_kind (self, KIND_MULTICAST_TRANSIENT);
}

/**
 * gsock_address_is_in_network:
 * @self: an address
 * @network: a network, such as `10.0.0.0/8`
 *
 * Whether a host belongs to a network.
 *
 * An IPv4-mapped IPv6 address belongs to the IPv4 networks to which the address that it stands for
 * belongs, and as it is to IPv6 networks.
 *
 * Returns: whether it does, %FALSE for families other than IPv4 and IPv6
 *
 * Since: 1.0
 */
gboolean
gsock_address_is_in_network (const GSockAddress *self, GInetAddressMask *network)
{
  const struct sockaddr_in6 *ipv6;
  const guint8 *host, *prefix;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS_MASK (network), FALSE);

  ipv6 = gsock_address_ipv6 (self);
  host = ipv6 != NULL ? ipv6->sin6_addr.s6_addr : NULL;
  if (g_inet_address_mask_get_family (network) == G_SOCKET_FAMILY_IPV4)
    host = peek_ipv4 (self);
  if (host == NULL)
    return FALSE;

  prefix = g_inet_address_to_bytes (g_inet_address_mask_get_address (network));
  return has_prefix (host, prefix, g_inet_address_mask_get_length (network));
}
