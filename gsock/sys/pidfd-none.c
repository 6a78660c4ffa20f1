/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No system call for pidfds. */

#include <gsock/sys/gsock-sys.h>

gboolean
gsock_sys_pidfd_id (pid_t pid, guint64 *id)
{
  return FALSE;
}
