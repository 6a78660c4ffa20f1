/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor's life: users, close under them, forks, and what a call may do inside the kernel. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) >= 0;
}

static void
test_refusals (void)
{
  GSockHandle handle = { 0 };

  gsock_handle_init (&handle);
  g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, -GSOCK_E_NOT_INITIALIZED);
  g_assert_false (gsock_handle_is_closed (&handle));
  g_assert_true (gsock_handle_close (&handle));
  g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, -GSOCK_E_CLOSED);
  g_assert_cmpuint (handle.users, ==, GSOCK_USERS_CLOSED);
  gsock_handle_clear (&handle);
}

static void
adopt_new (GSockHandle *handle)
{
  *handle = (GSockHandle){ 0 };
  gsock_handle_init (handle);
  gsock_handle_adopt (handle, socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

/* The last one out closes, whoever that is; and only one close is the first. */
static void
test_last_user (void)
{
  GSockHandle handle;
  int fd;

  adopt_new (&handle);
  fd = gsock_handle_enter (&handle, 1);
  g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, fd);
  g_assert_true (gsock_handle_close (&handle));
  g_assert_false (gsock_handle_close (&handle));
  g_assert_true (is_open (fd));
  gsock_handle_leave (&handle, 1);
  g_assert_true (is_open (fd));
  g_assert_cmpint (gsock_handle_enter (&handle, 1), ==, -GSOCK_E_CLOSED);
  g_assert_true (is_open (fd));
  gsock_handle_leave (&handle, 1);
  g_assert_false (is_open (fd));
  g_assert_cmpint (handle.fd, ==, -1);
  gsock_handle_clear (&handle);
}

static void
test_close_unused (void)
{
  GSockHandle handle;
  int fd;

  adopt_new (&handle);
  fd = handle.fd;
  g_assert_true (gsock_handle_close (&handle));
  g_assert_false (is_open (fd));
  gsock_handle_clear (&handle);

  adopt_new (&handle);
  fd = handle.fd;
  gsock_handle_clear (&handle);
  g_assert_false (is_open (fd));
}

/* Threads that come and go while one closes: whoever is let in has an open socket of the right kind. */
typedef struct
{
  GSockHandle handle;
  int refused;
} Shared;

static void
come_and_go (gpointer data)
{
  Shared *shared = data;
  int fd;

  while ((fd = gsock_handle_enter (&shared->handle, 1)) >= 0)
    {
      g_assert_true (is_open (fd));
      gsock_handle_leave (&shared->handle, 1);
    }
  g_assert_cmpint (fd, ==, -GSOCK_E_CLOSED);
  g_atomic_int_inc (&shared->refused);
}

static void
test_coming_and_going (void)
{
  for (guint round = 0; round < 50; round++)
    {
      TestThread threads[4];
      Shared shared = { .refused = 0 };
      int fd;

      adopt_new (&shared.handle);
      fd = shared.handle.fd;
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        test_thread_start (&threads[i], come_and_go, &shared);
      g_usleep (200);
      gsock_handle_close (&shared.handle);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        test_thread_join (&threads[i]);
      g_assert_cmpint (shared.refused, ==, G_N_ELEMENTS (threads));
      g_assert_false (is_open (fd));
      g_assert_cmpuint (shared.handle.users, ==, GSOCK_USERS_CLOSED);
      gsock_handle_clear (&shared.handle);
    }
}

/* Only where shutdown is sure to wake whoever waits there, and hurts nobody else. */
static void
test_kernel_waits (gconstpointer data)
{
  const TestKind *kind = data;
  guint wanted = kind->family == AF_UNIX && kind->type == SOCK_DGRAM ? POLLIN : POLLIN | POLLOUT;
  GSockSocket *adopted;
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  g_assert_cmpuint (gsock_socket_get_handle (wire.near)->kernel_waits, ==, wanted);
  g_assert_cmpuint (gsock_socket_get_handle (wire.far)->kernel_waits, ==, wanted);
  adopted = test_adopt (wire.near);
  g_assert_cmpuint (gsock_socket_get_handle (adopted)->kernel_waits, ==, 0);
  g_assert_finalize_object (adopted);
  g_assert_cmpint (gsock_socket_get_file_descriptor (wire.near, NULL), >=, 0);
  g_assert_cmpuint (gsock_socket_get_handle (wire.near)->kernel_waits, ==, 0);
  test_wire_close (&wire);
}

static void
test_listener_waits (gconstpointer data)
{
  GSockSocket *listener = test_listener_new (data, 1);

  g_assert_cmpuint (gsock_socket_get_handle (listener)->kernel_waits, ==, 0);
  g_assert_finalize_object (listener);
}

static void
test_netlink_waits (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "type",
                                           GSOCK_SOCKET_TYPE_RAW, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (gsock_socket_get_handle (socket)->kernel_waits, ==, 0);
  g_assert_finalize_object (socket);
}

/* A descriptor that is handed out blocks, as whoever takes it expects. */
static void
test_make_blocking (void)
{
  TestWire wire;
  int fd;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  fd = test_peek_fd (wire.near);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  g_assert_true (gsock_handle_make_blocking (gsock_socket_get_handle (wire.near), fd));
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_false (gsock_handle_make_blocking (gsock_socket_get_handle (wire.near), fd));
  g_assert_cmpint (fcntl (test_peek_fd (wire.far), F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_false (gsock_handle_make_blocking (gsock_socket_get_handle (wire.far), test_peek_fd (wire.far)));
  test_wire_close (&wire);
}

/* IPv4 addresses go to an IPv6 socket mapped, and come back as what they are. */
static void
test_mapping (void)
{
  GSockHandle handle = { .family = AF_INET6 };
  GSockAddress address, room, back;
  const GSockAddress *native;

  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.1", 80, NULL));
  native = gsock_handle_import_address (&handle, &address, &room);
  g_assert_true (native == &room);
  g_assert_cmpint (gsock_address_family_number (native), ==, AF_INET6);
  back = *native;
  gsock_handle_export_address (&handle, &back);
  g_assert_true (gsock_address_equal (&back, &address));

  handle.family = AF_INET;
  g_assert_true (gsock_handle_import_address (&handle, &address, &room) == &address);
}

static void
test_names (void)
{
  GSockHandle handle;
  GSockAddress address;

  adopt_new (&handle);
  g_assert_cmpint (gsock_handle_get_local (&handle, handle.fd, &address), ==, 0);
  g_assert_cmpuint (gsock_address_get_port (&address), ==, 0);
  g_assert_cmpint (gsock_handle_get_remote (&handle, handle.fd, &address), ==, -ENOTCONN);
  gsock_handle_clear (&handle);
}

/* Waits inside the kernel for what the other end says. */
typedef struct
{
  TestWire wire;
  char byte;
  gssize got;
  GError *error;
} Listening;

static void
listen_to_it (gpointer data)
{
  Listening *self = data;

  self->got = gsock_socket_receive_from_direct (self->wire.near, &self->byte, 1, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, NULL, &self->error);
}

static void
close_as_child (gpointer data)
{
  Listening *self = data;
  int fd = test_peek_fd (self->wire.near);

  g_assert_true (gsock_socket_close (self->wire.near, FALSE, NULL));
  g_assert_false (is_open (fd));
}

/* A child that closes its copy ends neither the parent's call nor its conversation, and the threads
 * that the child does not have keep nothing open there. */
static void
test_child_closes (gconstpointer kind)
{
  Listening self = { .got = -1 };
  TestThread thread;

  if (!test_wire_open (&self.wire, kind))
    return;
  test_thread_start (&thread, listen_to_it, &self);
  test_thread_wait_until_asleep (&thread);
  test_in_child (close_as_child, &self, NULL);
  g_assert_false (test_thread_is_done (&thread));
  g_assert_cmpint (gsock_socket_send_to (self.wire.far, "x", 1, NULL, NULL, NULL), ==, 1);
  test_thread_join (&thread);
  g_assert_no_error (self.error);
  g_assert_cmpint (self.got, ==, 1);
  test_wire_close (&self.wire);
}

static void
finalize_as_child (gpointer data)
{
  Listening *self = data;
  int fd = test_peek_fd (self->wire.near);

  g_assert_finalize_object (self->wire.near);
  g_assert_false (is_open (fd));
}

/* What was closed in the parent, and still had somebody in it, is nobody's in the child. */
static void
test_child_of_closed (void)
{
  Listening self = { .got = -1 };
  GSockHandle *handle;

  g_assert_true (test_wire_open (&self.wire, test_kind_find ("local-stream")));
  handle = gsock_socket_get_handle (self.wire.near);
  g_assert_cmpint (gsock_handle_enter (handle, 1), >=, 0);
  gsock_socket_close (self.wire.near, FALSE, NULL);
  test_in_child (finalize_as_child, &self, NULL);
  gsock_handle_leave (handle, 1);
  test_wire_close (&self.wire);
}

static void
use_as_child (gpointer data)
{
  TestWire *wire = data;
  g_autoptr (GError) error = NULL;
  char byte = 0;

  g_assert_cmpint (gsock_socket_receive_from (wire->near, &byte, 1, NULL, NULL, &error, "timeout", 0.001, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_cmpint (gsock_socket_send_to (wire->far, "c", 1, NULL, &error, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (wire->near, &byte, 1, NULL, NULL, &error, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (byte, ==, 'c');
}

/* Both sides of a fork go on with the same socket, and neither waits inside the kernel any more. */
static void
test_both_go_on (gconstpointer kind)
{
  TestWire wire;

  if (!test_wire_open (&wire, kind))
    return;
  use_as_child (&wire);
  test_in_child (use_as_child, &wire, NULL);
  use_as_child (&wire);
  g_assert_cmpuint (gsock_socket_get_handle (wire.near)->generation, !=, gsock_fork_generation);
  test_wire_close (&wire);
}

static void
test_abort (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;
  char byte;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  g_assert_true (gsock_socket_close (wire.far, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (wire.near, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_RESET);
  test_wire_close (&wire);
}

static gboolean
is_ipv4_or_local (const TestKind *kind)
{
  return kind->family != AF_INET6 && kind->type != SOCK_DGRAM;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/handle/refusals", test_refusals);
  test_add ("/handle/last-user", test_last_user);
  test_add ("/handle/close-unused", test_close_unused);
  test_add ("/handle/coming-and-going", test_coming_and_going);
  test_add_for_kinds ("/handle/kernel-waits", test_kernel_waits, NULL);
  test_add_for_kinds ("/handle/listener-waits", test_listener_waits, is_ipv4_or_local);
  test_add ("/handle/netlink-waits", test_netlink_waits);
  test_add ("/handle/make-blocking", test_make_blocking);
  test_add ("/handle/mapping", test_mapping);
  test_add ("/handle/names", test_names);
  test_add_for_kinds ("/handle/child-closes", test_child_closes, NULL);
  test_add ("/handle/child-of-closed", test_child_of_closed);
  test_add_for_kinds ("/handle/both-go-on", test_both_go_on, NULL);
  test_add ("/handle/abort", test_abort);
  return g_test_run ();
}
