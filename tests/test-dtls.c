/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DTLS over gsock, both sides: GDtlsConnection sits on datagram sockets. */

#include "testthread.h"
#include "testtls.h"
#include "testwire.h"

#include <string.h>

#define SECONDS(n) ((gint64) ((n) *G_USEC_PER_SEC))

typedef struct
{
  GTlsCertificate *certificate;
  TestWire wire;
  GDtlsConnection *client, *server;
} Secure;

/* A certificate of one's own is signed by nobody that the machine knows. */
static gboolean
on_certificate (GDtlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags problems, gpointer known)
{
  g_assert_cmpint (problems, ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
  return g_tls_certificate_is_same (certificate, known);
}

/* The backend of glib-networking does not answer g_tls_backend_supports_dtls; GIO's placeholder has
 * types for everything. */
static gboolean
has_dtls (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();

  return g_tls_backend_supports_tls (backend)
         && g_tls_backend_get_dtls_client_connection_type (backend) != G_TYPE_INVALID
         && g_tls_backend_get_dtls_server_connection_type (backend) != G_TYPE_INVALID;
}

/* FALSE, with the running test marked as skipped, where DTLS cannot be had. */
static gboolean
secure_open (Secure *self, const TestKind *kind)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("gsock.test", 0);
  g_autoptr (GError) error = NULL;

  if (!has_dtls ())
    {
      g_test_skip ("GIO has no backend for DTLS here: glib-networking is not installed");
      return FALSE;
    }
  self->certificate = test_make_certificate (NULL);
  if (self->certificate == NULL)
    {
      g_test_skip ("there is no openssl to make a certificate with");
      return FALSE;
    }
  g_assert_true (test_wire_open (&self->wire, kind));
  self->client = G_DTLS_CONNECTION (g_dtls_client_connection_new (G_DATAGRAM_BASED (self->wire.near), identity, &error));
  g_assert_no_error (error);
  self->server = G_DTLS_CONNECTION (g_dtls_server_connection_new (G_DATAGRAM_BASED (self->wire.far), self->certificate, &error));
  g_assert_no_error (error);
  g_signal_connect (self->client, "accept-certificate", G_CALLBACK (on_certificate), self->certificate);
  return TRUE;
}

/* Threads of GTask hold what they have worked on until some time after it is done. */
static void
wait_until_sole (gpointer object)
{
  gint64 until = g_get_monotonic_time () + SECONDS (10);

  while (g_atomic_int_get (&G_OBJECT (object)->ref_count) > 1 && g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static void
secure_close (Secure *self)
{
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_object_unref (self->certificate);
  wait_until_sole (self->wire.near);
  wait_until_sole (self->wire.far);
  test_wire_close (&self->wire);
}

/* A DTLS connection is a GDatagramBased too. */
static void
assert_says (GDtlsConnection *from, GDtlsConnection *to, const char *text)
{
  GOutputVector out_vector = { text, strlen (text) };
  GOutputMessage out = { NULL, &out_vector, 1, 0, NULL, 0 };
  char room[64] = "";
  GInputVector in_vector = { room, sizeof room - 1 };
  GInputMessage in = { NULL, &in_vector, 1, 0, 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_datagram_based_send_messages (G_DATAGRAM_BASED (from), &out, 1, 0, -1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (to), &in, 1, 0, SECONDS (10), NULL, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (in.bytes_received, ==, strlen (text));
  g_assert_cmpstr (room, ==, text);
}

static void
close_client (Secure *self)
{
  char room[8];
  GInputVector vector = { room, sizeof room };
  GInputMessage in = { NULL, &vector, 1, 0, 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_dtls_connection_close (self->client, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_datagram_based_receive_messages (G_DATAGRAM_BASED (self->server), &in, 1, 0, SECONDS (10), NULL, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_true (g_dtls_connection_close (self->server, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_open (self->wire.near));
}

static void
converse (Secure *self)
{
  g_autoptr (GTlsCertificate) shown = NULL;

  g_object_get (self->client, "peer-certificate", &shown, NULL);
  g_assert_true (g_tls_certificate_is_same (shown, self->certificate));
  assert_says (self->client, self->server, "from the client");
  assert_says (self->server, self->client, "from the server");
  close_client (self);
}

static void
shake_hands (gpointer connection)
{
  g_autoptr (GError) error = NULL;

  g_dtls_connection_handshake (connection, NULL, &error);
  g_assert_no_error (error);
}

/* Both sides block, each in a thread of its own. */
static void
test_dtls_threads (gconstpointer data)
{
  TestThread thread = { NULL };
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  test_thread_start (&thread, shake_hands, secure.server);
  shake_hands (secure.client);
  test_thread_join (&thread);
  converse (&secure);
  secure_close (&secure);
}

static void
on_hands_shaken (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_dtls_connection_handshake_finish (G_DTLS_CONNECTION (connection), result, &error);
  g_assert_no_error (error);
  --*(guint *) user_data;
}

/* Both sides in one main context. */
static void
test_dtls_context (gconstpointer data)
{
  guint n_left = 2;
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  g_dtls_connection_handshake_async (secure.server, G_PRIORITY_DEFAULT, NULL, on_hands_shaken, &n_left);
  g_dtls_connection_handshake_async (secure.client, G_PRIORITY_DEFAULT, NULL, on_hands_shaken, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  converse (&secure);
  secure_close (&secure);
}

/* The socket below is closed while a handshake waits for the other side. */
static void
test_dtls_closed_below (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Secure secure;

  if (!secure_open (&secure, data))
    return;
  gsock_socket_close (secure.wire.near, FALSE, NULL);
  g_assert_false (g_dtls_connection_handshake (secure.client, NULL, &error));
  g_assert_nonnull (error);
  secure_close (&secure);
}

/* Without a count of descriptors: the threads of GTask, on which the backend shakes hands, keep theirs. */
static void
add_secure (const char *name, GTestDataFunc function)
{
  for (guint i = 0; i < test_n_kinds; i++)
    if (test_is_datagram (&test_kinds[i]))
      {
        g_autofree char *path = g_strconcat ("/dtls/", name, "/", test_kinds[i].name, NULL);

        g_test_add_data_func (path, &test_kinds[i], function);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_secure ("threads", test_dtls_threads);
  add_secure ("context", test_dtls_context);
  add_secure ("closed-below", test_dtls_closed_below);
  return g_test_run ();
}
