/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reactor: contexts, priorities, threads, loops within loops, forks, and contexts that go away. */

#include <gsock/gsock-interest-private.h>
#include <gsock/gsock-socket-private.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

/* One for each context and priority, for as long as the context lives. */
static void
test_which (void)
{
  GMainContext *context = g_main_context_new ();
  GSockReactor *one = gsock_reactor_get (context, 0), *same = gsock_reactor_get (context, 0);
  GSockReactor *later = gsock_reactor_get (context, 200);
  GSockReactor *elsewhere = gsock_reactor_get (NULL, 0), *same_elsewhere = gsock_reactor_get (g_main_context_default (), 0);

  g_assert_true (one == same);
  g_assert_true (one != later && one != elsewhere);
  g_assert_true (elsewhere == same_elsewhere);
  g_main_context_unref (context);
  g_assert_null (one->readiness.source);
  gsock_reactor_unref (one);
  gsock_reactor_unref (same);
  gsock_reactor_unref (later);
  gsock_reactor_unref (elsewhere);
  gsock_reactor_unref (same_elsewhere);
}

/* Contexts come and go, often at the same place in memory. */
static void
test_contexts_come_and_go (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;

  test_pair (&a, &b);
  test_put (b);
  for (guint i = 0; i < 200; i++)
    {
      GMainContext *context = g_main_context_new ();
      TestInterest in;

      test_interest_init (&in, context, 0);
      test_interest_wait (&in, a, POLLIN);
      test_run_ready (context);
      g_assert_cmpuint (in.told, ==, POLLIN);
      test_interest_close (&in);
      g_main_context_unref (context);
    }
}

/* Urgent ones first, whichever came first; what is not urgent comes all the same. */
static TestInterest *order[3];
static guint n_order;

static void
note_order (TestInterest *self)
{
  order[n_order++] = self;
}

static void
test_priorities (void)
{
  static const int priorities[] = { G_PRIORITY_LOW, G_PRIORITY_DEFAULT, G_PRIORITY_HIGH };
  g_autoptr (GPtrArray) sockets = test_pairs (3);
  TestInterest interests[3];

  n_order = 0;
  for (guint i = 0; i < 3; i++)
    {
      test_interest_init (&interests[i], NULL, priorities[i]);
      interests[i].then = note_order;
      test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
      test_put (sockets->pdata[2 * i + 1]);
    }
  test_run_ready (NULL);
  g_assert_cmpuint (n_order, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (order[i] == &interests[2 - i]);
      test_interest_close (&interests[i]);
    }
}

/* One socket in several reactors: each is told. */
static void
test_socket_in_several (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  GMainContext *context = g_main_context_new ();
  TestInterest interests[3];

  test_pair (&a, &b);
  test_interest_init (&interests[0], NULL, 0);
  test_interest_init (&interests[1], NULL, 10);
  test_interest_init (&interests[2], context, 0);
  for (guint i = 0; i < 3; i++)
    test_interest_wait (&interests[i], a, POLLIN);
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (interests[0].n_told + interests[1].n_told, ==, 2);
  g_assert_cmpuint (interests[2].n_told, ==, 0);
  test_run_ready (context);
  g_assert_cmpuint (interests[2].n_told, ==, 1);
  for (guint i = 0; i < 3; i++)
    test_interest_close (&interests[i]);
  g_main_context_unref (context);
}

/* A function that runs the context itself sees what the others are told, of the same turn and of later
 * ones. */
static void
run_inside (TestInterest *self)
{
  TestInterest *others = self->data;

  test_run_until (NULL, others[0].n_told && others[1].n_told);
}

static void
test_recursive (gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = test_pairs (GPOINTER_TO_UINT (data));
  TestInterest first, others[2];

  test_interest_open (&first);
  test_interest_open (&others[0]);
  test_interest_open (&others[1]);
  first.then = run_inside;
  first.data = others;
  test_interest_wait (&first, sockets->pdata[0], POLLIN | POLLOUT);
  test_interest_wait (&others[0], sockets->pdata[2], POLLIN);
  test_interest_wait (&others[1], sockets->pdata[4], POLLIN);
  test_put (sockets->pdata[1]);
  test_put (sockets->pdata[3]);
  test_put (sockets->pdata[5]);
  test_run_ready (NULL);
  g_assert_cmpuint (first.n_told, ==, 1);
  g_assert_cmpuint (others[0].n_told, ==, 1);
  g_assert_cmpuint (others[1].n_told, ==, 1);
  test_interest_close (&first);
  test_interest_close (&others[0]);
  test_interest_close (&others[1]);
}

/* More than are fetched in one go. */
static void
test_storm (void)
{
  enum { MANY = 400 };
  g_autoptr (GPtrArray) sockets = test_pairs (MANY);
  g_autofree TestInterest *interests = g_new0 (TestInterest, MANY);

  for (guint i = 0; i < MANY; i++)
    {
      test_interest_open (&interests[i]);
      test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
      test_put (sockets->pdata[2 * i + 1]);
    }
  test_run_ready (NULL);
  for (guint i = 0; i < MANY; i++)
    {
      g_assert_cmpuint (interests[i].n_told, ==, 1);
      test_interest_close (&interests[i]);
    }
}

/* Deadlines, among signals that interrupt whatever waits. */
static void
test_deadlines (void)
{
  enum { MANY = 60 };
  TestInterest interests[MANY];
  gint64 start = g_get_monotonic_time ();
  guint n_done = 0;

  test_storm_start ();
  for (guint i = 0; i < MANY; i++)
    {
      test_interest_open (&interests[i]);
      interests[i].interest.deadline = start + 2000 * (i % 10 + 1);
      g_assert_cmpint (gsock_interest_wait (&interests[i].interest, NULL, -1, 0), ==, 0);
    }
  for (guint i = 0; i < MANY; i += 3)
    test_interest_close (&interests[i]);
  while (n_done < MANY - MANY / 3)
    {
      gint64 now;

      g_main_context_iteration (NULL, TRUE);
      now = g_get_monotonic_time ();
      n_done = 0;
      for (guint i = 0; i < MANY; i++)
        {
          n_done += interests[i].n_told;
          g_assert_true (interests[i].n_told == 0 || now >= interests[i].interest.deadline);
        }
    }
  g_assert_cmpuint (test_storm_stop (), >, 0);
  for (guint i = 0; i < MANY; i++)
    {
      g_assert_cmpuint (interests[i].n_told, ==, i % 3 == 0 ? 0 : 1);
      if (i % 3 != 0)
        test_interest_close (&interests[i]);
    }
}

/* Threads */

/* A context that sleeps hears of what is begun, told, closed and held from elsewhere. */
static void
wake_by_wait (TestInterest *in, GSockSocket *a, GSockSocket *b)
{
  test_put (b);
  test_interest_wait (in, a, POLLIN);
}

static void
wake_by_tell (TestInterest *in, GSockSocket *a, GSockSocket *b)
{
  test_interest_wait (in, a, POLLIN);
  gsock_interest_tell (&in->interest, GSOCK_TOLD_CANCELLED);
}

static void
wake_by_close (TestInterest *in, GSockSocket *a, GSockSocket *b)
{
  test_interest_wait (in, a, POLLIN);
  gsock_socket_close (a, FALSE, NULL);
}

static void
wake_by_defer (TestInterest *in, GSockSocket *a, GSockSocket *b)
{
  g_assert_true (gsock_interest_defer (&in->interest));
}

static void
wake_by_deadline (TestInterest *in, GSockSocket *a, GSockSocket *b)
{
  in->interest.deadline = g_get_monotonic_time () + 1000;
  test_interest_wait (in, a, POLLIN);
}

typedef struct
{
  const char *name;
  void (*wake) (TestInterest *in, GSockSocket *a, GSockSocket *b);
  guint told;
} Waking;

static const Waking wakings[] = {
  { "wait", wake_by_wait, POLLIN },
  { "tell", wake_by_tell, GSOCK_TOLD_CANCELLED },
  { "close", wake_by_close, GSOCK_TOLD_CLOSED },
  { "defer", wake_by_defer, GSOCK_TOLD_DEFERRED },
  { "deadline", wake_by_deadline, GSOCK_TOLD_LATE },
};

static void
test_wakes (gconstpointer data)
{
  const Waking *waking = data;
  TestLoop loop;

  test_loop_start (&loop);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GSockSocket) a = NULL, b = NULL;
      TestInterest in;

      test_pair (&a, &b);
      test_interest_init (&in, loop.context, i % 2);
      if (i % 3 == 0)
        test_loop_wait_until_asleep (&loop);
      waking->wake (&in, a, b);
      while (g_atomic_int_get (&in.n_told) == 0)
        g_usleep (50);
      g_assert_cmpuint (in.told, ==, waking->told);
      test_interest_close (&in);
    }
  test_loop_stop (&loop);
}

/* What a source does whose turn comes between the reactor's look and the sleep. */
static TestInterest *late_comer;

static gboolean
prepare_late (GSource *source, int *timeout)
{
  TestInterest *in = late_comer;

  *timeout = -1;
  if (in != NULL)
    {
      late_comer = NULL;
      gsock_interest_tell (&in->interest, GSOCK_TOLD_CANCELLED);
    }
  return FALSE;
}

static void
test_told_before_sleep (void)
{
  static GSourceFuncs funcs = { .prepare = prepare_late };
  GSource *source = g_source_new (&funcs, sizeof (GSource));
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestInterest in;

  test_pair (&a, &b);
  test_interest_open (&in);
  test_interest_wait (&in, a, POLLIN);
  g_source_attach (source, NULL);
  late_comer = &in;
  test_run_until (NULL, in.n_told);
  g_source_destroy (source);
  g_source_unref (source);
  test_interest_close (&in);
}

/* Several threads with contexts of their own, and all of them wait for the same sockets. */
enum
{
  N_LOOPS = 3,
  N_SHARED = 4,
};

typedef struct
{
  TestInterest in;
  GSockSocket *socket;
  int n_left; /* atomic */
} Sharer;

static void
wait_again (TestInterest *in)
{
  Sharer *self = in->data;
  char byte;

  if (in->told == GSOCK_TOLD_CLOSED)
    {
      g_atomic_int_set (&self->n_left, 0);
      return;
    }
  (void) gsock_socket_receive_from_direct (self->socket, &byte, 1, 0, FALSE, 0, NULL, NULL, NULL);
  g_atomic_int_add (&self->n_left, -1);
  if (gsock_interest_wait (&in->interest, gsock_socket_get_handle (self->socket), -1, POLLIN) < 0)
    g_atomic_int_set (&self->n_left, 0);
}

static void
test_threads (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (N_SHARED);
  TestLoop loops[N_LOOPS];
  Sharer sharers[N_LOOPS][N_SHARED];

  for (guint i = 0; i < N_LOOPS; i++)
    {
      test_loop_start (&loops[i]);
      for (guint j = 0; j < N_SHARED; j++)
        {
          Sharer *sharer = &sharers[i][j];

          *sharer = (Sharer){ .socket = sockets->pdata[2 * j], .n_left = 1000000 };
          test_interest_init (&sharer->in, loops[i].context, 0);
          sharer->in.then = wait_again;
          sharer->in.data = sharer;
          test_interest_wait (&sharer->in, sharer->socket, POLLIN);
        }
    }
  for (guint i = 0; i < 2000; i++)
    test_put (sockets->pdata[2 * (i % N_SHARED) + 1]);
  for (guint j = 0; j < N_SHARED; j++)
    gsock_socket_close (sockets->pdata[2 * j], FALSE, NULL);
  for (guint i = 0; i < N_LOOPS; i++)
    for (guint j = 0; j < N_SHARED; j++)
      while (g_atomic_int_get (&sharers[i][j].n_left) > 0)
        g_usleep (100);
  for (guint i = 0; i < N_LOOPS; i++)
    {
      test_loop_stop (&loops[i]);
      for (guint j = 0; j < N_SHARED; j++)
        test_interest_close (&sharers[i][j].in);
    }
}

/* Contexts that go away */

static void
test_abandoned (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) sockets = test_pairs (n);
  g_autofree TestInterest *interests = g_new0 (TestInterest, n + 3);
  GMainContext *context = g_main_context_new ();

  for (guint i = 0; i < n + 3; i++)
    {
      test_interest_init (&interests[i], context, i % 2);
      if (i < n)
        test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
    }
  g_assert_true (gsock_interest_defer (&interests[n].interest));
  interests[n + 1].interest.deadline = 1;
  g_assert_cmpint (gsock_interest_wait (&interests[n + 1].interest, NULL, -1, 0), ==, 0);
  g_main_context_unref (context);
  for (guint i = 0; i < n + 2; i++)
    {
      g_assert_cmpuint (interests[i].n_told, ==, 1);
      g_assert_true (interests[i].told == GSOCK_TOLD_ABANDONED || (i == n && interests[i].told == (GSOCK_TOLD_ABANDONED | GSOCK_TOLD_DEFERRED)));
    }
  g_assert_cmpuint (interests[n + 2].n_told, ==, 0);
  g_assert_false (gsock_interest_defer (&interests[0].interest));
  g_assert_cmpint (gsock_interest_wait (&interests[0].interest, gsock_socket_get_handle (sockets->pdata[0]), -1, POLLIN), <, 0);
  for (guint i = 0; i < n + 3; i++)
    test_interest_close (&interests[i]);
}

/* While the context goes away another thread closes what waits there. */
static void
close_all (gpointer data)
{
  GPtrArray *sockets = data;

  for (guint i = 0; i < sockets->len; i++)
    gsock_socket_close (sockets->pdata[i], FALSE, NULL);
}

static void
test_abandoned_and_closed (void)
{
  enum { N = 6 };

  for (guint round = 0; round < 100; round++)
    {
      g_autoptr (GPtrArray) sockets = test_pairs (N);
      GMainContext *context = g_main_context_new ();
      TestInterest interests[N];
      TestThread closer;

      for (guint i = 0; i < N; i++)
        {
          test_interest_init (&interests[i], context, 0);
          test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
        }
      g_main_context_iteration (context, FALSE);
      test_thread_start (&closer, close_all, sockets);
      g_main_context_unref (context);
      test_thread_join (&closer);
      for (guint i = 0; i < N; i++)
        {
          g_assert_cmpuint (interests[i].n_told, ==, 1);
          test_interest_close (&interests[i]);
        }
    }
}

/* Forks */

typedef struct
{
  GPtrArray *sockets;
  TestInterest *interests;
  guint n;
} Family;

static void
check_family (Family *self, guint from)
{
  for (guint i = from; i < self->n; i++)
    {
      guint before = self->interests[i].n_told;

      test_put (self->sockets->pdata[2 * i + 1]);
      test_run_until (NULL, self->interests[i].n_told > before);
      g_assert_cmpuint (self->interests[i].told, ==, POLLIN);
      test_take (self->sockets->pdata[2 * i]);
      test_interest_wait (&self->interests[i], self->sockets->pdata[2 * i], POLLIN);
    }
}

/* The child has the same sockets, and goes on with them in the same context. */
static void
in_child (gpointer data)
{
  Family *self = data;

  gsock_socket_close (self->sockets->pdata[0], FALSE, NULL);
  check_family (self, 1);
  for (guint i = 0; i < self->n; i++)
    gsock_socket_close (self->sockets->pdata[2 * i], FALSE, NULL);
  test_run_until (NULL, self->interests[self->n - 1].told == GSOCK_TOLD_CLOSED);
}

/* Parent and child go on, and close, in either order. */
static void
test_fork (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) sockets = test_pairs (n);
  g_autofree TestInterest *interests = g_new0 (TestInterest, n);
  Family family = { sockets, interests, n };

  for (guint i = 0; i < n; i++)
    {
      test_interest_open (&interests[i]);
      test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
    }
  check_family (&family, 0);
  g_assert_true (test_in_child (in_child, &family, NULL));
  check_family (&family, 0);
  for (guint i = 0; i < n; i++)
    test_interest_close (&interests[i]);
}

/* The child still has the descriptors when the parent closes: what happens to them is not the parent's
 * any more. */
static void
test_fork_parent_closes_first (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (8);
  TestInterest interests[8];
  int orders[2], status;
  guint turns = 0;
  pid_t child;
  char byte;

  g_assert_cmpint (pipe (orders), ==, 0);
  for (guint i = 0; i < 8; i++)
    {
      test_interest_open (&interests[i]);
      test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
    }
  child = fork ();
  if (child == 0)
    {
      close (orders[1]);
      _exit (read (orders[0], &byte, 1) == 0 ? 0 : 1);
    }
  close (orders[0]);
  for (guint i = 0; i < 4; i++)
    gsock_socket_close (sockets->pdata[2 * i], FALSE, NULL);
  test_run_ready (NULL);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (interests[i].told, ==, GSOCK_TOLD_CLOSED);
      test_put (sockets->pdata[2 * i + 1]);
    }
  while (turns < 100 && g_main_context_iteration (NULL, FALSE))
    turns++;
  g_assert_cmpuint (turns, <=, 2);
  close (orders[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  for (guint i = 0; i < 8; i++)
    test_interest_close (&interests[i]);
}

/* Another thread sleeps in its context, or is just about to. The child, which does not have that thread,
 * closes what was waited for there. */
static void
test_fork_beside_threads (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (8);
  TestInterest interests[8];
  TestLoop loop;

  test_loop_start (&loop);
  for (guint i = 0; i < 8; i++)
    {
      test_interest_init (&interests[i], loop.context, 0);
      test_interest_wait (&interests[i], sockets->pdata[2 * i], POLLIN);
    }
  for (guint i = 0; i < 20; i++)
    {
      g_main_context_wakeup (loop.context);
      g_assert_true (test_in_child (close_all, sockets, NULL));
    }
  for (guint i = 0; i < 8; i++)
    {
      test_put (sockets->pdata[2 * i + 1]);
      while (g_atomic_int_get (&interests[i].n_told) == 0)
        g_usleep (50);
      g_assert_cmpuint (interests[i].told, ==, POLLIN);
    }
  test_loop_stop (&loop);
  for (guint i = 0; i < 8; i++)
    test_interest_close (&interests[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/reactor/which", test_which);
  test_add ("/reactor/contexts-come-and-go", test_contexts_come_and_go);
  test_add ("/reactor/priorities", test_priorities);
  test_add ("/reactor/socket-in-several", test_socket_in_several);
  test_add_with ("/reactor/recursive/few", GUINT_TO_POINTER (3), test_recursive);
  test_add_with ("/reactor/recursive/many", GUINT_TO_POINTER (30), test_recursive);
  test_add ("/reactor/storm", test_storm);
  test_add ("/reactor/deadlines", test_deadlines);
  for (guint i = 0; i < G_N_ELEMENTS (wakings); i++)
    {
      g_autofree char *path = g_strdup_printf ("/reactor/wakes/%s", wakings[i].name);

      test_add_with (path, &wakings[i], test_wakes);
    }
  test_add ("/reactor/told-before-sleep", test_told_before_sleep);
  test_add ("/reactor/threads", test_threads);
  test_add_with ("/reactor/abandoned/few", GUINT_TO_POINTER (2), test_abandoned);
  test_add_with ("/reactor/abandoned/many", GUINT_TO_POINTER (20), test_abandoned);
  test_add ("/reactor/abandoned-and-closed", test_abandoned_and_closed);
  test_add_with ("/reactor/fork/few", GUINT_TO_POINTER (2), test_fork);
  test_add_with ("/reactor/fork/many", GUINT_TO_POINTER (10), test_fork);
  test_add ("/reactor/fork/parent-closes-first", test_fork_parent_closes_first);
  test_add ("/reactor/fork/beside-threads", test_fork_beside_threads);
  return g_test_run ();
}
