/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads that sleep, signals that come all the time, and processes of the tests' own. */

#include "testthread.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANG_SECONDS 60
#define CANNOT 77

static gpointer
run (gpointer data)
{
  TestThread *self = data;

  g_atomic_int_set (&self->id, (int) syscall (SYS_gettid));
  self->function (self->data);
  g_atomic_int_set (&self->done, TRUE);
  return NULL;
}

void
test_thread_start (TestThread *self, void (*function) (gpointer data), gpointer data)
{
  *self = (TestThread){ .function = function, .data = data };
  self->thread = g_thread_new ("test", run, self);
}

/* S in the third field: interruptible sleep. The second is a name in parentheses. */
static gboolean
sleeps (TestThread *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/stat", g_atomic_int_get (&self->id));
  g_autofree char *text = NULL;
  const char *state;

  if (g_atomic_int_get (&self->id) == 0 || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  state = strrchr (text, ')');
  return state != NULL && state[1] == ' ' && state[2] == 'S';
}

/* A thread may sleep for a moment over a lock; what sleeps again and again waits. */
void
test_thread_wait_until_asleep (TestThread *self)
{
  guint times = 0;

  while (times < 5 && !test_thread_is_done (self))
    {
      times = sleeps (self) ? times + 1 : 0;
      g_usleep (1000);
    }
}

gboolean
test_thread_is_done (TestThread *self)
{
  return g_atomic_int_get (&self->done);
}

void
test_thread_join (TestThread *self)
{
  gint64 end = g_get_monotonic_time () + HANG_SECONDS * G_USEC_PER_SEC;

  while (!test_thread_is_done (self))
    {
      if (g_get_monotonic_time () > end)
        g_error ("%s: a thread hangs", g_test_get_path ());
      g_usleep (500);
    }
  g_thread_join (self->thread);
}

static volatile sig_atomic_t n_signals;

static void
on_signal (int number)
{
  n_signals++;
}

void
test_storm_start (void)
{
  struct sigaction action = { .sa_handler = on_signal };
  struct itimerval every = { { 0, 500 }, { 0, 500 } };

  n_signals = 0;
  g_assert_cmpint (sigaction (SIGALRM, &action, NULL), ==, 0);
  g_assert_cmpint (setitimer (ITIMER_REAL, &every, NULL), ==, 0);
}

guint
test_storm_stop (void)
{
  struct itimerval never = { { 0, 0 }, { 0, 0 } };

  g_assert_cmpint (setitimer (ITIMER_REAL, &never, NULL), ==, 0);
  signal (SIGALRM, SIG_DFL);
  return (guint) n_signals;
}

void
test_child_cannot (void)
{
  _exit (CANNOT);
}

gboolean
test_in_child (void (*function) (gpointer data), gpointer data, const char *reason)
{
  pid_t child = fork ();
  int status = 0;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      alarm (HANG_SECONDS);
      function (data);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == CANNOT)
    {
      g_test_skip (reason);
      return FALSE;
    }
  g_assert_cmpint (status, ==, 0);
  return TRUE;
}

typedef struct
{
  void (*function) (gpointer data);
  gpointer data;
} Job;

static void
raise_loopback (void)
{
  struct ifreq request = { .ifr_flags = IFF_UP };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (request.ifr_name, "lo", sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, SIOCSIFFLAGS, &request) != 0)
    test_child_cannot ();
  close (fd);
}

static void
run_in_own_network (gpointer data)
{
  Job *job = data;

  if (unshare (CLONE_NEWNET) != 0)
    test_child_cannot ();
  raise_loopback ();
  job->function (job->data);
}

gboolean
test_in_own_network (void (*function) (gpointer data), gpointer data)
{
  Job job = { function, data };

  return test_in_child (run_in_own_network, &job, "this process may not have a network of its own, or not set it up");
}

gboolean
test_write_setting (const char *path, const char *value)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, value, strlen (value)) == (gssize) strlen (value);

  if (fd >= 0)
    close (fd);
  return written;
}

double
test_processor_seconds (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
