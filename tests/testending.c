/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous operations, each where it has to wait. */

#include "testending.h"

#include "testwire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL self->cancellable, test_ending_ready, self

void
test_ending_note (TestEnding *self, const GError *error)
{
  self->n_called++;
  self->went_well = error == NULL;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
}

void
test_ending_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  TestEnding *self = data;
  g_autoptr (GError) error = NULL;
  gboolean went_well = self->row->finish (self, result, &error);

  g_assert_true (went_well == (error == NULL));
  test_ending_note (self, error);
}

/* Stages */

static void
open_pair_of (TestEnding *self, GSockSocketType type)
{
  g_autoptr (GError) error = NULL;

  gsock_make_socket_pair (&self->near, &self->far, &error, "type", type, NULL);
  g_assert_no_error (error);
}

static void
open_pair (TestEnding *self)
{
  open_pair_of (self, GSOCK_SOCKET_TYPE_STREAM);
}

static void
open_datagrams (TestEnding *self)
{
  open_pair_of (self, GSOCK_SOCKET_TYPE_DATAGRAM);
}

/* It takes little to fill it. */
static void
fill (TestEnding *self)
{
  g_assert_cmpint (setsockopt (test_peek_fd (self->near), SOL_SOCKET, SO_SNDBUF, &(int){ 4608 }, sizeof (int)), ==, 0);
  test_fill (self->near);
}

static void
open_full_pair (TestEnding *self)
{
  open_pair (self);
  fill (self);
}

static void
open_full_datagrams (TestEnding *self)
{
  open_datagrams (self);
  fill (self);
}

static void
open_listener (TestEnding *self)
{
  self->near = test_listener_new (test_kind_find ("local-stream"), 4);
  self->address = test_address_of (self->near);
}

static GSockSocket *
new_client (void)
{
  return gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
}

/* A listener that has no room: `far`. */
static void
open_full_backlog (TestEnding *self)
{
  GSockSocket *client;

  self->far = test_listener_new (test_kind_find ("local-stream"), 0);
  self->address = test_address_of (self->far);
  for (client = new_client (); gsock_socket_connect_direct (client, &self->address, FALSE, 0, NULL, NULL); client = new_client ())
    g_ptr_array_add (self->clients, client);
  g_object_unref (client);
}

static void
open_connecting (TestEnding *self)
{
  open_full_backlog (self);
  self->near = new_client ();
}

static void
open_none (TestEnding *self)
{
}

static void
keep_connection (GSockServer *server, GSockActiveSocket *connection, gpointer data)
{
  g_ptr_array_add (((TestEnding *) data)->clients, g_object_ref (connection));
}

/* A server that has somebody. */
static void
open_server (TestEnding *self)
{
  g_autoptr (GError) error = NULL;
  GSockServer *server;
  GSockSocket *client = new_client ();

  self->far = test_listener_new (test_kind_find ("local-stream"), 4);
  self->address = test_address_of (self->far);
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (self->far));
  self->other = G_OBJECT (server);
  gsock_server_set_handler (server, keep_connection, self, NULL);
  g_assert_true (gsock_server_start (server, G_PRIORITY_DEFAULT, &error));
  gsock_socket_connect_direct (client, &self->address, TRUE, -1, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->clients, client);
  while (gsock_server_get_n_connections (server) == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Ends */

static void
say (TestEnding *self)
{
  (void) gsock_socket_send_to_direct (self->far, (const guint8 *) "x\n", 2, NULL, 0, FALSE, 0, NULL, NULL);
}

static void
drain (TestEnding *self)
{
  test_drain (self->far);
}

static void
connect_client (TestEnding *self)
{
  GSockSocket *client = new_client ();

  (void) gsock_socket_connect_direct (client, &self->address, FALSE, 0, NULL, NULL);
  g_ptr_array_add (self->clients, client);
}

static void
accept_all (TestEnding *self)
{
  GSockActiveSocket *accepted;

  while ((accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->far), FALSE, 0, NULL, NULL)) != NULL)
    g_ptr_array_add (self->clients, accepted);
}

static void
give_descriptor (TestEnding *self)
{
  (void) gsock_socket_send_file_descriptor_direct (self->far, STDIN_FILENO, NULL, FALSE, 0, NULL, NULL);
}

static GSockSocket *
some_socket (TestEnding *self)
{
  if (self->clients->len == 0)
    g_ptr_array_add (self->clients, new_client ());
  return self->clients->pdata[0];
}

static void
give_socket (TestEnding *self)
{
  (void) gsock_socket_send_socket_direct (self->far, some_socket (self), FALSE, 0, NULL, NULL);
}

static void
give_credentials (TestEnding *self)
{
  (void) gsock_socket_send_credentials_direct (self->far, getpid (), getuid (), getgid (), FALSE, 0, NULL, NULL);
}

static void
leave (TestEnding *self)
{
  g_ptr_array_set_size (self->clients, 0);
}

/* Operations */

static gboolean
bytes_came (GBytes *bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
  return bytes != NULL;
}

static gboolean
text_came (char *text)
{
  g_free (text);
  return text != NULL;
}

static gboolean
object_came (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
  return object != NULL;
}

static void
start_receive (TestEnding *self)
{
  gsock_socket_receive_from_async (self->near, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_receive_bytes (TestEnding *self)
{
  gsock_socket_receive_bytes_async (self->near, 8, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_LOW, CALL);
}

static gboolean
finish_receive (TestEnding *self, GAsyncResult *result, GError **error)
{
  return bytes_came (gsock_socket_receive_from_finish (self->near, result, NULL, NULL, NULL, error));
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_receive_then (TestEnding *self)
{
  gsock_socket_receive_from_then (self->near, self->buffer, sizeof self->buffer, 0, -1, G_PRIORITY_DEFAULT, self->cancellable, on_received, self);
}

static void
start_receive_message (TestEnding *self)
{
  gsock_socket_receive_message_async (self->near, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_message (TestEnding *self, GAsyncResult *result, GError **error)
{
  GSockMessage *message = gsock_socket_receive_message_finish (self->near, result, error);

  g_clear_pointer (&message, gsock_message_unref);
  return *error == NULL;
}

static void
start_receive_many (TestEnding *self)
{
  gsock_socket_receive_many_async (self->near, self->batch, 4, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_many (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_receive_many_finish (self->near, result, error) > 0;
}

static void
start_receive_descriptor (TestEnding *self)
{
  gsock_socket_receive_file_descriptor_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_descriptor (TestEnding *self, GAsyncResult *result, GError **error)
{
  int fd = gsock_socket_receive_file_descriptor_finish (self->near, result, error);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

static void
start_receive_descriptors (TestEnding *self)
{
  gsock_socket_receive_file_descriptors_async (self->near, 4, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_descriptors (TestEnding *self, GAsyncResult *result, GError **error)
{
  g_autofree int *fds = NULL;
  gsize n = 0;

  fds = gsock_socket_receive_file_descriptors_finish (self->near, result, &n, NULL, error);
  for (gsize i = 0; i < n; i++)
    close (fds[i]);
  return fds != NULL;
}

static void
start_receive_socket (TestEnding *self)
{
  gsock_socket_receive_socket_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_socket_receive_socket_finish (self->near, result, error));
}

static void
start_receive_credentials (TestEnding *self)
{
  gsock_socket_receive_credentials_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_credentials (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_receive_credentials_finish (self->near, result, NULL, NULL, NULL, NULL, error);
}

static void
start_read_line (TestEnding *self)
{
  gsock_active_socket_read_line_async (GSOCK_ACTIVE_SOCKET (self->near), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_line (TestEnding *self, GAsyncResult *result, GError **error)
{
  return text_came (gsock_active_socket_read_line_finish (GSOCK_ACTIVE_SOCKET (self->near), result, error));
}

static void
start_read_char (TestEnding *self)
{
  gsock_active_socket_read_char_async (GSOCK_ACTIVE_SOCKET (self->near), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_char (TestEnding *self, GAsyncResult *result, GError **error)
{
  gunichar character;

  return gsock_active_socket_read_char_finish (GSOCK_ACTIVE_SOCKET (self->near), result, &character, error);
}

static void
start_read_text (TestEnding *self)
{
  gsock_active_socket_read_text_async (GSOCK_ACTIVE_SOCKET (self->near), 2, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_text (TestEnding *self, GAsyncResult *result, GError **error)
{
  return text_came (gsock_active_socket_read_text_finish (GSOCK_ACTIVE_SOCKET (self->near), result, error));
}

static void
start_read_bytes (TestEnding *self)
{
  gsock_active_socket_read_bytes_async (GSOCK_ACTIVE_SOCKET (self->near), 2, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_bytes (TestEnding *self, GAsyncResult *result, GError **error)
{
  return bytes_came (gsock_active_socket_read_bytes_finish (GSOCK_ACTIVE_SOCKET (self->near), result, error));
}

static GBytes *
some_bytes (void)
{
  static const guint8 bytes[8192];

  return g_bytes_new_static (bytes, sizeof bytes);
}

static void
start_send (TestEnding *self)
{
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_socket_send_to_async (self->near, bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_send_bytes (TestEnding *self)
{
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_socket_send_bytes_async (self->near, bytes, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_to_finish (self->near, result, error) > 0;
}

static void
on_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_send_then (TestEnding *self)
{
  gsock_socket_send_to_then (self->near, self->buffer, sizeof self->buffer, NULL, 0, -1, G_PRIORITY_DEFAULT, self->cancellable, on_sent, self);
}

static void
start_send_message (TestEnding *self)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_message_add_bytes (message, bytes);
  gsock_socket_send_message_async (self->near, message, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_message (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_message_finish (self->near, result, error) >= 0;
}

static void
start_send_many (TestEnding *self)
{
  for (guint i = 0; i < 3; i++)
    g_assert_true (gsock_batch_add (self->batch, self->buffer, sizeof self->buffer, NULL, NULL));
  gsock_socket_send_many_async (self->near, self->batch, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_many (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_many_finish (self->near, result, error) > 0;
}

static void
start_send_descriptor (TestEnding *self)
{
  gsock_socket_send_file_descriptor_async (self->near, STDIN_FILENO, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_descriptor (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_file_descriptor_finish (self->near, result, error);
}

static void
start_send_descriptors (TestEnding *self)
{
  static const int fds[] = { STDIN_FILENO, STDOUT_FILENO };

  gsock_socket_send_file_descriptors_async (self->near, fds, 2, NULL, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_descriptors (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_file_descriptors_finish (self->near, result, error) >= 0;
}

static void
start_send_socket (TestEnding *self)
{
  gsock_socket_send_socket_async (self->near, some_socket (self), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_socket_finish (self->near, result, error);
}

static void
start_send_credentials (TestEnding *self)
{
  gsock_socket_send_credentials_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_credentials (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_credentials_finish (self->near, result, error);
}

/* More than its buffer takes. */
static void
start_write_bytes (TestEnding *self)
{
  static const guint8 many[1 << 17];
  g_autoptr (GBytes) bytes = g_bytes_new_static (many, sizeof many);

  gsock_active_socket_write_bytes_async (GSOCK_ACTIVE_SOCKET (self->near), bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_write_bytes (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_write_bytes_finish (GSOCK_ACTIVE_SOCKET (self->near), result, error);
}

static void
start_finish_output (TestEnding *self)
{
  (void) gsock_active_socket_write_text (GSOCK_ACTIVE_SOCKET (self->near), "some text", NULL, NULL, NULL);
  gsock_active_socket_finish_output_async (GSOCK_ACTIVE_SOCKET (self->near), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_finish_output (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_finish_output_finish (GSOCK_ACTIVE_SOCKET (self->near), result, error);
}

static void
start_accept (TestEnding *self)
{
  gsock_passive_socket_accept_connection_async (GSOCK_PASSIVE_SOCKET (self->near), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_accept (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_passive_socket_accept_connection_finish (GSOCK_PASSIVE_SOCKET (self->near), result, error));
}

static void
on_accepted (GSockPassiveSocket *socket, GSockActiveSocket *connection, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_accept_then (TestEnding *self)
{
  gsock_passive_socket_accept_connection_then (GSOCK_PASSIVE_SOCKET (self->near), -1, G_PRIORITY_DEFAULT, self->cancellable, on_accepted, self);
}

static void
start_connect (TestEnding *self)
{
  gsock_socket_connect_to_async (self->near, &self->address, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_connect (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_connect_to_finish (self->near, result, error);
}

static void
start_make_socket (TestEnding *self)
{
  gsock_make_socket_async (G_PRIORITY_DEFAULT, CALL, "remote-address", &self->address, NULL);
}

static gboolean
finish_make_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_make_socket_finish (result, error));
}

static void
start_lookup (TestEnding *self)
{
  gsock_lookup_hostname_async ("localhost", GSOCK_IPV6_MODE_YES, CALL);
}

static gboolean
finish_lookup (TestEnding *self, GAsyncResult *result, GError **error)
{
  GPtrArray *addresses = gsock_lookup_hostname_finish (result, NULL, error);

  g_clear_pointer (&addresses, g_ptr_array_unref);
  return *error == NULL;
}

static void
start_drain (TestEnding *self)
{
  gsock_server_drain_async (GSOCK_SERVER (self->other), GSOCK_TIMEOUT_NEVER, CALL);
}

static gboolean
finish_drain (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_server_drain_finish (GSOCK_SERVER (self->other), result, error);
}

const TestEndingCase test_ending_cases[] = {
  { "accept-connection", open_listener, start_accept, finish_accept, connect_client, FALSE, FALSE },
  { "accept-connection-then", open_listener, start_accept_then, NULL, connect_client, FALSE, FALSE },
  { "connect", open_connecting, start_connect, finish_connect, accept_all, FALSE, FALSE },
  { "finish-output", open_full_pair, start_finish_output, finish_finish_output, drain, FALSE, FALSE },
  { "lookup-hostname", open_none, start_lookup, finish_lookup, NULL, TRUE, TRUE },
  { "make-socket", open_full_backlog, start_make_socket, finish_make_socket, accept_all, TRUE, FALSE },
  { "read-bytes", open_pair, start_read_bytes, finish_read_bytes, say, FALSE, FALSE },
  { "read-char", open_pair, start_read_char, finish_read_char, say, FALSE, FALSE },
  { "read-line", open_pair, start_read_line, finish_read_line, say, FALSE, FALSE },
  { "read-text", open_pair, start_read_text, finish_read_text, say, FALSE, FALSE },
  { "receive-bytes", open_datagrams, start_receive_bytes, finish_receive, say, FALSE, FALSE },
  { "receive-credentials", open_pair, start_receive_credentials, finish_receive_credentials, give_credentials, FALSE, FALSE },
  { "receive-file-descriptor", open_pair, start_receive_descriptor, finish_receive_descriptor, give_descriptor, FALSE, FALSE },
  { "receive-file-descriptors", open_pair, start_receive_descriptors, finish_receive_descriptors, give_descriptor, FALSE, FALSE },
  { "receive-from", open_pair, start_receive, finish_receive, say, FALSE, FALSE },
  { "receive-from-then", open_pair, start_receive_then, NULL, say, FALSE, FALSE },
  { "receive-many", open_datagrams, start_receive_many, finish_receive_many, say, FALSE, FALSE },
  { "receive-message", open_pair, start_receive_message, finish_receive_message, say, FALSE, FALSE },
  { "receive-socket", open_pair, start_receive_socket, finish_receive_socket, give_socket, FALSE, FALSE },
  { "send-bytes", open_full_datagrams, start_send_bytes, finish_send, drain, FALSE, FALSE },
  { "send-credentials", open_full_pair, start_send_credentials, finish_send_credentials, drain, FALSE, FALSE },
  { "send-file-descriptor", open_full_pair, start_send_descriptor, finish_send_descriptor, drain, FALSE, FALSE },
  { "send-file-descriptors", open_full_pair, start_send_descriptors, finish_send_descriptors, drain, FALSE, FALSE },
  { "send-many", open_full_datagrams, start_send_many, finish_send_many, drain, FALSE, FALSE },
  { "send-message", open_full_pair, start_send_message, finish_send_message, drain, FALSE, FALSE },
  { "send-socket", open_full_pair, start_send_socket, finish_send_socket, drain, FALSE, FALSE },
  { "send-to", open_full_pair, start_send, finish_send, drain, FALSE, FALSE },
  { "send-to-then", open_full_pair, start_send_then, NULL, drain, FALSE, FALSE },
  { "server-drain", open_server, start_drain, finish_drain, leave, TRUE, FALSE },
  { "write-bytes", open_full_pair, start_write_bytes, finish_write_bytes, drain, FALSE, FALSE },
};
const guint test_n_ending_cases = G_N_ELEMENTS (test_ending_cases);

void
test_ending_open (TestEnding *self, const TestEndingCase *row)
{
  *self = (TestEnding){ .row = row };
  self->clients = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->batch = gsock_batch_new ();
  row->open (self);
}

static void
let_go (gpointer object)
{
  if (object != NULL)
    test_assert_finalize_object (object);
}

void
test_ending_close (TestEnding *self)
{
  g_clear_error (&self->error);
  g_ptr_array_unref (self->clients);
  gsock_batch_unref (self->batch);
  let_go (self->near);
  let_go (self->other);
  let_go (self->far);
  let_go (self->cancellable);
}
