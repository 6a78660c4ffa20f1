/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an asynchronous call sends to: looked up where it has to be, in the time that was given, and with what
 * it needs of the caller's kept. */

#include "testasync.h"
#include "testwire.h"

#include <gsock/gsock-destination-private.h>

#include <string.h>

/* A resolver that has an answer when it is told to: a name of which nobody else knows. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;
  int n_asked; /* atomic */
  int ready;   /* atomic */
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
by_name (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  TestResolver *self = TEST_RESOLVER (resolver);

  (void) g_atomic_int_add (&self->n_asked, 1);
  while (!g_atomic_int_get (&self->ready) && !g_cancellable_is_cancelled (cancellable))
    g_usleep (1000);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!g_str_equal (name, "there.test"))
    {
      g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "nobody is called so");
      return NULL;
    }
  return g_list_append (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
}

static GList *
by_name_with_flags (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable, GError **error)
{
  return by_name (resolver, name, cancellable, error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_RESOLVER_CLASS (klass)->lookup_by_name = by_name;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags = by_name_with_flags;
}

static void
test_resolver_init (TestResolver *self)
{
}

typedef struct
{
  GResolver *stock;
  TestResolver *resolver;
  GSockSocket *near, *there;
  GCancellable *cancellable;
  GAsyncResult *result;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  self->stock = g_resolver_get_default ();
  self->resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (self->resolver));
  self->near = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  self->there = test_receiver_new (test_kind_find ("udp-ipv4"));
  self->cancellable = g_cancellable_new ();
  self->result = NULL;
}

static void
teardown (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->result);
  test_assert_finalize_object (self->near);
  g_assert_finalize_object (self->there);
  g_resolver_set_default (self->stock);
  g_object_unref (self->stock);
  test_assert_finalize_object (self->resolver);
  test_assert_finalize_object (self->cancellable);
}

/* The keywords are gone when this returns. */
static void
start (Fixture *self, const char *host, int port, double timeout, gboolean wait)
{
  const char *names[] = { "remote-host", "remote-port", "timeout", "wait", NULL };
  GValue values[4] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GBytes) bytes = g_bytes_new ("hello", 5);

  g_value_set_string (g_value_init (&values[0], G_TYPE_STRING), host);
  g_value_set_int (g_value_init (&values[1], G_TYPE_INT), port);
  g_value_set_double (g_value_init (&values[2], G_TYPE_DOUBLE), timeout);
  g_value_set_boolean (g_value_init (&values[3], G_TYPE_BOOLEAN), wait);
  gsock_socket_send_to_async (self->near, bytes, names, values, 4, G_PRIORITY_DEFAULT, self->cancellable, test_keep_result, &self->result);
  g_assert_null (self->result);
  memset ((char *) g_value_get_string (&values[0]), '?', strlen (host));
  g_value_unset (&values[0]);
}

static void
start_there (Fixture *self, const char *host, double timeout)
{
  start (self, host, gsock_socket_get_local_port (self->there), timeout, TRUE);
}

static gssize
finish (Fixture *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_await (&self->result);
  result = g_steal_pointer (&self->result);
  return gsock_socket_send_to_finish (self->near, result, error);
}

static void
assert_fails (Fixture *self, GSockError code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (finish (self, &error), ==, -1);
  test_assert_message (error, text);
  test_assert_error (error, (int) code);
}

static void
assert_arrived (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  char room[10];

  g_assert_cmpint (finish (self, &error), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (self->there, room, sizeof room, NULL, NULL, &error, "timeout", 5.0, NULL), ==, 5);
  g_assert_cmpmem (room, 5, "hello", 5);
}

static void
run_until_asked (Fixture *self)
{
  while (g_atomic_int_get (&self->resolver->n_asked) == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (100);
    }
  g_main_context_iteration (NULL, FALSE);
  g_assert_null (self->result);
}

/* An address need not be looked up; a name is, once, and while that lasts the context goes on. */
static void
test_found (Fixture *self, gconstpointer data)
{
  start_there (self, "127.0.0.1", -1);
  assert_arrived (self);
  g_assert_cmpint (self->resolver->n_asked, ==, 0);
  start_there (self, "there.test", -1);
  run_until_asked (self);
  g_atomic_int_set (&self->resolver->ready, TRUE);
  assert_arrived (self);
  g_assert_cmpint (self->resolver->n_asked, ==, 1);
}

/* Whatever ends it during the look-up has nothing sent. */
static void
test_ended_meanwhile (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start_there (self, "there.test", 0.03);
  assert_fails (self, GSOCK_ERROR_TIMED_OUT, "there.test");

  start_there (self, "there.test", -1);
  run_until_asked (self);
  g_cancellable_cancel (self->cancellable);
  g_assert_cmpint (finish (self, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_cancellable_reset (self->cancellable);

  self->resolver->n_asked = 0;
  start_there (self, "there.test", -1);
  run_until_asked (self);
  gsock_socket_close (self->near, FALSE, NULL);
  g_atomic_int_set (&self->resolver->ready, TRUE);
  assert_fails (self, GSOCK_ERROR_CLOSED, "closed");
  g_assert_false (gsock_socket_wait_for (self->there, G_IO_IN, 0, NULL, NULL));
}

/* Told by the callback, never by the call; what needs no look-up to be wrong has none. */
static void
test_mistakes (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (self->there);

  self->resolver->ready = TRUE;
  start (self, "nobody.test", 80, -1, TRUE);
  assert_fails (self, GSOCK_ERROR_UNKNOWN_HOST, "nobody.test");
  g_assert_cmpint (self->resolver->n_asked, ==, 1);
  start (self, "there.test", 70000, -1, TRUE);
  assert_fails (self, GSOCK_ERROR_OUT_OF_RANGE, "70000");
  start (self, "127.0.0.1", 0, -1, TRUE);
  assert_fails (self, GSOCK_ERROR_OUT_OF_RANGE, "0");
  g_assert_true (gsock_socket_connect_direct (self->near, &address, TRUE, -1, NULL, &error));
  start_there (self, "127.0.0.1", -1);
  assert_fails (self, GSOCK_ERROR_ALREADY_CONNECTED, "connected");
  start_there (self, "there.test", -1);
  assert_fails (self, GSOCK_ERROR_ALREADY_CONNECTED, "connected");
  g_assert_cmpint (self->resolver->n_asked, ==, 1);
}

static void
send_to_file (GSockSocket *socket, const char *filename, gboolean wait, GAsyncResult **result)
{
  const char *names[] = { "remote-filename", "wait", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  g_value_set_string (g_value_init (&values[0], G_TYPE_STRING), filename);
  g_value_set_boolean (g_value_init (&values[1], G_TYPE_BOOLEAN), wait);
  gsock_socket_send_to_async (socket, bytes, names, values, 2, G_PRIORITY_DEFAULT, NULL, test_keep_result, result);
  g_value_unset (&values[0]);
}

/* A datagram to a local receiver without room: not to wait is told, and to wait is to look now and then, as no
 * poll of the sender tells. */
static void
test_full_receiver (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  GSockSocket *receiver = test_receiver_new (kind);
  GSockAddress address = test_address_of (receiver);
  g_autofree char *filename = gsock_address_to_text (&address);
  g_autoptr (GSockSocket) sender = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0, n_turns = 0;
  gint64 end;

  while (gsock_socket_send_to_direct (sender, (const guint8 *) "x", 1, &address, 0, FALSE, 0, NULL, NULL) == 1)
    n++;
  send_to_file (sender, filename, FALSE, &first);
  test_await (&first);
  g_assert_cmpint (gsock_socket_send_to_finish (sender, first, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  send_to_file (sender, filename, TRUE, &second);
  /* Now and then is not all the time. */
  for (end = g_get_monotonic_time () + 20000; g_get_monotonic_time () < end; n_turns++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_turns, <, 200);
  g_assert_null (second);
  g_assert_cmpuint (test_drain (receiver), ==, n);
  test_await (&second);
  g_assert_cmpint (gsock_socket_send_to_finish (sender, second, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (test_drain (receiver), ==, 1);
  g_assert_finalize_object (receiver);
}

/* Only there. */
static void
test_who_is_looked_at (void)
{
  g_autoptr (GSockSocket) local = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GSockSocket) stream = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GSockSocket) udp = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  GSockAddress name, host;

  g_assert_true (gsock_address_init_from_filename (&name, "@gsock-test-nobody", NULL));
  g_assert_true (gsock_address_init_from_host (&host, "127.0.0.1", 80, NULL));
  g_assert_nonnull (gsock_collect_for_receiver (local, &name));
  g_assert_null (gsock_collect_for_receiver (local, NULL));
  g_assert_null (gsock_collect_for_receiver (stream, &name));
  g_assert_null (gsock_collect_for_receiver (udp, &host));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();

  g_test_add ("/destination/found", Fixture, NULL, setup, test_found, teardown);
  g_test_add ("/destination/ended-meanwhile", Fixture, NULL, setup, test_ended_meanwhile, teardown);
  g_test_add ("/destination/mistakes", Fixture, NULL, setup, test_mistakes, teardown);
  test_add ("/destination/full-receiver", test_full_receiver);
  test_add ("/destination/who-is-looked-at", test_who_is_looked_at);
  return g_test_run ();
}
