/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gsock/gsock.h>
#include <netinet/in.h>

#define PAYLOAD 64
#define LINE_OF_TEXT "sixteen letters!"

/* So many calls in a row are counted together; what they need is made before and cleared away after. */
#define CHUNK 40

/* As many datagrams as a batch has. */
#define BATCH 40

#define N_WATCHED 100

/* What the calls are made on. The plain descriptors are those of the other side, and of the plain calls:
 * to ask gsock for its own would change how it waits. */
typedef struct
{
  int source, sink; /* of datagrams, plain */
  struct sockaddr_in sink_address;
  GSockAddress to_sink;
  int sink_port;

  GSockSocket *sender, *connected, *receiver, *joining; /* whoever has received a batch receives in another way */
  struct sockaddr_in receiver_address;
  GSockAddress to_joining;

  int listener, clients[CHUNK]; /* of connections, plain */
  struct sockaddr_in listener_address;
  GSockAddress to_listener;
  GSockSocket *passive;
  struct sockaddr_in passive_address;
  int free_port;

  int local[2]; /* of local sockets, plain */
  GSockSocket *pair[2];

  GSockSocket *stream;
  int stream_peer;

  GCancellable *cancellable;
  GBytes *bytes;
  GSockMessage *message;
  GSockBatch *full, *batch;

  GMainContext *context;
  GSockSocket *watched[N_WATCHED];
  GSockWatch *watches[N_WATCHED];
  int poller;
  guint n_dispatched;
  GAsyncResult *result;
} Stage;

typedef void (*Step) (Stage *self, guint n);

/* A call, in one of its forms, and the plain system calls that do the same. */
typedef struct
{
  const char *name;
  Step run, raw;
  Step before, before_raw; /* not counted; NULL where there is nothing to do */
  Step after, after_raw;
} Call;

typedef struct
{
  const Call *calls;
  guint n_calls;
} Calls;

extern const Calls data_calls, message_calls, socket_calls, option_calls, stream_calls, watch_calls, async_calls;

#define CALLS(name, rows) const Calls name = { rows, G_N_ELEMENTS (rows) }

void stage_set_up (Stage *self);
void stage_tear_down (Stage *self);

void stage_fail (const char *what, const GError *error) G_GNUC_NORETURN;

/* A count of something that did not work is worse than none. */
static inline void
expect (gssize got, gssize wanted, const char *what)
{
  if (G_UNLIKELY (got != wanted))
    stage_fail (what, NULL);
}

/* Steps that several calls have in common: datagrams to gsock's receiver and to the plain one, and all of the
 * plain one's taken. */
void stage_fill_receiver (Stage *self, guint n);
void stage_fill_sink (Stage *self, guint n);
void stage_drain_sink (Stage *self, guint n);
