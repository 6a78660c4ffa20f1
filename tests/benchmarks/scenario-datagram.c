/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams in one thread: each operation sends one and receives it, from one sender or from many. */

#include "benchmark.h"
#include "libuv.h"
#include "peers.h"

#include <unistd.h>

#define SENDERS_MAX 64

typedef struct
{
  guint n_senders; /* a power of two */
  GCancellable *cancellable;

  int raw_senders[SENDERS_MAX], raw_receiver;
  struct sockaddr_in raw_address;

  GSocket *gio_senders[SENDERS_MAX], *gio_receiver;
  GSocketAddress *gio_address;

  GSockSocket *gsock_senders[SENDERS_MAX], *gsock_receiver;
  GSockAddress gsock_address;
  int gsock_port;

  gpointer libuv;
} Fixture;

static gpointer
set_up_senders (guint n_senders)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->n_senders = n_senders;
  self->cancellable = g_cancellable_new ();
  self->libuv = libuv_datagrams_open ();
  self->raw_receiver = peers_raw_datagram (&self->raw_address);
  self->gio_receiver = peers_gio_datagram (&self->gio_address);
  self->gsock_receiver = peers_gsock_datagram (&self->gsock_address);
  self->gsock_port = gsock_socket_get_local_port (self->gsock_receiver);
  for (guint i = 0; i < n_senders; i++)
    {
      struct sockaddr_in raw;
      GSockAddress gsock;
      g_autoptr (GSocketAddress) gio = NULL;

      self->raw_senders[i] = peers_raw_datagram (&raw);
      self->gio_senders[i] = peers_gio_datagram (&gio);
      self->gsock_senders[i] = peers_gsock_datagram (&gsock);
    }
  return self;
}

static gpointer
set_up_one (const Scenario *scenario)
{
  return set_up_senders (1);
}

static gpointer
set_up_many (const Scenario *scenario)
{
  return set_up_senders (SENDERS_MAX);
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < self->n_senders; i++)
    {
      close (self->raw_senders[i]);
      g_object_unref (self->gio_senders[i]);
      g_object_unref (self->gsock_senders[i]);
    }
  close (self->raw_receiver);
  g_object_unref (self->gio_receiver);
  g_object_unref (self->gio_address);
  g_object_unref (self->gsock_receiver);
  g_object_unref (self->cancellable);
  libuv_datagrams_close (self->libuv);
  g_free (self);
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  char out[PAYLOAD] = { 0 }, in[2048];

  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_storage sender;
      socklen_t length = sizeof sender;
      int fd = self->raw_senders[i & (self->n_senders - 1)];

      peers_expect (sendto (fd, out, sizeof out, MSG_NOSIGNAL, (struct sockaddr *) &self->raw_address, sizeof self->raw_address), PAYLOAD, "sendto");
      peers_expect (recvfrom (self->raw_receiver, in, sizeof in, 0, (struct sockaddr *) &sender, &length), PAYLOAD, "recvfrom");
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  char out[PAYLOAD] = { 0 }, in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSocketAddress *sender = NULL;
      GSocket *socket = self->gio_senders[i & (self->n_senders - 1)];

      peers_expect (g_socket_send_to (socket, self->gio_address, out, sizeof out, NULL, NULL), PAYLOAD, "g_socket_send_to");
      peers_expect (g_socket_receive_from (self->gio_receiver, &sender, in, sizeof in, NULL, NULL), PAYLOAD, "g_socket_receive_from");
      g_object_unref (sender);
    }
}

static G_GNUC_UNUSED void
run_libuv (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  libuv_datagrams_run (self->libuv, n);
}

static inline void
run_direct (Fixture *self, guint n, GCancellable *cancellable)
{
  guint8 out[PAYLOAD] = { 0 }, in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;
      GSockSocket *socket = self->gsock_senders[i & (self->n_senders - 1)];

      peers_expect (gsock_socket_send_to_direct (socket, out, sizeof out, &self->gsock_address, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, cancellable, NULL), PAYLOAD, "send-to");
      peers_expect (gsock_socket_receive_from_direct (self->gsock_receiver, in, sizeof in, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, &received, cancellable, NULL), PAYLOAD, "receive-from");
    }
}

static void
run_gsock_direct (gpointer fixture, guint n)
{
  run_direct (fixture, n, NULL);
}

static void
run_gsock_cancellable (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  run_direct (self, n, self->cancellable);
}

static void
run_gsock_keywords (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  char out[PAYLOAD] = { 0 }, in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;
      GSockSocket *socket = self->gsock_senders[i & (self->n_senders - 1)];

      peers_expect (gsock_socket_send_to (socket, out, sizeof out, NULL, NULL, "remote-address", &self->gsock_address, "wait", TRUE, NULL), PAYLOAD, "send-to");
      peers_expect (gsock_socket_receive_from (self->gsock_receiver, in, sizeof in, &received, NULL, NULL, "wait", TRUE, "timeout", 5.0, NULL), PAYLOAD, "receive-from");
    }
}

/* The address is written as text each time, and read each time. */
static void
run_gsock_host_and_port (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  char out[PAYLOAD] = { 0 }, in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;
      GSockSocket *socket = self->gsock_senders[i & (self->n_senders - 1)];

      peers_expect (gsock_socket_send_to (socket, out, sizeof out, NULL, NULL, "remote-host", GSOCK_IPV4_LOOPBACK, "remote-port", self->gsock_port, NULL), PAYLOAD, "send-to");
      peers_expect (gsock_socket_receive_from (self->gsock_receiver, in, sizeof in, &received, NULL, NULL, "wait", TRUE, "timeout", 5.0, NULL), PAYLOAD, "receive-from");
    }
}

static const Variant one_sender[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock-direct", run_gsock_direct, { .ratio = 1.03 } },
  { "gsock-keywords", run_gsock_keywords, { .ratio = 1.06 } },
  { "gsock-host-and-port", run_gsock_host_and_port, { .ratio = 1.06 } },
  { "gsock-cancellable", run_gsock_cancellable, { .ratio = 1.06 } },
};

const Scenario scenario_datagram = {
  .number = 1,
  .name = "datagram",
  .title = "UDP, 64 bytes sent and received, one thread",
  .set_up = set_up_one,
  .tear_down = tear_down,
  VARIANTS (one_sender),
};

static const Variant many_senders[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  { "gsock-direct", run_gsock_direct, { .ratio = 1.03 } },
};

const Scenario scenario_datagram_senders = {
  .number = 2,
  .name = "datagram-senders",
  .title = "the same from 64 senders in turn",
  .set_up = set_up_many,
  .tear_down = tear_down,
  VARIANTS (many_senders),
};
