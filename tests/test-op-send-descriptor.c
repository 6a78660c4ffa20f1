/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending descriptors: what goes along, to whom, and what is refused before anything has gone. */

#include "testlib.h"
#include "testmessage.h"
#include "testwire.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
close_all (const int *fds, gsize n_fds)
{
  for (gsize i = 0; i < n_fds; i++)
    g_assert_cmpint (close (fds[i]), ==, 0);
}

/* What came with @n_wanted descriptors, as text. */
static char *
receive_text (GSockSocket *socket, int size, gsize n_wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds;

  fds = gsock_socket_receive_file_descriptors (socket, 16, &n_fds, &payload, NULL, &error, "size", size, "timeout", 10.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, n_wanted);
  close_all (fds, n_fds);
  return g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

static void
send_text (GSockSocket *socket, const char *text, gsize n_fds)
{
  static const int fds[16];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = g_bytes_new_static (text, strlen (text));

  g_assert_cmpint (gsock_socket_send_file_descriptors (socket, fds, n_fds, payload, NULL, &error, NULL), ==, strlen (text));
  g_assert_no_error (error);
}

static void
assert_text (GSockSocket *socket, int size, gsize n_wanted, const char *wanted)
{
  g_autofree char *text = receive_text (socket, size, n_wanted);

  g_assert_cmpstr (text, ==, wanted);
}

static void
send_plain (GSockSocket *socket, const char *text)
{
  g_assert_cmpint (gsock_socket_send_to (socket, text, strlen (text), NULL, NULL, NULL), ==, strlen (text));
}

static void
assert_plain (GSockSocket *socket, const char *wanted)
{
  char text[64] = "";

  g_assert_cmpint (gsock_socket_receive_from (socket, text, strlen (wanted), NULL, NULL, NULL, "timeout", 10.0, NULL), ==, strlen (wanted));
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_payload (gconstpointer kind)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  send_text (wire.near, "first", 1);
  send_text (wire.near, "second", 3);
  assert_text (wire.far, 5, 1, "first");
  assert_text (wire.far, 6, 3, "second");
  test_wire_close (&wire);
}

/* On a stream bytes stand before and behind those that descriptors came with. */
static void
test_framing (void)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_plain (wire.near, "before");
  send_text (wire.near, "one", 1);
  send_plain (wire.near, "between");
  send_text (wire.near, "two", 2);
  send_text (wire.near, "three", 3);
  send_plain (wire.near, "behind");
  assert_plain (wire.far, "before");
  assert_text (wire.far, 3, 1, "one");
  assert_plain (wire.far, "between");
  assert_text (wire.far, 3, 2, "two");
  assert_text (wire.far, 5, 3, "three");
  assert_plain (wire.far, "behind");
  test_wire_close (&wire);
}

/* However the bytes are cut, the descriptors of those that were received are there, and no others. */
static void
test_framing_everywhere (void)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  for (guint length = 1; length < 70; length++)
    {
      g_autofree char *text = g_strnfill (length, 'a' + length % 26);

      send_text (wire.near, text, 1);
      send_text (wire.near, "next", 2);
      send_text (wire.near, "last", 4);
      assert_text (wire.far, length, 1, text);
      assert_text (wire.far, 5, 6, "nextl");
      assert_plain (wire.far, "ast");
    }
  test_wire_close (&wire);
}

/* The payload that was agreed on comes in pieces, the last of them never. */
static void
test_pieces (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_text (wire.near, "one", 1);
  send_plain (wire.near, "two");
  fds = gsock_socket_receive_file_descriptors (wire.far, 16, &n_fds, &payload, NULL, &error, "size", 10, "timeout", 0.01, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, 6);
  close_all (fds, n_fds);

  send_text (wire.near, "three", 1);
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  assert_text (wire.far, 10, 1, "three");
  test_wire_close (&wire);
}

/* A message is whole, or nothing of it is taken. */
static void
test_too_long (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  send_text (wire.near, "longer", 2);
  g_assert_null (gsock_socket_receive_file_descriptors (wire.far, 16, &n_fds, NULL, NULL, &error, "size", 5, "timeout", 10.0, NULL));
  test_assert_message (error, "size of 5");
  test_assert_error (error, GSOCK_ERROR_TRUNCATED);
  send_text (wire.near, "longer", 2);
  assert_text (wire.far, 100, 2, "longer");
  test_wire_close (&wire);
}

static gboolean
has_messages (const TestKind *kind)
{
  return kind->family == AF_UNIX && kind->type != SOCK_STREAM;
}

/* More than the kernel takes at once: the descriptors go with the first byte, and once. */
static gpointer
receive_much (gpointer data)
{
  GSockSocket *socket = data;
  g_autofree guint8 *room = g_malloc (65536);
  gsize total = 0;
  gssize n;
  int fd = gsock_socket_receive_file_descriptor_direct (socket, TRUE, 60, NULL, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  while ((n = gsock_socket_receive_from (socket, room, 65536, NULL, NULL, NULL, "timeout", 60.0, NULL)) > 0)
    total += n;
  return GSIZE_TO_POINTER (total + 1);
}

static void
test_much (void)
{
  enum { MUCH = 3000000 };
  g_autofree guint8 *payload = g_malloc0 (MUCH);
  g_autoptr (GError) error = NULL;
  GThread *thread;
  int fd = 0;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  thread = g_thread_new ("receiver", receive_much, wire.far);
  g_assert_cmpint (gsock_socket_send_file_descriptors_direct (wire.near, &fd, 1, payload, MUCH, NULL, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error), ==, MUCH);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, MUCH);
  test_wire_close (&wire);
}

/* How much went is told where nobody takes the rest, and the descriptor has gone with it. */
static void
test_partly (void)
{
  enum { MUCH = 3000000 };
  g_autofree guint8 *payload = g_malloc0 (MUCH);
  g_autoptr (GError) error = NULL;
  TestWire wire;
  gssize n;
  int fd = 0;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  n = gsock_socket_send_file_descriptors_direct (wire.near, &fd, 1, payload, MUCH, NULL, TRUE, 0.01, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, MUCH);
  fd = gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, NULL, &error);
  g_assert_no_error (error);
  close (fd);
  test_wire_close (&wire);
}

static void
test_destination (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  GSockAddress where = test_address_of (receiver);
  g_autofree char *filename = gsock_address_get_filename (&where);
  g_autoptr (GError) error = NULL;
  int fds[] = { 0, 1 };

  g_assert_false (gsock_socket_send_file_descriptor (sender, 0, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_true (gsock_socket_send_file_descriptor (sender, 0, NULL, &error, "remote-address", &where, NULL));
  g_assert_no_error (error);
  assert_text (receiver, 1, 1, "");
  g_assert_cmpint (gsock_socket_send_file_descriptors (sender, fds, 2, NULL, NULL, &error, "remote-filename", filename, NULL), ==, 1);
  g_assert_no_error (error);
  assert_text (receiver, 1, 2, "");
  g_assert_true (gsock_socket_send_file_descriptor_direct (sender, 0, &where, TRUE, 10, NULL, &error));
  assert_text (receiver, 1, 1, "");

  g_assert_true (gsock_socket_connect_direct (sender, &where, TRUE, 10, NULL, NULL));
  g_assert_false (gsock_socket_send_file_descriptor (sender, 0, NULL, &error, "remote-address", &where, NULL));
  test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
  g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
  g_assert_false (gsock_socket_send_file_descriptor (sender, 0, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_true (gsock_socket_close (sender, FALSE, NULL));
}

/* The receiver's queue is full: that is waited for, and not for longer than was said. */
static void
test_full_receiver (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  GSockAddress where = test_address_of (receiver);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  while (gsock_socket_send_file_descriptor_direct (sender, 0, &where, FALSE, 0, NULL, &error))
    n++;
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_false (gsock_socket_send_file_descriptor (sender, 0, NULL, &error, "remote-address", &where, "timeout", 0.01, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  for (guint i = 0; i < n; i++)
    assert_text (receiver, 1, 1, "");
  g_assert_true (gsock_socket_send_file_descriptor_direct (sender, 0, &where, FALSE, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_close (sender, FALSE, NULL));
  g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
}

static void
test_keywords (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_false (gsock_socket_send_file_descriptor (wire.near, 0, NULL, &error, "tiemout", 1.0, NULL));
  test_assert_message (error, "timeout");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_cmpint (gsock_socket_send_file_descriptors_direct (wire.near, &(int){ 0 }, 1, NULL, 1, NULL, TRUE, -1, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_wire_close (&wire);
}

static void
test_names_and_values (void)
{
  const char *names[] = { "remote_address", "wait", NULL };
  GValue values[] = { G_VALUE_INIT, G_VALUE_INIT };
  const TestKind *kind = test_kind_find ("local-datagram");
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  GSockAddress where = test_address_of (receiver);
  g_autoptr (GError) error = NULL;

  g_value_set_boxed (g_value_init (&values[0], GSOCK_TYPE_ADDRESS), &where);
  g_value_set_boolean (g_value_init (&values[1], G_TYPE_BOOLEAN), FALSE);
  g_assert_true (gsock_socket_send_file_descriptor_with_keywords (sender, 0, names, values, 2, NULL, &error));
  g_assert_cmpint (gsock_socket_send_file_descriptors_with_keywords (sender, &(int){ 0 }, 1, NULL, names, values, 2, NULL, &error), ==, 1);
  g_assert_no_error (error);
  assert_text (receiver, 1, 1, "");
  assert_text (receiver, 1, 1, "");
  g_value_unset (&values[0]);
  g_assert_true (gsock_socket_close (sender, FALSE, NULL));
  g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
}

/* @count of them, in messages of 16, one process giving and another taking. */
static gpointer
take_all (gpointer data)
{
  GSockSocket *socket = data;
  int fds[16];
  gsize taken = 0;
  gssize n;

  while ((n = gsock_socket_receive_file_descriptors_direct (socket, fds, 16, NULL, 0, NULL, TRUE, 60, NULL, NULL)) > 0)
    {
      close_all (fds, n);
      taken += n;
    }
  return GSIZE_TO_POINTER (taken);
}

static void
test_million (void)
{
  static const int fds[16];
  gsize count = test_is_long () ? 1000000 : 10000;
  GThread *thread;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  thread = g_thread_new ("taker", take_all, wire.far);
  for (gsize sent = 0; sent < count; sent += 16)
    g_assert_cmpint (gsock_socket_send_file_descriptors_direct (wire.near, fds, MIN (16, count - sent), NULL, 0, NULL, TRUE, 60, NULL, NULL), ==, 1);
  g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (thread)), ==, count);
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-send-descriptor/payload/", test_payload, test_is_local);
  test_add ("/op-send-descriptor/framing", test_framing);
  test_add ("/op-send-descriptor/framing-everywhere", test_framing_everywhere);
  test_add ("/op-send-descriptor/pieces", test_pieces);
  test_add_for_kinds ("/op-send-descriptor/too-long/", test_too_long, has_messages);
  test_add ("/op-send-descriptor/much", test_much);
  test_add ("/op-send-descriptor/partly", test_partly);
  test_add ("/op-send-descriptor/destination", test_destination);
  test_add ("/op-send-descriptor/full-receiver", test_full_receiver);
  test_add ("/op-send-descriptor/keywords", test_keywords);
  test_add ("/op-send-descriptor/names-and-values", test_names_and_values);
  test_add ("/op-send-descriptor/million", test_million);
  return g_test_run ();
}
