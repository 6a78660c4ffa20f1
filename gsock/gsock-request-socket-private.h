/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-socket-private.h>

G_BEGIN_DECLS

/* One try at what make-socket is asked for. */
typedef struct
{
  GSockRequest *request;
  GSockSocket *socket;
  GSockSocketPrivate *priv; /* of the object, or of a racer */
  GSockPlan *plan;
  int family;
  const GSockAddress *local, *remote; /* of this try, or NULL */
  GError *error;
} GSockBuild;

gboolean gsock_build_open (GSockBuild *self, int *fd);
gboolean gsock_build_finish (GSockBuild *self, int fd);

G_END_DECLS
