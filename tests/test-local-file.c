/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of local sockets: removed by whom they belong to, replaced when they are stale. */

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-local-file-private.h>
#include <gsock/gsock.h>

#include "testlib.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
  GSockAddress address;
} Place;

static void
place_open (Place *self)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("gsock-file-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "socket", NULL);
  g_assert_true (gsock_address_init_from_filename (&self->address, self->path, &error));
}

static void
place_close (Place *self)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static int
bind_at (Place *self, int type)
{
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, gsock_address_native (&self->address), self->address.length), ==, 0);
  return fd;
}

static gboolean
is_there (Place *self)
{
  return g_file_test (self->path, G_FILE_TEST_EXISTS);
}

static void
test_unlink (void)
{
  Place place;
  g_autoptr (GSockLocalFile) file = NULL;
  int fd;

  place_open (&place);
  fd = bind_at (&place, SOCK_STREAM);
  file = gsock_local_file_new (&place.address);
  g_assert_nonnull (file);
  gsock_local_file_unlink (file);
  g_assert_false (is_there (&place));
  close (fd);
  place_close (&place);
}

/* What stands there now is another's. */
static void
test_unlink_another (void)
{
  Place place;
  g_autoptr (GSockLocalFile) file = NULL;
  int fd, other;

  place_open (&place);
  fd = bind_at (&place, SOCK_STREAM);
  file = gsock_local_file_new (&place.address);
  g_assert_cmpint (g_unlink (place.path), ==, 0);
  other = bind_at (&place, SOCK_STREAM);
  gsock_local_file_unlink (file);
  g_assert_true (is_there (&place));
  close (fd);
  close (other);
  place_close (&place);
}

/* A child that goes away leaves the file of its parent alone. */
static void
test_unlink_in_child (void)
{
  Place place;
  g_autoptr (GSockLocalFile) file = NULL;
  int fd, status;
  pid_t child;

  place_open (&place);
  fd = bind_at (&place, SOCK_STREAM);
  file = gsock_local_file_new (&place.address);
  child = fork ();
  if (child == 0)
    {
      gsock_local_file_unlink (file);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (is_there (&place));
  close (fd);
  place_close (&place);
}

static void
test_no_file (void)
{
  GSockAddress address;
  g_autoptr (GError) error = NULL;
  Place place;

  g_assert_true (gsock_address_init_from_filename (&address, "@abstract", &error));
  g_assert_null (gsock_local_file_new (&address));
  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.1", 1, &error));
  g_assert_null (gsock_local_file_new (&address));

  place_open (&place);
  g_assert_null (gsock_local_file_new (&place.address));
  g_assert_true (g_file_set_contents (place.path, "no socket", -1, &error));
  g_assert_null (gsock_local_file_new (&place.address));
  place_close (&place);
}

/* A program that moves still removes the file that it made. */
static void
test_relative (void)
{
  Place place;
  g_autofree char *before = g_get_current_dir ();
  g_autoptr (GSockLocalFile) file = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress relative;
  int fd;

  place_open (&place);
  g_assert_cmpint (g_chdir (place.folder), ==, 0);
  fd = bind_at (&place, SOCK_STREAM);
  g_assert_true (gsock_address_init_from_filename (&relative, "socket", &error));
  file = gsock_local_file_new (&relative);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_nonnull (file);
  gsock_local_file_unlink (file);
  g_assert_false (is_there (&place));
  close (fd);
  place_close (&place);
}

static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };

static void
test_stale (gconstpointer data)
{
  int type = *(const int *) data;
  Place place;

  place_open (&place);
  g_assert_cmpint (gsock_local_file_remove_stale (&place.address, type), ==, 0);
  close (bind_at (&place, type));
  g_assert_true (is_there (&place));
  g_assert_cmpint (gsock_local_file_remove_stale (&place.address, type), ==, 0);
  g_assert_false (is_there (&place));
  place_close (&place);
}

/* Alive: it listens, or takes datagrams; with a full backlog too. */
static void
test_alive (gconstpointer data)
{
  int type = *(const int *) data;
  Place place;
  int fd;

  place_open (&place);
  fd = bind_at (&place, type);
  if (type != SOCK_DGRAM)
    g_assert_cmpint (listen (fd, 0), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (gsock_local_file_remove_stale (&place.address, type), ==, -EADDRINUSE);
      g_assert_true (is_there (&place));
    }
  close (fd);
  place_close (&place);
}

static void
test_not_a_socket (void)
{
  Place place;
  g_autoptr (GError) error = NULL;

  place_open (&place);
  g_assert_true (g_file_set_contents (place.path, "precious", -1, &error));
  g_assert_cmpint (gsock_local_file_remove_stale (&place.address, SOCK_STREAM), ==, -EADDRINUSE);
  g_assert_true (is_there (&place));
  place_close (&place);
}

static void
test_lock (void)
{
  Place place;
  int lock, other;

  place_open (&place);
  lock = gsock_local_file_lock (&place.address, GSOCK_LOCAL_FILE_TRIES);
  g_assert_cmpint (lock, >=, 0);
  g_assert_cmpint (fcntl (lock, F_GETFD) & FD_CLOEXEC, !=, 0);
  other = open (place.folder, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (flock (other, LOCK_EX | LOCK_NB), ==, -1);
  gsock_local_file_unlock (lock);
  g_assert_cmpint (flock (other, LOCK_EX | LOCK_NB), ==, 0);
  close (other);
  place_close (&place);
}

static void
test_lock_nowhere (void)
{
  GSockAddress address;
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_address_init_from_filename (&address, "/no/such/folder/socket", &error));
  g_assert_cmpint (gsock_local_file_lock (&address, GSOCK_LOCAL_FILE_TRIES), ==, -ENOENT);
}

/* Many at once: one has the place in the end, and it is alive. */
static void
test_race (void)
{
  enum { N_PROCESSES = 20 };
  Place place;
  pid_t children[N_PROCESSES];
  guint n_winners = 0;
  int go[2], stop[2];

  place_open (&place);
  close (bind_at (&place, SOCK_STREAM));
  g_assert_cmpint (pipe (go), ==, 0);
  g_assert_cmpint (pipe (stop), ==, 0);
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        {
          g_autoptr (GSockSocket) listener = NULL;
          char byte;

          close (go[1]);
          close (stop[1]);
          (void) !read (go[0], &byte, 1);
          listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-filename", place.path,
                                        "replace-stale", TRUE, "unlink-on-close", FALSE, NULL);
          if (listener != NULL)
            (void) !read (stop[0], &byte, 1);
          _exit (listener != NULL ? 1 : 0);
        }
    }
  close (go[0]);
  close (go[1]);
  /* All but the winner come to their end by themselves. */
  for (guint i = 0; i + 1 < N_PROCESSES; i++)
    {
      int status;

      g_assert_cmpint (waitpid (-1, &status, 0), >, 0);
      n_winners += WEXITSTATUS (status);
    }
  g_assert_cmpuint (n_winners, ==, 0);
  g_assert_cmpint (gsock_local_file_remove_stale (&place.address, SOCK_STREAM), ==, -EADDRINUSE);
  close (stop[0]);
  close (stop[1]);
  {
    int status;

    g_assert_cmpint (waitpid (-1, &status, 0), >, 0);
    g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  }
  place_close (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/local-file/unlink", test_unlink);
  g_test_add_func ("/local-file/unlink-another", test_unlink_another);
  g_test_add_func ("/local-file/unlink-in-child", test_unlink_in_child);
  g_test_add_func ("/local-file/no-file", test_no_file);
  g_test_add_func ("/local-file/relative", test_relative);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      static const char *const names[] = { "stream", "seqpacket", "datagram" };
      g_autofree char *stale = g_strdup_printf ("/local-file/stale/%s", names[i]);
      g_autofree char *alive = g_strdup_printf ("/local-file/alive/%s", names[i]);

      g_test_add_data_func (stale, &types[i], test_stale);
      g_test_add_data_func (alive, &types[i], test_alive);
    }
  g_test_add_func ("/local-file/not-a-socket", test_not_a_socket);
  g_test_add_func ("/local-file/lock", test_lock);
  g_test_add_func ("/local-file/lock-nowhere", test_lock_nowhere);
  g_test_add_func ("/local-file/race", test_race);
  return g_test_run ();
}
