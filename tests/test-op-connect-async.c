/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect without blocking: names, refusals, full backlogs, and what an end leaves behind. */

#include <gsock/gsock.h>

#include "testasync.h"
#include "testtrack.h"

static GSockSocket *
listen_locally (void)
{
  return gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
}

static gboolean
connect_by (GSockSocket *socket, const char *host, int port, GCancellable *cancellable, double timeout, GError **error)
{
  const char *names[] = { "remote-host", "remote-port", "timeout", NULL };
  GValue values[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GAsyncResult) result = NULL;

  g_value_init (&values[0], G_TYPE_STRING);
  g_value_set_string (&values[0], host);
  g_value_init (&values[1], G_TYPE_INT);
  g_value_set_int (&values[1], port);
  g_value_init (&values[2], G_TYPE_DOUBLE);
  g_value_set_double (&values[2], timeout);
  gsock_socket_connect_to_async (socket, NULL, names, values, 3, G_PRIORITY_DEFAULT, cancellable, test_keep_result, &result);
  g_value_unset (&values[0]);
  test_await (&result);
  return gsock_socket_connect_to_finish (socket, result, error);
}

static void
test_hosts (void)
{
  const char *const hosts[] = { "127.0.0.1", "localhost" };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSockSocket) listener = listen_locally ();
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (connect_by (socket, hosts[i], gsock_socket_get_local_port (listener), NULL, -1, &error));
      g_assert_no_error (error);
      g_assert_true (gsock_socket_is_connected (socket));
      g_assert_false (connect_by (socket, hosts[i], gsock_socket_get_local_port (listener), NULL, -1, &error));
      test_assert_error (error, GSOCK_ERROR_ALREADY_CONNECTED);
    }
}

/* At the port of a socket that does not listen, so that nobody else takes it meanwhile. */
static void
test_refused (void)
{
  g_autoptr (GSockSocket) idle = gsock_make_socket (NULL, NULL, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  int port = gsock_socket_get_local_port (idle);
  g_autoptr (GError) error = NULL;

  g_assert_false (connect_by (socket, "127.0.0.1", port, NULL, -1, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_false (connect_by (socket, "name.invalid", port, NULL, -1, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
  g_assert_false (connect_by (socket, NULL, port, NULL, -1, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

static void
test_full_backlog (void)
{
  g_autofree char *name = g_strdup_printf ("@gsock-test-%d", g_random_int ());
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL,
                                                        "local-filename", name, "backlog", 0, NULL);
  g_autoptr (GSockSocket) first = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "remote-filename", name, NULL);
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GSockAddress) address = gsock_address_new_from_filename (name, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSockActiveSocket) accepted = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (first);
  gsock_socket_connect_to_async (socket, address, NULL, NULL, 0, G_PRIORITY_DEFAULT, cancellable, test_keep_result, &result);
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  test_await (&result);
  g_assert_false (gsock_socket_connect_to_finish (socket, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);

  gsock_socket_connect_to_async (socket, address, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_main_context_iteration (NULL, TRUE);
  accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), TRUE, -1, NULL, NULL);
  test_await (&result);
  g_assert_true (gsock_socket_connect_to_finish (socket, result, NULL));
}

/* A class whose second connection finds the socket closed. */
G_DECLARE_FINAL_TYPE (TestClosing, test_closing, TEST, CLOSING, GSockActiveSocket)

struct _TestClosing
{
  GSockActiveSocket parent_instance;
  guint n;
};

G_DEFINE_FINAL_TYPE (TestClosing, test_closing, GSOCK_TYPE_ACTIVE_SOCKET)

static gboolean
connect_or_close (GSockSocket *socket, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  if (TEST_CLOSING (socket)->n++ == 1)
    gsock_socket_close (socket, FALSE, NULL);
  return GSOCK_SOCKET_CLASS (test_closing_parent_class)->connect_to (socket, address, wait, timeout, cancellable, error);
}

static void
test_closing_class_init (TestClosingClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->connect_to = connect_or_close;
}

static void
test_closing_init (TestClosing *self)
{
}

/* Closed between two addresses: it is the end for the others too, and what it is told as. */
static void
test_closed_between (void)
{
  static const char *const names[] = { "remote-connectable", NULL };
  g_autoptr (GSockSocket) socket = gsock_make_instance (test_closing_get_type (), NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  test_track_open (&track, "@shut @full @shut");
  g_value_init (&value, G_TYPE_SOCKET_CONNECTABLE);
  g_value_set_object (&value, track.name);
  gsock_socket_connect_to_async (socket, NULL, names, &value, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_false (gsock_socket_connect_to_finish (socket, result, &error));
  g_assert_cmpuint (TEST_CLOSING (socket)->n, ==, 2);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_clear_object (&result);
  g_value_unset (&value);
  test_track_close (&track);
}

static void
test_fixed_arguments (void)
{
  g_autoptr (GSockSocket) listener = listen_locally ();
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  g_autoptr (GSockAddress) address = gsock_socket_get_local_address (listener, NULL);
  g_autoptr (GSockActiveSocket) accepted = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockPassiveSocket *passive = GSOCK_PASSIVE_SOCKET (listener);

  gsock_passive_socket_accept_connection_direct_async (passive, FALSE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_null (gsock_passive_socket_accept_connection_finish (passive, result, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_clear_object (&result);
  gsock_passive_socket_accept_connection_direct_async (passive, TRUE, 0.01, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_null (gsock_passive_socket_accept_connection_finish (passive, result, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_clear_object (&result);

  gsock_socket_connect_direct_async (socket, NULL, TRUE, 5, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_false (gsock_socket_connect_to_finish (socket, result, &error));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_INVALID_KEYWORD);
  g_clear_object (&result);
  gsock_socket_connect_direct_async (socket, address, TRUE, 5, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_true (gsock_socket_connect_to_finish (socket, result, NULL));
  g_clear_object (&result);
  gsock_passive_socket_accept_connection_direct_async (passive, TRUE, 5, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  accepted = gsock_passive_socket_accept_connection_finish (passive, result, NULL);
  g_assert_nonnull (accepted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-connect-async/hosts", test_hosts);
  g_test_add_func ("/op-connect-async/refused", test_refused);
  g_test_add_func ("/op-connect-async/full-backlog", test_full_backlog);
  g_test_add_func ("/op-connect-async/closed-between", test_closed_between);
  g_test_add_func ("/op-connect-async/fixed-arguments", test_fixed_arguments);
  return g_test_run ();
}
