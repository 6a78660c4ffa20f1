/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of options, to and from the bytes that the kernel has: one row per type. */

#include <gsock/gsock-option-codec-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-keyword-private.h>
#include <gsock/gsock-make-socket.h>

#include <arpa/inet.h>
#include <math.h>
#include <string.h>
#include <sys/time.h>

/* A kernel that has no longer name is content with this; see also IFNAMSIZ and TCP_CA_NAME_MAX. */
#define NAME_LENGTH_MAX 15

/* The most seconds that a time limit of the kernel takes; 68 years. */
#define SECONDS_MAX G_MAXINT32

/* As SO_PEERCRED answers it; the C library declares struct ucred to GNU programs only. */
typedef struct
{
  pid_t pid;
  uid_t uid;
  gid_t gid;
} GSockCredentials;

typedef struct
{
  const char *wants; /* for messages */
  GType argument;    /* what C's varargs carry */
  gsize size;        /* what the kernel is offered to fill */
  gint64 minimum, maximum;
  GSockOptionEncoder encode;
  GSockOptionDecoder decode;
  gboolean may_be_nothing;
} GSockOptionCodec;

static const GSockOptionCodec codecs[GSOCK_OPTION_FD + 1];

gboolean
gsock_option_store (GSockOptionBytes *bytes, gconstpointer data, gsize length)
{
  memcpy (bytes->room, data, length);
  bytes->data = bytes->room;
  bytes->length = length;
  return TRUE;
}

static gboolean
refuse_range (const GSockOption *option, GVariant *value, double minimum, double maximum, GError **error)
{
  g_autofree char *text = gsock_option_value_print (value);

  return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "set-option %s: %s is outside %.0f to %.0f",
                              option->name, text, minimum, maximum);
}

static gboolean
find_named (const GSockOption *option, GVariant *value, gint64 *integer)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return FALSE;
  for (const GSockOptionName *name = option->names; name != NULL && name->text != NULL; name++)
    if (gsock_keyword_names_equal (g_variant_get_string (value, NULL), name->text))
      {
        *integer = name->value;
        return TRUE;
      }
  return FALSE;
}

/* The kernel takes an int for booleans and bytes as well. */
static gboolean
encode_integer (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  const GSockOptionCodec *codec = &codecs[option->type];
  gint64 integer;
  guint32 native;

  if (!find_named (option, value, &integer) && !gsock_option_value_integer (value, &integer))
    return gsock_option_refuse_value (option, value, error);
  if (integer < codec->minimum || integer > codec->maximum)
    return refuse_range (option, value, codec->minimum, codec->maximum, error);
  native = integer;
  return gsock_option_store (bytes, &native, sizeof native);
}

/* Some options of the level IPPROTO_IP answer with one byte when offered less than an int. */
static gboolean
read_integer (const guint8 *data, gsize length, gint32 *integer)
{
  if (length == 0)
    return FALSE;
  if (length < sizeof *integer)
    *integer = data[0];
  else
    memcpy (integer, data, sizeof *integer);
  return TRUE;
}

static GVariant *
decode_bool (const guint8 *data, gsize length)
{
  gint32 integer;

  return read_integer (data, length, &integer) ? g_variant_new_boolean (integer != 0) : NULL;
}

static GVariant *
decode_int (const guint8 *data, gsize length)
{
  gint32 integer;

  return read_integer (data, length, &integer) ? g_variant_new_int32 (integer) : NULL;
}

static GVariant *
decode_uint32 (const guint8 *data, gsize length)
{
  gint32 integer;

  return read_integer (data, length, &integer) ? g_variant_new_uint32 (integer) : NULL;
}

static GVariant *
decode_uint64 (const guint8 *data, gsize length)
{
  guint64 integer;

  if (length < sizeof integer)
    return NULL;
  memcpy (&integer, data, sizeof integer);
  return g_variant_new_uint64 (integer);
}

/* A time that is too short for the kernel's unit is one unit, since 0 means for ever. */
static gboolean
read_seconds (const GSockOption *option, GVariant *value, double units, double maximum, gint64 *count, GError **error)
{
  double seconds;

  if (!gsock_option_value_real (value, &seconds))
    return gsock_option_refuse_value (option, value, error);
  if (!(seconds >= 0 && seconds <= maximum))
    return refuse_range (option, value, 0, maximum, error);
  *count = llround (seconds * units);
  if (*count == 0 && seconds > 0)
    *count = 1;
  return TRUE;
}

static gboolean
encode_seconds (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  struct timeval native;
  gint64 count = 0;

  if (!read_seconds (option, value, G_USEC_PER_SEC, SECONDS_MAX, &count, error))
    return FALSE;
  native.tv_sec = count / G_USEC_PER_SEC;
  native.tv_usec = count % G_USEC_PER_SEC;
  return gsock_option_store (bytes, &native, sizeof native);
}

static GVariant *
decode_seconds (const guint8 *data, gsize length)
{
  struct timeval native;

  if (length < sizeof native)
    return NULL;
  memcpy (&native, data, sizeof native);
  return g_variant_new_double (native.tv_sec + native.tv_usec / (double) G_USEC_PER_SEC);
}

static gboolean
encode_milliseconds (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  gint32 native;
  gint64 count = 0;

  if (!read_seconds (option, value, 1000, G_MAXINT32 / 1000, &count, error))
    return FALSE;
  native = count;
  return gsock_option_store (bytes, &native, sizeof native);
}

static GVariant *
decode_milliseconds (const guint8 *data, gsize length)
{
  gint32 native;

  return read_integer (data, length, &native) ? g_variant_new_double ((guint32) native / 1000.0) : NULL;
}

/* Fractions are rounded up: 0 seconds would make close reset the connection. */
static gboolean
read_linger (const GSockOption *option, GVariant *on, GVariant *time, struct linger *native, GError **error)
{
  double seconds = gsock_get_default_linger_seconds ();
  gint64 integer;

  if (on == NULL || !gsock_option_value_integer (on, &integer)
      || (time != NULL && !gsock_option_value_real (time, &seconds)))
    return gsock_option_refuse_value (option, on, error);
  if (integer < 0 || integer > 1)
    return refuse_range (option, on, 0, 1, error);
  if (!(seconds >= 0 && seconds <= G_MAXINT))
    return refuse_range (option, time, 0, G_MAXINT, error);
  native->l_onoff = integer;
  native->l_linger = ceil (seconds);
  return TRUE;
}

/* A boolean by itself leaves the seconds to the default of the process. */
static gboolean
encode_linger (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  GVariant *parts[GSOCK_OPTION_PARTS_MAX] = { NULL };
  struct linger native = { 0 };
  guint n_parts = gsock_option_value_split (value, parts);
  gboolean done;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    parts[n_parts++] = g_variant_ref (value);
  if (n_parts == 1 || n_parts == 2)
    done = read_linger (option, parts[0], parts[1], &native, error);
  else
    done = gsock_option_refuse_value (option, value, error);

  for (guint i = 0; i < GSOCK_OPTION_PARTS_MAX; i++)
    g_clear_pointer (&parts[i], g_variant_unref);
  return done && gsock_option_store (bytes, &native, sizeof native);
}

static GVariant *
decode_linger (const guint8 *data, gsize length)
{
  struct linger native;

  if (length < sizeof native)
    return NULL;
  memcpy (&native, data, sizeof native);
  return g_variant_new ("(bi)", native.l_onoff != 0, native.l_linger);
}

/* The kernel would cut a longer name and take what is left for the name of something else. */
static gboolean
encode_string (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  const char *text = "";

  if (value != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return gsock_option_refuse_value (option, value, error);
  if (value != NULL)
    text = g_variant_get_string (value, NULL);
  if (strlen (text) > NAME_LENGTH_MAX)
    return gsock_error_literal (error, option->level == SOL_SOCKET ? GSOCK_ERROR_UNKNOWN_INTERFACE : GSOCK_ERROR_NOT_FOUND,
                                "set-option %s: \"%s\" is longer than any such name", option->name, text);
  return gsock_option_store (bytes, text, strlen (text) + 1);
}

GVariant *
gsock_option_new_text (const char *text, gssize length)
{
  return g_variant_new_take_string (g_utf8_make_valid (text, length));
}

static GVariant *
decode_string (const guint8 *data, gsize length)
{
  return gsock_option_new_text ((const char *) data, (gssize) strnlen ((const char *) data, length));
}

/* Some languages have one type for bytes and for text, and some of them no text with null characters:
 * these write "@ay [0x00, 0x01]". */
static gboolean
encode_text (const GSockOption *option, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  const char *text = g_variant_get_string (value, &bytes->length);
  g_autoptr (GVariant) written = NULL;
  gconstpointer data;

  bytes->data = text;
  if (!g_str_has_prefix (text, "@ay "))
    return TRUE;
  written = g_variant_parse (G_VARIANT_TYPE_BYTESTRING, text, NULL, NULL, NULL);
  data = written != NULL ? g_variant_get_fixed_array (written, &bytes->length, 1) : NULL;
  if (written == NULL || bytes->length > sizeof bytes->room)
    return gsock_option_refuse_value (option, value, error);
  return gsock_option_store (bytes, data, bytes->length);
}

static gboolean
encode_bytes (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return encode_text (option, value, bytes, error);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return gsock_option_refuse_value (option, value, error);
  bytes->data = g_variant_get_fixed_array (value, &bytes->length, 1);
  return TRUE;
}

static GVariant *
decode_bytes (const guint8 *data, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

static GVariant *
decode_ucred (const guint8 *data, gsize length)
{
  GSockCredentials native;

  if (length < sizeof native)
    return NULL;
  memcpy (&native, data, sizeof native);
  return g_variant_new ("(iuu)", (gint32) native.pid, (guint32) native.uid, (guint32) native.gid);
}

static GVariant *
decode_ipv4 (const guint8 *data, gsize length)
{
  char text[INET_ADDRSTRLEN];

  if (length < sizeof (struct in_addr))
    return NULL;
  return g_variant_new_string (inet_ntop (AF_INET, data, text, sizeof text));
}

#define WORD sizeof (gint32)

/* The kernel cuts an extension header of IPv6 (2048 bytes at most) and TCP_INFO to what it is
 * offered; a longer list of groups it refuses, and is asked again. */
#define LONGEST 2048

/* clang-format off */
static const GSockOptionCodec codecs[GSOCK_OPTION_FD + 1] = {
  [GSOCK_OPTION_BOOL] = { "a boolean", G_TYPE_BOOLEAN, WORD, 0, 1, encode_integer, decode_bool },
  [GSOCK_OPTION_INT] = { "an integer", G_TYPE_INT, WORD, G_MININT32, G_MAXINT32, encode_integer, decode_int },
  [GSOCK_OPTION_UINT8] = { "an integer from 0 to 255", G_TYPE_INT, WORD, 0, G_MAXUINT8, encode_integer, decode_int },
  [GSOCK_OPTION_UINT32] = { "an integer that is not negative", G_TYPE_UINT, WORD, 0, G_MAXUINT32, encode_integer, decode_uint32 },
  [GSOCK_OPTION_UINT64] = { "an integer that is not negative", G_TYPE_UINT64, sizeof (guint64), .decode = decode_uint64 },
  [GSOCK_OPTION_SECONDS] = { "a number of seconds", G_TYPE_DOUBLE, sizeof (struct timeval), .encode = encode_seconds, .decode = decode_seconds },
  [GSOCK_OPTION_MILLISECONDS] = { "a number of seconds", G_TYPE_DOUBLE, WORD, .encode = encode_milliseconds, .decode = decode_milliseconds },
  [GSOCK_OPTION_LINGER] = { "a boolean or (boolean, seconds)", G_TYPE_VARIANT, sizeof (struct linger), .encode = encode_linger, .decode = decode_linger },
  [GSOCK_OPTION_STRING] = { "a string", G_TYPE_STRING, LONGEST, .encode = encode_string, .decode = decode_string, .may_be_nothing = TRUE },
  [GSOCK_OPTION_BYTES] = { "an array of bytes", G_TYPE_VARIANT, LONGEST, .encode = encode_bytes, .decode = decode_bytes },
  [GSOCK_OPTION_ADDRESS_FAMILY] = { "an address family", G_TYPE_INT, WORD, 0, G_MAXUINT16, encode_integer, decode_int },
  [GSOCK_OPTION_SOCKET_TYPE] = { "a socket type", G_TYPE_INT, WORD, .decode = decode_int },
  [GSOCK_OPTION_UCRED] = { "(pid, uid, gid)", G_TYPE_VARIANT, sizeof (GSockCredentials), .decode = decode_ucred },
  [GSOCK_OPTION_MREQ] = { "a group or (group, interface)", G_TYPE_VARIANT, .encode = gsock_option_encode_mreq },
  [GSOCK_OPTION_MREQ_SOURCE] = { "(group, source) or (group, source, interface)", G_TYPE_VARIANT, .encode = gsock_option_encode_mreq_source },
  [GSOCK_OPTION_MREQ6] = { "a group or (group, interface)", G_TYPE_VARIANT, .encode = gsock_option_encode_mreq6 },
  [GSOCK_OPTION_IPV4] = { "an interface by address, name or index", G_TYPE_STRING, sizeof (struct in_addr), .encode = gsock_option_encode_ipv4, .decode = decode_ipv4, .may_be_nothing = TRUE },
  [GSOCK_OPTION_IFINDEX] = { "an interface by index, name or address", G_TYPE_INT, WORD, .encode = gsock_option_encode_ifindex, .decode = decode_int, .may_be_nothing = TRUE },
  [GSOCK_OPTION_GROUP_REQ] = { "a group or (group, interface)", G_TYPE_VARIANT, .encode = gsock_option_encode_group_req },
  [GSOCK_OPTION_GROUP_SOURCE_REQ] = { "(group, source) or (group, source, interface)", G_TYPE_VARIANT, .encode = gsock_option_encode_group_source_req },
  [GSOCK_OPTION_TCP_INFO] = { "a dictionary", G_TYPE_VARIANT, LONGEST, .decode = gsock_option_decode_tcp_info },
  [GSOCK_OPTION_FD] = { "a descriptor", G_TYPE_INT, WORD, .decode = decode_int },
};
/* clang-format on */

G_STATIC_ASSERT (sizeof (struct group_source_req) <= sizeof ((GSockOptionBytes *) NULL)->room);

const char *
gsock_option_wants (const GSockOption *option)
{
  return codecs[option->type].wants;
}

GType
gsock_option_argument_type (const GSockOption *option)
{
  return codecs[option->type].argument;
}

gsize
gsock_option_size (const GSockOption *option)
{
  return codecs[option->type].size;
}

gboolean
gsock_option_encode (const GSockOption *option, int fd, GVariant *value, GSockOptionBytes *bytes, GError **error)
{
  const GSockOptionCodec *codec = &codecs[option->type];

  bytes->level = option->level;
  if (codec->encode == NULL || (value == NULL && !codec->may_be_nothing))
    return gsock_option_refuse_value (option, value, error);
  return codec->encode (option, fd, value, bytes, error);
}

GVariant *
gsock_option_decode (const GSockOption *option, const guint8 *data, gsize length)
{
  const GSockOptionCodec *codec = &codecs[option->type];
  GVariant *value = codec->decode != NULL ? codec->decode (data, length) : NULL;

  return value != NULL ? g_variant_ref_sink (value) : NULL;
}
