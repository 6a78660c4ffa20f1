/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* A process of its own for one side of a variant, on the core that is measured on or beside it. It does
 * what it is told, and how much processor time it takes is known from outside. */
typedef struct
{
  pid_t pid;
  int control; /* of the asker */
} Worker;

/* Runs in the new process, whose end is @control. It ends with it. */
typedef void (*WorkerBody) (int control, gpointer data);

void worker_start (Worker *self, gboolean beside, WorkerBody body, gpointer data);
void worker_stop (Worker *self);
double worker_seconds (const Worker *self);

/* A question and an answer, each of a number. */
guint worker_ask (const Worker *self, guint question, guint number);
gboolean worker_hear (int control, guint *question, guint *number);
void worker_answer (int control, guint number);

/* Whether a process may have so many files; it may from then on. */
gboolean worker_allow_files (guint n);
