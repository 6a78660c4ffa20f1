/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures in the words of GIO, for the interfaces of GIO that sockets implement. */

#include <gsock/gsock-error-io-private.h>

#include <errno.h>

/* What the number of an error would not tell GIO, or tell it otherwise than the interfaces want it. The
 * same thing has to be the same error whether the core found it out or an operator of a class. */
static const struct
{
  gssize failure; /* one of gsock's own, or errno */
  GSockError code;
  GIOErrorEnum io_code;
} rows[] = {
  { GSOCK_E_CLOSED, GSOCK_ERROR_CLOSED, G_IO_ERROR_CLOSED },
  { GSOCK_E_TIMED_OUT, GSOCK_ERROR_TIMED_OUT, G_IO_ERROR_TIMED_OUT },
  { GSOCK_E_TRUNCATED, GSOCK_ERROR_TRUNCATED, G_IO_ERROR_PARTIAL_INPUT },
  { GSOCK_E_NOT_BOUND, GSOCK_ERROR_NOT_BOUND, G_IO_ERROR_NOT_CONNECTED },
  { GSOCK_E_NOT_INITIALIZED, GSOCK_ERROR_NOT_INITIALIZED, G_IO_ERROR_NOT_INITIALIZED },
  { EISCONN, GSOCK_ERROR_ALREADY_CONNECTED, G_IO_ERROR_INVALID_ARGUMENT },
  { ERANGE, GSOCK_ERROR_OUT_OF_RANGE, G_IO_ERROR_INVALID_ARGUMENT },
  { EDESTADDRREQ, GSOCK_ERROR_NOT_CONNECTED, G_IO_ERROR_NOT_CONNECTED },
  { GSOCK_E_UNREAD, GSOCK_ERROR_INVALID_STATE, G_IO_ERROR_PENDING },
  { EILSEQ, GSOCK_ERROR_INVALID_TEXT, G_IO_ERROR_INVALID_DATA },
  { ESHUTDOWN, GSOCK_ERROR_ENDPOINT_SHUTDOWN, G_IO_ERROR_BROKEN_PIPE },
};

static GIOErrorEnum
io_code (gssize failure)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].failure == -failure)
      return rows[i].io_code;
  return g_io_error_from_errno (-failure);
}

gboolean
gsock_error_set_io (GError **error, gssize failure, const char *operation)
{
  g_autoptr (GError) own = NULL;

  if (error == NULL)
    return FALSE;
  gsock_error_set (&own, failure, operation, NULL);
  if (own->domain == G_IO_ERROR)
    g_propagate_error (error, g_steal_pointer (&own));
  else
    g_set_error_literal (error, G_IO_ERROR, io_code (failure), own->message);
  return FALSE;
}

static GIOErrorEnum
io_code_of (const GError *own)
{
  int number = own->domain == GSOCK_ERROR ? gsock_error_to_errno (own->code) : 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (own, GSOCK_ERROR, (int) rows[i].code))
      return rows[i].io_code;
  return number > 0 ? g_io_error_from_errno (number) : G_IO_ERROR_FAILED;
}

gboolean
gsock_error_translate_io (GError **error, const GError *own)
{
  if (own->domain == G_IO_ERROR)
    g_propagate_error (error, g_error_copy (own));
  else
    g_set_error_literal (error, G_IO_ERROR, io_code_of (own), own->message);
  return FALSE;
}
