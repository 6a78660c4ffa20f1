/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client that waits a quarter of a second for an answer, asks again, and can be interrupted meanwhile. What
 * has come of an answer when the time is up, or when it is cancelled, is not lost.
 *
 *   impatient-client HOST PORT [SECONDS]   asks until there is an answer, or Ctrl-C
 *   impatient-client                       asks a server that is in no hurry
 *
 * It waits in a thread of its own; the main loop is there for what interrupts it. */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <stdlib.h>

#define SECONDS 0.25
#define LONGEST_LINE 1000

/* The answer; NULL without an error where there is none any more. */
static char *
ask (GSockSocket *socket, double seconds, GCancellable *cancellable, GError **error)
{
  GSockActiveSocket *connection = GSOCK_ACTIVE_SOCKET (socket);

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      char *line;

      if (!gsock_active_socket_write_line (connection, "are you there?", cancellable, error, "timeout", SECONDS, NULL)
          || !gsock_active_socket_finish_output (connection, cancellable, error, "timeout", SECONDS, NULL))
        return NULL;
      line = gsock_active_socket_read_line (connection, cancellable, &failure, "timeout", seconds, "maximum-length", LONGEST_LINE, NULL);
      if (failure == NULL)
        return line;
      if (!g_error_matches (failure, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_print ("nothing within %g seconds\n", seconds);
    }
}

static gboolean
ask_and_tell (GSockSocket *connection, double seconds, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *answer = ask (connection, seconds, cancellable, &failure);

  if (answer != NULL)
    g_print ("the answer: %s\n", answer);
  else if (failure == NULL)
    g_set_error_literal (&failure, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET, "the server has hung up");
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return answer != NULL;
}

typedef struct
{
  char **arguments;
  GCancellable *cancellable;
  GMainLoop *loop;
  GError *error;
} Client;

static void
visit (Client *self)
{
  double seconds = self->arguments[3] != NULL ? g_ascii_strtod (self->arguments[3], NULL) : SECONDS;
  g_autoptr (GSockSocket) connection = gsock_make_socket (self->cancellable, &self->error, "remote-host", self->arguments[1],
                                                          "remote-port", atoi (self->arguments[2]), "timeout", seconds, NULL);

  if (connection != NULL)
    ask_and_tell (connection, seconds, self->cancellable, &self->error);
}

/* The show: what the server says to each question, in pieces. */
static gpointer
dawdle (gpointer listener)
{
  static const char *const answers[] = { "", "here ", "I am\n", "", "sorry, I was busy\n" };
  g_autoptr (GError) error = NULL;

  gsock_with_accept_connection (socket, listener, &error, "timeout", 5.0, NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (answers) && error == NULL; i++)
      {
        GSockActiveSocket *visitor = GSOCK_ACTIVE_SOCKET (socket);
        g_autofree char *question = gsock_active_socket_read_line (visitor, NULL, &error, "timeout", 5.0, NULL);

        if (question != NULL && gsock_active_socket_write_text (visitor, answers[i], NULL, &error, NULL))
          gsock_active_socket_finish_output (visitor, NULL, &error, "timeout", 5.0, NULL);
      }
  if (error != NULL)
    g_printerr ("the server: %s\n", error->message);
  return NULL;
}

static gboolean
on_bored (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* With all the time in the world, until it is cancelled. */
static gboolean
wait_in_vain (GSockSocket *connection, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) failure = NULL;

  g_timeout_add_full (G_PRIORITY_DEFAULT, 100, on_bored, g_object_ref (cancellable), g_object_unref);
  if (!ask_and_tell (connection, GSOCK_TIMEOUT_NEVER, cancellable, &failure) && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_print ("cancelled\n");
  return TRUE;
}

static void
show (Client *self)
{
  gsock_with_open_socket (listener, &self->error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL)
  gsock_with_open_socket (connection, &self->error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL)
    {
      GThread *server = g_thread_new ("server", dawdle, listener);
      gboolean done = ask_and_tell (connection, SECONDS, NULL, &self->error) && wait_in_vain (connection, &self->error)
                      && ask_and_tell (connection, 5, NULL, &self->error);

      if (!done)
        gsock_socket_close (connection, TRUE, NULL); /* the server is not to wait for more */
      g_thread_join (server);
    }
}

/* In the loop, which may not run yet when the thread has ended. */
static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gpointer
run (gpointer data)
{
  Client *self = data;

  if (self->arguments[1] != NULL && self->arguments[2] != NULL)
    visit (self);
  else
    show (self);
  g_idle_add (on_over, self->loop);
  return NULL;
}

static gboolean
on_interrupted (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Client client = { argv, cancellable, loop, NULL };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_unix_signal_add (SIGINT, on_interrupted, cancellable);
  g_unix_signal_add (SIGTERM, on_interrupted, cancellable);
  thread = g_thread_new ("client", run, &client);
  g_main_loop_run (loop);
  g_thread_join (thread);
  error = client.error;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_printerr ("interrupted\n");
  else if (error != NULL)
    g_printerr ("%s: %s\n", argv[0], error->message);
  return error != NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
