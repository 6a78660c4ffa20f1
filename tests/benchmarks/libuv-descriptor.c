/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors by libuv: passed along with a byte, taken and closed, both ends in one loop. */

#include "libuv.h"

#include "peers.h"

#include <unistd.h>
#include <uv.h>

typedef struct
{
  uv_loop_t loop;
  uv_pipe_t ends[2], passed;
  guint n_closed;
  char in[16];
} Descriptors;

static void
must (int status, const char *what)
{
  if (status < 0)
    g_error ("libuv: %s: %s", what, uv_strerror (status));
}

static void
give_room (uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
  Descriptors *self = handle->data;

  *room = uv_buf_init (self->in, sizeof self->in);
}

static void
note_closed (uv_handle_t *handle)
{
  Descriptors *self = handle->data;

  self->n_closed++;
  g_free (handle);
}

static void
take (uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
  uv_pipe_t *received;

  if (n == 0)
    return;
  peers_expect (n, 1, "libuv: read");
  peers_expect (uv_pipe_pending_count ((uv_pipe_t *) stream), 1, "libuv: descriptors");
  received = g_new (uv_pipe_t, 1);
  must (uv_pipe_init (stream->loop, received, FALSE), "pipe");
  received->data = stream->data;
  must (uv_accept (stream, (uv_stream_t *) received), "accept");
  uv_close ((uv_handle_t *) received, note_closed);
}

static void
open_end (Descriptors *self, uv_pipe_t *end, int fd, gboolean passes)
{
  must (uv_pipe_init (&self->loop, end, passes), "pipe");
  must (uv_pipe_open (end, fd), "open");
  end->data = self;
}

gpointer
libuv_descriptors_open (int fds[2], int passed)
{
  Descriptors *self = g_new0 (Descriptors, 1);

  must (uv_loop_init (&self->loop), "loop");
  open_end (self, &self->ends[0], fds[0], TRUE);
  open_end (self, &self->ends[1], fds[1], TRUE);
  open_end (self, &self->passed, dup (passed), FALSE);
  must (uv_read_start ((uv_stream_t *) &self->ends[1], give_room, take), "read");
  return self;
}

static void
note_written (uv_write_t *request, int status)
{
  must (status, "write");
}

void
libuv_descriptors_run (gpointer data, guint n_operations)
{
  Descriptors *self = data;
  uv_buf_t byte = uv_buf_init ((char *) "", 1);

  for (guint i = 0; i < n_operations; i++)
    {
      guint wanted = self->n_closed + 1;
      uv_write_t request;

      must (uv_write2 (&request, (uv_stream_t *) &self->ends[0], &byte, 1, (uv_stream_t *) &self->passed, note_written), "write");
      while (self->n_closed != wanted)
        uv_run (&self->loop, UV_RUN_ONCE);
    }
}

void
libuv_descriptors_close (gpointer data)
{
  Descriptors *self = data;

  uv_close ((uv_handle_t *) &self->ends[0], NULL);
  uv_close ((uv_handle_t *) &self->ends[1], NULL);
  uv_close ((uv_handle_t *) &self->passed, NULL);
  uv_run (&self->loop, UV_RUN_DEFAULT);
  must (uv_loop_close (&self->loop), "close");
  g_free (self);
}
