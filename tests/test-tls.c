/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS over the GIOStream of a socket, as client and as server, against itself and against openssl. */

#include "testasync.h"
#include "teststream.h"
#include "testthread.h"
#include "testtls.h"

#include <string.h>

/* A certificate of one's own is signed by nobody that the machine knows. */
static gboolean
on_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags problems, gpointer known)
{
  g_assert_cmpint (problems, ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
  return g_tls_certificate_is_same (certificate, known);
}

static GIOStream *
io_stream_of (GSockActiveSocket *socket)
{
  g_autoptr (GError) error = NULL;
  GIOStream *stream = gsock_active_socket_create_io_stream (socket, &error);

  g_assert_no_error (error);
  return stream;
}

static GIOStream *
secure_client (GSockActiveSocket *socket, GTlsCertificate *certificate)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("gsock.test", 0);
  g_autoptr (GIOStream) base = io_stream_of (socket);
  g_autoptr (GError) error = NULL;
  GIOStream *secure = g_tls_client_connection_new (base, identity, &error);

  g_assert_no_error (error);
  g_signal_connect (secure, "accept-certificate", G_CALLBACK (on_certificate), certificate);
  return secure;
}

static GIOStream *
secure_server (GSockActiveSocket *socket, GTlsCertificate *certificate)
{
  g_autoptr (GIOStream) base = io_stream_of (socket);
  g_autoptr (GError) error = NULL;
  GIOStream *secure = g_tls_server_connection_new (base, certificate, &error);

  g_assert_no_error (error);
  return secure;
}

/* NULL, with the running test marked as skipped, where TLS cannot be had. */
static GTlsCertificate *
get_certificate (const char *folder)
{
  GTlsCertificate *certificate = NULL;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    g_test_skip ("GIO has no backend for TLS here: glib-networking is not installed");
  else if ((certificate = test_make_certificate (folder)) == NULL)
    g_test_skip ("there is no openssl to make a certificate with");
  return certificate;
}

typedef struct
{
  TestStream stream;
  GTlsCertificate *certificate;
  GIOStream *client, *server;
} Secure;

static gboolean
secure_open (Secure *self, const char *kind)
{
  self->certificate = get_certificate (NULL);
  if (self->certificate == NULL)
    return FALSE;
  g_assert_true (test_stream_open (&self->stream, kind, "utf-8", 8192, 8192));
  self->client = secure_client (self->stream.near, self->certificate);
  self->server = secure_server (self->stream.far, self->certificate);
  return TRUE;
}

static void
secure_close (Secure *self)
{
  /* Threads of theirs may hold them for a moment longer. */
  test_assert_finalize_object (self->client);
  test_assert_finalize_object (self->server);
  g_object_unref (self->certificate);
  test_stream_close (&self->stream);
}

static void
echo (gpointer stream)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_output_stream_splice (g_io_stream_get_output_stream (stream), g_io_stream_get_input_stream (stream), G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error), >=, 0);
  g_assert_no_error (error);
  g_assert_true (g_io_stream_close (stream, NULL, &error));
  g_assert_no_error (error);
}

/* What is sent comes back, and then the end. */
static void
converse (GIOStream *stream, gsize length)
{
  g_autofree char *text = g_strnfill (length, 'x'), *back = g_malloc0 (length + 1);
  g_autoptr (GError) error = NULL;
  gsize n;

  for (gsize i = 0; i < length; i += 16000)
    {
      gsize piece = MIN (16000, length - i);

      text[i] = 'a' + (i / 16000) % 26;
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), text + i, piece, NULL, NULL, &error));
      g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (stream), back + i, piece, &n, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpstr (back, ==, text);
}

static void
test_threads (gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  TestThread echoing;
  char end[1];
  Secure secure;

  if (!secure_open (&secure, kind))
    return;
  test_thread_start (&echoing, echo, secure.server);
  converse (secure.client, 500000);
  g_assert_true (g_output_stream_close (g_io_stream_get_output_stream (secure.client), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (secure.client), end, 1, NULL, &error), ==, 0);
  test_thread_join (&echoing);
  g_assert_true (g_io_stream_close (secure.client, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (gsock_socket_is_open (GSOCK_SOCKET (secure.stream.near)));
  g_assert_false (gsock_socket_is_open (GSOCK_SOCKET (secure.stream.far)));
  secure_close (&secure);
}

/* Client and server in one main context. */
static void
test_context (gconstpointer kind)
{
  g_autoptr (GAsyncResult) echoed = NULL, sent = NULL, received = NULL, closed = NULL;
  g_autofree char *text = g_strnfill (300000, 'x'), *back = g_malloc0 (300001);
  g_autoptr (GError) error = NULL;
  gsize n;
  Secure secure;

  if (!secure_open (&secure, kind))
    return;
  g_output_stream_splice_async (g_io_stream_get_output_stream (secure.server), g_io_stream_get_input_stream (secure.server),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL, test_keep_result, &echoed);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (secure.client), text, 300000, G_PRIORITY_DEFAULT, NULL, test_keep_result, &sent);
  g_input_stream_read_all_async (g_io_stream_get_input_stream (secure.client), back, 300000, G_PRIORITY_DEFAULT, NULL, test_keep_result, &received);
  test_await (&sent);
  g_assert_true (g_output_stream_write_all_finish (g_io_stream_get_output_stream (secure.client), sent, &n, &error));
  g_assert_no_error (error);
  test_await (&received);
  g_assert_true (g_input_stream_read_all_finish (g_io_stream_get_input_stream (secure.client), received, &n, &error));
  g_assert_cmpstr (back, ==, text);
  /* The whole at once would leave the other side nobody to take its leave of. */
  g_output_stream_close_async (g_io_stream_get_output_stream (secure.client), G_PRIORITY_DEFAULT, NULL, test_keep_result, &closed);
  test_await (&closed);
  g_assert_true (g_output_stream_close_finish (g_io_stream_get_output_stream (secure.client), closed, &error));
  g_assert_no_error (error);
  test_await (&echoed);
  g_assert_cmpint (g_output_stream_splice_finish (g_io_stream_get_output_stream (secure.server), echoed, &error), ==, 300000);
  g_assert_no_error (error);
  /* Each result keeps its stream. */
  g_clear_object (&echoed);
  g_clear_object (&sent);
  g_clear_object (&received);
  g_clear_object (&closed);
  secure_close (&secure);
}

typedef struct
{
  GSockActiveSocket *socket;
  GTlsCertificate *certificate;
} Server;

/* Reads in the clear to the end of a line; what it has read ahead of it is the handshake. */
static void
serve_after_greeting (gpointer data)
{
  Server *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = gsock_active_socket_read_line (self->socket, NULL, &error, NULL);
  g_autoptr (GIOStream) secure = NULL;

  g_assert_cmpstr (line, ==, "STARTTLS");
  secure = secure_server (self->socket, self->certificate);
  echo (secure);
}

/* A greeting in the clear, and then TLS at once: the greeting is still in the client's buffer when the
 * handshake is written, and goes first. */
static void
test_start_tls (void)
{
  g_autoptr (GTlsCertificate) certificate = get_certificate (NULL);
  GIOStream *secure;
  g_autoptr (GError) error = NULL;
  TestStream stream;
  TestThread serving;
  Server server;

  if (certificate == NULL)
    return;
  g_assert_true (test_stream_open (&stream, "tcp-ipv4", "utf-8", 8192, 8192));
  server = (Server){ stream.far, certificate };
  g_assert_true (gsock_active_socket_write_line (stream.near, "STARTTLS", NULL, NULL, NULL));
  secure = secure_client (stream.near, certificate);
  test_thread_start (&serving, serve_after_greeting, &server);
  converse (secure, 1000);
  g_assert_true (g_io_stream_close (secure, NULL, &error));
  g_assert_no_error (error);
  test_thread_join (&serving);
  test_assert_finalize_object (secure);
  test_stream_close (&stream);
}

static gboolean
spawn (char **arguments, GSubprocessFlags flags, GSubprocess **process)
{
  g_autoptr (GError) error = NULL;

  *process = g_subprocess_newv ((const char *const *) arguments, flags, &error);
  if (*process == NULL)
    g_test_skip ("there is no openssl here");
  return *process != NULL;
}

static GSockActiveSocket *
connect_patiently (int port)
{
  for (guint i = 0; i < 2000; i++)
    {
      GSockSocket *socket = gsock_make_socket (NULL, NULL, "remote-host", "127.0.0.1", "remote-port", port, NULL);

      if (socket != NULL)
        return GSOCK_ACTIVE_SOCKET (socket);
      g_usleep (5000);
    }
  g_assert_not_reached ();
}

static int
unused_port (void)
{
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", 0, NULL);

  return gsock_socket_get_local_port (socket);
}

/* Its answers are what it was asked, backwards. */
static void
test_openssl_server (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gsock-tls-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *file = g_build_filename (folder, "certificate.pem", NULL);
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%d", unused_port ());
  g_autoptr (GTlsCertificate) certificate = get_certificate (folder);
  char *arguments[] = { "openssl", "s_server", "-accept", port, "-cert", file, "-key", key, "-rev", "-quiet", NULL };
  g_autoptr (GSubprocess) process = NULL;

  if (certificate != NULL && spawn (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &process))
    {
      g_autoptr (GSockActiveSocket) socket = connect_patiently (atoi (strchr (port, ':') + 1));
      g_autoptr (GIOStream) secure = secure_client (socket, certificate);
      g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_io_stream_get_input_stream (secure));
      g_autoptr (GError) error = NULL;
      g_autofree char *line = NULL;

      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (secure), "drawer\n", 7, NULL, NULL, &error));
      g_assert_no_error (error);
      line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_assert_cmpstr (line, ==, "reward");
      g_assert_true (g_io_stream_close (secure, NULL, &error));
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
    }
  test_remove_certificate (folder);
}

static void
test_openssl_client (void)
{
  g_autoptr (GTlsCertificate) certificate = get_certificate (NULL);
  g_autoptr (GSockSocket) listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%d", gsock_socket_get_local_port (listener));
  char *arguments[] = { "openssl", "s_client", "-connect", port, "-servername", "gsock.test", "-quiet", NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSockActiveSocket) socket = NULL;
  g_autoptr (GIOStream) secure = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL, *output = NULL;

  if (certificate == NULL || !spawn (arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &process))
    return;
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), "from openssl\n", 13, NULL, NULL, NULL));
  socket = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 30.0, NULL);
  g_assert_no_error (error);
  secure = secure_server (socket, certificate);
  lines = g_data_input_stream_new (g_io_stream_get_input_stream (secure));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "from openssl");
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (secure), "from gsock\n", 11, NULL, NULL, &error));
  g_assert_true (g_io_stream_close (secure, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "from gsock\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/tls/threads/tcp", "tcp-ipv4", test_threads);
  g_test_add_data_func ("/tls/threads/local", "local-stream", test_threads);
  g_test_add_data_func ("/tls/context/tcp", "tcp-ipv4", test_context);
  g_test_add_data_func ("/tls/context/local", "local-stream", test_context);
  g_test_add_func ("/tls/start-tls", test_start_tls);
  g_test_add_func ("/tls/openssl-server", test_openssl_server);
  g_test_add_func ("/tls/openssl-client", test_openssl_client);

  return g_test_run ();
}
