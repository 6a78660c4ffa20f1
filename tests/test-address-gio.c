/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses to and from GIO's. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static const struct
{
  const char *text, *type;
} rows[] = {
  { "127.0.0.1:80", "GInetSocketAddress" },
  { "[::1]:80", "GInetSocketAddress" },
  { "[fe80::1%lo]:80", "GInetSocketAddress" },
  { "[::ffff:192.0.2.1]:80", "GInetSocketAddress" },
  { "/run/x.sock", "GUnixSocketAddress" },
  { "local:x", "GUnixSocketAddress" },
  { "@name", "GUnixSocketAddress" },
  { "@a\\x00b", "GUnixSocketAddress" },
  { "(unnamed)", "GUnixSocketAddress" },
  { "@a\\x00", "GUnixSocketAddress" },
  { "@\\x00", "GUnixSocketAddress" },
  { "@", "GUnixSocketAddress" },
  { "netlink:7/0x1", "GNativeSocketAddress" },
  { "packet:000301000000000000000000000000000000", "GNativeSocketAddress" },
  { "family-44:00ff", "GNativeSocketAddress" },
};

static void
test_there_and_back (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockAddress) address = gsock_address_new_from_text (rows[i].text, &error);
      g_autoptr (GSocketAddress) object = NULL;
      g_autoptr (GSockAddress) back = NULL;

      g_assert_no_error (error);
      object = gsock_address_to_gsocket_address (address, &error);
      g_assert_no_error (error);
      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (object), ==, rows[i].type);
      back = gsock_address_new_from_gsocket_address (object, &error);
      g_assert_no_error (error);
      g_assert_true (gsock_address_equal (address, back));
    }
}

static void
test_inet_parts (void)
{
  g_autoptr (GSockAddress) plain = gsock_address_new_from_host ("fe80::1", 80, NULL);
  g_autoptr (GSockAddress) address = gsock_address_with_scope (plain, 1, 0x12345, NULL);
  g_autoptr (GSocketAddress) object = gsock_address_to_gsocket_address (address, NULL);
  g_autoptr (GSockAddress) back = gsock_address_new_from_gsocket_address (object, NULL);
  g_autofree char *host = NULL;

  host = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (object)));
  g_assert_cmpstr (host, ==, "fe80::1");
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (object)), ==, 80);
  g_assert_cmpuint (g_inet_socket_address_get_scope_id (G_INET_SOCKET_ADDRESS (object)), ==, 1);
  g_assert_cmpuint (gsock_address_get_flow_info (back), ==, 0x12345);
  g_assert_cmpuint (gsock_address_get_scope_id (back), ==, 1);
}

/* GIO's own constructor for native addresses makes IPv4 of it. */
static void
test_mapped_stays_ipv6 (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_text ("[::ffff:192.0.2.1]:80", NULL);
  g_autoptr (GSocketAddress) object = gsock_address_to_gsocket_address (address, NULL);

  g_assert_cmpint (g_socket_address_get_family (object), ==, G_SOCKET_FAMILY_IPV6);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (object)), ==, 80);
}

static void
test_local_path (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_filename ("/run/x.sock", NULL);
  g_autoptr (GSocketAddress) object = gsock_address_to_gsocket_address (address, NULL);
  g_autofree char *path = NULL;

  g_object_get (object, "path", &path, NULL);
  g_assert_cmpstr (path, ==, "/run/x.sock");
}

/* GUnixSocketAddress would cut it. */
static void
test_path_of_108 (void)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  g_autoptr (GSockAddress) address = NULL;
  g_autoptr (GSocketAddress) object = NULL;
  g_autoptr (GSockAddress) back = NULL;

  memset (native.sun_path, 'x', sizeof native.sun_path);
  address = gsock_address_new_from_bytes ((const guint8 *) &native, sizeof native, NULL);
  memset ((guint8 *) address->storage + address->length, 'y',
          sizeof address->storage - address->length);
  object = gsock_address_to_gsocket_address (address, NULL);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (object), ==, "GNativeSocketAddress");
  back = gsock_address_new_from_gsocket_address (object, NULL);
  g_assert_true (gsock_address_equal (address, back));
}

/* An abstract name that a program without much thought binds with all the zeros behind it. */
static void
test_padded_abstract (void)
{
  guint8 name[107] = "padded";
  g_autoptr (GSockAddress) address = gsock_address_new_abstract (name, sizeof name, NULL);
  g_autoptr (GSocketAddress) object = gsock_address_to_gsocket_address (address, NULL);
  g_autoptr (GSockAddress) back = gsock_address_new_from_gsocket_address (object, NULL);

  g_assert_true (gsock_address_equal (address, back));
}

static void
test_from_proxy (void)
{
  g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) proxy
      = g_proxy_address_new (host, 1080, "socks5", "example.org", 80, NULL, NULL);
  g_autoptr (GSockAddress) address = gsock_address_new_from_gsocket_address (proxy, NULL);
  g_autofree char *text = gsock_address_to_text (address);

  g_assert_cmpstr (text, ==, "127.0.0.1:1080");
}

static void
test_from_socket (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_autoptr (GSockAddress) loopback = gsock_address_new_from_text ("127.0.0.1:0", NULL);
  g_autoptr (GSocketAddress) wanted = gsock_address_to_gsocket_address (loopback, NULL);
  g_autoptr (GSocketAddress) name = NULL;
  g_autoptr (GSockAddress) address = NULL;

  g_assert_no_error (error);
  g_socket_bind (socket, wanted, FALSE, &error);
  g_assert_no_error (error);
  name = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  address = gsock_address_new_from_gsocket_address (name, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_address_is_loopback (address));
  g_assert_cmpuint (gsock_address_get_port (address), !=, 0);
}

/* A class of a program's own, whose native form is what the test says. */
typedef struct
{
  GSocketAddress parent;
  gssize size;
  gboolean fails;
  int family;
} OddAddress;

typedef GSocketAddressClass OddAddressClass;

static GType odd_address_get_type (void);
G_DEFINE_TYPE (OddAddress, odd_address, G_TYPE_SOCKET_ADDRESS)

static gssize
odd_address_get_native_size (GSocketAddress *address)
{
  return ((OddAddress *) address)->size;
}

static gboolean
odd_address_to_native (GSocketAddress *address, gpointer room, gsize length, GError **error)
{
  OddAddress *self = (OddAddress *) address;

  g_assert_cmpuint (length, >=, self->size);
  if (self->fails)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "odd indeed");
      return FALSE;
    }
  memset (room, 'x', self->size);
  *(sa_family_t *) room = self->family;
  return TRUE;
}

static void
odd_address_class_init (OddAddressClass *class)
{
  class->get_native_size = odd_address_get_native_size;
  class->to_native = odd_address_to_native;
}

static void
odd_address_init (OddAddress *self)
{
}

static void
test_from_odd (void)
{
  static const struct
  {
    gssize size;
    gboolean fails;
    int family;
    const char *message; /* NULL: taken */
  } odd[] = {
    { 16, FALSE, AF_INET, NULL },         { 128, FALSE, 44, NULL },
    { -1, FALSE, AF_INET, "OddAddress" }, { 129, FALSE, AF_INET, "129 bytes" },
    { 16, TRUE, AF_INET, "odd indeed" },  { 8, FALSE, AF_INET, "family ipv4" },
    { 0, FALSE, AF_INET, "0 bytes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (GObject) object = g_object_new (odd_address_get_type (), NULL);
      g_autoptr (GSockAddress) address = NULL;
      g_autoptr (GError) error = NULL;
      OddAddress *self = (OddAddress *) object;

      self->size = odd[i].size;
      self->fails = odd[i].fails;
      self->family = odd[i].family;
      address = gsock_address_new_from_gsocket_address (G_SOCKET_ADDRESS (object), &error);
      if (odd[i].message == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpint (gsock_address_get_family (address), ==, odd[i].family);
          continue;
        }
      g_assert_null (address);
      test_assert_message (error, odd[i].message);
      test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
    }
}

static void
test_refused (void)
{
  GSockAddress empty = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_address_to_gsocket_address (&empty, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_null (gsock_address_new_from_gsocket_address (NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-gio/there-and-back", test_there_and_back);
  g_test_add_func ("/address-gio/inet-parts", test_inet_parts);
  g_test_add_func ("/address-gio/mapped-stays-ipv6", test_mapped_stays_ipv6);
  g_test_add_func ("/address-gio/local-path", test_local_path);
  g_test_add_func ("/address-gio/path-of-108", test_path_of_108);
  g_test_add_func ("/address-gio/padded-abstract", test_padded_abstract);
  g_test_add_func ("/address-gio/from-proxy", test_from_proxy);
  g_test_add_func ("/address-gio/from-socket", test_from_socket);
  g_test_add_func ("/address-gio/from-odd", test_from_odd);
  g_test_add_func ("/address-gio/refused", test_refused);

  return g_test_run ();
}
