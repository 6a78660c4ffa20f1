/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The streams of an active socket: when they come into being, and whose turn it is to use them. */

#include <gsock/gsock-stream-private.h>

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>

static GSockStreams *
new_streams (GSockSocket *socket, GError **error)
{
  GSockStreamDefaults *defaults = gsock_active_socket_get_defaults (GSOCK_ACTIVE_SOCKET (socket));
  GSockExternalFormat format = { NULL, GSOCK_LINE_ENDING_LF };
  GSockStreams *self;

  if (!gsock_external_format_parse (&format, defaults->external_format, error))
    return NULL;
  self = g_new0 (GSockStreams, 1);
  self->handle = gsock_socket_get_handle (socket);
  self->input.format = format;
  self->input.size = defaults->input_buffer_size;
  self->output.size = defaults->output_buffer_size;
  g_queue_init (&self->input.companions);
  return self;
}

static gboolean
check_stream (GSockHandle *handle, const char *operation, GError **error)
{
  int fd = gsock_handle_get_descriptor (handle);

  if (fd < 0)
    return gsock_error_set (error, fd, operation, NULL);
  if (handle->type != SOCK_STREAM)
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED,
                                "%s: a buffer would lose where the records of a seqpacket socket end: use receive-from and send-to", operation);
  if (!handle->connected && !handle->connecting && !handle->exposed)
    return gsock_error_set (error, -ENOTCONN, operation, NULL);
  return TRUE;
}

/* Made by the first who asks; two threads may be that at the same time. */
GSockStreams *
gsock_streams_get (GSockSocket *socket, const char *operation, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (socket);
  GSockStreams *self = __atomic_load_n (&handle->streams, __ATOMIC_ACQUIRE), *made;

  if (!check_stream (handle, operation, error))
    return NULL;
  if (self != NULL)
    return self;
  made = new_streams (socket, error);
  if (made == NULL || __atomic_compare_exchange_n (&handle->streams, &self, made, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
    return made;
  gsock_streams_free (made);
  return self;
}

void
gsock_streams_free (GSockStreams *self)
{
  GSockInput *input;

  if (self == NULL)
    return;
  input = &self->input;
  g_queue_clear_full (&input->companions, (GDestroyNotify) gsock_companions_free);
  if (input->open)
    gsock_decoder_close (&input->decoder);
  if (self->output.open)
    gsock_encoder_close (&self->output.encoder);
  gsock_external_format_clear (&input->format);
  gsock_buffer_clear (&input->raw);
  gsock_buffer_clear (&input->text);
  gsock_buffer_clear (&input->sizes);
  gsock_buffer_clear (&self->output.raw);
  g_free (self);
}

/* A child has what its parent had read ahead, as of a file; but what the parent has written it will
 * also send, and twice would be once too often. */
void
gsock_streams_forget_parent (GSockStreams *self)
{
  if (self == NULL)
    return;
  self->input.claim = self->output.claim = (GSockClaim){ 0 };
  self->output.raw.start = self->output.raw.end = 0;
  gsock_handle_set_buffered (self->handle, GSOCK_BUFFERED_OUTPUT, FALSE);
}

/* Who finds it busy says so and tries again, lest the other leave in between and not know. */
gboolean
gsock_claim_take (GSockClaim *self, GSockTurn *turn)
{
  turn->serial = &self->serial;
  turn->turn = FALSE;
  if (__atomic_exchange_n (&self->busy, TRUE, __ATOMIC_SEQ_CST) == FALSE)
    return TRUE;
  turn->seen = __atomic_load_n (&self->serial, __ATOMIC_SEQ_CST);
  __atomic_store_n (&self->contended, TRUE, __ATOMIC_SEQ_CST);
  if (__atomic_exchange_n (&self->busy, TRUE, __ATOMIC_SEQ_CST) == FALSE)
    return TRUE;
  turn->turn = TRUE;
  return FALSE;
}

/* Who waits for a turn, or for what has changed, is told. */
void
gsock_claim_release (GSockClaim *self, GSockHandle *handle, GSockTurn *turn, gboolean changed)
{
  if (changed)
    (void) __atomic_add_fetch (&self->serial, 1, __ATOMIC_SEQ_CST);
  turn->seen = __atomic_load_n (&self->serial, __ATOMIC_SEQ_CST);
  __atomic_store_n (&self->busy, FALSE, __ATOMIC_SEQ_CST);
  if (__atomic_exchange_n (&self->contended, FALSE, __ATOMIC_SEQ_CST))
    {
      guint told = __atomic_add_fetch (&self->serial, 1, __ATOMIC_SEQ_CST);

      if (told == turn->seen + 1)
        turn->seen = told;
    }
  else if (!changed)
    return;
  gsock_handle_input_held (handle);
}

/* Waits for the descriptor, or for a change that another thread has brought about. Who waits for a turn
 * does not look at the descriptor, which may well be ready while the other has not come to it. */
int
gsock_claim_wait (GSockClaim *self, const GSockTurn *turn, GSockHandle *handle, int fd, short events, GSockPatience *patience)
{
  GSockAwaited awaited = { .handle = handle, .fd = turn->turn ? -1 : fd, .events = turn->turn ? 0 : events,
                           .serial = turn->serial, .seen = turn->seen };
  int ready = gsock_wait (&awaited, 1, patience);

  return ready <= 0 ? ready : turn->turn ? events : awaited.revents;
}
