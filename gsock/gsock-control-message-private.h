/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-fd-passing.h>

#include <sys/socket.h>

G_BEGIN_DECLS

/* For as many descriptors as a message carries, whatever the caller wants, and for credentials, a
 * pidfd, a security label and a timestamp. The kernel closes what it finds no room for, within the
 * call: for a socket that lingers, and whose sender is no friend, that can take very long. */
typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (GSOCK_FILE_DESCRIPTORS_MAX * sizeof (int)) + 512];
} GSockControlRoom;

/* Appends the descriptors that were sent with a message. One that the kernel has added to them, a
 * pidfd, is closed: nothing that it has installed is overlooked. */
void gsock_control_collect_descriptors (struct msghdr *message, GArray *fds);

/* The same into an array for GSOCK_FILE_DESCRIPTORS_MAX of them, in which there are @n_fds already. How
 * many there are; those above the maximum are closed. */
gsize gsock_control_copy_descriptors (struct msghdr *message, int *fds, gsize n_fds);

/* Closes all that came with a message. */
void gsock_control_close_all (struct msghdr *message);

/* Closes a descriptor that came from elsewhere and that nobody wants. */
void gsock_control_close_descriptor (int fd);
void gsock_control_close_descriptors (const int *fds, gsize n_fds);

G_END_DECLS
