/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of GDatagramBased by the operators of a subclass that has specialised them. */

#include <gsock/gsock-datagram-based-private.h>

#include <gsock/gsock-error-io-private.h>
#include <gsock/gsock-socket-message.h>
#include <gsock/gsock-socket-private.h>

#include <string.h>
#include <sys/socket.h>

gboolean
gsock_datagram_has_receive_method (GSockSocket *socket)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (socket);

  return klass->receive_message != gsock_socket_real_receive_message || klass->receive_from != gsock_socket_real_receive_from;
}

gboolean
gsock_datagram_has_send_method (GSockSocket *socket)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (socket);

  return klass->send_message != gsock_socket_real_send_message || klass->send_to != gsock_socket_real_send_to;
}

/* What a message has beside its bytes. */
typedef struct
{
  GBytes *bytes;
  GSockAddress *sender;
  GSockMessageFlags flags;
} Received;

static gboolean
receive (GSockSocket *socket, gsize size, int flags, GSockPatience *patience, Received *received, GError **error)
{
  double left = gsock_patience_left (patience);
  g_autoptr (GSockMessage) message = NULL;

  if (GSOCK_SOCKET_GET_CLASS (socket)->receive_message == gsock_socket_real_receive_message)
    {
      received->bytes = gsock_socket_receive_bytes (socket, size, flags, patience->wait, left, &received->sender, &received->flags, NULL, patience->cancellable, error);
      return received->bytes != NULL;
    }
  message = gsock_socket_receive_message_direct (socket, size, flags, patience->wait, left, patience->cancellable, error);
  if (message == NULL)
    return FALSE;
  received->bytes = gsock_message_get_bytes (message);
  received->sender = gsock_message_get_address (message) != NULL ? gsock_address_copy (gsock_message_get_address (message)) : NULL;
  received->flags = gsock_message_get_flags (message);
  return TRUE;
}

static gsize
scatter (GBytes *bytes, const GInputVector *vectors, guint n_vectors)
{
  gsize length, done = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (guint i = 0; i < n_vectors && done < length; i++)
    {
      gsize n = MIN (vectors[i].size, length - done);

      memcpy (vectors[i].buffer, data + done, n);
      done += n;
    }
  return done;
}

static void
store (GInputMessage *message, guint n_vectors, Received *received)
{
  message->bytes_received = scatter (received->bytes, message->vectors, n_vectors);
  message->flags = received->flags | (message->bytes_received < g_bytes_get_size (received->bytes) ? MSG_TRUNC : 0);
  if (message->address != NULL)
    *message->address = received->sender != NULL ? gsock_address_to_gsocket_address (received->sender, NULL) : NULL;
  if (message->control_messages != NULL)
    *message->control_messages = NULL;
  if (message->num_control_messages != NULL)
    *message->num_control_messages = 0;
  g_clear_pointer (&received->sender, gsock_address_free);
  g_clear_pointer (&received->bytes, g_bytes_unref);
}

/* An error is told where it is the first thing that happens; afterwards it is the next call's. */
static int
conclude (guint n_done, GError *failure, GError **error)
{
  g_autoptr (GError) own = failure;

  if (own == NULL || n_done > 0)
    return n_done;
  return gsock_error_translate_io (error, own) - 1;
}

int
gsock_datagram_receive_by_method (GSockSocket *socket, GInputMessage *messages, guint n_messages, int flags, GSockPatience *patience, GError **error)
{
  GError *failure = NULL;
  guint n_done = 0;

  for (; n_done < n_messages && failure == NULL; n_done += failure == NULL)
    {
      GInputMessage *message = &messages[n_done];
      guint n_vectors = gsock_datagram_count_vectors (message->vectors, message->num_vectors);
      Received received = { NULL };
      gsize size = 0;

      for (guint i = 0; i < n_vectors; i++)
        size += message->vectors[i].size;
      if (receive (socket, size, flags, patience, &received, &failure))
        store (message, n_vectors, &received);
    }
  return conclude (n_done, failure, error);
}

static GBytes *
gather (const GOutputVector *vectors, guint n_vectors)
{
  GByteArray *array = g_byte_array_new ();

  for (guint i = 0; i < n_vectors; i++)
    g_byte_array_append (array, vectors[i].buffer, vectors[i].size);
  return g_byte_array_free_to_bytes (array);
}

static gssize
send_gathered (GSockSocket *socket, GBytes *bytes, const GSockAddress *destination, int flags, GSockPatience *patience, GError **error)
{
  double left = gsock_patience_left (patience);
  g_autoptr (GSockMessage) message = NULL;

  if (GSOCK_SOCKET_GET_CLASS (socket)->send_message == gsock_socket_real_send_message)
    return gsock_socket_send_bytes (socket, bytes, destination, flags, patience->wait, left, patience->cancellable, error);
  message = gsock_message_new ();
  gsock_message_add_bytes (message, bytes);
  if (destination != NULL)
    gsock_message_set_address (message, destination);
  return gsock_socket_send_message_direct (socket, message, flags, patience->wait, left, patience->cancellable, error);
}

static gboolean
send_one (GSockSocket *socket, GOutputMessage *message, int flags, GSockPatience *patience, GError **error)
{
  g_autoptr (GBytes) bytes = gather (message->vectors, gsock_datagram_count_vectors (message->vectors, message->num_vectors));
  g_autoptr (GSockAddress) destination = NULL;
  gssize n;

  if (message->address != NULL && (destination = gsock_address_new_from_gsocket_address (message->address, error)) == NULL)
    return FALSE;
  n = send_gathered (socket, bytes, destination, flags, patience, error);
  message->bytes_sent = MAX (n, 0);
  return n >= 0;
}

int
gsock_datagram_send_by_method (GSockSocket *socket, GOutputMessage *messages, guint n_messages, int flags, GSockPatience *patience, GError **error)
{
  GError *failure = NULL;
  guint n_done = 0;

  while (n_done < n_messages && send_one (socket, &messages[n_done], flags, patience, &failure))
    n_done++;
  return conclude (n_done, failure, error);
}
