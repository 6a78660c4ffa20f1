/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets in pairs, of every kind that two can be connected of. */

#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const TestKind test_kinds[] = {
  { "tcp-ipv4", AF_INET, SOCK_STREAM },
  { "tcp-ipv6", AF_INET6, SOCK_STREAM },
  { "udp-ipv4", AF_INET, SOCK_DGRAM },
  { "udp-ipv6", AF_INET6, SOCK_DGRAM },
  { "local-stream", AF_UNIX, SOCK_STREAM },
  { "local-datagram", AF_UNIX, SOCK_DGRAM },
  { "local-seqpacket", AF_UNIX, SOCK_SEQPACKET },
};
const guint test_n_kinds = G_N_ELEMENTS (test_kinds);

const TestKind *
test_kind_find (const char *name)
{
  for (guint i = 0; i < test_n_kinds; i++)
    if (strcmp (test_kinds[i].name, name) == 0)
      return &test_kinds[i];
  g_assert_not_reached ();
}

gboolean
test_is_stream (const TestKind *kind)
{
  return kind->type == SOCK_STREAM;
}

gboolean
test_is_conversation (const TestKind *kind)
{
  return kind->type != SOCK_DGRAM;
}

gboolean
test_is_datagram (const TestKind *kind)
{
  return kind->type == SOCK_DGRAM;
}

gboolean
test_is_local (const TestKind *kind)
{
  return kind->family == AF_UNIX;
}

char *
test_unique_name (void)
{
  static int count = 0;

  return g_strdup_printf ("@gsock-test-%d-%d", getpid (), g_atomic_int_add (&count, 1));
}

gboolean
test_kind_is_there (const TestKind *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = NULL;

  if (kind->family != AF_INET6)
    return TRUE;
  socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", AF_INET6, "local-host", "::1", NULL);
  if (socket != NULL)
    return TRUE;
  g_test_skip ("this machine has no IPv6 loopback");
  return FALSE;
}

/* Bound at an address of its own; passive where it is of a kind that converses. */
static GSockSocket *
make_bound (const TestKind *kind, int backlog)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = test_unique_name ();
  const char *where = kind->family == AF_UNIX ? "local-filename" : "local-host";
  const char *address = kind->family == AF_UNIX ? name : kind->family == AF_INET6 ? "::1" : "127.0.0.1";
  GSockSocket *socket;

  if (kind->type == SOCK_DGRAM)
    socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, where, address, NULL);
  else
    socket = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, "connect", GSOCK_ROLE_PASSIVE,
                                "backlog", backlog, where, address, NULL);
  g_assert_no_error (error);
  g_assert_nonnull (socket);
  return socket;
}

GSockSocket *
test_listener_new (const TestKind *kind, int backlog)
{
  return make_bound (kind, backlog);
}

GSockSocket *
test_receiver_new (const TestKind *kind)
{
  return make_bound (kind, 0);
}

GSockAddress
test_address_of (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  gsock_socket_copy_local_address (socket, &address, &error);
  g_assert_no_error (error);
  return address;
}

static void
connect_to (GSockSocket *socket, GSockSocket *peer)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = test_address_of (peer);

  gsock_socket_connect_direct (socket, &address, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error);
  g_assert_no_error (error);
}

static void
open_conversation (TestWire *self, const TestKind *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = test_listener_new (kind, 1);
  GSockAddress address = test_address_of (listener);

  self->near = gsock_make_socket (NULL, &error, "type", kind->type, "address-family", kind->family, "remote-address", &address, NULL);
  g_assert_no_error (error);
  self->far = GSOCK_SOCKET (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL));
  g_assert_no_error (error);
}

gboolean
test_wire_open (TestWire *self, const TestKind *kind)
{
  self->near = self->far = NULL;
  if (!test_kind_is_there (kind))
    return FALSE;
  if (kind->type != SOCK_DGRAM)
    {
      open_conversation (self, kind);
      return TRUE;
    }
  self->near = test_receiver_new (kind);
  self->far = test_receiver_new (kind);
  connect_to (self->near, self->far);
  connect_to (self->far, self->near);
  return TRUE;
}

void
test_wire_close (TestWire *self)
{
  if (self->near != NULL)
    test_assert_finalize_object (self->near);
  if (self->far != NULL)
    test_assert_finalize_object (self->far);
  self->near = self->far = NULL;
}

GSockSocket *
test_adopt (GSockSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *adopted = gsock_make_socket_from_fd (test_peek_fd (socket), &error, NULL);

  g_assert_no_error (error);
  return adopted;
}

int
test_peek_fd (GSockSocket *socket)
{
  return gsock_socket_get_handle (socket)->fd;
}

int
test_plain_socket (const TestKind *kind)
{
  int fd = socket (kind->family, kind->type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

gsize
test_fill (GSockSocket *socket)
{
  static const guint8 bytes[4096];
  gsize total = 0;
  gssize n;

  do
    {
      g_autoptr (GError) error = NULL;

      n = gsock_socket_send_to_direct (socket, bytes, sizeof bytes, NULL, 0, FALSE, 0, NULL, &error);
      total += n > 0 ? (gsize) n : 0;
      g_assert_true (n > 0 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK));
    }
  while (n > 0);
  return total;
}

static void
fix_buffer (GSockSocket *socket, int buffer)
{
  g_assert_cmpint (setsockopt (test_peek_fd (socket), SOL_SOCKET, buffer, &(int){ 32768 }, sizeof (int)), ==, 0);
}

void
test_fix_buffers (GSockSocket *socket, GSockSocket *peer)
{
  fix_buffer (socket, SO_SNDBUF);
  fix_buffer (peer, SO_RCVBUF);
}

/* Bytes that were sent and not acknowledged: they free the sender's buffer when that comes. */
static gboolean
has_bytes_in_flight (int fd)
{
  int queued = 0, unsent = 0;

  return ioctl (fd, SIOCOUTQ, &queued) == 0 && ioctl (fd, SIOCOUTQNSD, &unsent) == 0 && queued != unsent;
}

/* A receiver's buffer would grow by itself if it was given no size. What a busy machine has under way
 * may make room once more. */
gsize
test_fill_up (GSockSocket *socket, GSockSocket *peer)
{
  gsize total = 0, more;
  guint n_full = 0;

  test_fix_buffers (socket, peer);
  do
    {
      for (guint i = 0; i < 300 && has_bytes_in_flight (test_peek_fd (socket)); i++)
        g_usleep (1000);
      more = test_fill (socket);
      total += more;
      n_full = more > 0 ? 0 : n_full + 1;
    }
  while (n_full < 2);
  return total;
}

gsize
test_drain (GSockSocket *socket)
{
  guint8 bytes[4096];
  gsize total = 0;
  gssize n;

  do
    {
      g_autoptr (GError) error = NULL;

      n = gsock_socket_receive_from_direct (socket, bytes, sizeof bytes, 0, FALSE, 0, NULL, NULL, &error);
      total += n > 0 ? (gsize) n : 0;
      g_assert_true (n >= 0 || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK));
    }
  while (n > 0);
  return total;
}

/* A thread that has waited keeps a descriptor to be woken by, and so does the default context: they are
 * there from the beginning. */
static void
have_waited (void)
{
  GSockPatience patience = GSOCK_PATIENCE_INIT (0, NULL);

  (void) gsock_wait_one (NULL, -1, 0, &patience);
  (void) g_main_context_default ();
}

typedef struct
{
  GTestFunc function;
  GTestDataFunc data_function;
  gconstpointer data;
} Test;

static void
run_test (gconstpointer data)
{
  const Test *test = data;
  guint before;

  have_waited ();
  before = test_count_descriptors ();
  if (test->function != NULL)
    test->function ();
  else
    test->data_function (test->data);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
}

void
test_add (const char *path, GTestFunc function)
{
  Test test = { .function = function };

  g_test_add_data_func_full (path, g_memdup2 (&test, sizeof test), run_test, g_free);
}

void
test_add_with (const char *path, gconstpointer data, GTestDataFunc function)
{
  Test test = { .data_function = function, .data = data };

  g_test_add_data_func_full (path, g_memdup2 (&test, sizeof test), run_test, g_free);
}

void
test_add_for_kinds (const char *prefix, GTestDataFunc function, gboolean (*wanted) (const TestKind *kind))
{
  for (guint i = 0; i < test_n_kinds; i++)
    if (wanted == NULL || wanted (&test_kinds[i]))
      {
        g_autofree char *path = g_strdup_printf ("%s/%s", prefix, test_kinds[i].name);

        test_add_with (path, &test_kinds[i], function);
      }
}
