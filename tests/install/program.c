/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program of somebody else's: includes the one header, links by pkg-config or as a subproject. */

#include <gsock/gsock.h>

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) udp = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  g_autofree char *text = udp != NULL ? gsock_socket_to_string (udp) : NULL;

#if !GSOCK_CHECK_VERSION(1, 0, 0)
#error "The version macro is off"
#endif

  if (udp == NULL)
    g_error ("%s", error->message);
  g_print ("%s\n", text);
  return 0;
}
