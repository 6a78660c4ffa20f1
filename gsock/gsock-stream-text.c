/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was received as text: decoding it, and which bytes of the stream a part of it came in. */

#include <gsock/gsock-stream-private.h>

#include <errno.h>
#include <string.h>

/* Bytes that change how others are understood and mean nothing by themselves: more of them than this
 * are no text. */
#define PENDING_MAX G_MAXUINT16

static gsize
undecoded (const GSockInput *self)
{
  return gsock_buffer_length (&self->raw) - self->decoded;
}

static void
add_character (GSockInput *self, gunichar character, gsize size)
{
  char utf8[6];
  guint16 narrow = size;

  gsock_buffer_append (&self->text, utf8, g_unichar_to_utf8 (character, utf8));
  gsock_buffer_append (&self->sizes, &narrow, sizeof narrow);
}

/* The bytes that a character came in are those of its first; others that came in the same have none. */
static void
add_characters (GSockInput *self, const gunichar *characters, guint n_characters)
{
  for (guint i = 0; i < n_characters; i++)
    {
      add_character (self, characters[i], self->pending);
      self->pending = 0;
    }
}

static void
decode_by_iconv (GSockInput *self, gboolean ended)
{
  gunichar characters[GSOCK_DECODED_MAX];
  guint n_characters;

  while (undecoded (self) > 0 && !self->bad)
    {
      gssize n = gsock_decoder_next (&self->decoder, gsock_buffer_peek (&self->raw) + self->decoded, undecoded (self), characters, &n_characters);

      if (n < 0)
        {
          self->bad = n == -EILSEQ || ended;
          return;
        }
      self->decoded += n;
      self->pending += n;
      self->bad = self->pending > PENDING_MAX;
      if (!self->bad)
        add_characters (self, characters, n_characters);
    }
  if (ended && !self->bad)
    add_characters (self, characters, gsock_decoder_end (&self->decoder, characters));
}

static void
decode_utf8 (GSockInput *self, gboolean ended)
{
  self->decoded += gsock_utf8_length (gsock_buffer_peek (&self->raw) + self->decoded, undecoded (self), &self->bad);
  self->bad = self->bad || (ended && undecoded (self) > 0);
}

/* FALSE: iconv does not give us the decoder. */
gboolean
gsock_input_decode (GSockInput *self, gboolean ended)
{
  if (self->bad || (undecoded (self) == 0 && !(ended && self->open)))
    return TRUE;
  if (self->format.encoding == NULL)
    {
      decode_utf8 (self, ended);
      return TRUE;
    }
  if (!self->open && !(self->open = gsock_decoder_open (&self->decoder, &self->format)))
    return FALSE;
  decode_by_iconv (self, ended);
  return TRUE;
}

const char *
gsock_input_text (const GSockInput *self, gsize *length)
{
  const GSockBuffer *buffer = self->format.encoding != NULL ? &self->text : &self->raw;

  *length = self->format.encoding != NULL ? gsock_buffer_length (&self->text) : self->decoded;
  return buffer->data != NULL ? (const char *) gsock_buffer_peek (buffer) : "";
}

static gsize
count_characters (const char *text, gsize length)
{
  gsize n = 0;

  for (gsize at = 0; at < length; at += g_utf8_skip[(guchar) text[at]])
    n++;
  return n;
}

static gsize
sum_sizes (const GSockInput *self, gsize n_characters)
{
  const guint16 *sizes = (const guint16 *) (gpointer) gsock_buffer_peek (&self->sizes);
  gsize sum = 0;

  for (gsize i = 0; i < n_characters; i++)
    sum += sizes[i];
  return sum;
}

/* How many bytes of the stream the first @text_length bytes of the text came in. */
gsize
gsock_input_raw_length (const GSockInput *self, gsize text_length)
{
  gsize unused;

  if (self->format.encoding == NULL)
    return text_length;
  return sum_sizes (self, count_characters (gsock_input_text (self, &unused), text_length));
}

/* Descriptors that the caller does not take are closed with the byte that they came with. */
static void
drop_companions (GSockInput *self)
{
  GSockCompanions *first;

  while ((first = g_queue_peek_head (&self->companions)) != NULL && first->offset < self->offset)
    gsock_companions_free (g_queue_pop_head (&self->companions));
}

static void
pass (GSockInput *self, gsize n)
{
  self->offset += n;
  if (G_UNLIKELY (!g_queue_is_empty (&self->companions)))
    drop_companions (self);
}

static void
consume_raw (GSockInput *self, gsize n)
{
  gsock_buffer_consume (&self->raw, n);
  gsock_buffer_trim (&self->raw, self->size);
  pass (self, n);
}

static void
forget_text (GSockInput *self)
{
  self->text.start = self->text.end = 0;
  self->sizes.start = self->sizes.end = 0;
  self->decoded = self->pending = self->scanned = 0;
  self->bad = FALSE;
}

static void
consume_decoded (GSockInput *self, gsize length, gsize n_characters)
{
  gsock_buffer_consume (&self->text, length);
  gsock_buffer_consume (&self->sizes, n_characters * sizeof (guint16));
  gsock_buffer_trim (&self->text, self->size);
  gsock_buffer_trim (&self->sizes, self->size);
}

void
gsock_input_consume_text (GSockInput *self, gsize length)
{
  gsize n = length, unused;

  if (self->format.encoding != NULL)
    {
      gsize n_characters = count_characters (gsock_input_text (self, &unused), length);

      n = sum_sizes (self, n_characters);
      consume_decoded (self, length, n_characters);
    }
  self->decoded -= n;
  self->scanned = self->scanned > length ? self->scanned - length : 0;
  consume_raw (self, n);
}

/* Bytes that have been decoded are taken back from the text. Where one of the last is only a part of a
 * character the rest is looked at again, as if it were the beginning of one. */
static void
pass_text (GSockInput *self, gsize n)
{
  gsize length, at = 0, raw = 0, n_characters = 0;
  const char *text = gsock_input_text (self, &length);

  if (n < self->decoded && self->format.encoding != NULL)
    for (; at < length && raw < n; n_characters++)
      {
        raw += ((const guint16 *) (gpointer) gsock_buffer_peek (&self->sizes))[n_characters];
        at += g_utf8_skip[(guchar) text[at]];
      }
  if (n >= self->decoded || (self->format.encoding != NULL && raw != n) || (self->format.encoding == NULL && (text[n] & 0xc0) == 0x80))
    {
      forget_text (self);
      return;
    }
  self->decoded -= n;
  self->scanned = 0;
  if (self->format.encoding != NULL)
    consume_decoded (self, at, n_characters);
}

void
gsock_input_consume_bytes (GSockInput *self, gsize n)
{
  if (n == 0)
    return;
  pass_text (self, n);
  consume_raw (self, n);
}

/* NULL: there is no memory for them. */
guint8 *
gsock_input_take_bytes (GSockInput *self, gsize n)
{
  guint8 *taken;

  if (n > 0)
    pass_text (self, n);
  taken = gsock_buffer_take (&self->raw, n);
  if (taken != NULL)
    pass (self, n);
  else
    forget_text (self);
  gsock_buffer_trim (&self->raw, self->size);
  return taken;
}
