/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages by a system call for each. */

#include <gsock/sys/gsock-sys.h>

#include <errno.h>

int
gsock_sys_send_many (int fd, GSockSysMessage *messages, guint n_messages, int flags)
{
  for (guint i = 0; i < n_messages; i++)
    {
      ssize_t n = sendmsg (fd, &messages[i].header, flags);

      if (n < 0)
        return i > 0 ? (int) i : -1;
      messages[i].length = n;
    }
  return n_messages;
}

int
gsock_sys_receive_many (int fd, GSockSysMessage *messages, guint n_messages, int flags, int *later_error)
{
  *later_error = 0;
  for (guint i = 0; i < n_messages; i++)
    {
      ssize_t n = recvmsg (fd, &messages[i].header, flags | (i > 0 ? MSG_DONTWAIT : 0));

      if (n < 0 && i == 0)
        return -1;
      if (n < 0)
        {
          *later_error = errno == EAGAIN || errno == EINTR ? 0 : errno;
          return i;
        }
      messages[i].length = n;
    }
  return n_messages;
}
