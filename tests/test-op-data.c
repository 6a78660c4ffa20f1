/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls with few arguments: what they say of a sender, and what they keep silent about. */

#include "testlib.h"

#include <string.h>

typedef struct
{
  guint8 *data;
  gsize length;
  char *host;
  int port;
  GSockMessage *message;
} Data;

static void
data_clear (Data *self)
{
  g_free (self->data);
  g_free (self->host);
  g_clear_pointer (&self->message, gsock_message_unref);
}

static Data
receive_data (GSockSocket *socket, gsize size)
{
  g_autoptr (GError) error = NULL;
  Data data = { NULL };

  data.data = gsock_socket_receive_data (socket, size, &data.length, &data.host, &data.port, &data.message, &error);
  g_assert_no_error (error);
  g_assert_nonnull (data.data);
  return data;
}

static GSockSocket *
make_datagram_socket (const char *host)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", host, "timeout", 30.0, NULL);

  g_assert_no_error (error);
  return socket;
}

static void
test_host (gconstpointer host)
{
  g_autoptr (GSockSocket) sender = make_datagram_socket (host);
  g_autoptr (GSockSocket) receiver = make_datagram_socket (host);
  int port = gsock_socket_get_local_port (receiver);
  g_autoptr (GError) error = NULL;
  Data data;

  g_assert_cmpint (gsock_socket_send_data_to_host (sender, (const guint8 *) "hello", 5, host, port, &error), ==, 5);
  g_assert_no_error (error);
  data = receive_data (receiver, 100);
  g_assert_cmpmem (data.data, data.length, "hello", 5);
  g_assert_cmpstr (data.host, ==, host);
  g_assert_cmpint (data.port, ==, gsock_socket_get_local_port (sender));
  g_assert_null (data.message);
  data_clear (&data);
}

/* What does not fit is told of in a message. */
static void
test_truncated (void)
{
  g_autoptr (GSockSocket) socket = make_datagram_socket ("127.0.0.1");
  g_autoptr (GSockAddress) address = gsock_socket_get_local_address (socket, NULL);
  g_autoptr (GError) error = NULL;
  Data data;

  g_assert_cmpint (gsock_socket_send_data (socket, (const guint8 *) "hello", 5, address, &error), ==, 5);
  g_assert_no_error (error);
  data = receive_data (socket, 2);
  g_assert_cmpmem (data.data, data.length, "he", 2);
  g_assert_cmpuint (gsock_message_get_full_length (data.message), ==, 5);
  g_assert_cmpuint (gsock_message_get_flags (data.message), ==, GSOCK_MESSAGE_FLAGS_TRUNCATE);
  g_assert_true (gsock_address_equal (gsock_message_get_address (data.message), address));
  g_assert_cmpstr (data.host, ==, "127.0.0.1");
  data_clear (&data);
}

/* A stream has no senders; the empty address is none. */
static void
test_stream (void)
{
  GSockAddress empty = GSOCK_ADDRESS_INIT;
  g_autoptr (GSockSocket) here = NULL;
  g_autoptr (GSockSocket) there = NULL;
  g_autoptr (GError) error = NULL;
  Data data;

  g_assert_true (gsock_make_socket_pair (&here, &there, &error, NULL));
  g_assert_cmpint (gsock_socket_send_data (here, (const guint8 *) "hello", 5, &empty, &error), ==, 5);
  g_assert_no_error (error);
  data = receive_data (there, 100);
  g_assert_cmpmem (data.data, data.length, "hello", 5);
  g_assert_null (data.host);
  g_assert_cmpint (data.port, ==, -1);
  g_assert_null (data.message);
  data_clear (&data);
}

static void
test_errors (void)
{
  g_autoptr (GSockSocket) socket = make_datagram_socket ("127.0.0.1");
  g_autoptr (GError) port = NULL, closed = NULL;
  Data data = { NULL };

  g_assert_cmpint (gsock_socket_send_data_to_host (socket, (const guint8 *) "x", 1, "127.0.0.1", 70000, &port), ==, -1);
  g_assert_error (port, GSOCK_ERROR, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_true (gsock_socket_close (socket, FALSE, NULL));
  data.data = gsock_socket_receive_data (socket, 10, &data.length, &data.host, &data.port, &data.message, &closed);
  g_assert_null (data.data);
  g_assert_error (closed, GSOCK_ERROR, GSOCK_ERROR_CLOSED);
  g_assert_null (data.host);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/op-data/ipv4", "127.0.0.1", test_host);
  g_test_add_data_func ("/op-data/every-digit", "127.10.205.109", test_host);
  g_test_add_data_func ("/op-data/ipv6", "::1", test_host);
  g_test_add_func ("/op-data/truncated", test_truncated);
  g_test_add_func ("/op-data/stream", test_stream);
  g_test_add_func ("/op-data/errors", test_errors);
  return g_test_run ();
}
