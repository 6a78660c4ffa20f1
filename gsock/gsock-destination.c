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
find_destination (GSockDestination *self, GSockAttempt *attempt, GSockSendSpec *spec, GCancellable *cancellable, GError **error)
{
  const GSockAddress *found;
  GSockAddress room;

  if (!gsock_send_destination (attempt->socket, attempt->name, spec, &room, &found, cancellable, error))
    return FALSE;
  if (found != NULL)
    self->address = *found;
  return TRUE;
}

static gboolean
look_up (GSockAttempt *attempt, GSockPatience *patience, GError **error)
{
  GSockDestination *self = &((Sending *) attempt)->destination;

  self->spec->timeout = gsock_patience_left (patience);
  return find_destination (self, attempt, self->spec, patience->cancellable, error);
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

static gboolean
is_name (const char *host)
{
  GSockAddress unused;

  return host != NULL && !gsock_address_init_from_host (&unused, host, 0, NULL);
}

void
gsock_destination_take (GSockDestination *self, GSockAttempt *attempt, const GSockSendSpec *spec)
{
  GSockSendSpec copy = *spec;

  attempt->wait = spec->wait && (spec->flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0;
  attempt->timeout = spec->timeout;
  attempt->operation.events = POLLOUT;
  if (spec->given == 0)
    return;
  if (is_name (spec->host))
    {
      self->spec = g_memdup2 (spec, sizeof *spec);
      self->spec->host = self->host = g_strdup (spec->host);
      self->spec->filename = NULL;
      attempt->prepare = look_up;
      return;
    }
  find_destination (self, attempt, &copy, NULL, &attempt->error);
  attempt->operation.collect = gsock_collect_for_receiver (attempt->socket, gsock_destination_get (self));
}

void
gsock_destination_clear (GSockDestination *self)
{
  g_free (self->spec);
  g_free (self->host);
}
