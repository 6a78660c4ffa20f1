/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making sockets where their type takes no flags: close-on-exec follows. */

#include <gsock/sys/gsock-sys.h>

#include <fcntl.h>

int
gsock_sys_socket (int family, int type, int protocol, gboolean nonblocking)
{
  int fd = socket (family, type, protocol);

  if (fd >= 0)
    {
      (void) fcntl (fd, F_SETFD, FD_CLOEXEC);
      if (nonblocking)
        (void) fcntl (fd, F_SETFL, O_NONBLOCK);
    }
  return fd;
}

int
gsock_sys_socketpair (int family, int type, int protocol, int fds[2])
{
  int result = socketpair (family, type, protocol, fds);

  for (int i = 0; i < 2 && result == 0; i++)
    (void) fcntl (fds[i], F_SETFD, FD_CLOEXEC);
  return result;
}
