/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No size of a buffer is cut without a word. */

#define _GNU_SOURCE 1

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <glib/gstdio.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
check_file (const char *text, gint64 limit)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int file = g_file_open_tmp (NULL, &path, &error);

  g_assert_no_error (error);
  close (file);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_option_read_limit (path), ==, limit);
  g_unlink (path);
}

static void
test_read_limit (void)
{
  check_file ("212992\n", 212992);
  check_file ("2147483647\n", G_MAXINT / 2);
  check_file ("", -1);
  check_file ("many\n", -1);
  check_file ("-5\n", -1);
  g_assert_cmpint (gsock_option_read_limit ("/nonexistent/rmem_max"), ==, -1);
}

static void
test_check (void)
{
  const GSockOption *option = gsock_option_find ("receive-buffer");
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_option_check_limit (option, 1000, 1000, &error));
  g_assert_no_error (error);
  g_assert_false (gsock_option_check_limit (option, 1001, 1000, &error));
  test_assert_message (error, "receive-buffer: 1001 is more than the 1000");
  test_assert_message (error, "receive-buffer-force");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_option_check_limit (option, -1, 1000, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
}

static void
test_which (void)
{
  const char *limited[] = { "receive-buffer", "send-buffer", "receive-buffer-force", "send-buffer-force", NULL };
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    g_assert_cmpint (gsock_option_is_limited (&rows[i]), ==, g_strv_contains (limited, rows[i].name));
}

static int
get_size (int fd, const GSockOption *option)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = gsock_option_get_from (fd, AF_INET, SOCK_DGRAM, option, &error);

  g_assert_no_error (error);
  return g_variant_get_int32 (value);
}

/* As it is with the limit known, and as it is where nobody tells it: the largest size is reached and
 * not one more. A refusal leaves the size as it was. */
static void
check_real (int fd, const char *name, int limit)
{
  const GSockOption *option = gsock_option_find (name);
  g_autoptr (GError) error = NULL;
  int before = get_size (fd, option);

  g_assert_false (gsock_option_set_limited (fd, option, limit + 1, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (get_size (fd, option), ==, before);
  g_assert_true (gsock_option_set_limited (fd, option, limit, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_size (fd, option), ==, 2 * limit);
  g_assert_true (gsock_option_set_limited (fd, option, 8192, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_size (fd, option), ==, 16384);
}

static gboolean
read_limits (int *receive, int *send)
{
  *receive = gsock_option_read_limit ("/proc/sys/net/core/rmem_max");
  *send = gsock_option_read_limit ("/proc/sys/net/core/wmem_max");
  return *receive > 0 && *send > 0 && *receive < G_MAXINT / 2 && *send < G_MAXINT / 2;
}

static void
check_both (int receive, int send)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  check_real (fd, "receive-buffer", receive);
  check_real (fd, "send-buffer", send);
  close (fd);
}

static void
test_known (void)
{
  int receive, send;

  if (read_limits (&receive, &send))
    check_both (receive, send);
  else
    g_test_skip ("this system does not tell its limits, or has none");
}

#define CANNOT_HIDE 77

/* In a process that sees no /proc. */
static G_NORETURN void
check_hidden (int receive, int send)
{
  int flags = geteuid () == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;

  if (unshare (flags) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("none", "/proc", "tmpfs", 0, NULL) != 0)
    _exit (CANNOT_HIDE);
  g_assert_cmpint (gsock_option_read_limit ("/proc/sys/net/core/rmem_max"), ==, -1);
  check_both (receive, send);
  _exit (0);
}

static void
test_unknown (void)
{
  int receive, send, status;
  pid_t child;

  if (!read_limits (&receive, &send))
    {
      g_test_skip ("this system does not tell its limits, or has none");
      return;
    }
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    check_hidden (receive, send);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == CANNOT_HIDE)
    g_test_skip ("this user cannot have a view without /proc");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* Cutting at what the kernel itself would not exceed is told as well. */
static void
test_forced (void)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const GSockOption *option = gsock_option_find ("receive-buffer-force");
  g_autoptr (GError) error = NULL;
  int limit = gsock_option_read_limit ("/proc/sys/net/core/rmem_max");
  int size = limit > 0 && limit < G_MAXINT / 8 ? 2 * limit : 65536;

  g_assert_false (gsock_option_set_limited (fd, option, G_MAXINT, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_option_set_limited (fd, option, -1, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  if (gsock_option_set_limited (fd, option, size, &error))
    g_assert_cmpint (get_size (fd, gsock_option_find ("receive-buffer")), ==, 2 * size);
  else
    {
      test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
      g_test_skip ("only a privileged process may go beyond the limit");
    }
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-limit/read", test_read_limit);
  g_test_add_func ("/option-limit/check", test_check);
  g_test_add_func ("/option-limit/which", test_which);
  g_test_add_func ("/option-limit/known", test_known);
  g_test_add_func ("/option-limit/unknown", test_unknown);
  g_test_add_func ("/option-limit/forced", test_forced);
  return g_test_run ();
}
