/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as a value: its bytes, its address, its flags and what it owns. */

#include "testlib.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
assert_bytes (GSockMessage *message, const char *text)
{
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (message);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
  g_assert_cmpuint (gsock_message_get_length (message), ==, strlen (text));
}

static void
test_empty (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  gsize n_fds = 1;

  assert_bytes (message, "");
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 0);
  g_assert_false (gsock_message_is_truncated (message));
  g_assert_false (gsock_message_is_control_truncated (message));
  g_assert_null (gsock_message_get_address (message));
  g_assert_cmpuint (gsock_message_get_flags (message), ==, GSOCK_MESSAGE_FLAGS_NONE);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 0);
  g_assert_null (gsock_message_take_file_descriptors (message, &n_fds));
  g_assert_cmpuint (n_fds, ==, 0);
  g_assert_cmpint (gsock_message_take_pidfd (message), ==, -1);
  g_assert_cmpuint (gsock_message_get_n_controls (message), ==, 0);
  g_assert_null (gsock_message_get_control (message, 0, NULL, NULL));
}

static void
test_bytes (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GBytes) chunk = g_bytes_new_static ("defg", 4);
  g_autoptr (GBytes) same = NULL;
  char text[] = "abc";

  gsock_message_add_bytes (message, chunk);
  same = gsock_message_get_bytes (message);
  g_assert_true (same == chunk); /* one buffer is not copied */
  gsock_message_add_data (message, (const guint8 *) text, 3);
  text[0] = 'x'; /* but what add-data got is */
  gsock_message_add_data (message, NULL, 0);
  assert_bytes (message, "defgabc");
  g_assert_cmpuint (gsock_message_get_full_length (message), ==, 7);
}

static void
test_address (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  GSockAddress address;

  g_assert_true (gsock_address_init_from_host (&address, "192.0.2.1", 53, NULL));
  gsock_message_set_address (message, &address);
  g_assert_true (gsock_address_equal (gsock_message_get_address (message), &address));
  gsock_message_set_address (message, NULL);
  g_assert_null (gsock_message_get_address (message));
}

static void
test_flags (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();

  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_TRUNCATE);
  g_assert_true (gsock_message_is_truncated (message));
  g_assert_false (gsock_message_is_control_truncated (message));
  gsock_message_set_flags (message, GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED);
  g_assert_false (gsock_message_is_truncated (message));
  g_assert_true (gsock_message_is_control_truncated (message));
  g_assert_cmpuint (gsock_message_get_flags (message), ==, GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED);
}

/* As an introspected language holds it. */
static void
test_references (void)
{
  GValue value = G_VALUE_INIT;
  GSockMessage *message = gsock_message_new ();

  g_value_init (&value, GSOCK_TYPE_MESSAGE);
  g_value_set_boxed (&value, message);
  g_assert_true (g_value_get_boxed (&value) == message);
  gsock_message_unref (message);
  gsock_message_add_data (g_value_get_boxed (&value), (const guint8 *) "held", 4);
  assert_bytes (g_value_get_boxed (&value), "held");
  g_value_unset (&value);
}

static void
test_descriptors_are_owned (void)
{
  GSockMessage *message = gsock_message_new ();
  GSockMessage *other = gsock_message_ref (message);

  g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  g_assert_true (gsock_message_add_file_descriptor (message, 1, NULL));
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (other), ==, 2);
  gsock_message_unref (message);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (other), ==, 2);
  gsock_message_unref (other); /* test_add counts the descriptors */
}

static void
test_descriptors_are_taken (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autofree int *fds = NULL;
  gsize n_fds;

  g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  fds = gsock_message_take_file_descriptors (message, &n_fds);
  g_assert_cmpuint (n_fds, ==, 1);
  g_assert_cmpint (fcntl (fds[0], F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 0);
  g_assert_null (gsock_message_take_file_descriptors (message, &n_fds));
  g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL)); /* it goes on as if new */
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 1);
  close (fds[0]);
}

static void
test_pidfd (void)
{
  GSockMessage *message = gsock_message_new ();
  int fd = dup (0);

  message->pidfd = fd;
  g_assert_cmpint (gsock_message_take_pidfd (message), ==, fd);
  g_assert_cmpint (gsock_message_take_pidfd (message), ==, -1);
  message->pidfd = fd;
  gsock_message_unref (message);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

static void
test_controls (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GBytes) bytes = NULL;
  int level = 0, type = 0;

  g_assert_true (gsock_message_add_control (message, 1, 2, (const guint8 *) "abc", 3, NULL));
  g_assert_true (gsock_message_add_control (message, 3, 4, NULL, 0, NULL));
  g_assert_cmpuint (gsock_message_get_n_controls (message), ==, 2);
  bytes = gsock_message_get_control (message, 0, &level, &type);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "abc", 3);
  g_assert_cmpint (level, ==, 1);
  g_assert_cmpint (type, ==, 2);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = gsock_message_get_control (message, 1, &level, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_cmpint (level, ==, 3);
  g_assert_null (gsock_message_get_control (message, 2, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/message/empty", test_empty);
  test_add ("/message/bytes", test_bytes);
  test_add ("/message/address", test_address);
  test_add ("/message/flags", test_flags);
  test_add ("/message/references", test_references);
  test_add ("/message/descriptors/owned", test_descriptors_are_owned);
  test_add ("/message/descriptors/taken", test_descriptors_are_taken);
  test_add ("/message/pidfd", test_pidfd);
  test_add ("/message/controls", test_controls);
  return g_test_run ();
}
