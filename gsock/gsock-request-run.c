/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Doing what make-socket is asked for: socket, options, bind, listen and connect in phase order, for
 * each candidate address until one works. What fails leaves nothing behind. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  GSockRequest *request;
  GSockSocket *socket;
  GSockSocketPrivate *priv;
  GSockPlan *plan;
  GSockPatience patience;
  int family;
  const GSockAddress *local, *remote; /* of this attempt, or NULL */
  GError *error;
  GString *reasons; /* why others failed; NULL: none did */
} Attempt;

static gboolean
fail (Attempt *self, gssize failure, const char *operation, const GSockAddress *address)
{
  return gsock_error_set (&self->error, failure, operation, address);
}

static gboolean
set_flag (int fd, int level, int number, int value, GError **error, const char *name)
{
  g_autofree char *operation = NULL;

  if (setsockopt (fd, level, number, &value, sizeof value) == 0)
    return TRUE;
  operation = g_strdup_printf ("make-socket: %s", name);
  return gsock_error_set_for_name (error, -errno, operation, NULL);
}

/* A dual-stack socket says so, for net.ipv6.bindv6only may say otherwise. A raw socket has its
 * protocol for a port, so that the kernel takes it for bound, and hears of IPv6 alone anyway. */
static gboolean
set_dual_stack (Attempt *self, int fd)
{
  GSockRequest *request = self->request;
  gboolean asked = request->address_family != GSOCK_ADDRESS_FAMILY_INTERNET || request->ipv6 == GSOCK_IPV6_MODE_ONLY;

  if (self->family != AF_INET6 || request->kind == GSOCK_CLASS_RAW || self->remote != NULL || (!self->plan->dual && !asked))
    return TRUE;
  return set_flag (fd, IPPROTO_IPV6, IPV6_V6ONLY, !self->plan->dual, &self->error, "ipv6");
}

/* Somebody may close the object while it is being made: the descriptor is in use until try_once is
 * through with it. */
static gboolean
make_descriptor (Attempt *self, int *fd)
{
  GSockRequest *request = self->request;
  gboolean connects = self->remote != NULL && (request->kind & GSOCK_CLASS_STREAM) != 0;
  gboolean nonblocking = request->kind == GSOCK_CLASS_PASSIVE || connects;

  *fd = gsock_sys_socket (self->family, request->type, request->protocol, nonblocking);
  if (*fd < 0)
    return fail (self, -errno, "make-socket", NULL);

  gsock_handle_adopt (&self->priv->handle, *fd, self->family, request->type, request->protocol);
  self->priv->handle.nonblocking = nonblocking;
  *fd = gsock_handle_enter (&self->priv->handle, 1);
  return *fd >= 0 || fail (self, *fd, "make-socket", NULL);
}

/* Passive stream sockets take their port back from connections of theirs that linger. */
static gboolean
set_keyword_options (Attempt *self, int fd)
{
  GSockRequest *request = self->request;

  if (request->kind == GSOCK_CLASS_PASSIVE && self->priv->handle.ops->internet && request->type == GSOCK_SOCKET_TYPE_STREAM
      && !GSOCK_GIVEN (request, GSOCK_KEYWORD_REUSE_ADDRESS)
      && !set_flag (fd, SOL_SOCKET, SO_REUSEADDR, TRUE, &self->error, "reuse-address"))
    return FALSE;

  for (guint i = 0; i < gsock_n_keyword_aliases; i++)
    {
      const GSockKeywordAlias *alias = &gsock_keyword_aliases[i];
      gboolean value = *(const gboolean *) ((const char *) request + alias->offset);

      if (GSOCK_GIVEN (request, alias->id)
          && !set_flag (fd, alias->level, alias->number, value, &self->error, gsock_request_row (alias->id)->name))
        return FALSE;
    }
  return request->interface == NULL
         || gsock_option_set_on (fd, self->family, request->type, gsock_option_find ("bind-to-device"),
                                 g_variant_new_string (request->interface), &self->error);
}

/* What is wrong with an option of a later phase is told before anything goes over the wire. */
static gboolean
check_options (Attempt *self, int fd)
{
  GArray *options = self->request->options;

  for (guint i = 0; options != NULL && i < options->len; i++)
    {
      GSockRequestedOption *requested = &g_array_index (options, GSockRequestedOption, i);

      if (!gsock_option_check_on (fd, self->family, self->request->type, requested->option, requested->value, &self->error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_options (Attempt *self, int fd, GSockPhase phase)
{
  GArray *options = self->request->options;

  for (guint i = 0; options != NULL && i < options->len; i++)
    {
      GSockRequestedOption *requested = &g_array_index (options, GSockRequestedOption, i);
      GSockPhase wanted = requested->option->phase == GSOCK_PHASE_ANY ? GSOCK_PHASE_BEFORE_BIND : requested->option->phase;

      if (wanted == phase
          && !gsock_option_set_on (fd, self->family, self->request->type, requested->option, requested->value, &self->error))
        return FALSE;
    }
  return TRUE;
}

/* The kernel gives the file the mode of the socket that it is bound to, less the umask. */
static gboolean
set_file_mode (Attempt *self, int fd)
{
  if (!GSOCK_GIVEN (self->request, GSOCK_KEYWORD_FILE_MODE))
    return TRUE;
  return fchmod (fd, self->request->file_mode) == 0 || fail (self, -errno, "make-socket: file-mode", NULL);
}

/* A class that has specialised bind-address or connect has it called here too. */
static gboolean
bind_it (Attempt *self, int fd)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (self->socket);
  gssize result;

  if (klass->bind_address != gsock_socket_real_bind_address)
    return gsock_socket_answered (self->socket, klass->bind_address (self->socket, self->local, &self->error), "bind", &self->error);
  result = gsock_bind_handle (self->priv, fd, self->local);
  return result >= 0 || fail (self, result, "bind", self->local);
}

static gboolean
listen_on_it (Attempt *self, int fd)
{
  if (self->request->kind != GSOCK_CLASS_PASSIVE || self->local == NULL)
    return TRUE;
  if (!set_options (self, fd, GSOCK_PHASE_BEFORE_LISTEN))
    return FALSE;
  return gsock_passive_socket_listen_on_direct (GSOCK_PASSIVE_SOCKET (self->socket), self->request->backlog, &self->error);
}

/* From bind to listen the lock of the folder is held: in between, the own file would look stale to
 * others. */
static gboolean
bind_and_listen (Attempt *self, int fd)
{
  gboolean done;
  int lock;

  if (!self->request->replace_stale || gsock_address_is_abstract (self->local))
    return bind_it (self, fd) && listen_on_it (self, fd);

  lock = gsock_local_file_lock (self->local);
  if (lock < 0)
    return fail (self, lock, "replace a stale socket", self->local);
  done = gsock_local_file_remove_stale (self->local, self->request->type) == 0 || fail (self, -EADDRINUSE, "bind", self->local);
  done = done && bind_it (self, fd) && listen_on_it (self, fd);
  gsock_local_file_unlock (lock);
  return done;
}

static gboolean
connect_it (Attempt *self, int fd)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (self->socket);
  GSockPatience *patience = &self->patience;
  gssize result;

  if (self->remote == NULL)
    return TRUE;
  if (!set_options (self, fd, GSOCK_PHASE_BEFORE_CONNECT))
    return FALSE;
  if (klass->connect_to != gsock_socket_real_connect_to)
    return gsock_socket_answered (self->socket,
                                  klass->connect_to (self->socket, self->remote, patience->wait, gsock_patience_left (patience), patience->cancellable, &self->error),
                                  "connect", &self->error)
           || (self->priv->handle.connecting && !patience->wait);
  result = gsock_connect_handle (self->priv, self->remote, FALSE, &self->patience);
  if (result == -EINPROGRESS && !self->patience.wait)
    return TRUE;
  return result >= 0 || fail (self, result, "connect", self->remote);
}

/* Options for which no phase comes are set all the same. */
static gboolean
set_late_options (Attempt *self, int fd)
{
  return (self->priv->handle.listening || set_options (self, fd, GSOCK_PHASE_BEFORE_LISTEN))
         && (self->remote != NULL || set_options (self, fd, GSOCK_PHASE_BEFORE_CONNECT));
}

/* ipv6-address-form, the last of them, makes another family of the socket. */
static gboolean
set_final_options (Attempt *self, int fd)
{
  if (self->request->options == NULL)
    return TRUE;
  if (!set_options (self, fd, GSOCK_PHASE_AFTER))
    return FALSE;
  gsock_handle_ask_family (&self->priv->handle, fd);
  return TRUE;
}

static gboolean
try_once (Attempt *self)
{
  gboolean done;
  int fd;

  if (!make_descriptor (self, &fd))
    return FALSE;
  done = check_options (self, fd) && set_dual_stack (self, fd) && set_keyword_options (self, fd) && set_options (self, fd, GSOCK_PHASE_BEFORE_BIND)
         && set_file_mode (self, fd) && (self->local == NULL || bind_and_listen (self, fd))
         && set_late_options (self, fd) && connect_it (self, fd) && set_final_options (self, fd);
  gsock_handle_leave (&self->priv->handle, 1);
  return done;
}

/* Back to an object that has no descriptor, for the next candidate or for good. */
static void
take_back (Attempt *self)
{
  GSockHandle *handle = &self->priv->handle;

  if (self->priv->file != NULL)
    gsock_local_file_unlink (self->priv->file);
  g_clear_pointer (&self->priv->file, gsock_local_file_free);
  gsock_handle_release (handle);
  handle->bound = handle->connected = handle->connecting = handle->listening = handle->nonblocking = FALSE;
  gsock_socket_keep_remote (self->priv, NULL);
}

/* The local address to go with this remote one: of the same family, or every address of it. */
static const GSockAddress *
choose_local (Attempt *self, GSockAddress *room)
{
  GSockCandidates *local = &self->plan->local;

  for (guint i = 0; i < local->n; i++)
    {
      const GSockAddress *address = gsock_candidates_get (local, i);

      if (gsock_address_family_number (address) == self->family)
        return address;
      if (gsock_address_is_unspecified (address) && self->request->local_host == NULL)
        {
          gsock_address_init_any (room, self->family, gsock_address_get_port (address));
          return room;
        }
    }
  return NULL;
}

static void
collect_reason (Attempt *self)
{
  if (self->reasons == NULL)
    self->reasons = g_string_new (NULL);
  else
    g_string_append (self->reasons, "; ");
  g_string_append (self->reasons, self->error->message);
}

static gboolean
fail_all (Attempt *self, guint n_attempts, GError **error)
{
  if (n_attempts > 1 && self->error->domain == GSOCK_ERROR)
    gsock_error_literal (error, self->error->code, "none of %u addresses worked: %s", n_attempts, self->reasons->str);
  else
    g_propagate_error (error, g_steal_pointer (&self->error));
  g_clear_error (&self->error);
  return FALSE;
}

/* Time that ran out and a cancellation are the end for all candidates. */
static gboolean
is_final (const GError *error)
{
  return error->domain != GSOCK_ERROR || error->code == GSOCK_ERROR_TIMED_OUT || error->code == GSOCK_ERROR_CLOSED;
}

static gboolean
try_remotes (Attempt *self, GError **error)
{
  GSockCandidates *remote = &self->plan->remote;

  for (guint i = 0; i < remote->n; i++)
    {
      GSockAddress room;

      g_clear_error (&self->error);
      self->remote = gsock_candidates_get (remote, i);
      self->family = gsock_address_family_number (self->remote);
      self->local = choose_local (self, &room);
      if (self->plan->local.n > 0 && self->local == NULL)
        gsock_error_literal (&self->error, GSOCK_ERROR_INVALID_KEYWORD,
                             "make-socket: no local address is of the family %s, as the remote one is",
                             gsock_family_find (self->family)->name);
      else if (try_once (self))
        return TRUE;
      take_back (self);
      collect_reason (self);
      if (is_final (self->error))
        return fail_all (self, i + 1, error);
    }
  return fail_all (self, remote->n, error);
}

static gboolean
try_locals (Attempt *self, GError **error)
{
  GSockCandidates *local = &self->plan->local;

  for (guint i = 0; i < local->n; i++)
    {
      g_clear_error (&self->error);
      self->local = gsock_candidates_get (local, i);
      self->family = gsock_address_family_number (self->local);
      if (try_once (self))
        return TRUE;
      take_back (self);
      collect_reason (self);
    }
  return fail_all (self, local->n, error);
}

static gboolean
try_plain (Attempt *self, GError **error)
{
  self->family = self->plan->family;
  if (try_once (self))
    return TRUE;
  take_back (self);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static gboolean
try_family (Attempt *self, GError **error)
{
  gboolean done;

  if (self->plan->remote.n > 0)
    done = try_remotes (self, error);
  else
    done = self->plan->local.n > 0 ? try_locals (self, error) : try_plain (self, error);
  if (self->reasons != NULL)
    g_string_free (g_steal_pointer (&self->reasons), TRUE);
  return done;
}

/* A system without IPv6 gets the IPv4 socket that would have been half of the dual-stack one. */
static gboolean
try_with_fallback (Attempt *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSockPlan *plan = self->plan;

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

gboolean
gsock_request_run (GSockRequest *request, GSockSocket *self, GCancellable *cancellable, GError **error)
{
  g_auto (GSockPlan) plan;
  GSockSocketPrivate *priv = gsock_socket_get_private (self);
  Attempt attempt = {
    .request = request,
    .socket = self,
    .priv = priv,
    .plan = &plan,
    .patience = { request->wait, request->timeout, cancellable, 0 },
  };
  gboolean done;

  gsock_plan_init (&plan);
  if (cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!gsock_request_check (request, error) || !gsock_plan_make (&plan, request, cancellable, error))
    return FALSE;

  priv->timeout = request->timeout;
  priv->unlink_on_close = request->unlink_on_close;
  keep (request, self, priv);
  done = try_with_fallback (&attempt, error);
  g_clear_error (&attempt.error);
  return done;
}
