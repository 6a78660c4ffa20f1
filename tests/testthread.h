/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/* A thread whose sleep can be waited for. */
typedef struct
{
  GThread *thread;
  void (*function) (gpointer data);
  gpointer data;
  int id;   /* atomic: the kernel's number, 0 before it runs */
  int done; /* atomic */
} TestThread;

void test_thread_start (TestThread *self, void (*function) (gpointer data), gpointer data);

/* Returns when the thread sleeps in the kernel, or is done. */
void test_thread_wait_until_asleep (TestThread *self);

gboolean test_thread_is_done (TestThread *self);

/* Fails the test when the thread does not come to its end: it hangs. */
void test_thread_join (TestThread *self);

/* Signals every half a millisecond, whose handler interrupts system calls. */
void test_storm_start (void);

/* How many came. */
guint test_storm_stop (void);

/* Runs @function in a child and fails when that fails there. FALSE, with the running test marked as
 * skipped for @reason, where the child answered by test_child_cannot. */
gboolean test_in_child (void (*function) (gpointer data), gpointer data, const char *reason);
G_NORETURN void test_child_cannot (void);

/* The same in a child with a network of its own, in which only loopback is up. */
gboolean test_in_own_network (void (*function) (gpointer data), gpointer data);

/* Writes one of the settings under /proc/sys, and tells whether that went well. */
gboolean test_write_setting (const char *path, const char *value);

/* Seconds of processor time that this process has used. */
double test_processor_seconds (void);

/* Runs @statement and fails where that takes less than @seconds of the monotonic clock. */
#define test_takes_at_least(seconds, statement)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 _start = g_get_monotonic_time ();                                                       \
    statement;                                                                                     \
    g_assert_cmpint (g_get_monotonic_time () - _start, >=, (gint64) ((seconds) *1e6));             \
  }                                                                                                \
  G_STMT_END
