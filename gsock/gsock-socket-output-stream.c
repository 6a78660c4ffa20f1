/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The half of a GIOStream that sends. */

#include <gsock/gsock-io-stream-private.h>

#include <gsock/gsock-error-io-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-source.h>
#include <gsock/gsock-stream-op-private.h>

struct _GSockSocketOutputStream
{
  GOutputStream parent_instance;

  GSockActiveSocket *socket;
  gboolean quiet;
};

static void pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GSockSocketOutputStream, gsock_socket_output_stream, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pollable_iface_init))

/* What the buffer of the socket has goes first; then as much as the kernel takes. */
static gssize
transmit (GSockSocketOutputStream *self, const void *buffer, gsize count, gboolean wait, GCancellable *cancellable, GError **error)
{
  GSockSocketPrivate *priv = gsock_socket_get_private (GSOCK_SOCKET (self->socket));
  GSockPatience patience = { wait, gsock_socket_own_timeout (priv), cancellable, 0 };
  g_autoptr (GError) own = NULL;
  GSockWrite write;

  gsock_write_init (&write, "write", buffer, count);
  write.all = write.through = TRUE;
  if (gsock_write_begin (&write, self->socket, &own)
      && gsock_write_conclude (&write, gsock_write_run (&write, &patience), &own))
    return write.sent;
  return gsock_error_translate_io (error, own) - 1;
}

static gssize
gsock_socket_output_stream_write (GOutputStream *stream, const void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  return transmit (GSOCK_SOCKET_OUTPUT_STREAM (stream), buffer, count, TRUE, cancellable, error);
}

static gboolean
gsock_socket_output_stream_flush (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return transmit (GSOCK_SOCKET_OUTPUT_STREAM (stream), "", 0, TRUE, cancellable, error) >= 0;
}

static gboolean
gsock_socket_output_stream_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  GSockSocketOutputStream *self = GSOCK_SOCKET_OUTPUT_STREAM (stream);

  return self->quiet || gsock_io_stream_shutdown (self->socket, FALSE, TRUE, error);
}

static gboolean
is_writable (GPollableOutputStream *pollable)
{
  GSockSocketOutputStream *self = GSOCK_SOCKET_OUTPUT_STREAM (pollable);
  g_autoptr (GError) error = NULL;

  return gsock_socket_wait_for (GSOCK_SOCKET (self->socket), G_IO_OUT, 0, NULL, &error) != 0
         || !g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT);
}

static GSource *
create_source (GPollableOutputStream *pollable, GCancellable *cancellable)
{
  GSockSocketOutputStream *self = GSOCK_SOCKET_OUTPUT_STREAM (pollable);
  g_autoptr (GSource) readiness = gsock_socket_create_source (GSOCK_SOCKET (self->socket), G_IO_OUT, NULL);

  return g_pollable_source_new_full (pollable, readiness, cancellable);
}

static gssize
write_nonblocking (GPollableOutputStream *pollable, const void *buffer, gsize count, GError **error)
{
  return transmit (GSOCK_SOCKET_OUTPUT_STREAM (pollable), buffer, count, FALSE, NULL, error);
}

static void
pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = is_writable;
  iface->create_source = create_source;
  iface->write_nonblocking = write_nonblocking;
}

/* As the other half. */
static void
gsock_socket_output_stream_dispose (GObject *object)
{
  GSOCK_SOCKET_OUTPUT_STREAM (object)->quiet = TRUE;
  G_OBJECT_CLASS (gsock_socket_output_stream_parent_class)->dispose (object);
}

static void
gsock_socket_output_stream_finalize (GObject *object)
{
  g_clear_object (&GSOCK_SOCKET_OUTPUT_STREAM (object)->socket);
  G_OBJECT_CLASS (gsock_socket_output_stream_parent_class)->finalize (object);
}

static void
gsock_socket_output_stream_class_init (GSockSocketOutputStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  object_class->dispose = gsock_socket_output_stream_dispose;
  object_class->finalize = gsock_socket_output_stream_finalize;
  stream_class->write_fn = gsock_socket_output_stream_write;
  stream_class->flush = gsock_socket_output_stream_flush;
  stream_class->close_fn = gsock_socket_output_stream_close;
}

static void
gsock_socket_output_stream_init (GSockSocketOutputStream *self)
{
}

GOutputStream *
gsock_socket_output_stream_new (GSockActiveSocket *socket)
{
  GSockSocketOutputStream *self = g_object_new (GSOCK_TYPE_SOCKET_OUTPUT_STREAM, NULL);

  self->socket = g_object_ref (socket);
  return G_OUTPUT_STREAM (self);
}

void
gsock_socket_output_stream_set_quiet (GSockSocketOutputStream *self)
{
  self->quiet = TRUE;
}
