/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending and receiving of messages that must go well. */

#include "testmessage.h"

#include <string.h>

GSockMessage *
test_message_new (const char *text)
{
  GSockMessage *message = gsock_message_new ();

  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  return message;
}

void
test_message_send (GSockSocket *socket, GSockMessage *message)
{
  g_autoptr (GError) error = NULL;
  gssize n = gsock_socket_send_message (socket, message, NULL, &error, NULL);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, gsock_message_get_length (message));
}

GSockMessage *
test_message_receive (GSockSocket *socket, gsize size, GSockMessageFlags flags)
{
  g_autoptr (GError) error = NULL;
  GSockMessage *message = gsock_socket_receive_message (socket, size, NULL, &error, "timeout", 30.0, "flags", flags, NULL);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

void
test_message_assert_text (GSockMessage *message, const char *text)
{
  g_autoptr (GBytes) bytes = gsock_message_get_bytes (message);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

void
test_message_set_option (GSockSocket *socket, const char *option, GVariant *value)
{
  g_autoptr (GError) error = NULL;

  gsock_socket_set_option (socket, option, value, &error);
  g_assert_no_error (error);
}

void
test_message_ask_for (GSockSocket *socket, const char *option)
{
  test_message_set_option (socket, option, g_variant_new_boolean (TRUE));
}
