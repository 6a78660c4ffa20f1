/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* accept-many: all that wait, or so many, and at least one. */

#include <gsock/gsock.h>

#include <sys/resource.h>
#include <unistd.h>

#include "testlib.h"

static GSockSocket *
listen_locally (void)
{
  return gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
}

static GPtrArray *
connect_many (GSockSocket *listener, guint n)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (clients, gsock_make_socket (NULL, NULL, "remote-host", "127.0.0.1", "remote-port",
                                                 gsock_socket_get_local_port (listener), NULL));
  return clients;
}

static void
test_all_and_some (void)
{
  g_autoptr (GSockSocket) listener = listen_locally ();
  g_autoptr (GPtrArray) clients = connect_many (listener, 10);
  g_autoptr (GPtrArray) some = NULL, rest = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (clients->len, ==, 10);
  some = gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 3, NULL, &error, "timeout", 5.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (some->len, ==, 3);
  rest = gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, &error, "external-format", "latin-1", NULL);
  g_assert_cmpuint (rest->len, ==, 7);
  for (guint i = 0; i < rest->len; i++)
    {
      g_autofree char *format = NULL;

      g_object_get (g_ptr_array_index (rest, i), "external-format", &format, NULL);
      g_assert_cmpstr (format, ==, "latin-1");
    }
}

static void
test_as_list (void)
{
  g_autoptr (GSockSocket) listener = listen_locally ();
  g_autoptr (GPtrArray) clients = connect_many (listener, 3);
  g_autoptr (GError) error = NULL;
  GList *accepted = gsock_passive_socket_accept_many_as_list (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (clients->len, ==, 3);
  g_assert_cmpuint (g_list_length (accepted), ==, 3);
  for (GList *link = accepted; link != NULL; link = link->next)
    g_assert_finalize_object (link->data);
  g_list_free (accepted);
  g_assert_null (gsock_passive_socket_accept_many_as_list (GSOCK_PASSIVE_SOCKET (listener), 0, (const char *const[]){ "wait", NULL },
                                                           &(GValue) G_VALUE_INIT, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

static void
test_nobody (void)
{
  g_autoptr (GSockSocket) listener = listen_locally ();
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_null (gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, &error, "timeout", 0.01, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_null (gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, &error, "size", 3, NULL));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
}

/* Those that could be accepted are not lost to the error that came after them. */
static void
test_no_descriptor_left (void)
{
  g_autoptr (GSockSocket) listener = listen_locally ();
  g_autoptr (GPtrArray) clients = connect_many (listener, 5);
  g_autoptr (GPtrArray) some = NULL, rest = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit limit, low;
  int lowest = dup (0);

  g_assert_cmpuint (clients->len, ==, 5);
  close (lowest);
  getrlimit (RLIMIT_NOFILE, &limit);
  low = (struct rlimit){ lowest + 2, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  some = gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, NULL, NULL);
  g_assert_null (gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, &error, NULL));
  setrlimit (RLIMIT_NOFILE, &limit);
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_cmpuint (some->len, ==, 2);
  rest = gsock_passive_socket_accept_many (GSOCK_PASSIVE_SOCKET (listener), 0, NULL, NULL, NULL);
  g_assert_cmpuint (rest->len, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-accept-many/all-and-some", test_all_and_some);
  g_test_add_func ("/op-accept-many/as-list", test_as_list);
  g_test_add_func ("/op-accept-many/nobody", test_nobody);
  g_test_add_func ("/fault/5/accept-many", test_no_descriptor_left);
  return g_test_run ();
}
