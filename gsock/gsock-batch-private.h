/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-batch.h>

G_BEGIN_DECLS

/* The datagrams lie one behind the other in `data`, in their order. What is told of them is in arrays
 * of their own, so that a binding takes each whole. */
struct _GSockBatch
{
  gatomicrefcount references;
  guint n;                /* datagrams */
  guint n_addressed;      /* of these have an address */
  guint n_alike;          /* the first ones: of one length, and to one address */
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

void gsock_batch_reserve (GSockBatch *self, guint n_more);

/* Room for so many bytes behind those that are there. */
guint8 *gsock_batch_data_room (GSockBatch *self, gsize n_bytes);

gpointer gsock_batch_scratch (GSockBatch *self, gsize n_bytes);

guint32 gsock_batch_number_of (GSockBatch *self, const GSockAddress *address);

/* Makes datagrams of @n_bytes that lie behind those that are there: of @segment bytes each, the last
 * with the rest. */
void gsock_batch_append (GSockBatch *self, guint count, gsize n_bytes, gsize segment, guint32 number);

G_END_DECLS
