/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

/*
 * Every asynchronous operation, where it has to wait. A row of the table in testending.c is enough for a
 * new one: it is tried with every way to end it, at every moment.
 */
typedef struct _TestEnding TestEnding;

typedef struct
{
  const char *name;
  /* Makes `near`, and whatever else the operation needs to have to wait. */
  void (*open) (TestEnding *self);
  /* Starts it, with `cancellable` and test_ending_ready or test_ending_note. */
  void (*start) (TestEnding *self);
  /* Tells whether it went well, and lets go of what it has brought; NULL: test_ending_note was called. */
  gboolean (*finish) (TestEnding *self, GAsyncResult *result, GError **error);
  /* Lets it come to its end; NULL: it does so by itself. */
  void (*release) (TestEnding *self);
  gboolean only_cancel; /* there is no socket to close */
  gboolean in_thread;   /* of GLib's */
} TestEndingCase;

struct _TestEnding
{
  const TestEndingCase *row;
  GSockSocket *near, *far;
  GObject *other;    /* what else lasts as long */
  GPtrArray *clients;
  GSockAddress address;
  GSockBatch *batch;
  GCancellable *cancellable;
  guint8 buffer[16];
  guint n_called;
  gboolean went_well;
  GError *error;
};

extern const TestEndingCase test_ending_cases[];
extern const guint test_n_ending_cases;

void test_ending_open (TestEnding *self, const TestEndingCase *row);

/* Everything that there was has to be gone. */
void test_ending_close (TestEnding *self);

/* A callback for each way of calling back. */
void test_ending_ready (GObject *source, GAsyncResult *result, gpointer data);
void test_ending_note (TestEnding *self, const GError *error);
