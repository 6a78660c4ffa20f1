/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An active socket as a GIOStream: what TLS connections and other users of GIO sit on. */

#include <gsock/gsock-io-stream.h>

#include <gsock/gsock-error-io-private.h>
#include <gsock/gsock-io-stream-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-private.h>

#define GSOCK_TYPE_IO_STREAM (gsock_io_stream_get_type ())
G_DECLARE_FINAL_TYPE (GSockIOStream, gsock_io_stream, GSOCK, IO_STREAM, GIOStream)

struct _GSockIOStream
{
  GIOStream parent_instance;

  GSockActiveSocket *socket;
  GInputStream *input;
  GOutputStream *output;
  gboolean dropped; /* without having been closed */
};

G_DEFINE_FINAL_TYPE (GSockIOStream, gsock_io_stream, G_TYPE_IO_STREAM)

gboolean
gsock_io_stream_shutdown (GSockActiveSocket *socket, gboolean read, gboolean write, GError **error)
{
  g_autoptr (GError) own = NULL;

  if (!gsock_socket_is_open (GSOCK_SOCKET (socket)) || gsock_socket_shutdown (GSOCK_SOCKET (socket), read, write, &own)
      || g_error_matches (own, GSOCK_ERROR, GSOCK_ERROR_NOT_CONNECTED))
    return TRUE;
  return gsock_error_translate_io (error, own);
}

static GInputStream *
gsock_io_stream_get_input_stream (GIOStream *stream)
{
  return GSOCK_IO_STREAM (stream)->input;
}

static GOutputStream *
gsock_io_stream_get_output_stream (GIOStream *stream)
{
  return GSOCK_IO_STREAM (stream)->output;
}

/* A stream of GIO closes itself when its last reference goes. The socket has other owners. */
static gboolean
gsock_io_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  GSockIOStream *self = GSOCK_IO_STREAM (stream);
  g_autoptr (GError) own = NULL;

  gsock_socket_output_stream_set_quiet (GSOCK_SOCKET_OUTPUT_STREAM (self->output));
  gsock_socket_input_stream_set_quiet (GSOCK_SOCKET_INPUT_STREAM (self->input));
  (void) g_output_stream_close (self->output, cancellable, NULL);
  (void) g_input_stream_close (self->input, cancellable, NULL);
  if (self->dropped || gsock_socket_close (GSOCK_SOCKET (self->socket), FALSE, &own))
    return TRUE;
  return gsock_error_translate_io (error, own);
}

static void
gsock_io_stream_dispose (GObject *object)
{
  GSOCK_IO_STREAM (object)->dropped = TRUE;
  G_OBJECT_CLASS (gsock_io_stream_parent_class)->dispose (object);
}

static void
gsock_io_stream_finalize (GObject *object)
{
  GSockIOStream *self = GSOCK_IO_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->socket);
  G_OBJECT_CLASS (gsock_io_stream_parent_class)->finalize (object);
}

static void
gsock_io_stream_class_init (GSockIOStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = gsock_io_stream_dispose;
  object_class->finalize = gsock_io_stream_finalize;
  stream_class->get_input_stream = gsock_io_stream_get_input_stream;
  stream_class->get_output_stream = gsock_io_stream_get_output_stream;
  stream_class->close_fn = gsock_io_stream_close;
}

static void
gsock_io_stream_init (GSockIOStream *self)
{
}

/**
 * gsock_active_socket_create_io_stream:
 * @self: a connected stream socket
 * @error: return location for an error
 *
 * Makes a #GIOStream of the socket: for #GTlsConnection, #GDataInputStream, #GConverterInputStream,
 * [method@Gio.OutputStream.splice] and whatever else speaks GIO.
 *
 * Both halves are pollable, and can be used by two threads at a time. Reading begins with what the
 * socket has read ahead, and writing sends first what is in its buffer, so that the operators of the
 * socket and the stream can be used by turns. A wait is bounded by the socket's
 * [property@Socket:timeout]. Errors are those of GIO, as its interfaces demand: %G_IO_ERROR_TIMED_OUT,
 * %G_IO_ERROR_CLOSED and so on.
 *
 * To close one half ends that direction, as [method@Socket.shutdown] does; to close the stream closes
 * the socket. A stream that is dropped without having been closed leaves the socket open, which it has
 * kept alive.
 *
 * Errors: `GSOCK_ERROR_NOT_CONNECTED`, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` on a seqpacket socket,
 * `GSOCK_ERROR_CLOSED` and `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer full): a new stream
 *
 * Since: 1.0
 */
GIOStream *
gsock_active_socket_create_io_stream (GSockActiveSocket *self, GError **error)
{
  GSockIOStream *stream;

  g_return_val_if_fail (GSOCK_IS_ACTIVE_SOCKET (self), NULL);

  if (gsock_streams_get (GSOCK_SOCKET (self), "create-io-stream", error) == NULL)
    return NULL;
  stream = g_object_new (GSOCK_TYPE_IO_STREAM, NULL);
  stream->socket = g_object_ref (self);
  stream->input = gsock_socket_input_stream_new (self);
  stream->output = gsock_socket_output_stream_new (self);
  return G_IO_STREAM (stream);
}
