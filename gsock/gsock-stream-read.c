/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step of every operation that reads: what is taken out of the buffer, and when it is filled. */

#include <gsock/gsock-stream-op-private.h>

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

/* A peer that sends faster than this reads shall not keep a deadline from being looked at. Who does not
 * wait has none, and takes what is there. */
#define FILLS_MAX 16

/* To the end of the stream: so much at a time. */
#define PIECE_SIZE 65536

static gssize
refuse_text (GSockRead *self, gsize raw_length, gboolean nul)
{
  self->bad_offset = self->streams->input.offset + raw_length;
  self->nul = nul;
  return -EILSEQ;
}

/* What cannot be in a string of C would be cut off there. */
static gssize
check_string (GSockRead *self, const char *text, gsize length)
{
  const char *nul = memchr (text, 0, length);

  return nul == NULL ? 0 : refuse_text (self, gsock_input_raw_length (&self->streams->input, nul - text), TRUE);
}

static void
give_text (GSockRead *self, const char *text, gsize length)
{
  self->data = (guint8 *) g_strndup (text, length);
  self->length = length;
}

static gssize
decode (GSockRead *self, const char **text, gsize *length)
{
  GSockInput *input = &self->streams->input;

  if (!gsock_input_decode (input, self->ended))
    return -GSOCK_E_NO_CONVERSION;
  *text = gsock_input_text (input, length);
  self->wanted = 1;
  return 0;
}

/* Where the first line ends, and with how many bytes; its length is how much there is where it does
 * not. */
static gsize
find_line_end (const GSockInput *input, const char *text, gsize length, gsize *line_length)
{
  char last = input->format.line_ending == GSOCK_LINE_ENDING_CR ? '\r' : '\n';
  gsize at = input->scanned;
  const char *found;

  while (at < length && (found = memchr (text + at, last, length - at)) != NULL)
    {
      at = found - text;
      *line_length = at;
      if (input->format.line_ending != GSOCK_LINE_ENDING_CRLF)
        return 1;
      *line_length = at - 1;
      if (at > 0 && text[at - 1] == '\r')
        return 2;
      at++;
    }
  *line_length = length;
  return 0;
}

static gssize
take_last_line (GSockRead *self, const char *text, gsize length)
{
  gssize result = check_string (self, text, length);

  if (result < 0)
    return result;
  self->at_end = length == 0;
  if (!self->at_end)
    give_text (self, text, length);
  gsock_input_consume_text (&self->streams->input, length);
  return 0;
}

gssize
gsock_read_take_line (GSockRead *self)
{
  GSockInput *input = &self->streams->input;
  const char *text;
  gsize length, line_length, end;
  gssize result = decode (self, &text, &length);

  if (result < 0)
    return result;
  end = find_line_end (input, text, length, &line_length);
  /* What may be the first half of the end of the line is no part of it. */
  if (line_length > self->maximum && !(end == 0 && line_length == self->maximum + 1 && text[line_length - 1] == '\r'))
    return -EMSGSIZE;
  if (end > 0)
    {
      result = check_string (self, text, line_length);
      if (result < 0)
        return result;
      give_text (self, text, line_length);
      gsock_input_consume_text (input, line_length + end);
      return 0;
    }
  input->scanned = length;
  if (input->bad)
    return refuse_text (self, input->decoded - input->pending, FALSE);
  if (!self->ended)
    return -EAGAIN;
  return line_length > self->maximum ? -EMSGSIZE : take_last_line (self, text, length);
}

/* One character and how many bytes of the text it is; 0 where more must come to tell. */
static gsize
next_character (const GSockRead *self, const char *text, gsize length, gunichar *character)
{
  const GSockInput *input = &self->streams->input;

  *character = g_utf8_get_char (text);
  if (*character != '\r' || input->format.line_ending == GSOCK_LINE_ENDING_LF)
    return g_utf8_skip[(guchar) *text];
  if (input->format.line_ending == GSOCK_LINE_ENDING_CR || (length >= 2 && text[1] == '\n'))
    {
      *character = '\n';
      return input->format.line_ending == GSOCK_LINE_ENDING_CR ? 1 : 2;
    }
  return length >= 2 || self->ended || input->bad ? 1 : 0;
}

gssize
gsock_read_take_char (GSockRead *self)
{
  GSockInput *input = &self->streams->input;
  const char *text;
  gsize length, n;
  gssize result = decode (self, &text, &length);

  if (result < 0)
    return result;
  if (length > 0)
    {
      n = next_character (self, text, length, &self->character);
      gsock_input_consume_text (input, n);
      return n > 0 ? 0 : -EAGAIN;
    }
  if (input->bad)
    return refuse_text (self, input->decoded - input->pending, FALSE);
  self->at_end = self->ended;
  return self->ended ? 0 : -EAGAIN;
}

/* How many bytes of the text the characters that are wanted are. */
static gsize
measure_text (const GSockRead *self, const char *text, gsize length, gssize *count)
{
  gsize at = 0;

  for (*count = 0; at < length && (self->count < 0 || *count < self->count); (*count)++)
    {
      gunichar character;
      gsize n = next_character (self, text + at, length - at, &character);

      if (n == 0)
        break;
      at += n;
    }
  return at;
}

static void
give_lines (GSockRead *self, const char *text, gsize length)
{
  GString *string = g_string_sized_new (length);
  gunichar character;

  for (gsize at = 0; at < length;)
    {
      gsize n = next_character (self, text + at, length - at, &character);

      g_string_append_unichar (string, character);
      at += MAX (n, 1);
    }
  self->length = string->len;
  self->data = (guint8 *) g_string_free (string, FALSE);
}

static gssize
give_characters (GSockRead *self, const char *text, gsize length)
{
  gssize result = check_string (self, text, length);

  if (result < 0)
    return result;
  if (self->streams->input.format.line_ending == GSOCK_LINE_ENDING_LF)
    give_text (self, text, length);
  else
    give_lines (self, text, length);
  gsock_input_consume_text (&self->streams->input, length);
  return 0;
}

gssize
gsock_read_take_text (GSockRead *self)
{
  GSockInput *input = &self->streams->input;
  gboolean whole = self->count < 0;
  const char *text;
  gsize length, size;
  gssize count, result = decode (self, &text, &length);

  if (result < 0)
    return result;
  self->wanted = whole ? PIECE_SIZE : self->count > (gssize) length ? self->count - length : 1;
  /* A character is a byte of text at least: mostly there is no need to count. */
  if (!self->ended && !input->bad && !self->partial && (whole || (gssize) length < self->count))
    return -EAGAIN;
  size = measure_text (self, text, length, &count);
  if (count == self->count || (self->partial && count > 0))
    return give_characters (self, text, size);
  if (input->bad)
    return refuse_text (self, input->decoded - input->pending, FALSE);
  return self->ended ? give_characters (self, text, size) : -EAGAIN;
}

static gssize
give_bytes (GSockRead *self, gsize n)
{
  GSockInput *input = &self->streams->input;

  self->length = n;
  if (self->room == NULL)
    {
      self->data = gsock_input_take_bytes (input, n);
      return self->data != NULL ? 0 : -ENOMEM;
    }
  if (n > 0)
    memcpy (self->room, gsock_buffer_peek (&input->raw), n);
  gsock_input_consume_bytes (input, n);
  return 0;
}

gssize
gsock_read_take_bytes (GSockRead *self)
{
  gsize have = gsock_buffer_length (&self->streams->input.raw);
  gsize want = self->count < 0 ? G_MAXSIZE : (gsize) self->count;

  self->wanted = self->count < 0 || self->partial ? MIN (want, PIECE_SIZE) : want - MIN (have, want);
  if (have >= want || self->ended || (self->partial && have > 0))
    return give_bytes (self, MIN (have, want));
  return -EAGAIN;
}

/* Where nothing was read ahead and anything will do, it need not go through the buffer. On a local
 * socket it may come with descriptors, which the buffer keeps. */
static gboolean
goes_past_buffer (const GSockRead *self)
{
  return self->room != NULL && self->partial && self->count > 0 && gsock_buffer_length (&self->streams->input.raw) == 0
         && !self->streams->handle->ops->local;
}

static gssize
receive_past (GSockRead *self, int fd, int flags)
{
  gssize n = GSOCK_SYSCALL (recv (fd, self->room, self->count, flags));

  self->length = MAX (n, 0);
  self->streams->input.offset += self->length;
  return MIN (n, 0);
}

static gssize
take_or_fill (GSockRead *self, int fd, int flags, gboolean *filled)
{
  GSockStreams *streams = self->streams;
  gssize result;

  if (goes_past_buffer (self))
    return receive_past (self, fd, flags);
  result = self->take (self);

  for (guint i = 0; result == -EAGAIN && (i < FILLS_MAX || !self->waits); i++)
    {
      gssize n = gsock_input_fill (&streams->input, streams->handle, fd, flags, self->wanted);

      if (n < 0)
        return n;
      self->ended = n == 0;
      *filled = *filled || n > 0;
      result = self->take (self);
    }
  return result;
}

static gssize
step_read (GSockOperation *operation, int fd, int flags)
{
  GSockRead *self = (GSockRead *) operation;
  GSockInput *input = &self->streams->input;
  gboolean changed = FALSE;
  guint64 before;
  gssize result;

  if (!gsock_claim_take (&input->claim, &self->turn))
    return -EAGAIN;
  before = input->offset;
  result = take_or_fill (self, fd, flags, &changed);
  /* Who waits for the first byte, as most do, keeps no room for it. */
  gsock_buffer_trim (&input->raw, 0);
  gsock_handle_set_buffered (self->streams->handle, GSOCK_BUFFERED_INPUT, gsock_buffer_length (&input->raw) > 0);
  gsock_claim_release (&input->claim, self->streams->handle, &self->turn, changed || input->offset != before);
  return result;
}

static int
wait_to_read (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  GSockRead *self = (GSockRead *) operation;

  return gsock_claim_wait (&self->streams->input.claim, &self->turn, handle, fd, POLLIN, patience);
}

void
gsock_read_init (GSockRead *self, const char *name, gssize (*take) (GSockRead *self))
{
  *self = (GSockRead){
    .operation = { .step = step_read, .events = POLLIN, .wait = wait_to_read, .turn = &self->turn },
    .name = name,
    .take = take,
    .count = -1,
  };
}

void
gsock_read_clear (GSockRead *self)
{
  g_clear_pointer (&self->data, g_free);
}

gboolean
gsock_read_begin (GSockRead *self, GSockActiveSocket *socket, GError **error)
{
  self->streams = gsock_streams_get (GSOCK_SOCKET (socket), self->name, error);
  return self->streams != NULL;
}

static gboolean
set_text_error (GSockRead *self, GError **error)
{
  const char *encoding = self->streams->input.format.encoding;

  if (self->nul)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_TEXT,
                                "%s: at the offset %" G_GUINT64_FORMAT " of the stream is U+0000, where a string would end: read-char and read-bytes take it",
                                self->name, self->bad_offset);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_TEXT,
                              "%s: what comes at the offset %" G_GUINT64_FORMAT " of the stream is no text in %s: read-bytes takes it as it is",
                              self->name, self->bad_offset, encoding != NULL ? encoding : "UTF-8");
}

/* What the operation answered at last; FALSE sets @error. */
gboolean
gsock_read_conclude (GSockRead *self, gssize result, GError **error)
{
  if (result >= 0)
    return TRUE;
  gsock_read_clear (self);
  if (result == -EILSEQ)
    return set_text_error (self, error);
  if (result == -EMSGSIZE)
    return gsock_error_literal (error, GSOCK_ERROR_MESSAGE_TOO_LONG,
                                "%s: the line is longer than the maximum-length of %" G_GSIZE_FORMAT " bytes: read-text takes it in pieces",
                                self->name, self->maximum);
  if (result == -ENOMEM)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: there is no memory for as much", self->name);
  return gsock_error_set (error, result != -GSOCK_E_CANCELLED && gsock_handle_is_closed (self->streams->handle) ? -GSOCK_E_CLOSED : result, self->name, NULL);
}
