/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server by GIO, in the two ways that its users have: a service whose streams are read and written
 * asynchronously, and sources on sockets. */

#include "peers.h"
#include "server.h"

typedef struct
{
  ServerState *state;
  GSocketConnection *connection;
  char data[SERVER_ROOM];
} Client;

static void read_more (Client *self);

static void
free_client (Client *self)
{
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_object_unref (self->connection);
  server_closed (self->state);
  g_free (self);
}

static void
on_written (GObject *output, GAsyncResult *result, gpointer data)
{
  Client *self = data;
  gsize n;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, &n, NULL))
    read_more (self);
  else
    free_client (self);
}

static void
on_read (GObject *input, GAsyncResult *result, gpointer data)
{
  Client *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, NULL);

  if (n > 0)
    g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)), self->data, (gsize) n,
                                     G_PRIORITY_DEFAULT, NULL, on_written, self);
  else
    free_client (self);
}

static void
read_more (Client *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)), self->data, sizeof self->data,
                             G_PRIORITY_DEFAULT, NULL, on_read, self);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer state)
{
  Client *self = g_new (Client, 1);

  self->state = state;
  self->connection = g_object_ref (connection);
  read_more (self);
  server_accepted (state);
  return TRUE;
}

static void
serve_by_service (ServerState *state)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GError) error = NULL;
  guint16 port;

  g_socket_listener_set_backlog (G_SOCKET_LISTENER (service), SERVER_BACKLOG);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  if (port == 0)
    peers_fail ("g_socket_listener_add_any_inet_port", error);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), state);
  g_socket_service_start (service);
  server_listens (state, port);
  g_main_loop_run (loop);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer state)
{
  char in[SERVER_ROOM];
  gssize n = g_socket_receive (socket, in, sizeof in, NULL, NULL);

  if (n > 0)
    {
      peers_expect (g_socket_send (socket, in, (gsize) n, NULL, NULL), n, "g_socket_send");
      return G_SOURCE_CONTINUE;
    }
  g_socket_close (socket, NULL);
  g_object_unref (socket);
  server_closed (state);
  return G_SOURCE_REMOVE;
}

static void
watch (GSocket *socket, GSocketSourceFunc callback, ServerState *state)
{
  g_autoptr (GSource) source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), state, NULL);
  g_source_attach (source, NULL);
}

static gboolean
on_connection (GSocket *listener, GIOCondition condition, gpointer state)
{
  GSocket *socket = g_socket_accept (listener, NULL, NULL);

  if (socket == NULL)
    return G_SOURCE_CONTINUE;
  g_socket_set_blocking (socket, FALSE);
  watch (socket, on_readable, state);
  server_accepted (state);
  return G_SOURCE_CONTINUE;
}

/* The program keeps it, and that is all. */
static gboolean
on_connection_to_keep (GSocket *listener, GIOCondition condition, gpointer state)
{
  if (g_socket_accept (listener, NULL, NULL) != NULL)
    server_accepted (state);
  return G_SOURCE_CONTINUE;
}

static void
serve_by_sources (ServerState *state, GSocketSourceFunc callback)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("0.0.0.0", 0), address = NULL;

  g_socket_set_listen_backlog (listener, SERVER_BACKLOG);
  g_socket_set_blocking (listener, FALSE);
  if (!g_socket_bind (listener, any, TRUE, &error) || !g_socket_listen (listener, &error))
    peers_fail ("g_socket_listen", error);
  address = g_socket_get_local_address (listener, NULL);
  watch (listener, callback, state);
  server_listens (state, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  g_main_loop_run (loop);
}

static void
serve_watched (ServerState *state)
{
  serve_by_sources (state, on_connection);
}

static void
serve_unwatched (ServerState *state)
{
  serve_by_sources (state, on_connection_to_keep);
}

const Server server_gio_service = { serve_by_service };
const Server server_gio_source = { serve_watched };
const Server server_gio_unwatched = { serve_unwatched };
