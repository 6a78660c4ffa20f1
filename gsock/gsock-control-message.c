/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking control messages, and getting rid of the descriptors in them. */

#include <gsock/gsock-control-message-private.h>

#include <gsock/sys/gsock-sys-constants.h>

#include <string.h>
#include <unistd.h>

/* The length in the header counts, not what was asked for: on a 64-bit system the padding of a
 * buffer for one descriptor holds a second. */
static void
collect (const struct cmsghdr *control, GArray *fds)
{
  gsize n_fds = (control->cmsg_len - CMSG_LEN (0)) / sizeof (int);

  g_array_append_vals (fds, CMSG_DATA (control), n_fds);
}

/* It may be -1, for a process that has gone. */
static void
close_pidfd (const struct cmsghdr *control)
{
  int fd;

  memcpy (&fd, CMSG_DATA (control), sizeof fd);
  if (fd >= 0)
    (void) close (fd);
}

void
gsock_control_collect_descriptors (struct msghdr *message, GArray *fds)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (message); control != NULL; control = CMSG_NXTHDR (message, control))
    {
      if (control->cmsg_level != SOL_SOCKET)
        continue;
      if (control->cmsg_type == SCM_RIGHTS)
        collect (control, fds);
      else if (control->cmsg_type == GSOCK_SYS_SCM_PIDFD)
        close_pidfd (control);
    }
}

static gsize
copy (const struct cmsghdr *control, int *fds, gsize n_fds)
{
  gsize n = (control->cmsg_len - CMSG_LEN (0)) / sizeof (int), fits = MIN (n, GSOCK_FILE_DESCRIPTORS_MAX - MIN (n_fds, GSOCK_FILE_DESCRIPTORS_MAX));
  int surplus;

  memcpy (fds + MIN (n_fds, GSOCK_FILE_DESCRIPTORS_MAX), CMSG_DATA (control), fits * sizeof (int));
  for (gsize i = fits; i < n; i++)
    {
      memcpy (&surplus, CMSG_DATA (control) + i * sizeof (int), sizeof surplus);
      gsock_control_close_descriptor (surplus);
    }
  return n_fds + n;
}

gsize
gsock_control_copy_descriptors (struct msghdr *message, int *fds, gsize n_fds)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (message); control != NULL; control = CMSG_NXTHDR (message, control))
    {
      if (control->cmsg_level != SOL_SOCKET)
        continue;
      if (control->cmsg_type == SCM_RIGHTS)
        n_fds = copy (control, fds, n_fds);
      else if (control->cmsg_type == GSOCK_SYS_SCM_PIDFD)
        close_pidfd (control);
    }
  return n_fds;
}

static gpointer
close_in_thread (gpointer fd)
{
  (void) close (GPOINTER_TO_INT (fd));
  return NULL;
}

/* Closing the last copy of a socket that lingers waits for its peer. Whoever sent it may have set it
 * so; the receiver, who did not want it, is not to wait. */
void
gsock_control_close_descriptor (int fd)
{
  struct linger linger = { 0, 0 };
  socklen_t length = sizeof linger;
  GThread *thread = NULL;

  if (getsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 && linger.l_onoff && linger.l_linger > 0)
    thread = g_thread_try_new ("gsock-close", close_in_thread, GINT_TO_POINTER (fd), NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    (void) close (fd);
}

void
gsock_control_close_descriptors (const int *fds, gsize n_fds)
{
  for (gsize i = 0; i < n_fds; i++)
    gsock_control_close_descriptor (fds[i]);
}

void
gsock_control_close_all (struct msghdr *message)
{
  GArray *fds;

  if (G_LIKELY (CMSG_FIRSTHDR (message) == NULL))
    return;
  fds = g_array_new (FALSE, FALSE, sizeof (int));
  gsock_control_collect_descriptors (message, fds);
  gsock_control_close_descriptors ((const int *) (gpointer) fds->data, fds->len);
  g_array_unref (fds);
}
