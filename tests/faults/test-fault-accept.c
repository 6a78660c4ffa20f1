/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accepting where no descriptor is left (5), where accept tells of connections that died in the queue
 * (6) and where the peer has gone already (7). */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

/* accept4, which lets as many connections die in the queue as it is told to. */
int __real_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags);

static struct
{
  guint n_deaths;
  int error;
  gboolean takes; /* the connection that died leaves the queue */
  guint n_calls;
} accepting;

int
__wrap_accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags)
{
  int accepted;

  accepting.n_calls++;
  if (accepting.n_deaths == 0)
    return __real_accept4 (fd, address, length, flags);
  accepted = accepting.takes ? __real_accept4 (fd, NULL, NULL, flags) : -1;
  if (accepting.takes && accepted < 0)
    return -1;
  if (accepted >= 0)
    close (accepted);
  accepting.n_deaths--;
  errno = accepting.error;
  return -1;
}

static void
let_die (guint n_deaths, int error, gboolean takes)
{
  accepting.n_deaths = n_deaths;
  accepting.error = error;
  accepting.takes = takes;
  accepting.n_calls = 0;
}

static int
connect_client (GSockSocket *listener, GSockAddress *own)
{
  GSockAddress address = test_address_of (listener);
  int fd = socket (gsock_address_family_number (&address), SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr *room = gsock_address_native_room (own);

  g_assert_cmpint (connect (fd, gsock_address_native (&address), address.length), ==, 0);
  g_assert_cmpint (getsockname (fd, room, &own->length), ==, 0);
  return fd;
}

static GSockSocket *
accept_one (GSockSocket *listener, gboolean wait, double timeout, GError **error)
{
  return GSOCK_SOCKET (gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), wait, timeout, NULL, error));
}

static void
check_accepts (GSockSocket *listener, const GSockAddress *wanted)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *accepted = accept_one (listener, TRUE, 60, &error);
  GSockAddress remote;

  g_assert_no_error (error);
  g_assert_nonnull (accepted);
  g_assert_true (gsock_socket_copy_remote_address (accepted, &remote, &error));
  g_assert_true (gsock_address_equal (&remote, wanted));
  g_assert_finalize_object (accepted);
}

static const int deaths[] = {
  ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, EOPNOTSUPP,
};

/* The dead are passed over, and the next one that lives is what the caller gets. */
static void
test_dead_connection (gconstpointer data)
{
  GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 8);
  GSockAddress own[3];
  int clients[3];

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = connect_client (listener, &own[i]);
  let_die (2, GPOINTER_TO_INT (data), TRUE);
  check_accepts (listener, &own[2]);
  g_assert_cmpuint (accepting.n_calls, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    close (clients[i]);
  g_assert_finalize_object (listener);
}

/* Where all that there was has died, the caller waits on as he said he would. */
static void
test_all_dead (gconstpointer data)
{
  GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 8);
  g_autoptr (GError) error = NULL;
  GSockAddress own;
  int client = connect_client (listener, &own);

  let_die (1, GPOINTER_TO_INT (data), TRUE);
  g_assert_null (accept_one (listener, FALSE, 0, &error));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  close (client);

  client = connect_client (listener, &own);
  let_die (1, GPOINTER_TO_INT (data), TRUE);
  test_takes_at_least (0.02, g_assert_null (accept_one (listener, TRUE, 0.02, &error)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  close (client);

  client = connect_client (listener, &own);
  check_accepts (listener, &own);
  close (client);
  g_assert_finalize_object (listener);
}

/* A listener that answers nothing else is broken, and a call that never comes back would hide it. */
static void
test_only_dead (void)
{
  GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 8);
  g_autoptr (GError) error = NULL;
  GSockAddress own;
  int client = connect_client (listener, &own);

  let_die (G_MAXUINT, ECONNABORTED, FALSE);
  g_assert_null (accept_one (listener, TRUE, GSOCK_TIMEOUT_NEVER, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_ABORTED);
  let_die (0, 0, FALSE);
  check_accepts (listener, &own);
  close (client);
  g_assert_finalize_object (listener);
}

static void
test_interrupted (void)
{
  GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 8);
  GSockAddress own;
  int client = connect_client (listener, &own);

  let_die (1000, EINTR, FALSE);
  check_accepts (listener, &own);
  g_assert_cmpuint (accepting.n_calls, ==, 1001);
  close (client);
  g_assert_finalize_object (listener);
}

/* Want of something is told, once: the connection stays in the queue, and the listener lives. */
static const struct
{
  int error, code;
} wants[] = {
  { EMFILE, GSOCK_ERROR_TOO_MANY_FILES },
  { ENFILE, GSOCK_ERROR_TOO_MANY_FILES },
  { ENOBUFS, GSOCK_ERROR_NO_BUFFER_SPACE },
  { ENOMEM, GSOCK_ERROR_NO_BUFFER_SPACE },
};

static void
test_wants (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      GSockSocket *listener = test_listener_new (test_kind_find ("tcp-ipv4"), 8);
      g_autoptr (GError) error = NULL;
      GSockAddress own;
      int client = connect_client (listener, &own);

      let_die (1, wants[i].error, FALSE);
      g_assert_null (accept_one (listener, TRUE, GSOCK_TIMEOUT_NEVER, &error));
      g_assert_cmpuint (accepting.n_calls, ==, 1);
      test_assert_error (error, wants[i].code);
      check_accepts (listener, &own);
      close (client);
      g_assert_finalize_object (listener);
    }
}

static void
accept_without_descriptors (gpointer data)
{
  GSockSocket *listener = test_listener_new (data, 8);
  g_autoptr (GError) error = NULL;
  GSockSocket *accepted;
  GSockAddress own;
  int client = connect_client (listener, &own), next = dup (client);
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = next;
  close (next);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (accept_one (listener, TRUE, GSOCK_TIMEOUT_NEVER, &error));
      test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
    }
  g_assert_true (gsock_socket_is_open (listener));
  limit.rlim_cur = next + 1;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  accepted = accept_one (listener, FALSE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (send (client, "x", 1, 0), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (accepted, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, 1);
}

static void
test_no_descriptor (gconstpointer kind)
{
  if (test_kind_is_there (kind))
    test_in_child (accept_without_descriptors, (gpointer) kind, NULL);
}

/* The address came with the connection; who would ask for it now is told that there is none. */
static void
test_reset_before (gconstpointer kind)
{
  struct linger at_once = { 1, 0 };
  g_autoptr (GError) error = NULL;
  GSockSocket *listener, *accepted;
  GSockAddress own, remote;
  int client;

  if (!test_kind_is_there (kind))
    return;
  listener = test_listener_new (kind, 8);
  client = connect_client (listener, &own);
  g_assert_cmpint (setsockopt (client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  close (client);

  accepted = accept_one (listener, TRUE, 60, &error);
  g_assert_no_error (error);
  g_assert_cmpint (getpeername (test_peek_fd (accepted), gsock_address_native_room (&remote), &remote.length), ==, -1);
  g_assert_true (gsock_socket_copy_remote_address (accepted, &remote, &error));
  g_assert_true (gsock_address_equal (&remote, &own));
  g_assert_cmpint (gsock_socket_get_remote_port (accepted), ==, gsock_address_get_port (&own));
  g_assert_cmpint (gsock_socket_receive_from (accepted, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_RESET);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (listener);
}

static gboolean
is_tcp (const TestKind *kind)
{
  return kind->type == SOCK_STREAM && kind->family != AF_UNIX;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/fault/5/accept", test_no_descriptor, test_is_stream);
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/6/dead-connection/%d", deaths[i]);
      g_autofree char *all_path = g_strdup_printf ("/fault/6/all-dead/%d", deaths[i]);

      test_add_with (path, GINT_TO_POINTER (deaths[i]), test_dead_connection);
      test_add_with (all_path, GINT_TO_POINTER (deaths[i]), test_all_dead);
    }
  test_add ("/fault/6/only-dead", test_only_dead);
  test_add ("/fault/6/interrupted", test_interrupted);
  test_add ("/fault/6/wants", test_wants);
  test_add_for_kinds ("/fault/7/reset-before-accept", test_reset_before, is_tcp);
  return g_test_run ();
}
