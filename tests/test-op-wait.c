/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators wait-for and wait-for-any. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <math.h>
#include <string.h>

static void
send_byte (GSockSocket *socket)
{
  g_assert_cmpint (gsock_socket_send_to (socket, "x", 1, NULL, NULL, NULL), ==, 1);
}

static void
test_ready (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  if (!test_wire_open (&wire, data))
    return;
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_OUT, 10, NULL, &error), ==, G_IO_OUT);
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_IN, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  send_byte (wire.near);
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_IN, 10, NULL, &error), ==, G_IO_IN);
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_IN | G_IO_OUT, GSOCK_TIMEOUT_NEVER, NULL, &error), ==, G_IO_IN | G_IO_OUT);
  test_wire_close (&wire);
}

/* A hang-up is told unasked. */
static void
test_hang_up (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  g_assert_true (gsock_socket_close (wire.near, FALSE, &error));
  g_assert_cmpint (gsock_socket_wait_for (wire.far, G_IO_IN, 10, NULL, &error), ==, G_IO_IN | G_IO_HUP);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_cmpint (gsock_socket_wait_for (wire.near, 0, 0, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_cmpint (gsock_socket_wait_for (wire.near, G_IO_IN, NAN, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gsock_socket_wait_for (wire.near, G_IO_IN, 10, cancellable, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  test_wire_close (&wire);
}

/* The socket's own timeout holds where none is given. */
static void
test_default_timeout (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  gsock_socket_set_timeout (wire.near, 0.01);
  g_assert_cmpint (gsock_socket_wait_for (wire.near, G_IO_IN, GSOCK_TIMEOUT_DEFAULT, NULL, &error), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  test_wire_close (&wire);
}

enum { N_WIRES = 8 };

static void
open_wires (TestWire *wires)
{
  for (guint i = 0; i < N_WIRES; i++)
    g_assert_true (test_wire_open (&wires[i], test_kind_find ("udp-ipv4")));
}

static void
close_wires (TestWire *wires)
{
  for (guint i = 0; i < N_WIRES; i++)
    test_wire_close (&wires[i]);
}

/* Those that are ready and only those, in the order given. */
static void
test_any (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ready = NULL;
  TestWire wires[N_WIRES];
  GSockSocket *sockets[N_WIRES];
  guint conditions[N_WIRES];
  GList *list;

  open_wires (wires);
  for (guint i = 0; i < N_WIRES; i++)
    {
      sockets[i] = wires[i].far;
      conditions[i] = G_IO_IN;
    }
  g_assert_null (gsock_wait_for_any (sockets, N_WIRES, conditions, N_WIRES, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);

  send_byte (wires[2].near);
  send_byte (wires[5].near);
  ready = gsock_wait_for_any (sockets, N_WIRES, conditions, N_WIRES, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ready->len, ==, 2);
  g_assert_true (g_ptr_array_index (ready, 0) == sockets[2]);
  g_assert_true (g_ptr_array_index (ready, 1) == sockets[5]);
  g_clear_pointer (&ready, g_ptr_array_unref);

  list = gsock_wait_for_any_as_list (sockets, N_WIRES, conditions, N_WIRES, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (list->data == sockets[2] && list->next->data == sockets[5] && list->next->next == NULL);
  g_list_free_full (list, g_object_unref);
  close_wires (wires);
}

/* Each has a condition of its own. */
static void
test_any_conditions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ready = NULL;
  TestWire wires[N_WIRES];
  GSockSocket *sockets[] = { NULL, NULL };
  const guint conditions[] = { G_IO_IN, G_IO_OUT };

  open_wires (wires);
  sockets[0] = wires[0].far;
  sockets[1] = wires[1].far;
  ready = gsock_wait_for_any (sockets, 2, conditions, 2, 10, NULL, &error);
  g_assert_cmpuint (ready->len, ==, 1);
  g_assert_true (g_ptr_array_index (ready, 0) == sockets[1]);
  g_clear_pointer (&ready, g_ptr_array_unref);
  close_wires (wires);
}

static void
test_any_refused (void)
{
  g_autoptr (GError) error = NULL;
  TestWire wires[N_WIRES];
  GSockSocket *sockets[2];
  const guint conditions[] = { G_IO_IN, G_IO_IN };

  open_wires (wires);
  sockets[0] = wires[0].far;
  sockets[1] = wires[1].far;
  g_assert_null (gsock_wait_for_any (NULL, 0, NULL, 0, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_wait_for_any (sockets, 2, conditions, 1, 0, NULL, &error));
  test_assert_message (error, "2 sockets with 1");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  sockets[1] = NULL;
  g_assert_null (gsock_wait_for_any (sockets, 2, conditions, 2, 0, NULL, &error));
  test_assert_message (error, "element 1");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  sockets[1] = wires[1].far;
  g_assert_true (gsock_socket_close (wires[1].far, FALSE, &error));
  g_assert_null (gsock_wait_for_any (sockets, 2, conditions, 2, 10, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  close_wires (wires);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_kinds ("/op-wait/ready/", test_ready, NULL);
  test_add ("/op-wait/hang-up", test_hang_up);
  test_add ("/op-wait/refused", test_refused);
  test_add ("/op-wait/default-timeout", test_default_timeout);
  test_add ("/op-wait/any", test_any);
  test_add ("/op-wait/any-conditions", test_any_conditions);
  test_add ("/op-wait/any-refused", test_any_refused);
  return g_test_run ();
}
