/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes that want the same file (21), and users who are to be kept from one (22). */

#include "testthread.h"
#include "testwire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWNER 54321
#define STRANGER 54322

static char *folder;

static char *
path_in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
become (uid_t user)
{
  if (geteuid () != 0)
    return;
  g_assert_cmpint (setgroups (0, NULL), ==, 0);
  g_assert_cmpint (setgid (user), ==, 0);
  g_assert_cmpint (setuid (user), ==, 0);
}

/* A child ends at last, even where its test has failed before. */
static pid_t
fork_for_a_while (void)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    alarm (120);
  return pid;
}

static guint
rounds (guint many)
{
  return test_is_long () ? many * 100 : many;
}

/* bind, after which somebody may have to wait. */
int __real_bind (int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind (int fd, const struct sockaddr *address, socklen_t length);
static void (*after_bind) (void);

int
__wrap_bind (int fd, const struct sockaddr *address, socklen_t length)
{
  int result = __real_bind (fd, address, length);

  if (result == 0 && after_bind != NULL)
    after_bind ();
  return result;
}

/* unlink, before which the socket is looked at. */
int __real_g_unlink (const char *path);
int __wrap_g_unlink (const char *path);
static guint n_alive, n_dead;

static GSockSocket *
connect_to (const char *path, GError **error)
{
  return gsock_make_socket (NULL, error, "remote-filename", path, NULL);
}

int
__wrap_g_unlink (const char *path)
{
  g_autoptr (GSockSocket) client = connect_to (path, NULL);

  n_alive += client != NULL;
  n_dead += client == NULL;
  return __real_g_unlink (path);
}

static GSockSocket *
listen_at (const char *path, gboolean replace, GError **error)
{
  return gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", path, "replace-stale", replace, NULL);
}

static void
leave_stale (const char *path)
{
  GSockSocket *socket = listen_at (path, FALSE, NULL);

  g_assert_nonnull (socket);
  g_object_set (socket, "unlink-on-close", FALSE, NULL);
  g_assert_finalize_object (socket);
  g_assert_cmpint (access (path, F_OK), ==, 0);
}

/* Many at once, over a file that is stale: one wins. */
#define RIVALS 50

typedef struct
{
  uid_t user;
  gboolean mixed; /* every other one does not replace what it finds */
} Race;

typedef struct
{
  int start[2], results[2];
  pid_t pids[RIVALS];
} Field;

static G_NORETURN void
run_rival (const char *path, const Race *race, guint number, Field *field)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  char byte;

  close (field->start[1]);
  become (race->user);
  /* The other end closes when all are ready. */
  g_assert_cmpint (read (field->start[0], &byte, 1), ==, 0);
  socket = listen_at (path, !race->mixed || number % 2 == 0, &error);
  byte = socket != NULL ? 'w' : g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_IN_USE) ? 'l' : '?';
  if (byte == '?')
    g_printerr ("rival %u: %s\n", number, error->message);
  g_assert_cmpint (write (field->results[1], &byte, 1), ==, 1);
  pause ();
  _exit (0);
}

static void
start_rivals (Field *field, const char *path, const Race *race)
{
  g_assert_cmpint (pipe2 (field->start, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (field->results, O_CLOEXEC), ==, 0);
  for (guint i = 0; i < RIVALS; i++)
    {
      field->pids[i] = fork_for_a_while ();
      if (field->pids[i] == 0)
        run_rival (path, race, i, field);
    }
  close (field->start[1]);
}

/* The winner does not get to tidy up, so that the next round finds what it has left. */
static void
kill_rivals (Field *field)
{
  for (guint i = 0; i < RIVALS; i++)
    {
      kill (field->pids[i], SIGKILL);
      g_assert_cmpint (waitpid (field->pids[i], NULL, 0), ==, field->pids[i]);
    }
  close (field->start[0]);
  close (field->results[0]);
  close (field->results[1]);
}

static guint
count_winners (Field *field)
{
  guint winners = 0;

  for (guint i = 0; i < RIVALS; i++)
    {
      char byte = 0;

      g_assert_cmpint (read (field->results[0], &byte, 1), ==, 1);
      g_assert_true (byte == 'w' || byte == 'l');
      winners += byte == 'w';
    }
  return winners;
}

static void
race_for_it (const char *path, const Race *race)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *client;
  Field field;

  start_rivals (&field, path, race);
  g_assert_cmpuint (count_winners (&field), ==, 1);
  client = connect_to (path, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (client);
  kill_rivals (&field);
  client = connect_to (path, &error);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_null (client);
}

static void
test_rivals (gconstpointer data)
{
  const Race *race = data;
  g_autofree char *path = path_in_folder ("wanted");

  leave_stale (path);
  if (geteuid () == 0)
    g_assert_cmpint (chown (path, race->user, race->user), ==, 0);
  for (guint i = 0; i < rounds (2); i++)
    race_for_it (path, race);
  g_assert_cmpint (__real_g_unlink (path), ==, 0);
}

/* Over and over, each as soon as the one before is gone: whoever has it is who answers there. */
#define TURNS 40

static void
take_turn (const char *path)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener, *client;

  do
    {
      g_clear_error (&error);
      listener = listen_at (path, TRUE, &error);
    }
  while (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_IN_USE));
  g_assert_no_error (error);
  client = connect_to (path, &error);
  g_assert_no_error (error);
  {
    g_autoptr (GVariant) peer = gsock_socket_get_option (client, "peer-credentials", &error);
    g_autoptr (GVariant) pid = NULL;

    g_assert_no_error (error);
    pid = g_variant_get_child_value (peer, 0);
    g_assert_cmpint (g_variant_get_type_string (pid)[0] == 'x' ? g_variant_get_int64 (pid) : g_variant_get_int32 (pid), ==, getpid ());
  }
  g_assert_finalize_object (client);
  g_assert_finalize_object (listener);
}

static void
test_turns (void)
{
  enum { N_PROCESSES = 8 };
  g_autofree char *path = path_in_folder ("turns");
  pid_t pids[N_PROCESSES];

  for (guint i = 0; i < N_PROCESSES; i++)
    {
      pids[i] = fork_for_a_while ();
      if (pids[i] == 0)
        {
          become (OWNER);
          for (guint turn = 0; turn < rounds (TURNS); turn++)
            take_turn (path);
          _exit (0);
        }
    }
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }
  g_assert_cmpint (access (path, F_OK), ==, -1);
}

/* A file is removed while its socket lives: nobody can have judged it stale by then. */
static void
test_alive_when_removed (void)
{
  g_autofree char *path = path_in_folder ("alive");
  GSockSocket *socket = listen_at (path, FALSE, NULL);

  n_alive = n_dead = 0;
  g_assert_nonnull (socket);
  g_assert_true (gsock_socket_close (socket, FALSE, NULL));
  g_assert_cmpuint (n_alive, ==, 1);
  g_assert_cmpuint (n_dead, ==, 0);
  g_assert_cmpint (access (path, F_OK), ==, -1);
  g_assert_finalize_object (socket);
}

/* One that is bound and about to listen looks like one that was left behind. */
static int is_bound[2], go_on[2];

static void
wait_after_bind (void)
{
  g_assert_cmpint (write (is_bound[1], "b", 1), ==, 1);
  g_assert_cmpint (read (go_on[0], &(char){ 0 }, 1), ==, 1);
}

static pid_t
start_slow_one (const char *path)
{
  pid_t pid = fork_for_a_while ();

  if (pid == 0)
    {
      g_autoptr (GSockSocket) socket = NULL;

      after_bind = wait_after_bind;
      socket = listen_at (path, FALSE, NULL);
      g_assert_nonnull (socket);
      g_assert_cmpint (read (go_on[0], &(char){ 0 }, 1), ==, 1);
      _exit (0);
    }
  g_assert_cmpint (read (is_bound[0], &(char){ 0 }, 1), ==, 1);
  return pid;
}

static void
replace_it (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (listen_at (data, TRUE, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
}

static void
test_about_to_listen (void)
{
  g_autofree char *path = path_in_folder ("slow");
  g_autoptr (GError) error = NULL;
  TestThread thread;
  GSockSocket *client;
  pid_t pid;
  int status;

  g_assert_cmpint (pipe2 (is_bound, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (go_on, O_CLOEXEC), ==, 0);
  pid = start_slow_one (path);
  test_thread_start (&thread, replace_it, path);
  test_thread_wait_until_asleep (&thread);
  g_assert_cmpint (write (go_on[1], "g", 1), ==, 1);
  test_thread_join (&thread);
  client = connect_to (path, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (client);
  g_assert_cmpint (write (go_on[1], "g", 1), ==, 1);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (__real_g_unlink (path), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      close (is_bound[i]);
      close (go_on[i]);
    }
}

/* Two users. */
static gboolean
needs_two_users (void)
{
  if (geteuid () == 0)
    return TRUE;
  g_test_skip ("only root can be two other users");
  return FALSE;
}

static void
as_user (uid_t user, void (*function) (gpointer data), gpointer data)
{
  pid_t pid = fork_for_a_while ();
  int status;

  if (pid == 0)
    {
      become (user);
      function (data);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

typedef struct
{
  const char *path;
  int code; /* -1: there is no error */
} Wanted;

static void
check_outcome (GSockSocket *socket, GError *error, const Wanted *wanted)
{
  if (wanted->code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, GSOCK_ERROR, wanted->code);
  g_clear_object (&socket);
  g_clear_error (&error);
}

static void
try_to_replace (gpointer data)
{
  const Wanted *wanted = data;
  GError *error = NULL;
  GSockSocket *socket = listen_at (wanted->path, TRUE, &error);

  check_outcome (socket, error, wanted);
}

static void
try_to_connect (gpointer data)
{
  const Wanted *wanted = data;
  GError *error = NULL;
  GSockSocket *socket = connect_to (wanted->path, &error);

  check_outcome (socket, error, wanted);
}

static void
leave_stale_behind (gpointer data)
{
  leave_stale (data);
}

/* In a folder like /tmp a file belongs to who made it, stale or not. */
static void
test_strangers_stale_file (void)
{
  g_autofree char *path = path_in_folder ("strangers");

  if (!needs_two_users ())
    return;
  as_user (OWNER, leave_stale_behind, path);
  as_user (STRANGER, try_to_replace, &(Wanted){ path, GSOCK_ERROR_ADDRESS_IN_USE });
  g_assert_cmpint (chmod (path, 0777), ==, 0);
  as_user (STRANGER, try_to_replace, &(Wanted){ path, GSOCK_ERROR_ACCESS_DENIED });
  g_assert_cmpint (access (path, F_OK), ==, 0);
  as_user (OWNER, try_to_replace, &(Wanted){ path, -1 });
  g_assert_cmpint (access (path, F_OK), ==, -1);
}

/* A folder that others may fill and not read cannot be locked by them. */
static void
test_unreadable_folder (void)
{
  g_autofree char *dropbox = path_in_folder ("dropbox");
  g_autofree char *path = g_build_filename (dropbox, "socket", NULL);

  if (!needs_two_users ())
    return;
  g_assert_cmpint (g_mkdir (dropbox, 0700), ==, 0);
  g_assert_cmpint (chmod (dropbox, 0733), ==, 0);
  as_user (STRANGER, try_to_replace, &(Wanted){ path, GSOCK_ERROR_ACCESS_DENIED });
  as_user (STRANGER, leave_stale_behind, path);
  g_assert_cmpint (__real_g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dropbox), ==, 0);
}

typedef struct
{
  char *path;
  guint mode;
  int ready[2], stop[2];
} Guarded;

static void
run_guarded (Guarded *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = NULL;

  umask (0);
  socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", self->path, "file-mode", self->mode, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (write (self->ready[1], "r", 1), ==, 1);
  g_assert_cmpint (read (self->stop[0], &(char){ 0 }, 1), ==, 1);
}

/* What the mode keeps out is kept out, by the kernel. */
static void
check_guarded (guint mode, int code)
{
  Guarded guarded = { .path = path_in_folder ("guarded"), .mode = mode };
  pid_t pid;
  int status;

  g_assert_cmpint (pipe2 (guarded.ready, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (guarded.stop, O_CLOEXEC), ==, 0);
  pid = fork_for_a_while ();
  if (pid == 0)
    {
      become (OWNER);
      run_guarded (&guarded);
      _exit (0);
    }
  g_assert_cmpint (read (guarded.ready[0], &(char){ 0 }, 1), ==, 1);
  as_user (OWNER, try_to_connect, &(Wanted){ guarded.path, -1 });
  as_user (STRANGER, try_to_connect, &(Wanted){ guarded.path, code });
  as_user (STRANGER, try_to_replace, &(Wanted){ guarded.path, GSOCK_ERROR_ADDRESS_IN_USE });
  g_assert_cmpint (write (guarded.stop[1], "s", 1), ==, 1);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  __real_g_unlink (guarded.path);
  g_free (guarded.path);
  for (guint i = 0; i < 2; i++)
    {
      close (guarded.ready[i]);
      close (guarded.stop[i]);
    }
}

static void
test_guarded (void)
{
  if (!needs_two_users ())
    return;
  check_guarded (0600, GSOCK_ERROR_ACCESS_DENIED);
  check_guarded (0644, GSOCK_ERROR_ACCESS_DENIED);
  check_guarded (0660, GSOCK_ERROR_ACCESS_DENIED);
  check_guarded (0666, -1);
  check_guarded (0602, -1);
}

int
main (int argc, char *argv[])
{
  static const Race races[] = { { 0, FALSE }, { OWNER, FALSE }, { 0, TRUE }, { OWNER, TRUE } };
  static const char *const names[] = { "all", "all-unprivileged", "mixed", "mixed-unprivileged" };
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gsock-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_assert_cmpint (chmod (folder, 01777), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (races); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/21/rivals/%s", names[i]);

      test_add_with (path, &races[i], test_rivals);
    }
  test_add ("/fault/21/turns", test_turns);
  test_add ("/fault/21/alive-when-removed", test_alive_when_removed);
  test_add ("/fault/21/about-to-listen", test_about_to_listen);
  test_add ("/fault/21/strangers-stale-file", test_strangers_stale_file);
  test_add ("/fault/21/unreadable-folder", test_unreadable_folder);
  test_add ("/fault/22/guarded", test_guarded);
  result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
