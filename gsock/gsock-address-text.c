/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as text: one printed form for every family, and the way back. */

#include <gsock/gsock-address.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>

#include <linux/netlink.h>
#include <string.h>

/* Text in an error message is no longer than this. */
#define SHOWN_MAX 128

#define DIGITS "0123456789"

static gboolean
is_escape (const char *at, gsize room)
{
  return room >= 4 && at[0] == '\\' && at[1] == 'x' && g_ascii_isxdigit (at[2])
         && g_ascii_isxdigit (at[3]);
}

/* Appends one character or one escaped byte, and answers how many bytes it was. */
static gsize
append_escaped (GString *text, const char *at, gsize room)
{
  gunichar character = g_utf8_get_char_validated (at, room);
  gsize width = 1;

  if (character >= (gunichar) -2 || !g_unichar_isprint (character) || is_escape (at, room))
    {
      g_string_append_printf (text, "\\x%02x", (guint8) *at);
      return width;
    }

  width = g_unichar_to_utf8 (character, NULL);
  g_string_append_len (text, at, width);
  return width;
}

char *
gsock_text_escape (const void *bytes, gsize length)
{
  GString *text = g_string_sized_new (length);
  const char *at = bytes;
  const char *end = at + length;

  while (at < end)
    at += append_escaped (text, at, end - at);
  return g_string_free (text, FALSE);
}

char *
gsock_text_unescape (const char *text, gsize *length)
{
  gsize room = strlen (text);
  char *bytes = g_malloc (room + 1);
  char *out = bytes;

  while (room > 0)
    {
      gboolean escaped = is_escape (text, room);
      gsize width = escaped ? 4 : 1;

      *out++ = escaped
                   ? (char) (g_ascii_xdigit_value (text[2]) << 4 | g_ascii_xdigit_value (text[3]))
                   : *text;
      text += width;
      room -= width;
    }
  *out = '\0';
  *length = out - bytes;
  return bytes;
}

char *
gsock_text_shown (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *shown = gsock_text_escape (text, MIN (length, SHOWN_MAX));

  return g_strconcat (shown, length > SHOWN_MAX ? "..." : NULL, NULL);
}

static gboolean
refuse_text (GError **error, const char *text, const char *reason)
{
  g_autofree char *shown = gsock_text_shown (text);

  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "\"%s\" is no address: %s", shown,
                              reason);
}

gboolean
gsock_text_is_number (const char *text)
{
  return text[0] != '\0' && text[strspn (text, DIGITS)] == '\0';
}

static gboolean
parse_port (const char *text, guint *port, GError **error)
{
  /* What is over the range of 64 bits comes back as the highest number. */
  guint64 number = g_ascii_strtoull (text, NULL, 10);

  if (number > G_MAXUINT16)
    {
      g_autofree char *shown = gsock_text_shown (text);

      return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "port %s is over 65535", shown);
    }
  *port = (guint) number;
  return TRUE;
}

/* "HOST:PORT", with the colon at @colon. */
static gboolean
parse_pair (GSockAddress *self, const char *text, const char *colon, GError **error)
{
  g_autofree char *host = g_strndup (text, colon - text);
  guint port = 0;

  if (!gsock_text_is_number (colon + 1))
    return refuse_text (error, text, "what follows the colon is no port number");
  return parse_port (colon + 1, &port, error)
         && gsock_address_init_from_host (self, host, port, error);
}

static gboolean
parse_bracketed (GSockAddress *self, const char *text, GError **error)
{
  /* The name of an interface may have brackets in it. */
  const char *close = strrchr (text, ']');

  if (close == NULL)
    return refuse_text (error, text, "the bracket is not closed");
  if (close[1] == '\0')
    return gsock_address_init_from_host (self, text, 0, error);
  if (close[1] != ':')
    return refuse_text (error, text, "after the bracket comes nothing, or a colon and a port");
  return parse_pair (self, text, close + 1, error);
}

static gboolean
parse_unnamed (GSockAddress *self, const char *text, GError **error)
{
  if (strcmp (text, GSOCK_TEXT_UNNAMED) != 0)
    return refuse_text (error, text, "it is written as none is; a file is written ./NAME");
  gsock_address_init_zero (self, AF_UNIX);
  return TRUE;
}

static gboolean
parse_path (GSockAddress *self, const char *text, GError **error)
{
  return gsock_address_parse_local (self, AF_UNIX, text, error);
}

static gboolean
parse_at (GSockAddress *self, const char *text, GError **error)
{
  return gsock_address_parse_abstract (self, text + 1, error);
}

/* "family-NUMBER:BYTES" */
static gboolean
parse_numbered (GSockAddress *self, const char *text, GError **error)
{
  const char *number = text + strlen ("family-");
  gsize digits = strspn (number, DIGITS);
  guint64 family = g_ascii_strtoull (number, NULL, 10);

  if (digits == 0 || number[digits] != ':' || family > G_MAXUINT16)
    return refuse_text (error, text,
                        "what follows \"family-\" is no number of a family and a colon");
  return gsock_address_parse_opaque (self, (int) family, number + digits + 1, error);
}

static gboolean
parse_lone_port (GSockAddress *self, const char *text, GError **error)
{
  guint port = 0;

  if (!parse_port (text, &port, error))
    return FALSE;
  gsock_address_init_any (self, AF_INET6, port);
  return TRUE;
}

/* A host, a host and a port, or the name of a family and what that makes of the rest. */
static gboolean
parse_colons (GSockAddress *self, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  const GSockFamily *row = colon != NULL ? gsock_family_find_by_name (text, colon - text) : NULL;

  if (row != NULL && row->parse != NULL)
    return row->parse (self, row->number, colon + 1, error);
  if (colon != NULL && strchr (colon + 1, ':') == NULL)
    return parse_pair (self, text, colon, error);
  return gsock_address_init_from_host (self, text, 0, error);
}

static const struct
{
  const char *prefix;
  gboolean (*parse) (GSockAddress *self, const char *text, GError **error);
} forms[] = {
  { "/", parse_path },
  { "./", parse_path },
  { "../", parse_path },
  { "@", parse_at },
  { "[", parse_bracketed },
  { "(", parse_unnamed },
  { "family-", parse_numbered },
};

static gboolean
parse (GSockAddress *self, const char *text, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_prefix (text, forms[i].prefix))
      return forms[i].parse (self, text, error);

  return gsock_text_is_number (text) ? parse_lone_port (self, text, error)
                                     : parse_colons (self, text, error);
}

/**
 * gsock_address_init_from_text: (skip)
 * @self: the address to fill
 * @text: an address of any family, as text
 * @error: return location for an error
 *
 * Reads an address into a value that the caller has.
 *
 * After an error @self is the empty address. See [ctor@Address.new_from_text].
 *
 * Returns: whether @text is an address; on error as [ctor@Address.new_from_text]
 *
 * Since: 1.0
 */
gboolean
gsock_address_init_from_text (GSockAddress *self, const char *text, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  *self = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (text == NULL || text[0] == '\0')
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "an empty text is no address");
  return parse (self, text, error);
}

/**
 * gsock_address_new_from_text:
 * @text: an address of any family, as text
 * @error: return location for an error
 *
 * Reads an address. It can have one of these forms:
 *
 * - `127.0.0.1:80`, `[::1]:80`, `[fe80::1%eth0]:80`: a host and a port, as
 *   [ctor@Address.new_from_host] takes them. Where no port follows it is 0, and IPv6 needs no
 *   brackets then.
 * - `80`: this port on every address of this machine, which is the IPv6 address `::`; a socket of
 *   family IPv6 takes IPv4 there too, unless its option ipv6-only is set.
 * - `/run/x.sock`, `./x`, `../x`: the file of a local socket. `local:x` is the file `x`, however
 *   its name begins.
 * - `@name`: a local socket's abstract name.
 * - `(unnamed)`: a local socket without a name.
 * - `netlink:1234`, `netlink:1234/0x11`: a netlink port id, and groups, decimal or hexadecimal.
 * - `packet:0003000000000000...`, `alg:...`, `vsock:...`, `family-44:...`: the bytes that follow
 *   the number of the family, hexadecimal.
 *
 * In the names of local sockets `\xNN` is the byte with this hexadecimal number; any other
 * backslash stands for itself.
 *
 * Returns: (transfer full): the address; on error `GSOCK_ERROR_INVALID_ADDRESS`, when it has none
 *   of these forms, `GSOCK_ERROR_UNKNOWN_INTERFACE`, when a scope is no interface of this machine,
 *   or `GSOCK_ERROR_OUT_OF_RANGE`, when a port is too high
 *
 * Since: 1.0
 */
GSockAddress *
gsock_address_new_from_text (const char *text, GError **error)
{
  GSockAddress value;

  return gsock_address_init_from_text (&value, text, error) ? gsock_address_copy (&value) : NULL;
}

char *
gsock_address_print_internet (const GSockAddress *self)
{
  g_autofree char *host = gsock_address_get_host (self);
  gboolean bracketed = gsock_address_family_number (self) == AF_INET6;

  return g_strdup_printf (bracketed ? "[%s]:%u" : "%s:%u", host, gsock_address_get_port (self));
}

char *
gsock_address_print_netlink (const GSockAddress *self)
{
  guint port = gsock_address_get_port (self);
  guint32 groups = gsock_address_get_groups (self);

  return groups == 0 ? g_strdup_printf ("netlink:%u", port)
                     : g_strdup_printf ("netlink:%u/0x%x", port, groups);
}

char *
gsock_address_print_opaque (const GSockAddress *self)
{
  const guint8 *bytes = (const guint8 *) self->storage;
  int family = gsock_address_family_number (self);
  const GSockFamily *row = gsock_family_find (family);
  GString *text = g_string_new (row->name);

  if (row->number != family)
    g_string_append_printf (text, "-%d", family);
  g_string_append_c (text, ':');
  for (gsize i = sizeof (sa_family_t); i < self->length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
gsock_address_print_none (const GSockAddress *self)
{
  return g_strdup ("(none)");
}

/* A number of 32 bits, decimal or with 0x in front, up to the character that ends it. */
static gboolean
parse_number (const char *text, char end, guint32 *number, const char **rest)
{
  gboolean hexadecimal = g_str_has_prefix (text, "0x");
  const char *digits = hexadecimal ? text + 2 : text;
  gsize length = strspn (digits, hexadecimal ? DIGITS "abcdefABCDEF" : DIGITS);
  guint64 value = g_ascii_strtoull (digits, NULL, hexadecimal ? 16 : 10);

  *number = (guint32) value;
  *rest = digits + length;
  return length > 0 && (**rest == '\0' || **rest == end) && value <= G_MAXUINT32;
}

gboolean
gsock_address_parse_netlink (GSockAddress *self, int family, const char *text, GError **error)
{
  guint32 port, groups = 0;
  const char *rest;

  if (!parse_number (text, '/', &port, &rest)
      || (*rest == '/' && !parse_number (rest + 1, '\0', &groups, &rest)))
    return refuse_text (error, text,
                        "a netlink address is PORT or PORT/GROUPS, numbers of 32 bits");

  gsock_address_init_any (self, family, port);
  ((struct sockaddr_nl *) self->storage)->nl_groups = groups;
  return TRUE;
}

gboolean
gsock_address_parse_opaque (GSockAddress *self, int family, const char *text, GError **error)
{
  guint8 data[GSOCK_ADDRESS_MAX_LENGTH];
  gsize length = strlen (text) / 2;

  if (strlen (text) % 2 != 0 || length > sizeof data
      || strspn (text, DIGITS "abcdefABCDEF") != strlen (text))
    return refuse_text (error, text,
                        "after the family come at most 126 bytes, two hexadecimal digits each");

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4
                        | g_ascii_xdigit_value (text[2 * i + 1]));
  return gsock_address_init_for_family (self, family, data, length, error);
}

/**
 * gsock_address_to_text:
 * @self: an address
 *
 * Prints an address of whatever family, in a form that [ctor@Address.new_from_text] reads back:
 * `127.0.0.1:80`, `[fe80::1%eth0]:80`, `/run/x.sock`, `@name`, `(unnamed)`, `netlink:1234/0x11`,
 * `packet:0003...`. Bytes of a name that cannot be printed appear as `\xNN`. The flow information
 * of an IPv6 address is not printed. The empty address, which is none, is `(none)`.
 *
 * Returns: (transfer full): the text
 *
 * Since: 1.0
 */
char *
gsock_address_to_text (const GSockAddress *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return gsock_family_find (gsock_address_family_number (self))->to_text (self);
}
