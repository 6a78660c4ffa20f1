/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for asynchronous calls. */

#include "testasync.h"

void
test_keep_result (GObject *source, GAsyncResult *result, gpointer kept)
{
  GAsyncResult **at = kept;

  g_assert_null (*at);
  *at = g_object_ref (result);
}

void
test_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}
