/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How what a datagram costs depends on its length, and on how many send: each operation sends one and
 * receives it. */

#include "benchmark.h"
#include "peers.h"
#include "worker.h"

#include <unistd.h>

#define LENGTH_MAX 65507
#define FILES_BESIDE 200

typedef struct
{
  gsize length;
  char out[LENGTH_MAX], in[LENGTH_MAX];

  int *senders; /* plain ones, for all variants */
  guint n_senders, next;

  int raw_receiver;
  struct sockaddr_in raw_address;

  GSocket *gio_receiver;
  struct sockaddr_in gio_address;

  GSockSocket *gsock_receiver;
  struct sockaddr_in gsock_address;
} Fixture;

static void
open_receivers (Fixture *self)
{
  GSockAddress unused;
  int gio;

  self->raw_receiver = peers_raw_datagram (&self->raw_address);
  gio = peers_raw_datagram (&self->gio_address);
  self->gio_receiver = peers_gio (gio);
  self->gsock_receiver = peers_gsock_datagram (&unused);
  self->gsock_address = self->raw_address;
  self->gsock_address.sin_port = g_htons (gsock_socket_get_local_port (self->gsock_receiver));
}

static Fixture *
set_up (gsize length, guint n_senders)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->length = length;
  self->n_senders = n_senders;
  self->senders = g_new (int, n_senders);
  open_receivers (self);
  for (guint i = 0; i < n_senders; i++)
    {
      struct sockaddr_in unused;

      self->senders[i] = peers_raw_datagram (&unused);
    }
  return self;
}

static gpointer
set_up_length (const Scenario *scenario)
{
  return set_up (scenario->n, 1);
}

static gpointer
set_up_senders (const Scenario *scenario)
{
  return set_up (PAYLOAD, scenario->n);
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < self->n_senders; i++)
    close (self->senders[i]);
  close (self->raw_receiver);
  g_object_unref (self->gio_receiver);
  g_object_unref (self->gsock_receiver);
  g_free (self->senders);
  g_free (self);
}

static const char *
find_obstacle (const Scenario *scenario)
{
  return worker_allow_files (scenario->n + FILES_BESIDE) ? NULL : "a process may not have as many files (RLIMIT_NOFILE)";
}

/* Who sends is the same for all, and by turns. */
static inline void
send_next (Fixture *self, const struct sockaddr_in *address)
{
  int fd = self->senders[self->next++ % self->n_senders];

  peers_expect (sendto (fd, self->out, self->length, MSG_NOSIGNAL, (const struct sockaddr *) address, sizeof *address), self->length, "sendto");
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_storage sender;
      socklen_t length = sizeof sender;

      send_next (self, &self->raw_address);
      peers_expect (recvfrom (self->raw_receiver, self->in, sizeof self->in, 0, (struct sockaddr *) &sender, &length), self->length, "recvfrom");
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSocketAddress) sender = NULL;

      send_next (self, &self->gio_address);
      peers_expect (g_socket_receive_from (self->gio_receiver, &sender, self->in, sizeof self->in, NULL, NULL), self->length, "g_socket_receive_from");
    }
}

static void
run_gsock (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;

      send_next (self, &self->gsock_address);
      peers_expect (gsock_socket_receive_from_direct (self->gsock_receiver, self->in, sizeof self->in, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, &received, NULL, NULL), self->length, "receive-from");
    }
}

static const Variant variants[] = {
  { "raw", run_raw, { 0 } },
  { "gio", run_gio, { 0 } },
  { "gsock-direct", run_gsock, { 0 } },
};

static const Scenario scenario_of_length = {
  .number = 1,
  .name = "growth-payload",
  .title = "UDP, so many bytes received, after a plain send",
  .set_up = set_up_length,
  .tear_down = tear_down,
  VARIANTS (variants),
};

static const guint lengths[] = { 1, 16, 64, 256, 1024, 4096, 16384, LENGTH_MAX };

const Growth growth_payload = { .scenario = &scenario_of_length, .of = "bytes in a datagram", NUMBERS (lengths) };

static const Scenario scenario_of_senders = {
  .number = 2,
  .name = "growth-senders",
  .title = "UDP, 64 bytes received from so many senders in turn, after a plain send",
  .set_up = set_up_senders,
  .tear_down = tear_down,
  VARIANTS (variants),
  .obstacle = find_obstacle,
};

static const guint numbers[] = { 1, 10, 100, 1000, 10000 };

const Growth growth_senders = { .scenario = &scenario_of_senders, .of = "senders", NUMBERS (numbers) };
