/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests share. */

#include "testlib.h"

guint
test_count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count - 1; /* the directory's own */
}

gboolean
test_is_long (void)
{
  return g_strcmp0 (g_getenv ("GSOCK_TEST_LONG"), "1") == 0;
}
