/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-batch.h>
#include <gsock/gsock-error-private.h>

G_BEGIN_DECLS

/* Neighbours of one length, the last perhaps shorter, to one address: nothing needs to be written down
 * for each of them. */
typedef struct
{
  guint first;
  guint32 segment; /* bytes of each but the last */
  guint32 last;
  guint32 number;  /* of their address, or GSOCK_BATCH_NO_ADDRESS */
  gsize offset;
} GSockBatchRun;

/* The datagrams lie one behind the other in `data`, in their order. What is told of them is in arrays
 * of their own, so that a binding takes each whole. The arrays are written when somebody asks for them,
 * or when a datagram comes that is not like those of the run, which is all most batches ever have. */
struct _GSockBatch
{
  gatomicrefcount references;
  guint n;                /* datagrams */
  guint n_addressed;      /* of these have an address */
  guint n_told;           /* the arrays tell of so many: of all that come before the run at least */
  GSockBatchRun run;      /* from `first` up to the end */
  gsize used;             /* bytes of data */
  guint8 *data;
  gsize *offsets;
  guint32 *lengths;
  guint32 *full_lengths;  /* as they arrived */
  guint32 *numbers;       /* of their addresses, or GSOCK_BATCH_NO_ADDRESS */
  GSockAddress *addresses; /* one for each row of neighbours with the same one */
  guint n_addresses;

  gsize data_room;
  guint room, address_room;
  gpointer scratch; /* for the headers of one system call */
  gsize scratch_room;
};

/* The arrays tell of all datagrams after this. */
void gsock_batch_tell (GSockBatch *self);

GSOCK_SELDOM void gsock_batch_grow_data (GSockBatch *self, gsize n_bytes);
GSOCK_SELDOM void gsock_batch_grow_addresses (GSockBatch *self);

gpointer gsock_batch_scratch (GSockBatch *self, gsize n_bytes);

guint32 gsock_batch_number_of (GSockBatch *self, const GSockAddress *address);
guint32 gsock_batch_keep_address (GSockBatch *self);

/* The last datagram was so long before it was cut. */
void gsock_batch_set_full_length (GSockBatch *self, gsize full_length);

/* The memory stays. */
static inline void
gsock_batch_empty (GSockBatch *self)
{
  self->n = 0;
  self->n_told = 0;
  self->n_addressed = 0;
  self->n_addresses = 0;
  self->run.first = 0;
  self->used = 0;
}

static inline guint32
gsock_batch_length_at (const GSockBatch *self, guint index)
{
  if (index >= self->run.first)
    return index + 1 < self->n ? self->run.segment : self->run.last;
  return self->lengths[index];
}

static inline gsize
gsock_batch_offset_at (const GSockBatch *self, guint index)
{
  if (index >= self->run.first)
    return self->run.offset + (gsize) (index - self->run.first) * self->run.segment;
  return self->offsets[index];
}

static inline guint32
gsock_batch_number_at (const GSockBatch *self, guint index)
{
  return index >= self->run.first ? self->run.number : self->numbers[index];
}

/* Room for so many bytes behind those that are there. */
static inline guint8 *
gsock_batch_data_room (GSockBatch *self, gsize n_bytes)
{
  if (G_UNLIKELY (n_bytes > self->data_room - self->used || self->data == NULL))
    gsock_batch_grow_data (self, n_bytes);
  return self->data + self->used;
}

/* Room for an address, which gsock_batch_keep_address makes one of the batch's. */
static inline GSockAddress *
gsock_batch_address_room (GSockBatch *self)
{
  if (G_UNLIKELY (self->n_addresses == self->address_room))
    gsock_batch_grow_addresses (self);
  return &self->addresses[self->n_addresses];
}

/* Whether the run goes on with datagrams of @segment bytes. */
static inline gboolean
gsock_batch_goes_on (const GSockBatch *self, guint count, gsize segment, guint32 number)
{
  const GSockBatchRun *run = &self->run;

  return run->first < self->n && run->last == run->segment && run->number == number
         && (segment == run->segment || (count == 1 && segment < run->segment));
}

/* Makes datagrams of @n_bytes that lie behind those that are there: of @segment bytes each, the last
 * with the rest. */
static inline void
gsock_batch_append (GSockBatch *self, guint count, gsize n_bytes, gsize segment, guint32 number)
{
  if (!gsock_batch_goes_on (self, count, segment, number))
    {
      if (self->n_told < self->n)
        gsock_batch_tell (self);
      self->run = (GSockBatchRun){ .first = self->n, .segment = segment, .number = number, .offset = self->used };
    }
  self->run.last = n_bytes - (count - 1) * segment;
  self->n += count;
  self->used += n_bytes;
  if (number != GSOCK_BATCH_NO_ADDRESS)
    self->n_addressed += count;
}

G_END_DECLS
