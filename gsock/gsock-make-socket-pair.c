/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket-pair: two connected local sockets. */

#include <gsock/gsock-make-socket.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>

static GSockSocket *
make_half (int fd, const GSockPairSpec *spec)
{
  GType type = gsock_socket_type_for (AF_UNIX, spec->type, GSOCK_ROLE_ACTIVE);
  GSockSocket *self = gsock_socket_new_for_fd (type, fd, AF_UNIX, spec->type, spec->protocol);
  GSockSocketPrivate *priv = gsock_socket_get_private (self);

  priv->handle.connected = TRUE;
  gsock_handle_update (&priv->handle);
  priv->timeout = spec->timeout;
  if (GSOCK_IS_ACTIVE_SOCKET (self))
    gsock_stream_defaults_set (gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (self)), spec->external_format,
                               GSOCK_GIVEN (spec, GSOCK_PAIR_INPUT_BUFFER_SIZE) ? spec->input_buffer_size : GSOCK_BUFFER_SIZE_DEFAULT,
                               GSOCK_GIVEN (spec, GSOCK_PAIR_OUTPUT_BUFFER_SIZE) ? spec->output_buffer_size : GSOCK_BUFFER_SIZE_DEFAULT);
  return self;
}

/* Only streams have text, and so a format of it. */
static gboolean
check_stream_keywords (const GSockPairSpec *spec, GError **error)
{
  const struct
  {
    guint id;
    const char *name;
  } keywords[] = {
    { GSOCK_PAIR_EXTERNAL_FORMAT, "external-format" },
    { GSOCK_PAIR_INPUT_BUFFER_SIZE, "input-buffer-size" },
    { GSOCK_PAIR_OUTPUT_BUFFER_SIZE, "output-buffer-size" },
  };

  if (spec->type != GSOCK_SOCKET_TYPE_STREAM && spec->type != GSOCK_SOCKET_TYPE_SEQPACKET)
    for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
      if (GSOCK_GIVEN (spec, keywords[i].id))
        return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "make-socket-pair: %s is for stream and seqpacket sockets",
                                    keywords[i].name);
  return spec->external_format == NULL || gsock_external_format_check (spec->external_format, error);
}

static gboolean
make_pair (GSockSocket **first, GSockSocket **second, const GSockPairSpec *spec, GError **error)
{
  int fds[2];

  if (!check_stream_keywords (spec, error))
    return FALSE;
  if (gsock_sys_socketpair (AF_UNIX, spec->type, spec->protocol, fds) < 0)
    return gsock_error_set (error, -errno, "make-socket-pair", NULL);
  *first = make_half (fds[0], spec);
  *second = make_half (fds[1], spec);
  return TRUE;
}

/**
 * gsock_make_socket_pair: (skip)
 * @first: (out) (transfer full): one socket
 * @second: (out) (transfer full): the other
 * @error: return location for an error
 * @first_keyword: (nullable): the first keyword, followed by its value and so on up to %NULL
 * @...: see [func@make_socket_pair_with_keywords]
 *
 * Makes two connected local sockets: the operator make-socket-pair.
 *
 * Returns: whether they are made
 *
 * Since: 1.0
 */
gboolean
gsock_make_socket_pair (GSockSocket **first, GSockSocket **second, GError **error, const char *first_keyword, ...)
{
  GSockPairSpec spec = GSOCK_PAIR_SPEC_INIT;
  va_list arguments;
  gboolean parsed;

  *first = *second = NULL;
  va_start (arguments, first_keyword);
  parsed = gsock_keywords_parse_valist (&gsock_pair_keywords, &spec, first_keyword, arguments, error);
  va_end (arguments);
  return parsed && make_pair (first, second, &spec, error);
}

/**
 * gsock_make_socket_pair_with_keywords: (rename-to gsock_make_socket_pair)
 * @names: (nullable) (array zero-terminated=1): names of keywords
 * @values: (nullable) (array length=n_values): their values
 * @n_values: how many values there are
 * @first: (out) (transfer full): one socket
 * @second: (out) (transfer full): the other
 * @error: return location for an error
 *
 * Makes two connected local sockets: the operator make-socket-pair.
 *
 * Keywords: `type` (stream, the default, datagram or seqpacket), `protocol`, `timeout`,
 * `external-format`, `input-buffer-size` and `output-buffer-size`.
 *
 * Errors: `GSOCK_ERROR_TOO_MANY_FILES`, `GSOCK_ERROR_FAILED` for a type that local sockets do not
 * have, `GSOCK_ERROR_INVALID_KEYWORD` and `GSOCK_ERROR_UNKNOWN_KEYWORD`.
 *
 * Returns: whether they are made
 *
 * Since: 1.0
 */
gboolean
gsock_make_socket_pair_with_keywords (const char *const *names, const GValue *values, guint n_values, GSockSocket **first, GSockSocket **second, GError **error)
{
  GSockPairSpec spec = GSOCK_PAIR_SPEC_INIT;

  *first = *second = NULL;
  return gsock_keywords_parse_values (&gsock_pair_keywords, &spec, names, values, n_values, error)
         && make_pair (first, second, &spec, error);
}
