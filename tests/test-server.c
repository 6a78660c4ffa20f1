/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server: accepts all there are, no more than it may, and comes back where it could not. */

#include <gsock/gsock.h>

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "testservice.h"

static void
test_all (void)
{
  Service service = { NULL };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  clients = service_connect_many (&service, 100);
  service_run_until (&service, 100);
  g_assert_cmpuint (gsock_server_get_n_connections (service.server), ==, 100);
  gsock_socket_close (g_ptr_array_index (service.connections, 5), FALSE, NULL);
  gsock_socket_close (g_ptr_array_index (service.connections, 5), FALSE, NULL);
  g_assert_cmpuint (gsock_server_get_n_connections (service.server), ==, 99);
  g_ptr_array_remove_index (service.connections, 0);
  g_assert_cmpuint (gsock_server_get_n_connections (service.server), ==, 98);
  service_end (&service);
}

static void
test_max (void)
{
  Service service = { NULL };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  gsock_server_set_max_connections (service.server, 3);
  clients = service_connect_many (&service, 5);
  service_run_until (&service, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 3);
  gsock_socket_close (g_ptr_array_index (service.connections, 0), FALSE, NULL);
  service_run_until (&service, 4);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 4);
  g_assert_cmpuint (gsock_server_get_n_connections (service.server), ==, 3);
  gsock_server_set_max_connections (service.server, 0);
  service_run_until (&service, 5);
  service_end (&service);
}

static void
test_stop_inside (void)
{
  Service service = { .stop_inside = TRUE };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  clients = service_connect_many (&service, 3);
  service_run_until (&service, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 1);
  g_assert_false (gsock_server_is_running (service.server));
  service.stop_inside = FALSE;
  g_assert_true (gsock_server_start (service.server, G_PRIORITY_DEFAULT, NULL));
  service_run_until (&service, 3);
  service_end (&service);
}

/* How many numbers are to be had is lowered to what is taken. */
static void
test_too_many_files (void)
{
  Service service = { NULL };
  g_autoptr (GSockSocket) client = NULL;
  struct rlimit limit, none;
  guint n_turns = 0;
  gint64 end;
  int lowest;

  service_start (&service);
  client = service_connect (&service);
  while (g_main_context_iteration (NULL, FALSE) && service.connections->len == 0)
    ;
  g_assert_cmpuint (service.connections->len, ==, 1);
  g_clear_object (&client);
  client = service_connect (&service);

  lowest = dup (0);
  close (lowest);
  getrlimit (RLIMIT_NOFILE, &limit);
  none = (struct rlimit){ lowest, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  end = g_get_monotonic_time () + 200000;
  for (; g_get_monotonic_time () < end; n_turns++)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpuint (service.n_troubles, >=, 1);
  g_assert_cmpuint (service.n_troubles, <=, 4);
  g_assert_cmpint (service.code, ==, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_cmpuint (service.connections->len, ==, 1);
  g_assert_true (gsock_server_is_running (service.server));

  /* The number of the one that is closed serves for the one that waits. */
  gsock_socket_close (g_ptr_array_index (service.connections, 0), FALSE, NULL);
  service_run_until (&service, 2);
  setrlimit (RLIMIT_NOFILE, &limit);
  service_end (&service);
}

static void
test_closed (void)
{
  Service service = { NULL };
  g_autoptr (GError) error = NULL;

  service_start (&service);
  gsock_socket_close (GSOCK_SOCKET (gsock_server_get_listener (service.server)), FALSE, NULL);
  while (gsock_server_is_running (service.server))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gsock_server_start (service.server, G_PRIORITY_DEFAULT, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  service_end (&service);
}

static gpointer
close_one (gpointer socket)
{
  gsock_socket_close (socket, FALSE, NULL);
  return NULL;
}

static void
test_closed_elsewhere (void)
{
  Service service = { NULL };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  gsock_server_set_max_connections (service.server, 1);
  clients = service_connect_many (&service, 20);
  for (guint i = 0; i < 20; i++)
    {
      service_run_until (&service, i + 1);
      g_thread_join (g_thread_new ("close", close_one, g_ptr_array_index (service.connections, i)));
    }
  service_end (&service);
}

static void
test_not_listening (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, NULL);
  g_autoptr (GSockServer) server = gsock_server_new (GSOCK_PASSIVE_SOCKET (socket));
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_server_start (server, G_PRIORITY_DEFAULT, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  service_add_test ("/server/all", test_all);
  service_add_test ("/server/max", test_max);
  service_add_test ("/server/stop-inside", test_stop_inside);
  service_add_test ("/fault/5/server", test_too_many_files);
  service_add_test ("/server/closed", test_closed);
  service_add_test ("/server/closed-elsewhere", test_closed_elsewhere);
  service_add_test ("/server/not-listening", test_not_listening);
  return g_test_run ();
}
