/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What a server and those who measure it both see: it is in memory that their processes share. */
typedef struct
{
  guint port;
  guint n_accepted, n_closed; /* atomic: ever */
  guint n_marks;
  struct
  {
    guint n_accepted; /* when so many have been accepted ... */
    gsize memory;     /* ... this is how many bytes are allocated */
  } marks[2];
} ServerState;

/* One way of writing a server: it answers whatever comes with the same bytes, and never ends. */
typedef struct
{
  void (*serve) (ServerState *state);
} Server;

/* To be called when it listens, and for each connection. */
void server_listens (ServerState *state, guint port);
void server_mark (ServerState *state);

static inline void
server_accepted (ServerState *state)
{
  guint n = __atomic_add_fetch (&state->n_accepted, 1, __ATOMIC_RELEASE);

  if (G_UNLIKELY (state->n_marks < G_N_ELEMENTS (state->marks) && state->marks[state->n_marks].n_accepted == n))
    server_mark (state);
}

static inline void
server_closed (ServerState *state)
{
  __atomic_add_fetch (&state->n_closed, 1, __ATOMIC_RELEASE);
}

#define SERVER_BACKLOG 4096
#define SERVER_ROOM 2048

extern const Server server_raw;
extern const Server server_gio_service, server_gio_source, server_gio_unwatched;
extern const Server server_gsock_watch, server_gsock_async, server_gsock_unwatched;
extern const Server server_libuv;
