/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libsoup serves HTTP on a listener and on a connection that gsock made. */

#include <gsock/gsock.h>
#include <libsoup/soup.h>

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer unused)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, path, strlen (path));
}

typedef struct
{
  GMainLoop *loop;
  GBytes *body;
} Answer;

static void
on_answer (GObject *session, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GError) error = NULL;

  answer->body = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);
  g_assert_no_error (error);
  g_main_loop_quit (answer->loop);
}

static void
test_server (void)
{
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) gsocket = gsock_socket_to_gsocket (listener, &error);
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_assert_no_error (error);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  g_assert_true (soup_server_listen_socket (server, gsocket, 0, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%d/page/%u", gsock_socket_get_local_port (listener), i);
      g_autofree char *path = g_strdup_printf ("/page/%u", i);
      g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
      Answer answer = { loop, NULL };

      soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer, &answer);
      g_main_loop_run (loop);
      g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
      g_assert_cmpmem (g_bytes_get_data (answer.body, NULL), g_bytes_get_size (answer.body), path, strlen (path));
      g_bytes_unref (answer.body);
    }
  soup_server_disconnect (server);
}

/* A connection that gsock has accepted is libsoup's from there on. */
static void
test_stream (void)
{
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, NULL, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = gsock_active_socket_create_io_stream (accepted, &error);
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GSockAddress) here = gsock_socket_get_local_address (GSOCK_SOCKET (accepted), NULL);
  g_autoptr (GSockAddress) there = gsock_socket_get_remote_address (GSOCK_SOCKET (accepted), NULL);
  g_autoptr (GSocketAddress) local = gsock_address_to_gsocket_address (here, NULL);
  g_autoptr (GSocketAddress) remote = gsock_address_to_gsocket_address (there, NULL);
  g_autofree char *status = NULL;

  g_assert_no_error (error);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  g_assert_true (soup_server_accept_iostream (server, stream, local, remote, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_active_socket_write_text (GSOCK_ACTIVE_SOCKET (client), "GET /by-hand HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", NULL, NULL, NULL));
  g_assert_true (gsock_active_socket_finish_output (GSOCK_ACTIVE_SOCKET (client), NULL, NULL, NULL));
  while (status == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      status = gsock_active_socket_read_line (GSOCK_ACTIVE_SOCKET (client), NULL, &error, "wait", FALSE, NULL);
      g_assert_true (status != NULL || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK));
      g_clear_error (&error);
    }
  g_assert_cmpstr (status, ==, "HTTP/1.1 200 OK\r");
  soup_server_disconnect (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/libsoup/server", test_server);
  g_test_add_func ("/libsoup/stream", test_stream);

  return g_test_run ();
}
