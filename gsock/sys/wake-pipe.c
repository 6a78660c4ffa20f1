/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waking a thread that polls, by a pipe. */

#include <gsock/sys/gsock-sys.h>

#include <fcntl.h>
#include <unistd.h>

int
gsock_sys_wake_open (int fds[2])
{
  if (pipe (fds) < 0)
    return -1;
  for (int i = 0; i < 2; i++)
    {
      (void) fcntl (fds[i], F_SETFD, FD_CLOEXEC);
      (void) fcntl (fds[i], F_SETFL, O_NONBLOCK);
    }
  return fds[0];
}

void
gsock_sys_wake_close (int fds[2])
{
  (void) close (fds[0]);
  (void) close (fds[1]);
}

void
gsock_sys_wake_signal (int fd)
{
  (void) !write (fd, "", 1);
}

void
gsock_sys_wake_drain (int fd)
{
  char bytes[64];

  while (read (fd, bytes, sizeof bytes) == sizeof bytes)
    ;
}
