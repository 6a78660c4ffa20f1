/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testthread.h"
#include "testwire.h"

/* A call that has to wait, and what it waits for. */
typedef struct _TestBlocked TestBlocked;

typedef struct
{
  const char *name;
  const char *kind;
  void (*open) (TestBlocked *self);
  gboolean (*call) (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
  /* Lets the call come to its end. */
  void (*release) (TestBlocked *self);
  gboolean always_waits;  /* has no argument that says not to */
  gboolean in_progress;   /* not to wait is told as connection-in-progress */
  gboolean slow;          /* released by a retransmission: seconds later */
  gboolean own;           /* nothing that a descriptor alone could tell */
} TestSituation;

struct _TestBlocked
{
  const TestSituation *situation;
  const TestKind *kind;
  gboolean adopted;
  GSockSocket *socket;   /* what the call is made on */
  GSockSocket *peer;     /* the other end, or the listener */
  GSockSocket *original; /* of which an adopted socket is a duplicate */
  GPtrArray *others;     /* what has to stay open */
  GSockAddress address;  /* whom it connects or sends to */
  GSockSocket *accepted;

  /* The call in a thread */
  TestThread thread;
  gboolean wait;
  double timeout;
  GCancellable *cancellable;
  gboolean result;
  GError *error;
};

extern const TestSituation test_situations[];
extern const guint test_n_situations;

/* FALSE, with the running test marked as skipped, where this machine has no such socket. */
gboolean test_blocked_open (TestBlocked *self, const TestSituation *situation, gboolean adopted);
void test_blocked_close (TestBlocked *self);

/* The call, here and now. */
gboolean test_blocked_call (TestBlocked *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

/* The call in a thread, which sleeps when this returns. */
void test_blocked_start (TestBlocked *self, double timeout, GCancellable *cancellable);

/* Waits for its end: the result is in `result` and `error`. */
void test_blocked_join (TestBlocked *self);

/* Connections until the listener has no room for another. They are added to @others. */
void test_fill_backlog (GSockSocket *listener, const TestKind *kind, GPtrArray *others);

/* A test for each situation: its path is @prefix and the name of the situation. */
void test_add_for_situations (const char *prefix, GTestDataFunc function);
