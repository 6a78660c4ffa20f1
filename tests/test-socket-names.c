/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names and the state of sockets, and how they are printed. */

#include "testlib.h"
#include "teststage.h"

#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static TestStage stage;

static char *
text_of (GSockAddress *address)
{
  return address != NULL ? gsock_address_to_text (address) : g_strdup ("-");
}

/* "bound to 127.0.0.1:*": a number that the kernel chose is not compared. */
static void
check_printed (GSockSocket *socket, const char *pattern)
{
  g_autofree char *text = gsock_socket_to_string (socket);

  if (!g_pattern_match_simple (pattern, text))
    g_error ("\"%s\" is not as \"%s\"", text, pattern);
}

static void
check_state (GSockSocket *socket, gboolean bound, gboolean connected, gboolean listening)
{
  gboolean open_property, bound_property, connected_property, listening_property;

  g_assert_true (gsock_socket_is_open (socket));
  g_assert_cmpint (gsock_socket_is_bound (socket), ==, bound);
  g_assert_cmpint (gsock_socket_is_connected (socket), ==, connected);
  g_assert_cmpint (gsock_socket_is_listening (socket), ==, listening);
  g_object_get (socket, "open", &open_property, "bound", &bound_property, "connected", &connected_property,
                "listening", &listening_property, NULL);
  g_assert_true (open_property);
  g_assert_cmpint (bound_property, ==, bound);
  g_assert_cmpint (connected_property, ==, connected);
  g_assert_cmpint (listening_property, ==, listening);
}

/* Each kind of socket in each state it can be in. */
static const struct
{
  const char *kind;
  gboolean bound, connected, listening;
  const char *local, *remote; /* patterns; NULL: there is none to get */
  const char *printed;
} cases[] = {
  { "udp-unbound", FALSE, FALSE, FALSE, "0.0.0.0:0", NULL, "IPv4 datagram socket, unconnected" },
  { "udp-quiet", TRUE, FALSE, FALSE, "127.0.0.1:*", NULL, "IPv4 datagram socket bound to 127.0.0.1:*" },
  { "udp-connected", TRUE, TRUE, FALSE, "127.0.0.1:*", "127.0.0.1:*", "IPv4 datagram socket connected to 127.0.0.1:*" },
  { "tcp-fresh", FALSE, FALSE, FALSE, "0.0.0.0:0", NULL, "active IPv4 stream socket, unconnected" },
  { "tcp", TRUE, TRUE, FALSE, "127.0.0.1:*", "127.0.0.1:*", "active IPv4 stream socket connected to 127.0.0.1:*" },
  { "passive", FALSE, FALSE, FALSE, "0.0.0.0:0", NULL, "passive IPv4 stream socket, unconnected" },
  { "passive-bound", TRUE, FALSE, FALSE, "127.0.0.1:*", NULL, "passive IPv4 stream socket bound to 127.0.0.1:*" },
  { "listener", TRUE, FALSE, TRUE, "127.0.0.1:*", NULL, "passive IPv4 stream socket listening on 127.0.0.1:*" },
  { "local-stream", FALSE, FALSE, FALSE, "(unnamed)", NULL, "active local stream socket, unconnected" },
  { "local-seqpacket", FALSE, FALSE, FALSE, "(unnamed)", NULL, "active local seqpacket socket, unconnected" },
  { "local-datagram", FALSE, FALSE, FALSE, "(unnamed)", NULL, "local datagram socket, unconnected" },
  { "pair-stream", FALSE, TRUE, FALSE, "(unnamed)", "(unnamed)", "active local stream socket connected to (unnamed)" },
  { "pair-datagram", FALSE, TRUE, FALSE, "(unnamed)", "(unnamed)", "local datagram socket connected to (unnamed)" },
  { "pair-seqpacket", FALSE, TRUE, FALSE, "(unnamed)", "(unnamed)", "active local seqpacket socket connected to (unnamed)" },
};

static void
check_address (GSockAddress *address, GError *error, const char *pattern, int code)
{
  g_autofree char *text = text_of (address);

  g_assert_cmpint (address == NULL, ==, error != NULL);
  if (pattern == NULL)
    g_assert_error (error, GSOCK_ERROR, code);
  else if (!g_pattern_match_simple (pattern, text))
    g_error ("\"%s\" is not as \"%s\"", text, pattern);
}

static void
test_states (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GSockSocket *socket = test_stage_make (&stage, cases[i].kind);
      g_autoptr (GError) no_local = NULL, no_remote = NULL;
      g_autoptr (GSockAddress) local = gsock_socket_get_local_address (socket, &no_local);
      g_autoptr (GSockAddress) remote = gsock_socket_get_remote_address (socket, &no_remote);

      g_test_message ("%s", cases[i].kind);
      check_state (socket, cases[i].bound, cases[i].connected, cases[i].listening);
      check_address (local, no_local, cases[i].local, GSOCK_ERROR_FAILED);
      check_address (remote, no_remote, cases[i].remote, GSOCK_ERROR_NOT_CONNECTED);
      check_printed (socket, cases[i].printed);
      g_assert_finalize_object (socket);
      test_stage_restore (&stage);
    }
}

static void
test_ports (void)
{
  g_autoptr (GSockSocket) socket = test_stage_make (&stage, "tcp");
  g_autoptr (GSockSocket) local = test_stage_make (&stage, "pair-stream");
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  g_assert_cmpint (getsockname (gsock_socket_get_file_descriptor (socket, NULL), (struct sockaddr *) &address, &length), ==, 0);
  g_assert_cmpint (gsock_socket_get_local_port (socket), ==, ntohs (address.sin_port));
  g_assert_cmpint (gsock_socket_get_remote_port (socket), ==, test_stage_port (&stage, "port"));
  g_assert_cmpint (gsock_socket_get_local_port (local), ==, 0);
  g_assert_cmpint (gsock_socket_get_remote_port (local), ==, 0);
  g_assert_true (gsock_socket_close (socket, FALSE, NULL));
  g_assert_cmpint (gsock_socket_get_local_port (socket), ==, 0);
  g_assert_cmpint (gsock_socket_get_remote_port (socket), ==, 0);
}

/* The peer of a connection is known also after it has gone; the kernel would not tell any more. */
static void
test_peer_gone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = test_stage_make (&stage, "listener-quiet");
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                                                      gsock_socket_get_local_port (server), NULL);
  int port = gsock_socket_get_local_port (client);
  g_autoptr (GSockActiveSocket) accepted = NULL;
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  g_assert_true (gsock_socket_close (client, TRUE, &error));
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (getpeername (gsock_socket_get_file_descriptor (GSOCK_SOCKET (accepted), NULL), (struct sockaddr *) &address, &length), ==, -1);
  g_assert_cmpint (gsock_socket_get_remote_port (GSOCK_SOCKET (accepted)), ==, port);
}

static void
test_filenames (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = test_stage_path (&stage, "client");
  g_autofree char *pattern = g_strdup_printf ("active local stream socket connected to %s", test_stage_place (&stage, "stream"));
  g_autofree char *local = NULL, *remote = NULL, *abstract_name = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "local-filename", path, "remote-filename",
                                                      test_stage_place (&stage, "stream"), NULL);
  g_autoptr (GSockSocket) abstract = NULL;

  g_assert_no_error (error);
  g_object_get (socket, "local-filename", &local, "remote-filename", &remote, NULL);
  g_assert_cmpstr (local, ==, path);
  g_assert_cmpstr (remote, ==, test_stage_place (&stage, "stream"));
  check_printed (socket, pattern);
  abstract = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-filename", "@gsock-test-names", NULL);
  g_assert_no_error (error);
  g_object_get (abstract, "local-filename", &abstract_name, NULL);
  g_assert_cmpstr (abstract_name, ==, "@gsock-test-names");
  check_printed (abstract, "local datagram socket bound to @gsock-test-names");
}

static void
test_other_families (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) netlink = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, NULL);
  g_autoptr (GSockSocket) bound = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, "local-port", 0, NULL);
  g_autoptr (GSockSocket) dual = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);

  g_assert_no_error (error);
  check_printed (netlink, "netlink raw socket, unconnected");
  check_state (netlink, FALSE, FALSE, FALSE);
  check_printed (bound, "netlink raw socket bound to netlink:*");
  check_state (bound, TRUE, FALSE, FALSE);
  if (test_needs_ipv6 ())
    check_printed (dual, "passive IPv6 stream socket listening on [::]:*");
}

static void
test_printed_without_descriptor (void)
{
  GSockSocket *socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);

  check_printed (socket, "*, not initialised");
  g_assert_finalize_object (socket);
  socket = test_stage_make (&stage, "closed");
  check_printed (socket, "IPv4 datagram socket, closed");
  g_assert_finalize_object (socket);
}

/* Kind and family stay to be asked for. */
static void
test_closed (void)
{
  g_autoptr (GSockSocket) socket = test_stage_make (&stage, "closed");
  g_autofree char *host = NULL;
  g_autoptr (GSockAddress) address = NULL;
  int fd = 0, port = -1;

  g_assert_cmpint (gsock_socket_get_address_family (socket), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  g_assert_cmpint (gsock_socket_get_socket_type (socket), ==, GSOCK_SOCKET_TYPE_DATAGRAM);
  g_assert_false (gsock_socket_is_open (socket));
  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_false (gsock_socket_is_connected (socket));
  g_assert_false (gsock_socket_is_listening (socket));
  g_object_get (socket, "local-host", &host, "local-address", &address, "file-descriptor", &fd, "local-port", &port, NULL);
  g_assert_null (host);
  g_assert_null (address);
  g_assert_cmpint (fd, ==, -1);
  g_assert_cmpint (port, ==, 0);
}

/* What is handed out blocks, as a program that is handed a socket expects; a listener does not. */
static void
test_file_descriptor (void)
{
  const struct
  {
    const char *kind;
    gboolean nonblocking;
  } kinds[] = { { "tcp", FALSE }, { "udp", FALSE }, { "tcp-fresh", FALSE }, { "pair-stream", FALSE }, { "listener", TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GSockSocket *socket = test_stage_make (&stage, kinds[i].kind);
      int fd = gsock_socket_get_file_descriptor (socket, NULL), property = -1;

      g_object_get (socket, "file-descriptor", &property, NULL);
      g_assert_cmpint (fd, >=, 0);
      g_assert_cmpint (property, ==, fd);
      g_assert_cmpint ((fcntl (fd, F_GETFL) & O_NONBLOCK) != 0, ==, kinds[i].nonblocking);
      g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
      g_assert_finalize_object (socket);
      g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
      test_stage_restore (&stage);
    }
}

/* Who has a duplicate keeps a connection that works. */
static void
test_descriptor_outlives (void)
{
  GSockSocket *first = NULL, *second = NULL;
  char buffer;
  int fd;

  g_assert_true (gsock_make_socket_pair (&first, &second, NULL, NULL));
  fd = dup (gsock_socket_get_file_descriptor (first, NULL));
  g_assert_true (gsock_socket_close (first, FALSE, NULL));
  g_assert_cmpint (send (fd, "x", 1, MSG_NOSIGNAL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (second, &buffer, 1, NULL, NULL, NULL, NULL), ==, 1);
  close (fd);
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
}

static void
test_timeout (void)
{
  g_autoptr (GSockSocket) socket = test_stage_make (&stage, "udp-quiet");
  double property = 0;

  g_assert_cmpfloat (gsock_socket_get_timeout (socket), <, 0);
  gsock_socket_set_timeout (socket, 2.5);
  g_assert_cmpfloat (gsock_socket_get_timeout (socket), ==, 2.5);
  g_object_get (socket, "timeout", &property, NULL);
  g_assert_cmpfloat (property, ==, 2.5);
  gsock_socket_set_timeout (socket, INFINITY);
  g_assert_cmpfloat (gsock_socket_get_timeout (socket), ==, INFINITY);
  gsock_socket_set_timeout (socket, GSOCK_TIMEOUT_NEVER);
  g_assert_cmpfloat (gsock_socket_get_timeout (socket), <, 0);
}

int
main (int argc, char *argv[])
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  test_stage_open (&stage);

  g_test_add_func ("/socket-names/states", test_states);
  g_test_add_func ("/socket-names/ports", test_ports);
  g_test_add_func ("/socket-names/peer-gone", test_peer_gone);
  g_test_add_func ("/socket-names/filenames", test_filenames);
  g_test_add_func ("/socket-names/other-families", test_other_families);
  g_test_add_func ("/socket-names/printed-without-descriptor", test_printed_without_descriptor);
  g_test_add_func ("/socket-names/closed", test_closed);
  g_test_add_func ("/socket-names/file-descriptor", test_file_descriptor);
  g_test_add_func ("/socket-names/descriptor-outlives", test_descriptor_outlives);
  g_test_add_func ("/socket-names/timeout", test_timeout);

  failed = g_test_run ();
  test_stage_close (&stage);
  return failed;
}
