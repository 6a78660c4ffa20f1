/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

#include <sys/socket.h>

G_BEGIN_DECLS

/* What gsock knows of an address family, one row per family. */
typedef struct _GSockFamily
{
  int number;            /* AF_x, which is also the GSockAddressFamily */
  const char *name;      /* nick: "ipv4" */
  const char *label;     /* as the printed form says it: "IPv4" */
  gboolean internet;     /* has hosts and ports, can be multi-homed */
  gboolean local;        /* named by files, passes descriptors */
  gboolean wakes;        /* shutdown ends a receive that waits in the kernel */
  gsize min_length;      /* of a sockaddr that came from a program */
  gsize max_length;
  char *(*to_text) (const GSockAddress *address);   /* "127.0.0.1:80" */
  gboolean (*is_bound) (const GSockAddress *address); /* does a getsockname answer mean bound? */
} GSockFamily;

/* Never NULL: a family without a row of its own is opaque. */
const GSockFamily *gsock_family_find (int number);

static inline const struct sockaddr *
gsock_address_native (const GSockAddress *self)
{
  return (const struct sockaddr *) self->storage;
}

static inline struct sockaddr *
gsock_address_native_room (GSockAddress *self)
{
  self->length = sizeof self->storage;
  return (struct sockaddr *) self->storage;
}

static inline int
gsock_address_family_number (const GSockAddress *self)
{
  return self->length >= sizeof (sa_family_t) ? gsock_address_native (self)->sa_family : AF_UNSPEC;
}

/* A kernel may report more than it wrote; what it did not write is not read. */
void gsock_address_clamp (GSockAddress *self);

void gsock_address_init_any (GSockAddress *self, int family, guint port);
void gsock_address_set_port (GSockAddress *self, guint port);
void gsock_address_set_scope (GSockAddress *self, guint32 scope_id, guint32 flow_info);

/* An IPv4-mapped address becomes the IPv4 address that it stands for. */
void gsock_address_unmap (GSockAddress *self);

/* An IPv4 address becomes IPv4-mapped, for a socket of family IPv6. */
void gsock_address_map (GSockAddress *self);

G_END_DECLS
