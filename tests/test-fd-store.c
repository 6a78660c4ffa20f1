/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service manager is told and given to keep; the manager is a socket of the test's. */

#include <gsock/gsock.h>

#include "testmanager.h"
#include "testlib.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
store (const int *fds, gsize n_fds, const char *name, gboolean poll, GError **error)
{
  return gsock_store_file_descriptors (fds, n_fds, name, poll, TRUE, 5, NULL, error);
}

static gboolean
notify (const char *state, GError **error)
{
  return gsock_notify_service_manager (state, TRUE, 5, NULL, error);
}

static void
check_stored (TestManager *manager, const char *wanted, const int *fds, guint n_fds)
{
  int received[8];
  guint n_received;
  g_autofree char *text = test_manager_receive (manager, received, G_N_ELEMENTS (received), &n_received);

  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpuint (n_received, ==, n_fds);
  for (guint i = 0; i < n_fds; i++)
    {
      struct stat one, other;

      g_assert_cmpint (fstat (fds[i], &one), ==, 0);
      g_assert_cmpint (fstat (received[i], &other), ==, 0);
      g_assert_cmpuint (one.st_ino, ==, other.st_ino);
      close (received[i]);
    }
}

/* At a path, or an abstract name. */
static void
test_store (gconstpointer abstract)
{
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();
  TestManager manager;
  int fds[2];

  test_manager_open (&manager, abstract != NULL);
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);

  g_assert_true (store (fds, 2, "both ends", TRUE, &error));
  check_stored (&manager, "FDSTORE=1\nFDNAME=both ends", fds, 2);
  g_assert_true (store (fds + 1, 1, NULL, FALSE, &error));
  check_stored (&manager, "FDSTORE=1\nFDPOLL=0", fds + 1, 1);
  g_assert_true (gsock_remove_stored_file_descriptors ("both ends", TRUE, 5, NULL, &error));
  check_stored (&manager, "FDSTOREREMOVE=1\nFDNAME=both ends", NULL, 0);
  g_assert_true (notify ("READY=1\nSTATUS=fine", &error));
  check_stored (&manager, "READY=1\nSTATUS=fine", NULL, 0);
  g_assert_no_error (error);
  g_assert_nonnull (g_getenv ("NOTIFY_SOCKET"));

  close (fds[0]);
  close (fds[1]);
  test_manager_close (&manager);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

typedef struct
{
  int fds[2];
  const char *name;
  gsize n_fds;
  int code;
} Refused;

/* Nothing of it is sent. */
static const Refused refused[] = {
  { { 1 }, "", 1, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1 }, "a:b", 1, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1 }, "x\nREADY=1", 1, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1 }, "\303\274", 1, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1, -1 }, "name", 2, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1, 999 }, "name", 2, GSOCK_ERROR_INVALID_ARGUMENT },
  { { 1 }, "name", 0, GSOCK_ERROR_OUT_OF_RANGE },
  { { 1 }, "name", GSOCK_FILE_DESCRIPTORS_MAX + 1, GSOCK_ERROR_OUT_OF_RANGE },
};

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *overlong = g_strnfill (256, 'n');
  guint before = test_count_descriptors ();
  TestManager manager;

  test_manager_open (&manager, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (store (refused[i].fds, refused[i].n_fds, refused[i].name, TRUE, &error));
      test_assert_error (error, refused[i].code);
    }
  g_assert_false (store ((int[]){ 1 }, 1, overlong, TRUE, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_remove_stored_file_descriptors (NULL, TRUE, 5, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (notify (NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (notify ("ready", &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (recv (manager.fd, &(char){ 0 }, 1, MSG_DONTWAIT), <, 0);
  test_manager_close (&manager);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

/* More than fit, and the most that do. */
static void
test_most (void)
{
  g_autoptr (GError) error = NULL;
  int fds[GSOCK_FILE_DESCRIPTORS_MAX], received[GSOCK_FILE_DESCRIPTORS_MAX];
  guint before = test_count_descriptors ();
  g_autofree char *text = NULL;
  TestManager manager;
  guint n_fds;

  test_manager_open (&manager, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = manager.fd;
  g_assert_true (store (fds, G_N_ELEMENTS (fds), "many", TRUE, &error));
  g_assert_no_error (error);
  text = test_manager_receive (&manager, received, G_N_ELEMENTS (received), &n_fds);
  g_assert_cmpuint (n_fds, ==, G_N_ELEMENTS (fds));
  for (guint i = 0; i < n_fds; i++)
    close (received[i]);
  test_manager_close (&manager);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

static void
fill (TestManager *manager)
{
  g_autoptr (GError) error = NULL;

  while (gsock_notify_service_manager ("STATUS=and again", FALSE, 0, NULL, &error))
    ;
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
}

/* A manager that is busy. */
static void
test_busy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestManager manager;

  test_manager_open (&manager, FALSE);
  fill (&manager);
  g_assert_false (gsock_notify_service_manager ("READY=1", TRUE, 0.05, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_cancellable_cancel (cancellable);
  g_assert_false (gsock_notify_service_manager ("READY=1", TRUE, -1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_manager_close (&manager);
}

static void
close_barrier (gpointer data)
{
  TestManager *manager = data;
  int fds[1];
  guint n_fds;
  g_autofree char *text = NULL;

  g_assert_cmpint (recv (manager->fd, &(char){ 0 }, 1, MSG_PEEK), ==, 1);
  text = test_manager_receive (manager, fds, 1, &n_fds);
  g_assert_cmpstr (text, ==, "BARRIER=1");
  g_assert_cmpuint (n_fds, ==, 1);
  close (fds[0]);
}

static gpointer
run_manager (gpointer data)
{
  close_barrier (data);
  return NULL;
}

static void
test_barrier (void)
{
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();
  TestManager manager;
  GThread *thread;

  test_manager_open (&manager, FALSE);
  g_assert_false (gsock_wait_for_service_manager (0.05, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  close_barrier (&manager);

  thread = g_thread_new ("manager", run_manager, &manager);
  g_assert_true (gsock_wait_for_service_manager (-1, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  test_manager_close (&manager);
  g_assert_cmpuint (test_count_descriptors (), <=, before + 1); /* by which this thread is woken */
}

int
main (int argc, char **argv)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/fd-store/store/path", NULL, test_store);
  g_test_add_data_func ("/fd-store/store/abstract", "abstract", test_store);
  g_test_add_func ("/fd-store/refused", test_refused);
  g_test_add_func ("/fd-store/most", test_most);
  g_test_add_func ("/fd-store/busy", test_busy);
  g_test_add_func ("/fd-store/barrier", test_barrier);
  return g_test_run ();
}
