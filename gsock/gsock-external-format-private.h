/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-buffer-private.h>

#include <gio/gio.h>

G_BEGIN_DECLS

#define GSOCK_EXTERNAL_FORMAT_DEFAULT "utf-8"
#define GSOCK_BUFFER_SIZE_DEFAULT 8192

typedef enum
{
  GSOCK_LINE_ENDING_LF,
  GSOCK_LINE_ENDING_CRLF,
  GSOCK_LINE_ENDING_CR,
} GSockLineEnding;

/* How text is written on the wire. */
typedef struct
{
  char *encoding; /* as iconv calls it; NULL: UTF-8 */
  GSockLineEnding line_ending;
} GSockExternalFormat;

const char *gsock_external_format_encoding (const char *name);
gboolean gsock_external_format_check (const char *format, GError **error);
gboolean gsock_external_format_parse (GSockExternalFormat *self, const char *format, GError **error);
void gsock_external_format_clear (GSockExternalFormat *self);

extern const char *const gsock_line_endings[];

/* From bytes to characters, one at a time, so that it is known which bytes are whose. */
typedef struct
{
  GIConv iconv;
} GSockDecoder;

/* The most characters that the bytes of one can become. */
#define GSOCK_DECODED_MAX 8

gboolean gsock_decoder_open (GSockDecoder *self, const GSockExternalFormat *format);
void gsock_decoder_close (GSockDecoder *self);
gssize gsock_decoder_next (GSockDecoder *self, const guint8 *data, gsize length, gunichar *characters, guint *n_characters);
guint gsock_decoder_end (GSockDecoder *self, gunichar *characters);

/* From text to bytes. */
typedef struct
{
  GIConv iconv;
  GSockLineEnding line_ending;
  gboolean marks; /* it begins with a byte order mark, whenever it begins anew */
  gboolean begun;
} GSockEncoder;

gboolean gsock_encoder_open (GSockEncoder *self, const GSockExternalFormat *format);
void gsock_encoder_close (GSockEncoder *self);
gssize gsock_encoder_add (GSockEncoder *self, const char *text, gsize length, GSockBuffer *buffer, gsize *refused);

/* How many of the bytes are whole characters of UTF-8; @bad tells whether what follows them can never be
 * one, or is only not there yet. */
gsize gsock_utf8_length (const guint8 *data, gsize length, gboolean *bad);

G_END_DECLS
