/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket-from-fd: what a descriptor turns out to be, and whose it is afterwards. */

#include "testlib.h"
#include "testmanifest.h"
#include "teststage.h"

#include <gsock/gsock-op-private.h>

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int
plain (int family, int type)
{
  int fd = socket (family, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static int
make_none (void)
{
  return -1;
}

static int
make_file (void)
{
  return open ("/dev/null", O_RDWR | O_CLOEXEC);
}

static int
make_pipe (void)
{
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  close (fds[1]);
  return fds[0];
}

static int
make_closed (void)
{
  int fd = make_file ();

  close (fd);
  return fd;
}

static int
make_tcp (void)
{
  return plain (AF_INET, SOCK_STREAM);
}

static int
make_udp (void)
{
  return plain (AF_INET, SOCK_DGRAM);
}

static int
make_udp_bound (void)
{
  int port;

  return test_internet_fd (SOCK_DGRAM, &port);
}

static int
make_udp_connected (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = plain (AF_INET, SOCK_DGRAM);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static int
make_listener (void)
{
  int port;
  int fd = test_internet_fd (SOCK_STREAM, &port);

  g_assert_cmpint (listen (fd, 5), ==, 0);
  return fd;
}

static int
make_tcp_bound (void)
{
  int port;

  return test_internet_fd (SOCK_STREAM, &port);
}

static int
half_of_pair (int type)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, type | SOCK_CLOEXEC, 0, fds), ==, 0);
  close (fds[1]);
  return fds[0];
}

static int
make_pair_stream (void)
{
  return half_of_pair (SOCK_STREAM);
}

static int
make_pair_datagram (void)
{
  return half_of_pair (SOCK_DGRAM);
}

static int
make_pair_seqpacket (void)
{
  return half_of_pair (SOCK_SEQPACKET);
}

static int
make_local_datagram (void)
{
  return plain (AF_UNIX, SOCK_DGRAM);
}

static int
make_netlink (void)
{
  return plain (AF_NETLINK, SOCK_RAW);
}

static int
make_netlink_bound (void)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK };
  int fd = plain (AF_NETLINK, SOCK_DGRAM);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* What each kind is found to be; those without a class are no sockets. */
static const struct
{
  const char *name;
  int (*make) (void);
  GType (*get_type) (void);
  int family, type;
  gboolean bound, connected, listening;
} kinds[] = {
  { "none", make_none, NULL },
  { "closed", make_closed, NULL },
  { "file", make_file, NULL },
  { "pipe", make_pipe, NULL },
  { "tcp", make_tcp, gsock_active_socket_get_type, AF_INET, SOCK_STREAM, FALSE, FALSE, FALSE },
  { "tcp-bound", make_tcp_bound, gsock_active_socket_get_type, AF_INET, SOCK_STREAM, TRUE, FALSE, FALSE },
  { "listener", make_listener, gsock_passive_socket_get_type, AF_INET, SOCK_STREAM, TRUE, FALSE, TRUE },
  { "udp", make_udp, gsock_datagram_socket_get_type, AF_INET, SOCK_DGRAM, FALSE, FALSE, FALSE },
  { "udp-bound", make_udp_bound, gsock_datagram_socket_get_type, AF_INET, SOCK_DGRAM, TRUE, FALSE, FALSE },
  { "udp-connected", make_udp_connected, gsock_datagram_socket_get_type, AF_INET, SOCK_DGRAM, TRUE, TRUE, FALSE },
  { "pair-stream", make_pair_stream, gsock_active_socket_get_type, AF_UNIX, SOCK_STREAM, FALSE, TRUE, FALSE },
  { "pair-datagram", make_pair_datagram, gsock_datagram_socket_get_type, AF_UNIX, SOCK_DGRAM, FALSE, TRUE, FALSE },
  { "pair-seqpacket", make_pair_seqpacket, gsock_active_socket_get_type, AF_UNIX, SOCK_SEQPACKET, FALSE, TRUE, FALSE },
  { "local-datagram", make_local_datagram, gsock_datagram_socket_get_type, AF_UNIX, SOCK_DGRAM, FALSE, FALSE, FALSE },
  { "netlink", make_netlink, gsock_raw_socket_get_type, AF_NETLINK, SOCK_RAW, FALSE, FALSE, FALSE },
  { "netlink-bound", make_netlink_bound, gsock_raw_socket_get_type, AF_NETLINK, SOCK_DGRAM, TRUE, FALSE, FALSE },
};

static int
make_fd (const char *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, kind))
      return kinds[i].make ();
  g_error ("nobody makes a descriptor of the kind \"%s\"", kind);
}

static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) >= 0;
}

static gboolean
takes_over (const TestCase *test)
{
  return test->keywords != NULL && (strstr (test->keywords, "dup=false") != NULL || strstr (test->keywords, "dup=0") != NULL);
}

/* A descriptor that is taken over goes with the socket; every other stays the caller's. */
static void
run_case (TestManifest *manifest, TestCase *test, GHashTable *places)
{
  int fd = make_fd (test->socket);
  gboolean was_open = is_open (fd);
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  test_case_fill (test, places);
  socket = gsock_make_socket_from_fd_with_keywords (fd, (const char *const *) test->names, test->values, test->n_values, &error);
  test_manifest_check (manifest, test, socket != NULL, error);
  if (socket == NULL)
    g_assert_cmpint (is_open (fd), ==, was_open);
  else
    {
      g_assert_cmpint (gsock_socket_get_file_descriptor (socket, NULL) == fd, ==, takes_over (test));
      g_assert_finalize_object (socket);
      g_assert_cmpint (is_open (fd), ==, !takes_over (test));
    }
  if (is_open (fd))
    close (fd);
}

static void
test_manifest (void)
{
  g_autoptr (TestManifest) manifest = test_manifest_load ("make-socket-from-fd.tsv");
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < manifest->cases->len; i++)
    {
      TestCase *test = g_ptr_array_index (manifest->cases, i);

      test_case_keeps_descriptors (test, run_case (manifest, test, places));
    }
  test_manifest_check_coverage (manifest, &gsock_from_fd_keywords);
}

static void
test_found_out (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *socket;

      if (kinds[i].get_type == NULL)
        continue;
      socket = gsock_make_socket_from_fd (kinds[i].make (), &error, "dup", FALSE, NULL);
      g_test_message ("%s", kinds[i].name);
      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (socket), ==, g_type_name (kinds[i].get_type ()));
      g_assert_cmpint (gsock_socket_get_address_family (socket), ==, kinds[i].family);
      g_assert_cmpint (gsock_socket_get_socket_type (socket), ==, kinds[i].type);
      g_assert_cmpint (gsock_socket_is_bound (socket), ==, kinds[i].bound);
      g_assert_cmpint (gsock_socket_is_connected (socket), ==, kinds[i].connected);
      g_assert_cmpint (gsock_socket_is_listening (socket), ==, kinds[i].listening);
      g_assert_finalize_object (socket);
    }
}

static void
test_raw (void)
{
  g_autoptr (GSockSocket) adopted = NULL;
  int protocol = 0, fd;

  if (!test_needs_root ())
    return;
  fd = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  adopted = gsock_make_socket_from_fd (fd, NULL, "dup", FALSE, NULL);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (adopted), ==, "GSockRawSocket");
  g_object_get (adopted, "protocol", &protocol, NULL);
  g_assert_cmpint (protocol, ==, IPPROTO_ICMP);
}

/* What is found out can be overridden, as for a listener that does not listen yet. */
static void
test_override (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket_from_fd (make_tcp_bound (), &error, "dup", FALSE, "connect", GSOCK_ROLE_PASSIVE, NULL);

  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (socket));
  g_assert_false (gsock_socket_is_listening (socket));
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, NULL));
  g_assert_true (gsock_socket_is_listening (socket));
}

static void
test_keywords (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket_from_fd (make_tcp (), &error, "dup", FALSE, "timeout", 2.5, "external-format", "latin1/lf",
                                                              "input-buffer-size", 7, "output-buffer-size", 9, NULL);
  g_autoptr (GSockSocket) other = gsock_make_socket_from_fd (make_tcp (), &error, "dup", FALSE, NULL);
  g_autofree char *format = NULL, *default_format = NULL;
  int input = 0, output = 0;

  g_assert_no_error (error);
  g_object_get (socket, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
  g_assert_cmpstr (format, ==, "latin1/lf");
  g_assert_cmpint (input, ==, 7);
  g_assert_cmpint (output, ==, 9);
  g_assert_cmpfloat (gsock_socket_get_timeout (socket), ==, 2.5);
  g_object_get (other, "external-format", &default_format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
  g_assert_cmpstr (default_format, ==, "utf-8");
  g_assert_cmpint (input, ==, 8192);
  g_assert_cmpint (output, ==, 8192);
  g_assert_cmpfloat (gsock_socket_get_timeout (other), <, 0);
}

/* A duplicate is close-on-exec, and to close it ends nothing for who has the other. */
static void
test_duplicate (void)
{
  g_autoptr (GError) error = NULL;
  int fds[2];
  char byte;
  GSockSocket *socket;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  socket = gsock_make_socket_from_fd (fds[0], &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (gsock_socket_get_file_descriptor (socket, NULL), F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_finalize_object (socket);
  g_assert_cmpint (send (fds[0], "x", 1, MSG_NOSIGNAL), ==, 1);
  g_assert_cmpint (recv (fds[1], &byte, 1, MSG_DONTWAIT), ==, 1);
  close (fds[0]);
  close (fds[1]);
}

/* The flags of the open file description are others' too. Whatever they are, a call waits as it was
 * told to. */
static void
test_description_flags (void)
{
  for (int nonblocking = 0; nonblocking < 2; nonblocking++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *socket;
      int fds[2], flags;
      char byte;

      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | (nonblocking ? SOCK_NONBLOCK : 0), 0, fds), ==, 0);
      flags = fcntl (fds[0], F_GETFL);
      socket = gsock_make_socket_from_fd (fds[0], &error, NULL);
      g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, "timeout", 0.01, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
      g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
      g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, &error, NULL), ==, 1);
      g_assert_cmpint (gsock_socket_get_file_descriptor (socket, NULL), >=, 0);
      g_assert_cmpint (fcntl (fds[0], F_GETFL), ==, flags);
      g_assert_finalize_object (socket);
      g_assert_cmpint (fcntl (fds[0], F_GETFL), ==, flags);
      close (fds[0]);
      close (fds[1]);
    }
}

/* An adopted socket that connects gets its flags back. */
static void
test_flags_after_connect (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = NULL;
  TestStage stage;
  int fd = make_tcp ();
  int flags = fcntl (fd, F_GETFL);

  test_stage_open (&stage);
  socket = gsock_make_socket_from_fd (fd, &error, NULL);
  g_assert_true (gsock_socket_connect (socket, NULL, NULL, &error, "remote-host", "127.0.0.1", "remote-port", test_stage_port (&stage, "port"), NULL));
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFL), ==, flags);
  close (fd);
  test_stage_close (&stage);
}

static void
test_no_number_left (void)
{
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;
  int fd = make_udp ();

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = fd + 1; /* which was the lowest number that was free */
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_null (gsock_make_socket_from_fd (fd, &error, NULL));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_true (is_open (fd));
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/make-socket-from-fd/manifest", test_manifest);
  g_test_add_func ("/make-socket-from-fd/found-out", test_found_out);
  g_test_add_func ("/make-socket-from-fd/raw", test_raw);
  g_test_add_func ("/make-socket-from-fd/override", test_override);
  g_test_add_func ("/make-socket-from-fd/keywords", test_keywords);
  g_test_add_func ("/make-socket-from-fd/duplicate", test_duplicate);
  g_test_add_func ("/make-socket-from-fd/description-flags", test_description_flags);
  g_test_add_func ("/make-socket-from-fd/flags-after-connect", test_flags_after_connect);
  g_test_add_func ("/make-socket-from-fd/no-number-left", test_no_number_left);

  return g_test_run ();
}
