/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>

G_BEGIN_DECLS

/* How long to let a local listener with a full backlog be: no poll tells when there is room. */
#define GSOCK_BACKLOG_PAUSE_MS 5

/* A connection to one address: what connect drives, and each attempt of a race steps. */
typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  const GSockAddress *address;
  gboolean local;
  gboolean patient; /* would wait for the outcome */
  gboolean started; /* the kernel is at it, and SO_ERROR will tell */
  short ready;      /* what the last poll has said, or 0 */
  int flags;        /* to be put back, or -1 */
  GSockAddress room;
} GSockConnect;

void gsock_connect_init (GSockConnect *self, GSockHandle *handle, const GSockAddress *address, gboolean started);
gssize gsock_connect_conclude (GSockSocketPrivate *priv, int fd, const GSockAddress *address, gboolean was_bound);

/* By keywords */
gboolean gsock_connect_check (GSockSocket *self, const GSockAddress *address, const GSockConnectSpec *spec, GError **error);
GPtrArray *gsock_connect_find (GSockSocket *self, const GSockAddress *address, const GSockConnectSpec *spec, GSockPatience *patience, GError **error);
gboolean gsock_connect_is_last (GSockSocket *self, GPtrArray *addresses, const GError *reason);
char *gsock_connect_name (const GSockConnectSpec *spec);

G_END_DECLS
