/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of local sockets: the mode that one is born with (22), and names without an end (23), and a close
 * by another thread between a file and what is known of it (30). */

#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char *folder;

static char *
path_in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* bind, after which the file is looked at before anybody could have changed it. */
int __real_bind (int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind (int fd, const struct sockaddr *address, socklen_t length);

static int mode_at_birth = -1;

/* Closed by somebody else as soon as it is bound. */
static GSockSocket *closed_at_birth;

int
__wrap_bind (int fd, const struct sockaddr *address, socklen_t length)
{
  int result = __real_bind (fd, address, length);
  struct stat status;

  if (result == 0 && address->sa_family == AF_UNIX && stat (((const struct sockaddr_un *) address)->sun_path, &status) == 0)
    mode_at_birth = status.st_mode & 07777;
  if (closed_at_birth != NULL)
    g_assert_true (gsock_socket_close (closed_at_birth, FALSE, NULL));
  return result;
}

typedef struct
{
  int type, role;
  mode_t umask;
  int mode, wanted;
} Birth;

static const Birth births[] = {
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 022, 0600, 0600 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 0, 0600, 0600 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 0, 0660, 0660 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 077, 0666, 0600 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 022, 0666, 0644 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 0, 0777, 0777 },
  { SOCK_STREAM, GSOCK_ROLE_PASSIVE, 0, 0, 0 },
  { SOCK_STREAM, GSOCK_ROLE_ACTIVE, 0, 0640, 0640 },
  { SOCK_DGRAM, GSOCK_ROLE_ACTIVE, 0, 0620, 0620 },
  { SOCK_SEQPACKET, GSOCK_ROLE_PASSIVE, 022, 0700, 0700 },
};

static void
test_mode (gconstpointer data)
{
  const Birth *birth = data;
  g_autofree char *path = path_in_folder ("mode");
  g_autoptr (GError) error = NULL;
  mode_t before = umask (birth->umask);
  GSockSocket *socket;
  struct stat status;

  mode_at_birth = -1;
  if (birth->type == SOCK_DGRAM)
    socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", birth->type, "file-mode",
                                birth->mode, "local-filename", path, NULL);
  else
    socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", birth->type, "connect", birth->role,
                                "file-mode", birth->mode, "local-filename", path, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (mode_at_birth, ==, birth->wanted);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, birth->wanted);
  g_assert_cmpint (umask (before), ==, birth->umask);
  g_assert_finalize_object (socket);
  g_assert_cmpint (access (path, F_OK), ==, -1);
}

static gboolean
init_with_file (GSockSocket *socket, const char *path, GError **error)
{
  g_object_set (socket, "local-filename", path, NULL);
  return g_initable_init (G_INITABLE (socket), NULL, error);
}

static gboolean
bind_to_file (GSockSocket *socket, const char *path, GError **error)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_filename (path, error);

  g_object_set (socket, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
  return address != NULL && g_initable_init (G_INITABLE (socket), NULL, error) && gsock_socket_bind_address_direct (socket, address, error);
}

typedef gboolean (*BindFunc) (GSockSocket *socket, const char *path, GError **error);

static BindFunc binds[] = { init_with_file, bind_to_file };

static void
test_closed_at_birth (gconstpointer data)
{
  const BindFunc *bind_it = data;
  g_autofree char *path = path_in_folder ("closed");
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL);

  closed_at_birth = socket;
  g_assert_false ((*bind_it) (socket, path, &error));
  closed_at_birth = NULL;
  g_assert_error (error, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
  g_assert_cmpint (access (path, F_OK), ==, -1);
  g_assert_finalize_object (socket);
}

/* The longest name that the kernel takes fills the field, and no NUL ends it there. */
static char *
longest_path (struct sockaddr_un *native)
{
  g_autofree char *name = g_strnfill (sizeof native->sun_path - strlen (folder) - 1, 'n');
  char *path = path_in_folder (name);

  g_assert_cmpuint (strlen (path), ==, sizeof native->sun_path);
  memset (native, 0, sizeof *native);
  native->sun_family = AF_UNIX;
  memcpy (native->sun_path, path, sizeof native->sun_path);
  return path;
}

static void
check_filename (GSockSocket *socket, const char *property, const char *path)
{
  g_autofree char *filename = NULL;
  g_autofree char *text = gsock_socket_to_string (socket);

  g_object_get (socket, property, &filename, NULL);
  g_assert_cmpstr (filename, ==, path);
  g_assert_nonnull (strstr (text, path));
}

/* The kernel then says that the address has one byte more than there is room for. */
static void
test_unterminated_name (void)
{
  g_autoptr (GError) error = NULL;
  struct sockaddr_un native;
  g_autofree char *path = longest_path (&native);
  struct sockaddr_storage room;
  socklen_t length = sizeof room;
  GSockSocket *listener, *client;
  GSockActiveSocket *accepted;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &native, sizeof native), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &room, &length), ==, 0);
  g_assert_cmpuint (length, ==, sizeof native + 1);

  listener = gsock_make_socket_from_fd (fd, &error, "dup", FALSE, NULL);
  g_assert_no_error (error);
  check_filename (listener, "local-filename", path);
  {
    GSockAddress address = test_address_of (listener);

    g_assert_cmpuint (address.length, ==, sizeof native);
    client = gsock_make_socket (NULL, &error, "remote-address", &address, NULL);
    g_assert_no_error (error);
  }
  check_filename (client, "remote-filename", path);
  accepted = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  g_assert_no_error (error);
  {
    GSockAddress address = test_address_of (GSOCK_SOCKET (accepted));
    g_autofree char *filename = gsock_address_get_filename (&address);

    g_assert_cmpstr (filename, ==, path);
  }
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (client);
  g_assert_finalize_object (listener);
  g_unlink (path);
}

static void
test_unterminated_sender (void)
{
  g_autoptr (GError) error = NULL;
  struct sockaddr_un native;
  g_autofree char *path = longest_path (&native);
  g_autofree char *sender = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GSockAddress) from = NULL;
  GSockReceived received;
  GSockSocket *receiver = test_receiver_new (test_kind_find ("local-datagram"));
  GSockAddress address = test_address_of (receiver);
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &native, sizeof native), ==, 0);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (sendto (fd, "x", 1, 0, gsock_address_native (&address), address.length), ==, 1);
  g_assert_cmpint (gsock_socket_receive_from (receiver, &(char){ 0 }, 1, &received, NULL, &error, NULL), ==, 1);
  g_assert_no_error (error);
  sender = gsock_address_get_filename (&received.sender);
  g_assert_cmpstr (sender, ==, path);
  bytes = gsock_socket_receive_bytes (receiver, 1, 0, TRUE, -1, &from, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_address_equal (from, &received.sender));
  /* And it can be answered. */
  g_assert_cmpint (gsock_socket_send_to (receiver, "y", 1, NULL, &error, "remote-address", from, NULL), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (recv (fd, &(char){ 0 }, 1, MSG_DONTWAIT), ==, 1);
  close (fd);
  g_unlink (path);
  g_assert_finalize_object (receiver);
}

/* gsock itself takes no name that would need the last byte: over-long ones are refused, never cut. */
static void
test_long_name (void)
{
  g_autoptr (GError) error = NULL;
  struct sockaddr_un native;
  g_autofree char *path = longest_path (&native);

  g_assert_null (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL,
                                    "local-filename", path, NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  path[strlen (path) - 1] = '\0';
  g_assert_cmpint (access (path, F_OK), ==, -1);
  {
    g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "address-family",
                                                        GSOCK_ADDRESS_FAMILY_LOCAL, "local-filename", path, NULL);

    g_assert_no_error (error);
    check_filename (socket, "local-filename", path);
  }
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("gsock-XXXXXX", NULL);
  g_assert_nonnull (folder);
  for (guint i = 0; i < G_N_ELEMENTS (births); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fault/22/mode/%u", i);

      test_add_with (path, &births[i], test_mode);
    }
  test_add_with ("/fault/30/closed-at-birth/init", &binds[0], test_closed_at_birth);
  test_add_with ("/fault/30/closed-at-birth/bind-address", &binds[1], test_closed_at_birth);
  test_add ("/fault/23/unterminated-name", test_unterminated_name);
  test_add ("/fault/23/unterminated-sender", test_unterminated_sender);
  test_add ("/fault/23/long-name", test_long_name);
  result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
