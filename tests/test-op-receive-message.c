/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator receive-message, and receiving into several buffers. */

#include "testmessage.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static void
send_text (GSockSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_to (socket, text, strlen (text), NULL, &error, NULL), ==, strlen (text));
  g_assert_no_error (error);
}

/* @n_fds duplicates of standard input go along. */
static void
send_with_descriptors (GSockSocket *socket, const char *text, guint n_fds)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;

  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  for (guint i = 0; i < n_fds; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, strlen (text));
  g_assert_no_error (error);
}

static void
assert_refused (GSockSocket *socket, GSockMessageFlags flags, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_socket_receive_message (socket, 10, NULL, &error, "wait", FALSE, "flags", flags, NULL));
  test_assert_message (error, text);
  test_assert_error (error, code);
}

static void
test_receive (gconstpointer data)
{
  const TestKind *kind = data;
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;
  GSockAddress sender;

  if (!test_wire_open (&wire, kind))
    return;
  send_text (wire.near, "hello");
  message = test_message_receive (wire.far, 100, 0);
  test_message_assert_text (message, "hello");
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 5);
  g_assert_false (gsock_message_is_truncated (message));
  sender = test_address_of (wire.near);
  if (test_is_datagram (kind))
    g_assert_true (gsock_address_equal (gsock_message_get_address (message), &sender));
  if (test_is_stream (kind))
    g_assert_null (gsock_message_get_address (message));
  test_wire_close (&wire);
}

static void
test_truncated (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GSockMessage) next = NULL;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "much too long");
  send_text (wire.near, "next");
  message = test_message_receive (wire.far, 4, 0);
  test_message_assert_text (message, "much");
  g_assert_true (gsock_message_is_truncated (message));
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 13);
  next = test_message_receive (wire.far, 4, 0);
  test_message_assert_text (next, "next");
  g_assert_false (gsock_message_is_truncated (next));
  test_wire_close (&wire);
}

/* Fault 29. */
static void
test_empty_datagram (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;
  GSockAddress sender;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "");
  message = test_message_receive (wire.far, 10, 0);
  test_message_assert_text (message, "");
  sender = test_address_of (wire.near);
  g_assert_true (gsock_address_equal (gsock_message_get_address (message), &sender));
  test_wire_close (&wire);
}

static void
test_end_of_stream (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;

  if (!test_wire_open (&wire, data))
    return;
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  message = test_message_receive (wire.far, 10, 0);
  test_message_assert_text (message, "");
  g_assert_null (gsock_message_get_address (message));
  test_wire_close (&wire);
}

static void
test_scatter (gconstpointer data)
{
  TestWire wire;
  char first[3], second[1], last[20] = "";
  GInputVector vectors[] = { { first, sizeof first }, { NULL, 0 }, { second, sizeof second }, { last, sizeof last } };
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "abcdefgh");
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, vectors, 4, 0, TRUE, 30, &message, NULL, &error), ==, 8);
  g_assert_no_error (error);
  g_assert_cmpmem (first, 3, "abc", 3);
  g_assert_cmpint (second[0], ==, 'd');
  g_assert_cmpstr (last, ==, "efgh");
  g_assert_cmpuint (gsock_message_get_length (message), ==, 0); /* the bytes are the caller's */
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 8);
  g_assert_cmpuint (vectors[0].size, ==, 3);                    /* and his buffers are as they were */

  send_text (wire.near, "ABCDEFGH");
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, vectors, 3, 0, TRUE, 30, NULL, NULL, &error), ==, 4);
  g_assert_cmpmem (first, 3, "ABC", 3);
  g_assert_cmpint (second[0], ==, 'D');
  test_wire_close (&wire);
}

static void
test_scatter_truncated (void)
{
  TestWire wire;
  char room[2];
  GInputVector vector = { room, sizeof room };
  g_autoptr (GSockMessage) message = NULL;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  send_text (wire.near, "abcdefgh");
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, &vector, 1, 0, TRUE, 30, &message, NULL, NULL), ==, 2);
  g_assert_true (gsock_message_is_truncated (message));
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 8);
  test_wire_close (&wire);
}

static void
test_scatter_refused (void)
{
  TestWire wire;
  g_autofree GInputVector *vectors = g_new0 (GInputVector, IOV_MAX + 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, vectors, IOV_MAX + 1, 0, TRUE, 0, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, NULL, 1, 0, TRUE, 0, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_receive_vectors (wire.far, vectors, 1, GSOCK_MESSAGE_FLAGS_MORE, TRUE, 0, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  test_wire_close (&wire);
}

typedef struct
{
  GSockSocket *socket;
  const GInputVector *vectors;
  guint n_vectors;
  gssize got;
} Filling;

static void
fill_in_thread (gpointer data)
{
  Filling *self = data;

  self->got = gsock_socket_receive_vectors (self->socket, self->vectors, self->n_vectors, GSOCK_MESSAGE_FLAGS_WAIT_ALL, TRUE,
                                            GSOCK_TIMEOUT_NEVER, NULL, NULL, NULL);
}

/* The room is filled though it comes in pieces, and signals come too. */
static void
test_wait_all (gconstpointer data)
{
  TestWire wire;
  char first[5], second[6] = "";
  GInputVector vectors[] = { { first, 5 }, { second, 5 } };
  Filling filling = { .vectors = vectors, .n_vectors = 2 };
  TestThread thread;

  if (!test_wire_open (&wire, data))
    return;
  filling.socket = wire.far;
  test_storm_start ();
  test_thread_start (&thread, fill_in_thread, &filling);
  for (const char *at = "0123456789"; *at != '\0'; at += 2)
    {
      g_assert_cmpint (gsock_socket_send_to (wire.near, at, 2, NULL, NULL, NULL), ==, 2);
      g_usleep (2000);
    }
  test_thread_join (&thread);
  test_storm_stop ();
  g_assert_cmpint (filling.got, ==, 10);
  g_assert_cmpmem (first, 5, "01234", 5);
  g_assert_cmpstr (second, ==, "56789");
  test_wire_close (&wire);
}

/* Without all, what is there: at the end of the stream, and when time is up. */
static void
test_wait_all_in_vain (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GSockMessage) rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "abc");
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_IN, 30, NULL, NULL), ==, G_IO_IN);
  message = gsock_socket_receive_message (wire.far, 10, NULL, &error, "wait-all", TRUE, "timeout", 0.05, NULL);
  g_assert_no_error (error);
  test_message_assert_text (message, "abc");
  g_assert_null (gsock_socket_receive_message (wire.far, 10, NULL, &error, "wait-all", TRUE, "timeout", 0.05, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  send_text (wire.near, "de");
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  rest = gsock_socket_receive_message (wire.far, 10, NULL, &error, "wait-all", TRUE, NULL);
  test_message_assert_text (rest, "de");
  test_wire_close (&wire);
}

/* Descriptors stay with the bytes that they came with. */
static void
test_wait_all_and_descriptors (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = NULL;
  g_autoptr (GSockMessage) next = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with_descriptors (wire.near, "abc", 1);
  send_with_descriptors (wire.near, "def", 2);
  message = test_message_receive (wire.far, 6, GSOCK_MESSAGE_FLAGS_WAIT_ALL);
  test_message_assert_text (message, "abc");
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 1);
  next = test_message_receive (wire.far, 3, GSOCK_MESSAGE_FLAGS_WAIT_ALL);
  test_message_assert_text (next, "def");
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (next), ==, 2);
  test_wire_close (&wire);
}

static void
test_peek (gconstpointer data)
{
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  send_text (wire.near, "again");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GSockMessage) message = test_message_receive (wire.far, 10, i < 2 ? GSOCK_MESSAGE_FLAGS_PEEK : 0);

      test_message_assert_text (message, "again");
    }
  assert_refused (wire.far, 0, GSOCK_ERROR_WOULD_BLOCK, "");
  test_wire_close (&wire);
}

/* Nothing is in the queue of errors, but an error is pending: the poll says so all the time. */
static void
test_empty_error_queue (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GError) error = NULL;
  double before;

  if (!test_wire_open (&wire, data))
    return;
  assert_refused (wire.near, GSOCK_MESSAGE_FLAGS_ERROR_QUEUE, GSOCK_ERROR_WOULD_BLOCK, "");
  gsock_socket_close (wire.far, FALSE, NULL);
  send_text (wire.near, "x");
  before = test_processor_seconds ();
  g_assert_null (gsock_socket_receive_message (wire.near, 10, NULL, &error, "error-queue", TRUE, "timeout", 0.5, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpfloat (test_processor_seconds () - before, <, 0.2);
  test_wire_close (&wire);
}

typedef struct
{
  GSockSocket *socket;
  GCancellable *cancellable;
  GSockMessageFlags flags;
  GError *error;
} Waiting;

static void
wait_in_thread (gpointer data)
{
  Waiting *self = data;

  g_assert_null (gsock_socket_receive_message (self->socket, 10, self->cancellable, &self->error, "flags", self->flags, NULL));
}

/* Fault 30. */
static void
test_close_wakes (gconstpointer data)
{
  TestWire wire;
  Waiting waiting = { .flags = 0 };
  TestThread thread;

  if (!test_wire_open (&wire, data))
    return;
  waiting.socket = wire.far;
  test_thread_start (&thread, wait_in_thread, &waiting);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_thread_join (&thread);
  test_assert_error (waiting.error, GSOCK_ERROR_CLOSED);
  test_wire_close (&wire);
}

static void
test_close_wakes_from_error_queue (void)
{
  TestWire wire;
  Waiting waiting = { .flags = GSOCK_MESSAGE_FLAGS_ERROR_QUEUE };
  TestThread thread;

  if (!test_wire_open (&wire, test_kind_find ("udp-ipv4")))
    return;
  waiting.socket = wire.far;
  test_thread_start (&thread, wait_in_thread, &waiting);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_thread_join (&thread);
  test_assert_error (waiting.error, GSOCK_ERROR_CLOSED);
  test_wire_close (&wire);
}

static void
test_cancel (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiting waiting = { .cancellable = cancellable };
  TestThread thread;
  g_autoptr (GSockMessage) message = NULL;

  if (!test_wire_open (&wire, data))
    return;
  waiting.socket = wire.far;
  test_thread_start (&thread, wait_in_thread, &waiting);
  test_thread_wait_until_asleep (&thread);
  g_cancellable_cancel (cancellable);
  test_thread_join (&thread);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&waiting.error);
  send_text (wire.near, "still there"); /* it took nothing */
  message = test_message_receive (wire.far, 20, 0);
  test_message_assert_text (message, "still there");
  test_wire_close (&wire);
}

/* AddressSanitizer ends a process where malloc would answer NULL, unless it is told not to. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) unbound = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockSocket) alone = gsock_make_socket (NULL, NULL, "address-family", AF_INET, NULL);
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GError) error = NULL;
  TestWire wire;

  assert_refused (unbound, 0, GSOCK_ERROR_NOT_BOUND, "");
  assert_refused (alone, 0, GSOCK_ERROR_NOT_CONNECTED, "");
  assert_refused (raw, 0, GSOCK_ERROR_NOT_INITIALIZED, "");
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  assert_refused (wire.far, 0, GSOCK_ERROR_WOULD_BLOCK, "");
  g_assert_null (gsock_socket_receive_message_direct (wire.far, 10, GSOCK_MESSAGE_FLAGS_MORE, TRUE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  test_takes_at_least (0.05, g_assert_null (gsock_socket_receive_message (wire.far, 10, NULL, &error, "timeout", 0.05, NULL)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_null (gsock_socket_receive_message (wire.far, G_MAXSIZE / 2, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_null (gsock_socket_receive_message (wire.far, 10, NULL, &error, "tiemout", 1.0, NULL));
  test_assert_message (error, "timeout");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  gsock_socket_close (wire.far, FALSE, NULL);
  assert_refused (wire.far, 0, GSOCK_ERROR_CLOSED, "closed");
  test_wire_close (&wire);
}

/* What is received can be sent on: whom it came from is whom it goes to. */
static void
test_echo (gconstpointer data)
{
  g_autoptr (GSockSocket) server = test_receiver_new (data);
  g_autoptr (GSockSocket) client = test_receiver_new (data);
  g_autoptr (GSockMessage) question = gsock_message_new ();
  g_autoptr (GSockMessage) seen = NULL;
  g_autoptr (GSockMessage) answer = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (server);

  gsock_message_add_data (question, (const guint8 *) "echo", 4);
  gsock_message_set_address (question, &address);
  g_assert_cmpint (gsock_socket_send_message (client, question, NULL, &error, NULL), ==, 4);
  seen = test_message_receive (server, 10, 0);
  g_assert_cmpint (gsock_socket_send_message (server, seen, NULL, &error, NULL), ==, 4);
  g_assert_no_error (error);
  answer = test_message_receive (client, 10, 0);
  test_message_assert_text (answer, "echo");
  g_assert_true (gsock_address_equal (gsock_message_get_address (answer), &address));
}

/* Fault 18: somebody else clears or sets O_NONBLOCK. */
static void
test_foreign_nonblocking (gconstpointer data)
{
  TestWire wire;
  Filling filling;
  char byte = 0;
  GInputVector vector = { &byte, 1 };
  TestThread thread;

  if (!test_wire_open (&wire, data))
    return;
  assert_refused (wire.far, 0, GSOCK_ERROR_WOULD_BLOCK, "");
  g_assert_cmpint (fcntl (test_peek_fd (wire.far), F_SETFL, O_NONBLOCK), ==, 0);
  filling = (Filling){ .socket = wire.far, .vectors = &vector, .n_vectors = 1 };
  test_thread_start (&thread, fill_in_thread, &filling);
  test_thread_wait_until_asleep (&thread);
  send_text (wire.near, "x");
  test_thread_join (&thread);
  g_assert_cmpint (filling.got, ==, 1);
  g_assert_cmpint (byte, ==, 'x');
  test_wire_close (&wire);
}

/* A class that marks what it receives, and in the end answers nothing. */
typedef struct
{
  GSockDatagramSocket parent;
  guint n_messages;
} Marking;

typedef GSockDatagramSocketClass MarkingClass;

static GType marking_get_type (void);
G_DEFINE_TYPE (Marking, marking, GSOCK_TYPE_DATAGRAM_SOCKET)

static GSockMessage *
marking_receive_message (GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  Marking *self = (Marking *) socket;
  GSockMessage *message;

  if (++self->n_messages > 3)
    return NULL;
  message = GSOCK_SOCKET_CLASS (marking_parent_class)->receive_message (socket, size, flags, wait, timeout, cancellable, error);
  if (message != NULL)
    gsock_message_add_data (message, (const guint8 *) "!", 1);
  return message;
}

static void
marking_class_init (MarkingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->receive_message = marking_receive_message;
}

static void
marking_init (Marking *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = g_initable_new (marking_get_type (), NULL, &error, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) sender = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockMessage) message = NULL;
  char first[2], second[5] = "";
  GInputVector vectors[] = { { first, 2 }, { second, 4 } };
  GSockAddress address;

  g_assert_no_error (error);
  address = test_address_of (socket);
  g_assert_true (gsock_socket_connect_direct (sender, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL));
  send_text (sender, "abc");
  message = test_message_receive (socket, 10, 0);
  test_message_assert_text (message, "abc!");
  g_clear_pointer (&message, gsock_message_unref);
  send_text (sender, "def");
  g_assert_cmpint (gsock_socket_receive_vectors (socket, vectors, 2, 0, TRUE, 30, &message, NULL, &error), ==, 4);
  g_assert_cmpmem (first, 2, "de", 2);
  g_assert_cmpstr (second, ==, "f!");
  assert_refused (socket, 0, GSOCK_ERROR_WOULD_BLOCK, ""); /* the parent's error comes through */
  assert_refused (socket, 0, GSOCK_ERROR_FAILED, "without an error");
  g_assert_cmpint (gsock_socket_receive_vectors (socket, vectors, 2, 0, TRUE, 30, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_FAILED);
  g_assert_cmpuint (((Marking *) socket)->n_messages, ==, 5);
}

static gboolean
is_internet_datagram (const TestKind *kind)
{
  return kind->type == SOCK_DGRAM && kind->family != AF_UNIX;
}

static gboolean
keeps_bounds (const TestKind *kind)
{
  return kind->type != SOCK_STREAM;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/receive-message/receive", test_receive, NULL);
  test_add_for_kinds ("/receive-message/truncated", test_truncated, keeps_bounds);
  test_add_for_kinds ("/receive-message/empty-datagram", test_empty_datagram, test_is_datagram);
  test_add_for_kinds ("/receive-message/end-of-stream", test_end_of_stream, test_is_conversation);
  test_add_for_kinds ("/receive-message/scatter", test_scatter, keeps_bounds);
  test_add ("/receive-message/scatter/truncated", test_scatter_truncated);
  test_add ("/receive-message/scatter/refused", test_scatter_refused);
  test_add_for_kinds ("/receive-message/wait-all", test_wait_all, test_is_stream);
  test_add_for_kinds ("/receive-message/wait-all/in-vain", test_wait_all_in_vain, test_is_stream);
  test_add ("/receive-message/wait-all/descriptors", test_wait_all_and_descriptors);
  test_add_for_kinds ("/receive-message/peek", test_peek, NULL);
  test_add_for_kinds ("/receive-message/empty-error-queue", test_empty_error_queue, is_internet_datagram);
  test_add_for_kinds ("/receive-message/close-wakes", test_close_wakes, NULL);
  test_add ("/receive-message/close-wakes/error-queue", test_close_wakes_from_error_queue);
  test_add_for_kinds ("/receive-message/cancel", test_cancel, NULL);
  test_add ("/receive-message/refused", test_refused);
  test_add_for_kinds ("/receive-message/echo", test_echo, test_is_datagram);
  test_add_for_kinds ("/receive-message/foreign-nonblocking", test_foreign_nonblocking, NULL);
  test_add ("/receive-message/subclass", test_subclass);
  return g_test_run ();
}
