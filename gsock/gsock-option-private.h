/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-option.h>

G_BEGIN_DECLS

typedef enum
{
  GSOCK_OPTION_BOOL, GSOCK_OPTION_INT, GSOCK_OPTION_UINT8, GSOCK_OPTION_UINT32, GSOCK_OPTION_UINT64,
  GSOCK_OPTION_SECONDS, GSOCK_OPTION_MILLISECONDS, GSOCK_OPTION_LINGER, GSOCK_OPTION_STRING, GSOCK_OPTION_BYTES,
  GSOCK_OPTION_ADDRESS_FAMILY, GSOCK_OPTION_SOCKET_TYPE, GSOCK_OPTION_UCRED, GSOCK_OPTION_MREQ,
  GSOCK_OPTION_MREQ_SOURCE, GSOCK_OPTION_MREQ6, GSOCK_OPTION_IPV4, GSOCK_OPTION_IFINDEX,
  GSOCK_OPTION_GROUP_REQ, GSOCK_OPTION_GROUP_SOURCE_REQ, GSOCK_OPTION_TCP_INFO, GSOCK_OPTION_FD,
} GSockOptionType;

/* When the kernel wants an option that is given to make-socket. */
typedef enum
{
  GSOCK_PHASE_BEFORE_BIND,
  GSOCK_PHASE_BEFORE_LISTEN,
  GSOCK_PHASE_BEFORE_CONNECT,
  GSOCK_PHASE_ANY, /* set before bind with the first */
  GSOCK_PHASE_AFTER, /* of a connection that exists: last of all */
} GSockPhase;

typedef enum
{
  GSOCK_KIND_IPV4 = 1 << 0,
  GSOCK_KIND_IPV6 = 1 << 1,
  GSOCK_KIND_LOCAL = 1 << 2,
  GSOCK_KIND_OTHER_FAMILY = 1 << 3,
  GSOCK_KIND_STREAM = 1 << 4,
  GSOCK_KIND_DATAGRAM = 1 << 5,
  GSOCK_KIND_RAW = 1 << 6,
  GSOCK_KIND_SEQPACKET = 1 << 7,
  GSOCK_KIND_INTERNET = GSOCK_KIND_IPV4 | GSOCK_KIND_IPV6,
  GSOCK_KIND_ANY_FAMILY = GSOCK_KIND_INTERNET | GSOCK_KIND_LOCAL | GSOCK_KIND_OTHER_FAMILY,
  GSOCK_KIND_ANY_TYPE = GSOCK_KIND_STREAM | GSOCK_KIND_DATAGRAM | GSOCK_KIND_RAW | GSOCK_KIND_SEQPACKET,
  GSOCK_KIND_ANY = GSOCK_KIND_ANY_FAMILY | GSOCK_KIND_ANY_TYPE,
} GSockKinds;

typedef enum
{
  GSOCK_ACCESS_GET = 1,
  GSOCK_ACCESS_SET = 2,
  GSOCK_ACCESS_GET_SET = 3,
} GSockAccess;

typedef struct
{
  const char *text;
  int value;
} GSockOptionName; /* a named value: "do" of ip-mtu-discover; an array of them ends with NULL */

typedef struct
{
  const char *name;      /* "keep-alive" */
  const char *constant;  /* "SO_KEEPALIVE" */
  int level;
  int number;            /* -1: this system has no such option */
  GSockOptionType type;
  GSockAccess access;
  GSockPhase phase;
  GSockKinds kinds;
  const GSockOptionName *names;
} GSockOption;

/* By name or by constant; '_' equals '-' in names. NULL: no such option anywhere. */
const GSockOption *gsock_option_find (const char *name);
const GSockOption *gsock_option_rows (gsize *n_rows);

/* Is @option one that a socket of this family (AF_x) and type (SOCK_x) has? */
gboolean gsock_option_applies (const GSockOption *option, int family, int type);

/* The two bits, of family and of type, that such a socket has. */
GSockKinds gsock_option_kind (int family, int type);

/* The keywords of make-socket take whatever a binding gives: a GValue becomes the option's GVariant. */
GVariant *gsock_option_variant_from_value (const GSockOption *option, const GValue *value, GError **error);

/* What C's varargs carry for an option's type: the GValue type to collect, G_TYPE_BOOLEAN, G_TYPE_INT, G_TYPE_STRING, ... G_TYPE_VARIANT. */
GType gsock_option_argument_type (const GSockOption *option);

/* On a bare descriptor, as make-socket needs it: FALSE or NULL with @error. @family and @type as the kernel has them. */
gboolean gsock_option_set_on (int fd, int family, int type, const GSockOption *option, GVariant *value, GError **error);

/* What set_on finds out before it asks the kernel, and no more: for options whose phase comes late. */
gboolean gsock_option_check_on (int fd, int family, int type, const GSockOption *option, GVariant *value, GError **error);

GVariant *gsock_option_get_from (int fd, int family, int type, const GSockOption *option, GError **error);

/* The names of all rows, for messages: static strings. */
void gsock_option_append_names (GPtrArray *names);

G_END_DECLS
