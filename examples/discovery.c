/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discovery by multicast: one asks a group who is there, a member answers the one who asked.
 *
 *   discovery [INTERFACE]   by name, index or address; the loopback interface where none is given */

#include <gsock/gsock.h>

#define GROUP "239.255.42.99"

static gboolean
answer (GSockSocket *member, GError **error)
{
  GSockReceived received;
  g_autofree char *asker = NULL;
  char question[64];

  if (gsock_socket_receive_from (member, question, sizeof question, &received, NULL, error, "timeout", 5.0, NULL) < 0)
    return FALSE;
  asker = gsock_address_to_text (&received.sender);
  g_print ("member: \"%.*s\" asks %s\n", (int) received.length, question, asker);
  return gsock_socket_send_to (member, "a printer", 9, NULL, error, "remote-address", &received.sender, NULL) >= 0;
}

static gboolean
discover (GSockSocket *asker, GSockSocket *member, const char *interface, GError **error)
{
  GSockReceived received;
  g_autofree char *sender = NULL;
  char text[64];

  if (!gsock_datagram_socket_join_group (GSOCK_DATAGRAM_SOCKET (member), GROUP, interface, NULL, NULL, error)
      || !gsock_datagram_socket_set_multicast_interface (GSOCK_DATAGRAM_SOCKET (asker), interface, NULL, error)
      || gsock_socket_send_to (asker, "who is there?", 13, NULL, error, "remote-host", GROUP, "remote-port", gsock_socket_get_local_port (member), NULL) < 0
      || !answer (member, error)
      || gsock_socket_receive_from (asker, text, sizeof text, &received, NULL, error, "timeout", 5.0, NULL) < 0)
    return FALSE;
  sender = gsock_address_to_text (&received.sender);
  g_print ("asker: found \"%.*s\" at %s\n", (int) received.length, text, sender);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  gsock_with_open_socket (member, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "0.0.0.0", NULL)
  gsock_with_open_socket (asker, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL)
    discover (asker, member, argc > 1 ? argv[1] : "lo", &error);

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
