/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local sockets as programs use them: packets, answers to datagrams, names that the kernel chooses. */

#include <gsock/gsock.h>

#include "testlib.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static char *
path_in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static GSockSocket *
make_datagram (const char *filename)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL,
                                           "timeout", 10.0, filename != NULL ? "local-filename" : NULL, filename, NULL);

  g_assert_no_error (error);
  return socket;
}

static GSockSocket *
make_autobound (GSockSocketType type, GSockRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) unnamed = gsock_address_new_from_text ("(unnamed)", &error);
  GSockSocket *socket;

  if (type == GSOCK_SOCKET_TYPE_DATAGRAM)
    socket = gsock_make_socket (NULL, &error, "type", type, "local-address", unnamed, "timeout", 10.0, NULL);
  else
    socket = gsock_make_socket (NULL, &error, "type", type, "connect", role, "local-address", unnamed, NULL);
  g_assert_no_error (error);
  return socket;
}

static char *
name_of (GSockSocket *socket)
{
  char *name = NULL;

  g_object_get (socket, "local-filename", &name, NULL);
  return name;
}

/* Asks, and is answered where it asked from. */
static void
check_answer (GSockSocket *server, GSockSocket *client, const char *server_name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *client_name = name_of (client);
  GSockReceived received;
  char text[16];

  g_assert_cmpint (gsock_socket_send_to (client, "question", 8, NULL, &error, "remote-filename", server_name, NULL), ==, 8);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (server, text, sizeof text, &received, NULL, &error, NULL), ==, 8);
  {
    g_autofree char *sender = gsock_address_get_filename (&received.sender);

    g_assert_cmpstr (sender, ==, client_name);
  }
  g_assert_cmpint (gsock_socket_send_to (server, "answer", 6, NULL, &error, "remote-address", &received.sender, NULL), ==, 6);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (client, text, sizeof text, &received, NULL, &error, NULL), ==, 6);
  {
    g_autofree char *sender = gsock_address_get_filename (&received.sender);

    g_assert_cmpstr (sender, ==, server_name);
  }
}

/* A client that wants an answer has a path or a name of its own. */
static void
test_reply_path (void)
{
  g_autofree char *server_name = path_in_folder ("server");
  g_autofree char *client_name = path_in_folder ("client");
  GSockSocket *server = make_datagram (server_name);
  GSockSocket *by_path = make_datagram (client_name);
  GSockSocket *by_abstract_name = make_datagram ("@gsock-test-reply");
  GSockSocket *autobound = make_autobound (GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_ROLE_ACTIVE);

  check_answer (server, by_path, server_name);
  check_answer (server, by_abstract_name, server_name);
  check_answer (server, autobound, server_name);
  g_assert_finalize_object (by_path);
  g_assert_finalize_object (by_abstract_name);
  g_assert_finalize_object (autobound);
  g_assert_finalize_object (server);
  g_assert_cmpint (access (client_name, F_OK), ==, -1);
  g_assert_cmpint (access (server_name, F_OK), ==, -1);
}

/* One without a name is heard and cannot be answered. */
static void
test_no_reply_path (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server_name = path_in_folder ("server");
  GSockSocket *server = make_datagram (server_name);
  GSockSocket *client = make_datagram (NULL);
  GSockReceived received;
  char byte;

  g_assert_cmpint (gsock_socket_send_to (client, "x", 1, NULL, &error, "remote-filename", server_name, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (server, &byte, 1, &received, NULL, &error, NULL), ==, 1);
  g_assert_null (gsock_address_get_filename (&received.sender));
  g_assert_cmpint (gsock_socket_receive_from (client, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
  test_assert_error (error, GSOCK_ERROR_NOT_BOUND);
  g_assert_finalize_object (client);
  g_assert_finalize_object (server);
}

/* As many as one likes, each with another name, which goes with its socket. */
static void
test_autobind (void)
{
  enum { N_SOCKETS = 50 };
  static const GSockSocketType types[] = { GSOCK_SOCKET_TYPE_STREAM, GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_SOCKET_TYPE_SEQPACKET };
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_SOCKETS; i++)
    {
      GSockSocket *socket = make_autobound (types[i % G_N_ELEMENTS (types)], GSOCK_ROLE_PASSIVE);
      g_autofree char *name = name_of (socket);

      g_assert_cmpint (name[0], ==, '@');
      g_assert_cmpuint (strlen (name), >, 1);
      /* A stream and a datagram socket may have the same one. */
      g_assert_true (g_hash_table_add (names, g_strdup_printf ("%u %s", i % (guint) G_N_ELEMENTS (types), name)));
      g_ptr_array_add (sockets, socket);
    }
  {
    g_autofree char *name = name_of (sockets->pdata[0]);
    GSockSocket *client = gsock_make_socket (NULL, &error, "remote-filename", name, NULL);

    g_assert_no_error (error);
    g_assert_finalize_object (client);
    g_ptr_array_set_size (sockets, 0);
    g_assert_null (gsock_make_socket (NULL, &error, "remote-filename", name, NULL));
    test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
  }
}

/* Messages keep their bounds, empty ones too, and the end is an end. */
static void
serve_packets (GSockSocket *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockActiveSocket) peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 10.0, NULL);
  char text[100];
  gssize n;

  g_assert_no_error (error);
  while ((n = gsock_socket_receive_from (GSOCK_SOCKET (peer), text, sizeof text, NULL, NULL, &error, "timeout", 10.0, NULL)) > 0)
    g_assert_cmpint (gsock_socket_send_to (GSOCK_SOCKET (peer), text, n, NULL, &error, NULL), ==, n);
  g_assert_no_error (error);
}

static void
run_client (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "remote-filename", name, "timeout", 10.0, NULL);
  char text[100];

  g_assert_no_error (error);
  for (gsize length = 1; length <= 5; length++)
    g_assert_cmpint (gsock_socket_send_to (client, "aaaaa", length, NULL, &error, NULL), ==, length);
  for (gsize length = 1; length <= 5; length++)
    g_assert_cmpint (gsock_socket_receive_from (client, text, sizeof text, NULL, NULL, &error, NULL), ==, length);
  g_assert_no_error (error);
}

static void
test_packets (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = strcmp (data, "path") == 0 ? path_in_folder ("packets") : g_strdup (data);
  GSockSocket *listener = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "connect", GSOCK_ROLE_PASSIVE,
                                             "local-filename", name, "file-mode", 0600, "replace-stale", TRUE, NULL);
  int status;
  pid_t child;

  if (name[0] == '@')
    {
      g_assert_null (listener);
      test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
      listener = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "connect", GSOCK_ROLE_PASSIVE, "local-filename", name, NULL);
    }
  g_assert_no_error (error);
  child = fork ();
  if (child == 0)
    {
      run_client (name);
      _exit (0);
    }
  serve_packets (listener);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_finalize_object (listener);
}

/* An abstract name has one owner, leaves nothing behind and is none of the files. */
static void
test_abstract (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *one = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", "@gsock-test-name", NULL);
  GSockSocket *other;

  g_assert_no_error (error);
  for (guint replace = 0; replace < 2; replace++)
    {
      other = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", "@gsock-test-name", "replace-stale", replace, NULL);
      g_assert_null (other);
      test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
    }
  g_assert_cmpint (access ("@gsock-test-name", F_OK), ==, -1);
  g_assert_finalize_object (one);
  other = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", "@gsock-test-name", NULL);
  g_assert_no_error (error);
  g_assert_finalize_object (other);
}

/* unlink-on-close is what it says at the time of close; a moved file keeps its new name. */
static void
test_unlink (void)
{
  g_autofree char *path = path_in_folder ("socket");
  g_autofree char *moved = path_in_folder ("moved");
  GSockSocket *socket;

  for (guint unlink = 0; unlink < 2; unlink++)
    {
      socket = make_datagram (path);
      g_object_set (socket, "unlink-on-close", unlink, NULL);
      g_assert_finalize_object (socket);
      g_assert_cmpint (access (path, F_OK), ==, unlink ? -1 : 0);
      g_unlink (path);
    }
  socket = make_datagram (path);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  g_assert_finalize_object (socket);
  g_assert_cmpint (access (moved, F_OK), ==, 0);
  g_assert_cmpint (g_unlink (moved), ==, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gsock-local-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/local-socket/reply-path", test_reply_path);
  g_test_add_func ("/local-socket/no-reply-path", test_no_reply_path);
  g_test_add_func ("/local-socket/autobind", test_autobind);
  g_test_add_data_func ("/local-socket/packets/path", "path", test_packets);
  g_test_add_data_func ("/local-socket/packets/abstract", "@gsock-test-packets", test_packets);
  g_test_add_func ("/local-socket/abstract", test_abstract);
  g_test_add_func ("/local-socket/unlink", test_unlink);
  result = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return result;
}
