/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Racing for a connection: who wins, in what order they start, what is told when nobody does, and that
 * nothing is left behind. */

#include "testasync.h"
#include "teststage.h"
#include "testthread.h"
#include "testtrack.h"

#include <gsock/gsock-race-private.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUICK 0.01

static gboolean
track_open (TestTrack *self, const char *lanes)
{
  if (strchr (lanes, '6') != NULL && !test_needs_ipv6 ())
    return FALSE;
  test_track_open (self, lanes);
  gsock_set_default_attempt_delay (QUICK);
  return TRUE;
}

static void
track_close (TestTrack *self)
{
  test_track_close (self);
  gsock_set_default_attempt_delay (0.25);
}

/* Every test but the first runs twice. */
static gboolean without_blocking;

static GSockSocket *
finish (GAsyncResult **result, GError **error)
{
  GSockSocket *socket;

  g_assert_null (*result);
  test_await (result);
  socket = gsock_make_socket_finish (*result, error);
  g_object_unref (*result);
  return socket;
}

#define make(cancellable, error, ...)                                                              \
  (G_GNUC_EXTENSION ({                                                                             \
    GAsyncResult *_result = NULL;                                                                  \
    if (without_blocking)                                                                          \
      gsock_make_socket_async (G_PRIORITY_DEFAULT, cancellable, test_keep_result, &_result,        \
                               __VA_ARGS__, NULL);                                                 \
    without_blocking ? finish (&_result, error) : gsock_make_socket (cancellable, error, __VA_ARGS__, NULL); \
  }))

#define race_for(track, error, ...) make (NULL, error, "remote-connectable", (track)->name, __VA_ARGS__)

static void
test_interleave (void)
{
  static const struct
  {
    const char *given, *sorted;
  } cases[] = {
    { "", "" },
    { "4", "4" },
    { "66", "66" },
    { "6644", "6464" },
    { "4466", "4646" },
    { "66644", "64646" },
    { "64444", "64444" },
    { "666644", "646466" },
    { "46", "46" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GSockAddress made[8];
      const GSockAddress *addresses[8];
      guint n = strlen (cases[i].given), last[2] = { 0, 0 };

      for (guint j = 0; j < n; j++)
        {
          g_assert_true (gsock_address_init_from_host (&made[j], cases[i].given[j] == '4' ? "127.0.0.1" : "::1", j + 1, NULL));
          addresses[j] = &made[j];
        }
      gsock_race_interleave (addresses, n);
      for (guint j = 0; j < n; j++)
        {
          gboolean ipv6 = gsock_address_family_number (addresses[j]) == AF_INET6;

          g_assert_cmpint (ipv6 ? '6' : '4', ==, cases[i].sorted[j]);
          g_assert_cmpuint (gsock_address_get_port (addresses[j]), >, last[ipv6]);
          last[ipv6] = gsock_address_get_port (addresses[j]);
        }
    }
}

typedef struct
{
  const char *lanes;
  guint winner;
} Course;

/* Whom it comes to, and that it is a connection like any other. */
static void
test_winner (gconstpointer data)
{
  const Course *course = data;
  g_autoptr (GSockSocket) socket = NULL, accepted = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;
  char byte;

  if (!track_open (&track, course->lanes))
    return;
  socket = race_for (&track, &error, "keepalive", TRUE);
  g_assert_no_error (error);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, course->winner);
  g_assert_true (gsock_socket_is_connected (socket));
  accepted = test_track_accept (&track, course->winner);
  g_assert_nonnull (accepted);
  g_assert_cmpint (gsock_socket_send_to (accepted, "x", 1, NULL, NULL, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (test_native_int (socket, SOL_SOCKET, SO_KEEPALIVE), !=, 0);
  g_clear_object (&socket);
  g_clear_object (&accepted);
  track_close (&track);
}

static const Course courses[] = {
  { "4open 4open", 0 },
  { "6open 4open", 0 },
  { "4shut 4open", 1 },
  { "6shut 4open", 1 },
  { "6shut 6shut 4open", 2 },
  { "6full 4open", 1 },
  { "4full 6open", 1 },
  { "6full 6open 4open", 2 },
  { "6full 6open 4shut", 1 },
  { "6full 4full 6full 4open", 3 },
  { "@shut @open", 1 },
  { "@full @open", 1 },
  { "@full 4open", 1 },
  { "4full 4full 4full 4full 4full 4full 4full 4full 4full 4full 4open", 10 },
};

/* The next one begins when its time has come, not before. */
static void
test_delay (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "6full 4full 6open"))
    return;
  gsock_set_default_attempt_delay (0.05);
  test_takes_at_least (0.1, socket = race_for (&track, &error, "timeout", 60.0));
  g_assert_no_error (error);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 2);
  g_clear_object (&socket);
  track_close (&track);
}

/* After a failure it does not wait for that. */
static void
test_at_once (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4shut 4shut 4shut 4shut 4shut 4shut 4open"))
    return;
  gsock_set_default_attempt_delay (2);
  socket = race_for (&track, &error, "timeout", 1.9);
  g_assert_no_error (error);
  g_clear_object (&socket);
  track_close (&track);
}

static void
assert_line (const GError *error, const GSockAddress *address, const char *text)
{
  g_autofree char *shown = gsock_address_to_text (address);
  g_autofree char *line = g_strdup_printf ("\n%s: %s", shown, text);

  test_assert_message (error, line);
}

static void
test_all_fail (void)
{
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "6shut 4shut 6shut @shut"))
    return;
  test_keeps_descriptors (g_assert_null (race_for (&track, &error, "timeout", 60.0)));
  g_assert_true (g_str_has_prefix (error->message, "connect to track.test: none of 4 addresses worked:\n"));
  for (guint i = 0; i < track.n; i++)
    assert_line (error, &track.addresses[i], "Connection refused");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  track_close (&track);
}

/* One alone has a message as ever. */
static void
test_alone (void)
{
  g_autofree char *shown = NULL, *message = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4shut"))
    return;
  shown = gsock_address_to_text (&track.addresses[0]);
  message = g_strdup_printf ("connect to %s: Connection refused", shown);
  g_assert_null (race_for (&track, &error, "timeout", 60.0));
  g_assert_cmpstr (error->message, ==, message);
  track_close (&track);
}

static void
test_time_runs_out (void)
{
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4shut 4full 4open"))
    return;
  gsock_set_default_attempt_delay (2);
  test_keeps_descriptors (test_takes_at_least (0.05, g_assert_null (race_for (&track, &error, "timeout", 0.05))));
  g_assert_true (g_str_has_prefix (error->message, "connect to track.test: the time given for it ran out:\n"));
  assert_line (error, &track.addresses[0], "Connection refused");
  assert_line (error, &track.addresses[1], "there was no answer yet");
  assert_line (error, &track.addresses[2], "it was not its turn yet");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  track_close (&track);
}

/* Who does not wait gets what is under way first. What comes of it does not depend on who made it, and takes
 * a second. */
static void
test_without_waiting (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "@shut @full 4full 4open"))
    return;
  socket = race_for (&track, &error, "wait", FALSE);
  g_assert_no_error (error);
  g_assert_false (gsock_socket_is_connected (socket));
  g_assert_false (gsock_socket_finish_connect (socket, FALSE, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CONNECTION_IN_PROGRESS);
  if (test_is_long () || !without_blocking)
    {
      test_track_make_room (&track, 2);
      g_assert_true (gsock_socket_finish_connect (socket, TRUE, 60, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 2);
    }
  g_clear_object (&socket);
  track_close (&track);
}

/* A listener that gets room is found by those that began before: with TCP a second later, when the kernel
 * asks again. */
static void
make_room (gpointer data)
{
  g_usleep (50000);
  test_track_make_room (data, 0);
  test_track_make_room (data, 1);
}

static void
test_room_at_last (gconstpointer lanes)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestThread thread;
  TestTrack track;

  if (strchr (lanes, '4') != NULL && !without_blocking && !test_is_long ())
    {
      g_test_skip ("it takes a second, as without blocking; with --long");
      return;
    }
  if (!track_open (&track, lanes))
    return;
  test_thread_start (&thread, make_room, &track);
  socket = race_for (&track, &error, "timeout", 60.0);
  g_assert_no_error (error);
  test_thread_join (&thread);
  g_clear_object (&socket);
  track_close (&track);
}

/* What a program binds to can have one attempt at a time. */
static void
test_bound (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GSockSocket) probe = test_listener_new (test_kind_find ("tcp-ipv4"), 1);
  int port = gsock_socket_get_local_port (probe);
  g_autoptr (GError) error = NULL;
  TestTrack track;

  g_clear_object (&probe);
  if (!track_open (&track, "4shut 4full 4open"))
    return;
  g_assert_null (race_for (&track, &error, "local-host", "127.0.0.1", "local-port", port, "timeout", 0.1));
  assert_line (error, &track.addresses[1], "there was no answer yet");
  assert_line (error, &track.addresses[2], "it was not its turn yet");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);

  g_assert_null (race_for (&track, &error, "local-host", "127.0.0.1", "timeout", 0.0));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  socket = race_for (&track, &error, "local-host", "127.0.0.1");
  g_assert_no_error (error);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 2);
  g_clear_object (&socket);
  track_close (&track);
}

/* An option that one family does not have leaves the other. */
static void
test_option_of_one_family (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4open 6open"))
    return;
  socket = race_for (&track, &error, "ipv6-unicast-hops", 9);
  g_assert_no_error (error);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 1);
  g_assert_cmpint (test_native_int (socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS), ==, 9);
  g_assert_null (test_track_accept (&track, 0));
  g_clear_object (&socket);
  g_assert_null (race_for (&track, &error, "ipv6-unicast-hops", 9, "local-host", "127.0.0.1"));
  test_assert_message (error, "no local address is of the family");
  test_assert_message (error, "ipv6-unicast-hops");
  g_clear_error (&error);
  track_close (&track);
}

/* The number that is free now is the last that there is, or not even that one is. */
static void
limit_descriptors (int more)
{
  struct rlimit limit;
  int next = dup (STDERR_FILENO);

  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = next + more;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

/* The wake descriptor of the thread is there; one is left for an attempt. The next waits for it. */
static void
race_with_one_descriptor (gpointer data)
{
  g_autoptr (GError) error = NULL;
  TestTrack track;

  test_track_open (&track, "4full 4open");
  gsock_set_default_attempt_delay (QUICK);
  g_assert_null (race_for (&track, &error, "timeout", 0.0, "local-port", 1, "local-host", "127.0.0.1"));
  g_clear_error (&error);
  limit_descriptors (1);
  g_assert_null (race_for (&track, &error, "timeout", 0.1));
  assert_line (error, &track.addresses[0], "there was no answer yet");
  assert_line (error, &track.addresses[1], "it was not its turn yet");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  limit_descriptors (0);
  g_clear_error (&error);
  g_assert_null (race_for (&track, &error, "timeout", 60.0));
  assert_line (error, &track.addresses[0], "make-socket: Too many open files");
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
}

static void
test_without_descriptors (void)
{
  test_in_own_network (race_with_one_descriptor, NULL);
}

typedef struct
{
  GCancellable *cancellable;
  guint after_us;
} Canceller;

static void
cancel_soon (gpointer data)
{
  Canceller *self = data;

  g_usleep (self->after_us);
  g_cancellable_cancel (self->cancellable);
}

static void
cancel_after (TestTrack *track, guint microseconds)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Canceller canceller = { cancellable, microseconds };
  TestThread thread;

  test_thread_start (&thread, cancel_soon, &canceller);
  g_assert_null (make (cancellable, &error, "remote-connectable", track->name));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_thread_join (&thread);
}

/* At any moment of it. */
static void
test_cancelled (void)
{
  guint n = test_is_long () ? 10000 : 100;
  TestTrack track;

  if (!track_open (&track, "4full 4shut @full 4full"))
    return;
  /* The last of them begins after two delays. */
  for (guint i = 0; i < n; i++)
    test_keeps_descriptors (cancel_after (&track, i * 25000 / n));
  track_close (&track);
}

static gboolean
init (GSockSocket *socket, GCancellable *cancellable, GError **error)
{
  GAsyncResult *result = NULL;
  gboolean done;

  if (!without_blocking)
    return g_initable_init (G_INITABLE (socket), cancellable, error);
  g_async_initable_init_async (G_ASYNC_INITABLE (socket), G_PRIORITY_DEFAULT, cancellable, test_keep_result, &result);
  g_assert_null (result);
  test_await (&result);
  done = g_async_initable_init_finish (G_ASYNC_INITABLE (socket), result, error);
  g_object_unref (result);
  return done;
}

static void
close_soon (gpointer socket)
{
  g_usleep (20000);
  gsock_socket_close (socket, FALSE, NULL);
}

/* Who closes the object that is being made ends it. */
static void
test_closed_meanwhile (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;
  TestThread thread;
  TestTrack track;

  if (!track_open (&track, "4full 4full"))
    return;
  socket = g_object_new (GSOCK_TYPE_ACTIVE_SOCKET, "remote-connectable", track.name, NULL);
  test_thread_start (&thread, close_soon, socket);
  g_assert_false (init (socket, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  test_thread_join (&thread);
  test_assert_finalize_object (socket);
  track_close (&track);
}

static void
test_in_storm (void)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4full @full 4shut 4full 4open"))
    return;
  gsock_set_default_attempt_delay (0.05);
  test_storm_start ();
  test_takes_at_least (0.15, socket = race_for (&track, &error, "timeout", 60.0));
  g_assert_cmpuint (test_storm_stop (), >, 10);
  g_assert_no_error (error);
  g_assert_cmpuint (test_track_lane_of (&track, socket), ==, 4);
  g_clear_object (&socket);
  track_close (&track);
}

/* Connecting an object that is there goes one by one, and lists them as well. */
static void
test_connect_in_order (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_IPV4, NULL);
  g_autoptr (GError) error = NULL;
  TestTrack track;

  if (!track_open (&track, "4shut 4shut 4open"))
    return;
  g_clear_object (&track.listeners[2]);
  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "remote-connectable", track.name, "timeout", 60.0, NULL));
  g_assert_true (g_str_has_prefix (error->message, "connect to track.test: none of 3 addresses worked:\n"));
  for (guint i = 0; i < track.n; i++)
    assert_line (error, &track.addresses[i], "Connection refused");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  track_close (&track);

  g_assert_true (track_open (&track, "4shut 4full 4open"));
  g_assert_false (gsock_socket_connect (socket, NULL, NULL, &error, "remote-connectable", track.name, "timeout", 0.1, NULL));
  test_assert_message (error, "the time given for it ran out:\n");
  assert_line (error, &track.addresses[0], "Connection refused");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_clear_object (&socket);
  track_close (&track);
}

static const struct
{
  const char *name;
  void (*function) (void);
} tests[] = {
  { "delay", test_delay },
  { "at-once", test_at_once },
  { "all-fail", test_all_fail },
  { "alone", test_alone },
  { "time-runs-out", test_time_runs_out },
  { "without-waiting", test_without_waiting },
  { "bound", test_bound },
  { "option-of-one-family", test_option_of_one_family },
  { "cancelled", test_cancelled },
  { "closed-meanwhile", test_closed_meanwhile },
  { "in-storm", test_in_storm },
};

typedef struct
{
  gboolean without_blocking;
  void (*function) (void);
  void (*with_data) (gconstpointer data);
  gconstpointer data;
} Case;

static void
run_case (gconstpointer data)
{
  const Case *self = data;

  without_blocking = self->without_blocking;
  if (self->function != NULL)
    self->function ();
  else
    self->with_data (self->data);
  without_blocking = FALSE;
}

static void
add_case (const char *name, Case one)
{
  static Case all[2 * (G_N_ELEMENTS (courses) + G_N_ELEMENTS (tests) + 3)];
  static guint n;

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/race/%s/%s", name, i == 0 ? "blocking" : "async");

      one.without_blocking = i == 1;
      g_assert_cmpuint (n, <, G_N_ELEMENTS (all));
      all[n] = one;
      test_add_with (path, &all[n++], run_case);
    }
}

/* What a main context keeps from the first wait on is there before descriptors are counted. */
static void
warm_up (void)
{
  static const Course course = { "4full 4open", 1 };

  without_blocking = TRUE;
  test_winner (&course);
  without_blocking = FALSE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A child has none of the threads that its parent has asked resolvers in, and believes to have them. */
  add_case ("without-descriptors", (Case){ .function = test_without_descriptors });
  g_test_add_func ("/race/first/async", warm_up);
  g_test_add_func ("/race/interleave", test_interleave);
  for (gsize i = 0; i < G_N_ELEMENTS (courses); i++)
    {
      g_autofree char *name = g_strdup_printf ("winner/%s", courses[i].lanes);

      add_case (name, (Case){ .with_data = test_winner, .data = &courses[i] });
    }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    add_case (tests[i].name, (Case){ .function = tests[i].function });
  add_case ("room-at-last/tcp", (Case){ .with_data = test_room_at_last, .data = "4full 4full" });
  add_case ("room-at-last/local", (Case){ .with_data = test_room_at_last, .data = "@full @full" });
  test_add ("/race/connect-in-order", test_connect_in_order);
  return g_test_run ();
}
