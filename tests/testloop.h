/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

#include <gsock/gsock-reactor-private.h>

/* Runs @context, NULL for the default one, until @condition holds. */
#define test_run_until(context, condition)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    while (!(condition))                                                                           \
      g_main_context_iteration ((context), TRUE);                                                  \
  }                                                                                                \
  G_STMT_END

/* Runs it for as long as something is ready. */
void test_run_ready (GMainContext *context);

/* An interest that keeps count of what it was told. */
typedef struct _TestInterest TestInterest;
struct _TestInterest
{
  GSockInterest interest;
  guint n_told; /* atomic */
  guint told;   /* the last time */
  void (*then) (TestInterest *self);
  gpointer data;
};

void test_interest_init (TestInterest *self, GMainContext *context, int priority);

/* In the default context, with the priority of most sources. */
void test_interest_open (TestInterest *self);
void test_interest_close (TestInterest *self);

/* Waits for a socket, and succeeds in that. */
void test_interest_wait (TestInterest *self, GSockSocket *socket, guint events);

/* A watch that keeps count of its calls. */
typedef struct _TestWatch TestWatch;
struct _TestWatch
{
  GSockWatch *watch; /* NULL when it is over */
  GSockSocket *socket;
  guint n_calls, n_over; /* atomic */
  GIOCondition last;
  GThread *thread;       /* of the last call */
  void (*then) (TestWatch *self);
  gpointer data;
  gboolean remove;       /* has the next call end it */
};

void test_watch_start (TestWatch *self, GSockSocket *socket, GIOCondition condition, int priority);
void test_watch_end (TestWatch *self);

/* A local stream of which each end is this process's. */
void test_pair (GSockSocket **near, GSockSocket **far);
void test_put (GSockSocket *socket);
void test_take (GSockSocket *socket);

/* So many of them, each end after its other one. */
GPtrArray *test_pairs (guint n);

/* A context that a thread of its own runs. */
typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  int id; /* atomic: the kernel's number of the thread */
} TestLoop;

void test_loop_start (TestLoop *self);
void test_loop_stop (TestLoop *self);

/* Has the thread call @function, and waits for it. */
void test_loop_call (TestLoop *self, void (*function) (gpointer data), gpointer data);

/* Returns when the thread sleeps in the kernel. */
void test_loop_wait_until_asleep (TestLoop *self);

/* Leaves no more descriptors free than @n; and gives the rest back. */
void test_descriptors_limit (guint n);
void test_descriptors_restore (void);
