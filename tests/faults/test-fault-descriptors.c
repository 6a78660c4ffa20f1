/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors on their way: more than fit (10, 11), more than may be open (12) or in flight (13), more
 * than a message carries (14), a byte along with them (15), peeking (16), pidfds (17) and sockets that
 * linger (19). */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
send_many (GSockSocket *socket, gsize n_fds)
{
  g_autoptr (GError) error = NULL;
  g_autofree int *fds = g_new (int, n_fds);

  for (gsize i = 0; i < n_fds; i++)
    fds[i] = STDIN_FILENO;
  gsock_socket_send_file_descriptors (socket, fds, n_fds, NULL, NULL, &error, NULL);
  g_assert_no_error (error);
}

static int *
receive_many (GSockSocket *socket, gsize maximum, gsize *n_fds, GError **error)
{
  return gsock_socket_receive_file_descriptors (socket, maximum, n_fds, NULL, NULL, error, "timeout", 60.0, NULL);
}

static gboolean
is_standard_input (int fd)
{
  struct stat one, other;

  return fstat (fd, &one) == 0 && fstat (STDIN_FILENO, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* So many were sent, and there was room for so many. */
static const struct
{
  gsize sent, room;
} excesses[] = { { 2, 1 }, { 3, 1 }, { 4, 2 }, { 5, 4 }, { 200, 1 }, { 253, 1 }, { 253, 100 }, { 253, 252 } };

/* All are closed, that is told, and the next message is whole. */
static void
test_more_than_fit (gconstpointer kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (excesses); i++)
    {
      g_autoptr (GError) error = NULL;
      TestWire wire;
      guint before;
      gsize n_fds = 7;
      int fd;

      g_assert_true (test_wire_open (&wire, kind));
      before = test_count_descriptors ();
      send_many (wire.far, excesses[i].sent);
      send_many (wire.far, 1);
      g_assert_null (receive_many (wire.near, excesses[i].room, &n_fds, &error));
      test_assert_error (error, GSOCK_ERROR_TRUNCATED);
      g_assert_cmpuint (n_fds, ==, 0);
      g_assert_cmpuint (test_count_descriptors (), ==, before);
      fd = gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (is_standard_input (fd));
      g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
      close (fd);
      test_wire_close (&wire);
    }
}

static void
test_as_many_as_fit (gconstpointer kind)
{
  static const gsize counts[] = { 1, 2, 3, 10, 253 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree int *fds = NULL;
      TestWire wire;
      gsize n_fds;

      g_assert_true (test_wire_open (&wire, kind));
      send_many (wire.far, counts[i]);
      fds = receive_many (wire.near, counts[i], &n_fds, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n_fds, ==, counts[i]);
      for (gsize j = 0; j < n_fds; j++)
        {
          g_assert_true (is_standard_input (fds[j]));
          g_assert_cmpint (fcntl (fds[j], F_GETFD), ==, FD_CLOEXEC);
          close (fds[j]);
        }
      test_wire_close (&wire);
    }
}

/* CMSG_SPACE of one descriptor has padding on a 64-bit system, into which the kernel puts a second one
 * and says nothing of it. */
static void
test_padding (void)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  char byte;
  struct iovec vector = { &byte, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_many (wire.far, 2);
  g_assert_cmpint (recvmsg (test_peek_fd (wire.near), &message, MSG_CMSG_CLOEXEC), ==, 1);
  gsock_control_collect_descriptors (&message, fds);
  if (CMSG_SPACE (sizeof (int)) >= CMSG_LEN (2 * sizeof (int)))
    {
      g_assert_cmpint (message.msg_flags & MSG_CTRUNC, ==, 0);
      g_assert_cmpuint (fds->len, ==, 2);
    }
  gsock_control_close_descriptors ((const int *) (gpointer) fds->data, fds->len);
  test_wire_close (&wire);
}

/* As much as is left: some of them, or none. */
static void
receive_without_descriptors (gpointer data)
{
  guint left = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  struct rlimit limit;
  TestWire wire;
  guint before;
  gsize n_fds;
  int next;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  send_many (wire.far, 4);
  send_many (wire.far, 1);
  before = test_count_descriptors ();
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  next = dup (STDIN_FILENO);
  close (next);
  limit.rlim_cur = next + left;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_null (receive_many (wire.near, 4, &n_fds, &error));
  test_assert_error (error, GSOCK_ERROR_TRUNCATED);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error), >=, 0);
  g_assert_no_error (error);
}

static void
test_no_descriptor (gconstpointer left)
{
  test_in_child (receive_without_descriptors, (gpointer) left, NULL);
}

/* The kernel counts what a user has in flight, unless that one may do all. */
#define NOBODY 65534

static void
send_too_many (gpointer data)
{
  struct rlimit limit = { 64, 64 };
  g_autoptr (GError) error = NULL;
  TestWire wire;
  gboolean sent;
  int fd;

  if (setrlimit (RLIMIT_NOFILE, &limit) != 0 || (geteuid () == 0 && (setgid (NOBODY) != 0 || setuid (NOBODY) != 0)))
    test_child_cannot ();
  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  for (guint i = 0; i < 1000; i++)
    {
      sent = gsock_socket_send_file_descriptor_direct (wire.far, STDIN_FILENO, NULL, FALSE, 0, NULL, &error);
      if (!sent)
        break;
    }
  if (sent)
    test_child_cannot ();
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_REFERENCES);
  /* Once one has arrived there is room for another. */
  for (guint i = 0; i < 32; i++)
    {
      fd = gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error);
      g_assert_no_error (error);
      close (fd);
    }
  g_assert_true (gsock_socket_send_file_descriptor_direct (wire.far, STDIN_FILENO, NULL, FALSE, 0, NULL, &error));
  g_assert_no_error (error);
}

static void
test_in_flight (void)
{
  test_in_child (send_too_many, NULL, "this process has no limit of descriptors in flight");
}

static void
test_count (void)
{
  static const gsize counts[] = { 0, 254, 1000, G_MAXSIZE };
  g_autofree int *fds = g_new0 (int, 1000);
  g_autoptr (GError) error = NULL;
  TestWire wire;
  gsize n_fds;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_cmpint (gsock_socket_send_file_descriptors (wire.near, fds, counts[i], NULL, NULL, &error, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
      g_assert_null (receive_many (wire.near, counts[i], &n_fds, &error));
      test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
    }
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  test_wire_close (&wire);
}

/* Without a byte a stream would lose them, and the receiver could not tell them from its end. */
static void
test_byte (gconstpointer kind)
{
  GSockReceived received;
  char bytes[8];
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  send_many (wire.far, 1);
  send_many (wire.far, 1);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, &received, NULL, NULL, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, 1, &received, NULL, NULL, NULL), ==, 1);
  test_wire_close (&wire);
}

/* Whoever peeks is given duplicates of the descriptors, if he leaves room for them. */
static void
test_peek (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  guint before;
  char bytes[8];
  int fd;

  g_assert_true (test_wire_open (&wire, kind));
  before = test_count_descriptors ();
  send_many (wire.far, 1);
  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, "peek", TRUE, NULL), ==, 1);
      g_assert_no_error (error);
      g_assert_cmpuint (test_count_descriptors (), ==, before);
    }
  fd = gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (is_standard_input (fd));
  close (fd);
  test_wire_close (&wire);
}

static gboolean
want_pidfds (GSockSocket *socket)
{
  if (setsockopt (test_peek_fd (socket), SOL_SOCKET, SO_PASSPIDFD, &(int){ 1 }, sizeof (int)) == 0)
    return TRUE;
  g_test_skip ("this kernel gives no pidfds");
  return FALSE;
}

/* A pidfd is a descriptor that came with the message, and none of those that were sent. */
static void
test_pidfd (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  guint before;
  int fd;

  g_assert_true (test_wire_open (&wire, kind));
  if (want_pidfds (wire.near))
    {
      before = test_count_descriptors ();
      send_many (wire.far, 1);
      fd = gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (is_standard_input (fd));
      close (fd);
      g_assert_cmpuint (test_count_descriptors (), ==, before);

      g_assert_cmpint (gsock_socket_send_to (wire.far, "x", 1, NULL, NULL, NULL), ==, 1);
      g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error), ==, -1);
      test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
      g_assert_cmpuint (test_count_descriptors (), ==, before);

      send_many (wire.far, 3);
      g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, 60, NULL, &error), ==, -1);
      test_assert_error (error, GSOCK_ERROR_TRUNCATED);
      g_assert_cmpuint (test_count_descriptors (), ==, before);

      g_assert_cmpint (gsock_socket_send_to (wire.far, "x", 1, NULL, NULL, NULL), ==, 1);
      g_assert_cmpint (gsock_socket_receive_from (wire.near, &(char){ 0 }, 1, NULL, NULL, NULL, NULL), ==, 1);
      g_assert_cmpuint (test_count_descriptors (), ==, before);
    }
  test_wire_close (&wire);
}

/* A TCP socket with more to deliver than its peer takes, that waits for that at its last close. */
#define LINGER_SECONDS 40

typedef struct
{
  TestWire wire; /* near lingers */
} Lingerer;

static void
open_lingerer (Lingerer *self)
{
  struct linger linger = { 1, LINGER_SECONDS };

  g_assert_true (test_wire_open (&self->wire, test_kind_find ("tcp-ipv4")));
  while (test_fill (self->wire.near) > 0)
    g_usleep (2000);
  g_assert_cmpint (setsockopt (test_peek_fd (self->wire.near), SOL_SOCKET, SO_LINGER, &linger, sizeof linger), ==, 0);
}

/* Sends it away as the last of several, so that what is received is the last descriptor of it. */
static void
send_away (Lingerer *self, GSockSocket *socket, gsize n_fds)
{
  g_autofree int *fds = g_new (int, n_fds);

  for (gsize i = 0; i < n_fds; i++)
    fds[i] = i + 1 < n_fds ? STDIN_FILENO : test_peek_fd (self->wire.near);
  g_assert_cmpint (gsock_socket_send_file_descriptors (socket, fds, n_fds, NULL, NULL, NULL, NULL), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&self->wire.near));
}

static void
wait_for_count (guint wanted)
{
  while (test_count_descriptors () != wanted)
    g_usleep (1000);
}

/* Not taken, for it was too many: whoever closes waits, but that is not the one who called, and not
 * in the kernel either, which closes what there was no room for. */
static void
test_linger (gconstpointer kind)
{
  static const gsize counts[] = { 2, 10, 253 };
  guint before = test_count_descriptors ();

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;
      Lingerer lingerer;
      TestWire wire;

      g_assert_true (test_wire_open (&wire, kind));
      open_lingerer (&lingerer);
      send_away (&lingerer, wire.far, counts[i]);
      g_assert_cmpint (gsock_socket_receive_file_descriptor_direct (wire.near, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error), ==, -1);
      test_assert_error (error, GSOCK_ERROR_TRUNCATED);
      g_assert_cmpint (g_get_monotonic_time () - start, <, LINGER_SECONDS * G_USEC_PER_SEC / 2);
      /* That ends the lingering. */
      test_wire_close (&lingerer.wire);
      test_wire_close (&wire);
      wait_for_count (before);
    }
}

/* Sent to somebody who expects bytes, and only bytes. */
static void
test_linger_uninvited (gconstpointer kind)
{
  guint before = test_count_descriptors ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  Lingerer lingerer;
  TestWire wire;
  char bytes[8];

  g_assert_true (test_wire_open (&wire, kind));
  open_lingerer (&lingerer);
  send_away (&lingerer, wire.far, 1);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, bytes, sizeof bytes, NULL, NULL, &error, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - start, <, LINGER_SECONDS * G_USEC_PER_SEC / 2);
  test_wire_close (&lingerer.wire);
  test_wire_close (&wire);
  wait_for_count (before);
}

static gboolean
is_local_conversation (const TestKind *kind)
{
  return kind->family == AF_UNIX && kind->type != SOCK_DGRAM;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/fault/10/more-than-fit", test_more_than_fit, test_is_local);
  test_add_for_kinds ("/fault/10/as-many-as-fit", test_as_many_as_fit, test_is_local);
  test_add ("/fault/11/padding", test_padding);
  for (guint left = 0; left < 4; left++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/12/left/%u", left);

      test_add_with (path, GUINT_TO_POINTER (left), test_no_descriptor);
    }
  test_add ("/fault/13/in-flight", test_in_flight);
  test_add ("/fault/14/count", test_count);
  test_add_for_kinds ("/fault/15/byte", test_byte, test_is_local);
  test_add_for_kinds ("/fault/16/peek", test_peek, test_is_local);
  test_add_for_kinds ("/fault/17/pidfd", test_pidfd, is_local_conversation);
  test_add_for_kinds ("/fault/19/linger", test_linger, test_is_local);
  test_add_for_kinds ("/fault/19/linger-uninvited", test_linger_uninvited, test_is_local);
  return g_test_run ();
}
