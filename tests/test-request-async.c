/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How make-socket goes on without blocking: names that are looked up, and classes of one's own that are
 * asked to connect. That it races for a connection is in test-race.c. */

#include "testasync.h"
#include "testetc.h"
#include "testhosts.h"
#include "testtrack.h"

/* A stream that counts what it is asked for. */
typedef struct
{
  GSockActiveSocket parent_instance;
  guint n_bound, n_connected;
} TestCounting;

typedef GSockActiveSocketClass TestCountingClass;

static GType test_counting_get_type (void);
G_DEFINE_TYPE (TestCounting, test_counting, GSOCK_TYPE_ACTIVE_SOCKET)

static gboolean
counting_bind_address (GSockSocket *socket, const GSockAddress *address, GError **error)
{
  ((TestCounting *) socket)->n_bound++;
  return GSOCK_SOCKET_CLASS (test_counting_parent_class)->bind_address (socket, address, error);
}

static gboolean
counting_connect_to (GSockSocket *socket, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  ((TestCounting *) socket)->n_connected++;
  return GSOCK_SOCKET_CLASS (test_counting_parent_class)->connect_to (socket, address, wait, timeout, cancellable, error);
}

static void
test_counting_class_init (TestCountingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->bind_address = counting_bind_address;
  GSOCK_SOCKET_CLASS (klass)->connect_to = counting_connect_to;
}

static void
test_counting_init (TestCounting *self)
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

/* A class of one's own is asked as ever: its methods run, one address after the other. */
static void
test_own_class (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  TestTrack track;

  test_track_open (&track, "4shut 4shut 4open 4open");
  gsock_make_instance_async (test_counting_get_type (), G_PRIORITY_DEFAULT, NULL, test_keep_result, &result,
                             "remote-connectable", track.name, "local-host", "127.0.0.1", NULL);
  socket = finish_instance (&result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (((TestCounting *) socket)->n_connected, ==, 3);
  g_assert_cmpuint (((TestCounting *) socket)->n_bound, ==, 3);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 2);
  g_assert_finalize_object (socket);
  test_track_close (&track);
}

static gboolean
make_room (gpointer track)
{
  test_track_make_room (track, 0);
  return G_SOURCE_REMOVE;
}

/* What it has to wait for is waited for without it. */
static void
test_own_class_waits (gconstpointer lanes)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  TestTrack track;

  test_track_open (&track, lanes);
  gsock_make_instance_async (test_counting_get_type (), G_PRIORITY_DEFAULT, NULL, test_keep_result, &result,
                             "remote-connectable", track.name, "timeout", 0.05, NULL);
  g_assert_null (finish_instance (&result, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);

  g_timeout_add (20, make_room, &track);
  gsock_make_instance_async (test_counting_get_type (), G_PRIORITY_DEFAULT, NULL, test_keep_result, &result,
                             "remote-connectable", track.name, NULL);
  socket = finish_instance (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
  g_assert_finalize_object (socket);
  test_track_close (&track);
}

static void
test_own_class_fails (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  test_track_open (&track, "4shut 4shut");
  gsock_make_instance_async (test_counting_get_type (), G_PRIORITY_DEFAULT, NULL, test_keep_result, &result,
                             "remote-connectable", track.name, NULL);
  g_assert_null (finish_instance (&result, &error));
  test_assert_message (error, "connect to track.test: none of 2 addresses worked:\n");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  test_track_close (&track);
}

/* While the name is being looked up; the thread that asks for it is left alone. */
static void
test_slow_resolver (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TestNameServer server;

  if (!test_etc_is_own ())
    return;
  test_hosts_write ();
  test_name_server_start (&server, TEST_ANSWER_NEVER, cancellable);
  MAKE (&result, cancellable, "remote-host", "slow.test", "remote-port", 80, NULL);
  g_assert_null (finish (&result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  MAKE (&result, NULL, "remote-host", "slow.test", "remote-port", 80, "timeout", 0.05, NULL);
  g_assert_null (finish (&result, &error));
  g_assert_cmpstr (error->message, ==, "look up slow.test: the time given for it ran out");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_name_server_stop (&server);
}

static void
test_name (void)
{
  g_autoptr (GSockSocket) listener = NULL, socket = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!test_etc_is_own ())
    return;
  test_hosts_write ();
  listener = test_listener_new (test_kind_find ("tcp-ipv4"), 4);
  MAKE (&result, NULL, "remote-host", "localhost", "remote-port", gsock_socket_get_local_port (listener), "timeout", 60.0, NULL);
  socket = finish (&result, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
  MAKE (&result, NULL, "remote-host", "localhost", "remote-service", "nosuch", NULL);
  g_assert_null (finish (&result, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_SERVICE);
}

/* What a main context keeps from the first wait on is there before descriptors are counted. */
static void
warm_up (void)
{
  test_own_class_waits ("4full");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (test_etc_enter ())
    test_hosts_write ();
  g_test_add_func ("/request-async/first", warm_up);
  test_add ("/request-async/own-class", test_own_class);
  test_add_with ("/request-async/own-class-waits/tcp", "4full", test_own_class_waits);
  test_add_with ("/request-async/own-class-waits/local", "@full", test_own_class_waits);
  test_add ("/request-async/own-class-fails", test_own_class_fails);
  test_add ("/request-async/name", test_name);
  g_test_add_func ("/request-async/slow-resolver", test_slow_resolver);
  return g_test_run ();
}
