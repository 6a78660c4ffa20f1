/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver of blocking calls, with operations of the tests' own that answer what they are told to. */

#include "testblocked.h"

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* Each step takes the next answer; after the last one it is done. */
typedef struct
{
  GSockOperation operation;
  const gssize *answers;
  guint n_answers, n_steps;
  int flags[8];
  GSockHandle *to_close; /* by the step */
} Script;

static gssize
step_script (GSockOperation *operation, int fd, int flags)
{
  Script *self = (Script *) operation;

  g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
  if (self->n_steps < G_N_ELEMENTS (self->flags))
    self->flags[self->n_steps] = flags;
  if (self->to_close != NULL)
    gsock_handle_close (self->to_close);
  return self->n_steps < self->n_answers ? self->answers[self->n_steps++] : (gssize) (self->n_steps++, 0);
}

#define SCRIPT(events_, ...)                                                                       \
  {                                                                                                \
    .operation = { .step = step_script, .events = (events_) }, .answers = (const gssize[]){ __VA_ARGS__ }, \
    .n_answers = sizeof ((const gssize[]){ __VA_ARGS__ }) / sizeof (gssize)                        \
  }

typedef struct
{
  GSockSocket *near, *far;
  GSockHandle *handle;
} Pair;

static void
open_pair (Pair *self)
{
  g_autoptr (GError) error = NULL;

  gsock_make_socket_pair (&self->near, &self->far, &error, NULL);
  g_assert_no_error (error);
  self->handle = gsock_socket_get_handle (self->near);
}

static void
close_pair (Pair *self)
{
  g_assert_finalize_object (self->near);
  g_assert_finalize_object (self->far);
}

/* What is there is taken with one step and without any waiting. */
static void
test_done_at_once (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (1, NULL);
  Script script = SCRIPT (POLLIN, 5);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 5);
  g_assert_cmpuint (script.n_steps, ==, 1);
  g_assert_cmpint (script.flags[0], ==, MSG_DONTWAIT);
  g_assert_cmpint (patience.deadline, ==, 0);
  g_assert_cmpuint (pair.handle->users, ==, 0);
  close_pair (&pair);
}

static void
test_interrupted (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0, NULL);
  Script script = SCRIPT (POLLIN, -EINTR, -EINTR, -EINTR, 7);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 7);
  g_assert_cmpuint (script.n_steps, ==, 4);
  close_pair (&pair);
}

static void
test_failure (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (POLLIN, -ECONNRESET);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -ECONNRESET);
  g_assert_cmpuint (script.n_steps, ==, 1);
  close_pair (&pair);
}

static void
test_would_block (void)
{
  GSockPatience patience = { FALSE, GSOCK_TIMEOUT_NEVER, NULL, 0 };
  Script script = SCRIPT (POLLIN, -EAGAIN);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -EAGAIN);
  g_assert_cmpuint (script.n_steps, ==, 1);
  g_assert_cmpint (script.flags[0], ==, MSG_DONTWAIT);
  close_pair (&pair);
}

static void
test_timed_out (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.05, NULL);
  Script script = SCRIPT (POLLIN, -EAGAIN, -EAGAIN);
  Pair pair;

  open_pair (&pair);
  test_takes_at_least (0.05, g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_TIMED_OUT));
  g_assert_cmpuint (script.n_steps, ==, 1);
  close_pair (&pair);
}

static gssize
step_never (GSockOperation *operation, int fd, int flags)
{
  ((Script *) operation)->n_steps++;
  return -EAGAIN;
}

/* The time is for the whole operation, also where the socket is ready again and again. */
static void
test_timed_out_while_ready (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.05, NULL);
  Script script = { .operation = { .step = step_never, .events = POLLOUT } };
  Pair pair;

  open_pair (&pair);
  test_takes_at_least (0.05, g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_TIMED_OUT));
  g_assert_cmpuint (script.n_steps, >, 1);
  close_pair (&pair);
}

/* What poll reports without being asked is not worth another step at once, and again and again. */
static void
test_idle_wakes (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0.3, NULL);
  Script script = { .operation = { .step = step_never, .events = POLLPRI } };
  Pair pair;

  open_pair (&pair);
  gsock_socket_close (pair.far, FALSE, NULL);
  test_takes_at_least (0.3, g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_TIMED_OUT));
  g_assert_cmpuint (script.n_steps, >, 2);
  g_assert_cmpuint (script.n_steps, <, 100);
  close_pair (&pair);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, cancellable);
  Script script = SCRIPT (POLLIN, 1);
  Pair pair;

  open_pair (&pair);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_CANCELLED);
  g_assert_cmpuint (script.n_steps, ==, 0);
  g_assert_cmpuint (pair.handle->users, ==, 0);
  close_pair (&pair);
}

static void
test_not_initialized (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (POLLIN, 1);
  GSockHandle handle = { 0 };

  gsock_handle_init (&handle);
  g_assert_cmpint (gsock_drive (&handle, &script.operation, &patience), ==, -GSOCK_E_NOT_INITIALIZED);
  gsock_handle_clear (&handle);
  g_assert_cmpint (gsock_drive (&handle, &script.operation, &patience), ==, -GSOCK_E_CLOSED);
  g_assert_cmpuint (script.n_steps, ==, 0);
}

/* Nothing else to wait for, and nobody else who holds the descriptor: the kernel may do the waiting. */
static void
test_in_kernel (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (POLLIN, 1);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 1);
  g_assert_cmpint (script.flags[0], ==, 0);
  close_pair (&pair);
}

typedef struct
{
  double timeout;
  gboolean wait, cancellable, exposed;
  short events;
} Condition;

static const Condition not_in_kernel[] = {
  { .timeout = 5, .wait = TRUE, .events = POLLIN },
  { .timeout = 0, .wait = TRUE, .events = POLLIN },
  { .timeout = -1, .wait = FALSE, .events = POLLIN },
  { .timeout = -1, .wait = TRUE, .cancellable = TRUE, .events = POLLIN },
  { .timeout = -1, .wait = TRUE, .exposed = TRUE, .events = POLLIN },
  { .timeout = -1, .wait = TRUE, .events = POLLPRI },
  { .timeout = -1, .wait = TRUE, .events = 0 },
};

static void
test_not_in_kernel (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (not_in_kernel); i++)
    {
      const Condition *condition = &not_in_kernel[i];
      g_autoptr (GCancellable) cancellable = condition->cancellable ? g_cancellable_new () : NULL;
      GSockPatience patience = { condition->wait, condition->timeout, cancellable, 0 };
      Script script = SCRIPT (condition->events, 1);
      Pair pair;

      open_pair (&pair);
      if (condition->exposed)
        gsock_handle_expose (pair.handle);
      g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 1);
      g_assert_cmpint (script.flags[0], ==, MSG_DONTWAIT);
      close_pair (&pair);
    }
}

static void
drive_as_child (gpointer data)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (POLLIN, 1);
  Pair *pair = data;

  g_assert_cmpint (gsock_drive (pair->handle, &script.operation, &patience), ==, 1);
  g_assert_cmpint (script.flags[0], ==, MSG_DONTWAIT);
}

static void
test_not_in_kernel_after_fork (void)
{
  Pair pair;

  open_pair (&pair);
  test_in_child (drive_as_child, &pair, NULL);
  drive_as_child (&pair);
  close_pair (&pair);
}

/* Where the kernel would not wait after all (somebody made the descriptor non-blocking), poll does. */
static void
test_kernel_will_not_wait (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (POLLOUT, -EAGAIN, 3);
  Pair pair;

  open_pair (&pair);
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 3);
  g_assert_cmpint (script.flags[0], ==, 0);
  g_assert_cmpint (script.flags[1], ==, MSG_DONTWAIT);
  close_pair (&pair);
}

/* What a step says of a descriptor that was closed under it is nobody's error. */
static void
test_closed_in_step (void)
{
  static const gssize answers[] = { -EAGAIN, -EINTR, -EPIPE, -EBADF };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      GSockPatience patience = GSOCK_PATIENCE_INIT (1, NULL);
      Script script = SCRIPT (POLLIN, answers[i]);
      Pair pair;
      int fd;

      open_pair (&pair);
      fd = pair.handle->fd;
      script.to_close = pair.handle;
      g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_CLOSED);
      g_assert_cmpuint (script.n_steps, ==, 1);
      g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
      close_pair (&pair);
    }
}

/* What was done before the close was done. Only the empty answer may be the close's own. */
static void
test_done_before_close (void)
{
  static const gssize answers[] = { 4, 0 };
  static const gssize polled[] = { 4, 0 };
  static const gssize in_kernel[] = { 4, -GSOCK_E_CLOSED };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (answers); i++)
    {
      gboolean polls = i % 2 == 0;
      GSockPatience patience = GSOCK_PATIENCE_INIT (polls ? 1 : GSOCK_TIMEOUT_NEVER, NULL);
      Script script = SCRIPT (POLLIN, answers[i / 2]);
      Pair pair;

      open_pair (&pair);
      script.to_close = pair.handle;
      g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, polls ? polled[i / 2] : in_kernel[i / 2]);
      close_pair (&pair);
    }
}

typedef struct
{
  Pair pair;
  Script script;
  GCancellable *cancellable;
  double timeout;
  gssize result;
} Drive;

static void
drive (gpointer data)
{
  Drive *self = data;
  GSockPatience patience = GSOCK_PATIENCE_INIT (self->timeout, self->cancellable);

  self->result = gsock_drive (self->pair.handle, &self->script.operation, &patience);
}

static void
test_cancelled_meanwhile (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Drive self = { .script = { .operation = { .step = step_never, .events = POLLIN } }, .cancellable = cancellable, .timeout = -1 };
  TestThread thread;

  open_pair (&self.pair);
  test_thread_start (&thread, drive, &self);
  test_thread_wait_until_asleep (&thread);
  g_assert_false (test_thread_is_done (&thread));
  g_cancellable_cancel (cancellable);
  test_thread_join (&thread);
  g_assert_cmpint (self.result, ==, -GSOCK_E_CANCELLED);
  g_assert_cmpuint (self.script.n_steps, ==, 1);
  close_pair (&self.pair);
}

static void
test_closed_meanwhile (void)
{
  Drive self = { .script = { .operation = { .step = step_never, .events = POLLIN } }, .timeout = 100 };
  TestThread thread;

  open_pair (&self.pair);
  test_thread_start (&thread, drive, &self);
  test_thread_wait_until_asleep (&thread);
  g_assert_false (test_thread_is_done (&thread));
  gsock_handle_close (self.pair.handle);
  test_thread_join (&thread);
  g_assert_cmpint (self.result, ==, -GSOCK_E_CLOSED);
  close_pair (&self.pair);
}

static int
wait_by_pausing (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  return gsock_pause (handle, 1, patience);
}

/* An operation that has its own way of waiting is not polled for. */
static void
test_own_way_of_waiting (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (GSOCK_TIMEOUT_NEVER, NULL);
  Script script = SCRIPT (0, -EAGAIN, -EAGAIN, -EAGAIN, 9);
  Pair pair;

  script.operation.wait = wait_by_pausing;
  open_pair (&pair);
  test_takes_at_least (0.003, g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, 9));
  g_assert_cmpuint (script.n_steps, ==, 4);

  patience = (GSockPatience){ FALSE, GSOCK_TIMEOUT_NEVER, NULL, 0 };
  script.n_steps = 0;
  g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -EAGAIN);
  g_assert_cmpuint (script.n_steps, ==, 1);

  patience = (GSockPatience){ TRUE, 0.02, NULL, 0 };
  script = (Script){ .operation = { .step = step_never, .wait = wait_by_pausing } };
  test_takes_at_least (0.02, g_assert_cmpint (gsock_drive (pair.handle, &script.operation, &patience), ==, -GSOCK_E_TIMED_OUT));
  close_pair (&pair);
}

/* Each call that can wait: three ways of not getting what it waits for, which nobody can mistake for
 * one another, and the way of getting it. */
static void
test_answers (gconstpointer data)
{
  const TestSituation *situation = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestBlocked blocked;

  if (!test_blocked_open (&blocked, situation, FALSE))
    return;
  if (!situation->in_progress)
    {
      g_assert_false (test_blocked_call (&blocked, situation->always_waits, situation->always_waits ? 0 : -1, NULL, &error));
      g_assert_true (g_error_matches (error, GSOCK_ERROR, situation->always_waits ? GSOCK_ERROR_TIMED_OUT : GSOCK_ERROR_WOULD_BLOCK));
      g_clear_error (&error);
    }
  test_takes_at_least (0.02, g_assert_false (test_blocked_call (&blocked, TRUE, 0.02, NULL, &error)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_false (test_blocked_call (&blocked, TRUE, 1000, cancellable, &error));
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_IN_PROGRESS));
  g_clear_error (&error);
  test_blocked_close (&blocked);
}

static void
test_released (gconstpointer situation)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GCancellable) cancellable = i % 2 == 0 ? NULL : g_cancellable_new ();
      TestBlocked blocked;

      if (((const TestSituation *) situation)->slow && i > 0)
        return;
      if (!test_blocked_open (&blocked, situation, FALSE))
        return;
      test_blocked_start (&blocked, i < 2 ? GSOCK_TIMEOUT_NEVER : 1000, cancellable);
      blocked.situation->release (&blocked);
      test_blocked_join (&blocked);
      g_assert_no_error (blocked.error);
      g_assert_true (blocked.result);
      test_blocked_close (&blocked);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/driver/done-at-once", test_done_at_once);
  test_add ("/driver/interrupted", test_interrupted);
  test_add ("/driver/failure", test_failure);
  test_add ("/driver/would-block", test_would_block);
  test_add ("/driver/timed-out", test_timed_out);
  test_add ("/driver/timed-out-while-ready", test_timed_out_while_ready);
  test_add ("/driver/idle-wakes", test_idle_wakes);
  test_add ("/driver/cancelled-before", test_cancelled_before);
  test_add ("/driver/not-initialized", test_not_initialized);
  test_add ("/driver/in-kernel", test_in_kernel);
  test_add ("/driver/not-in-kernel", test_not_in_kernel);
  test_add ("/driver/not-in-kernel-after-fork", test_not_in_kernel_after_fork);
  test_add ("/driver/kernel-will-not-wait", test_kernel_will_not_wait);
  test_add ("/driver/closed-in-step", test_closed_in_step);
  test_add ("/driver/done-before-close", test_done_before_close);
  test_add ("/driver/cancelled-meanwhile", test_cancelled_meanwhile);
  test_add ("/driver/closed-meanwhile", test_closed_meanwhile);
  test_add ("/driver/own-way-of-waiting", test_own_way_of_waiting);
  test_add_for_situations ("/driver/answers", test_answers);
  test_add_for_situations ("/driver/released", test_released);
  return g_test_run ();
}
