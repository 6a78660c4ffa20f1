/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control messages: every descriptor in them is found, and closing one that nobody wants never waits. */

#include <gsock/gsock-control-message-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include "testlib.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  struct msghdr message;
  union
  {
    struct cmsghdr align;
    guint8 bytes[512];
  } room;
} Control;

static void
begin (Control *self)
{
  memset (self, 0, sizeof *self);
  self->message.msg_control = self->room.bytes;
}

static void
add (Control *self, int level, int type, const int *values, gsize n_values)
{
  struct cmsghdr *control = (struct cmsghdr *) (gpointer) (self->room.bytes + self->message.msg_controllen);

  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN (n_values * sizeof (int));
  memcpy (CMSG_DATA (control), values, n_values * sizeof (int));
  self->message.msg_controllen += CMSG_SPACE (n_values * sizeof (int));
}

static void
assert_found (Control *self, const int *wanted, guint n_wanted)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  gsock_control_collect_descriptors (&self->message, fds);
  g_assert_cmpuint (fds->len, ==, n_wanted);
  for (guint i = 0; i < n_wanted; i++)
    g_assert_cmpint (g_array_index (fds, int, i), ==, wanted[i]);
}

static void
test_none (void)
{
  Control control;

  begin (&control);
  control.message.msg_control = NULL;
  assert_found (&control, NULL, 0);
}

/* Between others, in two messages, and more than one in each. */
static void
test_every_one (void)
{
  const int first[] = { 3, 4 }, credentials[] = { 1, 2, 3 }, second[] = { 5, 6, 7 };
  const int wanted[] = { 3, 4, 5, 6, 7 };
  Control control;

  begin (&control);
  add (&control, SOL_SOCKET, SCM_RIGHTS, first, 2);
  add (&control, SOL_SOCKET, SCM_CREDENTIALS, credentials, 3);
  add (&control, SOL_SOCKET, SCM_RIGHTS, second, 3);
  assert_found (&control, wanted, 5);
}

/* It came by itself, and so goes by itself. */
static void
test_pidfd (void)
{
  const int pidfd[] = { open ("/dev/null", O_RDONLY | O_CLOEXEC) }, gone[] = { -1 };
  Control control;

  begin (&control);
  add (&control, SOL_SOCKET, GSOCK_SYS_SCM_PIDFD, pidfd, 1);
  assert_found (&control, NULL, 0);
  g_assert_cmpint (fcntl (pidfd[0], F_GETFD), ==, -1);

  begin (&control);
  add (&control, SOL_SOCKET, GSOCK_SYS_SCM_PIDFD, gone, 1);
  assert_found (&control, NULL, 0);
}

static void
test_other_levels (void)
{
  const int values[] = { 3 };
  Control control;

  begin (&control);
  add (&control, IPPROTO_IP, SCM_RIGHTS, values, 1);
  assert_found (&control, NULL, 0);
}

static void
test_close (void)
{
  guint before = test_count_descriptors ();
  int fds[] = { open ("/dev/null", O_RDONLY | O_CLOEXEC), open ("/dev/null", O_RDONLY | O_CLOEXEC) };

  g_assert_cmpuint (test_count_descriptors (), ==, before + 2);
  gsock_control_close_descriptors (fds, 2);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

/* The last copy of a connection that lingers, with bytes that nobody reads: close would wait for an
 * hour. That the number is free in the end is seen, and that the caller came back before by its being
 * here. */
static void
test_close_lingering (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "receive-buffer", 2304, NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "remote-address", NULL, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) server = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  static const guint8 bytes[65536];
  struct linger linger = { 1, 3600 };
  int copy;

  g_assert_no_error (error);
  copy = fcntl (gsock_socket_get_file_descriptor (client, NULL), F_DUPFD_CLOEXEC, 3);
  g_assert_cmpint (setsockopt (copy, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), ==, 0);
  while (gsock_socket_send_to_direct (client, bytes, sizeof bytes, NULL, 0, FALSE, 0, NULL, NULL) > 0)
    ;
  g_assert_true (gsock_socket_close (client, FALSE, &error));

  gsock_control_close_descriptor (copy);
  /* A reset lets go of whoever lingers. */
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (server), TRUE, &error));
  for (guint i = 0; i < 10000 && fcntl (copy, F_GETFD) != -1; i++)
    g_usleep (1000);
  g_assert_cmpint (fcntl (copy, F_GETFD), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control-message/none", test_none);
  g_test_add_func ("/control-message/every-one", test_every_one);
  g_test_add_func ("/control-message/pidfd", test_pidfd);
  g_test_add_func ("/control-message/other-levels", test_other_levels);
  g_test_add_func ("/control-message/close", test_close);
  g_test_add_func ("/control-message/close-lingering", test_close_lingering);
  return g_test_run ();
}
