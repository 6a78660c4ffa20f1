/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket-from-fd: an object around a descriptor that is there, whose part the kernel tells. */

#include <gsock/gsock-make-socket.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-passive-socket.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What the kernel says of a descriptor. */
typedef struct
{
  int family, type, protocol, listening;
} Facts;

static gssize
ask (int fd, int option, int *value)
{
  socklen_t length = sizeof *value;

  return getsockopt (fd, SOL_SOCKET, option, value, &length) < 0 ? -errno : 0;
}

/* Not every family answers SO_ACCEPTCONN. */
static gssize
find_facts (int fd, Facts *facts)
{
  gssize result = ask (fd, SO_TYPE, &facts->type);

  facts->listening = 0;
  (void) ask (fd, SO_ACCEPTCONN, &facts->listening);
  if (result >= 0)
    result = ask (fd, SO_DOMAIN, &facts->family);
  if (result >= 0)
    result = ask (fd, SO_PROTOCOL, &facts->protocol);
  return result;
}

gboolean
gsock_from_fd_is_socket (int fd)
{
  Facts facts;

  return find_facts (fd, &facts) >= 0;
}

static gboolean
set_fd_error (GError **error, gssize failure, int fd)
{
  if (failure == -EBADF || failure == -ENOTSOCK)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "make-socket-from-fd: descriptor %d is %s", fd,
                                failure == -EBADF ? "not open" : "no socket");
  return gsock_error_set (error, failure, "make-socket-from-fd", NULL);
}

static void
find_state (GSockSocketPrivate *priv, int fd, gboolean listening)
{
  GSockAddress address;

  priv->handle.listening = listening;
  if (gsock_handle_get_local (&priv->handle, fd, &address) >= 0)
    priv->handle.bound = priv->handle.ops->is_bound (&address);
  /* Netlink answers whether there is a peer or not: with the kernel, which has the number 0. */
  if (gsock_handle_get_remote (&priv->handle, fd, &address) >= 0
      && (priv->handle.ops->local || priv->handle.ops->is_bound (&address)))
    {
      priv->handle.connected = TRUE;
      gsock_socket_keep_remote (priv, &address);
    }
  gsock_handle_expose (&priv->handle);
}

static void
apply_spec (GSockSocket *self, GSockFromFdSpec *spec)
{
  GSockStreamDefaults *defaults = NULL;

  gsock_socket_get_private (self)->timeout = spec->timeout;
  if (GSOCK_IS_ACTIVE_SOCKET (self))
    defaults = gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (self));
  else if (GSOCK_IS_PASSIVE_SOCKET (self))
    defaults = gsock_passive_socket_get_defaults (GSOCK_PASSIVE_SOCKET (self));
  if (defaults == NULL)
    return;
  gsock_stream_defaults_set (defaults, spec->external_format,
                             GSOCK_GIVEN (spec, GSOCK_FROM_FD_INPUT_BUFFER_SIZE) ? spec->input_buffer_size : (int) defaults->input_buffer_size,
                             GSOCK_GIVEN (spec, GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE) ? spec->output_buffer_size : (int) defaults->output_buffer_size);
}

/* A descriptor that is not duplicated is the object's from here on, but only if there is one. */
GSockSocket *
gsock_from_fd_make (int fd, GSockFromFdSpec *spec, GError **error)
{
  Facts facts;
  GSockRole role;
  GSockSocket *self;
  gssize result = fd < 0 ? -EBADF : find_facts (fd, &facts);

  if (result >= 0 && spec->external_format != NULL && !gsock_external_format_check (spec->external_format, error))
    return NULL;
  if (result >= 0)
    result = spec->dup ? GSOCK_SYSCALL (fcntl (fd, F_DUPFD_CLOEXEC, 3)) : fd;
  if (result < 0)
    {
      set_fd_error (error, result, fd);
      return NULL;
    }
  fd = (int) result;

  role = GSOCK_GIVEN (spec, GSOCK_FROM_FD_CONNECT) ? (GSockRole) spec->role
         : facts.listening ? GSOCK_ROLE_PASSIVE : GSOCK_ROLE_ACTIVE;
  self = gsock_socket_new_for_fd (gsock_socket_type_for (facts.family, facts.type, role), fd, facts.family, facts.type, facts.protocol);
  find_state (gsock_socket_get_private (self), fd, facts.listening);
  apply_spec (self, spec);
  return self;
}

/**
 * gsock_make_socket_from_fd: (skip)
 * @fd: a descriptor
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_socket_from_fd_with_keywords]
 *
 * Makes a socket around a descriptor: the operator make-socket-from-fd.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket_from_fd (int fd, GError **error, const char *first_keyword, ...)
{
  GSockFromFdSpec spec = GSOCK_FROM_FD_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_from_fd_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? gsock_from_fd_make (fd, &spec, error) : NULL;
}

/**
 * gsock_make_socket_from_fd_with_keywords: (rename-to gsock_make_socket_from_fd)
 * @fd: a descriptor
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @error: return location for an error
 *
 * Makes a socket around a descriptor: the operator make-socket-from-fd. The kernel tells its
 * family, type and state, and with them the class.
 *
 * Keywords: `dup` (%TRUE: the socket has a close-on-exec duplicate of its own; %FALSE: it takes @fd
 * over), `connect` (a [enum@Role] that overrides what was found out), `timeout`,
 * `external-format`, `input-buffer-size` and `output-buffer-size`.
 *
 * The flags of the open file description, which others may share, are left as they are.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where @fd is no socket, `GSOCK_ERROR_TOO_MANY_FILES`,
 * `GSOCK_ERROR_INVALID_KEYWORD` and `GSOCK_ERROR_UNKNOWN_KEYWORD`. @fd is then still the caller's.
 *
 * Returns: (transfer full): the new socket
 *
 * Since: 1.0
 */
GSockSocket *
gsock_make_socket_from_fd_with_keywords (int fd, const char *const *names, const GValue *values, guint n_values, GError **error)
{
  GSockFromFdSpec spec = GSOCK_FROM_FD_SPEC_INIT;

  if (!gsock_keywords_parse_values (&gsock_from_fd_keywords, &spec, names, values, n_values, error))
    return NULL;
  return gsock_from_fd_make (fd, &spec, error);
}
