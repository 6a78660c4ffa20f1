/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making sockets close-on-exec from birth, by the flags of their type. */

#include <gsock/sys/gsock-sys.h>

int
gsock_sys_socket (int family, int type, int protocol, gboolean nonblocking)
{
  return socket (family, type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), protocol);
}

int
gsock_sys_socketpair (int family, int type, int protocol, int fds[2])
{
  return socketpair (family, type | SOCK_CLOEXEC, protocol, fds);
}
