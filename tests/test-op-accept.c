/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* accept-connection: what it waits for, what it gives, and what the new socket is like. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static GSockActiveSocket *
accept_one (GSockSocket *listener, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), wait, timeout, cancellable, error);
}

static int
connect_to (GSockSocket *listener, const TestKind *kind, GSockAddress *own)
{
  GSockAddress address = test_address_of (listener);
  int fd = test_plain_socket (kind);

  g_assert_cmpint (connect (fd, gsock_address_native (&address), address.length), ==, 0);
  g_assert_cmpint (getsockname (fd, gsock_address_native_room (own), &own->length), ==, 0);
  return fd;
}

/* The address came with the connection, the descriptor stays here and blocks, and both ends talk. */
static void
test_accepted (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GError) error = NULL;
  GSockSocket *listener, *accepted;
  GSockAddress own, remote;
  char bytes[8];
  int client;

  if (!test_kind_is_there (kind))
    return;
  listener = test_listener_new (kind, 4);
  client = connect_to (listener, kind, &own);
  accepted = GSOCK_SOCKET (accept_one (listener, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (G_OBJECT_TYPE (accepted) == GSOCK_TYPE_ACTIVE_SOCKET);
  g_assert_true (gsock_socket_is_connected (accepted) && gsock_socket_is_bound (accepted) && !gsock_socket_is_listening (accepted));
  g_assert_cmpint (gsock_socket_get_address_family (accepted), ==, kind->family);
  g_assert_cmpint (gsock_socket_get_socket_type (accepted), ==, kind->type);
  g_assert_true (gsock_socket_copy_remote_address (accepted, &remote, NULL));
  g_assert_true (gsock_address_equal (&remote, &own));
  g_assert_cmpint (fcntl (test_peek_fd (accepted), F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (test_peek_fd (accepted), F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_cmpint (send (client, "there", 5, 0), ==, 5);
  g_assert_cmpint (gsock_socket_receive_from (accepted, bytes, sizeof bytes, NULL, NULL, NULL, NULL), ==, 5);
  g_assert_cmpint (gsock_socket_send_to (accepted, "back", 4, NULL, NULL, NULL), ==, 4);
  g_assert_cmpint (recv (client, bytes, sizeof bytes, 0), ==, 4);
  close (client);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (listener);
}

/* Nothing there: three answers, for three ways of asking. */
static void
test_nothing_there (gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GSockSocket *listener;

  if (!test_kind_is_there (kind))
    return;
  listener = test_listener_new (kind, 4);
  g_assert_null (accept_one (listener, FALSE, GSOCK_TIMEOUT_NEVER, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_takes_at_least (0.02, g_assert_null (accept_one (listener, TRUE, 0.02, NULL, &error)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  gsock_socket_set_timeout (listener, 0.02);
  test_takes_at_least (0.02, g_assert_null (accept_one (listener, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, &error)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_null (accept_one (listener, TRUE, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_finalize_object (listener);
}

/* A call that is refused, or was cancelled before, leaves the connection in the queue. */
static void
test_nothing_taken (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = test_listener_new (kind, 4);
  GSockActiveSocket *accepted;
  GSockAddress own;
  int client = connect_to (listener, kind, &own);

  g_cancellable_cancel (cancellable);
  g_assert_null (accept_one (listener, TRUE, GSOCK_TIMEOUT_NEVER, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "external-format", "no-such", NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "input-buffer-size", -1, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  accepted = accept_one (listener, FALSE, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (accepted);
  close (client);
  g_assert_finalize_object (listener);
}

static void
check_refused (GSockSocket *listener, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (accept_one (listener, TRUE, 0.01, NULL, &error));
  test_assert_error (error, code);
}

static void
test_refused (void)
{
  GSockSocket *fresh = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL);
  GSockSocket *tcp = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, NULL);
  GSockSocket *local = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  g_autoptr (GError) error = NULL;

  check_refused (fresh, GSOCK_ERROR_NOT_INITIALIZED);
  check_refused (tcp, GSOCK_ERROR_INVALID_STATE);
  g_assert_null (accept_one (local, TRUE, 0.01, NULL, &error));
  test_assert_message (error, "listen-on first");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  gsock_socket_close (tcp, FALSE, NULL);
  check_refused (tcp, GSOCK_ERROR_CLOSED);
  g_assert_finalize_object (fresh);
  g_assert_finalize_object (tcp);
  g_assert_finalize_object (local);
}

/* Who came over IPv4 has an IPv4 address, whatever the listener is. */
static void
test_dual_stack (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);
  GSockSocket *client, *accepted;
  g_autofree char *host = NULL;

  g_assert_no_error (error);
  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_assert_no_error (error);
  accepted = GSOCK_SOCKET (accept_one (listener, TRUE, 60, NULL, &error));
  g_assert_no_error (error);
  g_object_get (accepted, "remote-host", &host, NULL);
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpint (gsock_socket_get_remote_port (accepted), ==, gsock_socket_get_local_port (client));
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (client);
  g_assert_finalize_object (listener);
}

/* The format and the sizes are the listener's, unless the call gives others. */
static void
test_stream_keywords (void)
{
  const TestKind *kind = test_kind_find ("local-stream");
  g_autofree char *name = test_unique_name ();
  g_autofree char *first_format = NULL, *second_format = NULL;
  GSockSocket *listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-filename", name, "address-family",
                                             GSOCK_ADDRESS_FAMILY_LOCAL, "external-format", "latin-1/crlf", "input-buffer-size", 77, NULL);
  GSockActiveSocket *first, *second;
  GSockAddress own;
  int clients[] = { connect_to (listener, kind, &own), connect_to (listener, kind, &own) }, first_size, second_size;

  first = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, NULL, NULL);
  second = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, NULL, "external-format", "utf-16le/lf",
                                                   "input-buffer-size", 88, NULL);
  g_object_get (first, "external-format", &first_format, "input-buffer-size", &first_size, NULL);
  g_object_get (second, "external-format", &second_format, "input-buffer-size", &second_size, NULL);
  g_assert_cmpstr (first_format, ==, "latin-1/crlf");
  g_assert_cmpstr (second_format, ==, "utf-16le/lf");
  g_assert_cmpint (first_size, ==, 77);
  g_assert_cmpint (second_size, ==, 88);
  close (clients[0]);
  close (clients[1]);
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
  g_assert_finalize_object (listener);
}

/* A listener that came from elsewhere becomes non-blocking when it is first accepted from. */
static void
test_adopted (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener, *adopted;
  int fd;

  if (!test_kind_is_there (kind))
    return;
  listener = test_listener_new (kind, 4);
  fd = test_peek_fd (listener);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  g_assert_cmpint (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK), ==, 0);
  adopted = test_adopt (listener);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (adopted));
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_null (accept_one (adopted, FALSE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  g_assert_finalize_object (adopted);
  g_assert_finalize_object (listener);
}

/* As many threads as connections: each gets one, and each connection is got once. */
#define MANY 8

typedef struct
{
  GSockSocket *listener;
  double timeout;
  GSockActiveSocket *accepted;
} Taker;

static void
take_one (gpointer data)
{
  Taker *taker = data;
  g_autoptr (GError) error = NULL;

  taker->accepted = accept_one (taker->listener, TRUE, taker->timeout, NULL, &error);
  g_assert_no_error (error);
}

static void
test_many_threads (gconstpointer data)
{
  const TestKind *kind = data;
  g_autoptr (GHashTable) ports = g_hash_table_new (NULL, NULL);
  TestThread threads[MANY];
  Taker takers[MANY];
  int clients[MANY];
  GSockSocket *listener;
  GSockAddress own;

  if (!test_kind_is_there (kind))
    return;
  listener = test_listener_new (kind, MANY);
  for (guint i = 0; i < MANY; i++)
    {
      takers[i] = (Taker){ listener, i % 2 == 0 ? GSOCK_TIMEOUT_NEVER : 100, NULL };
      test_thread_start (&threads[i], take_one, &takers[i]);
    }
  for (guint i = 0; i < MANY; i++)
    test_thread_wait_until_asleep (&threads[i]);
  for (guint i = 0; i < MANY; i++)
    clients[i] = connect_to (listener, kind, &own);
  for (guint i = 0; i < MANY; i++)
    {
      test_thread_join (&threads[i]);
      if (kind->family != AF_UNIX)
        g_assert_true (g_hash_table_add (ports, GINT_TO_POINTER (gsock_socket_get_remote_port (GSOCK_SOCKET (takers[i].accepted)))));
      g_assert_finalize_object (takers[i].accepted);
      close (clients[i]);
    }
  g_assert_finalize_object (listener);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-accept/accepted", test_accepted, test_is_conversation);
  test_add_for_kinds ("/op-accept/nothing-there", test_nothing_there, test_is_conversation);
  test_add ("/op-accept/nothing-taken", test_nothing_taken);
  test_add ("/op-accept/refused", test_refused);
  test_add ("/op-accept/dual-stack", test_dual_stack);
  test_add ("/op-accept/stream-keywords", test_stream_keywords);
  test_add_for_kinds ("/op-accept/adopted", test_adopted, test_is_conversation);
  test_add_for_kinds ("/op-accept/many-threads", test_many_threads, test_is_conversation);
  return g_test_run ();
}
