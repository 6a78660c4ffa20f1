/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One end of a conversation, and what streams of text are made with. */

#include <gsock/gsock-active-socket.h>

#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-socket-private.h>

/**
 * GSockActiveSocket:
 *
 * One end of a conversation: a stream or seqpacket socket that connects, or that a
 * [class@PassiveSocket] has accepted.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:keepalive:
 *
 * Whether the kernel asks a peer that is silent whether it is still there: the option `keep-alive`.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:nodelay:
 *
 * Whether small pieces are sent at once rather than collected: the option `tcp-nodelay`.
 *
 * Live.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:external-format:
 *
 * How text is encoded and how its lines end, such as `utf-8`, `latin-1/crlf` or `utf-16le/lf`: any
 * encoding that iconv knows, and `lf`, `cr` or `crlf`. The default is `utf-8`.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:input-buffer-size:
 *
 * The size of the buffer that text and bytes are read through, in bytes. The default is 8192;
 * with 0 nothing is read ahead, and nothing that was written waits.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:output-buffer-size:
 *
 * The size of the buffer that text and bytes are written through, in bytes. The default is 8192;
 * with 0 nothing is read ahead, and nothing that was written waits.
 *
 * Construct-only.
 *
 * Since: 1.0
 */

/**
 * GSockActiveSocket:remote-connectable:
 *
 * What to connect to, as GIO has it: a #GNetworkAddress, a #GNetworkService with its SRV records,
 * or anything else that can be enumerated.
 *
 * Construct-only. Afterwards it reads %NULL; the address is in [property@Socket:remote-address].
 *
 * Since: 1.0
 */

typedef struct
{
  GSockStreamDefaults defaults;
} GSockActiveSocketPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GSockActiveSocket, gsock_active_socket, GSOCK_TYPE_SOCKET)

void
gsock_stream_defaults_init (GSockStreamDefaults *self)
{
  self->external_format = GSOCK_EXTERNAL_FORMAT_DEFAULT;
  self->input_buffer_size = self->output_buffer_size = GSOCK_BUFFER_SIZE_DEFAULT;
}

void
gsock_stream_defaults_set (GSockStreamDefaults *self, const char *external_format, int input_buffer_size, int output_buffer_size)
{
  if (external_format != NULL)
    self->external_format = g_intern_string (external_format);
  self->input_buffer_size = input_buffer_size;
  self->output_buffer_size = output_buffer_size;
}

/* Whether @id is one of theirs. */
gboolean
gsock_stream_defaults_get_property (const GSockStreamDefaults *self, guint id, GValue *value)
{
  if (id == GSOCK_KEYWORD_EXTERNAL_FORMAT)
    g_value_set_static_string (value, self->external_format);
  else if (id == GSOCK_KEYWORD_INPUT_BUFFER_SIZE)
    g_value_set_int (value, (int) self->input_buffer_size);
  else if (id == GSOCK_KEYWORD_OUTPUT_BUFFER_SIZE)
    g_value_set_int (value, (int) self->output_buffer_size);
  else
    return FALSE;
  return TRUE;
}

GSockStreamDefaults *
gsock_active_socket_get_defaults (GSockActiveSocket *self)
{
  GSockActiveSocketPrivate *priv = gsock_active_socket_get_instance_private (self);

  return &priv->defaults;
}

static void
gsock_active_socket_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GSockStreamDefaults *defaults = gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (object));
  gboolean alive = gsock_handle_has_descriptor (gsock_socket_get_handle (GSOCK_SOCKET (object)));

  if (!alive || !gsock_stream_defaults_get_property (defaults, property_id - 1, value))
    G_OBJECT_CLASS (gsock_active_socket_parent_class)->get_property (object, property_id, value, pspec);
}

static void
gsock_active_socket_class_init (GSockActiveSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gsock_active_socket_get_property;
  gsock_socket_install_keywords (object_class, GSOCK_CLASS_ACTIVE);
}

static void
gsock_active_socket_init (GSockActiveSocket *self)
{
  gsock_stream_defaults_init (gsock_active_socket_get_defaults (self));
}
