/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that are taken at the front and put in at the end. All zero is an empty one. */
typedef struct
{
  guint8 *data;
  gsize start, end, room;
} GSockBuffer;

static inline gsize
gsock_buffer_length (const GSockBuffer *self)
{
  return self->end - self->start;
}

static inline guint8 *
gsock_buffer_peek (const GSockBuffer *self)
{
  /* Nothing is nowhere, and nothing can be added to that. */
  return self->start > 0 ? self->data + self->start : self->data;
}

static inline void
gsock_buffer_consume (GSockBuffer *self, gsize n)
{
  self->start += n;
  if (self->start == self->end)
    self->start = self->end = 0;
}

guint8 *gsock_buffer_reserve (GSockBuffer *self, gsize n);
gboolean gsock_buffer_append (GSockBuffer *self, gconstpointer data, gsize n);
guint8 *gsock_buffer_take (GSockBuffer *self, gsize n);
void gsock_buffer_trim (GSockBuffer *self, gsize size);
void gsock_buffer_clear (GSockBuffer *self);

G_END_DECLS
