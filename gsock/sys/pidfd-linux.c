/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The number of a process that is never used again: that of its pidfd, in the file system of pidfds. */

#include <gsock/sys/gsock-sys.h>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Of <linux/magic.h>, since Linux 6.9; before, all pidfds shared one inode. */
#define MAGIC_OF_PIDFS 0x50494446

gboolean
gsock_sys_pidfd_id (pid_t pid, guint64 *id)
{
  int fd = (int) syscall (SYS_pidfd_open, pid, 0);
  struct statfs system;
  struct stat status;
  gboolean found;

  if (fd < 0)
    return FALSE;
  found = fstatfs (fd, &system) == 0 && system.f_type == MAGIC_OF_PIDFS && fstat (fd, &status) == 0;
  if (found)
    *id = status.st_ino;
  (void) close (fd);
  return found;
}
