/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* Every descriptor that came with a message, of whatever kind of control message: nothing that the
 * kernel has installed is overlooked. */
void gsock_control_collect_descriptors (struct msghdr *message, GArray *fds);

/* Closes a descriptor that came from elsewhere and that nobody wants. */
void gsock_control_close_descriptor (int fd);
void gsock_control_close_descriptors (const int *fds, gsize n_fds);

G_END_DECLS
