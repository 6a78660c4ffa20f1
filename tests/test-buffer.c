/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers that are filled at the end and emptied at the front. */

#include "testlib.h"

#include <gsock/gsock-buffer-private.h>

#include <string.h>

/* As a queue of numbers that goes in and out in pieces of every size. */
static void
test_queue (void)
{
  GSockBuffer buffer = { NULL, 0, 0, 0 };
  guint32 in = 0, out = 0;

  for (guint i = 0; i < 5000; i++)
    {
      for (guint n = g_test_rand_int_range (0, 50); n > 0; n--, in++)
        g_assert_true (gsock_buffer_append (&buffer, &in, sizeof in));
      for (guint n = g_test_rand_int_range (0, 50); n > 0 && gsock_buffer_length (&buffer) > 0; n--, out++)
        {
          g_assert_cmpmem (gsock_buffer_peek (&buffer), sizeof out, &out, sizeof out);
          gsock_buffer_consume (&buffer, sizeof out);
        }
      g_assert_cmpuint (gsock_buffer_length (&buffer), ==, (in - out) * sizeof in);
      g_assert_cmpuint (buffer.end, <=, buffer.room);
    }
  gsock_buffer_clear (&buffer);
  g_assert_null (buffer.data);
}

/* What stays is not moved for every few bytes that are taken. */
static void
test_room_is_used_again (void)
{
  GSockBuffer buffer = { NULL, 0, 0, 0 };

  g_assert_true (gsock_buffer_append (&buffer, "12345678", 8));
  for (guint i = 0; i < 100000; i++)
    {
      gsock_buffer_consume (&buffer, 4);
      g_assert_true (gsock_buffer_append (&buffer, "1234", 4));
    }
  g_assert_cmpuint (buffer.room, <, 100);
  g_assert_cmpmem (gsock_buffer_peek (&buffer), gsock_buffer_length (&buffer), "12341234", 8);
  gsock_buffer_clear (&buffer);
}

static void
test_take (void)
{
  GSockBuffer buffer = { NULL, 0, 0, 0 };
  g_autofree guint8 *none = NULL, *some = NULL, *rest = NULL;
  guint8 *memory;

  none = gsock_buffer_take (&buffer, 0);
  g_assert_nonnull (none);
  g_assert_true (gsock_buffer_append (&buffer, "abcdef", 6));
  some = gsock_buffer_take (&buffer, 2);
  g_assert_cmpmem (some, 2, "ab", 2);
  g_assert_cmpmem (gsock_buffer_peek (&buffer), gsock_buffer_length (&buffer), "cdef", 4);
  gsock_buffer_clear (&buffer);
  /* All of it is the buffer itself. */
  g_assert_true (gsock_buffer_append (&buffer, "abcdef", 6));
  memory = buffer.data;
  rest = gsock_buffer_take (&buffer, 6);
  g_assert_true (rest == memory);
  g_assert_null (buffer.data);
}

static void
test_trim (void)
{
  GSockBuffer buffer = { NULL, 0, 0, 0 };

  g_assert_true (gsock_buffer_append (&buffer, "abcdef", 6));
  gsock_buffer_trim (&buffer, 0);
  g_assert_cmpuint (gsock_buffer_length (&buffer), ==, 6);
  gsock_buffer_consume (&buffer, 6);
  gsock_buffer_trim (&buffer, 100);
  g_assert_nonnull (buffer.data);
  gsock_buffer_trim (&buffer, 0);
  g_assert_null (buffer.data);
}

static void
test_too_much (void)
{
  GSockBuffer buffer = { NULL, 0, 0, 0 };

  g_assert_true (gsock_buffer_append (&buffer, "abc", 3));
  g_assert_null (gsock_buffer_reserve (&buffer, G_MAXSIZE));
  g_assert_null (gsock_buffer_reserve (&buffer, G_MAXSSIZE));
  g_assert_null (gsock_buffer_reserve (&buffer, G_MAXSSIZE / 2));
  g_assert_cmpmem (gsock_buffer_peek (&buffer), gsock_buffer_length (&buffer), "abc", 3);
  gsock_buffer_clear (&buffer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/buffer/queue", test_queue);
  g_test_add_func ("/buffer/room-is-used-again", test_room_is_used_again);
  g_test_add_func ("/buffer/take", test_take);
  g_test_add_func ("/buffer/trim", test_trim);
  g_test_add_func ("/buffer/too-much", test_too_much);

  return g_test_run ();
}
