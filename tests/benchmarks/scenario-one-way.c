/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Large writes on a connection, and a second thread on the same core that takes them. */

#include "benchmark.h"
#include "libuv.h"
#include "peers.h"

#include <unistd.h>

#define ROOM (3 * LARGE)

typedef struct
{
  char *out, *in;
  int raw[2], other_raw[2]; /* in turn: two connections differ, and how much has to be seen as noise */
  GSocket *gio[2];
  GSockSocket *gsock[2];
  gpointer libuv;
} Fixture;

typedef gssize (*Write) (Fixture *self);
typedef gssize (*Read) (Fixture *self);

/* The kernel fits the buffers of each connection to what it happened to see on it, and two connections
 * that do the same differ by a quarter in the end. With buffers of a fixed size they do not. */
static void
raw_pair (int fds[2])
{
  peers_raw_stream_pair (fds);
  for (guint i = 0; i < 2; i++)
    if (setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &(int){ ROOM }, sizeof (int)) < 0
        || setsockopt (fds[i], SOL_SOCKET, SO_RCVBUF, &(int){ ROOM }, sizeof (int)) < 0)
      peers_fail ("SO_SNDBUF", NULL);
}

static void
gsock_pair (GSockSocket *pair[2])
{
  peers_gsock_stream_pair (pair);
  for (guint i = 0; i < 2; i++)
    if (!gsock_socket_set_option_int (pair[i], SOL_SOCKET, SO_SNDBUF, ROOM, NULL)
        || !gsock_socket_set_option_int (pair[i], SOL_SOCKET, SO_RCVBUF, ROOM, NULL))
      peers_fail ("SO_SNDBUF", NULL);
}

static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  int gio[2], libuv[2];

  self->out = g_malloc0 (LARGE);
  self->in = g_malloc0 (LARGE);
  raw_pair (self->raw);
  raw_pair (self->other_raw);
  raw_pair (gio);
  raw_pair (libuv);
  gsock_pair (self->gsock);
  self->libuv = libuv_streams_open (libuv);
  for (guint i = 0; i < 2; i++)
    self->gio[i] = peers_gio (gio[i]);
  return self;
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < 2; i++)
    {
      close (self->raw[i]);
      close (self->other_raw[i]);
      g_object_unref (self->gio[i]);
      g_object_unref (self->gsock[i]);
    }
  if (self->libuv != NULL)
    libuv_streams_close (self->libuv);
  g_free (self->out);
  g_free (self->in);
  g_free (self);
}

typedef struct
{
  Fixture *fixture;
  Read read;
  gsize length;
} Reading;

static gpointer
read_all (gpointer data)
{
  Reading *self = data;
  gssize n;

  for (gsize got = 0; got < self->length; got += (gsize) n)
    if ((n = self->read (self->fixture)) <= 0)
      peers_fail ("read", NULL);
  return NULL;
}

static void
transfer (Fixture *self, guint n, Write write, Read read)
{
  Reading reading = { self, read, (gsize) n * LARGE };
  GThread *thread = g_thread_new ("read", read_all, &reading);

  for (guint i = 0; i < n; i++)
    peers_expect (write (self), LARGE, "write");
  g_thread_join (thread);
}

static gssize
write_raw (Fixture *self)
{
  return send (self->raw[0], self->out, LARGE, MSG_NOSIGNAL);
}

static gssize
read_raw (Fixture *self)
{
  return recv (self->raw[1], self->in, LARGE, 0);
}

/* A socket of GIO's sends what there is room for. */
static gssize
write_gio (Fixture *self)
{
  gssize n = 0;

  for (gsize sent = 0; sent < LARGE; sent += (gsize) n)
    if ((n = g_socket_send (self->gio[0], self->out + sent, LARGE - sent, NULL, NULL)) < 0)
      return n;
  return LARGE;
}

static gssize
read_gio (Fixture *self)
{
  return g_socket_receive (self->gio[1], self->in, LARGE, NULL, NULL);
}

static gssize
write_gsock (Fixture *self)
{
  return gsock_socket_send_to_direct (self->gsock[0], (const guint8 *) self->out, LARGE, NULL, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);
}

static gssize
read_gsock (Fixture *self)
{
  return gsock_socket_receive_from_direct (self->gsock[1], self->in, LARGE, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL, NULL);
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  transfer (self, n, write_raw, read_raw);
  for (guint i = 0; i < 2; i++)
    {
      int used = self->raw[i];

      self->raw[i] = self->other_raw[i];
      self->other_raw[i] = used;
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  transfer (fixture, n, write_gio, read_gio);
}

static void
run_gsock (gpointer fixture, guint n)
{
  transfer (fixture, n, write_gsock, read_gsock);
}

static G_GNUC_UNUSED void
run_libuv (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  libuv_streams_run_one_way (self->libuv, self->out, n);
}

static const Variant variants[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock-direct", run_gsock, { .ratio = 1.02 } },
};

const Scenario scenario_one_way = {
  .number = 5,
  .name = "one-way",
  .title = "TCP, 64 KiB written and taken by another thread",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
};
