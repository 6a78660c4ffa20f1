/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does one thing by its name, between two marks that strace shows: test-syscalls.py tells which system
 * calls it was made of. */

#include <gsock/gsock.h>

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENOUGH_TIME 30.0

static GSockSocket *near_end, *far_end;

static gpointer
must (gpointer made, GError *error)
{
  if (made == NULL)
    g_error ("%s", error->message);
  return made;
}

/* No such descriptor: the call does nothing but show up. */
static void
mark (void)
{
  (void) !write (-1, "mark", 4);
}

static void
expect (gboolean right, GError *error)
{
  if (!right)
    g_error ("%s", error != NULL ? error->message : "not what it should be");
}

static GSockSocket *
new_datagram (void)
{
  g_autoptr (GError) error = NULL;

  return must (gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
}

static GSockSocket *
new_listener (void)
{
  g_autoptr (GError) error = NULL;

  return must (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", GSOCK_IPV4_LOOPBACK, NULL), error);
}

static GSockSocket *
new_connection (int port)
{
  g_autoptr (GError) error = NULL;

  return must (gsock_make_socket (NULL, &error, "remote-host", GSOCK_IPV4_LOOPBACK, "remote-port", port, NULL), error);
}

static GSockSocket *
accept_from (GSockSocket *listener)
{
  g_autoptr (GError) error = NULL;

  return must (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, NULL), error);
}

static void
open_datagrams (void)
{
  near_end = new_datagram ();
  far_end = new_datagram ();
}

static void
open_streams (void)
{
  g_autoptr (GSockSocket) listener = new_listener ();

  near_end = new_connection (gsock_socket_get_local_port (listener));
  far_end = accept_from (listener);
}

/* From the far end to the near one. */
static void
send_back (void)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) error = NULL;
  gboolean datagrams = GSOCK_IS_DATAGRAM_SOCKET (near_end);

  expect (gsock_socket_copy_local_address (near_end, &address, &error), error);
  expect (gsock_socket_send_to_direct (far_end, (const guint8 *) "hello", 5, datagrams ? &address : NULL, 0, TRUE, ENOUGH_TIME, NULL, &error) == 5, error);
}

/* A thread that sends as soon as the one that waits is asleep in the kernel. */
static gboolean
is_asleep (int thread)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/stat", thread);
  g_autofree char *text = NULL;
  const char *end;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  end = strrchr (text, ')');
  return end != NULL && strncmp (end, ") S", 3) == 0;
}

static gboolean about_to_wait;

static gpointer
send_when_asleep (gpointer thread)
{
  while (!g_atomic_int_get (&about_to_wait) || !is_asleep (GPOINTER_TO_INT (thread)))
    g_usleep (1000);
  send_back ();
  return NULL;
}

static void
receive (double timeout, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  char buffer[64];

  mark ();
  g_atomic_int_set (&about_to_wait, TRUE);
  expect (gsock_socket_receive_from_direct (near_end, buffer, sizeof buffer, 0, TRUE, timeout, &received, cancellable, &error) == 5, error);
  mark ();
}

static void
receive_late (double timeout, GCancellable *cancellable)
{
  g_autoptr (GThread) thread = g_thread_new ("late", send_when_asleep, GINT_TO_POINTER ((int) syscall (SYS_gettid)));

  receive (timeout, cancellable);
  g_thread_join (g_steal_pointer (&thread));
}

static void
do_datagram_ready (void)
{
  open_datagrams ();
  send_back ();
  receive (GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
do_datagram_ready_with_timeout (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  open_datagrams ();
  send_back ();
  receive (ENOUGH_TIME, cancellable);
}

static void
do_datagram_waits (void)
{
  open_datagrams ();
  receive_late (GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
do_datagram_waits_with_timeout (void)
{
  open_datagrams ();
  receive_late (ENOUGH_TIME, NULL); /* the thread gets its wake descriptor here */
  g_atomic_int_set (&about_to_wait, FALSE);
  receive_late (ENOUGH_TIME, NULL);
}

static void
do_datagram_waits_with_cancellable (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  open_datagrams ();
  receive_late (GSOCK_TIMEOUT_NEVER, cancellable);
  g_atomic_int_set (&about_to_wait, FALSE);
  receive_late (GSOCK_TIMEOUT_NEVER, cancellable);
}

/* Who has asked for the number may have given it away: close must not shut it down under others. */
static void
do_datagram_waits_shared (void)
{
  open_datagrams ();
  expect (gsock_socket_get_file_descriptor (near_end, NULL) >= 0, NULL);
  receive_late (GSOCK_TIMEOUT_NEVER, NULL);
  g_atomic_int_set (&about_to_wait, FALSE);
  receive_late (GSOCK_TIMEOUT_NEVER, NULL);
}

static void
do_stream_ready (void)
{
  open_streams ();
  send_back ();
  receive (GSOCK_TIMEOUT_DEFAULT, NULL);
}

static void
do_stream_waits (void)
{
  open_streams ();
  receive_late (GSOCK_TIMEOUT_DEFAULT, NULL);
  g_atomic_int_set (&about_to_wait, FALSE);
  receive_late (GSOCK_TIMEOUT_DEFAULT, NULL);
}

/* The first message of an error looks for its translation, so what counts is the second. */
static void
do_not_to_wait (void)
{
  open_datagrams ();
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      char buffer[64];

      mark ();
      gsock_socket_receive_from (near_end, buffer, sizeof buffer, NULL, NULL, &error, "wait", FALSE, NULL);
      mark ();
      expect (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_WOULD_BLOCK), error);
    }
}

static void
do_send_by_host_and_port (void)
{
  g_autoptr (GError) error = NULL;
  int port;

  open_datagrams ();
  port = gsock_socket_get_local_port (far_end);
  mark ();
  expect (gsock_socket_send_to (near_end, "hello", 5, NULL, &error, "remote-host", GSOCK_IPV4_LOOPBACK, "remote-port", port, NULL) == 5, error);
  mark ();
}

static void
do_send_to_peer (void)
{
  g_autoptr (GError) error = NULL;

  open_streams ();
  mark ();
  expect (gsock_socket_send_to (near_end, "hello", 5, NULL, &error, "timeout", ENOUGH_TIME, NULL) == 5, error);
  mark ();
}

static void
do_make_datagram (void)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (new_datagram ());
  mark ();
  near_end = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-host", GSOCK_IPV4_LOOPBACK,
                                "local-port", 0, "reuse-address", TRUE, NULL);
  g_clear_object (&near_end);
  mark ();
}

static void
do_make_listener (void)
{
  mark ();
  near_end = new_listener ();
  expect (gsock_socket_close (near_end, FALSE, NULL), NULL);
  mark ();
}

static void
do_connect (void)
{
  g_autoptr (GSockSocket) listener = new_listener ();
  int port = gsock_socket_get_local_port (listener);

  g_object_unref (new_connection (port)); /* the thread gets its wake descriptor here */
  mark ();
  near_end = new_connection (port);
  mark ();
}

static void
do_accept (void)
{
  g_autoptr (GSockSocket) listener = new_listener ();

  near_end = new_connection (gsock_socket_get_local_port (listener));
  mark ();
  far_end = accept_from (listener);
  mark ();
}

static const struct
{
  const char *name;
  void (*run) (void);
} scenes[] = {
  { "accept", do_accept },
  { "connect", do_connect },
  { "datagram-ready", do_datagram_ready },
  { "datagram-ready-with-timeout", do_datagram_ready_with_timeout },
  { "datagram-waits", do_datagram_waits },
  { "datagram-waits-shared", do_datagram_waits_shared },
  { "datagram-waits-with-cancellable", do_datagram_waits_with_cancellable },
  { "datagram-waits-with-timeout", do_datagram_waits_with_timeout },
  { "make-datagram", do_make_datagram },
  { "make-listener", do_make_listener },
  { "not-to-wait", do_not_to_wait },
  { "send-by-host-and-port", do_send_by_host_and_port },
  { "send-to-peer", do_send_to_peer },
  { "stream-ready", do_stream_ready },
  { "stream-waits", do_stream_waits },
};

int
main (int argc, char **argv)
{
  for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS (scenes); i++)
    if (g_str_equal (scenes[i].name, argv[1]))
      {
        scenes[i].run ();
        g_clear_object (&near_end);
        g_clear_object (&far_end);
        return 0;
      }
  return 2;
}
