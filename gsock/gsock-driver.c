/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of blocking calls: steps an operation until it is done, and is the one place where such
 * a call meets signals, deadlines, cancellation and close. */

#include <gsock/gsock-driver-private.h>

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <sys/socket.h>

/* With nothing else to wait for the kernel may do the waiting, in one system call. */
static inline gboolean
may_wait_in_kernel (const GSockHandle *handle, const GSockOperation *operation, const GSockPatience *patience)
{
  return patience->wait && patience->timeout < 0 && patience->cancellable == NULL
         && (handle->kernel_waits & operation->events) != 0
         && handle->generation == __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE);
}

static int
wait_for_operation (GSockHandle *handle, GSockOperation *operation, int fd, GSockPatience *patience)
{
  if (operation->wait != NULL)
    return operation->wait (operation, handle, fd, patience);
  return gsock_wait_one (handle, fd, operation->events, patience);
}

static gssize
step_until_done (GSockHandle *handle, GSockOperation *operation, int fd, int flags, GSockPatience *patience)
{
  for (;;)
    {
      gssize result = operation->step (operation, fd, flags);
      int ready;

      if (G_LIKELY (result >= 0))
        return result;
      if (gsock_handle_is_closed (handle))
        return -GSOCK_E_CLOSED;
      if (result == -EINTR)
        continue;
      if (result != -EAGAIN)
        return result;
      if (flags == 0 && gsock_handle_make_blocking (handle, fd))
        continue;
      /* Somebody made the shared descriptor non-blocking, or gave it a time limit of the kernel's. */
      flags = MSG_DONTWAIT;
      ready = wait_for_operation (handle, operation, fd, patience);
      if (ready < 0)
        return ready;
    }
}

/* Answers what the step answered at last, or -GSOCK_E_CLOSED, -GSOCK_E_CANCELLED,
 * -GSOCK_E_TIMED_OUT, -EAGAIN where the caller would not wait. */
gssize
gsock_drive (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience)
{
  gboolean in_kernel = may_wait_in_kernel (handle, operation, patience);
  guint weight = in_kernel ? 1 + GSOCK_USERS_IN_KERNEL : 1;
  gssize result;
  int fd;

  if (patience->cancellable != NULL && g_cancellable_is_cancelled (patience->cancellable))
    return -GSOCK_E_CANCELLED;
  fd = gsock_handle_enter (handle, weight);
  if (G_UNLIKELY (fd < 0))
    return fd;

  result = step_until_done (handle, operation, fd, in_kernel ? 0 : MSG_DONTWAIT, patience);
  /* The shutdown that wakes a waiter looks like an end of stream, or an empty datagram. */
  if (result == 0 && in_kernel && gsock_handle_is_closed (handle))
    result = -GSOCK_E_CLOSED;
  gsock_handle_leave (handle, weight);
  return result;
}
