/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors without blocking: what is sent is on its way by itself, what nobody takes is closed. */

#include "testasync.h"
#include "testlib.h"
#include "testwire.h"

#include <string.h>
#include <unistd.h>

#define ASYNC NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result

static void
start_receive (GSockSocket *socket, gsize maximum, GAsyncResult **result)
{
  gsock_socket_receive_file_descriptors_async (socket, maximum, ASYNC, result);
}

static void
test_both (gconstpointer kind)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;
  g_autofree int *fds = NULL;
  int given[2] = { dup (0), dup (1) };
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  start_receive (wire.far, 16, &received);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  gsock_socket_send_file_descriptors_async (wire.near, given, 2, bytes, ASYNC, &sent);
  /* They are the caller's: what goes are others. */
  close (given[0]);
  close (given[1]);
  test_await (&sent);
  g_assert_cmpint (gsock_socket_send_file_descriptors_finish (wire.near, sent, &error), ==, 1);
  test_await (&received);
  fds = gsock_socket_receive_file_descriptors_finish (wire.far, received, &n_fds, &payload, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fds, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "x", 1);
  close (fds[0]);
  close (fds[1]);
  g_clear_object (&sent);
  g_clear_object (&received);
  test_wire_close (&wire);
}

static void
test_one (gconstpointer kind)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GError) error = NULL;
  TestWire wire;
  int fd;

  g_assert_true (test_wire_open (&wire, kind));
  gsock_socket_send_file_descriptor_async (wire.near, 0, ASYNC, &sent);
  test_await (&sent);
  g_assert_true (gsock_socket_send_file_descriptor_finish (wire.near, sent, &error));
  gsock_socket_receive_file_descriptor_async (wire.far, ASYNC, &received);
  test_await (&received);
  fd = gsock_socket_receive_file_descriptor_finish (wire.far, received, &error);
  g_assert_no_error (error);
  close (fd);
  g_clear_object (&sent);
  g_clear_object (&received);
  test_wire_close (&wire);
}

/* Nobody asks what came, and nothing stays open. */
static void
test_not_taken (gconstpointer kind)
{
  g_autoptr (GAsyncResult) received = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  start_receive (wire.far, 16, &received);
  g_assert_true (gsock_socket_send_file_descriptor (wire.near, 0, NULL, NULL, NULL));
  test_await (&received);
  g_clear_object (&received);
  test_wire_close (&wire);
}

static void
test_too_many (gconstpointer kind)
{
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GError) error = NULL;
  static const int fds[3];
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, kind));
  start_receive (wire.far, 2, &received);
  g_assert_cmpint (gsock_socket_send_file_descriptors (wire.near, fds, 3, NULL, NULL, NULL, NULL), ==, 1);
  test_await (&received);
  g_assert_null (gsock_socket_receive_file_descriptors_finish (wire.far, received, &n_fds, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TRUNCATED);
  g_clear_object (&received);
  test_wire_close (&wire);
}

/* Close and cancellation end it; a byte alone is none. */
static void
test_ends (void)
{
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) alone = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_socket_receive_file_descriptor_async (wire.far, NULL, NULL, 0, G_PRIORITY_DEFAULT, cancellable, test_keep_result, &cancelled);
  g_cancellable_cancel (cancellable);
  test_await (&cancelled);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_finish (wire.far, cancelled, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  gsock_socket_receive_file_descriptor_async (wire.far, ASYNC, &alone);
  g_assert_cmpint (gsock_socket_send_to (wire.near, "x", 1, NULL, NULL, NULL), ==, 1);
  test_await (&alone);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_finish (wire.far, alone, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);

  gsock_socket_receive_file_descriptor_async (wire.far, ASYNC, &closed);
  g_assert_true (gsock_socket_close (wire.far, FALSE, NULL));
  test_await (&closed);
  g_assert_cmpint (gsock_socket_receive_file_descriptor_finish (wire.far, closed, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_clear_object (&closed);
  g_clear_object (&cancelled);
  g_clear_object (&alone);
  test_wire_close (&wire);
}

static void
test_refused (void)
{
  g_autoptr (GAsyncResult) none = NULL;
  g_autoptr (GAsyncResult) bad = NULL;
  g_autoptr (GAsyncResult) size = NULL;
  g_autoptr (GError) error = NULL;
  static const int fds[] = { 0, 99999 };
  gsize n_fds;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-stream")));
  gsock_socket_send_file_descriptors_async (wire.near, fds, 0, NULL, ASYNC, &none);
  test_await (&none);
  g_assert_cmpint (gsock_socket_send_file_descriptors_finish (wire.near, none, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  gsock_socket_send_file_descriptors_async (wire.near, fds, 2, NULL, ASYNC, &bad);
  test_await (&bad);
  g_assert_cmpint (gsock_socket_send_file_descriptors_finish (wire.near, bad, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  start_receive (wire.far, 254, &size);
  test_await (&size);
  g_assert_null (gsock_socket_receive_file_descriptors_finish (wire.far, size, &n_fds, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_clear_object (&none);
  g_clear_object (&bad);
  g_clear_object (&size);
  test_wire_close (&wire);
}

/* To a receiver with a full queue, which takes one after the other. */
static void
test_full_receiver (void)
{
  const TestKind *kind = test_kind_find ("local-datagram");
  const char *names[] = { "remote-address", NULL };
  GValue value = G_VALUE_INIT;
  g_autoptr (GSockSocket) receiver = test_receiver_new (kind);
  g_autoptr (GSockSocket) sender = test_receiver_new (kind);
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress where = test_address_of (receiver);
  guint n = 1;
  int fd;

  while (gsock_socket_send_file_descriptor_direct (sender, 0, &where, FALSE, 0, NULL, NULL))
    n++;
  g_value_set_boxed (g_value_init (&value, GSOCK_TYPE_ADDRESS), &where);
  gsock_socket_send_file_descriptor_async (sender, 0, names, &value, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &sent);
  g_value_unset (&value);
  while (n > 0)
    {
      fd = gsock_socket_receive_file_descriptor_direct (receiver, FALSE, 0, NULL, NULL);
      if (fd >= 0)
        {
          close (fd);
          n--;
        }
      g_main_context_iteration (NULL, FALSE);
    }
  test_await (&sent);
  g_assert_true (gsock_socket_send_file_descriptor_finish (sender, sent, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_close (sender, FALSE, NULL));
  g_assert_true (gsock_socket_close (receiver, FALSE, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  test_add_for_kinds ("/op-descriptor-async/both/", test_both, test_is_local);
  test_add_for_kinds ("/op-descriptor-async/one/", test_one, test_is_local);
  test_add_for_kinds ("/op-descriptor-async/not-taken/", test_not_taken, test_is_local);
  test_add_for_kinds ("/op-descriptor-async/too-many/", test_too_many, test_is_local);
  test_add ("/op-descriptor-async/ends", test_ends);
  test_add ("/op-descriptor-async/refused", test_refused);
  test_add ("/op-descriptor-async/full-receiver", test_full_receiver);
  return g_test_run ();
}
