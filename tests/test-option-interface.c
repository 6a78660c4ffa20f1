/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces by name, index and address: always the loopback interface, which every machine has. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd;

static gboolean
choose (const char *text, GSockInterfaceChoice *choice, GError **error)
{
  g_autoptr (GVariant) value = text != NULL ? g_variant_parse (NULL, text, NULL, NULL, NULL) : NULL;

  g_assert_true ((value != NULL) == (text != NULL));
  return gsock_option_choose_interface (gsock_option_find ("bind-to-interface-index"), fd, value, choice, error);
}

static void
check_choice (const char *text, guint index, const char *address)
{
  g_autoptr (GError) error = NULL;
  GSockInterfaceChoice choice;

  g_assert_true (choose (text, &choice, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (choice.index, ==, index);
  g_assert_cmpuint (choice.address, ==, inet_addr (address));
}

static void
test_choice (void)
{
  guint index = if_nametoindex ("lo");
  g_autofree char *number = g_strdup_printf ("%u", index);
  g_autofree char *quoted = g_strdup_printf ("'%u'", index);

  check_choice ("'lo'", index, "0.0.0.0");
  check_choice (number, index, "0.0.0.0");
  check_choice (quoted, index, "0.0.0.0");
  check_choice ("'127.0.0.1'", 0, "127.0.0.1");
  check_choice ("'::1'", index, "0.0.0.0");
}

static void
test_free_choice (void)
{
  check_choice (NULL, 0, "0.0.0.0");
  check_choice ("''", 0, "0.0.0.0");
  check_choice ("0", 0, "0.0.0.0");
  check_choice ("'0'", 0, "0.0.0.0");
  check_choice ("'0.0.0.0'", 0, "0.0.0.0");
  check_choice ("'::'", 0, "0.0.0.0");
}

static void
test_unknown (void)
{
  const char *unknown[] = { "'no-such-one'", "'a-name-that-is-far-too-long'", "987654", "'987654'", "'2001:db8::1'" };
  g_autoptr (GError) error = NULL;
  GSockInterfaceChoice choice;

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_assert_false (choose (unknown[i], &choice, &error));
      test_assert_message (error, "bind-to-interface-index");
      test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
    }
  g_assert_false (choose ("'no-such-one'", &choice, &error));
  test_assert_message (error, "no-such-one");
}

static void
test_wrong (void)
{
  g_autoptr (GError) error = NULL;
  GSockInterfaceChoice choice;

  g_assert_false (choose ("-1", &choice, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (choose ("int64 5000000000", &choice, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (choose ("true", &choice, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (choose ("['lo']", &choice, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
}

/* Some requests of the kernel know only one of the two. */
static void
test_needs (void)
{
  const GSockOption *option = gsock_option_find ("ip-add-source-membership");
  g_autoptr (GError) error = NULL;
  GSockInterfaceChoice by_address = { .address = inet_addr ("127.0.0.1") };
  GSockInterfaceChoice by_index = { .index = if_nametoindex ("lo") };
  GSockInterfaceChoice foreign = { .address = inet_addr ("198.51.100.77") };
  GSockInterfaceChoice gone = { .index = 987654 };
  GSockInterfaceChoice none = { 0 };

  g_assert_true (gsock_option_need_index (option, fd, &by_address, &error));
  g_assert_cmpuint (by_address.index, ==, by_index.index);
  g_assert_true (gsock_option_need_address (option, fd, &by_index, &error));
  g_assert_cmpuint (by_index.address, ==, inet_addr ("127.0.0.1"));
  g_assert_true (gsock_option_need_index (option, fd, &none, &error));
  g_assert_true (gsock_option_need_address (option, fd, &none, &error));
  g_assert_cmpuint (none.index, ==, 0);
  g_assert_cmpuint (none.address, ==, 0);

  g_assert_false (gsock_option_need_index (option, fd, &foreign, &error));
  test_assert_message (error, "198.51.100.77");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
  g_assert_false (gsock_option_need_address (option, fd, &gone, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_INTERFACE);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  g_test_add_func ("/option-interface/choice", test_choice);
  g_test_add_func ("/option-interface/free-choice", test_free_choice);
  g_test_add_func ("/option-interface/unknown", test_unknown);
  g_test_add_func ("/option-interface/wrong", test_wrong);
  g_test_add_func ("/option-interface/needs", test_needs);
  result = g_test_run ();
  close (fd);
  return result;
}
