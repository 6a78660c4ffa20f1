/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of address families, what it says of the kernel, and equality. */

#include "testlib.h"

#include <gsock/gsock-address-private.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static const struct
{
  int number;
  const char *name;
} names[] = {
  { AF_UNSPEC, "internet" },
  { AF_UNIX, "local" },
  { AF_INET, "ipv4" },
  { AF_INET6, "ipv6" },
  { AF_NETLINK, "netlink" },
  { AF_PACKET, "packet" },
  { AF_ALG, "alg" },
  { AF_VSOCK, "vsock" },
};

static void
test_find (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const GSockFamily *row = gsock_family_find (names[i].number);

      g_assert_cmpint (row->number, ==, names[i].number);
      g_assert_cmpstr (row->name, ==, names[i].name);
      g_assert_true (gsock_family_find_by_name (names[i].name, strlen (names[i].name)) == row);
    }
  g_assert_null (gsock_family_find_by_name ("ipv", 3));
  g_assert_null (gsock_family_find_by_name ("ipv46", 5));
  g_assert_null (gsock_family_find_by_name ("family", 6));
  g_assert_true (gsock_family_find_by_name ("ipv46", 4) == gsock_family_find (AF_INET));
}

static void
test_every_number (void)
{
  for (int number = -5; number < 70000; number++)
    {
      const GSockFamily *row = gsock_family_find (number);

      g_assert_nonnull (row);
      g_assert_true (row->number == number || row->number == -1);
      g_assert_nonnull (row->name);
      g_assert_nonnull (row->label);
      g_assert_nonnull (row->to_text);
      g_assert_nonnull (row->is_bound);
      g_assert_nonnull (row->get_key);
      g_assert_true ((row->get_port == NULL) == (row->set_port == NULL));
      g_assert_cmpuint (row->min_length, <=, row->max_length);
      g_assert_cmpuint (row->stored_min, <=, row->stored_max);
      g_assert_cmpuint (row->max_length, <=, GSOCK_ADDRESS_MAX_LENGTH);
      g_assert_cmpuint (row->stored_max, <=, GSOCK_ADDRESS_MAX_LENGTH);
    }
}

static void
test_flags (void)
{
  g_assert_true (gsock_family_find (AF_UNIX)->local);
  g_assert_false (gsock_family_find (AF_INET)->local);
  g_assert_true (gsock_family_find (AF_UNSPEC)->internet);
  g_assert_true (gsock_family_find (AF_INET)->internet);
  g_assert_true (gsock_family_find (AF_INET6)->internet);
  g_assert_false (gsock_family_find (AF_UNIX)->internet);
  g_assert_false (gsock_family_find (44)->internet);
}

typedef struct
{
  int fd;
  int thread; /* its number, once it is about to receive */
} Receiver;

static gpointer
receive (gpointer data)
{
  Receiver *self = data;
  char byte;

  g_atomic_int_set (&self->thread, (int) syscall (SYS_gettid));
  recv (self->fd, &byte, 1, 0);
  return NULL;
}

/* Nothing else makes that thread sleep but recv. */
static void
wait_for_sleep (Receiver *self)
{
  g_autofree char *path = NULL;
  gboolean sleeps = FALSE;

  while (g_atomic_int_get (&self->thread) == 0)
    g_thread_yield ();
  path = g_strdup_printf ("/proc/self/task/%d/stat", self->thread);
  while (!sleeps)
    {
      g_autofree char *state = NULL;

      g_assert_true (g_file_get_contents (path, &state, NULL, NULL));
      sleeps = g_str_has_prefix (strrchr (state, ')'), ") S");
      g_thread_yield ();
    }
}

/* A datagram socket of this family with a name, or -1 where it needs a privilege or a module. */
static int
open_bound (int family)
{
  int fd = socket (
      family, (family == AF_NETLINK || family == AF_PACKET ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC,
      0);
  GSockAddress address;

  if (fd < 0 || family == AF_PACKET)
    return fd;
  gsock_address_init_any (&address, family, 0);
  g_assert_cmpint (bind (fd, gsock_address_native (&address), address.length), ==, 0);
  return fd;
}

/* Where the row says that shutdown wakes a receive, the thread ends; where it does not say so, the
 * kernel has no such shutdown. */
static void
test_wakes (void)
{
  const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      int fd = open_bound (families[i]);

      if (fd < 0)
        continue;
      if (gsock_family_find (families[i])->wakes)
        {
          Receiver receiver = { .fd = fd };
          GThread *thread = g_thread_new ("receive", receive, &receiver);

          wait_for_sleep (&receiver);
          shutdown (fd, SHUT_RDWR);
          g_thread_join (thread);
        }
      else
        {
          g_assert_cmpint (shutdown (fd, SHUT_RDWR), ==, -1);
          g_assert_cmpint (errno, ==, EOPNOTSUPP);
        }
      close (fd);
    }
  g_assert_false (gsock_family_find (44)->wakes);
}

static gboolean
is_bound (int fd, int family)
{
  GSockAddress address;
  struct sockaddr *room = gsock_address_native_room (&address);

  g_assert_cmpint (getsockname (fd, room, &address.length), ==, 0);
  gsock_address_clamp (&address);
  return gsock_family_find (family)->is_bound (&address);
}

static void
test_is_bound (void)
{
  const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      int fresh = socket (families[i],
                          (families[i] == AF_NETLINK ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
      int bound = open_bound (families[i]);

      g_assert_false (is_bound (fresh, families[i]));
      g_assert_true (is_bound (bound, families[i]));
      close (fresh);
      close (bound);
    }
}

static void
test_is_bound_elsewhere (void)
{
  struct sockaddr_vm vsock = { .svm_family = AF_VSOCK, .svm_port = VMADDR_PORT_ANY };
  GSockAddress address = GSOCK_ADDRESS_INIT;

  g_assert_false (gsock_family_find (AF_UNSPEC)->is_bound (&address));
  g_assert_true (
      gsock_address_init_from_bytes (&address, (const guint8 *) &vsock, sizeof vsock, NULL));
  g_assert_false (gsock_family_find (AF_VSOCK)->is_bound (&address));
  vsock.svm_port = 1024;
  g_assert_true (
      gsock_address_init_from_bytes (&address, (const guint8 *) &vsock, sizeof vsock, NULL));
  g_assert_true (gsock_family_find (AF_VSOCK)->is_bound (&address));
  g_assert_true (gsock_address_init_for_family (&address, 44, NULL, 0, NULL));
  g_assert_true (gsock_family_find (44)->is_bound (&address));
}

static void
assert_same (const GSockAddress *one, const GSockAddress *other)
{
  g_assert_true (gsock_address_equal (one, other));
  g_assert_true (gsock_address_equal (other, one));
  g_assert_cmpuint (gsock_address_hash (one), ==, gsock_address_hash (other));
}

/* No two of these are the same. Their hashes differ too, which is luck, but luck that stays. */
static void
test_different (void)
{
  static const char *const texts[] = {
    "127.0.0.1:80",
    "127.0.0.1:81",
    "127.0.0.2:80",
    "[::ffff:127.0.0.1]:80",
    "[::1]:80",
    "[::1]:81",
    "[::1%1]:80",
    "/x",
    "/y",
    "local:x",
    "./x",
    "@x",
    "@x\\x00",
    "@\\x00x",
    "@",
    "(unnamed)",
    "netlink:1",
    "netlink:1/0x1",
    "netlink:2",
    "family-44:",
    "family-44:00",
    "family-44:0000",
    "family-45:00",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (texts); j++)
      {
        g_autoptr (GSockAddress) one = gsock_address_new_from_text (texts[i], NULL);
        g_autoptr (GSockAddress) other = gsock_address_new_from_text (texts[j], NULL);

        g_assert_nonnull (one);
        g_assert_nonnull (other);
        if (i == j)
          {
            assert_same (one, other);
            continue;
          }
        if (gsock_address_equal (one, other))
          g_error ("%s is equal to %s", texts[i], texts[j]);
        g_assert_cmpuint (gsock_address_hash (one), !=, gsock_address_hash (other));
      }
}

static void
test_padding_is_ignored (void)
{
  struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = 80 };
  struct sockaddr_nl netlink = { .nl_family = AF_NETLINK, .nl_pid = 1 };
  GSockAddress one, other;

  g_assert_true (gsock_address_init_from_bytes (&one, (const guint8 *) &ipv4, sizeof ipv4, NULL));
  memset (ipv4.sin_zero, 'x', sizeof ipv4.sin_zero);
  g_assert_true (gsock_address_init_from_bytes (&other, (const guint8 *) &ipv4, sizeof ipv4, NULL));
  assert_same (&one, &other);

  g_assert_true (
      gsock_address_init_from_bytes (&one, (const guint8 *) &netlink, sizeof netlink, NULL));
  netlink.nl_pad = 7;
  g_assert_true (
      gsock_address_init_from_bytes (&other, (const guint8 *) &netlink, sizeof netlink, NULL));
  assert_same (&one, &other);
}

static void
test_path_ends_at_nul (void)
{
  struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/x" };
  GSockAddress one, padded, rubbish;

  g_assert_true (gsock_address_init_from_filename (&one, "/x", NULL));
  g_assert_true (
      gsock_address_init_from_bytes (&padded, (const guint8 *) &local, sizeof local, NULL));
  memset (local.sun_path + 3, 'r', sizeof local.sun_path - 3);
  g_assert_true (
      gsock_address_init_from_bytes (&rubbish, (const guint8 *) &local, sizeof local, NULL));
  assert_same (&one, &padded);
  assert_same (&one, &rubbish);
}

static void
test_flow_and_scope_count (void)
{
  g_autoptr (GSockAddress) plain = gsock_address_new_from_host ("fe80::1", 80, NULL);
  g_autoptr (GSockAddress) scoped = gsock_address_with_scope (plain, 1, 0, NULL);
  g_autoptr (GSockAddress) flowing = gsock_address_with_scope (plain, 0, 1, NULL);

  g_assert_false (gsock_address_equal (plain, scoped));
  g_assert_false (gsock_address_equal (plain, flowing));
  g_assert_false (gsock_address_equal (scoped, flowing));
}

static void
test_none (void)
{
  GSockAddress one = GSOCK_ADDRESS_INIT, other = GSOCK_ADDRESS_INIT, unnamed;

  gsock_address_init_any (&unnamed, AF_UNIX, 0);
  assert_same (&one, &other);
  g_assert_false (gsock_address_equal (&one, &unnamed));
  g_assert_false (gsock_address_equal (&one, NULL));
}

static void
test_as_key (void)
{
  g_autoptr (GHashTable) table
      = g_hash_table_new_full ((GHashFunc) gsock_address_hash, (GEqualFunc) gsock_address_equal,
                               (GDestroyNotify) gsock_address_free, NULL);

  for (guint port = 0; port < 1000; port++)
    for (guint again = 0; again < 2; again++)
      g_hash_table_add (table, gsock_address_new_from_host ("::1", port, NULL));
  g_assert_cmpuint (g_hash_table_size (table), ==, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-family/find", test_find);
  g_test_add_func ("/address-family/every-number", test_every_number);
  g_test_add_func ("/address-family/flags", test_flags);
  g_test_add_func ("/address-family/wakes", test_wakes);
  g_test_add_func ("/address-family/is-bound", test_is_bound);
  g_test_add_func ("/address-family/is-bound-elsewhere", test_is_bound_elsewhere);
  g_test_add_func ("/address-family/equal/different", test_different);
  g_test_add_func ("/address-family/equal/padding-is-ignored", test_padding_is_ignored);
  g_test_add_func ("/address-family/equal/path-ends-at-nul", test_path_ends_at_nul);
  g_test_add_func ("/address-family/equal/flow-and-scope-count", test_flow_and_scope_count);
  g_test_add_func ("/address-family/equal/none", test_none);
  g_test_add_func ("/address-family/equal/as-key", test_as_key);

  return g_test_run ();
}
