/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GIOStream of a socket: what GIO makes of it, alone, layered, and with TLS on both sides. */

#include "testasync.h"
#include "teststream.h"
#include "testthread.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  TestStream stream;
  GIOStream *near, *far;
} Fixture;

static void
setup (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (test_stream_open (&self->stream, kind, "utf-8", 100, 100));
  self->near = gsock_active_socket_create_io_stream (self->stream.near, &error);
  self->far = gsock_active_socket_create_io_stream (self->stream.far, &error);
  g_assert_no_error (error);
}

static void
teardown (Fixture *self, gconstpointer kind)
{
  test_assert_finalize_object (self->near);
  test_assert_finalize_object (self->far);
  test_stream_close (&self->stream);
}

static GInputStream *
input_of (GIOStream *stream)
{
  return g_io_stream_get_input_stream (stream);
}

static GOutputStream *
output_of (GIOStream *stream)
{
  return g_io_stream_get_output_stream (stream);
}

static void
write_string (GIOStream *stream, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_output_stream_write_all (output_of (stream), text, strlen (text), NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_string (GIOStream *stream, const char *expected)
{
  g_autofree char *room = g_malloc0 (strlen (expected) + 1);
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_true (g_input_stream_read_all (input_of (stream), room, strlen (expected), &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (room, ==, expected);
}

static void
assert_end (GIOStream *stream)
{
  g_autoptr (GError) error = NULL;
  char room[10];

  g_assert_cmpint (g_input_stream_read (input_of (stream), room, sizeof room, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

/* By turns with the operators of the socket: what these have in their buffers comes first. */
static void
test_buffers (Fixture *self, gconstpointer kind)
{
  g_autofree char *line = NULL, *other = NULL;

  g_assert_true (gsock_active_socket_write_text (self->stream.near, "one\ntwo\n", NULL, NULL, NULL));
  write_string (self->near, "three\nfour\n");
  line = gsock_active_socket_read_line (self->stream.far, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "one");
  assert_string (self->far, "two\nthree\n");
  other = gsock_active_socket_read_line (self->stream.far, NULL, NULL, NULL);
  g_assert_cmpstr (other, ==, "four");
  g_assert_true (gsock_active_socket_write_text (self->stream.near, "five", NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (output_of (self->near), NULL, NULL));
  assert_string (self->far, "five");
}

static void
test_half_close (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_active_socket_write_text (self->stream.near, "last", NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (output_of (self->near), NULL, &error));
  g_assert_no_error (error);
  assert_string (self->far, "last");
  assert_end (self->far);
  write_string (self->far, "answer");
  assert_string (self->near, "answer");
  g_assert_true (g_input_stream_close (input_of (self->near), NULL, &error));
  g_assert_true (gsock_socket_is_open (GSOCK_SOCKET (self->stream.near)));
  g_assert_true (g_io_stream_close (self->near, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (gsock_socket_is_open (GSOCK_SOCKET (self->stream.near)));
  g_assert_true (g_io_stream_close (self->near, NULL, &error));
}

static void
test_close (Fixture *self, gconstpointer kind)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char room[1];

  g_io_stream_close_async (self->near, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  test_await (&result);
  g_assert_true (g_io_stream_close_finish (self->near, result, &error));
  g_assert_no_error (error);
  g_assert_false (gsock_socket_is_open (GSOCK_SOCKET (self->stream.near)));
  assert_end (self->far);
  gsock_socket_close (GSOCK_SOCKET (self->stream.far), FALSE, NULL);
  g_assert_cmpint (g_input_stream_read (input_of (self->far), room, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (g_output_stream_write (output_of (self->far), room, 1, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* One that is dropped leaves the socket to its owner. */
static void
test_dropped (void)
{
  Fixture self;

  setup (&self, "tcp-ipv4");
  g_assert_finalize_object (self.near);
  g_assert_true (gsock_socket_is_open (GSOCK_SOCKET (self.stream.near)));
  g_assert_true (gsock_active_socket_write_line (self.stream.near, "still here", NULL, NULL, NULL));
  g_assert_true (gsock_active_socket_finish_output (self.stream.near, NULL, NULL, NULL));
  assert_string (self.far, "still here\n");
  g_assert_finalize_object (self.far);
  test_stream_close (&self.stream);
}

static void
test_data_streams (Fixture *self, gconstpointer kind)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input_of (self->near));
  g_autoptr (GDataOutputStream) numbers = g_data_output_stream_new (output_of (self->far));
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (numbers), FALSE);
  g_assert_true (g_data_output_stream_put_string (numbers, "a line\n", NULL, &error));
  g_assert_true (g_data_output_stream_put_uint32 (numbers, 0x12345678, NULL, &error));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_cmpstr (line, ==, "a line");
  g_assert_cmphex (g_data_input_stream_read_uint32 (lines, NULL, &error), ==, 0x12345678);
}

static char *
make_text (gsize length)
{
  char *text = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    text[i] = 'a' + (i * 7 + i / 1000) % 26;
  text[length] = '\0';
  return text;
}

/* Compressed on one side, expanded and spliced on the other, without blocking. */
static void
test_convert_and_splice (Fixture *self, gconstpointer kind)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GConverter) decompressor = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GOutputStream) compressed = g_converter_output_stream_new (output_of (self->near), compressor);
  g_autoptr (GInputStream) expanded = g_converter_input_stream_new (input_of (self->far), decompressor);
  g_autoptr (GOutputStream) collected = g_memory_output_stream_new_resizable ();
  g_autofree char *text = make_text (1000000);
  g_autoptr (GInputStream) given = g_memory_input_stream_new_from_data (text, 1000000, NULL);
  g_autoptr (GAsyncResult) sent = NULL, received = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStreamSpliceFlags both = G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET;

  g_output_stream_splice_async (compressed, given, both, G_PRIORITY_DEFAULT, NULL, test_keep_result, &sent);
  g_output_stream_splice_async (collected, expanded, both, G_PRIORITY_DEFAULT, NULL, test_keep_result, &received);
  test_await (&sent);
  test_await (&received);
  g_assert_cmpint (g_output_stream_splice_finish (compressed, sent, &error), ==, 1000000);
  g_assert_no_error (error);
  g_assert_cmpint (g_output_stream_splice_finish (collected, received, &error), ==, 1000000);
  g_assert_no_error (error);
  g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (collected)),
                   g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (collected)), text, 1000000);
}

/* A conversation through two streams, the other side of which echoes until the end. */
static void
echo (gpointer stream)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_splice (output_of (stream), input_of (stream), G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error), >=, 0);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_close (output_of (stream), NULL, &error));
  g_assert_no_error (error);
}

typedef struct
{
  GOutputStream *output;
  const char *text;
} Sender;

static void
send_text (gpointer data)
{
  Sender *self = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_output_stream_write_all (self->output, self->text, strlen (self->text), NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_output_stream_close (self->output, NULL, &error));
  g_assert_no_error (error);
}

/* Both halves in threads of their own, and the echo in a third. */
static void
converse_in_threads (GIOStream *near, GIOStream *far, gsize length)
{
  g_autofree char *text = make_text (length), *back = g_malloc0 (length + 1);
  TestThread echoing, sending;
  Sender sender = { output_of (near), text };
  g_autoptr (GError) error = NULL;
  gsize n;

  test_thread_start (&echoing, echo, far);
  test_thread_start (&sending, send_text, &sender);
  g_assert_true (g_input_stream_read_all (input_of (near), back, length, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back, ==, text);
  assert_end (near);
  test_thread_join (&sending);
  test_thread_join (&echoing);
}

static void
test_threads (Fixture *self, gconstpointer kind)
{
  converse_in_threads (self->near, self->far, 3000000);
}

/* The same in one thread, by the main context. */
static void
converse_in_context (GIOStream *near, GIOStream *far, gsize length)
{
  g_autofree char *text = make_text (length), *back = g_malloc0 (length + 1);
  g_autoptr (GAsyncResult) echoed = NULL, sent = NULL, received = NULL, closed = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_output_stream_splice_async (output_of (far), input_of (far), G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL, test_keep_result, &echoed);
  g_output_stream_write_all_async (output_of (near), text, length, G_PRIORITY_DEFAULT, NULL, test_keep_result, &sent);
  g_input_stream_read_all_async (input_of (near), back, length, G_PRIORITY_DEFAULT, NULL, test_keep_result, &received);
  test_await (&sent);
  g_assert_true (g_output_stream_write_all_finish (output_of (near), sent, &n, &error));
  g_assert_no_error (error);
  test_await (&received);
  g_assert_true (g_input_stream_read_all_finish (input_of (near), received, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back, ==, text);
  g_output_stream_close_async (output_of (near), G_PRIORITY_DEFAULT, NULL, test_keep_result, &closed);
  test_await (&closed);
  test_await (&echoed);
  g_assert_cmpint (g_output_stream_splice_finish (output_of (far), echoed, &error), ==, (gssize) length);
  g_assert_no_error (error);
}

static void
test_context (Fixture *self, gconstpointer kind)
{
  converse_in_context (self->near, self->far, 3000000);
}

static void
test_refused (void)
{
  g_autoptr (GSockSocket) fresh = gsock_make_socket (NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_active_socket_create_io_stream (GSOCK_ACTIVE_SOCKET (fresh), &error));
  test_assert_error (error, GSOCK_ERROR_NOT_CONNECTED);
  gsock_socket_close (fresh, FALSE, NULL);
  g_assert_null (gsock_active_socket_create_io_stream (GSOCK_ACTIVE_SOCKET (fresh), &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

static void
add (const char *name, void (*function) (Fixture *self, gconstpointer kind))
{
  static const char *const kinds[] = { "tcp-ipv4", "local-stream" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/io-stream/%s/%s", name, kinds[i]);

      g_test_add (path, Fixture, kinds[i], setup, function, teardown);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("buffers", test_buffers);
  add ("half-close", test_half_close);
  add ("close", test_close);
  add ("data-streams", test_data_streams);
  add ("convert-and-splice", test_convert_and_splice);
  add ("threads", test_threads);
  add ("context", test_context);
  g_test_add_func ("/io-stream/dropped", test_dropped);
  g_test_add_func ("/io-stream/refused", test_refused);

  return g_test_run ();
}
