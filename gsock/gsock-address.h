/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_ADDRESS (gsock_address_get_type ())

/**
 * GSockAddress:
 *
 * The address of a socket, of whatever family: a plain value that lives on the stack, in a struct or
 * in an array, is copied by assignment and owns nothing.
 *
 * An all-zero value is the empty address, of family %GSOCK_ADDRESS_FAMILY_INTERNET (no family yet)
 * and length 0.
 *
 * Since: 1.0
 */
struct _GSockAddress
{
  /*< private >*/
  guint64 storage[16];
  guint32 length;
  guint32 reserved;
};

/**
 * GSOCK_ADDRESS_INIT:
 *
 * Initialises a [struct@Address] on the stack to the empty address.
 *
 * Since: 1.0
 */
#define GSOCK_ADDRESS_INIT { { 0 }, 0, 0 }

/**
 * GSOCK_ADDRESS_MAX_LENGTH:
 *
 * The most bytes that the address of any family has.
 *
 * Since: 1.0
 */
#define GSOCK_ADDRESS_MAX_LENGTH 128

/**
 * GSOCK_LOCAL_FILENAME_MAX:
 *
 * The longest file name, in bytes, that a local socket can have.
 *
 * Since: 1.0
 */
#define GSOCK_LOCAL_FILENAME_MAX 107

GSOCK_AVAILABLE_IN_1_0
GType gsock_address_get_type (void) G_GNUC_CONST;

/* Into a value that the caller has */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_init_from_host (GSockAddress *self, const char *host, guint port, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_init_from_filename (GSockAddress *self, const char *filename, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_init_from_bytes (GSockAddress *self, const guint8 *bytes, gsize length, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_init_from_text (GSockAddress *self, const char *text, GError **error);

/* New boxed values */
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_from_host (const char *host, guint port, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_from_filename (const char *filename, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_abstract (const guint8 *name, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_netlink (guint32 port, guint32 groups) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_from_bytes (const guint8 *bytes, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_for_family (GSockAddressFamily family, const guint8 *data, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_from_text (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_new_from_gsocket_address (GSocketAddress *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_copy (const GSockAddress *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_address_free (GSockAddress *self);

/* Parts */
GSOCK_AVAILABLE_IN_1_0
GSockAddressFamily gsock_address_get_family (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
char *gsock_address_get_host (const GSockAddress *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
guint gsock_address_get_port (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
guint32 gsock_address_get_scope_id (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
guint32 gsock_address_get_flow_info (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
guint32 gsock_address_get_groups (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
char *gsock_address_get_filename (const GSockAddress *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_address_get_bytes (const GSockAddress *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_address_peek_bytes (const GSockAddress *self, gsize *length);
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_with_port (const GSockAddress *self, guint port, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_with_scope (const GSockAddress *self, guint32 scope_id, guint32 flow_info, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_address_to_text (const GSockAddress *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSocketAddress *gsock_address_to_gsocket_address (const GSockAddress *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Comparison and kinds */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_equal (const GSockAddress *self, const GSockAddress *other);
GSOCK_AVAILABLE_IN_1_0
guint gsock_address_hash (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_loopback (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_unspecified (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_link_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_site_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_global (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_private (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_broadcast (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_ipv4_mapped (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_ipv4_compatible (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_abstract (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_node_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_link_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_site_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_organization_local (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_global (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_multicast_transient (const GSockAddress *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_address_is_in_network (const GSockAddress *self, GInetAddressMask *network);
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_map_to_ipv6 (const GSockAddress *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_address_map_to_ipv4 (const GSockAddress *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Well-known hosts, as text */

/**
 * GSOCK_IPV4_ANY:
 *
 * Every IPv4 address of this machine.
 *
 * Since: 1.0
 */
#define GSOCK_IPV4_ANY "0.0.0.0"

/**
 * GSOCK_IPV4_LOOPBACK:
 *
 * This machine, by IPv4.
 *
 * Since: 1.0
 */
#define GSOCK_IPV4_LOOPBACK "127.0.0.1"

/**
 * GSOCK_IPV4_BROADCAST:
 *
 * Everyone on this network.
 *
 * Since: 1.0
 */
#define GSOCK_IPV4_BROADCAST "255.255.255.255"

/**
 * GSOCK_IPV6_ANY:
 *
 * Every address of this machine.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_ANY "::"

/**
 * GSOCK_IPV6_LOOPBACK:
 *
 * This machine, by IPv6.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_LOOPBACK "::1"

/**
 * GSOCK_IPV6_INTERFACE_LOCAL_ALL_NODES:
 *
 * The multicast group of all nodes on this interface.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_INTERFACE_LOCAL_ALL_NODES "ff01::1"

/**
 * GSOCK_IPV6_LINK_LOCAL_ALL_NODES:
 *
 * The multicast group of all nodes on this link.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_LINK_LOCAL_ALL_NODES "ff02::1"

/**
 * GSOCK_IPV6_INTERFACE_LOCAL_ALL_ROUTERS:
 *
 * The multicast group of all routers on this interface.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_INTERFACE_LOCAL_ALL_ROUTERS "ff01::2"

/**
 * GSOCK_IPV6_LINK_LOCAL_ALL_ROUTERS:
 *
 * The multicast group of all routers on this link.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_LINK_LOCAL_ALL_ROUTERS "ff02::2"

/**
 * GSOCK_IPV6_SITE_LOCAL_ALL_ROUTERS:
 *
 * The multicast group of all routers of this site.
 *
 * Since: 1.0
 */
#define GSOCK_IPV6_SITE_LOCAL_ALL_ROUTERS "ff05::2"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockAddress, gsock_address_free)

G_END_DECLS
