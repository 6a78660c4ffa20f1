/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accepting where there is no accept4: close-on-exec follows, and an inherited O_NONBLOCK goes. */

#include <gsock/sys/gsock-sys.h>

#include <fcntl.h>

int
gsock_sys_accept (int fd, struct sockaddr *address, socklen_t *length)
{
  int accepted = accept (fd, address, length);

  if (accepted >= 0)
    {
      (void) fcntl (accepted, F_SETFD, FD_CLOEXEC);
      (void) fcntl (accepted, F_SETFL, fcntl (accepted, F_GETFL) & ~O_NONBLOCK);
    }
  return accepted;
}
