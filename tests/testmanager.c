/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Children whose descriptors and environment are as a service manager leaves them, and the manager. */

#include "testmanager.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD 3
#define OUT_OF_THE_WAY 100

static void
arrange (const int *fds, guint n_fds)
{
  int kept[64];

  g_assert_cmpuint (n_fds, <=, G_N_ELEMENTS (kept));
  for (guint i = 0; i < n_fds; i++)
    {
      kept[i] = fcntl (fds[i], F_DUPFD, OUT_OF_THE_WAY);
      g_assert_cmpint (kept[i], >=, OUT_OF_THE_WAY);
    }
  for (int fd = FIRST_FD; fd < OUT_OF_THE_WAY; fd++)
    (void) close (fd);
  for (guint i = 0; i < n_fds; i++)
    {
      g_assert_cmpint (dup2 (kept[i], FIRST_FD + (int) i), ==, FIRST_FD + (int) i);
      close (kept[i]);
    }
}

void
test_as_service (const int *fds, guint n_fds, TestService function, gconstpointer data)
{
  int status;
  pid_t child;

  fflush (stdout);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      arrange (fds, n_fds);
      function (data);
      fflush (stderr);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
set (const char *variable, const char *value)
{
  if (value != NULL)
    g_setenv (variable, value, TRUE);
  else
    g_unsetenv (variable);
}

void
test_set_activation (const char *n_fds, const char *names)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());

  set ("LISTEN_FDS", n_fds);
  set ("LISTEN_PID", pid);
  set ("LISTEN_FDNAMES", names);
  set ("LISTEN_PIDFDID", NULL);
}

gboolean
test_has_activation (void)
{
  return g_getenv ("LISTEN_FDS") != NULL || g_getenv ("LISTEN_PID") != NULL || g_getenv ("LISTEN_FDNAMES") != NULL
         || g_getenv ("LISTEN_PIDFDID") != NULL;
}

void
test_manager_open (TestManager *self, gboolean abstract)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *folder = g_dir_make_tmp ("gsock-manager-XXXXXX", NULL);
  socklen_t length;

  g_assert_nonnull (folder);
  self->path = g_build_filename (folder, "notify", NULL);
  g_assert_cmpuint (strlen (self->path) + 1, <, sizeof address.sun_path);
  memcpy (address.sun_path + abstract, self->path, strlen (self->path));
  length = offsetof (struct sockaddr_un, sun_path) + abstract + strlen (self->path);
  self->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &address, length), ==, 0);
  if (abstract)
    {
      g_autofree char *name = g_strconcat ("@", self->path, NULL);

      g_setenv ("NOTIFY_SOCKET", name, TRUE);
    }
  else
    g_setenv ("NOTIFY_SOCKET", self->path, TRUE);
}

void
test_manager_close (TestManager *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  g_unsetenv ("NOTIFY_SOCKET");
  close (self->fd);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (self->path);
}

char *
test_manager_receive (TestManager *self, int *fds, guint room, guint *n_fds)
{
  char text[4096];
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (253 * sizeof (int))];
  } control;
  struct iovec vector = { text, sizeof text };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  gssize length = recvmsg (self->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  struct cmsghdr *rights;

  g_assert_cmpint (length, >=, 0);
  g_assert_cmpint (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC), ==, 0);
  rights = CMSG_FIRSTHDR (&message);
  *n_fds = rights != NULL ? (rights->cmsg_len - CMSG_LEN (0)) / sizeof (int) : 0;
  g_assert_cmpuint (*n_fds, <=, room);
  if (*n_fds > 0)
    memcpy (fds, CMSG_DATA (rights), *n_fds * sizeof (int));
  return g_strndup (text, length);
}
