/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When streams come into being, what they cost, and what becomes of them across a fork. */

#include "teststream.h"
#include "testthread.h"

#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-stream-private.h>

#include <string.h>

static GSockHandle *
handle_of (GSockActiveSocket *socket)
{
  return gsock_socket_get_handle (GSOCK_SOCKET (socket));
}

/* Who never reads or writes a stream has none, and who has emptied its buffers keeps no memory in them. */
static void
test_memory (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 8192, 8192));
  g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (stream.near), "line\n", 5, NULL, &error, NULL), ==, 5);
  g_assert_null (handle_of (stream.near)->streams);
  line = gsock_active_socket_read_line (stream.far, NULL, &error, "timeout", 5.0, NULL);
  g_assert_cmpstr (line, ==, "line");
  g_assert_null (handle_of (stream.far)->streams->input.raw.data);
  g_assert_null (gsock_active_socket_read_line (stream.far, NULL, &error, "wait", FALSE, NULL));
  test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
  g_assert_null (handle_of (stream.far)->streams->input.raw.data);
  g_assert_true (gsock_active_socket_write_line (stream.far, "line", NULL, &error, NULL));
  g_assert_true (gsock_active_socket_finish_output (stream.far, NULL, &error, NULL));
  g_assert_null (handle_of (stream.far)->streams->output.raw.data);
  test_stream_close (&stream);
}

/* The child has what was read ahead, and not what is still to be sent. */
static void
in_child (gpointer data)
{
  TestStream *stream = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = gsock_active_socket_read_line (stream->near, NULL, &error, "wait", FALSE, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "second");
  g_assert_true (gsock_active_socket_write_line (stream->near, "of the child", NULL, &error, NULL));
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream->near), FALSE, &error));
  g_assert_no_error (error);
}

static void
test_fork (void)
{
  static const char *const expected[] = { "of the child", "of the parent" };
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 8192, 8192));
  g_assert_true (gsock_active_socket_write_text (stream.far, "first\nsecond\n", NULL, &error, NULL));
  g_assert_true (gsock_active_socket_finish_output (stream.far, NULL, &error, NULL));
  first = gsock_active_socket_read_line (stream.near, NULL, &error, NULL);
  g_assert_cmpstr (first, ==, "first");
  g_assert_true (gsock_active_socket_write_line (stream.near, "of the parent", NULL, &error, NULL));
  if (test_in_child (in_child, &stream, "no child"))
    {
      second = gsock_active_socket_read_line (stream.near, NULL, &error, "wait", FALSE, NULL);
      g_assert_cmpstr (second, ==, "second");
      g_assert_true (gsock_socket_close (GSOCK_SOCKET (stream.near), FALSE, &error));
      for (guint i = 0; i < 2; i++)
        {
          g_autofree char *line = gsock_active_socket_read_line (stream.far, NULL, &error, "timeout", 5.0, NULL);

          g_assert_cmpstr (line, ==, expected[i]);
        }
      g_assert_null (gsock_active_socket_read_line (stream.far, NULL, &error, "timeout", 5.0, NULL));
      g_assert_no_error (error);
    }
  test_stream_close (&stream);
}

/* Of those who find it taken each is told when it is given back. */
static void
test_claim (void)
{
  GSockClaim claim = { 0 };
  GSockTurn first = { NULL, 0, FALSE }, second = { NULL, 0, FALSE };
  GSockHandle handle = { 0 };

  gsock_handle_init (&handle);
  g_assert_true (gsock_claim_take (&claim, &first));
  g_assert_false (gsock_claim_take (&claim, &second));
  g_assert_true (second.turn);
  g_assert_cmpuint (claim.serial, ==, second.seen);
  gsock_claim_release (&claim, &handle, &first, FALSE);
  g_assert_cmpuint (claim.serial, !=, second.seen);
  /* Who has told the others is not told himself. */
  g_assert_cmpuint (claim.serial, ==, first.seen);
  g_assert_true (gsock_claim_take (&claim, &second));
  gsock_claim_release (&claim, &handle, &second, FALSE);
  g_assert_cmpuint (claim.serial, ==, first.seen);
  g_assert_true (gsock_claim_take (&claim, &second));
  gsock_claim_release (&claim, &handle, &second, TRUE);
  g_assert_cmpuint (claim.serial, !=, first.seen);
  gsock_handle_clear (&handle);
}

/* A byte now and then, either way, does not prolong the time that was given. */
typedef struct
{
  GSockActiveSocket *socket;
  gboolean reads;
  int stop; /* atomic */
} Dawdler;

static void
dawdle (gpointer data)
{
  Dawdler *self = data;
  guint8 byte[1] = { 'x' };

  while (!__atomic_load_n (&self->stop, __ATOMIC_ACQUIRE))
    {
      if (self->reads)
        (void) gsock_socket_receive_from_direct (GSOCK_SOCKET (self->socket), byte, 1, 0, FALSE, 0, NULL, NULL, NULL);
      else
        (void) gsock_socket_send_to_direct (GSOCK_SOCKET (self->socket), byte, 1, NULL, 0, FALSE, 0, NULL, NULL);
      g_usleep (4000);
    }
}

static void
test_slow_peer (gconstpointer data)
{
  gboolean reads = GPOINTER_TO_INT (data);
  g_autofree char *much = g_strnfill (16 * 1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  TestThread thread;
  Dawdler dawdler;
  TestStream stream;

  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 8192, 8192));
  dawdler = (Dawdler){ stream.far, reads, FALSE };
  test_thread_start (&thread, dawdle, &dawdler);
  if (reads)
    g_assert_false (gsock_active_socket_write_text (stream.near, much, NULL, &error, "timeout", 0.1, NULL));
  else
    g_assert_null (gsock_active_socket_read_line (stream.near, NULL, &error, "timeout", 0.1, NULL));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  if (!reads)
    {
      g_assert_null (gsock_active_socket_read_bytes (stream.near, 1000000, NULL, &error, "timeout", 0.05, NULL));
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
    }
  __atomic_store_n (&dawdler.stop, TRUE, __ATOMIC_RELEASE);
  test_thread_join (&thread);
  gsock_socket_close (GSOCK_SOCKET (stream.near), TRUE, NULL);
  test_stream_close (&stream);
}

/* Who asks at the moment of the close is told of that, not that there never was a descriptor. */
typedef struct
{
  GSockActiveSocket *socket;
  int asking; /* atomic */
} Asked;

static void
close_while_asked (gpointer data)
{
  Asked *self = data;

  while (!__atomic_load_n (&self->asking, __ATOMIC_ACQUIRE))
    ;
  gsock_socket_close (GSOCK_SOCKET (self->socket), FALSE, NULL);
}

static void
test_closed_while_asked (void)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *near, *far;
      TestThread thread;
      Asked asked;

      g_assert_true (gsock_make_socket_pair (&near, &far, NULL, NULL));
      asked = (Asked){ GSOCK_ACTIVE_SOCKET (near), FALSE };
      test_thread_start (&thread, close_while_asked, &asked);
      __atomic_store_n (&asked.asking, TRUE, __ATOMIC_RELEASE);
      while (gsock_streams_get (near, "a test", &error) != NULL)
        ;
      test_assert_error (error, GSOCK_ERROR_CLOSED);
      test_thread_join (&thread);
      g_assert_finalize_object (near);
      g_assert_finalize_object (far);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/stream/memory", test_memory);
  test_add ("/stream/fork", test_fork);
  test_add ("/stream/claim", test_claim);
  test_add ("/stream/closed-while-asked", test_closed_while_asked);
  test_add_with ("/stream/slow-writer", GINT_TO_POINTER (FALSE), test_slow_peer);
  test_add_with ("/stream/slow-reader", GINT_TO_POINTER (TRUE), test_slow_peer);

  return g_test_run ();
}
