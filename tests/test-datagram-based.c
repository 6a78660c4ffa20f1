/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface GDatagramBased: messages, conditions, sources, and a GDtlsConnection that sits on it. */

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

/* Sources */

typedef struct
{
  GMainContext *context;
  GSource *source;
  GSockSocket *socket;
  guint n_calls;
  GIOCondition condition;
} Watch;

static gboolean
on_ready (GDatagramBased *socket, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  g_assert_true (G_DATAGRAM_BASED (self->socket) == socket);
  self->n_calls++;
  self->condition = condition;
  return G_SOURCE_CONTINUE;
}

static void
watch_start (Watch *self, GSockSocket *socket, GIOCondition condition, GCancellable *cancellable)
{
  *self = (Watch){ .context = g_main_context_new (), .socket = socket };
  self->source = g_datagram_based_create_source (G_DATAGRAM_BASED (socket), condition, cancellable);
  g_source_set_callback (self->source, (GSourceFunc) (gpointer) on_ready, self, NULL);
  g_source_attach (self->source, self->context);
}

static void
watch_stop (Watch *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
}

static void
turn (Watch *self, guint n_calls, GIOCondition condition)
{
  self->n_calls = 0;
  while (n_calls > 0 && self->n_calls < n_calls)
    g_main_context_iteration (self->context, TRUE);
  if (n_calls == 0)
    g_assert_false (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpuint (self->n_calls, ==, n_calls);
  if (n_calls > 0)
    g_assert_cmpint (self->condition, ==, condition);
}

static void
test_source (gconstpointer data)
{
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  turn (&watch, 0, 0);
  send_text (wire.near, "x", NULL, -1, NULL);
  turn (&watch, 1, G_IO_IN);
  turn (&watch, 1, G_IO_IN);
  assert_receives (wire.far, "x");
  turn (&watch, 0, 0);
  watch_stop (&watch);

  watch_start (&watch, wire.far, G_IO_IN | G_IO_OUT, NULL);
  turn (&watch, 1, G_IO_OUT);
  watch_stop (&watch);
  test_wire_close (&wire);
}

/* Before and after it is attached, and of a socket that has been closed already. */
static void
test_source_closed (gconstpointer data)
{
  TestWire wire;
  Watch watch, late;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  turn (&watch, 0, 0);
  gsock_socket_close (wire.far, FALSE, NULL);
  turn (&watch, 1, G_IO_HUP);
  turn (&watch, 2, G_IO_HUP);
  watch_start (&late, wire.far, G_IO_IN, NULL);
  turn (&late, 1, G_IO_HUP);
  watch_stop (&late);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static void
run_context (gpointer data)
{
  turn (data, 1, G_IO_HUP);
}

/* The main context sleeps in another thread. */
static void
test_source_closed_elsewhere (gconstpointer data)
{
  TestThread thread = { NULL };
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  test_thread_start (&thread, run_context, &watch);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_thread_join (&thread);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static void
test_source_cancelled (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, cancellable);
  turn (&watch, 0, 0);
  g_cancellable_cancel (cancellable);
  turn (&watch, 1, 0);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static gboolean
on_ready_for_closure (GSockSocket *socket, GIOCondition condition, gpointer user_data)
{
  *(GIOCondition *) user_data = condition;
  return G_SOURCE_REMOVE;
}

static void
marshal_ready (GClosure *closure, GValue *answer, guint n_arguments, const GValue *arguments, gpointer hint, gpointer data)
{
  g_assert_cmpuint (n_arguments, ==, 2);
  g_value_set_boolean (answer, on_ready_for_closure (g_value_get_object (&arguments[0]), g_value_get_flags (&arguments[1]), closure->data));
}

/* What bindings do. */
static void
test_source_closure (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *source;
  GIOCondition told = 0;
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), &told);
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_closure_set_marshal (closure, marshal_ready);
  source = g_datagram_based_create_source (G_DATAGRAM_BASED (wire.near), G_IO_OUT, NULL);
  g_source_set_closure (source, closure);
  g_source_attach (source, context);
  while (told == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (told, ==, G_IO_OUT);
  g_assert_true (g_source_is_destroyed (source));
  g_source_unref (source);
  test_wire_close (&wire);
}

/* The source keeps the socket. */
static void
test_source_reference (void)
{
  GSockSocket *socket = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSource *source = g_datagram_based_create_source (G_DATAGRAM_BASED (socket), G_IO_IN, NULL);
  gpointer weak = socket;

  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  g_object_unref (socket);
  g_assert_nonnull (weak);
  g_source_unref (source);
  g_assert_null (weak);
}

/* Classes */

/* Turns every bit of what goes and of what comes, and counts the calls. */
typedef struct
{
  GSockDatagramSocket parent_instance;
  guint n_sent, n_received;
} Turner;

typedef GSockDatagramSocketClass TurnerClass;

static GType turner_get_type (void);
G_DEFINE_TYPE (Turner, turner, GSOCK_TYPE_DATAGRAM_SOCKET)

static GBytes *
turn_bits (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint8 *turned = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    turned[i] = ~data[i];
  return g_bytes_new_take (turned, length);
}

static gssize
turner_send_to (GSockSocket *socket, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) turned = turn_bits (data);

  ((Turner *) socket)->n_sent++;
  return GSOCK_SOCKET_CLASS (turner_parent_class)->send_to (socket, turned, destination, flags, wait, timeout, cancellable, error);
}

static GBytes *
turner_receive_from (GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = GSOCK_SOCKET_CLASS (turner_parent_class)->receive_from (socket, size, flags, wait, timeout, sender, received_flags, full_length, cancellable, error);

  ((Turner *) socket)->n_received++;
  return bytes != NULL ? turn_bits (bytes) : NULL;
}

static void
turner_class_init (TurnerClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->send_to = turner_send_to;
  GSOCK_SOCKET_CLASS (klass)->receive_from = turner_receive_from;
}

static void
turner_init (Turner *self)
{
}

static GSockSocket *
turner_new (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_instance (turner_get_type (), NULL, &error, "local-host", "127.0.0.1", NULL);

  g_assert_no_error (error);
  return socket;
}

/* What a class has made of send-to and receive-from holds here too. */
static void
test_specialised (void)
{
  g_autoptr (GSockSocket) near = turner_new ();
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSockAddress where = test_address_of (plain), back = test_address_of (near);
  g_autoptr (GSocketAddress) there = gsock_address_to_gsocket_address (&where, NULL);
  g_autoptr (GSocketAddress) here = gsock_address_to_gsocket_address (&back, NULL);
  g_autoptr (GError) error = NULL;
  char room[8];

  g_assert_cmpint (send_text (near, "abc", there, -1, &error), ==, 1);
  assert_receives (plain, "\x9e\x9d\x9c");
  g_assert_cmpint (send_text (plain, "\x9e\x9d", here, -1, &error), ==, 1);
  assert_receives (near, "ab");
  g_assert_cmpuint (((Turner *) near)->n_sent, ==, 1);
  g_assert_cmpuint (((Turner *) near)->n_received, ==, 1);

  g_assert_cmpint (receive_text (near, room, sizeof room, 0, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpint (receive_text (near, room, sizeof room, 1000, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_cmpint (send_text (near, "x", NULL, -1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  gsock_socket_close (near, FALSE, NULL);
  g_assert_cmpint (receive_text (near, room, sizeof room, -1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* DTLS */

typedef struct
{
  GTlsCertificate *certificate;
  TestWire wire;
  GDtlsConnection *client, *server;
} Secure;

/* Made anew each time; NULL where this machine has no openssl(1). */
static GTlsCertificate *
make_certificate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gsock-dtls-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *file = g_build_filename (folder, "certificate.pem", NULL);
  const char *arguments[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=gsock.test",
                              "-addext", "subjectAltName=DNS:gsock.test", "-keyout", key, "-out", file, NULL };
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = NULL;
  int status = -1;

  if (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                    NULL, NULL, NULL, NULL, &status, NULL))
    {
      g_assert_cmpint (status, ==, 0);
      certificate = g_tls_certificate_new_from_files (file, key, &error);
      g_assert_no_error (error);
    }
  (void) unlink (key);
  (void) unlink (file);
  (void) rmdir (folder);
  return certificate;
}

/* A certificate of one's own is signed by nobody that the machine knows. */
static gboolean
on_certificate (GDtlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags problems, gpointer known)
{
  g_assert_cmpint (problems, ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
  return g_tls_certificate_is_same (certificate, known);
}

/* The backend of glib-networking does not answer g_tls_backend_supports_dtls; GIO's placeholder has
 * types for everything. */
static gboolean
has_dtls (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();

  return g_tls_backend_supports_tls (backend)
         && g_tls_backend_get_dtls_client_connection_type (backend) != G_TYPE_INVALID
         && g_tls_backend_get_dtls_server_connection_type (backend) != G_TYPE_INVALID;
}

/* FALSE, with the running test marked as skipped, where DTLS cannot be had. */
static gboolean
secure_open (Secure *self, const TestKind *kind)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("gsock.test", 0);
  g_autoptr (GError) error = NULL;

  if (!has_dtls ())
    {
      g_test_skip ("GIO has no backend for DTLS here: glib-networking is not installed");
      return FALSE;
    }
  self->certificate = make_certificate ();
  if (self->certificate == NULL)
    {
      g_test_skip ("there is no openssl to make a certificate with");
      return FALSE;
    }
  g_assert_true (test_wire_open (&self->wire, kind));
  self->client = G_DTLS_CONNECTION (g_dtls_client_connection_new (G_DATAGRAM_BASED (self->wire.near), identity, &error));
  g_assert_no_error (error);
  self->server = G_DTLS_CONNECTION (g_dtls_server_connection_new (G_DATAGRAM_BASED (self->wire.far), self->certificate, &error));
  g_assert_no_error (error);
  g_signal_connect (self->client, "accept-certificate", G_CALLBACK (on_certificate), self->certificate);
  return TRUE;
}

/* Threads of GTask hold what they have worked on until some time after it is done. */
static void
wait_until_sole (gpointer object)
{
  gint64 until = g_get_monotonic_time () + SECONDS (10);

  while (g_atomic_int_get (&G_OBJECT (object)->ref_count) > 1 && g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
secure_close (Secure *self)
{
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_object_unref (self->certificate);
  wait_until_sole (self->wire.near);
  wait_until_sole (self->wire.far);
  test_wire_close (&self->wire);
}

/* A DTLS connection is a GDatagramBased too. */
static void
assert_says (GDtlsConnection *from, GDtlsConnection *to, const char *text)
{
  GOutputVector out_vector = { text, strlen (text) };
  GOutputMessage out = { NULL, &out_vector, 1, 0, NULL, 0 };
  char room[64] = "";
  GInputVector in_vector = { room, sizeof room - 1 };
  GInputMessage in = { NULL, &in_vector, 1, 0, 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (from), &out, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (to), &in, 1, 0, SECONDS (10), NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (in.bytes_received, ==, strlen (text));
  g_assert_cmpstr (room, ==, text);
}

static void
close_client (Secure *self)
{
  char room[8];
  GInputVector vector = { room, sizeof room };
  GInputMessage in = { NULL, &vector, 1, 0, 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_dtls_connection_close (self->client, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (self->server), &in, 1, 0, SECONDS (10), NULL, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_true (g_dtls_connection_close (self->server, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_open (self->wire.near));
}

static void
converse (Secure *self)
{
  g_autoptr (GTlsCertificate) shown = NULL;

  g_object_get (self->client, "peer-certificate", &shown, NULL);
  g_assert_true (g_tls_certificate_is_same (shown, self->certificate));
  assert_says (self->client, self->server, "from the client");
  assert_says (self->server, self->client, "from the server");
  close_client (self);
}

static void
shake_hands (gpointer connection)
{
  g_autoptr (GError) error = NULL;

  g_dtls_connection_handshake (connection, NULL, &error);
  g_assert_no_error (error);
}

/* Both sides block, each in a thread of its own. */
static void
test_dtls_threads (gconstpointer data)
{
  TestThread thread = { NULL };
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  test_thread_start (&thread, shake_hands, secure.server);
  shake_hands (secure.client);
  test_thread_join (&thread);
  converse (&secure);
  secure_close (&secure);
}

static void
on_hands_shaken (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_dtls_connection_handshake_finish (G_DTLS_CONNECTION (connection), result, &error);
  g_assert_no_error (error);
  --*(guint *) user_data;
}

/* Both sides in one main context. */
static void
test_dtls_context (gconstpointer data)
{
  guint n_left = 2;
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  g_dtls_connection_handshake_async (secure.server, G_PRIORITY_DEFAULT, NULL, on_hands_shaken, &n_left);
  g_dtls_connection_handshake_async (secure.client, G_PRIORITY_DEFAULT, NULL, on_hands_shaken, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  converse (&secure);
  secure_close (&secure);
}

/* The socket below is closed while a handshake waits for the other side. */
static void
test_dtls_closed_below (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  gsock_socket_close (secure.wire.near, FALSE, NULL);
  g_assert_false (g_dtls_connection_handshake (secure.client, NULL, &error));
  g_assert_nonnull (error);
  secure_close (&secure);
}

/* Without a count of descriptors: the threads of GTask, on which the backend shakes hands, keep theirs. */
static void
add_secure (const char *name, GTestDataFunc function)
{
  for (guint i = 0; i < test_n_kinds; i++)
    if (test_is_datagram (&test_kinds[i]))
      {
        g_autofree char *path = g_strconcat ("/datagram-based/", name, "/", test_kinds[i].name, NULL);

        g_test_add_data_func (path, &test_kinds[i], function);
      }
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
  test_add_for_kinds ("/datagram-based/source", test_source, test_is_datagram);
  test_add_for_kinds ("/datagram-based/source-closed", test_source_closed, test_is_datagram);
  test_add_for_kinds ("/datagram-based/source-closed-elsewhere", test_source_closed_elsewhere, test_is_datagram);
  test_add_for_kinds ("/datagram-based/source-cancelled", test_source_cancelled, test_is_datagram);
  test_add ("/datagram-based/source-closure", test_source_closure);
  test_add ("/datagram-based/source-reference", test_source_reference);
  test_add ("/datagram-based/specialised", test_specialised);
  add_secure ("dtls-threads", test_dtls_threads);
  add_secure ("dtls-context", test_dtls_context);
  add_secure ("dtls-closed-below", test_dtls_closed_below);
  return g_test_run ();
}
