/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encodings as iconv knows them, piece by piece, from the wire and to it. */

#include <gsock/gsock-external-format-private.h>

#include <errno.h>
#include <string.h>

#define NO_ICONV ((GIConv) -1)

/* What characters are to iconv inside of a program: one step, which stops at the very character for
 * which there is no room. Other targets are reached by way of this one, a buffer full at a time. */
#define NATIVE_CHARACTERS "WCHAR_T"

G_STATIC_ASSERT (sizeof (wchar_t) == sizeof (gunichar));

static void
close_iconv (GIConv *iconv)
{
  if (*iconv != NO_ICONV && *iconv != NULL)
    g_iconv_close (*iconv);
  *iconv = NO_ICONV;
}

gboolean
gsock_decoder_open (GSockDecoder *self, const GSockExternalFormat *format)
{
  self->iconv = g_iconv_open (NATIVE_CHARACTERS, format->encoding != NULL ? format->encoding : "UTF-8");
  return self->iconv != NO_ICONV;
}

void
gsock_decoder_close (GSockDecoder *self)
{
  close_iconv (&self->iconv);
}

/* The next character, or few that belong together, or none where the bytes only change how the
 * following ones are to be understood. Answers how many bytes that took, -EAGAIN where they are not all
 * there, or -EILSEQ. */
gssize
gsock_decoder_next (GSockDecoder *self, const guint8 *data, gsize length, gunichar *characters, guint *n_characters)
{
  char *in = (char *) data;
  gsize in_left = length;

  for (gsize room = 1; room <= GSOCK_DECODED_MAX; room *= 2)
    {
      char *out = (char *) characters;
      gsize out_left = room * sizeof *characters;
      gboolean failed = g_iconv (self->iconv, &in, &in_left, &out, &out_left) == (gsize) -1;
      int number = errno;

      *n_characters = (gunichar *) (gpointer) out - characters;
      if (*n_characters > 0 || in_left < length)
        return length - in_left;
      if (failed && number != E2BIG)
        return number == EINVAL ? -EAGAIN : -EILSEQ;
    }
  return -EILSEQ;
}

/* What was held back because it might have been combined with what followed. The stream is over. */
guint
gsock_decoder_end (GSockDecoder *self, gunichar *characters)
{
  char *out = (char *) characters;
  gsize out_left = GSOCK_DECODED_MAX * sizeof *characters;

  (void) g_iconv (self->iconv, NULL, NULL, &out, &out_left);
  return (gunichar *) (gpointer) out - characters;
}

/* Does it begin anew with something that is no character? */
static gboolean
begins_with_mark (GIConv iconv)
{
  gsize lengths[2];

  for (guint i = 0; i < 2; i++)
    {
      char text[] = "a", room[32];
      char *in = text, *out = room;
      gsize in_left = 1, out_left = sizeof room;

      (void) g_iconv (iconv, &in, &in_left, &out, &out_left);
      lengths[i] = out - room;
    }
  (void) g_iconv (iconv, NULL, NULL, NULL, NULL);
  return lengths[0] > lengths[1];
}

gboolean
gsock_encoder_open (GSockEncoder *self, const GSockExternalFormat *format)
{
  *self = (GSockEncoder){ .iconv = NO_ICONV, .line_ending = format->line_ending };
  if (format->encoding == NULL)
    return TRUE;
  self->iconv = g_iconv_open (format->encoding, "UTF-8");
  if (self->iconv == NO_ICONV)
    return FALSE;
  self->marks = begins_with_mark (self->iconv);
  return TRUE;
}

void
gsock_encoder_close (GSockEncoder *self)
{
  close_iconv (&self->iconv);
}

/* Answers 0, -EILSEQ or -ENOMEM; @done counts the bytes that went. Without @text it is the way back to
 * the initial state that is written. */
static int
convert (GSockEncoder *self, const char *text, gsize length, GSockBuffer *buffer, gsize *done)
{
  char *in = (char *) text;
  gsize in_left = length;

  for (;;)
    {
      guint8 *room = gsock_buffer_reserve (buffer, length + 64);
      char *out = (char *) room;
      gsize out_left = length + 64, irreversible;
      int number;

      if (room == NULL)
        return -ENOMEM;
      irreversible = g_iconv (self->iconv, text != NULL ? &in : NULL, &in_left, &out, &out_left);
      number = errno;
      buffer->end += (guint8 *) out - room;
      *done = length - in_left;
      /* Some write another character for one that the encoding has not, and say how often. */
      if (irreversible == 0)
        return 0;
      if (irreversible != (gsize) -1 || number != E2BIG)
        return -EILSEQ;
    }
}

static int
add_piece (GSockEncoder *self, const char *text, gsize length, GSockBuffer *buffer, gsize *done)
{
  if (length == 0)
    return 0;
  if (self->iconv != NO_ICONV)
    return convert (self, text, length, buffer, done);
  *done = length;
  return gsock_buffer_append (buffer, text, length) ? 0 : -ENOMEM;
}

/* Line by line where lines end otherwise than in the program. */
static int
add_lines (GSockEncoder *self, const char *text, gsize length, GSockBuffer *buffer, gsize *done)
{
  const char *ending = gsock_line_endings[self->line_ending];
  gsize at = 0;
  int result = 0;

  while (result == 0 && at < length)
    {
      const char *newline = self->line_ending != GSOCK_LINE_ENDING_LF ? memchr (text + at, '\n', length - at) : NULL;
      gsize piece = newline != NULL ? (gsize) (newline - text) - at : length - at, went = 0, unused = 0;

      result = add_piece (self, text + at, piece, buffer, &went);
      *done = at + went;
      if (result == 0 && newline != NULL)
        result = add_piece (self, ending, strlen (ending), buffer, &unused);
      at += piece + (newline != NULL ? 1 : 0);
    }
  return result;
}

static void
begin_anew (GSockEncoder *self)
{
  if (self->iconv != NO_ICONV && !(self->marks && self->begun))
    (void) g_iconv (self->iconv, NULL, NULL, NULL, NULL);
}

/* Appends all of it or nothing. Each piece ends in the initial state of the encoding: what is refused
 * leaves no trace in the state, and bytes may follow. Answers 0, -ENOMEM, or -EILSEQ and in @refused
 * where in the text the character is that cannot be written. */
gssize
gsock_encoder_add (GSockEncoder *self, const char *text, gsize length, GSockBuffer *buffer, gsize *refused)
{
  gsize before = gsock_buffer_length (buffer), unused;
  gboolean bad;
  gsize valid = gsock_utf8_length ((const guint8 *) text, length, &bad);
  int result = valid < length ? -EILSEQ : 0;

  *refused = valid;
  if (result == 0)
    result = add_lines (self, text, length, buffer, refused);
  if (result == 0 && self->iconv != NO_ICONV && !self->marks)
    result = convert (self, NULL, 0, buffer, &unused);
  if (result == 0)
    {
      self->begun = self->begun || length > 0;
      return 0;
    }
  buffer->end = buffer->start + before;
  begin_anew (self);
  return result;
}
