/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fault 32, without blocking: each asynchronous operation is cancelled, closed and dropped at every step
 * there is. Each ends once, with the right error or its result, and leaves nothing behind. */

#include <gsock/gsock.h>

#include "testasync.h"
#include "testending.h"
#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

#include <malloc.h>
#include <string.h>

/* A turn of the context has an end even where there is always something ready. */
#define TURNS_MAX 20

typedef enum
{
  CANCEL,
  CLOSE,
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
  gboolean stepped; /* for those who know half ways */
};

static gboolean
is (const TestEndingCase *row, TestEndingFlags flag)
{
  return (row->flags & flag) != 0;
}

static void
end (TestEnding *ending, Way way)
{
  if (way == CANCEL)
    g_cancellable_cancel (ending->cancellable);
  else if (ending->row->close != NULL)
    ending->row->close (ending);
  else
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
  guint at_once = way == CANCEL && is (ending->row, TEST_ENDING_CANCELLED_AT_ONCE);

  ending->row->start (ending);
  g_assert_cmpuint (ending->n_called, ==, 0);
  end (ending, way);
  g_assert_cmpuint (ending->n_called, ==, at_once);
}

static void
end_waiting (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  turn ();
  end (ending, way);
}

/* It has come some of its way; the context may have noticed or not. */
static void
end_half_way (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  turn ();
  for (guint i = 0; i <= ending->nth % 3; i++)
    {
      ending->row->step (ending);
      for (guint j = 0; j < ending->nth / 3 % 4; j++)
        g_main_context_iteration (NULL, FALSE);
    }
  end (ending, way);
}

/* It could come to its end, and the context has not noticed that yet; or has, and then it is late. */
static void
end_ready (TestEnding *ending, Way way)
{
  ending->row->start (ending);
  turn ();
  let_it_end (ending);
  for (guint i = 0; i < ending->nth % 4; i++)
    g_main_context_iteration (NULL, FALSE);
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
  gboolean later = moment == 0 || (way == CLOSE && is (ending->row, TEST_ENDING_PRIVATE));
  GThread *thread;

  if (later)
    ending->row->start (ending);
  thread = g_thread_new ("ender", end_elsewhere, &job);
  if (!later)
    ending->row->start (ending);
  if (moment == 2)
    turn ();
  if (moment >= 2)
    let_it_end (ending);
  turn ();
  g_thread_join (thread);
}

static const Moment moments[] = {
  { "before", end_before, .certain = TRUE },
  { "at-once", end_at_once, .certain = TRUE },
  { "waiting", end_waiting, .certain = TRUE },
  { "half-way", end_half_way, .certain = TRUE, .stepped = TRUE },
  { "ready", end_ready },
  { "fetched", end_fetched },
  { "thread", end_from_thread },
};

static void
check_error (const Trial *trial, const TestEnding *ending)
{
  g_assert_nonnull (ending->error);
  if (trial->way == CANCEL)
    g_assert_error (ending->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else if (is (trial->row, TEST_ENDING_IO_ERRORS))
    g_assert_error (ending->error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  else
    g_assert_error (ending->error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

/* Whether it cannot have gone well. */
static gboolean
is_certain (const Trial *trial)
{
  if (trial->way == CLOSE && is (trial->row, TEST_ENDING_CLOSED_WELL))
    return FALSE;
  if (trial->moment->stepped && is (trial->row, TEST_ENDING_GIVES_PART))
    return FALSE;
  if (is (trial->row, TEST_ENDING_NEVER) || trial->moment->run == end_before)
    return TRUE;
  return trial->moment->certain && trial->row->release != NULL;
}

static void
try_once (const Trial *trial, guint nth)
{
  TestEnding ending;

  test_ending_open (&ending, trial->row, nth);
  trial->moment->run (&ending, trial->way);
  test_run_until (NULL, ending.n_called);
  turn ();
  g_assert_cmpuint (ending.n_called, ==, 1);
  if (is_certain (trial) || !ending.went_well)
    check_error (trial, &ending);
  test_ending_close (&ending);
}

static guint
how_often (void)
{
  return test_is_long () ? 10000 : 100;
}

/* Without what GLib's threads keep for themselves: bells, and files that a look-up that nobody waits for
 * any more has open. */
static guint
count_but_bells (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *file = g_file_read_link (path, NULL);

      n += file != NULL && strstr (file, "eventfd") == NULL;
    }
  return n;
}

/* Fewer is no mistake: such a file may have been open before. */
static void
assert_descriptors (guint before)
{
  for (guint i = 0; i < 10000 && count_but_bells () > before; i++)
    g_usleep (1000);
  g_assert_cmpuint (count_but_bells (), <=, before);
}

/* What is never freed, but can be reached: leak checkers do not tell of that. A small allocation each
 * time is more than this; with a checker the C library knows nothing, and this is always 0. */
static gsize
memory_in_use (void)
{
  return mallinfo2 ().uordblks;
}

static void
repeat (void (*once) (gconstpointer data, guint nth), gconstpointer data)
{
  guint n = how_often (), before;
  gsize memory;

  for (guint i = 0; i < n / 10; i++)
    once (data, i);
  before = count_but_bells ();
  memory = memory_in_use ();
  for (guint i = 0; i < n; i++)
    once (data, i);
  assert_descriptors (before);
  g_assert_cmpuint (memory_in_use (), <, memory + 16 * n + 65536);
}

static void
try_trial (gconstpointer data, guint nth)
{
  try_once (data, nth);
}

static void
test_trial (gconstpointer data)
{
  repeat (try_trial, data);
}

/* Nobody but the operation has the socket any more; it comes to its end all the same, and takes the
 * socket with it. */
static void
try_dropped (gconstpointer data, guint nth)
{
  const TestEndingCase *row = data;
  gboolean to_cancel = is (row, TEST_ENDING_NEVER) || nth % 3 == 2;
  TestEnding ending;

  test_ending_open (&ending, row, nth);
  row->start (&ending);
  if (nth % 2 == 0)
    turn ();
  test_ending_drop (&ending);
  if (to_cancel)
    g_cancellable_cancel (ending.cancellable);
  while (ending.n_called == 0)
    {
      let_it_end (&ending);
      turn ();
    }
  turn ();
  g_assert_cmpuint (ending.n_called, ==, 1);
  if (!to_cancel)
    g_assert_no_error (ending.error);
  else if (!ending.went_well)
    g_assert_error (ending.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < 10000 && (ending.near != NULL || ending.other != NULL); i++)
    g_usleep (1000);
  g_assert_null (ending.near);
  g_assert_null (ending.other);
  test_ending_close (&ending);
}

static void
test_dropped (gconstpointer row)
{
  repeat (try_dropped, row);
}

/* Every function of the public headers that begins an operation has a row. */
static guint
check_header (const char *path, GRegex *begins)
{
  g_autofree char *text = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (g_regex_match (begins, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL), n++)
    {
      g_autofree char *function = g_match_info_fetch (match, 1);

      if (!test_ending_has (function))
        g_error ("%s has %s, which no table of tests/testending-*.c tries", path, function);
    }
  return n;
}

static void
test_none_is_missing (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "..", "gsock", NULL);
  g_autoptr (GRegex) begins = g_regex_new ("\\b(gsock_\\w+_async|gsock_\\w+_then|gsock_socket_watch) \\(", 0, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".h") && !g_str_has_suffix (name, "-private.h"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        n += check_header (path, begins);
      }
  g_assert_cmpuint (n, >=, 40);
}

static void
add_trial (const TestEndingCase *row, Way way, const Moment *moment)
{
  static GPtrArray *trials = NULL;
  gboolean by_thread = is (row, TEST_ENDING_IN_THREAD) || (is (row, TEST_ENDING_BY_GLIB) && moment->run == end_from_thread);
  const char *prefix = by_thread ? "32-async-by-thread" : "32-async";
  g_autofree char *path = g_strdup_printf ("/fault/%s/%s/%s/%s/%s", prefix, row->function, row->variant != NULL ? row->variant : "plain",
                                           way == CANCEL ? "cancel" : "close", moment->name);
  Trial *trial = g_new (Trial, 1);

  if (trials == NULL)
    trials = g_ptr_array_new_with_free_func (g_free);
  *trial = (Trial){ row, way, moment };
  g_ptr_array_add (trials, trial);
  g_test_add_data_func (path, trial, test_trial);
}

static void
add_row (const TestEndingCase *row)
{
  const char *prefix = is (row, TEST_ENDING_IN_THREAD) ? "32-async-by-thread" : "32-async";
  g_autofree char *path = g_strdup_printf ("/fault/%s/%s/%s/dropped", prefix, row->function, row->variant != NULL ? row->variant : "plain");
  gboolean none = is (row, TEST_ENDING_NO_OBJECT);

  for (Way way = CANCEL; way <= (none ? CANCEL : CLOSE); way++)
    for (guint j = 0; j < G_N_ELEMENTS (moments); j++)
      if (!moments[j].stepped || row->step != NULL)
        add_trial (row, way, &moments[j]);
  if (!none)
    g_test_add_data_func (path, row, test_dropped);
}

/* What each thread of GLib's keeps for itself goes with it, where leaks are looked for at the end. It waits for
 * more to do in its own pool for half a second first. */
static void
let_threads_end (void)
{
  g_usleep (G_USEC_PER_SEC);
  g_thread_pool_stop_unused_threads ();
  g_usleep (G_USEC_PER_SEC / 10);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  g_test_add_func ("/fault/32-async/none-is-missing", test_none_is_missing);
  test_ending_foreach (add_row);
  result = g_test_run ();
  let_threads_end ();
  return result;
}
