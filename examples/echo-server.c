/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends back what it gets, to thousands at a time: echo-server [PORT]
 *
 * A connection that is idle costs its object and its watch, and no time. What a slow reader does not
 * take is kept, and nothing more is read from it meanwhile. It prints the port, and serves until it is
 * interrupted. */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <stdlib.h>

/* All connections share it: what stays in it is copied. */
static guint8 buffer[65536];

typedef struct
{
  GBytes *rest; /* what the peer has not taken yet */
} Echo;

static void watch_for (GSockSocket *socket, GIOCondition condition, Echo *self);

static void
echo_free (gpointer data)
{
  Echo *self = data;

  g_bytes_unref (self->rest);
  g_free (self);
}

/* Whether all was sent. */
static gboolean
send_back (GSockSocket *socket, const guint8 *data, gsize length, GBytes **rest)
{
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_send_to_direct (socket, data, length, NULL, 0, FALSE, 0, NULL, &error);

  if (n < 0 && !g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    gsock_socket_close (socket, TRUE, NULL);
  n = MAX (n, 0);
  if ((gsize) n < length)
    *rest = g_bytes_new (data + n, length - n);
  return (gsize) n == length;
}

static gboolean on_readable (GSockSocket *socket, GIOCondition condition, gpointer unused);

static gboolean
on_writable (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  Echo *self = data;
  g_autoptr (GBytes) before = g_steal_pointer (&self->rest);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (before, &length);

  if (gsock_socket_is_open (socket) && !send_back (socket, bytes, length, &self->rest))
    return gsock_socket_is_open (socket);
  self->rest = g_bytes_new_static ("", 0);
  if (gsock_socket_is_open (socket))
    watch_for (socket, G_IO_IN, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (GSockSocket *socket, GIOCondition condition, gpointer unused)
{
  g_autoptr (GError) error = NULL;
  GBytes *rest = NULL;
  gssize n = gsock_socket_receive_from_direct (socket, buffer, sizeof buffer, 0, FALSE, 0, NULL, NULL, &error);

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n > 0 && send_back (socket, buffer, n, &rest))
    return G_SOURCE_CONTINUE;
  if (rest != NULL && gsock_socket_is_open (socket))
    {
      Echo *self = g_new (Echo, 1);

      self->rest = rest;
      watch_for (socket, G_IO_OUT, self);
      return G_SOURCE_REMOVE;
    }
  g_clear_pointer (&rest, g_bytes_unref);
  gsock_socket_close (socket, FALSE, NULL);
  return G_SOURCE_REMOVE;
}

/* The watch keeps the socket, as nobody else does. */
static void
watch_for (GSockSocket *socket, GIOCondition condition, Echo *self)
{
  if (condition == G_IO_OUT)
    gsock_socket_watch (socket, G_IO_OUT, G_PRIORITY_DEFAULT, on_writable, self, echo_free, NULL);
  else
    gsock_socket_watch (socket, G_IO_IN, G_PRIORITY_DEFAULT, on_readable, NULL, NULL, NULL);
}

static void
on_connection (GSockServer *server, GSockActiveSocket *connection, gpointer unused)
{
  watch_for (GSOCK_SOCKET (connection), G_IO_IN, NULL);
}

static gboolean
on_interrupted (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSockServer) server = NULL;
  g_autoptr (GSockSocket) listener = NULL;
  g_autoptr (GError) error = NULL;

  listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1",
                                "local-port", argc > 1 ? atoi (argv[1]) : 0, "nodelay", TRUE, NULL);
  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (listener));
  gsock_server_set_handler (server, on_connection, NULL, NULL);
  gsock_server_start (server, G_PRIORITY_DEFAULT, NULL);
  g_unix_signal_add (SIGINT, on_interrupted, loop);
  g_unix_signal_add (SIGTERM, on_interrupted, loop);
  g_print ("127.0.0.1:%d\n", gsock_socket_get_local_port (listener));
  g_main_loop_run (loop);
  return 0;
}
