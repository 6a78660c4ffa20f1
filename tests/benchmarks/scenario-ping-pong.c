/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two threads that answer each other, so that every receive has to wait: each operation is there and back.
 * Both ends are of the same variant. They are on one core, where the processor's time tells what a call
 * costs, or on two, where it is the time on the clock that tells how soon one is woken. */

#include "benchmark.h"
#include "libuv.h"
#include "machine.h"
#include "peers.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define ENOUGH_TIME 10.0

typedef struct _End End;

/* One of the two: sends so many bytes to the other, and receives as many from it. */
struct _End
{
  gsize length;
  int raw;
  struct sockaddr_in raw_peer;
  GSocket *gio, *gio_timed;
  GSocketAddress *gio_peer;
  GSockSocket *gsock;
  GSockAddress gsock_peer;
  GCancellable *cancellable;
};

typedef struct
{
  End ends[2];
  gpointer libuv; /* of streams */
  gboolean on_two_cores;
} Fixture;

typedef void (*Transfer) (End *self);

static void
exchange_addresses (Fixture *self, const struct sockaddr_in *raw, const GSockAddress *gsock)
{
  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].raw_peer = raw[1 - i];
      self->ends[i].gsock_peer = gsock[1 - i];
    }
}

static void
finish_ends (Fixture *self, gsize length)
{
  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].length = length;
      self->ends[i].cancellable = g_cancellable_new ();
      g_socket_set_timeout (self->ends[i].gio_timed, (guint) ENOUGH_TIME);
    }
}

static gpointer
set_up_datagrams (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  struct sockaddr_in raw[2];
  GSockAddress gsock[2];

  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].raw = peers_raw_datagram (&raw[i]);
      self->ends[i].gsock = peers_gsock_datagram (&gsock[i]);
      self->ends[i].gio = peers_gio_datagram (&self->ends[1 - i].gio_peer);
      self->ends[i].gio_timed = peers_gio (dup (g_socket_get_fd (self->ends[i].gio)));
    }
  exchange_addresses (self, raw, gsock);
  finish_ends (self, PAYLOAD);
  return self;
}

static gpointer
set_up_streams (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  GSockSocket *gsock[2];
  int raw[2], gio[2], libuv[2];

  peers_raw_stream_pair (libuv);
  self->libuv = libuv_streams_open (libuv);
  peers_raw_stream_pair (raw);
  peers_raw_stream_pair (gio);
  peers_gsock_stream_pair (gsock);
  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].raw = raw[i];
      self->ends[i].gsock = gsock[i];
      self->ends[i].gio = peers_gio (gio[i]);
      self->ends[i].gio_timed = peers_gio (dup (gio[i]));
    }
  finish_ends (self, 1);
  return self;
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < 2; i++)
    {
      close (self->ends[i].raw);
      g_object_unref (self->ends[i].gio);
      g_object_unref (self->ends[i].gio_timed);
      g_clear_object (&self->ends[i].gio_peer);
      g_object_unref (self->ends[i].gsock);
      g_object_unref (self->ends[i].cancellable);
    }
  if (self->libuv != NULL)
    libuv_streams_close (self->libuv);
  g_free (self);
}

typedef struct
{
  End *end;
  Transfer send, receive;
  guint n;
  gboolean aside;
} Answering;

static gpointer
answer (gpointer data)
{
  Answering *self = data;

  if (self->aside)
    machine_step_aside ();
  for (guint i = 0; i < self->n; i++)
    {
      self->receive (self->end);
      self->send (self->end);
    }
  return NULL;
}

/* The one who asks receives by @receive, the one who answers by @answer_receive. */
static void
play (Fixture *self, guint n, Transfer send, Transfer receive, Transfer answer_receive)
{
  Answering answering = { &self->ends[1], send, answer_receive, n, self->on_two_cores };
  GThread *thread = g_thread_new ("answer", answer, &answering);

  for (guint i = 0; i < n; i++)
    {
      send (&self->ends[0]);
      receive (&self->ends[0]);
    }
  g_thread_join (thread);
}

static void
send_raw_datagram (End *self)
{
  char out[PAYLOAD] = { 0 };

  peers_expect (sendto (self->raw, out, self->length, MSG_NOSIGNAL, (struct sockaddr *) &self->raw_peer, sizeof self->raw_peer), self->length, "sendto");
}

static void
receive_raw_datagram (End *self)
{
  struct sockaddr_storage sender;
  socklen_t length = sizeof sender;
  char in[2048];

  peers_expect (recvfrom (self->raw, in, sizeof in, 0, (struct sockaddr *) &sender, &length), self->length, "recvfrom");
}

/* What has to be done where the wait has a limit that is nobody else's: the descriptor's flags and
 * options stay as they are. */
static void
receive_raw_datagram_timeout (End *self)
{
  struct pollfd readable = { .fd = self->raw, .events = POLLIN };
  struct timespec limit = { .tv_sec = (time_t) ENOUGH_TIME };
  struct sockaddr_storage sender;
  socklen_t length = sizeof sender;
  char in[2048];
  ssize_t n;

  while ((n = recvfrom (self->raw, in, sizeof in, MSG_DONTWAIT, (struct sockaddr *) &sender, &length)) < 0 && errno == EAGAIN)
    peers_expect (ppoll (&readable, 1, &limit, NULL), 1, "ppoll");
  peers_expect (n, self->length, "recvfrom");
}

static void
send_raw_stream (End *self)
{
  char out[PAYLOAD] = { 0 };

  peers_expect (send (self->raw, out, self->length, MSG_NOSIGNAL), self->length, "send");
}

static void
receive_raw_stream (End *self)
{
  char in[2048];

  peers_expect (recv (self->raw, in, sizeof in, 0), self->length, "recv");
}

static void
send_gio (End *self)
{
  char out[PAYLOAD] = { 0 };

  peers_expect (g_socket_send_to (self->gio, self->gio_peer, out, self->length, NULL, NULL), self->length, "g_socket_send_to");
}

static void
receive_gio (End *self)
{
  g_autoptr (GSocketAddress) sender = NULL;
  char in[2048];

  peers_expect (g_socket_receive_from (self->gio, self->gio_peer != NULL ? &sender : NULL, in, sizeof in, NULL, NULL), self->length, "g_socket_receive_from");
}

static void
receive_gio_cancellable (End *self)
{
  g_autoptr (GSocketAddress) sender = NULL;
  char in[2048];

  peers_expect (g_socket_receive_from (self->gio, self->gio_peer != NULL ? &sender : NULL, in, sizeof in, self->cancellable, NULL), self->length, "g_socket_receive_from");
}

static void
receive_gio_timeout (End *self)
{
  g_autoptr (GSocketAddress) sender = NULL;
  char in[2048];

  peers_expect (g_socket_receive_from (self->gio_timed, self->gio_peer != NULL ? &sender : NULL, in, sizeof in, NULL, NULL), self->length, "g_socket_receive_from");
}

static void
send_gsock (End *self)
{
  guint8 out[PAYLOAD] = { 0 };
  const GSockAddress *peer = self->gsock_peer.length > 0 ? &self->gsock_peer : NULL;

  peers_expect (gsock_socket_send_to_direct (self->gsock, out, self->length, peer, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), self->length, "send-to");
}

static void
receive_gsock_with (End *self, double timeout, GCancellable *cancellable)
{
  GSockReceived received;
  char in[2048];

  peers_expect (gsock_socket_receive_from_direct (self->gsock, in, sizeof in, 0, TRUE, timeout, &received, cancellable, NULL), self->length, "receive-from");
}

static void
receive_gsock (End *self)
{
  receive_gsock_with (self, GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
receive_gsock_timeout (End *self)
{
  receive_gsock_with (self, ENOUGH_TIME, NULL);
}

static void
receive_gsock_cancellable (End *self)
{
  receive_gsock_with (self, GSOCK_TIMEOUT_DEFAULT, self->cancellable);
}

#define PLAYED(name, send, receive, answer_receive)                                                \
  static void run_##name (gpointer fixture, guint n)                                               \
  {                                                                                                \
    play (fixture, n, send, receive, answer_receive);                                              \
  }

/* Who asks may wait with a limit, who answers waits for ever, as clients and servers do; "both" have
 * both with one. */
PLAYED (raw_datagram, send_raw_datagram, receive_raw_datagram, receive_raw_datagram)
PLAYED (raw_timeout, send_raw_datagram, receive_raw_datagram_timeout, receive_raw_datagram)
PLAYED (raw_timeout_both, send_raw_datagram, receive_raw_datagram_timeout, receive_raw_datagram_timeout)
PLAYED (raw_stream, send_raw_stream, receive_raw_stream, receive_raw_stream)
PLAYED (gio, send_gio, receive_gio, receive_gio)
PLAYED (gio_timeout, send_gio, receive_gio_timeout, receive_gio)
PLAYED (gio_timeout_both, send_gio, receive_gio_timeout, receive_gio_timeout)
PLAYED (gio_cancellable, send_gio, receive_gio_cancellable, receive_gio)
PLAYED (gio_cancellable_both, send_gio, receive_gio_cancellable, receive_gio_cancellable)
PLAYED (gsock, send_gsock, receive_gsock, receive_gsock)
PLAYED (gsock_timeout, send_gsock, receive_gsock_timeout, receive_gsock)
PLAYED (gsock_timeout_both, send_gsock, receive_gsock_timeout, receive_gsock_timeout)
PLAYED (gsock_cancellable, send_gsock, receive_gsock_cancellable, receive_gsock)
PLAYED (gsock_cancellable_both, send_gsock, receive_gsock_cancellable, receive_gsock_cancellable)

static G_GNUC_UNUSED void
run_libuv (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  libuv_streams_run (self->libuv, n);
}

static const Variant datagrams[] = {
  { "raw", run_raw_datagram, { 0 } },
  { "raw-timeout", run_raw_timeout, { 0 } },
  { "raw-timeout-both", run_raw_timeout_both, { 0 } },
  { "gio", run_gio, { 0 } },
  { "gio-timeout", run_gio_timeout, { 0 } },
  { "gio-timeout-both", run_gio_timeout_both, { 0 } },
  { "gio-cancellable", run_gio_cancellable, { 0 } },
  { "gio-cancellable-both", run_gio_cancellable_both, { 0 } },
  { "gsock-direct", run_gsock, { .ratio = 1.03 } },
  { "gsock-timeout", run_gsock_timeout, { .ratio = 1.15 } },
  { "gsock-timeout-both", run_gsock_timeout_both, { 0 } },
  { "gsock-cancellable", run_gsock_cancellable, { .ratio = 1.15 } },
  { "gsock-cancellable-both", run_gsock_cancellable_both, { 0 } },
};

const Scenario scenario_datagram_ping_pong = {
  .number = 3,
  .name = "datagram-ping-pong",
  .title = "UDP, 64 bytes there and back, blocking, two threads",
  .set_up = set_up_datagrams,
  .tear_down = tear_down,
  VARIANTS (datagrams),
};

static const Variant streams[] = {
  { "raw", run_raw_stream, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock-direct", run_gsock, { .ratio = 1.03 } },
  { "gsock-timeout", run_gsock_timeout, { 0 } },
  { "gsock-cancellable", run_gsock_cancellable, { 0 } },
};

const Scenario scenario_stream_ping_pong = {
  .number = 4,
  .name = "stream-ping-pong",
  .title = "TCP, 1 byte there and back, blocking, two threads",
  .set_up = set_up_streams,
  .tear_down = tear_down,
  VARIANTS (streams),
};

static gpointer
set_up_two_cores (const Scenario *scenario)
{
  Fixture *self = set_up_datagrams (scenario);

  self->on_two_cores = TRUE;
  return self;
}

static double
cost_on_the_clock (gpointer fixture, const Variant *variant, guint n)
{
  gint64 start = g_get_monotonic_time ();

  variant->run (fixture, n);
  return (double) (g_get_monotonic_time () - start) / n * 1e3;
}

static const char *
find_obstacle (const Scenario *scenario)
{
  return machine_has_room_beside () ? NULL : "there is one core only";
}

static const Variant datagrams_on_two_cores[] = {
  { "raw", run_raw_datagram, { 0 } },
  { "gio", run_gio, { 0 } },
  { "gsock-direct", run_gsock, { 0 } },
  { "gsock-timeout-both", run_gsock_timeout_both, { 0 } },
};

/* Where the kernel puts what it wakes is the most of it, and no bar can be set for that. */
const Scenario scenario_latency = {
  .number = 20,
  .name = "latency",
  .title = "UDP, 64 bytes there and back, blocking, on two cores",
  .set_up = set_up_two_cores,
  .tear_down = tear_down,
  VARIANTS (datagrams_on_two_cores),
  .cost = cost_on_the_clock,
  .unit = "clock ns",
  .obstacle = find_obstacle,
};
