/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-attempt-private.h>
#include <gsock/gsock-op-private.h>

G_BEGIN_DECLS

/* Where an asynchronous operator sends to. */
typedef struct
{
  GSockAddress address; /* of length 0: the peer */
  GSockSendSpec *spec;  /* NULL, or what is still to be looked up, by this name */
  char *host;
} GSockDestination;

/* Has @attempt find it, in a thread where a name has to be looked up, and take over how long to wait. It
 * must be the first member after the attempt. */
void gsock_destination_take (GSockDestination *self, GSockAttempt *attempt, const GSockSendSpec *spec);
void gsock_destination_clear (GSockDestination *self);

static inline const GSockAddress *
gsock_destination_get (const GSockDestination *self)
{
  return self->address.length > 0 ? &self->address : NULL;
}

G_END_DECLS
