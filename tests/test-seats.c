/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seats: taken until the socket is closed or gone, by whomever, and told once. */

#include <gsock/gsock-seats-private.h>
#include <gsock/gsock.h>

#include "testlib.h"

static guint n_told;

static void
on_vacated (gpointer owner)
{
  g_assert_cmpstr (owner, ==, "owner");
  n_told++;
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gpointer
close_elsewhere (gpointer socket)
{
  gsock_socket_close (socket, FALSE, NULL);
  return NULL;
}

static void
test_counts (void)
{
  GSockSeats *seats = gsock_seats_new (g_main_context_default (), on_vacated, (gpointer) "owner");
  g_autoptr (GSockSocket) a = NULL, b = NULL, c = NULL, d = NULL;

  n_told = 0;
  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  g_assert_true (gsock_make_socket_pair (&c, &d, NULL, NULL));
  gsock_seats_take (seats, a);
  gsock_seats_take (seats, b);
  gsock_seats_take (seats, c);
  g_assert_cmpuint (gsock_seats_count (seats), ==, 3);
  gsock_socket_close (d, FALSE, NULL);
  g_assert_cmpuint (gsock_seats_count (seats), ==, 3);
  gsock_socket_close (a, FALSE, NULL);
  gsock_socket_close (a, FALSE, NULL);
  g_assert_cmpuint (gsock_seats_count (seats), ==, 2);
  g_clear_object (&b);
  g_assert_cmpuint (gsock_seats_count (seats), ==, 1);
  g_assert_cmpuint (n_told, ==, 0);
  iterate ();
  g_assert_cmpuint (n_told, ==, 1);
  g_thread_join (g_thread_new ("close", close_elsewhere, c));
  g_assert_cmpuint (gsock_seats_count (seats), ==, 0);
  iterate ();
  g_assert_cmpuint (n_told, ==, 2);
  gsock_seats_leave (seats);
}

/* The sockets outlive the server, and nobody is told. */
static void
test_owner_gone (void)
{
  GSockSeats *seats = gsock_seats_new (g_main_context_default (), on_vacated, (gpointer) "owner");
  g_autoptr (GSockSocket) a = NULL, b = NULL;

  n_told = 0;
  g_assert_true (gsock_make_socket_pair (&a, &b, NULL, NULL));
  gsock_seats_take (seats, a);
  gsock_seats_take (seats, b);
  gsock_socket_close (a, FALSE, NULL);
  gsock_seats_leave (seats);
  gsock_socket_close (b, FALSE, NULL);
  iterate ();
  g_assert_cmpuint (n_told, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seats/counts", test_counts);
  g_test_add_func ("/seats/owner-gone", test_owner_gone);
  return g_test_run ();
}
