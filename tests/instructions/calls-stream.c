/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines and bytes of a stream, which are buffered: most of these calls make no system call. */

#include "counted.h"

#include <string.h>
#include <unistd.h>

static GSockActiveSocket *
stream_of (Stage *self)
{
  return (GSockActiveSocket *) self->stream;
}

static void
write_lines (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (write (self->stream_peer, LINE_OF_TEXT "\n", strlen (LINE_OF_TEXT "\n")), strlen (LINE_OF_TEXT "\n"), "write");
}

static void
drain_peer (Stage *self, guint n)
{
  char in[4096];
  gsize left = n * strlen (LINE_OF_TEXT "\n");

  expect (gsock_active_socket_finish_output (stream_of (self), NULL, NULL, NULL), TRUE, "finish-output");
  while (left > 0)
    {
      ssize_t got = read (self->stream_peer, in, sizeof in);

      expect (got > 0, TRUE, "read");
      left -= (gsize) got;
    }
}

static void
read_line_direct (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *line = gsock_active_socket_read_line_direct (stream_of (self), 1000, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL, NULL);

      expect (line != NULL, TRUE, "read-line");
    }
}

static void
read_line_keyword (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *line = gsock_active_socket_read_line (stream_of (self), NULL, NULL, "timeout", 5.0, NULL);

      expect (line != NULL, TRUE, "read-line");
    }
}

static void
read_bytes_direct (Stage *self, guint n)
{
  char in[sizeof LINE_OF_TEXT];

  for (guint i = 0; i < n; i++)
    expect (gsock_active_socket_read_bytes_direct (stream_of (self), in, sizeof in, FALSE, TRUE, GSOCK_TIMEOUT_DEFAULT, NULL, NULL), sizeof in, "read-bytes");
}

static void
read_characters (Stage *self, guint n)
{
  gunichar character;

  for (guint i = 0; i < n; i++)
    expect (gsock_active_socket_read_char (stream_of (self), &character, NULL, NULL, NULL), TRUE, "read-char");
}

static void
forget (Stage *self, guint n)
{
  expect (gsock_active_socket_clear_input (stream_of (self), NULL) >= 0, TRUE, "clear-input");
}

static void
write_line (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_active_socket_write_line (stream_of (self), LINE_OF_TEXT, NULL, NULL, NULL), TRUE, "write-line");
}

static void
write_bytes (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_active_socket_write_bytes (stream_of (self), LINE_OF_TEXT "\n", strlen (LINE_OF_TEXT "\n"), NULL, NULL, NULL), TRUE, "write-bytes");
}

static void
write_and_finish (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      expect (gsock_active_socket_write_line (stream_of (self), LINE_OF_TEXT, NULL, NULL, NULL), TRUE, "write-line");
      expect (gsock_active_socket_finish_output (stream_of (self), NULL, NULL, NULL), TRUE, "finish-output");
    }
}

static void
raw_write (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (write (self->local[0], LINE_OF_TEXT "\n", strlen (LINE_OF_TEXT "\n")), strlen (LINE_OF_TEXT "\n"), "write");
}

static void
raw_drain (Stage *self, guint n)
{
  char in[CHUNK * sizeof LINE_OF_TEXT];

  expect (read (self->local[1], in, sizeof in), n * strlen (LINE_OF_TEXT "\n"), "read");
}

static const Call calls[] = {
  { .name = "read-line, direct", .run = read_line_direct, .before = write_lines },
  { .name = "read-line, one keyword", .run = read_line_keyword, .before = write_lines },
  { .name = "read-bytes, direct", .run = read_bytes_direct, .before = write_lines },
  { .name = "read-char", .run = read_characters, .before = write_lines, .after = forget },
  { .name = "write-line", .run = write_line, .after = drain_peer },
  { .name = "write-bytes", .run = write_bytes, .after = drain_peer },
  { .name = "write-line and finish-output", .run = write_and_finish, .raw = raw_write, .after = drain_peer, .after_raw = raw_drain },
};

CALLS (stream_calls, calls);
