/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of one end of a conversation: its keywords, and classes derived from it. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "testwire.h"

#include <string.h>

static void
test_defaults (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, NULL);
  g_autofree char *format = NULL;
  int input, output;

  g_assert_true (GSOCK_IS_ACTIVE_SOCKET (socket));
  g_object_get (socket, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
  g_assert_cmpstr (format, ==, "utf-8");
  g_assert_cmpint (input, ==, 8192);
  g_assert_cmpint (output, ==, 8192);
}

static void
test_keywords (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "external-format", "latin1/crlf", "input-buffer-size", 100,
                                                      "output-buffer-size", 200, "keepalive", TRUE, "nodelay", TRUE, NULL);
  g_autofree char *format = NULL;
  gboolean keepalive, nodelay;
  int input, output;

  g_assert_no_error (error);
  g_object_get (socket, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output,
                "keepalive", &keepalive, "nodelay", &nodelay, NULL);
  g_assert_cmpstr (format, ==, "latin1/crlf");
  g_assert_cmpint (input, ==, 100);
  g_assert_cmpint (output, ==, 200);
  g_assert_true (keepalive);
  g_assert_true (nodelay);

  g_object_set (socket, "keepalive", FALSE, "nodelay", FALSE, NULL);
  g_object_get (socket, "keepalive", &keepalive, "nodelay", &nodelay, NULL);
  g_assert_false (keepalive);
  g_assert_false (nodelay);
}

static void
test_types (void)
{
  static const GSockSocketType types[] = { GSOCK_SOCKET_TYPE_STREAM, GSOCK_SOCKET_TYPE_SEQPACKET };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "type", types[i], NULL);

      g_assert_no_error (error);
      g_assert_true (GSOCK_IS_ACTIVE_SOCKET (socket));
      g_assert_cmpint (gsock_socket_get_socket_type (socket), ==, types[i]);
    }
}

/* A class of one's own that counts what it sends, and writes in capitals. */
typedef struct
{
  GSockActiveSocket parent_instance;
  guint n_sent;
} Shouter;

typedef GSockActiveSocketClass ShouterClass;

static GType shouter_get_type (void);
G_DEFINE_TYPE (Shouter, shouter, GSOCK_TYPE_ACTIVE_SOCKET)

static gssize
shouter_send_to (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (data, &length);
  g_autofree char *loud = g_ascii_strup (text, length);
  g_autoptr (GBytes) bytes = g_bytes_new (loud, length);

  ((Shouter *) self)->n_sent++;
  return GSOCK_SOCKET_CLASS (shouter_parent_class)->send_to (self, bytes, destination, flags, wait, timeout, cancellable, error);
}

static void
shouter_class_init (ShouterClass *klass)
{
  GSOCK_SOCKET_CLASS (klass)->send_to = shouter_send_to;
}

static void
shouter_init (Shouter *self)
{
}

static void
test_derived (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = test_listener_new (test_kind_find ("tcp-ipv4"), 4);
  g_autoptr (GSockSocket) socket = gsock_make_instance (shouter_get_type (), NULL, &error, "remote-host", "127.0.0.1",
                                                        "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) peer = NULL;
  char room[16];

  g_assert_no_error (error);
  peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  g_assert_cmpint (gsock_socket_send_to (socket, "hello", 5, NULL, &error, "start", 1, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (peer), room, sizeof room, NULL, NULL, &error, NULL), ==, 4);
  g_assert_cmpmem (room, 4, "ELLO", 4);
  g_assert_cmpuint (((Shouter *) socket)->n_sent, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/active-socket/defaults", test_defaults);
  test_add ("/active-socket/keywords", test_keywords);
  test_add ("/active-socket/types", test_types);
  test_add ("/active-socket/derived", test_derived);
  return g_test_run ();
}
