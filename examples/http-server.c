/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serves the files of a folder by HTTP/1.1: http-server [--port=N] [--max=N] FOLDER
 *
 * One connection is one buffer and one thing that it waits for. It prints the port, and serves until
 * it is interrupted; then who is being served is served. */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <string.h>

#define REQUEST_MAX 8192
#define IDLE_SECONDS 30

typedef struct
{
  GSockSocket *socket;
  char request[REQUEST_MAX];
  gsize length;      /* of what has come of it */
  GString *head;     /* of the answer */
  GMappedFile *file; /* its body, or NULL */
  gboolean last;     /* no request after this one */
} Connection;

static const char *folder;
static GSockServer *server;

static void read_request (Connection *self);

static void
connection_free (Connection *self)
{
  gsock_socket_close (self->socket, FALSE, NULL);
  g_object_unref (self->socket);
  g_string_free (self->head, TRUE);
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_free (self);
}

static const char *
type_of (const char *name)
{
  static const char *const types[][2] = {
    { ".css", "text/css" }, { ".html", "text/html; charset=utf-8" }, { ".js", "text/javascript" },
    { ".png", "image/png" }, { ".svg", "image/svg+xml" }, { ".txt", "text/plain; charset=utf-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i][0]))
      return types[i][1];
  return "application/octet-stream";
}

/* No path leads out of the folder. */
static char *
find_file (const char *target)
{
  g_autofree char *path = g_uri_unescape_segment (target, strchrnul (target, '?'), "");
  g_autofree char *absolute = path != NULL && path[0] == '/' ? g_canonicalize_filename (path, "/") : NULL;

  if (absolute == NULL)
    return NULL;
  return g_build_filename (folder, absolute, g_str_has_suffix (path, "/") ? "index.html" : NULL, NULL);
}

static void
on_body_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  Connection *self = data;

  if (error != NULL || self->last || (self->file != NULL && (gsize) n < g_mapped_file_get_length (self->file)))
    connection_free (self);
  else
    read_request (self);
}

static void
on_head_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  Connection *self = data;

  if (error != NULL || (gsize) n < self->head->len)
    connection_free (self);
  else if (self->file == NULL || g_mapped_file_get_length (self->file) == 0)
    on_body_sent (socket, 0, NULL, self);
  else
    gsock_socket_send_to_then (socket, g_mapped_file_get_contents (self->file), g_mapped_file_get_length (self->file), NULL, 0,
                               IDLE_SECONDS, G_PRIORITY_DEFAULT, NULL, on_body_sent, self);
}

static void
answer (Connection *self, const char *status, const char *type, gsize length)
{
  g_string_printf (self->head, "HTTP/1.1 %s\r\nServer: gsock\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n",
                   status, type, length, self->last ? "Connection: close\r\n" : "");
  gsock_socket_send_to_then (self->socket, self->head->str, self->head->len, NULL, self->file != NULL ? GSOCK_MESSAGE_FLAGS_MORE : 0,
                             IDLE_SECONDS, G_PRIORITY_DEFAULT, NULL, on_head_sent, self);
}

static void
refuse (Connection *self, const char *status)
{
  self->last = TRUE;
  answer (self, status, "text/plain", 0);
}

/* @request is one, up to its empty line. */
static void
serve (Connection *self, char *request)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *lower = g_ascii_strdown (request, -1);
  g_autofree char *name = NULL;
  gboolean head;
  gsize length;

  request[strcspn (request, "\r")] = '\0';
  words = g_strsplit (request, " ", 4);
  if (g_strv_length (words) != 3 || !g_str_has_prefix (words[2], "HTTP/1."))
    {
      refuse (self, "400 Bad Request");
      return;
    }
  head = g_str_equal (words[0], "HEAD");
  if (!head && !g_str_equal (words[0], "GET"))
    {
      refuse (self, "405 Method Not Allowed");
      return;
    }
  self->last = strstr (lower, "\r\nconnection: close") != NULL
               || (g_str_equal (words[2], "HTTP/1.0") && strstr (lower, "\r\nconnection: keep-alive") == NULL);
  name = find_file (words[1]);
  self->file = name != NULL && g_file_test (name, G_FILE_TEST_IS_REGULAR) ? g_mapped_file_new (name, FALSE, NULL) : NULL;
  if (self->file == NULL)
    {
      answer (self, "404 Not Found", "text/plain", 0);
      return;
    }
  length = g_mapped_file_get_length (self->file);
  if (head)
    g_clear_pointer (&self->file, g_mapped_file_unref);
  answer (self, "200 OK", type_of (name), length);
}

/* What has come may be less than a request, or more than one. */
static gboolean
serve_next (Connection *self)
{
  const char *end = memmem (self->request, self->length, "\r\n\r\n", 4);
  g_autofree char *request = NULL;
  gsize taken;

  if (end == NULL)
    return FALSE;
  taken = end + 4 - self->request;
  request = g_strndup (self->request, taken);
  self->length -= taken;
  memmove (self->request, self->request + taken, self->length);
  serve (self, request);
  return TRUE;
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  Connection *self = data;

  if (n <= 0)
    {
      connection_free (self);
      return;
    }
  self->length += n;
  if (serve_next (self))
    return;
  if (self->length == sizeof self->request)
    refuse (self, "431 Request Header Fields Too Large");
  else
    read_request (self);
}

static void
read_request (Connection *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  if (!serve_next (self))
    gsock_socket_receive_from_then (self->socket, self->request + self->length, sizeof self->request - self->length, 0,
                                    IDLE_SECONDS, G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static void
on_connection (GSockServer *unused, GSockActiveSocket *socket, gpointer data)
{
  Connection *self = g_new (Connection, 1);

  self->socket = g_object_ref (GSOCK_SOCKET (socket));
  self->length = 0;
  self->head = g_string_new (NULL);
  self->file = NULL;
  self->last = FALSE;
  read_request (self);
}

static void
on_drained (GObject *source, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

static gboolean
on_interrupted (gpointer loop)
{
  gsock_server_drain_async (server, 1, NULL, on_drained, loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  static int port = 0, max = 0;
  const GOptionEntry options[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Where to listen; any free port otherwise", "N" },
    { "max", 0, 0, G_OPTION_ARG_INT, &max, "How many connections at a time", "N" },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSockSocket) listener = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "usage: http-server [--port=N] [--max=N] FOLDER");
      return 2;
    }
  folder = argv[1];
  listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", port,
                                "nodelay", TRUE, NULL);
  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (listener));
  gsock_server_set_max_connections (server, MAX (max, 0));
  gsock_server_set_handler (server, on_connection, NULL, NULL);
  gsock_server_start (server, G_PRIORITY_DEFAULT, NULL);
  g_unix_signal_add (SIGINT, on_interrupted, loop);
  g_unix_signal_add (SIGTERM, on_interrupted, loop);
  g_print ("http://127.0.0.1:%d/\n", gsock_socket_get_local_port (listener));
  g_main_loop_run (loop);
  g_object_unref (server);
  return 0;
}
