/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups and broadcast between two networks: what goes over the wire, who hears it and who does not. */

#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Left is where this thread is; the wire is called "wire" at both ends. */
typedef struct
{
  int left, right;
} Networks;

/* The kernel makes the routes of a wire some time after it has come up. */
static void
wait_for_routes (int space)
{
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  int connected, fd;

  test_space_enter (space);
  do
    {
      struct sockaddr_in6 everyone = { .sin6_family = AF_INET6, .sin6_port = 1, .sin6_scope_id = if_nametoindex ("wire") };

      g_assert_cmpint (inet_pton (AF_INET6, "ff02::1", &everyone.sin6_addr), ==, 1);
      fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      g_assert_cmpint (fd, >=, 0);
      connected = connect (fd, (struct sockaddr *) &everyone, sizeof everyone);
      close (fd);
      if (connected != 0)
        g_usleep (1000);
    }
  while (connected != 0 && g_get_monotonic_time () < until);
  g_assert_cmpint (connected, ==, 0);
}

static void
make_networks (Networks *self)
{
  self->right = test_space_new ();
  self->left = test_space_new ();
  test_wire_spaces (&(TestEnd){ self->left, "wire", "10.1.0.2/24", "fd00:1::2/64" },
                    &(TestEnd){ self->right, "wire", "10.1.0.1/24", "fd00:1::1/64" });
  wait_for_routes (self->right);
  wait_for_routes (self->left);
}

/* A socket of the network @space, where the thread does not stay. */
static GSockSocket *
socket_in (int space, const char *host, guint port, gboolean broadcast)
{
  g_autoptr (GError) error = NULL;
  int here = test_space_here ();
  GSockSocket *socket;

  test_space_enter (space);
  socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", host, "local-port", port,
                              "broadcast", broadcast, "timeout", 10.0, NULL);
  g_assert_no_error (error);
  test_space_enter (here);
  close (here);
  return socket;
}

static void
say (GSockSocket *socket, const char *text, const char *host, guint port)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_send_to (socket, text, strlen (text), NULL, &error, "remote-host", host, "remote-port", port, NULL);
  g_assert_no_error (error);
}

/* The next that comes is this, from there. */
static void
assert_hears (GSockSocket *socket, const char *wanted, const char *sender)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  g_autofree char *host = NULL;
  char room[64] = "";

  gsock_socket_receive_from_direct (socket, room, sizeof room - 1, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, &received, NULL, &error);
  g_assert_no_error (error);
  host = gsock_address_get_host (&received.sender);
  g_assert_cmpstr (room, ==, wanted);
  g_assert_cmpstr (host, ==, sender);
}

static void
assert_hears_nothing (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  char room[64];

  g_assert_cmpint (gsock_socket_receive_from_direct (socket, room, sizeof room, 0, FALSE, 0, NULL, NULL, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK);
}

static void
join (GSockSocket *socket, const char *group, const char *interface, const char *source)
{
  g_autoptr (GError) error = NULL;

  gsock_datagram_socket_join_group (GSOCK_DATAGRAM_SOCKET (socket), group, interface, source, NULL, &error);
  g_assert_no_error (error);
}

static void
leave (GSockSocket *socket, const char *group, const char *interface, const char *source)
{
  g_autoptr (GError) error = NULL;

  gsock_datagram_socket_leave_group (GSOCK_DATAGRAM_SOCKET (socket), group, interface, source, NULL, &error);
  g_assert_no_error (error);
}

static void
send_by (GSockSocket *socket, const char *interface)
{
  g_autoptr (GError) error = NULL;

  gsock_datagram_socket_set_multicast_interface (GSOCK_DATAGRAM_SOCKET (socket), interface, NULL, &error);
  g_assert_no_error (error);
}

/* One way of speaking to a group: by which family, and where the ends are. */
typedef struct
{
  const char *group, *receive_at, *send_from, *sender, *interface;
} Route;

static const Route ipv4 = { "239.1.2.3", "0.0.0.0", "10.1.0.1", "10.1.0.1", "10.1.0.2" };
static const Route ipv6 = { "ff15::1:3", "::", "fd00:1::1", "fd00:1::1", "wire" };
static const Route ipv4_to_dual = { "239.1.2.3", "::", "10.1.0.1", "10.1.0.1", "wire" };
static const Route dual_to_ipv4 = { "239.1.2.3", "0.0.0.0", "::", "10.1.0.1", "wire" };
static const Route dual_to_dual = { "239.1.2.3", "::", "::", "10.1.0.1", "10.1.0.2" };

/* What is said after the membership has changed stands behind what was said before, so that the next
 * that is heard tells what has not been. */
static void
any_source (gpointer data)
{
  const Route *route = data;
  Networks networks;
  g_autoptr (GSockSocket) member = NULL;
  g_autoptr (GSockSocket) sender = NULL;

  make_networks (&networks);
  member = socket_in (networks.left, route->receive_at, 4000, FALSE);
  sender = socket_in (networks.right, route->send_from, 0, FALSE);
  test_space_enter (networks.right);
  send_by (sender, "wire");
  test_space_enter (networks.left);

  say (sender, "too early", route->group, 4000);
  join (member, route->group, route->interface, NULL);
  say (sender, "hello", route->group, 4000);
  assert_hears (member, "hello", route->sender);
  leave (member, route->group, route->interface, NULL);
  say (sender, "too late", route->group, 4000);
  join (member, route->group, route->interface, NULL);
  say (sender, "again", route->group, 4000);
  assert_hears (member, "again", route->sender);
  assert_hears_nothing (member);
}

/* A second sender, whom the member does not listen to. */
static void
add_address (int space, const char *address)
{
  test_space_enter (space);
  test_ip ("address add %s dev wire%s", address, strchr (address, ':') != NULL ? " nodad" : "");
}

typedef struct
{
  const char *group, *receive_at, *one, *other, *other_with_prefix;
} Sources;

static const Sources ipv4_sources = { "232.1.2.3", "0.0.0.0", "10.1.0.1", "10.1.0.9", "10.1.0.9/24" };
static const Sources ipv6_sources = { "ff35::1:3", "::", "fd00:1::1", "fd00:1::9", "fd00:1::9/64" };
static const Sources dual_sources = { "232.1.2.3", "::", "10.1.0.1", "10.1.0.9", "10.1.0.9/24" };

typedef struct
{
  Networks networks;
  GSockSocket *member, *one, *other;
} Talk;

static void
talk_open (Talk *self, const Sources *sources)
{
  make_networks (&self->networks);
  add_address (self->networks.right, sources->other_with_prefix);
  test_space_enter (self->networks.left);
  self->member = socket_in (self->networks.left, sources->receive_at, 4000, FALSE);
  self->one = socket_in (self->networks.right, sources->one, 0, FALSE);
  self->other = socket_in (self->networks.right, sources->other, 0, FALSE);
  test_space_enter (self->networks.right);
  send_by (self->one, "wire");
  send_by (self->other, "wire");
  test_space_enter (self->networks.left);
}

static void
talk_close (Talk *self)
{
  g_object_unref (self->member);
  g_object_unref (self->one);
  g_object_unref (self->other);
}

static void
one_source (gpointer data)
{
  const Sources *sources = data;
  Talk talk;

  talk_open (&talk, sources);
  join (talk.member, sources->group, "wire", sources->one);
  say (talk.other, "not for you", sources->group, 4000);
  say (talk.one, "for you", sources->group, 4000);
  assert_hears (talk.member, "for you", sources->one);
  join (talk.member, sources->group, "wire", sources->other);
  leave (talk.member, sources->group, "wire", sources->one);
  say (talk.one, "not for you", sources->group, 4000);
  say (talk.other, "now for you", sources->group, 4000);
  assert_hears (talk.member, "now for you", sources->other);
  assert_hears_nothing (talk.member);
  talk_close (&talk);
}

static void
blocked_source (gpointer data)
{
  const Sources *sources = data;
  GError *error = NULL;
  Talk talk;

  talk_open (&talk, sources);
  join (talk.member, sources->group, "wire", NULL);
  gsock_datagram_socket_block_source (GSOCK_DATAGRAM_SOCKET (talk.member), sources->group, sources->one, "wire", NULL, &error);
  g_assert_no_error (error);
  say (talk.one, "blocked", sources->group, 4000);
  say (talk.other, "open", sources->group, 4000);
  assert_hears (talk.member, "open", sources->other);
  gsock_datagram_socket_unblock_source (GSOCK_DATAGRAM_SOCKET (talk.member), sources->group, sources->one, "wire", NULL, &error);
  g_assert_no_error (error);
  say (talk.one, "open again", sources->group, 4000);
  assert_hears (talk.member, "open again", sources->one);
  assert_hears_nothing (talk.member);
  talk_close (&talk);
}

/* It is the sender who says whether its own machine hears it. */
static void
loopback (gpointer data)
{
  const Route *route = data;
  g_autoptr (GError) error = NULL;
  Networks networks;
  g_autoptr (GSockSocket) near = NULL;
  g_autoptr (GSockSocket) far = NULL;
  g_autoptr (GSockSocket) sender = NULL;

  make_networks (&networks);
  near = socket_in (networks.right, route->receive_at, 4000, FALSE);
  far = socket_in (networks.left, route->receive_at, 4000, FALSE);
  sender = socket_in (networks.right, route->send_from, 0, FALSE);
  join (far, route->group, "wire", NULL);
  test_space_enter (networks.right);
  join (near, route->group, "wire", NULL);
  send_by (sender, "wire");
  gsock_datagram_socket_set_multicast_loopback (GSOCK_DATAGRAM_SOCKET (sender), FALSE, &error);
  g_assert_no_error (error);
  say (sender, "away", route->group, 4000);
  gsock_datagram_socket_set_multicast_loopback (GSOCK_DATAGRAM_SOCKET (sender), TRUE, &error);
  g_assert_no_error (error);
  say (sender, "everywhere", route->group, 4000);
  assert_hears (near, "everywhere", route->sender);
  assert_hears (far, "away", route->sender);
  assert_hears (far, "everywhere", route->sender);
  assert_hears_nothing (near);
}

/* A ttl of 0 does not leave the machine; Linux sees to that where the machine has a member itself. */
static void
ttl_zero (gpointer data)
{
  const Route *route = data;
  g_autoptr (GError) error = NULL;
  Networks networks;
  g_autoptr (GSockSocket) near = NULL;
  g_autoptr (GSockSocket) far = NULL;
  g_autoptr (GSockSocket) sender = NULL;

  make_networks (&networks);
  near = socket_in (networks.right, route->receive_at, 4000, FALSE);
  far = socket_in (networks.left, route->receive_at, 4000, FALSE);
  sender = socket_in (networks.right, route->send_from, 0, FALSE);
  join (far, route->group, "wire", NULL);
  test_space_enter (networks.right);
  join (near, route->group, "wire", NULL);
  send_by (sender, "wire");
  gsock_datagram_socket_set_multicast_ttl (GSOCK_DATAGRAM_SOCKET (sender), 0, &error);
  g_assert_no_error (error);
  say (sender, "stays", route->group, 4000);
  gsock_datagram_socket_set_multicast_ttl (GSOCK_DATAGRAM_SOCKET (sender), 1, &error);
  g_assert_no_error (error);
  say (sender, "goes", route->group, 4000);
  assert_hears (near, "stays", route->sender);
  assert_hears (far, "goes", route->sender);
}

/* The group itself says the interface. */
static void
scoped_group (gpointer unused)
{
  Networks networks;
  g_autoptr (GSockSocket) member = NULL;
  g_autoptr (GSockSocket) sender = NULL;

  make_networks (&networks);
  member = socket_in (networks.left, "::", 4000, FALSE);
  sender = socket_in (networks.right, "fd00:1::1", 0, FALSE);
  join (member, "ff02::1:3%wire", NULL, NULL);
  test_space_enter (networks.right);
  say (sender, "hello", "ff02::1:3%wire", 4000);
  assert_hears (member, "hello", "fd00:1::1");
}

static void
broadcast (gpointer unused)
{
  static const char *const everyone[] = { "255.255.255.255", "10.1.0.255" };
  g_autoptr (GError) error = NULL;
  Networks networks;
  g_autoptr (GSockSocket) receiver = NULL;
  g_autoptr (GSockSocket) meek = NULL;
  g_autoptr (GSockSocket) bold = NULL;

  make_networks (&networks);
  receiver = socket_in (networks.left, "0.0.0.0", 4000, FALSE);
  meek = socket_in (networks.right, "10.1.0.1", 0, FALSE);
  bold = socket_in (networks.right, "10.1.0.1", 0, TRUE);
  test_space_enter (networks.right);
  test_ip ("route add default dev wire");
  for (gsize i = 0; i < G_N_ELEMENTS (everyone); i++)
    {
      g_assert_cmpint (gsock_socket_send_to (meek, "no", 2, NULL, &error, "remote-host", everyone[i], "remote-port", 4000, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
      say (bold, everyone[i], everyone[i], 4000);
      assert_hears (receiver, everyone[i], "10.1.0.1");
    }
  g_object_set (meek, "broadcast", TRUE, NULL);
  say (meek, "yes", everyone[0], 4000);
  assert_hears (receiver, "yes", "10.1.0.1");
}

/* Who sends by IPv4 to a socket of both families is an IPv4 address, and can be answered there. */
static void
dual_stack (gpointer unused)
{
  Networks networks;
  g_autoptr (GSockSocket) both = NULL;
  g_autoptr (GSockSocket) old = NULL;
  g_autoptr (GSockSocket) new = NULL;

  make_networks (&networks);
  both = socket_in (networks.left, "::", 4000, FALSE);
  old = socket_in (networks.right, "10.1.0.1", 4001, FALSE);
  new = socket_in (networks.right, "fd00:1::1", 4001, FALSE);
  say (old, "IPv4", "10.1.0.2", 4000);
  assert_hears (both, "IPv4", "10.1.0.1");
  say (new, "IPv6", "fd00:1::2", 4000);
  assert_hears (both, "IPv6", "fd00:1::1");
  say (both, "answer", "10.1.0.1", 4001);
  assert_hears (old, "answer", "10.1.0.2");
  say (both, "answer", "fd00:1::1", 4001);
  assert_hears (new, "answer", "fd00:1::2");
}

typedef struct
{
  const char *path;
  void (*function) (gpointer data);
  gconstpointer data;
} Row;

static const Row rows[] = {
  { "any-source/ipv4", any_source, &ipv4 },
  { "any-source/ipv6", any_source, &ipv6 },
  { "any-source/ipv4-to-dual", any_source, &ipv4_to_dual },
  { "any-source/dual-to-ipv4", any_source, &dual_to_ipv4 },
  { "any-source/dual-to-dual", any_source, &dual_to_dual },
  { "one-source/ipv4", one_source, &ipv4_sources },
  { "one-source/ipv6", one_source, &ipv6_sources },
  { "one-source/dual", one_source, &dual_sources },
  { "blocked-source/ipv4", blocked_source, &ipv4_sources },
  { "blocked-source/ipv6", blocked_source, &ipv6_sources },
  { "blocked-source/dual", blocked_source, &dual_sources },
  { "loopback/ipv4", loopback, &ipv4 },
  { "loopback/ipv6", loopback, &ipv6 },
  { "loopback/dual", loopback, &dual_to_dual },
  { "ttl-zero/ipv4", ttl_zero, &ipv4 },
  { "ttl-zero/ipv6", ttl_zero, &ipv6 },
  { "ttl-zero/dual", ttl_zero, &dual_to_dual },
  { "scoped-group", scoped_group, NULL },
  { "broadcast", broadcast, NULL },
  { "dual-stack", dual_stack, NULL },
};

static void
run_row (gconstpointer data)
{
  const Row *row = data;

  test_in_own_network (row->function, (gpointer) row->data);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/group-network/", rows[i].path, NULL);

      test_add_with (path, &rows[i], run_row);
    }
  return g_test_run ();
}
