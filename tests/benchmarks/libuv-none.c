/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No libuv: no variant asks for any of this. */

#include "libuv.h"

#include "server.h"

#include <unistd.h>

gpointer
libuv_datagrams_open (void)
{
  return NULL;
}

void
libuv_datagrams_run (gpointer self, guint n_operations)
{
}

void
libuv_datagrams_close (gpointer self)
{
}

gpointer
libuv_streams_open (int fds[2])
{
  close (fds[0]);
  close (fds[1]);
  return NULL;
}

void
libuv_streams_run (gpointer self, guint n_operations)
{
}

void
libuv_streams_run_one_way (gpointer self, char *data, guint n_operations)
{
}

void
libuv_streams_close (gpointer self)
{
}

gpointer
libuv_descriptors_open (int fds[2], int passed)
{
  close (fds[0]);
  close (fds[1]);
  return NULL;
}

void
libuv_descriptors_run (gpointer self, guint n_operations)
{
}

void
libuv_descriptors_close (gpointer self)
{
}

gpointer
libuv_connections_open (const char *filename)
{
  return NULL;
}

void
libuv_connections_run (gpointer self, guint n_operations)
{
}

void
libuv_connections_close (gpointer self)
{
}

void
libuv_watched_open (const int *fds, guint n_fds)
{
}

void
libuv_watched_take (void)
{
}

const Server server_libuv = { NULL };
