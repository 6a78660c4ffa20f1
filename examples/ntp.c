/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks a time server how late it is, with the times at which the kernel sent and received. */

#include <gsock/gsock.h>

#include <linux/net_tstamp.h>
#include <stdlib.h>
#include <string.h>

/* The server's clock counts from 1900, in parts of a second of which there are 2 to the 32. */
#define EPOCH G_GUINT64_CONSTANT (2208988800)
#define PACKET_SIZE 48
#define RECEIVED_AT 32
#define SENT_AT 40

static gint64
read_time (const guint8 *packet, gsize at)
{
  guint32 seconds, fraction;

  memcpy (&seconds, packet + at, sizeof seconds);
  memcpy (&fraction, packet + at + sizeof seconds, sizeof fraction);
  return (gint64) (g_ntohl (seconds) - EPOCH) * 1000000000 + (gint64) (((guint64) g_ntohl (fraction) * 1000000000) >> 32);
}

/* When the kernel sent it: that comes by the queue of errors, with the datagram. */
static gint64
get_sent_time (GSockSocket *socket, GError **error)
{
  g_autoptr (GSockMessage) report = gsock_socket_receive_message (socket, 1500, NULL, error, "error-queue", TRUE, "timeout", 5.0, NULL);

  return report != NULL ? gsock_message_get_timestamp (report) : -1;
}

static gboolean
print_difference (GSockMessage *answer, gint64 sent)
{
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (answer);
  const guint8 *packet = g_bytes_get_data (bytes, NULL);
  gint64 received = gsock_message_get_timestamp (answer);
  gint64 there, back;

  if (g_bytes_get_size (bytes) < PACKET_SIZE || received < 0 || sent < 0)
    return FALSE;
  there = read_time (packet, RECEIVED_AT) - sent;
  back = received - read_time (packet, SENT_AT);
  g_print ("offset %.9f s, delay %.9f s\n", (double) (there - back) / 2e9, (double) (there + back) / 1e9);
  return TRUE;
}

static gboolean
ask (GSockSocket *socket, GError **error)
{
  guint8 packet[PACKET_SIZE] = { 4 << 3 | 3 }; /* version 4, from a client */
  g_autoptr (GSockMessage) answer = NULL;
  gint64 sent;

  if (gsock_socket_send_to (socket, packet, sizeof packet, NULL, error, NULL) < 0)
    return FALSE;
  sent = get_sent_time (socket, error);
  if (sent >= 0)
    answer = gsock_socket_receive_message (socket, 1500, NULL, error, "timeout", 5.0, NULL);
  if (answer == NULL)
    return FALSE;
  if (!print_difference (answer, sent))
    g_printerr ("that is no answer of a time server, or the kernel has not told its time\n");
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const int kinds = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;

  if (argc < 2)
    {
      g_printerr ("usage: %s HOST [PORT]\n", argv[0]);
      return EXIT_FAILURE;
    }
  gsock_with_open_socket (socket, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "timestamping", kinds,
                          "remote-host", argv[1], "remote-port", argc > 2 ? atoi (argv[2]) : 123, NULL)
    ask (socket, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
