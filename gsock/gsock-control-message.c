/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking control messages, and getting rid of the descriptors in them. */

#include <gsock/gsock-control-message-private.h>

#include <gsock/sys/gsock-sys-constants.h>

#include <string.h>
#include <unistd.h>

static gboolean
carries_descriptors (const struct cmsghdr *control)
{
  return control->cmsg_level == SOL_SOCKET && (control->cmsg_type == SCM_RIGHTS || control->cmsg_type == GSOCK_SYS_SCM_PIDFD);
}

/* The length in the header counts, not what was asked for: on a 64-bit system the padding of a
 * buffer for one descriptor holds a second. A pidfd may be -1, for a process that has gone. */
static void
collect (const struct cmsghdr *control, GArray *fds)
{
  gsize n_fds = (control->cmsg_len - CMSG_LEN (0)) / sizeof (int);

  for (gsize i = 0; i < n_fds; i++)
    {
      int fd;

      memcpy (&fd, CMSG_DATA (control) + i * sizeof fd, sizeof fd);
      if (fd >= 0)
        g_array_append_val (fds, fd);
    }
}

void
gsock_control_collect_descriptors (struct msghdr *message, GArray *fds)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (message); control != NULL; control = CMSG_NXTHDR (message, control))
    if (carries_descriptors (control))
      collect (control, fds);
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
