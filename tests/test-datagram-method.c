/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a class has made of the operators holds for GDatagramBased as well: bytes and whole messages. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-datagram-based-private.h>

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>

/* Bytes: turns every bit of what goes and of what comes, and counts the calls. It refuses "no". */
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
  if (g_bytes_get_size (data) == 2 && memcmp (g_bytes_get_data (data, NULL), "no", 2) == 0)
    {
      g_set_error_literal (error, GSOCK_ERROR, GSOCK_ERROR_ACCESS_DENIED, "not that");
      return -1;
    }
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

/* Messages: each has a "<" before it when it goes and a ">" behind it when it comes. */
typedef struct
{
  GSockDatagramSocket parent_instance;
  guint n_sent, n_received;
  double longest; /* of the timeouts that it was given to receive */
} Marker;

typedef GSockDatagramSocketClass MarkerClass;

static GType marker_get_type (void);
G_DEFINE_TYPE (Marker, marker, GSOCK_TYPE_DATAGRAM_SOCKET)

static gssize
marker_send_message (GSockSocket *socket, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) marked = gsock_message_new ();
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (message);
  const GSockAddress *address = gsock_message_get_address (message);

  ((Marker *) socket)->n_sent++;
  gsock_message_add_data (marked, (const guint8 *) "<", 1);
  gsock_message_add_bytes (marked, bytes);
  if (address != NULL)
    gsock_message_set_address (marked, address);
  return GSOCK_SOCKET_CLASS (marker_parent_class)->send_message (socket, marked, flags, wait, timeout, cancellable, error);
}

static GSockMessage *
marker_receive_message (GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  Marker *self = (Marker *) socket;
  GSockMessage *message = GSOCK_SOCKET_CLASS (marker_parent_class)->receive_message (socket, size, flags, wait, timeout, cancellable, error);

  self->n_received++;
  self->longest = MAX (self->longest, timeout);
  if (message != NULL)
    gsock_message_add_data (message, (const guint8 *) ">", 1);
  return message;
}

static void
marker_class_init (MarkerClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->send_message = marker_send_message;
  GSOCK_SOCKET_CLASS (klass)->receive_message = marker_receive_message;
}

static void
marker_init (Marker *self)
{
}

static GSockSocket *
make_instance (GType type)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_instance (type, NULL, &error, "local-host", "127.0.0.1", NULL);

  g_assert_no_error (error);
  return socket;
}

static GSocketAddress *
where_is (GSockSocket *socket)
{
  GSockAddress address = test_address_of (socket);

  return gsock_address_to_gsocket_address (&address, NULL);
}

static int
send_text (GSockSocket *socket, const char *text, GSocketAddress *address, GError **error)
{
  GOutputVector vector = { text, strlen (text) };
  GOutputMessage message = { .address = address, .vectors = &vector, .num_vectors = 1 };

  return g_datagram_based_send_messages (G_DATAGRAM_BASED (socket), &message, 1, 0, -1, NULL, error);
}

static int
receive_text (GSockSocket *socket, char *room, gsize size, gint64 timeout, GError **error)
{
  GInputVector vector = { room, size - 1 };
  GInputMessage message = { .vectors = &vector, .num_vectors = 1 };

  memset (room, 0, size);
  return g_datagram_based_receive_messages (G_DATAGRAM_BASED (socket), &message, 1, 0, timeout, NULL, error);
}

static void
assert_receives (GSockSocket *socket, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  char room[64];

  receive_text (socket, room, sizeof room, 10 * G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (room, ==, wanted);
}

static void
test_who_has_methods (void)
{
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSockSocket) turner = make_instance (turner_get_type ());
  g_autoptr (GSockSocket) marker = make_instance (marker_get_type ());

  g_assert_false (gsock_datagram_has_send_method (plain));
  g_assert_false (gsock_datagram_has_receive_method (plain));
  g_assert_true (gsock_datagram_has_send_method (turner));
  g_assert_true (gsock_datagram_has_receive_method (turner));
  g_assert_true (gsock_datagram_has_send_method (marker));
  g_assert_true (gsock_datagram_has_receive_method (marker));
}

static void
test_bytes (void)
{
  g_autoptr (GSockSocket) near = make_instance (turner_get_type ());
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSocketAddress) there = where_is (plain);
  g_autoptr (GSocketAddress) here = where_is (near);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send_text (near, "abc", there, &error), ==, 1);
  assert_receives (plain, "\x9e\x9d\x9c");
  g_assert_cmpint (send_text (plain, "\x9e\x9d", here, &error), ==, 1);
  assert_receives (near, "ab");
  g_assert_cmpuint (((Turner *) near)->n_sent, ==, 1);
  g_assert_cmpuint (((Turner *) near)->n_received, ==, 1);
}

static void
test_messages (void)
{
  g_autoptr (GSockSocket) near = make_instance (marker_get_type ());
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSocketAddress) there = where_is (plain);
  g_autoptr (GSocketAddress) here = where_is (near);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (send_text (near, "out", there, &error), ==, 1);
  assert_receives (plain, "<out");
  g_assert_cmpint (send_text (plain, "in", here, &error), ==, 1);
  assert_receives (near, "in>");
  g_assert_cmpuint (((Marker *) near)->n_sent, ==, 1);
  g_assert_cmpuint (((Marker *) near)->n_received, ==, 1);
}

/* One call of the operator for each message, whole, whatever it lies in; what does not fit is told. */
static void
check_pieces (GType type, const char *first, const char *second)
{
  g_autoptr (GSockSocket) sender = make_instance (type), receiver = make_instance (type);
  g_autoptr (GSocketAddress) destination = where_is (receiver);
  GSockAddress whence = test_address_of (sender);
  GOutputVector pieces[] = { { "one ", 4 }, { "two", 3 }, { NULL, 0 } };
  GOutputMessage out[] = { { destination, pieces, G_MAXUINT, 0, NULL, 0 }, { destination, pieces, 1, 0, NULL, 0 } };
  char room[4][12] = { "" };
  GSocketAddress *address = NULL;
  GSocketControlMessage **controls = (gpointer) room;
  guint n_controls = 7;
  GInputVector vectors[4] = { { room[0], 2 }, { room[1], 3 }, { room[2], 2 }, { room[3], 11 } };
  GInputMessage in[2] = { { &address, vectors, 2, 0, 0, &controls, &n_controls }, { NULL, vectors + 2, 2, 0, 0, NULL, NULL } };
  g_autoptr (GSockAddress) told = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (sender), out, 2, 0, -1, NULL, &error), ==, 2);
  g_assert_cmpuint (out[0].bytes_sent, >=, 7);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), in, 2, 0, -1, NULL, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpuint (in[0].bytes_received, ==, 5);
  g_assert_cmpmem (room[0], 2, first, 2);
  g_assert_cmpstr (room[1], ==, first + 2);
  g_assert_cmpint (in[0].flags & MSG_TRUNC, !=, 0);
  g_assert_cmpuint (in[1].bytes_received, ==, strlen (second));
  g_assert_cmpstr (room[3], ==, second + 2);
  g_assert_cmpint (in[1].flags & MSG_TRUNC, ==, 0);
  g_assert_null (controls);
  g_assert_cmpuint (n_controls, ==, 0);
  told = gsock_address_new_from_gsocket_address (address, NULL);
  g_assert_true (gsock_address_equal (told, &whence));
  g_object_unref (address);
}

static void
test_pieces (void)
{
  check_pieces (turner_get_type (), "one t", "one ");
  check_pieces (marker_get_type (), "<one ", "<one >");
}

/* A sender without a name has no address. */
static void
test_no_sender (void)
{
  g_autofree char *name = test_unique_name ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) receiver = gsock_make_instance (marker_get_type (), NULL, &error, "address-family", AF_UNIX, "local-filename", name, NULL);
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_UNIX, "remote-filename", name, NULL);
  GSocketAddress *address = (gpointer) &error;
  char room[8] = "";
  GInputVector vector = { room, sizeof room - 1 };
  GInputMessage in = { &address, &vector, 1, 0, 0, NULL, NULL };

  g_assert_no_error (error);
  g_assert_cmpint (send_text (sender, "who", NULL, &error), ==, 1);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), &in, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpstr (room, ==, "who>");
  g_assert_null (address);
}

/* An operator that refuses in the middle: what went before it is told, and no error. */
static void
test_partial_send (void)
{
  g_autoptr (GSockSocket) sender = make_instance (turner_get_type ());
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSocketAddress) there = where_is (plain);
  GOutputVector vectors[] = { { "yes", 3 }, { "no", 2 }, { "yes", 3 } };
  GOutputMessage out[] = { { there, &vectors[0], 1, 0, NULL, 0 }, { there, &vectors[1], 1, 0, NULL, 0 }, { there, &vectors[2], 1, 0, NULL, 0 } };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (sender), out, 3, 0, -1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (out[0].bytes_sent, ==, 3);
  g_assert_cmpuint (out[1].bytes_sent, ==, 0);
  g_assert_cmpuint (((Turner *) sender)->n_sent, ==, 2);
  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (sender), out + 1, 2, 0, -1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpstr (error->message, ==, "not that");
  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (sender), out, 0, 0, -1, NULL, NULL), ==, 0);
}

/* The time is for all messages together, so the second is waited for no longer than is left. */
static void
check_partial_receive (GType type, const char *first)
{
  g_autoptr (GSockSocket) receiver = make_instance (type);
  g_autoptr (GSockSocket) plain = test_receiver_new (test_kind_find ("udp-ipv4"));
  g_autoptr (GSocketAddress) there = where_is (receiver);
  char room[2][8] = { "" };
  GInputVector vectors[2] = { { room[0], 7 }, { room[1], 7 } };
  GInputMessage in[2] = { { NULL, &vectors[0], 1, 0, 0, NULL, NULL }, { NULL, &vectors[1], 1, 0, 0, NULL, NULL } };
  g_autoptr (GError) error = NULL;

  send_text (plain, "x", there, NULL);
  test_takes_at_least (0.05, g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), in, 2, 0, G_USEC_PER_SEC / 20, NULL, &error), ==, 1));
  g_assert_no_error (error);
  g_assert_cmpint (room[0][0], ==, first[0]);
  send_text (plain, "x", there, NULL);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), in, 2, 0, 0, NULL, &error), ==, 1);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (receiver), in, 0, 0, -1, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_partial_receive (void)
{
  g_autoptr (GSockSocket) marker = make_instance (marker_get_type ());
  char room[8];

  check_partial_receive (turner_get_type (), "\x87");
  check_partial_receive (marker_get_type (), "x");
  receive_text (marker, room, sizeof room, 1000, NULL);
  g_assert_cmpfloat (((Marker *) marker)->longest, <=, 0.01);
}

/* Errors of the operators are told in GIO's words. */
static void
check_errors (GType type)
{
  g_autoptr (GSockSocket) socket = make_instance (type);
  g_autoptr (GSocketAddress) wrong = g_unix_socket_address_new ("/nowhere");
  g_autoptr (GError) error = NULL;
  char room[8];

  g_assert_cmpint (receive_text (socket, room, sizeof room, 0, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_cmpint (receive_text (socket, room, sizeof room, 1000, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_cmpint (send_text (socket, "x", NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_cmpint (send_text (socket, "x", wrong, &error), ==, -1);
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_clear_error (&error);
  gsock_socket_close (socket, FALSE, NULL);
  g_assert_cmpint (receive_text (socket, room, sizeof room, -1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_errors (void)
{
  check_errors (turner_get_type ());
  check_errors (marker_get_type ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/datagram-method/who-has-methods", test_who_has_methods);
  test_add ("/datagram-method/bytes", test_bytes);
  test_add ("/datagram-method/messages", test_messages);
  test_add ("/datagram-method/pieces", test_pieces);
  test_add ("/datagram-method/no-sender", test_no_sender);
  test_add ("/datagram-method/partial-send", test_partial_send);
  test_add ("/datagram-method/partial-receive", test_partial_receive);
  test_add ("/datagram-method/errors", test_errors);
  return g_test_run ();
}
