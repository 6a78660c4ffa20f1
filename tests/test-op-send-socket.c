/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending sockets: what goes along, what is refused, and whose the socket is afterwards. */

#include "testlib.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GSockSocket *
pass (TestWire *wire, GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *received;

  g_assert_true (gsock_socket_send_socket (wire->near, socket, NULL, &error, NULL));
  g_assert_no_error (error);
  received = gsock_socket_receive_socket (wire->far, NULL, &error, "timeout", 10.0, NULL);
  g_assert_no_error (error);
  return received;
}

/* Every kind of socket arrives as one of its class, over every kind of local socket. */
static void
test_classes (gconstpointer data)
{
  TestWire wire;

  g_assert_true (test_wire_open (&wire, data));
  for (guint i = 0; i < test_n_kinds; i++)
    {
      g_autoptr (GSockSocket) received = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      TestWire sent;

      if (!test_wire_open (&sent, &test_kinds[i]))
        continue;
      before = gsock_socket_to_string (sent.near);
      received = pass (&wire, sent.near);
      after = gsock_socket_to_string (received);
      g_assert_true (G_OBJECT_TYPE (received) == G_OBJECT_TYPE (sent.near));
      g_assert_cmpstr (after, ==, before);
      g_assert_finalize_object (g_steal_pointer (&sent.near));
      g_assert_cmpint (gsock_socket_send_to (received, "x", 1, NULL, NULL, NULL), ==, 1);
      g_assert_cmpint (gsock_socket_receive_from (sent.far, &(char){ 0 }, 1, NULL, NULL, NULL, "timeout", 10.0, NULL), ==, 1);
      test_wire_close (&sent);
    }
  test_wire_close (&wire);
}

static void
test_listener (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "timeout", 12.5,
                                                      "external-format", "latin-1/crlf", "input-buffer-size", 100, "output-buffer-size", 200, NULL);
  g_autoptr (GSockSocket) received = NULL;
  g_autoptr (GSockSocket) client = NULL;
  g_autoptr (GSockActiveSocket) accepted = NULL;
  g_autofree char *format = NULL;
  int port = gsock_socket_get_local_port (server), input, output;
  TestWire wire;

  g_assert_no_error (error);
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  received = pass (&wire, server);
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (received));
  g_assert_true (gsock_socket_is_listening (received));
  g_assert_cmpfloat (gsock_socket_get_timeout (received), ==, 12.5);
  g_object_get (received, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
  g_assert_cmpstr (format, ==, "latin-1/crlf");
  g_assert_cmpint (input, ==, 100);
  g_assert_cmpint (output, ==, 200);

  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", port, NULL);
  g_assert_no_error (error);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (received), NULL, &error, NULL);
  g_assert_no_error (error);
  test_wire_close (&wire);
}

/* Of one that does not listen yet only its object knows what it is for. */
static void
test_part (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) passive = g_initable_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL, &error, NULL);
  g_autoptr (GSockSocket) received = NULL;
  TestWire wire;

  g_assert_no_error (error);
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  if (gsock_socket_is_listening (passive))
    g_test_skip ("a passive socket listens from the first");
  received = pass (&wire, passive);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (received));
  test_wire_close (&wire);
}

static void
assert_not_sent (TestWire *wire, GSockSocket *socket, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_socket_send_socket (wire->near, socket, NULL, &error, NULL));
  test_assert_message (error, text);
  test_assert_error (error, code);
  g_assert_null (gsock_socket_receive_socket (wire->far, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) closed = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GSockSocket) open = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (gsock_socket_close (closed, FALSE, NULL));
  assert_not_sent (&wire, closed, GSOCK_ERROR_CLOSED, "closed");
  assert_not_sent (&wire, raw, GSOCK_ERROR_NOT_INITIALIZED, "init");
  assert_not_sent (&wire, NULL, GSOCK_ERROR_INVALID_ARGUMENT, "no socket");
  g_assert_false (gsock_socket_send_socket (open, open, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_true (gsock_socket_close (open, FALSE, NULL));
  test_wire_close (&wire);
}

static void
wait_for_a_byte (gpointer data)
{
  (void) gsock_socket_receive_from (data, &(char){ 0 }, 1, NULL, NULL, NULL, NULL);
}

/* To close it would have to shut it down, for the receiver too. */
static void
test_waited_for (void)
{
  TestThread thread;
  TestWire wire, sent;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&sent, test_kind_find ("tcp-ipv4")));
  test_thread_start (&thread, wait_for_a_byte, sent.near);
  test_thread_wait_until_asleep (&thread);
  assert_not_sent (&wire, sent.near, GSOCK_ERROR_INVALID_STATE, "thread");
  g_assert_cmpint (gsock_socket_send_to (sent.far, "x", 1, NULL, NULL, NULL), ==, 1);
  test_thread_join (&thread);
  g_object_unref (pass (&wire, sent.near));
  test_wire_close (&wire);
  test_wire_close (&sent);
}

/* What was sent is closed here without an end there, and no call of ours waits in it any more. */
static void
test_exposed (void)
{
  g_autoptr (GSockSocket) received = NULL;
  TestWire wire, sent;
  GSockHandle *handle;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&sent, test_kind_find ("tcp-ipv4")));
  handle = gsock_socket_get_handle (sent.near);
  g_assert_false (handle->exposed);
  received = pass (&wire, sent.near);
  g_assert_true (handle->exposed);
  g_assert_cmpuint (handle->kernel_waits, ==, 0);
  g_assert_true (gsock_socket_close (sent.near, FALSE, NULL));
  g_assert_cmpint (gsock_socket_send_to (received, "x", 1, NULL, NULL, NULL), ==, 1);
  test_wire_close (&wire);
  test_wire_close (&sent);
}

/* Datagrams that the kernel has joined are not for somebody who does not know of them. */
static void
test_segments (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GSockBatch) some = gsock_batch_new ();
  g_autoptr (GSockSocket) received = NULL;
  GSockReceived told;
  TestWire wire, sent;
  char bytes[100];
  guint got;
  int on;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&sent, test_kind_find ("udp-ipv4")));
  /* The kernel is asked to join by the first call, before anything comes. */
  g_assert_cmpint (gsock_socket_receive_many (sent.near, some, 1, NULL, NULL, "wait", FALSE, NULL), ==, -1);
  for (guint i = 0; i < 8; i++)
    g_assert_true (gsock_batch_add (batch, (const guint8 *) "datagram", 8, NULL, NULL));
  g_assert_cmpint (gsock_socket_send_many (sent.far, batch, NULL, &error, NULL), ==, 8);
  g_assert_no_error (error);
  if (!gsock_socket_get_handle (sent.near)->segments->joins)
    g_test_skip ("this kernel joins no datagrams");
  else
    {
      g_assert_false (gsock_socket_send_socket (wire.near, sent.near, NULL, &error, NULL));
      test_assert_message (error, "held");
      test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
      for (got = 0; gsock_socket_receive_from (sent.near, bytes, sizeof bytes, &told, NULL, NULL, "wait", FALSE, NULL) == 8; got++)
        ;
      g_assert_cmpuint (got, ==, 8);
      received = pass (&wire, sent.near);
      g_assert_cmpint (getsockopt (test_peek_fd (received), IPPROTO_UDP, 104, &on, &(socklen_t){ sizeof on }), ==, 0);
      g_assert_cmpint (on, ==, 0);
      /* And none comes joined from now on. */
      g_assert_cmpint (gsock_socket_send_many (sent.far, batch, NULL, &error, NULL), ==, 8);
      for (got = 0; recv (test_peek_fd (received), bytes, sizeof bytes, MSG_DONTWAIT) == 8; got++)
        ;
      g_assert_cmpuint (got, ==, 8);
    }
  test_wire_close (&wire);
  test_wire_close (&sent);
}

typedef struct
{
  char *folder, *path;
  GSockSocket *server;
} Served;

static void
served_open (Served *self)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("gsock-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "s", NULL);
  self->server = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "connect", GSOCK_ROLE_PASSIVE,
                                    "local-filename", self->path, NULL);
  g_assert_no_error (error);
}

static void
served_close (Served *self)
{
  g_assert_finalize_object (self->server);
  (void) g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static gboolean
is_there (const Served *self)
{
  return g_file_test (self->path, G_FILE_TEST_EXISTS);
}

/* The file is its maker's to remove, unless both say otherwise. */
static void
test_file (void)
{
  static const struct
  {
    gboolean give, take;
    gboolean maker_removes, receiver_removes;
  } cases[] = {
    { FALSE, FALSE, TRUE, FALSE },
    { FALSE, TRUE, TRUE, FALSE },
    { TRUE, FALSE, FALSE, FALSE },
    { TRUE, TRUE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) received = NULL;
      Served served;
      TestWire wire;

      g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
      served_open (&served);
      g_assert_true (gsock_socket_send_socket (wire.near, served.server, NULL, &error, "unlink-on-close", cases[i].give, NULL));
      received = gsock_socket_receive_socket (wire.far, NULL, &error, "unlink-on-close", cases[i].take, NULL);
      g_assert_no_error (error);
      g_assert_true (gsock_socket_close (served.server, FALSE, NULL));
      g_assert_cmpint (is_there (&served), ==, !cases[i].maker_removes);
      g_assert_true (gsock_socket_close (received, FALSE, NULL));
      g_assert_cmpint (is_there (&served), ==, !cases[i].maker_removes && !cases[i].receiver_removes);
      served_close (&served);
      test_wire_close (&wire);
    }
}

/* A file that came in its place is nobody's to remove. */
static void
test_other_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) received = NULL;
  g_autoptr (GSockSocket) other = NULL;
  Served served;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  served_open (&served);
  g_assert_true (gsock_socket_send_socket (wire.near, served.server, NULL, &error, "unlink-on-close", TRUE, NULL));
  g_assert_cmpint (g_unlink (served.path), ==, 0);
  other = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "connect", GSOCK_ROLE_PASSIVE, "local-filename", served.path, NULL);
  g_assert_no_error (error);
  received = gsock_socket_receive_socket (wire.far, NULL, &error, "unlink-on-close", TRUE, NULL);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_close (received, FALSE, NULL));
  g_assert_true (is_there (&served));
  g_assert_true (gsock_socket_close (other, FALSE, NULL));
  served_close (&served);
  test_wire_close (&wire);
}

static void
test_destination (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  g_autoptr (GSockSocket) received = NULL;
  g_autoptr (GSockSocket) again = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress where = test_address_of (receiver);

  g_assert_false (gsock_socket_send_socket_direct (sender, sender, TRUE, 10, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_true (gsock_socket_send_socket (sender, sender, NULL, &error, "remote-address", &where, NULL));
  received = gsock_socket_receive_socket_direct (receiver, TRUE, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_DATAGRAM_SOCKET (received));
  /* It goes on. */
  g_assert_true (gsock_socket_send_socket (received, received, NULL, &error, "remote-address", &where, NULL));
  again = gsock_socket_receive_socket_direct (receiver, TRUE, 10, NULL, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-send-socket/classes/", test_classes, test_is_local);
  test_add ("/op-send-socket/listener", test_listener);
  test_add ("/op-send-socket/part", test_part);
  test_add ("/op-send-socket/refused", test_refused);
  test_add ("/op-send-socket/waited-for", test_waited_for);
  test_add ("/op-send-socket/exposed", test_exposed);
  test_add ("/op-send-socket/segments", test_segments);
  test_add ("/op-send-socket/file", test_file);
  test_add ("/op-send-socket/other-file", test_other_file);
  test_add ("/op-send-socket/destination", test_destination);
  return g_test_run ();
}
