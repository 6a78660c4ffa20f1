/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the C library answers, from a hosts file that the test writes and from a name server that it
 * plays. */

#include "testetc.h"
#include "testhosts.h"
#include "testlib.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

static void
test_hosts (void)
{
  static const TestHostCase cases[] = {
    { "localhost", GSOCK_IPV6_MODE_YES, "127.0.0.1:0 [::1]:0", "localhost" },
    { "localhost", GSOCK_IPV6_MODE_NO, "127.0.0.1:0", "localhost" },
    { "localhost", GSOCK_IPV6_MODE_ONLY, "[::1]:0", "localhost" },
    { "multi.test", GSOCK_IPV6_MODE_YES,
      "192.0.2.10:0 192.0.2.11:0 [2001:db8::10]:0 [2001:db8::11]:0", "multi.test" },
    { "multi.test", GSOCK_IPV6_MODE_NO, "192.0.2.10:0 192.0.2.11:0", "multi.test" },
    { "multi.test", GSOCK_IPV6_MODE_ONLY, "[2001:db8::10]:0 [2001:db8::11]:0", "multi.test" },
    { "alias.test", GSOCK_IPV6_MODE_YES, "192.0.2.20:0", "four.test" },
    { "ALIAS.test", GSOCK_IPV6_MODE_YES, "192.0.2.20:0", "four.test" },
    { "four.test", GSOCK_IPV6_MODE_NO, "192.0.2.20:0", "four.test" },
    { "six.test", GSOCK_IPV6_MODE_ONLY, "[2001:db8::20]:0", "six.test" },
    { "b\xc3\xbc"
      "cher.test",
      GSOCK_IPV6_MODE_YES, "192.0.2.30:0", "xn--bcher-kva.test" },
  };

  if (!test_etc_is_own ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    test_check_host (&cases[i]);
}

static void
test_nothing_else_wanted (void)
{
  g_autoptr (GPtrArray) addresses = NULL;

  if (!test_etc_is_own ())
    return;
  addresses = gsock_lookup_hostname ("four.test", GSOCK_IPV6_MODE_YES, NULL, NULL, NULL);
  g_assert_nonnull (addresses);
  g_assert_null (gsock_lookup_hostname ("127.1", GSOCK_IPV6_MODE_YES, NULL, NULL, NULL));
}

static void
check_answer (int answer, const TestRefusedHost *row)
{
  TestNameServer server;

  test_name_server_start (&server, answer, NULL);
  test_check_refused_host (row);
  test_name_server_stop (&server);
}

static void
test_answers (void)
{
  static const struct
  {
    int answer;
    TestRefusedHost row;
  } cases[] = {
    { TEST_ANSWER_NO_SUCH_NAME,
      { "nosuch.test", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_UNKNOWN_HOST,
        "look up nosuch.test: Name or service not known" } },
    { TEST_ANSWER_SERVER_FAILURE,
      { "nosuch.test", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_RESOLVER_AGAIN,
        "look up nosuch.test: Temporary failure in name resolution" } },
    { TEST_ANSWER_NO_SUCH_NAME,
      { "six.test", GSOCK_IPV6_MODE_NO, GSOCK_ERROR_UNKNOWN_HOST, "look up six.test: " } },
    { TEST_ANSWER_NO_SUCH_NAME,
      { "four.test", GSOCK_IPV6_MODE_ONLY, GSOCK_ERROR_UNKNOWN_HOST, "look up four.test: " } },
  };

  if (!test_etc_is_own ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_answer (cases[i].answer, &cases[i].row);
}

static void
test_no_server (void)
{
  static const TestRefusedHost row
      = { "nosuch.test", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_RESOLVER_AGAIN,
          "look up nosuch.test: Temporary failure in name resolution" };

  if (test_etc_is_own ())
    test_check_refused_host (&row);
}

/* A system that is set up wrongly: what it calls a hosts file is a folder. */
static void
test_broken_system (void)
{
  static const TestRefusedHost row
      = { "four.test", GSOCK_IPV6_MODE_YES, GSOCK_ERROR_RESOLVER_FAILED,
          "look up four.test: Is a directory" };

  if (!test_etc_is_own ())
    return;
  test_etc_remove ("hosts");
  test_etc_write ("nsswitch.conf", "hosts: files\n");
  g_assert_cmpint (g_mkdir ("/etc/hosts", 0755), ==, 0);
  test_check_refused_host (&row);
  g_assert_cmpint (g_rmdir ("/etc/hosts"), ==, 0);
  test_hosts_write ();
}

/* The hosts file cannot be read then, which is another thing than not to be in it. */
static void
test_out_of_descriptors (void)
{
  struct rlimit usual;
  struct rlimit none;
  GPtrArray *addresses;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &usual), ==, 0);
  none = usual;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  addresses = gsock_lookup_hostname ("localhost", GSOCK_IPV6_MODE_YES, NULL, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &usual), ==, 0);

  g_assert_null (addresses);
  test_assert_message (error, "look up localhost: Too many open files");
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
}

static void
test_no_name (void)
{
  g_autoptr (GSockAddress) address = gsock_address_new_from_host ("192.0.2.77", 80, NULL);
  g_autofree char *service = NULL;
  g_autoptr (GError) error = NULL;
  TestNameServer server;

  if (!test_etc_is_own ())
    return;
  test_name_server_start (&server, TEST_ANSWER_NO_SUCH_NAME, NULL);
  g_assert_null (gsock_lookup_name (address, FALSE, &service, NULL, &error));
  test_name_server_stop (&server);
  test_assert_message (error, "look up 192.0.2.77: Name or service not known");
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_HOST);
  g_assert_null (service);
}

static void
test_descriptors (void)
{
  test_keeps_descriptors (test_hosts ());
  test_keeps_descriptors (test_answers ());
}

int
main (int argc, char *argv[])
{
  if (test_etc_enter ())
    test_hosts_write ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resolver/hosts", test_hosts);
  g_test_add_func ("/resolver/nothing-else-wanted", test_nothing_else_wanted);
  g_test_add_func ("/resolver/answers", test_answers);
  g_test_add_func ("/resolver/no-server", test_no_server);
  g_test_add_func ("/resolver/broken-system", test_broken_system);
  g_test_add_func ("/resolver/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/resolver/no-name", test_no_name);
  g_test_add_func ("/resolver/descriptors", test_descriptors);

  return g_test_run ();
}
