/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program that knows Racket's UDP sockets relies on, row by row. */

#include "testwire.h"

#include <string.h>

static GSockSocket *
open_plain (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "timeout", 10.0, NULL);

  g_assert_no_error (error);
  return socket;
}

static GSockSocket *
open_bound (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", "timeout", 10.0, NULL);

  g_assert_no_error (error);
  return socket;
}

/* The family follows a host and a port that nothing is bound or connected to. */
static void
test_family (void)
{
  static const struct
  {
    const char *host;
    int port, family;
  } rows[] = {
    { NULL, -1, GSOCK_ADDRESS_FAMILY_IPV4 },
    { "127.0.0.1", -1, GSOCK_ADDRESS_FAMILY_IPV4 },
    { "127.0.0.1", 53, GSOCK_ADDRESS_FAMILY_IPV4 },
    { "::1", -1, GSOCK_ADDRESS_FAMILY_IPV6 },
    { "::1", 53, GSOCK_ADDRESS_FAMILY_IPV6 },
    { "239.1.2.3", -1, GSOCK_ADDRESS_FAMILY_IPV4 },
    { "ff02::1", 9, GSOCK_ADDRESS_FAMILY_IPV6 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) socket = NULL;

      if (rows[i].host == NULL)
        socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
      else if (rows[i].port < 0)
        socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "family-host", rows[i].host, NULL);
      else
        socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "family-host", rows[i].host, "family-port", rows[i].port, NULL);
      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_get_address_family (socket), ==, rows[i].family);
      g_assert_false (gsock_socket_is_bound (socket));
      g_assert_false (gsock_socket_is_connected (socket));
    }
}

static void
test_family_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) ipv4 = open_plain ();

  g_assert_null (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "family-host", "no-such-host.invalid", NULL));
  g_assert_cmpint (error->domain, ==, GSOCK_ERROR);
  g_clear_error (&error);
  g_assert_null (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_STREAM, "family-host", "127.0.0.1", NULL));
  test_assert_message (error, "family-host");
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_send_to (ipv4, "x", 1, NULL, &error, "remote-host", "::1", "remote-port", 9, NULL), ==, -1);
  g_assert_nonnull (error);
}

/* Bound once, by the host, the port or both; the port that was got can be asked for. */
static void
test_bind (void)
{
  g_autoptr (GSockSocket) first = open_plain ();
  g_autoptr (GSockSocket) second = open_plain ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = NULL;
  g_autofree char *text = NULL;
  int port;

  g_assert_true (gsock_socket_bind_address (first, NULL, NULL, &error, "local-host", "127.0.0.1", "local-port", 0, NULL));
  port = gsock_socket_get_local_port (first);
  g_assert_cmpint (port, >, 0);
  address = gsock_socket_get_local_address (first, &error);
  text = gsock_address_get_host (address);
  g_assert_cmpstr (text, ==, "127.0.0.1");
  g_assert_cmpuint (gsock_address_get_port (address), ==, port);
  g_assert_false (gsock_socket_bind_address (first, NULL, NULL, &error, "local-port", 0, NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (gsock_socket_bind_address (second, NULL, NULL, &error, "local-port", port, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  g_assert_false (gsock_socket_is_bound (second));
  g_assert_true (gsock_socket_bind_address (second, NULL, NULL, &error, "local-port", 0, NULL));
  g_assert_no_error (error);
}

/* A port is shared where both ask for it, and then the last one gets what comes. */
static void
test_bind_with_reuse (void)
{
  g_autoptr (GSockSocket) first = open_plain ();
  g_autoptr (GSockSocket) second = open_plain ();
  g_autoptr (GSockSocket) third = open_plain ();
  g_autoptr (GError) error = NULL;
  int port;

  gsock_socket_bind_address (first, NULL, NULL, &error, "local-host", "127.0.0.1", "reuse-address", TRUE, NULL);
  g_assert_no_error (error);
  port = gsock_socket_get_local_port (first);
  g_assert_false (gsock_socket_bind_address (second, NULL, NULL, &error, "local-host", "127.0.0.1", "local-port", port, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  gsock_socket_bind_address (third, NULL, NULL, &error, "local-host", "127.0.0.1", "local-port", port, "reuse-address", TRUE, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_local_port (third), ==, port);
}

static void
assert_hears (GSockSocket *socket, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  char room[64] = "";

  gsock_socket_receive_from (socket, room, sizeof room - 1, NULL, NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (room, ==, wanted);
}

static void
say_to (GSockSocket *socket, const char *text, GSockSocket *to)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (to);

  gsock_socket_send_to (socket, text, strlen (text), NULL, &error, "remote-address", &address, NULL);
  g_assert_no_error (error);
}

/* Connected, it hears its peer and nobody else; then another peer; then all. */
static void
test_connect (void)
{
  g_autoptr (GSockSocket) socket = open_bound ();
  g_autoptr (GSockSocket) one = open_bound ();
  g_autoptr (GSockSocket) other = open_bound ();
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (one), next = test_address_of (other);

  g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  g_assert_cmpint (gsock_socket_get_remote_port (socket), ==, (int) gsock_address_get_port (&address));
  say_to (other, "unheard", socket);
  say_to (one, "heard", socket);
  assert_hears (socket, "heard");
  g_assert_true (gsock_socket_connect (socket, &next, NULL, &error, NULL));
  g_assert_cmpint (gsock_socket_get_remote_port (socket), ==, (int) gsock_address_get_port (&next));
  say_to (one, "unheard", socket);
  say_to (other, "heard too", socket);
  assert_hears (socket, "heard too");
  g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
  g_assert_null (gsock_socket_get_remote_address (socket, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  say_to (one, "everyone", socket);
  assert_hears (socket, "everyone");
}

/* The first send binds to all addresses, and the answer finds its way. */
static void
test_bound_by_sending (void)
{
  g_autoptr (GSockSocket) socket = open_plain ();
  g_autoptr (GSockSocket) peer = open_bound ();
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  char room[8];

  say_to (socket, "hello", peer);
  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_cmpint (gsock_socket_get_local_port (socket), >, 0);
  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-port", 0, NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  gsock_socket_receive_from (peer, room, sizeof room, &received, NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (gsock_address_get_port (&received.sender), ==, gsock_socket_get_local_port (socket));
  gsock_socket_send_to (peer, "back", 4, NULL, &error, "remote-address", &received.sender, NULL);
  assert_hears (socket, "back");
}

/* What a send has bound a disconnect may free, and the next send binds again. */
static void
test_bound_again (void)
{
  g_autoptr (GSockSocket) socket = open_plain ();
  g_autoptr (GSockSocket) peer = open_bound ();
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (peer);

  for (int round = 0; round < 3; round++)
    {
      say_to (socket, "hello", peer);
      assert_hears (peer, "hello");
      g_assert_true (gsock_socket_is_bound (socket));
      g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
      g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
      g_assert_false (gsock_socket_is_bound (socket));
      g_assert_cmpint (gsock_socket_get_local_port (socket), <=, 0);
    }
  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
  g_assert_no_error (error);
  say_to (socket, "for good", peer);
  assert_hears (peer, "for good");
}

/* What was bound by a program stays bound. */
static void
test_stays_bound (void)
{
  g_autoptr (GSockSocket) socket = open_bound ();
  g_autoptr (GSockSocket) peer = open_bound ();
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (peer);
  int port = gsock_socket_get_local_port (socket);

  g_assert_true (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  g_assert_true (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_cmpint (gsock_socket_get_local_port (socket), ==, port);
}

static void
test_truncation (void)
{
  g_autoptr (GSockSocket) receiver = open_bound ();
  g_autoptr (GSockSocket) sender = open_plain ();
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  char room[8] = "";

  say_to (sender, "longer than the room", receiver);
  say_to (sender, "next", receiver);
  g_assert_cmpint (gsock_socket_receive_from (receiver, room, 6, &received, NULL, &error, NULL), ==, 6);
  g_assert_cmpstr (room, ==, "longer");
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, strlen ("longer than the room"));
  memset (room, 0, sizeof room);
  g_assert_cmpint (gsock_socket_receive_from (receiver, room, sizeof room, &received, NULL, &error, NULL), ==, 4);
  g_assert_false (received.truncated);
  g_assert_cmpstr (room, ==, "next");
}

static void
assert_range (gssize answer, gssize wanted, GError **error)
{
  g_assert_cmpint (answer, ==, wanted);
  if (wanted >= 0)
    g_assert_no_error (*error);
  else
    test_assert_error (*error, GSOCK_ERROR_OUT_OF_RANGE);
}

static void
test_ranges (void)
{
  static const struct
  {
    int start, end;
    gssize wanted;
  } rows[] = { { 0, 5, 5 }, { 1, 4, 3 }, { 5, 5, 0 }, { 0, 0, 0 }, { 6, 6, -1 }, { 3, 2, -1 }, { 0, 6, -1 }, { -1, 5, -1 } };
  g_autoptr (GSockSocket) receiver = open_bound ();
  g_autoptr (GSockSocket) sender = open_plain ();
  GSockAddress address = test_address_of (receiver);
  const char *letters = "abcde";

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char room[6] = "-----";
      gssize n = gsock_socket_send_to (sender, letters, 5, NULL, &error, "remote-address", &address, "start", rows[i].start, "end", rows[i].end, NULL);

      assert_range (n, rows[i].wanted, &error);
      if (rows[i].wanted < 0)
        {
          assert_range (gsock_socket_receive_from (receiver, room, 5, NULL, NULL, &error, "start", rows[i].start, "end", rows[i].end, NULL), -1, &error);
          continue;
        }
      g_assert_cmpint (gsock_socket_receive_from (receiver, room, 5, NULL, NULL, &error, "start", rows[i].start, "end", rows[i].end, NULL), ==, n);
      g_assert_cmpint (memcmp (room + rows[i].start, letters + rows[i].start, n), ==, 0);
      g_assert_true (rows[i].start == 0 || room[0] == '-');
    }
}

static void
test_port_ranges (void)
{
  static const int wrong[] = { 0, -1, 65536, 100000 };
  g_autoptr (GSockSocket) socket = open_plain ();

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "remote-host", "127.0.0.1", "remote-port", wrong[i], NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
      g_assert_false (gsock_socket_is_bound (socket));
    }
}

/* Beyond the system's maximum is an error, up to it is not. */
static void
test_receive_buffer (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = open_plain ();
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;
  int maximum;

  if (!g_file_get_contents ("/proc/sys/net/core/rmem_max", &text, NULL, NULL))
    {
      g_test_skip ("the system does not tell its maximum");
      return;
    }
  maximum = atoi (text);
  gsock_socket_set_option (socket, "receive-buffer", g_variant_new_int32 (maximum), &error);
  g_assert_no_error (error);
  before = gsock_socket_get_option (socket, "receive-buffer", &error);
  g_assert_false (gsock_socket_set_option (socket, "receive-buffer", g_variant_new_int32 (maximum + 1), &error));
  test_assert_message (error, "receive-buffer");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  after = gsock_socket_get_option (socket, "receive-buffer", &error);
  g_assert_true (g_variant_equal (before, after));
  g_assert_null (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "receive-buffer", maximum + 1, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
}

static void
test_too_long (void)
{
  g_autoptr (GSockSocket) receiver = open_bound ();
  g_autoptr (GSockSocket) sender = open_plain ();
  g_autoptr (GError) error = NULL;
  g_autofree char *most = g_strnfill (65507, 'x');
  GSockAddress address = test_address_of (receiver);

  g_assert_cmpint (gsock_socket_send_to (sender, most, 65507, NULL, &error, "remote-address", &address, NULL), ==, 65507);
  g_free (most);
  most = g_strnfill (65508, 'x');
  g_assert_cmpint (gsock_socket_send_to (sender, most, 65508, NULL, &error, "remote-address", &address, NULL), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_MESSAGE_TOO_LONG);
}

/* Names and state end with the socket, and everything says so. */
static void
test_closed (void)
{
  g_autoptr (GSockSocket) socket = open_bound ();
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_null (gsock_socket_get_local_address (socket, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, "remote-host", "127.0.0.1", "remote-port", 9, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-port", 0, NULL));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (gsock_socket_wait_for (socket, G_IO_IN, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_datagram_socket_disconnect (GSOCK_DATAGRAM_SOCKET (socket), &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

/* What was cancelled before it ran took nothing and sent nothing. */
static void
test_not_chosen (void)
{
  g_autoptr (GSockSocket) receiver = open_bound ();
  g_autoptr (GSockSocket) sender = open_plain ();
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (receiver);
  char byte;

  say_to (sender, "first", receiver);
  g_cancellable_cancel (cancelled);
  g_assert_cmpint (gsock_socket_receive_from (receiver, &byte, 1, NULL, cancelled, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_send_to (sender, "never", 5, cancelled, &error, "remote-address", &address, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  say_to (sender, "second", receiver);
  assert_hears (receiver, "first");
  assert_hears (receiver, "second");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/datagram-racket/family", test_family);
  test_add ("/datagram-racket/family-refused", test_family_refused);
  test_add ("/datagram-racket/bind", test_bind);
  test_add ("/datagram-racket/bind-with-reuse", test_bind_with_reuse);
  test_add ("/datagram-racket/connect", test_connect);
  test_add ("/datagram-racket/bound-by-sending", test_bound_by_sending);
  test_add ("/datagram-racket/bound-again", test_bound_again);
  test_add ("/datagram-racket/stays-bound", test_stays_bound);
  test_add ("/datagram-racket/truncation", test_truncation);
  test_add ("/datagram-racket/ranges", test_ranges);
  test_add ("/datagram-racket/port-ranges", test_port_ranges);
  test_add ("/datagram-racket/receive-buffer", test_receive_buffer);
  test_add ("/datagram-racket/too-long", test_too_long);
  test_add ("/datagram-racket/closed", test_closed);
  test_add ("/datagram-racket/not-chosen", test_not_chosen);
  return g_test_run ();
}
