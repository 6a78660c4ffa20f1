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

/* An external format with text that it can write, in UTF-8 and with newlines, and its bytes. */
typedef struct
{
  const char *format, *encoding, *line_end, *text;
} TestFormat;

extern const TestFormat test_formats[];
extern const guint test_n_formats;

/* What the text of @format is on the wire, made by another way than the library's. */
GBytes *test_format_encode (const TestFormat *format, const char *text);
