/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors between sockets: what arrives, whose it is, and that nothing is left open. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean
send_fds (GSockSocket *socket, const int *fds, gsize n_fds, GError **error)
{
  return gsock_socket_send_file_descriptors (socket, fds, n_fds, NULL, NULL, error, NULL) == 1;
}

static int *
receive_fds (GSockSocket *socket, gsize maximum, gsize *n_fds, GError **error)
{
  return gsock_socket_receive_file_descriptors (socket, maximum, n_fds, NULL, NULL, error, "timeout", 10.0, NULL);
}

static void
assert_same_file (int one, int other)
{
  struct stat first, second;

  g_assert_cmpint (fstat (one, &first), ==, 0);
  g_assert_cmpint (fstat (other, &second), ==, 0);
  g_assert_cmpuint (first.st_ino, ==, second.st_ino);
}

/* The read end of a pipe, through which something can be seen to come. */
static void
test_one (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  int fds[2], received;
  char byte;

  g_assert_true (test_wire_open (&wire, data));
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  g_assert_true (gsock_socket_send_file_descriptor_direct (wire.near, fds[0], NULL, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, &error));
  g_assert_cmpint (fcntl (fds[0], F_GETFD), >=, 0); /* it is the caller's as before */
  close (fds[0]);

  received = gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (received, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpint (write (fds[1], "x", 1), ==, 1);
  g_assert_cmpint (read (received, &byte, 1), ==, 1);
  close (received);
  close (fds[1]);
  test_wire_close (&wire);
}

static void
test_many (gconstpointer data)
{
  enum { N_FDS = GSOCK_FILE_DESCRIPTORS_MAX };
  g_autoptr (GError) error = NULL;
  g_autofree int *received = NULL;
  int fds[N_FDS];
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, data));
  for (guint i = 0; i < N_FDS; i++)
    fds[i] = i % 2;
  g_assert_true (send_fds (wire.near, fds, N_FDS, &error));
  received = receive_fds (wire.far, N_FDS, &n_fds, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, N_FDS);
  for (guint i = 0; i < N_FDS; i++)
    {
      assert_same_file (received[i], fds[i]);
      close (received[i]);
    }
  test_wire_close (&wire);
}

/* Two messages stay two. */
static void
test_framing (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const int first[] = { 0, 1 }, second[] = { 2 };
  TestWire wire;

  g_assert_true (test_wire_open (&wire, data));
  g_assert_true (send_fds (wire.near, first, 2, &error));
  g_assert_true (send_fds (wire.near, second, 1, &error));
  for (gsize wanted = 2; wanted >= 1; wanted--)
    {
      gsize n_fds;
      g_autofree int *received = receive_fds (wire.far, 16, &n_fds, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (n_fds, ==, wanted);
      for (gsize i = 0; i < n_fds; i++)
        close (received[i]);
    }
  test_wire_close (&wire);
}

static void
test_too_many_for_room (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const int fds[] = { 0, 1, 2, 0 };
  gsize n_fds = 99;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, data));
  for (gsize maximum = 1; maximum < 4; maximum++)
    {
      g_assert_true (send_fds (wire.near, fds, 4, &error));
      g_assert_null (receive_fds (wire.far, maximum, &n_fds, &error));
      g_assert_cmpuint (n_fds, ==, 0);
      test_assert_error (error, GSOCK_ERROR_TRUNCATED);
    }
  test_wire_close (&wire);
}

static void
test_counts (void)
{
  g_autoptr (GError) error = NULL;
  static const int fds[GSOCK_FILE_DESCRIPTORS_MAX + 1];
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_false (send_fds (wire.near, fds, 0, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (send_fds (wire.near, fds, GSOCK_FILE_DESCRIPTORS_MAX + 1, &error));
  test_assert_message (error, "254");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_null (receive_fds (wire.far, 0, &n_fds, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_null (receive_fds (wire.far, GSOCK_FILE_DESCRIPTORS_MAX + 1, &n_fds, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  /* Nothing was sent. */
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, FALSE, 0, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_wire_close (&wire);
}

static void
test_bad_descriptor (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_false (gsock_socket_send_file_descriptor_direct (wire.near, -1, NULL, TRUE, -1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_socket_send_file_descriptor_direct (wire.near, 99999, NULL, TRUE, -1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  test_wire_close (&wire);
}

static void
test_not_local (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_false (gsock_socket_send_file_descriptor_direct (wire.near, 0, NULL, TRUE, -1, NULL, &error));
  test_assert_message (error, "IPv4");
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, -1, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  test_wire_close (&wire);
}

static void
test_byte_alone (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, &error, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_wire_close (&wire);
}

static void
test_end (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_false (gsock_socket_send_file_descriptor_direct (wire.far, 0, NULL, TRUE, 10, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_ENDPOINT_SHUTDOWN);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 10, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  test_wire_close (&wire);
}

static void
test_waits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 0.01, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, FALSE, 10, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  test_wire_close (&wire);
}

/* Credentials and pidfds that come along neither count as descriptors nor crowd them out. */
static void
test_along_with_credentials (void)
{
  g_autoptr (GError) error = NULL;
  const int fds[] = { 0, 1, 2 };
  g_autofree int *received = NULL;
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (gsock_socket_set_option (wire.far, "pass-credentials", g_variant_new_boolean (TRUE), &error));
  g_assert_true (gsock_socket_set_option (wire.far, "timestamp-ns", g_variant_new_boolean (TRUE), &error));
  g_assert_true (send_fds (wire.near, fds, 3, &error));
  received = receive_fds (wire.far, 3, &n_fds, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, 3);
  for (gsize i = 0; i < n_fds; i++)
    close (received[i]);
  test_wire_close (&wire);
}

/* Another process gets an open file, and reads through it what this one wrote. */
static void
test_another_process (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  int fds[2], status;
  pid_t child;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  child = fork ();
  if (child == 0)
    {
      int fd = gsock_socket_receive_file_descriptor_direct (wire.far, TRUE, 10, NULL, NULL);
      char text[6] = "";

      _exit (fd >= 0 && read (fd, text, 5) == 5 && strcmp (text, "hello") == 0 ? 0 : 1);
    }
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  g_assert_true (gsock_socket_send_file_descriptor_direct (wire.near, fds[0], NULL, TRUE, 10, NULL, &error));
  g_assert_cmpint (write (fds[1], "hello", 5), ==, 5);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  close (fds[0]);
  close (fds[1]);
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-receive-descriptor/one/", test_one, test_is_local);
  test_add_for_kinds ("/op-receive-descriptor/many/", test_many, test_is_local);
  test_add_for_kinds ("/op-receive-descriptor/framing/", test_framing, test_is_local);
  test_add_for_kinds ("/op-receive-descriptor/too-many-for-room/", test_too_many_for_room, test_is_local);
  test_add ("/op-receive-descriptor/counts", test_counts);
  test_add ("/op-receive-descriptor/bad-descriptor", test_bad_descriptor);
  test_add ("/op-receive-descriptor/not-local", test_not_local);
  test_add ("/op-receive-descriptor/byte-alone", test_byte_alone);
  test_add ("/op-receive-descriptor/end", test_end);
  test_add ("/op-receive-descriptor/waits", test_waits);
  test_add ("/op-receive-descriptor/along-with-credentials", test_along_with_credentials);
  test_add ("/op-receive-descriptor/another-process", test_another_process);
  return g_test_run ();
}
