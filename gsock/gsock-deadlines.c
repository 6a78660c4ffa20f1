/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The deadlines of a reactor: a binary heap, in which each interest knows its place. */

#include <gsock/gsock-reactor-private.h>

static void
put (GPtrArray *self, guint index, GSockInterest *interest)
{
  g_ptr_array_index (self, index) = interest;
  interest->place = index + 1;
}

static gint64
deadline_at (GPtrArray *self, guint index)
{
  return ((const GSockInterest *) g_ptr_array_index (self, index))->deadline;
}

static guint
sift_up (GPtrArray *self, guint index, GSockInterest *interest)
{
  while (index > 0 && deadline_at (self, (index - 1) / 2) > interest->deadline)
    {
      put (self, index, g_ptr_array_index (self, (index - 1) / 2));
      index = (index - 1) / 2;
    }
  return index;
}

static guint
sift_down (GPtrArray *self, guint index, GSockInterest *interest)
{
  for (;;)
    {
      guint child = 2 * index + 1;

      if (child + 1 < self->len && deadline_at (self, child + 1) < deadline_at (self, child))
        child++;
      if (child >= self->len || deadline_at (self, child) >= interest->deadline)
        return index;
      put (self, index, g_ptr_array_index (self, child));
      index = child;
    }
}

void
gsock_deadlines_add (GPtrArray *self, GSockInterest *interest)
{
  g_ptr_array_add (self, NULL);
  put (self, sift_up (self, self->len - 1, interest), interest);
}

void
gsock_deadlines_remove (GPtrArray *self, GSockInterest *interest)
{
  guint index = interest->place - 1;
  GSockInterest *last = g_ptr_array_steal_index (self, self->len - 1);

  interest->place = 0;
  if (last == interest)
    return;
  index = sift_up (self, index, last);
  put (self, sift_down (self, index, last), last);
}
