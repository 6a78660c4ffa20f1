/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The half of a GIOStream that receives. */

#include <gsock/gsock-io-stream-private.h>

#include <gsock/gsock-error-io-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-source.h>
#include <gsock/gsock-stream.h>

struct _GSockSocketInputStream
{
  GInputStream parent_instance;

  GSockActiveSocket *socket;
  gboolean quiet;
};

static void pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GSockSocketInputStream, gsock_socket_input_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_iface_init))

static gssize
receive (GSockSocketInputStream *self, void *buffer, gsize count, gboolean wait, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) own = NULL;
  gssize n = gsock_active_socket_read_bytes_direct (self->socket, buffer, count, TRUE, wait, GSOCK_TIMEOUT_DEFAULT, cancellable, &own);

  return n >= 0 ? n : gsock_error_translate_io (error, own) - 1;
}

static gssize
gsock_socket_input_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  return receive (GSOCK_SOCKET_INPUT_STREAM (stream), buffer, count, TRUE, cancellable, error);
}

static gboolean
gsock_socket_input_stream_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  GSockSocketInputStream *self = GSOCK_SOCKET_INPUT_STREAM (stream);

  return self->quiet || gsock_io_stream_shutdown (self->socket, TRUE, FALSE, error);
}

static gboolean
is_readable (GPollableInputStream *pollable)
{
  GSockSocketInputStream *self = GSOCK_SOCKET_INPUT_STREAM (pollable);
  g_autoptr (GError) error = NULL;

  /* On what is closed a read does not wait either. */
  return gsock_socket_wait_for (GSOCK_SOCKET (self->socket), G_IO_IN, 0, NULL, &error) != 0
         || !g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT);
}

static GSource *
create_source (GPollableInputStream *pollable, GCancellable *cancellable)
{
  GSockSocketInputStream *self = GSOCK_SOCKET_INPUT_STREAM (pollable);
  g_autoptr (GSource) readiness = gsock_socket_create_source (GSOCK_SOCKET (self->socket), G_IO_IN, NULL);

  return g_pollable_source_new_full (pollable, readiness, cancellable);
}

static gssize
read_nonblocking (GPollableInputStream *pollable, void *buffer, gsize count, GError **error)
{
  return receive (GSOCK_SOCKET_INPUT_STREAM (pollable), buffer, count, FALSE, NULL, error);
}

static void
pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = is_readable;
  iface->create_source = create_source;
  iface->read_nonblocking = read_nonblocking;
}

/* Closing the stream of GIO when its last reference goes is not to end the conversation. */
static void
gsock_socket_input_stream_dispose (GObject *object)
{
  GSOCK_SOCKET_INPUT_STREAM (object)->quiet = TRUE;
  G_OBJECT_CLASS (gsock_socket_input_stream_parent_class)->dispose (object);
}

static void
gsock_socket_input_stream_finalize (GObject *object)
{
  g_clear_object (&GSOCK_SOCKET_INPUT_STREAM (object)->socket);
  G_OBJECT_CLASS (gsock_socket_input_stream_parent_class)->finalize (object);
}

static void
gsock_socket_input_stream_class_init (GSockSocketInputStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->dispose = gsock_socket_input_stream_dispose;
  object_class->finalize = gsock_socket_input_stream_finalize;
  stream_class->read_fn = gsock_socket_input_stream_read;
  stream_class->close_fn = gsock_socket_input_stream_close;
}

static void
gsock_socket_input_stream_init (GSockSocketInputStream *self)
{
}

GInputStream *
gsock_socket_input_stream_new (GSockActiveSocket *socket)
{
  GSockSocketInputStream *self = g_object_new (GSOCK_TYPE_SOCKET_INPUT_STREAM, NULL);

  self->socket = g_object_ref (socket);
  return G_INPUT_STREAM (self);
}

void
gsock_socket_input_stream_set_quiet (GSockSocketInputStream *self)
{
  self->quiet = TRUE;
}
