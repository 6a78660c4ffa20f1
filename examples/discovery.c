/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discovery by multicast: one asks a group who is there, and whoever is answers the one who asked.
 *
 *   discovery ask [INTERFACE [PORT]]           prints the answers of half a second
 *   discovery answer NAME [INTERFACE [PORT]]   answers until it is interrupted
 *   discovery                                  two who answer and one who asks, on this machine
 *
 * An interface is given by its name, its index or an address; otherwise the kernel takes one. */

#include <gsock/gsock.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define GROUP "239.255.42.99"
#define PORT 42424
#define QUESTION "who is there?"
#define SECONDS 0.5

/* Several may be at one port: each gets what is sent to the group. */
static GSockSocket *
make_member (const char *interface, int port, GError **error)
{
  g_autoptr (GSockSocket) member = gsock_make_socket (NULL, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "0.0.0.0",
                                                      "local-port", port, "reuse-address", TRUE, NULL);

  if (member == NULL || !gsock_datagram_socket_join_group (GSOCK_DATAGRAM_SOCKET (member), GROUP, interface, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&member);
}

static gboolean
answer_one (GSockSocket *member, const char *name, double timeout, GError **error)
{
  GSockReceived received;
  g_autofree char *asker = NULL;
  char question[512];

  if (gsock_socket_receive_from (member, question, sizeof question, &received, NULL, error, "timeout", timeout, NULL) < 0)
    return FALSE;
  if (received.length != strlen (QUESTION) || memcmp (question, QUESTION, received.length) != 0)
    return TRUE;
  asker = gsock_address_to_text (&received.sender);
  g_print ("%s: asked by %s\n", name, asker);
  return gsock_socket_send_to (member, name, strlen (name), NULL, error, "remote-address", &received.sender, NULL) >= 0;
}

static gboolean
answer (const char *name, const char *interface, int port, GError **error)
{
  g_autoptr (GSockSocket) member = make_member (interface, port, error);

  if (member == NULL)
    return FALSE;
  g_print ("%s: port %u\n", name, gsock_socket_get_local_port (member));
  for (;;)
    {
      g_autoptr (GError) failure = NULL;

      if (!answer_one (member, name, GSOCK_TIMEOUT_NEVER, &failure))
        g_printerr ("%s\n", failure->message);
    }
}

static GSockSocket *
make_asker (const char *interface, int port, GError **error)
{
  g_autoptr (GSockSocket) asker = gsock_make_socket (NULL, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "0.0.0.0", NULL);

  if (asker == NULL
      || (interface != NULL && !gsock_datagram_socket_set_multicast_interface (GSOCK_DATAGRAM_SOCKET (asker), interface, NULL, error))
      || gsock_socket_send_to (asker, QUESTION, strlen (QUESTION), NULL, error, "remote-host", GROUP, "remote-port", port, NULL) < 0)
    return NULL;
  return g_steal_pointer (&asker);
}

/* Until the time is up; however many answer, it is not prolonged. */
static gboolean
collect (GSockSocket *asker, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64) (SECONDS * G_USEC_PER_SEC);
  g_autoptr (GError) failure = NULL;
  GSockReceived received;
  char name[512];

  for (;;)
    {
      double left = MAX (end - g_get_monotonic_time (), 0) / (double) G_USEC_PER_SEC;
      g_autofree char *sender = NULL;

      if (gsock_socket_receive_from (asker, name, sizeof name, &received, NULL, &failure, "timeout", left, NULL) < 0)
        break;
      sender = gsock_address_to_text (&received.sender);
      g_print ("%.*s at %s\n", (int) received.length, name, sender);
    }
  if (g_error_matches (failure, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
ask (const char *interface, int port, GError **error)
{
  g_autoptr (GSockSocket) asker = make_asker (interface, port, error);

  return asker != NULL && collect (asker, error);
}

static gboolean
show (GError **error)
{
  g_autoptr (GSockSocket) printer = make_member ("lo", 0, error);
  int port = printer != NULL ? gsock_socket_get_local_port (printer) : 0;
  g_autoptr (GSockSocket) lamp = printer != NULL ? make_member ("lo", port, error) : NULL;
  g_autoptr (GSockSocket) asker = lamp != NULL ? make_asker ("lo", port, error) : NULL;

  return asker != NULL && answer_one (printer, "a printer", 5, error) && answer_one (lamp, "a lamp", 5, error) && collect (asker, error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  const char *command = argc > 1 ? argv[1] : "";
  int last = argc - 1;

  setlocale (LC_ALL, ""); /* names are printed as the terminal has them */
  if (g_str_equal (command, "ask"))
    ask (last > 1 ? argv[2] : NULL, last > 2 ? atoi (argv[3]) : PORT, &error);
  else if (g_str_equal (command, "answer") && last > 1)
    answer (argv[2], last > 2 ? argv[3] : NULL, last > 3 ? atoi (argv[4]) : PORT, &error);
  else
    show (&error);
  if (error != NULL)
    g_printerr ("%s: %s\n", argv[0], error->message);
  return error != NULL ? EXIT_FAILURE : EXIT_SUCCESS;
}
