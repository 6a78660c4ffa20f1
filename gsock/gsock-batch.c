/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many datagrams in one object: packed bytes, lengths and addresses. */

#include <gsock/gsock-batch.h>

#include <gsock/gsock-batch-private.h>
#include <gsock/gsock-error-private.h>

#include <string.h>

G_DEFINE_BOXED_TYPE (GSockBatch, gsock_batch, gsock_batch_ref, gsock_batch_unref)

/**
 * gsock_batch_new:
 *
 * Makes an empty batch.
 *
 * Returns: (transfer full): the batch
 *
 * Since: 1.0
 */
GSockBatch *
gsock_batch_new (void)
{
  GSockBatch *self = g_new0 (GSockBatch, 1);

  g_atomic_ref_count_init (&self->references);
  return self;
}

/**
 * gsock_batch_ref:
 * @self: a batch
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
GSockBatch *
gsock_batch_ref (GSockBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * gsock_batch_unref:
 * @self: (transfer full): a batch
 *
 * Gives a reference back.
 *
 * Since: 1.0
 */
void
gsock_batch_unref (GSockBatch *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->data);
  g_free (self->offsets);
  g_free (self->lengths);
  g_free (self->full_lengths);
  g_free (self->numbers);
  g_free (self->addresses);
  g_free (self->scratch);
  g_free (self);
}

/* Grows by half at least, so that adding one by one stays cheap. */
static gsize
grown (gsize room, gsize needed)
{
  return MAX (needed, room + room / 2 + 16);
}

static void
reserve (GSockBatch *self, guint n)
{
  if (G_LIKELY (n <= self->room))
    return;
  self->room = grown (self->room, n);
  self->offsets = g_renew (gsize, self->offsets, self->room);
  self->lengths = g_renew (guint32, self->lengths, self->room);
  self->full_lengths = g_renew (guint32, self->full_lengths, self->room);
  self->numbers = g_renew (guint32, self->numbers, self->room);
}

void
gsock_batch_grow_data (GSockBatch *self, gsize n_bytes)
{
  self->data_room = grown (self->data_room, self->used + n_bytes);
  self->data = g_realloc (self->data, self->data_room);
}

void
gsock_batch_grow_addresses (GSockBatch *self)
{
  self->address_room = grown (self->address_room, self->n_addresses + 1);
  self->addresses = g_renew (GSockAddress, self->addresses, self->address_room);
}

gpointer
gsock_batch_scratch (GSockBatch *self, gsize n_bytes)
{
  if (G_UNLIKELY (n_bytes > self->scratch_room))
    {
      g_free (self->scratch);
      self->scratch = g_malloc (n_bytes);
      self->scratch_room = n_bytes;
    }
  return self->scratch;
}

static inline gboolean
is_same (const GSockAddress *one, const GSockAddress *other)
{
  return one->length == other->length && memcmp (one->storage, other->storage, one->length) == 0;
}

/* The number of what is in gsock_batch_address_room. */
guint32
gsock_batch_keep_address (GSockBatch *self)
{
  const GSockAddress *address = &self->addresses[self->n_addresses];

  if (address->length == 0)
    return GSOCK_BATCH_NO_ADDRESS;
  if (self->n_addresses > 0 && is_same (address - 1, address))
    return self->n_addresses - 1;
  return self->n_addresses++;
}

guint32
gsock_batch_number_of (GSockBatch *self, const GSockAddress *address)
{
  if (address == NULL || address->length == 0)
    return GSOCK_BATCH_NO_ADDRESS;
  if (self->n_addresses > 0 && is_same (&self->addresses[self->n_addresses - 1], address))
    return self->n_addresses - 1;
  *gsock_batch_address_room (self) = *address;
  return self->n_addresses++;
}

/* On their own, for the compiler to see that nothing else changes meanwhile. */
static inline void
fill_numbers (guint32 *to, guint count, guint32 number)
{
  for (guint i = 0; i < count; i++)
    to[i] = number;
}

static inline void
fill_offsets (gsize *to, guint count, gsize first, gsize step)
{
  for (guint i = 0; i < count; i++)
    to[i] = first + i * step;
}

void
gsock_batch_tell (GSockBatch *self)
{
  guint first = self->n_told, count = self->n - first;

  if (count == 0)
    return;
  reserve (self, self->n);
  fill_numbers (self->lengths + first, count, self->run.segment);
  self->lengths[self->n - 1] = self->run.last;
  memcpy (self->full_lengths + first, self->lengths + first, count * sizeof *self->lengths);
  fill_numbers (self->numbers + first, count, self->run.number);
  fill_offsets (self->offsets + first, count, gsock_batch_offset_at (self, first), self->run.segment);
  self->n_told = self->n;
}

void
gsock_batch_set_full_length (GSockBatch *self, gsize full_length)
{
  if (full_length == gsock_batch_length_at (self, self->n - 1))
    return;
  gsock_batch_tell (self);
  self->full_lengths[self->n - 1] = full_length;
  self->run.first = self->n;
}

/**
 * gsock_batch_add:
 * @self: a batch
 * @data: (array length=length) (nullable): the bytes, which are copied
 * @length: how many there are
 * @address: (nullable): whom they are to go to, or %NULL for the peer or the destination of the call
 * @error: return location for an error
 *
 * Adds a datagram. Neighbours with the same address and of the same length go out together.
 *
 * Errors: `GSOCK_ERROR_MESSAGE_TOO_LONG`, and `GSOCK_ERROR_INVALID_ARGUMENT` for a length without bytes.
 *
 * Returns: whether it was added
 *
 * Since: 1.0
 */
gboolean
gsock_batch_add (GSockBatch *self, const guint8 *data, gsize length, const GSockAddress *address, GError **error)
{
  guint8 *room;

  g_return_val_if_fail (self != NULL, FALSE);

  if (G_UNLIKELY (length > G_MAXINT32))
    return gsock_error_literal (error, GSOCK_ERROR_MESSAGE_TOO_LONG, "batch: %" G_GSIZE_FORMAT " bytes are more than any datagram has", length);
  if (G_UNLIKELY (data == NULL && length > 0))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "batch: there are no bytes");
  room = gsock_batch_data_room (self, length);
  if (length > 0)
    memcpy (room, data, length);
  gsock_batch_append (self, 1, length, length, gsock_batch_number_of (self, address));
  return TRUE;
}

/* The lengths may lie anywhere in memory. */
static guint32
length_at (const guint8 *lengths, gsize index)
{
  guint32 length;

  memcpy (&length, lengths + index * sizeof length, sizeof length);
  return length;
}

/**
 * gsock_batch_add_packed:
 * @self: a batch
 * @data: (array length=length) (nullable): the bytes of all datagrams, one behind the other; they are
 *   copied
 * @length: how many there are
 * @lengths: (array length=n_length_bytes) (nullable): the length of each datagram, as 32-bit unsigned
 *   integers in the byte order of this machine
 * @n_length_bytes: four times the number of datagrams
 * @address: (nullable): whom they are all to go to, or %NULL for the peer or the destination of the call
 * @error: return location for an error
 *
 * Adds many datagrams at once: what costs other languages least.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` where the lengths are not those of the bytes. Then nothing is
 * added.
 *
 * Returns: whether they were added
 *
 * Since: 1.0
 */
gboolean
gsock_batch_add_packed (GSockBatch *self, const guint8 *data, gsize length, const guint8 *lengths, gsize n_length_bytes, const GSockAddress *address, GError **error)
{
  gsize n = n_length_bytes / sizeof (guint32), total = 0;
  guint32 number;

  g_return_val_if_fail (self != NULL, FALSE);

  if (n_length_bytes % sizeof (guint32) != 0 || n > G_MAXINT32)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                "batch: %" G_GSIZE_FORMAT " bytes of lengths; each length is a 32-bit unsigned integer", n_length_bytes);
  for (gsize i = 0; i < n; i++)
    total += length_at (lengths, i);
  if (total != length)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                                "batch: the lengths add up to %" G_GSIZE_FORMAT ", and there are %" G_GSIZE_FORMAT " bytes", total, length);
  if (n == 0)
    return TRUE;
  memcpy (gsock_batch_data_room (self, length), length > 0 ? data : (const guint8 *) "", length);
  number = gsock_batch_number_of (self, address);
  for (gsize i = 0; i < n; i++)
    gsock_batch_append (self, 1, length_at (lengths, i), length_at (lengths, i), number);
  return TRUE;
}

/**
 * gsock_batch_clear:
 * @self: a batch
 *
 * Takes all datagrams out. The memory is kept for those to come.
 *
 * Since: 1.0
 */
void
gsock_batch_clear (GSockBatch *self)
{
  g_return_if_fail (self != NULL);

  gsock_batch_empty (self);
}

/**
 * gsock_batch_get_count:
 * @self: a batch
 *
 * Gets how many datagrams there are.
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
gsock_batch_get_count (GSockBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n;
}

/**
 * gsock_batch_get_data:
 * @self: a batch
 * @index: which one, from 0
 * @length: (out): how many bytes it has
 *
 * Gets the bytes of a datagram. They are the batch's, until it is changed.
 *
 * Returns: (array length=length) (transfer none) (nullable): the bytes, or %NULL where there are not so
 *   many datagrams
 *
 * Since: 1.0
 */
const guint8 *
gsock_batch_get_data (GSockBatch *self, guint index, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  *length = index < self->n ? gsock_batch_length_at (self, index) : 0;
  return index < self->n ? self->data + gsock_batch_offset_at (self, index) : NULL;
}

/**
 * gsock_batch_get_address:
 * @self: a batch
 * @index: which one, from 0
 *
 * Gets the sender of a datagram that was received, the destination of one that is to be sent.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL where there is none
 *
 * Since: 1.0
 */
const GSockAddress *
gsock_batch_get_address (GSockBatch *self, guint index)
{
  guint32 number;

  g_return_val_if_fail (self != NULL, NULL);

  number = index < self->n ? gsock_batch_number_at (self, index) : GSOCK_BATCH_NO_ADDRESS;
  return number != GSOCK_BATCH_NO_ADDRESS ? &self->addresses[number] : NULL;
}

/* What was cut is never part of the run. */
static guint32
full_length_at (const GSockBatch *self, guint index)
{
  return index < self->run.first ? self->full_lengths[index] : gsock_batch_length_at (self, index);
}

/**
 * gsock_batch_get_full_length:
 * @self: a batch
 * @index: which one, from 0
 *
 * Gets how many bytes a datagram had when it arrived, of which some may have been cut off.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
gsock_batch_get_full_length (GSockBatch *self, guint index)
{
  g_return_val_if_fail (self != NULL, 0);

  return index < self->n ? full_length_at (self, index) : 0;
}

/**
 * gsock_batch_get_flags:
 * @self: a batch
 * @index: which one, from 0
 *
 * Gets what is told of a datagram that was received: %GSOCK_MESSAGE_FLAGS_TRUNCATE where it was longer
 * than the size that was asked for, so that its rest is lost.
 *
 * Returns: the flags
 *
 * Since: 1.0
 */
GSockMessageFlags
gsock_batch_get_flags (GSockBatch *self, guint index)
{
  g_return_val_if_fail (self != NULL, GSOCK_MESSAGE_FLAGS_NONE);

  return index < self->n && full_length_at (self, index) > gsock_batch_length_at (self, index) ? GSOCK_MESSAGE_FLAGS_TRUNCATE : GSOCK_MESSAGE_FLAGS_NONE;
}

static const guint8 *
give_packed (gconstpointer data, gsize n_bytes, gsize *length)
{
  *length = n_bytes;
  return n_bytes > 0 ? data : (const guint8 *) "";
}

/**
 * gsock_batch_get_packed_data:
 * @self: a batch
 * @length: (out): how many there are
 *
 * Gets the bytes of all datagrams, one behind the other. They are the batch's, until it is changed.
 *
 * Returns: (array length=length) (transfer none): the bytes
 *
 * Since: 1.0
 */
const guint8 *
gsock_batch_get_packed_data (GSockBatch *self, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  return give_packed (self->data, self->used, length);
}

/**
 * gsock_batch_get_packed_lengths:
 * @self: a batch
 * @n_length_bytes: (out): four times the number of datagrams
 *
 * Gets the lengths of all datagrams, as 32-bit unsigned integers in the byte order of this machine.
 * They are the batch's, until it is changed.
 *
 * Returns: (array length=n_length_bytes) (transfer none): the lengths
 *
 * Since: 1.0
 */
const guint8 *
gsock_batch_get_packed_lengths (GSockBatch *self, gsize *n_length_bytes)
{
  g_return_val_if_fail (self != NULL, NULL);

  gsock_batch_tell (self);
  return give_packed (self->lengths, self->n * sizeof (guint32), n_length_bytes);
}

/**
 * gsock_batch_get_packed_full_lengths:
 * @self: a batch
 * @n_length_bytes: (out): four times the number of datagrams
 *
 * Gets what [method@Batch.get_full_length] gives for all datagrams, packed as
 * [method@Batch.get_packed_lengths] packs them.
 *
 * Returns: (array length=n_length_bytes) (transfer none): the lengths
 *
 * Since: 1.0
 */
const guint8 *
gsock_batch_get_packed_full_lengths (GSockBatch *self, gsize *n_length_bytes)
{
  g_return_val_if_fail (self != NULL, NULL);

  gsock_batch_tell (self);
  return give_packed (self->full_lengths, self->n * sizeof (guint32), n_length_bytes);
}

/**
 * gsock_batch_get_address_numbers:
 * @self: a batch
 * @n_number_bytes: (out): four times the number of datagrams
 *
 * Gets for each datagram the number of its address, or %GSOCK_BATCH_NO_ADDRESS, as 32-bit unsigned
 * integers in the byte order of this machine. Neighbours with the same address have the same number,
 * so that an address need not be decoded for each: [method@Batch.get_numbered_address] gives it.
 *
 * Returns: (array length=n_number_bytes) (transfer none): the numbers
 *
 * Since: 1.0
 */
const guint8 *
gsock_batch_get_address_numbers (GSockBatch *self, gsize *n_number_bytes)
{
  g_return_val_if_fail (self != NULL, NULL);

  gsock_batch_tell (self);
  return give_packed (self->numbers, self->n * sizeof (guint32), n_number_bytes);
}

/**
 * gsock_batch_get_n_addresses:
 * @self: a batch
 *
 * Gets how many numbers of addresses there are.
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
gsock_batch_get_n_addresses (GSockBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_addresses;
}

/**
 * gsock_batch_get_numbered_address:
 * @self: a batch
 * @number: the number of an address
 *
 * Gets the address that has a number among those of [method@Batch.get_address_numbers].
 *
 * Returns: (transfer none) (nullable): the address, or %NULL where none has that number
 *
 * Since: 1.0
 */
const GSockAddress *
gsock_batch_get_numbered_address (GSockBatch *self, guint number)
{
  g_return_val_if_fail (self != NULL, NULL);

  return number < self->n_addresses ? &self->addresses[number] : NULL;
}
