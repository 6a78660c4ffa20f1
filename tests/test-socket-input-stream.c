/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The half of a GIOStream that receives: how much a read gives, how it ends, and when it is said to be ready. */

#include "testasync.h"
#include "teststream.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  TestStream stream;
  GIOStream *io;
  GInputStream *input;
  GPollableInputStream *pollable;
} Fixture;

static void
setup (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (test_stream_open (&self->stream, kind, "utf-8", 100, 100));
  self->io = gsock_active_socket_create_io_stream (self->stream.near, &error);
  g_assert_no_error (error);
  self->input = g_io_stream_get_input_stream (self->io);
  self->pollable = G_POLLABLE_INPUT_STREAM (self->input);
}

static void
teardown (Fixture *self, gconstpointer kind)
{
  test_assert_finalize_object (self->io);
  test_stream_close (&self->stream);
}

static void
assert_read (Fixture *self, gsize room, const char *expected)
{
  g_autofree char *bytes = g_malloc (room + 1);
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (self->input, bytes, room, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (bytes, n, expected, strlen (expected));
}

static void
assert_fails (Fixture *self, gboolean wait, GCancellable *cancellable, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;
  char byte;

  if (wait)
    g_assert_cmpint (g_input_stream_read (self->input, &byte, 1, cancellable, &error), ==, -1);
  else
    g_assert_cmpint (g_pollable_input_stream_read_nonblocking (self->pollable, &byte, 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, (int) code);
}

/* A read gives what there is, up to the room; nothing asked for is nothing, without a wait; and the end is 0, again
 * and again. */
static void
test_read (Fixture *self, gconstpointer kind)
{
  assert_read (self, 0, "");
  test_stream_send_string (self->stream.far, "hello");
  assert_read (self, 100, "hello");
  test_stream_send_string (self->stream.far, "hello");
  assert_read (self, 2, "he");
  assert_read (self, 100, "llo");
  test_stream_send_string (self->stream.far, "bye");
  test_stream_end (self->stream.far);
  assert_read (self, 100, "bye");
  assert_read (self, 100, "");
  assert_read (self, 100, "");
}

/* What the operators of the socket have read ahead comes first, and what is read here is gone for them. */
static void
test_read_ahead (Fixture *self, gconstpointer kind)
{
  test_stream_send_string (self->stream.far, "line\nrest\nmore\n");
  test_assert_line (self->stream.near, "line");
  assert_read (self, 2, "re");
  test_assert_line (self->stream.near, "st");
  assert_read (self, 100, "more\n");
  assert_fails (self, FALSE, NULL, G_IO_ERROR_WOULD_BLOCK);
}

/* Each end of a wait as GIO has it, by the socket's timeout; none takes anything. */
static void
test_ends (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  assert_fails (self, FALSE, NULL, G_IO_ERROR_WOULD_BLOCK);
  gsock_socket_set_timeout (GSOCK_SOCKET (self->stream.near), 0.01);
  assert_fails (self, TRUE, NULL, G_IO_ERROR_TIMED_OUT);
  gsock_socket_set_timeout (GSOCK_SOCKET (self->stream.near), GSOCK_TIMEOUT_NEVER);
  g_cancellable_cancel (cancellable);
  assert_fails (self, TRUE, cancellable, G_IO_ERROR_CANCELLED);
  test_stream_send_string (self->stream.far, "x");
  assert_fails (self, TRUE, cancellable, G_IO_ERROR_CANCELLED);
  assert_read (self, 10, "x");
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  assert_fails (self, TRUE, NULL, G_IO_ERROR_CLOSED);
  assert_fails (self, FALSE, NULL, G_IO_ERROR_CLOSED);
}

/* A reset by the peer is an error, once what came before was read. */
static void
test_reset (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  char byte;

  gsock_socket_close (GSOCK_SOCKET (self->stream.far), TRUE, NULL);
  g_assert_cmpint (g_input_stream_read (self->input, &byte, 1, NULL, &error), <=, 0);
  if (g_str_equal (kind, "tcp-ipv4"))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* A read that would not wait is one that is said to be ready: data, read ahead or not, the end, and what is closed. */
static void
test_readable (Fixture *self, gconstpointer kind)
{
  g_assert_true (g_pollable_input_stream_can_poll (self->pollable));
  g_assert_false (g_pollable_input_stream_is_readable (self->pollable));
  test_stream_send_string (self->stream.far, "a\nb");
  g_assert_true (g_pollable_input_stream_is_readable (self->pollable));
  test_assert_line (self->stream.near, "a");
  g_assert_true (g_pollable_input_stream_is_readable (self->pollable));
  assert_read (self, 10, "b");
  g_assert_false (g_pollable_input_stream_is_readable (self->pollable));
  test_stream_end (self->stream.far);
  g_assert_true (g_pollable_input_stream_is_readable (self->pollable));
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  g_assert_true (g_pollable_input_stream_is_readable (self->pollable));
}

static GSource *
attach (Fixture *self, GCancellable *cancellable, guint *count)
{
  GSource *source = test_attach_source (g_pollable_input_stream_create_source (self->pollable, cancellable), count);

  g_main_context_iteration (NULL, FALSE);
  return source;
}

/* Its source is dispatched for each of these, and for its cancellable; and at once where it is made too late. */
static void
test_source (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n = 0;
  GSource *source = attach (self, NULL, &n);

  g_assert_cmpuint (n, ==, 0);
  test_stream_send_string (self->stream.far, "a\nb");
  test_await_source (source, &n);
  test_assert_line (self->stream.near, "a");
  test_await_source (attach (self, NULL, &n), &n);
  assert_read (self, 10, "b");

  source = attach (self, cancellable, &n);
  g_assert_cmpuint (n, ==, 0);
  g_cancellable_cancel (cancellable);
  test_await_source (source, &n);

  source = attach (self, NULL, &n);
  g_assert_cmpuint (n, ==, 0);
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  test_await_source (source, &n);
  test_await_source (attach (self, NULL, &n), &n);
}

/* Closing this half is the end of it alone, and once is enough. */
static void
test_close (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  gunichar character;

  test_stream_send_string (self->stream.far, "not read");
  g_assert_true (g_input_stream_close (self->input, NULL, &error));
  g_assert_true (g_input_stream_close (self->input, NULL, &error));
  assert_fails (self, TRUE, NULL, G_IO_ERROR_CLOSED);
  g_assert_true (gsock_socket_is_open (GSOCK_SOCKET (self->stream.near)));
  g_assert_true (gsock_active_socket_write_line (self->stream.near, "still written", NULL, &error, NULL));
  g_assert_true (gsock_active_socket_finish_output (self->stream.near, NULL, &error, NULL));
  test_assert_line (self->stream.far, "still written");
  /* What had come is there, and after it the end. */
  test_assert_text (self->stream.near, -1, "not read");
  g_assert_false (gsock_active_socket_read_char (self->stream.near, &character, NULL, &error, NULL));
  g_assert_no_error (error);
}

/* Dropped, and closed with what it belongs to, where the socket is closed already. */
static void
test_close_of_closed (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  g_assert_true (g_input_stream_close (self->input, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_io_stream_close (self->io, NULL, &error));
  g_assert_no_error (error);
}

static GBytes *
finish (Fixture *self, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) got = NULL;

  test_await (result);
  got = g_steal_pointer (result);
  return g_input_stream_read_bytes_finish (self->input, got, error);
}

/* Without blocking: one at a time, and a cancelled one takes nothing. */
static void
test_async (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *first = NULL, *second = NULL;
  g_autoptr (GBytes) bytes = NULL, more = NULL;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_bytes_async (self->input, 10, G_PRIORITY_DEFAULT, cancellable, test_keep_result, &first);
  g_input_stream_read_bytes_async (self->input, 10, G_PRIORITY_DEFAULT, NULL, test_keep_result, &second);
  g_assert_null (finish (self, &second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (finish (self, &first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_input_stream_read_bytes_async (self->input, 10, G_PRIORITY_DEFAULT, NULL, test_keep_result, &first);
  g_main_context_iteration (NULL, FALSE);
  g_assert_null (first);
  test_stream_send_string (self->stream.far, "hello");
  bytes = finish (self, &first, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 5);
  test_stream_end (self->stream.far);
  g_input_stream_read_bytes_async (self->input, 10, G_PRIORITY_DEFAULT, NULL, test_keep_result, &first);
  more = finish (self, &first, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (more), ==, 0);
}

/* A descriptor that comes with bytes which GIO reads has nobody to take it. */
static void
test_descriptors (void)
{
  guint before;
  Fixture self;

  setup (&self, "local-stream");
  before = test_count_descriptors ();
  g_assert_true (gsock_socket_send_file_descriptor_direct (GSOCK_SOCKET (self.stream.far), STDIN_FILENO, NULL, TRUE, 5, NULL, NULL));
  test_stream_send_string (self.stream.far, "x");
  g_assert_cmpint (g_input_stream_skip (self.input, 1, NULL, NULL), ==, 1);
  assert_read (&self, 10, "x");
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  teardown (&self, NULL);
}

static void
add (const char *name, void (*function) (Fixture *self, gconstpointer kind))
{
  static const char *const kinds[] = { "tcp-ipv4", "local-stream" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/socket-input-stream/%s/%s", name, kinds[i]);

      g_test_add (path, Fixture, kinds[i], setup, function, teardown);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();

  add ("read", test_read);
  add ("read-ahead", test_read_ahead);
  add ("ends", test_ends);
  add ("reset", test_reset);
  add ("readable", test_readable);
  add ("source", test_source);
  add ("close", test_close);
  add ("close-of-closed", test_close_of_closed);
  add ("async", test_async);
  test_add ("/socket-input-stream/descriptors", test_descriptors);

  return g_test_run ();
}
