/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-async-private.h>

G_BEGIN_DECLS

/* An operator without blocking, made of the blocking one: tried with wait %FALSE whenever the socket is
 * ready. So what a class has made of the operator holds here too. */
typedef struct _GSockAttempt GSockAttempt;
struct _GSockAttempt
{
  GSockOperation operation; /* the events are the operator's to set */
  const char *name;
  GSockSocket *socket;      /* the task's source */
  gboolean wait;
  double timeout;
  /* NULL, or what may block and comes before: in a thread. */
  gboolean (*prepare) (GSockAttempt *self, GSockPatience *patience, GError **error);
  /* %FALSE without an error: it goes on when the socket is ready. */
  gboolean (*try) (GSockAttempt *self, GError **error);
  /* Has the task return; @error is NULL, or is taken over. */
  void (*answer) (GSockAttempt *self, GTask *task, GError *error);
  GError *error; /* set: it has failed before it began */
};

/* It is the data of @task, which is taken over. */
void gsock_attempt_run (GTask *task, GSockAttempt *self);

G_END_DECLS
