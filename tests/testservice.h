/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testasync.h"

/* A server on the loopback address, and what came to it. */
typedef struct
{
  GSockServer *server;
  GPtrArray *connections;
  guint n_troubles;
  int code;
  gboolean stop_inside;
} Service;

void service_start (Service *self);
void service_end (Service *self);
GSockSocket *service_connect (Service *self);
GPtrArray *service_connect_many (Service *self, guint n);

/* Runs the default context until @n connections have been accepted. */
void service_run_until (Service *self, guint n);

/* Adds a test after which no more descriptors are to be open than before. */
void service_add_test (const char *path, void (*function) (void));
