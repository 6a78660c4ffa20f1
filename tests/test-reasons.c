/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One error for many: its lines, and which code it has. */

#include "testlib.h"

#include <gsock/gsock-reasons-private.h>

#include <errno.h>

static GSockAddress
address_at (guint port)
{
  GSockAddress address;

  g_assert_true (gsock_address_init_from_host (&address, "::1", port, NULL));
  return address;
}

static void
add (GSockReasons *self, guint port, int number)
{
  GSockAddress address = address_at (port);
  g_autoptr (GError) reason = NULL;

  gsock_error_set (&reason, -number, "connect", &address);
  gsock_reasons_add (self, &address, reason);
}

/* Who came farthest tells most, in whatever order they are; of two alike the first does. */
static void
test_code (void)
{
  static const struct
  {
    int first, second;
    int code;
  } cases[] = {
    { ECONNREFUSED, ECONNREFUSED, GSOCK_ERROR_CONNECTION_REFUSED },
    { EPERM, EPERM, GSOCK_ERROR_ACCESS_DENIED },
    { ENETUNREACH, ECONNREFUSED, GSOCK_ERROR_CONNECTION_REFUSED },
    { EHOSTUNREACH, ETIMEDOUT, GSOCK_ERROR_CONNECTION_TIMEOUT },
    { ETIMEDOUT, ECONNREFUSED, GSOCK_ERROR_CONNECTION_REFUSED },
    { ENETUNREACH, EHOSTUNREACH, GSOCK_ERROR_HOST_UNREACHABLE },
    { EADDRNOTAVAIL, EHOSTUNREACH, GSOCK_ERROR_HOST_UNREACHABLE },
    { ENOPROTOOPT, ENETUNREACH, GSOCK_ERROR_NETWORK_UNREACHABLE },
    { EMFILE, ECONNREFUSED, GSOCK_ERROR_CONNECTION_REFUSED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int turn = 0; turn < 2; turn++)
      {
        g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
        g_autoptr (GError) error = NULL;

        add (&reasons, 1, turn == 0 ? cases[i].first : cases[i].second);
        add (&reasons, 2, turn == 0 ? cases[i].second : cases[i].first);
        g_assert_false (gsock_reasons_fail (&reasons, "name.test:80", &error));
        test_assert_error (error, cases[i].code);
      }
}

static void
test_first_of_alike (void)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
  g_autoptr (GError) error = NULL;

  add (&reasons, 1, ECONNRESET);
  add (&reasons, 2, ECONNREFUSED);
  gsock_reasons_fail (&reasons, "name.test:80", &error);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_RESET);
}

static void
test_message (void)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
  g_autoptr (GError) error = NULL, other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "by another's word");
  GSockAddress third = address_at (3), fourth = address_at (4);

  add (&reasons, 1, ECONNREFUSED);
  add (&reasons, 2, ENETUNREACH);
  gsock_reasons_add (&reasons, &third, other);
  gsock_reasons_add_text (&reasons, &fourth, "it was not tried");
  g_assert_false (gsock_reasons_fail (&reasons, "name.test:80", &error));
  g_assert_cmpstr (error->message, ==, "connect to name.test:80: none of 3 addresses worked:\n"
                                       "[::1]:1: Connection refused\n"
                                       "[::1]:2: Network is unreachable\n"
                                       "[::1]:3: by another's word\n"
                                       "[::1]:4: it was not tried");
}

/* What ended it for all of them, with or without reasons before that. */
static void
test_end (void)
{
  g_auto (GSockReasons) reasons = GSOCK_REASONS_INIT ("connect");
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_reasons_fail_for (&reasons, -GSOCK_E_CANCELLED, "name.test:80", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (error->message, ==, "connect: the operation was cancelled");
  g_clear_error (&error);
  add (&reasons, 1, ECONNREFUSED);
  g_assert_false (gsock_reasons_fail_for (&reasons, -GSOCK_E_TIMED_OUT, "name.test:80", &error));
  g_assert_cmpstr (error->message, ==, "connect to name.test:80: the time given for it ran out:\n[::1]:1: Connection refused");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_false (gsock_reasons_fail_for (&reasons, -GSOCK_E_CLOSED, "name.test:80", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reasons/code", test_code);
  g_test_add_func ("/reasons/first-of-alike", test_first_of_alike);
  g_test_add_func ("/reasons/message", test_message);
  g_test_add_func ("/reasons/end", test_end);
  return g_test_run ();
}
