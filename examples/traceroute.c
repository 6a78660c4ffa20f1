/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to a host: datagrams that die one router further each time, and who reports it. */

#include <gsock/gsock.h>

#include <errno.h>
#include <stdlib.h>

#define FIRST_PORT 33434
#define MAX_HOPS 30

/* The port says which one it was. */
static GSockMessage *
new_probe (const GSockAddress *host, int ttl)
{
  GSockMessage *message = gsock_message_new ();
  g_autoptr (GSockAddress) destination = gsock_address_with_port (host, FIRST_PORT + (guint) ttl, NULL);

  gsock_message_add_data (message, (const guint8 *) "where are you?", 14);
  gsock_message_set_address (message, destination);
  gsock_message_set_ttl (message, ttl);
  return message;
}

/* What the kernel keeps about a datagram that did not arrive comes with the datagram itself. */
static gboolean
print_report (GSockMessage *report, int ttl, gint64 start)
{
  GSockAddress offender;
  g_autofree char *host = NULL;
  int error_number;

  if (!gsock_message_get_extended_error (report, &error_number, NULL, NULL, NULL, NULL, &offender))
    return FALSE;
  host = gsock_address_get_host (&offender);
  g_print ("%2d  %s  %.3f ms  %s\n", ttl, host, (double) (g_get_monotonic_time () - start) / 1000, g_strerror (error_number));
  return error_number != EHOSTUNREACH; /* a port that nobody listens on is the end of the way */
}

static gboolean
probe (GSockSocket *socket, const GSockAddress *host, int ttl, gboolean *arrived, GError **error)
{
  g_autoptr (GSockMessage) message = new_probe (host, ttl);
  g_autoptr (GSockMessage) report = NULL;
  gint64 start = g_get_monotonic_time ();

  if (gsock_socket_send_message (socket, message, NULL, error, NULL) < 0)
    return FALSE;
  report = gsock_socket_receive_message (socket, 512, NULL, error, "error-queue", TRUE, "timeout", 2.0, NULL);
  if (report != NULL)
    *arrived = print_report (report, ttl, start);
  else if (g_error_matches (*error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT))
    {
      g_clear_error (error);
      g_print ("%2d  *\n", ttl);
    }
  return *error == NULL;
}

static gboolean
trace (const char *name, GError **error)
{
  gboolean arrived = FALSE;
  g_autoptr (GSockSocket) socket = NULL;
  GSockAddress host;
  gboolean ipv6;

  if (!gsock_address_init_from_host (&host, name, FIRST_PORT, error))
    return FALSE;
  ipv6 = gsock_address_get_family (&host) == GSOCK_ADDRESS_FAMILY_IPV6;
  socket = gsock_make_socket (NULL, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", gsock_address_get_family (&host),
                              ipv6 ? "ipv6-receive-error" : "ip-receive-error", TRUE, NULL);
  if (socket == NULL)
    return FALSE;
  for (int ttl = 1; ttl <= MAX_HOPS && !arrived; ttl++)
    if (!probe (socket, &host, ttl, &arrived, error))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: %s ADDRESS\n", argv[0]);
      return EXIT_FAILURE;
    }
  if (!trace (argv[1], &error))
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
