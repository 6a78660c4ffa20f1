/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of asynchronous operations: one callback each, never before the call has returned. */

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testasync.h"
#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

/* An operation that takes a byte, or does what a test says. */
typedef struct _Try Try;
struct _Try
{
  GSockOperation operation;
  GSockAsyncRequest request;
  guint n_steps, n_interrupts; /* so many steps are interrupted first */
  gssize answer;               /* where it is not 0, of every step */
  gssize (*step) (Try *self, int fd);
  guint n_awaited;
  int awaited_fds[20];
  double delay;
  guint n_done; /* atomic */
  gssize result;
  void (*then) (Try *self);
  gpointer data;
};

static gssize
step_try (GSockOperation *operation, int fd, int flags)
{
  Try *self = (Try *) operation;
  char byte;
  gssize n;

  g_assert_cmpint (flags, ==, MSG_DONTWAIT);
  self->n_steps++;
  if (self->n_interrupts > 0)
    {
      self->n_interrupts--;
      return -EINTR;
    }
  if (self->answer != 0)
    return self->answer;
  if (self->step != NULL)
    return self->step (self, fd);
  n = recv (fd, &byte, 1, flags);
  return n < 0 ? -errno : n;
}

static void
try_open (Try *self, GSockSocket *socket)
{
  *self = (Try){
    .operation = { .step = step_try, .events = POLLIN },
    .request = { .operation = &self->operation, .socket = socket, .wait = TRUE, .timeout = GSOCK_TIMEOUT_NEVER },
    .delay = -1,
  };
}

static void
on_done (gpointer data, gssize result)
{
  Try *self = data;

  self->result = result;
  if (self->then != NULL)
    self->then (self);
  g_atomic_int_inc (&self->n_done);
}

static void
try_start (Try *self)
{
  self->n_done = 0;
  gsock_async_start (&self->request, on_done, self);
  g_assert_cmpuint (self->n_done, ==, 0);
}

static gssize
try_run (Try *self)
{
  try_start (self);
  test_run_until (NULL, self->n_done);
  test_run_ready (NULL);
  g_assert_cmpuint (self->n_done, ==, 1);
  return self->result;
}

/* What can be had at once is told in the next turn. */
static void
test_at_once (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  test_put (b);
  try_open (&self, a);
  self.n_interrupts = 3;
  g_assert_cmpint (try_run (&self), ==, 1);
  g_assert_cmpuint (self.n_steps, ==, 4);
  self.answer = -EPIPE;
  g_assert_cmpint (try_run (&self), ==, -EPIPE);
}

static void
test_waits (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  try_start (&self);
  test_run_ready (NULL);
  g_assert_cmpuint (self.n_done, ==, 0);
  g_assert_cmpuint (self.n_steps, ==, 1);
  test_put (b);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, 1);
  g_assert_cmpuint (self.n_steps, ==, 2);
}

static void
test_will_not_wait (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  self.request.wait = FALSE;
  g_assert_cmpint (try_run (&self), ==, -EAGAIN);
  gsock_socket_close (a, FALSE, NULL);
  g_assert_cmpint (try_run (&self), ==, -GSOCK_E_CLOSED);
  self.request.socket = raw;
  g_assert_cmpint (try_run (&self), ==, -GSOCK_E_NOT_INITIALIZED);
}

/* Several on one socket: first come, first served. */
static void
test_queue (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try tries[5];

  test_pair (&a, &b);
  for (guint i = 0; i < 5; i++)
    {
      try_open (&tries[i], a);
      try_start (&tries[i]);
    }
  for (guint i = 0; i < 5; i++)
    {
      test_put (b);
      test_run_until (NULL, tries[i].n_done);
      for (guint j = 0; j < 5; j++)
        g_assert_cmpuint (tries[j].n_done, ==, j <= i ? 1 : 0);
    }
}

/* A time limit bounds the whole, whatever interrupts it and whoever takes what came. */
static void
test_late (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;
  gint64 start;

  test_pair (&a, &b);
  try_open (&self, a);
  self.request.timeout = 0.03;
  test_storm_start ();
  start = g_get_monotonic_time ();
  try_start (&self);
  while (!self.n_done)
    {
      test_put (b);
      test_take (a);
      g_main_context_iteration (NULL, TRUE);
    }
  test_storm_stop ();
  g_assert_cmpint (self.result, ==, -GSOCK_E_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 30000);
  self.request.timeout = 0;
  g_assert_cmpint (try_run (&self), ==, -GSOCK_E_TIMED_OUT);
  test_put (b);
  g_assert_cmpint (try_run (&self), ==, 1);
}

/* What came at the last moment is had. */
static void
test_not_too_late (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  self.request.timeout = 0.01;
  try_start (&self);
  g_usleep (15000);
  test_put (b);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, 1);
}

/* Cancellation and close, from within and from outside */

typedef enum
{
  BEFORE,
  AFTER_START,
  WHEN_READY,
  TWICE,
} When;

static void
end (Try *self)
{
  if (self->request.cancellable != NULL)
    g_cancellable_cancel (self->request.cancellable);
  else
    gsock_socket_close (self->request.socket, FALSE, NULL);
}

static void
check_end (When when, gboolean cancel, guint n_others)
{
  g_autoptr (GPtrArray) others = test_pairs (n_others);
  g_autofree TestInterest *interests = g_new0 (TestInterest, MAX (n_others, 1));
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Try self;

  for (guint i = 0; i < n_others; i++)
    {
      test_interest_open (&interests[i]);
      test_interest_wait (&interests[i], others->pdata[2 * i], POLLIN);
    }
  test_pair (&a, &b);
  try_open (&self, a);
  self.request.cancellable = cancel ? cancellable : NULL;
  if (when == BEFORE)
    end (&self);
  try_start (&self);
  if (when == WHEN_READY)
    test_put (b);
  if (when != BEFORE)
    end (&self);
  if (when == TWICE)
    gsock_socket_close (a, FALSE, NULL);
  test_run_until (NULL, self.n_done);
  test_run_ready (NULL);
  g_assert_cmpuint (self.n_done, ==, 1);
  g_assert_cmpint (self.result, ==, cancel ? -GSOCK_E_CANCELLED : -GSOCK_E_CLOSED);
  for (guint i = 0; i < n_others; i++)
    test_interest_close (&interests[i]);
}

static void
test_ended (void)
{
  for (When when = BEFORE; when <= TWICE; when++)
    for (guint n = 0; n < 10; n += 5)
      {
        check_end (when, TRUE, n);
        check_end (when, FALSE, n);
      }
}

/* The callback may do anything, with others that are told in the same turn too. */
static void
end_other (Try *self)
{
  end (self->data);
}

static void
test_ends_another (void)
{
  for (guint cancel = 0; cancel < 2; cancel++)
    {
      g_autoptr (GPtrArray) sockets = test_pairs (6);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Try tries[6];
      guint n_got = 0;

      for (guint i = 0; i < 6; i++)
        {
          try_open (&tries[i], sockets->pdata[2 * i]);
          tries[i].request.cancellable = cancel ? cancellable : NULL;
          tries[i].then = end_other;
          tries[i].data = &tries[(i + 1) % 6];
          try_start (&tries[i]);
          test_put (sockets->pdata[2 * i + 1]);
        }
      test_run_ready (NULL);
      for (guint i = 0; i < 6; i++)
        {
          g_assert_cmpuint (tries[i].n_done, ==, 1);
          n_got += tries[i].result == 1;
          g_assert_true (tries[i].result == 1 || tries[i].result == (cancel ? -GSOCK_E_CANCELLED : -GSOCK_E_CLOSED));
        }
      g_assert_cmpuint (n_got, >=, 1);
      g_assert_cmpuint (n_got, <, 6);
    }
}

/* A callback that drops the last reference to everything. */
static void
drop_socket (Try *self)
{
  g_clear_object (&self->request.socket);
  g_clear_object (&self->request.cancellable);
}

static void
test_dropped (void)
{
  GSockSocket *a, *b;
  Try self;

  test_pair (&a, &b);
  test_put (b);
  try_open (&self, a);
  self.request.cancellable = g_cancellable_new ();
  self.then = drop_socket;
  g_assert_cmpint (try_run (&self), ==, 1);

  g_assert_finalize_object (b);
  test_pair (&a, &b);
  try_open (&self, a);
  try_start (&self);
  g_object_add_weak_pointer (G_OBJECT (a), (gpointer *) &a);
  g_object_unref (a);
  g_assert_nonnull (a);
  g_object_unref (b);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, 0);
  g_assert_null (a);
}

/* A callback that runs the context itself. */
static void
run_other (Try *self)
{
  Try *other = self->data;

  test_run_until (NULL, other->n_done);
}

static void
test_recursive (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (2);
  Try first, second;

  try_open (&first, sockets->pdata[0]);
  try_open (&second, sockets->pdata[2]);
  first.then = run_other;
  first.data = &second;
  try_start (&first);
  try_start (&second);
  test_put (sockets->pdata[1]);
  test_put (sockets->pdata[3]);
  test_run_until (NULL, first.n_done);
  g_assert_cmpuint (second.n_done, ==, 1);
}

/* Operations that wait for descriptors of their own */

static guint
collect_try (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  Try *self = (Try *) operation;

  for (guint i = 0; i < MIN (room, self->n_awaited); i++)
    awaited[i] = (GSockAwaited){ .fd = self->awaited_fds[i], .events = POLLIN };
  *delay = self->delay;
  return self->n_awaited;
}

/* Done when one of them has something. */
static gssize
step_any (Try *self, int fd)
{
  for (guint i = 0; i < self->n_awaited; i++)
    {
      char byte;

      if (recv (self->awaited_fds[i], &byte, 1, MSG_DONTWAIT) == 1)
        return i + 1;
    }
  return -EAGAIN;
}

static void
try_open_several (Try *self, GPtrArray *sockets)
{
  try_open (self, NULL);
  self->step = step_any;
  self->operation.collect = collect_try;
  self->n_awaited = sockets->len / 2;
  for (guint i = 0; i < self->n_awaited; i++)
    self->awaited_fds[i] = test_peek_fd (sockets->pdata[2 * i]);
}

static void
test_several (gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = test_pairs (GPOINTER_TO_UINT (data));
  Try self;

  try_open_several (&self, sockets);
  for (guint i = 0; i < self.n_awaited; i++)
    {
      try_start (&self);
      test_run_ready (NULL);
      g_assert_cmpuint (self.n_done, ==, 0);
      test_put (sockets->pdata[2 * i + 1]);
      test_run_until (NULL, self.n_done);
      g_assert_cmpint (self.result, ==, i + 1);
    }
  self.request.timeout = 0.005;
  g_assert_cmpint (try_run (&self), ==, -GSOCK_E_TIMED_OUT);
}

/* A step that is to be tried again after a while, with nothing to wait for. */
static gssize
step_third (Try *self, int fd)
{
  return self->n_steps < 3 ? -EAGAIN : 7;
}

static void
test_delay (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  self.operation.collect = collect_try;
  self.step = step_third;
  self.delay = 0.002;
  test_takes_at_least (0.004, g_assert_cmpint (try_run (&self), ==, 7));
  self.n_steps = 0;
  try_start (&self);
  gsock_socket_close (a, FALSE, NULL);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, -GSOCK_E_CLOSED);
}

/* What ends the operation is not lost because something of no use came in the same turn. */
static gssize
step_never (Try *self, int fd)
{
  return -EAGAIN;
}

static void
cancel_it (TestInterest *self)
{
  g_cancellable_cancel (self->data);
}

/* Others are told in the same turn, before and after it. */
static void
test_ended_with_several (gconstpointer data)
{
  gboolean few = GPOINTER_TO_INT (data);
  g_autoptr (GPtrArray) sockets = test_pairs (few ? 1 : 12), more = test_pairs (2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestInterest cancellers[2];
  Try self;

  try_open_several (&self, sockets);
  self.step = step_never;
  self.request.cancellable = cancellable;
  for (guint i = 0; i < 2; i++)
    {
      test_interest_open (&cancellers[i]);
      cancellers[i].then = cancel_it;
      cancellers[i].data = cancellable;
      test_interest_wait (&cancellers[i], more->pdata[2 * i], POLLIN);
      if (i == 0)
        try_start (&self);
    }
  test_put (more->pdata[1]);
  for (guint i = 1; i < sockets->len; i += 2)
    test_put (sockets->pdata[i]);
  test_put (more->pdata[3]);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, -GSOCK_E_CANCELLED);
  test_interest_close (&cancellers[0]);
  test_interest_close (&cancellers[1]);
}

/* An error that lasts, and of which the step makes nothing. */
static void
test_lasting_error (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  gsock_socket_close (b, FALSE, NULL);
  try_open (&self, a);
  self.operation.events = POLLPRI;
  self.step = step_never;
  self.request.timeout = 0.1;
  g_assert_cmpint (try_run (&self), ==, -GSOCK_E_TIMED_OUT);
  g_assert_cmpuint (self.n_steps, <, 50);
  g_assert_cmpuint (self.n_steps, >, 1);
}

/* Who waits for the error queue waits for no event that could be asked for. */
static void
test_error_alone (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  self.operation.events = 0;
  try_start (&self);
  test_run_ready (NULL);
  g_assert_cmpuint (self.n_steps, ==, 1);
  gsock_socket_close (b, FALSE, NULL);
  test_run_until (NULL, self.n_done);
  g_assert_cmpint (self.result, ==, 0);
}

/* Begun in one thread, told in another: the second may be done before the first has returned. */
typedef struct
{
  GPtrArray *sockets;
  Try *tries;
  guint n;
} Many;

static void
start_many (gpointer data)
{
  Many *self = data;

  for (guint i = 0; i < self->n; i++)
    gsock_async_start (&self->tries[i].request, on_done, &self->tries[i]);
}

static void
test_other_thread (void)
{
  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (GPtrArray) sockets = test_pairs (30);
      Try tries[30];
      Many many = { sockets, tries, 30 };
      TestThread starter;

      for (guint i = 0; i < 30; i++)
        {
          try_open (&tries[i], sockets->pdata[2 * i]);
          if (i % 3 == 2)
            {
              tries[i].operation.collect = collect_try;
              tries[i].step = step_any;
              tries[i].n_awaited = 1;
              tries[i].awaited_fds[0] = test_peek_fd (sockets->pdata[2 * i]);
            }
          if (i % 3 == 1)
            gsock_socket_close (sockets->pdata[2 * i], FALSE, NULL);
          else
            test_put (sockets->pdata[2 * i + 1]);
          if (i % 6 == 3)
            test_take (sockets->pdata[2 * i]);
        }
      test_thread_start (&starter, start_many, &many);
      for (guint i = 3; i < 30; i += 6)
        test_put (sockets->pdata[2 * i + 1]);
      for (guint i = 0; i < 30; i++)
        {
          test_run_until (NULL, g_atomic_int_get (&tries[i].n_done));
          g_assert_cmpint (tries[i].result, ==, i % 3 == 1 ? -GSOCK_E_CLOSED : 1);
        }
      test_thread_join (&starter);
    }
}

/* Ended from another thread at any moment. */
typedef struct
{
  Try *tries;
  guint n;
} Ender;

static void
end_many (gpointer data)
{
  Ender *self = data;

  for (guint i = 0; i < self->n; i++)
    end (&self->tries[i]);
}

static void
test_ended_elsewhere (gconstpointer data)
{
  gboolean cancel = GPOINTER_TO_INT (data);

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (GPtrArray) sockets = test_pairs (30);
      g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
      Try tries[30];
      Ender ender = { tries, 30 };
      TestThread thread;

      for (guint i = 0; i < 30; i++)
        {
          try_open (&tries[i], sockets->pdata[2 * i]);
          g_ptr_array_add (cancellables, g_cancellable_new ());
          tries[i].request.cancellable = cancel ? cancellables->pdata[i] : NULL;
        }
      test_thread_start (&thread, end_many, &ender);
      for (guint i = 0; i < 30; i++)
        gsock_async_start (&tries[i].request, on_done, &tries[i]);
      for (guint i = 0; i < 30; i++)
        {
          test_run_until (NULL, tries[i].n_done);
          g_assert_cmpint (tries[i].result, ==, cancel ? -GSOCK_E_CANCELLED : -GSOCK_E_CLOSED);
        }
      test_thread_join (&thread);
      test_run_ready (NULL);
      for (guint i = 0; i < 30; i++)
        g_assert_cmpuint (tries[i].n_done, ==, 1);
    }
}

/* As a task: in the thread-default context of who began it, and not before that has returned. */
typedef struct
{
  Try try;
  GMainContext *context;
  guint n_called;
} Job;

static void
finish_job (GTask *task, gssize result)
{
  g_task_return_int (task, result);
}

static void
on_job (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *self = data;

  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_cmpint (g_task_propagate_int (G_TASK (result), NULL), ==, 1);
  self->n_called++;
}

static void
test_task (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Job job = { .context = context };

  test_pair (&a, &b);
  try_open (&job.try, a);
  g_main_context_push_thread_default (context);
  gsock_async_run (gsock_async_task (a, test_task, G_PRIORITY_LOW, NULL, on_job, &job), a, &job.try.operation, TRUE, -1, finish_job);
  g_main_context_pop_thread_default (context);
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (job.n_called, ==, 0);
  test_run_until (context, job.n_called);
  test_run_ready (context);
  g_assert_cmpuint (job.n_called, ==, 1);
}

/* A context that an operation is under way in lasts until it is done. */
static gboolean
on_alive (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_keeps_context (void)
{
  GMainContext *context = g_main_context_new ();
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  gboolean alive = FALSE;
  Try self;

  test_pair (&a, &b);
  try_open (&self, a);
  g_main_context_push_thread_default (context);
  try_start (&self);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, on_alive, &alive, NULL);
  g_main_context_ref (context);
  test_put (b);
  test_run_until (context, self.n_done);
  g_assert_cmpint (self.result, ==, 1);
  g_assert_true (alive);
  g_main_context_unref (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  test_add ("/async/at-once", test_at_once);
  test_add ("/async/waits", test_waits);
  test_add ("/async/will-not-wait", test_will_not_wait);
  test_add ("/async/queue", test_queue);
  test_add ("/async/late", test_late);
  test_add ("/async/not-too-late", test_not_too_late);
  test_add ("/async/ended", test_ended);
  test_add ("/async/ends-another", test_ends_another);
  test_add ("/async/dropped", test_dropped);
  test_add ("/async/recursive", test_recursive);
  test_add_with ("/async/several/few", GUINT_TO_POINTER (3), test_several);
  test_add_with ("/async/several/many", GUINT_TO_POINTER (20), test_several);
  test_add ("/async/delay", test_delay);
  test_add_with ("/async/ended-with-several/few", GINT_TO_POINTER (TRUE), test_ended_with_several);
  test_add_with ("/async/ended-with-several/many", GINT_TO_POINTER (FALSE), test_ended_with_several);
  test_add ("/async/lasting-error", test_lasting_error);
  test_add ("/async/error-alone", test_error_alone);
  test_add ("/async/other-thread", test_other_thread);
  test_add_with ("/async/ended-elsewhere/cancel", GINT_TO_POINTER (TRUE), test_ended_elsewhere);
  test_add_with ("/async/ended-elsewhere/close", GINT_TO_POINTER (FALSE), test_ended_elsewhere);
  test_add ("/async/task", test_task);
  test_add ("/async/keeps-context", test_keeps_context);
  return g_test_run ();
}
