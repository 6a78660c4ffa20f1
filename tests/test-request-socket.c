/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One socket as make-socket is asked for it: what its keywords and options set in the kernel, and when. */

#include "testlib.h"
#include "testetc.h"
#include "testhosts.h"
#include "teststage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static TestStage stage;

/* Each keyword that is an option, both ways. */
static void
test_keyword_options (void)
{
  const struct
  {
    const char *keyword;
    int type, protocol, level, option;
    gboolean needs_root;
  } cases[] = {
    { "keepalive", SOCK_STREAM, 0, SOL_SOCKET, SO_KEEPALIVE, FALSE },
    { "nodelay", SOCK_STREAM, 0, IPPROTO_TCP, TCP_NODELAY, FALSE },
    { "reuse-address", SOCK_STREAM, 0, SOL_SOCKET, SO_REUSEADDR, FALSE },
    { "reuse-port", SOCK_STREAM, 0, SOL_SOCKET, SO_REUSEPORT, FALSE },
    { "reuse-address", SOCK_DGRAM, 0, SOL_SOCKET, SO_REUSEADDR, FALSE },
    { "reuse-port", SOCK_DGRAM, 0, SOL_SOCKET, SO_REUSEPORT, FALSE },
    { "broadcast", SOCK_DGRAM, 0, SOL_SOCKET, SO_BROADCAST, FALSE },
    { "include-headers", SOCK_RAW, IPPROTO_UDP, IPPROTO_IP, IP_HDRINCL, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int value = 0; value < 2; value++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GSockSocket) socket = NULL;
        gboolean read = -1;

        if (cases[i].needs_root && geteuid () != 0)
          continue;
        socket = gsock_make_socket (NULL, &error, "type", cases[i].type, "protocol", cases[i].protocol, cases[i].keyword, value, NULL);
        g_assert_no_error (error);
        g_assert_cmpint (test_native_int (socket, cases[i].level, cases[i].option), ==, value);
        g_object_get (socket, cases[i].keyword, &read, NULL);
        g_assert_cmpint (read, ==, value);
      }
}

/* Only listeners take their port back, and only where nobody said otherwise. */
static void
test_reuse_defaults (void)
{
  const struct
  {
    int type, role;
    gboolean reuse;
  } cases[] = {
    { GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_PASSIVE, TRUE },
    { GSOCK_SOCKET_TYPE_STREAM, GSOCK_ROLE_ACTIVE, FALSE },
  };
  g_autoptr (GSockSocket) datagram = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-port", 0, NULL);

  g_assert_cmpint (test_native_int (datagram, SOL_SOCKET, SO_REUSEADDR), ==, 0);
  g_assert_cmpint (test_native_int (datagram, SOL_SOCKET, SO_REUSEPORT), ==, 0);
  g_assert_cmpint (test_native_int (datagram, SOL_SOCKET, SO_BROADCAST), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "connect", cases[i].role, "local-port", 0, NULL);

      g_assert_cmpint (test_native_int (socket, SOL_SOCKET, SO_REUSEADDR), ==, cases[i].reuse);
      g_assert_cmpint (test_native_int (socket, SOL_SOCKET, SO_REUSEPORT), ==, 0);
    }
}

static void
test_interface (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket
      = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", "interface", "lo", NULL);
  g_autofree char *read = NULL;
  char name[16] = "";
  socklen_t length = sizeof name;

  g_assert_no_error (error);
  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), SOL_SOCKET, SO_BINDTODEVICE, name, &length), ==, 0);
  g_assert_cmpstr (name, ==, "lo");
  g_object_get (socket, "interface", &read, NULL);
  g_assert_cmpstr (read, ==, "lo");
}

/* An address that this machine has not can be bound because ip-freebind comes first; buffers are
 * there before listen, for accepted sockets to have them; quickack is only kept by a connection. */
static void
test_option_phases (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) early = gsock_make_socket (NULL, &error, "local-host", "192.0.2.1", "ip-freebind", TRUE, NULL);
  g_autoptr (GSockSocket) server = NULL, client = NULL;
  g_autoptr (GSockActiveSocket) accepted = NULL;

  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_bound (early));
  server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "SO_RCVBUF", 9000,
                              "tcp-fast-open", 5, "ip-ttl", 44, "nodelay", TRUE, "keepalive", TRUE, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (test_native_int (server, IPPROTO_TCP, TCP_FASTOPEN), ==, 5);
  client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (server),
                              "tcp-syncnt", 2, "TCP_QUICKACK", FALSE, "IP_TTL", 33, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (test_native_int (client, IPPROTO_TCP, TCP_SYNCNT), ==, 2);
  g_assert_cmpint (test_native_int (client, IPPROTO_TCP, TCP_QUICKACK), ==, 0);
  g_assert_cmpint (test_native_int (client, IPPROTO_IP, IP_TTL), ==, 33);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, &error, NULL);
  g_assert_cmpint (test_native_int (GSOCK_SOCKET (accepted), SOL_SOCKET, SO_RCVBUF), ==, 18000);
  g_assert_cmpint (test_native_int (GSOCK_SOCKET (accepted), IPPROTO_IP, IP_TTL), ==, 44);
  g_assert_cmpint (test_native_int (GSOCK_SOCKET (accepted), IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (test_native_int (GSOCK_SOCKET (accepted), SOL_SOCKET, SO_KEEPALIVE), ==, 1);
}

static void
test_close_on_exec (void)
{
  const int types[] = { GSOCK_SOCKET_TYPE_STREAM, GSOCK_SOCKET_TYPE_DATAGRAM };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "type", types[i], NULL);

      g_assert_cmpint (fcntl (gsock_socket_get_file_descriptor (socket, NULL), F_GETFD) & FD_CLOEXEC, !=, 0);
    }
}

static void
test_protocol (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "protocol", IPPROTO_UDPLITE, NULL);
  int protocol = 0;

  if (socket == NULL)
    {
      g_test_skip ("this kernel has no UDP-Lite");
      return;
    }
  g_assert_cmpint (test_native_int (socket, SOL_SOCKET, SO_PROTOCOL), ==, IPPROTO_UDPLITE);
  g_object_get (socket, "protocol", &protocol, NULL);
  g_assert_cmpint (protocol, ==, IPPROTO_UDPLITE);
}

static GSockSocket *
make_bound (const char *path, int mode)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "local-filename", path, "file-mode", mode, NULL);

  g_assert_no_error (error);
  return socket;
}

static int
mode_of (const char *path)
{
  GStatBuf status;

  return g_lstat (path, &status) == 0 ? (int) (status.st_mode & 0777) : -1;
}

/* The umask masks, and is left as it is. */
static void
test_file_mode (void)
{
  const int modes[] = { 0600, 0640, 0666, 0777, 0 }, masks[] = { 0, 022, 077 };
  g_autofree char *path = test_stage_path (&stage, "x");
  mode_t before = umask (0);

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (masks); j++)
      {
        GSockSocket *socket;
        int read = -1;

        umask (masks[j]);
        socket = make_bound (path, modes[i]);
        g_assert_cmpint (mode_of (path), ==, modes[i] & ~masks[j]);
        g_object_get (socket, "file-mode", &read, NULL);
        g_assert_cmpint (read, ==, modes[i] & ~masks[j]);
        g_assert_cmpint (umask (masks[j]), ==, masks[j]);
        g_assert_finalize_object (socket);
      }
  umask (before);
}

typedef struct
{
  const char *path;
  gboolean stop; /* atomic */
  guint seen, too_open;
} Watcher;

static gpointer
watch (gpointer data)
{
  Watcher *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      int mode = mode_of (self->path);

      self->seen += mode >= 0;
      self->too_open += mode > 0600;
    }
  return NULL;
}

/* At no time is the file more open than it was asked to be. */
static void
test_file_mode_from_birth (void)
{
  g_autofree char *path = test_stage_path (&stage, "x");
  Watcher watcher = { .path = path };
  mode_t before = umask (0);
  GThread *thread = g_thread_new ("watcher", watch, &watcher);

  for (int i = 0; i < 300; i++)
    {
      GSockSocket *socket = make_bound (path, 0600);

      g_assert_finalize_object (socket);
    }
  g_atomic_int_set (&watcher.stop, TRUE);
  g_thread_join (thread);
  umask (before);
  g_test_message ("the file was seen %u times", watcher.seen);
  g_assert_cmpuint (watcher.too_open, ==, 0);
}

int
main (int argc, char *argv[])
{
  int failed;

  test_etc_enter ();
  g_test_init (&argc, &argv, NULL);
  test_stage_open (&stage);

  g_test_add_func ("/request-socket/keyword-options", test_keyword_options);
  g_test_add_func ("/request-socket/reuse-defaults", test_reuse_defaults);
  g_test_add_func ("/request-socket/interface", test_interface);
  g_test_add_func ("/request-socket/option-phases", test_option_phases);
  g_test_add_func ("/request-socket/close-on-exec", test_close_on_exec);
  g_test_add_func ("/request-socket/protocol", test_protocol);
  g_test_add_func ("/request-socket/file-mode", test_file_mode);
  g_test_add_func ("/request-socket/file-mode-from-birth", test_file_mode_from_birth);

  failed = g_test_run ();
  test_stage_close (&stage);
  return failed;
}
