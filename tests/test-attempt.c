/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attempts: prepared in a thread, tried until they are done, and answered once. */

#include <gsock/gsock-attempt-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock.h>

#include <errno.h>
#include <poll.h>

#include "testasync.h"

typedef struct
{
  GSockAttempt attempt;
  guint n_tries, n_needed;
  gboolean would_block, prepared, fails_to_prepare;
  GThread *thread;
} Try;

static gboolean
prepare (GSockAttempt *attempt, GSockPatience *patience, GError **error)
{
  Try *self = (Try *) attempt;

  self->prepared = TRUE;
  g_usleep (2000);
  self->thread = g_thread_self ();
  return !self->fails_to_prepare || gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_HOST, "no such name");
}

static gboolean
try_once (GSockAttempt *attempt, GError **error)
{
  Try *self = (Try *) attempt;

  if (++self->n_tries == self->n_needed)
    return TRUE;
  return self->would_block && gsock_error_set (error, -EAGAIN, "try", NULL);
}

static void
answer (GSockAttempt *attempt, GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, ((Try *) attempt)->n_tries);
}

static gssize
run (GSockSocket *socket, Try *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GTask *task = gsock_async_task (socket, run, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);

  self->attempt.name = "try";
  self->attempt.socket = socket;
  self->attempt.operation.events = POLLOUT;
  self->attempt.try = try_once;
  self->attempt.answer = answer;
  g_task_set_task_data (task, self, NULL);
  gsock_attempt_run (task, &self->attempt);
  g_assert_null (result);
  test_await (&result);
  return g_task_propagate_int (G_TASK (result), error);
}

static void
test_tries (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  for (guint would_block = 0; would_block < 2; would_block++)
    for (guint n = 1; n < 4; n++)
      {
        Try self = { .attempt = { .wait = TRUE, .timeout = -1 }, .n_needed = n, .would_block = would_block };

        g_assert_cmpint (run (a, &self, NULL), ==, n);
      }
}

static void
test_prepared (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;
  Try self = { .attempt = { .wait = TRUE, .timeout = 100, .prepare = prepare }, .n_needed = 2 };
  Try failing = { .attempt = { .wait = TRUE, .timeout = -1, .prepare = prepare }, .fails_to_prepare = TRUE };

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  g_assert_cmpint (run (a, &self, NULL), ==, 2);
  g_assert_true (self.thread != g_thread_self ());
  /* The time that it took is gone. */
  g_assert_cmpfloat (self.attempt.timeout, <, 100);
  g_assert_cmpint (run (a, &failing, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
  g_assert_cmpuint (failing.n_tries, ==, 0);
}

static void
test_failures (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;
  Try impatient = { .attempt = { .wait = FALSE, .timeout = -1 } };
  Try failed = { .attempt = { .wait = TRUE, .timeout = -1 } };

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  g_assert_cmpint (run (a, &impatient, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  gsock_error_literal (&failed.attempt.error, GSOCK_ERROR_INVALID_KEYWORD, "wrong from the start");
  g_assert_cmpint (run (a, &failed, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_cmpuint (failed.n_tries, ==, 0);
  gsock_socket_close (a, FALSE, NULL);
  g_assert_cmpint (run (a, &impatient, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attempt/tries", test_tries);
  g_test_add_func ("/attempt/prepared", test_prepared);
  g_test_add_func ("/attempt/failures", test_failures);
  return g_test_run ();
}
