/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators of a socket, and those that make one. */

#include "conform.h"

#define SELF GSOCK_SOCKET (call->self->object)
#define ACTIVE GSOCK_ACTIVE_SOCKET (call->self->object)
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

/* Data */

static Value *
send_to (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return value_count (gsock_socket_send_to_with_keywords (SELF, data, length, NAMED_AND_CANCELLABLE));
}

static Value *
receive_from (Call *call, GError **error)
{
  GSockMessageFlags flags;
  gsize length, full_length;
  g_autoptr (GSockAddress) sender = NULL;
  g_autofree guint8 *data = gsock_socket_receive_from_with_keywords (SELF, (gsize) call_integer (call, 0, 65536), (const char *const *) call->names,
                                                                     call->values, call->n_values, &length, &sender,
                                                                     &flags, &full_length, call->cancellable, error);

  return data != NULL || *error == NULL ? value_received (data, length, sender, flags, full_length) : NULL;
}

static Value *
receive_message (Call *call, GError **error)
{
  GSockMessage *message = gsock_socket_receive_message_with_keywords (SELF, (gsize) call_integer (call, 0, 65536), NAMED_AND_CANCELLABLE);

  return message != NULL ? value_take_boxed (GSOCK_TYPE_MESSAGE, message) : NULL;
}

static Value *
send_message (Call *call, GError **error)
{
  g_autoptr (GSockMessage) message = call_message (call, error);

  return message != NULL ? value_count (gsock_socket_send_message_with_keywords (SELF, message, NAMED_AND_CANCELLABLE)) : NULL;
}

static Value *
send_many (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = call_batch (call, error);

  return batch != NULL ? value_count (gsock_socket_send_many_with_keywords (SELF, batch, NAMED_AND_CANCELLABLE)) : NULL;
}

static Value *
receive_many (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  if (gsock_socket_receive_many_with_keywords (SELF, batch, (guint) call_integer (call, 0, 1), NAMED_AND_CANCELLABLE) < 0)
    return NULL;
  return value_batch (batch);
}

/* Descriptors and credentials */

static Value *
send_file_descriptor (Call *call, GError **error)
{
  return value_done (gsock_socket_send_file_descriptor_with_keywords (SELF, (int) call_integer (call, 0, -1), NAMED_AND_CANCELLABLE));
}

static Value *
send_file_descriptors (Call *call, GError **error)
{
  Value *list = call_argument (call, 0);
  int fds[16];

  g_assert (list->items->len <= G_N_ELEMENTS (fds));
  for (guint i = 0; i < list->items->len; i++)
    fds[i] = (int) ((Value *) g_ptr_array_index (list->items, i))->integer;
  return value_count (gsock_socket_send_file_descriptors_with_keywords (SELF, fds, list->items->len,
                                                                          call_argument (call, 1)->bytes, NAMED_AND_CANCELLABLE));
}

static Value *
receive_file_descriptor (Call *call, GError **error)
{
  return value_count (gsock_socket_receive_file_descriptor_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
receive_file_descriptors (Call *call, GError **error)
{
  g_autoptr (GBytes) payload = NULL;
  gsize n_fds;
  g_autofree int *fds = gsock_socket_receive_file_descriptors_with_keywords (SELF, (gsize) call_integer (call, 0, 1), (const char *const *) call->names,
                                                                             call->values, call->n_values, &n_fds,
                                                                             &payload, call->cancellable, error);

  return *error == NULL ? value_descriptors (fds, n_fds, payload) : NULL;
}

static Value *
send_socket (Call *call, GError **error)
{
  return value_done (gsock_socket_send_socket_with_keywords (SELF, GSOCK_SOCKET (call_argument (call, 0)->object), NAMED_AND_CANCELLABLE));
}

static Value *
receive_socket (Call *call, GError **error)
{
  return value_object (gsock_socket_receive_socket_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
peer_credentials (Call *call, GError **error)
{
  int pid;
  guint uid, gid;

  if (!gsock_socket_peer_credentials (SELF, &pid, &uid, &gid, error))
    return NULL;
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid), NULL);
}

static Value *
peer_pidfd (Call *call, GError **error)
{
  return value_count (gsock_socket_peer_pidfd (SELF, error));
}

static Value *
peer_security (Call *call, GError **error)
{
  char *text = gsock_socket_peer_security (SELF, error);

  return text != NULL ? value_take_text (text) : NULL;
}

static Value *
peer_groups (Call *call, GError **error)
{
  gsize n_groups;
  g_autofree guint *groups = gsock_socket_peer_groups (SELF, &n_groups, error);
  Value *list;

  if (*error != NULL)
    return NULL;
  list = value_new (LIST);
  for (gsize i = 0; i < n_groups; i++)
    value_append (list, value_integer (groups[i]));
  return list;
}

static Value *
send_credentials (Call *call, GError **error)
{
  return value_done (gsock_socket_send_credentials_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
receive_credentials (Call *call, GError **error)
{
  int pid, pidfd;
  guint uid, gid;

  if (!gsock_socket_receive_credentials_with_keywords (SELF, NAMED, &pid, &uid, &gid, &pidfd, call->cancellable, error))
    return NULL;
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid),
                     pidfd < 0 ? value_new (NOTHING) : value_integer (pidfd), NULL);
}

/* Streams */

static Value *
read_line (Call *call, GError **error)
{
  return value_text_or_end (gsock_active_socket_read_line_with_keywords (ACTIVE, NAMED_AND_CANCELLABLE), error);
}

static Value *
read_text (Call *call, GError **error)
{
  return value_text_or_end (gsock_active_socket_read_text_with_keywords (ACTIVE, (gssize) call_integer (call, 0, -1), NAMED_AND_CANCELLABLE), error);
}

static Value *
read_char (Call *call, GError **error)
{
  gunichar character;
  char text[7] = { 0 };

  if (!gsock_active_socket_read_char_with_keywords (ACTIVE, NAMED, &character, call->cancellable, error))
    return value_text_or_end (NULL, error);
  g_unichar_to_utf8 (character, text);
  return value_take_text (g_strdup (text));
}

static Value *
read_bytes (Call *call, GError **error)
{
  gsize length;
  g_autofree guint8 *data = gsock_active_socket_read_bytes_with_keywords (ACTIVE, (gssize) call_integer (call, 0, -1), NAMED, &length, call->cancellable, error);

  return *error == NULL ? value_data (data, length) : NULL;
}

static Value *
write_text (Call *call, GError **error)
{
  return value_done (gsock_active_socket_write_text_with_keywords (ACTIVE, call_text (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
write_line (Call *call, GError **error)
{
  return value_done (gsock_active_socket_write_line_with_keywords (ACTIVE, call_text (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
write_bytes (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return value_done (gsock_active_socket_write_bytes_with_keywords (ACTIVE, data, length, NAMED_AND_CANCELLABLE));
}

static Value *
finish_output (Call *call, GError **error)
{
  return value_done (gsock_active_socket_finish_output_with_keywords (ACTIVE, NAMED_AND_CANCELLABLE));
}

static Value *
clear_input (Call *call, GError **error)
{
  return value_count (gsock_active_socket_clear_input (ACTIVE, error));
}

static Value *
create_io_stream (Call *call, GError **error)
{
  return value_object (gsock_active_socket_create_io_stream (ACTIVE, error));
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
  { "clear-input", clear_input },
  { "close", close_socket },
  { "connect-to", connect_to },
  { "construct", construct },
  { "copy-local-address", copy_local_address },
  { "copy-remote-address", copy_remote_address },
  { "create-io-stream", create_io_stream },
  { "disconnect-peer", disconnect_peer },
  { "finish-connect", finish_connect },
  { "finish-output", finish_output },
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
  { "peer-credentials", peer_credentials },
  { "peer-groups", peer_groups },
  { "peer-pidfd", peer_pidfd },
  { "peer-security", peer_security },
  { "read-bytes", read_bytes },
  { "read-char", read_char },
  { "read-line", read_line },
  { "read-text", read_text },
  { "receive-credentials", receive_credentials },
  { "receive-file-descriptor", receive_file_descriptor },
  { "receive-file-descriptors", receive_file_descriptors },
  { "receive-from", receive_from },
  { "receive-many", receive_many },
  { "receive-message", receive_message },
  { "receive-socket", receive_socket },
  { "send-credentials", send_credentials },
  { "send-file-descriptor", send_file_descriptor },
  { "send-file-descriptors", send_file_descriptors },
  { "send-many", send_many },
  { "send-message", send_message },
  { "send-socket", send_socket },
  { "send-to", send_to },
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
  { "write-bytes", write_bytes },
  { "write-line", write_line },
  { "write-text", write_text },
  { NULL },
};
