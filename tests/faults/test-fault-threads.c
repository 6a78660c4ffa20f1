/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closing (30) and cancelling (32) under every call that waits. */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Besides its waiting for the socket: what else the call waits for decides how it waits. */
typedef enum
{
  FOR_EVER,
  TIMEOUT,
  CANCELLABLE,
  BOTH,
  N_MANNERS,
} Manner;

/* The original of an adopted socket is a successor's, or a child's: it goes on as if nothing was. */
static void
check_original (TestBlocked *blocked)
{
  TestBlocked original = *blocked;

  original.adopted = FALSE;
  original.socket = blocked->original;
  original.error = NULL;
  if (gsock_socket_get_handle (blocked->original)->connecting)
    return;
  test_blocked_start (&original, 100, NULL);
  original.situation->release (&original);
  test_blocked_join (&original);
  g_assert_no_error (original.error);
  g_assert_true (original.result);
  blocked->accepted = original.accepted;
}

static void
close_under (const TestSituation *situation, gboolean adopted, Manner manner)
{
  g_autoptr (GCancellable) cancellable = manner >= CANCELLABLE ? g_cancellable_new () : NULL;
  TestBlocked blocked;
  int fd;

  if (!test_blocked_open (&blocked, situation, adopted))
    return;
  fd = test_peek_fd (blocked.socket);
  test_blocked_start (&blocked, manner == TIMEOUT || manner == BOTH ? 1000 : GSOCK_TIMEOUT_NEVER, cancellable);
  gsock_socket_close (blocked.socket, FALSE, NULL);
  test_blocked_join (&blocked);
  g_assert_false (blocked.result);
  g_assert_error (blocked.error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  if (adopted && (manner == FOR_EVER || !situation->slow))
    check_original (&blocked);
  test_blocked_close (&blocked);
}

static void
test_close (gconstpointer situation)
{
  for (Manner manner = FOR_EVER; manner < N_MANNERS; manner++)
    {
      close_under (situation, FALSE, manner);
      if (!((const TestSituation *) situation)->own)
        close_under (situation, TRUE, manner);
    }
}

static void
test_cancel (gconstpointer situation)
{
  for (guint adopted = 0; adopted < (((const TestSituation *) situation)->own ? 1 : 2); adopted++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      TestBlocked blocked;

      if (!test_blocked_open (&blocked, situation, adopted))
        return;
      test_blocked_start (&blocked, adopted ? 1000 : GSOCK_TIMEOUT_NEVER, cancellable);
      g_cancellable_cancel (cancellable);
      test_blocked_join (&blocked);
      g_assert_false (blocked.result);
      g_assert_error (blocked.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      test_blocked_close (&blocked);
    }
}

/* Cancelled before it began, a call does nothing: what there was to take is there, what there was
 * room for was not sent. */
static void
test_cancel_before (gconstpointer data)
{
  const TestSituation *situation = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  if (!test_blocked_open (&blocked, situation, FALSE))
    return;
  g_cancellable_cancel (cancellable);
  blocked.thread.done = TRUE;
  situation->release (&blocked);
  g_assert_false (test_blocked_call (&blocked, TRUE, GSOCK_TIMEOUT_NEVER, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  if (!g_str_has_prefix (situation->name, "send"))
    {
      g_assert_true (test_blocked_call (&blocked, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error));
      g_assert_no_error (error);
    }
  test_blocked_close (&blocked);
}

/* Several threads in one call each on one socket. */
#define MANY 6

static void
test_close_many (gconstpointer situation)
{
  TestBlocked blocked, copies[MANY];
  int fd;

  if (!test_blocked_open (&blocked, situation, FALSE))
    return;
  fd = test_peek_fd (blocked.socket);
  for (guint i = 0; i < MANY; i++)
    {
      copies[i] = blocked;
      test_blocked_start (&copies[i], i % 3 == 0 ? 1000 : GSOCK_TIMEOUT_NEVER, NULL);
    }
  gsock_socket_close (blocked.socket, FALSE, NULL);
  for (guint i = 0; i < MANY; i++)
    {
      test_blocked_join (&copies[i]);
      g_assert_false (copies[i].result);
      g_assert_error (copies[i].error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
      g_clear_error (&copies[i].error);
    }
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  test_blocked_close (&blocked);
}

/* Sockets are closed under calls while others take descriptors all the time: none gets a number in
 * which somebody still waits, so nobody reads what was not meant for him. */
typedef struct
{
  int stop;
  guint n_rounds;
} Reuse;

static void
take_numbers (gpointer data)
{
  Reuse *reuse = data;

  while (!g_atomic_int_get (&reuse->stop))
    {
      int fds[2];
      char byte = 0;

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
      g_assert_cmpint (send (fds[1], "y", 1, MSG_NOSIGNAL), ==, 1);
      g_assert_cmpint (recv (fds[0], &byte, 1, MSG_DONTWAIT), ==, 1);
      g_assert_cmpint (byte, ==, 'y');
      close (fds[0]);
      close (fds[1]);
      reuse->n_rounds++;
    }
}

typedef struct
{
  GSockSocket *socket;
  gboolean done;
} Reader;

static void
read_until_closed (gpointer data)
{
  Reader *reader = data;
  g_autoptr (GError) error = NULL;
  char byte;

  while (gsock_socket_receive_from_direct (reader->socket, &byte, 1, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL, &error) == 1)
    g_assert_cmpint (byte, ==, 'x');
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

static void
close_among_others (void)
{
  Reader reader = { NULL, FALSE };
  GSockSocket *peer;
  TestThread threads[2];

  g_assert_true (gsock_make_socket_pair (&reader.socket, &peer, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    test_thread_start (&threads[i], read_until_closed, &reader);
  g_assert_cmpint (gsock_socket_send_to (peer, "xxxxxxxx", 8, NULL, NULL, NULL), ==, 8);
  gsock_socket_close (reader.socket, FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    test_thread_join (&threads[i]);
  g_assert_finalize_object (reader.socket);
  g_assert_finalize_object (peer);
}

static void
test_reuse (void)
{
  Reuse reuse = { 0, 0 };
  TestThread thread;

  test_thread_start (&thread, take_numbers, &reuse);
  for (guint i = 0; i < 200; i++)
    close_among_others ();
  g_atomic_int_set (&reuse.stop, TRUE);
  test_thread_join (&thread);
  g_assert_cmpuint (reuse.n_rounds, >, 0);
}

/* Both ends at once, by several threads: each close is told that it is done. */
static void
close_in_thread (gpointer socket)
{
  g_assert_true (gsock_socket_close (socket, FALSE, NULL));
}

static void
test_close_by_many (void)
{
  for (guint round = 0; round < 100; round++)
    {
      GSockSocket *first, *second;
      TestThread threads[4];

      g_assert_true (gsock_make_socket_pair (&first, &second, NULL, NULL));
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        test_thread_start (&threads[i], close_in_thread, i % 2 == 0 ? first : second);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        test_thread_join (&threads[i]);
      g_assert_finalize_object (first);
      g_assert_finalize_object (second);
    }
}

/* The wake-up that a close sends, while the last waiter has left already and its number could be
 * somebody else's: shutdown may only meet the socket's own descriptor. */
int __real_shutdown (int fd, int how);
int __wrap_shutdown (int fd, int how);

static struct
{
  TestBlocked *blocked;
  guint n_calls;
} at_shutdown;

int
__wrap_shutdown (int fd, int how)
{
  if (at_shutdown.blocked != NULL)
    {
      at_shutdown.n_calls++;
      g_assert_cmpint (gsock_socket_send_to (at_shutdown.blocked->peer, "x", 1, NULL, NULL, NULL), ==, 1);
      test_blocked_join (at_shutdown.blocked);
      g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
    }
  return __real_shutdown (fd, how);
}

static const TestSituation *
find_situation (const char *name)
{
  for (guint i = 0; i < test_n_situations; i++)
    if (strcmp (test_situations[i].name, name) == 0)
      return &test_situations[i];
  g_assert_not_reached ();
}

static void
test_late_shutdown (void)
{
  TestBlocked blocked;

  g_assert_true (test_blocked_open (&blocked, find_situation ("receive/local-stream"), FALSE));
  test_blocked_start (&blocked, GSOCK_TIMEOUT_NEVER, NULL);
  at_shutdown.blocked = &blocked;
  gsock_socket_close (blocked.socket, FALSE, NULL);
  at_shutdown.blocked = NULL;
  g_assert_cmpuint (at_shutdown.n_calls, ==, 1);
  g_assert_true (blocked.result);
  test_blocked_close (&blocked);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_situations ("/fault/30/close", test_close);
  test_add_for_situations ("/fault/30/close-many", test_close_many);
  test_add ("/fault/30/number-is-not-reused", test_reuse);
  test_add ("/fault/30/late-shutdown", test_late_shutdown);
  test_add ("/fault/30/close-by-many", test_close_by_many);
  test_add_for_situations ("/fault/32/cancel", test_cancel);
  test_add_for_situations ("/fault/32/cancel-before", test_cancel_before);
  return g_test_run ();
}
