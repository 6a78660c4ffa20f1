/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-option-private.h>

G_BEGIN_DECLS

/* What the kernel is given for an option: as long as the longest type, aligned for all of them. */
typedef struct
{
  int level;        /* the row's, unless the address in the value is of another family */
  gsize length;
  const void *data; /* @room, or the bytes of the value itself */
  guint64 room[40];
} GSockOptionBytes;

typedef gboolean (*GSockOptionEncoder) (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
typedef GVariant *(*GSockOptionDecoder) (const guint8 *data, gsize length);

/* gsock-option-codec.c. A value to encode has been unwrapped, NULL is nothing; the bytes may point
 * into it. Interfaces are looked up in the network namespace of the socket @fd. To decode answers
 * NULL when the kernel's answer is too short. */
gboolean gsock_option_encode (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
GVariant *gsock_option_decode (const GSockOption *option, const guint8 *data, gsize length);
gsize gsock_option_size (const GSockOption *option);
gboolean gsock_option_store (GSockOptionBytes *bytes, gconstpointer data, gsize length);

/* Text from the kernel or from C, which need not be UTF-8; floating. */
GVariant *gsock_option_new_text (const char *text, gssize length);

/* gsock-option-group.c: what names a multicast group, an interface or both. */
gboolean gsock_option_encode_mreq (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_mreq_source (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_mreq6 (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_group_req (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_group_source_req (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_ipv4 (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);
gboolean gsock_option_encode_ifindex (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error);

/* gsock-option-interface.c: an interface that a program gave by name, index or address. */
typedef struct
{
  guint index;     /* 0: not given, or given by address */
  guint32 address; /* IPv4, in network order; 0: not given, or given otherwise */
} GSockInterfaceChoice;

gboolean gsock_option_choose_interface (const GSockOption *option, int fd, GVariant *value, GSockInterfaceChoice *choice, GError **error);
gboolean gsock_option_need_index (const GSockOption *option, int fd, GSockInterfaceChoice *choice, GError **error);
gboolean gsock_option_need_address (const GSockOption *option, int fd, GSockInterfaceChoice *choice, GError **error);

/* gsock-option-limit.c: sizes of buffers, which the kernel would cut without a word. */
gboolean gsock_option_is_limited (const GSockOption *option);
gboolean gsock_option_set_limited (int fd, const GSockOption *option, int size, GError **error);
gboolean gsock_option_check_limit (const GSockOption *option, int size, gint64 maximum, GError **error);
gint64 gsock_option_read_limit (const char *file);

/* gsock-option-kind.c */
char *gsock_option_describe_kinds (GSockKinds kinds);

/* gsock-option-tcp-info.c */
GVariant *gsock_option_decode_tcp_info (const guint8 *data, gsize length);

/* gsock-option-value.c: the forgiving side. */
#define GSOCK_OPTION_PARTS_MAX 3

GVariant *gsock_option_value_unwrap (GVariant *value);
gboolean gsock_option_value_integer (GVariant *value, gint64 *integer);
gboolean gsock_option_value_real (GVariant *value, double *real);
guint gsock_option_value_split (GVariant *value, GVariant *parts[GSOCK_OPTION_PARTS_MAX]);
char *gsock_option_value_print (GVariant *value);
gboolean gsock_option_refuse_value (const GSockOption *option, GVariant *value, GError **error);
const char *gsock_option_wants (const GSockOption *option);

G_END_DECLS
