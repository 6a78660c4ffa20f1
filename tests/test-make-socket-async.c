/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket and make-instance without blocking: what they make, what they refuse, and in which context
 * they say so. That they race for a connection is in test-race.c. */

#include "testasync.h"
#include "testtrack.h"

#include <string.h>

/* A stream whose init is its own. */
typedef struct
{
  GSockActiveSocket parent_instance;
  guint n_initialised;
} TestStarting;

typedef GSockActiveSocketClass TestStartingClass;

static GInitableIface *parent_initable;

static gboolean
starting_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  ((TestStarting *) initable)->n_initialised++;
  return parent_initable->init (initable, cancellable, error);
}

static void
starting_initable_iface_init (GInitableIface *iface)
{
  parent_initable = g_type_interface_peek_parent (iface);
  iface->init = starting_init;
}

static GType test_starting_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestStarting, test_starting, GSOCK_TYPE_ACTIVE_SOCKET,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, starting_initable_iface_init))

static void
test_starting_class_init (TestStartingClass *klass)
{
}

static void
test_starting_init (TestStarting *self)
{
}

static GSockSocket *
finish (GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) taken = NULL;

  g_assert_null (*result);
  test_await (result);
  taken = g_steal_pointer (result);
  return gsock_make_socket_finish (taken, error);
}

static GSockSocket *
finish_instance (GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) taken = NULL;

  g_assert_null (*result);
  test_await (result);
  taken = g_steal_pointer (result);
  return gsock_make_instance_finish (taken, error);
}

#define MAKE(result, cancellable, ...)                                                             \
  gsock_make_socket_async (G_PRIORITY_DEFAULT, cancellable, test_keep_result, result, __VA_ARGS__)

static void
test_kinds_of_sockets (void)
{
  g_autoptr (GSockSocket) server = NULL, udp = NULL, plain = NULL, client = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  MAKE (&result, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "backlog", 7, NULL);
  server = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_listening (server));
  MAKE (&result, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", "remote-host", "127.0.0.1", "remote-port", 9, NULL);
  udp = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_DATAGRAM_SOCKET (udp) && gsock_socket_is_connected (udp) && gsock_socket_is_bound (udp));
  MAKE (&result, NULL, NULL);
  plain = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_ACTIVE_SOCKET (plain) && !gsock_socket_is_connected (plain));
  MAKE (&result, NULL, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (server), "timeout", 2.5, "external-format", "latin1/crlf", NULL);
  client = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (client));
  g_assert_cmpfloat (gsock_socket_get_timeout (client), ==, 2.5);
}

/* By arrays, as other languages have it. */
static void
test_values (void)
{
  static const char *const names[] = { "connect", "local_host", NULL };
  g_auto (GValue) first = G_VALUE_INIT, second = G_VALUE_INIT;
  g_autoptr (GSockSocket) server = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GValue values[2];

  g_value_set_string (g_value_init (&first, G_TYPE_STRING), "passive");
  g_value_set_string (g_value_init (&second, G_TYPE_STRING), "127.0.0.1");
  values[0] = first;
  values[1] = second;
  gsock_make_socket_with_keywords_async (names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  server = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_listening (server));
  gsock_make_instance_with_keywords_async (GSOCK_TYPE_PASSIVE_SOCKET, names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_object_unref (server);
  server = finish_instance (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_listening (server));
}

/* The same errors, in the callback and not before. */
static void
test_refused (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  MAKE (&result, NULL, "remot-host", "127.0.0.1", NULL);
  g_assert_null (finish (&result, &error));
  test_assert_message (error, "remote-host");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  MAKE (&result, NULL, "remote-host", "127.0.0.1", NULL);
  g_assert_null (finish (&result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  MAKE (&result, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "connect", GSOCK_ROLE_PASSIVE, NULL);
  g_assert_null (finish (&result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  MAKE (&result, NULL, "remote-host", "127.1", "remote-port", 80, NULL);
  g_assert_null (finish (&result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  MAKE (&result, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "192.0.2.1", NULL);
  g_assert_null (finish (&result, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  gsock_make_instance_async (G_TYPE_OBJECT, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result, NULL);
  g_assert_null (finish_instance (&result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  gsock_make_instance_async (GSOCK_TYPE_ACTIVE_SOCKET, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result, "backlog", 4, NULL);
  g_assert_null (finish_instance (&result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  MAKE (&result, cancellable, "remote-host", "127.0.0.1", "remote-port", 9, NULL);
  g_assert_null (finish (&result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Its own init is not passed over. */
static void
test_own_init (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  gsock_make_instance_async (test_starting_get_type (), G_PRIORITY_DEFAULT, NULL, test_keep_result, &result, "local-host", "127.0.0.1", NULL);
  socket = finish_instance (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_cmpuint (((TestStarting *) socket)->n_initialised, ==, 1);
  test_assert_finalize_object (socket);
}

static gboolean
finish_init (GSockSocket *socket, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) taken = NULL;

  test_await (result);
  taken = g_steal_pointer (result);
  return g_async_initable_init_finish (G_ASYNC_INITABLE (socket), taken, error);
}

static void
start_init (GSockSocket *socket, GAsyncResult **result)
{
  g_async_initable_init_async (G_ASYNC_INITABLE (socket), G_PRIORITY_DEFAULT, NULL, test_keep_result, result);
}

/* One after the other it is done once; side by side the second is refused, and so is a blocking one. */
static void
test_init_twice (void)
{
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  TestTrack track;

  test_track_open (&track, "4full");
  socket = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, "remote-address", &track.addresses[0], NULL);
  start_init (socket, &first);
  start_init (socket, &second);
  g_assert_false (finish_init (socket, &second, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_false (g_initable_init (G_INITABLE (socket), NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_track_make_room (&track, 0);
  g_assert_true (finish_init (socket, &first, &error));
  g_assert_no_error (error);
  start_init (socket, &second);
  g_assert_true (finish_init (socket, &second, &error));
  g_assert_no_error (error);
  gsock_socket_close (socket, FALSE, NULL);
  start_init (socket, &first);
  g_assert_false (finish_init (socket, &first, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_finalize_object (socket);
  test_track_close (&track);
}

static void
test_type_refused (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, "socket-type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);

  start_init (socket, &result);
  g_assert_false (finish_init (socket, &result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_finalize_object (socket);
}

/* The caller's context, and no other. */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  test_track_open (&track, "4full 4open");
  g_main_context_push_thread_default (context);
  MAKE (&result, NULL, "remote-connectable", track.name, NULL);
  g_main_context_pop_thread_default (context);
  while (result == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_null (result);
      g_main_context_iteration (context, TRUE);
    }
  socket = gsock_make_socket_finish (result, &error);
  g_assert_no_error (error);
  g_clear_object (&socket);
  g_clear_object (&result);
  test_track_close (&track);
}

static gboolean
is_connected (GSockSocket *listener)
{
  g_autoptr (GSockActiveSocket) accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), FALSE, 0, NULL, NULL);

  return accepted != NULL;
}

/* Nobody needs to ask for it: it is made and goes. */
static void
test_forgotten (void)
{
  TestTrack track;

  test_track_open (&track, "4open");
  gsock_make_socket_async (G_PRIORITY_DEFAULT, NULL, NULL, NULL, "remote-connectable", track.name, NULL);
  while (!is_connected (track.listeners[0]))
    g_main_context_iteration (NULL, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_track_close (&track);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* What a main context keeps from the first wait on is there before descriptors are counted. */
  g_test_add_func ("/make-socket-async/first", test_context);
  test_add ("/make-socket-async/kinds-of-sockets", test_kinds_of_sockets);
  test_add ("/make-socket-async/values", test_values);
  test_add ("/make-socket-async/refused", test_refused);
  test_add ("/make-socket-async/cancelled-before", test_cancelled_before);
  test_add ("/make-socket-async/own-init", test_own_init);
  test_add ("/make-socket-async/init-twice", test_init_twice);
  test_add ("/make-socket-async/type-refused", test_type_refused);
  test_add ("/make-socket-async/context", test_context);
  test_add ("/make-socket-async/forgotten", test_forgotten);
  return g_test_run ();
}
