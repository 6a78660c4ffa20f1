/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One socket as make-socket is asked for it: descriptor, options, bind and listen in phase order, up to
 * where it may connect, and what comes after that. */

#include <gsock/gsock-request-socket-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-option-codec-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

static GSOCK_SELDOM gboolean
fail (GSockBuild *self, gssize failure, const char *operation, const GSockAddress *address)
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
set_dual_stack (GSockBuild *self, int fd)
{
  GSockRequest *request = self->request;
  gboolean asked = request->address_family != GSOCK_ADDRESS_FAMILY_INTERNET || request->ipv6 == GSOCK_IPV6_MODE_ONLY;

  if (self->family != AF_INET6 || request->kind == GSOCK_CLASS_RAW || self->remote != NULL || (!self->plan->dual && !asked))
    return TRUE;
  return set_flag (fd, IPPROTO_IPV6, IPV6_V6ONLY, !self->plan->dual, &self->error, "ipv6");
}

static gboolean
make_descriptor (GSockBuild *self, int *fd)
{
  GSockRequest *request = self->request;
  gboolean connects = self->remote != NULL && (request->kind & GSOCK_CLASS_STREAM) != 0;
  gboolean nonblocking = request->kind == GSOCK_CLASS_PASSIVE || connects;

  *fd = gsock_sys_socket (self->family, request->type, request->protocol, nonblocking);
  if (*fd < 0)
    return fail (self, -errno, "make-socket", NULL);

  self->priv->handle.nonblocking = nonblocking;
  gsock_handle_adopt (&self->priv->handle, *fd, self->family, request->type, request->protocol);
  *fd = gsock_handle_enter (&self->priv->handle, 1);
  return *fd >= 0 || fail (self, *fd, "make-socket", NULL);
}

/* Passive stream sockets take their port back from connections of theirs that linger. */
static gboolean
set_keyword_options (GSockBuild *self, int fd)
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
                                 gsock_option_new_text (request->interface, -1), &self->error);
}

/* What is wrong with an option of a later phase is told before anything goes over the wire. */
static gboolean
check_options (GSockBuild *self, int fd)
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
set_options (GSockBuild *self, int fd, GSockPhase phase)
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
set_file_mode (GSockBuild *self, int fd)
{
  if (!GSOCK_GIVEN (self->request, GSOCK_KEYWORD_FILE_MODE))
    return TRUE;
  return fchmod (fd, self->request->file_mode) == 0 || fail (self, -errno, "make-socket: file-mode", NULL);
}

/* A class that has specialised bind-address or connect has it called here too. */
static gboolean
bind_it (GSockBuild *self, int fd)
{
  GSockSocketClass *klass = GSOCK_SOCKET_GET_CLASS (self->socket);
  gssize result;

  if (klass->bind_address != gsock_socket_real_bind_address)
    return gsock_socket_answered (self->socket, klass->bind_address (self->socket, self->local, &self->error), "bind", &self->error);
  result = gsock_bind_handle (self->priv, fd, self->local);
  return result >= 0 || fail (self, result, "bind", self->local);
}

static gboolean
listen_on_it (GSockBuild *self, int fd)
{
  if (self->request->kind != GSOCK_CLASS_PASSIVE || self->local == NULL)
    return TRUE;
  if (!set_options (self, fd, GSOCK_PHASE_BEFORE_LISTEN))
    return FALSE;
  return gsock_passive_socket_listen_on_direct (GSOCK_PASSIVE_SOCKET (self->socket), self->request->backlog, &self->error);
}

static gboolean
remove_stale (GSockBuild *self)
{
  gssize result = gsock_local_file_remove_stale (self->local, self->request->type);

  return result >= 0 || fail (self, result, result == -EADDRINUSE ? "bind" : "replace a stale socket", self->local);
}

/* From bind to listen the lock of the folder is held: in between, the own file would look stale to
 * others. */
static gboolean
bind_and_listen_locked (GSockBuild *self, int fd)
{
  gboolean replace = self->request->replace_stale, done;
  int lock = gsock_local_file_lock (self->local, replace ? GSOCK_LOCAL_FILE_TRIES : GSOCK_LOCAL_FILE_FEW_TRIES);

  if (lock < 0 && replace)
    return fail (self, lock, "replace a stale socket", self->local);
  done = (!replace || remove_stale (self)) && bind_it (self, fd) && listen_on_it (self, fd);
  gsock_local_file_unlock (lock);
  return done;
}

static gboolean
bind_and_listen (GSockBuild *self, int fd)
{
  if (self->request->kind == GSOCK_CLASS_PASSIVE && gsock_local_file_is_path (self->local))
    return bind_and_listen_locked (self, fd);
  return bind_it (self, fd) && listen_on_it (self, fd);
}

/* Options for which no phase comes are set all the same. */
static gboolean
set_late_options (GSockBuild *self, int fd)
{
  return (self->priv->handle.listening || set_options (self, fd, GSOCK_PHASE_BEFORE_LISTEN))
         && (self->remote != NULL || set_options (self, fd, GSOCK_PHASE_BEFORE_CONNECT));
}

/* Makes the socket, ready to connect. @fd is in use until the caller leaves the handle: somebody may
 * close the object while it is being made. */
gboolean
gsock_build_open (GSockBuild *self, int *fd)
{
  if (!make_descriptor (self, fd))
    return FALSE;
  if (check_options (self, *fd) && set_dual_stack (self, *fd) && set_keyword_options (self, *fd)
      && set_options (self, *fd, GSOCK_PHASE_BEFORE_BIND) && set_file_mode (self, *fd)
      && (self->local == NULL || bind_and_listen (self, *fd)) && set_late_options (self, *fd)
      && (self->remote == NULL || set_options (self, *fd, GSOCK_PHASE_BEFORE_CONNECT)))
    return TRUE;
  gsock_handle_leave (&self->priv->handle, 1);
  return FALSE;
}

/* ipv6-address-form, the last of them, makes another family of the socket. */
gboolean
gsock_build_finish (GSockBuild *self, int fd)
{
  if (self->request->options == NULL)
    return TRUE;
  if (!set_options (self, fd, GSOCK_PHASE_AFTER))
    return FALSE;
  gsock_handle_ask_family (&self->priv->handle, fd);
  return TRUE;
}
