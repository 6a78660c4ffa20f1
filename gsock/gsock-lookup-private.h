/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-lookup.h>
#include <gsock/gsock-wait-private.h>

G_BEGIN_DECLS

/* Of what is told to be patient, NULL is so for ever. */

/*
 * Where a socket of @family (AF_INET, AF_INET6 or AF_UNSPEC) finds @host: each GSockAddress that it
 * can use, with @port in it, the best first. For AF_INET6 the IPv4 addresses come last, mapped; for
 * AF_INET an IPv4-mapped literal is taken for the IPv4 address that it stands for.
 */
GPtrArray *gsock_lookup_endpoints (const char *host, guint port, int ipv6_mode, int family, GSockPatience *patience, GError **error);

/* The port of a service, given by name or number. @protocol as for gsock_lookup_service(). */
gboolean gsock_lookup_port (const char *service, const char *protocol, guint *port, GError **error);

/* Each address that @connectable stands for, of @family (AF_UNSPEC: of any). */
GPtrArray *gsock_lookup_connectable (GSocketConnectable *connectable, int family, GSockPatience *patience, GError **error);

G_END_DECLS
