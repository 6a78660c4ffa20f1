/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a server: who is there is waited for, as long as was said. */

#include <gsock/gsock.h>

#include "testservice.h"

static gboolean
drain (GSockServer *server, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_server_drain_async (server, timeout, cancellable, test_keep_result, &result);
  test_await (&result);
  return gsock_server_drain_finish (server, result, error);
}

static gboolean
cancel_later (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_drain (void)
{
  Service service = { NULL };
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  service_start (&service);
  clients = service_connect_many (&service, 100);
  g_assert_false (drain (service.server, 0.01, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpuint (service.connections->len, ==, 100);
  g_assert_false (gsock_server_is_running (service.server));
  g_timeout_add (1, cancel_later, cancellable);
  g_assert_false (drain (service.server, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  gsock_server_drain_async (service.server, 100, NULL, test_keep_result, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  g_ptr_array_set_size (service.connections, 0);
  test_await (&result);
  g_assert_true (gsock_server_drain_finish (service.server, result, NULL));
  g_assert_true (drain (service.server, 0, NULL, NULL));
  g_clear_object (&result);
  service_end (&service);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  service_add_test ("/server-drain/all", test_drain);
  return g_test_run ();
}
