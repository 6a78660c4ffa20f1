/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How datagrams leave: what is set is what the kernel has, for both families; and what is refused. */

#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-group-private.h>

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef enum
{
  IPV4,
  IPV6,
  DUAL,
} Kind;

static GSockDatagramSocket *
open_socket (Kind kind)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  if (kind == IPV4)
    socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL);
  else
    socket = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_INET6, "ipv6-only", kind == IPV6, NULL);
  g_assert_no_error (error);
  return GSOCK_DATAGRAM_SOCKET (socket);
}

static void
assert_interface (GSockDatagramSocket *socket, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *interface = gsock_datagram_socket_get_multicast_interface (socket, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (interface, ==, wanted);
}

static void
test_multicast_interface (void)
{
  static const char *const forms[] = { "lo", "127.0.0.1", "localhost" };
  static const char *const nothing[] = { NULL, "", "0.0.0.0", "::", "0" };
  g_autoptr (GSockDatagramSocket) ipv4 = open_socket (IPV4);
  g_autoptr (GSockDatagramSocket) dual = open_socket (DUAL);
  g_autoptr (GError) error = NULL;

  assert_interface (ipv4, "0.0.0.0");
  assert_interface (dual, "0.0.0.0");
  for (gsize i = 0; i < G_N_ELEMENTS (forms) * G_N_ELEMENTS (nothing); i++)
    {
      const char *form = forms[i % G_N_ELEMENTS (forms)], *none = nothing[i / G_N_ELEMENTS (forms)];

      g_assert_true (gsock_datagram_socket_set_multicast_interface (ipv4, form, NULL, &error));
      g_assert_true (gsock_datagram_socket_set_multicast_interface (dual, form, NULL, &error));
      assert_interface (ipv4, "127.0.0.1");
      assert_interface (dual, "lo");
      g_assert_true (gsock_datagram_socket_set_multicast_interface (ipv4, none, NULL, &error));
      g_assert_true (gsock_datagram_socket_set_multicast_interface (dual, none, NULL, &error));
      assert_interface (ipv4, "0.0.0.0");
      assert_interface (dual, "0.0.0.0");
    }
  g_assert_false (gsock_datagram_socket_set_multicast_interface (ipv4, "no-such-one", NULL, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
  assert_interface (ipv4, "0.0.0.0");
}

/* What the kernel keeps of the other family on a socket that speaks both. */
static int
ipv4_side (GSockDatagramSocket *socket, int option)
{
  int value = -1;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (test_peek_fd (GSOCK_SOCKET (socket)), IPPROTO_IP, option, &value, &length), ==, 0);
  return value;
}

static void
test_ttl (gconstpointer data)
{
  Kind kind = GPOINTER_TO_INT (data);
  g_autoptr (GSockDatagramSocket) socket = open_socket (kind);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_datagram_socket_get_multicast_ttl (socket, NULL), ==, 1);
  g_assert_true (gsock_datagram_socket_set_multicast_ttl (socket, 0, &error));
  g_assert_cmpint (gsock_datagram_socket_get_multicast_ttl (socket, NULL), ==, 0);
  g_assert_true (gsock_datagram_socket_set_multicast_ttl (socket, 255, &error));
  g_assert_cmpint (gsock_datagram_socket_get_multicast_ttl (socket, NULL), ==, 255);
  g_assert_true (gsock_datagram_socket_set_ttl (socket, 7, &error));
  g_assert_cmpint (gsock_datagram_socket_get_ttl (socket, NULL), ==, 7);
  if (kind != IPV6)
    {
      g_assert_cmpint (ipv4_side (socket, IP_MULTICAST_TTL), ==, 255);
      g_assert_cmpint (ipv4_side (socket, IP_TTL), ==, 7);
    }
  g_assert_false (gsock_datagram_socket_set_ttl (socket, 0, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_datagram_socket_set_ttl (socket, 256, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_datagram_socket_set_multicast_ttl (socket, -1, &error));
  test_assert_message (error, "multicast-ttl");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpint (gsock_datagram_socket_get_ttl (socket, NULL), ==, 7);
}

static void
test_loopback_option (gconstpointer data)
{
  Kind kind = GPOINTER_TO_INT (data);
  g_autoptr (GSockDatagramSocket) socket = open_socket (kind);
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_datagram_socket_get_multicast_loopback (socket, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_datagram_socket_set_multicast_loopback (socket, FALSE, &error));
  g_assert_false (gsock_datagram_socket_get_multicast_loopback (socket, &error));
  g_assert_no_error (error);
  if (kind != IPV6)
    g_assert_cmpint (ipv4_side (socket, IP_MULTICAST_LOOP), ==, 0);
  g_assert_true (gsock_datagram_socket_set_multicast_loopback (socket, 5, &error));
  g_assert_true (gsock_datagram_socket_get_multicast_loopback (socket, &error));
}

/* Each value where it was never set is the kernel's. */
static void
test_defaults (gconstpointer data)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_datagram_socket_get_ttl (socket, &error), >, 1);
  g_assert_cmpint (gsock_datagram_socket_get_multicast_ttl (socket, &error), ==, 1);
  g_assert_true (gsock_datagram_socket_get_multicast_loopback (socket, &error));
  g_assert_no_error (error);
  assert_interface (socket, "0.0.0.0");
}

static const struct
{
  Kind kind;
  gboolean ipv4, ipv6;
} spoken[] = { { IPV4, TRUE, FALSE }, { IPV6, FALSE, TRUE }, { DUAL, TRUE, TRUE } };

static void
test_speaks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spoken); i++)
    {
      g_autoptr (GSockDatagramSocket) socket = open_socket (spoken[i].kind);
      GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (socket));

      g_assert_cmpint (gsock_group_speaks (handle, handle->fd, AF_INET), ==, spoken[i].ipv4);
      g_assert_cmpint (gsock_group_speaks (handle, handle->fd, AF_INET6), ==, spoken[i].ipv6);
      g_assert_false (gsock_group_speaks (handle, handle->fd, AF_UNIX));
    }
}

static gboolean
set_interface (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_set_multicast_interface (socket, "lo", NULL, error);
}

static gboolean
get_interface (GSockDatagramSocket *socket, GError **error)
{
  g_autofree char *interface = gsock_datagram_socket_get_multicast_interface (socket, error);

  return interface != NULL;
}

static gboolean
set_loopback (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_set_multicast_loopback (socket, TRUE, error);
}

static gboolean
get_loopback (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_get_multicast_loopback (socket, error);
}

static gboolean
set_multicast_ttl (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_set_multicast_ttl (socket, 2, error);
}

static gboolean
get_multicast_ttl (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_get_multicast_ttl (socket, error) >= 0;
}

static gboolean
set_ttl (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_set_ttl (socket, 2, error);
}

static gboolean
get_ttl (GSockDatagramSocket *socket, GError **error)
{
  return gsock_datagram_socket_get_ttl (socket, error) >= 0;
}

static const struct
{
  const char *name;
  gboolean (*call) (GSockDatagramSocket *socket, GError **error);
} calls[] = {
  { "multicast-interface", set_interface },
  { "multicast-interface", get_interface },
  { "multicast-loopback", set_loopback },
  { "multicast-loopback", get_loopback },
  { "multicast-ttl", set_multicast_ttl },
  { "multicast-ttl", get_multicast_ttl },
  { "ttl", set_ttl },
  { "ttl", get_ttl },
};

static void
assert_refused (GSockDatagramSocket *socket, gsize i, GSockError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (calls[i].call (socket, &error));
  test_assert_message (error, calls[i].name);
  test_assert_error (error, (int) code);
}

/* Every call on a socket that is closed, not made yet, or not of the internet. */
static void
test_wrong_sockets (void)
{
  g_autoptr (GSockDatagramSocket) closed = open_socket (IPV4);
  g_autoptr (GSockDatagramSocket) unmade = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);
  g_autoptr (GSockSocket) local = gsock_make_socket (NULL, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "address-family", AF_UNIX, NULL);
  g_autoptr (GSockDatagramSocket) right = open_socket (DUAL);
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_socket_close (GSOCK_SOCKET (closed), FALSE, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      assert_refused (closed, i, GSOCK_ERROR_CLOSED);
      assert_refused (unmade, i, GSOCK_ERROR_NOT_INITIALIZED);
      assert_refused (GSOCK_DATAGRAM_SOCKET (local), i, GSOCK_ERROR_OPERATION_NOT_SUPPORTED);
      g_assert_true (calls[i].call (right, &error));
      g_assert_no_error (error);
    }
}

/* A name that has to be looked up can be given up. */
static void
test_cancelled (void)
{
  g_autoptr (GSockDatagramSocket) socket = open_socket (IPV4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (gsock_datagram_socket_set_multicast_interface (socket, "some-host.invalid", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (gsock_datagram_socket_set_multicast_interface (socket, "\xff", NULL, &error));
  test_assert_message (error, "UTF-8");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
}

/* One that has no IPv4 address is chosen by its number, and one that has gone is told by that. */
static void
choose_without_address (gpointer unused)
{
  g_autofree char *number = NULL;
  g_autoptr (GSockDatagramSocket) ipv4 = open_socket (IPV4);
  g_autoptr (GSockDatagramSocket) dual = open_socket (DUAL);
  g_autoptr (GSockDatagramSocket) bound = open_socket (IPV4);
  g_autoptr (GError) error = NULL;

  test_ip ("link add wire type veth peer name other");
  test_ip ("link set wire up");
  number = g_strdup_printf ("%u", if_nametoindex ("wire"));
  gsock_datagram_socket_set_multicast_interface (ipv4, "wire", NULL, &error);
  g_assert_no_error (error);
  gsock_datagram_socket_set_multicast_interface (dual, number, NULL, &error);
  g_assert_no_error (error);
  assert_interface (dual, "wire");
  gsock_socket_set_option (GSOCK_SOCKET (bound), "bind-to-device", g_variant_new_string ("lo"), &error);
  g_assert_no_error (error);
  g_assert_false (gsock_datagram_socket_set_multicast_interface (bound, "wire", NULL, &error));
  test_assert_message (error, "multicast-interface wire");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  test_ip ("link delete wire");
  assert_interface (dual, number);
  g_assert_false (gsock_datagram_socket_set_multicast_interface (dual, number, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
}

static void
test_without_address (void)
{
  test_in_own_network (choose_without_address, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/group-option/multicast-interface", test_multicast_interface);
  test_add_with ("/group-option/defaults/ipv4", GINT_TO_POINTER (IPV4), test_defaults);
  test_add_with ("/group-option/defaults/ipv6", GINT_TO_POINTER (IPV6), test_defaults);
  test_add_with ("/group-option/defaults/dual", GINT_TO_POINTER (DUAL), test_defaults);
  test_add_with ("/group-option/ttl/ipv4", GINT_TO_POINTER (IPV4), test_ttl);
  test_add_with ("/group-option/ttl/ipv6", GINT_TO_POINTER (IPV6), test_ttl);
  test_add_with ("/group-option/ttl/dual", GINT_TO_POINTER (DUAL), test_ttl);
  test_add_with ("/group-option/loopback/ipv4", GINT_TO_POINTER (IPV4), test_loopback_option);
  test_add_with ("/group-option/loopback/ipv6", GINT_TO_POINTER (IPV6), test_loopback_option);
  test_add_with ("/group-option/loopback/dual", GINT_TO_POINTER (DUAL), test_loopback_option);
  test_add ("/group-option/speaks", test_speaks);
  test_add ("/group-option/wrong-sockets", test_wrong_sockets);
  test_add ("/group-option/cancelled", test_cancelled);
  test_add ("/group-option/without-address", test_without_address);
  return g_test_run ();
}
