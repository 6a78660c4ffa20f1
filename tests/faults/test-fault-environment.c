/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody may have written into the environment (36): refused, removed, and nothing taken. */

#include "testmanager.h"
#include "testlib.h"

#include <gsock/gsock.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A pid of NULL is that of the process; one of "" is not there at all. */
typedef struct
{
  const char *n_fds, *pid, *pidfd, *names;
  const char *message;
} Activation;

#define SELF NULL
#define NONE ""

static const Activation activations[] = {
  { "-1", SELF, NULL, NULL, "LISTEN_FDS is \"-1\"" },
  { "", SELF, NULL, NULL, "LISTEN_FDS is \"\"" },
  { "two", SELF, NULL, NULL, "LISTEN_FDS is \"two\"" },
  { "2x", SELF, NULL, NULL, "LISTEN_FDS is \"2x\"" },
  { " 2", SELF, NULL, NULL, "LISTEN_FDS is \" 2\"" },
  { "+2", SELF, NULL, NULL, "LISTEN_FDS is \"+2\"" },
  { "0x2", SELF, NULL, NULL, "LISTEN_FDS is \"0x2\"" },
  { "2.0", SELF, NULL, NULL, "LISTEN_FDS is \"2.0\"" },
  { "\xff\xfe\n", SELF, NULL, NULL, "LISTEN_FDS is \"" },
  { "3", SELF, NULL, NULL, "descriptor 5 is not open" },
  { "100000", SELF, NULL, NULL, "descriptor 5 is not open" },
  { "2147483644", SELF, NULL, NULL, "descriptor 5 is not open" },
  { "2147483645", SELF, NULL, NULL, "LISTEN_FDS is \"2147483645\"" },
  { "2147483647", SELF, NULL, NULL, "LISTEN_FDS is \"2147483647\"" },
  { "4294967298", SELF, NULL, NULL, "LISTEN_FDS is \"4294967298\"" },
  { "18446744073709551618", SELF, NULL, NULL, "LISTEN_FDS is \"18446744073709551618\"" },
  { "99999999999999999999999999999999", SELF, NULL, NULL, "LISTEN_FDS is \"" },
  { "2", NONE, NULL, NULL, "LISTEN_PID is not" },
  { "2", "0", NULL, NULL, "LISTEN_PID is \"0\"" },
  { "2", "-1", NULL, NULL, "LISTEN_PID is \"-1\"" },
  { "2", "self", NULL, NULL, "LISTEN_PID is \"self\"" },
  { "2", "4294967297", NULL, NULL, "LISTEN_PID is \"4294967297\"" },
  { "-1", "1", NULL, NULL, "LISTEN_FDS is \"-1\"" },
  { "2", SELF, "", NULL, "LISTEN_PIDFDID is \"\"" },
  { "2", SELF, "-1", NULL, "LISTEN_PIDFDID is \"-1\"" },
  { "2", SELF, "18446744073709551616", NULL, "LISTEN_PIDFDID is \"18446744073709551616\"" },
  { "2", SELF, NULL, "", "LISTEN_FDNAMES is \"\"" },
  { "2", SELF, NULL, "one", "LISTEN_FDNAMES is \"one\"" },
  { "2", SELF, NULL, "one:two:three", "LISTEN_FDNAMES is \"one:two:three\"" },
  { "2", SELF, NULL, "one:tw\no", "LISTEN_FDNAMES is \"" },
  { "2", SELF, NULL, "one:\xff", "LISTEN_FDNAMES is \"" },
  { "2", SELF, NULL, "one:z\xc3\xbcrich", "LISTEN_FDNAMES is \"" },
};

static void
set_activation (const Activation *activation)
{
  test_set_activation (activation->n_fds, activation->names);
  if (activation->pid != SELF)
    g_setenv ("LISTEN_PID", activation->pid, TRUE);
  if (activation->pid != SELF && activation->pid[0] == '\0')
    g_unsetenv ("LISTEN_PID");
  if (activation->pidfd != NULL)
    g_setenv ("LISTEN_PIDFDID", activation->pidfd, TRUE);
}

static void
check_refused (GError **error, const Activation *activation)
{
  test_assert_message (*error, activation->message);
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_assert_cmpuint (strlen ((*error)->message), <, 500);
  test_assert_error (*error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (test_has_activation ());
}

static void
child_is_refused (gconstpointer data)
{
  const Activation *activation = data;
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();
  gsize n_fds;

  set_activation (activation);
  g_assert_null (gsock_make_sockets_from_activation (NULL, &error, NULL));
  check_refused (&error, activation);
  set_activation (activation);
  g_assert_null (gsock_file_descriptors_from_activation (TRUE, &n_fds, NULL, &error));
  check_refused (&error, activation);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  for (int fd = 3; fd < 5; fd++)
    g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
}

static void
run_with_two (TestService function, gconstpointer data)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  test_as_service (pair, 2, function, data);
  close (pair[0]);
  close (pair[1]);
}

static void
test_refused (gconstpointer data)
{
  run_with_two (child_is_refused, data);
}

/* Wrong only in what is said of them: no program that is started now gets them. */
static void
child_has_bad_names (gconstpointer data)
{
  g_autofree char *overlong = g_strnfill (256, 'n');
  g_autofree char *names = g_strconcat ("one:", overlong, NULL);
  const Activation activation = { "2", SELF, NULL, names, "LISTEN_FDNAMES is \"" };

  child_is_refused (&activation);
  for (int fd = 3; fd < 5; fd++)
    g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
}

static void
test_bad_names (void)
{
  run_with_two (child_has_bad_names, NULL);
}

/* Somebody else's are nobody's error, but not taken either. */
static void
child_is_another (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sockets = NULL;

  set_activation (&(Activation){ "2", "1", "77", "one:two:three", NULL });
  sockets = gsock_make_sockets_from_activation (NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets->len, ==, 0);
  g_assert_false (test_has_activation ());
  for (int fd = 3; fd < 5; fd++)
    g_assert_cmpint (fcntl (fd, F_GETFD), ==, 0);
}

static void
test_another (void)
{
  run_with_two (child_is_another, NULL);
}

typedef struct
{
  const char *address;
  int code;
  gboolean stays;
} Manager;

static const Manager managers[] = {
  { "", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "/", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "@", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "relative", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "./relative", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "../run/notify", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "127.0.0.1:80", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "\xff\n", GSOCK_ERROR_INVALID_ADDRESS, FALSE },
  { "vsock:2:1234", GSOCK_ERROR_OPERATION_NOT_SUPPORTED, TRUE },
  { "vsock-stream:2:1234", GSOCK_ERROR_OPERATION_NOT_SUPPORTED, TRUE },
  { "/no/such/folder/notify", GSOCK_ERROR_NOT_FOUND, TRUE },
  { "/dev/null", GSOCK_ERROR_CONNECTION_REFUSED, TRUE },
  { "/dev", GSOCK_ERROR_CONNECTION_REFUSED, TRUE },
  { "@gsock/nobody/is/there", GSOCK_ERROR_CONNECTION_REFUSED, TRUE },
};

static void
check_manager (const char *address, int code, gboolean stays)
{
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();

  for (guint i = 0; i < 4; i++)
    {
      gboolean done;

      g_setenv ("NOTIFY_SOCKET", address, TRUE);
      done = i == 0   ? gsock_notify_service_manager ("READY=1", TRUE, 1, NULL, &error)
             : i == 1 ? gsock_store_file_descriptors (&(int){ 2 }, 1, "name", TRUE, TRUE, 1, NULL, &error)
             : i == 2 ? gsock_remove_stored_file_descriptors ("name", TRUE, 1, NULL, &error)
                      : gsock_wait_for_service_manager (1, NULL, &error);
      g_assert_false (done);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      test_assert_error (error, code);
      g_assert_cmpint (g_getenv ("NOTIFY_SOCKET") != NULL, ==, stays);
    }
  g_unsetenv ("NOTIFY_SOCKET");
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

static void
test_manager (gconstpointer data)
{
  const Manager *manager = data;

  check_manager (manager->address, manager->code, manager->stays);
}

static void
test_long_manager (void)
{
  g_autofree char *rest = g_strnfill (sizeof ((struct sockaddr_un *) 0)->sun_path, 'n');
  g_autofree char *much = g_strnfill (100000, '/');
  g_autofree char *path = g_strconcat ("/", rest, NULL);
  g_autofree char *name = g_strconcat ("@", rest, NULL);

  check_manager (path, GSOCK_ERROR_INVALID_ADDRESS, FALSE);
  check_manager (name, GSOCK_ERROR_INVALID_ADDRESS, FALSE);
  check_manager (much, GSOCK_ERROR_INVALID_ADDRESS, FALSE);
}

int
main (int argc, char *argv[])
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/36/activation/%u", i);

      g_test_add_data_func (path, &activations[i], test_refused);
    }
  g_test_add_func ("/fault/36/bad-names", test_bad_names);
  g_test_add_func ("/fault/36/another", test_another);
  for (guint i = 0; i < G_N_ELEMENTS (managers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/36/manager/%u", i);

      g_test_add_data_func (path, &managers[i], test_manager);
    }
  g_test_add_func ("/fault/36/long-manager", test_long_manager);
  return g_test_run ();
}
