/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as values: from bytes, their parts, their bounds, and whatever bytes may come. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <linux/netlink.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static void
assert_text (const GSockAddress *address, const char *wanted)
{
  g_autofree char *text = gsock_address_to_text (address);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_empty (void)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  g_autoptr (GBytes) bytes = gsock_address_get_bytes (&address);
  gsize length = 7;

  g_assert_cmpint (gsock_address_get_family (&address), ==, GSOCK_ADDRESS_FAMILY_INTERNET);
  g_assert_cmpuint (gsock_address_get_port (&address), ==, 0);
  g_assert_cmpuint (gsock_address_get_scope_id (&address), ==, 0);
  g_assert_cmpuint (gsock_address_get_flow_info (&address), ==, 0);
  g_assert_cmpuint (gsock_address_get_groups (&address), ==, 0);
  g_assert_null (gsock_address_get_host (&address));
  g_assert_null (gsock_address_get_filename (&address));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_nonnull (gsock_address_peek_bytes (&address, &length));
  g_assert_cmpuint (length, ==, 0);
  assert_text (&address, "(none)");
}

static void
test_bytes_ipv4 (void)
{
  struct sockaddr_in native = { .sin_family = AF_INET, .sin_port = g_htons (80) };
  g_autoptr (GSockAddress) address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  native.sin_addr.s_addr = g_htonl (0xc0000201);
  address = gsock_address_new_from_bytes ((const guint8 *) &native, sizeof native, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_address_get_family (address), ==, GSOCK_ADDRESS_FAMILY_IPV4);
  g_assert_cmpuint (gsock_address_get_port (address), ==, 80);
  assert_text (address, "192.0.2.1:80");

  bytes = gsock_address_get_bytes (address);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &native,
                   sizeof native);
}

static void
test_bytes_ipv6 (void)
{
  struct sockaddr_in6 native = { .sin6_family = AF_INET6, .sin6_port = g_htons (443) };
  g_autoptr (GSockAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *bytes;
  gsize length;

  native.sin6_addr.s6_addr[15] = 1;
  native.sin6_scope_id = 77777;
  native.sin6_flowinfo = g_htonl (0x12345);
  address = gsock_address_new_from_bytes ((const guint8 *) &native, sizeof native, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gsock_address_get_port (address), ==, 443);
  g_assert_cmpuint (gsock_address_get_scope_id (address), ==, 77777);
  g_assert_cmpuint (gsock_address_get_flow_info (address), ==, 0x12345);
  assert_text (address, "[::1%77777]:443");

  bytes = gsock_address_peek_bytes (address, &length);
  g_assert_cmpmem (bytes, length, &native, sizeof native);
}

/* Lengths at which each family begins and ends to take bytes, and what it keeps of them. */
static const struct
{
  int family;
  gsize shortest, longest, kept_of_shortest, kept_of_longest;
} lengths[] = {
  { AF_UNIX, 2, 110, 2, 110 },
  { AF_INET, 16, 128, 16, 16 },
  { AF_INET6, 24, 128, 28, 28 },
  { AF_NETLINK, 12, 128, 12, 12 },
  { AF_PACKET, 12, 44, 20, 44 },
  { AF_ALG, 25, 128, 25, 128 },
  { AF_VSOCK, 16, 128, 16, 16 },
  { 44, 2, 128, 2, 128 },
  { 65535, 2, 128, 2, 128 },
};

static void
test_bytes_lengths (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (gsize length = 0; length <= 140; length++)
      {
        g_autofree guint8 *bytes = g_malloc (MAX (length, 1));
        g_autoptr (GSockAddress) address = NULL;
        g_autoptr (GError) error = NULL;
        gboolean right = length >= lengths[i].shortest && length <= lengths[i].longest;
        sa_family_t family = lengths[i].family;

        memset (bytes, 'x', length);
        memcpy (bytes, &family, MIN (length, sizeof family));
        address = gsock_address_new_from_bytes (bytes, length, &error);
        if (!right)
          {
            g_assert_null (address);
            test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
            continue;
          }
        g_assert_no_error (error);
        g_assert_cmpint (gsock_address_get_family (address), ==, lengths[i].family);
        g_assert_cmpuint (address->length, >=, lengths[i].kept_of_shortest);
        g_assert_cmpuint (address->length, <=, lengths[i].kept_of_longest);
        if (length == lengths[i].longest)
          g_assert_cmpuint (address->length, ==, lengths[i].kept_of_longest);
        if (length == lengths[i].shortest)
          g_assert_cmpuint (address->length, ==, lengths[i].kept_of_shortest);
      }
}

static void
test_bytes_refused (void)
{
  const guint8 unspecified[16] = { 0 };
  GSockAddress address = { .length = 16 };
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_address_init_from_bytes (&address, NULL, 0, &error));
  test_assert_message (error, "2 bytes of its family");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_address_init_from_bytes (&address, NULL, 16, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);

  g_assert_false (
      gsock_address_init_from_bytes (&address, unspecified, sizeof unspecified, &error));
  test_assert_message (error, "family number 0");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_cmpuint (address.length, ==, 0);
  g_assert_false (gsock_address_init_from_bytes (&address, unspecified, sizeof unspecified, NULL));
}

static void
test_bytes_old_ipv6 (void)
{
  struct sockaddr_in6 native = { .sin6_family = AF_INET6, .sin6_scope_id = 9 };
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  g_assert_true (gsock_address_init_from_bytes (&address, (const guint8 *) &native, 24, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (address.length, ==, sizeof native);
  g_assert_cmpuint (gsock_address_get_scope_id (&address), ==, 0);
}

static void
test_for_family (void)
{
  const guint8 tcp[14] = { 0, 80, 127, 0, 0, 1 };
  const guint8 data[127] = { 0x00, 0x11, 0xaa, 0xbb };
  g_autoptr (GSockAddress) ipv4 = NULL, opaque = NULL, bare = NULL, full = NULL;
  g_autoptr (GError) error = NULL;

  ipv4 = gsock_address_new_for_family (GSOCK_ADDRESS_FAMILY_IPV4, tcp, sizeof tcp, &error);
  g_assert_no_error (error);
  assert_text (ipv4, "127.0.0.1:80");

  opaque = gsock_address_new_for_family ((GSockAddressFamily) 44, data, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_address_get_family (opaque), ==, 44);
  g_assert_cmpuint (gsock_address_get_port (opaque), ==, 0);
  g_assert_null (gsock_address_get_host (opaque));
  assert_text (opaque, "family-44:0011aabb");

  bare = gsock_address_new_for_family ((GSockAddressFamily) 44, NULL, 0, &error);
  g_assert_no_error (error);
  assert_text (bare, "family-44:");
  full = gsock_address_new_for_family ((GSockAddressFamily) 44, data, 126, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (full->length, ==, 128);

  g_assert_null (gsock_address_new_for_family ((GSockAddressFamily) 44, data, 127, &error));
  test_assert_message (error, "127 bytes are too many");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_null (gsock_address_new_for_family (GSOCK_ADDRESS_FAMILY_IPV4, tcp, 5, &error));
  test_assert_message (error, "family ipv4");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_for_family_numbers (void)
{
  const int wrong[] = { -1, 0, 65536, 65536 + AF_INET, G_MAXINT, G_MININT };
  const guint8 data[14] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockAddress address;

      g_assert_false (
          gsock_address_init_for_family (&address, wrong[i], data, sizeof data, &error));
      test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
    }
}

static void
test_netlink (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_netlink (4294967295u, 0x11);
  const struct sockaddr_nl *native = (const struct sockaddr_nl *) gsock_address_native (address);

  g_assert_cmpint (gsock_address_get_family (address), ==, GSOCK_ADDRESS_FAMILY_NETLINK);
  g_assert_cmpuint (gsock_address_get_port (address), ==, 4294967295u);
  g_assert_cmpuint (gsock_address_get_groups (address), ==, 0x11);
  g_assert_cmpuint (native->nl_pid, ==, 4294967295u);
  g_assert_cmpuint (address->length, ==, sizeof *native);
}

static void
test_with_port (void)
{
  g_autoptr (GSockAddress) host = gsock_address_new_from_host ("::1", 80, NULL);
  g_autoptr (GSockAddress) netlink = gsock_address_new_netlink (1, 2);
  g_autoptr (GSockAddress) file = gsock_address_new_from_filename ("/x", NULL);
  g_autoptr (GSockAddress) other = NULL, other_netlink = NULL;
  g_autoptr (GError) error = NULL;

  other = gsock_address_with_port (host, 65535, &error);
  g_assert_no_error (error);
  assert_text (other, "[::1]:65535");
  assert_text (host, "[::1]:80");
  other_netlink = gsock_address_with_port (netlink, 70000, &error);
  g_assert_no_error (error);
  assert_text (other_netlink, "netlink:70000/0x2");

  g_assert_null (gsock_address_with_port (host, 65536, &error));
  test_assert_message (error, "port 65536 is over 65535");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_null (gsock_address_with_port (file, 1, &error));
  test_assert_message (error, "family local");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_with_scope (void)
{
  g_autoptr (GSockAddress) ipv6 = gsock_address_new_from_host ("fe80::1", 80, NULL);
  g_autoptr (GSockAddress) ipv4 = gsock_address_new_from_host ("127.0.0.1", 80, NULL);
  g_autoptr (GSockAddress) other = NULL;
  g_autoptr (GError) error = NULL;

  other = gsock_address_with_scope (ipv6, 88888, 0x0fffffff, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gsock_address_get_scope_id (other), ==, 88888);
  g_assert_cmpuint (gsock_address_get_flow_info (other), ==, 0x0fffffff);
  g_assert_cmpuint (gsock_address_ipv6 (other)->sin6_flowinfo, ==, g_htonl (0x0fffffff));

  g_assert_null (gsock_address_with_scope (ipv6, 0, 0x10000000, &error));
  test_assert_message (error, "0x10000000");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_null (gsock_address_with_scope (ipv4, 1, 0, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_setters_mind_the_family (void)
{
  GSockAddress file, empty = GSOCK_ADDRESS_INIT;

  g_assert_true (gsock_address_init_from_filename (&file, "/x", NULL));
  gsock_address_set_port (&file, 80);
  gsock_address_set_scope (&file, 1, 2);
  assert_text (&file, "/x");
  gsock_address_set_port (&empty, 80);
  gsock_address_set_scope (&empty, 1, 2);
  g_assert_cmpuint (empty.storage[0], ==, 0);
}

static void
test_boxed (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("127.0.0.1", 80, NULL);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GSOCK_TYPE_ADDRESS);
  g_value_set_boxed (&value, address);
  g_assert_true (g_value_get_boxed (&value) != address);
  g_assert_true (gsock_address_equal (g_value_get_boxed (&value), address));
  gsock_address_free (NULL);
}

static void
test_clamp (void)
{
  GSockAddress address;

  memset (&address, 'x', sizeof address);
  gsock_address_native_room (&address)->sa_family = 44;
  g_assert_cmpuint (address.length, ==, 128);
  address.length = 4000000000u;
  gsock_address_clamp (&address);
  g_assert_cmpuint (address.length, ==, 128);

  gsock_address_native_room (&address)->sa_family = AF_INET6;
  address.length = 24;
  gsock_address_clamp (&address);
  g_assert_cmpuint (address.length, ==, 28);
  g_assert_cmpuint (gsock_address_get_scope_id (&address), ==, 0);

  /* A peer without a name: nothing was written, or no more than a family of 0. */
  address.length = 0;
  gsock_address_clamp (&address);
  g_assert_cmpuint (address.length, ==, 0);
  gsock_address_native_room (&address)->sa_family = AF_UNSPEC;
  gsock_address_clamp (&address);
  g_assert_cmpuint (address.length, ==, 0);
  assert_text (&address, "(none)");
}

/* As the library does it: storage that was used before, the kernel's length, the clamp. */
static void
get_name (int fd, GSockAddress *address)
{
  struct sockaddr *room;

  memset (address, 'x', sizeof *address);
  room = gsock_address_native_room (address);
  g_assert_cmpint (getsockname (fd, room, &address->length), ==, 0);
  gsock_address_clamp (address);
}

static void
test_kernel_names (void)
{
  static const struct
  {
    int family, type;
    const char *text;
  } sockets[] = {
    { AF_INET, SOCK_STREAM, "0.0.0.0:0" },
    { AF_INET6, SOCK_DGRAM, "[::]:0" },
    { AF_UNIX, SOCK_STREAM, "(unnamed)" },
    { AF_NETLINK, SOCK_RAW, "netlink:0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      int fd = socket (sockets[i].family, sockets[i].type | SOCK_CLOEXEC, 0);
      GSockAddress address;

      g_assert_cmpint (fd, >=, 0);
      get_name (fd, &address);
      assert_text (&address, sockets[i].text);
      close (fd);
    }
}

/* The name of a packet socket ends with the hardware address, and is too short to bind it again. */
static void
test_packet_name_binds (void)
{
  int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_autoptr (GSockAddress) loopback = gsock_address_new_from_text ("packet:0003"
                                                                   "01000000"
                                                                   "0000"
                                                                   "00"
                                                                   "00"
                                                                   "0000000000000000",
                                                                   NULL);
  GSockAddress address;

  if (fd < 0)
    {
      g_test_skip ("packet sockets need a privilege");
      return;
    }
  g_assert_nonnull (loopback);
  g_assert_cmpint (bind (fd, gsock_address_native (loopback), loopback->length), ==, 0);
  get_name (fd, &address);
  g_assert_cmpint (bind (fd, gsock_address_native (&address), address.length), ==, 0);
  close (fd);
}

static void
test_any (void)
{
  GSockAddress address;

  gsock_address_init_any (&address, AF_INET, 80);
  assert_text (&address, "0.0.0.0:80");
  gsock_address_init_any (&address, AF_INET6, 80);
  assert_text (&address, "[::]:80");
  gsock_address_init_any (&address, AF_UNSPEC, 80);
  assert_text (&address, "[::]:80");
  gsock_address_init_any (&address, AF_UNIX, 80);
  assert_text (&address, "(unnamed)");
  gsock_address_init_any (&address, AF_NETLINK, 80);
  assert_text (&address, "netlink:80");
}

/* A lone port is that port on every address, by IPv4 and IPv6 alike. */
static void
test_any_is_dual_stack (void)
{
  int listener = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GSockAddress) any = gsock_address_new_from_text ("0", NULL);
  const char *hosts[] = { "127.0.0.1", "::1" };
  GSockAddress address;

  g_assert_cmpint (bind (listener, gsock_address_native (any), any->length), ==, 0);
  g_assert_cmpint (listen (listener, 2), ==, 0);
  get_name (listener, &address);
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSockAddress) target
          = gsock_address_new_from_host (hosts[i], gsock_address_get_port (&address), NULL);
      int fd = socket (gsock_address_family_number (target), SOCK_STREAM | SOCK_CLOEXEC, 0);

      g_assert_cmpint (connect (fd, gsock_address_native (target), target->length), ==, 0);
      close (fd);
    }
  close (listener);
}

/* Everything that can be asked of an address, asked. */
static void
use_address (const GSockAddress *address)
{
  g_autofree char *text = gsock_address_to_text (address);
  g_autofree char *host = gsock_address_get_host (address);
  g_autofree char *filename = gsock_address_get_filename (address);
  g_autoptr (GBytes) bytes = gsock_address_get_bytes (address);
  g_autoptr (GSocketAddress) object = gsock_address_to_gsocket_address (address, NULL);
  g_autoptr (GSockAddress) copy = NULL, mapped = NULL, unmapped = NULL;
  gsize length = 0;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (host == NULL || g_utf8_validate (host, -1, NULL));
  g_assert_true ((filename != NULL) == (gsock_address_local_name (address, &length) != NULL));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, address->length);
  g_assert_nonnull (object);
  copy = gsock_address_new_from_gsocket_address (object, NULL);
  g_assert_nonnull (copy);
  g_assert_true (gsock_address_equal (address, copy));
  g_assert_cmpuint (gsock_address_hash (address), ==, gsock_address_hash (copy));
  mapped = gsock_address_map_to_ipv6 (address, NULL);
  unmapped = gsock_address_map_to_ipv4 (address, NULL);
  gsock_address_is_global (address);
  gsock_address_is_abstract (address);
  gsock_address_get_scope_id (address);
  gsock_address_get_groups (address);
}

/* Only two things have no printed form that is read back: flow information, and a path that fills
 * sun_path. */
static void
assert_text_reads_back (const GSockAddress *address)
{
  g_autofree char *text = gsock_address_to_text (address);
  g_autoptr (GError) error = NULL;
  GSockAddress wanted = *address;
  GSockAddress read;
  gsize length = 0;

  if (gsock_address_local_name (address, &length) != NULL && length > 107
      && !gsock_address_is_abstract (address))
    return;
  gsock_address_set_scope (&wanted, gsock_address_get_scope_id (address), 0);
  if (!gsock_address_init_from_text (&read, text, &error))
    g_error ("%s: %s", text, error->message);
  if (!gsock_address_equal (&wanted, &read))
    g_error ("%s is not read back as it was", text);
}

static void
assert_refused (const GSockAddress *address, GError **error)
{
  const GSockAddress empty = GSOCK_ADDRESS_INIT;

  g_assert_nonnull (*error);
  g_assert_true ((*error)->domain == GSOCK_ERROR);
  g_assert_true (g_error_matches (*error, GSOCK_ERROR, GSOCK_ERROR_INVALID_ADDRESS)
                 || g_error_matches (*error, GSOCK_ERROR, GSOCK_ERROR_UNKNOWN_INTERFACE)
                 || g_error_matches (*error, GSOCK_ERROR, GSOCK_ERROR_OUT_OF_RANGE));
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_assert_cmpmem (address, sizeof *address, &empty, sizeof empty);
  g_clear_error (error);
}

static guint8 *
random_bytes (GRand *random, gsize length)
{
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) g_rand_int (random);
  bytes[length] = '\0';
  return bytes;
}

static void
test_fuzz_bytes (void)
{
  const sa_family_t families[]
      = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, 44 };
  g_autoptr (GRand) random = g_rand_new_with_seed (23);
  guint taken = 0;

  for (guint i = 0; i < 100000; i++)
    {
      gsize length = g_rand_int_range (random, 0, 140);
      g_autofree guint8 *room = random_bytes (random, length);
      /* Exactly as long as it says, so that a checker sees one byte too many. */
      g_autofree guint8 *bytes = g_memdup2 (room, length);
      g_autoptr (GError) error = NULL;
      GSockAddress address;

      if (length >= 2 && g_rand_int_range (random, 0, 10) > 0)
        memcpy (bytes, &families[g_rand_int_range (random, 0, G_N_ELEMENTS (families))], 2);
      if (length >= 3 && g_rand_boolean (random))
        bytes[2] = g_rand_boolean (random) ? '\0' : '/';
      if (gsock_address_init_from_bytes (&address, bytes, length, &error))
        {
          taken++;
          use_address (&address);
          assert_text_reads_back (&address);
        }
      else
        assert_refused (&address, &error);
    }
  g_assert_cmpuint (taken, >, 20000);
}

/* What a kernel could write, under any length that it could tell. */
static void
test_fuzz_clamp (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (37);

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree guint8 *bytes = random_bytes (random, sizeof (struct sockaddr_storage));
      GSockAddress address;

      memcpy (gsock_address_native_room (&address), bytes, sizeof address.storage);
      gsock_address_native_room (&address)->sa_family = g_rand_int_range (random, 0, 45);
      address.length = g_rand_int_range (random, 0, 300);
      gsock_address_clamp (&address);
      g_assert_cmpuint (address.length, <=, sizeof address.storage);
      if (address.length > 0)
        use_address (&address);
    }
}

static char *
random_text (GRand *random)
{
  static const char *const pieces[] = {
    "127.0.0.1", "::1",       "fe80::1",  "%lo",     "%1",     "[",
    "]",         ":",         ":80",      "/",       "./",     "../",
    "@",         "\\x00",     "\\x",      "\\",      "local:", "netlink:",
    "packet:",   "alg:",      "vsock:",   "family-", "44:",    "00ff",
    "0x11",      "(unnamed)", "65536",    "1",       "/0x1f",  ".",
    "%",         "::ffff:",   "\xc3\xa9", "\xff",    "\n",     "99999999999999999999",
  };
  GString *text = g_string_new (NULL);
  guint count = g_rand_int_range (random, 0, 8);

  for (guint i = 0; i < count; i++)
    if (g_rand_int_range (random, 0, 6) == 0)
      g_string_append_c (text, (char) g_rand_int_range (random, 1, 256));
    else
      g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static void
test_fuzz_text (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  guint taken = 0;

  for (guint i = 0; i < 200000; i++)
    {
      g_autofree char *text = random_text (random);
      g_autoptr (GError) error = NULL;
      GSockAddress address;

      if (gsock_address_init_from_text (&address, text, &error))
        {
          taken++;
          assert_text_reads_back (&address);
          if (address.length > 0)
            use_address (&address);
        }
      else
        assert_refused (&address, &error);
      if (!gsock_address_init_from_host (&address, text, g_rand_int_range (random, 0, 65537),
                                         &error))
        assert_refused (&address, &error);
      if (!gsock_address_init_from_filename (&address, text, &error))
        assert_refused (&address, &error);
    }
  g_assert_cmpuint (taken, >, 10000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address/empty", test_empty);
  g_test_add_func ("/address/bytes/ipv4", test_bytes_ipv4);
  g_test_add_func ("/address/bytes/ipv6", test_bytes_ipv6);
  g_test_add_func ("/address/bytes/lengths", test_bytes_lengths);
  g_test_add_func ("/address/bytes/refused", test_bytes_refused);
  g_test_add_func ("/address/bytes/old-ipv6", test_bytes_old_ipv6);
  g_test_add_func ("/address/for-family", test_for_family);
  g_test_add_func ("/address/for-family/numbers", test_for_family_numbers);
  g_test_add_func ("/address/netlink", test_netlink);
  g_test_add_func ("/address/with-port", test_with_port);
  g_test_add_func ("/address/with-scope", test_with_scope);
  g_test_add_func ("/address/setters-mind-the-family", test_setters_mind_the_family);
  g_test_add_func ("/address/boxed", test_boxed);
  g_test_add_func ("/address/clamp", test_clamp);
  g_test_add_func ("/address/kernel-names", test_kernel_names);
  g_test_add_func ("/address/packet-name-binds", test_packet_name_binds);
  g_test_add_func ("/address/any", test_any);
  g_test_add_func ("/address/any-is-dual-stack", test_any_is_dual_stack);
  g_test_add_func ("/address/fuzz/bytes", test_fuzz_bytes);
  g_test_add_func ("/address/fuzz/clamp", test_fuzz_clamp);
  g_test_add_func ("/address/fuzz/text", test_fuzz_text);

  return g_test_run ();
}
