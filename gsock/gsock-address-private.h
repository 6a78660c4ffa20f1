/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

#include <netinet/in.h>
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
  gboolean unlistened;   /* accepts without listening, and from nobody */
  gsize min_length;      /* of a sockaddr that came from a program */
  gsize max_length;
  char *(*to_text) (const GSockAddress *address);   /* "127.0.0.1:80" */
  gboolean (*is_bound) (const GSockAddress *address); /* does a getsockname answer mean bound? */
  gsize stored_min;      /* shorter ones are filled with zeros to this length */
  gsize stored_max;      /* the kernel reads no more than this of longer ones */
  guint (*get_port) (const GSockAddress *address);    /* NULL: no ports */
  void (*set_port) (GSockAddress *address, guint port);
  gsize (*get_key) (const GSockAddress *address, guint8 *key); /* the bytes that tell it from others */
  gboolean (*parse) (GSockAddress *address, int family, const char *text, GError **error); /* "name:text" */
} GSockFamily;

/* Never NULL: a family without a row of its own is opaque. */
const GSockFamily *gsock_family_find (int number);

/* NULL when no family has this name. */
const GSockFamily *gsock_family_find_by_name (const char *name, gsize length);

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

static inline const struct sockaddr_in *
gsock_address_ipv4 (const GSockAddress *self)
{
  return gsock_address_family_number (self) == AF_INET && self->length >= sizeof (struct sockaddr_in)
             ? (const struct sockaddr_in *) self->storage
             : NULL;
}

static inline const struct sockaddr_in6 *
gsock_address_ipv6 (const GSockAddress *self)
{
  return gsock_address_family_number (self) == AF_INET6 && self->length >= sizeof (struct sockaddr_in6)
             ? (const struct sockaddr_in6 *) self->storage
             : NULL;
}

gboolean gsock_address_check_port (guint port, GError **error);

/* The empty address of this family: all zeros, as short as the family allows. */
void gsock_address_init_zero (GSockAddress *self, int family);

/* The name of a local address as the kernel has it, where an abstract one begins with a NUL; NULL
 * for an unnamed one and for other families. */
const char *gsock_address_local_name (const GSockAddress *self, gsize *length);

/* Names that are taken as they are: a path that begins with '@' is a file. */
gboolean gsock_address_init_path (GSockAddress *self, const char *path, gsize length, GError **error);
gboolean gsock_address_init_abstract (GSockAddress *self, const void *name, gsize length, GError **error);
gboolean gsock_address_init_for_family (GSockAddress *self, int family, const void *data, gsize length, GError **error);

/* How the address of a local socket that has no name is written. */
#define GSOCK_TEXT_UNNAMED "(unnamed)"

/* Printed and read forms, the columns of the table of families. */
char *gsock_address_print_internet (const GSockAddress *self);
char *gsock_address_print_local (const GSockAddress *self);
char *gsock_address_print_netlink (const GSockAddress *self);
char *gsock_address_print_opaque (const GSockAddress *self);
char *gsock_address_print_none (const GSockAddress *self);
gboolean gsock_address_parse_local (GSockAddress *self, int family, const char *text, GError **error);
gboolean gsock_address_parse_abstract (GSockAddress *self, const char *text, GError **error);
gboolean gsock_address_parse_netlink (GSockAddress *self, int family, const char *text, GError **error);
gboolean gsock_address_parse_opaque (GSockAddress *self, int family, const char *text, GError **error);

/* Any bytes as text that can be printed: what is no printable UTF-8 becomes \xNN. */
char *gsock_text_escape (const void *bytes, gsize length);

/* The way back. A backslash that begins no such escape stands for itself. */
char *gsock_text_unescape (const char *text, gsize *length);

/* Nothing but decimal digits, and at least one. */
gboolean gsock_text_is_number (const char *text);

/* What was given, for a message: escaped, and cut where it is very long. */
char *gsock_text_shown (const char *text);

/* A kernel may report more than it wrote; what it did not write is not read. */
void gsock_address_clamp (GSockAddress *self);

/* Every address of this machine with this port; of AF_UNSPEC the IPv6 one, which is dual stack. Of
 * families without ports the empty address. */
void gsock_address_init_any (GSockAddress *self, int family, guint port);
void gsock_address_set_port (GSockAddress *self, guint port);
void gsock_address_set_scope (GSockAddress *self, guint32 scope_id, guint32 flow_info);

/* An IPv4-mapped address becomes the IPv4 address that it stands for. */
void gsock_address_unmap (GSockAddress *self);

/* An IPv4 address becomes IPv4-mapped, for a socket of family IPv6. */
void gsock_address_map (GSockAddress *self);

G_END_DECLS
