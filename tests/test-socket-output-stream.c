/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The half of a GIOStream that sends: how much a write takes, what goes before it, and when it is said to be ready. */

#include "testasync.h"
#include "teststream.h"

typedef struct
{
  TestStream stream;
  GIOStream *io;
  GOutputStream *output;
  GPollableOutputStream *pollable;
} Fixture;

static void
setup (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (test_stream_open (&self->stream, kind, "utf-8", 100, 100));
  self->io = gsock_active_socket_create_io_stream (self->stream.near, &error);
  g_assert_no_error (error);
  self->output = g_io_stream_get_output_stream (self->io);
  self->pollable = G_POLLABLE_OUTPUT_STREAM (self->output);
}

static void
teardown (Fixture *self, gconstpointer kind)
{
  test_assert_finalize_object (self->io);
  test_stream_close (&self->stream);
}

/* So that it stays full. */
static gsize
fill (Fixture *self)
{
  return test_fill_up (GSOCK_SOCKET (self->stream.near), GSOCK_SOCKET (self->stream.far));
}

static void
assert_fails (Fixture *self, gboolean wait, GCancellable *cancellable, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  if (wait)
    g_assert_cmpint (g_output_stream_write (self->output, "x", 1, cancellable, &error), ==, -1);
  else
    g_assert_cmpint (g_pollable_output_stream_write_nonblocking (self->pollable, "x", 1, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, (int) code);
}

/* A write goes at once, past the buffer of the socket; nothing is nothing. */
static void
test_write (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_write (self->output, "", 0, NULL, &error), ==, 0);
  test_assert_came (self->stream.far, "", 0);
  g_assert_cmpint (g_output_stream_write (self->output, "hello", 5, NULL, &error), ==, 5);
  test_assert_came (self->stream.far, "hello", 5);
  g_assert_true (g_output_stream_printf (self->output, NULL, NULL, &error, "%s %d", "number", 5));
  test_assert_came (self->stream.far, "number 5", 8);
  g_assert_no_error (error);
}

/* What is still in that buffer goes before; and by itself only when it is flushed. */
static void
test_buffered (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  test_write_text (self->stream.near, "first ");
  test_assert_came (self->stream.far, "", 0);
  g_assert_cmpint (g_output_stream_write (self->output, "second", 6, NULL, &error), ==, 6);
  test_assert_came (self->stream.far, "first second", 12);
  test_write_text (self->stream.near, "third");
  g_assert_true (g_output_stream_flush (self->output, NULL, &error));
  test_assert_came (self->stream.far, "third", 5);
  g_assert_true (g_output_stream_flush (self->output, NULL, &error));
  test_assert_came (self->stream.far, "", 0);
  g_assert_no_error (error);
}

/* More than the kernel takes: one write takes a part and says how much, without a wait. */
static void
test_part (Fixture *self, gconstpointer kind)
{
  const gsize length = 16 * 1024 * 1024;
  g_autofree char *much = g_strnfill (length, 'x');
  g_autoptr (GError) error = NULL;
  gssize n;

  test_fix_buffers (GSOCK_SOCKET (self->stream.near), GSOCK_SOCKET (self->stream.far));
  n = g_output_stream_write (self->output, much, length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, (gssize) length);
}

/* Each end of a wait as GIO has it, by the socket's timeout; what was in the buffer stays there, and comes once. */
static void
test_ends (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gsize filled = fill (self);

  test_write_text (self->stream.near, "kept");
  assert_fails (self, FALSE, NULL, G_IO_ERROR_WOULD_BLOCK);
  gsock_socket_set_timeout (GSOCK_SOCKET (self->stream.near), 0.01);
  assert_fails (self, TRUE, NULL, G_IO_ERROR_TIMED_OUT);
  g_assert_false (g_output_stream_flush (self->output, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  gsock_socket_set_timeout (GSOCK_SOCKET (self->stream.near), GSOCK_TIMEOUT_NEVER);
  g_cancellable_cancel (cancellable);
  assert_fails (self, TRUE, cancellable, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test_drain (GSOCK_SOCKET (self->stream.far)), ==, filled);
  g_assert_true (g_output_stream_flush (self->output, NULL, &error));
  test_assert_came (self->stream.far, "kept", 4);
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  assert_fails (self, TRUE, NULL, G_IO_ERROR_CLOSED);
  assert_fails (self, FALSE, NULL, G_IO_ERROR_CLOSED);
}

/* Who writes to a peer that has gone is told, and no signal is raised. */
static void
test_dead_peer (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_close (GSOCK_SOCKET (self->stream.far), TRUE, NULL);
  while (g_output_stream_write (self->output, "x", 1, NULL, &error) > 0)
    ;
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED));
}

/* A write that would not wait is one that is said to be ready: there is room, or it is closed. */
static void
test_writable (Fixture *self, gconstpointer kind)
{
  g_assert_true (g_pollable_output_stream_can_poll (self->pollable));
  g_assert_true (g_pollable_output_stream_is_writable (self->pollable));
  fill (self);
  g_assert_false (g_pollable_output_stream_is_writable (self->pollable));
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  g_assert_true (g_pollable_output_stream_is_writable (self->pollable));
}

static GSource *
attach (Fixture *self, GCancellable *cancellable, guint *count)
{
  return test_attach_source (g_pollable_output_stream_create_source (self->pollable, cancellable), count);
}

/* Its source is dispatched for each of these, and for its cancellable. */
static void
test_source (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GSource *source;
  guint n = 0;

  test_await_source (attach (self, NULL, &n), &n);
  fill (self);
  source = attach (self, cancellable, &n);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n, ==, 0);
  g_cancellable_cancel (cancellable);
  test_await_source (source, &n);

  source = attach (self, NULL, &n);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n, ==, 0);
  test_drain (GSOCK_SOCKET (self->stream.far));
  test_await_source (source, &n);

  fill (self);
  source = attach (self, NULL, &n);
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  test_await_source (source, &n);
  test_await_source (attach (self, NULL, &n), &n);
}

/* Closing this half sends what is in the buffer, then the end; the other half goes on. */
static void
test_close (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  test_write_text (self->stream.near, "last words\n");
  g_assert_true (g_output_stream_close (self->output, NULL, &error));
  g_assert_true (g_output_stream_close (self->output, NULL, &error));
  g_assert_no_error (error);
  test_assert_line (self->stream.far, "last words");
  test_assert_end (self->stream.far);
  assert_fails (self, TRUE, NULL, G_IO_ERROR_CLOSED);
  g_assert_true (gsock_socket_is_open (GSOCK_SOCKET (self->stream.near)));
  test_stream_send_string (self->stream.far, "heard\n");
  test_assert_line (self->stream.near, "heard");
}

/* The same where the kernel has no room and the time runs out: an error, and closed all the same. */
static void
test_close_fails (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  fill (self);
  test_write_text (self->stream.near, "never sent");
  gsock_socket_set_timeout (GSOCK_SOCKET (self->stream.near), 0.01);
  g_assert_false (g_output_stream_close (self->output, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (g_output_stream_is_closed (self->output));
}

static void
test_close_of_closed (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  g_assert_true (g_io_stream_close (self->io, NULL, &error));
  g_assert_no_error (error);
}

/* Several pieces in one call, more of them than the kernel takes at a time: in order, and counted. */
static void
test_vectors (Fixture *self, gconstpointer kind)
{
  const gsize length = 3 * 1024 * 1024;
  g_autofree char *much = g_strnfill (length, 'x');
  GOutputVector vectors[] = { { "head ", 5 }, { much, length }, { " tail", 5 } };
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  gsize got = 0, n = 0;

  g_output_stream_writev_all_async (self->output, vectors, 3, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  while (result == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      got += test_drain (GSOCK_SOCKET (self->stream.far));
    }
  g_assert_true (g_output_stream_writev_all_finish (self->output, result, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, length + 10);
  g_object_unref (result);
  while (got < n)
    got += test_drain (GSOCK_SOCKET (self->stream.far));
  g_assert_cmpuint (got, ==, n);
}

static void
add (const char *name, void (*function) (Fixture *self, gconstpointer kind))
{
  static const char *const kinds[] = { "tcp-ipv4", "local-stream" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/socket-output-stream/%s/%s", name, kinds[i]);

      g_test_add (path, Fixture, kinds[i], setup, function, teardown);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("write", test_write);
  add ("buffered", test_buffered);
  add ("part", test_part);
  add ("ends", test_ends);
  add ("dead-peer", test_dead_peer);
  add ("writable", test_writable);
  add ("source", test_source);
  add ("close", test_close);
  add ("close-fails", test_close_fails);
  add ("close-of-closed", test_close_of_closed);
  add ("vectors", test_vectors);

  return g_test_run ();
}
