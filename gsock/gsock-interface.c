/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network interfaces of this machine, as a snapshot. */

#include <gsock/gsock-interface.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <string.h>

struct _GSockInterface
{
  char *name;
  guint index;
  guint flags; /* IFF_x */
  GPtrArray *addresses;
  GBytes *hardware_address;
};

G_DEFINE_BOXED_TYPE (GSockInterface, gsock_interface, gsock_interface_ref, gsock_interface_unref)

static GSockInterface *
interface_new (const char *name, guint index)
{
  GSockInterface *self = g_atomic_rc_box_new0 (GSockInterface);

  self->name = g_strdup (name);
  self->index = index;
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) gsock_address_free);
  return self;
}

static void
interface_clear (gpointer data)
{
  GSockInterface *self = data;

  g_free (self->name);
  g_ptr_array_unref (self->addresses);
  g_clear_pointer (&self->hardware_address, g_bytes_unref);
}

static void
take_address (GSockInterface *self, const struct sockaddr *native, gsize length)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;

  memcpy (gsock_address_native_room (&address), native, length);
  address.length = (guint32) length;
  g_ptr_array_add (self->addresses, gsock_address_copy (&address));
}

/* What has no address of this layer (loopback, tunnels) tells zeros, or nothing. */
static void
take_hardware_address (GSockInterface *self, const struct sockaddr *native, gsize length)
{
  const struct sockaddr_ll *link = (const struct sockaddr_ll *) (const void *) native;
  const guint8 *bytes = (const guint8 *) native + offsetof (struct sockaddr_ll, sll_addr);
  gboolean is_told = FALSE;

  for (guint i = 0; i < link->sll_halen; i++)
    is_told |= bytes[i] != 0;
  if (is_told)
    self->hardware_address = g_bytes_new (bytes, link->sll_halen);
}

/* What getifaddrs tells of an interface, by the family of the address. */
static const struct
{
  int family;
  gsize length;
  void (*take) (GSockInterface *self, const struct sockaddr *native, gsize length);
} kinds[] = {
  { AF_INET, sizeof (struct sockaddr_in), take_address },
  { AF_INET6, sizeof (struct sockaddr_in6), take_address },
  { AF_PACKET, sizeof (struct sockaddr_ll), take_hardware_address },
};

static void
take (GSockInterface *self, const struct ifaddrs *item)
{
  for (gsize i = 0; item->ifa_addr != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].family == item->ifa_addr->sa_family)
      kinds[i].take (self, item->ifa_addr, kinds[i].length);
}

/* The entry of the link layer has the index; to ask for it by name could find another interface
 * that has got the name since. */
static guint
index_of (const struct ifaddrs *item, const char *name)
{
  if (item->ifa_addr != NULL && item->ifa_addr->sa_family == AF_PACKET)
    return (guint) ((const struct sockaddr_ll *) (const void *) item->ifa_addr)->sll_ifindex;
  return if_nametoindex (name);
}

static GSockInterface *
find_by_name (GPtrArray *interfaces, const char *name)
{
  for (guint i = 0; i < interfaces->len; i++)
    if (g_strcmp0 (((GSockInterface *) interfaces->pdata[i])->name, name) == 0)
      return interfaces->pdata[i];

  return NULL;
}

static GSockInterface *
find_by_index (GPtrArray *interfaces, guint index)
{
  for (guint i = 0; i < interfaces->len; i++)
    if (((GSockInterface *) interfaces->pdata[i])->index == index)
      return interfaces->pdata[i];

  return NULL;
}

/* An IPv4 address with a label is listed under the label, "eth0:1", which is no interface. */
static GSockInterface *
find_or_add (GPtrArray *interfaces, const struct ifaddrs *item)
{
  g_autofree char *name = g_strndup (item->ifa_name, strcspn (item->ifa_name, ":"));
  GSockInterface *interface = find_by_name (interfaces, name);

  if (interface == NULL)
    {
      interface = interface_new (name, index_of (item, name));
      g_ptr_array_add (interfaces, interface);
    }
  return interface;
}

static int
compare_indices (gconstpointer a, gconstpointer b)
{
  const GSockInterface *left = *(GSockInterface *const *) a;
  const GSockInterface *right = *(GSockInterface *const *) b;

  return left->index < right->index ? -1 : left->index > right->index;
}

/**
 * gsock_list_network_interfaces:
 * @error: return location for a [alias@GLib.Error]
 *
 * Lists the network interfaces of this machine, those that are down and those without an address
 * included, as they are now.
 *
 * Errors: what the kernel says, such as `GSOCK_ERROR_TOO_MANY_FILES`.
 *
 * Returns: (transfer container) (element-type GSockInterface): the interfaces, sorted by index
 *
 * Since: 1.0
 */
GPtrArray *
gsock_list_network_interfaces (GError **error)
{
  g_autoptr (GPtrArray) interfaces
      = g_ptr_array_new_with_free_func ((GDestroyNotify) gsock_interface_unref);
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) < 0)
    {
      gsock_error_set_for_name (error, -errno, "list network interfaces", NULL);
      return NULL;
    }

  for (const struct ifaddrs *item = list; item != NULL; item = item->ifa_next)
    {
      GSockInterface *interface = find_or_add (interfaces, item);

      interface->flags = item->ifa_flags;
      take (interface, item);
    }
  freeifaddrs (list);

  g_ptr_array_sort (interfaces, compare_indices);
  return g_steal_pointer (&interfaces);
}

/**
 * gsock_list_network_interfaces_as_list: (rename-to gsock_list_network_interfaces)
 * @error: return location for a [alias@GLib.Error]
 *
 * Lists the network interfaces of this machine: what `gsock_list_network_interfaces` does, for other
 * languages, of which some would free what is in an array too early.
 *
 * Errors: those of [func@list_network_interfaces].
 *
 * Returns: (transfer full) (element-type GSockInterface): the interfaces, sorted by index
 *
 * Since: 1.0
 */
GList *
gsock_list_network_interfaces_as_list (GError **error)
{
  g_autoptr (GPtrArray) interfaces = gsock_list_network_interfaces (error);
  GList *list = NULL;

  for (guint i = interfaces != NULL ? interfaces->len : 0; i > 0; i--)
    list = g_list_prepend (list, gsock_interface_ref (g_ptr_array_index (interfaces, i - 1)));
  return list;
}

static char *
list_names (GPtrArray *interfaces)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < interfaces->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((GSockInterface *) interfaces->pdata[i])->name);
  return g_string_free (names, FALSE);
}

static gboolean
fail_unknown (GError **error, GPtrArray *interfaces, const char *wanted)
{
  g_autofree char *names = list_names (interfaces);
  g_autofree char *present = gsock_text_shown (names);
  g_autofree char *shown = gsock_text_shown (wanted != NULL ? wanted : "");

  return gsock_error_literal (
      error, GSOCK_ERROR_UNKNOWN_INTERFACE,
      "look up interface \"%s\": no interface has this name or index; there are %s", shown,
      present);
}

/**
 * gsock_lookup_interface:
 * @name_or_index: the name of an interface (`eth0`), or its index as a decimal number
 * @error: return location for a [alias@GLib.Error]
 *
 * Finds a network interface of this machine. A name may consist of digits: names are tried first.
 *
 * Errors: `GSOCK_ERROR_UNKNOWN_INTERFACE` when there is none, with a message that lists those that
 * there are; else those of [func@list_network_interfaces].
 *
 * Returns: (transfer full): the interface
 *
 * Since: 1.0
 */
GSockInterface *
gsock_lookup_interface (const char *name_or_index, GError **error)
{
  g_autoptr (GPtrArray) interfaces = gsock_list_network_interfaces (error);
  GSockInterface *interface;
  guint64 index = 0;

  if (interfaces == NULL)
    return NULL;

  interface = find_by_name (interfaces, name_or_index);
  if (interface == NULL && name_or_index != NULL
      && g_ascii_string_to_unsigned (name_or_index, 10, 1, G_MAXINT32, &index, NULL))
    interface = find_by_index (interfaces, (guint) index);

  if (interface == NULL)
    {
      fail_unknown (error, interfaces, name_or_index);
      return NULL;
    }
  return gsock_interface_ref (interface);
}

/**
 * gsock_interface_ref:
 * @self: an interface
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
GSockInterface *
gsock_interface_ref (GSockInterface *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * gsock_interface_unref:
 * @self: (transfer full): an interface
 *
 * Drops a reference, and with the last one the interface.
 *
 * Since: 1.0
 */
void
gsock_interface_unref (GSockInterface *self)
{
  g_atomic_rc_box_release_full (self, interface_clear);
}

/**
 * gsock_interface_get_name:
 * @self: an interface
 *
 * The name of the interface, such as `eth0`: what the keyword `interface` takes.
 *
 * Returns: the name
 *
 * Since: 1.0
 */
const char *
gsock_interface_get_name (GSockInterface *self)
{
  return self->name;
}

/**
 * gsock_interface_get_index:
 * @self: an interface
 *
 * The number of the interface, which is the scope id of its link-local addresses.
 *
 * Returns: the index, from 1
 *
 * Since: 1.0
 */
guint
gsock_interface_get_index (GSockInterface *self)
{
  return self->index;
}

/**
 * gsock_interface_is_up:
 * @self: an interface
 *
 * Whether the interface has been switched on. It may be without a cable all the same.
 *
 * Returns: whether it was up when it was looked up
 *
 * Since: 1.0
 */
gboolean
gsock_interface_is_up (GSockInterface *self)
{
  return (self->flags & IFF_UP) != 0;
}

/**
 * gsock_interface_is_loopback:
 * @self: an interface
 *
 * Whether the interface reaches nothing but this machine.
 *
 * Returns: whether it is a loopback interface
 *
 * Since: 1.0
 */
gboolean
gsock_interface_is_loopback (GSockInterface *self)
{
  return (self->flags & IFF_LOOPBACK) != 0;
}

/**
 * gsock_interface_has_multicast:
 * @self: an interface
 *
 * Whether groups can be joined on the interface. Linux does not say so of loopback, where it works
 * all the same once there is a route.
 *
 * Returns: whether it is marked for multicast
 *
 * Since: 1.0
 */
gboolean
gsock_interface_has_multicast (GSockInterface *self)
{
  return (self->flags & IFF_MULTICAST) != 0;
}

/**
 * gsock_interface_get_addresses:
 * @self: an interface
 *
 * The IPv4 and IPv6 addresses of the interface, with port 0. Link-local ones have their scope.
 *
 * Returns: (transfer none) (element-type GSockAddress): the addresses; there may be none
 *
 * Since: 1.0
 */
GPtrArray *
gsock_interface_get_addresses (GSockInterface *self)
{
  return self->addresses;
}

/**
 * gsock_interface_get_addresses_as_list:
 * @self: an interface
 *
 * The IPv4 and IPv6 addresses of the interface: what [method@Interface.get_addresses] gives, for languages
 * that take no array, such as Ruby.
 *
 * Returns: (transfer full) (element-type GSockAddress): the addresses; there may be none
 *
 * Since: 1.0
 */
GList *
gsock_interface_get_addresses_as_list (GSockInterface *self)
{
  GList *list = NULL;

  for (guint i = self->addresses->len; i > 0; i--)
    list = g_list_prepend (list, gsock_address_copy (g_ptr_array_index (self->addresses, i - 1)));
  return list;
}

/**
 * gsock_interface_get_hardware_address:
 * @self: an interface
 *
 * The address of the interface on its own medium: six bytes for Ethernet and wireless.
 *
 * Returns: (transfer none) (nullable): the address, %NULL where there is none, as on loopback
 *
 * Since: 1.0
 */
GBytes *
gsock_interface_get_hardware_address (GSockInterface *self)
{
  return self->hardware_address;
}
