/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An /etc and a network of its own for a test of what reads the system's configuration. */

#include "testetc.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean is_own;

/* The files of /proc want to be written in one go, and in place. */
static gboolean
write_in_place (const char *path, const char *text)
{
  gssize length = (gssize) strlen (text);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean done = fd >= 0 && write (fd, text, length) == length;

  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
become_root (guint uid, guint gid)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1\n", uid);
  g_autofree char *groups = g_strdup_printf ("0 %u 1\n", gid);

  return write_in_place ("/proc/self/uid_map", users)
         && write_in_place ("/proc/self/setgroups", "deny")
         && write_in_place ("/proc/self/gid_map", groups);
}

/* Who is not allowed to leave them at once may do so as root of a namespace of users. */
static gboolean
leave_namespaces (void)
{
  guint uid = getuid ();
  guint gid = getgid ();

  return unshare (CLONE_NEWNS | CLONE_NEWNET) == 0
         || (unshare (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 && become_root (uid, gid));
}

static gboolean
hide_etc (void)
{
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("tmpfs", "/etc", "tmpfs", 0, NULL) == 0;
}

static gboolean
start_loopback (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean done = fd >= 0 && ioctl (fd, SIOCSIFFLAGS, &request) == 0;

  if (fd >= 0)
    close (fd);
  return done;
}

gboolean
test_etc_enter (void)
{
  static gboolean is_tried;

  if (is_tried)
    return is_own;
  is_tried = TRUE;
  /* Once it has left, it needs a network even where it cannot hide anything, as below a root of its own. */
  is_own = leave_namespaces () && start_loopback () && hide_etc ();
  return is_own;
}

gboolean
test_etc_is_own (void)
{
  if (!is_own)
    g_test_skip ("no namespace of its own is allowed here");
  return is_own;
}

void
test_etc_write (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename ("/etc", name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (is_own);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
test_etc_remove (const char *name)
{
  g_autofree char *path = g_build_filename ("/etc", name, NULL);

  g_assert_true (is_own);
  g_assert_cmpint (g_unlink (path), ==, 0);
}
