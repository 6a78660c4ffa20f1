/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A buffer of bytes that are put in at its end and taken at its front. */

#include <gsock/gsock-buffer-private.h>

#include <string.h>

/* Room for @n bytes at the end, which the caller fills and adds to `end`; NULL where there is no
 * memory for as much. What is in the buffer is only moved where more than that has been taken, so that
 * bytes are not moved again and again. */
guint8 *
gsock_buffer_reserve (GSockBuffer *self, gsize n)
{
  gsize length = gsock_buffer_length (self);

  if (self->data != NULL && n <= self->room - self->end)
    return self->data + self->end;
  if (n > G_MAXSSIZE / 2 - MIN (length, G_MAXSSIZE / 2))
    return NULL;
  if (length + n > self->room || self->start < self->room / 2)
    {
      gsize room = MAX (length + n, MAX (self->room * 2, 1));
      guint8 *data = g_try_realloc (self->data, room);

      if (data == NULL)
        return NULL;
      self->data = data;
      self->room = room;
    }
  memmove (self->data, gsock_buffer_peek (self), length);
  self->start = 0;
  self->end = length;
  return self->data + length;
}

gboolean
gsock_buffer_append (GSockBuffer *self, gconstpointer data, gsize n)
{
  guint8 *room = n > 0 ? gsock_buffer_reserve (self, n) : NULL;

  if (n == 0)
    return TRUE;
  if (room == NULL)
    return FALSE;
  memcpy (room, data, n);
  self->end += n;
  return TRUE;
}

/* The first @n bytes in memory of the caller's. Where that is all there is it is the buffer itself. */
guint8 *
gsock_buffer_take (GSockBuffer *self, gsize n)
{
  guint8 *taken;

  if (self->start == 0 && n == self->end && n > self->room / 2)
    {
      taken = self->data;
      *self = (GSockBuffer){ NULL, 0, 0, 0 };
      return taken;
    }
  taken = g_try_malloc (MAX (n, 1));
  if (taken == NULL)
    return NULL;
  if (n > 0)
    memcpy (taken, gsock_buffer_peek (self), n);
  gsock_buffer_consume (self, n);
  return taken;
}

/* An empty buffer that has grown beyond @size gives its memory back. */
void
gsock_buffer_trim (GSockBuffer *self, gsize size)
{
  if (gsock_buffer_length (self) == 0 && self->room > size)
    gsock_buffer_clear (self);
}

void
gsock_buffer_clear (GSockBuffer *self)
{
  g_free (self->data);
  *self = (GSockBuffer){ NULL, 0, 0, 0 };
}
