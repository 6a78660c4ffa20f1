/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step of every operation that writes: into the buffer, and from there to the kernel. */

#include <gsock/gsock-stream-op-private.h>

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* Nothing that is still in the buffer can be sent after that. */
static gboolean
is_final (gssize failure)
{
  return failure < 0 && failure != -EAGAIN && failure != -EINTR && failure != -ENOBUFS && failure != -ENOMEM;
}

/* Sends as much as it can; 0 when all is sent. */
static gssize
send_all (int fd, const guint8 *data, gsize length, int flags, gsize *sent)
{
  for (*sent = 0; *sent < length;)
    {
      gssize n = send (fd, data + *sent, length - *sent, flags | MSG_NOSIGNAL);

      if (n < 0)
        return -errno;
      *sent += n;
    }
  return 0;
}

gssize
gsock_output_flush (GSockOutput *self, int fd, int flags)
{
  gsize sent;
  gssize result = send_all (fd, gsock_buffer_peek (&self->raw), gsock_buffer_length (&self->raw), flags, &sent);

  gsock_buffer_consume (&self->raw, is_final (result) ? gsock_buffer_length (&self->raw) : sent);
  gsock_buffer_trim (&self->raw, 0);
  return result;
}

static gssize
add_text (GSockWrite *self)
{
  GSockOutput *output = &self->streams->output;
  gsize before = gsock_buffer_length (&output->raw), unused;
  gssize result;

  if (!output->open && !(output->open = gsock_encoder_open (&output->encoder, &self->streams->input.format)))
    return -GSOCK_E_NO_CONVERSION;
  result = gsock_encoder_add (&output->encoder, (const char *) self->data, self->length, &output->raw, &self->refused);
  if (result == 0 && self->line)
    result = gsock_encoder_add (&output->encoder, "\n", 1, &output->raw, &unused);
  if (result < 0)
    output->raw.end = output->raw.start + before;
  return result;
}

/* What is larger than the buffer need not go through it, but for what must wait. */
static gssize
add_bytes (GSockWrite *self, int fd, int flags)
{
  GSockOutput *output = &self->streams->output;
  gsize sent = 0;
  gssize result = 0;

  if (gsock_buffer_length (&output->raw) == 0 && self->length > output->size)
    result = send_all (fd, self->data, self->length, flags, &sent);
  if (is_final (result))
    return result;
  return gsock_buffer_append (&output->raw, self->data + sent, self->length - sent) ? 0 : -ENOMEM;
}

static gssize
send_past (GSockWrite *self, int fd, int flags)
{
  gssize n = self->length > 0 ? GSOCK_SYSCALL (send (fd, self->data, self->length, flags | MSG_NOSIGNAL)) : 0;

  self->sent = MAX (n, 0);
  return n;
}

static gssize
write_claimed (GSockWrite *self, int fd, int flags)
{
  GSockOutput *output = &self->streams->output;
  gssize result = 0;

  if (!self->taken && !self->through)
    result = self->text ? add_text (self) : add_bytes (self, fd, flags);
  if (result < 0)
    return result;
  self->taken = TRUE;
  if (gsock_buffer_length (&output->raw) > (self->all ? 0 : output->size))
    result = gsock_output_flush (output, fd, flags);
  if (result == -EAGAIN && !self->all && gsock_buffer_length (&output->raw) <= output->size)
    return 0;
  return result == 0 && self->through ? send_past (self, fd, flags) : result;
}

static gssize
step_write (GSockOperation *operation, int fd, int flags)
{
  GSockWrite *self = (GSockWrite *) operation;
  GSockOutput *output = &self->streams->output;
  gboolean taken = self->taken;
  gsize before;
  gssize result;

  if (!gsock_claim_take (&output->claim, &self->turn))
    return -EAGAIN;
  before = gsock_buffer_length (&output->raw);
  result = write_claimed (self, fd, flags);
  gsock_handle_set_buffered (self->streams->handle, GSOCK_BUFFERED_OUTPUT, gsock_buffer_length (&output->raw) > 0);
  gsock_claim_release (&output->claim, self->streams->handle, &self->turn,
                       taken != self->taken || before != gsock_buffer_length (&output->raw));
  return result;
}

static int
wait_to_write (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  GSockWrite *self = (GSockWrite *) operation;

  return gsock_claim_wait (&self->streams->output.claim, &self->turn, handle, fd, POLLOUT, patience);
}

void
gsock_write_init (GSockWrite *self, const char *name, gconstpointer data, gsize length)
{
  *self = (GSockWrite){
    .operation = { .step = step_write, .events = POLLOUT, .wait = wait_to_write, .turn = &self->turn },
    .name = name,
    .data = data,
    .length = length,
  };
}

gboolean
gsock_write_begin (GSockWrite *self, GSockActiveSocket *socket, GError **error)
{
  self->streams = gsock_streams_get (GSOCK_SOCKET (socket), self->name, error);
  return self->streams != NULL;
}

static gboolean
set_text_error (GSockWrite *self, GError **error)
{
  const char *encoding = self->streams->input.format.encoding;
  const char *at = (const char *) self->data + self->refused;
  gunichar character = g_utf8_get_char_validated (at, self->length - self->refused);

  if (encoding == NULL || character >= (gunichar) -2)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_TEXT, "%s: at the offset %" G_GSIZE_FORMAT " of the text it is not UTF-8; nothing was written",
                                self->name, self->refused);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_TEXT,
                              "%s: U+%04X, at the offset %" G_GSIZE_FORMAT " of the text, cannot be written in %s; nothing was written",
                              self->name, character, self->refused, encoding);
}

/* Who closes meanwhile leaves the rest to this call. */
gssize
gsock_write_run (GSockWrite *self, GSockPatience *patience)
{
  int *n_calls = &self->streams->output.claim.n_calls;
  gssize result;

  (void) __atomic_add_fetch (n_calls, 1, __ATOMIC_SEQ_CST);
  result = gsock_drive (self->streams->handle, &self->operation, patience);
  (void) __atomic_sub_fetch (n_calls, 1, __ATOMIC_SEQ_CST);
  return result;
}

/* What the operation answered at last; FALSE sets @error. */
gboolean
gsock_write_conclude (GSockWrite *self, gssize result, GError **error)
{
  if (result >= 0)
    return TRUE;
  if (result == -EILSEQ)
    return set_text_error (self, error);
  return gsock_error_set (error, result != -GSOCK_E_CANCELLED && gsock_handle_is_closed (self->streams->handle) ? -GSOCK_E_CLOSED : result, self->name, NULL);
}

/* Sends what is in the buffer, unless others are about to: it is theirs. */
gboolean
gsock_streams_finish (GSockSocket *socket, GSockPatience *patience, const char *operation, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  GSockWrite write;

  if (G_LIKELY ((__atomic_load_n (&handle->buffered, __ATOMIC_SEQ_CST) & GSOCK_BUFFERED_OUTPUT) == 0))
    return TRUE;
  gsock_write_init (&write, operation, "", 0);
  write.streams = handle->streams;
  write.all = TRUE;
  if (__atomic_load_n (&write.streams->output.claim.n_calls, __ATOMIC_SEQ_CST) > 0)
    return TRUE;
  return gsock_write_conclude (&write, gsock_write_run (&write, patience), error);
}

/* Nobody is left who could be told. */
void
gsock_streams_abandon (GSockSocket *socket)
{
  GSockPatience patience = { FALSE, 0, NULL, 0 };

  if (!gsock_streams_finish (socket, &patience, "close", NULL))
    gsock_handle_set_buffered (gsock_socket_get_handle (socket), GSOCK_BUFFERED_OUTPUT, FALSE);
}
