/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* An operation is a step that is tried until it is done. A step answers >= 0 when it is done,
 * -EAGAIN when `events` must come first, or -errno; @flags is MSG_DONTWAIT, or 0 where it may wait
 * inside the kernel. Neither signals nor deadlines nor cancellation are its concern. */
typedef struct _GSockOperation GSockOperation;
struct _GSockOperation
{
  gssize (*step) (GSockOperation *self, int fd, int flags);
  short events;
  /* NULL, or how to wait where polling the descriptor for `events` would not do. */
  int (*wait) (GSockOperation *self, GSockHandle *handle, int fd, GSockPatience *patience);
};

gssize gsock_drive (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience);

G_END_DECLS
