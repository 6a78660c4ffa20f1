/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
 * says. Started a second time with the same path, the new process takes the sockets of the one that runs,
 * which ends once the new one serves. So do the others of this name: each can follow on each.
 *
 *   handover PATH [PORT]   serves until it is interrupted, or replaced
 *   handover               starts itself twice, and visits
 */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECONDS 30.0

typedef struct
{
  GSockSocket *server, *control;
  GSockServer *visitors, *successors;
  GMainLoop *loop;
} Service;

static gboolean
make_sockets (Service *self, const char *path, int port, GError **error)
{
  self->server = gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", port, NULL);
  if (self->server == NULL)
    return FALSE;
  /* Only this user may ask for them. */
  self->control = gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "local-filename", path,
                                     "file-mode", 0600, "replace-stale", TRUE, NULL);
  return self->control != NULL;
}

static gboolean
sort_out (Service *self, GPtrArray *sockets, char **names, GError **error)
{
  for (guint i = 0; i < sockets->len; i++)
    if (g_str_equal (names[i], "server"))
      self->server = g_object_ref (g_ptr_array_index (sockets, i));
    else if (g_str_equal (names[i], "control"))
      self->control = g_object_ref (g_ptr_array_index (sockets, i));
  if (self->server == NULL || self->control == NULL)
    g_set_error_literal (error, GSOCK_ERROR, GSOCK_ERROR_NOT_FOUND, "the server that runs has not given what this one needs");
  return self->server != NULL && self->control != NULL;
}

/* Whatever a visitor may need is made ready before it is complete. */
static gboolean
take_sockets (Service *self, GSockSocket *channel, GError **error)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) sockets = gsock_handover_take (channel, SECONDS, &names, NULL, error);

  return sockets != NULL && sort_out (self, sockets, names, error)
         && gsock_handover_complete (channel, (GSockSocket *const *) sockets->pdata, sockets->len, SECONDS, NULL, error);
}

/* Where nobody runs, or has died and left its file behind, this is the first. */
static gboolean
get_sockets (Service *self, const char *path, int port, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GSockSocket) channel = gsock_make_socket (NULL, &failure, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "remote-filename", path, NULL);

  if (channel != NULL)
    return take_sockets (self, channel, error);
  if (g_error_matches (failure, GSOCK_ERROR, GSOCK_ERROR_NOT_FOUND) || g_error_matches (failure, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_REFUSED))
    return make_sockets (self, path, port, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A visitor is answered once, and gone when its Visit is. */

typedef struct
{
  GSockSocket *socket;
  char text[1000];
} Visit;

static void
visit_end (Visit *self)
{
  gsock_socket_close (self->socket, FALSE, NULL);
  g_object_unref (self->socket);
  g_free (self);
}

static void
on_told (GSockSocket *socket, gssize n, const GError *error, gpointer visit)
{
  visit_end (visit);
}

static void
on_heard (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  Visit *self = data;

  if (n > 0)
    gsock_socket_send_to_then (socket, self->text, n, NULL, 0, SECONDS, G_PRIORITY_DEFAULT, NULL, on_told, self);
  else
    visit_end (self);
}

static void
on_visitor (GSockServer *server, GSockActiveSocket *connection, gpointer unused)
{
  Visit *self = g_new (Visit, 1);

  self->socket = g_object_ref (GSOCK_SOCKET (connection));
  gsock_socket_receive_from_then (self->socket, self->text, sizeof self->text, 0, SECONDS, G_PRIORITY_DEFAULT, NULL, on_heard, self);
}

static void
on_drained (GObject *visitors, GAsyncResult *result, gpointer loop)
{
  g_autoptr (GError) error = NULL;

  if (!gsock_server_drain_finish (GSOCK_SERVER (visitors), result, &error))
    g_printerr ("%s\n", error->message);
  g_main_loop_quit (loop);
}

/* Whatever goes wrong with one, this process goes on. */
static void
on_given (GObject *channel, GAsyncResult *result, gpointer data)
{
  Service *self = data;
  g_autoptr (GError) error = NULL;

  if (gsock_handover_give_finish (GSOCK_SOCKET (channel), result, &error))
    {
      gsock_server_stop (self->visitors);
      gsock_server_stop (self->successors);
      gsock_server_drain_async (self->visitors, SECONDS, NULL, on_drained, self->loop);
    }
  else
    g_printerr ("%s\n", error->message);
  gsock_socket_close (GSOCK_SOCKET (channel), FALSE, NULL);
}

/* Meanwhile it serves. */
static void
on_successor (GSockServer *server, GSockActiveSocket *channel, gpointer data)
{
  static const char *const names[] = { "server", "control", NULL };
  Service *self = data;
  GSockSocket *sockets[] = { self->server, self->control };

  gsock_handover_give_async (GSOCK_SOCKET (channel), sockets, 2, names, SECONDS, G_PRIORITY_DEFAULT, NULL, on_given, self);
}

static gboolean
on_interrupted (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve (Service *self, GError **error)
{
  self->visitors = gsock_server_new (GSOCK_PASSIVE_SOCKET (self->server));
  gsock_server_set_handler (self->visitors, on_visitor, NULL, NULL);
  self->successors = gsock_server_new (GSOCK_PASSIVE_SOCKET (self->control));
  gsock_server_set_handler (self->successors, on_successor, self, NULL);
  gsock_server_set_max_connections (self->successors, 1); /* at a time */
  if (!gsock_server_start (self->visitors, G_PRIORITY_DEFAULT, error) || !gsock_server_start (self->successors, G_PRIORITY_DEFAULT, error))
    return FALSE;
  g_unix_signal_add (SIGINT, on_interrupted, self->loop);
  g_unix_signal_add (SIGTERM, on_interrupted, self->loop);
  g_print ("process %d serves port %u\n", (int) getpid (), gsock_socket_get_local_port (self->server));
  g_main_loop_run (self->loop);
  return TRUE;
}

static gboolean
run (const char *path, int port, GError **error)
{
  Service service = { .loop = g_main_loop_new (NULL, FALSE) };
  gboolean done = get_sockets (&service, path, port, error) && serve (&service, error);

  g_clear_object (&service.visitors);
  g_clear_object (&service.successors);
  g_clear_object (&service.server);
  g_clear_object (&service.control);
  g_main_loop_unref (service.loop);
  return done;
}

/* The show */

static GSubprocess *
start (const char *path, int *port, GError **error)
{
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, "/proc/self/exe", path, NULL);
  g_autoptr (GDataInputStream) output = child != NULL ? g_data_input_stream_new (g_subprocess_get_stdout_pipe (child)) : NULL;
  g_autofree char *line = output != NULL ? g_data_input_stream_read_line_utf8 (output, NULL, NULL, error) : NULL;

  if (line == NULL)
    return NULL;
  g_print ("%s\n", line);
  *port = atoi (strrchr (line, ' ') + 1);
  return g_steal_pointer (&child);
}

static gboolean
visit (int port, GError **error)
{
  char text[100];
  gssize n = -1;

  gsock_with_open_socket (visitor, error, "remote-host", "127.0.0.1", "remote-port", port, "timeout", 5.0, NULL)
    if (gsock_socket_send_to (visitor, "hello", 5, NULL, error, NULL) == 5
        && (n = gsock_socket_receive_from (visitor, text, sizeof text, NULL, NULL, error, NULL)) >= 0)
      g_print ("  it answers: %.*s\n", (int) n, text);
  return n >= 0;
}

static void
end (GSubprocess *child)
{
  if (child == NULL)
    return;
  g_subprocess_send_signal (child, SIGTERM);
  g_subprocess_wait (child, NULL, NULL);
}

static gboolean
show (GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("gsock-handover-XXXXXX", error);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "control", NULL) : NULL;
  g_autoptr (GSubprocess) first = NULL;
  g_autoptr (GSubprocess) second = NULL;
  int port;
  gboolean done = path != NULL && (first = start (path, &port, error)) != NULL && visit (port, error)
                  && (second = start (path, &port, error)) != NULL && visit (port, error) && g_subprocess_wait_check (first, NULL, error);

  if (done)
    g_print ("the first has ended\n");
  end (first);
  end (second);
  if (folder != NULL && g_rmdir (folder) < 0)
    g_printerr ("there is something in %s\n", folder);
  return done;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean done = argc > 1 ? run (argv[1], argc > 2 ? atoi (argv[2]) : 0, &error) : show (&error);

  if (error != NULL)
    g_printerr ("%s: %s\n", argv[0], error->message);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
