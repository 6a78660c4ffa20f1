/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of blocking calls: steps an operation until it is done, and is the one place where such
 * a call meets signals, deadlines, cancellation and close. */

#include <gsock/gsock-driver-private.h>

#include <errno.h>

#define IDLE_PAUSE_MS 10

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
  while (result < 0)
    {
      if (gsock_handle_is_closed (handle))
        return -GSOCK_E_CLOSED;
      if (result != -EINTR && result != -EAGAIN)
        return result;
      if (result == -EAGAIN)
        {
          int ready = wait_for_operation (handle, operation, fd, patience);

          if (ready < 0)
            return ready;
          /* Somebody made the shared descriptor non-blocking, or gave it a time limit of the kernel's. */
          flags = MSG_DONTWAIT;
        }
      result = operation->step (operation, fd, flags);
    }
  return result;
}
