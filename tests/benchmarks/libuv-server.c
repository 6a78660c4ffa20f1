/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By libuv: the server, and descriptors that are watched. */

#include "libuv.h"

#include "peers.h"
#include "server.h"

#include <unistd.h>
#include <uv.h>

static uv_loop_t loop;

static void
must (int status, const char *what)
{
  if (status < 0)
    g_error ("libuv: %s: %s", what, uv_strerror (status));
}

/* One for all: nothing is kept from one callback to the next. */
static char room[SERVER_ROOM];

static void
give_room (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  *buffer = uv_buf_init (room, sizeof room);
}

static void
free_handle (uv_handle_t *handle)
{
  server_closed (handle->data);
  g_free (handle);
}

static void
answer (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  uv_buf_t out = uv_buf_init (buffer->base, (unsigned) MAX (n, 0));

  if (n == 0)
    return;
  if (n < 0)
    uv_close ((uv_handle_t *) stream, free_handle);
  else
    peers_expect (uv_try_write (stream, &out, 1), n, "libuv: write");
}

static void
take_connection (uv_stream_t *listener, int status)
{
  uv_tcp_t *tcp = g_new (uv_tcp_t, 1);

  must (status, "listen");
  must (uv_tcp_init (&loop, tcp), "socket");
  tcp->data = listener->data;
  must (uv_accept (listener, (uv_stream_t *) tcp), "accept");
  must (uv_read_start ((uv_stream_t *) tcp, give_room, answer), "read");
  server_accepted (tcp->data);
}

static void
serve (ServerState *state)
{
  uv_tcp_t listener;
  struct sockaddr_in address;
  int length = sizeof address;

  must (uv_loop_init (&loop), "loop");
  must (uv_ip4_addr ("0.0.0.0", 0, &address), "address");
  must (uv_tcp_init (&loop, &listener), "socket");
  must (uv_tcp_bind (&listener, (struct sockaddr *) &address, 0), "bind");
  listener.data = state;
  must (uv_listen ((uv_stream_t *) &listener, SERVER_BACKLOG, take_connection), "listen");
  must (uv_tcp_getsockname (&listener, (struct sockaddr *) &address, &length), "name");
  server_listens (state, g_ntohs (address.sin_port));
  uv_run (&loop, UV_RUN_DEFAULT);
}

const Server server_libuv = { serve };

static guint n_taken;

static void
take_byte (uv_poll_t *handle, int status, int events)
{
  char in[16];

  must (status, "poll");
  peers_expect (recv (GPOINTER_TO_INT (handle->data), in, sizeof in, 0), 1, "recv");
  n_taken++;
}

void
libuv_watched_open (const int *fds, guint n_fds)
{
  uv_poll_t *handles = g_new0 (uv_poll_t, n_fds);

  must (uv_loop_init (&loop), "loop");
  for (guint i = 0; i < n_fds; i++)
    {
      must (uv_poll_init (&loop, &handles[i], fds[i]), "poll");
      handles[i].data = GINT_TO_POINTER (fds[i]);
      must (uv_poll_start (&handles[i], UV_READABLE, take_byte), "poll");
    }
}

void
libuv_watched_take (void)
{
  guint wanted = n_taken + 1;

  while (n_taken != wanted)
    uv_run (&loop, UV_RUN_ONCE);
}
