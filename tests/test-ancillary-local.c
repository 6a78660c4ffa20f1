/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What local sockets pass beside bytes: credentials, processes and descriptors. */

#include "testmessage.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
assert_refused (GSockSocket *socket, GSockMessage *message, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, -1);
  test_assert_message (error, text);
  test_assert_error (error, code);
}

/* @n_fds duplicates of standard input go along. */
static void
send_with_descriptors (GSockSocket *socket, const char *text, guint n_fds)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;

  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  for (guint i = 0; i < n_fds; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  g_assert_cmpint (gsock_socket_send_message (socket, message, NULL, &error, NULL), ==, strlen (text));
  g_assert_no_error (error);
}

static void
test_credentials (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) unsaid = NULL;
  g_autoptr (GSockMessage) said = NULL;
  g_autoptr (GError) error = NULL;
  int pid = 0;
  guint uid = 0, gid = 0;

  g_assert_true (test_wire_open (&wire, data));
  test_message_ask_for (wire.far, "pass-credentials");
  test_message_send (wire.near, message);
  unsaid = test_message_receive (wire.far, 65536, 0);
  g_assert_true (gsock_message_get_credentials (unsaid, &pid, &uid, &gid));
  g_assert_cmpint (pid, ==, getpid ());

  g_assert_true (gsock_message_set_credentials (message, getpid (), getuid (), getgid (), &error));
  g_assert_no_error (error);
  test_message_send (wire.near, message);
  said = test_message_receive (wire.far, 65536, 0);
  g_assert_true (gsock_message_get_credentials (said, &pid, &uid, &gid));
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpuint (uid, ==, getuid ());
  g_assert_cmpuint (gid, ==, getgid ());
  test_wire_close (&wire);
}

static void
claim_to_be_init (gpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;

  if (getuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    test_child_cannot ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  g_assert_true (gsock_message_set_credentials (message, 1, 0, 0, NULL));
  g_assert_cmpint (gsock_socket_send_message (wire.near, message, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  test_wire_close (&wire);
}

static void
test_credentials_of_others (void)
{
  test_in_child (claim_to_be_init, NULL, "this process cannot become a plain user");
}

static void
test_pidfd (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GSockMessage) left = NULL;
  g_autoptr (GError) error = NULL;
  int pidfd;

  g_assert_true (test_wire_open (&wire, data));
  if (!gsock_socket_set_option (wire.far, "pass-pidfd", g_variant_new_boolean (TRUE), &error))
    {
      g_test_skip ("this kernel does not pass pidfds");
      test_wire_close (&wire);
      return;
    }
  test_message_send (wire.near, message);
  test_message_send (wire.near, message);
  received = gsock_socket_receive_message (wire.far, 1, NULL, &error, NULL);
  g_assert_no_error (error);
  pidfd = gsock_message_take_pidfd (received);
  g_assert_cmpint (pidfd, >=, 0);
  g_assert_cmpint (gsock_message_take_pidfd (received), ==, -1);
  g_assert_cmpint (fcntl (pidfd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint ((int) syscall (SYS_pidfd_send_signal, pidfd, 0, NULL, 0), ==, 0);
  g_assert_cmpuint (gsock_message_get_n_controls (received), ==, 0);
  close (pidfd);
  /* Of the second message nobody takes it: test_add counts what is open in the end. */
  left = test_message_receive (wire.far, 65536, 0);
  test_wire_close (&wire);
}

static void
test_descriptors (gconstpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds = 0;
  int ends[2];

  g_assert_true (test_wire_open (&wire, data));
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_assert_true (gsock_message_add_file_descriptor (message, ends[0], NULL));
  g_assert_true (gsock_message_add_file_descriptor (message, ends[1], NULL));
  close (ends[0]);
  close (ends[1]);
  test_message_send (wire.near, message);
  received = test_message_receive (wire.far, 65536, 0);
  test_message_assert_text (received, "x");
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (received), ==, 2);
  fds = gsock_message_take_file_descriptors (received, &n_fds);
  g_assert_cmpuint (n_fds, ==, 2);
  g_assert_cmpint (fcntl (fds[0], F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (fds[1], F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (write (fds[1], "y", 1), ==, 1);
  g_assert_cmpint (read (fds[0], ends, 1), ==, 1);
  close (fds[0]);
  close (fds[1]);
  test_wire_close (&wire);
}

/* As many as a message carries, and all else that comes with one. */
static void
test_most_descriptors (void)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GSockMessage) received = NULL;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-datagram")));
  test_message_ask_for (wire.far, "pass-credentials");
  test_message_ask_for (wire.far, "timestamp-ns");
  for (guint i = 0; i < GSOCK_FILE_DESCRIPTORS_MAX; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  test_message_send (wire.near, message);
  received = test_message_receive (wire.far, 65536, 0);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (received), ==, GSOCK_FILE_DESCRIPTORS_MAX);
  g_assert_false (gsock_message_is_control_truncated (received));
  g_assert_true (gsock_message_get_credentials (received, NULL, NULL, NULL));
  test_wire_close (&wire);
}

/* Fault 15. */
static void
test_nothing_but_descriptors (void)
{
  TestWire stream, datagram;
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GSockMessage) received = NULL;
  g_autoptr (GSockMessage) owned = gsock_message_new ();

  g_assert_true (test_wire_open (&stream, test_kind_find ("local-stream")));
  g_assert_true (test_wire_open (&datagram, test_kind_find ("local-datagram")));
  g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  assert_refused (stream.near, message, GSOCK_ERROR_INVALID_ARGUMENT, "a byte");
  g_assert_true (gsock_message_set_credentials (owned, getpid (), getuid (), getgid (), NULL));
  assert_refused (stream.near, owned, GSOCK_ERROR_INVALID_ARGUMENT, "a byte");
  test_message_send (datagram.near, message);
  received = gsock_socket_receive_message (datagram.far, 10, NULL, NULL, NULL);
  g_assert_cmpuint (gsock_message_get_length (received), ==, 0);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (received), ==, 1);
  test_wire_close (&stream);
  test_wire_close (&datagram);
}

/* Fault 13: those that are on their way count against what a plain user may have open. */
static void
send_too_many (gpointer data)
{
  TestWire wire;
  g_autoptr (GSockMessage) message = test_message_new ("x");
  g_autoptr (GError) error = NULL;
  struct rlimit limit = { 60, 60 };
  guint count = 0;

  if (getuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    test_child_cannot ();
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  for (guint i = 0; i < 10; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  while (gsock_socket_send_message (wire.near, message, NULL, &error, NULL) == 1)
    g_assert_cmpuint (++count, <, 100);
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_REFERENCES);
  (void) test_drain (wire.far);
  test_message_send (wire.near, message); /* a plain receive has dropped them, and it goes on */
  test_wire_close (&wire);
}

static void
test_too_many_on_their_way (void)
{
  test_in_child (send_too_many, NULL, "this process cannot become a plain user");
}

/* Fault 16: each peek installs duplicates, which go with the message. */
static void
test_peek_with_descriptors (gconstpointer data)
{
  TestWire wire;
  guint before;

  g_assert_true (test_wire_open (&wire, data));
  send_with_descriptors (wire.near, "x", 3);
  before = test_count_descriptors ();
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GSockMessage) message = test_message_receive (wire.far, 10, GSOCK_MESSAGE_FLAGS_PEEK);
      char byte;

      g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 3);
      g_assert_cmpint (gsock_socket_receive_from (wire.far, &byte, 1, NULL, NULL, NULL, "peek", TRUE, NULL), ==, 1);
    }
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  g_clear_pointer (&(GSockMessage *){ test_message_receive (wire.far, 10, 0) }, gsock_message_unref);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  test_wire_close (&wire);
}

/* Fault 17: what comes unasked, of whatever kind, is closed when nobody takes it. */
static void
test_pidfd_is_not_leaked (gconstpointer data)
{
  TestWire wire;
  guint before;

  g_assert_true (test_wire_open (&wire, data));
  if (!gsock_socket_set_option (wire.far, "pass-pidfd", g_variant_new_boolean (TRUE), NULL))
    g_test_skip ("this kernel does not pass pidfds");
  before = test_count_descriptors ();
  for (guint i = 0; i < 3; i++)
    {
      send_with_descriptors (wire.near, "x", 1);
      g_clear_pointer (&(GSockMessage *){ test_message_receive (wire.far, 1, 0) }, gsock_message_unref);
      g_assert_cmpuint (test_count_descriptors (), ==, before);
    }
  test_wire_close (&wire);
}

static int
first_free_number (void)
{
  int fd = dup (0);

  close (fd);
  return fd;
}

/* Faults 10 and 12: no number for all of them, and so for none. */
static void
receive_without_numbers (gpointer data)
{
  TestWire wire;
  struct rlimit limit = { 0, 1000 };
  g_autoptr (GSockMessage) message = NULL;
  guint before;
  gsize n_fds = 1;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_with_descriptors (wire.near, "x", 4);
  before = test_count_descriptors ();
  limit.rlim_cur = (rlim_t) first_free_number () + 2; /* for two of the four */
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  message = test_message_receive (wire.far, 10, 0);
  limit.rlim_cur = 1000;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  test_message_assert_text (message, "x");
  g_assert_true (gsock_message_is_control_truncated (message));
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 0);
  g_assert_null (gsock_message_take_file_descriptors (message, &n_fds));
  g_assert_cmpuint (n_fds, ==, 0);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  test_wire_close (&wire);
}

static void
test_control_truncated (void)
{
  test_in_child (receive_without_numbers, NULL, "");
}

/* A pidfd of a process of which the kernel could make none is an error in its place. */
static void
test_pidfd_that_is_none (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  int failure = -ESRCH;
  union
  {
    struct cmsghdr header;
    guint8 bytes[CMSG_SPACE (sizeof (int))];
  } control = { .header = { .cmsg_len = CMSG_LEN (sizeof (int)), .cmsg_level = SOL_SOCKET, .cmsg_type = GSOCK_SYS_SCM_PIDFD } };
  struct msghdr header = { .msg_control = &control, .msg_controllen = sizeof control };

  memcpy (CMSG_DATA (&control.header), &failure, sizeof failure);
  gsock_ancillary_decode (message, &header);
  g_assert_cmpint (gsock_message_take_pidfd (message), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/ancillary-local/credentials", test_credentials, test_is_local);
  test_add ("/ancillary-local/credentials/of-others", test_credentials_of_others);
  test_add_for_kinds ("/ancillary-local/pidfd", test_pidfd, test_is_local);
  test_add_for_kinds ("/ancillary-local/pidfd/not-leaked", test_pidfd_is_not_leaked, test_is_local);
  test_add ("/ancillary-local/pidfd/that-is-none", test_pidfd_that_is_none);
  test_add_for_kinds ("/ancillary-local/descriptors", test_descriptors, test_is_local);
  test_add ("/ancillary-local/descriptors/most", test_most_descriptors);
  test_add ("/ancillary-local/descriptors/nothing-else", test_nothing_but_descriptors);
  test_add ("/ancillary-local/descriptors/too-many-on-their-way", test_too_many_on_their_way);
  test_add_for_kinds ("/ancillary-local/descriptors/peek", test_peek_with_descriptors, test_is_local);
  test_add ("/ancillary-local/descriptors/no-number-left", test_control_truncated);
  return g_test_run ();
}
