/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error codes, by the rows of data/errors.tsv, and the messages that are made of them. */

#include "testlib.h"

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <string.h>

static const struct
{
  const char *name;
  int number;
} numbers[] = {
  { "EACCES", EACCES },
  { "EADDRINUSE", EADDRINUSE },
  { "EADDRNOTAVAIL", EADDRNOTAVAIL },
  { "EAFNOSUPPORT", EAFNOSUPPORT },
  { "EAGAIN", EAGAIN },
  { "EALREADY", EALREADY },
  { "ECONNABORTED", ECONNABORTED },
  { "ECONNREFUSED", ECONNREFUSED },
  { "ECONNRESET", ECONNRESET },
  { "EDESTADDRREQ", EDESTADDRREQ },
  { "EHOSTDOWN", EHOSTDOWN },
  { "EHOSTUNREACH", EHOSTUNREACH },
  { "EILSEQ", EILSEQ },
  { "EINPROGRESS", EINPROGRESS },
  { "EINTR", EINTR },
  { "EINVAL", EINVAL },
  { "EISCONN", EISCONN },
  { "EMFILE", EMFILE },
  { "EMSGSIZE", EMSGSIZE },
  { "ENETDOWN", ENETDOWN },
  { "ENETRESET", ENETRESET },
  { "ENETUNREACH", ENETUNREACH },
  { "ENFILE", ENFILE },
  { "ENOBUFS", ENOBUFS },
  { "ENOENT", ENOENT },
  { "ENOMEM", ENOMEM },
  { "ENONET", ENONET },
  { "ENOPROTOOPT", ENOPROTOOPT },
  { "ENOTCONN", ENOTCONN },
  { "ENOTDIR", ENOTDIR },
  { "EOPNOTSUPP", EOPNOTSUPP },
  { "EPERM", EPERM },
  { "EPIPE", EPIPE },
  { "ESHUTDOWN", ESHUTDOWN },
  { "ETIMEDOUT", ETIMEDOUT },
  { "ETOOMANYREFS", ETOOMANYREFS },
  { "EWOULDBLOCK", EWOULDBLOCK },
};

static int
number_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].name, name))
      return numbers[i].number;

  g_error ("%s has no number here", name);
}

static GSockError
code_of (GEnumClass *codes, const char *nick)
{
  GEnumValue *value = g_enum_get_value_by_nick (codes, nick);

  if (value == NULL)
    g_error ("there is no code %s", nick);
  return value->value;
}

static void
check_row (GEnumClass *codes, char **columns)
{
  g_auto (GStrv) names = g_strsplit (columns[1], " ", -1);
  GSockError code = code_of (codes, columns[0]);
  gboolean is_found_by_gsock = g_str_equal (columns[1], "-");
  const char *condition = g_str_equal (columns[2], "-") ? NULL : columns[2];

  g_assert_cmpint (gsock_error_to_errno (code), ==, is_found_by_gsock ? 0 : number_of (names[0]));
  for (guint i = 0; !is_found_by_gsock && names[i] != NULL; i++)
    g_assert_cmpint (gsock_error_from_errno (number_of (names[i])), ==, code);
  g_assert_cmpstr (gsock_error_to_condition (code), ==, condition);
}

/* Every row holds, and every code has one row. */
static void
test_rows (void)
{
  GEnumClass *codes = g_type_class_ref (GSOCK_TYPE_ERROR);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "errors.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);

      if (lines[i][0] == '#' || lines[i][0] == '\0')
        continue;
      g_assert_cmpuint (g_strv_length (columns), ==, 3);
      check_row (codes, columns);
      g_assert_true (g_hash_table_add (seen, GINT_TO_POINTER (code_of (codes, columns[0]) + 1)));
    }

  g_assert_cmpuint (g_hash_table_size (seen), ==, codes->n_values);
  g_type_class_unref (codes);
}

/* Whatever number the system has, there is a code for it, and a code goes back to a number that
 * means the same. */
static void
test_every_number (void)
{
  for (int number = 1; number < 200; number++)
    {
      GSockError code = gsock_error_from_errno (number);
      int back = gsock_error_to_errno (code);

      if (code == GSOCK_ERROR_FAILED)
        g_assert_cmpint (back, ==, 0);
      else
        g_assert_cmpint (gsock_error_from_errno (back), ==, code);
    }
}

static void
test_unnamed_number (void)
{
  g_assert_cmpint (gsock_error_from_errno (EXDEV), ==, GSOCK_ERROR_FAILED);
  g_assert_cmpint (gsock_error_from_errno (0), ==, GSOCK_ERROR_FAILED);
  g_assert_cmpint (gsock_error_from_errno (-ECONNREFUSED), ==, GSOCK_ERROR_FAILED);
}

/* A number from a binding that is none of the codes. */
static void
test_unknown_code (void)
{
  g_assert_cmpint (gsock_error_to_errno ((GSockError) 1000), ==, 0);
  g_assert_null (gsock_error_to_condition ((GSockError) 1000));
}

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (GSOCK_ERROR), ==, "gsock-error-quark");
}

static void
assert_is (GError *error, int code, const char *message)
{
  g_assert_error (error, GSOCK_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  g_error_free (error);
}

static void
test_message_with_address (void)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  GError *error = NULL;

  g_assert_true (gsock_address_init_from_host (&address, "::1", 80, NULL));
  g_assert_false (gsock_error_set (&error, -ECONNREFUSED, "connect", &address));
  assert_is (error, GSOCK_ERROR_CONNECTION_REFUSED, "connect to [::1]:80: Connection refused");
}

static void
test_message_without_address (void)
{
  const GSockAddress empty = GSOCK_ADDRESS_INIT;
  GError *error = NULL;

  g_assert_false (gsock_error_set (&error, -ENOTCONN, "shutdown", NULL));
  assert_is (error, GSOCK_ERROR_NOT_CONNECTED, "shutdown: Transport endpoint is not connected");

  error = NULL;
  g_assert_false (gsock_error_set (&error, -ENOTCONN, "shutdown", &empty));
  assert_is (error, GSOCK_ERROR_NOT_CONNECTED, "shutdown: Transport endpoint is not connected");
}

static void
test_message_with_name (void)
{
  GError *error = NULL;

  g_assert_false (gsock_error_set_for_name (&error, -ENOENT, "bind", "/nowhere/x"));
  assert_is (error, GSOCK_ERROR_NOT_FOUND, "bind /nowhere/x: No such file or directory");
}

/* Only the number tells what happened where the code does not. */
static void
test_message_of_unnamed_number (void)
{
  GError *error = NULL;

  g_assert_false (gsock_error_set (&error, -EXDEV, "bind", NULL));
  assert_is (error, GSOCK_ERROR_FAILED, "bind: Invalid cross-device link (errno 18)");
}

static void
test_own_failures (void)
{
  static const struct
  {
    GSockFailure failure;
    int code;
  } cases[] = {
    { GSOCK_E_CLOSED, GSOCK_ERROR_CLOSED },
    { GSOCK_E_TIMED_OUT, GSOCK_ERROR_TIMED_OUT },
    { GSOCK_E_TRUNCATED, GSOCK_ERROR_TRUNCATED },
    { GSOCK_E_NOT_BOUND, GSOCK_ERROR_NOT_BOUND },
    { GSOCK_E_NOT_INITIALIZED, GSOCK_ERROR_NOT_INITIALIZED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gsock_error_set (&error, -(gssize) cases[i].failure, "receive", NULL));
      g_assert_true (g_str_has_prefix (error->message, "receive: "));
      g_assert_null (strstr (error->message, "errno"));
      test_assert_error (error, cases[i].code);
    }
}

static void
test_cancelled (void)
{
  GSockAddress address = GSOCK_ADDRESS_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_true (gsock_address_init_from_host (&address, "127.0.0.1", 80, NULL));
  g_assert_false (gsock_error_set (&error, -GSOCK_E_CANCELLED, "connect", &address));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_str_has_prefix (error->message, "connect"));
}

static void
test_literal (void)
{
  GError *error = NULL;

  g_assert_false (
      gsock_error_literal (&error, GSOCK_ERROR_OUT_OF_RANGE, "port %u of %s", 70000u, "x"));
  assert_is (error, GSOCK_ERROR_OUT_OF_RANGE, "port 70000 of x");
}

static void
test_nobody_wants_to_know (void)
{
  g_assert_false (gsock_error_set (NULL, -ECONNREFUSED, "connect", NULL));
  g_assert_false (gsock_error_set_for_name (NULL, -GSOCK_E_CANCELLED, "connect", "x"));
  g_assert_false (gsock_error_literal (NULL, GSOCK_ERROR_FAILED, "%s", "x"));
}

/* What a system call answers becomes one value: the result, or its error number negated. */
static void
test_system_call (void)
{
  errno = EBADF;
  g_assert_cmpint (GSOCK_SYSCALL (-1), ==, -EBADF);
  g_assert_cmpint (GSOCK_SYSCALL (0), ==, 0);
  g_assert_cmpint (GSOCK_SYSCALL (42), ==, 42);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/rows", test_rows);
  g_test_add_func ("/error/every-number", test_every_number);
  g_test_add_func ("/error/unnamed-number", test_unnamed_number);
  g_test_add_func ("/error/unknown-code", test_unknown_code);
  g_test_add_func ("/error/domain", test_domain);
  g_test_add_func ("/error/message-with-address", test_message_with_address);
  g_test_add_func ("/error/message-without-address", test_message_without_address);
  g_test_add_func ("/error/message-with-name", test_message_with_name);
  g_test_add_func ("/error/message-of-unnamed-number", test_message_of_unnamed_number);
  g_test_add_func ("/error/own-failures", test_own_failures);
  g_test_add_func ("/error/cancelled", test_cancelled);
  g_test_add_func ("/error/literal", test_literal);
  g_test_add_func ("/error/nobody-wants-to-know", test_nobody_wants_to_know);
  g_test_add_func ("/error/system-call", test_system_call);

  return g_test_run ();
}
