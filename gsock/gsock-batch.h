/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_BATCH (gsock_batch_get_type ())

/**
 * GSockBatch:
 *
 * Many datagrams, for `send-many` and `receive-many`: their bytes one behind the other, their lengths
 * and their addresses.
 *
 * A batch is made to be used again: cleared, it keeps its memory, and nothing is allocated for a
 * datagram. It may be used by one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _GSockBatch GSockBatch;

/**
 * GSOCK_BATCH_NO_ADDRESS:
 *
 * Among the numbers that [method@Batch.get_address_numbers] gives: a datagram without an address.
 *
 * Since: 1.0
 */
#define GSOCK_BATCH_NO_ADDRESS ((guint32) 0xffffffff)

GSOCK_AVAILABLE_IN_1_0
GType gsock_batch_get_type (void) G_GNUC_CONST;
GSOCK_AVAILABLE_IN_1_0
GSockBatch *gsock_batch_new (void) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockBatch *gsock_batch_ref (GSockBatch *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_batch_unref (GSockBatch *self);

/* Filling */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_batch_add (GSockBatch *self, const guint8 *data, gsize length, const GSockAddress *address, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_batch_add_packed (GSockBatch *self, const guint8 *data, gsize length, const guint8 *lengths, gsize n_length_bytes, const GSockAddress *address, GError **error);
GSOCK_AVAILABLE_IN_1_0
void gsock_batch_clear (GSockBatch *self);

/* One datagram */
GSOCK_AVAILABLE_IN_1_0
guint gsock_batch_get_count (GSockBatch *self);
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_batch_get_data (GSockBatch *self, guint index, gsize *length);
GSOCK_AVAILABLE_IN_1_0
const GSockAddress *gsock_batch_get_address (GSockBatch *self, guint index);
GSOCK_AVAILABLE_IN_1_0
gsize gsock_batch_get_full_length (GSockBatch *self, guint index);
GSOCK_AVAILABLE_IN_1_0
GSockMessageFlags gsock_batch_get_flags (GSockBatch *self, guint index);

/* All of them, packed */
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_batch_get_packed_data (GSockBatch *self, gsize *length);
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_batch_get_packed_lengths (GSockBatch *self, gsize *n_length_bytes);
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_batch_get_packed_full_lengths (GSockBatch *self, gsize *n_length_bytes);
GSOCK_AVAILABLE_IN_1_0
const guint8 *gsock_batch_get_address_numbers (GSockBatch *self, gsize *n_number_bytes);
GSOCK_AVAILABLE_IN_1_0
guint gsock_batch_get_n_addresses (GSockBatch *self);
GSOCK_AVAILABLE_IN_1_0
const GSockAddress *gsock_batch_get_numbered_address (GSockBatch *self, guint number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockBatch, gsock_batch_unref)

G_END_DECLS
