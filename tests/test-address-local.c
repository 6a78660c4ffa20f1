/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of local sockets: their bounds, their forms, and what the kernel makes of them. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static void
assert_text (const GSockAddress *address, const char *wanted)
{
  g_autofree char *text = gsock_address_to_text (address);

  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_filename (const GSockAddress *address, const char *wanted)
{
  g_autofree char *filename = gsock_address_get_filename (address);

  g_assert_cmpstr (filename, ==, wanted);
}

static void
get_name (int fd, GSockAddress *address)
{
  struct sockaddr *room = gsock_address_native_room (address);

  g_assert_cmpint (getsockname (fd, room, &address->length), ==, 0);
  gsock_address_clamp (address);
}

static int
open_at (const GSockAddress *address)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, gsock_address_native (address), address->length), ==, 0);
  return fd;
}

static void
test_filename (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockAddress) address = gsock_address_new_from_filename ("/run/x.sock", &error);

  g_assert_no_error (error);
  g_assert_cmpint (gsock_address_get_family (address), ==, GSOCK_ADDRESS_FAMILY_LOCAL);
  g_assert_cmpuint (address->length, ==, 2 + strlen ("/run/x.sock") + 1);
  g_assert_false (gsock_address_is_abstract (address));
  assert_filename (address, "/run/x.sock");
  assert_text (address, "/run/x.sock");
}

static void
test_filename_limits (void)
{
  g_autofree char *longest = g_strnfill (107, 'x');
  g_autofree char *longer = g_strnfill (108, 'x');
  g_autofree char *abstract = g_strconcat ("@", longest, NULL);
  g_autofree char *abstract_longer = g_strconcat ("@", longer, NULL);
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  g_assert_true (gsock_address_init_from_filename (&address, longest, &error));
  assert_filename (&address, longest);
  g_assert_true (gsock_address_init_from_filename (&address, abstract, &error));
  assert_filename (&address, abstract);
  g_assert_cmpuint (address.length, ==, sizeof (struct sockaddr_un));
  g_assert_no_error (error);

  g_assert_false (gsock_address_init_from_filename (&address, longer, &error));
  test_assert_message (error, "108 bytes");
  test_assert_message (error, "107 at most");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_cmpuint (address.length, ==, 0);
  g_assert_false (gsock_address_init_from_filename (&address, abstract_longer, &error));
  test_assert_message (error, "108 bytes");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_filename_refused (void)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  g_assert_false (gsock_address_init_from_filename (&address, "", &error));
  test_assert_message (error, "empty");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_address_init_from_filename (&address, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_address_init_path (&address, "a\0b", 3, &error));
  test_assert_message (error, "NUL");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

/* A file name is bytes: they come back as they were, and only the text escapes them. */
static void
test_filename_bytes (void)
{
  GSockAddress address, read;

  g_assert_true (gsock_address_init_from_filename (&address, "/tmp/\xff\n \xc3\xa9\\x41\\", NULL));
  assert_filename (&address, "/tmp/\xff\n \xc3\xa9\\x41\\");
  assert_text (&address, "/tmp/\\xff\\x0a \xc3\xa9\\x5cx41\\");
  g_assert_true (gsock_address_init_from_text (&read, "/tmp/\\xff\\x0a \xc3\xa9\\x5cx41\\", NULL));
  g_assert_true (gsock_address_equal (&address, &read));
}

/* A file whose name could be taken for something else. */
static void
test_filename_ambiguous (void)
{
  static const struct
  {
    const char *path, *filename, *text;
  } names[] = {
    { "x", "x", "local:x" },
    { "80", "80", "local:80" },
    { "@x", "./@x", "local:@x" },
    { "[::1]:80", "[::1]:80", "local:[::1]:80" },
    { "local:x", "local:x", "local:local:x" },
    { "(unnamed)", "(unnamed)", "local:(unnamed)" },
    { "./x", "./x", "./x" },
    { "../x", "../x", "../x" },
    { ".x", ".x", "local:.x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GSockAddress address, read;

      g_assert_true (
          gsock_address_init_path (&address, names[i].path, strlen (names[i].path), NULL));
      g_assert_false (gsock_address_is_abstract (&address));
      assert_filename (&address, names[i].filename);
      assert_text (&address, names[i].text);
      g_assert_true (gsock_address_init_from_text (&read, names[i].text, NULL));
      g_assert_true (gsock_address_equal (&address, &read));
    }
}

static void
test_abstract (void)
{
  const guint8 name[] = { 'a', '\0', '@', 0xff, '\0' };
  guint8 longest[108] = { 0 };
  g_autoptr (GSockAddress) address = NULL, full = NULL, empty = NULL;
  g_autoptr (GError) error = NULL;

  address = gsock_address_new_abstract (name, sizeof name, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_address_is_abstract (address));
  g_assert_cmpuint (address->length, ==, 2 + 1 + sizeof name);
  assert_text (address, "@a\\x00@\\xff\\x00");
  assert_filename (address, "@a\\x00@\xff\\x00");

  full = gsock_address_new_abstract (longest, 107, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (full->length, ==, sizeof (struct sockaddr_un));
  g_assert_null (gsock_address_new_abstract (longest, 108, &error));
  test_assert_message (error, "abstract name");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);

  empty = gsock_address_new_abstract (NULL, 0, &error);
  g_assert_no_error (error);
  assert_text (empty, "@");
  assert_filename (empty, "@");
}

static void
test_abstract_in_kernel (void)
{
  g_autofree char *text = g_strdup_printf ("@gsock-%d\\x00\\x01/", getpid ());
  g_autoptr (GSockAddress) address = gsock_address_new_from_text (text, NULL);
  g_autoptr (GSockAddress) longer = NULL;
  g_autofree char *longer_text = g_strconcat (text, "\\x00", NULL);
  GSockAddress name;
  int fd = open_at (address);
  int other;

  get_name (fd, &name);
  g_assert_true (gsock_address_equal (address, &name));
  g_assert_cmpuint (name.length, ==, address->length);
  assert_text (&name, text);

  /* One NUL more is another name, for the kernel and for equality. */
  longer = gsock_address_new_from_text (longer_text, NULL);
  other = open_at (longer);
  get_name (other, &name);
  g_assert_true (gsock_address_equal (longer, &name));
  g_assert_false (gsock_address_equal (address, &name));
  close (fd);
  close (other);
}

static void
test_unnamed (void)
{
  GSockAddress address, read;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  get_name (fds[0], &address);
  g_assert_cmpint (gsock_address_get_family (&address), ==, GSOCK_ADDRESS_FAMILY_LOCAL);
  g_assert_false (gsock_address_is_abstract (&address));
  assert_filename (&address, NULL);
  assert_text (&address, "(unnamed)");
  g_assert_true (gsock_address_init_from_text (&read, "(unnamed)", NULL));
  g_assert_true (gsock_address_equal (&address, &read));
  close (fds[0]);
  close (fds[1]);
}

/* Bound unnamed, the kernel chooses an abstract name. */
static void
test_autobind (void)
{
  GSockAddress address;
  int fd;

  gsock_address_init_any (&address, AF_UNIX, 0);
  fd = open_at (&address);
  get_name (fd, &address);
  g_assert_true (gsock_address_is_abstract (&address));
  g_assert_cmpuint (address.length, ==, 2 + 1 + 5);
  close (fd);
}

static void
test_counted_nul (void)
{
  guint8 bytes[111] = { AF_UNIX };
  g_autofree char *path = g_strnfill (108, 'x');
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  memset (bytes, 0, sizeof bytes);
  memcpy (bytes, &(sa_family_t){ AF_UNIX }, sizeof (sa_family_t));
  memcpy (bytes + 2, path, 108);
  g_assert_true (gsock_address_init_from_bytes (&address, bytes, 111, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (address.length, ==, 110);
  assert_filename (&address, path);

  bytes[110] = 'x';
  g_assert_false (gsock_address_init_from_bytes (&address, bytes, 111, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  bytes[110] = 0;
  bytes[2] = 0;
  g_assert_false (gsock_address_init_from_bytes (&address, bytes, 111, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

/* A path of 108 bytes leaves no room for its NUL: the kernel takes it, and tells a length of 111,
 * which it would not take itself. */
static void
test_path_of_108 (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gsock-XXXXXX", NULL);
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *path = g_strnfill (108, 'x');
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  GSockAddress address, name;
  struct sockaddr *room;
  int fd, client;
  char byte;

  g_assert_nonnull (folder);
  g_assert_cmpint (g_chdir (folder), ==, 0);
  memcpy (native.sun_path, path, sizeof native.sun_path);
  g_assert_true (
      gsock_address_init_from_bytes (&address, (const guint8 *) &native, sizeof native, NULL));
  fd = open_at (&address);

  memset (&name, 'y', sizeof name);
  room = gsock_address_native_room (&name);
  g_assert_cmpint (getsockname (fd, room, &name.length), ==, 0);
  g_assert_cmpuint (name.length, ==, 111);
  gsock_address_clamp (&name);
  g_assert_cmpuint (name.length, ==, 110);
  assert_filename (&name, path);
  g_assert_true (gsock_address_equal (&address, &name));
  g_assert_cmpuint (gsock_address_hash (&address), ==, gsock_address_hash (&name));

  client = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (sendto (client, "x", 1, 0, gsock_address_native (&name), name.length), ==, 1);
  g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 1);

  close (client);
  close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-local/filename", test_filename);
  g_test_add_func ("/address-local/filename/limits", test_filename_limits);
  g_test_add_func ("/address-local/filename/refused", test_filename_refused);
  g_test_add_func ("/address-local/filename/bytes", test_filename_bytes);
  g_test_add_func ("/address-local/filename/ambiguous", test_filename_ambiguous);
  g_test_add_func ("/address-local/abstract", test_abstract);
  g_test_add_func ("/address-local/abstract/in-kernel", test_abstract_in_kernel);
  g_test_add_func ("/address-local/unnamed", test_unnamed);
  g_test_add_func ("/address-local/autobind", test_autobind);
  g_test_add_func ("/address-local/counted-nul", test_counted_nul);
  g_test_add_func ("/address-local/path-of-108", test_path_of_108);

  return g_test_run ();
}
