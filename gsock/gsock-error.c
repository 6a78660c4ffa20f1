/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error domain: one table from the kernel's numbers to names, and the making of a GError. */

#include <gsock/gsock-error.h>

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <stdarg.h>
#include <string.h>

typedef struct
{
  int number; /* errno, or 0 */
  GSockError code;
  const char *condition; /* what IOlib signals */
} GSockErrorRow;

static const GSockErrorRow rows[] = {
  { EADDRINUSE, GSOCK_ERROR_ADDRESS_IN_USE, "socket-address-in-use-error" },
  { EAFNOSUPPORT, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "socket-address-family-not-supported-error" },
  { EADDRNOTAVAIL, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE, "socket-address-not-available-error" },
  { ENETDOWN, GSOCK_ERROR_NETWORK_DOWN, "socket-network-down-error" },
  { ENETRESET, GSOCK_ERROR_NETWORK_RESET, "socket-network-reset-error" },
  { ENETUNREACH, GSOCK_ERROR_NETWORK_UNREACHABLE, "socket-network-unreachable-error" },
  { ENONET, GSOCK_ERROR_NO_NETWORK, "socket-no-network-error" },
  { ECONNABORTED, GSOCK_ERROR_CONNECTION_ABORTED, "socket-connection-aborted-error" },
  { ECONNRESET, GSOCK_ERROR_CONNECTION_RESET, "socket-connection-reset-error" },
  { ECONNREFUSED, GSOCK_ERROR_CONNECTION_REFUSED, "socket-connection-refused-error" },
  { ETIMEDOUT, GSOCK_ERROR_CONNECTION_TIMEOUT, "socket-connection-timeout-error" },
  { EINPROGRESS, GSOCK_ERROR_CONNECTION_IN_PROGRESS, "socket-connection-in-progress-error" },
  { ESHUTDOWN, GSOCK_ERROR_ENDPOINT_SHUTDOWN, "socket-endpoint-shutdown-error" },
  { ENOBUFS, GSOCK_ERROR_NO_BUFFER_SPACE, "socket-no-buffer-space-error" },
  { EHOSTDOWN, GSOCK_ERROR_HOST_DOWN, "socket-host-down-error" },
  { EHOSTUNREACH, GSOCK_ERROR_HOST_UNREACHABLE, "socket-host-unreachable-error" },
  { EISCONN, GSOCK_ERROR_ALREADY_CONNECTED, "socket-already-connected-error" },
  { ENOTCONN, GSOCK_ERROR_NOT_CONNECTED, "socket-not-connected-error" },
  { ENOPROTOOPT, GSOCK_ERROR_OPTION_NOT_SUPPORTED, "socket-option-not-supported-error" },
  { EOPNOTSUPP, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "socket-operation-not-supported-error" },
  { EACCES, GSOCK_ERROR_ACCESS_DENIED, NULL },
  { EMSGSIZE, GSOCK_ERROR_MESSAGE_TOO_LONG, NULL },
  { EMFILE, GSOCK_ERROR_TOO_MANY_FILES, NULL },
  { ETOOMANYREFS, GSOCK_ERROR_TOO_MANY_REFERENCES, NULL },
  { ENOENT, GSOCK_ERROR_NOT_FOUND, NULL },
  { EINVAL, GSOCK_ERROR_INVALID_ARGUMENT, NULL },
  { 0, GSOCK_ERROR_CLOSED, NULL },
  { EAGAIN, GSOCK_ERROR_WOULD_BLOCK, NULL },
  { 0, GSOCK_ERROR_TIMED_OUT, NULL },
  { 0, GSOCK_ERROR_UNKNOWN_KEYWORD, NULL },
  { 0, GSOCK_ERROR_INVALID_KEYWORD, NULL },
  { 0, GSOCK_ERROR_OUT_OF_RANGE, NULL },
  { 0, GSOCK_ERROR_TRUNCATED, NULL },
  { 0, GSOCK_ERROR_UNKNOWN_HOST, "resolver-no-name-error" },
  { 0, GSOCK_ERROR_RESOLVER_AGAIN, "resolver-again-error" },
  { 0, GSOCK_ERROR_RESOLVER_FAILED, "resolver-fail-error" },
  { 0, GSOCK_ERROR_UNKNOWN_SERVICE, "unknown-service" },
  { 0, GSOCK_ERROR_UNKNOWN_PROTOCOL, "unknown-protocol" },
  { 0, GSOCK_ERROR_UNKNOWN_INTERFACE, "unknown-interface" },
  { 0, GSOCK_ERROR_INVALID_ADDRESS, "parse-error" },
  { 0, GSOCK_ERROR_FAILED, "syscall-error" },
  { 0, GSOCK_ERROR_NOT_BOUND, NULL },
  { 0, GSOCK_ERROR_NOT_INITIALIZED, NULL },
  { 0, GSOCK_ERROR_INVALID_STATE, NULL },
  { EILSEQ, GSOCK_ERROR_INVALID_TEXT, "character-coding-error" },
  { EINTR, GSOCK_ERROR_INTERRUPTED, NULL },
};

/* Numbers that are other spellings of a row above. */
static const GSockErrorRow aliases[] = {
  { EALREADY, GSOCK_ERROR_CONNECTION_IN_PROGRESS, NULL },
  { EPIPE, GSOCK_ERROR_ENDPOINT_SHUTDOWN, NULL },
  { ENOMEM, GSOCK_ERROR_NO_BUFFER_SPACE, NULL },
  { EDESTADDRREQ, GSOCK_ERROR_NOT_CONNECTED, NULL },
  { EPERM, GSOCK_ERROR_ACCESS_DENIED, NULL },
  { ENFILE, GSOCK_ERROR_TOO_MANY_FILES, NULL },
  { ENOTDIR, GSOCK_ERROR_NOT_FOUND, NULL },
};

/* What gsock itself finds out, below the public line. */
static const struct
{
  GSockFailure failure;
  GSockError code;
  const char *text;
} failures[] = {
  { GSOCK_E_CLOSED, GSOCK_ERROR_CLOSED, "the socket is closed" },
  { GSOCK_E_TIMED_OUT, GSOCK_ERROR_TIMED_OUT, "the time given for it ran out" },
  { GSOCK_E_TRUNCATED, GSOCK_ERROR_TRUNCATED, "the ancillary data did not fit; what came was closed" },
  { GSOCK_E_NOT_BOUND, GSOCK_ERROR_NOT_BOUND, "the socket has no local address, so nothing can arrive: bind it, or send first" },
  { GSOCK_E_NOT_INITIALIZED, GSOCK_ERROR_NOT_INITIALIZED, "the object was constructed but never initialised: call init, or use make-socket" },
  { GSOCK_E_UNREAD, GSOCK_ERROR_INVALID_STATE, "what was read ahead for the stream is in its buffer: read it with read-bytes or read-text, or drop it with clear-input" },
  { GSOCK_E_UNSENT, GSOCK_ERROR_INVALID_STATE, "what was written to the stream is in its buffer: send it with finish-output first" },
  { GSOCK_E_NO_CONVERSION, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "iconv does not give its converter for the encoding, which it had when the socket was made" },
};

/**
 * gsock_error_quark:
 *
 * The error domain of gsock, in C `GSOCK_ERROR`.
 *
 * Returns: the quark of the domain
 *
 * Since: 1.0
 */
G_DEFINE_QUARK (gsock-error-quark, gsock_error)

static const GSockErrorRow *
find_by_number (const GSockErrorRow *table, gsize n_rows, int number)
{
  for (gsize i = 0; i < n_rows; i++)
    if (table[i].number == number && number != 0)
      return &table[i];

  return NULL;
}

static const GSockErrorRow *
find_by_code (GSockError code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == code)
      return &rows[i];

  return NULL;
}

/**
 * gsock_error_from_errno:
 * @error_number: a value of `errno`
 *
 * Names an error number of the system.
 *
 * Returns: the code, `GSOCK_ERROR_FAILED` for a number without a name of its own
 *
 * Since: 1.0
 */
GSockError
gsock_error_from_errno (int error_number)
{
  const GSockErrorRow *row = find_by_number (rows, G_N_ELEMENTS (rows), error_number);

  if (row == NULL)
    row = find_by_number (aliases, G_N_ELEMENTS (aliases), error_number);
  return row != NULL ? row->code : GSOCK_ERROR_FAILED;
}

/**
 * gsock_error_to_errno:
 * @code: an error code
 *
 * The error number of the system that a code stands for.
 *
 * Returns: a value of `errno`, or 0 for what only gsock can find out
 *
 * Since: 1.0
 */
int
gsock_error_to_errno (GSockError code)
{
  const GSockErrorRow *row = find_by_code (code);

  return row != NULL ? row->number : 0;
}

/**
 * gsock_error_to_condition:
 * @code: an error code
 *
 * The condition that IOlib signals in the same case.
 *
 * Returns: (nullable): the name of the condition, or %NULL where IOlib has none
 *
 * Since: 1.0
 */
const char *
gsock_error_to_condition (GSockError code)
{
  const GSockErrorRow *row = find_by_code (code);

  return row != NULL ? row->condition : NULL;
}

static const char *
describe (gssize failure, GSockError *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].failure == -failure)
      {
        *code = failures[i].code;
        return failures[i].text;
      }

  *code = gsock_error_from_errno (-failure);
  return g_strerror (-failure);
}

/* An errno without a name of its own is told by number as well. */
static char *
reason (gssize failure, GSockError *code)
{
  const char *text = describe (failure, code);

  return *code == GSOCK_ERROR_FAILED ? g_strdup_printf ("%s (errno %d)", text, (int) -failure)
                                     : g_strdup (text);
}

gboolean
gsock_error_set_for_name (GError **error, gssize failure, const char *operation, const char *name)
{
  g_autofree char *text = NULL;
  GSockError code;

  if (error == NULL)
    return FALSE;
  if (failure == -GSOCK_E_CANCELLED)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: the operation was cancelled", operation);
      return FALSE;
    }

  text = reason (failure, &code);
  if (name != NULL)
    g_set_error (error, GSOCK_ERROR, code, "%s %s: %s", operation, name, text);
  else
    g_set_error (error, GSOCK_ERROR, code, "%s: %s", operation, text);
  return FALSE;
}

gboolean
gsock_error_set (GError **error, gssize failure, const char *operation, const GSockAddress *address)
{
  g_autofree char *name = NULL;
  g_autofree char *target = NULL;

  if (error == NULL)
    return FALSE;
  if (address == NULL || address->length == 0)
    return gsock_error_set_for_name (error, failure, operation, NULL);

  name = gsock_address_to_text (address);
  target = g_strdup_printf ("to %s", name);
  return gsock_error_set_for_name (error, failure, operation, target);
}

gboolean
gsock_error_literal (GError **error, GSockError code, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return FALSE;
  va_start (arguments, format);
  *error = g_error_new_valist (GSOCK_ERROR, code, format, arguments);
  va_end (arguments);
  return FALSE;
}
