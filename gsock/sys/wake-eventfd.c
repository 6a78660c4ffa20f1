/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waking a thread that polls, by eventfd. */

#include <gsock/sys/gsock-sys.h>

#include <sys/eventfd.h>
#include <unistd.h>

int
gsock_sys_wake_open (int fds[2])
{
  fds[0] = fds[1] = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fds[0];
}

void
gsock_sys_wake_close (int fds[2])
{
  (void) close (fds[0]);
}

void
gsock_sys_wake_signal (int fd)
{
  (void) !eventfd_write (fd, 1);
}

void
gsock_sys_wake_drain (int fd)
{
  eventfd_t count;

  (void) !eventfd_read (fd, &count);
}
