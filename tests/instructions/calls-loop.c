/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens in a main context: watches that call back, and asynchronous operations. */

#include "counted.h"

#include <sys/epoll.h>
#include <sys/socket.h>

static gboolean
on_readable (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  Stage *self = data;

  self->n_dispatched++;
  return G_SOURCE_CONTINUE;
}

static void
watch_so_many (Stage *self, guint n_watched)
{
  for (guint i = 0; i < n_watched; i++)
    self->watches[i] = gsock_watch_ref (gsock_socket_watch (self->watched[i], G_IO_IN, G_PRIORITY_DEFAULT, on_readable, self, NULL, NULL));
  while (g_main_context_iteration (self->context, FALSE))
    ;
  stage_fill_receiver (self, 1);
  self->n_dispatched = 0;
}

static void
watch_one (Stage *self, guint n)
{
  watch_so_many (self, 1);
}

static void
watch_all (Stage *self, guint n)
{
  watch_so_many (self, N_WATCHED);
}

static void
watch_none (Stage *self, guint n)
{
  char in[2048];

  expect (gsock_socket_receive_from_direct (self->receiver, in, sizeof in, 0, FALSE, 0, NULL, NULL, NULL), PAYLOAD, "receive-from");
  for (guint i = 0; i < N_WATCHED; i++)
    if (self->watches[i] != NULL)
      {
        gsock_watch_cancel (self->watches[i]);
        gsock_watch_unref (self->watches[i]);
        self->watches[i] = NULL;
      }
}

/* Nobody takes what is there, so each turn finds it. */
static void
dispatch (Stage *self, guint n)
{
  while (self->n_dispatched < n)
    g_main_context_iteration (self->context, TRUE);
}

static void
raw_dispatch (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      struct epoll_event event;

      expect (epoll_wait (self->poller, &event, 1, -1), 1, "epoll_wait");
    }
}

static void
make_readable (Stage *self, guint n)
{
  expect (send (self->local[0], "", 1, MSG_NOSIGNAL), 1, "send");
}

static void
take (Stage *self, guint n)
{
  char byte;

  expect (recv (self->local[1], &byte, 1, 0), 1, "recv");
}

static void
watch_and_cancel (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    gsock_watch_cancel (gsock_socket_watch (self->watched[1 + i % (N_WATCHED - 1)], G_IO_IN, G_PRIORITY_DEFAULT, on_readable, self, NULL, NULL));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Stage *self = data;

  g_set_object (&self->result, result);
}

static GAsyncResult *
wait_for_result (Stage *self)
{
  while (self->result == NULL)
    g_main_context_iteration (self->context, TRUE);
  return g_steal_pointer (&self->result);
}

static void
finish_receive (Stage *self)
{
  g_autoptr (GAsyncResult) result = wait_for_result (self);
  g_autoptr (GBytes) bytes = gsock_socket_receive_from_finish (self->receiver, result, NULL, NULL, NULL, NULL);

  expect (bytes != NULL ? g_bytes_get_size (bytes) : 0, PAYLOAD, "receive-from-async");
}

static void
receive_async (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gsock_socket_receive_bytes_async (self->receiver, 2048, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, NULL, on_done, self);
      finish_receive (self);
    }
}

static void
raw_receive (Stage *self, guint n)
{
  char in[2048];

  for (guint i = 0; i < n; i++)
    expect (recvfrom (self->sink, in, sizeof in, MSG_DONTWAIT, NULL, NULL), PAYLOAD, "recvfrom");
}

/* What is waited for comes when the operation is under way. */
static void
receive_async_waiting (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gsock_socket_receive_bytes_async (self->receiver, 2048, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, NULL, on_done, self);
      while (g_main_context_iteration (self->context, FALSE))
        ;
      stage_fill_receiver (self, 1);
      finish_receive (self);
    }
}

static void
send_async (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      gsock_socket_send_bytes_async (self->sender, self->bytes, &self->to_sink, 0, TRUE, GSOCK_TIMEOUT_DEFAULT, G_PRIORITY_DEFAULT, NULL, on_done, self);
      result = wait_for_result (self);
      expect (gsock_socket_send_to_finish (self->sender, result, NULL), PAYLOAD, "send-to-async");
    }
}

static void
raw_send (Stage *self, guint n)
{
  static const char payload[PAYLOAD];

  for (guint i = 0; i < n; i++)
    expect (sendto (self->source, payload, PAYLOAD, MSG_NOSIGNAL, (const struct sockaddr *) &self->sink_address, sizeof self->sink_address), PAYLOAD, "sendto");
}

static const Call calls[] = {
  { .name = "watch, a call back, one watched", .run = dispatch, .raw = raw_dispatch, .before = watch_one, .after = watch_none, .before_raw = make_readable, .after_raw = take },
  { .name = "watch, a call back, 100 watched", .run = dispatch, .raw = raw_dispatch, .before = watch_all, .after = watch_none, .before_raw = make_readable, .after_raw = take },
  { .name = "watch, and cancel", .run = watch_and_cancel },
};

CALLS (watch_calls, calls);

static const Call operations[] = {
  { .name = "receive-bytes-async, there already", .run = receive_async, .raw = raw_receive, .before = stage_fill_receiver, .before_raw = stage_fill_sink },
  { .name = "receive-bytes-async, waited for", .run = receive_async_waiting },
  { .name = "send-bytes-async", .run = send_async, .raw = raw_send, .after = stage_drain_sink, .after_raw = stage_drain_sink },
};

CALLS (async_calls, operations);
