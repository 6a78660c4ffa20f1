/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving sockets from those who mean well, from those who know nothing of it, and from others. */

#include "testlib.h"
#include "testwire.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
send_with (GSockSocket *socket, const int *fds, gsize n_fds, gconstpointer bytes, gsize length)
{
  g_assert_cmpint (gsock_socket_send_file_descriptors_direct (socket, fds, n_fds, bytes, length, NULL, TRUE, 10, NULL, NULL), ==, length);
}

static GSockSocket *
receive (GSockSocket *socket, GError **error)
{
  return gsock_socket_receive_socket (socket, NULL, error, "timeout", 10.0, NULL);
}

static void
assert_refused (GSockSocket *socket, int code, const char *text)
{
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();

  g_assert_null (gsock_socket_receive_socket (socket, NULL, &error, "timeout", 0.05, NULL));
  test_assert_message (error, text);
  test_assert_error (error, code);
  g_assert_cmpuint (test_count_descriptors (), <=, before);
}

/* The byte is any; and on a stream what follows is not touched. */
static void
test_from_others (gconstpointer kind)
{
  static const char bytes[] = { 0, 'x', '\n', -1 };
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) received = NULL;
      int fd = test_plain_socket (test_kind_find ("udp-ipv4"));

      send_with (wire.near, &fd, 1, &bytes[i], 1);
      close (fd);
      received = receive (wire.far, &error);
      g_assert_no_error (error);
      g_assert_true (GSOCK_IS_DATAGRAM_SOCKET (received));
      g_assert_cmpfloat (gsock_socket_get_timeout (received), ==, -1);
    }
  test_wire_close (&wire);
}

static void
test_rest_stays (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) received = NULL;
  char text[8] = "";
  TestWire wire;
  int fd = test_plain_socket (test_kind_find ("tcp-ipv4"));

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with (wire.near, &fd, 1, "\1rest", 5);
  close (fd);
  received = receive (wire.far, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, text, sizeof text, NULL, NULL, &error, NULL), ==, 4);
  g_assert_cmpstr (text, ==, "rest");
  test_wire_close (&wire);
}

static void
test_no_socket (gconstpointer kind)
{
  int fds[2] = { 0, 0 };
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  fds[0] = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  send_with (wire.near, fds, 1, "x", 1);
  assert_refused (wire.far, GSOCK_ERROR_INVALID_ARGUMENT, "no socket");
  send_with (wire.near, fds, 2, "x", 1);
  assert_refused (wire.far, GSOCK_ERROR_TRUNCATED, "more came");
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, NULL, NULL), ==, 1);
  assert_refused (wire.far, GSOCK_ERROR_INVALID_STATE, "without a descriptor");
  close (fds[0]);
  test_wire_close (&wire);
}

/* What claims to come from send-socket. On a stream it may stop anywhere. */
static const struct
{
  const char *bytes;
  gsize length;
  int stream, message;
  const char *text;
} hostile[] = {
  { "\x9d", 1, GSOCK_ERROR_TIMED_OUT, GSOCK_ERROR_INVALID_ARGUMENT, "" },
  { "\x9dGS\1", 4, GSOCK_ERROR_TIMED_OUT, GSOCK_ERROR_INVALID_ARGUMENT, "" },
  { "\x9dGS\1\5", 5, GSOCK_ERROR_TIMED_OUT, GSOCK_ERROR_INVALID_ARGUMENT, "" },
  { "\x9dGS\1\377xyz", 8, GSOCK_ERROR_TIMED_OUT, GSOCK_ERROR_INVALID_ARGUMENT, "" },
  { "\x9dJUNK", 5, GSOCK_ERROR_INVALID_ARGUMENT, GSOCK_ERROR_INVALID_ARGUMENT, "none that send-socket writes" },
  { "\x9dGS\2\0", 5, GSOCK_ERROR_INVALID_ARGUMENT, GSOCK_ERROR_INVALID_ARGUMENT, "version" },
  { "\x9dGS\1\2\1\10", 7, GSOCK_ERROR_INVALID_ARGUMENT, GSOCK_ERROR_INVALID_ARGUMENT, "record" },
  { "\x9dGS\1\4\2\2zz", 9, GSOCK_ERROR_INVALID_KEYWORD, GSOCK_ERROR_INVALID_KEYWORD, "zz" },
};

static void
test_hostile (gconstpointer data)
{
  const TestKind *kind = data;

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      int fd = test_plain_socket (test_kind_find ("udp-ipv4"));
      TestWire wire;

      g_assert_true (test_wire_open (&wire, kind));
      send_with (wire.near, &fd, 1, hostile[i].bytes, hostile[i].length);
      close (fd);
      assert_refused (wire.far, test_is_stream (kind) ? hostile[i].stream : hostile[i].message, hostile[i].text);
      test_wire_close (&wire);
    }
}

/* More descriptors in the middle of the bytes. */
static void
test_hostile_descriptors (void)
{
  int fd = test_plain_socket (test_kind_find ("udp-ipv4"));
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with (wire.near, &fd, 1, "\x9dG", 2);
  send_with (wire.near, (int[]){ fd, fd, fd }, 3, "S", 1);
  send_with (wire.near, &fd, 1, "\1\0", 2);
  close (fd);
  assert_refused (wire.far, GSOCK_ERROR_TRUNCATED, "more came");
  test_wire_close (&wire);
}

/* Two calls end in the middle of it, and the third has no use for the rest: not one descriptor is left. */
static void
test_in_pieces (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) received = NULL;
  int fd = test_plain_socket (test_kind_find ("udp-ipv4"));
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with (wire.near, &fd, 1, "\x9d", 1);
  close (fd);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "GS\1", 3, NULL, NULL, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "\3\5\1\1next", 8, NULL, NULL, NULL), ==, 8);
  received = receive (wire.far, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, (char[8]){ 0 }, 8, NULL, NULL, NULL, NULL), ==, 4);
  test_wire_close (&wire);
}

static void
test_end (void)
{
  int fd = test_plain_socket (test_kind_find ("udp-ipv4"));
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with (wire.near, &fd, 1, "\x9dGS", 3);
  close (fd);
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  assert_refused (wire.far, GSOCK_ERROR_INVALID_ARGUMENT, "too early");
  assert_refused (wire.far, GSOCK_ERROR_ENDPOINT_SHUTDOWN, "ended");
  test_wire_close (&wire);
}

/* A stranger who claims to listen with a conversation, or to have what it has not. */
static void
test_claims (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) received = NULL;
  TestWire wire, sent;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&sent, test_kind_find ("tcp-ipv4")));
  send_with (wire.near, (int[]){ test_peek_fd (sent.near) }, 1, "\x9dGS\1\3\5\1\1", 8);
  received = receive (wire.far, &error);
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_ACTIVE_SOCKET (received));
  test_wire_close (&wire);
  test_wire_close (&sent);
}

static void
test_keywords (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) received = NULL;
  g_autofree char *format = NULL;
  int input, output;
  TestWire wire, sent;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&sent, test_kind_find ("tcp-ipv4")));
  gsock_socket_set_timeout (sent.near, 7.5);
  g_assert_true (gsock_socket_send_socket (wire.near, sent.near, NULL, &error, NULL));
  received = gsock_socket_receive_socket (wire.far, NULL, &error, "external-format", "latin-1", "input-buffer-size", 77, "timeout", 10.0, NULL);
  g_assert_no_error (error);
  g_object_get (received, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
  g_assert_cmpstr (format, ==, "latin-1");
  g_assert_cmpint (input, ==, 77);
  g_assert_cmpint (output, ==, 8192);
  g_assert_cmpfloat (gsock_socket_get_timeout (received), ==, 7.5);

  g_assert_null (gsock_socket_receive_socket (wire.far, NULL, &error, "external-format", "zz", NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_socket_receive_socket (wire.far, NULL, &error, "formt", "zz", NULL));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_null (gsock_socket_receive_socket_direct (sent.near, TRUE, 10, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  test_wire_close (&wire);
  test_wire_close (&sent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-receive-socket/from-others/", test_from_others, test_is_local);
  test_add ("/op-receive-socket/rest-stays", test_rest_stays);
  test_add_for_kinds ("/op-receive-socket/no-socket/", test_no_socket, test_is_local);
  test_add_for_kinds ("/op-receive-socket/hostile/", test_hostile, test_is_local);
  test_add ("/op-receive-socket/hostile-descriptors", test_hostile_descriptors);
  test_add ("/op-receive-socket/in-pieces", test_in_pieces);
  test_add ("/op-receive-socket/end", test_end);
  test_add ("/op-receive-socket/claims", test_claims);
  test_add ("/op-receive-socket/keywords", test_keywords);
  return g_test_run ();
}
