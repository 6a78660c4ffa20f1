/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures in the words of GIO, for the interfaces of GIO that sockets implement. */

#include <gsock/gsock-error-io-private.h>

#include <errno.h>

static const struct
{
  gssize failure;
  GIOErrorEnum code;
} rows[] = {
  { GSOCK_E_CLOSED, G_IO_ERROR_CLOSED },
  { GSOCK_E_TIMED_OUT, G_IO_ERROR_TIMED_OUT },
  { GSOCK_E_CANCELLED, G_IO_ERROR_CANCELLED },
  { GSOCK_E_TRUNCATED, G_IO_ERROR_PARTIAL_INPUT },
  { GSOCK_E_NOT_BOUND, G_IO_ERROR_NOT_CONNECTED },
  { GSOCK_E_NOT_INITIALIZED, G_IO_ERROR_NOT_INITIALIZED },
  { EISCONN, G_IO_ERROR_INVALID_ARGUMENT },
  { ERANGE, G_IO_ERROR_INVALID_ARGUMENT },
};

static GIOErrorEnum
io_code (gssize failure)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].failure == -failure)
      return rows[i].code;
  return g_io_error_from_errno (-failure);
}

gboolean
gsock_error_set_io (GError **error, gssize failure, const char *operation)
{
  g_autoptr (GError) own = NULL;

  if (error == NULL)
    return FALSE;
  gsock_error_set (&own, failure, operation, NULL);
  g_set_error_literal (error, G_IO_ERROR, io_code (failure), own->message);
  return FALSE;
}
