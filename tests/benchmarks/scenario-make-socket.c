/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bound datagram socket made and closed, with four things said of it. */

#include "benchmark.h"
#include "peers.h"

#include <arpa/inet.h>
#include <unistd.h>

typedef struct
{
  int port;
  guint n_keywords;
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
  self->n_keywords = scenario->n;
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

/* The first so many keywords: what follows a NULL is not looked at. */
static void
run_gsock_so_many (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  guint k = self->n_keywords;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockSocket) socket = gsock_make_socket (
          NULL, NULL,
          k > 0 ? "type" : NULL, GSOCK_SOCKET_TYPE_DATAGRAM,
          k > 1 ? "local-host" : NULL, GSOCK_IPV4_LOOPBACK,
          k > 2 ? "local-port" : NULL, self->port,
          k > 3 ? "reuse-address" : NULL, TRUE,
          k > 4 ? "broadcast" : NULL, TRUE,
          k > 5 ? "timeout" : NULL, 5.0,
          k > 6 ? "address-family" : NULL, GSOCK_ADDRESS_FAMILY_IPV4,
          k > 7 ? "reuse-port" : NULL, TRUE,
          NULL);

      peers_expect (gsock_socket_close (socket, FALSE, NULL), TRUE, "close");
    }
}

static void
set_raw (int fd, int option)
{
  peers_expect (setsockopt (fd, SOL_SOCKET, option, &(int){ 1 }, sizeof (int)), 0, "setsockopt");
}

static void
bind_raw (int fd, int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (port) };

  inet_pton (AF_INET, GSOCK_IPV4_LOOPBACK, &address.sin_addr);
  peers_expect (bind (fd, (struct sockaddr *) &address, sizeof address), 0, "bind");
}

static void
run_raw_so_many (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  guint k = self->n_keywords;

  for (guint i = 0; i < n; i++)
    {
      int fd = socket (AF_INET, (k > 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

      if (k > 3)
        set_raw (fd, SO_REUSEADDR);
      if (k > 4)
        set_raw (fd, SO_BROADCAST);
      if (k > 7)
        set_raw (fd, SO_REUSEPORT);
      if (k > 1)
        bind_raw (fd, k > 2 ? self->port : 0);
      peers_expect (close (fd), 0, "close");
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

static const Variant variants_of_so_many[] = {
  { "raw", run_raw_so_many, { 0 } },
  { "gsock-keywords", run_gsock_so_many, { 0 } },
};

static const Scenario scenario_of_so_many = {
  .number = 17,
  .name = "growth-keywords",
  .title = "a socket with so many keywords made and closed",
  .set_up = set_up,
  .tear_down = g_free,
  VARIANTS (variants_of_so_many),
};

static const guint numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

const Growth growth_keywords = { .scenario = &scenario_of_so_many, .of = "keywords", NUMBERS (numbers) };
