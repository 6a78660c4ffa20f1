/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Look-ups that are cancelled, and look-ups that do not block. */

#include "testetc.h"
#include "testhosts.h"
#include "testlib.h"

#include <string.h>

static void
assert_cancelled (GError *error, const char *message)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (error->message, ==, message);
  g_error_free (error);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("192.0.2.1", 80, NULL);
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (
      gsock_lookup_hostname ("localhost", GSOCK_IPV6_MODE_YES, NULL, cancellable, &error));
  assert_cancelled (error, "look up localhost: the operation was cancelled");

  error = NULL;
  g_assert_null (gsock_lookup_hostname ("::1", GSOCK_IPV6_MODE_YES, NULL, cancellable, &error));
  assert_cancelled (error, "look up ::1: the operation was cancelled");

  error = NULL;
  g_assert_null (gsock_lookup_name (address, FALSE, NULL, cancellable, &error));
  assert_cancelled (error, "look up 192.0.2.1: the operation was cancelled");
}

/* A cancellable that nobody cancels changes nothing. */
static void
test_not_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses
      = gsock_lookup_hostname ("localhost", GSOCK_IPV6_MODE_YES, NULL, cancellable, &error);

  g_assert_no_error (error);
  g_assert_nonnull (addresses);
  g_assert_null (gsock_lookup_hostname ("127.1", GSOCK_IPV6_MODE_YES, NULL, cancellable, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

/* The server has the query and keeps silent: only the cancellation can end the wait. */
static void
test_cancelled_while_waiting (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestNameServer server;
  GError *error = NULL;

  if (!test_etc_is_own ())
    return;
  test_name_server_start (&server, TEST_ANSWER_NEVER, cancellable);
  g_assert_null (
      gsock_lookup_hostname ("slow.test", GSOCK_IPV6_MODE_YES, NULL, cancellable, &error));
  assert_cancelled (error, "look up slow.test: the operation was cancelled");
  test_name_server_stop (&server);
}

static void
test_name_cancelled_while_waiting (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("192.0.2.77", 80, NULL);
  TestNameServer server;
  GError *error = NULL;

  if (!test_etc_is_own ())
    return;
  test_name_server_start (&server, TEST_ANSWER_NEVER, cancellable);
  g_assert_null (gsock_lookup_name (address, FALSE, NULL, cancellable, &error));
  assert_cancelled (error, "look up 192.0.2.77: the operation was cancelled");
  test_name_server_stop (&server);
}

static GPtrArray *
look_up_async (const char *name, GCancellable *cancellable, char **true_name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_lookup_hostname_async (name, GSOCK_IPV6_MODE_YES, cancellable, test_take_result, &result);
  return gsock_lookup_hostname_finish (test_wait_for_result (&result), true_name, error);
}

static void
test_async (void)
{
  static const char *const cases[] = { "localhost", "127.0.0.1", "fe80::1%lo" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *true_name = NULL;
      g_autofree char *expected_true_name = NULL;
      g_autofree char *text = NULL;
      g_autofree char *expected = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) addresses = look_up_async (cases[i], NULL, &true_name, &error);
      g_autoptr (GPtrArray) same
          = gsock_lookup_hostname (cases[i], GSOCK_IPV6_MODE_YES, &expected_true_name, NULL, NULL);

      g_assert_no_error (error);
      text = test_join_addresses (addresses);
      expected = test_join_addresses (same);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpstr (true_name, ==, expected_true_name);
    }
}

static void
test_async_refused (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *true_name = NULL;
  GError *error = NULL;

  g_assert_null (look_up_async ("127.1", cancellable, &true_name, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);

  g_cancellable_cancel (cancellable);
  g_assert_null (look_up_async ("localhost", cancellable, &true_name, &error));
  assert_cancelled (error, "look up localhost: the operation was cancelled");
  g_assert_null (true_name);
}

static void
test_async_unknown (void)
{
  g_autoptr (GError) error = NULL;
  TestNameServer server;

  if (!test_etc_is_own ())
    return;
  test_name_server_start (&server, TEST_ANSWER_NO_SUCH_NAME, NULL);
  g_assert_null (look_up_async ("nosuch.test", NULL, NULL, &error));
  test_assert_message (error, "look up nosuch.test: Name or service not known");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
  test_name_server_stop (&server);
}

static void
test_async_cancelled_while_waiting (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestNameServer server;
  GError *error = NULL;

  if (!test_etc_is_own ())
    return;
  test_name_server_start (&server, TEST_ANSWER_NEVER, cancellable);
  g_assert_null (look_up_async ("slow.test", cancellable, NULL, &error));
  assert_cancelled (error, "look up slow.test: the operation was cancelled");
  test_name_server_stop (&server);
}

/* The caller's own context gets the result; the global one has nothing to do with it. */
static void
test_async_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  addresses = look_up_async ("localhost", NULL, NULL, &error);
  g_main_context_pop_thread_default (context);
  g_assert_no_error (error);
  g_assert_nonnull (addresses);
}

static void
count_addresses (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) addresses = gsock_lookup_hostname_finish (result, NULL, NULL);

  g_assert_nonnull (addresses);
  (*(guint *) user_data)++;
}

static void
test_async_many (void)
{
  guint n_done = 0;

  for (guint i = 0; i < 50; i++)
    gsock_lookup_hostname_async (i % 2 ? "localhost" : "::1", GSOCK_IPV6_MODE_YES, NULL,
                                 count_addresses, &n_done);
  while (n_done < 50)
    g_main_context_iteration (NULL, TRUE);
}

/* Nobody needs to ask for the result. */
static void
test_async_forgotten (void)
{
  g_autoptr (GPtrArray) addresses = NULL;

  gsock_lookup_hostname_async ("localhost", GSOCK_IPV6_MODE_YES, NULL, NULL, NULL);
  addresses = look_up_async ("localhost", NULL, NULL, NULL);
  g_assert_nonnull (addresses);
}

int
main (int argc, char *argv[])
{
  if (test_etc_enter ())
    test_hosts_write ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lookup-run/cancelled-before", test_cancelled_before);
  g_test_add_func ("/lookup-run/not-cancelled", test_not_cancelled);
  g_test_add_func ("/lookup-run/cancelled-while-waiting", test_cancelled_while_waiting);
  g_test_add_func ("/lookup-run/name-cancelled-while-waiting", test_name_cancelled_while_waiting);
  g_test_add_func ("/lookup-run/async", test_async);
  g_test_add_func ("/lookup-run/async-refused", test_async_refused);
  g_test_add_func ("/lookup-run/async-unknown", test_async_unknown);
  g_test_add_func ("/lookup-run/async-cancelled-while-waiting", test_async_cancelled_while_waiting);
  g_test_add_func ("/lookup-run/async-context", test_async_context);
  g_test_add_func ("/lookup-run/async-many", test_async_many);
  g_test_add_func ("/lookup-run/async-forgotten", test_async_forgotten);

  return g_test_run ();
}
