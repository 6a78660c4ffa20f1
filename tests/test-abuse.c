/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every operator with every hostile value for every argument, one at a time and by chance: an answer or an
 * error, and one of them. What is left out is what C cannot tell: pointers to nowhere, and receivers of
 * another type, which are refused with a critical. */

#include <gsock/gsock.h>

#include "testasync.h"
#include "testwire.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* What an operator is given. */
typedef struct
{
  GSockSocket *self;
  GSockActiveSocket *active;
  GSockPassiveSocket *passive;
  GSockDatagramSocket *datagram;
  GSockSocket *other;
  GSockSocket **sockets;
  gsize n_sockets;
  GSockServer *server;
  GSockMessage *message;
  GSockBatch *batch;
  GSockAddress *address;
  GBytes *bytes;
  GVariant *variant;
  GCancellable *cancellable;
  GAsyncResult *result;
  const char *text;
  const char *const *names;
  const GValue *values;
  const char *const *labels;
  const guint *conditions;
  const guint8 *data;
  const int *fds;
  gsize length, n_fds, size;
  gssize number;
  guint n_values, n_conditions, count;
  int fd, integer;
  GSockMessageFlags flags;
  GIOCondition condition;
  gboolean wait, flag;
  double timeout;
  GType type;
  GError *error;
} Given;

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
static guint n_pending;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  n_pending--;
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  n_pending--;
}

static void
on_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  n_pending--;
}

static void
on_accepted (GSockPassiveSocket *socket, GSockActiveSocket *connection, const GError *error, gpointer data)
{
  n_pending--;
}

static gboolean
on_ready (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  return FALSE;
}

static guint8 room[65536];

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
#define ASYNC(call) (n_pending++, (call))

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
  X (receive_direct, COUNT (gsock_socket_receive_from_direct (g->self, room, MIN (g->size, sizeof room), g->flags, g->wait, g->timeout, NULL, CAREFUL))) \
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
  X (receive_then, ASYNC (gsock_socket_receive_from_then (g->self, room, MIN (g->size, sizeof room), g->flags, 0, g->integer, g->cancellable, on_received, NULL)))  \
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

static const struct
{
  const char *name;
  void (*call) (Given *given);
} operators[] = { OPERATORS (ROW) };

/* What they are called on and given when it is nobody's turn. */
typedef struct
{
  GSockSocket *near, *far, *udp, *listener, *closed, *empty, *raw;
  GSockServer *server;
  GCancellable *cancelled;
  GSockAddress here, nowhere;
  GAsyncResult *foreign;
  int file;
} Stage;

static Stage stage;
static const char *const no_names[] = { NULL };
static const char *const label[] = { "a", NULL };
static const guint readable[] = { G_IO_IN, G_IO_OUT };
static GSockSocket *none_among[2];

static void
stage_open (void)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  stage.near = wire.near;
  stage.far = wire.far;
  stage.udp = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  stage.listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  stage.raw = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "type", GSOCK_SOCKET_TYPE_RAW, NULL);
  stage.closed = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  gsock_socket_close (stage.closed, FALSE, NULL);
  stage.empty = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  stage.server = gsock_server_new (GSOCK_PASSIVE_SOCKET (stage.listener));
  stage.here = test_address_of (stage.udp);
  stage.file = open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* What is pending is ended by that, and called back. */
static void
stage_close (void)
{
  GSockSocket **all[] = { &stage.near, &stage.far, &stage.udp, &stage.listener, &stage.closed, &stage.empty, &stage.raw };

  gsock_server_stop (stage.server);
  g_clear_object (&stage.server);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gsock_socket_close (*all[i], TRUE, NULL);
  while (n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_clear_object (all[i]);
  close (stage.file);
}

static void
given_init (Given *self)
{
  static const int no_fd = -1;

  *self = (Given) {
    .self = stage.near,
    .active = GSOCK_ACTIVE_SOCKET (stage.near),
    .passive = GSOCK_PASSIVE_SOCKET (stage.listener),
    .datagram = GSOCK_DATAGRAM_SOCKET (stage.udp),
    .server = stage.server,
    .other = stage.udp,
    .sockets = &stage.udp,
    .n_sockets = 1,
    .names = no_names,
    .labels = label,
    .conditions = readable,
    .n_conditions = 1,
    .data = room,
    .length = 5,
    .fds = &no_fd,
    .n_fds = 1,
    .size = 10,
    .number = 10,
    .count = 1,
    .fd = test_peek_fd (stage.udp),
    .text = "127.0.0.1",
    .flags = GSOCK_MESSAGE_FLAGS_DONT_WAIT,
    .condition = G_IO_IN,
    .type = GSOCK_TYPE_DATAGRAM_SOCKET,
    .cancellable = stage.cancelled,
  };
}

static void
given_clear (Given *self)
{
  g_clear_pointer (&self->message, gsock_message_unref);
  g_clear_pointer (&self->batch, gsock_batch_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->variant, g_variant_unref);
}

static const gint64 integers[] = {
  0, 1, -1, 2, 255, 256, 65535, 65536, G_MAXINT, G_MININT, (gint64) G_MAXUINT, (gint64) 1 << 32, G_MAXINT64, G_MININT64,
};
static const double seconds[] = { 0, -0.5, -1, -2, -3, 1e-12, 1e300, -1e300, NAN, INFINITY, -INFINITY };
static const char *const texts[] = {
  NULL, "", "klingon", "80", "127.0.0.1:80", "::1%", "@", "/no/such/folder/x", "a\xff" "b", "%s%n", "lo", "239.1.2.3", "linger",
  "tcp-nodelay", "attach-filter", "ip-add-membership", "peer-credentials", " ", "\n", "READY=1",
};
static const gsize lengths[] = { 0, 1, 5, 108, 200, 1472, 65507, 65508, 65536 };
static const gsize sizes[] = { 0, 1, 65536, (gsize) 1 << 20, (gsize) G_MAXINT + 1, G_MAXSSIZE, (gsize) G_MAXSSIZE + 1, G_MAXSIZE };

static GVariant *
some_variant (guint i)
{
  static const char *const written[] = {
    "true", "5", "int64 -1", "uint64 18446744073709551615", "1.5", "'lo'", "''", "(true, 5)", "()", "@ay []", "b'abc'", "@mv nothing",
    "('239.1.2.3', 'lo')", "('239.1.2.3', 'lo', '127.0.0.1')", "(1, 2, 3, 4, 5, 6)", "{'a': <1>}", "[1, 2]", "<5>", "handle 1", "objectpath '/'",
  };

  return i == 0 ? NULL : g_variant_ref_sink (g_variant_new_parsed (written[i % G_N_ELEMENTS (written)]));
}

/* Each changes one thing, in as many ways as it says; the ways of the last ones are not counted up. */
static void
change_self (Given *self, guint i)
{
  GSockSocket *all[] = { stage.near, stage.far, stage.udp, stage.listener, stage.closed, stage.empty, stage.raw };

  self->self = all[i];
  if (GSOCK_IS_DATAGRAM_SOCKET (all[i]))
    self->datagram = GSOCK_DATAGRAM_SOCKET (all[i]);
  if (GSOCK_IS_ACTIVE_SOCKET (all[i]))
    self->active = GSOCK_ACTIVE_SOCKET (all[i]);
}

static void
change_other (Given *self, guint i)
{
  GSockSocket *all[] = { NULL, stage.near, stage.far, stage.closed, stage.empty, stage.raw };

  self->other = all[i];
}

static void
change_sockets (Given *self, guint i)
{
  static GSockSocket *many[300];

  self->sockets = i == 0 ? NULL : i == 1 ? none_among : i == 2 ? many : i == 3 ? &stage.closed : i == 4 ? &stage.near : &stage.empty;
  self->n_sockets = i == 0 ? 0 : i == 1 ? 2 : i == 2 ? 300 : 1;
}

static void
change_message (Given *self, guint i)
{
  self->message = i == 0 ? NULL : gsock_message_new ();
  if (i > 1)
    gsock_message_add_data (self->message, room, lengths[i]);
  if (i > 4)
    gsock_message_set_address (self->message, i > 6 ? &stage.nowhere : &stage.here);
}

static void
change_batch (Given *self, guint i)
{
  self->batch = i == 0 ? NULL : gsock_batch_new ();
  for (guint n = 0; n < i && n < 5; n++)
    g_assert_true (gsock_batch_add (self->batch, room, n == 4 ? 65507 : n, i > 5 ? &stage.here : NULL, NULL));
}

static void
change_bytes (Given *self, guint i)
{
  self->bytes = i == 0 ? NULL : g_bytes_new_static (room, lengths[i]);
}

static void
change_text (Given *self, guint i)
{
  self->text = texts[i];
  self->variant = some_variant (g_test_rand_int_range (0, 20));
}

static void
change_variant (Given *self, guint i)
{
  self->text = texts[12 + i % 5];
  self->variant = some_variant (i);
}

static void
change_integer (Given *self, guint i)
{
  self->integer = (int) integers[i];
}

static void
change_count (Given *self, guint i)
{
  self->count = (guint) integers[i];
}

static void
change_number (Given *self, guint i)
{
  self->number = (gssize) integers[i];
}

static void
change_conditions (Given *self, guint i)
{
  self->n_conditions = i == 0 ? 0 : i;
  self->conditions = i == 0 ? NULL : readable;
}

static void
change_size (Given *self, guint i)
{
  self->size = sizes[i];
}

static void
change_length (Given *self, guint i)
{
  self->length = lengths[i];
  self->data = i == 0 ? NULL : room;
}

static void
change_timeout (Given *self, guint i)
{
  self->timeout = seconds[i];
  self->wait = TRUE;
}

static void
change_fd (Given *self, guint i)
{
  const int fds[] = { -1, G_MAXINT, G_MININT, 99999, stage.file, test_peek_fd (stage.near) };

  self->fd = fds[i];
}

static void
change_fds (Given *self, guint i)
{
  static int many[300];

  self->fds = i == 0 ? NULL : many;
  self->n_fds = i == 0 ? 0 : (gsize[]) { 0, 1, 2, 253, 254, 300 }[i];
  for (guint n = 0; n < G_N_ELEMENTS (many); n++)
    many[n] = stage.file;
}

static void
change_flags (Given *self, guint i)
{
  self->flags = (GSockMessageFlags) (i < 31 ? 1u << i : G_MAXUINT);
}

static void
change_condition (Given *self, guint i)
{
  self->condition = (GIOCondition) (i < 31 ? 1u << i : i == 31 ? 0 : G_MAXUINT);
}

static void
change_flag (Given *self, guint i)
{
  self->flag = i == 1 ? 2 : (gboolean) i - 1;
  self->wait = i == 2 ? 77 : FALSE;
}

static void
change_address (Given *self, guint i)
{
  static GSockAddress strange[6];

  memset (strange[1].storage, 0xff, sizeof strange[1].storage);
  strange[1].length = sizeof strange[1].storage;
  strange[2] = stage.here;
  strange[2].length = 1;
  strange[3] = stage.here;
  strange[3].length = sizeof strange[3].storage;
  g_assert_true (gsock_address_init_from_text (&strange[4], "[fe80::1]:0", NULL));
  g_assert_true (gsock_address_init_from_filename (&strange[5], "/no/such/folder/x", NULL));
  self->address = i == 6 ? &stage.here : &strange[i];
}

static void
change_type (Given *self, guint i)
{
  const GType types[] = { G_TYPE_INVALID, G_TYPE_NONE, G_TYPE_STRING, G_TYPE_OBJECT, GSOCK_TYPE_SOCKET, GSOCK_TYPE_ADDRESS, G_TYPE_ASYNC_INITABLE };

  self->type = types[i];
}

static void
change_cancellable (Given *self, guint i)
{
  self->cancellable = i == 0 ? NULL : stage.cancelled;
}

static void
change_labels (Given *self, guint i)
{
  static const char *const empty[] = { "", NULL }, *const strange[] = { "a\xff" "\n", "x", "x", NULL };

  self->labels = i == 0 ? NULL : i == 1 ? no_names : i == 2 ? empty : strange;
}

static void
change_result (Given *self, guint i)
{
  self->result = i == 0 ? NULL : stage.foreign;
}

static const char *const keywords[][2] = {
  { "timeout" }, { "wait" }, { "flags" }, { "size" }, { "start" }, { "end" }, { "remote-host", "remote-port" }, { "remote-address" },
  { "host", "port" }, { "type" }, { "connect" }, { "interface" }, { "local-filename" }, { "active-type" }, { "linger" }, { "more" }, { "file-mode" },
  { "external-format" }, { "input-buffer-size" }, { "maximum-length" }, { "backlog" }, { "pid" }, { "", "" }, { "no-such-keyword" },
  { "remote-connectable" }, { "protocol" }, { "address-family" }, { "dup" }, { "ipv6" },
};

static const GType value_types[] = { 0, G_TYPE_BOOLEAN, G_TYPE_INT, G_TYPE_UINT64, G_TYPE_DOUBLE, G_TYPE_STRING, G_TYPE_OBJECT, G_TYPE_VARIANT, G_TYPE_INT64, G_TYPE_CHAR, G_TYPE_POINTER };

#define N_VALUES (G_N_ELEMENTS (value_types) * 3)

static GValue given_values[2];

static void
fill_value (GValue *value, guint i)
{
  GType type = value_types[i % G_N_ELEMENTS (value_types)];
  guint n = (guint) g_test_rand_int_range (0, 1000);

  if (G_IS_VALUE (value))
    g_value_unset (value);
  if (type == 0)
    return;
  g_value_init (value, type);
  if (type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, n % 2);
  else if (type == G_TYPE_INT)
    g_value_set_int (value, (int) integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_UINT64)
    g_value_set_uint64 (value, (guint64) integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_INT64)
    g_value_set_int64 (value, integers[n % G_N_ELEMENTS (integers)]);
  else if (type == G_TYPE_DOUBLE)
    g_value_set_double (value, seconds[n % G_N_ELEMENTS (seconds)]);
  else if (type == G_TYPE_STRING)
    g_value_set_string (value, texts[n % G_N_ELEMENTS (texts)]);
  else if (type == G_TYPE_VARIANT)
    g_value_take_variant (value, some_variant (n % 20));
  else if (type == G_TYPE_OBJECT)
    g_value_set_object (value, n % 2 == 0 ? (GObject *) stage.cancelled : NULL);
}

static void
change_keywords (Given *self, guint i)
{
  static const char *names[3];
  const char *const *pair = keywords[i / N_VALUES];

  names[0] = pair[0];
  names[1] = pair[1];
  for (guint n = 0; n < G_N_ELEMENTS (given_values); n++)
    fill_value (&given_values[n], i + n);
  self->names = names;
  self->values = given_values;
  self->n_values = pair[1] != NULL ? 2 : 1;
  self->wait = FALSE;
}

static void
change_counts (Given *self, guint i)
{
  static const char *const two[] = { "wait", "timeout", NULL };

  fill_value (&given_values[0], 1);
  self->names = i % 2 == 0 ? two : NULL;
  self->values = i == 4 ? NULL : given_values;
  self->n_values = (const guint[]) { 0, 1, 1, 2, 0 }[i];
}

static const struct
{
  const char *name;
  guint n;
  void (*change) (Given *given, guint i);
} changes[] = {
  { "nothing", 1, change_cancellable },
  { "self", 7, change_self },
  { "other", 6, change_other },
  { "sockets", 6, change_sockets },
  { "message", 9, change_message },
  { "batch", 7, change_batch },
  { "bytes", G_N_ELEMENTS (lengths), change_bytes },
  { "text", G_N_ELEMENTS (texts), change_text },
  { "variant", 100, change_variant },
  { "integer", G_N_ELEMENTS (integers), change_integer },
  { "count", G_N_ELEMENTS (integers), change_count },
  { "number", G_N_ELEMENTS (integers), change_number },
  { "conditions", 3, change_conditions },
  { "size", G_N_ELEMENTS (sizes), change_size },
  { "length", G_N_ELEMENTS (lengths), change_length },
  { "timeout", G_N_ELEMENTS (seconds), change_timeout },
  { "fd", 6, change_fd },
  { "fds", 6, change_fds },
  { "flags", 32, change_flags },
  { "condition", 33, change_condition },
  { "flag", 3, change_flag },
  { "address", 7, change_address },
  { "type", 7, change_type },
  { "cancellable", 2, change_cancellable },
  { "labels", 4, change_labels },
  { "result", 2, change_result },
  { "keywords", G_N_ELEMENTS (keywords) * N_VALUES, change_keywords },
  { "counts", 5, change_counts },
};

/* What would be waited for is cancelled, and nothing waits by itself. */
static void
tame (Given *given)
{
  GSockSocket *all[] = { stage.near, stage.far, stage.udp, stage.listener, stage.raw };

  if (given->wait || given->n_values > 0)
    given->cancellable = stage.cancelled;
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gsock_socket_set_timeout (all[i], 0);
}

static void
run_one (guint operator, Given *given)
{
  tame (given);
  operators[operator].call (given);
  given_clear (given);
  if (n_pending > 100)
    {
      stage_close ();
      stage_open ();
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
mend (void)
{
  if (!gsock_socket_is_open (stage.near) || !gsock_socket_is_open (stage.udp) || !gsock_socket_is_open (stage.listener)
      || !gsock_socket_is_open (stage.far) || !gsock_socket_is_open (stage.raw))
    {
      stage_close ();
      stage_open ();
    }
}

/* A thread of GLib's pool that has waited keeps one to be woken by until it ends. */
static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      n += target != NULL && strstr (target, "eventfd") == NULL;
    }
  return n;
}

/* What a thread is still busy with is not left. */
static void
assert_descriptors (guint before)
{
  for (guint i = 0; i < 5000 && count_descriptors () > before; i++)
    g_usleep (1000);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
test_one_by_one (void)
{
  guint before = count_descriptors ();
  guint n = 0, step = test_is_long () ? 1 : 7;
  Given given;

  stage_open ();
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    for (guint j = 0; j < G_N_ELEMENTS (changes); j++)
      for (guint k = changes[j].n > 40 ? (guint) g_test_rand_int_range (0, (int) step) : 0; k < changes[j].n; k += changes[j].n > 40 ? step : 1, n++)
        {
          mend ();
          given_init (&given);
          changes[j].change (&given, k);
          g_test_message ("%s, %s %u", operators[i].name, changes[j].name, k);
          run_one (i, &given);
        }
  stage_close ();
  assert_descriptors (before);
  g_test_message ("%u calls of %u operators", n, (guint) G_N_ELEMENTS (operators));
}

static void
test_by_chance (void)
{
  guint count = test_is_long () ? 300000 : 3000;
  guint before = count_descriptors ();
  Given given;

  stage_open ();
  for (guint n = 0; n < count; n++)
    {
      guint operator = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (operators));
      g_autoptr (GString) told = g_string_new (operators[operator].name);

      mend ();
      given_init (&given);
      for (guint i = (guint) g_test_rand_int_range (1, 5); i > 0; i--)
        {
          guint j = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (changes));
          guint k = (guint) g_test_rand_int_range (0, (int) changes[j].n);

          given_clear (&given);
          changes[j].change (&given, k);
          g_string_append_printf (told, ", %s %u", changes[j].name, k);
        }
      g_test_message ("%s", told->str);
      run_one (operator, &given);
    }
  stage_close ();
  assert_descriptors (before);
}

int
main (int argc, char **argv)
{
  g_autoptr (GTask) task = NULL;

  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  stage.cancelled = g_cancellable_new ();
  g_cancellable_cancel (stage.cancelled);
  task = g_task_new (NULL, NULL, NULL, NULL);
  stage.foreign = G_ASYNC_RESULT (task);
  g_test_add_func ("/abuse/one-by-one", test_one_by_one);
  g_test_add_func ("/abuse/by-chance", test_by_chance);
  return g_test_run ();
}
