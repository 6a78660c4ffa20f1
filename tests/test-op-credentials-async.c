/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* send-credentials and receive-credentials without blocking. */

#include "testasync.h"
#include "testlib.h"
#include "testwire.h"

#include <unistd.h>

#define ASYNC NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result

static void
test_both (gconstpointer kind)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GError) error = NULL;
  int pid, pidfd;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  gsock_socket_receive_credentials_async (wire.far, ASYNC, &received);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  gsock_socket_send_credentials_async (wire.near, ASYNC, &sent);
  test_await (&sent);
  g_assert_true (gsock_socket_send_credentials_finish (wire.near, sent, &error));
  test_await (&received);
  g_assert_true (gsock_socket_receive_credentials_finish (wire.far, received, &pid, NULL, NULL, &pidfd, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpint (pidfd, ==, -1);
  g_clear_object (&sent);
  g_clear_object (&received);
  test_wire_close (&wire);
}

/* Nobody takes the pidfd. */
static void
test_not_taken (gconstpointer kind)
{
  const char *names[] = { "pidfd", NULL };
  GValue value = G_VALUE_INIT;
  g_autoptr (GAsyncResult) received = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  g_value_set_boolean (g_value_init (&value, G_TYPE_BOOLEAN), TRUE);
  gsock_socket_receive_credentials_async (wire.far, names, &value, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &received);
  g_assert_true (gsock_socket_send_credentials (wire.near, NULL, NULL, NULL));
  test_await (&received);
  g_clear_object (&received);
  test_wire_close (&wire);
}

static void
test_ends (void)
{
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GAsyncResult) dead = NULL;
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_socket_receive_credentials_async (wire.far, ASYNC, &ended);
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  test_await (&ended);
  g_assert_false (gsock_socket_receive_credentials_finish (wire.far, ended, NULL, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  gsock_socket_send_credentials_async (wire.far, ASYNC, &dead);
  test_await (&dead);
  g_assert_false (gsock_socket_send_credentials_finish (wire.far, dead, &error));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_clear_object (&ended);
  g_clear_object (&dead);
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  test_add_for_kinds ("/op-credentials-async/both/", test_both, test_is_local);
  test_add_for_kinds ("/op-credentials-async/not-taken/", test_not_taken, test_is_local);
  test_add ("/op-credentials-async/ends", test_ends);
  return g_test_run ();
}
