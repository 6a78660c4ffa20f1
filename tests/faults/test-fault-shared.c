/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor that others hold too: they set or clear O_NONBLOCK (18), and go on with it when it is
 * closed here (30). */

#include "testblocked.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another process with the same socket. It does as it is told by a byte, and says when it is done. */
typedef struct
{
  pid_t pid;
  int commands[2];
} Other;

typedef void (*Command) (int fd);

static void
set_nonblocking (int fd)
{
  g_assert_cmpint (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK), ==, 0);
}

static void
clear_nonblocking (int fd)
{
  g_assert_cmpint (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK), ==, 0);
}

static const Command commands[] = { ['n'] = set_nonblocking, ['b'] = clear_nonblocking };

static void
obey (Other *self, int fd)
{
  char command;

  while (read (self->commands[1], &command, 1) == 1)
    {
      commands[(guchar) command](fd);
      g_assert_cmpint (write (self->commands[1], &command, 1), ==, 1);
    }
  _exit (0);
}

static void
start_other (Other *self, int fd)
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->commands), ==, 0);
  self->pid = fork ();
  g_assert_cmpint (self->pid, >=, 0);
  if (self->pid == 0)
    {
      close (self->commands[0]);
      obey (self, fd);
    }
  close (self->commands[1]);
}

static void
tell_other (Other *self, char command)
{
  char answer = 0;

  g_assert_cmpint (write (self->commands[0], &command, 1), ==, 1);
  g_assert_cmpint (read (self->commands[0], &answer, 1), ==, 1);
  g_assert_cmpint (answer, ==, command);
}

static void
stop_other (Other *self)
{
  int status;

  close (self->commands[0]);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  g_assert_cmpint (status, ==, 0);
}

/* Whatever the flag is: not to wait is not to wait, a time is kept, and to wait for ever is ended by
 * what is waited for. */
static void
check_manners (TestBlocked *blocked, Other *other, char flag)
{
  g_autoptr (GError) error = NULL;

  tell_other (other, flag);
  if (!blocked->situation->always_waits)
    {
      g_assert_false (test_blocked_call (blocked, FALSE, GSOCK_TIMEOUT_NEVER, NULL, &error));
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
    }
  tell_other (other, flag);
  g_assert_false (test_blocked_call (blocked, TRUE, 0.002, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);

  tell_other (other, flag);
  test_blocked_start (blocked, GSOCK_TIMEOUT_NEVER, NULL);
  blocked->situation->release (blocked);
  test_blocked_join (blocked);
  g_assert_no_error (blocked->error);
  g_assert_true (blocked->result);
}

/* The one exception is accept on a listener that somebody else keeps blocking. */
static gboolean
is_excepted (const TestSituation *situation)
{
  return g_str_has_prefix (situation->name, "accept");
}

static void
test_flag (gconstpointer situation)
{
  static const char flags[] = { 'n', 'b' };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (flags); i++)
    {
      TestBlocked blocked;
      Other other;

      /* What goes on by itself has nobody's flag in its way. */
      if (is_excepted (situation) || ((const TestSituation *) situation)->in_progress)
        return;
      if (!test_blocked_open (&blocked, situation, i % 2))
        return;
      start_other (&other, test_peek_fd (blocked.socket));
      check_manners (&blocked, &other, flags[i / 2]);
      stop_other (&other);
      test_blocked_close (&blocked);
    }
}

/* The flag changes while the call waits. */
static void
test_flag_meanwhile (gconstpointer situation)
{
  static const char flags[] = { 'b', 'n' };

  if (is_excepted (situation) || ((const TestSituation *) situation)->own)
    return;
  if (((const TestSituation *) situation)->slow && g_str_has_suffix (((const TestSituation *) situation)->kind, "ipv6") && !test_is_long ())
    {
      g_test_skip ("it takes a second, as with IPv4; with --long");
      return;
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (flags); i++)
    {
      TestBlocked blocked;
      Other other;

      if (((const TestSituation *) situation)->slow && i > 0)
        return;
      if (!test_blocked_open (&blocked, situation, i % 2))
        return;
      start_other (&other, test_peek_fd (blocked.socket));
      test_blocked_start (&blocked, GSOCK_TIMEOUT_NEVER, NULL);
      tell_other (&other, flags[i / 2]);
      blocked.situation->release (&blocked);
      test_blocked_join (&blocked);
      g_assert_no_error (blocked.error);
      g_assert_true (blocked.result);
      stop_other (&other);
      test_blocked_close (&blocked);
    }
}

/* The same of calls whose time runs out: both flags, and both kinds of socket, at once. */
typedef struct
{
  TestBlocked blocked;
  Other other;
  char flag;
} Late;

static gboolean
open_late (Late *self, const TestSituation *situation, guint nth)
{
  self->flag = nth < 2 ? 'n' : 'b';
  if (!test_blocked_open (&self->blocked, situation, nth % 2))
    return FALSE;
  start_other (&self->other, test_peek_fd (self->blocked.socket));
  return TRUE;
}

static void
join_late (Late *self)
{
  test_blocked_join (&self->blocked);
  g_assert_error (self->blocked.error, GSOCK_ERROR, GSOCK_ERROR_TIMED_OUT);
}

/* Those that were forked later have the ends of the earlier ones too. */
static void
close_late (Late *self)
{
  stop_other (&self->other);
  test_blocked_close (&self->blocked);
}

static void
test_flag_and_deadline (gconstpointer situation)
{
  Late calls[4];

  if (is_excepted (situation) || ((const TestSituation *) situation)->own)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    if (!open_late (&calls[i], situation, i))
      return;
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    test_blocked_start (&calls[i].blocked, 0.04, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    tell_other (&calls[i].other, calls[i].flag);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    join_late (&calls[i]);
  for (guint i = G_N_ELEMENTS (calls); i > 0; i--)
    close_late (&calls[i - 1]);
}

/* An adopted descriptor keeps the flags it came with. */
static void
test_flags_are_kept (gconstpointer kind)
{
  static const int flags[] = { 0, O_NONBLOCK };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *adopted;
      TestWire wire;
      int fd;

      if (!test_wire_open (&wire, kind))
        return;
      fd = test_peek_fd (wire.near);
      (flags[i] == 0 ? clear_nonblocking : set_nonblocking) (fd);
      adopted = test_adopt (wire.near);
      g_assert_cmpint (gsock_socket_receive_from (adopted, &(char){ 0 }, 1, NULL, NULL, &error, "timeout", 0.001, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
      g_assert_cmpint (gsock_socket_receive_from (adopted, &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_WOULD_BLOCK);
      g_assert_cmpint (gsock_socket_send_to (adopted, "x", 1, NULL, NULL, NULL), ==, 1);
      g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, flags[i]);
      g_assert_finalize_object (adopted);
      test_wire_close (&wire);
    }
}

/* connect needs the flag, and puts it back. */
static void
test_flags_after_connect (gconstpointer kind)
{
  static const int flags[] = { 0, O_NONBLOCK };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *listener, *socket;
      GSockAddress address;
      int fd;

      if (!test_kind_is_there (kind))
        return;
      listener = test_listener_new (kind, 4);
      address = test_address_of (listener);
      fd = test_plain_socket (kind);
      (flags[i] == 0 ? clear_nonblocking : set_nonblocking) (fd);
      socket = gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL);
      g_assert_no_error (error);
      g_assert_true (gsock_socket_connect_direct (socket, &address, TRUE, 60, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, ==, flags[i]);
      g_assert_finalize_object (socket);
      g_assert_finalize_object (listener);
    }
}

/* A listener goes to a successor: closing it here leaves the other one listening, whoever waited. */
static void
serve_as_successor (int fd)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = gsock_make_socket_from_fd (fd, &error, NULL);
  GSockActiveSocket *accepted;

  g_assert_no_error (error);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 30.0, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (accepted), "s", 1, NULL, &error, NULL), ==, 1);
  _exit (0);
}

static void
test_successor (gconstpointer data)
{
  const TestSituation *situation = data;

  for (guint adopted = 0; adopted < 2; adopted++)
    {
      TestBlocked blocked;
      int fd, status;
      char byte = 0;
      pid_t pid;

      if (!test_blocked_open (&blocked, situation, adopted))
        return;
      test_blocked_start (&blocked, adopted ? 1000 : GSOCK_TIMEOUT_NEVER, NULL);
      pid = fork ();
      if (pid == 0)
        serve_as_successor (test_peek_fd (blocked.socket));
      gsock_socket_close (blocked.socket, FALSE, NULL);
      gsock_socket_close (blocked.original, FALSE, NULL);
      test_blocked_join (&blocked);
      g_assert_error (blocked.error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);

      fd = test_plain_socket (blocked.kind);
      g_assert_cmpint (connect (fd, gsock_address_native (&blocked.address), blocked.address.length), ==, 0);
      g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 1);
      g_assert_cmpint (byte, ==, 's');
      close (fd);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_cmpint (status, ==, 0);
      test_blocked_close (&blocked);
    }
}

/* So does a conversation, which a successor was handed in good order: with nobody waiting there. */
static void
talk_as_successor (int fd)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket_from_fd (fd, &error, NULL);
  char byte = 0;

  g_assert_cmpint (gsock_socket_receive_from (socket, &byte, 1, NULL, NULL, &error, "timeout", 30.0, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_send_to (socket, &byte, 1, NULL, &error, NULL), ==, 1);
  _exit (0);
}

static void
wait_for_closed (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_receive_from (data, &(char){ 0 }, 1, NULL, NULL, &error, NULL), ==, -1);
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
}

static void
test_conversation (gconstpointer kind)
{
  TestThread thread;
  TestWire wire;
  char byte = 0;
  int status;
  pid_t pid;

  if (!test_wire_open (&wire, kind))
    return;
  pid = fork ();
  if (pid == 0)
    talk_as_successor (test_peek_fd (wire.near));
  /* Who waits here now does so by poll, for the descriptor went over a fork. */
  test_thread_start (&thread, wait_for_closed, wire.near);
  test_thread_wait_until_asleep (&thread);
  gsock_socket_close (wire.near, FALSE, NULL);
  test_thread_join (&thread);
  g_assert_cmpint (gsock_socket_send_to (wire.far, "t", 1, NULL, NULL, NULL), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (wire.far, &byte, 1, NULL, NULL, NULL, "timeout", 30.0, NULL), ==, 1);
  g_assert_cmpint (byte, ==, 't');
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  test_wire_close (&wire);
}

static gboolean
is_stream_or_seqpacket (const TestKind *kind)
{
  return kind->type != SOCK_DGRAM;
}

static void
add_for_listeners (const char *prefix, GTestDataFunc function)
{
  for (guint i = 0; i < test_n_situations; i++)
    if (g_str_has_prefix (test_situations[i].name, "accept/"))
      {
        g_autofree char *path = g_strdup_printf ("%s/%s", prefix, test_situations[i].name);

        test_add_with (path, &test_situations[i], function);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add_for_situations ("/fault/18/flag", test_flag);
  test_add_for_situations ("/fault/18/flag-meanwhile", test_flag_meanwhile);
  test_add_for_situations ("/fault/18/flag-and-deadline", test_flag_and_deadline);
  test_add_for_kinds ("/fault/18/flags-are-kept", test_flags_are_kept, NULL);
  test_add_for_kinds ("/fault/18/flags-after-connect", test_flags_after_connect, is_stream_or_seqpacket);
  add_for_listeners ("/fault/30/successor", test_successor);
  test_add_for_kinds ("/fault/30/conversation-of-successor", test_conversation, is_stream_or_seqpacket);
  return g_test_run ();
}
