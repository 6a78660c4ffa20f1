/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-wait-private.h>

#include <sys/socket.h>

G_BEGIN_DECLS

/* An operation is a step that is tried until it is done. A step answers >= 0 when it is done,
 * -EAGAIN when `events` must come first, or -errno; @flags is MSG_DONTWAIT, or 0 where it may wait
 * inside the kernel. Neither signals nor deadlines nor cancellation are its concern. */
typedef struct _GSockOperation GSockOperation;

/* How an operation waits that shares what it waits for with others: it is over when `serial` is not
 * what it was `seen` to be, whatever the descriptor says. */
typedef struct _GSockTurn GSockTurn;
struct _GSockTurn
{
  const guint *serial;
  guint seen;
  gboolean turn; /* another one is at it, and may well leave what this one wants */
};

typedef gssize (*GSockStep) (GSockOperation *self, int fd, int flags);
typedef guint (*GSockCollect) (GSockOperation *self, GSockAwaited *awaited, guint room, double *delay);
struct _GSockOperation
{
  GSockStep step;
  short events;
  /* NULL, or how to wait where polling the descriptor for `events` would not do. */
  int (*wait) (GSockOperation *self, GSockHandle *handle, int fd, GSockPatience *patience);
  /* NULL, or what to wait for where it is more than one descriptor: @awaited has @room for them and
   * @delay is at most how long, in seconds, negative for as long as it takes. Answers how many there
   * are, which may be more than there was room for; their handles are NULL. */
  GSockCollect collect;
  /* Asynchronous: the first try would find nothing, as far as one can know. */
  gboolean later;
  const GSockTurn *turn; /* NULL: it shares nothing */
};

/* For hot calls, with nothing left for the compiler to clear: it would do so by an instruction that takes
 * longer than all these stores. */
#define GSOCK_OPERATION_INIT(step_, events_) \
  { .step = (step_), .events = (events_), .wait = NULL, .collect = NULL, .later = FALSE, .turn = NULL }

GSOCK_SELDOM gssize gsock_drive_on (GSockHandle *handle, GSockOperation *operation, int fd, int flags, gssize result, GSockPatience *patience);

/* For a handle that has no descriptor yet: the operation has its own. */
gssize gsock_drive_without (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience);

/* With nothing else to wait for the kernel may do the waiting, in one system call. (There is no
 * branch in this: each condition holds nearly always.) */
static inline gboolean
gsock_may_wait_in_kernel (const GSockHandle *handle, const GSockOperation *operation, const GSockPatience *patience)
{
  return (patience->wait != FALSE) & (patience->timeout < 0) & (patience->cancellable == NULL)
         & ((handle->kernel_waits & operation->events) != 0)
         & (handle->generation == __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE));
}

/* Answers what the step answered at last, or -GSOCK_E_CLOSED, -GSOCK_E_CANCELLED,
 * -GSOCK_E_TIMED_OUT, -EAGAIN where the caller would not wait.
 *
 * The first try is all that most calls need. It is here, for the compiler to make one function of the
 * operator, this and the step: a processor that a system call has left without its record of return
 * addresses stumbles over each function that returns after it. */
static G_ALWAYS_INLINE inline gssize
gsock_drive (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience)
{
  GSockStep step = operation->step; /* which the compiler knows as yet */
  gboolean in_kernel = gsock_may_wait_in_kernel (handle, operation, patience);
  guint weight = in_kernel ? 1 + GSOCK_USERS_IN_KERNEL : 1;
  int flags = in_kernel ? 0 : MSG_DONTWAIT;
  gboolean closed;
  gssize result;
  int fd;

  if (patience->cancellable != NULL && g_cancellable_is_cancelled (patience->cancellable))
    return -GSOCK_E_CANCELLED;
  fd = gsock_handle_enter (handle, weight);
  if (G_UNLIKELY (fd < 0))
    return fd;

  result = step (operation, fd, flags);
  if (G_UNLIKELY (result < 0))
    result = gsock_drive_on (handle, operation, fd, flags, result, patience);
  closed = gsock_handle_leave (handle, weight);
  /* The shutdown that wakes a waiter looks like an end of stream, or an empty datagram. */
  return G_UNLIKELY (closed) && in_kernel && result == 0 ? -GSOCK_E_CLOSED : result;
}

G_END_DECLS
