/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A chat for many, line by line, with nc and the like. Whoever comes gives a name; then each line goes to
 * all the others. Who does not read, or writes more than the others could read, is put out.
 *
 *   chat-server PORT [HOST]   serves until it is interrupted
 *   chat-server               two visitors meet, and what they hear is told
 */

#include <gsock/gsock.h>

#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#define MOST_LINES 50      /* of one member within a second */
#define LONGEST_LINE 1000  /* bytes */
#define LONGEST_NAME 20    /* characters */
#define TIME_FOR_A_NAME 60 /* seconds */
#define BACKLOG 65536      /* bytes that wait for a member who does not read, and as many in the kernel */
#define MOST_MEMBERS 500

typedef struct
{
  GSockActiveSocket *connection;
  GHashTable *members; /* of all who have a name, by it */
  char *name;          /* NULL before */
  const char *reason;  /* why he is not there any more */
  guint timeout;       /* of the question for the name */
  gint64 second;
  int lines; /* in that second */
  gboolean sending, more;
} Member;

static void
member_clear (gpointer data)
{
  Member *self = data;

  g_object_unref (self->connection);
  g_hash_table_unref (self->members);
  g_free (self->name);
}

static void
member_unref (gpointer data)
{
  g_rc_box_release_full (data, member_clear);
}

static void send_lines (Member *self);

/* Lines that came meanwhile are sent too. Whoever reads from the connection meets its errors. */
static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Member *self = data;

  (void) gsock_active_socket_finish_output_finish (GSOCK_ACTIVE_SOCKET (object), result, NULL);
  self->sending = FALSE;
  if (self->more)
    send_lines (self);
  member_unref (self);
}

static void
send_lines (Member *self)
{
  self->more = self->sending;
  if (self->sending)
    return;
  self->sending = TRUE;
  gsock_active_socket_finish_output_async (self->connection, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, on_sent, g_rc_box_acquire (self));
}

/* Nobody waits for a slow reader: the line is in his buffer, until that is full. */
static void
tell (Member *self, const char *line)
{
  g_autoptr (GError) error = NULL;

  if (gsock_active_socket_write_line (self->connection, line, NULL, &error, "wait", FALSE, NULL))
    send_lines (self);
  else if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    {
      self->reason = "put out: he does not read";
      gsock_socket_close (GSOCK_SOCKET (self->connection), TRUE, NULL);
    }
}

static void
tell_all (GHashTable *members, const Member *speaker, const char *line)
{
  GHashTableIter iter;
  gpointer member;

  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, NULL, &member))
    if (member != speaker)
      tell (member, line);
}

static void
announce (const Member *self, const char *what)
{
  g_autofree char *line = g_strdup_printf ("* %s %s", self->name, what);

  g_print ("%s\n", line);
  tell_all (self->members, NULL, line);
}

static gboolean
writes_too_much (Member *self)
{
  gint64 second = g_get_monotonic_time () / G_USEC_PER_SEC;

  self->lines = second == self->second ? self->lines + 1 : 1;
  self->second = second;
  return self->lines > MOST_LINES;
}

static gboolean
is_name (const char *text)
{
  if (*text == '\0' || g_utf8_strlen (text, -1) > LONGEST_NAME)
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isprint (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

static void
take_name (Member *self, char *line)
{
  const char *name = g_strstrip (line);

  if (!is_name (name) || g_hash_table_contains (self->members, name))
    {
      tell (self, "* that is no name, or somebody has it; who are you?");
      return;
    }
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->name = g_strdup (name);
  g_hash_table_insert (self->members, self->name, self);
  announce (self, "has come");
}

static void
speak (Member *self, const char *line)
{
  g_autofree char *told = g_strdup_printf ("%s: %s", self->name, line);

  tell_all (self->members, self, told);
}

static void
leave (Member *self)
{
  GSockSocket *socket = GSOCK_SOCKET (self->connection);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->name != NULL)
    {
      g_autofree char *what = g_strdup_printf ("is %s", self->reason);

      announce (self, what);
      g_hash_table_remove (self->members, self->name);
    }
  /* Nobody waits for what does not go at once. */
  if (!gsock_active_socket_finish_output (self->connection, NULL, NULL, "wait", FALSE, NULL) || !gsock_socket_close (socket, FALSE, NULL))
    gsock_socket_close (socket, TRUE, NULL);
}

static const char *
reason_of (const GError *error)
{
  static const struct
  {
    GSockError code;
    const char *reason;
  } reasons[] = {
    { GSOCK_ERROR_MESSAGE_TOO_LONG, "put out: his line has no end" },
    { GSOCK_ERROR_INVALID_TEXT, "put out: that is no text" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_error_matches (error, GSOCK_ERROR, reasons[i].code))
      return reasons[i].reason;
  return "lost";
}

/* FALSE when he has to go. */
static gboolean
hear (Member *self, char *line)
{
  if (writes_too_much (self))
    {
      self->reason = "put out: he writes too much";
      return FALSE;
    }
  if (self->name == NULL)
    take_name (self, line);
  else
    speak (self, line);
  return TRUE;
}

static gboolean
on_readable (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  Member *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  do
    {
      g_free (line);
      line = gsock_active_socket_read_line (self->connection, NULL, &error, "wait", FALSE, "maximum-length", LONGEST_LINE, NULL);
    }
  while (line != NULL && hear (self, line));
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (error != NULL && gsock_socket_is_open (socket))
    self->reason = reason_of (error);
  leave (self);
  return G_SOURCE_REMOVE;
}

/* The watch calls on_readable once more, for it is closed. */
static gboolean
on_no_name (gpointer data)
{
  Member *self = data;

  self->timeout = 0;
  gsock_socket_close (GSOCK_SOCKET (self->connection), TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_connection (GSockServer *server, GSockActiveSocket *connection, gpointer members)
{
  Member *member = g_rc_box_new0 (Member);

  member->connection = g_object_ref (connection);
  member->members = g_hash_table_ref (members);
  member->reason = "gone";
  member->timeout = g_timeout_add_seconds (TIME_FOR_A_NAME, on_no_name, member);
  tell (member, "* who are you?");
  gsock_socket_watch (GSOCK_SOCKET (connection), G_IO_IN, G_PRIORITY_DEFAULT, on_readable, member, member_unref, NULL);
}

/* What is set here holds for the connections too: with keepalive the kernel notices after a few minutes
 * that somebody who says nothing is not there any more. */
static GSockServer *
open_chat (const char *host, int port, GError **error)
{
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", host, "local-port", port,
                                                        "reuse-address", TRUE, "backlog", 512, "keepalive", TRUE, "tcp-keepidle", 60,
                                                        "nodelay", TRUE, "send-buffer", BACKLOG, "output-buffer-size", BACKLOG, NULL);
  g_autoptr (GSockServer) server = NULL;

  if (listener == NULL)
    return NULL;
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (listener));
  gsock_server_set_max_connections (server, MOST_MEMBERS);
  gsock_server_set_handler (server, on_connection, g_hash_table_new (g_str_hash, g_str_equal), (GDestroyNotify) g_hash_table_unref);
  return gsock_server_start (server, G_PRIORITY_DEFAULT, error) ? g_steal_pointer (&server) : NULL;
}

static gboolean
on_interrupted (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve (GMainLoop *loop, int port, const char *host, GError **error)
{
  g_autoptr (GSockServer) server = open_chat (host, port, error);
  g_autofree char *listener = NULL;

  if (server == NULL)
    return FALSE;
  listener = gsock_socket_to_string (GSOCK_SOCKET (gsock_server_get_listener (server)));
  g_unix_signal_add (SIGINT, on_interrupted, loop);
  g_unix_signal_add (SIGTERM, on_interrupted, loop);
  g_print ("%s\n", listener);
  g_main_loop_run (loop);
  gsock_server_stop (server);
  return TRUE;
}

/* Two visitors, in a thread of their own */

typedef struct
{
  GMainLoop *loop;
  int port;
  gboolean done;
} Visit;

static gboolean
visitor_says (GSockSocket *visitor, const char *line, GError **error)
{
  return gsock_active_socket_write_line (GSOCK_ACTIVE_SOCKET (visitor), line, NULL, error, NULL)
         && gsock_active_socket_finish_output (GSOCK_ACTIVE_SOCKET (visitor), NULL, error, "timeout", 5.0, NULL);
}

static gboolean
visitor_hears (const char *name, GSockSocket *visitor, GError **error)
{
  g_autofree char *line = gsock_active_socket_read_line (GSOCK_ACTIVE_SOCKET (visitor), NULL, error, "timeout", 5.0, NULL);

  if (line != NULL)
    g_print ("  %s hears: %s\n", name, line);
  return line != NULL;
}

static gboolean
visitor_comes (const char *name, GSockSocket *visitor, GError **error)
{
  return visitor_hears (name, visitor, error) && visitor_says (visitor, name, error) && visitor_hears (name, visitor, error);
}

/* In the loop, which may not run yet when the thread has ended. */
static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gpointer
meet (gpointer data)
{
  Visit *self = data;
  g_autoptr (GError) error = NULL;

  gsock_with_open_socket (ann, &error, "remote-host", "127.0.0.1", "remote-port", self->port, NULL)
  gsock_with_open_socket (bob, &error, "remote-host", "127.0.0.1", "remote-port", self->port, NULL)
    self->done = visitor_comes ("Ann", ann, &error) && visitor_comes ("Bob", bob, &error) && visitor_hears ("Ann", ann, &error)
                 && visitor_says (ann, "hello", &error) && visitor_hears ("Bob", bob, &error)
                 && visitor_says (bob, "hi, Ann", &error) && visitor_hears ("Ann", ann, &error)
                 && gsock_socket_close (bob, TRUE, &error) && visitor_hears ("Ann", ann, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  g_idle_add (on_over, self->loop);
  return NULL;
}

static void
on_empty (GObject *server, GAsyncResult *result, gpointer loop)
{
  (void) gsock_server_drain_finish (GSOCK_SERVER (server), result, NULL);
  g_main_loop_quit (loop);
}

static gboolean
show (GMainLoop *loop, GError **error)
{
  g_autoptr (GSockServer) server = open_chat ("127.0.0.1", 0, error);
  Visit visit = { loop, 0, FALSE };
  GThread *thread;

  if (server == NULL)
    return FALSE;
  visit.port = gsock_socket_get_local_port (GSOCK_SOCKET (gsock_server_get_listener (server)));
  thread = g_thread_new ("visitors", meet, &visit);
  g_main_loop_run (loop);
  g_thread_join (thread);
  gsock_server_drain_async (server, 5, NULL, on_empty, loop);
  g_main_loop_run (loop);
  return visit.done;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  gboolean done;

  setlocale (LC_ALL, ""); /* names are printed as the terminal has them */
  done = argc > 1 ? serve (loop, atoi (argv[1]), argc > 2 ? argv[2] : "127.0.0.1", &error) : show (loop, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
