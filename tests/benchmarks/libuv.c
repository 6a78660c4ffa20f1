/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scenarios by libuv: what arrives comes to a callback, so each end turns its loop until it has. */

#include "libuv.h"

#include "peers.h"

#include <uv.h>

typedef struct
{
  uv_loop_t loop;
  uv_udp_t sender, receiver;
  struct sockaddr_in address;
  guint n_received;
  char in[2048];
} Datagrams;

static void
must (int status, const char *what)
{
  if (status < 0)
    g_error ("libuv: %s: %s", what, uv_strerror (status));
}

static void
give_datagram_room (uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
  Datagrams *self = handle->data;

  *room = uv_buf_init (self->in, sizeof self->in);
}

static void
take_datagram (uv_udp_t *handle, ssize_t n, const uv_buf_t *room, const struct sockaddr *sender, unsigned flags)
{
  Datagrams *self = handle->data;

  if (sender == NULL)
    return;
  peers_expect (n, PAYLOAD, "libuv: receive");
  self->n_received++;
}

static void
bind_datagram (Datagrams *self, uv_udp_t *handle, struct sockaddr_in *address)
{
  int length = sizeof *address;

  must (uv_ip4_addr (GSOCK_IPV4_LOOPBACK, 0, address), "address");
  must (uv_udp_init (&self->loop, handle), "socket");
  must (uv_udp_bind (handle, (struct sockaddr *) address, 0), "bind");
  must (uv_udp_getsockname (handle, (struct sockaddr *) address, &length), "name");
  handle->data = self;
}

gpointer
libuv_datagrams_open (void)
{
  Datagrams *self = g_new0 (Datagrams, 1);
  struct sockaddr_in unused;

  must (uv_loop_init (&self->loop), "loop");
  bind_datagram (self, &self->sender, &unused);
  bind_datagram (self, &self->receiver, &self->address);
  must (uv_udp_recv_start (&self->receiver, give_datagram_room, take_datagram), "receive");
  return self;
}

void
libuv_datagrams_run (gpointer data, guint n_operations)
{
  Datagrams *self = data;
  char out[PAYLOAD] = { 0 };
  uv_buf_t buffer = uv_buf_init (out, sizeof out);

  for (guint i = 0; i < n_operations; i++)
    {
      guint wanted = self->n_received + 1;

      peers_expect (uv_udp_try_send (&self->sender, &buffer, 1, (struct sockaddr *) &self->address), PAYLOAD, "libuv: send");
      while (self->n_received != wanted)
        uv_run (&self->loop, UV_RUN_NOWAIT);
    }
}

void
libuv_datagrams_close (gpointer data)
{
  Datagrams *self = data;

  uv_close ((uv_handle_t *) &self->sender, NULL);
  uv_close ((uv_handle_t *) &self->receiver, NULL);
  uv_run (&self->loop, UV_RUN_DEFAULT);
  must (uv_loop_close (&self->loop), "close");
  g_free (self);
}

typedef struct
{
  uv_loop_t loop;
  uv_tcp_t tcp;
  guint n_received, n_answers; /* how many it has yet to answer */
  gsize awaited; /* bytes, where it does not answer */
  gboolean written;
  char in[LARGE];
} End;

typedef struct
{
  End ends[2];
} Streams;

static void
send_byte (End *self)
{
  uv_buf_t buffer = uv_buf_init ((char *) "", 1);

  peers_expect (uv_try_write ((uv_stream_t *) &self->tcp, &buffer, 1), 1, "libuv: write");
}

static void
give_stream_room (uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
  End *self = handle->data;

  *room = uv_buf_init (self->in, sizeof self->in);
}

static void
take_bytes (uv_stream_t *handle, ssize_t n, const uv_buf_t *room)
{
  End *self = handle->data;

  if (n == 0)
    return;
  if (self->awaited > 0)
    {
      peers_expect (n > 0, TRUE, "libuv: read");
      self->awaited -= (gsize) n;
      return;
    }
  peers_expect (n, 1, "libuv: read");
  self->n_received++;
  if (self->n_answers > 0)
    {
      self->n_answers--;
      send_byte (self);
    }
}

gpointer
libuv_streams_open (int fds[2])
{
  Streams *self = g_new0 (Streams, 1);

  for (guint i = 0; i < 2; i++)
    {
      End *end = &self->ends[i];

      must (uv_loop_init (&end->loop), "loop");
      must (uv_tcp_init (&end->loop, &end->tcp), "socket");
      must (uv_tcp_open (&end->tcp, fds[i]), "open");
      end->tcp.data = end;
      must (uv_read_start ((uv_stream_t *) &end->tcp, give_stream_room, take_bytes), "read");
    }
  return self;
}

static gpointer
answer (gpointer data)
{
  End *self = data;

  while (self->n_answers > 0)
    uv_run (&self->loop, UV_RUN_ONCE);
  return NULL;
}

void
libuv_streams_run (gpointer data, guint n_operations)
{
  Streams *self = data;
  End *end = &self->ends[0];
  GThread *thread;

  self->ends[1].n_answers = n_operations;
  thread = g_thread_new ("answer", answer, &self->ends[1]);
  for (guint i = 0; i < n_operations; i++)
    {
      guint wanted = end->n_received + 1;

      send_byte (end);
      while (end->n_received != wanted)
        uv_run (&end->loop, UV_RUN_ONCE);
    }
  g_thread_join (thread);
}

static gpointer
take_all (gpointer data)
{
  End *self = data;

  while (self->awaited > 0)
    uv_run (&self->loop, UV_RUN_ONCE);
  return NULL;
}

static void
note_written (uv_write_t *request, int status)
{
  End *self = request->data;

  must (status, "write");
  self->written = TRUE;
}

void
libuv_streams_run_one_way (gpointer data, char *out, guint n_operations)
{
  Streams *self = data;
  End *end = &self->ends[0];
  uv_buf_t buffer = uv_buf_init (out, LARGE);
  uv_write_t request = { .data = end };
  GThread *thread;

  self->ends[1].awaited = (gsize) n_operations * LARGE;
  thread = g_thread_new ("read", take_all, &self->ends[1]);
  for (guint i = 0; i < n_operations; i++)
    {
      end->written = FALSE;
      must (uv_write (&request, (uv_stream_t *) &end->tcp, &buffer, 1, note_written), "write");
      while (!end->written)
        uv_run (&end->loop, UV_RUN_ONCE);
    }
  g_thread_join (thread);
}

void
libuv_streams_close (gpointer data)
{
  Streams *self = data;

  for (guint i = 0; i < 2; i++)
    {
      uv_close ((uv_handle_t *) &self->ends[i].tcp, NULL);
      uv_run (&self->ends[i].loop, UV_RUN_DEFAULT);
      must (uv_loop_close (&self->ends[i].loop), "close");
    }
  g_free (self);
}
