/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bound datagram socket made and closed, with four things said of it. */

#include "benchmark.h"
#include "peers.h"

#include <arpa/inet.h>
#include <unistd.h>

typedef struct
{
  int port;
} Fixture;

/* A port that is free now: choosing one anew each time would be measured too, and is not the same
 * work each time. */
static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  struct sockaddr_in address;

  close (peers_raw_datagram (&address));
  self->port = g_ntohs (address.sin_port);
  return self;
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (self->port) };
      int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

      peers_expect (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof (int)), 0, "setsockopt");
      inet_pton (AF_INET, GSOCK_IPV4_LOOPBACK, &address.sin_addr);
      peers_expect (bind (fd, (struct sockaddr *) &address, sizeof address), 0, "bind");
      peers_expect (close (fd), 0, "close");
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (GSOCK_IPV4_LOOPBACK, self->port);

      peers_expect (g_socket_bind (socket, address, TRUE, NULL), TRUE, "g_socket_bind");
    }
}

static void
run_gsock (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK,
                                                          "local-port", self->port, "reuse-address", TRUE, NULL);

      peers_expect (gsock_socket_close (socket, FALSE, NULL), TRUE, "close");
    }
}

static const Variant variants[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  { "gsock-keywords", run_gsock, { .over_ns = 1000 } },
};

const Scenario scenario_make_socket = {
  .number = 17,
  .name = "make-socket",
  .title = "a bound datagram socket with four keywords made and closed",
  .set_up = set_up,
  .tear_down = g_free,
  VARIANTS (variants),
};
