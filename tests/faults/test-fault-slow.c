/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers that are slow (31): a byte now and then keeps a call alive, not its deadline away. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_US 100000
#define TIMEOUT 0.35
#define WANTED 600

typedef struct
{
  TestWire wire;
  int stop;
} Slow;

static void
write_slowly (gpointer data)
{
  Slow *slow = data;

  while (!g_atomic_int_get (&slow->stop))
    {
      if (gsock_socket_send_to (slow->wire.far, "x", 1, NULL, NULL, "wait", FALSE, NULL) != 1)
        break;
      g_usleep (PAUSE_US);
    }
}

static void
read_slowly (gpointer data)
{
  Slow *slow = data;
  char bytes[4096];

  while (!g_atomic_int_get (&slow->stop))
    {
      (void) gsock_socket_receive_from (slow->wire.far, bytes, sizeof bytes, NULL, NULL, NULL, "wait", FALSE, NULL);
      g_usleep (PAUSE_US / 10);
    }
}

static void
stop (Slow *slow, TestThread *thread)
{
  g_atomic_int_set (&slow->stop, TRUE);
  test_thread_join (thread);
  test_wire_close (&slow->wire);
}

/* What came in time is told; the bytes that come later are for later calls. */
static void
test_slow_writer (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Slow slow = { .stop = FALSE };
  char bytes[WANTED];
  gssize n = 0;

  if (!test_wire_open (&slow.wire, kind))
    return;
  test_thread_start (&thread, write_slowly, &slow);
  test_takes_at_least (TIMEOUT, n = gsock_socket_receive_from (slow.wire.near, bytes, WANTED, NULL, NULL, &error, "wait-all", TRUE,
                                                               "timeout", TIMEOUT, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, WANTED);
  g_assert_cmpint (gsock_socket_receive_from (slow.wire.near, bytes, 1, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 1);
  stop (&slow, &thread);
}

/* As the socket's own time. */
static void
test_slow_writer_default (gconstpointer kind)
{
  TestThread thread;
  Slow slow = { .stop = FALSE };
  char bytes[WANTED];
  gssize n = 0;

  if (!test_wire_open (&slow.wire, kind))
    return;
  gsock_socket_set_timeout (slow.wire.near, TIMEOUT);
  test_thread_start (&thread, write_slowly, &slow);
  test_takes_at_least (TIMEOUT, n = gsock_socket_receive_from_direct (slow.wire.near, bytes, WANTED, GSOCK_MESSAGE_FLAGS_WAIT_ALL, TRUE,
                                                                      GSOCK_TIMEOUT_DEFAULT, NULL, NULL, NULL));
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, WANTED);
  stop (&slow, &thread);
}

/* So is a cancellation: what came is told, and the next call says why there was no more. */
static void
cancel_soon (gpointer cancellable)
{
  g_usleep (3 * PAUSE_US);
  g_cancellable_cancel (cancellable);
}

static void
test_slow_writer_cancelled (gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestThread thread, canceller;
  Slow slow = { .stop = FALSE };
  char bytes[WANTED];
  gssize n;

  if (!test_wire_open (&slow.wire, kind))
    return;
  test_thread_start (&thread, write_slowly, &slow);
  test_thread_start (&canceller, cancel_soon, cancellable);
  n = gsock_socket_receive_from (slow.wire.near, bytes, WANTED, NULL, cancellable, &error, "wait-all", TRUE, NULL);
  g_assert_true (n > 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_cmpint (n, <, WANTED);
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_receive_from (slow.wire.near, bytes, WANTED, NULL, cancellable, &error, NULL), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_thread_join (&canceller);
  stop (&slow, &thread);
}

#define MUCH (64 * 1024 * 1024)

static void
test_slow_reader (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc0 (MUCH);
  TestThread thread;
  Slow slow = { .stop = FALSE };
  gssize n = 0;

  if (!test_wire_open (&slow.wire, kind))
    return;
  test_thread_start (&thread, read_slowly, &slow);
  test_takes_at_least (TIMEOUT, n = gsock_socket_send_to (slow.wire.near, bytes, MUCH, NULL, &error, "timeout", TIMEOUT, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, MUCH);
  stop (&slow, &thread);
}

/* Waiting for what does not come: the bytes that do are not what was asked for. */
static void
test_slow_writer_of_others (void)
{
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Slow slow = { .stop = FALSE };

  g_assert_true (test_wire_open (&slow.wire, test_kind_find ("tcp-ipv4")));
  test_thread_start (&thread, write_slowly, &slow);
  test_takes_at_least (TIMEOUT, g_assert_cmpint (gsock_socket_receive_from (slow.wire.near, &(char){ 0 }, 1, NULL, NULL, &error, "out-of-band", TRUE,
                                                                            "timeout", TIMEOUT, NULL), ==, -1));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  stop (&slow, &thread);
}

/* Connections that die one after the other do not keep accept waiting either. */
int __real_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);

static gboolean stealing;
static guint n_stolen;

int
__wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags)
{
  int accepted = __real_accept4 (fd, address, length, flags);

  if (accepted < 0 || !stealing)
    return accepted;
  /* Another thread was faster. */
  close (accepted);
  n_stolen++;
  errno = EAGAIN;
  return -1;
}

typedef struct
{
  GSockAddress address;
  int stop;
} Caller;

static void
connect_again_and_again (gpointer data)
{
  Caller *caller = data;

  while (!g_atomic_int_get (&caller->stop))
    {
      g_object_unref (gsock_make_socket (NULL, NULL, "remote-address", &caller->address, NULL));
      g_usleep (PAUSE_US / 5);
    }
}

static void
test_stolen_connections (void)
{
  GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 16);
  g_autoptr (GError) error = NULL;
  Caller caller = { test_address_of (listener), FALSE };
  TestThread thread;

  stealing = TRUE;
  test_thread_start (&thread, connect_again_and_again, &caller);
  test_takes_at_least (TIMEOUT, g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", TIMEOUT, NULL)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpuint (n_stolen, >, 0);
  stealing = FALSE;
  g_atomic_int_set (&caller.stop, TRUE);
  test_thread_join (&thread);
  g_assert_finalize_object (listener);
}

static gboolean
is_ipv4_or_local_stream (const TestKind *kind)
{
  return kind->type == SOCK_STREAM && kind->family != AF_INET6;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/fault/31/slow-writer", test_slow_writer, is_ipv4_or_local_stream);
  test_add_for_kinds ("/fault/31/slow-writer-default", test_slow_writer_default, is_ipv4_or_local_stream);
  test_add_for_kinds ("/fault/31/slow-writer-cancelled", test_slow_writer_cancelled, is_ipv4_or_local_stream);
  test_add_for_kinds ("/fault/31/slow-reader", test_slow_reader, is_ipv4_or_local_stream);
  test_add ("/fault/31/slow-writer-of-others", test_slow_writer_of_others);
  test_add ("/fault/31/stolen-connections", test_stolen_connections);
  return g_test_run ();
}
