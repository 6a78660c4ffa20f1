/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures in the words of GIO: every code, from below the public line and from an operator of a class. */

#include "testlib.h"

#include <gsock/gsock-error-io-private.h>

#include <errno.h>
#include <string.h>

static const struct
{
  gssize failure;
  GIOErrorEnum code;
} failures[] = {
  { GSOCK_E_CLOSED, G_IO_ERROR_CLOSED },
  { GSOCK_E_TIMED_OUT, G_IO_ERROR_TIMED_OUT },
  { GSOCK_E_CANCELLED, G_IO_ERROR_CANCELLED },
  { GSOCK_E_TRUNCATED, G_IO_ERROR_PARTIAL_INPUT },
  { GSOCK_E_NOT_BOUND, G_IO_ERROR_NOT_CONNECTED },
  { GSOCK_E_NOT_INITIALIZED, G_IO_ERROR_NOT_INITIALIZED },
  { EAGAIN, G_IO_ERROR_WOULD_BLOCK },
  { ECONNREFUSED, G_IO_ERROR_CONNECTION_REFUSED },
  { EMSGSIZE, G_IO_ERROR_MESSAGE_TOO_LARGE },
  { EHOSTUNREACH, G_IO_ERROR_HOST_UNREACHABLE },
  { ENETUNREACH, G_IO_ERROR_NETWORK_UNREACHABLE },
  { EADDRINUSE, G_IO_ERROR_ADDRESS_IN_USE },
  { EACCES, G_IO_ERROR_PERMISSION_DENIED },
  { EPERM, G_IO_ERROR_PERMISSION_DENIED },
  { ENOTCONN, G_IO_ERROR_NOT_CONNECTED },
  { EDESTADDRREQ, G_IO_ERROR_NOT_CONNECTED },
  { EISCONN, G_IO_ERROR_INVALID_ARGUMENT },
  { ERANGE, G_IO_ERROR_INVALID_ARGUMENT },
  { EINVAL, G_IO_ERROR_INVALID_ARGUMENT },
  { EPIPE, G_IO_ERROR_BROKEN_PIPE },
  { ESHUTDOWN, G_IO_ERROR_BROKEN_PIPE },
  { EDOM, G_IO_ERROR_FAILED },
};

static void
test_failures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gsock_error_set_io (&error, -failures[i].failure, "some-operation"));
      g_assert_error (error, G_IO_ERROR, (int) failures[i].code);
      test_assert_message (error, "some-operation: ");
      g_assert_false (gsock_error_set_io (NULL, -failures[i].failure, "some-operation"));
    }
}

/* Whoever meets the failure: the core, or an operator of a class, whose errors are gsock's. ERANGE and the
 * like have no code of their own there. */
static void
test_same_by_both_ways (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (GError) own = NULL;
      g_autoptr (GError) error = NULL;

      gsock_error_set (&own, -failures[i].failure, "some-operation", NULL);
      if (g_error_matches (own, GSOCK_ERROR, GSOCK_ERROR_FAILED))
        continue;
      g_assert_false (gsock_error_translate_io (&error, own));
      g_assert_error (error, G_IO_ERROR, (int) failures[i].code);
      g_assert_cmpstr (error->message, ==, own->message);
    }
}

static const struct
{
  GSockError code;
  GIOErrorEnum io_code;
} codes[] = {
  { GSOCK_ERROR_OUT_OF_RANGE, G_IO_ERROR_INVALID_ARGUMENT },
  { GSOCK_ERROR_NO_BUFFER_SPACE, G_IO_ERROR_FAILED },
  { GSOCK_ERROR_TOO_MANY_FILES, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { GSOCK_ERROR_OPERATION_NOT_SUPPORTED, G_IO_ERROR_NOT_SUPPORTED },
  { GSOCK_ERROR_UNKNOWN_HOST, G_IO_ERROR_FAILED },
  { GSOCK_ERROR_FAILED, G_IO_ERROR_FAILED },
};

static void
test_codes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) own = g_error_new_literal (GSOCK_ERROR, (int) codes[i].code, "said by somebody");
      g_autoptr (GError) error = NULL;

      g_assert_false (gsock_error_translate_io (&error, own));
      g_assert_error (error, G_IO_ERROR, (int) codes[i].io_code);
      g_assert_cmpstr (error->message, ==, "said by somebody");
      g_assert_false (gsock_error_translate_io (NULL, own));
    }
}

/* What speaks GIO's words already is passed on; what speaks neither's keeps its message. */
static void
test_foreign (void)
{
  g_autoptr (GError) own = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "as it is");
  g_autoptr (GError) other = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_EXIST, "of a file");
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_error_translate_io (&error, own));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "as it is");
  g_assert_true (error != own);
  g_clear_error (&error);
  g_assert_false (gsock_error_translate_io (&error, other));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "of a file");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error-io/failures", test_failures);
  g_test_add_func ("/error-io/same-by-both-ways", test_same_by_both_ways);
  g_test_add_func ("/error-io/codes", test_codes);
  g_test_add_func ("/error-io/foreign", test_foreign);
  return g_test_run ();
}
