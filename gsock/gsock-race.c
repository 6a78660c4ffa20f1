/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Racing for a connection, as RFC 8305 has it: attempts that start one after the other and go on side
 * by side; the first that is connected wins, and the others are closed. */

#include <gsock/gsock-race-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-reasons-private.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#define NO_WINNER (-GSOCK_E_KEPT)

/* The family that the resolver has put first begins; then they take turns, for as long as there are
 * some of both. */
void
gsock_race_interleave (const GSockAddress **addresses, guint n_addresses)
{
  g_autofree const GSockAddress **sorted = g_new (const GSockAddress *, n_addresses);
  guint n_sorted = 0, at[2] = { 0, 0 };
  int first;

  if (n_addresses == 0)
    return;
  first = gsock_address_family_number (addresses[0]);
  while (n_sorted < n_addresses)
    for (guint turn = 0; turn < 2; turn++)
      {
        while (at[turn] < n_addresses && (gsock_address_family_number (addresses[at[turn]]) == first) != (turn == 0))
          at[turn]++;
        if (at[turn] < n_addresses)
          sorted[n_sorted++] = addresses[at[turn]++];
      }
  memcpy (addresses, sorted, n_addresses * sizeof *addresses);
}

/* A loser that has got through meanwhile is not to linger over its close, whatever its options say. */
static void
close_racer (GSockRacer *racer)
{
  struct linger no = { 0, 0 };

  if (racer->state != GSOCK_RACER_RUNS && racer->state != GSOCK_RACER_WON)
    return;
  if (racer->socket.handle.fd >= 0)
    (void) setsockopt (racer->socket.handle.fd, SOL_SOCKET, SO_LINGER, &no, sizeof no);
  if (racer->socket.file != NULL)
    gsock_local_file_unlink (racer->socket.file);
  g_clear_pointer (&racer->socket.file, gsock_local_file_unref);
  gsock_socket_keep_remote (&racer->socket, NULL);
  gsock_handle_clear (&racer->socket.handle);
  racer->state = GSOCK_RACER_FAILED;
}

static void
drop_out (GSockRace *self, GSockRacer *racer)
{
  close_racer (racer);
  self->n_running--;
  self->next_start = 0;
}

/* Whether it has won. */
static gboolean
arrive (GSockRace *self, GSockRacer *racer)
{
  GSockSocketPrivate *socket = &racer->socket;
  gssize result = gsock_connect_conclude (socket, socket->handle.fd, racer->address, racer->was_bound);

  if (result < 0)
    gsock_error_set (&racer->reason, result, "connect", racer->address);
  else if (self->rules->settle (self->data, socket, racer->address, &racer->reason))
    return TRUE;
  return FALSE;
}

/* Who does not wait takes what is under way, as make-socket answers it for a single address. */
static gboolean
is_good_enough (GSockRace *self, GSockRacer *racer)
{
  if (self->wait || !racer->connect.started)
    return FALSE;
  racer->socket.handle.connecting = TRUE;
  gsock_socket_keep_remote (&racer->socket, racer->address);
  return self->rules->settle (self->data, &racer->socket, racer->address, &racer->reason);
}

/* A signal leaves a local connection unstarted, and it is tried again. */
static gssize
try_to_connect (GSockRacer *racer)
{
  gssize result;

  do
    result = racer->connect.operation.step (&racer->connect.operation, racer->socket.handle.fd, MSG_DONTWAIT);
  while (result == -EINTR);
  return result;
}

/* Whether it has won. */
static gboolean
advance (GSockRace *self, GSockRacer *racer)
{
  gssize result = try_to_connect (racer);

  if (result == -EAGAIN && self->wait)
    return FALSE;
  if (result == -EAGAIN ? is_good_enough (self, racer) : result >= 0 && arrive (self, racer))
    {
      racer->state = GSOCK_RACER_WON;
      self->winner = racer;
      return TRUE;
    }
  if (racer->reason == NULL)
    gsock_error_set (&racer->reason, result, "connect", racer->address);
  drop_out (self, racer);
  return FALSE;
}

static void
start (GSockRace *self, GSockRacer *racer)
{
  GSockSocketPrivate *socket = &racer->socket;

  gsock_handle_init (&socket->handle);
  racer->state = GSOCK_RACER_RUNS;
  self->n_running++;
  if (!self->rules->open (self->data, socket, racer->address, &racer->reason))
    {
      drop_out (self, racer);
      return;
    }
  racer->was_bound = socket->handle.bound;
  gsock_connect_init (&racer->connect, &socket->handle, racer->address, FALSE);
  racer->connect.patient = self->wait;
}

static gboolean
may_start (GSockRace *self)
{
  return self->next < self->n_racers
         && (self->n_running == 0 || self->next_start == 0 || g_get_monotonic_time () >= self->next_start);
}

static void
put_off_next (GSockRace *self)
{
  self->next_start = self->delay_us == G_MAXINT64 ? G_MAXINT64 : g_get_monotonic_time () + self->delay_us;
}

/* Where no descriptor is left the ones that run may give one back. */
static gboolean
is_put_off (GSockRace *self, GSockRacer *racer)
{
  if (self->n_running == 0 || !g_error_matches (racer->reason, GSOCK_ERROR, GSOCK_ERROR_TOO_MANY_FILES))
    return FALSE;
  g_clear_error (&racer->reason);
  racer->state = GSOCK_RACER_WAITS;
  put_off_next (self);
  return TRUE;
}

/* One that fails lets the next begin at once. Whether there is a winner. */
static gboolean
start_more (GSockRace *self)
{
  while (may_start (self))
    {
      GSockRacer *racer = &self->racers[self->next];

      start (self, racer);
      if (is_put_off (self, racer))
        return FALSE;
      self->next++;
      if (racer->state != GSOCK_RACER_RUNS)
        continue;
      if (advance (self, racer))
        return TRUE;
      if (racer->state == GSOCK_RACER_RUNS)
        put_off_next (self);
    }
  return FALSE;
}

static gssize
step_race (GSockOperation *operation, int fd, int flags)
{
  GSockRace *self = (GSockRace *) operation;

  for (guint i = 0; i < self->next; i++)
    if (self->racers[i].state == GSOCK_RACER_RUNS && advance (self, &self->racers[i]))
      return 0;
  if (start_more (self))
    return 0;
  return self->n_running > 0 ? -EAGAIN : NO_WINNER;
}

/* A local connection that has to be tried again has nothing to poll for. */
static guint
collect_race (GSockOperation *operation, GSockAwaited *awaited, guint room, double *delay)
{
  GSockRace *self = (GSockRace *) operation;
  guint n = 0;

  *delay = -1;
  if (self->next < self->n_racers && self->next_start != G_MAXINT64)
    *delay = MAX (self->next_start - g_get_monotonic_time (), 0) / 1e6;
  for (guint i = 0; i < self->next; i++)
    {
      GSockRacer *racer = &self->racers[i];

      if (racer->state != GSOCK_RACER_RUNS)
        continue;
      if (!racer->connect.started)
        *delay = *delay < 0 ? GSOCK_BACKLOG_PAUSE_MS / 1e3 : MIN (*delay, GSOCK_BACKLOG_PAUSE_MS / 1e3);
      else if (n++ < room)
        awaited[n - 1] = (GSockAwaited){ .fd = racer->socket.handle.fd, .events = POLLOUT };
    }
  return n;
}

void
gsock_race_init (GSockRace *self, const GSockAddress *const *addresses, guint n_addresses, const GSockRaceRules *rules, gpointer data)
{
  *self = (GSockRace){
    .operation = { .step = step_race, .collect = collect_race },
    .rules = rules,
    .data = data,
    .racers = g_new0 (GSockRacer, n_addresses),
    .n_racers = n_addresses,
    .wait = TRUE,
    .delay_us = (gint64) (gsock_get_default_attempt_delay () * 1e6),
  };
  for (guint i = 0; i < n_addresses; i++)
    self->racers[i].address = addresses[i];
}

void
gsock_race_clear (GSockRace *self)
{
  for (guint i = 0; i < self->n_racers; i++)
    {
      close_racer (&self->racers[i]);
      g_clear_error (&self->racers[i].reason);
    }
  g_clear_pointer (&self->racers, g_free);
  self->n_racers = self->n_running = self->next = 0;
}

/* The descriptor was made by the winner, and a fork since then has shared it. */
static void
give_handle (GSockHandle *from, GSockHandle *to)
{
  int fd = __atomic_exchange_n (&from->fd, -1, __ATOMIC_ACQ_REL);

  to->nonblocking = from->nonblocking;
  to->bound = from->bound;
  to->bound_on_demand = from->bound_on_demand;
  to->connected = from->connected;
  to->connecting = from->connecting;
  gsock_handle_describe (to, from->family, from->type, from->protocol);
  to->generation = from->generation;
  gsock_handle_publish (to, fd);
}

/* Who closes an object without a descriptor closes nothing; leaving does it then. Until then the descriptor
 * is open, as it is to be while the file goes. */
gssize
gsock_race_give (GSockRace *self, GSockSocketPrivate *socket)
{
  GSockSocketPrivate *from = &self->winner->socket;
  GSockAddress remote;
  gssize result;

  if (gsock_handle_is_closed (&socket->handle))
    return -GSOCK_E_CLOSED;
  if (gsock_socket_get_kept_remote (from, &remote))
    gsock_socket_keep_remote (socket, &remote);
  (void) gsock_handle_stay (&socket->handle, 1);
  gsock_socket_keep_file (socket, g_steal_pointer (&from->file));
  give_handle (&from->handle, &socket->handle);
  result = gsock_socket_settle_file (socket);
  gsock_handle_leave (&socket->handle, 1);
  return result;
}

static void
add_reason (GSockReasons *reasons, GSockRacer *racer)
{
  if (racer->reason != NULL)
    gsock_reasons_add (reasons, racer->address, racer->reason);
  else
    gsock_reasons_add_text (reasons, racer->address,
                            racer->state == GSOCK_RACER_WAITS ? "it was not its turn yet" : "there was no answer yet");
}

gboolean
gsock_race_fail (GSockRace *self, gssize failure, const char *name, GError **error)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");

  if (self->n_racers == 1 && failure == NO_WINNER)
    {
      g_propagate_error (error, g_steal_pointer (&self->racers[0].reason));
      return FALSE;
    }
  if (self->n_racers == 1)
    return gsock_error_set (error, failure, "connect", self->racers[0].address);
  for (guint i = 0; i < self->n_racers; i++)
    add_reason (&reasons, &self->racers[i]);
  return failure == NO_WINNER ? gsock_reasons_fail (&reasons, name, error) : gsock_reasons_fail_for (&reasons, failure, name, error);
}
