/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of descriptors of which the ready ones are told at a cost that the idle ones do not add to: epoll. */

#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

G_STATIC_ASSERT (EPOLLIN == POLLIN && EPOLLPRI == POLLPRI && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP);

int
gsock_sys_readiness_open (void)
{
  int set = epoll_create1 (EPOLL_CLOEXEC);

  return set < 0 ? -errno : set;
}

int
gsock_sys_readiness_watch (int set, int fd, guint events, guint64 tag)
{
  struct epoll_event event = { .events = events, .data.u64 = tag };

  return epoll_ctl (set, EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : -errno;
}

/* EEXIST: the number was closed behind the set's back, and is now the same file's again. */

int
gsock_sys_readiness_add (int set, int fd, guint events, guint64 tag)
{
  struct epoll_event event = { .events = events, .data.u64 = tag };

  if (epoll_ctl (set, EPOLL_CTL_ADD, fd, &event) == 0)
    return 0;
  return errno == EEXIST ? gsock_sys_readiness_watch (set, fd, events, tag) : -errno;
}

void
gsock_sys_readiness_forget (int set, int fd)
{
  struct epoll_event unused = { .events = 0 };

  (void) epoll_ctl (set, EPOLL_CTL_DEL, fd, &unused);
}

guint
gsock_sys_readiness_fetch (int set, GSockSysReady *ready, guint room)
{
  struct epoll_event events[GSOCK_SYS_READY_MAX];
  int n = epoll_wait (set, events, (int) MIN (room, GSOCK_SYS_READY_MAX), 0);

  for (int i = 0; i < n; i++)
    ready[i] = (GSockSysReady){ .tag = events[i].data.u64, .events = events[i].events };
  return n > 0 ? (guint) n : 0;
}
