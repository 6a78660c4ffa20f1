/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous operations that make, connect, accept, look up, serve and watch, each where it has to
 * wait. */

#include "testending.h"

#include "testblocked.h"
#include "testtrack.h"

#define CALL self->cancellable, test_ending_ready, self

static gboolean
object_came (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
  return object != NULL;
}

static const TestKind *
local_stream (void)
{
  return test_kind_find ("local-stream");
}

static void
open_listener (TestEnding *self)
{
  self->near = test_listener_new (local_stream (), 4);
  self->address = test_address_of (self->near);
}

/* A listener that has no room: `far`. */
static void
open_full_backlog (TestEnding *self)
{
  GSockSocket *client;

  self->far = test_listener_new (local_stream (), 0);
  self->address = test_address_of (self->far);
  for (client = test_ending_new_client (); gsock_socket_connect_direct (client, &self->address, FALSE, 0, NULL, NULL); client = test_ending_new_client ())
    g_ptr_array_add (self->clients, client);
  g_object_unref (client);
}

static void
open_connecting (TestEnding *self)
{
  open_full_backlog (self);
  self->near = test_ending_new_client ();
}

/* Nobody answers there, and the kernel goes on asking. */
static void
open_connecting_tcp (TestEnding *self)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");

  self->far = test_listener_new (kind, 0);
  self->address = test_address_of (self->far);
  test_fill_backlog (self->far, kind, self->descriptors);
  self->near = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
}

static void
open_track (TestEnding *self)
{
  self->track = g_new0 (TestTrack, 1);
  test_track_open (self->track, "@shut @full @full");
}

static void
open_connecting_to_several (TestEnding *self)
{
  open_track (self);
  self->near = test_ending_new_client ();
}

static void
make_room (TestEnding *self)
{
  test_track_make_room (self->track, 1);
}

static void
open_initable (TestEnding *self)
{
  open_full_backlog (self);
  self->near = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, "remote-address", &self->address, NULL);
}

/* What a name is looked up for */
static void
open_server_of_name (TestEnding *self)
{
  self->far = test_listener_new (test_kind_find ("tcp-ipv4"), 4);
}

static void
open_client_of_name (TestEnding *self)
{
  open_server_of_name (self);
  self->near = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
}

static void
open_none (TestEnding *self)
{
}

static void
keep_connection (GSockServer *server, GSockActiveSocket *connection, gpointer data)
{
  g_ptr_array_add (((TestEnding *) data)->clients, g_object_ref (connection));
}

/* A server that has somebody. */
static void
open_server (TestEnding *self)
{
  g_autoptr (GError) error = NULL;
  GSockServer *server;
  GSockSocket *client = test_ending_new_client ();

  self->far = test_listener_new (local_stream (), 4);
  self->address = test_address_of (self->far);
  server = gsock_server_new (GSOCK_PASSIVE_SOCKET (self->far));
  self->other = G_OBJECT (server);
  gsock_server_set_handler (server, keep_connection, self, NULL);
  g_assert_true (gsock_server_start (server, G_PRIORITY_DEFAULT, &error));
  gsock_socket_connect_direct (client, &self->address, TRUE, -1, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->clients, client);
  while (gsock_server_get_n_connections (server) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
connect_client (TestEnding *self)
{
  GSockSocket *client = test_ending_new_client ();

  (void) gsock_socket_connect_direct (client, &self->address, FALSE, 0, NULL, NULL);
  g_ptr_array_add (self->clients, client);
}

static void
accept_all (TestEnding *self)
{
  GSockActiveSocket *accepted;

  while ((accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->far), FALSE, 0, NULL, NULL)) != NULL)
    g_ptr_array_add (self->clients, accepted);
}

/* By closing, which another thread may do at the same time. */
static void
leave (TestEnding *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    gsock_socket_close (self->clients->pdata[i], FALSE, NULL);
}

/* Its listener and its connections, which is what it waits for. */
static void
close_all (TestEnding *self)
{
  gsock_socket_close (self->far, FALSE, NULL);
  leave (self);
}

static void
start_accept (TestEnding *self)
{
  gsock_passive_socket_accept_connection_async (GSOCK_PASSIVE_SOCKET (self->near), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_accept_direct (TestEnding *self)
{
  gsock_passive_socket_accept_connection_direct_async (GSOCK_PASSIVE_SOCKET (self->near), TRUE, -1, G_PRIORITY_HIGH, CALL);
}

static gboolean
finish_accept (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_passive_socket_accept_connection_finish (GSOCK_PASSIVE_SOCKET (self->near), result, error));
}

static void
on_accepted (GSockPassiveSocket *socket, GSockActiveSocket *connection, const GError *error, gpointer data)
{
  test_ending_note (data, error);
}

static void
start_accept_then (TestEnding *self)
{
  gsock_passive_socket_accept_connection_then (GSOCK_PASSIVE_SOCKET (self->near), -1, G_PRIORITY_DEFAULT, self->cancellable, on_accepted, self);
}

static void
start_connect (TestEnding *self)
{
  gsock_socket_connect_to_async (self->near, &self->address, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static void
start_connect_direct (TestEnding *self)
{
  gsock_socket_connect_direct_async (self->near, &self->address, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, CALL);
}

static void
start_connect_to_several (TestEnding *self)
{
  static const char *const names[] = { "remote-connectable", NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_SOCKET_CONNECTABLE);
  g_value_set_object (&value, self->track->name);
  gsock_socket_connect_to_async (self->near, NULL, names, &value, 1, G_PRIORITY_DEFAULT, CALL);
}

static void
start_connect_by_name (TestEnding *self)
{
  static const char *const names[] = { "remote-host", "remote-port", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&values[0], G_TYPE_STRING);
  g_value_set_static_string (&values[0], "localhost");
  g_value_init (&values[1], G_TYPE_INT);
  g_value_set_int (&values[1], gsock_socket_get_local_port (self->far));
  gsock_socket_connect_to_async (self->near, NULL, names, values, 2, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_connect (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_connect_to_finish (self->near, result, error);
}

static void
start_make_socket (TestEnding *self)
{
  gsock_make_socket_async (G_PRIORITY_DEFAULT, CALL, "remote-address", &self->address, NULL);
}

static void
start_make_raced (TestEnding *self)
{
  gsock_make_socket_async (G_PRIORITY_DEFAULT, CALL, "remote-connectable", self->track->name, NULL);
}

static void
start_make_by_name (TestEnding *self)
{
  gsock_make_socket_async (G_PRIORITY_DEFAULT, CALL, "remote-host", "localhost", "remote-port", gsock_socket_get_local_port (self->far),
                           "ipv6", GSOCK_IPV6_MODE_NO, NULL);
}

static const char *const remote_address[] = { "remote-address", NULL };

static void
start_make_with_keywords (TestEnding *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GSOCK_TYPE_ADDRESS);
  g_value_set_boxed (&value, &self->address);
  gsock_make_socket_with_keywords_async (remote_address, &value, 1, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_make_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_make_socket_finish (result, error));
}

static void
start_make_instance (TestEnding *self)
{
  gsock_make_instance_async (GSOCK_TYPE_ACTIVE_SOCKET, G_PRIORITY_DEFAULT, CALL, "remote-address", &self->address, NULL);
}

static void
start_make_instance_with_keywords (TestEnding *self)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GSOCK_TYPE_ADDRESS);
  g_value_set_boxed (&value, &self->address);
  gsock_make_instance_with_keywords_async (GSOCK_TYPE_ACTIVE_SOCKET, remote_address, &value, 1, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_make_instance (TestEnding *self, GAsyncResult *result, GError **error)
{
  return object_came (gsock_make_instance_finish (result, error));
}

static void
start_init (TestEnding *self)
{
  g_async_initable_init_async (G_ASYNC_INITABLE (self->near), G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_init (TestEnding *self, GAsyncResult *result, GError **error)
{
  return g_async_initable_init_finish (G_ASYNC_INITABLE (self->near), result, error);
}

static void
start_lookup (TestEnding *self)
{
  gsock_lookup_hostname_async ("localhost", GSOCK_IPV6_MODE_YES, CALL);
}

static gboolean
finish_lookup (TestEnding *self, GAsyncResult *result, GError **error)
{
  GPtrArray *addresses = gsock_lookup_hostname_finish (result, NULL, error);

  g_clear_pointer (&addresses, g_ptr_array_unref);
  return *error == NULL;
}

static void
start_lookup_name (TestEnding *self)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 80, NULL);

  gsock_lookup_name_async (address, FALSE, CALL);
}

static gboolean
finish_lookup_name (TestEnding *self, GAsyncResult *result, GError **error)
{
  g_autofree char *name = gsock_lookup_name_finish (result, NULL, error);

  return name != NULL;
}

static void
start_drain (TestEnding *self)
{
  gsock_server_drain_async (GSOCK_SERVER (self->other), GSOCK_TIMEOUT_NEVER, CALL);
}

static gboolean
finish_drain (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_server_drain_finish (GSOCK_SERVER (self->other), result, error);
}

/* A watch has two ends: its function, which takes itself off here, and what is called when it is over. */
static gboolean
on_watched (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  TestEnding *self = data;

  g_assert_false (self->told);
  self->told = TRUE;
  if (condition == G_IO_HUP)
    self->error = g_error_new_literal (GSOCK_ERROR, GSOCK_ERROR_CLOSED, "closed");
  return G_SOURCE_REMOVE;
}

static void
on_watch_over (gpointer data)
{
  TestEnding *self = data;

  if (!self->told)
    self->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  test_ending_note (self, self->error);
}

static void
on_watch_cancelled (GCancellable *cancellable, gpointer watch)
{
  gsock_watch_cancel (watch);
}

static void
start_watch (TestEnding *self)
{
  g_autoptr (GError) error = NULL;
  GSockWatch *watch = gsock_socket_watch (self->near, G_IO_IN, G_PRIORITY_DEFAULT, on_watched, self, on_watch_over, &error);

  g_assert_no_error (error);
  g_cancellable_connect (self->cancellable, G_CALLBACK (on_watch_cancelled), gsock_watch_ref (watch), (GDestroyNotify) gsock_watch_unref);
}

static const TestEndingCase cases[] = {
  { "g_async_initable_init_async", .open = open_initable, .start = start_init, .finish = finish_init, .release = accept_all, .flags = TEST_ENDING_PRIVATE },
  { "gsock_lookup_hostname_async", .open = open_none, .start = start_lookup, .finish = finish_lookup, .flags = TEST_ENDING_NO_OBJECT | TEST_ENDING_IN_THREAD },
  { "gsock_lookup_name_async", .open = open_none, .start = start_lookup_name, .finish = finish_lookup_name, .flags = TEST_ENDING_NO_OBJECT | TEST_ENDING_IN_THREAD },
  { "gsock_make_instance_async", .open = open_full_backlog, .start = start_make_instance, .finish = finish_make_instance, .release = accept_all, .flags = TEST_ENDING_NO_OBJECT },
  { "gsock_make_instance_with_keywords_async", .open = open_full_backlog, .start = start_make_instance_with_keywords, .finish = finish_make_instance, .release = accept_all, .flags = TEST_ENDING_NO_OBJECT },
  { "gsock_make_socket_async", .open = open_full_backlog, .start = start_make_socket, .finish = finish_make_socket, .release = accept_all, .flags = TEST_ENDING_NO_OBJECT },
  { "gsock_make_socket_async", "name", .open = open_server_of_name, .start = start_make_by_name, .finish = finish_make_socket, .flags = TEST_ENDING_NO_OBJECT | TEST_ENDING_IN_THREAD },
  { "gsock_make_socket_async", "raced", .open = open_track, .start = start_make_raced, .finish = finish_make_socket, .release = make_room, .flags = TEST_ENDING_NO_OBJECT | TEST_ENDING_IN_THREAD },
  { "gsock_make_socket_with_keywords_async", .open = open_full_backlog, .start = start_make_with_keywords, .finish = finish_make_socket, .release = accept_all, .flags = TEST_ENDING_NO_OBJECT },
  { "gsock_passive_socket_accept_connection_async", .open = open_listener, .start = start_accept, .finish = finish_accept, .release = connect_client },
  { "gsock_passive_socket_accept_connection_direct_async", .open = open_listener, .start = start_accept_direct, .finish = finish_accept, .release = connect_client },
  { "gsock_passive_socket_accept_connection_then", .open = open_listener, .start = start_accept_then, .release = connect_client },
  { "gsock_server_drain_async", .open = open_server, .start = start_drain, .finish = finish_drain, .release = leave, .close = close_all, .flags = TEST_ENDING_CLOSED_WELL | TEST_ENDING_BY_GLIB },
  { "gsock_socket_connect_direct_async", .open = open_connecting, .start = start_connect_direct, .finish = finish_connect, .release = accept_all },
  { "gsock_socket_connect_to_async", .open = open_connecting, .start = start_connect, .finish = finish_connect, .release = accept_all },
  { "gsock_socket_connect_to_async", "name", .open = open_client_of_name, .start = start_connect_by_name, .finish = finish_connect, .flags = TEST_ENDING_IN_THREAD },
  { "gsock_socket_connect_to_async", "several", .open = open_connecting_to_several, .start = start_connect_to_several, .finish = finish_connect, .release = make_room, .flags = TEST_ENDING_IN_THREAD },
  { "gsock_socket_connect_to_async", "tcp", .open = open_connecting_tcp, .start = start_connect, .finish = finish_connect, .flags = TEST_ENDING_NEVER },
  { "gsock_socket_watch", .open = test_ending_open_pair, .start = start_watch, .release = test_ending_say, .flags = TEST_ENDING_CANCELLED_AT_ONCE | TEST_ENDING_BY_GLIB },
};
const TestEndingTable test_endings_of_making = { cases, G_N_ELEMENTS (cases) };
