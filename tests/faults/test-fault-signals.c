/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals: a storm of them during every wait (1), while connecting (2, 3) and while sending (8), and
 * the one that a dead peer must not raise (9). */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A timeout is neither shorter for the signals, nor does each begin it again. */
static void
test_storm (gconstpointer situation)
{
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  if (!test_blocked_open (&blocked, situation, FALSE))
    return;
  test_storm_start ();
  test_takes_at_least (0.3, g_assert_false (test_blocked_call (&blocked, TRUE, 0.3, NULL, &error)));
  g_assert_cmpuint (test_storm_stop (), >, 30);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_blocked_close (&blocked);
}

/* The same where the time is the socket's own. */
static void
test_storm_default (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  gsock_socket_set_timeout (wire.near, 0.3);
  test_storm_start ();
  test_takes_at_least (0.3, g_assert_cmpint (gsock_socket_receive_from (wire.near, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, -1));
  g_assert_cmpuint (test_storm_stop (), >, 30);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_wire_close (&wire);
}

/* connect, counted, and interrupted where that is asked for. */
int __real_connect (int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect (int fd, const struct sockaddr *address, socklen_t length);

typedef enum
{
  LEAVE_ALONE,
  INTERRUPT_STARTED, /* the signal came while the kernel was at it */
  INTERRUPT_BEFORE,  /* it came before anything had begun */
} Interruption;

static struct
{
  int fd; /* of which calls are counted */
  guint n_calls;
  Interruption interruption;
} connecting = { -1, 0, LEAVE_ALONE };

int
__wrap_connect (int fd, const struct sockaddr *address, socklen_t length)
{
  Interruption interruption = fd == connecting.fd ? connecting.interruption : LEAVE_ALONE;
  int result;

  if (fd == connecting.fd)
    {
      connecting.n_calls++;
      connecting.interruption = LEAVE_ALONE;
    }
  result = interruption == INTERRUPT_BEFORE ? -1 : __real_connect (fd, address, length);
  if (interruption == LEAVE_ALONE)
    return result;
  g_assert_true (interruption == INTERRUPT_BEFORE || (result < 0 && errno == EINPROGRESS));
  errno = EINTR;
  return -1;
}

static void
release_soon (gpointer data)
{
  TestBlocked *blocked = data;

  g_usleep (100000);
  blocked->situation->release (blocked);
}

/* Connects in a storm, and somebody makes room meanwhile. */
static guint
connect_in_storm (const TestSituation *situation, gboolean adopted, Interruption interruption)
{
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;
  TestThread thread;

  if (!test_blocked_open (&blocked, situation, adopted))
    return 1;
  connecting.fd = test_peek_fd (blocked.socket);
  connecting.n_calls = 0;
  connecting.interruption = interruption;
  test_thread_start (&thread, release_soon, &blocked);
  test_storm_start ();
  g_assert_true (test_blocked_call (&blocked, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  g_assert_cmpuint (test_storm_stop (), >, 10);
  test_thread_join (&thread);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (blocked.socket));
  test_blocked_close (&blocked);
  connecting.fd = -1;
  return connecting.n_calls;
}

static const TestSituation *
find_situation (const char *name)
{
  for (guint i = 0; i < test_n_situations; i++)
    if (strcmp (test_situations[i].name, name) == 0)
      return &test_situations[i];
  g_assert_not_reached ();
}

/* After a signal there is no second connect, which would answer EALREADY; only where nothing interrupted
 * the first is it asked for the outcome once. */
static void
test_tcp_connect (gconstpointer name)
{
  const TestSituation *situation = find_situation (name);

  g_assert_cmpuint (connect_in_storm (situation, FALSE, LEAVE_ALONE), <=, 2);
  g_assert_cmpuint (connect_in_storm (situation, TRUE, LEAVE_ALONE), <=, 2);
  g_assert_cmpuint (connect_in_storm (situation, FALSE, INTERRUPT_STARTED), ==, 1);
  g_assert_cmpuint (connect_in_storm (situation, TRUE, INTERRUPT_STARTED), ==, 1);
}

/* Here nothing has started, so there has to be a second one. */
static void
test_local_connect (gconstpointer name)
{
  const TestSituation *situation = find_situation (name);

  g_assert_cmpuint (connect_in_storm (situation, FALSE, LEAVE_ALONE), >, 1);
  g_assert_cmpuint (connect_in_storm (situation, TRUE, LEAVE_ALONE), >, 1);
  g_assert_cmpuint (connect_in_storm (situation, FALSE, INTERRUPT_BEFORE), >, 2);
}

#define LENGTH (512 * 1024)

static guint8
byte_at (gsize i)
{
  return (guint8) (i * 31 + i / 251);
}

typedef struct
{
  GSockSocket *socket;
  gsize length;  /* to read */
  guint pause;   /* microseconds after each piece */
} Reader;

static void
read_all (gpointer data)
{
  Reader *reader = data;
  guint8 piece[1500];

  for (gsize i = 0; i < reader->length;)
    {
      gssize n = gsock_socket_receive_from_direct (reader->socket, piece, MIN (sizeof piece, reader->length - i), 0, TRUE,
                                                   GSOCK_TIMEOUT_NEVER, NULL, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      for (gssize j = 0; j < n; j++, i++)
        g_assert_cmpint (piece[j], ==, byte_at (i));
      g_usleep (reader->pause);
    }
}

static void
make_small (GSockSocket *socket, int buffer)
{
  g_assert_cmpint (setsockopt (test_peek_fd (socket), SOL_SOCKET, buffer, &(int){ 4096 }, sizeof (int)), ==, 0);
}

static guint8 *
make_bytes (void)
{
  guint8 *bytes = g_malloc (LENGTH);

  for (gsize i = 0; i < LENGTH; i++)
    bytes[i] = byte_at (i);
  return bytes;
}

typedef struct
{
  gboolean adopted;
  double timeout;
} Manner;

static const Manner manners[] = { { FALSE, GSOCK_TIMEOUT_NEVER }, { FALSE, 1000 }, { TRUE, GSOCK_TIMEOUT_NEVER }, { TRUE, 1000 } };

/* Little by little, interrupted all the time: each byte arrives, once and in order. */
static void
test_partial_writes (gconstpointer kind)
{
  g_autofree guint8 *bytes = make_bytes ();

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *sender;
      TestWire wire;
      TestThread thread;
      Reader reader;

      if (!test_wire_open (&wire, kind))
        return;
      make_small (wire.near, SO_SNDBUF);
      reader = (Reader){ wire.far, LENGTH, 200 };
      sender = manners[i].adopted ? test_adopt (wire.near) : g_object_ref (wire.near);
      test_thread_start (&thread, read_all, &reader);
      test_storm_start ();
      g_assert_cmpint (gsock_socket_send_to_direct (sender, bytes, LENGTH, NULL, 0, TRUE, manners[i].timeout, NULL, &error), ==, LENGTH);
      g_assert_no_error (error);
      test_thread_join (&thread);
      test_storm_stop ();
      g_object_unref (sender);
      test_wire_close (&wire);
    }
}

static void
read_some_and_reset (gpointer data)
{
  Reader *reader = data;

  read_all (reader);
  gsock_socket_close (reader->socket, TRUE, NULL);
}

/* The peer goes away in the middle: the count that went is told, and the error by the next call. */
static void
test_partial_count (gconstpointer kind)
{
  g_autofree guint8 *bytes = make_bytes ();

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *sender;
      TestWire wire;
      TestThread thread;
      Reader reader;
      gssize n;

      if (!test_wire_open (&wire, kind))
        return;
      make_small (wire.near, SO_SNDBUF);
      make_small (wire.far, SO_RCVBUF);
      reader = (Reader){ wire.far, 20000, 0 };
      sender = manners[i].adopted ? test_adopt (wire.near) : g_object_ref (wire.near);
      test_thread_start (&thread, read_some_and_reset, &reader);
      n = gsock_socket_send_to_direct (sender, bytes, LENGTH, NULL, 0, TRUE, manners[i].timeout, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (n, >=, 20000);
      g_assert_cmpint (n, <, LENGTH);
      test_thread_join (&thread);
      g_assert_cmpint (gsock_socket_send_to_direct (sender, bytes, 1, NULL, 0, TRUE, manners[i].timeout, NULL, &error), ==, -1);
      g_assert_true (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET)
                     || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ENDPOINT_SHUTDOWN));
      g_object_unref (sender);
      test_wire_close (&wire);
    }
}

/* SIGPIPE would end this process: nobody handles it, and nobody may have begun to ignore it. */
static void
check_sigpipe_untouched (void)
{
  struct sigaction action;

  g_assert_cmpint (sigaction (SIGPIPE, NULL, &action), ==, 0);
  g_assert_true (action.sa_handler == SIG_DFL);
  g_assert_cmpint (action.sa_flags & SA_SIGINFO, ==, 0);
}

static gssize
send_one (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_to (socket, "x", 1, NULL, error, NULL);
}

static gssize
send_one_descriptor (GSockSocket *socket, GError **error)
{
  return gsock_socket_send_file_descriptor_direct (socket, STDIN_FILENO, NULL, TRUE, GSOCK_TIMEOUT_NEVER, NULL, error) ? 1 : -1;
}

static void
check_dead_peer (const TestKind *kind, gssize (*send) (GSockSocket *socket, GError **error), gboolean shut_down)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  if (shut_down)
    g_assert_true (gsock_socket_shutdown (wire.near, FALSE, TRUE, NULL));
  else
    gsock_socket_close (wire.far, TRUE, NULL);
  g_assert_cmpint (send (wire.near, &error), ==, -1);
  if (!shut_down && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET))
    {
      g_clear_error (&error);
      g_assert_cmpint (send (wire.near, &error), ==, -1);
    }
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  test_wire_close (&wire);
}

static void
send_to_dead_peers (gpointer data)
{
  const TestKind *kind = data;

  check_sigpipe_untouched ();
  check_dead_peer (kind, send_one, FALSE);
  check_dead_peer (kind, send_one, TRUE);
  if (kind->family == AF_UNIX)
    {
      check_dead_peer (kind, send_one_descriptor, FALSE);
      check_dead_peer (kind, send_one_descriptor, TRUE);
    }
  check_sigpipe_untouched ();
}

static void
test_dead_peer (gconstpointer kind)
{
  struct sigaction action = { .sa_handler = SIG_DFL };

  g_assert_cmpint (sigaction (SIGPIPE, &action, NULL), ==, 0);
  test_in_child (send_to_dead_peers, (gpointer) kind, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_situations ("/fault/1/storm", test_storm);
  test_add ("/fault/1/storm-default", test_storm_default);
  test_add_with ("/fault/2/connect/tcp-ipv4", "connect/tcp-ipv4", test_tcp_connect);
  test_add_with ("/fault/3/connect/local-stream", "connect/local-stream", test_local_connect);
  test_add_with ("/fault/3/connect/local-seqpacket", "connect/local-seqpacket", test_local_connect);
  test_add_for_kinds ("/fault/8/partial-writes", test_partial_writes, test_is_stream);
  test_add_for_kinds ("/fault/8/partial-count", test_partial_count, test_is_stream);
  test_add_for_kinds ("/fault/9/dead-peer", test_dead_peer, test_is_conversation);
  return g_test_run ();
}
