/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watching: what is told, when it ends, and from where it can be ended. */

#include <gsock/gsock-address-private.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

static void
take_byte (TestWatch *self)
{
  test_take (self->socket);
}

/* For as long as it is ready. */
static void
test_ready (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestWatch watch = { 0 };

  test_pair (&a, &b);
  test_watch_start (&watch, a, G_IO_IN, G_PRIORITY_DEFAULT);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, 0);
  test_put (b);
  test_run_until (NULL, watch.n_calls == 3);
  g_assert_cmpint (watch.last, ==, G_IO_IN);
  watch.then = take_byte;
  test_run_until (NULL, watch.n_calls == 4);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, 4);
  watch.remove = TRUE;
  test_put (b);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, 5);
  g_assert_cmpuint (watch.n_over, ==, 1);
  test_watch_end (&watch);
}

static void
test_conditions (void)
{
  static const GIOCondition wrong[] = { 0, G_IO_ERR, G_IO_HUP | G_IO_ERR, G_IO_IN | G_IO_NVAL, 0x8000 | G_IO_IN };
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  g_autoptr (GSockSocket) raw = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GError) error = NULL;
  TestWatch watch = { 0 };

  test_pair (&a, &b);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (gsock_socket_watch (a, wrong[i], 0, (GSockWatchFunc) (gpointer) abort, NULL, (GDestroyNotify) abort, &error));
      test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
    }
  g_assert_null (gsock_socket_watch (a, G_IO_IN, 0, NULL, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_socket_watch (raw, G_IO_IN, 0, (GSockWatchFunc) (gpointer) abort, NULL, (GDestroyNotify) abort, &error));
  test_assert_error (error, GSOCK_ERROR_NOT_INITIALIZED);
  test_watch_start (&watch, a, G_IO_IN | G_IO_OUT | G_IO_ERR | G_IO_HUP, 0);
  test_run_until (NULL, watch.n_calls);
  g_assert_cmpint (watch.last, ==, G_IO_OUT);
  test_watch_end (&watch);
}

/* Two on one socket, for different things; the one is not woken by what the other waits for. */
static void
test_two (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestWatch in = { .then = take_byte }, out = { 0 };

  test_pair (&a, &b);
  test_fill (a);
  test_watch_start (&in, a, G_IO_IN, 0);
  test_watch_start (&out, a, G_IO_OUT, 0);
  test_put (b);
  test_run_until (NULL, in.n_calls);
  g_assert_cmpuint (out.n_calls, ==, 0);
  test_drain (b);
  test_run_until (NULL, out.n_calls);
  g_assert_cmpuint (in.n_calls, ==, 1);
  test_watch_end (&in);
  test_watch_end (&out);
}

/* The watch keeps the socket, and lets go of it. */
static void
test_keeps_socket (void)
{
  GSockSocket *a, *b;
  TestWatch watch = { 0 };

  test_pair (&a, &b);
  test_watch_start (&watch, a, G_IO_IN, 0);
  g_object_add_weak_pointer (G_OBJECT (a), (gpointer *) &a);
  g_object_unref (a);
  g_assert_nonnull (a);
  test_watch_end (&watch);
  g_assert_null (a);
  g_object_unref (b);
}

/* Without a reference it lasts until it is over. */
static gboolean
once (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  *(guint *) data += 1;
  return G_SOURCE_REMOVE;
}

static void
test_not_kept (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  guint n_calls = 0;

  test_pair (&a, &b);
  g_assert_nonnull (gsock_socket_watch (a, G_IO_OUT, 0, once, &n_calls, NULL, NULL));
  test_run_ready (NULL);
  g_assert_cmpuint (n_calls, ==, 1);
}

/* Ended by its own function */

static void
cancel_itself (TestWatch *self)
{
  gsock_watch_cancel (self->watch);
  gsock_watch_cancel (self->watch);
}

static void
close_socket (TestWatch *self)
{
  gsock_socket_close (self->socket, FALSE, NULL);
}

static void
test_cancelled_inside (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestWatch watch = { .then = cancel_itself };

  test_pair (&a, &b);
  test_watch_start (&watch, a, G_IO_OUT, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, 1);
  g_assert_cmpuint (watch.n_over, ==, 1);
  test_watch_end (&watch);
}

/* A last call tells of the close, unless the function has had enough. */
static void
test_closed_inside (gconstpointer data)
{
  gboolean remove = GPOINTER_TO_INT (data);
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestWatch watch = { .then = close_socket, .remove = remove };

  test_pair (&a, &b);
  test_watch_start (&watch, a, G_IO_OUT, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, remove ? 1 : 2);
  g_assert_cmpint (watch.last, ==, remove ? G_IO_OUT : G_IO_HUP);
  g_assert_cmpuint (watch.n_over, ==, 1);
  test_watch_end (&watch);
}

static void
test_closed (void)
{
  g_autoptr (GSockSocket) a = NULL, b = NULL;
  TestWatch watch = { 0 }, late = { 0 };

  test_pair (&a, &b);
  test_watch_start (&watch, a, G_IO_IN, 0);
  gsock_socket_close (a, FALSE, NULL);
  g_assert_cmpuint (watch.n_calls, ==, 0);
  test_watch_start (&late, a, G_IO_IN, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (watch.n_calls, ==, 1);
  g_assert_cmpint (watch.last, ==, G_IO_HUP);
  g_assert_cmpuint (late.n_calls, ==, 1);
  g_assert_cmpint (late.last, ==, G_IO_HUP);
  test_watch_end (&watch);
  test_watch_end (&late);
}

/* Ended by the function of another one that is told in the same turn: what was fetched is looked at once
 * more. */
static void
end_other (TestWatch *self)
{
  TestWatch *other = self->data;

  gsock_watch_cancel (other->watch);
}

static void
close_other (TestWatch *self)
{
  TestWatch *other = self->data;

  if (self->last == G_IO_IN)
    gsock_socket_close (other->socket, FALSE, NULL);
}

static void
check_ended_by_other (void (*then) (TestWatch *self), guint n_more)
{
  g_autoptr (GPtrArray) sockets = test_pairs (2 + n_more);
  TestWatch one = { .then = then }, other = { .then = then };
  TestWatch more[10] = { 0 };

  one.data = &other;
  other.data = &one;
  for (guint i = 0; i < n_more; i++)
    test_watch_start (&more[i], sockets->pdata[4 + 2 * i], G_IO_IN, 0);
  test_watch_start (&one, sockets->pdata[0], G_IO_IN, 0);
  test_watch_start (&other, sockets->pdata[2], G_IO_IN, 0);
  test_put (sockets->pdata[1]);
  test_put (sockets->pdata[3]);
  g_main_context_iteration (NULL, FALSE);
  if (then == end_other)
    g_assert_cmpuint (one.n_calls + other.n_calls, ==, 1);
  else
    {
      /* The first was told of its data; then the other one of nothing but the close. */
      g_assert_cmpint (one.last | other.last, ==, G_IO_IN | G_IO_HUP);
      g_assert_cmpuint (one.n_calls + other.n_calls, ==, 2);
    }
  test_watch_end (&one);
  test_watch_end (&other);
  for (guint i = 0; i < n_more; i++)
    test_watch_end (&more[i]);
}

static void
test_ended_by_other (void)
{
  check_ended_by_other (end_other, 0);
  check_ended_by_other (end_other, 10);
  check_ended_by_other (close_other, 0);
  check_ended_by_other (close_other, 10);
}

/* A function that runs the context itself: the others go on, it is not called again meanwhile. */
static void
run_inside (TestWatch *self)
{
  TestWatch *other = self->data;
  guint before = self->n_calls, target = other->n_calls + 3;

  test_run_until (NULL, other->n_calls >= target);
  g_assert_cmpuint (self->n_calls, ==, before);
}

static void
test_recursive (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (2);
  TestWatch outer = { .then = run_inside }, inner = { 0 };

  outer.data = &inner;
  test_watch_start (&outer, sockets->pdata[0], G_IO_OUT, 0);
  test_watch_start (&inner, sockets->pdata[2], G_IO_OUT, 0);
  test_run_until (NULL, outer.n_calls >= 3);
  test_watch_end (&outer);
  test_watch_end (&inner);
}

/* Who is always ready does not keep the others from their turn, nor other sources. */
static gboolean
count_up (gpointer data)
{
  *(guint *) data += 1;
  return G_SOURCE_CONTINUE;
}

static void
test_fair (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (3);
  TestWatch watches[3] = { 0 };
  guint n = 0, id = g_timeout_add (0, count_up, &n);

  for (guint i = 0; i < 3; i++)
    test_watch_start (&watches[i], sockets->pdata[2 * i], G_IO_OUT, 0);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (watches[i].n_calls, >=, 90);
      test_watch_end (&watches[i]);
    }
  g_assert_cmpuint (n, >=, 50);
  g_source_remove (id);
}

/* Errors and hang-ups */

static gboolean
time_is_up (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static guint
calls_in_fifth_of_a_second (TestWatch *watch)
{
  gboolean over = FALSE;
  guint before = watch->n_calls, n_turns = 0;

  g_timeout_add (200, time_is_up, &over);
  while (!over)
    {
      g_main_context_iteration (NULL, TRUE);
      n_turns++;
    }
  g_assert_cmpuint (n_turns, <, 500);
  return watch->n_calls - before;
}

/* The peer is gone, and the function takes no notice of that. */
static void
test_hung_up (gconstpointer data)
{
  const TestKind *kind = data;
  TestWire wire;
  TestWatch watch = { 0 };
  guint n_calls;

  if (!test_wire_open (&wire, kind))
    return;
  test_put (wire.near);
  g_assert_cmpint (setsockopt (test_peek_fd (wire.far), SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof (struct linger)), ==, 0);
  gsock_socket_close (wire.far, FALSE, NULL);
  test_watch_start (&watch, wire.near, G_IO_OUT, 0);
  test_run_until (NULL, watch.n_calls);
  g_assert_cmpint (watch.last & G_IO_HUP, ==, G_IO_HUP);
  n_calls = calls_in_fifth_of_a_second (&watch);
  g_assert_cmpuint (n_calls, >, 0);
  g_assert_cmpuint (n_calls, <, 100);
  test_watch_end (&watch);
  test_wire_close (&wire);
}

/* Of @socket itself: nobody else can have its port, and datagrams from elsewhere are refused. */
static void
listen_to (GSockSocket *socket, GSockSocket *whom)
{
  GSockAddress address = test_address_of (whom);

  g_assert_cmpint (connect (test_peek_fd (socket), gsock_address_native (&address), address.length), ==, 0);
}

/* A refusal of an earlier datagram is an error with nothing to receive. Once it is told it is over. */
static void
take_error (TestWatch *self)
{
  char byte;

  g_assert_cmpint (gsock_socket_receive_from_direct (self->socket, &byte, 1, 0, FALSE, 0, NULL, NULL, (GError **) self->data), <, 0);
}

static void
test_error_alone (gconstpointer data)
{
  gboolean take = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  TestWire wire;
  TestWatch watch = { .then = take ? take_error : NULL, .data = &error };

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  test_watch_start (&watch, wire.near, G_IO_IN, 0);
  listen_to (wire.far, wire.far);
  test_put (wire.near);
  test_run_until (NULL, watch.n_calls);
  g_assert_cmpint (watch.last, ==, G_IO_ERR);
  if (take)
    test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  g_assert_cmpuint (calls_in_fifth_of_a_second (&watch), <, take ? 1 : 100);
  test_watch_end (&watch);
  test_wire_close (&wire);
}

/* Data that comes while it pauses over an error is told. */
static void
test_data_after_error (void)
{
  TestWire wire;
  TestWatch watch = { 0 };

  g_assert_true (test_wire_open (&wire, test_kind_find ("udp-ipv4")));
  g_assert_cmpint (setsockopt (test_peek_fd (wire.near), IPPROTO_IP, IP_RECVERR, &(int){ 1 }, sizeof (int)), ==, 0);
  test_watch_start (&watch, wire.near, G_IO_IN, 0);
  listen_to (wire.far, wire.far);
  test_put (wire.near);
  test_run_until (NULL, watch.n_calls >= 3);
  g_assert_cmpint (watch.last, ==, G_IO_ERR);
  listen_to (wire.far, wire.near);
  test_put (wire.far);
  test_run_until (NULL, (watch.last & G_IO_IN) != 0);
  test_watch_end (&watch);
  test_wire_close (&wire);
}

/* Somebody closes the number behind gsock's back, and keeps what it was. */
static void
test_closed_behind (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) sockets = test_pairs (n);
  g_autofree TestWatch *watches = g_new0 (TestWatch, n);
  int fd = test_peek_fd (sockets->pdata[0]), copy = fcntl (fd, F_DUPFD_CLOEXEC, 0), place;

  for (guint i = 0; i < n; i++)
    test_watch_start (&watches[i], sockets->pdata[2 * i], G_IO_IN, 0);
  test_run_ready (NULL);
  close (fd);
  calls_in_fifth_of_a_second (&watches[0]);
  test_watch_end (&watches[0]);
  test_put (sockets->pdata[1]);
  for (guint i = 1; i < n; i++)
    {
      watches[i].then = take_byte;
      test_put (sockets->pdata[2 * i + 1]);
      test_run_until (NULL, watches[i].n_calls);
    }
  calls_in_fifth_of_a_second (&watches[1]);
  /* It is given back, as gsock is going to close it. */
  place = dup3 (copy, fd, O_CLOEXEC);
  g_assert_cmpint (place, ==, fd);
  close (copy);
  for (guint i = 1; i < n; i++)
    test_watch_end (&watches[i]);
}

/* Threads */

static void
cancel_all (gpointer data)
{
  TestWatch *watches = data;

  for (guint i = 0; watches[i].watch != NULL; i++)
    gsock_watch_cancel (watches[i].watch);
}

/* Cancelled while they are called: each is over once, and is not called afterwards. */
static void
test_cancelled_elsewhere (void)
{
  enum { MANY = 20 };

  for (guint round = 0; round < 100; round++)
    {
      g_autoptr (GPtrArray) sockets = test_pairs (MANY);
      TestWatch watches[MANY + 1] = { 0 };
      TestThread canceller;

      for (guint i = 0; i < MANY; i++)
        test_watch_start (&watches[i], sockets->pdata[2 * i], G_IO_OUT, 0);
      g_main_context_iteration (NULL, FALSE);
      test_thread_start (&canceller, cancel_all, watches);
      while (!test_thread_is_done (&canceller))
        g_main_context_iteration (NULL, FALSE);
      test_thread_join (&canceller);
      for (guint i = 0; i < MANY; i++)
        {
          guint n_calls = watches[i].n_calls;

          g_main_context_iteration (NULL, FALSE);
          g_assert_cmpuint (watches[i].n_calls, ==, n_calls);
          test_watch_end (&watches[i]);
        }
    }
}

/* Begun here, told there. */
static gboolean
note_thread (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  g_atomic_pointer_set ((GThread **) data, g_thread_self ());
  return G_SOURCE_REMOVE;
}

typedef struct
{
  GSockSocket *socket;
  GThread *told; /* atomic */
} Begin;

static void
begin (gpointer data)
{
  Begin *self = data;

  g_assert_nonnull (gsock_socket_watch (self->socket, G_IO_IN, 0, note_thread, &self->told, NULL, NULL));
}

static void
test_in_thread (void)
{
  TestLoop loop;

  test_loop_start (&loop);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GSockSocket) a = NULL, b = NULL;
      Begin here = { NULL, NULL }, there = { NULL, NULL };
      TestThread starter;

      test_pair (&a, &b);
      here.socket = there.socket = a;
      test_loop_call (&loop, begin, &there);
      test_put (b);
      while (g_atomic_pointer_get (&there.told) == NULL)
        g_usleep (50);
      g_assert_true (there.told == loop.thread);
      test_thread_start (&starter, begin, &here);
      test_run_until (NULL, g_atomic_pointer_get (&here.told) != NULL);
      g_assert_true (here.told == g_thread_self ());
      test_thread_join (&starter);
    }
  test_loop_stop (&loop);
}

/* A context that goes away ends what was watched there; nobody is called any more but who is to be told
 * that it is over. */
static void
test_abandoned (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  GPtrArray *sockets = test_pairs (n);
  g_autofree TestWatch *watches = g_new0 (TestWatch, n);
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < n; i++)
    test_watch_start (&watches[i], sockets->pdata[2 * i], i % 2 == 0 ? G_IO_OUT : G_IO_IN, (int) i % 3);
  g_main_context_pop_thread_default (context);
  g_main_context_iteration (context, FALSE);
  g_ptr_array_unref (sockets);
  g_main_context_unref (context);
  for (guint i = 0; i < n; i++)
    test_watch_end (&watches[i]);
}

/* Both processes watch on, and end it each for itself. */
static void
watch_in_child (gpointer data)
{
  TestWatch *watch = data;

  test_run_until (NULL, watch->n_calls);
  test_watch_end (watch);
}

static void
test_fork (void)
{
  g_autoptr (GPtrArray) sockets = test_pairs (5);
  TestWatch watches[5] = { 0 };

  for (guint i = 0; i < 5; i++)
    test_watch_start (&watches[i], sockets->pdata[2 * i], G_IO_IN, 0);
  test_put (sockets->pdata[1]);
  g_assert_true (test_in_child (watch_in_child, &watches[0], NULL));
  test_run_until (NULL, watches[0].n_calls);
  for (guint i = 0; i < 5; i++)
    test_watch_end (&watches[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/watch/ready", test_ready);
  test_add ("/watch/conditions", test_conditions);
  test_add ("/watch/two", test_two);
  test_add ("/watch/keeps-socket", test_keeps_socket);
  test_add ("/watch/not-kept", test_not_kept);
  test_add ("/watch/cancelled-inside", test_cancelled_inside);
  test_add_with ("/watch/closed-inside/goes-on", GINT_TO_POINTER (FALSE), test_closed_inside);
  test_add_with ("/watch/closed-inside/ends", GINT_TO_POINTER (TRUE), test_closed_inside);
  test_add ("/watch/closed", test_closed);
  test_add ("/watch/ended-by-other", test_ended_by_other);
  test_add ("/watch/recursive", test_recursive);
  test_add ("/watch/fair", test_fair);
  test_add_for_kinds ("/watch/hung-up", test_hung_up, test_is_conversation);
  test_add_with ("/watch/error-alone/told", GINT_TO_POINTER (TRUE), test_error_alone);
  test_add_with ("/watch/error-alone/ignored", GINT_TO_POINTER (FALSE), test_error_alone);
  test_add ("/watch/data-after-error", test_data_after_error);
  test_add_with ("/watch/closed-behind/few", GUINT_TO_POINTER (2), test_closed_behind);
  test_add_with ("/watch/closed-behind/many", GUINT_TO_POINTER (20), test_closed_behind);
  test_add ("/watch/cancelled-elsewhere", test_cancelled_elsewhere);
  test_add ("/watch/in-thread", test_in_thread);
  test_add_with ("/watch/abandoned/few", GUINT_TO_POINTER (2), test_abandoned);
  test_add_with ("/watch/abandoned/many", GUINT_TO_POINTER (20), test_abandoned);
  test_add ("/watch/fork", test_fork);
  return g_test_run ();
}
