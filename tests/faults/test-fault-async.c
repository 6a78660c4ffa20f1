/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fault 32, without blocking: each asynchronous operation is cancelled, closed and dropped at every step
 * there is. Each ends once, with the right error or its result, and leaves nothing behind. */

#include <gsock/gsock.h>

#include "testasync.h"
#include "testending.h"
#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

/* A turn of the context has an end even where there is always something ready. */
#define TURNS_MAX 20

typedef enum
{
  CANCEL,
  CLOSE,
  DROP,
} Way;

typedef struct _Moment Moment;

typedef struct
{
  const TestEndingCase *row;
  Way way;
  const Moment *moment;
} Trial;

struct _Moment
{
  const char *name;
  void (*run) (TestEnding *ending, Way way);
  gboolean certain; /* it cannot have come to its end before */
};

static void
end (TestEnding *ending, Way way)
{
  if (way == CANCEL)
    g_cancellable_cancel (ending->cancellable);
  else if (way == CLOSE)
    gsock_socket_close (ending->near, FALSE, NULL);
}

static void
let_it_end (TestEnding *ending)
{
  if (ending->row->release != NULL)
    ending->row->release (ending);
}

static void
turn (void)
{
  for (guint i = 0; i < TURNS_MAX && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

static void
end_before (TestEnding *ending, Way way)
{
  end (ending, way);
  ending->row->start (ending);
}

static void
end_at_once (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  g_assert_cmpuint (ending->n_called, ==, 0);
  end (ending, way);
  g_assert_cmpuint (ending->n_called, ==, 0);
}

static void
end_waiting (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  turn ();
  end (ending, way);
}

/* It could come to its end, and the context has not noticed that yet. */
static void
end_ready (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  turn ();
  let_it_end (ending);
  end (ending, way);
}

/* The context has noticed; what it calls first is somebody who ends the other one. */
typedef struct
{
  TestWatch watch;
  TestEnding *ending;
  Way way;
} Rival;

static void
end_other (TestWatch *watch)
{
  Rival *rival = watch->data;

  end (rival->ending, rival->way);
}

static void
end_fetched (TestEnding *ending, Way way)
{
  GSockSocket *a, *b;
  Rival rival = { .watch = { .then = end_other, .remove = TRUE }, .ending = ending, .way = way };

  test_pair (&a, &b);
  rival.watch.data = &rival;
  ending->row->start (ending);
  turn ();
  test_watch_start (&rival.watch, a, G_IO_IN, G_PRIORITY_DEFAULT);
  test_put (b);
  let_it_end (ending);
  test_run_until (NULL, rival.watch.n_calls);
  test_watch_end (&rival.watch);
  g_object_unref (a);
  g_object_unref (b);
}

/* From another thread, whenever that comes. */
typedef struct
{
  TestEnding *ending;
  Way way;
  guint delay;
} Job;

static gpointer
end_elsewhere (gpointer data)
{
  Job *job = data;

  g_usleep (job->delay);
  end (job->ending, job->way);
  return NULL;
}

static void
end_from_thread (TestEnding *ending, Way way)
{
  Job job = { ending, way, (guint) g_test_rand_int_range (0, 80) };
  int moment = g_test_rand_int_range (0, 4);
  GThread *thread;

  if (moment == 0)
    ending->row->start (ending);
  thread = g_thread_new ("ender", end_elsewhere, &job);
  if (moment != 0)
    ending->row->start (ending);
  if (moment == 2)
    turn ();
  if (moment >= 2)
    let_it_end (ending);
  turn ();
  g_thread_join (thread);
}

static const Moment moments[] = {
  { "before", end_before, TRUE },
  { "at-once", end_at_once, TRUE },
  { "waiting", end_waiting, TRUE },
  { "ready", end_ready, FALSE },
  { "fetched", end_fetched, FALSE },
  { "thread", end_from_thread, FALSE },
};

static void
check_error (const Trial *trial, const TestEnding *ending)
{
  g_assert_nonnull (ending->error);
  if (trial->way == CANCEL)
    g_assert_error (ending->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (ending->error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

static void
try_once (const Trial *trial)
{
  gboolean certain = trial->moment->certain && (trial->row->release != NULL || trial->moment->run == end_before);
  TestEnding ending;

  test_ending_open (&ending, trial->row);
  trial->moment->run (&ending, trial->way);
  test_run_until (NULL, ending.n_called);
  turn ();
  g_assert_cmpuint (ending.n_called, ==, 1);
  if (certain || !ending.went_well)
    check_error (trial, &ending);
  test_ending_close (&ending);
}

static guint
how_often (void)
{
  return test_is_long () ? 10000 : 100;
}

static void
test_trial (gconstpointer data)
{
  for (guint i = 0; i < how_often (); i++)
    try_once (data);
}

/* Nobody but the operation has the socket any more; it comes to its end all the same. */
static void
test_dropped (gconstpointer data)
{
  const TestEndingCase *row = data;

  for (guint i = 0; i < how_often (); i++)
    {
      TestEnding ending;
      GSockSocket *near;

      test_ending_open (&ending, row);
      row->start (&ending);
      near = ending.near;
      if (i % 2 == 0)
        turn ();
      g_object_unref (near);
      while (ending.n_called == 0)
        {
          row->release (&ending);
          turn ();
        }
      g_assert_cmpuint (ending.n_called, ==, 1);
      g_assert_no_error (ending.error);
      turn ();
      ending.near = NULL;
      test_ending_close (&ending);
    }
}

static void
add_trial (const TestEndingCase *row, Way way, const Moment *moment)
{
  g_autofree char *path = g_strdup_printf ("/fault/32-async%s/%s/%s/%s", row->in_thread ? "-by-thread" : "", row->name, way == CANCEL ? "cancel" : "close", moment->name);
  static GPtrArray *trials = NULL;
  Trial *trial = g_new (Trial, 1);

  if (trials == NULL)
    trials = g_ptr_array_new_with_free_func (g_free);
  *trial = (Trial){ row, way, moment };
  g_ptr_array_add (trials, trial);
  test_add_with (path, trial, test_trial);
}

static void
add_dropped (const TestEndingCase *row)
{
  g_autofree char *path = g_strdup_printf ("/fault/32-async/%s/dropped", row->name);

  test_add_with (path, row, test_dropped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  for (guint i = 0; i < test_n_ending_cases; i++)
    {
      const TestEndingCase *row = &test_ending_cases[i];

      for (Way way = CANCEL; way <= (row->only_cancel ? CANCEL : CLOSE); way++)
        for (guint j = 0; j < G_N_ELEMENTS (moments); j++)
          add_trial (row, way, &moments[j]);
      if (!row->only_cancel)
        add_dropped (row);
    }
  return g_test_run ();
}
