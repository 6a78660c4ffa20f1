/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gsock/gsock.h>
#include <netinet/in.h>

/* What the scenarios make their sockets with, and how each variant says that it failed: a figure of
 * something that did not work is worse than none. */

#define PAYLOAD 64
#define LARGE 65536

void peers_fail (const char *what, const GError *error) G_GNUC_NORETURN;

static inline void
peers_expect (gssize got, gssize wanted, const char *what)
{
  if (G_UNLIKELY (got != wanted))
    peers_fail (what, NULL);
}

/* Plain sockets on the loopback address: of datagrams, bound; a pair that is connected by TCP. */
int peers_raw_datagram (struct sockaddr_in *address);
void peers_raw_stream_pair (int fds[2]);

/* GIO's and gsock's around a descriptor that they own from then on. */
GSocket *peers_gio (int fd);

GSocket *peers_gio_datagram (GSocketAddress **address);
GSockSocket *peers_gsock_datagram (GSockAddress *address);
void peers_gsock_stream_pair (GSockSocket *pair[2]);
