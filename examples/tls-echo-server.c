/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends back what it gets by TLS: tls-echo-server CERTIFICATE KEY [PORT]
 *
 * An active socket is a GIOStream to whoever wants one, here to GIO's TLS, which glib-networking
 * brings. It prints the port, and serves until it is interrupted. Try it by
 *
 *   openssl s_client -connect 127.0.0.1:PORT */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <stdlib.h>

static void
on_closed (GObject *source, GAsyncResult *result, gpointer secure)
{
  g_autoptr (GError) error = NULL;

  if (!g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_printerr ("%s\n", error->message);
  g_object_unref (secure);
}

/* The peer has taken its leave, or it was no TLS. */
static void
on_sent_back (GObject *source, GAsyncResult *result, gpointer secure)
{
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    g_printerr ("%s\n", error->message);
  g_io_stream_close_async (secure, G_PRIORITY_DEFAULT, NULL, on_closed, secure);
}

static void
on_connection (GSockServer *server, GSockActiveSocket *connection, gpointer certificate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = gsock_active_socket_create_io_stream (connection, &error);
  GIOStream *secure = stream != NULL ? g_tls_server_connection_new (stream, certificate, &error) : NULL;

  if (secure == NULL)
    {
      g_printerr ("%s\n", error->message);
      gsock_socket_close (GSOCK_SOCKET (connection), TRUE, NULL);
      return;
    }
  g_output_stream_splice_async (g_io_stream_get_output_stream (secure), g_io_stream_get_input_stream (secure),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, NULL, on_sent_back, secure);
}

static gboolean
on_interrupted (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static int
fail (const GError *error)
{
  g_printerr ("%s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GSockServer) server = NULL;
  g_autoptr (GSockSocket) listener = NULL;
  g_autoptr (GError) error = NULL;

  if (argc < 3)
    {
      g_printerr ("usage: tls-echo-server CERTIFICATE KEY [PORT]\n");
      return 2;
    }
  certificate = g_tls_certificate_new_from_files (argv[1], argv[2], &error);
  if (certificate == NULL)
    return fail (error);
  listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1",
                                "local-port", argc > 3 ? atoi (argv[3]) : 0, "nodelay", TRUE, NULL);
  if (listener == NULL)
    return fail (error);
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (listener));
  gsock_server_set_handler (server, on_connection, certificate, NULL);
  if (!gsock_server_start (server, G_PRIORITY_DEFAULT, &error))
    return fail (error);
  g_unix_signal_add (SIGINT, on_interrupted, loop);
  g_unix_signal_add (SIGTERM, on_interrupted, loop);
  g_print ("127.0.0.1:%d\n", gsock_socket_get_local_port (listener));
  g_main_loop_run (loop);
  return 0;
}
