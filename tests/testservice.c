/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server for tests. */

#include "testservice.h"

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

void
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

void
service_end (Service *self)
{
  g_ptr_array_unref (self->connections);
  while (gsock_server_get_n_connections (self->server) > 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (self->server);
}

GSockSocket *
service_connect (Service *self)
{
  GSockSocket *listener = GSOCK_SOCKET (gsock_server_get_listener (self->server));
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);

  g_assert_no_error (error);
  return socket;
}

GPtrArray *
service_connect_many (Service *self, guint n)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (clients, service_connect (self));
  return clients;
}

void
service_run_until (Service *self, guint n)
{
  while (self->connections->len < n)
    g_main_context_iteration (NULL, TRUE);
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

void
service_add_test (const char *path, void (*function) (void))
{
  g_test_add_data_func (path, (gconstpointer) function, test_keeping);
}
