/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that are passed over a local connection, received and closed, in one thread: one by one, or
 * many with a message. */

#include "benchmark.h"
#include "libuv.h"
#include "peers.h"

#include <gio/gunixconnection.h>
#include <string.h>
#include <unistd.h>

#define MANY 16

typedef struct
{
  int raw[2];
  GUnixConnection *gio[2];
  GSockSocket *gsock[2];
  gpointer libuv;
  int passed;
} Fixture;

static void
raw_pair (int fds[2])
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    peers_fail ("socketpair", NULL);
}

static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  int gio[2], libuv[2], other[2];

  raw_pair (self->raw);
  raw_pair (gio);
  raw_pair (libuv);
  raw_pair (other);
  close (other[1]);
  self->passed = other[0];
  self->libuv = libuv_descriptors_open (libuv, self->passed);
  if (!gsock_make_socket_pair (&self->gsock[0], &self->gsock[1], &error, NULL))
    peers_fail ("make-socket-pair", error);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = peers_gio (gio[i]);

      self->gio[i] = G_UNIX_CONNECTION (g_socket_connection_factory_create_connection (socket));
    }
  return self;
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  for (guint i = 0; i < 2; i++)
    {
      close (self->raw[i]);
      g_object_unref (self->gio[i]);
      g_object_unref (self->gsock[i]);
    }
  if (self->libuv != NULL)
    libuv_descriptors_close (self->libuv);
  close (self->passed);
  g_free (self);
}

typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (MANY * sizeof (int))];
} Control;

static void
send_raw (int fd, const int *fds, gsize n_fds)
{
  Control room;
  struct iovec vector = { (char *) "", 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = CMSG_SPACE (n_fds * sizeof (int)) };
  struct cmsghdr *control = CMSG_FIRSTHDR (&message);

  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  memcpy (CMSG_DATA (control), fds, n_fds * sizeof (int));
  peers_expect (sendmsg (fd, &message, MSG_NOSIGNAL), 1, "sendmsg");
}

static void
receive_raw (int fd, int *fds, gsize n_fds)
{
  Control room;
  char byte;
  struct iovec vector = { &byte, 1 };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof room };
  struct cmsghdr *control;

  peers_expect (recvmsg (fd, &message, MSG_CMSG_CLOEXEC), 1, "recvmsg");
  control = CMSG_FIRSTHDR (&message);
  peers_expect (control->cmsg_len, CMSG_LEN (n_fds * sizeof (int)), "descriptors");
  memcpy (fds, CMSG_DATA (control), n_fds * sizeof (int));
}

static void
close_all (const int *fds, gsize n_fds)
{
  for (gsize i = 0; i < n_fds; i++)
    peers_expect (close (fds[i]), 0, "close");
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      int received;

      send_raw (self->raw[0], &self->passed, 1);
      receive_raw (self->raw[1], &received, 1);
      close_all (&received, 1);
    }
}

static void
fill (Fixture *self, int out[MANY])
{
  for (guint i = 0; i < MANY; i++)
    out[i] = self->passed;
}

static void
run_raw_many (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  int out[MANY], in[MANY];

  fill (self, out);
  for (guint i = 0; i < n; i += MANY)
    {
      send_raw (self->raw[0], out, MANY);
      receive_raw (self->raw[1], in, MANY);
      close_all (in, MANY);
    }
}

static void
run_gio (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      int received;

      peers_expect (g_unix_connection_send_fd (self->gio[0], self->passed, NULL, NULL), TRUE, "g_unix_connection_send_fd");
      received = g_unix_connection_receive_fd (self->gio[1], NULL, NULL);
      peers_expect (close (received), 0, "g_unix_connection_receive_fd");
    }
}

static G_GNUC_UNUSED void
run_libuv (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  libuv_descriptors_run (self->libuv, n);
}

static void
run_gsock (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      int received;

      peers_expect (gsock_socket_send_file_descriptor_direct (self->gsock[0], self->passed, NULL, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), TRUE, "send-file-descriptor");
      received = gsock_socket_receive_file_descriptor_direct (self->gsock[1], TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);
      peers_expect (close (received), 0, "receive-file-descriptor");
    }
}

static void
run_gsock_many (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  int out[MANY], in[MANY];

  fill (self, out);
  for (guint i = 0; i < n; i += MANY)
    {
      guint8 byte;
      gsize length;

      peers_expect (gsock_socket_send_file_descriptors_direct (self->gsock[0], out, MANY, (const guint8 *) "", 1, NULL, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), 1, "send-file-descriptors");
      peers_expect (gsock_socket_receive_file_descriptors_direct (self->gsock[1], in, MANY, &byte, 1, &length, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), MANY, "receive-file-descriptors");
      close_all (in, MANY);
    }
}

static const Variant variants[] = {
  { "raw", run_raw, { 0 } },
  { "raw-16", run_raw_many, { 0 } },
  { "gio", run_gio, { 0 } },
  LIBUV_VARIANT (run_libuv)
  { "gsock-direct", run_gsock, { .ratio = 1.15 } },
  { "gsock-16", run_gsock_many, { .ratio = 0.25 } },
};

const Scenario scenario_descriptor = {
  .number = 8,
  .name = "descriptor",
  .title = "a descriptor passed, received and closed",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
};
