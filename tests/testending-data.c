/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous operations that send and receive, each where it has to wait. */

#include "testending.h"

#include "testwire.h"

#define CALL self->cancellable, test_ending_ready, self

static void
start_receive (TestEnding *self)
{
  gsock_socket_receive_from_async (self->near, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_receive_bytes (TestEnding *self)
{
  gsock_socket_receive_bytes_async (self->near, 8, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_LOW, CALL);
}

static gboolean
finish_receive (TestEnding *self, GAsyncResult *result, GError **error)
{
  return test_ending_got_bytes (gsock_socket_receive_from_finish (self->near, result, NULL, NULL, NULL, error));
}

/* It is not content with less than it has asked for. */
static void
start_receive_all (TestEnding *self)
{
  static const char *const names[] = { "wait-all", NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, TRUE);
  gsock_socket_receive_from_async (self->near, 8, names, &value, 1, G_PRIORITY_DEFAULT, CALL);
}

static void
on_received (GSockSocket *socket, gssize n, const GSockReceived *received, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_receive_then (TestEnding *self)
{
  gsock_socket_receive_from_then (self->near, self->buffer, sizeof self->buffer, 0, -1, G_PRIORITY_DEFAULT, self->cancellable, on_received, self);
}

static void
start_receive_message (TestEnding *self)
{
  gsock_socket_receive_message_async (self->near, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_message (TestEnding *self, GAsyncResult *result, GError **error)
{
  GSockMessage *message = gsock_socket_receive_message_finish (self->near, result, error);

  g_clear_pointer (&message, gsock_message_unref);
  return *error == NULL;
}

static void
start_receive_many (TestEnding *self)
{
  gsock_socket_receive_many_async (self->near, self->batch, 4, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_many (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_receive_many_finish (self->near, result, error) > 0;
}

static GBytes *
some_bytes (void)
{
  static const guint8 bytes[8192];

  return g_bytes_new_static (bytes, sizeof bytes);
}

static void
start_send (TestEnding *self)
{
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_socket_send_to_async (self->near, bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_send_bytes (TestEnding *self)
{
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_socket_send_bytes_async (self->near, bytes, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_to_finish (self->near, result, error) > 0;
}

/* Whom it goes to has no room, of which no poll of the sender tells. */
static void
open_full_receiver (TestEnding *self)
{
  static const guint8 byte;

  self->far = test_receiver_new (test_kind_find ("local-datagram"));
  self->address = test_address_of (self->far);
  self->near = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  while (gsock_socket_send_to_direct (self->near, &byte, 1, &self->address, 0, FALSE, 0, NULL, NULL) == 1)
    ;
}

static void
start_send_there (TestEnding *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  gsock_socket_send_bytes_async (self->near, bytes, &self->address, 0, TRUE, -1, G_PRIORITY_DEFAULT, CALL);
}

static void
open_sender (TestEnding *self)
{
  self->far = test_receiver_new (test_kind_find ("udp-ipv4"));
  self->near = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
}

/* The name of the receiver is looked up, in a thread. */
static void
start_send_by_name (TestEnding *self)
{
  static const char *const names[] = { "remote-host", "remote-port", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  g_value_init (&values[0], G_TYPE_STRING);
  g_value_set_static_string (&values[0], "localhost");
  g_value_init (&values[1], G_TYPE_INT);
  g_value_set_int (&values[1], gsock_socket_get_local_port (self->far));
  gsock_socket_send_to_async (self->near, bytes, names, values, 2, G_PRIORITY_DEFAULT, CALL);
}

static void
on_sent (GSockSocket *socket, gssize n, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_send_then (TestEnding *self)
{
  gsock_socket_send_to_then (self->near, self->buffer, sizeof self->buffer, NULL, 0, -1, G_PRIORITY_DEFAULT, self->cancellable, on_sent, self);
}

static void
start_send_message (TestEnding *self)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GBytes) bytes = some_bytes ();

  gsock_message_add_bytes (message, bytes);
  gsock_socket_send_message_async (self->near, message, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_message (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_message_finish (self->near, result, error) >= 0;
}

static void
start_send_many (TestEnding *self)
{
  for (guint i = 0; i < 3; i++)
    g_assert_true (gsock_batch_add (self->batch, self->buffer, sizeof self->buffer, NULL, NULL));
  gsock_socket_send_many_async (self->near, self->batch, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_many (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_many_finish (self->near, result, error) > 0;
}

#define RECEIVING .open = test_ending_open_pair, .release = test_ending_say
#define SENDING .open = test_ending_open_full_pair, .release = test_ending_drain

static const TestEndingCase cases[] = {
  { "gsock_socket_receive_bytes_async", .open = test_ending_open_datagrams, .start = start_receive_bytes, .finish = finish_receive, .release = test_ending_say },
  { "gsock_socket_receive_from_async", RECEIVING, .start = start_receive, .finish = finish_receive },
  { "gsock_socket_receive_from_async", "all", .open = test_ending_open_pair, .start = start_receive_all, .finish = finish_receive, .step = test_ending_say_little, .release = test_ending_say, .flags = TEST_ENDING_GIVES_PART },
  { "gsock_socket_receive_from_then", RECEIVING, .start = start_receive_then },
  { "gsock_socket_receive_many_async", .open = test_ending_open_datagrams, .start = start_receive_many, .finish = finish_receive_many, .release = test_ending_say },
  { "gsock_socket_receive_message_async", RECEIVING, .start = start_receive_message, .finish = finish_receive_message },
  { "gsock_socket_send_bytes_async", .open = test_ending_open_full_datagrams, .start = start_send_bytes, .finish = finish_send, .release = test_ending_drain },
  { "gsock_socket_send_bytes_async", "receiver", .open = open_full_receiver, .start = start_send_there, .finish = finish_send, .release = test_ending_drain },
  { "gsock_socket_send_many_async", .open = test_ending_open_full_datagrams, .start = start_send_many, .finish = finish_send_many, .step = test_ending_drain_little, .release = test_ending_drain, .flags = TEST_ENDING_GIVES_PART },
  { "gsock_socket_send_message_async", SENDING, .start = start_send_message, .finish = finish_send_message },
  { "gsock_socket_send_to_async", SENDING, .start = start_send, .finish = finish_send, .step = test_ending_drain_little, .flags = TEST_ENDING_GIVES_PART },
  { "gsock_socket_send_to_async", "name", .open = open_sender, .start = start_send_by_name, .finish = finish_send, .flags = TEST_ENDING_IN_THREAD },
  { "gsock_socket_send_to_then", SENDING, .start = start_send_then },
};
const TestEndingTable test_endings_of_data = { cases, G_N_ELEMENTS (cases) };
