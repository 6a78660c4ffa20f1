/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams sent and received, in each form of the two calls. */

#include "counted.h"

#include <sys/socket.h>

static const guint8 out[PAYLOAD];

static void
raw_send (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (sendto (self->source, out, sizeof out, MSG_NOSIGNAL, (const struct sockaddr *) &self->sink_address, sizeof self->sink_address), PAYLOAD, "sendto");
}

static void
raw_receive (Stage *self, guint n)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_storage sender;
      socklen_t length = sizeof sender;

      expect (recvfrom (self->sink, in, sizeof in, 0, (struct sockaddr *) &sender, &length), PAYLOAD, "recvfrom");
    }
}

static void
raw_receive_nothing (Stage *self, guint n)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    expect (recvfrom (self->sink, in, sizeof in, MSG_DONTWAIT, NULL, NULL), -1, "recvfrom");
}

static inline void
send_with (Stage *self, guint n, double timeout, GCancellable *cancellable)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_to_direct (self->sender, out, sizeof out, &self->to_sink, 0, TRUE, timeout, cancellable, NULL), PAYLOAD, "send-to");
}

static void
send_direct (Stage *self, guint n)
{
  send_with (self, n, GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
send_cancellable (Stage *self, guint n)
{
  send_with (self, n, GSOCK_TIMEOUT_DEFAULT, self->cancellable);
}

static void
send_timeout (Stage *self, guint n)
{
  send_with (self, n, 10.0, NULL);
}

static void
send_connected (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_to_direct (self->connected, out, sizeof out, NULL, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), PAYLOAD, "send-to");
}

static void
send_keywords (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_to (self->sender, out, sizeof out, NULL, NULL, "remote-address", &self->to_sink, "wait", TRUE, NULL), PAYLOAD, "send-to");
}

static void
send_host_and_port (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_to (self->sender, out, sizeof out, NULL, NULL, "remote-host", GSOCK_IPV4_LOOPBACK, "remote-port", self->sink_port, NULL), PAYLOAD, "send-to");
}

/* As other languages call it. */
static void
send_arrays (Stage *self, guint n)
{
  static const char *const names[] = { "remote-address", "wait", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&values[0], GSOCK_TYPE_ADDRESS);
  g_value_set_boxed (&values[0], &self->to_sink);
  g_value_init (&values[1], G_TYPE_BOOLEAN);
  g_value_set_boolean (&values[1], TRUE);
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_to_with_keywords (self->sender, out, sizeof out, names, values, 2, NULL, NULL), PAYLOAD, "send-to");
  g_value_unset (&values[0]);
}

static void
send_bytes (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_send_bytes (self->sender, self->bytes, &self->to_sink, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), PAYLOAD, "send-bytes");
}

static inline void
receive_with (Stage *self, guint n, double timeout, GCancellable *cancellable)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;

      expect (gsock_socket_receive_from_direct (self->receiver, in, sizeof in, 0, TRUE, timeout, &received, cancellable, NULL), PAYLOAD, "receive-from");
    }
}

static void
receive_direct (Stage *self, guint n)
{
  receive_with (self, n, GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
receive_cancellable (Stage *self, guint n)
{
  receive_with (self, n, GSOCK_TIMEOUT_DEFAULT, self->cancellable);
}

static void
receive_timeout (Stage *self, guint n)
{
  receive_with (self, n, 10.0, NULL);
}

static void
receive_keywords (Stage *self, guint n)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    {
      GSockReceived received;

      expect (gsock_socket_receive_from (self->receiver, in, sizeof in, &received, NULL, NULL, "wait", TRUE, "timeout", 5.0, NULL), PAYLOAD, "receive-from");
    }
}

static void
receive_arrays (Stage *self, guint n)
{
  static const char *const names[] = { "wait", "timeout", NULL };
  GValue values[2] = { G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&values[0], G_TYPE_BOOLEAN);
  g_value_set_boolean (&values[0], TRUE);
  g_value_init (&values[1], G_TYPE_DOUBLE);
  g_value_set_double (&values[1], 5.0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockAddress) sender = NULL;
      gsize length;

      g_free (gsock_socket_receive_from_with_keywords (self->receiver, 2048, names, values, 2, &length, &sender, NULL, NULL, NULL, NULL));
      expect (length, PAYLOAD, "receive-from");
    }
}

static void
receive_bytes (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GSockAddress) sender = NULL;
      g_autoptr (GBytes) bytes = gsock_socket_receive_bytes (self->receiver, 2048, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, &sender, NULL, NULL, NULL, NULL);

      expect (g_bytes_get_size (bytes), PAYLOAD, "receive-bytes");
    }
}

static void
receive_nothing (Stage *self, guint n)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    expect (gsock_socket_receive_from_direct (self->receiver, in, sizeof in, 0, FALSE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL, NULL), -1, "receive-from");
}

#define SENDING(name_, run_)                                                                       \
  { .name = name_, .run = run_, .raw = raw_send, .after = stage_drain_sink, .after_raw = stage_drain_sink }
#define RECEIVING(name_, run_)                                                                     \
  { .name = name_, .run = run_, .raw = raw_receive, .before = stage_fill_receiver, .before_raw = stage_fill_sink }

static const Call calls[] = {
  SENDING ("send-to, direct", send_direct),
  SENDING ("send-to, direct, cancellable", send_cancellable),
  SENDING ("send-to, direct, timeout", send_timeout),
  SENDING ("send-to, direct, connected", send_connected),
  SENDING ("send-to, two keywords", send_keywords),
  SENDING ("send-to, host and port", send_host_and_port),
  SENDING ("send-to, arrays of two keywords", send_arrays),
  SENDING ("send-bytes", send_bytes),
  RECEIVING ("receive-from, direct", receive_direct),
  RECEIVING ("receive-from, direct, cancellable", receive_cancellable),
  RECEIVING ("receive-from, direct, timeout", receive_timeout),
  RECEIVING ("receive-from, two keywords", receive_keywords),
  RECEIVING ("receive-from, arrays of two keywords", receive_arrays),
  RECEIVING ("receive-bytes", receive_bytes),
  { .name = "receive-from, nothing there", .run = receive_nothing, .raw = raw_receive_nothing },
};

CALLS (data_calls, calls);
