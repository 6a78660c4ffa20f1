/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches as values: filling, reading by index, packed, cleared and used again. */

#include "testbatch.h"

#include <string.h>

static const GSockAddress *
address_at (GSockAddress *address, guint port)
{
  g_assert_true (gsock_address_init_from_host (address, "192.0.2.1", port, NULL));
  return address;
}

static void
test_empty (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  gsize length = 1;

  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
  g_assert_null (gsock_batch_get_data (batch, 0, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (gsock_batch_get_address (batch, 0));
  g_assert_cmpuint (gsock_batch_get_full_length (batch, 0), ==, 0);
  g_assert_cmpint (gsock_batch_get_flags (batch, 0), ==, 0);
  g_assert_cmpuint (gsock_batch_get_n_addresses (batch), ==, 0);
  g_assert_null (gsock_batch_get_numbered_address (batch, 0));
  g_assert_null (gsock_batch_get_numbered_address (batch, GSOCK_BATCH_NO_ADDRESS));
  g_assert_nonnull (gsock_batch_get_packed_data (batch, &length));
  g_assert_cmpuint (length, ==, 0);
}

static void
test_add_and_get (void)
{
  static const guint lengths[] = { 3, 0, 1000, 1000, 1 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  test_batch_fill (batch, lengths, G_N_ELEMENTS (lengths), 0, NULL);
  test_check_batch (batch, lengths, G_N_ELEMENTS (lengths), 0);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    g_assert_null (gsock_batch_get_address (batch, i));
}

static void
test_refused (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_batch_add (batch, NULL, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_batch_add (batch, (const guint8 *) "", (gsize) G_MAXINT32 + 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_MESSAGE_TOO_LONG);
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
  g_assert_true (gsock_batch_add (batch, NULL, 0, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 1);
}

/* An address is kept once for neighbours that have it, and told by index all the same. */
static void
test_addresses (void)
{
  static const guint ports[] = { 1, 1, 2, 0, 2, 1 };
  static const guint32 numbers[] = { 0, 0, 1, GSOCK_BATCH_NO_ADDRESS, 1, 2 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  GSockAddress address;
  gsize n_bytes;

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    g_assert_true (gsock_batch_add (batch, (const guint8 *) "x", 1, ports[i] > 0 ? address_at (&address, ports[i]) : NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (ports[i] > 0)
      g_assert_cmpuint (gsock_address_get_port (gsock_batch_get_address (batch, i)), ==, ports[i]);
    else
      g_assert_null (gsock_batch_get_address (batch, i));
  g_assert_cmpuint (gsock_batch_get_n_addresses (batch), ==, 3);
  g_assert_cmpuint (gsock_address_get_port (gsock_batch_get_numbered_address (batch, 2)), ==, 1);
  g_assert_null (gsock_batch_get_numbered_address (batch, 3));
  g_assert_cmpint (memcmp (gsock_batch_get_address_numbers (batch, &n_bytes), numbers, sizeof numbers), ==, 0);
  g_assert_cmpuint (n_bytes, ==, sizeof numbers);
}

/* What one batch packs another takes, from any place in memory. */
static void
test_packed (void)
{
  static const guint lengths[] = { 5, 0, 700, 5 };
  g_autoptr (GSockBatch) one = gsock_batch_new (), other = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  guint8 room[64];
  gsize n, n_length_bytes;
  const guint8 *data, *packed;

  test_batch_fill (one, lengths, G_N_ELEMENTS (lengths), 0, NULL);
  data = gsock_batch_get_packed_data (one, &n);
  packed = gsock_batch_get_packed_lengths (one, &n_length_bytes);
  g_assert_cmpuint (n, ==, 710);
  g_assert_cmpuint (n_length_bytes, ==, sizeof lengths);
  g_assert_cmpint (memcmp (packed, lengths, sizeof lengths), ==, 0);
  g_assert_cmpint (memcmp (gsock_batch_get_packed_full_lengths (one, &n_length_bytes), lengths, sizeof lengths), ==, 0);

  memcpy (room + 1, lengths, sizeof lengths);
  g_assert_true (gsock_batch_add_packed (other, data, n, room + 1, sizeof lengths, address_at (&address, 9), &error));
  test_check_batch (other, lengths, G_N_ELEMENTS (lengths), 0);
  g_assert_cmpuint (gsock_batch_get_n_addresses (other), ==, 1);
  g_assert_cmpuint (gsock_address_get_port (gsock_batch_get_address (other, 3)), ==, 9);
  g_assert_true (gsock_batch_add_packed (other, NULL, 0, NULL, 0, NULL, &error));
  g_assert_cmpuint (gsock_batch_get_count (other), ==, G_N_ELEMENTS (lengths));
}

static void
test_packed_refused (void)
{
  static const guint32 lengths[] = { 2, 3 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  g_autoptr (GError) error = NULL;
  const guint8 *bytes = (const guint8 *) "12345", *packed = (const guint8 *) lengths;

  g_assert_false (gsock_batch_add_packed (batch, bytes, 5, packed, 7, NULL, &error));
  test_assert_message (error, "32-bit");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_batch_add_packed (batch, bytes, 4, packed, 8, NULL, &error));
  test_assert_message (error, "add up to 5");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_batch_add_packed (batch, bytes, 1, NULL, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
}

/* Cleared and filled again with as much it takes no more memory. */
static void
test_used_again (void)
{
  static const guint lengths[] = { 100, 20, 20 };
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  const guint8 *data = NULL;
  gsize n;

  for (guint round = 0; round < 5; round++)
    {
      gsock_batch_clear (batch);
      g_assert_cmpuint (gsock_batch_get_count (batch), ==, 0);
      test_batch_fill (batch, lengths, G_N_ELEMENTS (lengths), round, NULL);
      test_check_batch (batch, lengths, G_N_ELEMENTS (lengths), round);
      if (round > 0)
        g_assert_true (data == gsock_batch_get_packed_data (batch, &n));
      data = gsock_batch_get_packed_data (batch, &n);
    }
}

/* What a batch has been told, kept in the plainest way. */
typedef struct
{
  guint32 lengths[200], ports[200];
  guint n;
} Model;

static void
add_like (Model *model, GSockBatch *batch, guint32 length, guint32 port)
{
  GSockAddress address;

  test_batch_fill (batch, &length, 1, model->n, port > 0 ? address_at (&address, port) : NULL);
  model->lengths[model->n] = length;
  model->ports[model->n++] = port;
}

static void
check_each (Model *model, GSockBatch *batch)
{
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, model->n);
  for (guint i = 0; i < model->n; i++)
    {
      const GSockAddress *address = gsock_batch_get_address (batch, i);
      gsize length;
      const guint8 *data = gsock_batch_get_data (batch, i, &length);

      g_assert_cmpuint (length, ==, model->lengths[i]);
      test_check_bytes (data, length, i, length);
      g_assert_cmpuint (gsock_batch_get_full_length (batch, i), ==, length);
      g_assert_cmpint (gsock_batch_get_flags (batch, i), ==, 0);
      g_assert_cmpuint (address != NULL ? gsock_address_get_port (address) : 0, ==, model->ports[i]);
    }
  g_assert_null (gsock_batch_get_address (batch, model->n));
}

static void
check_packed (Model *model, GSockBatch *batch)
{
  gsize n_bytes;
  const guint8 *lengths = gsock_batch_get_packed_lengths (batch, &n_bytes);

  g_assert_cmpmem (lengths, n_bytes, model->lengths, model->n * sizeof (guint32));
  lengths = gsock_batch_get_packed_full_lengths (batch, &n_bytes);
  g_assert_cmpmem (lengths, n_bytes, model->lengths, model->n * sizeof (guint32));
  gsock_batch_get_address_numbers (batch, &n_bytes);
  g_assert_cmpuint (n_bytes, ==, model->n * sizeof (guint32));
}

/* Rows of datagrams that are alike, broken off anywhere, and looked at in every way at any time. */
static void
test_rows (void)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  for (guint round = 0; round < 300; round++)
    {
      Model model = { .n = 0 };

      gsock_batch_clear (batch);
      while (model.n < 60)
        {
          guint32 length = g_test_rand_int_range (0, 4) * 5, port = g_test_rand_int_range (0, 3);

          for (guint n = g_test_rand_int_range (1, 12); n > 0; n--)
            add_like (&model, batch, length, port);
          if (g_test_rand_bit ())
            add_like (&model, batch, g_test_rand_int_range (0, 6), port);
          if (g_test_rand_int_range (0, 4) == 0)
            check_packed (&model, batch);
          if (g_test_rand_int_range (0, 4) == 0)
            check_each (&model, batch);
        }
      check_each (&model, batch);
      check_packed (&model, batch);
      check_each (&model, batch);
    }
}

static void
test_boxed (void)
{
  GSockBatch *batch = gsock_batch_new ();
  GSockBatch *same = g_boxed_copy (GSOCK_TYPE_BATCH, batch);

  g_assert_true (batch == same);
  g_assert_true (gsock_batch_add (batch, (const guint8 *) "x", 1, NULL, NULL));
  gsock_batch_unref (batch);
  g_assert_cmpuint (gsock_batch_get_count (same), ==, 1);
  g_boxed_free (GSOCK_TYPE_BATCH, same);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/batch/empty", test_empty);
  test_add ("/batch/add-and-get", test_add_and_get);
  test_add ("/batch/refused", test_refused);
  test_add ("/batch/addresses", test_addresses);
  test_add ("/batch/packed", test_packed);
  test_add ("/batch/packed-refused", test_packed_refused);
  test_add ("/batch/used-again", test_used_again);
  test_add ("/batch/rows", test_rows);
  test_add ("/batch/boxed", test_boxed);

  return g_test_run ();
}
