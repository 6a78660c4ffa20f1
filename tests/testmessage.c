/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending and receiving of messages that must go well. */

#include "testmessage.h"

#include <netinet/in.h>
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

const TestWay test_ways[TEST_N_WAYS] = {
  { "ipv4", AF_INET, "127.0.0.2", "127.0.0.3", FALSE },
  { "ipv6", AF_INET6, "::1", "::1", FALSE },
  { "dual-stack", AF_INET, "127.0.0.2", "127.0.0.3", TRUE },
};

GSockSocket *
test_datagram_socket_new (int family, const char *host)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", family, "local-host", host, NULL);

  g_assert_no_error (error);
  return socket;
}

GSockSocket *
test_dual_stack_socket_new (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_INET6, "local-host", "::",
                                           "ipv6-only", FALSE, NULL);

  g_assert_no_error (error);
  return socket;
}

GSockAddress
test_host_and_port (const char *host, guint port)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  gsock_address_init_from_host (&address, host, port, &error);
  g_assert_no_error (error);
  return address;
}

void
test_assert_host (const GSockAddress *address, const char *host)
{
  g_autofree char *found = gsock_address_get_host (address);

  g_assert_cmpstr (found, ==, host);
}

void
test_ends_open (TestEnds *self, const TestWay *way)
{
  self->server = way->dual_stack ? test_dual_stack_socket_new () : test_datagram_socket_new (way->family, way->family == AF_INET6 ? "::" : "0.0.0.0");
  self->client = way->dual_stack ? test_dual_stack_socket_new () : test_datagram_socket_new (way->family, way->sender);
  self->port = (guint) gsock_socket_get_local_port (self->server);
}

void
test_ends_close (TestEnds *self)
{
  g_assert_finalize_object (self->server);
  g_assert_finalize_object (self->client);
}

void
test_ask_for_each (GSockSocket *socket, const TestWay *way, const char *name4, const char *name6)
{
  if (way->family == AF_INET)
    test_message_ask_for (socket, name4);
  if (way->family == AF_INET6 || way->dual_stack)
    test_message_ask_for (socket, name6);
}
