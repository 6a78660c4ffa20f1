/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The destinations of asynchronous operators. */

#include <gsock/gsock-destination-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-socket-private.h>

#include <poll.h>
#include <sys/socket.h>

typedef struct
{
  GSockAttempt attempt;
  GSockDestination destination;
} Sending;

static gboolean
find_destination (GSockAttempt *attempt, GSockPatience *patience, GError **error)
{
  GSockDestination *self = &((Sending *) attempt)->destination;
  const GSockAddress *found;
  GSockAddress room;

  self->spec.timeout = gsock_patience_left (patience);
  if (!gsock_send_destination (attempt->socket, attempt->name, &self->spec, &room, &found, patience->cancellable, error))
    return FALSE;
  if (found != NULL)
    self->address = *found;
  return TRUE;
}

/* A full queue of a local receiver shows in no poll of the sender. */
static guint
collect_local (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  *delay = 0.001;
  return 0;
}

/* How to wait for whom is sent to, or NULL where polling the sender tells. */
GSockCollect
gsock_collect_for_receiver (GSockSocket *socket, const GSockAddress *destination)
{
  gboolean local = destination != NULL && gsock_address_family_number (destination) == AF_UNIX;

  return local && gsock_socket_native_type (socket) == SOCK_DGRAM ? collect_local : NULL;
}

void
gsock_destination_take (GSockDestination *self, GSockAttempt *attempt, const GSockSendSpec *spec)
{
  GSockPatience none = GSOCK_PATIENCE_INIT (-1, NULL);
  GSockAddress unused;

  self->spec = *spec;
  self->spec.host = self->host = g_strdup (spec->host);
  self->spec.filename = self->filename = g_strdup (spec->filename);
  attempt->wait = spec->wait && (spec->flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0;
  attempt->timeout = spec->timeout;
  attempt->operation.events = POLLOUT;
  if (spec->host != NULL && !gsock_address_init_from_host (&unused, spec->host, 0, NULL))
    attempt->prepare = find_destination;
  else
    find_destination (attempt, &none, &attempt->error);
  attempt->operation.collect = gsock_collect_for_receiver (attempt->socket, gsock_destination_get (self));
}

void
gsock_destination_clear (GSockDestination *self)
{
  g_free (self->host);
  g_free (self->filename);
}
