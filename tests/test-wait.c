/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting: readiness, deadlines, cancellation, close, many at once, forks and no descriptor to spare. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
open_pipe (int fds[2])
{
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
}

static void
close_pipe (int fds[2])
{
  close (fds[0]);
  close (fds[1]);
}

static void
put_byte (int fd)
{
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
}

static void
take_byte (int fd)
{
  char byte;

  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
}

static void
test_ready (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  GSockPatience moment = GSOCK_PATIENCE_INIT (0, NULL);
  int fds[2];

  open_pipe (fds);
  g_assert_cmpint (gsock_wait_one (NULL, fds[1], POLLOUT, &patience), ==, POLLOUT);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &moment), ==, -GSOCK_E_TIMED_OUT);
  put_byte (fds[1]);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &patience), ==, POLLIN);
  moment.deadline = 0;
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &moment), ==, POLLIN);
  close_pipe (fds);
}

static void
test_will_not_wait (void)
{
  GSockPatience patience = { FALSE, GSOCK_TIMEOUT_NEVER, NULL, 0 };
  int fds[2];

  open_pipe (fds);
  put_byte (fds[1]);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &patience), ==, -EAGAIN);
  g_assert_cmpint (gsock_pause (NULL, 1, &patience), ==, -EAGAIN);
  close_pipe (fds);
}

/* Of several, those that are ready and no others; more than there is room for on the stack too. */
static void
test_several (void)
{
  static const guint counts[] = { 2, 3, 4, 40 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
      g_autofree GSockAwaited *awaited = g_new0 (GSockAwaited, counts[i]);
      g_autofree int *fds = g_new (int, 2 * counts[i]);

      for (guint j = 0; j < counts[i]; j++)
        {
          open_pipe (&fds[2 * j]);
          awaited[j] = (GSockAwaited){ .fd = fds[2 * j], .events = POLLIN, .revents = POLLPRI };
        }
      put_byte (fds[2 * (counts[i] - 1) + 1]);
      g_assert_cmpint (gsock_wait (awaited, counts[i], &patience), >, 0);
      for (guint j = 0; j < counts[i]; j++)
        {
          g_assert_cmpint (awaited[j].revents, ==, j + 1 == counts[i] ? POLLIN : 0);
          close_pipe (&fds[2 * j]);
        }
    }
}

/* A deadline is absolute: what goes by in one wait is gone for the next. */
static void
test_deadline (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.1, NULL);
  gint64 deadline;
  int fds[2];

  open_pipe (fds);
  put_byte (fds[1]);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &patience), ==, POLLIN);
  deadline = patience.deadline;
  g_assert_cmpint (deadline, >, g_get_monotonic_time () - G_USEC_PER_SEC);
  g_assert_cmpint (gsock_pause (NULL, 5, &patience), ==, 0);
  take_byte (fds[0]);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &patience), ==, -GSOCK_E_TIMED_OUT);
  g_assert_cmpint (patience.deadline, ==, deadline);
  g_assert_cmpint (g_get_monotonic_time (), >=, deadline);
  g_assert_cmpint (gsock_pause (NULL, 5, &patience), ==, -GSOCK_E_TIMED_OUT);
  close_pipe (fds);
}

static const double timeouts[] = { 0, 0.000001, 0.0001, 0.0015, 0.01, 0.0999, 0.25 };

/* Never early, not by a microsecond. */
static void
test_exactness (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      GSockPatience patience = GSOCK_PATIENCE_INIT (timeouts[i], NULL);

      test_takes_at_least (timeouts[i], g_assert_cmpint (gsock_wait_one (NULL, -1, 0, &patience), ==, -GSOCK_E_TIMED_OUT));
    }
}

static void
test_left (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);

  g_assert_cmpfloat (gsock_patience_left (&patience), <, 0);
  patience.timeout = 1000;
  g_assert_cmpfloat (gsock_patience_left (&patience), >, 900);
  g_assert_cmpfloat (gsock_patience_left (&patience), <=, 1000.00001);
  patience = (GSockPatience) GSOCK_PATIENCE_INIT (0, NULL);
  g_usleep (10);
  g_assert_cmpfloat (gsock_patience_left (&patience), <=, 0.000001);
  g_usleep (10);
  g_assert_cmpfloat (gsock_patience_left (&patience), ==, 0);
}

/* Times that no clock reaches are as good as for ever. */
static void
test_far_away (void)
{
  static const double far_away[] = { 1e9, 1e18, 1e300, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (far_away); i++)
    {
      GSockPatience patience = GSOCK_PATIENCE_INIT (far_away[i], NULL);
      int fds[2];

      open_pipe (fds);
      g_assert_cmpfloat (gsock_patience_left (&patience), >, 1e8);
      g_assert_cmpint (gsock_wait_one (NULL, fds[1], POLLOUT, &patience), ==, POLLOUT);
      g_assert_cmpint (gsock_pause (NULL, 1, &patience), ==, 0);
      close_pipe (fds);
    }
}

static void
test_pause (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);

  test_takes_at_least (0.02, g_assert_cmpint (gsock_pause (NULL, 20, &patience), ==, 0));
  g_assert_cmpint (patience.deadline, ==, 0);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  GSockPatience fresh = GSOCK_PATIENCE_INIT (0.01, NULL);
  int fds[2];

  open_pipe (fds);
  put_byte (fds[1]);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &patience), ==, -GSOCK_E_CANCELLED);
  g_assert_cmpint (gsock_pause (NULL, 1000, &patience), ==, -GSOCK_E_CANCELLED);
  /* The next wait of this thread is not woken by what this one left. */
  take_byte (fds[0]);
  test_takes_at_least (0.01, g_assert_cmpint (gsock_wait_one (NULL, fds[0], POLLIN, &fresh), ==, -GSOCK_E_TIMED_OUT));
  close_pipe (fds);
}

typedef struct
{
  GSockHandle *handle;
  int fd;
  GCancellable *cancellable;
  double timeout;
  gboolean pauses;
  int result;
} Wait;

static void
wait_in_thread (gpointer data)
{
  Wait *self = data;
  GSockPatience patience = GSOCK_PATIENCE_INIT (self->timeout, self->cancellable);

  self->result = self->pauses ? gsock_pause (self->handle, 100000, &patience) : gsock_wait_one (self->handle, self->fd, POLLIN, &patience);
}

static void
test_cancelled (gconstpointer pauses)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Wait wait = { .cancellable = cancellable, .timeout = -1, .pauses = GPOINTER_TO_INT (pauses) };
  TestThread thread;
  int fds[2];

  open_pipe (fds);
  wait.fd = fds[0];
  test_thread_start (&thread, wait_in_thread, &wait);
  test_thread_wait_until_asleep (&thread);
  g_assert_false (test_thread_is_done (&thread));
  g_cancellable_cancel (cancellable);
  test_thread_join (&thread);
  g_assert_cmpint (wait.result, ==, -GSOCK_E_CANCELLED);
  close_pipe (fds);
}

/* Many wait for one socket: its close tells them all, and the number is free only then. */
#define MANY 16

static void
test_many_closed (gconstpointer pauses)
{
  Wait waits[MANY];
  TestThread threads[MANY];
  GSockHandle handle = { 0 };
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  gsock_handle_init (&handle);
  gsock_handle_adopt (&handle, fds[0], AF_UNIX, SOCK_STREAM, 0);
  for (guint i = 0; i < MANY; i++)
    {
      g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, fds[0]);
      waits[i] = (Wait){ .handle = &handle, .fd = fds[0], .timeout = i % 2 == 0 ? -1 : 1000, .pauses = GPOINTER_TO_INT (pauses) };
      test_thread_start (&threads[i], wait_in_thread, &waits[i]);
    }
  for (guint i = 0; i < MANY; i++)
    test_thread_wait_until_asleep (&threads[i]);
  g_assert_true (gsock_handle_close (&handle));
  for (guint i = 0; i < MANY; i++)
    {
      test_thread_join (&threads[i]);
      g_assert_cmpint (waits[i].result, ==, -GSOCK_E_CLOSED);
      g_assert_cmpint (fcntl (fds[0], F_GETFD), >=, 0);
      gsock_handle_leave (&handle, 1);
    }
  g_assert_cmpint (fcntl (fds[0], F_GETFD), ==, -1);
  g_assert_null (handle.waiters);
  gsock_handle_clear (&handle);
  close (fds[1]);
}

/* One byte for many: all are told that it is there, for whoever is first. */
static void
test_many_ready (void)
{
  Wait waits[MANY];
  TestThread threads[MANY];
  int fds[2];

  open_pipe (fds);
  for (guint i = 0; i < MANY; i++)
    {
      waits[i] = (Wait){ .fd = fds[0], .timeout = 1000 };
      test_thread_start (&threads[i], wait_in_thread, &waits[i]);
    }
  for (guint i = 0; i < MANY; i++)
    test_thread_wait_until_asleep (&threads[i]);
  put_byte (fds[1]);
  for (guint i = 0; i < MANY; i++)
    {
      test_thread_join (&threads[i]);
      g_assert_cmpint (waits[i].result, ==, POLLIN);
    }
  close_pipe (fds);
}

/* Threads and cancellables without order: who waits is either cancelled or told that the byte is
 * there, and nothing of one wait is left for the next. */
typedef struct
{
  GCancellable *cancellable; /* atomic */
  int fd, stop, n_cancelled, n_timed_out;
} Storm;

static void
wait_in_storm (gpointer data)
{
  Storm *storm = data;

  while (!g_atomic_int_get (&storm->stop))
    {
      g_autoptr (GCancellable) own = g_cancellable_new ();
      GSockPatience patience = GSOCK_PATIENCE_INIT (0.002, own);
      int result;

      g_atomic_pointer_set (&storm->cancellable, own);
      result = gsock_wait_one (NULL, storm->fd, POLLIN, &patience);
      while (!g_atomic_pointer_compare_and_exchange (&storm->cancellable, own, NULL))
        g_thread_yield ();
      g_assert_true (result == -GSOCK_E_TIMED_OUT || result == -GSOCK_E_CANCELLED);
      if (result == -GSOCK_E_CANCELLED)
        storm->n_cancelled++;
      else
        storm->n_timed_out++;
    }
}

static void
cancel_one (Storm *storm)
{
  GCancellable *cancellable = g_atomic_pointer_get (&storm->cancellable);

  if (cancellable == NULL || !g_atomic_pointer_compare_and_exchange (&storm->cancellable, cancellable, (GCancellable *) NULL))
    return;
  g_cancellable_cancel (cancellable);
  g_atomic_pointer_set (&storm->cancellable, cancellable);
}

static void
test_stress (void)
{
  Storm storms[4];
  TestThread threads[G_N_ELEMENTS (storms)];
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;
  int fds[2];

  open_pipe (fds);
  for (guint i = 0; i < G_N_ELEMENTS (storms); i++)
    {
      storms[i] = (Storm){ .fd = fds[0] };
      test_thread_start (&threads[i], wait_in_storm, &storms[i]);
    }
  while (g_get_monotonic_time () < end)
    for (guint i = 0; i < G_N_ELEMENTS (storms); i++)
      {
        cancel_one (&storms[i]);
        g_usleep (g_random_int_range (0, 1500));
      }
  for (guint i = 0; i < G_N_ELEMENTS (storms); i++)
    {
      g_atomic_int_set (&storms[i].stop, TRUE);
      test_thread_join (&threads[i]);
      g_assert_cmpint (storms[i].n_cancelled, >, 0);
    }
  close_pipe (fds);
}

/* The numbers that the kernel gives to the eventfds of this process, each with a space before and after;
 * an older kernel tells none. */
static char *
find_wake_numbers (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fdinfo", 0, NULL);
  GString *numbers = g_string_new (NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fdinfo", name, NULL);
      g_autofree char *text = NULL;
      const char *found = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL))
        found = strstr (text, "eventfd-id:");
      if (found != NULL)
        g_string_append_printf (numbers, " %d ", atoi (found + strlen ("eventfd-id:")));
    }
  return g_string_free (numbers, FALSE);
}

/* The child's wake descriptor is its own, in the place of its parent's: either side is woken by what
 * concerns it alone. */
static void
wait_as_child (gpointer parents)
{
  int before = (int) test_count_descriptors ();
  g_autofree char *own = NULL;

  test_cancelled (NULL);
  test_cancelled_before ();
  g_assert_cmpint (test_count_descriptors (), ==, before);
  own = find_wake_numbers ();
  g_assert_true (*(const char *) parents == '\0' || !g_str_equal (own, parents));
}

/* Both sides at once: a wake-up that the other side took would leave this one asleep. */
static void
cancel_always (gpointer data)
{
  Storm *storm = data;

  while (!g_atomic_int_get (&storm->stop))
    {
      cancel_one (storm);
      g_usleep (g_random_int_range (0, 100));
    }
}

static void
be_cancelled_again_and_again (void)
{
  Storm storm = { .fd = -1 };
  TestThread thread;

  test_thread_start (&thread, cancel_always, &storm);
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GCancellable) own = g_cancellable_new ();
      GSockPatience patience = GSOCK_PATIENCE_INIT (20, own);

      g_atomic_pointer_set (&storm.cancellable, own);
      g_assert_cmpint (gsock_wait_one (NULL, -1, 0, &patience), ==, -GSOCK_E_CANCELLED);
      g_assert_cmpfloat (gsock_patience_left (&patience), >, 0);
      while (!g_atomic_pointer_compare_and_exchange (&storm.cancellable, own, NULL))
        g_thread_yield ();
    }
  g_atomic_int_set (&storm.stop, TRUE);
  test_thread_join (&thread);
}

static void
test_fork_both (void)
{
  pid_t child;
  int status = 0;

  test_cancelled_before ();
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  be_cancelled_again_and_again ();
  if (child == 0)
    _exit (0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
test_fork (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.01, NULL);
  g_autofree char *numbers = NULL;

  test_cancelled_before ();
  numbers = find_wake_numbers ();
  test_in_child (wait_as_child, numbers, NULL);
  test_takes_at_least (0.01, g_assert_cmpint (gsock_wait_one (NULL, -1, 0, &patience), ==, -GSOCK_E_TIMED_OUT));
  test_cancelled_before ();
}

/* Nothing new from here on. */
static void
limit_descriptors (void)
{
  int next = dup (0);
  struct rlimit limit = { next, next };

  close (next);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpint (dup (0), ==, -1);
  g_assert_cmpint (errno, ==, EMFILE);
}

/* A thread that cannot get a descriptor to be woken by asks now and then instead. */
static void
wait_without_descriptors (gpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockHandle handle = { 0 };
  Wait waits[3] = { { .timeout = 0.03 }, { .timeout = -1, .cancellable = cancellable }, { .timeout = -1, .handle = &handle } };
  TestThread threads[3];
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  gsock_handle_init (&handle);
  gsock_handle_adopt (&handle, fds[0], AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, fds[0]);
  limit_descriptors ();
  for (guint i = 0; i < 3; i++)
    {
      waits[i].fd = fds[0];
      test_thread_start (&threads[i], wait_in_thread, &waits[i]);
    }
  test_thread_join (&threads[0]);
  g_assert_cmpint (waits[0].result, ==, -GSOCK_E_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  test_thread_join (&threads[1]);
  g_assert_cmpint (waits[1].result, ==, -GSOCK_E_CANCELLED);
  g_assert_false (test_thread_is_done (&threads[2]));
  gsock_handle_close (&handle);
  test_thread_join (&threads[2]);
  g_assert_cmpint (waits[2].result, ==, -GSOCK_E_CLOSED);
  gsock_handle_leave (&handle, 1);
}

static void
test_no_descriptor (void)
{
  test_in_child (wait_without_descriptors, NULL, NULL);
}

/* Each thread keeps one descriptor to be woken by, and gives it back at its end. */
static void
test_thread_end (void)
{
  Wait wait = { .fd = -1, .timeout = 0 };
  guint before = test_count_descriptors ();

  for (guint i = 0; i < 20; i++)
    {
      TestThread thread;

      test_thread_start (&thread, wait_in_thread, &wait);
      test_thread_join (&thread);
    }
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/wait/ready", test_ready);
  test_add ("/wait/will-not-wait", test_will_not_wait);
  test_add ("/wait/several", test_several);
  test_add ("/wait/deadline", test_deadline);
  test_add ("/wait/exactness", test_exactness);
  test_add ("/wait/left", test_left);
  test_add ("/wait/far-away", test_far_away);
  test_add ("/wait/pause", test_pause);
  test_add ("/wait/cancelled-before", test_cancelled_before);
  test_add_with ("/wait/cancelled", GINT_TO_POINTER (FALSE), test_cancelled);
  test_add_with ("/wait/cancelled-pause", GINT_TO_POINTER (TRUE), test_cancelled);
  test_add_with ("/wait/many-closed", GINT_TO_POINTER (FALSE), test_many_closed);
  test_add_with ("/wait/many-closed-pause", GINT_TO_POINTER (TRUE), test_many_closed);
  test_add ("/wait/many-ready", test_many_ready);
  test_add ("/wait/stress", test_stress);
  test_add ("/wait/fork", test_fork);
  test_add ("/wait/fork-both", test_fork_both);
  test_add ("/wait/no-descriptor", test_no_descriptor);
  test_add ("/wait/thread-end", test_thread_end);
  return g_test_run ();
}
