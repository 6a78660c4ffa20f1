/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-socket and receive-socket without blocking. */

#include "testasync.h"
#include "testlib.h"
#include "testwire.h"

#include <string.h>

#define ASYNC NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result

static void
test_both (gconstpointer kind)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GSockSocket) server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
  g_autoptr (GSockSocket) made = NULL;
  g_autoptr (GError) error = NULL;
  TestWire wire;

  gsock_socket_set_timeout (server, 3.5);
  g_assert_true (test_wire_open (&wire, kind));
  gsock_socket_receive_socket_async (wire.far, ASYNC, &received);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  gsock_socket_send_socket_async (wire.near, server, ASYNC, &sent);
  /* What was to be sent is sent, even so. */
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
  test_await (&sent);
  g_assert_true (gsock_socket_send_socket_finish (wire.near, sent, &error));
  test_await (&received);
  made = gsock_socket_receive_socket_finish (wire.far, received, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_listening (made));
  g_assert_cmpfloat (gsock_socket_get_timeout (made), ==, 3.5);
  g_assert_true (gsock_socket_close (made, FALSE, NULL));
  g_clear_object (&sent);
  g_clear_object (&received);
  test_wire_close (&wire);
}

/* The bytes in front of it come one by one. */
static void
test_in_pieces (void)
{
  static const char bytes[] = "GS\1\3\5\1\1";
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GSockSocket) server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
  g_autoptr (GSockSocket) made = NULL;
  g_autoptr (GError) error = NULL;
  int fd = test_peek_fd (server);
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_socket_receive_socket_async (wire.far, ASYNC, &received);
  g_assert_cmpint (gsock_socket_send_file_descriptors_direct (wire.near, &fd, 1, (const guint8 *) "\x9d", 1, NULL, TRUE, 10, NULL, NULL), ==, 1);
  for (guint i = 0; i < sizeof bytes - 1; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_null (received);
      g_assert_cmpint (gsock_socket_send_to (wire.near, &bytes[i], 1, NULL, NULL, NULL), ==, 1);
    }
  test_await (&received);
  made = gsock_socket_receive_socket_finish (wire.far, received, &error);
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (made));
  g_assert_true (gsock_socket_close (made, FALSE, NULL));
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
  g_clear_object (&received);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GAsyncResult) none = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GSockSocket) server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
  gsock_socket_send_socket_async (wire.near, server, ASYNC, &sent);
  test_await (&sent);
  g_assert_false (gsock_socket_send_socket_finish (wire.near, sent, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  gsock_socket_send_socket_async (wire.near, NULL, ASYNC, &none);
  test_await (&none);
  g_assert_false (gsock_socket_send_socket_finish (wire.near, none, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);

  gsock_socket_receive_socket_async (wire.far, ASYNC, &received);
  g_assert_cmpint (gsock_socket_send_file_descriptors (wire.near, &(int){ 0 }, 1, NULL, NULL, NULL, NULL), ==, 1);
  test_await (&received);
  g_assert_null (gsock_socket_receive_socket_finish (wire.far, received, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  gsock_socket_receive_socket_async (wire.far, ASYNC, &closed);
  g_assert_true (gsock_socket_close (wire.far, FALSE, NULL));
  test_await (&closed);
  g_assert_null (gsock_socket_receive_socket_finish (wire.far, closed, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_clear_object (&sent);
  g_clear_object (&none);
  g_clear_object (&received);
  g_clear_object (&closed);
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  test_add_for_kinds ("/op-socket-async/both/", test_both, test_is_local);
  test_add ("/op-socket-async/in-pieces", test_in_pieces);
  test_add ("/op-socket-async/refused", test_refused);
  return g_test_run ();
}
