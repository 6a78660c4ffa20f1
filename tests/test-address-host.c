/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts and ports: what is an address, what is none, scopes, and what is said of them. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <errno.h>
#include <linux/sched.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct
{
  const char *host;
  GSockAddressFamily family;
  const char *back; /* what get_host gives, NULL for the same */
} good[] = {
  { "0.0.0.0", GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { "127.0.0.1", GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { "255.255.255.255", GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { "::", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "::1", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "[::1]", GSOCK_ADDRESS_FAMILY_IPV6, "::1" },
  { "1::", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "0:0:0:0:0:0:0:1", GSOCK_ADDRESS_FAMILY_IPV6, "::1" },
  { "2001:DB8::A", GSOCK_ADDRESS_FAMILY_IPV6, "2001:db8::a" },
  { "::ffff:192.0.2.1", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "::ffff:c000:201", GSOCK_ADDRESS_FAMILY_IPV6, "::ffff:192.0.2.1" },
  { "1111:2222:3333:4444:5555:6666:7777:8888", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "fe80::1%lo", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { "[fe80::1%lo]", GSOCK_ADDRESS_FAMILY_IPV6, "fe80::1%lo" },
  { "fe80::1%1", GSOCK_ADDRESS_FAMILY_IPV6, "fe80::1%lo" },
  { "fe80::1%01", GSOCK_ADDRESS_FAMILY_IPV6, "fe80::1%lo" },
  { "fe80::1%0", GSOCK_ADDRESS_FAMILY_IPV6, "fe80::1" },
  { "::1%4294967295", GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV4_ANY, GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { GSOCK_IPV4_LOOPBACK, GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { GSOCK_IPV4_BROADCAST, GSOCK_ADDRESS_FAMILY_IPV4, NULL },
  { GSOCK_IPV6_ANY, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_LOOPBACK, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_INTERFACE_LOCAL_ALL_NODES, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_LINK_LOCAL_ALL_NODES, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_INTERFACE_LOCAL_ALL_ROUTERS, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_LINK_LOCAL_ALL_ROUTERS, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
  { GSOCK_IPV6_SITE_LOCAL_ALL_ROUTERS, GSOCK_ADDRESS_FAMILY_IPV6, NULL },
};

/* Among them what inet_aton and inet_addr would take. */
static const char *const bad[] = {
  "",
  " ",
  "1",
  "80",
  "127.1",
  "127.0.1",
  "127.0.0.1.",
  "127.0.0.1 ",
  " 127.0.0.1",
  "127.0.0.01",
  "0177.0.0.1",
  "0x7f.0.0.1",
  "0x7f000001",
  "2130706433",
  "256.0.0.1",
  "1.2.3.4.5",
  "-1.0.0.0",
  "127.0.0.1:80",
  "[127.0.0.1]",
  "127.0.0.1%lo",
  "localhost",
  "example.org",
  ":",
  ":::",
  "::1::",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "12345::",
  "g::1",
  "[::1",
  "::1]",
  "[]",
  "[",
  "]",
  "[[::1]]",
  "[::1]:80",
  "[::1]%lo",
  "fe80::1%",
  "[fe80::1%]",
  "%lo",
  "[%lo]",
  "1111:2222:3333:4444:5555:6666:7777:88888888888888888888888888888888",
  "\xff\xfe",
};

static const char *const unknown_scopes[] = {
  "fe80::1%gsock-none",
  "fe80::1%lo ",
  "fe80::1%lo%lo",
  "fe80::1%4294967296",
  "fe80::1%99999999999999999999",
  "fe80::1%000000000000001\x31",
  "fe80::1%-1",
  "fe80::1%sixteenlettersxx",
  "[fe80::1%averyveryverylongname]",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSockAddress) address = gsock_address_new_from_host (good[i].host, 65535, &error);
      g_autofree char *host = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (gsock_address_get_family (address), ==, good[i].family);
      g_assert_cmpuint (gsock_address_get_port (address), ==, 65535);
      host = gsock_address_get_host (address);
      g_assert_cmpstr (host, ==, good[i].back != NULL ? good[i].back : good[i].host);
    }
}

static void
test_bad (void)
{
  const GSockAddress empty = GSOCK_ADDRESS_INIT;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockAddress address;

      memset (&address, 'x', sizeof address);
      if (gsock_address_init_from_host (&address, bad[i], 80, &error))
        g_error ("\"%s\" is taken for an address", bad[i]);
      test_assert_message (error, "lookup-hostname");
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
      g_assert_cmpmem (&address, sizeof address, &empty, sizeof empty);
      g_assert_false (gsock_address_init_from_host (&address, bad[i], 80, NULL));
    }
}

static void
test_message (void)
{
  g_autofree char *endless = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  g_assert_false (gsock_address_init_from_host (&address, "example.org\n", 80, &error));
  test_assert_message (error, "\"example.org\\x0a\"");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_address_init_from_host (&address, endless, 80, &error));
  g_assert_cmpuint (strlen (error->message), <, 400);
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
  g_assert_false (gsock_address_init_from_host (&address, NULL, 80, &error));
  test_assert_message (error, "no host was given");
  test_assert_error (error, GSOCK_ERROR_INVALID_ADDRESS);
}

static void
test_unknown_scopes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (unknown_scopes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gsock_address_new_from_host (unknown_scopes[i], 80, &error));
      test_assert_message (error, unknown_scopes[i]);
      test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
    }
}

static void
test_port (void)
{
  const guint high[] = { 65536, 65536 + 80, G_MAXUINT };
  g_autoptr (GSockAddress) zero = gsock_address_new_from_host ("::1", 0, NULL);

  g_assert_cmpuint (gsock_address_get_port (zero), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (high); i++)
    {
      g_autofree char *port = g_strdup_printf ("port %u", high[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (gsock_address_new_from_host ("127.0.0.1", high[i], &error));
      test_assert_message (error, port);
      test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
    }
}

static void
test_scope_id (void)
{
  g_autoptr (GSockAddress) by_name = gsock_address_new_from_host ("fe80::1%lo", 0, NULL);
  g_autoptr (GSockAddress) by_index = gsock_address_new_from_host ("fe80::1%1", 0, NULL);

  g_assert_cmpuint (gsock_address_get_scope_id (by_name), ==, if_nametoindex ("lo"));
  g_assert_true (gsock_address_equal (by_name, by_index));
}

/* What the kernel says where a socket is bound. */
static void
test_in_kernel (void)
{
  static const char *const hosts[] = { "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1" };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSockAddress) address = gsock_address_new_from_host (hosts[i], 0, NULL);
      int fd = socket (gsock_address_family_number (address), SOCK_DGRAM | SOCK_CLOEXEC, 0);
      struct sockaddr *room;
      GSockAddress name;
      g_autofree char *host = NULL;

      g_assert_cmpint (bind (fd, gsock_address_native (address), address->length), ==, 0);
      room = gsock_address_native_room (&name);
      g_assert_cmpint (getsockname (fd, room, &name.length), ==, 0);
      gsock_address_clamp (&name);
      host = gsock_address_get_host (&name);
      g_assert_cmpstr (host, ==, hosts[i]);
      g_assert_cmpuint (gsock_address_get_port (&name), !=, 0);
      close (fd);
    }
}

/* Renames the loopback interface of this thread's network, which is the only one there. */
static void
rename_loopback (const char *name)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = { 0 };

  g_assert_nonnull (if_indextoname (1, request.ifr_name));
  g_strlcpy (request.ifr_newname, name, sizeof request.ifr_newname);
  g_assert_cmpint (ioctl (fd, SIOCSIFNAME, &request), ==, 0);
  close (fd);
}

/* A name that an interface can have, and how it is printed. */
static const struct
{
  const char *name, *host, *text;
} odd_names[] = {
  { "a]b", "fe80::1%a]b", "[fe80::1%a]b]:80" },
  { "]", "fe80::1%]", "[fe80::1%]]:80" },
  { "fifteenletters-", "fe80::1%fifteenletters-", "[fe80::1%fifteenletters-]:80" },
  { "77", "fe80::1%1", "[fe80::1%1]:80" },
  { "\xff", "fe80::1%1", "[fe80::1%1]:80" },
};

static gpointer
try_odd_names (gpointer data)
{
  if (syscall (SYS_unshare, CLONE_NEWNET) < 0)
    return g_strdup_printf ("no network of its own: %s", g_strerror (errno));

  for (gsize i = 0; i < G_N_ELEMENTS (odd_names); i++)
    {
      g_autoptr (GSockAddress) plain = gsock_address_new_from_host ("fe80::1", 80, NULL);
      g_autoptr (GSockAddress) address = gsock_address_with_scope (plain, 1, 0, NULL);
      g_autoptr (GSockAddress) read = NULL;
      g_autofree char *host = NULL, *text = NULL;

      rename_loopback (odd_names[i].name);
      host = gsock_address_get_host (address);
      g_assert_cmpstr (host, ==, odd_names[i].host);
      text = gsock_address_to_text (address);
      g_assert_cmpstr (text, ==, odd_names[i].text);
      read = gsock_address_new_from_text (text, NULL);
      g_assert_nonnull (read);
      g_assert_true (gsock_address_equal (address, read));
    }
  return NULL;
}

/* In a thread, because only that has the other network then. */
static void
test_odd_interface_names (void)
{
  g_autofree char *refused = g_thread_join (g_thread_new ("names", try_odd_names, NULL));

  if (refused != NULL)
    g_test_skip (refused);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-host/good", test_good);
  g_test_add_func ("/address-host/bad", test_bad);
  g_test_add_func ("/address-host/message", test_message);
  g_test_add_func ("/address-host/unknown-scopes", test_unknown_scopes);
  g_test_add_func ("/address-host/port", test_port);
  g_test_add_func ("/address-host/scope-id", test_scope_id);
  g_test_add_func ("/address-host/odd-interface-names", test_odd_interface_names);
  g_test_add_func ("/address-host/in-kernel", test_in_kernel);

  return g_test_run ();
}
