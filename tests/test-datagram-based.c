/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface GDatagramBased: messages and conditions. */

#include "testthread.h"
#include "testwire.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS(n) ((gint64) ((n) *G_USEC_PER_SEC))

static int
send_text (GSockSocket *socket, const char *text, GSocketAddress *address, gint64 timeout, GError **error)
{
  GOutputVector vector = { text, strlen (text) };
  GOutputMessage message = { .address = address, .vectors = &vector, .num_vectors = 1 };
  int n = g_datagram_based_send_messages (G_DATAGRAM_BASED (socket), &message, 1, 0, timeout, NULL, error);

  g_assert_cmpint (n == 1 ? (int) message.bytes_sent : -1, ==, n == 1 ? (int) strlen (text) : -1);
  return n;
}

static int
receive_text (GSockSocket *socket, char *room, gsize size, gint64 timeout, GCancellable *cancellable, GError **error)
{
  GInputVector vector = { room, size - 1 };
  GInputMessage message = { .vectors = &vector, .num_vectors = 1 };
  int n;

  memset (room, 0, size);
  n = g_datagram_based_receive_messages (G_DATAGRAM_BASED (socket), &message, 1, 0, timeout, cancellable, error);
  return n == 1 ? (int) message.bytes_received : n - (n == 0);
}

static void
assert_receives (GSockSocket *socket, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  char room[64];

  receive_text (socket, room, sizeof room, SECONDS (10), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (room, ==, wanted);
}

static void
test_exchange (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  static const gint64 timeouts[] = { -1, 0, SECONDS (10) };

  if (!test_wire_open (&wire, data))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      g_assert_cmpint (send_text (wire.near, "there", NULL, timeouts[i], &error), ==, 1);
      assert_receives (wire.far, "there");
      g_assert_cmpint (send_text (wire.far, "", NULL, timeouts[i], &error), ==, 1);
      g_assert_cmpint (send_text (wire.far, "back", NULL, timeouts[i], &error), ==, 1);
      assert_receives (wire.near, "");
      assert_receives (wire.near, "back");
    }
  test_wire_close (&wire);
}

/* Several in one call, in pieces, with the address of their sender and their flags. */
static void
test_many (gconstpointer data)
{
  GSockSocket *receiver = test_receiver_new (data), *sender = test_receiver_new (data);
  GSockAddress where = test_address_of (receiver), whence = test_address_of (sender);
  g_autoptr (GSocketAddress) destination = gsock_address_to_gsocket_address (&where, NULL);
  GOutputVector pieces[] = { { "one ", 4 }, { "two", 3 }, { NULL, 0 } };
  GOutputMessage out[] = { { destination, pieces, G_MAXUINT, 0, NULL, 0 }, { destination, pieces, 1, 0, NULL, 0 } };
  char room[4][8] = { "" };
  GSocketAddress *addresses[2] = { NULL };
  GInputVector vectors[4] = { { room[0], 2 }, { room[1], 3 }, { room[2], 8 }, { room[3], 8 } };
  GInputMessage in[3] = { { &addresses[0], vectors, 2, 0, 0, NULL, NULL }, { &addresses[1], vectors + 2, 2, 0, 0, NULL, NULL } };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (sender), out, 2, 0, -1, NULL, &error), ==, 2);
  g_assert_cmpuint (out[0].bytes_sent, ==, 7);
  g_assert_cmpuint (out[1].bytes_sent, ==, 4);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), in, 2, 0, -1, NULL, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpuint (in[0].bytes_received, ==, 5);
  g_assert_cmpstr (room[0], ==, "on");
  g_assert_cmpstr (room[1], ==, "e t");
  g_assert_cmpint (in[0].flags & MSG_TRUNC, !=, 0);
  g_assert_cmpuint (in[1].bytes_received, ==, 4);
  g_assert_cmpint (in[1].flags & MSG_TRUNC, ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GSockAddress) told = gsock_address_new_from_gsocket_address (addresses[i], NULL);

      g_assert_true (gsock_address_equal (told, &whence));
      g_object_unref (addresses[i]);
    }
  g_object_unref (receiver);
  g_object_unref (sender);
}

/* What came is told, and what did not come is no error then. */
static void
test_partial (gconstpointer data)
{
  char room[3][8] = { "" };
  GInputVector vectors[3] = { { room[0], 8 }, { room[1], 8 }, { room[2], 8 } };
  GInputMessage in[3] = { { NULL, &vectors[0], 1, 0, 0, NULL, NULL }, { NULL, &vectors[1], 1, 0, 0, NULL, NULL }, { NULL, &vectors[2], 1, 0, 0, NULL, NULL } };
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "1", NULL, -1, NULL);
  send_text (wire.near, "2", NULL, -1, NULL);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (wire.far), in, 3, 0, 0, NULL, &error), ==, 2);
  send_text (wire.near, "3", NULL, -1, NULL);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (wire.far), in, 3, 0, SECONDS (0.05), NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (room[0][0], ==, '3');
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (wire.far), in, 0, 0, -1, NULL, &error), ==, 0);
  g_assert_no_error (error);
  test_wire_close (&wire);
}

static void
test_nothing_there (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char room[8];

  if (!test_wire_open (&wire, data))
    return;
  g_assert_cmpint (receive_text (wire.far, room, sizeof room, 0, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  test_takes_at_least (0.05, receive_text (wire.far, room, sizeof room, SECONDS (0.05), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (g_datagram_based_condition_wait (G_DATAGRAM_BASED (wire.far), G_IO_IN, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (receive_text (wire.far, room, sizeof room, -1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (g_datagram_based_condition_wait (G_DATAGRAM_BASED (wire.far), G_IO_IN, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_wire_close (&wire);
}

/* GIO's words for what gsock refuses. */
static void
test_refused (void)
{
  const TestKind *kind = test_kind_find ("udp-ipv4");
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GSockSocket) fresh = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 9);
  g_autofree char *big = g_strnfill (70000, 'x');
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char room[8];

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_cmpint (send_text (raw, "x", NULL, -1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED);
  g_clear_error (&error);
  g_assert_cmpint (receive_text (fresh, room, sizeof room, -1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_cmpint (send_text (fresh, "x", NULL, -1, &error), ==, -1);
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_clear_error (&error);
  g_assert_cmpint (send_text (wire.near, "x", address, -1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (send_text (wire.near, big, NULL, -1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  test_wire_close (&wire);
}

static void
test_closed (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char room[8];

  if (!test_wire_open (&wire, data))
    return;
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  g_assert_cmpint (receive_text (wire.near, room, sizeof room, -1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (send_text (wire.near, "x", NULL, 0, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (g_datagram_based_condition_wait (G_DATAGRAM_BASED (wire.near), G_IO_IN, -1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (g_datagram_based_condition_check (G_DATAGRAM_BASED (wire.near), G_IO_IN | G_IO_OUT), ==, G_IO_HUP);
  test_wire_close (&wire);
}

static void
test_condition (gconstpointer data)
{
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  g_assert_cmpint (g_datagram_based_condition_check (G_DATAGRAM_BASED (wire.far), G_IO_IN | G_IO_OUT), ==, G_IO_OUT);
  g_assert_cmpint (g_datagram_based_condition_check (G_DATAGRAM_BASED (wire.far), G_IO_IN), ==, 0);
  send_text (wire.near, "x", NULL, -1, NULL);
  g_assert_true (g_datagram_based_condition_wait (G_DATAGRAM_BASED (wire.far), G_IO_IN, -1, NULL, NULL));
  g_assert_cmpint (g_datagram_based_condition_check (G_DATAGRAM_BASED (wire.far), G_IO_IN), ==, G_IO_IN);
  test_wire_close (&wire);
}

typedef struct
{
  GSockSocket *socket;
  int result;
  GError *error;
} Waiting;

static void
wait_for_text (gpointer data)
{
  Waiting *self = data;
  char room[8];

  self->result = receive_text (self->socket, room, sizeof room, -1, NULL, &self->error);
}

/* Nothing to wait for but the message: the call waits inside the kernel, and close ends it. */
static void
test_close_wakes (gconstpointer data)
{
  Waiting waiting = { NULL };
  TestThread thread = { NULL };
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  waiting.socket = wire.far;
  test_thread_start (&thread, wait_for_text, &waiting);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_thread_join (&thread);
  g_assert_cmpint (waiting.result, ==, -1);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&waiting.error);
  test_wire_close (&wire);
}

/* Control messages of GIO's own, there and back; what nobody asks for is closed. */
static void
test_descriptors (void)
{
  int fd = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  g_autoptr (GSocketControlMessage) carrier = g_socket_control_message_deserialize (SOL_SOCKET, SCM_RIGHTS, sizeof fd, &fd);
  GOutputVector out_vector = { "x", 1 };
  GOutputMessage out = { NULL, &out_vector, 1, 0, &carrier, 1 };
  char room[8];
  GInputVector in_vector = { room, sizeof room };
  GSocketControlMessage **controls = NULL;
  guint n_controls = 0, n_before;
  GInputMessage in = { NULL, &in_vector, 1, 0, 0, &controls, &n_controls };
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  g_assert_nonnull (carrier);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (wire.near), &out, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (wire.far), &in, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (n_controls, ==, 1);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (controls[0]), ==, "GUnixFDMessage");
  g_assert_null (controls[1]);
  g_object_unref (controls[0]);
  g_free (controls);
  in.control_messages = NULL;
  n_before = test_count_descriptors ();
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (wire.far), &in, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_cmpuint (test_count_descriptors (), ==, n_before);
  g_assert_cmpuint (n_controls, ==, 0);
  test_wire_close (&wire);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/datagram-based/exchange", test_exchange, test_is_datagram);
  test_add_for_kinds ("/datagram-based/many", test_many, test_is_datagram);
  test_add_for_kinds ("/datagram-based/partial", test_partial, test_is_datagram);
  test_add_for_kinds ("/datagram-based/nothing-there", test_nothing_there, test_is_datagram);
  test_add ("/datagram-based/refused", test_refused);
  test_add_for_kinds ("/datagram-based/closed", test_closed, test_is_datagram);
  test_add_for_kinds ("/datagram-based/condition", test_condition, test_is_datagram);
  test_add_for_kinds ("/datagram-based/close-wakes", test_close_wakes, test_is_datagram);
  test_add ("/datagram-based/descriptors", test_descriptors);
  return g_test_run ();
}
