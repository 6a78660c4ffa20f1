/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators that make a socket, name it and listen on it, and its options and groups. */

#include "conform.h"

#define SELF GSOCK_SOCKET (call->self->object)
#define PASSIVE GSOCK_PASSIVE_SOCKET (call->self->object)
#define DATAGRAM GSOCK_DATAGRAM_SOCKET (call->self->object)
#define NAMED (const char *const *) call->names, call->values, call->n_values
#define NAMED_AND_CANCELLABLE NAMED, call->cancellable, error

/* Making */

static Value *
make_socket (Call *call, GError **error)
{
  return value_object (gsock_make_socket_with_keywords (NAMED_AND_CANCELLABLE));
}

static Value *
make_instance (Call *call, GError **error)
{
  return value_object (gsock_make_instance_with_keywords (call_argument (call, 0)->type, NAMED_AND_CANCELLABLE));
}

static Value *
make_socket_from_fd (Call *call, GError **error)
{
  return value_object (gsock_make_socket_from_fd_with_keywords ((int) call_integer (call, 0, -1), NAMED, error));
}

static Value *
make_socket_pair (Call *call, GError **error)
{
  GSockSocket *first, *second;

  if (!gsock_make_socket_pair_with_keywords (NAMED, &first, &second, error))
    return NULL;
  return value_list (NULL, value_take_object (first), value_take_object (second), NULL);
}

static Value *
make_socket_from_gsocket (Call *call, GError **error)
{
  return value_object (gsock_make_socket_from_gsocket (G_SOCKET (call_argument (call, 0)->object), error));
}

static Value *
make_sockets_from_activation (Call *call, GError **error)
{
  g_auto (GStrv) names = NULL;

  return value_take_objects (gsock_make_sockets_from_activation_with_keywords (NAMED, &names, error));
}

static Value *
construct (Call *call, GError **error)
{
  return value_take_object (g_object_new (call_argument (call, 0)->type, NULL));
}

/* Names, and the life of a socket */

static Value *
bind_address (Call *call, GError **error)
{
  return value_done (gsock_socket_bind_address_with_keywords (SELF, call_address (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
connect_to (Call *call, GError **error)
{
  return value_done (gsock_socket_connect_to (SELF, call_address (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
finish_connect (Call *call, GError **error)
{
  Value *timeout = call_take (call, "timeout");

  return value_done (gsock_socket_finish_connect (SELF, TRUE, timeout != NULL ? (double) timeout->integer : GSOCK_TIMEOUT_DEFAULT,
                                                    call->cancellable, error));
}

static Value *
disconnect_peer (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_disconnect_peer (DATAGRAM, error));
}

static Value *
shut_down (Call *call, GError **error)
{
  return value_done (gsock_socket_shutdown (SELF, call_take (call, "read") != NULL, call_take (call, "write") != NULL, error));
}

static Value *
close_socket (Call *call, GError **error)
{
  return value_done (gsock_socket_close (SELF, call_take (call, "abort") != NULL, error));
}

static Value *
get_file_descriptor (Call *call, GError **error)
{
  return value_count (gsock_socket_get_file_descriptor (SELF, error));
}

static Value *
address_or_null (GSockAddress *address)
{
  return address != NULL ? value_take_boxed (GSOCK_TYPE_ADDRESS, address) : NULL;
}

static Value *
get_local_address (Call *call, GError **error)
{
  return address_or_null (gsock_socket_get_local_address (SELF, error));
}

static Value *
get_remote_address (Call *call, GError **error)
{
  return address_or_null (gsock_socket_get_remote_address (SELF, error));
}

static Value *
copy_local_address (Call *call, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_local_address (SELF, &address, error) ? value_address (&address) : NULL;
}

static Value *
copy_remote_address (Call *call, GError **error)
{
  GSockAddress address;

  return gsock_socket_copy_remote_address (SELF, &address, error) ? value_address (&address) : NULL;
}

static Value *
to_string (Call *call, GError **error)
{
  return value_take_text (gsock_socket_to_string (SELF));
}

static Value *
to_gsocket (Call *call, GError **error)
{
  return value_object (gsock_socket_to_gsocket (SELF, error));
}

/* Listening */

static Value *
listen_on (Call *call, GError **error)
{
  return value_done (gsock_passive_socket_listen_on_with_keywords (PASSIVE, NAMED, error));
}

static Value *
accept_connection (Call *call, GError **error)
{
  return value_object (gsock_passive_socket_accept_connection_with_keywords (PASSIVE, NAMED_AND_CANCELLABLE));
}

static Value *
accept_many (Call *call, GError **error)
{
  return value_take_objects (gsock_passive_socket_accept_many_with_keywords (PASSIVE, (guint) call_integer (call, 0, 0), NAMED_AND_CANCELLABLE));
}

/* Options */

static Value *
set_option (Call *call, GError **error)
{
  return value_done (gsock_socket_set_option (SELF, call_text (call, 0), value_to_variant (call_argument (call, 1)), error));
}

static Value *
get_option (Call *call, GError **error)
{
  g_autoptr (GVariant) variant = gsock_socket_get_option (SELF, call_text (call, 0), error);

  return variant != NULL ? value_of_variant (variant) : NULL;
}

static Value *
get_option_text (Call *call, GError **error)
{
  char *text = gsock_socket_get_option_text (SELF, call_text (call, 0), error);

  return text != NULL ? value_take_text (text) : NULL;
}

#define OPTION (int) call_integer (call, 0, 0), (int) call_integer (call, 1, 0)

static Value *
set_option_int (Call *call, GError **error)
{
  return value_done (gsock_socket_set_option_int (SELF, OPTION, (int) call_integer (call, 2, 0), error));
}

static Value *
get_option_int (Call *call, GError **error)
{
  int value;

  return gsock_socket_get_option_int (SELF, OPTION, &value, error) ? value_integer (value) : NULL;
}

static Value *
set_option_bytes (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 2, &length);

  return value_done (gsock_socket_set_option_bytes (SELF, OPTION, data, length, error));
}

static Value *
get_option_bytes (Call *call, GError **error)
{
  GBytes *bytes = gsock_socket_get_option_bytes (SELF, OPTION, (gsize) call_integer (call, 2, 0), error);

  return bytes != NULL ? value_take_bytes (bytes) : NULL;
}

/* Groups */

#define TEXT_0 call_text (call, 0)
#define TEXT_1 call_text (call, 1)
#define TEXT_2 call_text (call, 2)

static Value *
join_group (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_join_group (DATAGRAM, TEXT_0, TEXT_1, TEXT_2, NULL, error));
}

static Value *
leave_group (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_leave_group (DATAGRAM, TEXT_0, TEXT_1, TEXT_2, NULL, error));
}

static Value *
block_source (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_block_source (DATAGRAM, TEXT_0, TEXT_1, TEXT_2, NULL, error));
}

static Value *
unblock_source (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_unblock_source (DATAGRAM, TEXT_0, TEXT_1, TEXT_2, NULL, error));
}

static Value *
set_multicast_interface (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_set_multicast_interface (DATAGRAM, TEXT_0, NULL, error));
}

static Value *
get_multicast_interface (Call *call, GError **error)
{
  char *text = gsock_datagram_socket_get_multicast_interface (DATAGRAM, error);

  return text != NULL ? value_take_text (text) : NULL;
}

static Value *
set_multicast_loopback (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_set_multicast_loopback (DATAGRAM, call_integer (call, 0, 0) != 0, error));
}

static Value *
get_multicast_loopback (Call *call, GError **error)
{
  gboolean loops = gsock_datagram_socket_get_multicast_loopback (DATAGRAM, error);

  return *error == NULL ? value_boolean (loops) : NULL;
}

static Value *
set_multicast_ttl (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_set_multicast_ttl (DATAGRAM, (int) call_integer (call, 0, 0), error));
}

static Value *
get_multicast_ttl (Call *call, GError **error)
{
  return value_count (gsock_datagram_socket_get_multicast_ttl (DATAGRAM, error));
}

static Value *
set_ttl (Call *call, GError **error)
{
  return value_done (gsock_datagram_socket_set_ttl (DATAGRAM, (int) call_integer (call, 0, 0), error));
}

static Value *
get_ttl (Call *call, GError **error)
{
  return value_count (gsock_datagram_socket_get_ttl (DATAGRAM, error));
}

/* clang-format off */
const OperatorRow socket_operators[] = {
  { "accept-connection", accept_connection },
  { "accept-many", accept_many },
  { "bind-address", bind_address },
  { "block-source", block_source },
  { "close", close_socket },
  { "connect-to", connect_to },
  { "construct", construct },
  { "copy-local-address", copy_local_address },
  { "copy-remote-address", copy_remote_address },
  { "disconnect-peer", disconnect_peer },
  { "finish-connect", finish_connect },
  { "get-file-descriptor", get_file_descriptor },
  { "get-local-address", get_local_address },
  { "get-multicast-interface", get_multicast_interface },
  { "get-multicast-loopback", get_multicast_loopback },
  { "get-multicast-ttl", get_multicast_ttl },
  { "get-option", get_option },
  { "get-option-bytes", get_option_bytes },
  { "get-option-int", get_option_int },
  { "get-option-text", get_option_text },
  { "get-remote-address", get_remote_address },
  { "get-ttl", get_ttl },
  { "join-group", join_group },
  { "leave-group", leave_group },
  { "listen-on", listen_on },
  { "make-instance", make_instance },
  { "make-socket", make_socket },
  { "make-socket-from-fd", make_socket_from_fd },
  { "make-socket-from-gsocket", make_socket_from_gsocket },
  { "make-socket-pair", make_socket_pair },
  { "make-sockets-from-activation", make_sockets_from_activation },
  { "set-multicast-interface", set_multicast_interface },
  { "set-multicast-loopback", set_multicast_loopback },
  { "set-multicast-ttl", set_multicast_ttl },
  { "set-option", set_option },
  { "set-option-bytes", set_option_bytes },
  { "set-option-int", set_option_int },
  { "set-ttl", set_ttl },
  { "shutdown", shut_down },
  { "to-gsocket", to_gsocket },
  { "to-string", to_string },
  { "unblock-source", unblock_source },
  { NULL },
};
