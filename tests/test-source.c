/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources for main contexts: readiness, cancellation, and sockets that are closed. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-source-private.h>

#include <errno.h>
#include <string.h>

static void
send_byte (GSockSocket *socket)
{
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) "x", 1, NULL, 0, TRUE, -1, NULL, NULL), ==, 1);
}

static void
take_byte (GSockSocket *socket)
{
  char byte;

  g_assert_cmpint (gsock_socket_receive_from_direct (socket, &byte, 1, 0, TRUE, 10, NULL, NULL, NULL), ==, 1);
}

typedef struct
{
  GMainContext *context;
  GSource *source;
  GSockSocket *socket;
  guint n_calls;
  GIOCondition condition;
} Watch;

static gboolean
on_ready (GSockSocket *socket, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  g_assert_true (self->socket == socket);
  self->n_calls++;
  self->condition = condition;
  return G_SOURCE_CONTINUE;
}

static void
watch_start (Watch *self, GSockSocket *socket, GIOCondition condition, GCancellable *cancellable)
{
  *self = (Watch){ .context = g_main_context_new (), .socket = socket };
  self->source = gsock_socket_create_source (socket, condition, cancellable);
  g_source_set_callback (self->source, (GSourceFunc) (gpointer) on_ready, self, NULL);
  g_source_attach (self->source, self->context);
}

static void
watch_stop (Watch *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
}

static void
turn (Watch *self, guint n_calls, GIOCondition condition)
{
  self->n_calls = 0;
  while (n_calls > 0 && self->n_calls < n_calls)
    g_main_context_iteration (self->context, TRUE);
  if (n_calls == 0)
    g_assert_false (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpuint (self->n_calls, ==, n_calls);
  if (n_calls > 0)
    g_assert_cmpint (self->condition, ==, condition);
}

static void
test_source (gconstpointer data)
{
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  turn (&watch, 0, 0);
  send_byte (wire.near);
  turn (&watch, 1, G_IO_IN);
  turn (&watch, 1, G_IO_IN);
  take_byte (wire.far);
  turn (&watch, 0, 0);
  watch_stop (&watch);

  watch_start (&watch, wire.far, G_IO_IN | G_IO_OUT, NULL);
  turn (&watch, 1, G_IO_OUT);
  watch_stop (&watch);
  test_wire_close (&wire);
}

/* Before and after it is attached, and of a socket that has been closed already. */
static void
test_source_closed (gconstpointer data)
{
  TestWire wire;
  Watch watch, late;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  turn (&watch, 0, 0);
  gsock_socket_close (wire.far, FALSE, NULL);
  turn (&watch, 1, G_IO_HUP);
  turn (&watch, 2, G_IO_HUP);
  watch_start (&late, wire.far, G_IO_IN, NULL);
  turn (&late, 1, G_IO_HUP);
  watch_stop (&late);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static void
run_context (gpointer data)
{
  turn (data, 1, G_IO_HUP);
}

/* The main context sleeps in another thread. */
static void
test_source_closed_elsewhere (gconstpointer data)
{
  TestThread thread = { NULL };
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  test_thread_start (&thread, run_context, &watch);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_thread_join (&thread);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static void
test_source_cancelled (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestWire wire;
  Watch watch;

  if (!test_wire_open (&wire, data))
    return;
  watch_start (&watch, wire.far, G_IO_IN, cancellable);
  turn (&watch, 0, 0);
  g_cancellable_cancel (cancellable);
  turn (&watch, 1, 0);
  watch_stop (&watch);
  test_wire_close (&wire);
}

/* What the kernel would have woken the context for is held by the socket before it looks. */
static void
hold (GSockSocket *socket, const char *text)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  GSockJoined like = { .segment = strlen (text) };

  gsock_segments_get (handle);
  gsock_segments_hold (handle, &like, (const guint8 *) text, strlen (text));
}

static void
turn_for_input (gpointer data)
{
  turn (data, 1, G_IO_IN);
}

static void
test_source_held_elsewhere (void)
{
  TestThread thread = { NULL };
  TestWire wire;
  Watch watch;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  test_thread_start (&thread, turn_for_input, &watch);
  test_thread_wait_until_asleep (&thread);
  hold (wire.far, "x");
  test_thread_join (&thread);
  turn (&watch, 1, G_IO_IN);
  take_byte (wire.far);
  /* Rung for what somebody else has taken by now. */
  hold (wire.far, "y");
  take_byte (wire.far);
  watch.n_calls = 0;
  while (g_main_context_iteration (watch.context, FALSE))
    ;
  g_assert_cmpuint (watch.n_calls, ==, 0);
  watch_stop (&watch);
  test_wire_close (&wire);
}

/* An error that is to be told by the next call is something to receive. */
static void
test_source_held_error (void)
{
  TestThread thread = { NULL };
  g_autoptr (GError) error = NULL;
  TestWire wire;
  Watch watch;
  char byte;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  gsock_segments_get (gsock_socket_get_handle (wire.far));
  test_thread_start (&thread, turn_for_input, &watch);
  test_thread_wait_until_asleep (&thread);
  gsock_segments_hold_error (gsock_socket_get_handle (wire.far), ECONNREFUSED);
  test_thread_join (&thread);
  g_assert_cmpint (gsock_socket_receive_from_direct (wire.far, &byte, 1, 0, TRUE, 10, NULL, NULL, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  turn (&watch, 0, 0);
  watch_stop (&watch);
  test_wire_close (&wire);
}

/* Several at one socket, of which some go while the others stay. */
static void
test_source_several (void)
{
  TestWire wire;
  Watch watches[5];

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  for (guint i = 0; i < G_N_ELEMENTS (watches); i++)
    watch_start (&watches[i], wire.far, i % 2 == 0 ? G_IO_IN : G_IO_OUT, NULL);
  watch_stop (&watches[0]);
  watch_stop (&watches[2]);
  hold (wire.far, "x");
  turn (&watches[1], 1, G_IO_OUT);
  turn (&watches[4], 1, G_IO_IN);
  watch_stop (&watches[4]);
  gsock_socket_close (wire.far, FALSE, NULL);
  turn (&watches[3], 1, G_IO_HUP);
  turn (&watches[1], 1, G_IO_HUP);
  watch_stop (&watches[1]);
  watch_stop (&watches[3]);
  test_wire_close (&wire);
}

static void
test_source_uninitialised (void)
{
  GSockSocket *socket = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, NULL);
  Watch watch;

  watch_start (&watch, socket, G_IO_IN, NULL);
  turn (&watch, 2, G_IO_HUP);
  watch_stop (&watch);
  g_assert_finalize_object (socket);
}

static void
test_source_listener (void)
{
  const TestKind *kind = test_kind_find ("tcp-ipv4");
  g_autoptr (GSockSocket) listener = test_listener_new (kind, 5);
  g_autoptr (GSockSocket) peer = NULL;
  GSockAddress where = test_address_of (listener);
  Watch watch;

  watch_start (&watch, listener, G_IO_IN, NULL);
  turn (&watch, 0, 0);
  peer = gsock_make_socket (NULL, NULL, "remote-address", &where, NULL);
  g_assert_nonnull (peer);
  turn (&watch, 1, G_IO_IN);
  gsock_socket_close (listener, FALSE, NULL);
  turn (&watch, 1, G_IO_HUP);
  watch_stop (&watch);
}

static gboolean
on_ready_once (GSockSocket *socket, GIOCondition condition, gpointer user_data)
{
  ++*(guint *) user_data;
  return G_SOURCE_REMOVE;
}

static void
close_it (gpointer socket)
{
  gsock_socket_close (socket, FALSE, NULL);
}

static void
hold_and_close_it (gpointer socket)
{
  for (guint i = 0; i < 20; i++)
    hold (socket, "x");
  close_it (socket);
}

/* A thread rings while this one destroys the source, or its whole context, or neither has a chance to. */
static void
ring_and_destroy (guint turn_number)
{
  g_autoptr (GSockSocket) socket = test_receiver_new (test_kind_find ("udp-ipv4"));
  GMainContext *context = g_main_context_new ();
  GSource *source = gsock_socket_create_source (socket, G_IO_IN, NULL);
  TestThread thread = { NULL };
  guint n_calls = 0;

  g_source_set_callback (source, (GSourceFunc) (gpointer) on_ready_once, &n_calls, NULL);
  if (turn_number % 4 != 3)
    g_source_attach (source, context);
  test_thread_start (&thread, turn_number % 2 == 0 ? close_it : hold_and_close_it, socket);
  if (turn_number % 4 == 1)
    g_source_destroy (source);
  if (turn_number % 8 < 4)
    g_main_context_iteration (context, FALSE);
  g_source_unref (source);
  g_main_context_unref (context);
  test_thread_join (&thread);
  g_assert_false (gsock_source_has_bells (gsock_socket_get_handle (socket)));
}

static void
test_source_ring_and_destroy (void)
{
  for (guint i = 0; i < 400; i++)
    ring_and_destroy (i);
}

/* What the parent has made of sources is there in the child, which may destroy it. */
static void
use_in_child (gpointer data)
{
  Watch *watch = data;

  turn (watch, 0, 0);
  gsock_socket_close (watch->socket, FALSE, NULL);
  turn (watch, 1, G_IO_HUP);
  watch_stop (watch);
}

static void
test_source_forked (void)
{
  TestWire wire;
  Watch watch;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  watch_start (&watch, wire.far, G_IO_IN, NULL);
  test_in_child (use_in_child, &watch, "no child can be made");
  turn (&watch, 0, 0);
  send_byte (wire.near);
  turn (&watch, 1, G_IO_IN);
  watch_stop (&watch);
  test_wire_close (&wire);
}

static gboolean
on_ready_for_closure (GSockSocket *socket, GIOCondition condition, gpointer user_data)
{
  *(GIOCondition *) user_data = condition;
  return G_SOURCE_REMOVE;
}

static void
marshal_ready (GClosure *closure, GValue *answer, guint n_arguments, const GValue *arguments, gpointer hint, gpointer data)
{
  g_assert_cmpuint (n_arguments, ==, 2);
  g_value_set_boolean (answer, on_ready_for_closure (g_value_get_object (&arguments[0]), g_value_get_flags (&arguments[1]), closure->data));
}

/* What bindings do. */
static void
test_source_closure (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *source;
  GIOCondition told = 0;
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), &told);
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_closure_set_marshal (closure, marshal_ready);
  source = g_datagram_based_create_source (G_DATAGRAM_BASED (wire.near), G_IO_OUT, NULL);
  g_source_set_closure (source, closure);
  g_source_attach (source, context);
  while (told == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (told, ==, G_IO_OUT);
  g_assert_true (g_source_is_destroyed (source));
  g_source_unref (source);
  test_wire_close (&wire);
}

/* A closure that needs a marshaller is given one. */
static void
test_source_plain_closure (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *source;
  GIOCondition told = 0;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("tcp-ipv4")));
  source = gsock_socket_create_source (wire.near, G_IO_OUT, NULL);
  g_source_set_closure (source, g_cclosure_new (G_CALLBACK (on_ready_for_closure), &told, NULL));
  g_source_attach (source, context);
  while (told == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (told, ==, G_IO_OUT);
  g_source_unref (source);
  test_wire_close (&wire);
}

/* The source keeps the socket. */
static void
test_source_reference (void)
{
  GSockSocket *socket = test_receiver_new (test_kind_find ("udp-ipv4"));
  GSource *source = g_datagram_based_create_source (G_DATAGRAM_BASED (socket), G_IO_IN, NULL);
  gpointer weak = socket;

  g_object_add_weak_pointer (G_OBJECT (socket), &weak);
  g_object_unref (socket);
  g_assert_nonnull (weak);
  g_source_unref (source);
  g_assert_null (weak);
}

static gboolean
is_any (const TestKind *kind)
{
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/source/ready", test_source, is_any);
  test_add_for_kinds ("/source/closed", test_source_closed, is_any);
  test_add_for_kinds ("/source/closed-elsewhere", test_source_closed_elsewhere, is_any);
  test_add_for_kinds ("/source/cancelled", test_source_cancelled, is_any);
  test_add ("/source/held-elsewhere", test_source_held_elsewhere);
  test_add ("/source/held-error", test_source_held_error);
  test_add ("/source/several", test_source_several);
  test_add ("/source/uninitialised", test_source_uninitialised);
  test_add ("/source/listener", test_source_listener);
  test_add ("/source/ring-and-destroy", test_source_ring_and_destroy);
  test_add ("/source/forked", test_source_forked);
  test_add ("/source/closure", test_source_closure);
  test_add ("/source/plain-closure", test_source_plain_closure);
  test_add ("/source/reference", test_source_reference);
  return g_test_run ();
}
