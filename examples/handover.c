/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that can be replaced while it runs, without a visitor noticing. It answers each visitor what he
 * says. Started a second time with the same path, the new process takes the sockets of the one that runs,
 * which ends once the new one serves. handover.py does the same: each can follow on the other.
 *
 *   handover PATH [PORT]
 */

#include <gsock/gsock.h>

#include <stdlib.h>
#include <unistd.h>

#define SECONDS 30.0

typedef struct
{
  GSockSocket *server, *control;
} Sockets;

static gboolean
make_sockets (Sockets *self, const char *path, int port, GError **error)
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
sort_out (Sockets *self, GPtrArray *sockets, char **names, GError **error)
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

static gboolean
take_sockets (Sockets *self, GSockSocket *channel, GError **error)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) sockets = gsock_handover_take (channel, SECONDS, &names, NULL, error);

  return sockets != NULL && sort_out (self, sockets, names, error)
         && gsock_handover_complete (channel, (GSockSocket *const *) sockets->pdata, sockets->len, SECONDS, NULL, error);
}

/* Where nobody runs, or has died and left its file behind, this is the first. */
static gboolean
get_sockets (Sockets *self, const char *path, int port, GError **error)
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

static void
serve_one (const Sockets *self)
{
  g_autoptr (GSockActiveSocket) visitor = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (self->server), NULL, NULL, "wait", FALSE, NULL);
  char text[1000];
  gssize n;

  if (visitor == NULL)
    return; /* somebody else was faster */
  n = gsock_socket_receive_from (GSOCK_SOCKET (visitor), text, sizeof text, NULL, NULL, NULL, "timeout", SECONDS, NULL);
  if (n > 0)
    (void) gsock_socket_send_to (GSOCK_SOCKET (visitor), text, n, NULL, NULL, "timeout", SECONDS, NULL);
}

/* Whatever goes wrong, this one goes on. */
static gboolean
hand_over (const Sockets *self)
{
  static const char *const names[] = { "server", "control", NULL };
  GSockSocket *sockets[] = { self->server, self->control };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockActiveSocket) channel = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (self->control), NULL, &error, "wait", FALSE, NULL);

  if (channel != NULL && gsock_handover_give (GSOCK_SOCKET (channel), sockets, 2, names, SECONDS, NULL, &error))
    return TRUE;
  g_printerr ("%s\n", error->message);
  return FALSE;
}

static void
serve (const Sockets *self)
{
  GSockSocket *sockets[] = { self->server, self->control };
  guint conditions[] = { G_IO_IN, G_IO_IN };

  for (;;)
    {
      g_autoptr (GPtrArray) ready = gsock_wait_for_any (sockets, 2, conditions, 2, GSOCK_TIMEOUT_NEVER, NULL, NULL);

      for (guint i = 0; i < ready->len; i++)
        if (g_ptr_array_index (ready, i) == self->server)
          serve_one (self);
        else if (hand_over (self))
          return;
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Sockets sockets = { NULL, NULL };

  if (argc < 2)
    {
      g_printerr ("usage: %s PATH [PORT]\n", argv[0]);
      return EXIT_FAILURE;
    }
  if (!get_sockets (&sockets, argv[1], argc > 2 ? atoi (argv[2]) : 0, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("process %d serves port %d\n", (int) getpid (), gsock_socket_get_local_port (sockets.server));
  serve (&sockets);
  g_object_unref (sockets.server);
  g_object_unref (sockets.control);
  return EXIT_SUCCESS;
}
