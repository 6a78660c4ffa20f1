/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watching: what is told, when it ends, and from where it can be ended. */

#include <gsock/gsock.h>

#include "testlib.h"

typedef struct
{
  GMainLoop *loop;
  guint n_calls, n_notified, until;
  GIOCondition last;
  GSockWatch *watch;
  gboolean cancel_inside, close_inside;
} Told;

static gboolean
on_ready (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  Told *told = data;

  told->n_calls++;
  told->last = condition;
  if (told->cancel_inside)
    gsock_watch_cancel (told->watch);
  if (told->close_inside)
    gsock_socket_close (socket, FALSE, NULL);
  if (told->n_calls >= told->until)
    g_main_loop_quit (told->loop);
  return told->n_calls < told->until || told->cancel_inside;
}

static void
on_over (gpointer data)
{
  ((Told *) data)->n_notified++;
}

static void
test_ready (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  Told told = { .loop = g_main_loop_new (NULL, FALSE), .until = 3 };

  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  g_assert_nonnull (gsock_socket_watch (a, G_IO_IN, G_PRIORITY_DEFAULT, on_ready, &told, on_over, NULL));
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (told.n_calls, ==, 0);
  g_assert_cmpint (gsock_socket_send_to_direct (b, (const guint8 *) "x", 1, NULL, 0, TRUE, -1, NULL, NULL), ==, 1);
  g_main_loop_run (told.loop);
  g_assert_cmpuint (told.n_calls, ==, 3);
  g_assert_cmpuint (told.n_notified, ==, 1);
  g_assert_cmpint (told.last, ==, G_IO_IN);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.n_calls, ==, 3);
  g_main_loop_unref (told.loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/ready", test_ready);
  return g_test_run ();
}
