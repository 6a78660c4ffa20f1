/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators of addresses. */

#include "conform.h"

#define ADDRESS ((GSockAddress *) call->self->boxed)
#define INTERFACE ((GSockInterface *) call->self->boxed)

static Value *
address_or_null (GSockAddress *address)
{
  return address != NULL ? value_take_boxed (GSOCK_TYPE_ADDRESS, address) : NULL;
}

/* Addresses */

static Value *
address_from_host (Call *call, GError **error)
{
  return address_or_null (gsock_address_new_from_host (call_text (call, 0), (guint) call_integer (call, 1, 0), error));
}

static Value *
address_from_text (Call *call, GError **error)
{
  return address_or_null (gsock_address_new_from_text (call_text (call, 0), error));
}

static Value *
address_from_filename (Call *call, GError **error)
{
  return address_or_null (gsock_address_new_from_filename (call_text (call, 0), error));
}

static Value *
address_from_bytes (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return address_or_null (gsock_address_new_from_bytes (data, length, error));
}

static Value *
address_abstract (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return address_or_null (gsock_address_new_abstract (data, length, error));
}

static Value *
address_for_family (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 1, &length);

  return address_or_null (gsock_address_new_for_family ((GSockAddressFamily) call_integer (call, 0, 0), data, length, error));
}

static Value *
address_netlink (Call *call, GError **error)
{
  return address_or_null (gsock_address_new_netlink ((guint32) call_integer (call, 0, 0), (guint32) call_integer (call, 1, 0)));
}

static Value *
address_from_gsocket_address (Call *call, GError **error)
{
  return address_or_null (gsock_address_new_from_gsocket_address (G_SOCKET_ADDRESS (call_argument (call, 0)->object), error));
}

static Value *
to_gsocket_address (Call *call, GError **error)
{
  GSocketAddress *address = gsock_address_to_gsocket_address (ADDRESS, error);

  return address != NULL ? value_take_object (address) : NULL;
}

static Value *
with_port (Call *call, GError **error)
{
  return address_or_null (gsock_address_with_port (ADDRESS, (guint) call_integer (call, 0, 0), error));
}

static Value *
with_scope (Call *call, GError **error)
{
  return address_or_null (gsock_address_with_scope (ADDRESS, (guint32) call_integer (call, 0, 0), (guint32) call_integer (call, 1, 0), error));
}

static Value *
map_to_ipv4 (Call *call, GError **error)
{
  return address_or_null (gsock_address_map_to_ipv4 (ADDRESS, error));
}

static Value *
map_to_ipv6 (Call *call, GError **error)
{
  return address_or_null (gsock_address_map_to_ipv6 (ADDRESS, error));
}

static Value *
equal (Call *call, GError **error)
{
  return value_boolean (gsock_address_equal (ADDRESS, call_address (call, 0)));
}

static Value *
is_in_network (Call *call, GError **error)
{
  return value_boolean (gsock_address_is_in_network (ADDRESS, G_INET_ADDRESS_MASK (call_argument (call, 0)->object)));
}

static const struct
{
  const char *name;
  gboolean (*ask) (const GSockAddress *self);
} predicates[] = {
  { "is-abstract", gsock_address_is_abstract },
  { "is-broadcast", gsock_address_is_broadcast },
  { "is-global", gsock_address_is_global },
  { "is-ipv4-compatible", gsock_address_is_ipv4_compatible },
  { "is-ipv4-mapped", gsock_address_is_ipv4_mapped },
  { "is-link-local", gsock_address_is_link_local },
  { "is-multicast", gsock_address_is_multicast },
  { "is-multicast-global", gsock_address_is_multicast_global },
  { "is-multicast-link-local", gsock_address_is_multicast_link_local },
  { "is-multicast-node-local", gsock_address_is_multicast_node_local },
  { "is-multicast-organization-local", gsock_address_is_multicast_organization_local },
  { "is-multicast-site-local", gsock_address_is_multicast_site_local },
  { "is-multicast-transient", gsock_address_is_multicast_transient },
  { "is-private", gsock_address_is_private },
  { "is-site-local", gsock_address_is_site_local },
  { "is-unspecified", gsock_address_is_unspecified },
};

static Value *
ask_address (Call *call, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (predicates); i++)
    if (g_str_equal (predicates[i].name, call->operator_name))
      return value_boolean (predicates[i].ask (ADDRESS));
  return NULL;
}

static Value *
is_loopback (Call *call, GError **error)
{
  if (call->self->type == GSOCK_TYPE_INTERFACE)
    return value_boolean (gsock_interface_is_loopback (INTERFACE));
  return value_boolean (gsock_address_is_loopback (ADDRESS));
}

static Value *
get_host (Call *call, GError **error)
{
  return value_take_text (gsock_address_get_host (ADDRESS));
}

static Value *
get_filename (Call *call, GError **error)
{
  return value_take_text (gsock_address_get_filename (ADDRESS));
}

static Value *
to_text (Call *call, GError **error)
{
  return value_take_text (gsock_address_to_text (ADDRESS));
}

static Value *
get_port (Call *call, GError **error)
{
  return value_integer (gsock_address_get_port (ADDRESS));
}

static Value *
get_family (Call *call, GError **error)
{
  return value_integer (gsock_address_get_family (ADDRESS));
}

static Value *
get_groups (Call *call, GError **error)
{
  return value_integer (gsock_address_get_groups (ADDRESS));
}

static Value *
get_scope_id (Call *call, GError **error)
{
  return value_integer (gsock_address_get_scope_id (ADDRESS));
}

static Value *
get_flow_info (Call *call, GError **error)
{
  return value_integer (gsock_address_get_flow_info (ADDRESS));
}

static Value *
get_bytes (Call *call, GError **error)
{
  return value_take_bytes (gsock_address_get_bytes (ADDRESS));
}

/* clang-format off */
const OperatorRow address_operators[] = {
  { "address-abstract", address_abstract },
  { "address-for-family", address_for_family },
  { "address-from-bytes", address_from_bytes },
  { "address-from-filename", address_from_filename },
  { "address-from-gsocket-address", address_from_gsocket_address },
  { "address-from-host", address_from_host },
  { "address-from-text", address_from_text },
  { "address-netlink", address_netlink },
  { "equal", equal },
  { "get-bytes", get_bytes },
  { "get-family", get_family },
  { "get-filename", get_filename },
  { "get-flow-info", get_flow_info },
  { "get-groups", get_groups },
  { "get-host", get_host },
  { "get-port", get_port },
  { "get-scope-id", get_scope_id },
  { "is-abstract", ask_address },
  { "is-broadcast", ask_address },
  { "is-global", ask_address },
  { "is-in-network", is_in_network },
  { "is-ipv4-compatible", ask_address },
  { "is-ipv4-mapped", ask_address },
  { "is-link-local", ask_address },
  { "is-loopback", is_loopback },
  { "is-multicast", ask_address },
  { "is-multicast-global", ask_address },
  { "is-multicast-link-local", ask_address },
  { "is-multicast-node-local", ask_address },
  { "is-multicast-organization-local", ask_address },
  { "is-multicast-site-local", ask_address },
  { "is-multicast-transient", ask_address },
  { "is-private", ask_address },
  { "is-site-local", ask_address },
  { "is-unspecified", ask_address },
  { "map-to-ipv4", map_to_ipv4 },
  { "map-to-ipv6", map_to_ipv6 },
  { "to-gsocket-address", to_gsocket_address },
  { "to-text", to_text },
  { "with-port", with_port },
  { "with-scope", with_scope },
  { NULL },
};
