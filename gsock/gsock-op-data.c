/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-to and receive-from with as few arguments as can be, for languages in which each of them costs. */

#include <gsock/gsock-socket-data.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-private.h>
#include <gsock/gsock-socket-private.h>

#include <netinet/in.h>

/**
 * gsock_socket_send_data:
 * @self: a socket
 * @buffer: (array length=length) (nullable): the bytes to send
 * @length: how many there are
 * @destination: (nullable): whom to send them to, or %NULL for the peer
 * @error: return location for an error
 *
 * Sends bytes, waiting as long as [property@Socket:timeout] says. Each argument more costs time in a
 * language that is not C, so this is the operator send-to for bindings that send much, one by one.
 *
 * The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_data (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GError **error)
{
  /* As a keyword the empty address says nothing either. */
  if (G_UNLIKELY (destination != NULL && destination->length == 0))
    destination = NULL;
  return gsock_socket_send_to_direct (self, buffer, length, destination, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, error);
}

/**
 * gsock_socket_send_data_to_host:
 * @self: a socket
 * @buffer: (array length=length) (nullable): the bytes to send
 * @length: how many there are
 * @host: the host to send them to, a number or a name
 * @port: its port
 * @error: return location for an error
 *
 * Sends bytes to a host and port, waiting as long as [property@Socket:timeout] says: as
 * [method@Socket.send_data].
 *
 * The errors are those of [method@Socket.send_to_with_keywords].
 *
 * Returns: the number of bytes sent, or -1
 *
 * Since: 1.0
 */
gssize
gsock_socket_send_data_to_host (GSockSocket *self, const guint8 *buffer, gsize length, const char *host, int port, GError **error)
{
  GSockAddress address;

  g_return_val_if_fail (gsock_socket_check (self), -1);

  if (gsock_socket_get_handle (self)->ops->internet && gsock_address_init_from_host (&address, host, port, NULL))
    return gsock_socket_send_data (self, buffer, length, &address, error);
  return gsock_socket_send_to (self, buffer, length, NULL, error, "remote-host", host, "remote-port", port, NULL);
}

/* Whether the host and the port say all there is to say. */
static gboolean
name_sender (const GSockReceived *received, char **host, int *port)
{
  const struct sockaddr_in *ipv4 = gsock_address_ipv4 (&received->sender);
  const struct sockaddr_in6 *ipv6 = gsock_address_ipv6 (&received->sender);

  *host = gsock_address_get_host (&received->sender);
  *port = ipv4 != NULL ? ntohs (ipv4->sin_port) : ipv6 != NULL ? ntohs (ipv6->sin6_port) : -1;
  if (received->flags != 0 || received->full_length != received->length)
    return FALSE;
  if (ipv6 != NULL)
    return ipv6->sin6_scope_id == 0 && ipv6->sin6_flowinfo == 0;
  return ipv4 != NULL || received->sender.length == 0;
}

static GSockMessage *
make_message (const GSockReceived *received)
{
  GSockMessage *message = gsock_message_new ();

  message->address = received->sender;
  message->flags = received->flags;
  message->full_length = received->full_length;
  return message;
}

/**
 * gsock_socket_receive_data:
 * @self: a socket
 * @size: the most bytes to receive
 * @length: (out): how many bytes were received
 * @host: (out) (nullable) (transfer full): the host that they came from, of IPv4 and IPv6
 * @port: (out): its port, or -1
 * @message: (out) (nullable) (transfer full): what is told of them, where it is more than the host
 *   and the port: another kind of sender, flags, the length of a datagram that was longer. It is a
 *   message without the bytes
 * @error: return location for an error
 *
 * Receives a datagram, or what a stream has, waiting as long as [property@Socket:timeout] says. In a
 * language that is not C each argument and each object costs time, so this is the operator
 * receive-from for bindings that receive much, one by one.
 *
 * The errors are those of [method@Socket.receive_from_with_keywords].
 *
 * Returns: (array length=length) (transfer full): the bytes, none at the end of a stream
 *
 * Since: 1.0
 */
guint8 *
gsock_socket_receive_data (GSockSocket *self, gsize size, gsize *length, char **host, int *port, GSockMessage **message, GError **error)
{
  GSockReceived told;
  guint8 *buffer;
  gssize n;

  g_return_val_if_fail (gsock_socket_check (self), NULL);

  *length = 0;
  *host = NULL;
  *port = -1;
  *message = NULL;
  buffer = g_try_malloc (MAX (size, 1));
  if (buffer == NULL)
    {
      gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "receive-from: there is no memory for a size of %" G_GSIZE_FORMAT, size);
      return NULL;
    }
  n = gsock_socket_receive_from_direct (self, buffer, size, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, &told, NULL, error);
  if (n < 0)
    {
      g_free (buffer);
      return NULL;
    }
  *length = n;
  *message = name_sender (&told, host, port) ? NULL : make_message (&told);
  return buffer;
}
