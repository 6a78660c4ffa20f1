/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP: two sockets, a datagram from one to the other, and the address that it came from. */

#include <gsock/gsock.h>

int
main (void)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  char text[1500];

  gsock_with_open_socket (alice, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL)
  gsock_with_open_socket (bob, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL)
    if (gsock_socket_send_to (bob, "hi alice", 8, NULL, &error,
                              "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (alice), NULL) >= 0
        && gsock_socket_receive_from (alice, text, sizeof text, &received, NULL, &error, "timeout", 5.0, NULL) >= 0)
      {
        g_autofree char *sender = gsock_address_to_text (&received.sender);

        g_print ("\"%.*s\" from %s\n", (int) received.length, text, sender);
      }

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
