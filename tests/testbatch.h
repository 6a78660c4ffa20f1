/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testwire.h"

/* With how much of the kernel's help batches are tried: all results have to be the same. */
typedef struct
{
  const char *name;
  guint help;
} TestHelp;

extern const TestHelp test_helps[];
extern const guint test_n_helps;

/* A test for each kind of datagram socket and each help, which is in force while it runs. */
typedef void (*TestBatchFunc) (const TestKind *kind);
void test_add_for_helps (const char *prefix, TestBatchFunc function);

/* Adds datagrams with these lengths. The bytes of each tell its index, from @first. */
void test_batch_fill (GSockBatch *batch, const guint *lengths, guint n, guint first, const GSockAddress *address);
void test_batch_fill_alike (GSockBatch *batch, guint length, guint n, const GSockAddress *address);

/* Whether these are the bytes of the datagram that was filled with this index. */
void test_check_bytes (const guint8 *data, gsize length, guint index, gsize full_length);

/* Takes a datagram by a plain system call, which must not wait, and checks it. */
void test_take_plain (int fd, guint index, gsize length);

/* A batch of datagrams that arrived, the first of which has the index @first. */
void test_check_batch (GSockBatch *batch, const guint *lengths, guint n, guint first);

/* Room at the receiver for everything that a test sends. FALSE where that is not allowed. */
gboolean test_make_room (int fd);
