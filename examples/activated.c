/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Socket activation: a service that its first visitor starts, that greets whoever comes to one of the
 * sockets it was given, and that ends when nobody has come for a while. The sockets stay with the
 * service manager, who starts it again.
 *
 *   systemd-socket-activate -l 127.0.0.1:7777 -l /tmp/greeting --fdname=tcp:local activated [SECONDS]
 */

#include <gsock/gsock.h>

#include <stdlib.h>
#include <string.h>

static gboolean
greet (GSockSocket *socket, const char *name, GError **error)
{
  g_autofree char *text = g_strdup_printf ("hello from %s\n", name);
  g_autoptr (GSockActiveSocket) visitor = NULL;
  GSockReceived received;
  char nothing;

  if (GSOCK_IS_DATAGRAM_SOCKET (socket))
    return gsock_socket_receive_from (socket, &nothing, 1, &received, NULL, error, "wait", FALSE, NULL) >= 0
           && gsock_socket_send_to (socket, text, strlen (text), NULL, error, "remote-address", &received.sender, NULL) >= 0;

  visitor = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (socket), NULL, error, "wait", FALSE, NULL);
  return visitor != NULL && gsock_socket_send_to (GSOCK_SOCKET (visitor), text, strlen (text), NULL, error, NULL) >= 0;
}

/* Until nobody has come for so long. */
static gboolean
serve (GPtrArray *sockets, char **names, double seconds, GError **error)
{
  g_autofree guint *conditions = g_new (guint, sockets->len);

  for (guint i = 0; i < sockets->len; i++)
    conditions[i] = G_IO_IN;
  for (;;)
    {
      g_autoptr (GPtrArray) ready = gsock_wait_for_any ((GSockSocket **) sockets->pdata, sockets->len, conditions, sockets->len, seconds, NULL, error);
      guint index;

      if (ready == NULL)
        return FALSE;
      for (guint i = 0; i < ready->len; i++)
        {
          g_autoptr (GError) problem = NULL;

          g_ptr_array_find (sockets, ready->pdata[i], &index);
          if (!greet (ready->pdata[i], names[index], &problem))
            g_printerr ("%s: %s\n", names[index], problem->message);
        }
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) sockets = gsock_make_sockets_from_activation (&names, &error, NULL);

  if (sockets != NULL && sockets->len == 0)
    {
      g_printerr ("start this by systemd-socket-activate -l ADDRESS %s\n", argv[0]);
      return 1;
    }
  if (sockets != NULL && !gsock_notify_service_manager ("READY=1", TRUE, 5, NULL, &error)
      && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_NOT_FOUND))
    g_clear_error (&error); /* nobody wants to know */
  if (error == NULL)
    serve (sockets, names, argc > 1 ? g_ascii_strtod (argv[1], NULL) : 10, &error);
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}
