/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups, the operators of interfaces, and waiting. */

#include "conform.h"

#define INTERFACE ((GSockInterface *) call->self->boxed)

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

static guint
condition_of (const Value *condition)
{
  g_autoptr (GFlagsClass) conditions = g_type_class_ref (G_TYPE_IO_CONDITION);

  return g_flags_get_value_by_nick (conditions, condition->text)->value;
}

/* Called back: until it has been, once */

static gboolean
keep_condition (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  *(GIOCondition *) data = condition;
  return G_SOURCE_REMOVE;
}

static Value *
wait_until_told (const GIOCondition *told)
{
  while (*told == 0)
    g_main_context_iteration (NULL, TRUE);
  return value_integer (*told);
}

static Value *
watch (Call *call, GError **error)
{
  GIOCondition told = 0;

  if (gsock_socket_watch (GSOCK_SOCKET (call->self->object), condition_of (call_argument (call, 0)), G_PRIORITY_DEFAULT, keep_condition, &told, NULL, error) == NULL)
    return NULL;
  return wait_until_told (&told);
}

static Value *
create_source (Call *call, GError **error)
{
  GIOCondition told = 0;
  g_autoptr (GSource) source = gsock_socket_create_source (GSOCK_SOCKET (call->self->object), condition_of (call_argument (call, 0)), NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (keep_condition), &told, NULL);
  g_source_attach (source, NULL);
  return wait_until_told (&told);
}

/* Waiting */

static Value *
wait_for (Call *call, GError **error)
{
  const Value *cancellable = call_argument (call, 2);
  GIOCondition ready = gsock_socket_wait_for (GSOCK_SOCKET (call->self->object), condition_of (call_argument (call, 0)),
                                              value_seconds (call_argument (call, 1)),
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
      sockets[i] = GSOCK_SOCKET (value_item (list, i)->object);
      conditions[i] = condition_of (value_item (call_argument (call, 1), i));
    }
  found = gsock_wait_for_any (sockets, list->items->len, conditions, list->items->len, value_seconds (timeout), NULL, error);
  if (found == NULL)
    return NULL;
  ready = value_new (LIST);
  for (guint i = 0; i < found->len; i++)
    value_append (ready, value_take_object (g_object_ref (g_ptr_array_index (found, i))));
  return ready;
}

/* clang-format off */
const OperatorRow lookup_operators[] = {
  { "get-addresses", get_addresses },
  { "get-hardware-address", get_hardware_address },
  { "get-index", get_index },
  { "get-name", get_name },
  { "has-multicast", has_multicast },
  { "is-up", is_up },
  { "list-network-interfaces", list_network_interfaces },
  { "lookup-hostname", lookup_hostname },
  { "lookup-interface", lookup_interface },
  { "lookup-name", lookup_name },
  { "lookup-protocol", lookup_protocol },
  { "lookup-service", lookup_service },
  { "create-source", create_source },
  { "wait-for", wait_for },
  { "wait-for-any", wait_for_any },
  { "watch", watch },
  { NULL },
};
