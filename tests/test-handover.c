/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handover: what arrives, who may have it, and that whatever goes wrong costs nothing. What happens to
 * connections under load is tried with whole servers. */

#include "testasync.h"
#include "testlib.h"
#include "testthread.h"
#include "testwire.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static gboolean
give (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, const char *const *names, GError **error)
{
  return gsock_handover_give (channel, sockets, n_sockets, names, 60, NULL, error);
}

/* The successor, in a thread. */
typedef struct
{
  GSockSocket *channel;
  GPtrArray *sockets;
  char **names;
  gboolean completed;
} Successor;

static gpointer
succeed (gpointer data)
{
  Successor *self = data;
  GError *error = NULL;

  self->sockets = gsock_handover_take (self->channel, 60, &self->names, NULL, &error);
  g_assert_no_error (error);
  self->completed = gsock_handover_complete (self->channel, (GSockSocket *const *) self->sockets->pdata, self->sockets->len, 60, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
successor_clear (Successor *self)
{
  g_ptr_array_unref (self->sockets);
  g_strfreev (self->names);
}

static void
test_sockets (void)
{
  static const char *const names[] = { "http", "", "\xc3\xa4", NULL };
  g_autoptr (GError) error = NULL;
  GSockSocket *sockets[3];
  Successor successor = { 0 };
  GThread *thread;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  sockets[0] = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "timeout", 4.5, "external-format", "latin-1", NULL);
  sockets[1] = test_receiver_new (test_kind_find ("udp-ipv4"));
  sockets[2] = test_listener_new (test_kind_find ("local-stream"), 5);
  successor.channel = wire.far;
  thread = g_thread_new ("successor", succeed, &successor);
  g_assert_true (give (wire.near, sockets, 3, names, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_true (successor.completed);
  g_assert_cmpuint (successor.sockets->len, ==, 3);
  g_assert_cmpstrv (successor.names, names);
  for (guint i = 0; i < 3; i++)
    {
      GSockSocket *got = g_ptr_array_index (successor.sockets, i);
      g_autofree char *before = gsock_socket_to_string (sockets[i]);
      g_autofree char *after = gsock_socket_to_string (got);

      g_assert_cmpstr (before, ==, after);
      g_assert_true (G_OBJECT_TYPE (got) == G_OBJECT_TYPE (sockets[i]));
      g_object_unref (sockets[i]);
    }
  g_assert_cmpfloat (gsock_socket_get_timeout (g_ptr_array_index (successor.sockets, 0)), ==, 4.5);
  successor_clear (&successor);
  test_wire_close (&wire);
}

/* Whoever had connected before is served after it. */
static void
test_pending (void)
{
  static const char *const names[] = { "http", NULL };
  g_autoptr (GError) error = NULL;
  GSockSocket *server = test_listener_new (test_kind_find ("tcp-ipv4"), 16);
  GSockAddress where = test_address_of (server);
  GSockSocket *clients[8];
  Successor successor = { 0 };
  GThread *thread;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = gsock_make_socket (NULL, &error, "remote-address", &where, NULL);
  successor.channel = wire.far;
  thread = g_thread_new ("successor", succeed, &successor);
  g_assert_true (give (wire.near, &server, 1, names, &error));
  g_thread_join (thread);
  g_assert_finalize_object (server);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      GSockPassiveSocket *taken = g_ptr_array_index (successor.sockets, 0);
      g_autoptr (GSockActiveSocket) accepted = gsock_passive_socket_accept_connection (taken, NULL, &error, "timeout", 60.0, NULL);

      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (accepted), "x", 1, NULL, NULL, NULL), ==, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_assert_cmpint (gsock_socket_receive_from (clients[i], &(char){ 0 }, 1, NULL, NULL, &error, "timeout", 60.0, NULL), ==, 1);
      g_object_unref (clients[i]);
    }
  successor_clear (&successor);
  test_wire_close (&wire);
}

/* Why each has to have the same listener: of two with reuse-port, the one that closes takes those who
 * waited for it along, though the other would have room for them. */
static void
test_reuse_port (void)
{
  enum { N_CLIENTS = 64 };
  g_autoptr (GError) error = NULL;
  g_autofree char *migrates = NULL;
  GSockSocket *old = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "reuse-port", TRUE, NULL);
  GSockSocket *successor = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", gsock_socket_get_local_port (old),
                                              "reuse-port", TRUE, NULL);
  GSockAddress where = test_address_of (old);
  GSockSocket *clients[N_CLIENTS];
  guint lost = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      clients[i] = gsock_make_socket (NULL, &error, "remote-address", &where, NULL);
      g_assert_no_error (error);
    }
  g_assert_finalize_object (old);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      if (gsock_socket_receive_from (clients[i], &(char){ 0 }, 1, NULL, NULL, &error, "wait", FALSE, NULL) < 0
          && g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET))
        lost++;
      g_clear_error (&error);
      g_object_unref (clients[i]);
    }
  g_test_message ("%u of %d lost", lost, N_CLIENTS);
  g_assert_true (g_file_get_contents ("/proc/sys/net/ipv4/tcp_migrate_req", &migrates, NULL, NULL));
  if (migrates[0] == '1')
    g_test_skip ("this kernel is set to move connections to other listeners");
  else
    g_assert_cmpuint (lost, >, 0);
  g_assert_finalize_object (successor);
}

/* The file is removed by the giver as long as it has the sockets, and by the successor from then on. */
static void
test_file (void)
{
  static const char *const names[] = { "local", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gsock-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "s", NULL);
  GSockSocket *server = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "connect", GSOCK_ROLE_PASSIVE, "local-filename", path, NULL);
  Successor successor = { 0 };
  GThread *thread;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  successor.channel = wire.far;
  thread = g_thread_new ("successor", succeed, &successor);
  g_assert_true (give (wire.near, &server, 1, names, &error));
  g_thread_join (thread);
  g_assert_finalize_object (server);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  successor_clear (&successor);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  test_wire_close (&wire);
}

/* The successor gets so far, and ends. */
typedef enum
{
  AT_ONCE,
  AFTER_TAKING,
} End;

static void
check_end (End end)
{
  static const char *const names[] = { "local", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gsock-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "s", NULL);
  GSockSocket *server = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "connect", GSOCK_ROLE_PASSIVE, "local-filename", path, NULL);
  g_autoptr (GSockSocket) client = NULL;
  g_autoptr (GSockActiveSocket) accepted = NULL;
  TestWire wire;
  pid_t child;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  child = fork ();
  if (child == 0)
    {
      g_object_unref (wire.near);
      if (end == AFTER_TAKING)
        g_ptr_array_unref (gsock_handover_take (wire.far, 60, NULL, NULL, NULL));
      _exit (0);
    }
  g_assert_finalize_object (g_steal_pointer (&wire.far));
  g_assert_false (give (wire.near, &server, 1, names, &error));
  g_assert_true (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ENDPOINT_SHUTDOWN) || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_CONNECTION_RESET));
  g_clear_error (&error);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);

  client = gsock_make_socket (NULL, &error, "remote-filename", path, NULL);
  g_assert_no_error (error);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (server), NULL, &error, "timeout", 60.0, NULL);
  g_assert_no_error (error);
  g_assert_finalize_object (server);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  test_wire_close (&wire);
}

static void
test_ends_at_once (void)
{
  check_end (AT_ONCE);
}

static void
test_ends_after_taking (void)
{
  check_end (AFTER_TAKING);
}

/* Records that no giver sends, and what is made of them. */
static const struct
{
  const char *bytes;
  gsize length;
  gboolean descriptor;
  int code;
} strange[] = {
  { "hello", 5, FALSE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\2\1\1\0", 7, FALSE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\1\2\1\0", 7, FALSE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\1\1\1", 6, FALSE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\1\1\0\0", 7, FALSE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\1\1\377\377", 7, TRUE, GSOCK_ERROR_INVALID_ARGUMENT },
  { "\x9eGH\1", 4, TRUE, GSOCK_ERROR_INVALID_ARGUMENT },
};

static void
test_strange_offers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      g_autoptr (GError) error = NULL;
      TestWire wire;
      int fd = 0;

      g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
      if (strange[i].descriptor)
        gsock_socket_send_file_descriptors_direct (wire.near, &fd, 1, (const guint8 *) strange[i].bytes, strange[i].length, NULL, TRUE, 10, NULL, NULL);
      else
        gsock_socket_send_to (wire.near, strange[i].bytes, strange[i].length, NULL, NULL, NULL);
      g_assert_null (gsock_handover_take (wire.far, 10, NULL, NULL, &error));
      test_assert_error (error, strange[i].code);
      test_wire_close (&wire);
    }
}

static const struct
{
  const char *bytes;
  gsize length;
  int n_fds;
} strange_items[] = {
  { "\x9eGH\1\2\0\0\1a\x9dGS\1\0", 14, 0 },
  { "\x9eGH\1\2\0\0\1a\x9dGS\1\0", 14, 2 },
  { "\x9eGH\1\2\0\0\1a\x9dGS\1\0", 14, -1 }, /* no socket */
  { "\x9eGH\1\2\1\0\1a\x9dGS\1\0", 14, 1 },
  { "\x9eGH\1\2\0\0\377a\x9dGS\1\0", 14, 1 },
  { "\x9eGH\1\2\0\0\1\xff\x9dGS\1\0", 14, 1 },
  { "\x9eGH\1\2\0\0\1\0\x9dGS\1\0", 14, 1 },
  { "\x9eGH\1\2\0\0\1a\x9dGS\1\1", 14, 1 },
  { "\x9eGH\1\2\0\0\1a\x9dGS\1\0x", 15, 1 },
  { "\x9eGH\1\2\0\0\1a\x9dGS\2\0", 14, 1 },
  { "\x9eGH\1\2\0\0", 7, 1 },
  { "\x9eGH\1\2", 5, 1 },
};

static void
test_strange_items (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (strange_items); i++)
    {
      g_autoptr (GError) error = NULL;
      int udp = test_plain_socket (test_kind_find ("udp-ipv4"));
      int fds[] = { strange_items[i].n_fds < 0 ? 0 : udp, udp };
      TestWire wire;

      g_test_message ("%u", i);
      g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
      gsock_socket_send_to (wire.near, "\x9eGH\1\1\1\0", 7, NULL, NULL, NULL);
      if (strange_items[i].n_fds != 0)
        gsock_socket_send_file_descriptors_direct (wire.near, fds, ABS (strange_items[i].n_fds), (const guint8 *) strange_items[i].bytes, strange_items[i].length, NULL, TRUE, 10, NULL, NULL);
      else
        gsock_socket_send_to (wire.near, strange_items[i].bytes, strange_items[i].length, NULL, NULL, NULL);
      close (udp);
      g_assert_null (gsock_handover_take (wire.far, 10, NULL, NULL, &error));
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
      test_wire_close (&wire);
    }
}

/* A successor that has counted otherwise, or says that it is ready before it has anything. */
static void
test_strange_answers (void)
{
  static const char *const answers[] = { "\x9eGH\1\3\2\1", "\x9eGH\1\4\1\1", "hello, x" };
  static const char *const names[] = { "http", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
      TestWire wire;

      g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
      gsock_socket_send_to (wire.far, answers[i], 7, NULL, NULL, NULL);
      g_assert_false (give (wire.near, &server, 1, names, &error));
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
      g_assert_true (gsock_socket_is_listening (server));
      g_assert_finalize_object (server);
      test_wire_close (&wire);
    }
}

static void
test_refused (void)
{
  static const char *const names[] = { "one", NULL }, *const two[] = { "one", "two", NULL }, *const none[] = { NULL }, *const bad[] = { "\xff", NULL };
  g_autofree char *long_name = g_strnfill (256, 'x');
  const char *too_long[] = { long_name, NULL };
  g_autoptr (GError) error = NULL;
  GSockSocket *server = test_listener_new (test_kind_find ("tcp-ipv4"), 5), *nothing = NULL;
  TestWire wire, stream;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  g_assert_true (test_wire_open (&stream, test_kind_find ("local-stream")));
  g_assert_false (give (wire.near, &server, 0, none, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (give (wire.near, &server, GSOCK_HANDOVER_MAX + 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (give (wire.near, &server, 1, none, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (wire.near, &server, 1, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (wire.near, &server, 1, two, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (wire.near, &server, 1, bad, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (wire.near, &server, 1, too_long, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (wire.near, &nothing, 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (give (stream.near, &server, 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_null (gsock_handover_take (stream.far, 1, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
  g_assert_null (gsock_handover_take_as_list (wire.far, 0.01, NULL, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
  g_assert_false (give (wire.near, &server, 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_assert_false (gsock_handover_complete (wire.near, NULL, 0, 0.01, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
  g_assert_true (gsock_socket_close (wire.near, FALSE, NULL));
  g_assert_false (give (wire.near, &server, 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
  g_object_unref (server);
  test_wire_close (&wire);
  test_wire_close (&stream);
}

/* An unprivileged process that finds the way to the channel gets nothing. */
static void
test_another_user (void)
{
  static const char *const names[] = { "http", NULL };
  g_autoptr (GError) error = NULL;
  GSockSocket *server, *listener;
  g_autoptr (GSockActiveSocket) channel = NULL;
  GSockAddress where;
  pid_t child;
  int status;

  if (geteuid () != 0)
    {
      g_test_skip ("this process cannot become another user");
      return;
    }
  server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
  listener = test_listener_new (test_kind_find ("local-seqpacket"), 5);
  where = test_address_of (listener);
  child = fork ();
  if (child == 0)
    {
      GSockSocket *visitor;

      if (setgroups (0, NULL) != 0 || setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
        _exit (2);
      visitor = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "remote-address", &where, NULL);
      _exit (gsock_handover_take (visitor, 60, NULL, NULL, NULL) == NULL ? 0 : 1);
    }
  channel = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 60.0, NULL);
  g_assert_no_error (error);
  g_assert_false (give (GSOCK_SOCKET (channel), &server, 1, names, &error));
  test_assert_error (error, GSOCK_ERROR_ACCESS_DENIED);
  g_assert_true (gsock_socket_close (GSOCK_SOCKET (channel), FALSE, NULL));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_object_unref (server);
  g_object_unref (listener);
}

static void
test_async (void)
{
  static const char *const names[] = { "http", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *server = test_listener_new (test_kind_find ("tcp-ipv4"), 5);
  Successor successor = { 0 };
  GThread *thread;
  TestWire wire;

  g_assert_true (test_wire_open (&wire, test_kind_find ("local-seqpacket")));
  successor.channel = wire.far;
  gsock_handover_give_async (wire.near, &server, 1, names, 60, G_PRIORITY_DEFAULT, NULL, test_keep_result, &result);
  thread = g_thread_new ("successor", succeed, &successor);
  test_await (&result);
  g_assert_true (gsock_handover_give_finish (wire.near, result, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
  successor_clear (&successor);
  g_clear_object (&result);
  test_assert_finalize_object (server);
  test_assert_finalize_object (wire.near);
  g_assert_finalize_object (wire.far);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_warm_up ();
  /* A thread that waits has a descriptor to be woken by, which GLib's pool keeps with it. */
  test_async ();
  test_add ("/handover/sockets", test_sockets);
  test_add ("/handover/pending", test_pending);
  test_add ("/handover/reuse-port", test_reuse_port);
  test_add ("/handover/file", test_file);
  test_add ("/handover/ends-at-once", test_ends_at_once);
  test_add ("/handover/ends-after-taking", test_ends_after_taking);
  test_add ("/handover/strange-offers", test_strange_offers);
  test_add ("/handover/strange-items", test_strange_items);
  test_add ("/handover/strange-answers", test_strange_answers);
  test_add ("/handover/refused", test_refused);
  test_add ("/handover/another-user", test_another_user);
  g_test_add_func ("/handover/async", test_async);
  return g_test_run ();
}
