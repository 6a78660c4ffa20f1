/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims about oneself (20): what a sender may say that is not so, and what cannot be lied about. */

#include "testthread.h"
#include "testwire.h"

#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static void
become_nobody (void)
{
  if (geteuid () == 0 && (setgroups (0, NULL) != 0 || setgid (NOBODY) != 0 || setuid (NOBODY) != 0))
    test_child_cannot ();
}

static void
assert_received (GSockSocket *socket, int pid, guint uid, guint gid)
{
  g_autoptr (GError) error = NULL;
  guint user = 0, group = 0;
  int process = 0;

  g_assert_true (gsock_socket_receive_credentials (socket, &process, &user, &group, NULL, NULL, &error, "timeout", 60.0, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (process, ==, pid);
  g_assert_cmpuint (user, ==, uid);
  g_assert_cmpuint (group, ==, gid);
}

static gboolean
claim (GSockSocket *socket, int pid, guint uid, guint gid, GError **error)
{
  return gsock_socket_send_credentials_direct (socket, pid, uid, gid, TRUE, 60, NULL, error);
}

static pid_t
start_sleeper (void)
{
  pid_t child = fork ();

  if (child == 0)
    {
      pause ();
      _exit (0);
    }
  return child;
}

static void
stop_sleeper (pid_t child)
{
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

/* The number in /proc/self/fdinfo of a pidfd. */
static int
process_of (int pidfd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fdinfo/%d", pidfd);
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "Pid:");
  g_assert_nonnull (line);
  return (int) g_ascii_strtoll (line + strlen ("Pid:"), NULL, 10);
}

/* Who may do all may say anything of a process that there is, and the pidfd says the same; but who has
 * connected is what it is. */
static void
privileged (gpointer data)
{
  g_autoptr (GError) error = NULL;
  int pid, pidfd = -1;
  pid_t other;
  TestWire wire;

  if (geteuid () != 0)
    test_child_cannot ();
  other = start_sleeper ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  if (!claim (wire.near, other, 12345, 54321, &error))
    {
      stop_sleeper (other);
      test_child_cannot ();
    }
  assert_received (wire.far, other, 12345, 54321);
  g_assert_true (claim (wire.near, other, 0, 0, &error));
  if (gsock_socket_receive_credentials (wire.far, &pid, NULL, NULL, &pidfd, NULL, NULL, "pidfd", TRUE, "timeout", 60.0, NULL))
    {
      g_assert_cmpint (process_of (pidfd), ==, other);
      close (pidfd);
    }
  g_assert_true (gsock_socket_peer_credentials (wire.far, &pid, NULL, NULL, &error));
  g_assert_cmpint (pid, ==, getpid ());
  stop_sleeper (other);
  g_assert_false (claim (wire.near, other, 0, 0, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_FOUND);
  test_wire_close (&wire);
}

static void
plain (gpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  become_nobody ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_false (claim (wire.near, getppid (), getuid (), getgid (), &error));
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  g_assert_false (claim (wire.near, getpid (), 0, getgid (), &error));
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  g_assert_false (claim (wire.near, getpid (), getuid (), 0, &error));
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  g_assert_true (claim (wire.near, getpid (), getuid (), getgid (), &error));
  assert_received (wire.far, getpid (), getuid (), getgid ());
  test_wire_close (&wire);
}

/* As a set-user-ID program has three users, it may be any of them. */
static void
three_users (gpointer data)
{
  static const guint users[] = { 1001, 1002, 1003 };
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (geteuid () != 0 || setgroups (0, NULL) != 0 || setresgid (2001, 2002, 2003) != 0 || setresuid (1001, 1002, 1003) != 0)
    test_child_cannot ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_assert_true (claim (wire.near, getpid (), users[i], 2001 + i, &error));
      assert_received (wire.far, getpid (), users[i], 2001 + i);
    }
  g_assert_true (gsock_socket_send_credentials (wire.near, NULL, &error, NULL));
  assert_received (wire.far, getpid (), 1002, 2002);
  g_assert_false (claim (wire.near, getpid (), 1004, 2001, &error));
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  test_wire_close (&wire);
}

/* A receiver would take it for one that it cannot see. */
static void
test_process_zero (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_false (claim (wire.near, 0, getuid (), getgid (), &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_socket_send_credentials (wire.near, NULL, &error, "pid", 0, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_message_set_credentials (message, 0, 0, 0, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_wire_close (&wire);
}

static void
test_privileged (void)
{
  test_in_child (privileged, NULL, "this process may not claim to be others");
}

static void
test_plain (void)
{
  test_in_child (plain, NULL, "this process cannot become a plain user");
}

static void
test_three_users (void)
{
  test_in_child (three_users, NULL, "this process cannot be three users at a time");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/fault/20/privileged", test_privileged);
  test_add ("/fault/20/plain", test_plain);
  test_add ("/fault/20/three-users", test_three_users);
  test_add_for_kinds ("/fault/20/process-zero/", test_process_zero, test_is_local);
  return g_test_run ();
}
