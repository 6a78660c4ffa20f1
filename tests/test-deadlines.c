/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The heap of deadlines: the earliest is the first, whoever comes and goes. */

#include <gsock/gsock-reactor-private.h>

#include "testlib.h"

static void
check_places (GPtrArray *heap)
{
  for (guint i = 0; i < heap->len; i++)
    {
      const GSockInterest *interest = g_ptr_array_index (heap, i);

      g_assert_cmpuint (interest->place, ==, i + 1);
      if (i > 0)
        g_assert_cmpint (((const GSockInterest *) g_ptr_array_index (heap, (i - 1) / 2))->deadline, <=, interest->deadline);
    }
}

static void
add (GPtrArray *heap, GSockInterest *interest, gint64 deadline)
{
  *interest = (GSockInterest){ .deadline = deadline };
  gsock_deadlines_add (heap, interest);
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) heap = g_ptr_array_new ();
  GSockInterest one;

  g_assert_null (gsock_deadlines_first (heap));
  add (heap, &one, 7);
  g_assert_true (gsock_deadlines_first (heap) == &one);
  gsock_deadlines_remove (heap, &one);
  g_assert_cmpuint (one.place, ==, 0);
  g_assert_null (gsock_deadlines_first (heap));
}

/* In any order in, in one order out. */
static void
test_order (gconstpointer data)
{
  guint n = 2000, different = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) heap = g_ptr_array_new ();
  g_autofree GSockInterest *interests = g_new (GSockInterest, n);
  gint64 last = 0;

  for (guint i = 0; i < n; i++)
    add (heap, &interests[i], g_test_rand_int_range (1, (int) different + 1));
  check_places (heap);
  for (guint i = 0; i < n; i++)
    {
      GSockInterest *first = gsock_deadlines_first (heap);

      g_assert_cmpint (first->deadline, >=, last);
      last = first->deadline;
      gsock_deadlines_remove (heap, first);
      g_assert_cmpuint (first->place, ==, 0);
    }
  g_assert_cmpuint (heap->len, ==, 0);
}

static void
test_removed_anywhere (void)
{
  enum { MANY = 300 };
  g_autoptr (GPtrArray) heap = g_ptr_array_new ();
  GSockInterest interests[MANY];

  for (guint i = 0; i < MANY; i++)
    add (heap, &interests[i], g_test_rand_int_range (1, 50));
  for (guint n = 0; n < 5000; n++)
    {
      GSockInterest *interest = &interests[g_test_rand_int_range (0, MANY)];

      if (interest->place != 0)
        gsock_deadlines_remove (heap, interest);
      else
        add (heap, interest, g_test_rand_int_range (1, 50));
      check_places (heap);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadlines/empty", test_empty);
  g_test_add_data_func ("/deadlines/order/different", GUINT_TO_POINTER (1000000), test_order);
  g_test_add_data_func ("/deadlines/order/alike", GUINT_TO_POINTER (20), test_order);
  g_test_add_data_func ("/deadlines/order/equal", GUINT_TO_POINTER (1), test_order);
  g_test_add_func ("/deadlines/removed-anywhere", test_removed_anywhere);
  return g_test_run ();
}
