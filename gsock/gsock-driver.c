/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of blocking calls: steps an operation until it is done, and is the one place where such
 * a call meets signals, deadlines, cancellation and close. */

#include <gsock/gsock-driver-private.h>

#include <errno.h>

/* A poll answers POLLERR and POLLHUP unasked, and answers them again as long as they last. Where the
 * step makes nothing of them, so long is waited before the next try. */
#define IDLE_PAUSE_MS 10

/* Most have a few descriptors at a time. The first place is for the handle, to hear of its close. */
#define FEW_AWAITED 8

static int
wait_for_collected (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience)
{
  GSockAwaited few[FEW_AWAITED];
  GSockAwaited *awaited = few;
  g_autofree GSockAwaited *many = NULL;
  double delay = -1;
  guint n = operation->collect (operation, few + 1, FEW_AWAITED - 1, &delay);
  int ready;

  if (n > FEW_AWAITED - 1)
    {
      awaited = many = g_new (GSockAwaited, n + 1);
      n = operation->collect (operation, many + 1, n, &delay);
    }
  awaited[0] = (GSockAwaited){ .handle = handle, .fd = -1 };
  ready = gsock_wait_a_while (awaited, n + 1, delay, patience);
  return ready < 0 ? ready : 1;
}

/* @last is what the wait before this one answered, 0 at the first. */
static int
wait_for_operation (GSockHandle *handle, GSockOperation *operation, int fd, int last, GSockPatience *patience)
{
  if (last != 0 && gsock_patience_left (patience) == 0)
    return -GSOCK_E_TIMED_OUT;
  if (operation->collect != NULL)
    return wait_for_collected (handle, operation, patience);
  if (last != 0 && (last & operation->events) == 0)
    return gsock_pause (handle, IDLE_PAUSE_MS, patience);
  if (operation->wait != NULL)
    return operation->wait (operation, handle, fd, patience);
  return gsock_wait_one (handle, fd, operation->events, patience);
}

/* Goes on after a step that was not done; @result is what it answered. */
gssize
gsock_drive_on (GSockHandle *handle, GSockOperation *operation, int fd, int flags, gssize result, GSockPatience *patience)
{
  int last = 0;

  for (; result < 0; result = operation->step (operation, fd, flags))
    {
      if (gsock_handle_is_closed (handle))
        return -GSOCK_E_CLOSED;
      if (result == -EINTR && !gsock_is_interrupted ())
        continue;
      if (result != -EAGAIN)
        return result;
      if (flags == 0 && gsock_handle_make_blocking (handle, fd))
        continue;
      /* Somebody made the shared descriptor non-blocking, or gave it a time limit of the kernel's. */
      flags = MSG_DONTWAIT;
      last = wait_for_operation (handle, operation, fd, last, patience);
      if (last < 0)
        return last;
    }
  return result;
}

gssize
gsock_drive_without (GSockHandle *handle, GSockOperation *operation, GSockPatience *patience)
{
  gssize result;

  if (patience->cancellable != NULL && g_cancellable_is_cancelled (patience->cancellable))
    return -GSOCK_E_CANCELLED;
  result = operation->step (operation, -1, MSG_DONTWAIT);
  return result < 0 ? gsock_drive_on (handle, operation, -1, MSG_DONTWAIT, result, patience) : result;
}
