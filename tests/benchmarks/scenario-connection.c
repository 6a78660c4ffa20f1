/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection made, accepted and closed at both ends, in one thread: by TCP and by local sockets. */

#include "benchmark.h"
#include "libuv.h"
#include "peers.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stddef.h>
#include <sys/un.h>
#include <unistd.h>

/* The listeners are reached by so many addresses of the loopback network in turn, for the port of each
 * connection lingers a while, and looking for another one would take longer and longer. */
#define N_ADDRESSES 4096

typedef struct
{
  struct sockaddr_storage raw;
  socklen_t raw_length;
  GSocketAddress *gio;
  GSockAddress gsock;
} Destination;

typedef struct
{
  int family;
  int raw;
  GSocket *gio;
  GSockSocket *gsock;
  gpointer libuv;
  Destination *destinations;
  guint n_destinations, next;
  char *folder;
} Fixture;

static int
raw_listener (const struct sockaddr *address, socklen_t length)
{
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, address, length) < 0 || listen (fd, 16) < 0)
    peers_fail ("a listener", NULL);
  return fd;
}

static GSocket *
gio_listener (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  if (socket == NULL || !g_socket_bind (socket, address, TRUE, &error) || !g_socket_listen (socket, &error))
    peers_fail ("g_socket_listen", error);
  return socket;
}

static GSockSocket *
gsock_listener (const GSockAddress *address)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-address", address, NULL);

  if (socket == NULL)
    peers_fail ("make-socket", error);
  return socket;
}

static guint
raw_port (int fd)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  if (getsockname (fd, (struct sockaddr *) &address, &length) < 0)
    peers_fail ("getsockname", NULL);
  return g_ntohs (address.sin_port);
}

static guint
gio_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
fill_internet_destination (Destination *self, guint number, guint raw_port, guint gio_port, guint gsock_port)
{
  g_autofree char *host = g_strdup_printf ("127.0.%u.%u", 1 + number / 250, 1 + number % 250);
  struct sockaddr_in *raw = (struct sockaddr_in *) &self->raw;

  self->gio = g_inet_socket_address_new_from_string (host, gio_port);
  gsock_address_init_from_host (&self->gsock, host, gsock_port, NULL);
  self->raw_length = sizeof *raw;
  *raw = (struct sockaddr_in){
    .sin_family = AF_INET,
    .sin_port = g_htons (raw_port),
    .sin_addr.s_addr = g_htonl ((127u << 24) + ((1 + number / 250) << 8) + 1 + number % 250),
  };
}

static gpointer
set_up_internet (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  struct sockaddr_in any = { .sin_family = AF_INET };
  g_autoptr (GSocketAddress) gio_any = g_socket_address_new_from_native (&any, sizeof any);
  GSockAddress gsock_any;
  guint raw, gio, gsock;

  gsock_address_init_from_host (&gsock_any, "0.0.0.0", 0, NULL);
  self->family = AF_INET;
  self->raw = raw_listener ((struct sockaddr *) &any, sizeof any);
  self->gio = gio_listener (gio_any);
  self->gsock = gsock_listener (&gsock_any);
  self->libuv = libuv_connections_open (NULL);
  raw = raw_port (self->raw);
  gio = gio_port (self->gio);
  gsock = gsock_socket_get_local_port (self->gsock);
  self->n_destinations = N_ADDRESSES;
  self->destinations = g_new0 (Destination, N_ADDRESSES);
  for (guint i = 0; i < N_ADDRESSES; i++)
    fill_internet_destination (&self->destinations[i], i, raw, gio, gsock);
  return self;
}

static gpointer
set_up_local (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  Destination *to = self->destinations = g_new0 (Destination, 1);
  struct sockaddr_un *raw = (struct sockaddr_un *) &to->raw;
  g_autofree char *gio_name = NULL, *gsock_name = NULL, *libuv_name = NULL;

  self->family = AF_UNIX;
  self->n_destinations = 1;
  self->folder = g_dir_make_tmp ("gsock-benchmark-XXXXXX", NULL);
  gio_name = g_build_filename (self->folder, "gio", NULL);
  gsock_name = g_build_filename (self->folder, "gsock", NULL);
  libuv_name = g_build_filename (self->folder, "libuv", NULL);
  raw->sun_family = AF_UNIX;
  g_snprintf (raw->sun_path, sizeof raw->sun_path, "%s/raw", self->folder);
  to->raw_length = (socklen_t) (offsetof (struct sockaddr_un, sun_path) + strlen (raw->sun_path) + 1);
  to->gio = g_unix_socket_address_new (gio_name);
  gsock_address_init_from_filename (&to->gsock, gsock_name, NULL);
  self->raw = raw_listener ((struct sockaddr *) raw, to->raw_length);
  self->gio = gio_listener (to->gio);
  self->gsock = gsock_listener (&to->gsock);
  self->libuv = libuv_connections_open (libuv_name);
  return self;
}

static void
remove_folder (const char *folder)
{
  static const char *const names[] = { "raw", "gio", "gsock", "libuv" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (folder, names[i], NULL);

      g_unlink (name);
    }
  g_rmdir (folder);
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  close (self->raw);
  g_object_unref (self->gio);
  g_object_unref (self->gsock);
  if (self->libuv != NULL)
    libuv_connections_close (self->libuv);
  for (guint i = 0; i < self->n_destinations; i++)
    g_object_unref (self->destinations[i].gio);
  g_free (self->destinations);
  if (self->folder != NULL)
    remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

static const Destination *
next_destination (Fixture *self)
{
  return &self->destinations[self->next++ % self->n_destinations];
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      const Destination *to = next_destination (self);
      struct sockaddr_storage peer;
      socklen_t length = sizeof peer;
      int client = socket (self->family, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

      peers_expect (connect (client, (const struct sockaddr *) &to->raw, to->raw_length), 0, "connect");
      server = accept4 (self->raw, (struct sockaddr *) &peer, &length, SOCK_CLOEXEC);
      peers_expect (server >= 0, TRUE, "accept");
      peers_expect (close (client), 0, "close");
      peers_expect (close (server), 0, "close");
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      const Destination *to = next_destination (self);
      g_autoptr (GSocket) client = g_socket_new ((GSocketFamily) self->family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_autoptr (GSocket) server = NULL;

      peers_expect (g_socket_connect (client, to->gio, NULL, NULL), TRUE, "g_socket_connect");
      server = g_socket_accept (self->gio, NULL, NULL);
      peers_expect (server != NULL, TRUE, "g_socket_accept");
      peers_expect (g_socket_close (client, NULL), TRUE, "g_socket_close");
      peers_expect (g_socket_close (server, NULL), TRUE, "g_socket_close");
    }
}

static G_GNUC_UNUSED void
run_libuv (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  libuv_connections_run (self->libuv, n);
}

static void
run_gsock_with (Fixture *self, guint n, double timeout)
{
  for (guint i = 0; i < n; i++)
    {
      const Destination *to = next_destination (self);
      g_autoptr (GSockSocket) client = gsock_make_socket (NULL, NULL, "remote-address", &to->gsock, "timeout", timeout, NULL);
      g_autoptr (GSockActiveSocket) server = NULL;

      peers_expect (client != NULL, TRUE, "make-socket");
      server = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->gsock), TRUE, timeout, NULL, NULL);
      peers_expect (server != NULL, TRUE, "accept-connection");
      peers_expect (gsock_socket_close (client, FALSE, NULL), TRUE, "close");
      peers_expect (gsock_socket_close (GSOCK_SOCKET (server), FALSE, NULL), TRUE, "close");
    }
}

static void
run_gsock (gpointer fixture, guint n)
{
  run_gsock_with (fixture, n, GSOCK_TIMEOUT_NEVER);
}

static void
run_gsock_timeout (gpointer fixture, guint n)
{
  run_gsock_with (fixture, n, 10.0);
}

static const Variant internet[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock", run_gsock, { .ratio = 1.08 } },
  { "gsock-timeout", run_gsock_timeout, { 0 } },
};

const Scenario scenario_connection = {
  .number = 6,
  .name = "connection",
  .title = "TCP: connected, accepted and closed",
  .set_up = set_up_internet,
  .tear_down = tear_down,
  VARIANTS (internet),
};

static const Variant local[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock", run_gsock, { .ratio = 1.15 } },
  { "gsock-timeout", run_gsock_timeout, { 0 } },
};

const Scenario scenario_connection_local = {
  .number = 7,
  .name = "connection-local",
  .title = "the same by local sockets",
  .set_up = set_up_local,
  .tear_down = tear_down,
  VARIANTS (local),
};
