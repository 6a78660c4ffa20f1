/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-active-socket.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-stream-private.h>

G_BEGIN_DECLS

/* An operation that reads. Nothing is taken out of the buffer before all that it wants is there, so that
 * one which ends early loses nothing. */
typedef struct _GSockRead GSockRead;
struct _GSockRead
{
  GSockOperation operation;
  GSockStreams *streams;
  const char *name;
  gssize (*take) (GSockRead *self);
  GSockTurn turn;
  gssize count;        /* of characters or bytes; negative: up to the end */
  gboolean partial;    /* fewer will do */
  gboolean waits;      /* where there is nothing */
  gsize maximum;       /* bytes of a line */
  gsize wanted;        /* so many bytes at least are missing */
  gboolean ended;
  guint64 bad_offset;  /* what is no text, where the answer is -EILSEQ */
  gboolean nul;        /* it is U+0000 */

  guint8 *room;        /* NULL, or where bytes are to be put */
  guint8 *data;        /* bytes, or text that ends with a zero */
  gsize length;
  gunichar character;
  gboolean at_end;     /* there was nothing any more */
};

/* An operation that writes. */
typedef struct
{
  GSockOperation operation;
  GSockStreams *streams;
  const char *name;
  GSockTurn turn;
  const guint8 *data;
  gsize length;
  gboolean text, line; /* to be encoded; to be followed by the end of a line */
  gboolean all;        /* until nothing is left in the buffer */
  gboolean through;    /* past the buffer, once that is empty, and as much as the kernel takes */
  gboolean taken;      /* it is sent or in the buffer */
  gsize sent;          /* of what goes past the buffer */
  gsize refused;       /* where in the text, where the answer is -EILSEQ */
} GSockWrite;

void gsock_read_init (GSockRead *self, const char *name, gssize (*take) (GSockRead *self));
void gsock_read_clear (GSockRead *self);
gboolean gsock_read_begin (GSockRead *self, GSockActiveSocket *socket, GError **error);
gboolean gsock_read_conclude (GSockRead *self, gssize result, GError **error);

gssize gsock_read_take_line (GSockRead *self);
gssize gsock_read_take_char (GSockRead *self);
gssize gsock_read_take_text (GSockRead *self);
gssize gsock_read_take_bytes (GSockRead *self);

void gsock_write_init (GSockWrite *self, const char *name, gconstpointer data, gsize length);
gboolean gsock_write_begin (GSockWrite *self, GSockActiveSocket *socket, GError **error);
gssize gsock_write_run (GSockWrite *self, GSockPatience *patience);
gboolean gsock_write_conclude (GSockWrite *self, gssize result, GError **error);

G_END_DECLS
