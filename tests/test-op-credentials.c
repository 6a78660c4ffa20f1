/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credentials that are sent and received. What a sender may claim is in the faults. */

#include "testlib.h"
#include "testwire.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_own (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  int pid = 0, pidfd = 7;
  guint uid = 99999, gid = 99999;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_true (gsock_socket_send_credentials (wire.near, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_receive_credentials (wire.far, &pid, &uid, &gid, &pidfd, NULL, &error, "timeout", 10.0, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpuint (uid, ==, geteuid ());
  g_assert_cmpuint (gid, ==, getegid ());
  g_assert_cmpint (pidfd, ==, -1);
  g_assert_true (gsock_socket_send_credentials_direct (wire.near, getpid (), getuid (), getgid (), TRUE, 10, NULL, &error));
  g_assert_true (gsock_socket_receive_credentials_direct (wire.far, FALSE, TRUE, 10, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  test_wire_close (&wire);
}

/* Of one who does not say who it is, too: once the kernel is asked to tell. */
static void
test_unsaid (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  int pid = 0;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, NULL, NULL), ==, 1);
  g_assert_false (gsock_socket_receive_credentials (wire.far, &pid, NULL, NULL, NULL, NULL, &error, NULL));
  test_assert_message (error, "pass-credentials");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, NULL, NULL), ==, 1);
  g_assert_true (gsock_socket_receive_credentials (wire.far, &pid, NULL, NULL, NULL, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (pid, ==, getpid ());
  test_wire_close (&wire);
}

static void
test_pidfd (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  int pid, pidfd = -1, status;
  pid_t child;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  child = fork ();
  if (child == 0)
    {
      gsock_socket_send_credentials (wire.near, NULL, NULL, NULL);
      gsock_socket_receive_from (wire.near, &(char){ 0 }, 1, NULL, NULL, NULL, NULL);
      _exit (0);
    }
  if (gsock_socket_receive_credentials (wire.far, &pid, NULL, NULL, &pidfd, NULL, &error, "pidfd", TRUE, "timeout", 60.0, NULL))
    {
      struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

      g_assert_cmpint (pid, ==, child);
      g_assert_cmpint (poll (&poll_fd, 1, 0), ==, 0);
      g_assert_cmpint (gsock_socket_send_to (wire.far, "x", 1, NULL, NULL, NULL), ==, 1);
      g_assert_cmpint (poll (&poll_fd, 1, 60000), ==, 1);
      close (pidfd);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    }
  else
    {
      test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
      g_test_skip ("this kernel does not pass pidfds");
      gsock_socket_send_to (wire.far, "x", 1, NULL, NULL, NULL);
      waitpid (child, NULL, 0);
    }
  test_wire_close (&wire);
}

/* Descriptors that nobody asked for, and a pidfd that nobody takes, are closed. */
static void
test_uninvited (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  static const int fds[200];
  TestWire wire;
  guint before;

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_true (gsock_socket_set_option (wire.far, "pass-credentials", g_variant_new_boolean (TRUE), NULL));
  (void) gsock_socket_set_option (wire.far, "pass-pidfd", g_variant_new_boolean (TRUE), NULL);
  before = test_count_descriptors ();
  g_assert_cmpint (gsock_socket_send_file_descriptors (wire.near, fds, 200, NULL, NULL, NULL, NULL), ==, 1);
  g_assert_true (gsock_socket_receive_credentials (wire.far, NULL, NULL, NULL, NULL, NULL, &error, NULL));
  g_assert_no_error (error);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) internet = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL);
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_false (gsock_socket_send_credentials (wire.near, NULL, &error, "pid", 0, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_send_credentials_direct (wire.near, 0, 0, 0, TRUE, -1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_send_credentials_direct (wire.near, -1, 0, 0, TRUE, -1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_send_credentials (internet, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_false (gsock_socket_receive_credentials (internet, NULL, NULL, NULL, NULL, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_false (gsock_socket_receive_credentials (wire.far, NULL, NULL, NULL, NULL, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_false (gsock_socket_receive_credentials (wire.far, NULL, NULL, NULL, NULL, NULL, &error, "timeout", 0.01, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  g_assert_false (gsock_socket_receive_credentials (wire.far, NULL, NULL, NULL, NULL, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_false (gsock_socket_send_credentials (wire.far, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_false (gsock_socket_send_credentials (wire.near, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_true (gsock_socket_close (internet, FALSE, NULL));
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-credentials/own/", test_own, test_is_local);
  test_add_for_kinds ("/op-credentials/unsaid/", test_unsaid, test_is_local);
  test_add_for_kinds ("/op-credentials/pidfd/", test_pidfd, test_is_local);
  test_add_for_kinds ("/op-credentials/uninvited/", test_uninvited, test_is_local);
  test_add ("/op-credentials/refused", test_refused);
  return g_test_run ();
}
