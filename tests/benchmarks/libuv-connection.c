/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections by libuv: made, accepted and closed, client and server in one loop. */

#include "libuv.h"

#include "peers.h"

#include <uv.h>

typedef union
{
  uv_handle_t handle;
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
} Stream;

typedef struct
{
  uv_loop_t loop;
  Stream listener;
  char *filename; /* NULL: TCP */
  struct sockaddr_in address;
  guint next, n_closed;
} Connections;

/* The two ends of one connection, both of which go when it stands. */
typedef struct
{
  Connections *connections;
  Stream stream;
  uv_connect_t request;
} End;

static void
must (int status, const char *what)
{
  if (status < 0)
    g_error ("libuv: %s: %s", what, uv_strerror (status));
}

static End *
end_new (Connections *self)
{
  End *end = g_new (End, 1);

  end->connections = self;
  if (self->filename != NULL)
    must (uv_pipe_init (&self->loop, &end->stream.pipe, FALSE), "pipe");
  else
    must (uv_tcp_init (&self->loop, &end->stream.tcp), "socket");
  end->stream.handle.data = end;
  return end;
}

static void
free_end (uv_handle_t *handle)
{
  End *end = handle->data;

  end->connections->n_closed++;
  g_free (end);
}

static void
take_connection (uv_stream_t *listener, int status)
{
  Connections *self = listener->data;
  End *end = end_new (self);

  must (status, "listen");
  must (uv_accept (listener, &end->stream.stream), "accept");
  uv_close (&end->stream.handle, free_end);
}

static void
leave_connection (uv_connect_t *request, int status)
{
  must (status, "connect");
  uv_close ((uv_handle_t *) request->handle, free_end);
}

gpointer
libuv_connections_open (const char *filename)
{
  Connections *self = g_new0 (Connections, 1);
  int length = sizeof self->address;

  self->filename = g_strdup (filename);
  must (uv_loop_init (&self->loop), "loop");
  if (filename != NULL)
    {
      must (uv_pipe_init (&self->loop, &self->listener.pipe, FALSE), "pipe");
      must (uv_pipe_bind (&self->listener.pipe, filename), "bind");
    }
  else
    {
      must (uv_ip4_addr ("0.0.0.0", 0, &self->address), "address");
      must (uv_tcp_init (&self->loop, &self->listener.tcp), "socket");
      must (uv_tcp_bind (&self->listener.tcp, (struct sockaddr *) &self->address, 0), "bind");
      must (uv_tcp_getsockname (&self->listener.tcp, (struct sockaddr *) &self->address, &length), "name");
    }
  self->listener.handle.data = self;
  must (uv_listen (&self->listener.stream, 16, take_connection), "listen");
  return self;
}

static void
start_connection (Connections *self)
{
  End *end = end_new (self);
  guint number = self->next++ % 60000;

  if (self->filename != NULL)
    {
      uv_pipe_connect (&end->request, &end->stream.pipe, self->filename, leave_connection);
      return;
    }
  self->address.sin_addr.s_addr = g_htonl ((127u << 24) + ((1 + number / 250) << 8) + 1 + number % 250);
  must (uv_tcp_connect (&end->request, &end->stream.tcp, (struct sockaddr *) &self->address, leave_connection), "connect");
}

void
libuv_connections_run (gpointer data, guint n_operations)
{
  Connections *self = data;

  for (guint i = 0; i < n_operations; i++)
    {
      guint wanted = self->n_closed + 2;

      start_connection (self);
      while (self->n_closed != wanted)
        uv_run (&self->loop, UV_RUN_ONCE);
    }
}

void
libuv_connections_close (gpointer data)
{
  Connections *self = data;

  uv_close (&self->listener.handle, NULL);
  uv_run (&self->loop, UV_RUN_DEFAULT);
  must (uv_loop_close (&self->loop), "close");
  g_free (self->filename);
  g_free (self);
}
