/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a socket can meet, and the sockets that operators are tried on. */

#include "teststage.h"

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
test_internet_fd (int type, int *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

int
test_local_fd (int type, const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (g_strlcpy (address.sun_path, path, sizeof address.sun_path), <, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  if (type != SOCK_DGRAM)
    g_assert_cmpint (listen (fd, 64), ==, 0);
  return fd;
}

int
test_accept_fd (int listener)
{
  int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

int
test_native_int (GSockSocket *socket, int level, int option)
{
  int value = -1;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), level, option, &value, &length), ==, 0);
  return value;
}

gboolean
test_has_ipv6 (void)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean has = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  if (fd >= 0)
    close (fd);
  return has;
}

gboolean
test_needs_ipv6 (void)
{
  gboolean has = test_has_ipv6 ();

  if (!has)
    g_test_skip ("this machine has no IPv6");
  return has;
}

gboolean
test_needs_root (void)
{
  gboolean is_root = geteuid () == 0;

  if (!is_root)
    g_test_skip ("only root may make such a socket");
  return is_root;
}

char *
test_stage_path (TestStage *self, const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

static void
put (TestStage *self, const char *name, const char *text)
{
  g_hash_table_insert (self->places, g_strdup (name), g_strdup (text));
}

static void
put_port (TestStage *self, const char *name, int port)
{
  g_hash_table_insert (self->places, g_strdup (name), g_strdup_printf ("%d", port));
}

static void
put_path (TestStage *self, const char *name)
{
  g_hash_table_insert (self->places, g_strdup (name), test_stage_path (self, name));
}

/* As long as a name can be, or longer by so many bytes. */
static void
put_long_path (TestStage *self, const char *name, gsize more)
{
  g_autofree char *prefix = test_stage_path (self, "l");
  gsize length = GSOCK_LOCAL_FILENAME_MAX + more;
  g_autofree char *path = g_strnfill (length, 'l');

  g_assert_cmpuint (strlen (prefix), <, length);
  memcpy (path, prefix, strlen (prefix));
  put (self, name, path);
}

static void
open_local (TestStage *self)
{
  self->dir = g_dir_make_tmp ("gsock-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
  put (self, "dir", self->dir);
  put_path (self, "stream");
  put_path (self, "seqpacket");
  put_path (self, "datagram");
  put_path (self, "stale");
  put_path (self, "file");
  put_long_path (self, "long", 1);
  put_long_path (self, "longest", 0);
  self->local_stream = test_local_fd (SOCK_STREAM, test_stage_place (self, "stream"));
  self->local_seqpacket = test_local_fd (SOCK_SEQPACKET, test_stage_place (self, "seqpacket"));
  self->local_datagram = test_local_fd (SOCK_DGRAM, test_stage_place (self, "datagram"));
  close (test_local_fd (SOCK_STREAM, test_stage_place (self, "stale")));
  g_assert_true (g_file_set_contents (test_stage_place (self, "file"), "text", -1, NULL));
}

/* The first wait of a thread makes a descriptor that the thread keeps, and GIO has some as well. */
static void
wait_once (void)
{
  g_autoptr (GSocketConnectable) loopback = g_network_address_new_loopback (9);
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (loopback);
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next (enumerator, NULL, NULL);
  GSockSocket *first = NULL, *second = NULL;

  g_assert_nonnull (address);
  g_assert_true (gsock_make_socket_pair (&first, &second, NULL, NULL));
  g_assert_cmpint (gsock_socket_wait_for (first, G_IO_IN, 0.001, NULL, NULL), ==, 0);
  g_object_unref (first);
  g_object_unref (second);
}

void
test_stage_open (TestStage *self)
{
  int port;

  wait_once ();
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  self->listener = test_internet_fd (SOCK_STREAM, &port);
  g_assert_cmpint (listen (self->listener, 64), ==, 0);
  put_port (self, "port", port);
  self->taken = test_internet_fd (SOCK_STREAM, &port);
  put_port (self, "free", port);
  self->datagram = test_internet_fd (SOCK_DGRAM, &port);
  put_port (self, "udp", port);
  open_local (self);
}

static void
remove_folder (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_assert_cmpint (g_unlink (file), ==, 0);
    }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static int
compare_names (const char *const *name, const char *const *other)
{
  return strcmp (*name, *other);
}

/* The stale file is there to be taken. */
void
test_stage_restore (TestStage *self)
{
  g_ptr_array_set_size (self->others, 0);
  if (!g_file_test (test_stage_place (self, "stale"), G_FILE_TEST_EXISTS))
    close (test_local_fd (SOCK_STREAM, test_stage_place (self, "stale")));
}

/* Names of the files that are there now, sorted. */
char *
test_stage_list (TestStage *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, (GCompareFunc) compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

void
test_stage_close (TestStage *self)
{
  const int fds[] = {
    self->listener, self->taken, self->datagram, self->local_stream, self->local_seqpacket, self->local_datagram,
  };

  g_clear_pointer (&self->others, g_ptr_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  remove_folder (self->dir);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->dir, g_free);
}

const char *
test_stage_place (TestStage *self, const char *name)
{
  const char *text = g_hash_table_lookup (self->places, name);

  g_assert_nonnull (text);
  return text;
}

int
test_stage_port (TestStage *self, const char *name)
{
  return (int) g_ascii_strtoll (test_stage_place (self, name), NULL, 10);
}

/* The socket itself, after the last word of an error went to the log. */
static GSockSocket *
expect (GSockSocket *made, GError *error)
{
  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_SOCKET (made));
  return made;
}

static GSockSocket *
make_udp_unbound (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL), error);
}

static GSockSocket *
make_udp_quiet (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", "127.0.0.1", NULL), error);
}

/* "hello" is there for it. */
static GSockSocket *
make_udp (TestStage *self)
{
  GSockSocket *made = make_udp_quiet (self);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  address.sin_port = htons (gsock_socket_get_local_port (made));
  g_assert_cmpint (sendto (self->datagram, "hello", 5, 0, (struct sockaddr *) &address, sizeof address), ==, 5);
  return made;
}

static GSockSocket *
make_udp_ipv6 (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_IPV6, NULL), error);
}

static GSockSocket *
make_udp_connected (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-host", "127.0.0.1",
                                    "remote-port", test_stage_port (self, "udp"), NULL), error);
}

static GSockSocket *
make_tcp_fresh (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL), error);
}

static GSockSocket *
make_tcp_quiet (TestStage *self)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *made = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1",
                                         "remote-port", test_stage_port (self, "port"), NULL);
  int fd = test_accept_fd (self->listener);

  g_ptr_array_add (self->others, expect (gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL), error));
  return expect (made, error);
}

static void
say_hello (TestStage *self)
{
  GSockSocket *peer = g_ptr_array_index (self->others, self->others->len - 1);

  g_assert_cmpint (gsock_socket_send_to (peer, "hello", 5, NULL, NULL, NULL), ==, 5);
}

static GSockSocket *
make_tcp (TestStage *self)
{
  GSockSocket *made = make_tcp_quiet (self);

  say_hello (self);
  return made;
}

static GSockSocket *
make_passive (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL), error);
}

static GSockSocket *
make_passive_bound (TestStage *self)
{
  GSockSocket *made = make_passive (self);
  g_autoptr (GError) error = NULL;

  gsock_socket_bind_address (made, NULL, NULL, &error, "local-host", "127.0.0.1", NULL);
  return expect (made, error);
}

static GSockSocket *
make_listener_quiet (TestStage *self)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL), error);
}

/* Somebody waits to be accepted. */
static GSockSocket *
make_listener (TestStage *self)
{
  GSockSocket *made = make_listener_quiet (self);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (self->others, expect (gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port",
                                                            gsock_socket_get_local_port (made), NULL), error));
  return made;
}

static GSockSocket *
make_local (GSockSocketType type)
{
  g_autoptr (GError) error = NULL;

  return expect (gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", type, NULL), error);
}

static GSockSocket *
make_local_stream (TestStage *self)
{
  return make_local (GSOCK_SOCKET_TYPE_STREAM);
}

static GSockSocket *
make_local_seqpacket (TestStage *self)
{
  return make_local (GSOCK_SOCKET_TYPE_SEQPACKET);
}

static GSockSocket *
make_local_datagram (TestStage *self)
{
  return make_local (GSOCK_SOCKET_TYPE_DATAGRAM);
}

static GSockSocket *
make_pair (TestStage *self, GSockSocketType type)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *made = NULL, *other = NULL;

  gsock_make_socket_pair (&made, &other, &error, "type", type, NULL);
  g_ptr_array_add (self->others, expect (other, error));
  say_hello (self);
  return made;
}

static GSockSocket *
make_pair_stream (TestStage *self)
{
  return make_pair (self, GSOCK_SOCKET_TYPE_STREAM);
}

static GSockSocket *
make_pair_datagram (TestStage *self)
{
  return make_pair (self, GSOCK_SOCKET_TYPE_DATAGRAM);
}

static GSockSocket *
make_pair_seqpacket (TestStage *self)
{
  return make_pair (self, GSOCK_SOCKET_TYPE_SEQPACKET);
}

static GSockSocket *
make_closed (TestStage *self)
{
  GSockSocket *made = make_udp_quiet (self);

  g_assert_true (gsock_socket_close (made, FALSE, NULL));
  return made;
}

static GSockSocket *
make_closed_listener (TestStage *self)
{
  GSockSocket *made = make_listener_quiet (self);

  g_assert_true (gsock_socket_close (made, FALSE, NULL));
  return made;
}

static GSockSocket *
make_uninitialised (TestStage *self)
{
  return g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
}

static GSockSocket *
make_uninitialised_listener (TestStage *self)
{
  return g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL);
}

/* Those that are quiet have nothing to receive or to accept. */
static const struct
{
  const char *name;
  GSockSocket *(*make) (TestStage *self);
} kinds[] = {
  { "closed", make_closed },
  { "closed-listener", make_closed_listener },
  { "listener", make_listener },
  { "listener-quiet", make_listener_quiet },
  { "local-datagram", make_local_datagram },
  { "local-seqpacket", make_local_seqpacket },
  { "local-stream", make_local_stream },
  { "pair-datagram", make_pair_datagram },
  { "pair-seqpacket", make_pair_seqpacket },
  { "pair-stream", make_pair_stream },
  { "passive", make_passive },
  { "passive-bound", make_passive_bound },
  { "tcp", make_tcp },
  { "tcp-fresh", make_tcp_fresh },
  { "tcp-quiet", make_tcp_quiet },
  { "udp", make_udp },
  { "udp-connected", make_udp_connected },
  { "udp-ipv6", make_udp_ipv6 },
  { "udp-quiet", make_udp_quiet },
  { "udp-unbound", make_udp_unbound },
  { "uninitialised", make_uninitialised },
  { "uninitialised-listener", make_uninitialised_listener },
};

GSockSocket *
test_stage_make (TestStage *self, const char *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, kind))
      {
        GSockSocket *made = kinds[i].make (self);

        put_port (self, "self", gsock_socket_get_local_port (made));
        return made;
      }
  g_error ("nobody makes a socket of the kind \"%s\"", kind);
}
