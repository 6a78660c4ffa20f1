/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of address families: what differs from one to the next stands in its row.
 * Comparing addresses is walking its keys. */

#include <gsock/gsock-address-private.h>

#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <sys/un.h>

/* Room for the longest hardware address that the kernel knows (MAX_ADDR_LEN). */
#define PACKET_ADDRESS_MAX 32

G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_INTERNET == AF_UNSPEC);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_LOCAL == AF_UNIX);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_IPV4 == AF_INET);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_IPV6 == AF_INET6);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_NETLINK == AF_NETLINK);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_PACKET == AF_PACKET);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_ALG == AF_ALG);
G_STATIC_ASSERT ((int) GSOCK_ADDRESS_FAMILY_VSOCK == AF_VSOCK);
G_STATIC_ASSERT (sizeof (struct sockaddr_storage) == GSOCK_ADDRESS_MAX_LENGTH);
G_STATIC_ASSERT (sizeof (((GSockAddress *) NULL)->storage) == GSOCK_ADDRESS_MAX_LENGTH);

static guint
get_port_ipv4 (const GSockAddress *self)
{
  return g_ntohs (((const struct sockaddr_in *) self->storage)->sin_port);
}

static guint
get_port_ipv6 (const GSockAddress *self)
{
  return g_ntohs (((const struct sockaddr_in6 *) self->storage)->sin6_port);
}

static guint
get_port_netlink (const GSockAddress *self)
{
  return ((const struct sockaddr_nl *) self->storage)->nl_pid;
}

static void
set_port_ipv4 (GSockAddress *self, guint port)
{
  ((struct sockaddr_in *) self->storage)->sin_port = g_htons ((guint16) port);
}

static void
set_port_ipv6 (GSockAddress *self, guint port)
{
  ((struct sockaddr_in6 *) self->storage)->sin6_port = g_htons ((guint16) port);
}

static void
set_port_netlink (GSockAddress *self, guint port)
{
  ((struct sockaddr_nl *) self->storage)->nl_pid = port;
}

static gboolean
is_bound_never (const GSockAddress *self)
{
  return FALSE;
}

static gboolean
is_bound_always (const GSockAddress *self)
{
  return TRUE;
}

static gboolean
is_bound_by_port (const GSockAddress *self)
{
  return gsock_address_get_port (self) != 0;
}

static gboolean
is_bound_by_name (const GSockAddress *self)
{
  return self->length > offsetof (struct sockaddr_un, sun_path);
}

static gboolean
is_bound_vsock (const GSockAddress *self)
{
  return ((const struct sockaddr_vm *) self->storage)->svm_port != VMADDR_PORT_ANY;
}

/* Appends a field to a key. */
static guint8 *
put (guint8 *key, gconstpointer field, gsize size)
{
  memcpy (key, field, size);
  return key + size;
}

static gsize
key_none (const GSockAddress *self, guint8 *key)
{
  return 0;
}

static gsize
key_ipv4 (const GSockAddress *self, guint8 *key)
{
  const struct sockaddr_in *native = (const struct sockaddr_in *) self->storage;
  guint8 *end = key;

  end = put (end, &native->sin_port, sizeof native->sin_port);
  end = put (end, &native->sin_addr, sizeof native->sin_addr);
  return end - key;
}

static gsize
key_ipv6 (const GSockAddress *self, guint8 *key)
{
  const struct sockaddr_in6 *native = (const struct sockaddr_in6 *) self->storage;
  guint8 *end = key;

  end = put (end, &native->sin6_port, sizeof native->sin6_port);
  end = put (end, &native->sin6_flowinfo, sizeof native->sin6_flowinfo);
  end = put (end, &native->sin6_addr, sizeof native->sin6_addr);
  end = put (end, &native->sin6_scope_id, sizeof native->sin6_scope_id);
  return end - key;
}

static gsize
key_netlink (const GSockAddress *self, guint8 *key)
{
  const struct sockaddr_nl *native = (const struct sockaddr_nl *) self->storage;
  guint8 *end = key;

  end = put (end, &native->nl_pid, sizeof native->nl_pid);
  end = put (end, &native->nl_groups, sizeof native->nl_groups);
  return end - key;
}

static gsize
key_local (const GSockAddress *self, guint8 *key)
{
  gsize length = 0;
  const char *name = gsock_address_local_name (self, &length);

  return name != NULL ? put (key, name, length) - key : 0;
}

static gsize
key_opaque (const GSockAddress *self, guint8 *key)
{
  const guint8 *bytes = (const guint8 *) self->storage;

  return put (key, bytes + sizeof (sa_family_t), self->length - sizeof (sa_family_t)) - key;
}

/* Sorted by number. */
static const GSockFamily families[] = {
  {
      .number = AF_UNSPEC,
      .name = "internet",
      .label = "internet",
      .internet = TRUE,
      .to_text = gsock_address_print_none,
      .is_bound = is_bound_never,
      .get_key = key_none,
  },
  {
      .number = AF_UNIX,
      .name = "local",
      .label = "local",
      .local = TRUE,
      .wakes = TRUE,
      .min_length = offsetof (struct sockaddr_un, sun_path),
      .max_length = sizeof (struct sockaddr_un),
      .stored_min = offsetof (struct sockaddr_un, sun_path),
      .stored_max = sizeof (struct sockaddr_un),
      .to_text = gsock_address_print_local,
      .parse = gsock_address_parse_local,
      .is_bound = is_bound_by_name,
      .get_key = key_local,
  },
  {
      .number = AF_INET,
      .name = "ipv4",
      .label = "IPv4",
      .internet = TRUE,
      .wakes = TRUE,
      .min_length = sizeof (struct sockaddr_in),
      .max_length = GSOCK_ADDRESS_MAX_LENGTH,
      .stored_min = sizeof (struct sockaddr_in),
      .stored_max = sizeof (struct sockaddr_in),
      .to_text = gsock_address_print_internet,
      .is_bound = is_bound_by_port,
      .get_port = get_port_ipv4,
      .set_port = set_port_ipv4,
      .get_key = key_ipv4,
  },
  {
      .number = AF_INET6,
      .name = "ipv6",
      .label = "IPv6",
      .internet = TRUE,
      .wakes = TRUE,
      /* Linux still takes the older form, which ends before the scope. */
      .min_length = offsetof (struct sockaddr_in6, sin6_scope_id),
      .max_length = GSOCK_ADDRESS_MAX_LENGTH,
      .stored_min = sizeof (struct sockaddr_in6),
      .stored_max = sizeof (struct sockaddr_in6),
      .to_text = gsock_address_print_internet,
      .is_bound = is_bound_by_port,
      .get_port = get_port_ipv6,
      .set_port = set_port_ipv6,
      .get_key = key_ipv6,
  },
  {
      .number = AF_NETLINK,
      .name = "netlink",
      .label = "netlink",
      .min_length = sizeof (struct sockaddr_nl),
      .max_length = GSOCK_ADDRESS_MAX_LENGTH,
      .stored_min = sizeof (struct sockaddr_nl),
      .stored_max = sizeof (struct sockaddr_nl),
      .to_text = gsock_address_print_netlink,
      .parse = gsock_address_parse_netlink,
      .is_bound = is_bound_by_port,
      .get_port = get_port_netlink,
      .set_port = set_port_netlink,
      .get_key = key_netlink,
  },
  {
      .number = AF_PACKET,
      .name = "packet",
      .label = "packet",
      /* getsockname ends with the hardware address; bind and sendto want the whole struct. */
      .min_length = offsetof (struct sockaddr_ll, sll_addr),
      .max_length = offsetof (struct sockaddr_ll, sll_addr) + PACKET_ADDRESS_MAX,
      .stored_min = sizeof (struct sockaddr_ll),
      .stored_max = offsetof (struct sockaddr_ll, sll_addr) + PACKET_ADDRESS_MAX,
      .to_text = gsock_address_print_opaque,
      .parse = gsock_address_parse_opaque,
      .is_bound = is_bound_always,
      .get_key = key_opaque,
  },
  {
      .number = AF_ALG,
      .name = "alg",
      .label = "alg",
      /* An operation is accepted of an algorithm; listen is refused, and so is accept with room for an address. */
      .unlistened = TRUE,
      .min_length = offsetof (struct sockaddr_alg, salg_name) + 1,
      .max_length = GSOCK_ADDRESS_MAX_LENGTH,
      .stored_min = offsetof (struct sockaddr_alg, salg_name) + 1,
      .stored_max = GSOCK_ADDRESS_MAX_LENGTH,
      .to_text = gsock_address_print_opaque,
      .parse = gsock_address_parse_opaque,
      .is_bound = is_bound_always,
      .get_key = key_opaque,
  },
  {
      .number = AF_VSOCK,
      .name = "vsock",
      .label = "vsock",
      .min_length = sizeof (struct sockaddr_vm),
      .max_length = GSOCK_ADDRESS_MAX_LENGTH,
      .stored_min = sizeof (struct sockaddr_vm),
      .stored_max = sizeof (struct sockaddr_vm),
      .to_text = gsock_address_print_opaque,
      .parse = gsock_address_parse_opaque,
      .is_bound = is_bound_vsock,
      .get_key = key_opaque,
  },
};

static const GSockFamily opaque = {
  .number = -1,
  .name = "family",
  .label = "opaque",
  .min_length = sizeof (sa_family_t),
  .max_length = GSOCK_ADDRESS_MAX_LENGTH,
  .stored_min = sizeof (sa_family_t),
  .stored_max = GSOCK_ADDRESS_MAX_LENGTH,
  .to_text = gsock_address_print_opaque,
  .parse = gsock_address_parse_opaque,
  .is_bound = is_bound_always,
  .get_key = key_opaque,
};

const GSockFamily *
gsock_family_find (int number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families) && families[i].number <= number; i++)
    if (families[i].number == number)
      return &families[i];

  return &opaque;
}

const GSockFamily *
gsock_family_find_by_name (const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (strlen (families[i].name) == length && memcmp (families[i].name, name, length) == 0)
      return &families[i];

  return NULL;
}

/**
 * gsock_address_equal:
 * @self: an address
 * @other: (nullable): another address
 *
 * Whether two addresses are the same one.
 *
 * What is compared is what the family means by its address: address and port, for IPv6 the scope
 * and flow information too; a path up to its end, an abstract name with every byte; of an unknown
 * family all bytes. An IPv4 address and the IPv4-mapped IPv6 address that stands for it are two
 * different addresses, see [method@Address.map_to_ipv4].
 *
 * Returns: whether they are equal
 *
 * Since: 1.0
 */
gboolean
gsock_address_equal (const GSockAddress *self, const GSockAddress *other)
{
  guint8 key[GSOCK_ADDRESS_MAX_LENGTH], other_key[GSOCK_ADDRESS_MAX_LENGTH];
  const GSockFamily *row;
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);

  if (other == NULL || gsock_address_family_number (self) != gsock_address_family_number (other))
    return FALSE;

  row = gsock_family_find (gsock_address_family_number (self));
  length = row->get_key (self, key);
  return length == row->get_key (other, other_key) && memcmp (key, other_key, length) == 0;
}

/**
 * gsock_address_hash:
 * @self: an address
 *
 * A hash value for tables, the same for equal addresses. Cast it to #GHashFunc, and
 * [method@Address.equal] to #GEqualFunc.
 *
 * Returns: the hash value
 *
 * Since: 1.0
 */
guint
gsock_address_hash (const GSockAddress *self)
{
  guint8 key[GSOCK_ADDRESS_MAX_LENGTH];
  guint32 hash = 2166136261u;
  gsize length;
  int family;

  g_return_val_if_fail (self != NULL, 0);

  /* FNV-1a */
  family = gsock_address_family_number (self);
  length = gsock_family_find (family)->get_key (self, key);
  hash = (hash ^ (guint32) family) * 16777619u;
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ key[i]) * 16777619u;
  return hash;
}
