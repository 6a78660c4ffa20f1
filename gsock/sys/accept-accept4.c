/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accepting close-on-exec in one call, by accept4. */

#include <gsock/sys/gsock-sys.h>

int
gsock_sys_accept (int fd, struct sockaddr *address, socklen_t *length)
{
  return accept4 (fd, address, length, SOCK_CLOEXEC);
}
