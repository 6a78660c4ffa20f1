/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets between virtual machines and their host, here from a machine to itself. */

#include "testlib.h"
#include "testwire.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/vm_sockets.h>

static GSockAddress
make_address (guint machine, guint port)
{
  struct sockaddr_vm native = { .svm_family = AF_VSOCK, .svm_cid = machine, .svm_port = port };
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  gsock_address_init_from_bytes (&address, (const guint8 *) &native, sizeof native, &error);
  g_assert_no_error (error);
  return address;
}

/* NULL, with the running test marked as skipped, where this kernel has no such sockets. */
static GSockSocket *
make_listener (void)
{
  g_autoptr (GError) error = NULL;
  GSockAddress address = make_address (VMADDR_CID_ANY, VMADDR_PORT_ANY);
  GSockSocket *listener = gsock_make_socket (NULL, &error, "address-family", AF_VSOCK, "connect", GSOCK_ROLE_PASSIVE, "local-address", &address, NULL);

  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED))
    g_test_skip (error->message);
  else
    g_assert_no_error (error);
  return listener;
}

static struct sockaddr_vm
native_of (const GSockAddress *address)
{
  g_autoptr (GBytes) bytes = gsock_address_get_bytes (address);
  struct sockaddr_vm native = { 0 };

  memcpy (&native, g_bytes_get_data (bytes, NULL), MIN (sizeof native, g_bytes_get_size (bytes)));
  return native;
}

static void
test_listener (void)
{
  g_autoptr (GSockSocket) listener = make_listener ();
  GSockAddress address;

  if (listener == NULL)
    return;
  address = test_address_of (listener);
  g_assert_cmpuint (native_of (&address).svm_port, !=, VMADDR_PORT_ANY);
  g_assert_true (gsock_socket_is_listening (listener));
}

static void
converse (GSockSocket *socket, GSockSocket *accepted)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;
  char room[20] = "";

  g_assert_cmpint (gsock_socket_send_to (socket, "to the host", 11, NULL, &error, NULL), ==, 11);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (accepted, room, 11, NULL, NULL, &error, "wait-all", TRUE, NULL), ==, 11);
  g_assert_cmpstr (room, ==, "to the host");
  gsock_message_add_data (message, (const guint8 *) "and back", 8);
  g_assert_cmpint (gsock_socket_send_message (accepted, message, NULL, &error, NULL), ==, 8);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (socket, room, 8, NULL, NULL, &error, "wait-all", TRUE, NULL), ==, 8);
  g_assert_cmpint (memcmp (room, "and back", 8), ==, 0);
}

static void
test_conversation (void)
{
  g_autoptr (GSockSocket) listener = make_listener ();
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GSockSocket) accepted = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  if (listener == NULL)
    return;
  address = test_address_of (listener);
  address = make_address (VMADDR_CID_LOCAL, native_of (&address).svm_port);
  socket = gsock_make_socket (NULL, &error, "address-family", AF_VSOCK, "remote-address", &address, "timeout", 20.0, NULL);
  if (socket == NULL)
    {
      g_autofree char *reason = g_strdup_printf ("this machine has no way to itself: %s", error->message);

      g_test_skip (reason);
      return;
    }
  accepted = GSOCK_SOCKET (gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (listener), NULL, &error, "timeout", 20.0, NULL));
  g_assert_no_error (error);
  converse (socket, accepted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/vsock/listener", test_listener);
  test_add ("/vsock/conversation", test_conversation);
  return g_test_run ();
}
