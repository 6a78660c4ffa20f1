/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous operations of streams, each where it has to wait. */

#include "testending.h"

#include <string.h>

#define CALL self->cancellable, test_ending_ready, self

#define ACTIVE GSOCK_ACTIVE_SOCKET (self->near)
#define MUCH (1 << 17)

static gboolean
text_came (char *text)
{
  g_free (text);
  return text != NULL;
}

static void
start_read_line (TestEnding *self)
{
  gsock_active_socket_read_line_async (ACTIVE, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_line (TestEnding *self, GAsyncResult *result, GError **error)
{
  return text_came (gsock_active_socket_read_line_finish (ACTIVE, result, error));
}

static void
start_read_char (TestEnding *self)
{
  gsock_active_socket_read_char_async (ACTIVE, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_char (TestEnding *self, GAsyncResult *result, GError **error)
{
  gunichar character;

  return gsock_active_socket_read_char_finish (ACTIVE, result, &character, error);
}

static void
start_read_text (TestEnding *self)
{
  gsock_active_socket_read_text_async (ACTIVE, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_text (TestEnding *self, GAsyncResult *result, GError **error)
{
  return text_came (gsock_active_socket_read_text_finish (ACTIVE, result, error));
}

static void
start_read_bytes (TestEnding *self)
{
  gsock_active_socket_read_bytes_async (ACTIVE, 8, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_read_bytes (TestEnding *self, GAsyncResult *result, GError **error)
{
  return test_ending_got_bytes (gsock_active_socket_read_bytes_finish (ACTIVE, result, error));
}

/* A character of four bytes, one after the other. */
static void
say_byte (TestEnding *self)
{
  static const guint8 bytes[] = { 0xf0, 0x90, 0xa2, 0xa2 };

  if (self->n_said < sizeof bytes)
    (void) gsock_socket_send_to_direct (self->far, &bytes[self->n_said++], 1, NULL, 0, FALSE, 0, NULL, NULL);
}

static void
say_character (TestEnding *self)
{
  for (guint i = 0; i < 4; i++)
    say_byte (self);
}

static const char *
much_text (void)
{
  static char text[MUCH + 1];

  if (text[0] == 0)
    memset (text, 'x', MUCH);
  return text;
}

/* More than its buffer takes, each time. */
static void
start_write_text (TestEnding *self)
{
  gsock_active_socket_write_text_async (ACTIVE, much_text (), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_write_text (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_write_text_finish (ACTIVE, result, error);
}

static void
start_write_line (TestEnding *self)
{
  gsock_active_socket_write_line_async (ACTIVE, much_text (), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_write_line (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_write_line_finish (ACTIVE, result, error);
}

static void
start_write_bytes (TestEnding *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (much_text (), MUCH);

  gsock_active_socket_write_bytes_async (ACTIVE, bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_write_bytes (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_write_bytes_finish (ACTIVE, result, error);
}

/* A close between the two would send what is in the buffer itself, and wait for a peer that does not read. */
static void
start_finish_output (TestEnding *self)
{
  (void) gsock_active_socket_write_text (ACTIVE, "some text", NULL, NULL, NULL);
  gsock_active_socket_finish_output_async (ACTIVE, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_finish_output (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_active_socket_finish_output_finish (ACTIVE, result, error);
}

/* What GIO makes of it */

static void
face (TestEnding *self)
{
  g_autoptr (GError) error = NULL;

  self->other = G_OBJECT (gsock_active_socket_create_io_stream (ACTIVE, &error));
  g_assert_no_error (error);
}

static void
open_face (TestEnding *self)
{
  test_ending_open_pair (self);
  face (self);
}

static void
open_full_face (TestEnding *self)
{
  test_ending_open_full_pair (self);
  face (self);
}

static void
start_stream_read (TestEnding *self)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (self->other));

  g_input_stream_read_async (input, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_stream_read (TestEnding *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);

  return g_input_stream_read_finish (G_INPUT_STREAM (source), result, error) > 0;
}

static void
start_stream_write (TestEnding *self)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (self->other));

  g_output_stream_write_all_async (output, much_text (), MUCH, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_stream_write (TestEnding *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);

  return g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, error);
}

#define READING .open = test_ending_open_pair, .step = test_ending_say_little, .release = test_ending_say
#define WRITING .open = test_ending_open_full_pair, .step = test_ending_drain_little, .release = test_ending_drain

static const TestEndingCase cases[] = {
  { "g_input_stream_read_async", .open = open_face, .start = start_stream_read, .finish = finish_stream_read, .release = test_ending_say, .flags = TEST_ENDING_IO_ERRORS },
  { "g_output_stream_write_all_async", .open = open_full_face, .start = start_stream_write, .finish = finish_stream_write, .step = test_ending_drain_little, .release = test_ending_drain, .flags = TEST_ENDING_IO_ERRORS },
  { "gsock_active_socket_finish_output_async", .open = test_ending_open_full_pair, .start = start_finish_output, .finish = finish_finish_output, .release = test_ending_drain, .flags = TEST_ENDING_PRIVATE },
  { "gsock_active_socket_read_bytes_async", READING, .start = start_read_bytes, .finish = finish_read_bytes },
  { "gsock_active_socket_read_char_async", .open = test_ending_open_pair, .start = start_read_char, .finish = finish_read_char, .step = say_byte, .release = say_character },
  { "gsock_active_socket_read_line_async", READING, .start = start_read_line, .finish = finish_read_line },
  { "gsock_active_socket_read_text_async", READING, .start = start_read_text, .finish = finish_read_text },
  { "gsock_active_socket_write_bytes_async", WRITING, .start = start_write_bytes, .finish = finish_write_bytes },
  { "gsock_active_socket_write_line_async", WRITING, .start = start_write_line, .finish = finish_write_line },
  { "gsock_active_socket_write_text_async", WRITING, .start = start_write_text, .finish = finish_write_text },
};
const TestEndingTable test_endings_of_streams = { cases, G_N_ELEMENTS (cases) };
