/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-reactor-private.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* The driver of asynchronous operations. It steps as the driver of blocking calls does, waits in a main
 * context, and calls back there, once, never before it has returned: with what the step answered at
 * last, or -GSOCK_E_CLOSED, -GSOCK_E_CANCELLED, -GSOCK_E_TIMED_OUT, -EAGAIN where it was not to wait.
 * The operation has to last until then. @socket is kept; where it is NULL the step gets no descriptor,
 * and collect tells what to wait for. */
typedef struct
{
  GSockSocket *socket;
  GSockOperation *operation;
  gboolean wait;
  double timeout; /* seconds, as in a call */
  int priority;
  GCancellable *cancellable;
} GSockAsyncRequest;

typedef void (*GSockAsyncFunc) (gpointer data, gssize result);
typedef void (*GSockAsyncFinish) (GTask *task, gssize result);

/* In the thread-default main context. */
void gsock_async_start (const GSockAsyncRequest *request, GSockAsyncFunc function, gpointer data);

/* The operation is part of the task's data. Takes over @task, whose context, priority and cancellable
 * count; @finish has it return. */
void gsock_async_run (GTask *task, GSockSocket *socket, GSockOperation *operation, gboolean wait, double timeout, GSockAsyncFinish finish);

/* A task that returns what was done, whether or not it was cancelled afterwards. */
GTask *gsock_async_task (gpointer source, gpointer tag, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* Whether @result is what was begun with that source and tag, and is asked for the first time. In other
 * languages another operator's is easily given, or the same one again. */
gboolean gsock_async_check (GAsyncResult *result, gpointer source, gpointer tag, GError **error);
gboolean gsock_async_refuse (GError **error);

/* A step that calls a class's method keeps its error in @kept; what is only not ready yet is -EAGAIN. */
gssize gsock_async_judge (GError *error, GError **kept);

G_END_DECLS
