/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tour of gsock: five small conversations, each told as it happens. */

#include <gsock/gsock.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
show (const char *name, GSockSocket *socket)
{
  g_autofree char *form = gsock_socket_to_string (socket);

  g_print ("  %s: %s\n", name, form);
}

static gboolean
say (GSockSocket *socket, const char *text, GError **error)
{
  return gsock_socket_send_to (socket, text, strlen (text), NULL, error, NULL) >= 0;
}

static gboolean
hear (const char *name, GSockSocket *socket, GError **error)
{
  char text[100];
  gssize n = gsock_socket_receive_from (socket, text, sizeof text, NULL, NULL, error, "timeout", 5.0, NULL);

  if (n >= 0)
    g_print ("  %s hears: %.*s\n", name, (int) n, text);
  return n >= 0;
}

static gboolean
echo (GSockSocket *socket, GError **error)
{
  char text[100];
  gssize n = gsock_socket_receive_from (socket, text, sizeof text, NULL, NULL, error, "timeout", 5.0, NULL);

  return n >= 0 && gsock_socket_send_to (socket, text, n, NULL, error, NULL) == n;
}

static gboolean
tcp_echo (GError **error)
{
  gsock_with_open_socket (server, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL)
  gsock_with_open_socket (client, error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (server), NULL)
  gsock_with_accept_connection (peer, GSOCK_PASSIVE_SOCKET (server), error, "timeout", 5.0, NULL)
    {
      show ("server", server);
      show ("client", client);
      show ("accepted", peer);
      return say (client, "hello, TCP", error) && echo (peer, error) && hear ("client", client, error);
    }
  return FALSE;
}

static gboolean
udp_with_sender (GError **error)
{
  GSockReceived received;
  char text[1500];

  gsock_with_open_socket (alice, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL)
  gsock_with_open_socket (bob, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL)
    {
      show ("alice", alice);
      show ("bob", bob);
      if (gsock_socket_send_to (bob, "hello, UDP", 10, NULL, error,
                                "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (alice), NULL) >= 0
          && gsock_socket_receive_from (alice, text, sizeof text, &received, NULL, error, "timeout", 5.0, NULL) >= 0)
        {
          g_autofree char *host = gsock_address_get_host (&received.sender);

          g_print ("  alice hears: %.*s, from %s port %u\n", (int) received.length, text, host,
                   gsock_address_get_port (&received.sender));
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
local_stream (GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("gsock-tour-XXXXXX", error);
  g_autofree char *file = NULL;
  gboolean done = FALSE;

  if (folder == NULL)
    return FALSE;
  file = g_build_filename (folder, "socket", NULL);
  gsock_with_open_socket (server, error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", file, "file-mode", 0600, NULL)
  gsock_with_open_socket (client, error, "remote-filename", file, NULL)
  gsock_with_accept_connection (peer, GSOCK_PASSIVE_SOCKET (server), error, "timeout", 5.0, NULL)
    {
      show ("server", server);
      done = say (client, "hello, local stream", error) && hear ("server", peer, error);
    }
  g_print ("  after the block the file is %s\n", g_file_test (file, G_FILE_TEST_EXISTS) ? "still there" : "gone");
  rmdir (folder);
  return done;
}

static gboolean
socket_pair (GError **error)
{
  g_autoptr (GSockSocket) left = NULL;
  g_autoptr (GSockSocket) right = NULL;

  if (!gsock_make_socket_pair (&left, &right, error, NULL))
    return FALSE;
  show ("left", left);
  return say (left, "hello, other half", error) && hear ("right", right, error);
}

/* Another process: all that it has of the conversation comes out of its inbox. */
static int
worker (GSockSocket *inbox)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("process %d", (int) getpid ());
  int fd = gsock_socket_receive_file_descriptor (inbox, NULL, &error, "timeout", 5.0, NULL);
  g_autoptr (GSockSocket) client = fd >= 0 ? gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL) : NULL;
  gboolean done = FALSE;

  if (client != NULL)
    {
      show (name, client);
      done = hear (name, client, &error) && say (client, "read by the worker", &error);
    }
  if (!done)
    g_printerr ("%s: %s\n", name, error->message);
  fflush (stdout);
  return !done;
}

/* The server accepts and hands the open connection to the worker. */
static gboolean
hand_over (GSockSocket *outbox, GError **error)
{
  gsock_with_open_socket (server, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL)
  gsock_with_open_socket (client, error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (server), NULL)
    {
      gsock_with_accept_connection (peer, GSOCK_PASSIVE_SOCKET (server), error, "timeout", 5.0, NULL)
        if (!gsock_socket_send_file_descriptor (outbox, gsock_socket_get_file_descriptor (peer, NULL), NULL, error, "timeout", 5.0, NULL))
          return FALSE;
      return *error == NULL && say (client, "hello, worker", error) && hear ("client", client, error);
    }
  return FALSE;
}

static gboolean
descriptor_to_another_process (GError **error)
{
  g_autoptr (GSockSocket) outbox = NULL;
  g_autoptr (GSockSocket) inbox = NULL;
  gboolean done;
  int status;
  pid_t pid;

  if (!gsock_make_socket_pair (&outbox, &inbox, error, NULL))
    return FALSE;
  g_print ("  this is process %d\n", (int) getpid ());
  fflush (stdout);
  pid = fork ();
  if (pid == 0)
    _exit (worker (inbox));
  done = hand_over (outbox, error);
  return waitpid (pid, &status, 0) == pid && status == 0 && done;
}

int
main (void)
{
  static const struct
  {
    const char *title;
    gboolean (*run) (GError **error);
  } stops[] = {
    { "A TCP echo", tcp_echo },
    { "UDP with the sender's address", udp_with_sender },
    { "A local stream", local_stream },
    { "A socket pair", socket_pair },
    { "A descriptor passed to another process", descriptor_to_another_process },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      g_autoptr (GError) error = NULL;

      g_print ("%s\n", stops[i].title);
      if (!stops[i].run (&error))
        {
          g_printerr ("%s\n", error != NULL ? error->message : "the other process failed");
          return 1;
        }
    }
  return 0;
}
