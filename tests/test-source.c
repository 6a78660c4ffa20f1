/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources for main contexts: readiness, cancellation, and sockets that are closed. */

#include "testthread.h"
#include "testwire.h"

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
on_ready (GDatagramBased *socket, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  g_assert_true (G_DATAGRAM_BASED (self->socket) == socket);
  self->n_calls++;
  self->condition = condition;
  return G_SOURCE_CONTINUE;
}

static void
watch_start (Watch *self, GSockSocket *socket, GIOCondition condition, GCancellable *cancellable)
{
  *self = (Watch){ .context = g_main_context_new (), .socket = socket };
  self->source = g_datagram_based_create_source (G_DATAGRAM_BASED (socket), condition, cancellable);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/source/ready", test_source, test_is_datagram);
  test_add_for_kinds ("/source/closed", test_source_closed, test_is_datagram);
  test_add_for_kinds ("/source/closed-elsewhere", test_source_closed_elsewhere, test_is_datagram);
  test_add_for_kinds ("/source/cancelled", test_source_cancelled, test_is_datagram);
  test_add ("/source/closure", test_source_closure);
  test_add ("/source/reference", test_source_reference);
  return g_test_run ();
}
