/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Doing what make-socket is asked for: one socket after the other until an address works, or a race
 * where there are several to connect to. What fails leaves nothing behind. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-reasons-private.h>
#include <gsock/gsock-request-run-private.h>
#include <gsock/gsock-request-socket-private.h>

#include <errno.h>

static GSockBuild
new_build (GSockRun *self, GSockSocketPrivate *priv, int family, const GSockAddress *local, const GSockAddress *remote)
{
  return (GSockBuild){
    .request = self->request,
    .socket = self->socket,
    .priv = priv,
    .plan = &self->plan,
    .family = family,
    .local = local,
    .remote = remote,
  };
}

gboolean
gsock_run_is_specialised (GSockRun *self)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (self->socket);

  return klass->connect_to != gsock_socket_real_connect_to
         || (self->plan.local.n > 0 && klass->bind_address != gsock_socket_real_bind_address);
}

/* A class that has specialised connect has it called here too. */
static gboolean
connect_it (GSockRun *self, GSockBuild *build)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (self->socket);
  GSockPatience *patience = &self->patience;
  gssize result;

  if (build->remote == NULL)
    return TRUE;
  if (klass->connect_to != gsock_socket_real_connect_to)
    return gsock_socket_answered (self->socket,
                                  klass->connect_to (self->socket, build->remote, patience->wait, gsock_patience_left (patience), patience->cancellable, &build->error),
                                  "connect", &build->error)
           || (self->priv->handle.connecting && !patience->wait);
  result = gsock_connect_handle (self->priv, build->remote, FALSE, patience);
  if (result == -EINPROGRESS && !patience->wait)
    return TRUE;
  return result >= 0 || gsock_error_set (&build->error, result, "connect", build->remote);
}

/* Back to an object that has no descriptor, for the next candidate or for good. */
void
gsock_run_take_back (GSockRun *self)
{
  GSockHandle *handle = &self->priv->handle;

  gsock_socket_unlink_file (self->priv);
  gsock_socket_keep_file (self->priv, NULL);
  gsock_handle_release (handle);
  handle->bound = handle->connected = handle->connecting = handle->listening = handle->nonblocking = FALSE;
  gsock_socket_keep_remote (self->priv, NULL);
}

static gboolean
try_once (GSockRun *self, int family, const GSockAddress *local, const GSockAddress *remote, GError **error)
{
  GSockBuild build = new_build (self, self->priv, family, local, remote);
  gboolean done = FALSE;
  int fd;

  if (gsock_build_open (&build, &fd))
    {
      done = connect_it (self, &build) && gsock_build_finish (&build, fd);
      gsock_handle_leave (&self->priv->handle, 1);
    }
  if (done)
    {
      g_clear_error (&build.error);
      return TRUE;
    }
  gsock_run_take_back (self);
  g_propagate_error (error, build.error);
  return FALSE;
}

/* The local address to go with a remote one: of the same family, or every address of it. NULL where
 * there is none, which is an error where one was asked for. */
static const GSockAddress *
choose_local (GSockRun *self, const GSockAddress *remote, GSockAddress *room, GError **error)
{
  GSockCandidates *local = &self->plan.local;
  int family = gsock_address_family_number (remote);

  for (guint i = 0; i < local->n; i++)
    {
      const GSockAddress *address = gsock_candidates_get (local, i);

      if (gsock_address_family_number (address) == family)
        return address;
      if (gsock_address_is_unspecified (address) && self->request->local_host == NULL)
        {
          gsock_address_init_any (room, family, gsock_address_get_port (address));
          return room;
        }
    }
  if (local->n > 0)
    gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                         "make-socket: no local address is of the family %s, as the remote one is", gsock_family_find (family)->name);
  return NULL;
}

static gboolean
try_remote (GSockRun *self, const GSockAddress *remote, GError **error)
{
  GSockAddress room;
  const GSockAddress *local = choose_local (self, remote, &room, error);

  return (local != NULL || self->plan.local.n == 0)
         && try_once (self, gsock_address_family_number (remote), local, remote, error);
}

/* Makes the descriptor of @socket, the object's or a racer's, ready to connect to @remote. */
gboolean
gsock_run_open (GSockRun *self, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error)
{
  GSockAddress room;
  const GSockAddress *local = choose_local (self, remote, &room, error);
  GSockBuild build = new_build (self, socket, gsock_address_family_number (remote), local, remote);
  int fd;

  if (local == NULL && self->plan.local.n > 0)
    return FALSE;
  if (gsock_build_open (&build, &fd))
    {
      gsock_handle_leave (&socket->handle, 1);
      return TRUE;
    }
  g_propagate_error (error, build.error);
  return FALSE;
}

/* What is to be done when it is connected. */
gboolean
gsock_run_settle (GSockRun *self, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error)
{
  GSockBuild build = new_build (self, socket, gsock_address_family_number (remote), NULL, remote);

  if (gsock_build_finish (&build, socket->handle.fd))
    return TRUE;
  g_propagate_error (error, build.error);
  return FALSE;
}

static gboolean
open_racer (gpointer data, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error)
{
  return gsock_run_open (data, socket, remote, error);
}

static gboolean
settle_racer (gpointer data, GSockSocketPrivate *socket, const GSockAddress *remote, GError **error)
{
  return gsock_run_settle (data, socket, remote, error);
}

static const GSockRaceRules rules = { open_racer, settle_racer };

/* No two attempts can have a port or a file of one's own at the same time. */
static gboolean
has_local_name (GSockRun *self)
{
  GSockCandidates *local = &self->plan.local;

  for (guint i = 0; i < local->n; i++)
    {
      const GSockAddress *address = gsock_candidates_get (local, i);

      if (gsock_address_get_port (address) > 0 || gsock_family_find (gsock_address_family_number (address))->local)
        return TRUE;
    }
  return FALSE;
}

/* What a message calls the other end that has several addresses. */
char *
gsock_run_name_remote (GSockRun *self)
{
  GSockRequest *request = self->request;

  if (request->remote_connectable != NULL)
    return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (request->remote_connectable));
  if (request->remote_service != NULL)
    return g_strdup_printf ("%s:%s", request->remote_host, request->remote_service);
  return g_strdup_printf ("%s:%d", request->remote_host, request->remote_port);
}

void
gsock_run_prepare_race (GSockRun *self, GSockRace *race)
{
  guint n = self->plan.remote.n;
  g_autofree const GSockAddress **addresses = g_new (const GSockAddress *, n);

  for (guint i = 0; i < n; i++)
    addresses[i] = gsock_candidates_get (&self->plan.remote, i);
  gsock_race_interleave (addresses, n);
  gsock_race_init (race, addresses, n, &rules, self);
  race->wait = self->request->wait;
  if (has_local_name (self))
    race->delay_us = G_MAXINT64;
}

static gboolean
race_remotes (GSockRun *self, GError **error)
{
  GSockRace race;
  gssize result;
  gboolean done;

  gsock_run_prepare_race (self, &race);
  result = gsock_drive_without (&self->priv->handle, &race.operation, &self->patience);
  if (result >= 0)
    result = gsock_race_give (&race, self->priv);
  done = result >= 0;
  if (!done)
    {
      g_autofree char *name = gsock_run_name_remote (self);

      gsock_race_fail (&race, result, name, error);
    }
  gsock_race_clear (&race);
  return done;
}

/* Time that ran out and a cancellation are the end for all candidates. */
static gboolean
is_final (const GError *error)
{
  return error->domain != GSOCK_ERROR || error->code == GSOCK_ERROR_TIMED_OUT || error->code == GSOCK_ERROR_CLOSED;
}

typedef gboolean (*TryAddress) (GSockRun *self, const GSockAddress *address, GError **error);

/* One alone is told of as it is. */
static gboolean
try_in_turn (GSockRun *self, GSockCandidates *candidates, TryAddress try_address, GSockReasons *reasons, const char *name, GError **error)
{
  for (guint i = 0; i < candidates->n; i++)
    {
      const GSockAddress *address = gsock_candidates_get (candidates, i);
      g_autoptr (GError) reason = NULL;

      if (try_address (self, address, &reason))
        return TRUE;
      if (candidates->n == 1 || is_final (reason))
        return gsock_reasons_propagate (reasons, g_steal_pointer (&reason), error);
      gsock_reasons_add (reasons, address, reason);
    }
  return gsock_reasons_fail (reasons, name, error);
}

/* A class of its own has the object to connect by, of which there is one. */
static gboolean
try_remotes (GSockRun *self, GError **error)
{
  GSockCandidates *remote = &self->plan.remote;
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
  g_autofree char *name = NULL;

  if (remote->n > 1 && !gsock_run_is_specialised (self))
    return race_remotes (self, error);
  if (remote->n > 1)
    name = gsock_run_name_remote (self);
  return try_in_turn (self, remote, try_remote, &reasons, name, error);
}

static gboolean
try_local (GSockRun *self, const GSockAddress *local, GError **error)
{
  return try_once (self, gsock_address_family_number (local), local, NULL, error);
}

static gboolean
try_family (GSockRun *self, GError **error)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("bind");

  if (self->plan.remote.n > 0)
    return try_remotes (self, error);
  if (self->plan.local.n > 0)
    return try_in_turn (self, &self->plan.local, try_local, &reasons, self->request->local_host, error);
  return try_once (self, self->plan.family, NULL, NULL, error);
}

/* A system without IPv6 gets the IPv4 socket that would have been half of the dual-stack one. */
gboolean
gsock_run_try (GSockRun *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSockPlan *plan = &self->plan;

  if (try_family (self, &reason))
    return TRUE;
  if (!plan->fallback || !(g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED)
                           || g_error_matches (reason, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE)))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  plan->family = AF_INET;
  plan->dual = plan->fallback = FALSE;
  if (plan->local.n > 0)
    {
      GSockAddress *any = gsock_candidates_get (&plan->local, 0);

      gsock_address_init_any (any, AF_INET, gsock_address_get_port (any));
    }
  return try_family (self, error);
}

/* What has no place in the kernel is kept by the object. */
static void
keep (GSockRequest *request, GSockSocket *socket, GSockSocketPrivate *priv)
{
  GSockStreamDefaults *defaults = NULL;

  gsock_socket_keep_timeout (priv, request->timeout);
  priv->unlink_on_close = request->unlink_on_close;
  priv->ipv6 = request->ipv6;
  if (request->kind == GSOCK_CLASS_ACTIVE)
    defaults = gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (socket));
  if (request->kind == GSOCK_CLASS_PASSIVE)
    {
      GSockPassiveSocket *passive = GSOCK_PASSIVE_SOCKET (socket);

      defaults = gsock_passive_socket_get_defaults (passive);
      gsock_passive_socket_set_backlog (passive, request->backlog);
      if (GSOCK_GIVEN (request, GSOCK_KEYWORD_ACTIVE_TYPE))
        gsock_passive_socket_set_active_type (passive, request->active_type);
    }
  if (defaults != NULL)
    gsock_stream_defaults_set (defaults, request->external_format, request->input_buffer_size, request->output_buffer_size);
}

void
gsock_run_init (GSockRun *self, GSockRequest *request, GSockSocket *socket, GCancellable *cancellable)
{
  self->request = request;
  self->socket = socket;
  self->priv = gsock_socket_get_private (socket);
  self->patience = (GSockPatience){ request->wait, request->timeout, cancellable, 0 };
  gsock_plan_init (&self->plan);
}

void
gsock_run_clear (GSockRun *self)
{
  gsock_plan_clear (&self->plan);
}

gboolean
gsock_run_check (GSockRun *self, GError **error)
{
  GCancellable *cancellable = self->patience.cancellable;

  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return gsock_request_check (self->request, error);
}

/* May take as long as resolvers do. */
gboolean
gsock_run_plan (GSockRun *self, GError **error)
{
  return gsock_plan_make (&self->plan, self->request, &self->patience, error);
}

void
gsock_run_keep (GSockRun *self)
{
  keep (self->request, self->socket, self->priv);
}

gboolean
gsock_request_run (GSockRequest *request, GSockSocket *self, GCancellable *cancellable, GError **error)
{
  GSockRun run;
  gboolean done;

  gsock_run_init (&run, request, self, cancellable);
  done = gsock_run_check (&run, error) && gsock_run_plan (&run, error);
  if (done)
    {
      gsock_run_keep (&run);
      done = gsock_run_try (&run, error);
    }
  gsock_run_clear (&run);
  return done;
}
