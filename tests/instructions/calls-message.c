/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages, batches, and descriptors that are passed. */

#include "counted.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define N_PASSED 16

static const guint8 payload[PAYLOAD];

static void
send_message (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_message_direct (self->sender, self->message, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), PAYLOAD, "send-message");
}

static void
raw_send_message (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      struct iovec vector = { (guint8 *) payload, PAYLOAD };
      struct msghdr header = { .msg_name = &self->sink_address, .msg_namelen = sizeof self->sink_address, .msg_iov = &vector, .msg_iovlen = 1 };

      expect (sendmsg (self->source, &header, MSG_NOSIGNAL), PAYLOAD, "sendmsg");
    }
}

static void
receive_message (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockMessage) message = gsock_socket_receive_message_direct (self->receiver, 2048, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);

      expect (gsock_message_get_length (message), PAYLOAD, "receive-message");
    }
}

static void
raw_receive_message (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 control[32];
      char in[2048];
      struct sockaddr_storage sender;
      struct iovec vector = { in, sizeof in };
      struct msghdr header = { .msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };

      expect (recvmsg (self->sink, &header, 0), PAYLOAD, "recvmsg");
    }
}

static void
ask_for_ttl (Stage *self, guint n)
{
  expect (gsock_socket_set_option (self->receiver, "ip-receive-ttl", g_variant_new_boolean (TRUE), NULL), TRUE, "set-option");
  stage_fill_receiver (self, n);
}

static void
ask_no_more (Stage *self, guint n)
{
  expect (gsock_socket_set_option (self->receiver, "ip-receive-ttl", g_variant_new_boolean (FALSE), NULL), TRUE, "set-option");
}

static void
receive_ttl (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockMessage) message = gsock_socket_receive_message_direct (self->receiver, 2048, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);

      expect (gsock_message_get_ttl (message) > 0, TRUE, "receive-message");
    }
}

/* All of the batch in one call: what is counted is a datagram of it. */
static void
send_many (Stage *self, guint n)
{
  expect (gsock_socket_send_many_direct (self->sender, self->full, 0, n, &self->to_sink, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), n, "send-many");
}

static void
receive_many (Stage *self, guint n)
{
  expect (gsock_socket_receive_many_direct (self->joining, self->batch, n, GSOCK_DATAGRAM_MAX_LENGTH, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), n, "receive-many");
}

static void
fill_joining (Stage *self, guint n)
{
  expect (gsock_socket_send_many_direct (self->sender, self->full, 0, n, &self->to_joining, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), n, "send-many");
}

static void
fill_batch (Stage *self, guint n)
{
  gsock_batch_clear (self->batch);
  for (guint i = 0; i < n; i++)
    expect (gsock_batch_add (self->batch, payload, PAYLOAD, NULL, NULL), TRUE, "add");
}

static void
look_at_batch (Stage *self, guint n)
{
  gsize length;

  for (guint i = 0; i < n; i++)
    expect (gsock_batch_get_data (self->full, i, &length) != NULL, TRUE, "get-data");
}

static void
send_descriptor (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_file_descriptor_direct (self->pair[0], self->sink, NULL, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), TRUE, "send-file-descriptor");
}

static void
receive_descriptor (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int fd = gsock_socket_receive_file_descriptor_direct (self->pair[1], TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);

      expect (close (fd), 0, "receive-file-descriptor");
    }
}

static void
send_descriptors (Stage *self, guint n)
{
  int fds[N_PASSED];

  for (guint i = 0; i < N_PASSED; i++)
    fds[i] = self->sink;
  for (guint i = 0; i < n; i += N_PASSED)
    expect (gsock_socket_send_file_descriptors_direct (self->pair[0], fds, MIN (N_PASSED, n - i), (const guint8 *) "", 1, NULL, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), 1, "send-file-descriptors");
}

static void
receive_descriptors (Stage *self, guint n)
{
  int fds[N_PASSED];
  guint8 byte;
  gsize length;

  for (guint i = 0; i < n; i += N_PASSED)
    {
      gssize got = gsock_socket_receive_file_descriptors_direct (self->pair[1], fds, N_PASSED, &byte, 1, &length, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL);

      expect (got, MIN (N_PASSED, n - i), "receive-file-descriptors");
      for (gssize j = 0; j < got; j++)
        close (fds[j]);
    }
}

typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (N_PASSED * sizeof (int))];
} Control;

static void
raw_send_descriptor (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      Control room;
      struct iovec vector = { (char *) "", 1 };
      struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = CMSG_SPACE (sizeof (int)) };
      struct cmsghdr *control = CMSG_FIRSTHDR (&header);

      control->cmsg_level = SOL_SOCKET;
      control->cmsg_type = SCM_RIGHTS;
      control->cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (control), &self->sink, sizeof (int));
      expect (sendmsg (self->local[0], &header, MSG_NOSIGNAL), 1, "sendmsg");
    }
}

static void
raw_receive_descriptor (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      Control room;
      char byte;
      struct iovec vector = { &byte, 1 };
      struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof room };
      int fd;

      expect (recvmsg (self->local[1], &header, MSG_CMSG_CLOEXEC), 1, "recvmsg");
      memcpy (&fd, CMSG_DATA (CMSG_FIRSTHDR (&header)), sizeof fd);
      expect (close (fd), 0, "close");
    }
}

static const Call calls[] = {
  { .name = "send-message", .run = send_message, .raw = raw_send_message, .after = stage_drain_sink, .after_raw = stage_drain_sink },
  { .name = "receive-message", .run = receive_message, .raw = raw_receive_message, .before = stage_fill_receiver, .before_raw = stage_fill_sink },
  { .name = "receive-message, with what was asked for", .run = receive_ttl, .raw = raw_receive_message, .before = ask_for_ttl, .after = ask_no_more, .before_raw = stage_fill_sink },
  { .name = "send-many, each of 40", .run = send_many, .after = stage_drain_sink },
  { .name = "receive-many, each of 40", .run = receive_many, .before = fill_joining },
  { .name = "batch, a datagram added", .run = fill_batch },
  { .name = "batch, a datagram looked at", .run = look_at_batch },
  { .name = "send-file-descriptor", .run = send_descriptor, .raw = raw_send_descriptor, .after = receive_descriptor, .after_raw = raw_receive_descriptor },
  { .name = "receive-file-descriptor, and close", .run = receive_descriptor, .raw = raw_receive_descriptor, .before = send_descriptor, .before_raw = raw_send_descriptor },
  { .name = "send-file-descriptors, each of 16", .run = send_descriptors, .after = receive_descriptors },
  { .name = "receive-file-descriptors, each of 16, and close", .run = receive_descriptors, .before = send_descriptors },
};

CALLS (message_calls, calls);
