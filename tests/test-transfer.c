/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results that are used again: never one that somebody still knows. */

#include <gsock/gsock-transfer-private.h>
#include <gsock/gsock.h>

#include "testasync.h"
#include "testthread.h"
#include "testwire.h"

typedef struct
{
  GSockSocket *near, *far;
} Pair;

static void
pair_init (Pair *self)
{
  g_assert_true (gsock_make_socket_pair (&self->near, &self->far, NULL, NULL));
}

static void
pair_clear (Pair *self)
{
  g_object_unref (self->near);
  g_object_unref (self->far);
}

/* The address only: the object may be gone or another's by then. */
static void
note_result (GObject *source, GAsyncResult *result, gpointer noted)
{
  g_autoptr (GBytes) bytes = gsock_socket_receive_from_finish (GSOCK_SOCKET (source), result, NULL, NULL, NULL, NULL);

  g_assert_nonnull (bytes);
  *(gpointer *) noted = result;
}

static gpointer
receive_and_note (Pair *pair)
{
  gpointer noted = NULL;

  gsock_socket_receive_bytes_async (pair->near, 10, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, note_result, &noted);
  g_assert_null (noted);
  g_assert_cmpint (gsock_socket_send_to (pair->far, "x", 1, NULL, NULL, NULL), ==, 1);
  while (noted == NULL)
    g_main_context_iteration (NULL, TRUE);
  return noted;
}

static void
test_used_again (void)
{
  Pair pair;
  gpointer first;

  pair_init (&pair);
  first = receive_and_note (&pair);
  g_assert_true (receive_and_note (&pair) == first);
  pair_clear (&pair);
}

/* Whoever keeps it can ask it long afterwards. */
static void
test_kept (void)
{
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GObject) source = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Pair pair;

  pair_init (&pair);
  gsock_socket_receive_bytes_async (pair.near, 10, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &kept);
  g_assert_cmpint (gsock_socket_send_to (pair.far, "kept", 4, NULL, NULL, NULL), ==, 4);
  test_await (&kept);
  for (guint i = 0; i < 3; i++)
    g_assert_true (receive_and_note (&pair) != (gpointer) kept);

  source = g_async_result_get_source_object (kept);
  g_assert_true (source == G_OBJECT (pair.near));
  g_assert_true (g_async_result_get_user_data (kept) == &kept);
  g_assert_true (g_async_result_is_tagged (kept, gsock_socket_receive_from_async));
  g_assert_false (g_async_result_is_tagged (kept, gsock_socket_send_to_async));
  bytes = gsock_socket_receive_from_finish (pair.near, kept, NULL, NULL, NULL, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "kept", 4);
  pair_clear (&pair);
}

/* Nothing is given where there is nothing left, without a word. */
static void
test_taken_twice (void)
{
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (GError) error = NULL;
  Pair pair;

  pair_init (&pair);
  gsock_socket_receive_bytes_async (pair.near, 10, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &kept);
  g_assert_cmpint (gsock_socket_send_to (pair.far, "kept", 4, NULL, NULL, NULL), ==, 4);
  test_await (&kept);
  g_assert_cmpint (gsock_socket_send_to_finish (pair.near, kept, &error), ==, -1);
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_null (gsock_socket_receive_from_finish (pair.far, kept, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_bytes_unref (gsock_socket_receive_from_finish (pair.near, kept, NULL, NULL, NULL, &error));
  g_assert_null (gsock_socket_receive_from_finish (pair.near, kept, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);

  gsock_socket_receive_bytes_async (pair.near, 10, 0, FALSE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &failed);
  test_await (&failed);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (gsock_socket_receive_from_finish (pair.near, failed, NULL, NULL, NULL, &error));
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
    }
  pair_clear (&pair);
}

static void
count_one (gpointer counter)
{
  (*(guint *) counter)++;
}

static void
count_weak (gpointer counter, GObject *gone)
{
  (*(guint *) counter)++;
}

static void
attach_data (GObject *source, GAsyncResult *result, gpointer attached)
{
  g_object_set_data_full (G_OBJECT (result), "attached", attached, count_one);
}

static void
watch_weakly (GObject *source, GAsyncResult *result, gpointer counter)
{
  g_object_weak_ref (G_OBJECT (result), count_weak, counter);
}

/* Data and weak references are told that the object goes when the operation is over. */
static void
test_known_otherwise (void)
{
  static const GAsyncReadyCallback callbacks[] = { attach_data, watch_weakly };
  Pair pair;

  pair_init (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (callbacks); i++)
    {
      guint counter = 0;

      gsock_socket_receive_bytes_async (pair.near, 10, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, callbacks[i], &counter);
      g_assert_cmpint (gsock_socket_send_to (pair.far, "x", 1, NULL, NULL, NULL), ==, 1);
      while (counter == 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (counter, ==, 1);
    }
  pair_clear (&pair);
}

typedef struct
{
  GMainContext *context;
  guint n;
} Elsewhere;

static void
note_context (GObject *source, GAsyncResult *result, gpointer data)
{
  Elsewhere *self = data;

  g_assert_true (g_main_context_get_thread_default () == self->context);
  g_assert_cmpint (gsock_socket_send_to_finish (GSOCK_SOCKET (source), result, NULL), ==, 1);
  self->n++;
}

/* The callback has the context that the operation was begun in, whoever runs it. */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GBytes) byte = g_bytes_new_static ("x", 1);
  Elsewhere self = { context, 0 };
  Pair pair;

  pair_init (&pair);
  g_main_context_push_thread_default (context);
  gsock_socket_send_bytes_async (pair.near, byte, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, note_context, &self);
  g_main_context_pop_thread_default (context);
  while (self.n == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_null (g_main_context_get_thread_default ());
  pair_clear (&pair);
}

/* Without a callback, with an error before anything was tried, and with the finish of another operator. */
static void
test_edges (void)
{
  g_autoptr (GBytes) byte = g_bytes_new_static ("x", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Pair pair;

  pair_init (&pair);
  gsock_socket_send_bytes_async (pair.near, byte, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_assert_cmpint (g_bytes_get_size (byte), ==, 1);
  gsock_socket_send_bytes_async (pair.near, NULL, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  g_assert_null (result);
  test_await (&result);
  g_assert_cmpint (gsock_socket_send_to_finish (pair.near, result, &error), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_transfer_is (result, pair.far, gsock_socket_send_to_async));
  g_assert_false (gsock_transfer_is (result, pair.near, gsock_socket_receive_from_async));
  pair_clear (&pair);
}

/* Spare ones of a thread go with it. */
static void
receive_some (gpointer unused)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Elsewhere self = { context, 0 };
  g_autoptr (GBytes) byte = g_bytes_new_static ("x", 1);
  Pair pair;

  pair_init (&pair);
  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 200; i++)
    gsock_socket_send_bytes_async (pair.near, byte, NULL, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, note_context, &self);
  while (self.n < 200)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  pair_clear (&pair);
}

static void
test_threads (void)
{
  TestThread threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    test_thread_start (&threads[i], receive_some, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    test_thread_join (&threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();

  test_add ("/transfer/used-again", test_used_again);
  test_add ("/transfer/kept", test_kept);
  test_add ("/transfer/taken-twice", test_taken_twice);
  test_add ("/transfer/known-otherwise", test_known_otherwise);
  test_add ("/transfer/context", test_context);
  test_add ("/transfer/edges", test_edges);
  test_add ("/transfer/threads", test_threads);
  return g_test_run ();
}
