/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testwire.h"

/* Two connected stream sockets as active ones, with the same format and buffers. */
typedef struct
{
  TestWire wire;
  GSockActiveSocket *near, *far;
} TestStream;

gboolean test_stream_open (TestStream *self, const char *kind, const char *format, guint input_size, guint output_size);
void test_stream_close (TestStream *self);

/* Sends it at once, past all buffers; and ends that direction. */
void test_stream_send (GSockActiveSocket *socket, gconstpointer data, gsize length);
void test_stream_send_string (GSockActiveSocket *socket, const char *string);
void test_stream_end (GSockActiveSocket *socket);

/* What is read next. NULL: there is no line any more. */
void test_assert_line (GSockActiveSocket *socket, const char *expected);
void test_assert_text (GSockActiveSocket *socket, gssize n, const char *expected);
void test_assert_bytes (GSockActiveSocket *socket, gssize n, gconstpointer expected, gsize length);
void test_assert_chars (GSockActiveSocket *socket, const char *text);

/* Nothing comes any more, whatever is asked for. */
void test_assert_end (GSockActiveSocket *socket);

/* Into the buffer, and out of it. */
void test_write_text (GSockActiveSocket *socket, const char *text);
void test_finish_output (GSockActiveSocket *socket);

/* What has come is this, and no more. */
void test_assert_came (GSockActiveSocket *socket, gconstpointer expected, gsize length);

/* An external format with text that it can write, in UTF-8 and with newlines, and its bytes. */
typedef struct
{
  const char *format, *encoding, *line_end, *text;
} TestFormat;

extern const TestFormat test_formats[];
extern const guint test_n_formats;

/* What the text of @format is on the wire, made by another way than the library's. */
GBytes *test_format_encode (const TestFormat *format, const char *text);
