/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Polling to the millisecond, by poll. */

#include <gsock/sys/gsock-sys.h>

int
gsock_sys_poll (struct pollfd *fds, guint n_fds, gint64 timeout_us)
{
  gint64 timeout_ms = timeout_us < 0 ? -1 : MIN ((timeout_us + 999) / 1000, G_MAXINT);

  return poll (fds, n_fds, (int) timeout_ms);
}
