/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators that are called with hostile values: a row for each, with what is right for it to answer. */

#include "testabuse.h"

#include <string.h>
#include <unistd.h>

/* What came of it: FALSE, NULL or -1 have an error with them, and nothing else has. */
static void
judge (Given *given, gboolean worked, const char *name)
{
  if (worked != (given->error == NULL))
    g_error ("%s: %s, and %s", name, worked ? "an answer" : "no answer", given->error != NULL ? given->error->message : "no error");
  if (given->error != NULL && given->error->message[0] == '\0')
    g_error ("%s: an error without a word", name);
  g_clear_error (&given->error);
}

static void
judge_pointer (Given *given, gpointer answer, GDestroyNotify release, const char *name)
{
  judge (given, answer != NULL, name);
  if (answer != NULL)
    release (answer);
}

static void
judge_fd (Given *given, int fd, const char *name)
{
  judge (given, fd >= 0, name);
  if (fd >= 0)
    close (fd);
}

static void
close_all (int *fds, gsize n)
{
  for (gsize i = 0; fds != NULL && i < n; i++)
    close (fds[i]);
}

static void
release_socket (gpointer socket)
{
  g_object_unref (socket);
}

static void
release_pair (GSockSocket *first, GSockSocket *second)
{
  g_clear_object (&first);
  g_clear_object (&second);
}

/* Keeps nothing, and has to be called. */
guint test_n_pending;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  test_n_pending--;
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  test_n_pending--;
}

static void
on_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  test_n_pending--;
}

static void
on_accepted (GSockPassiveSocket *socket, GSockActiveSocket *connection, const GError *error, gpointer data)
{
  test_n_pending--;
}

static gboolean
on_ready (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  return FALSE;
}

guint8 test_room[65536];

#define KEYWORDS g->names, g->values, g->n_values
#define PATIENCE g->wait, g->timeout, g->cancellable, &g->error
#define CAREFUL g->cancellable, &g->error
#define LATER g->integer, g->cancellable, on_done, NULL

/* Yes or no, a count, a pointer with what releases it, a descriptor, any answer at all, one that is called back. */
#define BOOLEAN(call) judge (g, (call), G_STRFUNC)
#define COUNT(call) judge (g, (call) >= 0, G_STRFUNC)
#define POINTER(release, call) judge_pointer (g, (gpointer) (call), (GDestroyNotify) (release), G_STRFUNC)
#define DESCRIPTOR(call) judge_fd (g, (call), G_STRFUNC)
#define ANY(call) ((void) (call), g_clear_error (&g->error))
#define TEXT(call) (g_free (call), g_clear_error (&g->error))
#define ASYNC(call) (test_n_pending++, (call))

#define OPERATORS(X)                                                                                \
  X (bind, BOOLEAN (gsock_socket_bind_address_with_keywords (g->self, g->address, KEYWORDS, CAREFUL)))    \
  X (bind_direct, BOOLEAN (gsock_socket_bind_address_direct (g->self, g->address, &g->error)))      \
  X (connect, BOOLEAN (gsock_socket_connect_to (g->self, g->address, KEYWORDS, CAREFUL)))            \
  X (connect_direct, BOOLEAN (gsock_socket_connect_direct (g->self, g->address, PATIENCE)))         \
  X (finish_connect, BOOLEAN (gsock_socket_finish_connect (g->self, PATIENCE)))                     \
  X (disconnect, BOOLEAN (gsock_datagram_socket_disconnect_peer (g->datagram, &g->error)))          \
  X (shutdown, BOOLEAN (gsock_socket_shutdown (g->self, g->flag, g->wait, &g->error)))              \
  X (close, BOOLEAN (gsock_socket_close (g->self, g->flag, &g->error)))                             \
  X (local_address, POINTER (gsock_address_free, gsock_socket_get_local_address (g->self, &g->error)))   \
  X (remote_address, POINTER (gsock_address_free, gsock_socket_get_remote_address (g->self, &g->error))) \
  X (get_fd, COUNT (gsock_socket_get_file_descriptor (g->self, &g->error)))                         \
  X (set_timeout, gsock_socket_set_timeout (g->self, g->timeout))                                   \
  X (to_string, TEXT (gsock_socket_to_string (g->self)))                                            \
  X (init, BOOLEAN (gsock_socket_init_with_keywords (g->self, KEYWORDS, CAREFUL)))                   \
  X (send, COUNT (gsock_socket_send_to_with_keywords (g->self, g->data, g->length, KEYWORDS, CAREFUL)))  \
  X (send_direct, COUNT (gsock_socket_send_to_direct (g->self, g->data, g->length, g->address, g->flags, PATIENCE))) \
  X (send_bytes, COUNT (gsock_socket_send_bytes (g->self, g->bytes, g->address, g->flags, PATIENCE)))  \
  X (send_data, COUNT (gsock_socket_send_data (g->self, g->data, g->length, g->address, &g->error)))   \
  X (send_data_to_host, COUNT (gsock_socket_send_data_to_host (g->self, g->data, g->length, g->text, g->integer, &g->error))) \
  X (receive, receive_with_keywords (g))                                                            \
  X (receive_direct, COUNT (gsock_socket_receive_from_direct (g->self, test_room, MIN (g->size, sizeof test_room), g->flags, g->wait, g->timeout, NULL, CAREFUL))) \
  X (receive_bytes, receive_bytes (g))                                                              \
  X (wait_for, ANY (gsock_socket_wait_for (g->self, g->condition, g->timeout, CAREFUL)))             \
  X (wait_for_any, wait_for_any (g))                                                                \
  X (create_source, POINTER (g_source_unref, gsock_socket_create_source (g->self, g->condition, g->cancellable))) \
  X (watch, POINTER (gsock_watch_cancel, gsock_socket_watch (g->self, g->condition, g->integer, on_ready, NULL, NULL, &g->error))) \
  X (send_message, COUNT (gsock_socket_send_message_with_keywords (g->self, g->message, KEYWORDS, CAREFUL))) \
  X (send_message_direct, COUNT (gsock_socket_send_message_direct (g->self, g->message, g->flags, PATIENCE))) \
  X (receive_message, POINTER (gsock_message_unref, gsock_socket_receive_message_with_keywords (g->self, g->size, KEYWORDS, CAREFUL))) \
  X (receive_message_direct, POINTER (gsock_message_unref, gsock_socket_receive_message_direct (g->self, g->size, g->flags, PATIENCE))) \
  X (send_many, COUNT (gsock_socket_send_many_with_keywords (g->self, g->batch, KEYWORDS, CAREFUL))) \
  X (send_many_direct, COUNT (gsock_socket_send_many_direct (g->self, g->batch, g->count, g->n_conditions, g->address, g->flags, PATIENCE))) \
  X (receive_many, COUNT (gsock_socket_receive_many_with_keywords (g->self, g->batch, g->count, KEYWORDS, CAREFUL))) \
  X (receive_many_direct, COUNT (gsock_socket_receive_many_direct (g->self, g->batch, g->count, g->size, g->flags, PATIENCE))) \
  X (send_fd, BOOLEAN (gsock_socket_send_file_descriptor_with_keywords (g->self, g->fd, KEYWORDS, CAREFUL))) \
  X (send_fd_direct, BOOLEAN (gsock_socket_send_file_descriptor_direct (g->self, g->fd, g->address, PATIENCE))) \
  X (send_fds, COUNT (gsock_socket_send_file_descriptors_with_keywords (g->self, g->fds, g->n_fds, g->bytes, KEYWORDS, CAREFUL))) \
  X (send_fds_direct, COUNT (gsock_socket_send_file_descriptors_direct (g->self, g->fds, g->n_fds, g->data, g->length, g->address, PATIENCE))) \
  X (receive_fd, DESCRIPTOR (gsock_socket_receive_file_descriptor_with_keywords (g->self, KEYWORDS, CAREFUL))) \
  X (receive_fd_direct, DESCRIPTOR (gsock_socket_receive_file_descriptor_direct (g->self, PATIENCE))) \
  X (receive_fds, receive_descriptors (g))                                                          \
  X (send_socket, BOOLEAN (gsock_socket_send_socket_with_keywords (g->self, g->other, KEYWORDS, CAREFUL))) \
  X (send_socket_direct, BOOLEAN (gsock_socket_send_socket_direct (g->self, g->other, PATIENCE)))   \
  X (receive_socket, POINTER (release_socket, gsock_socket_receive_socket_with_keywords (g->self, KEYWORDS, CAREFUL))) \
  X (receive_socket_direct, POINTER (release_socket, gsock_socket_receive_socket_direct (g->self, PATIENCE))) \
  X (send_credentials, BOOLEAN (gsock_socket_send_credentials_with_keywords (g->self, KEYWORDS, CAREFUL))) \
  X (send_credentials_direct, BOOLEAN (gsock_socket_send_credentials_direct (g->self, g->integer, g->count, g->count, PATIENCE))) \
  X (receive_credentials, BOOLEAN (gsock_socket_receive_credentials_with_keywords (g->self, KEYWORDS, NULL, NULL, NULL, NULL, CAREFUL))) \
  X (peer_credentials, BOOLEAN (gsock_socket_peer_credentials (g->self, NULL, NULL, NULL, &g->error)))  \
  X (peer_pidfd, DESCRIPTOR (gsock_socket_peer_pidfd (g->self, &g->error)))                          \
  X (peer_security, POINTER (g_free, gsock_socket_peer_security (g->self, &g->error)))               \
  X (set_option, BOOLEAN (gsock_socket_set_option (g->self, g->text, g->variant, &g->error)))       \
  X (get_option, POINTER (g_variant_unref, gsock_socket_get_option (g->self, g->text, &g->error)))  \
  X (get_option_text, POINTER (g_free, gsock_socket_get_option_text (g->self, g->text, &g->error))) \
  X (set_option_int, BOOLEAN (gsock_socket_set_option_int (g->self, g->fd, g->integer, g->integer, &g->error)))  \
  X (get_option_int, BOOLEAN (gsock_socket_get_option_int (g->self, g->integer, g->fd, &(int) { 0 }, &g->error))) \
  X (set_option_bytes, BOOLEAN (gsock_socket_set_option_bytes (g->self, g->integer, g->fd, g->data, g->length, &g->error))) \
  X (get_option_bytes, POINTER (g_bytes_unref, gsock_socket_get_option_bytes (g->self, g->integer, g->fd, g->size, &g->error))) \
  X (join_group, BOOLEAN (gsock_datagram_socket_join_group (g->datagram, g->text, NULL, NULL, CAREFUL)))  \
  X (join_group_on, BOOLEAN (gsock_datagram_socket_join_group (g->datagram, "239.1.2.3", g->text, g->text, CAREFUL)))  \
  X (leave_group, BOOLEAN (gsock_datagram_socket_leave_group (g->datagram, g->text, g->text, NULL, CAREFUL)))  \
  X (block_source, BOOLEAN (gsock_datagram_socket_block_source (g->datagram, g->text, g->text, g->text, CAREFUL)))  \
  X (multicast_interface, BOOLEAN (gsock_datagram_socket_set_multicast_interface (g->datagram, g->text, CAREFUL)))  \
  X (multicast_ttl, BOOLEAN (gsock_datagram_socket_set_multicast_ttl (g->datagram, g->integer, &g->error)))  \
  X (ttl, BOOLEAN (gsock_datagram_socket_set_ttl (g->datagram, g->integer, &g->error)))              \
  X (listen, BOOLEAN (gsock_passive_socket_listen_on_with_keywords (g->passive, KEYWORDS, &g->error)))  \
  X (listen_direct, BOOLEAN (gsock_passive_socket_listen_on_direct (g->passive, g->count, &g->error)))  \
  X (accept, POINTER (release_socket, gsock_passive_socket_accept_connection_with_keywords (g->passive, KEYWORDS, CAREFUL))) \
  X (accept_direct, POINTER (release_socket, gsock_passive_socket_accept_connection_direct (g->passive, PATIENCE))) \
  X (accept_many, POINTER (g_ptr_array_unref, gsock_passive_socket_accept_many_with_keywords (g->passive, g->count, KEYWORDS, CAREFUL))) \
  X (active_type, gsock_passive_socket_set_active_type (g->passive, g->type))                       \
  X (read_line, TEXT (gsock_active_socket_read_line_with_keywords (g->active, KEYWORDS, CAREFUL)))    \
  X (read_line_direct, TEXT (gsock_active_socket_read_line_direct (g->active, g->size, g->wait, g->timeout, NULL, CAREFUL)))  \
  X (read_char, ANY (gsock_active_socket_read_char_with_keywords (g->active, KEYWORDS, &(gunichar) { 0 }, CAREFUL)))  \
  X (read_text, POINTER (g_free, gsock_active_socket_read_text_with_keywords (g->active, g->number, KEYWORDS, CAREFUL)))  \
  X (read_bytes, POINTER (g_bytes_unref, gsock_active_socket_read_bytes (g->active, g->number, CAREFUL, "wait", FALSE, NULL)))  \
  X (clear_input, COUNT (gsock_active_socket_clear_input (g->active, &g->error)))                    \
  X (write_text, BOOLEAN (gsock_active_socket_write_text_with_keywords (g->active, g->text, KEYWORDS, CAREFUL)))  \
  X (write_line, BOOLEAN (gsock_active_socket_write_line_with_keywords (g->active, g->text, KEYWORDS, CAREFUL)))  \
  X (write_bytes, BOOLEAN (gsock_active_socket_write_bytes_with_keywords (g->active, g->data, g->length, KEYWORDS, CAREFUL)))  \
  X (finish_output, BOOLEAN (gsock_active_socket_finish_output_with_keywords (g->active, KEYWORDS, CAREFUL)))  \
  X (io_stream, POINTER (g_object_unref, gsock_active_socket_create_io_stream (g->active, &g->error)))  \
  X (make_socket, POINTER (release_socket, gsock_make_socket_with_keywords (KEYWORDS, CAREFUL)))      \
  X (make_instance, POINTER (release_socket, gsock_make_instance_with_keywords (g->type, KEYWORDS, CAREFUL)))  \
  X (from_fd, POINTER (release_socket, gsock_make_socket_from_fd_with_keywords (g->fd, KEYWORDS, &g->error)))  \
  X (make_pair, make_pair (g))                                                                      \
  X (address_host, POINTER (gsock_address_free, gsock_address_new_from_host (g->text, g->count, &g->error)))  \
  X (address_filename, POINTER (gsock_address_free, gsock_address_new_from_filename (g->text, &g->error)))  \
  X (address_text, POINTER (gsock_address_free, gsock_address_new_from_text (g->text, &g->error)))  \
  X (address_bytes, POINTER (gsock_address_free, gsock_address_new_from_bytes (g->data, g->length, &g->error)))  \
  X (address_abstract, POINTER (gsock_address_free, gsock_address_new_abstract (g->data, g->length, &g->error)))  \
  X (address_family, POINTER (gsock_address_free, gsock_address_new_for_family (g->integer, g->data, g->length, &g->error)))  \
  X (message, fill_message (g))                                                                     \
  X (batch, fill_batch (g))                                                                         \
  X (lookup_service, ANY (gsock_lookup_service (g->text, g->text, NULL, NULL, &g->error)))           \
  X (lookup_protocol, ANY (gsock_lookup_protocol (g->text, NULL, NULL, &g->error)))                  \
  X (lookup_interface, POINTER (gsock_interface_unref, gsock_lookup_interface (g->text, &g->error)))  \
  X (lookup_name, POINTER (g_free, gsock_lookup_name (g->address, TRUE, NULL, CAREFUL)))             \
  X (handover_give, BOOLEAN (gsock_handover_give (g->self, g->sockets, g->n_sockets, g->labels, 0, CAREFUL)))  \
  X (handover_complete, BOOLEAN (gsock_handover_complete (g->self, g->sockets, g->n_sockets, 0, CAREFUL)))  \
  X (store_fds, BOOLEAN (gsock_store_file_descriptors (g->fds, g->n_fds, g->text, g->flag, PATIENCE)))  \
  X (remove_fds, BOOLEAN (gsock_remove_stored_file_descriptors (g->text, PATIENCE)))                \
  X (notify, BOOLEAN (gsock_notify_service_manager (g->text, PATIENCE)))                            \
  X (server, serve (g))                                                                             \
  X (send_async, ASYNC (gsock_socket_send_to_async (g->self, g->bytes, KEYWORDS, LATER)))           \
  X (send_bytes_async, ASYNC (gsock_socket_send_bytes_async (g->self, g->bytes, g->address, g->flags, g->wait, g->timeout, LATER)))  \
  X (receive_async, ASYNC (gsock_socket_receive_from_async (g->self, g->size, KEYWORDS, LATER)))    \
  X (receive_bytes_async, ASYNC (gsock_socket_receive_bytes_async (g->self, g->size, g->flags, g->wait, g->timeout, LATER)))  \
  X (accept_async, ASYNC (gsock_passive_socket_accept_connection_async (g->passive, KEYWORDS, LATER)))  \
  X (connect_async, ASYNC (gsock_socket_connect_to_async (g->self, g->address, KEYWORDS, LATER)))   \
  X (connect_direct_async, ASYNC (gsock_socket_connect_direct_async (g->self, g->address, g->wait, g->timeout, LATER)))  \
  X (send_message_async, ASYNC (gsock_socket_send_message_async (g->self, g->message, KEYWORDS, LATER)))  \
  X (receive_message_async, ASYNC (gsock_socket_receive_message_async (g->self, g->size, KEYWORDS, LATER)))  \
  X (send_many_async, ASYNC (gsock_socket_send_many_async (g->self, g->batch, KEYWORDS, LATER)))    \
  X (receive_many_async, ASYNC (gsock_socket_receive_many_async (g->self, g->batch, g->count, KEYWORDS, LATER)))  \
  X (send_fds_async, ASYNC (gsock_socket_send_file_descriptors_async (g->self, g->fds, g->n_fds, g->bytes, KEYWORDS, LATER)))  \
  X (receive_fds_async, ASYNC (gsock_socket_receive_file_descriptors_async (g->self, g->size, KEYWORDS, LATER)))  \
  X (send_socket_async, ASYNC (gsock_socket_send_socket_async (g->self, g->other, KEYWORDS, LATER)))  \
  X (receive_socket_async, ASYNC (gsock_socket_receive_socket_async (g->self, KEYWORDS, LATER)))    \
  X (send_credentials_async, ASYNC (gsock_socket_send_credentials_async (g->self, KEYWORDS, LATER)))  \
  X (receive_credentials_async, ASYNC (gsock_socket_receive_credentials_async (g->self, KEYWORDS, LATER)))  \
  X (read_line_async, ASYNC (gsock_active_socket_read_line_async (g->active, KEYWORDS, LATER)))     \
  X (read_text_async, ASYNC (gsock_active_socket_read_text_async (g->active, g->number, KEYWORDS, LATER)))  \
  X (read_bytes_async, ASYNC (gsock_active_socket_read_bytes_async (g->active, g->number, KEYWORDS, LATER)))  \
  X (write_text_async, ASYNC (gsock_active_socket_write_text_async (g->active, g->text, KEYWORDS, LATER)))  \
  X (write_bytes_async, ASYNC (gsock_active_socket_write_bytes_async (g->active, g->bytes, KEYWORDS, LATER)))  \
  X (make_socket_async, ASYNC (gsock_make_socket_with_keywords_async (KEYWORDS, LATER)))            \
  X (make_instance_async, ASYNC (gsock_make_instance_with_keywords_async (g->type, KEYWORDS, LATER)))  \
  X (handover_async, ASYNC (gsock_handover_give_async (g->self, g->sockets, g->n_sockets, g->labels, 0, LATER)))  \
  X (lookup_name_async, ASYNC (gsock_lookup_name_async (g->address, TRUE, g->cancellable, on_done, NULL)))  \
  X (receive_then, ASYNC (gsock_socket_receive_from_then (g->self, test_room, MIN (g->size, sizeof test_room), g->flags, 0, g->integer, g->cancellable, on_received, NULL)))  \
  X (send_then, ASYNC (gsock_socket_send_to_then (g->self, g->data, g->length, g->address, g->flags, 0, g->integer, g->cancellable, on_sent, NULL)))  \
  X (accept_then, ASYNC (gsock_passive_socket_accept_connection_then (g->passive, 0, g->integer, g->cancellable, on_accepted, NULL)))  \
  X (send_finish, COUNT (gsock_socket_send_to_finish (g->self, g->result, &g->error)))              \
  X (receive_finish, POINTER (g_bytes_unref, gsock_socket_receive_from_finish (g->self, g->result, NULL, NULL, NULL, &g->error)))  \
  X (accept_finish, POINTER (release_socket, gsock_passive_socket_accept_connection_finish (g->passive, g->result, &g->error)))  \
  X (connect_finish, BOOLEAN (gsock_socket_connect_to_finish (g->self, g->result, &g->error)))      \
  X (send_message_finish, COUNT (gsock_socket_send_message_finish (g->self, g->result, &g->error)))  \
  X (receive_message_finish, POINTER (gsock_message_unref, gsock_socket_receive_message_finish (g->self, g->result, &g->error)))  \
  X (receive_many_finish, COUNT (gsock_socket_receive_many_finish (g->self, g->result, &g->error)))  \
  X (receive_fds_finish, POINTER (g_free, gsock_socket_receive_file_descriptors_finish (g->self, g->result, &(gsize) { 0 }, NULL, &g->error)))  \
  X (receive_socket_finish, POINTER (release_socket, gsock_socket_receive_socket_finish (g->self, g->result, &g->error)))  \
  X (read_text_finish, POINTER (g_free, gsock_active_socket_read_text_finish (g->active, g->result, &g->error)))  \
  X (write_text_finish, BOOLEAN (gsock_active_socket_write_text_finish (g->active, g->result, &g->error)))  \
  X (make_socket_finish, POINTER (release_socket, gsock_make_socket_finish (g->result, &g->error)))  \
  X (lookup_hostname_finish, POINTER (g_ptr_array_unref, gsock_lookup_hostname_finish (g->result, NULL, &g->error)))  \
  X (lookup_name_finish, POINTER (g_free, gsock_lookup_name_finish (g->result, NULL, &g->error)))   \
  X (drain_finish, BOOLEAN (gsock_server_drain_finish (g->server, g->result, &g->error)))           \
  X (handover_finish, BOOLEAN (gsock_handover_give_finish (g->self, g->result, &g->error)))

static void
receive_with_keywords (Given *g)
{
  GSockAddress *sender = NULL;
  GSockMessageFlags flags;
  gsize length, full;

  POINTER (g_free, gsock_socket_receive_from_with_keywords (g->self, g->size, KEYWORDS, &length, &sender, &flags, &full, CAREFUL));
  g_clear_pointer (&sender, gsock_address_free);
}

static void
receive_bytes (Given *g)
{
  POINTER (g_bytes_unref, gsock_socket_receive_bytes (g->self, g->size, g->flags, g->wait, g->timeout, NULL, NULL, NULL, CAREFUL));
}

static void
receive_descriptors (Given *g)
{
  g_autoptr (GBytes) payload = NULL;
  gsize n = 0;
  int *fds = gsock_socket_receive_file_descriptors_with_keywords (g->self, g->size, KEYWORDS, &n, &payload, CAREFUL);

  close_all (fds, n);
  POINTER (g_free, fds);
}

static void
wait_for_any (Given *g)
{
  POINTER (g_ptr_array_unref, gsock_wait_for_any (g->sockets, (guint) g->n_sockets, g->conditions, g->n_conditions, 0, CAREFUL));
}

static void
make_pair (Given *g)
{
  GSockSocket *first = NULL, *second = NULL;

  BOOLEAN (gsock_make_socket_pair_with_keywords (KEYWORDS, &first, &second, &g->error));
  release_pair (first, second);
}

static void
fill_message (Given *g)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();

  gsock_message_add_data (message, g->data, g->length);
  gsock_message_add_bytes (message, g->bytes);
  gsock_message_set_address (message, g->address);
  gsock_message_set_flags (message, g->flags);
  gsock_message_set_packet_info (message, g->address, g->count);
  gsock_message_set_ttl (message, g->integer);
  gsock_message_set_traffic_class (message, g->integer);
  gsock_message_set_segment_size (message, g->integer);
  BOOLEAN (gsock_message_set_credentials (message, g->integer, g->count, g->count, &g->error));
  BOOLEAN (gsock_message_add_file_descriptor (message, g->fd, &g->error));
  BOOLEAN (gsock_message_add_control (message, g->integer, g->fd, g->data, g->length, &g->error));
  ANY (gsock_socket_send_message_direct (g->self, message, g->flags, FALSE, 0, CAREFUL));
}

static void
fill_batch (Given *g)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  gsize length;

  BOOLEAN (gsock_batch_add (batch, g->data, g->length, g->address, &g->error));
  BOOLEAN (gsock_batch_add_packed (batch, g->data, g->length, g->data, g->length, g->address, &g->error));
  ANY (gsock_batch_get_data (batch, g->count, &length));
  ANY (gsock_batch_get_address (batch, g->count));
  ANY (gsock_batch_get_full_length (batch, g->count));
  ANY (gsock_batch_get_flags (batch, g->count));
  ANY (gsock_batch_get_numbered_address (batch, g->count));
}

static void
serve (Given *g)
{
  gsock_server_set_max_connections (g->server, g->count);
  gsock_server_set_handler (g->server, NULL, NULL, NULL);
  BOOLEAN (gsock_server_start (g->server, g->integer, &g->error));
  ASYNC (gsock_server_drain_async (g->server, g->wait ? 0 : g->timeout, g->cancellable, on_done, NULL));
  gsock_server_stop (g->server);
}

#define DEFINE(id, ...) static void op_##id (Given *g) { __VA_ARGS__; }
#define ROW(id, ...) { #id, op_##id },

OPERATORS (DEFINE)

const TestOperator test_operators[] = { OPERATORS (ROW) };
const guint test_n_operators = G_N_ELEMENTS (test_operators);
