/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-race-private.h>
#include <gsock/gsock-socket-private.h>

G_BEGIN_DECLS

/* make-socket at work: in this order it is checked, planned, kept and tried. */
typedef struct
{
  GSockRequest *request;
  GSockSocket *socket;
  GSockSocketPrivate *priv;
  GSockPlan plan;
  GSockPatience patience;
} GSockRun;

void gsock_run_init (GSockRun *self, GSockRequest *request, GSockSocket *socket, GCancellable *cancellable);
void gsock_run_clear (GSockRun *self);
gboolean gsock_run_check (GSockRun *self, GError **error);
gboolean gsock_run_plan (GSockRun *self, GError **error);
void gsock_run_keep (GSockRun *self);
gboolean gsock_run_try (GSockRun *self, GError **error);

/* What trying is made of where there is something to connect to. */
gboolean gsock_run_is_specialised (GSockRun *self);
gboolean gsock_run_open (GSockRun *self, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error);
gboolean gsock_run_settle (GSockRun *self, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error);
void gsock_run_take_back (GSockRun *self);
void gsock_run_prepare_race (GSockRun *self, GSockRace *race);
char *gsock_run_name_remote (GSockRun *self);

G_END_DECLS
