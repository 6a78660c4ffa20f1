/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket-pair: two sockets that hear one another. */

#include "testlib.h"
#include "testmanifest.h"
#include "teststage.h"

#include <gsock/gsock-op-private.h>

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void
run_case (TestManifest *manifest, TestCase *test, GHashTable *places)
{
  GSockSocket *first = GSIZE_TO_POINTER (1), *second = GSIZE_TO_POINTER (1);
  g_autoptr (GError) error = NULL;
  gboolean made;

  test_case_fill (test, places);
  made = gsock_make_socket_pair_with_keywords ((const char *const *) test->names, test->values, test->n_values, &first, &second, &error);
  test_manifest_check (manifest, test, made, error);
  if (!made)
    {
      g_assert_null (first);
      g_assert_null (second);
      return;
    }
  g_assert_finalize_object (first);
  g_assert_finalize_object (second);
}

static void
test_manifest (void)
{
  g_autoptr (TestManifest) manifest = test_manifest_load ("make-socket-pair.tsv");
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < manifest->cases->len; i++)
    {
      TestCase *test = g_ptr_array_index (manifest->cases, i);

      test_case_keeps_descriptors (test, run_case (manifest, test, places));
    }
  test_manifest_check_coverage (manifest, &gsock_pair_keywords);
}

static void
say (GSockSocket *from, GSockSocket *to)
{
  g_autoptr (GError) error = NULL;
  GSockReceived received;
  char buffer[16];

  g_assert_cmpint (gsock_socket_send_to (from, "hello", 5, NULL, &error, NULL), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (to, buffer, sizeof buffer, &received, NULL, &error, "timeout", 5.0, NULL), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, 5, "hello", 5);
  g_assert_cmpuint (received.sender.length, <=, sizeof (sa_family_t));
}

static void
test_types (void)
{
  const struct
  {
    int type;
    GType class_type;
  } cases[] = {
    { GSOCK_SOCKET_TYPE_STREAM, GSOCK_TYPE_ACTIVE_SOCKET },
    { GSOCK_SOCKET_TYPE_SEQPACKET, GSOCK_TYPE_ACTIVE_SOCKET },
    { GSOCK_SOCKET_TYPE_DATAGRAM, GSOCK_TYPE_DATAGRAM_SOCKET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GSockSocket *pair[2] = { NULL };
      g_autoptr (GError) error = NULL;

      g_assert_true (gsock_make_socket_pair (&pair[0], &pair[1], &error, "type", cases[i].type, NULL));
      g_assert_no_error (error);
      say (pair[0], pair[1]);
      say (pair[1], pair[0]);
      for (int j = 0; j < 2; j++)
        {
          g_autoptr (GSockAddress) remote = gsock_socket_get_remote_address (pair[j], &error);

          g_assert_no_error (error);
          g_assert_cmpint (gsock_address_get_family (remote), ==, GSOCK_ADDRESS_FAMILY_LOCAL);
          g_assert_cmpuint (G_OBJECT_TYPE (pair[j]), ==, cases[i].class_type);
          g_assert_cmpint (test_native_int (pair[j], SOL_SOCKET, SO_TYPE), ==, cases[i].type);
          g_assert_cmpint (test_native_int (pair[j], SOL_SOCKET, SO_DOMAIN), ==, AF_UNIX);
          g_assert_cmpint (fcntl (gsock_socket_get_file_descriptor (pair[j], NULL), F_GETFD) & FD_CLOEXEC, !=, 0);
          g_assert_cmpint (fcntl (gsock_socket_get_file_descriptor (pair[j], NULL), F_GETFL) & O_NONBLOCK, ==, 0);
          g_assert_true (gsock_socket_is_connected (pair[j]));
          g_assert_false (gsock_socket_is_bound (pair[j]));
        }
      g_assert_finalize_object (pair[0]);
      g_assert_finalize_object (pair[1]);
    }
}

/* Datagrams keep their bounds, and so do records; a stream has none. */
static void
test_bounds (void)
{
  const struct
  {
    int type;
    gssize first;
  } cases[] = { { GSOCK_SOCKET_TYPE_STREAM, 6 }, { GSOCK_SOCKET_TYPE_SEQPACKET, 3 }, { GSOCK_SOCKET_TYPE_DATAGRAM, 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSockSocket) first = NULL, second = NULL;
      char buffer[16];

      g_assert_true (gsock_make_socket_pair (&first, &second, NULL, "type", cases[i].type, NULL));
      g_assert_cmpint (gsock_socket_send_to (first, "abc", 3, NULL, NULL, NULL), ==, 3);
      g_assert_cmpint (gsock_socket_send_to (first, "def", 3, NULL, NULL, NULL), ==, 3);
      g_assert_cmpint (gsock_socket_receive_from (second, buffer, sizeof buffer, NULL, NULL, NULL, NULL), ==, cases[i].first);
    }
}

static void
test_keywords (void)
{
  g_autoptr (GSockSocket) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_true (gsock_make_socket_pair (&first, &second, &error, "timeout", 0.01, "external-format", "latin1/crlf",
                                         "input-buffer-size", 7, "output-buffer-size", 9, NULL));
  for (int i = 0; i < 2; i++)
    {
      GSockSocket *half = i == 0 ? first : second;
      g_autofree char *format = NULL;
      int input, output;

      g_object_get (half, "external-format", &format, "input-buffer-size", &input, "output-buffer-size", &output, NULL);
      g_assert_cmpstr (format, ==, "latin1/crlf");
      g_assert_cmpint (input, ==, 7);
      g_assert_cmpint (output, ==, 9);
      g_assert_cmpint (gsock_socket_receive_from (half, &byte, 1, NULL, NULL, &error, NULL), ==, -1);
      test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
    }
}

/* Also where the caller's places have never been set. */
static void
test_refused (void)
{
  GSockSocket *first = GSIZE_TO_POINTER (1), *second = GSIZE_TO_POINTER (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_make_socket_pair (&first, &second, &error, "tipe", 1, NULL));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_KEYWORD);
  g_assert_null (first);
  g_assert_null (second);
}

static void
test_no_number_left (void)
{
  GSockSocket *first = NULL, *second = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_false (gsock_make_socket_pair (&first, &second, &error, NULL));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_null (first);
  g_assert_null (second);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/make-socket-pair/manifest", test_manifest);
  g_test_add_func ("/make-socket-pair/types", test_types);
  g_test_add_func ("/make-socket-pair/bounds", test_bounds);
  g_test_add_func ("/make-socket-pair/keywords", test_keywords);
  g_test_add_func ("/make-socket-pair/refused", test_refused);
  g_test_add_func ("/make-socket-pair/no-number-left", test_no_number_left);

  return g_test_run ();
}
