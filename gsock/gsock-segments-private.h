/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-handle-private.h>

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* More than any datagram has, joined ones among them. */
#define GSOCK_JOINED_MAX 65536

/* Room for the control messages of a datagram. */
#define GSOCK_JOINED_CONTROL 1024

/* A datagram that came joined of several, or not, and of which something is left. */
typedef struct _GSockJoined GSockJoined;
struct _GSockJoined
{
  GSockJoined *next;
  GSockAddress sender; /* as the kernel has it */
  int flags;
  gsize length, at;
  gsize segment;       /* bytes of each but the last */
  gsize control_length;
  guint64 control[GSOCK_JOINED_CONTROL / sizeof (guint64)];
  guint8 data[];
};

/* Whether large sends that the kernel cuts up are possible. */
typedef enum
{
  GSOCK_CUTTING_UNKNOWN,
  GSOCK_CUTTING_OFF,
  GSOCK_CUTTING_ON,
  GSOCK_CUTTING_PROVEN,
} GSockCutting;

/* What a socket has from its first send-many or receive-many on. */
struct _GSockSegments
{
  pthread_mutex_t lock;      /* guards the list */
  GSockJoined *first, *last;
  GSockJoined *spare;        /* with room for GSOCK_JOINED_MAX */
  guint held;                /* atomic: how many are in the list */
  int late_error;            /* atomic: came after datagrams that were given to the caller */
  gboolean asked;            /* atomic: whether the kernel was asked to join datagrams */
  gboolean joins;            /* atomic: it does, and only gsock knows of it */
  gboolean came_joined;      /* the last time: a guess at the next time */
  GSockCutting cutting;
  guint32 longest_cut;       /* longer ones the path has refused */
};

/* What of the kernel's help may be asked for: all of it, but for tests. */
typedef enum
{
  GSOCK_HELP_CUTTING = 1 << 0,
  GSOCK_HELP_JOINING = 1 << 1,
} GSockKernelHelp;

extern guint gsock_kernel_help;

GSockSegments *gsock_segments_make (GSockHandle *handle);
void gsock_segments_free (GSockSegments *self);
void gsock_segments_forget_parent (GSockSegments *self);

GSOCK_SELDOM void gsock_segments_ask_to_join (GSockHandle *handle, int fd);
gboolean gsock_segments_part (GSockHandle *handle, int fd);
void gsock_segments_hold (GSockHandle *handle, const GSockJoined *like, const guint8 *data, gsize length);
GSockJoined *gsock_segments_take (GSockSegments *self);
void gsock_segments_give_back (GSockHandle *handle, GSockJoined *joined);
void gsock_segments_hold_error (GSockHandle *handle, int error_number);
gsize gsock_segments_size_of (const struct msghdr *header);
gssize gsock_segments_recvmsg (GSockHandle *handle, int fd, struct msghdr *header, int flags);

static inline GSockSegments *
gsock_segments_get (GSockHandle *handle)
{
  GSockSegments *self = __atomic_load_n (&handle->segments, __ATOMIC_ACQUIRE);

  return G_LIKELY (self != NULL) ? self : gsock_segments_make (handle);
}

static inline gboolean
gsock_handle_is_udp (const GSockHandle *handle)
{
  return handle->type == SOCK_DGRAM && handle->ops->internet && (handle->protocol == 0 || handle->protocol == IPPROTO_UDP);
}

/* Whether datagrams may come joined; the caller is in. The first time the kernel is asked to join them. */
static inline gboolean
gsock_segments_may_join (GSockHandle *handle, int fd)
{
  if (!gsock_handle_is_udp (handle))
    return FALSE;
  if (G_UNLIKELY (!__atomic_load_n (&handle->segments->asked, __ATOMIC_ACQUIRE)))
    gsock_segments_ask_to_join (handle, fd);
  return TRUE;
}

/* -errno, once; or 0. */
static inline int
gsock_segments_take_error (GSockSegments *self)
{
  return G_UNLIKELY (__atomic_load_n (&self->late_error, __ATOMIC_ACQUIRE) != 0) ? -__atomic_exchange_n (&self->late_error, 0, __ATOMIC_ACQ_REL) : 0;
}

/* Is there something to receive of which the kernel knows nothing? */
static inline gboolean
gsock_segments_are_held (const GSockSegments *self)
{
  return __atomic_load_n (&self->held, __ATOMIC_ACQUIRE) != 0 || __atomic_load_n (&self->late_error, __ATOMIC_ACQUIRE) != 0;
}

static inline gboolean
gsock_handle_holds_segments (const GSockHandle *handle)
{
  GSockSegments *segments = __atomic_load_n (&handle->segments, __ATOMIC_ACQUIRE);

  return G_UNLIKELY (segments != NULL) && gsock_segments_are_held (segments);
}

/* What gsock holds is input as much as what the kernel has: whoever waits for that asks here first. */
static inline gboolean
gsock_handle_holds_input (const GSockHandle *handle)
{
  return (__atomic_load_n (&handle->buffered, __ATOMIC_SEQ_CST) & GSOCK_BUFFERED_INPUT) != 0 || gsock_handle_holds_segments (handle);
}

/* Must single datagrams be received by gsock_segments_recvmsg? To be asked by who has entered: none
 * comes joined before those who were in first have left. */
static inline gboolean
gsock_handle_has_segments (const GSockHandle *handle)
{
  GSockSegments *segments = __atomic_load_n (&handle->segments, __ATOMIC_ACQUIRE);

  return G_UNLIKELY (segments != NULL) && (__atomic_load_n (&segments->joins, __ATOMIC_ACQUIRE) || gsock_segments_are_held (segments));
}

/* recvmsg, which answers -errno; the caller is in. */
static inline gssize
gsock_handle_recvmsg (GSockHandle *handle, int fd, struct msghdr *header, int flags)
{
  gssize n;

  if (gsock_handle_has_segments (handle) && (flags & (MSG_ERRQUEUE | MSG_OOB)) == 0)
    return gsock_segments_recvmsg (handle, fd, header, flags);
  n = recvmsg (fd, header, flags);
  return n < 0 ? -errno : n;
}

G_END_DECLS
