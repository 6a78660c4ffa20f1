/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end: real processes, some of them without privileges, and those that are not any
 * more what the kernel has seen. */

#include "testlib.h"
#include "testthread.h"
#include "testwire.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static gboolean
is_conversation (const TestKind *kind)
{
  return kind->family == AF_UNIX && kind->type != SOCK_DGRAM;
}

static void
test_own (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  int pid = 0;
  guint uid = 99999, gid = 99999;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  g_assert_true (gsock_socket_peer_credentials (wire.near, &pid, &uid, &gid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpuint (uid, ==, geteuid ());
  g_assert_cmpuint (gid, ==, getegid ());
  g_assert_true (gsock_socket_peer_credentials (wire.far, NULL, NULL, NULL, &error));
  test_wire_close (&wire);
}

/* Another process that connects, and does what it is told afterwards. */
typedef struct
{
  GSockSocket *server, *accepted;
  GSockAddress where;
  pid_t child;
} Visitor;

static void
visitor_open (Visitor *self, void (*prepare) (void), void (*afterwards) (GSockSocket *socket))
{
  g_autoptr (GError) error = NULL;

  self->server = test_listener_new (test_kind_find ("local-stream"), 5);
  self->where = test_address_of (self->server);
  self->child = fork ();
  if (self->child == 0)
    {
      GSockSocket *socket;

      prepare ();
      socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "remote-address", &self->where, NULL);
      afterwards (socket);
      _exit (0);
    }
  self->accepted = GSOCK_SOCKET (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (self->server), NULL, &error, "timeout", 60.0, NULL));
  g_assert_no_error (error);
}

static void
visitor_close (Visitor *self)
{
  g_assert_finalize_object (self->accepted);
  g_assert_finalize_object (self->server);
  if (self->child > 0)
    g_assert_cmpint (waitpid (self->child, NULL, 0), ==, self->child);
}

static void
become_nobody (void)
{
  const gid_t groups[] = { 7, 8, 9 };

  if (geteuid () == 0 && (setgroups (3, groups) != 0 || setgid (NOBODY) != 0 || setuid (NOBODY) != 0))
    _exit (1);
}

static void
prepare_nothing (void)
{
}

/* Stays for as long as the other end does. */
static void
stay (GSockSocket *socket)
{
  (void) gsock_socket_receive_from (socket, &(char){ 0 }, 1, NULL, NULL, NULL, NULL);
}

static void
test_plain_user (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint *groups = NULL;
  guint uid, gid;
  gsize n_groups;
  Visitor visitor;
  int pid;

  if (geteuid () != 0)
    {
      g_test_skip ("this process cannot become a plain user");
      return;
    }
  visitor_open (&visitor, become_nobody, stay);
  g_assert_true (gsock_socket_peer_credentials (visitor.accepted, &pid, &uid, &gid, &error));
  g_assert_cmpint (pid, ==, visitor.child);
  g_assert_cmpuint (uid, ==, NOBODY);
  g_assert_cmpuint (gid, ==, NOBODY);
  groups = gsock_socket_peer_groups (visitor.accepted, &n_groups, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_groups, ==, 3);
  g_assert_cmpuint (groups[0] + groups[1] + groups[2], ==, 24);
  visitor_close (&visitor);
}

static gboolean
is_over (int pidfd, int timeout)
{
  struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

  return poll (&poll_fd, 1, timeout) == 1;
}

static void
test_pidfd (void)
{
  g_autoptr (GError) error = NULL;
  Visitor visitor;
  int pidfd;

  visitor_open (&visitor, prepare_nothing, stay);
  pidfd = gsock_socket_peer_pidfd (visitor.accepted, &error);
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_OPTION_NOT_SUPPORTED))
    g_test_skip ("this kernel has no pidfd of a peer");
  else
    {
      g_assert_no_error (error);
      g_assert_false (is_over (pidfd, 0));
      g_assert_cmpint (kill (visitor.child, SIGKILL), ==, 0);
      g_assert_true (is_over (pidfd, 60000));
      close (pidfd);
    }
  g_clear_error (&error);
  visitor_close (&visitor);
}

/* The one who connected has gone, and another process has its socket: nothing tells of that. */
static void
hand_on (GSockSocket *socket)
{
  if (fork () == 0)
    {
      /* Not before it has. */
      while (getppid () != 1 && gsock_socket_wait_for (socket, G_IO_IN, 0.001, NULL, NULL) == 0)
        ;
      stay (socket);
      (void) gsock_socket_send_to (socket, "still here", 10, NULL, NULL, NULL);
    }
  _exit (0);
}

static void
test_handed_on (void)
{
  g_autoptr (GError) error = NULL;
  Visitor visitor;
  pid_t gone;
  int pid, pidfd;

  visitor_open (&visitor, prepare_nothing, hand_on);
  gone = visitor.child;
  g_assert_cmpint (waitpid (gone, NULL, 0), ==, gone);
  visitor.child = 0;
  g_assert_cmpint (kill (gone, 0), ==, -1);
  g_assert_true (gsock_socket_peer_credentials (visitor.accepted, &pid, NULL, NULL, &error));
  g_assert_cmpint (pid, ==, gone);
  /* The descriptor does not become another's, at least. */
  pidfd = gsock_socket_peer_pidfd (visitor.accepted, NULL);
  if (pidfd >= 0)
    {
      g_assert_true (is_over (pidfd, 0));
      close (pidfd);
    }
  g_assert_cmpint (gsock_socket_send_to (visitor.accepted, "x", 1, NULL, NULL, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (visitor.accepted, (char[16]){ 0 }, 16, NULL, NULL, &error, "timeout", 60.0, NULL), ==, 10);
  g_assert_no_error (error);
  visitor_close (&visitor);
}

/* What it was when it connected: it has no more of that now. */
static void
drop_privileges (GSockSocket *socket)
{
  become_nobody ();
  (void) gsock_socket_send_to (socket, "x", 1, NULL, NULL, NULL);
  stay (socket);
}

static void
test_changed (void)
{
  g_autoptr (GError) error = NULL;
  Visitor visitor;
  guint uid;

  if (geteuid () != 0)
    {
      g_test_skip ("this process cannot become a plain user");
      return;
    }
  visitor_open (&visitor, prepare_nothing, drop_privileges);
  stay (visitor.accepted);
  g_assert_true (gsock_socket_peer_credentials (visitor.accepted, NULL, &uid, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (uid, ==, 0);
  visitor_close (&visitor);
}

/* Whoever connects sees who called listen, whoever it is that accepts. */
static void
test_listener (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = test_listener_new (test_kind_find ("local-seqpacket"), 5);
  GSockAddress where = test_address_of (server);
  g_autoptr (GSockSocket) client = NULL;
  pid_t child = fork ();
  int pid, status;

  if (child == 0)
    {
      GSockActiveSocket *accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, NULL, NULL);

      _exit (gsock_socket_send_to (GSOCK_SOCKET (accepted), "x", 1, NULL, NULL, NULL) == 1 ? 0 : 1);
    }
  client = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "remote-address", &where, NULL);
  g_assert_no_error (error);
  stay (client);
  g_assert_true (gsock_socket_peer_credentials (client, &pid, NULL, NULL, &error));
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_true (gsock_socket_peer_credentials (server, &pid, NULL, NULL, &error));
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
test_no_peer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) datagrams = test_receiver_new (test_kind_find ("local-datagram"));
  g_autoptr (GSockSocket) internet = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  gsize n_groups = 1;

  g_assert_false (gsock_socket_peer_credentials (datagrams, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_null (gsock_socket_peer_groups (datagrams, &n_groups, &error));
  g_assert_cmpuint (n_groups, ==, 0);
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  g_assert_cmpint (gsock_socket_peer_pidfd (datagrams, &error), ==, -1);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (gsock_socket_peer_credentials (internet, NULL, NULL, NULL, &error));
  test_assert_message (error, "IPv4");
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_true (gsock_socket_close (datagrams, FALSE, NULL));
  g_assert_false (gsock_socket_peer_credentials (datagrams, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

static void
test_security (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  label = gsock_socket_peer_security (wire.near, &error);
  if (label == NULL)
    test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  test_wire_close (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/credentials/own/", test_own, is_conversation);
  test_add ("/credentials/plain-user", test_plain_user);
  test_add ("/credentials/pidfd", test_pidfd);
  test_add ("/credentials/handed-on", test_handed_on);
  test_add ("/credentials/changed", test_changed);
  test_add ("/credentials/listener", test_listener);
  test_add ("/credentials/no-peer", test_no_peer);
  test_add ("/credentials/security", test_security);
  return g_test_run ();
}
