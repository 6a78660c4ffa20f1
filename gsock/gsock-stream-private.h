/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-external-format-private.h>
#include <gsock/gsock-handle-private.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/* Who may touch one direction. A step claims it and gives it back before it waits, so that several
 * threads can read or write: whoever is in there inside the kernel keeps the others waiting for a
 * change of `serial`. */
typedef struct
{
  int busy;      /* atomic */
  int contended; /* atomic: somebody found it busy */
  guint serial;  /* atomic: of what there is */
  int n_calls;   /* atomic: calls that are under way */
} GSockClaim;

/* Descriptors that came with a byte of a local socket. */
typedef struct
{
  guint64 offset; /* of the byte in the stream */
  GArray *fds;
  gboolean truncated;
} GSockCompanions;

/* What was received and is not read yet. */
typedef struct
{
  GSockClaim claim;
  GSockExternalFormat format;
  gsize size;         /* of what is read ahead */
  guint64 offset;     /* in the stream, of the first byte of raw */
  GSockBuffer raw;
  gsize decoded;      /* so many bytes of raw are text as far as is known */
  gsize pending;      /* the last so many of these belong to the character that follows */
  gsize scanned;      /* in so many bytes of that text no line ends */
  gboolean bad;       /* what follows the decoded is no text */
  gboolean open;      /* the decoder is; UTF-8 needs none */
  GSockDecoder decoder;
  GSockBuffer text;   /* what was decoded, in UTF-8, where that is not as raw as it came */
  GSockBuffer sizes;  /* guint16 for each character of it: how many bytes of raw */
  GQueue companions;
} GSockInput;

/* What was written and is not sent yet. */
typedef struct
{
  GSockClaim claim;
  gsize size;
  gboolean open;
  GSockEncoder encoder;
  GSockBuffer raw;
} GSockOutput;

/* What an active socket has from its first stream operation on. */
struct _GSockStreams
{
  GSockHandle *handle;
  GSockInput input;
  GSockOutput output;
};

/* gsock-stream.c */
GSockStreams *gsock_streams_get (GSockSocket *socket, const char *operation, GError **error);
void gsock_streams_free (GSockStreams *self);
void gsock_streams_forget_parent (GSockStreams *self);

gboolean gsock_claim_take (GSockClaim *self, GSockTurn *turn);
void gsock_claim_release (GSockClaim *self, GSockHandle *handle, GSockTurn *turn, gboolean changed);
int gsock_claim_wait (GSockClaim *self, const GSockTurn *turn, GSockHandle *handle, int fd, short events, GSockPatience *patience);

/* gsock-stream-text.c: the input as text; the caller has the claim */
gboolean gsock_input_decode (GSockInput *self, gboolean ended);
const char *gsock_input_text (const GSockInput *self, gsize *length);
gsize gsock_input_raw_length (const GSockInput *self, gsize text_length);
void gsock_input_consume_text (GSockInput *self, gsize length);
void gsock_input_consume_bytes (GSockInput *self, gsize n);
guint8 *gsock_input_take_bytes (GSockInput *self, gsize n);

/* gsock-stream-fill.c */
gssize gsock_input_fill (GSockInput *self, GSockHandle *handle, int fd, int flags, gsize wanted);
gsize gsock_input_clear (GSockInput *self, GSockHandle *handle, int fd);
GSockCompanions *gsock_input_companions_here (GSockInput *self);
void gsock_companions_free (GSockCompanions *self);
gssize gsock_streams_take_descriptors (GSockStreams *self, guint8 *byte, int *fds, gsize *n_fds, gboolean *truncated);

/* gsock-stream-output.c */
gssize gsock_output_flush (GSockOutput *self, int fd, int flags);
gboolean gsock_streams_finish (GSockSocket *socket, GSockPatience *patience, const char *operation, GError **error);
void gsock_streams_abandon (GSockSocket *socket);

static inline void
gsock_handle_set_buffered (GSockHandle *handle, guint bit, gboolean on)
{
  if (on)
    (void) __atomic_or_fetch (&handle->buffered, bit, __ATOMIC_SEQ_CST);
  else
    (void) __atomic_and_fetch (&handle->buffered, ~bit, __ATOMIC_SEQ_CST);
}

G_END_DECLS
