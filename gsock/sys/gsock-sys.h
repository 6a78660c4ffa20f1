/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The seams between systems: each function has one file per way of doing it, and the build picks. */
#pragma once

#include <glib.h>
#include <poll.h>
#include <sys/socket.h>

/* Where there is no such event, only the end of both directions is told. */
#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

G_BEGIN_DECLS

/* wake-eventfd.c, wake-pipe.c: a descriptor to poll and one to write to. */
int gsock_sys_wake_open (int fds[2]);
void gsock_sys_wake_close (int fds[2]);
void gsock_sys_wake_signal (int fd);
void gsock_sys_wake_drain (int fd);

/* poll-ppoll.c, poll-poll.c: @timeout_us below 0 waits for ever. */
int gsock_sys_poll (struct pollfd *fds, guint n_fds, gint64 timeout_us);

/* accept-accept4.c, accept-fcntl.c: the new descriptor is close-on-exec, and blocking. */
int gsock_sys_accept (int fd, struct sockaddr *address, socklen_t *length);

/* socket-flags.c, socket-fcntl.c: close-on-exec from birth. */
int gsock_sys_socket (int family, int type, int protocol, gboolean nonblocking);
int gsock_sys_socketpair (int family, int type, int protocol, int fds[2]);

/* mmsg-native.c, mmsg-loop.c: what sendmmsg and recvmmsg answer. Only the first message to
 * receive is waited for; @later_error is 0, or what came after some messages and is told to nobody else. */
typedef struct
{
  struct msghdr header;
  guint length; /* of what was sent or received */
} GSockSysMessage;

int gsock_sys_send_many (int fd, GSockSysMessage *messages, guint n_messages, int flags);
int gsock_sys_receive_many (int fd, GSockSysMessage *messages, guint n_messages, int flags, int *later_error);

/* pidfd-linux.c, pidfd-none.c: FALSE where the system numbers no pidfds. */
gboolean gsock_sys_pidfd_id (pid_t pid, guint64 *id);

/* readiness-epoll.c, readiness-none.c: a set of descriptors, itself a descriptor that is readable when
 * one of them is ready. Events are those of poll; the tag comes back with them. watch is for what may
 * be in the set already. */
#define GSOCK_SYS_READY_MAX 128

typedef struct
{
  guint64 tag;
  guint events;
} GSockSysReady;

int gsock_sys_readiness_open (void);
int gsock_sys_readiness_add (int set, int fd, guint events, guint64 tag);
int gsock_sys_readiness_watch (int set, int fd, guint events, guint64 tag);
void gsock_sys_readiness_forget (int set, int fd);
guint gsock_sys_readiness_fetch (int set, GSockSysReady *ready, guint room);

G_END_DECLS
