/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-group.h>
#include <gsock/gsock-option-codec-private.h>
#include <gsock/gsock-socket-private.h>

G_BEGIN_DECLS

/* gsock-group-option.c: an interface by name, index, address or the name of a host that has the
 * address; NULL and "" leave it to the kernel. */
gboolean gsock_group_choose_interface (const char *operation, int fd, const char *interface, GSockInterfaceChoice *choice, GCancellable *cancellable, GError **error);

/* Does a socket send and receive by this family too? One of family IPv6 is dual stack unless it was
 * told not to be. */
gboolean gsock_group_speaks (GSockHandle *handle, int fd, int family);

/* The descriptor for the time until leave, or -1 with @error: also where the family has no groups. */
int gsock_group_enter (GSockDatagramSocket *self, const char *operation, GError **error);

G_END_DECLS
