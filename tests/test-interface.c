/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network interfaces, compared with what the kernel says by other calls. */

#include "testetc.h"
#include "testlib.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

static GPtrArray *
list (void)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *interfaces = gsock_list_network_interfaces (&error);

  g_assert_no_error (error);
  g_assert_nonnull (interfaces);
  return interfaces;
}

static GSockInterface *
look_up (const char *name)
{
  g_autoptr (GError) error = NULL;
  GSockInterface *interface = gsock_lookup_interface (name, &error);

  g_assert_no_error (error);
  g_assert_nonnull (interface);
  return interface;
}

static gboolean
has_address (GSockInterface *interface, const char *host)
{
  g_autoptr (GSockAddress) wanted = gsock_address_new_from_host (host, 0, NULL);

  return g_ptr_array_find_with_equal_func (gsock_interface_get_addresses (interface), wanted,
                                           (GEqualFunc) gsock_address_equal, NULL);
}

/* Asks the kernel something about an interface, by name. */
static void
ask (const char *name, unsigned long request, struct ifreq *answer)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_strlcpy (answer->ifr_name, name, sizeof answer->ifr_name);
  if (ioctl (fd, request, answer) < 0)
    g_error ("ioctl %lx of %s: %s", request, name, g_strerror (errno));
  close (fd);
}

static guint
flags_of (const char *name)
{
  struct ifreq answer = { 0 };

  ask (name, SIOCGIFFLAGS, &answer);
  return (guint) answer.ifr_flags & G_MAXUINT16;
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) interfaces = list ();
  struct if_nameindex *known = if_nameindex ();
  guint n_known = 0;

  g_assert_nonnull (known);
  while (known[n_known].if_index != 0)
    n_known++;
  g_assert_cmpuint (interfaces->len, ==, n_known);

  for (guint i = 0; i < n_known; i++)
    {
      g_autoptr (GSockInterface) interface = look_up (known[i].if_name);

      g_assert_cmpuint (gsock_interface_get_index (interface), ==, known[i].if_index);
    }
  if_freenameindex (known);
}

static void
test_order (void)
{
  g_autoptr (GPtrArray) interfaces = list ();

  for (guint i = 1; i < interfaces->len; i++)
    g_assert_cmpuint (gsock_interface_get_index (interfaces->pdata[i - 1]), <,
                      gsock_interface_get_index (interfaces->pdata[i]));
}

static void
test_flags (void)
{
  g_autoptr (GPtrArray) interfaces = list ();

  for (guint i = 0; i < interfaces->len; i++)
    {
      GSockInterface *interface = interfaces->pdata[i];
      guint flags = flags_of (gsock_interface_get_name (interface));

      g_assert_cmpint (gsock_interface_is_up (interface), ==, (flags & IFF_UP) != 0);
      g_assert_cmpint (gsock_interface_is_loopback (interface), ==, (flags & IFF_LOOPBACK) != 0);
      g_assert_cmpint (gsock_interface_has_multicast (interface), ==, (flags & IFF_MULTICAST) != 0);
    }
}

static void
test_hardware_addresses (void)
{
  g_autoptr (GPtrArray) interfaces = list ();

  for (guint i = 0; i < interfaces->len; i++)
    {
      GSockInterface *interface = interfaces->pdata[i];
      GBytes *bytes = gsock_interface_get_hardware_address (interface);
      struct ifreq answer = { 0 };

      ask (gsock_interface_get_name (interface), SIOCGIFHWADDR, &answer);
      if (bytes != NULL)
        g_assert_cmpmem (answer.ifr_hwaddr.sa_data, 6, g_bytes_get_data (bytes, NULL),
                         MIN (6, g_bytes_get_size (bytes)));
      if (gsock_interface_is_loopback (interface))
        g_assert_null (bytes);
    }
}

static void
test_loopback (void)
{
  g_autoptr (GSockInterface) lo = look_up ("lo");

  g_assert_cmpstr (gsock_interface_get_name (lo), ==, "lo");
  g_assert_cmpuint (gsock_interface_get_index (lo), ==, if_nametoindex ("lo"));
  g_assert_true (gsock_interface_is_loopback (lo));
  g_assert_true (gsock_interface_is_up (lo));
  g_assert_true (has_address (lo, "127.0.0.1"));
}

static void
test_addresses (void)
{
  g_autoptr (GPtrArray) interfaces = list ();

  for (guint i = 0; i < interfaces->len; i++)
    {
      GPtrArray *addresses = gsock_interface_get_addresses (interfaces->pdata[i]);

      for (guint j = 0; j < addresses->len; j++)
        {
          const GSockAddress *address = addresses->pdata[j];

          g_assert_cmpuint (gsock_address_get_port (address), ==, 0);
          if (gsock_address_is_link_local (address)
              && gsock_address_get_family (address) == GSOCK_ADDRESS_FAMILY_IPV6)
            g_assert_cmpuint (gsock_address_get_scope_id (address), ==,
                              gsock_interface_get_index (interfaces->pdata[i]));
        }
    }
}

static void
test_index_as_text (void)
{
  g_autoptr (GSockInterface) lo = look_up ("lo");
  g_autofree char *text = g_strdup_printf ("%u", gsock_interface_get_index (lo));
  g_autoptr (GSockInterface) same = look_up (text);

  g_assert_cmpstr (gsock_interface_get_name (same), ==, "lo");
}

static void
test_unknown (void)
{
  static const char *const cases[]
      = { "nosuch0",  "",           "0",
          "-1",       "2147483647", "4294967297",
          "lo ",      "LO",         "a name too long for any interface",
          "bad\xff\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gsock_lookup_interface (cases[i], &error));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
    }
  g_assert_null (gsock_lookup_interface (NULL, NULL));
}

/* The message tells what could have been meant. */
static void
test_unknown_message (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_lookup_interface ("nosuch0", &error));
  test_assert_message (error, "look up interface \"nosuch0\": ");
  test_assert_message (error, "lo");
}

/* Each copy holds the interface, and it outlives the list that it came from. */
static void
test_boxed (void)
{
  GPtrArray *interfaces = list ();
  GSockInterface *first = gsock_interface_ref (interfaces->pdata[0]);
  GSockInterface *copy = g_boxed_copy (GSOCK_TYPE_INTERFACE, first);

  g_ptr_array_unref (interfaces);
  g_assert_true (copy == first);
  gsock_interface_unref (first);
  g_assert_cmpuint (gsock_interface_get_index (copy), >, 0);
  g_boxed_free (GSOCK_TYPE_INTERFACE, copy);
}

/* The tests above see the network that there is; those below change one of their own. */
static gboolean
enter_own_network (void)
{
  test_etc_enter ();
  return test_etc_is_own ();
}

/* What was looked up stays as it was. */
static void
test_snapshot (void)
{
  g_autoptr (GSockInterface) before = NULL;
  g_autoptr (GSockInterface) after = NULL;
  struct ifreq request = { 0 };

  if (!enter_own_network ())
    return;
  before = look_up ("lo");
  ask ("lo", SIOCGIFFLAGS, &request);
  request.ifr_flags &= ~IFF_UP;
  ask ("lo", SIOCSIFFLAGS, &request);
  after = look_up ("lo");
  request.ifr_flags |= IFF_UP;
  ask ("lo", SIOCSIFFLAGS, &request);

  g_assert_true (gsock_interface_is_up (before));
  g_assert_false (gsock_interface_is_up (after));
}

/* An address with a label belongs to the interface, and the label is none. */
static void
test_label (void)
{
  g_autoptr (GPtrArray) interfaces = NULL;
  g_autoptr (GSockInterface) lo = NULL;
  struct ifreq request = { 0 };
  struct sockaddr_in address = { .sin_family = AF_INET };
  guint n_before;

  if (!enter_own_network ())
    return;
  interfaces = list ();
  n_before = interfaces->len;
  g_ptr_array_unref (interfaces);

  g_assert_cmpint (inet_pton (AF_INET, "127.1.2.3", &address.sin_addr), ==, 1);
  memcpy (&request.ifr_addr, &address, sizeof address);
  ask ("lo:7", SIOCSIFADDR, &request);

  interfaces = list ();
  g_assert_cmpuint (interfaces->len, ==, n_before);
  lo = look_up ("lo");
  g_assert_true (has_address (lo, "127.1.2.3"));
  g_assert_true (has_address (lo, "127.0.0.1"));
  g_assert_null (gsock_lookup_interface ("lo:7", NULL));
}

/* An interface may be called by a number, which is not its index. Older kernels list the index
 * 257 before 1: they go by its remainder. */
static void
test_name_of_digits (void)
{
  const guint wanted_index = 257;
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  g_autoptr (GSockInterface) tunnel = NULL;
  g_autofree char *index = NULL;
  g_autoptr (GSockInterface) same = NULL;
  int fd;

  if (!enter_own_network ())
    return;
  fd = open ("/dev/net/tun", O_RDWR | O_CLOEXEC);
  g_strlcpy (request.ifr_name, "1", sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFINDEX, &wanted_index) < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    {
      g_test_skip ("no tunnel device here");
      if (fd >= 0)
        close (fd);
      return;
    }

  tunnel = look_up ("1");
  g_assert_cmpuint (gsock_interface_get_index (tunnel), ==, if_nametoindex ("1"));
  g_assert_cmpuint (gsock_interface_get_index (tunnel), ==, wanted_index);
  g_assert_false (gsock_interface_is_up (tunnel));
  g_assert_cmpuint (gsock_interface_get_addresses (tunnel)->len, ==, 0);

  index = g_strdup_printf ("%u", if_nametoindex ("1"));
  same = look_up (index);
  g_assert_cmpstr (gsock_interface_get_name (same), ==, "1");
  test_order ();
  close (fd);
}

static void
test_out_of_descriptors (void)
{
  struct rlimit usual;
  struct rlimit none;
  GPtrArray *interfaces;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &usual), ==, 0);
  none = usual;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  interfaces = gsock_list_network_interfaces (&error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &usual), ==, 0);

  g_assert_null (interfaces);
  test_assert_message (error, "list network interfaces: Too many open files");
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
}

static void
test_as_list (void)
{
  g_autoptr (GPtrArray) interfaces = list ();
  g_autoptr (GError) error = NULL;
  GList *same = gsock_list_network_interfaces_as_list (&error);
  guint i = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (g_list_length (same), ==, interfaces->len);
  for (GList *link = same; link != NULL; link = link->next)
    g_assert_cmpuint (gsock_interface_get_index (link->data), ==,
                      gsock_interface_get_index (interfaces->pdata[i++]));
  g_list_free_full (same, (GDestroyNotify) gsock_interface_unref);
}

static void
test_addresses_as_list (void)
{
  g_autoptr (GPtrArray) interfaces = list ();

  for (guint i = 0; i < interfaces->len; i++)
    {
      GPtrArray *addresses = gsock_interface_get_addresses (interfaces->pdata[i]);
      GList *same = gsock_interface_get_addresses_as_list (interfaces->pdata[i]);
      guint j = 0;

      g_assert_cmpuint (g_list_length (same), ==, addresses->len);
      for (GList *link = same; link != NULL; link = link->next)
        g_assert_true (gsock_address_equal (link->data, addresses->pdata[j++]));
      g_list_free_full (same, (GDestroyNotify) gsock_address_free);
    }
}

static void
test_descriptors (void)
{
  test_keeps_descriptors (test_list ());
  test_keeps_descriptors (test_unknown ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/interface/list", test_list);
  g_test_add_func ("/interface/as-list", test_as_list);
  g_test_add_func ("/interface/addresses-as-list", test_addresses_as_list);
  g_test_add_func ("/interface/order", test_order);
  g_test_add_func ("/interface/flags", test_flags);
  g_test_add_func ("/interface/hardware-addresses", test_hardware_addresses);
  g_test_add_func ("/interface/loopback", test_loopback);
  g_test_add_func ("/interface/addresses", test_addresses);
  g_test_add_func ("/interface/index-as-text", test_index_as_text);
  g_test_add_func ("/interface/unknown", test_unknown);
  g_test_add_func ("/interface/unknown-message", test_unknown_message);
  g_test_add_func ("/interface/boxed", test_boxed);
  g_test_add_func ("/interface/snapshot", test_snapshot);
  g_test_add_func ("/interface/label", test_label);
  g_test_add_func ("/interface/name-of-digits", test_name_of_digits);
  g_test_add_func ("/interface/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/interface/descriptors", test_descriptors);

  return g_test_run ();
}
