/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages in one system call. */

#include <gsock/sys/gsock-sys.h>

G_STATIC_ASSERT (sizeof (GSockSysMessage) == sizeof (struct mmsghdr));
G_STATIC_ASSERT (G_STRUCT_OFFSET (GSockSysMessage, length) == G_STRUCT_OFFSET (struct mmsghdr, msg_len));

int
gsock_sys_send_many (int fd, GSockSysMessage *messages, guint n_messages, int flags)
{
  return sendmmsg (fd, (struct mmsghdr *) messages, n_messages, flags);
}

/* The kernel itself keeps an error that came after some messages, for the next call. */
int
gsock_sys_receive_many (int fd, GSockSysMessage *messages, guint n_messages, int flags, int *later_error)
{
  *later_error = 0;
  return recvmmsg (fd, (struct mmsghdr *) messages, n_messages, flags | MSG_WAITFORONE, NULL);
}
