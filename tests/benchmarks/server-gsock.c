/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server by gsock: watches that call back, and asynchronous operations. */

#include "peers.h"
#include "server.h"

static gboolean
on_readable (GSockSocket *socket, GIOCondition condition, gpointer state)
{
  char in[SERVER_ROOM];
  gssize n = gsock_socket_receive_from_direct (socket, in, sizeof in, 0, FALSE, 0, NULL, NULL, NULL);

  if (n > 0)
    {
      peers_expect (gsock_socket_send_to_direct (socket, (const guint8 *) in, (gsize) n, NULL, 0, FALSE, 0, NULL, NULL), n, "send-to");
      return G_SOURCE_CONTINUE;
    }
  gsock_socket_close (socket, FALSE, NULL);
  server_closed (state);
  return G_SOURCE_REMOVE;
}

static gboolean
on_connection (GSockSocket *listener, GIOCondition condition, gpointer state)
{
  GSockActiveSocket *active;

  while ((active = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), FALSE, 0, NULL, NULL)) != NULL)
    {
      gsock_socket_watch (GSOCK_SOCKET (active), G_IO_IN, G_PRIORITY_DEFAULT, on_readable, state, NULL, NULL);
      g_object_unref (active);
      server_accepted (state);
    }
  return G_SOURCE_CONTINUE;
}

/* The program keeps it, and that is all. */
static gboolean
on_connection_to_keep (GSockSocket *listener, GIOCondition condition, gpointer state)
{
  while (gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), FALSE, 0, NULL, NULL) != NULL)
    server_accepted (state);
  return G_SOURCE_CONTINUE;
}

static GSockPassiveSocket *
listen_anywhere (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "0.0.0.0", "backlog", SERVER_BACKLOG, NULL);

  if (listener == NULL)
    peers_fail ("make-socket", error);
  return GSOCK_PASSIVE_SOCKET (listener);
}

static void
serve_until_killed (ServerState *state, GSockPassiveSocket *listener)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  server_listens (state, (guint) gsock_socket_get_local_port (GSOCK_SOCKET (listener)));
  g_main_loop_run (loop);
}

static void
serve_by_watches (ServerState *state)
{
  g_autoptr (GSockPassiveSocket) listener = listen_anywhere ();

  gsock_socket_watch (GSOCK_SOCKET (listener), G_IO_IN, G_PRIORITY_DEFAULT, on_connection, state, NULL, NULL);
  serve_until_killed (state, listener);
}

static void
serve_unwatched (ServerState *state)
{
  g_autoptr (GSockPassiveSocket) listener = listen_anywhere ();

  gsock_socket_watch (GSOCK_SOCKET (listener), G_IO_IN, G_PRIORITY_DEFAULT, on_connection_to_keep, state, NULL, NULL);
  serve_until_killed (state, listener);
}

const Server server_gsock_watch = { serve_by_watches };
const Server server_gsock_unwatched = { serve_unwatched };

static void on_received (GObject *source, GAsyncResult *result, gpointer state);

static void
receive_more (GSockSocket *socket, ServerState *state)
{
  gsock_socket_receive_bytes_async (socket, SERVER_ROOM, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, NULL, on_received, state);
}

static void
end (GSockSocket *socket, ServerState *state)
{
  gsock_socket_close (socket, FALSE, NULL);
  server_closed (state);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer state)
{
  GSockSocket *socket = GSOCK_SOCKET (source);

  if (gsock_socket_send_to_finish (socket, result, NULL) > 0)
    receive_more (socket, state);
  else
    end (socket, state);
}

static void
on_received (GObject *source, GAsyncResult *result, gpointer state)
{
  GSockSocket *socket = GSOCK_SOCKET (source);
  g_autoptr (GBytes) bytes = gsock_socket_receive_from_finish (socket, result, NULL, NULL, NULL, NULL);

  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    gsock_socket_send_bytes_async (socket, bytes, NULL, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, NULL, on_sent, state);
  else
    end (socket, state);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer state)
{
  GSockPassiveSocket *listener = GSOCK_PASSIVE_SOCKET (source);
  g_autoptr (GSockActiveSocket) active = gsock_passive_socket_accept_connection_finish (listener, result, NULL);

  if (active == NULL)
    return;
  receive_more (GSOCK_SOCKET (active), state);
  server_accepted (state);
  gsock_passive_socket_accept_connection_async (listener, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, on_accepted, state);
}

static void
serve_by_async (ServerState *state)
{
  g_autoptr (GSockPassiveSocket) listener = listen_anywhere ();

  gsock_passive_socket_accept_connection_async (listener, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, on_accepted, state);
  serve_until_killed (state, listener);
}

const Server server_gsock_async = { serve_by_async };
