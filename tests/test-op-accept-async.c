/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* accept-connection without blocking: who is accepted, by whom, with what, and what ends it. */

#include <gsock/gsock.h>

#include <string.h>

#include "testasync.h"
#include "testloop.h"
#include "testwire.h"

static GSockSocket *
listener_new (void)
{
  return test_listener_new (test_kind_find ("tcp-ipv4"), 16);
}

static GSockSocket *
connect_to (GSockSocket *listener)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (listener);
  GSockSocket *client = gsock_make_socket (NULL, &error, "remote-address", &address, NULL);

  g_assert_no_error (error);
  return client;
}

static void
begin (GSockSocket *listener, gboolean wait, double timeout, GCancellable *cancellable, GAsyncResult **result)
{
  gsock_passive_socket_accept_connection_direct_async (GSOCK_PASSIVE_SOCKET (listener), wait, timeout, G_PRIORITY_DEFAULT, cancellable, test_keep_result, result);
  g_assert_null (*result);
}

static GSockSocket *
finish (GSockSocket *listener, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) got = NULL;

  test_await (result);
  got = g_steal_pointer (result);
  return (GSockSocket *) gsock_passive_socket_accept_connection_finish (GSOCK_PASSIVE_SOCKET (listener), got, error);
}

/* Whoever is in the queue, or comes later; with the name that the other side has for itself. */
static void
test_accepted (void)
{
  for (guint later = 0; later < 2; later++)
    {
      g_autoptr (GSockSocket) listener = listener_new ();
      g_autoptr (GSockSocket) client = later ? NULL : connect_to (listener);
      g_autoptr (GSockSocket) accepted = NULL;
      g_autoptr (GError) error = NULL;
      GAsyncResult *result = NULL;

      begin (listener, TRUE, -1, NULL, &result);
      if (later)
        {
          test_run_ready (NULL);
          g_assert_null (result);
          client = connect_to (listener);
        }
      accepted = finish (listener, &result, &error);
      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_get_remote_port (accepted), ==, gsock_socket_get_local_port (client));
      test_put (client);
      gsock_socket_wait_for (accepted, G_IO_IN, -1, NULL, &error);
      test_take (accepted);
    }
}

/* Several wait: each gets one, in the order in which they came. */
static void
test_several (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  GAsyncResult *results[4] = { NULL };

  for (guint i = 0; i < 4; i++)
    begin (listener, TRUE, -1, NULL, &results[i]);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GSockSocket) client = connect_to (listener);
      g_autoptr (GSockSocket) accepted = finish (listener, &results[i], NULL);

  g_assert_nonnull (client);
      g_assert_cmpint (gsock_socket_get_remote_port (accepted), ==, gsock_socket_get_local_port (client));
      for (guint j = i + 1; j < 4; j++)
        g_assert_null (results[j]);
    }
}

static void
test_keywords (void)
{
  const char *names[] = { "external-format", "timeout", NULL };
  g_auto (GValue) format = G_VALUE_INIT, timeout = G_VALUE_INIT;
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GSockSocket) client = connect_to (listener);
  g_autoptr (GSockSocket) accepted = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;
  GAsyncResult *result = NULL;
  GValue values[2];

  g_assert_nonnull (client);
  g_value_take_string (g_value_init (&format, G_TYPE_STRING), g_strdup ("latin-1"));
  g_value_set_double (g_value_init (&timeout, G_TYPE_DOUBLE), 5);
  values[0] = format;
  values[1] = timeout;
  gsock_passive_socket_accept_connection_async (GSOCK_PASSIVE_SOCKET (listener), names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_value_reset (&format);
  accepted = finish (listener, &result, &error);
  g_assert_no_error (error);
  g_object_get (accepted, "external-format", &got, NULL);
  g_assert_nonnull (strstr (got, "latin-1"));
}

static void
check_mistake (GSockSocket *listener, const char *name, const char *value, int code)
{
  const char *names[] = { name, NULL };
  g_auto (GValue) text = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  g_value_set_string (g_value_init (&text, G_TYPE_STRING), value);
  gsock_passive_socket_accept_connection_async (GSOCK_PASSIVE_SOCKET (listener), names, &text, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (result);
  g_assert_null (finish (listener, &result, &error));
  test_assert_error (error, code);
}

static void
test_mistakes (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL);
  g_autoptr (GSockSocket) client = connect_to (listener);
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  g_assert_nonnull (client);
  check_mistake (listener, "what", "x", GSOCK_ERROR_UNKNOWN_KEYWORD);
  check_mistake (listener, "external-format", "no-such", GSOCK_ERROR_INVALID_KEYWORD);
  check_mistake (listener, "timeout", "x", GSOCK_ERROR_INVALID_KEYWORD);
  begin (raw, TRUE, -1, NULL, &result);
  g_assert_null (finish (raw, &result, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_INITIALIZED);
}

static void
test_ended (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  begin (listener, FALSE, -1, NULL, &result);
  g_assert_null (finish (listener, &result, &error));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  begin (listener, TRUE, 0.01, NULL, &result);
  g_assert_null (finish (listener, &result, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  begin (listener, TRUE, -1, cancellable, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (listener, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  begin (listener, TRUE, -1, NULL, &result);
  gsock_socket_close (listener, FALSE, NULL);
  g_assert_null (finish (listener, &result, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

/* One that was cancelled has taken nobody out of the queue. */
static void
test_cancelled_takes_none (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSockSocket) client = NULL, accepted = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  begin (listener, TRUE, -1, cancellable, &result);
  client = connect_to (listener);
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (listener, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  begin (listener, FALSE, -1, NULL, &result);
  accepted = finish (listener, &result, &error);
  g_assert_no_error (error);
}

/* No number is left for it: it stays in the queue, and is there when one is. */
static void
test_no_number_left (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GSockSocket) client = NULL, accepted = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  begin (listener, TRUE, -1, NULL, &result);
  client = connect_to (listener);
  test_descriptors_limit (0);
  g_assert_null (finish (listener, &result, &error));
  test_descriptors_restore ();
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  begin (listener, TRUE, -1, NULL, &result);
  accepted = finish (listener, &result, &error);
  g_assert_no_error (error);
}

/* Whoever does not ask for what was accepted does not keep it open. */
static void
ignore_result (GObject *source, GAsyncResult *result, gpointer n_called)
{
  *(guint *) n_called += 1;
}

static void
test_not_asked_for (void)
{
  g_autoptr (GSockSocket) listener = listener_new ();
  g_autoptr (GSockSocket) client = connect_to (listener);
  char byte;
  guint n_called = 0;

  g_assert_nonnull (client);
  gsock_passive_socket_accept_connection_direct_async (GSOCK_PASSIVE_SOCKET (listener), TRUE, -1, G_PRIORITY_DEFAULT, NULL, ignore_result, &n_called);
  test_run_until (NULL, n_called);
  g_assert_cmpint (gsock_socket_receive_from_direct (client, &byte, 1, 0, TRUE, -1, NULL, NULL, NULL), ==, 0);
}

/* What a class has made of the operator holds. */
typedef GSockPassiveSocket Picky;
typedef GSockPassiveSocketClass PickyClass;

static GType picky_get_type (void);
G_DEFINE_TYPE (Picky, picky, GSOCK_TYPE_PASSIVE_SOCKET)

static guint n_picked;

static GSockActiveSocket *
picky_accept (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockActiveSocket *accepted;

  g_assert_false (wait);
  accepted = GSOCK_PASSIVE_SOCKET_CLASS (picky_parent_class)->accept_connection (self, wait, timeout, cancellable, error);
  n_picked += accepted != NULL;
  return accepted;
}

static void
picky_class_init (PickyClass *klass)
{
  GSOCK_PASSIVE_SOCKET_CLASS (klass)->accept_connection = picky_accept;
}

static void
picky_init (Picky *self)
{
}

static void
test_subclass (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_instance (picky_get_type (), NULL, &error, "local-host", "127.0.0.1", NULL);
  g_autoptr (GSockSocket) client = NULL, accepted = NULL;
  GAsyncResult *result = NULL;

  g_assert_no_error (error);
  begin (listener, TRUE, -1, NULL, &result);
  client = connect_to (listener);
  accepted = finish (listener, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_picked, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  test_add ("/op-accept-async/accepted", test_accepted);
  test_add ("/op-accept-async/several", test_several);
  test_add ("/op-accept-async/keywords", test_keywords);
  test_add ("/op-accept-async/mistakes", test_mistakes);
  test_add ("/op-accept-async/ended", test_ended);
  test_add ("/op-accept-async/cancelled-takes-none", test_cancelled_takes_none);
  test_add ("/op-accept-async/no-number-left", test_no_number_left);
  test_add ("/op-accept-async/not-asked-for", test_not_asked_for);
  test_add ("/op-accept-async/subclass", test_subclass);
  return g_test_run ();
}
