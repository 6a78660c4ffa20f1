/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator make-sockets-from-activation: what a service manager opened before it started the program. */

#include <gsock/gsock-activation.h>

#include <gsock/gsock-activation-private.h>
#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* Those that are passed follow the three that every process has. */
#define FIRST_FD 3

/* What a manager calls a descriptor that it was given no name for. */
#define NAME_OF_NAMELESS "unknown"

typedef struct
{
  GSockFromFdSpec from_fd;
  gboolean unset_environment;
} ActivationSpec;

enum
{
  ACTIVATION_UNSET_ENVIRONMENT = GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE + 1,
};

static const GSockKeyword activation_rows[] = {
  { .name = "timeout", .type = GSOCK_ARGUMENT_DOUBLE, .id = GSOCK_FROM_FD_TIMEOUT, .offset = offsetof (ActivationSpec, from_fd.timeout) },
  { .name = "external-format", .type = GSOCK_ARGUMENT_STRING, .id = GSOCK_FROM_FD_EXTERNAL_FORMAT, .offset = offsetof (ActivationSpec, from_fd.external_format) },
  { .name = "input-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_FROM_FD_INPUT_BUFFER_SIZE, .offset = offsetof (ActivationSpec, from_fd.input_buffer_size), .minimum = 1, .maximum = G_MAXINT },
  { .name = "unset-environment", .type = GSOCK_ARGUMENT_BOOLEAN, .id = ACTIVATION_UNSET_ENVIRONMENT, .offset = offsetof (ActivationSpec, unset_environment) },
  { .name = "output-buffer-size", .type = GSOCK_ARGUMENT_INT, .id = GSOCK_FROM_FD_OUTPUT_BUFFER_SIZE, .offset = offsetof (ActivationSpec, from_fd.output_buffer_size), .minimum = 1, .maximum = G_MAXINT },
};

static GSockKeywordTable activation_keywords = {
  .operator_name = "make-sockets-from-activation",
  .rows = activation_rows,
  .n_rows = G_N_ELEMENTS (activation_rows),
};

/* What the environment tells; n_fds of 0 is nothing for this process. */
typedef struct
{
  const char *operation;
  gboolean take; /* the environment is cleared, and the descriptors are the caller's */
  gsize n_fds;
  char **names;
} Passed;

#define PASSED_INIT(operation, take) { operation, take, 0, NULL }

static void
passed_clear (Passed *self)
{
  g_strfreev (self->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Passed, passed_clear)

static void
clear_environment (const Passed *self)
{
  static const char *const variables[] = { "LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDNAMES" };

  for (guint i = 0; self->take && i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
}

/* Anything may stand there; what is shown of it is text, and not too much. */
static gboolean
refuse_variable (const Passed *self, GError **error, const char *variable, const char *wanted)
{
  g_autofree char *shown = gsock_text_shown (g_getenv (variable));

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: %s is \"%s\", which is not %s",
                              self->operation, variable, shown, wanted);
}

static gboolean
read_number (const Passed *self, const char *variable, const char *wanted, guint64 minimum, guint64 maximum, guint64 *number, GError **error)
{
  return g_ascii_string_to_unsigned (g_getenv (variable), 10, minimum, maximum, number, NULL)
         || refuse_variable (self, error, variable, wanted);
}

/* A number of a process is used again one day, that of its pidfd is not. Where there is no such number
 * the pid has to do. */
static gboolean
is_for_this_process (const Passed *self, gboolean *answer, GError **error)
{
  guint64 pid, id, own_id;

  if (g_getenv ("LISTEN_PID") == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: LISTEN_FDS is set and LISTEN_PID is not, so nobody knows whose they are", self->operation);
  if (!read_number (self, "LISTEN_PID", "the number of a process", 1, G_MAXINT32, &pid, error))
    return FALSE;
  *answer = pid == (guint64) getpid ();
  if (g_getenv ("LISTEN_PIDFDID") == NULL)
    return TRUE;
  if (!read_number (self, "LISTEN_PIDFDID", "the number of a pidfd", 1, G_MAXUINT64, &id, error))
    return FALSE;
  if (*answer && gsock_sys_pidfd_id (getpid (), &own_id))
    *answer = id == own_id;
  return TRUE;
}

static gboolean
check_open (Passed *self, guint64 n_fds, GError **error)
{
  for (guint64 i = 0; i < n_fds; i++)
    {
      int fd = FIRST_FD + (int) i;
      int flags = fcntl (fd, F_GETFD);

      if (flags < 0)
        return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "%s: LISTEN_FDS is %" G_GUINT64_FORMAT ", but descriptor %d is not open",
                                    self->operation, n_fds, fd);
      if (self->take)
        (void) fcntl (fd, F_SETFD, flags | FD_CLOEXEC);
    }
  self->n_fds = n_fds;
  return TRUE;
}

/* As systemd has it: printable ASCII, of which the colon is the separator; none at all is allowed. */
gboolean
gsock_fd_name_is_valid (const char *name, gsize length)
{
  if (length > GSOCK_FD_NAME_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (name[i]) || name[i] == ':')
      return FALSE;
  return TRUE;
}

static gboolean
read_names (Passed *self, GError **error)
{
  const char *variable = g_getenv ("LISTEN_FDNAMES");

  if (variable == NULL)
    {
      self->names = g_new0 (char *, self->n_fds + 1);
      for (gsize i = 0; i < self->n_fds; i++)
        self->names[i] = g_strdup (NAME_OF_NAMELESS);
      return TRUE;
    }
  /* An empty string is one empty name, where g_strsplit has none. */
  self->names = variable[0] != '\0' ? g_strsplit (variable, ":", -1) : g_strsplit (":", ":", 1);
  if (g_strv_length (self->names) != self->n_fds)
    return refuse_variable (self, error, "LISTEN_FDNAMES", "a name for each of the descriptors, with colons between them");
  for (gsize i = 0; i < self->n_fds; i++)
    if (!gsock_fd_name_is_valid (self->names[i], strlen (self->names[i])))
      return refuse_variable (self, error, "LISTEN_FDNAMES", "names of at most 255 printable ASCII characters");
  return TRUE;
}

static gboolean
read_environment (Passed *self, GError **error)
{
  gboolean is_ours = FALSE;
  guint64 n_fds = 0;

  if (g_getenv ("LISTEN_FDS") == NULL)
    {
      self->names = g_new0 (char *, 1);
      return TRUE;
    }
  if (!is_for_this_process (self, &is_ours, error))
    return FALSE;
  if (!read_number (self, "LISTEN_FDS", "a number of descriptors", 0, G_MAXINT32 - FIRST_FD, &n_fds, error))
    return FALSE;
  if (!is_ours || n_fds == 0)
    {
      self->names = g_new0 (char *, 1);
      return TRUE;
    }
  return check_open (self, n_fds, error) && read_names (self, error);
}

/* What cannot be understood now cannot be later, and is nothing for a child either. */
static gboolean
passed_read (Passed *self, GError **error)
{
  if (read_environment (self, error))
    return TRUE;
  clear_environment (self);
  return FALSE;
}

static gboolean
check_sockets (const Passed *self, GError **error)
{
  for (gsize i = 0; i < self->n_fds; i++)
    {
      int fd = FIRST_FD + (int) i;

      if (!gsock_from_fd_is_socket (fd))
        return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                    "%s: descriptor %d, \"%s\", is no socket; file-descriptors-from-activation takes descriptors of every kind",
                                    self->operation, fd, self->names[i]);
    }
  return TRUE;
}

static GPtrArray *
make_sockets (ActivationSpec *spec, char ***fd_names, GError **error)
{
  g_auto (Passed) passed = PASSED_INIT ("make-sockets-from-activation", spec->unset_environment);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  if (spec->from_fd.external_format != NULL && !gsock_external_format_check (spec->from_fd.external_format, error))
    return NULL;
  if (!passed_read (&passed, error) || !check_sockets (&passed, error))
    return NULL;
  spec->from_fd.dup = !passed.take;
  for (gsize i = 0; i < passed.n_fds; i++)
    {
      GSockSocket *socket = gsock_from_fd_make (FIRST_FD + (int) i, &spec->from_fd, error);

      if (socket == NULL)
        return NULL;
      g_ptr_array_add (sockets, socket);
    }
  clear_environment (&passed);
  if (fd_names != NULL)
    *fd_names = g_steal_pointer (&passed.names);
  return g_steal_pointer (&sockets);
}

/**
 * gsock_make_sockets_from_activation: (skip)
 * @fd_names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each socket
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_sockets_from_activation_with_keywords]
 *
 * Makes sockets of what the service manager has opened for this process: the operator
 * make-sockets-from-activation.
 *
 * Returns: (element-type GSockSocket) (transfer container): the sockets
 *
 * Since: 1.0
 */
GPtrArray *
gsock_make_sockets_from_activation (char ***fd_names, GError **error, const char *first_keyword, ...)
{
  ActivationSpec spec = { .from_fd = GSOCK_FROM_FD_SPEC_INIT, .unset_environment = TRUE };
  va_list arguments;
  gboolean parsed;

  if (fd_names != NULL)
    *fd_names = NULL;
  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&activation_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed ? make_sockets (&spec, fd_names, error) : NULL;
}

/**
 * gsock_make_sockets_from_activation_with_keywords: (rename-to gsock_make_sockets_from_activation)
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @fd_names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each socket
 * @error: return location for an error
 *
 * Makes sockets of what the service manager has opened for this process: the operator
 * make-sockets-from-activation.
 *
 * The manager tells of them in the environment: `LISTEN_FDS`, `LISTEN_PID`, `LISTEN_PIDFDID` where it
 * has one, and `LISTEN_FDNAMES`. The kernel tells the class of each, as with
 * [func@make_socket_from_fd_with_keywords]. A name is `unknown` where the manager gives none.
 *
 * There is none, which is no error, where nothing is passed, and where what is passed is for another
 * process, as a child finds it in the environment of its parent.
 *
 * Keywords: `unset-environment` (%TRUE: the variables are removed, and the sockets take over the
 * descriptors, which become close-on-exec; %FALSE: all stays as it is, for a later call, and the
 * sockets have close-on-exec duplicates), and for all the sockets `timeout`, `external-format`,
 * `input-buffer-size` and `output-buffer-size`.
 *
 * The environment of a process is one for all its threads, so this is best called before there are
 * others.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where a variable makes no sense, or tells of a descriptor that
 * is not open (the variables are removed then as well); the same where one of the descriptors is no
 * socket: then nothing is removed, and [func@file_descriptors_from_activation] takes what is there.
 * `GSOCK_ERROR_TOO_MANY_FILES`, `GSOCK_ERROR_INVALID_KEYWORD` and `GSOCK_ERROR_UNKNOWN_KEYWORD` likewise
 * leave everything in its place.
 *
 * Returns: (element-type GSockSocket) (transfer container): the sockets, in the order of the manager
 *
 * Since: 1.0
 */
GPtrArray *
gsock_make_sockets_from_activation_with_keywords (const char *const *names, const GValue *values, guint n_values, char ***fd_names, GError **error)
{
  ActivationSpec spec = { .from_fd = GSOCK_FROM_FD_SPEC_INIT, .unset_environment = TRUE };

  if (fd_names != NULL)
    *fd_names = NULL;
  if (!gsock_keywords_parse_values (&activation_keywords, &spec, names, values, n_values, error))
    return NULL;
  return make_sockets (&spec, fd_names, error);
}

/**
 * gsock_make_sockets_from_activation_as_list:
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @fd_names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each socket
 * @error: return location for an error
 *
 * Makes sockets of what the service manager has opened for this process: what
 * [func@make_sockets_from_activation_with_keywords] does, for languages that take no array, such as Ruby.
 *
 * Errors: those of [func@make_sockets_from_activation_with_keywords].
 *
 * Returns: (transfer full) (element-type GSockSocket): the sockets, in the order of the manager
 *
 * Since: 1.0
 */
GList *
gsock_make_sockets_from_activation_as_list (const char *const *names, const GValue *values, guint n_values, char ***fd_names, GError **error)
{
  return gsock_list_of_objects (gsock_make_sockets_from_activation_with_keywords (names, values, n_values, fd_names, error));
}

static gboolean
take_descriptors (const Passed *self, int *fds, GError **error)
{
  for (gsize i = 0; i < self->n_fds; i++)
    {
      int fd = FIRST_FD + (int) i;

      fds[i] = self->take ? fd : fcntl (fd, F_DUPFD_CLOEXEC, FIRST_FD);
      if (fds[i] >= 0)
        continue;
      gsock_error_set (error, -errno, self->operation, NULL);
      while (i-- > 0)
        (void) close (fds[i]);
      return FALSE;
    }
  return TRUE;
}

/**
 * gsock_file_descriptors_from_activation:
 * @unset_environment: whether to remove the variables and take the descriptors themselves, or to
 *   leave everything for a later call and take duplicates
 * @n_fds: (out): how many there are
 * @fd_names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each
 * @error: return location for an error
 *
 * Takes what the service manager has opened or kept for this process, sockets or not: files that were
 * left with [func@store_file_descriptors] come back like this.
 *
 * They are close-on-exec. [func@make_socket_from_fd_with_keywords] makes a socket of one that is, and
 * [func@make_sockets_from_activation_with_keywords] of all where they are nothing else; it tells of the
 * variables too.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where a variable makes no sense, or tells of a descriptor that
 * is not open, and `GSOCK_ERROR_TOO_MANY_FILES`.
 *
 * Returns: (array length=n_fds) (transfer full): the descriptors, which are the caller's to close
 *
 * Since: 1.0
 */
int *
gsock_file_descriptors_from_activation (gboolean unset_environment, gsize *n_fds, char ***fd_names, GError **error)
{
  g_auto (Passed) passed = PASSED_INIT ("file-descriptors-from-activation", unset_environment);
  g_autofree int *fds = NULL;

  *n_fds = 0;
  if (fd_names != NULL)
    *fd_names = NULL;
  if (!passed_read (&passed, error))
    return NULL;
  fds = g_new0 (int, passed.n_fds + 1);
  if (!take_descriptors (&passed, fds, error))
    return NULL;
  clear_environment (&passed);
  *n_fds = passed.n_fds;
  if (fd_names != NULL)
    *fd_names = g_steal_pointer (&passed.names);
  return g_steal_pointer (&fds);
}
