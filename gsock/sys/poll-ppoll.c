/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Polling to the microsecond, by ppoll. */

#include <gsock/sys/gsock-sys.h>

#include <time.h>

int
gsock_sys_poll (struct pollfd *fds, guint n_fds, gint64 timeout_us)
{
  struct timespec time = { .tv_sec = timeout_us / G_USEC_PER_SEC, .tv_nsec = timeout_us % G_USEC_PER_SEC * 1000 };

  return ppoll (fds, n_fds, timeout_us < 0 ? NULL : &time, NULL);
}
