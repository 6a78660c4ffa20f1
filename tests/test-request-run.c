/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket at work: what its keywords do to real sockets, and that what fails leaves nothing. */

#include "testlib.h"
#include "testetc.h"
#include "testhosts.h"
#include "teststage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static TestStage stage;

static gboolean
knock (int family, int port)
{
  struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons (port), .sin6_addr = in6addr_loopback };
  int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean open = family == AF_INET ? connect (fd, (struct sockaddr *) &ipv4, sizeof ipv4) == 0
                                    : connect (fd, (struct sockaddr *) &ipv6, sizeof ipv6) == 0;

  close (fd);
  return open;
}

/* A listener that was given a port only; %FALSE where the wanted clients do not get in. */
static void
check_reach (GSockIpv6Mode ipv6, gboolean by_ipv4, gboolean by_ipv6)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, "ipv6", ipv6, NULL);

  g_assert_no_error (error);
  g_assert_cmpint (knock (AF_INET, gsock_socket_get_local_port (server)), ==, by_ipv4);
  g_assert_cmpint (knock (AF_INET6, gsock_socket_get_local_port (server)), ==, by_ipv6);
}

static void
test_reach (void)
{
  if (!test_needs_ipv6 ())
    return;
  check_reach (GSOCK_IPV6_MODE_YES, TRUE, TRUE);
  check_reach (GSOCK_IPV6_MODE_NO, TRUE, FALSE);
  check_reach (GSOCK_IPV6_MODE_ONLY, FALSE, TRUE);
}

static gboolean
write_setting (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, text, strlen (text)) > 0;

  if (fd >= 0)
    close (fd);
  return written;
}

/* Whatever the system makes of a socket that does not say whether it is dual stack. */
static void
test_reach_where_bound_to_ipv6 (void)
{
  const char *setting = "/proc/sys/net/ipv6/bindv6only";

  if (!test_needs_ipv6 () || !test_etc_is_own ())
    return;
  if (!write_setting (setting, "1"))
    {
      g_test_skip ("the system's setting cannot be changed");
      return;
    }
  check_reach (GSOCK_IPV6_MODE_YES, TRUE, TRUE);
  check_reach (GSOCK_IPV6_MODE_ONLY, FALSE, TRUE);
  g_assert_true (write_setting (setting, "0"));
}

/* Where the system has no IPv6 the other half of the dual-stack socket will do. */
static void
test_reach_without_ipv6 (void)
{
  const char *setting = "/proc/sys/net/ipv6/conf/all/disable_ipv6";

  if (!test_needs_ipv6 () || !test_etc_is_own ())
    return;
  if (!write_setting (setting, "1"))
    {
      g_test_skip ("the system's setting cannot be changed");
      return;
    }
  check_reach (GSOCK_IPV6_MODE_YES, TRUE, FALSE);
  g_assert_true (write_setting (setting, "0"));
}

/* From here on this process has no IPv6 at all: its kernel says that it knows no such family. */
static gboolean
forget_ipv6 (void)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[0])),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { .len = G_N_ELEMENTS (code), .filter = code };

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0
         && socket (AF_INET6, SOCK_STREAM, 0) < 0;
}

/* The last of all tests. Who asked for IPv6 is told that there is none. */
static void
test_fallback (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) fresh = NULL, bound = NULL;

  if (!forget_ipv6 ())
    {
      g_test_skip ("system calls cannot be filtered here");
      return;
    }
  check_reach (GSOCK_IPV6_MODE_YES, TRUE, FALSE);
  fresh = gsock_make_socket (NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_address_family (fresh), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  bound = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_get_address_family (bound), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  g_assert_null (gsock_make_socket (NULL, &error, "local-port", 0, "ipv6", GSOCK_IPV6_MODE_ONLY, NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED);
  g_assert_null (gsock_make_socket (NULL, &error, "local-host", "::1", NULL));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED);
}

/* A client of a dual-stack listener is seen under the address that it has. */
static void
test_mapped_client (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = NULL, client = NULL;
  g_autoptr (GSockActiveSocket) accepted = NULL;
  g_autoptr (GSockAddress) remote = NULL, local = NULL;
  g_autofree char *host = NULL, *text = NULL;

  if (!test_needs_ipv6 ())
    return;
  server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-port", 0, NULL);
  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (server), NULL);
  g_assert_no_error (error);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, &error, NULL);
  g_assert_no_error (error);
  remote = gsock_socket_get_remote_address (GSOCK_SOCKET (accepted), &error);
  local = gsock_socket_get_local_address (client, &error);
  g_assert_true (gsock_address_equal (remote, local));
  g_object_get (accepted, "local-host", &host, NULL);
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpint (gsock_socket_get_address_family (GSOCK_SOCKET (accepted)), ==, GSOCK_ADDRESS_FAMILY_IPV6);
  text = gsock_address_to_text (remote);
  g_assert_true (g_str_has_prefix (text, "127.0.0.1:"));
}

static void
test_started (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                                                      test_stage_port (&stage, "port"), "wait", FALSE, NULL);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = gsock_socket_to_string (socket);
  g_assert_true (strstr (text, "connecting to 127.0.0.1:") != NULL || gsock_socket_is_connected (socket));
  g_assert_true (gsock_socket_finish_connect (socket, TRUE, 5, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
  g_assert_cmpint (gsock_socket_get_remote_port (socket), ==, test_stage_port (&stage, "port"));
}

/* What is refused later is told by finish-connect. */
static void
test_started_in_vain (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                                                      test_stage_port (&stage, "free"), "wait", FALSE, NULL);

  if (socket != NULL)
    g_assert_false (gsock_socket_finish_connect (socket, TRUE, 5, NULL, &error));
  test_assert_message (error, "connect to 127.0.0.1:");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

static int
full_listener (int family, int *port, const char *path, int *client)
{
  struct sockaddr_un local = { .sun_family = AF_UNIX };
  struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int listener = family == AF_INET ? test_internet_fd (SOCK_STREAM, port) : test_local_fd (SOCK_STREAM, path);

  g_assert_cmpint (listen (listener, 0), ==, 0);
  *client = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (family == AF_INET)
    {
      ipv4.sin_port = htons (*port);
      g_assert_cmpint (connect (*client, (struct sockaddr *) &ipv4, sizeof ipv4), ==, 0);
      return listener;
    }
  g_strlcpy (local.sun_path, path, sizeof local.sun_path);
  g_assert_cmpint (connect (*client, (struct sockaddr *) &local, sizeof local), ==, 0);
  return listener;
}

/* Nobody has room for the connection: it waits for as long as it may. */
static void
test_timeout (void)
{
  g_autofree char *path = test_stage_path (&stage, "full");
  g_autoptr (GError) error = NULL;
  int port, client;
  int listener = full_listener (AF_INET, &port, NULL, &client);

  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", port, "timeout", 0.05, NULL)));
  test_assert_message (error, "connect to 127.0.0.1:");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  close (client);
  close (listener);

  listener = full_listener (AF_UNIX, NULL, path, &client);
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "remote-filename", path, "timeout", 0.05, NULL)));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "remote-filename", path, "wait", FALSE, NULL)));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  close (client);
  close (listener);
}

/* Whatever step it is that fails, neither descriptor nor file is left. */
static void
test_nothing_left (void)
{
  g_autofree char *path = test_stage_path (&stage, "left");
  g_autofree char *nobody = test_stage_path (&stage, "nobody");
  g_autoptr (GError) error = NULL;

  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "local-filename", path, "remote-filename", nobody, NULL)));
  test_assert_error (error, GSOCK_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "local-filename", path, "remote-filename", nobody,
                                                            "unlink-on-close", FALSE, NULL)));
  test_assert_error (error, GSOCK_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "local-filename", path, "connect", GSOCK_ROLE_PASSIVE,
                                                            "tcp-fast-open", 5, NULL)));
  test_assert_error (error, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "local-host", "127.0.0.1", "ipv6-address-form", "ipv4", NULL)));
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_OPTION_NOT_SUPPORTED);
  g_clear_error (&error);
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                                                            test_stage_port (&stage, "free"), "local-host", "127.0.0.1", NULL)));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

/* When every address of a name fails each is told with its reason. */
static void
test_reasons (void)
{
  g_autoptr (GError) error = NULL;

  if (!test_etc_is_own () || !test_needs_ipv6 ())
    return;
  test_hosts_write ();
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "remote-host", "localhost", "remote-port",
                                                            test_stage_port (&stage, "free"), NULL)));
  test_assert_message (error, "connect to localhost:");
  test_assert_message (error, ": none of 2 addresses worked:\n");
  test_assert_message (error, "\n127.0.0.1:");
  test_assert_message (error, "\n[::1]:");
  test_assert_message (error, ": Connection refused");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  test_keeps_descriptors (g_assert_null (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "multi.test", NULL)));
  test_assert_message (error, "bind to multi.test: none of 4 addresses worked:\n");
  test_assert_message (error, "\n192.0.2.10:0: ");
  test_assert_message (error, "\n[2001:db8::11]:0: ");
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
}

/* One address that works is enough, whichever it is. */
static void
test_one_works (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) server = NULL, client = NULL, bound = NULL;
  guint before;

  if (!test_etc_is_own () || !test_needs_ipv6 ())
    return;
  test_hosts_write ();
  before = test_count_descriptors ();
  for (int turn = 0; turn < 2; turn++)
    {
      g_autofree char *host = NULL;

      server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", turn == 0 ? "127.0.0.1" : "::1", NULL);
      g_assert_no_error (error);
      client = gsock_make_socket (NULL, &error, "remote-host", "localhost", "remote-port", gsock_socket_get_local_port (server), NULL);
      g_assert_no_error (error);
      g_object_get (client, "remote-host", &host, NULL);
      g_assert_cmpstr (host, ==, turn == 0 ? "127.0.0.1" : "::1");
      g_assert_true (gsock_socket_is_connected (client));
      g_clear_object (&client);
      g_clear_object (&server);
    }
  bound = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "localhost", NULL);
  g_assert_no_error (error);
  g_clear_object (&bound);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

int
main (int argc, char *argv[])
{
  int failed;

  test_etc_enter ();
  g_test_init (&argc, &argv, NULL);
  test_stage_open (&stage);

  g_test_add_func ("/request-run/reach", test_reach);
  g_test_add_func ("/request-run/reach-where-bound-to-ipv6", test_reach_where_bound_to_ipv6);
  g_test_add_func ("/request-run/mapped-client", test_mapped_client);
  g_test_add_func ("/request-run/started", test_started);
  g_test_add_func ("/request-run/started-in-vain", test_started_in_vain);
  g_test_add_func ("/request-run/timeout", test_timeout);
  g_test_add_func ("/request-run/nothing-left", test_nothing_left);
  g_test_add_func ("/request-run/reasons", test_reasons);
  g_test_add_func ("/request-run/one-works", test_one_works);
  g_test_add_func ("/request-run/reach-without-ipv6", test_reach_without_ipv6);
  g_test_add_func ("/request-run/fallback", test_fallback);

  failed = g_test_run ();
  test_stage_close (&stage);
  return failed;
}
