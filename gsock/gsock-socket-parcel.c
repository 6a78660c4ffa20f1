/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes along with the descriptor of a socket: its keywords as bytes, and back. The reader believes
 * nothing. */

#include <gsock/gsock-socket-parcel-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-passive-socket.h>

#include <math.h>
#include <string.h>

static const guint8 head[] = { GSOCK_PARCEL_FIRST, 'G', 'S', GSOCK_PARCEL_VERSION };

static GSockStreamDefaults *
find_defaults (GSockSocket *socket)
{
  if (GSOCK_IS_ACTIVE_SOCKET (socket))
    return gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (socket));
  return GSOCK_IS_PASSIVE_SOCKET (socket) ? gsock_passive_socket_get_defaults (GSOCK_PASSIVE_SOCKET (socket)) : NULL;
}

static void
pack_size (GSockParcel *self, GSockParcelPart part, int *field, guint size)
{
  if (size < 1 || size > GSOCK_PARCEL_BUFFER_MAX)
    return;
  *field = (int) size;
  self->given |= part;
}

static void
pack_defaults (GSockParcel *self, const GSockStreamDefaults *defaults)
{
  pack_size (self, GSOCK_PARCEL_INPUT_BUFFER_SIZE, &self->input_buffer_size, defaults->input_buffer_size);
  pack_size (self, GSOCK_PARCEL_OUTPUT_BUFFER_SIZE, &self->output_buffer_size, defaults->output_buffer_size);
  if (strlen (defaults->external_format) <= GSOCK_PARCEL_FORMAT_MAX)
    {
      g_strlcpy (self->external_format, defaults->external_format, sizeof self->external_format);
      self->given |= GSOCK_PARCEL_EXTERNAL_FORMAT;
    }
}

/* What @socket takes along; with the duty to remove its file, where it has one and @file says so. */
void
gsock_parcel_pack (GSockParcel *self, GSockSocket *socket, gboolean owned)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (socket);
  GSockStreamDefaults *defaults = find_defaults (socket);
  g_autoptr (GSockLocalFile) file = owned ? gsock_socket_get_file (priv) : NULL;

  self->timeout = gsock_socket_own_timeout (priv);
  self->given = isfinite (self->timeout) ? GSOCK_PARCEL_TIMEOUT : 0;
  if (defaults != NULL)
    {
      pack_defaults (self, defaults);
      self->role = GSOCK_IS_PASSIVE_SOCKET (socket) ? GSOCK_ROLE_PASSIVE : GSOCK_ROLE_ACTIVE;
      self->given |= GSOCK_PARCEL_ROLE;
    }
  if (file != NULL && priv->unlink_on_close)
    {
      gsock_local_file_identify (file, &self->device, &self->inode);
      self->given |= GSOCK_PARCEL_FILE;
    }
}

static guint8 *
put (guint8 *at, guint8 tag, gconstpointer value, gsize length)
{
  *at++ = tag;
  *at++ = (guint8) length;
  memcpy (at, value, length);
  return at + length;
}

static guint8 *
put_number (guint8 *at, guint8 tag, guint64 number, gsize length)
{
  number = GUINT64_TO_LE (number);
  return put (at, tag, &number, length);
}

static guint64
get_number (const guint8 *value, gsize length)
{
  guint64 number = 0;

  memcpy (&number, value, length);
  return GUINT64_FROM_LE (number);
}

static guint8 *
put_timeout (const GSockParcel *self, guint8 *at, guint8 tag)
{
  guint64 bits;

  memcpy (&bits, &self->timeout, sizeof bits);
  return put_number (at, tag, bits, sizeof bits);
}

static gboolean
get_timeout (GSockParcel *self, const guint8 *value, gsize length)
{
  guint64 bits = get_number (value, length);

  memcpy (&self->timeout, &bits, sizeof bits);
  return isfinite (self->timeout);
}

static guint8 *
put_format (const GSockParcel *self, guint8 *at, guint8 tag)
{
  return put (at, tag, self->external_format, strlen (self->external_format));
}

/* Of upper and lower case iconv makes no difference, but whoever keeps every name that came would. */
static gboolean
get_format (GSockParcel *self, const guint8 *value, gsize length)
{
  if (length == 0 || length > GSOCK_PARCEL_FORMAT_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (value[i]) && (value[i] == 0 || strchr ("-_.:+()/", value[i]) == NULL))
        return FALSE;
      self->external_format[i] = g_ascii_tolower (value[i]);
    }
  self->external_format[length] = '\0';
  return TRUE;
}

static guint8 *
put_input_size (const GSockParcel *self, guint8 *at, guint8 tag)
{
  return put_number (at, tag, (guint64) self->input_buffer_size, 4);
}

static guint8 *
put_output_size (const GSockParcel *self, guint8 *at, guint8 tag)
{
  return put_number (at, tag, (guint64) self->output_buffer_size, 4);
}

static gboolean
get_size (int *size, const guint8 *value, gsize length)
{
  guint64 number = get_number (value, length);

  *size = (int) MIN (number, G_MAXINT);
  return number >= 1 && number <= GSOCK_PARCEL_BUFFER_MAX;
}

static gboolean
get_input_size (GSockParcel *self, const guint8 *value, gsize length)
{
  return get_size (&self->input_buffer_size, value, length);
}

static gboolean
get_output_size (GSockParcel *self, const guint8 *value, gsize length)
{
  return get_size (&self->output_buffer_size, value, length);
}

static guint8 *
put_role (const GSockParcel *self, guint8 *at, guint8 tag)
{
  return put_number (at, tag, self->role, 1);
}

static gboolean
get_role (GSockParcel *self, const guint8 *value, gsize length)
{
  self->role = *value;
  return *value == GSOCK_ROLE_ACTIVE || *value == GSOCK_ROLE_PASSIVE;
}

static guint8 *
put_file (const GSockParcel *self, guint8 *at, guint8 tag)
{
  guint64 numbers[] = { GUINT64_TO_LE (self->device), GUINT64_TO_LE (self->inode) };

  return put (at, tag, numbers, sizeof numbers);
}

static gboolean
get_file (GSockParcel *self, const guint8 *value, gsize length)
{
  self->device = get_number (value, 8);
  self->inode = get_number (value + 8, 8);
  return TRUE;
}

/* A tag is the number of its row plus one: rows are added at the end. */
static const struct
{
  GSockParcelPart part;
  gsize length; /* 0: it may vary */
  guint8 *(*put) (const GSockParcel *self, guint8 *at, guint8 tag);
  gboolean (*get) (GSockParcel *self, const guint8 *value, gsize length);
} records[] = {
  { GSOCK_PARCEL_TIMEOUT, 8, put_timeout, get_timeout },
  { GSOCK_PARCEL_EXTERNAL_FORMAT, 0, put_format, get_format },
  { GSOCK_PARCEL_INPUT_BUFFER_SIZE, 4, put_input_size, get_input_size },
  { GSOCK_PARCEL_OUTPUT_BUFFER_SIZE, 4, put_output_size, get_output_size },
  { GSOCK_PARCEL_ROLE, 1, put_role, get_role },
  { GSOCK_PARCEL_FILE, 16, put_file, get_file },
};

/* @bytes has room for GSOCK_PARCEL_MAX; how many were written. */
gsize
gsock_parcel_encode (const GSockParcel *self, guint8 *bytes)
{
  guint8 *at = bytes + GSOCK_PARCEL_HEAD;

  memcpy (bytes, head, sizeof head);
  for (guint8 i = 0; i < G_N_ELEMENTS (records); i++)
    if ((self->given & records[i].part) != 0)
      at = records[i].put (self, at, i + 1);
  bytes[GSOCK_PARCEL_HEAD - 1] = (guint8) (at - bytes - GSOCK_PARCEL_HEAD);
  return at - bytes;
}

const char *
gsock_parcel_check_head (const guint8 *bytes, gsize *body_length)
{
  if (memcmp (bytes, head, sizeof head - 1) != 0)
    return "the bytes that came with the descriptor are none that send-socket writes";
  if (bytes[sizeof head - 1] != GSOCK_PARCEL_VERSION)
    return "it was sent by a version that this one does not understand";
  *body_length = bytes[GSOCK_PARCEL_HEAD - 1];
  return NULL;
}

static const char *
decode_record (GSockParcel *self, guint8 tag, const guint8 *value, gsize length)
{
  guint row = tag - 1;

  if (row >= G_N_ELEMENTS (records))
    return NULL;
  if ((self->given & records[row].part) != 0)
    return "a record comes twice";
  if ((records[row].length != 0 && records[row].length != length) || !records[row].get (self, value, length))
    return "a record has a value that cannot be";
  self->given |= records[row].part;
  return NULL;
}

const char *
gsock_parcel_decode (GSockParcel *self, const guint8 *body, gsize length)
{
  self->given = 0;
  for (gsize at = 0; at < length;)
    {
      gsize rest = length - at;
      const char *wrong = NULL;

      if (rest < 2 || body[at + 1] > rest - 2)
        return "a record is longer than what came";
      wrong = decode_record (self, body[at], body + at + 2, body[at + 1]);
      if (wrong != NULL)
        return wrong;
      at += 2 + body[at + 1];
    }
  return NULL;
}
