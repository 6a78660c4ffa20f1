/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches whose bytes tell where they come from, with and without the kernel's help. */

#include "testbatch.h"

#include <gsock/gsock-segments-private.h>

#include <errno.h>
#include <string.h>

const TestHelp test_helps[] = {
  { "all", GSOCK_HELP_CUTTING | GSOCK_HELP_JOINING },
  { "cutting", GSOCK_HELP_CUTTING },
  { "joining", GSOCK_HELP_JOINING },
  { "none", 0 },
};
const guint test_n_helps = G_N_ELEMENTS (test_helps);

typedef struct
{
  TestBatchFunc function;
  const TestKind *kind;
  guint help;
} Case;

/* They are to live as long as the tests. */
static Case cases[200];
static guint n_cases = 0;

static void
run_case (gconstpointer data)
{
  const Case *self = data;
  guint before = gsock_kernel_help;

  gsock_kernel_help = self->help;
  self->function (self->kind);
  gsock_kernel_help = before;
}

void
test_add_for_helps (const char *prefix, TestBatchFunc function)
{
  for (guint i = 0; i < test_n_kinds; i++)
    for (guint j = 0; j < test_n_helps && test_is_datagram (&test_kinds[i]); j++)
      {
        g_autofree char *path = g_strdup_printf ("%s/%s/%s", prefix, test_kinds[i].name, test_helps[j].name);

        g_assert_cmpuint (n_cases, <, G_N_ELEMENTS (cases));
        cases[n_cases] = (Case){ function, &test_kinds[i], test_helps[j].help };
        test_add_with (path, &cases[n_cases++], run_case);
      }
}

static guint8
byte_of (guint index, gsize at)
{
  return index * 31 + at * 7 + (index >> 8);
}

void
test_batch_fill (GSockBatch *batch, const guint *lengths, guint n, guint first, const GSockAddress *address)
{
  g_autofree guint8 *bytes = g_malloc (65536);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;

      for (guint at = 0; at < lengths[i]; at++)
        bytes[at] = byte_of (first + i, at);
      g_assert_true (gsock_batch_add (batch, bytes, lengths[i], address, &error));
    }
}

void
test_batch_fill_alike (GSockBatch *batch, guint length, guint n, const GSockAddress *address)
{
  for (guint i = 0; i < n; i++)
    test_batch_fill (batch, &length, 1, i, address);
}

void
test_check_bytes (const guint8 *data, gsize length, guint index, gsize full_length)
{
  g_assert_cmpuint (length, ==, full_length);
  for (gsize at = 0; at < length; at++)
    if (data[at] != byte_of (index, at))
      g_error ("byte %" G_GSIZE_FORMAT " of datagram %u is of another one", at, index);
}

void
test_take_plain (int fd, guint index, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (65536);
  gssize n = recv (fd, bytes, 65536, MSG_DONTWAIT);

  if (n < 0)
    g_error ("datagram %u has not arrived: %s", index, g_strerror (errno));
  test_check_bytes (bytes, n, index, length);
}

void
test_check_batch (GSockBatch *batch, const guint *lengths, guint n, guint first)
{
  g_assert_cmpuint (gsock_batch_get_count (batch), ==, n);
  for (guint i = 0; i < n; i++)
    {
      gsize length;
      const guint8 *data = gsock_batch_get_data (batch, i, &length);

      test_check_bytes (data, length, first + i, lengths[i]);
      g_assert_cmpuint (gsock_batch_get_full_length (batch, i), ==, lengths[i]);
      g_assert_cmpint (gsock_batch_get_flags (batch, i), ==, GSOCK_MESSAGE_FLAGS_NONE);
    }
}

gboolean
test_make_room (int fd)
{
  return setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ 64 << 20 }, sizeof (int)) == 0;
}
