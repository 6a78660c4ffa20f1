/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing streams without blocking. */

#include "testasync.h"
#include "teststream.h"

#include <string.h>

typedef struct
{
  TestStream stream;
  GCancellable *cancellable;
  GAsyncResult *result;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  g_assert_true (test_stream_open (&self->stream, "tcp-ipv4", data, 20, 20));
  self->cancellable = g_cancellable_new ();
  self->result = NULL;
}

static void
teardown (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->result);
  g_object_unref (self->cancellable);
  test_stream_close (&self->stream);
}

static void
say (GSockActiveSocket *socket, const char *text)
{
  g_assert_true (gsock_active_socket_write_text (socket, text, NULL, NULL, NULL));
  g_assert_true (gsock_active_socket_finish_output (socket, NULL, NULL, NULL));
}

static const char *const timeout_name[] = { "timeout", NULL };

static GValue
a_timeout (double seconds)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_DOUBLE);
  g_value_set_double (&value, seconds);
  return value;
}

static void
read_line (Fixture *self, GAsyncResult **result)
{
  gsock_active_socket_read_line_async (self->stream.near, NULL, NULL, 0, G_PRIORITY_DEFAULT, self->cancellable, test_keep_result, result);
}

static void
assert_line (Fixture *self, GAsyncResult **result, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  test_await (result);
  line = gsock_active_socket_read_line_finish (self->stream.near, *result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
  g_clear_object (result);
}

/* It comes in pieces, and what has come does not make the context spin. */
static void
test_line (Fixture *self, gconstpointer data)
{
  guint turns = 0;

  read_line (self, &self->result);
  g_assert_null (self->result);
  say (self->stream.far, "first ");
  for (guint i = 0; i < 20; i++)
    turns += g_main_context_iteration (NULL, FALSE) ? 1 : 0;
  g_assert_cmpuint (turns, <, 10);
  g_assert_null (self->result);
  say (self->stream.far, "line\nsecond\nthird");
  assert_line (self, &self->result, "first line");
  read_line (self, &self->result);
  g_assert_null (self->result);
  assert_line (self, &self->result, "second");
  gsock_socket_shutdown (GSOCK_SOCKET (self->stream.far), FALSE, TRUE, NULL);
  read_line (self, &self->result);
  assert_line (self, &self->result, "third");
  read_line (self, &self->result);
  assert_line (self, &self->result, NULL);
}

/* Several at once: each has a line, though one of them has received them all. */
static void
test_several_readers (Fixture *self, gconstpointer data)
{
  GAsyncResult *results[5] = { NULL };

  for (guint i = 0; i < 5; i++)
    read_line (self, &results[i]);
  say (self->stream.far, "1\n1\n1\n1\n1\n");
  for (guint i = 0; i < 5; i++)
    assert_line (self, &results[i], "1");
}

static void
test_others (Fixture *self, gconstpointer data)
{
  GSockActiveSocket *near = self->stream.near;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gunichar character;

  say (self->stream.far, "\342\202\254" "text");
  gsock_active_socket_read_char_async (near, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_true (gsock_active_socket_read_char_finish (near, self->result, &character, &error));
  g_assert_cmphex (character, ==, 0x20ac);
  g_clear_object (&self->result);

  gsock_active_socket_read_text_async (near, 3, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  text = gsock_active_socket_read_text_finish (near, self->result, &error);
  g_assert_cmpstr (text, ==, "tex");
  g_clear_object (&self->result);

  gsock_active_socket_read_bytes_async (near, -1, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  gsock_socket_shutdown (GSOCK_SOCKET (self->stream.far), FALSE, TRUE, NULL);
  test_await (&self->result);
  bytes = gsock_active_socket_read_bytes_finish (near, self->result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "t", 1);
  g_clear_object (&self->result);

  gsock_active_socket_read_char_async (near, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_false (gsock_active_socket_read_char_finish (near, self->result, &character, &error));
  g_assert_no_error (error);
}

static void
test_ends_early (Fixture *self, gconstpointer data)
{
  g_auto (GValue) timeout = a_timeout (0.02);
  g_autoptr (GError) error = NULL;

  say (self->stream.far, "part");
  gsock_active_socket_read_line_async (self->stream.near, timeout_name, &timeout, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_null (gsock_active_socket_read_line_finish (self->stream.near, self->result, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_clear_object (&self->result);

  read_line (self, &self->result);
  g_cancellable_cancel (self->cancellable);
  test_await (&self->result);
  g_assert_null (gsock_active_socket_read_line_finish (self->stream.near, self->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&self->result);

  g_cancellable_reset (self->cancellable);
  say (self->stream.far, "ial\n");
  read_line (self, &self->result);
  assert_line (self, &self->result, "partial");

  read_line (self, &self->result);
  gsock_socket_close (GSOCK_SOCKET (self->stream.near), FALSE, NULL);
  test_await (&self->result);
  g_assert_null (gsock_active_socket_read_line_finish (self->stream.near, self->result, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

static void
finish_writing (Fixture *self, gboolean (*finish) (GSockActiveSocket *socket, GAsyncResult *result, GError **error))
{
  g_autoptr (GError) error = NULL;

  test_await (&self->result);
  g_assert_true (finish (self->stream.near, self->result, &error));
  g_assert_no_error (error);
  g_clear_object (&self->result);
}

static void
test_write (Fixture *self, gconstpointer data)
{
  GSockActiveSocket *near = self->stream.near;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("bytes", 5);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  gsock_active_socket_write_text_async (near, "text ", NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  finish_writing (self, gsock_active_socket_write_text_finish);
  gsock_active_socket_write_line_async (near, "line", NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  finish_writing (self, gsock_active_socket_write_line_finish);
  gsock_active_socket_write_bytes_async (near, bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  finish_writing (self, gsock_active_socket_write_bytes_finish);
  gsock_active_socket_finish_output_async (near, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  finish_writing (self, gsock_active_socket_finish_output_finish);
  text = gsock_active_socket_read_text (self->stream.far, 15, NULL, &error, NULL);
  g_assert_cmpstr (text, ==, "text line\nbytes");
}

/* More than the kernel takes: it waits for the peer, who has to read meanwhile. */
static void
test_write_much (Fixture *self, gconstpointer data)
{
  const gsize length = 16 * 1024 * 1024;
  g_autofree char *much = g_strnfill (length, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new_static (much, length);
  gsize got = 0;

  gsock_active_socket_write_bytes_async (self->stream.near, bytes, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  while (self->result == NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_null (self->result == NULL && got == length ? much : NULL);
      got += test_drain (GSOCK_SOCKET (self->stream.far));
    }
  finish_writing (self, gsock_active_socket_write_bytes_finish);
  g_assert_cmpuint (got + test_drain (GSOCK_SOCKET (self->stream.far)), ==, length);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  GSockActiveSocket *near = self->stream.near;
  g_auto (GValue) timeout = a_timeout (1);
  const char *const wrong[] = { "timeouts", NULL };
  g_autoptr (GError) error = NULL;

  gsock_active_socket_write_text_async (near, NULL, NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_false (gsock_active_socket_write_text_finish (near, self->result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_clear_object (&self->result);
  gsock_active_socket_write_line_async (near, "ab\377", NULL, NULL, 0, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_false (gsock_active_socket_write_line_finish (near, self->result, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_TEXT);
  g_clear_object (&self->result);
  gsock_active_socket_read_bytes_async (near, 1, wrong, &timeout, 1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &self->result);
  test_await (&self->result);
  g_assert_null (gsock_active_socket_read_bytes_finish (near, self->result, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
}

/* At every moment: one callback each, and nothing left. */
static void
test_cancel_and_close (void)
{
  guint n = test_is_long () ? 10000 : 100;

  for (guint i = 0; i < n; i++)
    {
      Fixture self;
      g_autoptr (GError) error = NULL;
      g_autofree char *line = NULL;

      setup (&self, "utf-8");
      read_line (&self, &self.result);
      for (guint turn = 0; turn < i % 7; turn++)
        {
          if (turn % 2 == 0)
            say (self.stream.far, turn < 4 ? "x" : "\n");
          g_main_context_iteration (NULL, FALSE);
        }
      if (i % 2 == 0)
        g_cancellable_cancel (self.cancellable);
      else
        gsock_socket_close (GSOCK_SOCKET (self.stream.near), i % 3 == 0, NULL);
      test_await (&self.result);
      line = gsock_active_socket_read_line_finish (self.stream.near, self.result, &error);
      g_assert_true ((line != NULL) != (error != NULL));
      teardown (&self, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/stream-async/line", Fixture, "utf-8", setup, test_line, teardown);
  g_test_add ("/stream-async/line-iconv", Fixture, "utf-16", setup, test_line, teardown);
  g_test_add ("/stream-async/several-readers", Fixture, "utf-8", setup, test_several_readers, teardown);
  g_test_add ("/stream-async/others", Fixture, "utf-8", setup, test_others, teardown);
  g_test_add ("/stream-async/ends-early", Fixture, "utf-8", setup, test_ends_early, teardown);
  g_test_add ("/stream-async/write", Fixture, "utf-8", setup, test_write, teardown);
  g_test_add ("/stream-async/write-much", Fixture, "utf-8", setup, test_write_much, teardown);
  g_test_add ("/stream-async/refused", Fixture, "utf-8", setup, test_refused, teardown);
  g_test_add_func ("/stream-async/cancel-and-close", test_cancel_and_close);

  return g_test_run ();
}
