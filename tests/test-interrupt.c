/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals that end a call, where the program wants it so. */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-interrupt.h>

typedef struct
{
  guint n_asked;
  guint last; /* the call is ended when it was asked so often; 0: never */
} Asked;

static gboolean
on_interrupt (gpointer data)
{
  Asked *self = data;

  return ++self->n_asked == self->last;
}

static gboolean
receive (GSockSocket *socket, double timeout, GError **error)
{
  char byte;

  return gsock_socket_receive_from_direct (socket, &byte, 1, 0, TRUE, timeout, NULL, NULL, error) >= 0;
}

static gboolean
wait_for_input (GSockSocket *socket, double timeout, GError **error)
{
  return gsock_socket_wait_for (socket, G_IO_IN, timeout, NULL, error) != 0;
}

static gboolean
accept_one (GSockSocket *socket, double timeout, GError **error)
{
  g_autoptr (GSockActiveSocket) accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (socket), TRUE, timeout, NULL, error);

  return accepted != NULL;
}

typedef struct
{
  gboolean (*call) (GSockSocket *socket, double timeout, GError **error);
  gboolean listens;
} Case;

static const Case cases[] = {
  { receive, FALSE },
  { wait_for_input, FALSE },
  { accept_one, TRUE },
};

static GSockSocket *
make_socket (const Case *self)
{
  return self->listens ? test_listener_new (test_kind_find ("tcp-ipv4"), 1) : test_receiver_new (test_kind_find ("udp-ipv4"));
}

/* One that waits in the kernel, and one that polls. */
static void
test_ended (void)
{
  static const double timeouts[] = { GSOCK_TIMEOUT_NEVER, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (timeouts); i++)
    {
      const Case *row = &cases[i / G_N_ELEMENTS (timeouts)];
      g_autoptr (GSockSocket) socket = make_socket (row);
      g_autoptr (GError) error = NULL;
      Asked asked = { 0, 3 };

      gsock_set_interrupt_func (on_interrupt, &asked);
      test_storm_start ();
      g_assert_false (row->call (socket, timeouts[i % G_N_ELEMENTS (timeouts)], &error));
      test_storm_stop ();
      gsock_set_interrupt_func (NULL, NULL);
      test_assert_error (error, GSOCK_ERROR_INTERRUPTED);
      g_assert_cmpuint (asked.n_asked, ==, 3);
    }
}

static void
time_out (const Case *row)
{
  g_autoptr (GSockSocket) socket = make_socket (row);
  g_autoptr (GError) error = NULL;

  test_storm_start ();
  g_assert_false (row->call (socket, 0.05, &error));
  test_storm_stop ();
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
}

static void
test_not_ended (void)
{
  Asked asked = { 0, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint before = asked.n_asked;

      gsock_set_interrupt_func (on_interrupt, &asked);
      time_out (&cases[i]);
      g_assert_cmpuint (asked.n_asked, >, before);
      before = asked.n_asked;
      gsock_set_interrupt_func (NULL, NULL);
      time_out (&cases[i]);
      g_assert_cmpuint (asked.n_asked, ==, before);
    }
}

/* Nothing is lost by it. */
static void
test_again (void)
{
  g_autoptr (GSockSocket) socket = make_socket (&cases[0]);
  g_autoptr (GError) error = NULL;
  GSockAddress here = test_address_of (socket);
  Asked asked = { 0, 1 };

  gsock_set_interrupt_func (on_interrupt, &asked);
  test_storm_start ();
  g_assert_false (receive (socket, GSOCK_TIMEOUT_NEVER, &error));
  test_assert_error (error, GSOCK_ERROR_INTERRUPTED);
  g_clear_error (&error);
  g_assert_cmpint (gsock_socket_send_to_direct (socket, (const guint8 *) "x", 1, &here, 0, TRUE, GSOCK_TIMEOUT_NEVER, NULL, &error), ==, 1);
  g_assert_true (receive (socket, GSOCK_TIMEOUT_NEVER, &error));
  test_storm_stop ();
  gsock_set_interrupt_func (NULL, NULL);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/interrupt/ended", test_ended);
  test_add ("/interrupt/not-ended", test_not_ended);
  test_add ("/interrupt/again", test_again);
  return g_test_run ();
}
