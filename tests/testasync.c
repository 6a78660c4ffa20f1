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

static gboolean
count_and_end (GObject *pollable, gpointer count)
{
  (*(guint *) count)++;
  return G_SOURCE_REMOVE;
}

GSource *
test_attach_source (GSource *source, guint *count)
{
  g_source_set_callback (source, G_SOURCE_FUNC (count_and_end), count, NULL);
  g_source_attach (source, NULL);
  return source;
}

void
test_await_source (GSource *source, guint *count)
{
  while (*count == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (*count, ==, 1);
  g_assert_true (g_source_is_destroyed (source));
  g_source_unref (source);
  *count = 0;
}

void
test_warm_up (void)
{
  g_autoptr (GSockSocket) a = NULL;
  g_autoptr (GSockSocket) b = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  gsock_socket_receive_from_async (a, 1, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (gsock_socket_send_to (b, "x", 1, NULL, NULL, NULL), ==, 1);
  test_await (&result);
  bytes = gsock_socket_receive_from_finish (a, result, NULL, NULL, NULL, NULL);
  g_assert_nonnull (bytes);
  g_type_ensure (G_TYPE_TASK);
}
