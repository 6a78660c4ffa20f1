/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interests: who is told what, once, and whose they are when. */

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-interest-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testloop.h"
#include "testwire.h"

static guint
count_records (GSockSocket *socket)
{
  guint n = 0;

  for (GSockRecord *record = gsock_socket_get_handle (socket)->records; record != NULL; record = record->next)
    n++;
  return n;
}

/* One record, which is registered for what all of them want; each is told its own. */
static void
test_union (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in, out, both;

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_open (&out);
  test_interest_open (&both);
  test_interest_wait (&in, a, POLLIN);
  test_interest_wait (&out, a, POLLOUT);
  test_interest_wait (&both, a, POLLIN | POLLOUT);
  g_assert_cmpuint (count_records (a), ==, 1);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 0);
  g_assert_cmpuint (out.n_told, ==, 1);
  g_assert_cmpuint (out.told, ==, POLLOUT);
  g_assert_cmpuint (both.told, ==, POLLOUT);
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (in.told, ==, POLLIN);
  g_assert_cmpuint (both.n_told, ==, 1);
  test_interest_close (&in);
  test_interest_close (&out);
  test_interest_close (&both);
}

/* The same for one socket among many, where the set would answer EEXIST to the second. */
static void
test_union_among_many (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (20);
  TestInterest waiting[40], second;

  for (guint i = 0; i < 40; i++)
    {
      test_interest_open (&waiting[i]);
      test_interest_wait (&waiting[i], sockets->pdata[i], POLLIN);
    }
  test_interest_open (&second);
  test_interest_wait (&second, sockets->pdata[20], POLLIN);
  test_put (sockets->pdata[21]);
  test_run_ready (NULL);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (waiting[i].n_told, ==, i == 20 ? 1 : 0);
  g_assert_cmpuint (second.n_told, ==, 1);
  for (guint i = 0; i < 40; i++)
    test_interest_close (&waiting[i]);
  test_interest_close (&second);
}

/* In the order in which they came. */
static TestInterest *order[3];
static guint n_order;

static void
note_order (TestInterest *self)
{
  order[n_order++] = self;
}

static void
test_order (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest interests[3];

  n_order = 0;
  test_pair (&a, &b);
  for (guint i = 0; i < 3; i++)
    {
      test_interest_open (&interests[i]);
      interests[i].then = note_order;
      test_interest_wait (&interests[i], a, POLLIN);
    }
  test_put (b);
  test_run_ready (NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (order[i] == &interests[i]);
      test_interest_close (&interests[i]);
    }
}

/* Once: who wants to know again says so. And who does not is not woken a second time. */
static void
test_once (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in;
  guint turns = 0;

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_wait (&in, a, POLLIN);
  test_put (b);
  while (turns < 100 && g_main_context_iteration (NULL, FALSE))
    turns++;
  g_assert_cmpuint (in.n_told, ==, 1);
  g_assert_cmpuint (turns, <=, 2);
  g_assert_false (gsock_interest_withdraw (&in.interest));
  test_interest_wait (&in, a, POLLIN);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 2);
  test_interest_close (&in);
}

/* Most who have waited wait again: the kernel is not asked to forget, and to remember. */
static void
test_kept_registered (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in;

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_wait (&in, a, POLLIN);
  g_assert_true (gsock_interest_withdraw (&in.interest));
  g_assert_cmpuint (gsock_socket_get_handle (a)->records->registered, ==, POLLIN);
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 0);
  g_assert_cmpuint (gsock_socket_get_handle (a)->records->registered, ==, 0);
  test_interest_close (&in);
}

static void
test_withdrawn (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in;

  test_pair (&a, &b);
  test_interest_open (&in);
  g_assert_false (gsock_interest_withdraw (&in.interest));
  test_put (b);
  test_interest_wait (&in, a, POLLIN);
  g_assert_true (gsock_interest_withdraw (&in.interest));
  g_assert_true (gsock_interest_defer (&in.interest));
  g_assert_true (gsock_interest_withdraw (&in.interest));
  in.interest.deadline = 1;
  test_interest_wait (&in, a, POLLIN);
  g_assert_true (gsock_interest_withdraw (&in.interest));
  g_assert_cmpuint (in.interest.reactor->deadlines->len, ==, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 0);
  test_interest_close (&in);
}

/* What two are told in one turn: the first one may take the other's away. */
static void
withdraw_other (TestInterest *self)
{
  TestInterest *other = self->data;

  g_assert_true (gsock_interest_withdraw (&other->interest));
}

static void
test_withdrawn_when_fetched (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest first, second;

  test_pair (&a, &b);
  test_interest_open (&first);
  test_interest_open (&second);
  first.then = second.then = withdraw_other;
  first.data = &second;
  second.data = &first;
  test_interest_wait (&first, a, POLLIN);
  test_interest_wait (&second, b, POLLIN);
  test_put (a);
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (first.n_told + second.n_told, ==, 1);
  test_interest_close (&first);
  test_interest_close (&second);
}

/* In the next turn, so that who goes on for ever lets the others have theirs. */
static void
defer_again (TestInterest *self)
{
  g_assert_cmpuint (self->told, ==, GSOCK_TOLD_DEFERRED);
  g_assert_true (gsock_interest_defer (&self->interest));
}

static void
test_deferred (void)
{
  TestInterest self;

  test_interest_open (&self);
  self.then = defer_again;
  g_assert_true (gsock_interest_defer (&self.interest));
  g_assert_cmpuint (self.n_told, ==, 0);
  for (guint i = 1; i < 10; i++)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (self.n_told, ==, i);
    }
  test_interest_close (&self);
}

/* What it is told while it does not wait it finds when it does. */
static void
test_told_early (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in;

  test_pair (&a, &b);
  test_interest_open (&in);
  gsock_interest_tell (&in.interest, GSOCK_TOLD_CANCELLED);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 0);
  test_interest_wait (&in, a, POLLIN);
  g_assert_cmpuint (in.n_told, ==, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (in.told, ==, GSOCK_TOLD_CANCELLED);
  test_interest_wait (&in, a, POLLIN);
  gsock_interest_tell (&in.interest, GSOCK_TOLD_CANCELLED);
  gsock_interest_tell (&in.interest, GSOCK_TOLD_LATE);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 2);
  g_assert_cmpuint (in.told, ==, GSOCK_TOLD_CANCELLED | GSOCK_TOLD_LATE);
  test_interest_close (&in);
}

static void
test_closed (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in, out, early;

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_open (&out);
  test_interest_open (&early);
  test_interest_wait (&in, a, POLLIN);
  test_interest_wait (&out, a, 0);
  gsock_socket_close (a, FALSE, NULL);
  g_assert_cmpuint (count_records (a), ==, 0);
  g_assert_cmpint (gsock_interest_wait (&early.interest, gsock_socket_get_handle (a), -1, POLLIN), ==, -GSOCK_E_CLOSED);
  test_run_ready (NULL);
  g_assert_cmpuint (in.told, ==, GSOCK_TOLD_CLOSED);
  g_assert_cmpuint (out.told, ==, GSOCK_TOLD_CLOSED);
  test_interest_close (&in);
  test_interest_close (&out);
  test_interest_close (&early);
}

static void
test_not_initialized (void)
{
  g_autoptr (GSockSocket) socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  TestInterest in;

  test_interest_open (&in);
  g_assert_cmpint (gsock_interest_wait (&in.interest, gsock_socket_get_handle (socket), -1, POLLIN), ==, -GSOCK_E_NOT_INITIALIZED);
  test_interest_close (&in);
}

/* Descriptors that no socket has leave nothing behind. */
static void
test_without_handle (void)
{
  TestInterest in[3];
  int fds[3][2];

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (pipe2 (fds[i], O_CLOEXEC), ==, 0);
      test_interest_open (&in[i]);
      g_assert_cmpint (gsock_interest_wait (&in[i].interest, NULL, fds[i][0], POLLIN), ==, 0);
    }
  g_assert_cmpint (write (fds[0][1], "x", 1), ==, 1);
  close (fds[1][1]);
  fds[1][1] = -1;
  test_run_ready (NULL);
  g_assert_cmpuint (in[0].told, ==, POLLIN);
  g_assert_cmpuint (in[1].told, ==, POLLHUP);
  g_assert_cmpuint (in[2].n_told, ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      test_interest_close (&in[i]);
      close (fds[i][0]);
      if (fds[i][1] >= 0)
        close (fds[i][1]);
    }
}

static void
test_deadline (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in, nothing;
  gint64 now = g_get_monotonic_time ();

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_open (&nothing);
  in.interest.deadline = now + 20000;
  nothing.interest.deadline = now + 10000;
  test_interest_wait (&in, a, POLLIN);
  g_assert_cmpint (gsock_interest_wait (&nothing.interest, NULL, -1, 0), ==, 0);
  test_run_until (NULL, nothing.n_told);
  g_assert_cmpint (g_get_monotonic_time (), >=, now + 10000);
  g_assert_cmpuint (nothing.told, ==, GSOCK_TOLD_LATE);
  test_run_until (NULL, in.n_told);
  g_assert_cmpint (g_get_monotonic_time (), >=, now + 20000);
  g_assert_cmpuint (in.told, ==, GSOCK_TOLD_LATE);
  test_interest_close (&in);
  test_interest_close (&nothing);
}

/* What was read from the kernel before, and is held: of which no poll tells. */
static void
hold_something (GSockSocket *socket)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  static const GSockJoined like = { .segment = 1 };

  (void) gsock_segments_get (handle);
  gsock_segments_hold (handle, &like, (const guint8 *) "x", 1);
}

static void
test_held (void)
{
  TestWire wire;
  TestInterest in, out;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  test_interest_open (&in);
  test_interest_open (&out);
  test_interest_wait (&in, wire.near, POLLIN);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 0);
  hold_something (wire.near);
  test_run_ready (NULL);
  g_assert_cmpuint (in.told, ==, POLLIN);
  for (guint i = 2; i < 5; i++)
    {
      test_interest_wait (&in, wire.near, POLLIN);
      test_run_ready (NULL);
      g_assert_cmpuint (in.n_told, ==, i);
    }
  test_interest_wait (&out, wire.near, POLLPRI);
  test_run_ready (NULL);
  g_assert_cmpuint (out.n_told, ==, 0);
  test_take (wire.near);
  test_interest_wait (&in, wire.near, POLLIN);
  test_run_ready (NULL);
  g_assert_cmpuint (in.n_told, ==, 4);
  test_interest_close (&in);
  test_interest_close (&out);
  test_wire_close (&wire);
}

/* An error is told who waits for something else; nothing is told who waits for nothing. */
static void
test_unasked (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest pri, nothing;

  test_pair (&a, &b);
  test_interest_open (&pri);
  test_interest_open (&nothing);
  test_interest_wait (&pri, a, POLLPRI);
  test_interest_wait (&nothing, a, 0);
  gsock_socket_close (b, FALSE, NULL);
  test_run_ready (NULL);
  g_assert_cmpuint (pri.told, ==, POLLHUP);
  g_assert_cmpuint (nothing.n_told, ==, 0);
  test_interest_close (&pri);
  test_interest_close (&nothing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/interest/union", test_union);
  test_add ("/interest/union-among-many", test_union_among_many);
  test_add ("/interest/order", test_order);
  test_add ("/interest/once", test_once);
  test_add ("/interest/kept-registered", test_kept_registered);
  test_add ("/interest/withdrawn", test_withdrawn);
  test_add ("/interest/withdrawn-when-fetched", test_withdrawn_when_fetched);
  test_add ("/interest/deferred", test_deferred);
  test_add ("/interest/told-early", test_told_early);
  test_add ("/interest/closed", test_closed);
  test_add ("/interest/not-initialized", test_not_initialized);
  test_add ("/interest/without-handle", test_without_handle);
  test_add ("/interest/deadline", test_deadline);
  test_add ("/interest/held", test_held);
  test_add ("/interest/unasked", test_unasked);
  return g_test_run ();
}
