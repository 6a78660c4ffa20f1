/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class that listens: listen-on, what it hands on, and what its method may do. */

#include <gsock/gsock.h>

#include "testlib.h"
#include "teststage.h"
#include "testwire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static GSockSocket *
new_unbound (void)
{
  return gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, NULL);
}

static void
test_listen_later (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_unbound ();

  g_assert_false (gsock_socket_is_listening (socket));
  g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (socket), NULL, &error, NULL));
  test_assert_message (error, "listen-on");
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-host", "127.0.0.1", NULL));
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, "backlog", 5, NULL));
  g_assert_true (gsock_socket_is_listening (socket));
}

static void
test_backlog (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = test_listener_new (test_kind_find ("tcp-ipv4"), 3);
  int backlog;

  g_object_get (socket, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 3);
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, "backlog", 9, NULL));
  g_object_get (socket, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 9);
  g_object_set (socket, "backlog", 4, NULL);
  g_object_get (socket, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 4);
}

/* Of a listener the kernel tells its backlog in this field. */
static guint
native_backlog (GSockSocket *socket)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  g_assert_cmpint (getsockopt (gsock_socket_get_file_descriptor (socket, NULL), IPPROTO_TCP, TCP_INFO, &info, &length), ==, 0);
  return info.tcpi_sacked;
}

/* What make-socket was given holds for a listen-on that is given nothing. */
static void
test_backlog_kept (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "backlog", 7, NULL);
  g_autoptr (GSockSocket) at_once = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "backlog", 5, NULL);

  g_assert_cmpuint (native_backlog (at_once), ==, 5);
  g_assert_true (gsock_socket_bind_address (socket, NULL, NULL, &error, "local-port", 0, NULL));
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, NULL));
  g_assert_cmpuint (native_backlog (socket), ==, 7);
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, "backlog", 9, NULL));
  g_assert_cmpuint (native_backlog (socket), ==, 9);
  g_object_set (socket, "backlog", 4, NULL);
  g_assert_cmpuint (native_backlog (socket), ==, 4);
  g_assert_no_error (error);
}

/* The property alone makes nobody listen. */
static void
test_backlog_recorded (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_unbound ();
  int backlog = 0;

  g_object_set (socket, "backlog", 6, NULL);
  g_object_get (socket, "backlog", &backlog, NULL);
  g_assert_cmpint (backlog, ==, 6);
  g_assert_false (gsock_socket_is_listening (socket));
  g_assert_false (gsock_socket_is_bound (socket));
  g_assert_cmpint (test_native_int (socket, SOL_SOCKET, SO_ACCEPTCONN), ==, 0);
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, NULL));
  g_assert_cmpuint (native_backlog (socket), ==, 6);
}

/* A server of records: each arrives as it was sent. */
static void
test_seqpacket (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = test_unique_name ();
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "type", GSOCK_SOCKET_TYPE_SEQPACKET,
                                                        "local-filename", name, NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "remote-filename", name, NULL);
  g_autoptr (GSockActiveSocket) peer = NULL;
  GSockReceived received;
  char room[16];

  g_assert_no_error (error);
  g_assert_true (GSOCK_IS_PASSIVE_SOCKET (listener));
  peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  g_assert_cmpint (gsock_socket_get_socket_type (GSOCK_SOCKET (peer)), ==, GSOCK_SOCKET_TYPE_SEQPACKET);
  g_assert_cmpint (gsock_socket_send_to (client, "one", 3, NULL, &error, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_send_to (client, "two!", 4, NULL, &error, "end-of-record", TRUE, NULL), ==, 4);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (peer), room, sizeof room, &received, NULL, &error, NULL), ==, 3);
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (peer), room, 2, &received, NULL, &error, NULL), ==, 2);
  g_assert_true (received.truncated);
  g_assert_cmpuint (received.full_length, ==, 4);
  g_assert_true (gsock_socket_close (client, FALSE, &error));
  g_assert_cmpint (gsock_socket_receive_from (GSOCK_SOCKET (peer), room, sizeof room, &received, NULL, &error, NULL), ==, 0);
  g_assert_no_error (error);
}

static void
test_listen_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = new_unbound ();

  g_assert_false (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, "backlog", -1, NULL));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, "backlock", 1, NULL));
  test_assert_message (error, "backlog");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_true (gsock_socket_close (socket, FALSE, &error));
  g_assert_false (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (socket), &error, NULL));
  test_assert_error (error, GSOCK_ERROR_CLOSED);
}

/* A passive socket connects to nobody. */
static void
test_connect (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = test_listener_new (test_kind_find ("tcp-ipv4"), 3);
  GSockAddress address = test_address_of (socket);

  g_assert_false (gsock_socket_connect (socket, &address, NULL, &error, NULL));
  test_assert_error (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
}

/* What it accepts has its format and buffers, unless the call says otherwise. */
static void
test_handed_on (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1",
                                                        "external-format", "latin1", "input-buffer-size", 10, "output-buffer-size", 20,
                                                        "keepalive", TRUE, "nodelay", TRUE, NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "input-buffer-size", 30, NULL);
  g_autofree char *format = NULL;
  gboolean keepalive, nodelay;
  int input, output;

  g_assert_no_error (error);
  g_assert_nonnull (client);
  g_object_get (peer, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output,
                "keepalive", &keepalive, "nodelay", &nodelay, NULL);
  g_assert_cmpstr (format, ==, "latin1");
  g_assert_cmpint (input, ==, 30);
  g_assert_cmpint (output, ==, 20);
  g_assert_true (keepalive);
  g_assert_true (nodelay);
}

/* A class of one's own for what is accepted. */
typedef GSockActiveSocket Guest;
typedef GSockActiveSocketClass GuestClass;

static GType guest_get_type (void);
G_DEFINE_TYPE (Guest, guest, GSOCK_TYPE_ACTIVE_SOCKET)

static void
guest_class_init (GuestClass *klass)
{
}

static void
guest_init (Guest *self)
{
}

static void
test_active_type (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "active-type", guest_get_type (), NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);

  g_assert_no_error (error);
  g_assert_nonnull (client);
  g_assert_true (G_OBJECT_TYPE (peer) == guest_get_type ());
  g_object_set (listener, "active-type", GSOCK_TYPE_ACTIVE_SOCKET, NULL);
  g_assert_true (gsock_passive_socket_get_active_type (GSOCK_PASSIVE_SOCKET (listener)) == GSOCK_TYPE_ACTIVE_SOCKET);
  g_object_set (listener, "active-type", guest_get_type (), NULL);
  g_assert_true (gsock_passive_socket_get_active_type (GSOCK_PASSIVE_SOCKET (listener)) == guest_get_type ());
  g_assert_true (gsock_socket_is_connected (GSOCK_SOCKET (peer)));
}

static void
test_active_type_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "active-type", G_TYPE_OBJECT, NULL));
  test_assert_message (error, "GSockActiveSocket");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

/* The setter has nobody to tell, so accepting tells. */
static void
test_active_type_is_wrong (void)
{
  const GType wrong[] = { G_TYPE_OBJECT, GSOCK_TYPE_PASSIVE_SOCKET, G_TYPE_STRING, G_TYPE_INVALID };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "timeout", 5.0, NULL);
  g_autoptr (GSockSocket) client = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
  g_autoptr (GSockActiveSocket) peer = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (client);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      gsock_passive_socket_set_active_type (GSOCK_PASSIVE_SOCKET (listener), wrong[i]);
      g_assert_null (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL));
      test_assert_message (error, "active-type");
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }
  gsock_passive_socket_set_active_type (GSOCK_PASSIVE_SOCKET (listener), guest_get_type ());
  peer = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);
  g_assert_no_error (error);
  g_assert_true (G_OBJECT_TYPE (peer) == guest_get_type ());
}

/* A listener of one's own that turns every second away. */
typedef struct
{
  GSockPassiveSocket parent_instance;
  guint n_accepted, n_listened;
} Doorman;

typedef GSockPassiveSocketClass DoormanClass;

static GType doorman_get_type (void);
G_DEFINE_TYPE (Doorman, doorman, GSOCK_TYPE_PASSIVE_SOCKET)

static GSockActiveSocket *
doorman_accept_connection (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  GSockActiveSocket *guest = GSOCK_PASSIVE_SOCKET_CLASS (doorman_parent_class)->accept_connection (self, wait, timeout, cancellable, error);

  if (guest == NULL || ((Doorman *) self)->n_accepted++ % 2 == 0)
    return guest;
  g_object_unref (guest);
  return GSOCK_PASSIVE_SOCKET_CLASS (doorman_parent_class)->accept_connection (self, wait, timeout, cancellable, error);
}

static gboolean
doorman_listen_on (GSockPassiveSocket *self, guint backlog, GError **error)
{
  ((Doorman *) self)->n_listened++;
  return GSOCK_PASSIVE_SOCKET_CLASS (doorman_parent_class)->listen_on (self, backlog, error);
}

static void
doorman_class_init (DoormanClass *klass)
{
  klass->listen_on = doorman_listen_on;
  klass->accept_connection = doorman_accept_connection;
}

static void
doorman_init (Doorman *self)
{
}

static void
test_derived (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) listener = gsock_make_instance (doorman_get_type (), NULL, &error, "local-host", "127.0.0.1", NULL);
  GSockSocket *clients[3];
  int ports[3];

  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_listening (listener));
  for (guint i = 0; i < 3; i++)
    {
      clients[i] = gsock_make_socket (NULL, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (listener), NULL);
      ports[i] = gsock_socket_get_local_port (clients[i]);
    }
  for (guint i = 0; i < 3; i += 2)
    {
      g_autoptr (GSockActiveSocket) guest = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL);

      g_assert_cmpint (gsock_socket_get_remote_port (GSOCK_SOCKET (guest)), ==, ports[i]);
    }
  for (guint i = 0; i < 3; i++)
    g_assert_finalize_object (clients[i]);
  g_assert_cmpuint (((Doorman *) listener)->n_listened, ==, 1);
  g_assert_true (gsock_passive_socket_listen_on (GSOCK_PASSIVE_SOCKET (listener), &error, "backlog", 3, NULL));
  g_assert_cmpuint (((Doorman *) listener)->n_listened, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/passive-socket/listen-later", test_listen_later);
  test_add ("/passive-socket/backlog", test_backlog);
  test_add ("/passive-socket/backlog-kept", test_backlog_kept);
  test_add ("/passive-socket/backlog-recorded", test_backlog_recorded);
  test_add ("/passive-socket/seqpacket", test_seqpacket);
  test_add ("/passive-socket/listen-refused", test_listen_refused);
  test_add ("/passive-socket/connect", test_connect);
  test_add ("/passive-socket/handed-on", test_handed_on);
  test_add ("/passive-socket/active-type", test_active_type);
  test_add ("/passive-socket/active-type-refused", test_active_type_refused);
  test_add ("/passive-socket/active-type-is-wrong", test_active_type_is_wrong);
  test_add ("/passive-socket/derived", test_derived);
  return g_test_run ();
}
