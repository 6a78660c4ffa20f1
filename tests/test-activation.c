/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets that a service manager has opened: found, named, of the right class, and nothing lost. */

#include <gsock/gsock-activation-private.h>
#include <gsock/gsock.h>
#include <gsock/sys/gsock-sys.h>

#include "testmanager.h"
#include "testlib.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int
make_fd (const char *role, int type, int family)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = NULL;
  int fd;

  if (strcmp (role, "passive") == 0)
    socket = gsock_make_socket (NULL, &error, "type", type, "connect", GSOCK_ROLE_PASSIVE, "address-family", family, "local-host", "127.0.0.1", NULL);
  else
    socket = gsock_make_socket (NULL, &error, "type", type, "address-family", family, NULL);
  g_assert_no_error (error);
  fd = dup (gsock_socket_get_file_descriptor (socket, NULL));
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/* A listener, a datagram socket and one end of a pair. */
typedef struct
{
  int fds[3];
  int far;
} Opened;

static void
opened_make (Opened *self)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  self->fds[0] = make_fd ("passive", GSOCK_SOCKET_TYPE_STREAM, GSOCK_ADDRESS_FAMILY_IPV4);
  self->fds[1] = make_fd ("active", GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_ADDRESS_FAMILY_IPV4);
  self->fds[2] = pair[0];
  self->far = pair[1];
}

static void
opened_close (Opened *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    close (self->fds[i]);
  close (self->far);
}

static void
run_with_three (TestService function, gconstpointer data)
{
  Opened opened;
  guint before = test_count_descriptors ();

  opened_make (&opened);
  test_as_service (opened.fds, G_N_ELEMENTS (opened.fds), function, data);
  opened_close (&opened);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

static int
fd_of (GPtrArray *sockets, guint i)
{
  return gsock_socket_get_file_descriptor (sockets->pdata[i], NULL);
}

static void
check_classes (GPtrArray *sockets)
{
  g_assert_cmpuint (sockets->len, ==, 3);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (sockets->pdata[0]));
  g_assert_true (gsock_socket_is_listening (sockets->pdata[0]));
  g_assert_true (GSOCK_IS_DATAGRAM_SOCKET (sockets->pdata[1]));
  g_assert_true (GSOCK_IS_ACTIVE_SOCKET (sockets->pdata[2]));
  g_assert_true (gsock_socket_is_connected (sockets->pdata[2]));
}

static void
child_takes (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sockets = NULL;
  g_auto (GStrv) names = NULL;
  guint before = test_count_descriptors ();

  test_set_activation ("3", "web:log:worker one");
  sockets = gsock_make_sockets_from_activation (&names, &error, "timeout", 1.5, NULL);
  g_assert_no_error (error);
  check_classes (sockets);
  g_assert_cmpstrv (names, ((const char *const[]){ "web", "log", "worker one", NULL }));
  g_assert_cmpfloat (gsock_socket_get_timeout (sockets->pdata[0]), ==, 1.5);
  for (guint i = 0; i < sockets->len; i++)
    {
      g_assert_cmpint (fd_of (sockets, i), ==, 3 + (int) i);
      g_assert_cmpint (fcntl (3 + (int) i, F_GETFD) & FD_CLOEXEC, !=, 0);
    }
  g_assert_false (test_has_activation ());

  /* They are taken, and given back with the objects. */
  g_clear_pointer (&sockets, g_ptr_array_unref);
  g_assert_cmpuint (test_count_descriptors (), ==, before - 3);
  sockets = gsock_make_sockets_from_activation (NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets->len, ==, 0);
}

static void
test_take (void)
{
  run_with_three (child_takes, NULL);
}

static void
child_takes_list (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GList *sockets;

  test_set_activation ("3", "web:log:worker one");
  sockets = gsock_make_sockets_from_activation_as_list (NULL, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_length (sockets), ==, 3);
  g_assert_cmpint (gsock_socket_get_file_descriptor (sockets->data, NULL), ==, 3);
  g_list_free_full (sockets, g_object_unref);
  g_assert_null (gsock_make_sockets_from_activation_as_list (NULL, NULL, 0, NULL, &error));
  g_assert_no_error (error);
}

static void
test_take_list (void)
{
  run_with_three (child_takes_list, NULL);
}

static void
child_leaves (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();

  test_set_activation ("3", NULL);
  for (guint round = 0; round < 3; round++)
    {
      g_auto (GStrv) names = NULL;
      g_autoptr (GPtrArray) sockets = gsock_make_sockets_from_activation (&names, &error, "unset-environment", FALSE, NULL);

      g_assert_no_error (error);
      check_classes (sockets);
      g_assert_cmpstrv (names, ((const char *const[]){ "unknown", "unknown", "unknown", NULL }));
      for (guint i = 0; i < sockets->len; i++)
        {
          g_assert_cmpint (fd_of (sockets, i), >=, 6);
          g_assert_cmpint (fcntl (fd_of (sockets, i), F_GETFD) & FD_CLOEXEC, !=, 0);
          g_assert_cmpint (fcntl (3 + (int) i, F_GETFD), ==, 0);
        }
      g_assert_true (test_has_activation ());
    }
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

static void
test_leave (void)
{
  run_with_three (child_leaves, NULL);
}

/* What is passed may be of every kind, and is not lost by asking for sockets first. */
static void
child_finds_a_file (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree int *fds = NULL;
  g_auto (GStrv) names = NULL;
  gsize n_fds;

  test_set_activation ("2", "web:state");
  g_assert_null (gsock_make_sockets_from_activation (&names, &error, NULL));
  g_assert_null (names);
  test_assert_message (error, "descriptor 4, \"state\", is no socket");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_true (test_has_activation ());

  fds = gsock_file_descriptors_from_activation (TRUE, &n_fds, &names, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, 2);
  g_assert_cmpint (fds[0], ==, 3);
  g_assert_cmpint (fds[1], ==, 4);
  g_assert_cmpint (fcntl (4, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpstrv (names, ((const char *const[]){ "web", "state", NULL }));
  g_assert_false (test_has_activation ());
}

static void
test_file (void)
{
  int pipes[2];
  int listener = make_fd ("passive", GSOCK_SOCKET_TYPE_STREAM, GSOCK_ADDRESS_FAMILY_IPV4);

  g_assert_cmpint (pipe2 (pipes, O_CLOEXEC), ==, 0);
  test_as_service ((int[]){ listener, pipes[0] }, 2, child_finds_a_file, NULL);
  close (listener);
  close (pipes[0]);
  close (pipes[1]);
}

static void
child_copies (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize n_fds;

  test_set_activation ("3", "::");
  for (guint round = 0; round < 2; round++)
    {
      g_auto (GStrv) names = NULL;
      g_autofree int *fds = gsock_file_descriptors_from_activation (FALSE, &n_fds, &names, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (n_fds, ==, 3);
      g_assert_cmpstrv (names, ((const char *const[]){ "", "", "", NULL }));
      for (guint i = 0; i < n_fds; i++)
        {
          g_assert_cmpint (fds[i], >=, 6);
          g_assert_cmpint (fcntl (fds[i], F_GETFD) & FD_CLOEXEC, !=, 0);
          close (fds[i]);
        }
    }
}

static void
test_copies (void)
{
  run_with_three (child_copies, NULL);
}

/* Duplicates that cannot all be made are none. */
static void
child_is_full (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct rlimit limit = { 7, 7 };
  gsize n_fds;

  test_set_activation ("3", NULL);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_null (gsock_file_descriptors_from_activation (FALSE, &n_fds, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_cmpuint (n_fds, ==, 0);
  g_assert_null (gsock_make_sockets_from_activation (NULL, &error, "unset-environment", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_cmpint (fcntl (6, F_GETFD), <, 0);
  g_assert_true (test_has_activation ());
}

static void
test_full (void)
{
  run_with_three (child_is_full, NULL);
}

/* A child finds the environment of its parent. */
static void
child_is_another (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) sockets = NULL;
  g_autofree char *parent = g_strdup_printf ("%d", (int) getppid ());

  test_set_activation ("3", "a:b:c");
  g_setenv ("LISTEN_PID", parent, TRUE);
  sockets = gsock_make_sockets_from_activation (&names, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets->len, ==, 0);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_assert_false (test_has_activation ());
  g_assert_cmpint (fcntl (3, F_GETFD), ==, 0);
}

static void
test_another (void)
{
  run_with_three (child_is_another, NULL);
}

static guint
count_for_pidfd (guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sockets = NULL;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  test_set_activation ("3", NULL);
  g_setenv ("LISTEN_PIDFDID", text, TRUE);
  sockets = gsock_make_sockets_from_activation (NULL, &error, "unset-environment", FALSE, NULL);
  g_assert_no_error (error);
  return sockets->len;
}

/* A process of the same number that came later. */
static void
child_has_a_pidfd (gconstpointer data)
{
  guint64 own, parents;

  g_assert_true (gsock_sys_pidfd_id (getpid (), &own));
  g_assert_true (gsock_sys_pidfd_id (getppid (), &parents));
  g_assert_cmpuint (own, !=, parents);
  g_assert_cmpuint (count_for_pidfd (own), ==, 3);
  g_assert_cmpuint (count_for_pidfd (parents), ==, 0);
}

static void
test_pidfd (void)
{
  guint64 id;

  if (!gsock_sys_pidfd_id (getpid (), &id))
    {
      g_test_skip ("this kernel does not number pidfds");
      return;
    }
  run_with_three (child_has_a_pidfd, NULL);
}

static void
test_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree int *fds = NULL;
  g_autoptr (GPtrArray) sockets = NULL;
  gsize n_fds = 99;

  g_assert_false (test_has_activation ());
  sockets = gsock_make_sockets_from_activation (&names, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets->len, ==, 0);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  fds = gsock_file_descriptors_from_activation (TRUE, &n_fds, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fds);
  g_assert_cmpuint (n_fds, ==, 0);
}

static void
test_keywords (void)
{
  g_autoptr (GError) error = NULL;

  test_set_activation ("1", NULL);
  g_assert_null (gsock_make_sockets_from_activation (NULL, &error, "unset-enviroment", TRUE, NULL));
  test_assert_message (error, "unset-environment");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_null (gsock_make_sockets_from_activation (NULL, &error, "external-format", "no-such-thing", NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (test_has_activation ());
  test_set_activation (NULL, NULL);
  g_unsetenv ("LISTEN_PID");
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (GSOCK_FD_NAME_MAX + 1, 'n');

  g_assert_true (gsock_fd_name_is_valid ("", 0));
  g_assert_true (gsock_fd_name_is_valid ("a b~", 4));
  g_assert_true (gsock_fd_name_is_valid (longest, GSOCK_FD_NAME_MAX));
  g_assert_false (gsock_fd_name_is_valid (longest, GSOCK_FD_NAME_MAX + 1));
  g_assert_false (gsock_fd_name_is_valid ("a:b", 3));
  g_assert_false (gsock_fd_name_is_valid ("a\nb", 3));
  g_assert_false (gsock_fd_name_is_valid ("\177", 1));
  g_assert_false (gsock_fd_name_is_valid ("\303\274", 2));
}

int
main (int argc, char **argv)
{
  test_set_activation (NULL, NULL);
  g_unsetenv ("LISTEN_PID");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activation/nothing", test_nothing);
  g_test_add_func ("/activation/take", test_take);
  g_test_add_func ("/activation/take-list", test_take_list);
  g_test_add_func ("/activation/leave", test_leave);
  g_test_add_func ("/activation/file", test_file);
  g_test_add_func ("/activation/copies", test_copies);
  g_test_add_func ("/activation/full", test_full);
  g_test_add_func ("/activation/another", test_another);
  g_test_add_func ("/activation/pidfd", test_pidfd);
  g_test_add_func ("/activation/keywords", test_keywords);
  g_test_add_func ("/activation/names", test_names);
  return g_test_run ();
}
