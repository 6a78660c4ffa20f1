/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

/* What an operator is given. */
typedef struct
{
  GSockSocket *self;
  GSockActiveSocket *active;
  GSockPassiveSocket *passive;
  GSockDatagramSocket *datagram;
  GSockSocket *other;
  GSockSocket **sockets;
  gsize n_sockets;
  GSockServer *server;
  GSockMessage *message;
  GSockBatch *batch;
  GSockAddress *address;
  GBytes *bytes;
  GVariant *variant;
  GCancellable *cancellable;
  GAsyncResult *result;
  const char *text;
  const char *const *names;
  const GValue *values;
  const char *const *labels;
  const guint *conditions;
  const guint8 *data;
  const int *fds;
  gsize length, n_fds, size;
  gssize number;
  guint n_values, n_conditions, count;
  int fd, integer;
  GSockMessageFlags flags;
  GIOCondition condition;
  gboolean wait, flag;
  double timeout;
  GType type;
  GError *error;
} Given;

/* An operator that is called with what it is given; fails unless there is either an answer or an error. */
typedef struct
{
  const char *name;
  void (*call) (Given *given);
} TestOperator;

extern const TestOperator test_operators[];
extern const guint test_n_operators;

/* Bytes to send and room to receive, and how many operators are still to call back. */
extern guint8 test_room[65536];
extern guint test_n_pending;
