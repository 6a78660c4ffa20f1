/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators of addresses, messages and interfaces, and those that belong to no socket. */

#include "conform.h"

#include <string.h>
#include <unistd.h>

#define ADDRESS ((GSockAddress *) call->self->boxed)
#define MESSAGE ((GSockMessage *) call->self->boxed)
#define INTERFACE ((GSockInterface *) call->self->boxed)

static Value *
address_or_null (GSockAddress *address)
{
  return address != NULL ? value_take_boxed (GSOCK_TYPE_ADDRESS, address) : NULL;
}

/* What is none of the operator's business: nothing for a number below zero. */
static Value *
known_or_nothing (gint64 number)
{
  return number >= 0 ? value_integer (number) : value_new (NOTHING);
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
  { "is-loopback", gsock_address_is_loopback },
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

/* Messages: what they have, as parts that have names */

static Value *
get_data (Call *call, GError **error)
{
  return value_take_bytes (gsock_message_get_bytes (MESSAGE));
}

static Value *
get_address (Call *call, GError **error)
{
  return value_address (gsock_message_get_address (MESSAGE));
}

static Value *
get_full_length (Call *call, GError **error)
{
  return value_integer ((gint64) gsock_message_get_full_length (MESSAGE));
}

static Value *
get_truncated (Call *call, GError **error)
{
  return value_boolean (gsock_message_is_truncated (MESSAGE));
}

static Value *
get_control_truncated (Call *call, GError **error)
{
  return value_boolean (gsock_message_is_control_truncated (MESSAGE));
}

static Value *
get_message_ttl (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_ttl (MESSAGE));
}

static Value *
get_traffic_class (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_traffic_class (MESSAGE));
}

static Value *
get_segment_size (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_segment_size (MESSAGE));
}

static Value *
get_overflow_count (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_overflow_count (MESSAGE));
}

static Value *
get_timestamp (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_timestamp (MESSAGE));
}

static Value *
get_packet_info (Call *call, GError **error)
{
  GSockAddress address;
  guint interface;

  if (!gsock_message_get_packet_info (MESSAGE, &address, &interface))
    return value_new (NOTHING);
  return value_list (NULL, value_take_text (gsock_address_get_host (&address)), value_integer (interface), NULL);
}

static Value *
get_credentials (Call *call, GError **error)
{
  int pid;
  guint uid, gid;

  if (!gsock_message_get_credentials (MESSAGE, &pid, &uid, &gid))
    return value_new (NOTHING);
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid), NULL);
}

static Value *
get_extended_error (Call *call, GError **error)
{
  int number, origin, type, code;
  guint info;
  GSockAddress offender;

  if (!gsock_message_get_extended_error (MESSAGE, &number, &origin, &type, &code, &info, &offender))
    return value_new (NOTHING);
  return value_list (NULL, value_integer (number), value_integer (origin), value_integer (type), value_integer (code), NULL);
}

static Value *
get_n_file_descriptors (Call *call, GError **error)
{
  return value_integer (gsock_message_get_n_file_descriptors (MESSAGE));
}

static Value *
take_file_descriptors (Call *call, GError **error)
{
  gsize n_fds;
  g_autofree int *fds = gsock_message_take_file_descriptors (MESSAGE, &n_fds);
  Value *list = value_new (LIST);

  for (gsize i = 0; i < n_fds; i++)
    value_append (list, value_integer (fds[i]));
  return list;
}

/* Messages: what is put into them */

static Value *
item_of (const Value *list, guint number)
{
  return g_ptr_array_index (list->items, number);
}

static gboolean
add_data (GSockMessage *message, const Value *data)
{
  gsize length;
  gconstpointer bytes;

  if (data->kind == LIST)
    for (guint i = 0; i < data->items->len; i++)
      add_data (message, item_of (data, i));
  else
    {
      bytes = g_bytes_get_data (data->bytes, &length);
      gsock_message_add_data (message, bytes, length);
    }
  return TRUE;
}

static gboolean
add_file_descriptors (GSockMessage *message, const Value *fds, GError **error)
{
  for (guint i = 0; i < fds->items->len; i++)
    if (!gsock_message_add_file_descriptor (message, (int) item_of (fds, i)->integer, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_controls (GSockMessage *message, const Value *controls, GError **error)
{
  for (guint i = 0; i < controls->items->len; i++)
    {
      const Value *control = item_of (controls, i);
      gsize length;
      gconstpointer data = g_bytes_get_data (item_of (control, 2)->bytes, &length);

      if (!gsock_message_add_control (message, (int) item_of (control, 0)->integer, (int) item_of (control, 1)->integer, data, length, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_packet_info (GSockMessage *message, const Value *info, GError **error)
{
  GSockAddress address;

  if (!gsock_address_init_from_host (&address, item_of (info, 0)->text, 0, error))
    return FALSE;
  gsock_message_set_packet_info (message, &address, (guint) item_of (info, 1)->integer);
  return TRUE;
}

GSockMessage *
call_message (Call *call, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  Value *part;

  add_data (message, call_argument (call, 0));
  if ((part = call_take (call, "ttl")) != NULL)
    gsock_message_set_ttl (message, (int) part->integer);
  if ((part = call_take (call, "traffic-class")) != NULL)
    gsock_message_set_traffic_class (message, (int) part->integer);
  if ((part = call_take (call, "packet-info")) != NULL && !set_packet_info (message, part, error))
    return NULL;
  if ((part = call_take (call, "file-descriptors")) != NULL && !add_file_descriptors (message, part, error))
    return NULL;
  if ((part = call_take (call, "controls")) != NULL && !add_controls (message, part, error))
    return NULL;
  return g_steal_pointer (&message);
}

/* Bytes, (bytes address) or (bytes host port). */
static gboolean
add_datagram (GSockBatch *batch, const Value *datagram, GError **error)
{
  const Value *bytes = datagram->kind == LIST ? item_of (datagram, 0) : datagram;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes->bytes, &length);
  const GSockAddress *address = NULL;
  GSockAddress made;

  if (datagram->kind == LIST && datagram->items->len == 2)
    address = item_of (datagram, 1)->boxed;
  else if (datagram->kind == LIST)
    {
      if (!gsock_address_init_from_host (&made, item_of (datagram, 1)->text, (guint) item_of (datagram, 2)->integer, error))
        return FALSE;
      address = &made;
    }
  return gsock_batch_add (batch, data, length, address, error);
}

GSockBatch *
call_batch (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  const Value *list = call_argument (call, 0);

  for (guint i = 0; i < list->items->len; i++)
    if (!add_datagram (batch, item_of (list, i), error))
      return NULL;
  return g_steal_pointer (&batch);
}

/* Lookups */

static Value *
take_boxed (GPtrArray *array, GType type)
{
  Value *list = value_new (LIST);

  for (guint i = 0; i < array->len; i++)
    value_append (list, value_take_boxed (type, g_boxed_copy (type, g_ptr_array_index (array, i))));
  g_ptr_array_unref (array);
  return list;
}

static Value *
lookup_hostname (Call *call, GError **error)
{
  char *true_name = NULL;
  GPtrArray *found = gsock_lookup_hostname (call_text (call, 0), (GSockIpv6Mode) call_integer (call, 1, GSOCK_IPV6_MODE_YES), &true_name, NULL, error);

  if (found == NULL)
    return NULL;
  return value_list (NULL, take_boxed (found, GSOCK_TYPE_ADDRESS), value_take_text (true_name), NULL);
}

static Value *
lookup_name (Call *call, GError **error)
{
  char *service = NULL;
  char *host = gsock_lookup_name (call_address (call, 0), call_integer (call, 1, 0) != 0, &service, NULL, error);

  return host != NULL ? value_list (NULL, value_take_text (host), value_take_text (service), NULL) : NULL;
}

static Value *
lookup_service (Call *call, GError **error)
{
  char *name, *protocol;
  int port = gsock_lookup_service (call_text (call, 0), call_text (call, 1), &name, &protocol, error);

  return port >= 0 ? value_list (NULL, value_integer (port), value_take_text (name), value_take_text (protocol), NULL) : NULL;
}

static Value *
lookup_protocol (Call *call, GError **error)
{
  g_auto (GStrv) aliases = NULL;
  char *name;
  int number = gsock_lookup_protocol (call_text (call, 0), &name, &aliases, error);

  return number >= 0 ? value_list (NULL, value_integer (number), value_take_text (name), NULL) : NULL;
}

static Value *
lookup_interface (Call *call, GError **error)
{
  GSockInterface *found = gsock_lookup_interface (call_text (call, 0), error);

  return found != NULL ? value_take_boxed (GSOCK_TYPE_INTERFACE, found) : NULL;
}

static Value *
list_network_interfaces (Call *call, GError **error)
{
  GPtrArray *found = gsock_list_network_interfaces (error);

  return found != NULL ? take_boxed (found, GSOCK_TYPE_INTERFACE) : NULL;
}

static Value *
get_name (Call *call, GError **error)
{
  return value_take_text (g_strdup (gsock_interface_get_name (INTERFACE)));
}

static Value *
get_index (Call *call, GError **error)
{
  return value_integer (gsock_interface_get_index (INTERFACE));
}

static Value *
get_hardware_address (Call *call, GError **error)
{
  GBytes *bytes = gsock_interface_get_hardware_address (INTERFACE);

  return value_take_bytes (bytes != NULL ? g_bytes_ref (bytes) : NULL);
}

static Value *
get_addresses (Call *call, GError **error)
{
  return value_integer (gsock_interface_get_addresses (INTERFACE)->len);
}

static Value *
is_up (Call *call, GError **error)
{
  return value_boolean (gsock_interface_is_up (INTERFACE));
}

static Value *
has_multicast (Call *call, GError **error)
{
  return value_boolean (gsock_interface_has_multicast (INTERFACE));
}

static Value *
is_loopback (Call *call, GError **error)
{
  if (call->self->type == GSOCK_TYPE_INTERFACE)
    return value_boolean (gsock_interface_is_loopback (INTERFACE));
  return ask_address (call, error);
}

/* Waiting */

static guint
condition_of (const Value *condition)
{
  g_autoptr (GFlagsClass) conditions = g_type_class_ref (G_TYPE_IO_CONDITION);

  return g_flags_get_value_by_nick (conditions, condition->text)->value;
}

static double
seconds_of (const Value *value)
{
  return value->kind == REAL ? value->real : value->kind == INTEGER ? (double) value->integer : GSOCK_TIMEOUT_DEFAULT;
}

static Value *
wait_for (Call *call, GError **error)
{
  const Value *cancellable = call_argument (call, 2);
  GIOCondition ready = gsock_socket_wait_for (GSOCK_SOCKET (call->self->object), condition_of (call_argument (call, 0)),
                                              seconds_of (call_argument (call, 1)),
                                              cancellable->kind == OBJECT ? G_CANCELLABLE (cancellable->object) : NULL, error);

  return *error == NULL ? value_integer (ready) : NULL;
}

static Value *
wait_for_any (Call *call, GError **error)
{
  const Value *list = call_argument (call, 0), *timeout = call_take (call, "timeout");
  GSockSocket *sockets[8];
  guint conditions[8];
  Value *ready;
  g_autoptr (GPtrArray) found = NULL;

  for (guint i = 0; i < list->items->len; i++)
    {
      sockets[i] = GSOCK_SOCKET (item_of (list, i)->object);
      conditions[i] = condition_of (item_of (call_argument (call, 1), i));
    }
  found = gsock_wait_for_any (sockets, list->items->len, conditions, list->items->len, seconds_of (timeout), NULL, error);
  if (found == NULL)
    return NULL;
  ready = value_new (LIST);
  for (guint i = 0; i < found->len; i++)
    value_append (ready, value_take_object (g_object_ref (g_ptr_array_index (found, i))));
  return ready;
}

/* Defaults, errors and options */

static Value *
get_default_backlog (Call *call, GError **error)
{
  return value_integer (gsock_get_default_backlog ());
}

static Value *
set_default_backlog (Call *call, GError **error)
{
  gsock_set_default_backlog ((guint) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_ipv6_mode (Call *call, GError **error)
{
  return value_integer (gsock_get_default_ipv6_mode ());
}

static Value *
set_default_ipv6_mode (Call *call, GError **error)
{
  gsock_set_default_ipv6_mode ((GSockIpv6Mode) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_linger_seconds (Call *call, GError **error)
{
  return value_integer (gsock_get_default_linger_seconds ());
}

static Value *
set_default_linger_seconds (Call *call, GError **error)
{
  gsock_set_default_linger_seconds ((guint) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_attempt_delay (Call *call, GError **error)
{
  return value_real (gsock_get_default_attempt_delay ());
}

static Value *
set_default_attempt_delay (Call *call, GError **error)
{
  gsock_set_default_attempt_delay (seconds_of (call_argument (call, 0)));
  return value_new (NOTHING);
}

static Value *
list_options (Call *call, GError **error)
{
  g_auto (GStrv) names = gsock_list_options ();
  Value *list = value_new (LIST);

  for (char **name = names; *name != NULL; name++)
    value_append (list, value_take_text (g_strdup (*name)));
  return list;
}

static Value *
error_to_errno (Call *call, GError **error)
{
  return value_integer (gsock_error_to_errno ((GSockError) call_integer (call, 0, 0)));
}

static Value *
error_from_errno (Call *call, GError **error)
{
  return value_integer (gsock_error_from_errno ((int) call_integer (call, 0, 0)));
}

static Value *
error_to_condition (Call *call, GError **error)
{
  return value_take_text (g_strdup (gsock_error_to_condition ((GSockError) call_integer (call, 0, 0))));
}

/* The service manager */

static Value *
file_descriptors_from_activation (Call *call, GError **error)
{
  g_auto (GStrv) names = NULL;
  gsize n_fds;
  g_autofree int *fds = gsock_file_descriptors_from_activation (TRUE, &n_fds, &names, error);

  return *error == NULL ? value_integer ((gint64) n_fds) : NULL;
}

static Value *
notify_service_manager (Call *call, GError **error)
{
  return gsock_notify_service_manager (call_text (call, 0), TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
store_file_descriptors (Call *call, GError **error)
{
  int fd = (int) item_of (call_argument (call, 0), 0)->integer;

  return gsock_store_file_descriptors (&fd, 1, call_text (call, 1), TRUE, TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
remove_stored_file_descriptors (Call *call, GError **error)
{
  return gsock_remove_stored_file_descriptors (call_text (call, 0), TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
wait_for_service_manager (Call *call, GError **error)
{
  return gsock_wait_for_service_manager (seconds_of (call_argument (call, 0)), NULL, error) ? value_boolean (TRUE) : NULL;
}

/* What a case does besides calling the library */

static Value *
same_value (Call *call, GError **error)
{
  return call_argument (call, 0);
}

static Value *
make_cancelled (Call *call, GError **error)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  return value_take_object (cancellable);
}

static Value *
process_id (Call *call, GError **error)
{
  return value_integer (getpid ());
}

static Value *
gsocket_address (Call *call, GError **error)
{
  return value_take_object (g_inet_socket_address_new_from_string (call_text (call, 0), (guint) call_integer (call, 1, 0)));
}

static Value *
network (Call *call, GError **error)
{
  return value_take_object (g_inet_address_mask_new_from_string (call_text (call, 0), error));
}

/* clang-format off */
const OperatorRow value_operators[] = {
  { "address-abstract", address_abstract },
  { "address-for-family", address_for_family },
  { "address-from-bytes", address_from_bytes },
  { "address-from-filename", address_from_filename },
  { "address-from-gsocket-address", address_from_gsocket_address },
  { "address-from-host", address_from_host },
  { "address-from-text", address_from_text },
  { "address-netlink", address_netlink },
  { "cancelled", make_cancelled },
  { "equal", equal },
  { "error-from-errno", error_from_errno },
  { "error-to-condition", error_to_condition },
  { "error-to-errno", error_to_errno },
  { "file-descriptors-from-activation", file_descriptors_from_activation },
  { "get-address", get_address },
  { "get-addresses", get_addresses },
  { "get-bytes", get_bytes },
  { "get-control-truncated", get_control_truncated },
  { "get-credentials", get_credentials },
  { "get-data", get_data },
  { "get-default-attempt-delay", get_default_attempt_delay },
  { "get-default-backlog", get_default_backlog },
  { "get-default-ipv6-mode", get_default_ipv6_mode },
  { "get-default-linger-seconds", get_default_linger_seconds },
  { "get-extended-error", get_extended_error },
  { "get-family", get_family },
  { "get-filename", get_filename },
  { "get-flow-info", get_flow_info },
  { "get-full-length", get_full_length },
  { "get-groups", get_groups },
  { "get-hardware-address", get_hardware_address },
  { "get-host", get_host },
  { "get-index", get_index },
  { "get-n-file-descriptors", get_n_file_descriptors },
  { "get-name", get_name },
  { "get-overflow-count", get_overflow_count },
  { "get-packet-info", get_packet_info },
  { "get-port", get_port },
  { "get-scope-id", get_scope_id },
  { "get-segment-size", get_segment_size },
  { "get-timestamp", get_timestamp },
  { "get-traffic-class", get_traffic_class },
  { "get-truncated", get_truncated },
  { "get-ttl", get_message_ttl },
  { "gsocket-address", gsocket_address },
  { "has-multicast", has_multicast },
  { "is-in-network", is_in_network },
  { "is-loopback", is_loopback },
  { "is-up", is_up },
  { "list-network-interfaces", list_network_interfaces },
  { "list-options", list_options },
  { "lookup-hostname", lookup_hostname },
  { "lookup-interface", lookup_interface },
  { "lookup-name", lookup_name },
  { "lookup-protocol", lookup_protocol },
  { "lookup-service", lookup_service },
  { "map-to-ipv4", map_to_ipv4 },
  { "map-to-ipv6", map_to_ipv6 },
  { "network", network },
  { "notify-service-manager", notify_service_manager },
  { "process-id", process_id },
  { "remove-stored-file-descriptors", remove_stored_file_descriptors },
  { "set-default-attempt-delay", set_default_attempt_delay },
  { "set-default-backlog", set_default_backlog },
  { "set-default-ipv6-mode", set_default_ipv6_mode },
  { "set-default-linger-seconds", set_default_linger_seconds },
  { "store-file-descriptors", store_file_descriptors },
  { "take-file-descriptors", take_file_descriptors },
  { "to-gsocket-address", to_gsocket_address },
  { "to-text", to_text },
  { "value", same_value },
  { "wait-for", wait_for },
  { "wait-for-any", wait_for_any },
  { "wait-for-service-manager", wait_for_service_manager },
  { "with-port", with_port },
  { "with-scope", with_scope },
  { NULL },
};

static Operator
find_in (const OperatorRow *rows, const char *name)
{
  for (; rows->name != NULL; rows++)
    if (g_str_equal (rows->name, name))
      return rows->operate;
  return NULL;
}

Operator
operator_find (const char *name, const Value *self)
{
  Operator found = find_in (async_operators, name);

  if (found == NULL && self != NULL && self->kind == OBJECT)
    found = find_in (socket_operators, name);
  if (found == NULL)
    found = find_in (value_operators, name);
  if (found == NULL && self == NULL)
    found = find_in (socket_operators, name);
  if (found == NULL && g_str_has_prefix (name, "is-"))
    found = ask_address;
  return found;
}
