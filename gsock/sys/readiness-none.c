/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where there are no sets of descriptors every one is a descriptor of its own in the main context. */

#include <gsock/sys/gsock-sys.h>

#include <errno.h>

int
gsock_sys_readiness_open (void)
{
  return -ENOSYS;
}

int
gsock_sys_readiness_watch (int set, int fd, guint events, guint64 tag)
{
  return -ENOSYS;
}

int
gsock_sys_readiness_add (int set, int fd, guint events, guint64 tag)
{
  return -ENOSYS;
}

void
gsock_sys_readiness_forget (int set, int fd)
{
}

guint
gsock_sys_readiness_fetch (int set, GSockSysReady *ready, guint room)
{
  return 0;
}
