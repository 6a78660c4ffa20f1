/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"
#include "testtrack.h"

/*
 * Every asynchronous operation, where it has to wait. A row of a table in testending-x.c is enough for a
 * new one: it is tried with every way to end it, at every moment. A test fails where the headers have an
 * operation that has no row.
 */
typedef struct _TestEnding TestEnding;

typedef enum
{
  TEST_ENDING_NO_OBJECT = 1 << 0,         /* there is nothing to close, or to drop */
  TEST_ENDING_IN_THREAD = 1 << 1,         /* of GLib's */
  TEST_ENDING_IO_ERRORS = 1 << 2,         /* its errors are GIO's */
  TEST_ENDING_CLOSED_WELL = 1 << 3,       /* what is closed is what it has waited for */
  TEST_ENDING_CANCELLED_AT_ONCE = 1 << 4, /* and not by the main context */
  TEST_ENDING_NEVER = 1 << 5,             /* it waits for as long as anybody likes */
  TEST_ENDING_GIVES_PART = 1 << 6,        /* half way it has a result, and gives that */
  TEST_ENDING_PRIVATE = 1 << 7,           /* before it begins nobody else has the object */
  TEST_ENDING_BY_GLIB = 1 << 8,           /* a thread that ends it says so by GLib */
} TestEndingFlags;

typedef struct
{
  const char *function; /* that begins it */
  const char *variant;  /* NULL, or what is different this time */
  /* Makes `near`, and whatever else the operation needs to have to wait. */
  void (*open) (TestEnding *self);
  /* Starts it, with `cancellable` and test_ending_ready or test_ending_note. */
  void (*start) (TestEnding *self);
  /* Tells whether it went well, and lets go of what it has brought; NULL: test_ending_note was called. */
  gboolean (*finish) (TestEnding *self, GAsyncResult *result, GError **error);
  /* Lets it go on by a bit; not to its end, three times over. NULL: it knows no half ways. */
  void (*step) (TestEnding *self);
  /* Lets it come to its end; NULL: it does so by itself, or never. */
  void (*release) (TestEnding *self);
  void (*close) (TestEnding *self); /* NULL: closes `near` */
  TestEndingFlags flags;
} TestEndingCase;

typedef struct
{
  const TestEndingCase *cases;
  guint n;
} TestEndingTable;

struct _TestEnding
{
  const TestEndingCase *row;
  guint nth; /* try */
  GSockSocket *near, *far;
  GObject *other; /* what else lasts as long */
  GPtrArray *clients, *descriptors;
  TestTrack *track;
  GSockAddress address;
  GSockBatch *batch;
  GCancellable *cancellable;
  guint8 buffer[16];
  guint n_said;
  gboolean told;
  guint n_called;
  gboolean went_well;
  GError *error;
};

extern const TestEndingTable test_endings_of_data, test_endings_of_making, test_endings_of_parcels, test_endings_of_streams;

/* All of them, one table after the other. */
void test_ending_foreach (void (*function) (const TestEndingCase *row));

/* Whether there is a row for @function. */
gboolean test_ending_has (const char *function);

void test_ending_open (TestEnding *self, const TestEndingCase *row, guint nth);

/* Nobody but the operation has the objects any more. */
void test_ending_drop (TestEnding *self);

/* Everything that there was has to be gone. */
void test_ending_close (TestEnding *self);

/* A callback for each way of calling back. */
void test_ending_ready (GObject *source, GAsyncResult *result, gpointer data);
void test_ending_note (TestEnding *self, const GError *error);

/* Whether there are any, which are let go of. */
gboolean test_ending_got_bytes (GBytes *bytes);

/* For the tables: `near` and `far`, connected. What is full takes little to fill. */
void test_ending_open_pair_of (TestEnding *self, GSockSocketType type);
void test_ending_open_pair (TestEnding *self);
void test_ending_open_datagrams (TestEnding *self);
void test_ending_open_full_pair (TestEnding *self);
void test_ending_open_full_datagrams (TestEnding *self);
GSockSocket *test_ending_new_client (void);

/* What `far` does */
void test_ending_say_little (TestEnding *self);
void test_ending_say (TestEnding *self);
void test_ending_drain_little (TestEnding *self);
void test_ending_drain (TestEnding *self);
