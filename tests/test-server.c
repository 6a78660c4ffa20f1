/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server: accepts all there are, no more than it may, and comes back where it could not. */

#include <gsock/gsock.h>

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "testasync.h"

typedef struct
{
  GSockServer *server;
  GPtrArray *connections;
  guint n_troubles;
  int code;
  gboolean stop_inside;
} Service;

static void
on_connection (GSockServer *server, GSockActiveSocket *connection, gpointer data)
{
  Service *self = data;

  g_ptr_array_add (self->connections, g_object_ref (connection));
  if (self->stop_inside)
    gsock_server_stop (server);
}

static void
on_trouble (GSockServer *server, GSockError code, const char *message, gpointer data)
{
  Service *self = data;

  self->n_troubles++;
  self->code = code;
  g_assert_cmpstr (message, !=, "");
}

static void
service_start (Service *self)
{
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  g_autoptr (GError) error = NULL;

  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = gsock_server_new (GSOCK_PASSIVE_SOCKET (listener));
  gsock_server_set_handler (self->server, on_connection, self, NULL);
  g_signal_connect (self->server, "trouble", G_CALLBACK (on_trouble), self);
  g_assert_true (gsock_server_start (self->server, G_PRIORITY_DEFAULT, &error));
  g_assert_no_error (error);
}

static void
service_end (Service *self)
{
  g_ptr_array_unref (self->connections);
  while (gsock_server_get_n_connections (self->server) > 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (self->server);
}

static GSockSocket *
connect_to (Service *self)
{
  GSockSocket *listener = GSOCK_SOCKET (gsock_server_get_listener (self->server));
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);

  g_assert_no_error (error);
  return socket;
}

static GPtrArray *
connect_many (Service *self, guint n)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (clients, connect_to (self));
  return clients;
}

static void
run_until (Service *self, guint n)
{
  while (self->connections->len < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_all (void)
{
  Service service = { NULL };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  clients = connect_many (&service, 100);
  run_until (&service, 100);
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
  clients = connect_many (&service, 5);
  run_until (&service, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 3);
  gsock_socket_close (g_ptr_array_index (service.connections, 0), FALSE, NULL);
  run_until (&service, 4);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 4);
  g_assert_cmpuint (gsock_server_get_n_connections (service.server), ==, 3);
  gsock_server_set_max_connections (service.server, 0);
  run_until (&service, 5);
  service_end (&service);
}

static void
test_stop_inside (void)
{
  Service service = { .stop_inside = TRUE };
  g_autoptr (GPtrArray) clients = NULL;

  service_start (&service);
  clients = connect_many (&service, 3);
  run_until (&service, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (service.connections->len, ==, 1);
  g_assert_false (gsock_server_is_running (service.server));
  service.stop_inside = FALSE;
  g_assert_true (gsock_server_start (service.server, G_PRIORITY_DEFAULT, NULL));
  run_until (&service, 3);
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
  client = connect_to (&service);
  while (g_main_context_iteration (NULL, FALSE) && service.connections->len == 0)
    ;
  g_assert_cmpuint (service.connections->len, ==, 1);
  g_clear_object (&client);
  client = connect_to (&service);

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
  run_until (&service, 2);
  setrlimit (RLIMIT_NOFILE, &limit);
  service_end (&service);
}

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
  clients = connect_many (&service, 100);
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
  clients = connect_many (&service, 20);
  for (guint i = 0; i < 20; i++)
    {
      run_until (&service, i + 1);
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

static void
test_keeping (gconstpointer data)
{
  void (*function) (void) = (void (*) (void)) data;

  g_autoptr (GSockSocket) a = NULL, b = NULL;

  /* What GLib and a thread that waits open once and keep. */
  g_main_context_iteration (NULL, FALSE);
  g_type_ensure (G_TYPE_TASK);
  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  g_assert_cmpint (gsock_socket_wait_for (a, G_IO_IN, 0.001, NULL, NULL), ==, 0);
  test_keeps_descriptors (function ());
}

static void
add (const char *path, void (*function) (void))
{
  g_test_add_data_func (path, (gconstpointer) function, test_keeping);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/server/all", test_all);
  add ("/server/max", test_max);
  add ("/server/stop-inside", test_stop_inside);
  add ("/fault/5/server", test_too_many_files);
  add ("/server/drain", test_drain);
  add ("/server/closed", test_closed);
  add ("/server/closed-elsewhere", test_closed_elsewhere);
  add ("/server/not-listening", test_not_listening);
  return g_test_run ();
}
