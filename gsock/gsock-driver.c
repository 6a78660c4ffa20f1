/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of blocking calls: steps an operation until it is done, and is the one place where such
 * a call meets signals, deadlines, cancellation and close. */

#include <gsock/gsock-driver-private.h>

#include <errno.h>

/* A poll answers POLLERR and POLLHUP unasked, and answers them again as long as they last. Where the
 * step makes nothing of them, so long is waited before the next try. */
#define IDLE_PAUSE_MS 10

/* @last is what the wait before this one answered, 0 at the first. */
static int
wait_for_operation (GSockHandle *handle, GSockOperation *operation, int fd, int last, GSockPatience *patience)
{
  if (last != 0 && gsock_patience_left (patience) == 0)
    return -GSOCK_E_TIMED_OUT;
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
      if (result == -EINTR)
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
