/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Main contexts, and what waits in them. */

#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void
test_run_ready (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

/* Interests */

static void
on_told (GSockInterest *interest, guint told)
{
  TestInterest *self = (TestInterest *) (gpointer) interest;

  self->told = told;
  if (self->then != NULL)
    self->then (self);
  g_atomic_int_inc (&self->n_told);
}

void
test_interest_init (TestInterest *self, GMainContext *context, int priority)
{
  *self = (TestInterest){ .interest = { .function = on_told } };
  self->interest.reactor = gsock_reactor_get (context, priority);
}

void
test_interest_open (TestInterest *self)
{
  test_interest_init (self, NULL, G_PRIORITY_DEFAULT);
}

void
test_interest_close (TestInterest *self)
{
  gsock_interest_withdraw (&self->interest);
  gsock_reactor_unref (self->interest.reactor);
}

void
test_interest_wait (TestInterest *self, GSockSocket *socket, guint events)
{
  g_assert_cmpint (gsock_interest_wait (&self->interest, gsock_socket_get_handle (socket), -1, events), ==, 0);
}

/* Watches */

static gboolean
on_ready (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  TestWatch *self = data;

  g_assert_true (socket == self->socket);
  self->last = condition;
  self->thread = g_thread_self ();
  if (self->then != NULL)
    self->then (self);
  g_atomic_int_inc (&self->n_calls);
  return !self->remove;
}

static void
on_over (gpointer data)
{
  TestWatch *self = data;

  g_atomic_int_inc (&self->n_over);
}

void
test_watch_start (TestWatch *self, GSockSocket *socket, GIOCondition condition, int priority)
{
  g_autoptr (GError) error = NULL;

  self->socket = socket;
  self->watch = gsock_socket_watch (socket, condition, priority, on_ready, self, on_over, &error);
  g_assert_no_error (error);
  gsock_watch_ref (self->watch);
}

void
test_watch_end (TestWatch *self)
{
  gsock_watch_cancel (self->watch);
  g_clear_pointer (&self->watch, gsock_watch_unref);
  g_assert_cmpuint (g_atomic_int_get (&self->n_over), ==, 1);
}

/* Sockets */

void
test_pair (GSockSocket **near, GSockSocket **far)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_make_socket_pair (near, far, &error, NULL));
  g_assert_no_error (error);
}

void
test_put (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_send_to_direct (socket, (const guint8 *) "x", 1, NULL, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error);
  g_assert_no_error (error);
}

void
test_take (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (gsock_socket_receive_from_direct (socket, &byte, 1, 0, FALSE, 0, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

GPtrArray *
test_pairs (guint n)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      GSockSocket *near, *far;

      test_pair (&near, &far);
      g_ptr_array_add (sockets, near);
      g_ptr_array_add (sockets, far);
    }
  return sockets;
}

/* Threads that run a context */

static gpointer
run_loop (gpointer data)
{
  TestLoop *self = data;

  g_main_context_push_thread_default (self->context);
  g_atomic_int_set (&self->id, (int) syscall (SYS_gettid));
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

void
test_loop_start (TestLoop *self)
{
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->id = 0;
  self->thread = g_thread_new ("loop", run_loop, self);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (((TestLoop *) data)->loop);
}

void
test_loop_stop (TestLoop *self)
{
  test_loop_call (self, quit, self);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
}

typedef struct
{
  void (*function) (gpointer data);
  gpointer data;
  int done; /* atomic */
} Call;

static gboolean
on_call (gpointer data)
{
  Call *call = data;

  /* By this ThreadSanitizer knows that the rest was written before: it does not know GLib's locks. */
  (void) g_atomic_int_get (&call->done);
  call->function (call->data);
  g_atomic_int_set (&call->done, TRUE);
  return G_SOURCE_REMOVE;
}

void
test_loop_call (TestLoop *self, void (*function) (gpointer data), gpointer data)
{
  Call call = { function, data, FALSE };
  GSource *source = g_idle_source_new ();

  g_atomic_int_set (&call.done, FALSE);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_call, &call, NULL);
  g_source_attach (source, self->context);
  while (!g_atomic_int_get (&call.done))
    g_usleep (100);
  g_source_unref (source);
}

void
test_loop_wait_until_asleep (TestLoop *self)
{
  TestThread thread = { .id = 0 };

  while (g_atomic_int_get (&self->id) == 0)
    g_usleep (100);
  thread.id = g_atomic_int_get (&self->id);
  test_thread_wait_until_asleep (&thread);
}

/* Descriptors */

static struct rlimit limit;

void
test_descriptors_limit (guint n)
{
  int lowest = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  struct rlimit less;

  g_assert_cmpint (lowest, >=, 0);
  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  less = (struct rlimit){ .rlim_cur = (rlim_t) lowest + n, .rlim_max = limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &less), ==, 0);
}

void
test_descriptors_restore (void)
{
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}
