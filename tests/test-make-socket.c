/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-socket and make-instance: what they take and refuse, which class comes of it, and that every
 * way of saying it gives the same. */

#include "testlib.h"
#include "testmanifest.h"
#include "teststage.h"

#include <gsock/gsock-request-private.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
run_case (TestManifest *manifest, TestCase *test, TestStage *stage)
{
  g_autofree char *before = test_stage_list (stage);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  test_case_fill (test, stage->places);
  socket = gsock_make_socket_with_keywords ((const char *const *) test->names, test->values, test->n_values, NULL, &error);
  test_manifest_check (manifest, test, socket != NULL, error);
  if (socket != NULL)
    {
      g_assert_true (gsock_socket_is_open (socket));
      test_assert_finalize_object (socket);
    }
  test_stage_restore (stage);
  after = test_stage_list (stage);
  if (!g_str_equal (before, after))
    test_case_fail (test, "there were the files %s, now there are %s", before, after);
}

static void
test_manifest (void)
{
  g_autoptr (TestManifest) manifest = test_manifest_load ("make-socket.tsv");
  TestStage stage;

  test_stage_open (&stage);
  for (guint i = 0; i < manifest->cases->len; i++)
    {
      TestCase *test = g_ptr_array_index (manifest->cases, i);

      if (test_manifest_can_try (manifest, test, stage.places))
        test_case_keeps_descriptors (test, run_case (manifest, test, &stage));
    }
  test_manifest_check_coverage (manifest, &gsock_make_socket_keywords);
  test_stage_close (&stage);
}

static void
test_classes (void)
{
  const struct
  {
    int family, type, role;
    GType class_type;
    int made_family, made_type;
  } cases[] = {
    { GSOCK_ADDRESS_FAMILY_IPV4, SOCK_STREAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_ACTIVE_SOCKET, AF_INET, SOCK_STREAM },
    { GSOCK_ADDRESS_FAMILY_IPV4, SOCK_STREAM, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET, AF_INET, SOCK_STREAM },
    { GSOCK_ADDRESS_FAMILY_INTERNET, SOCK_DGRAM, -1, GSOCK_TYPE_DATAGRAM_SOCKET, AF_INET, SOCK_DGRAM },
    { GSOCK_ADDRESS_FAMILY_LOCAL, SOCK_STREAM, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_ACTIVE_SOCKET, AF_UNIX, SOCK_STREAM },
    { GSOCK_ADDRESS_FAMILY_LOCAL, SOCK_SEQPACKET, GSOCK_ROLE_ACTIVE, GSOCK_TYPE_ACTIVE_SOCKET, AF_UNIX, SOCK_SEQPACKET },
    { GSOCK_ADDRESS_FAMILY_LOCAL, SOCK_SEQPACKET, GSOCK_ROLE_PASSIVE, GSOCK_TYPE_PASSIVE_SOCKET, AF_UNIX, SOCK_SEQPACKET },
    { GSOCK_ADDRESS_FAMILY_LOCAL, SOCK_DGRAM, -1, GSOCK_TYPE_DATAGRAM_SOCKET, AF_UNIX, SOCK_DGRAM },
    { GSOCK_ADDRESS_FAMILY_NETLINK, -1, -1, GSOCK_TYPE_RAW_SOCKET, AF_NETLINK, SOCK_RAW },
    { GSOCK_ADDRESS_FAMILY_NETLINK, SOCK_DGRAM, -1, GSOCK_TYPE_RAW_SOCKET, AF_NETLINK, SOCK_DGRAM },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *names[] = { "address-family", NULL, NULL, NULL };
      GValue values[] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };
      guint n_values = 1;
      g_autoptr (GError) error = NULL;
      GSockSocket *socket;

      g_value_set_int (g_value_init (&values[0], G_TYPE_INT), cases[i].family);
      if (cases[i].type >= 0)
        {
          names[n_values] = "type";
          g_value_set_int (g_value_init (&values[n_values++], G_TYPE_INT), cases[i].type);
        }
      if (cases[i].role >= 0)
        {
          names[n_values] = "connect";
          g_value_set_int (g_value_init (&values[n_values++], G_TYPE_INT), cases[i].role);
        }
      socket = gsock_make_socket_with_keywords (names, values, n_values, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (socket), ==, g_type_name (cases[i].class_type));
      g_assert_cmpint (gsock_socket_get_address_family (socket), ==, cases[i].made_family);
      g_assert_cmpint (gsock_socket_get_socket_type (socket), ==, cases[i].made_type);
      test_assert_finalize_object (socket);
    }
}

/* A ready made address has a family, which decides on the class as the keyword does. */
static void
test_class_by_address (void)
{
  g_autoptr (GSockAddress) netlink = gsock_address_new_netlink (0, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) socket = gsock_make_socket (NULL, &error, "local-address", netlink, NULL);
  g_autoptr (GSockSocket) datagram = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (socket), ==, "GSockRawSocket");
  g_assert_true (gsock_socket_is_bound (socket));
  datagram = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "local-address", netlink, NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (datagram), ==, "GSockRawSocket");
}

/* What a socket is, as text: every property but those that two sockets never share. */
static char *
describe (GSockSocket *socket)
{
  g_autoptr (GString) text = g_string_new (G_OBJECT_TYPE_NAME (socket));
  guint n_pspecs;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (socket), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      g_autofree char *contents = NULL;

      if (strstr (pspecs[i]->name, "port") != NULL || g_str_has_suffix (pspecs[i]->name, "address")
          || g_str_equal (pspecs[i]->name, "file-descriptor"))
        continue;
      g_object_get_property (G_OBJECT (socket), pspecs[i]->name, g_value_init (&value, pspecs[i]->value_type));
      contents = g_strdup_value_contents (&value);
      g_string_append_printf (text, "\n%s %s", pspecs[i]->name, contents);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GSockSocket *
by_arguments (GError **error)
{
  return gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", 0,
                            "backlog", 7, "timeout", 2.5, "nodelay", TRUE, "external-format", "latin1/crlf", NULL);
}

static const char *const names[] = { "local-host", "local_port", "backlog", "timeout", "nodelay", "external-format", "connect", NULL };

static void
fill_values (GValue *values)
{
  g_value_set_string (g_value_init (&values[0], G_TYPE_STRING), "127.0.0.1");
  g_value_set_int64 (g_value_init (&values[1], G_TYPE_INT64), 0);
  g_value_set_double (g_value_init (&values[2], G_TYPE_DOUBLE), 7);
  g_value_set_double (g_value_init (&values[3], G_TYPE_DOUBLE), 2.5);
  g_value_set_boolean (g_value_init (&values[4], G_TYPE_BOOLEAN), TRUE);
  g_value_set_string (g_value_init (&values[5], G_TYPE_STRING), "latin1/crlf");
  g_value_set_string (g_value_init (&values[6], G_TYPE_STRING), "passive");
}

static void
clear_values (GValue *values)
{
  for (gsize i = 0; names[i] != NULL; i++)
    g_value_unset (&values[i]);
}

static GSockSocket *
by_values (GError **error)
{
  GValue values[G_N_ELEMENTS (names) - 1] = { G_VALUE_INIT };
  GSockSocket *socket;

  fill_values (values);
  socket = gsock_make_socket_with_keywords (names, values, G_N_ELEMENTS (values), NULL, error);
  clear_values (values);
  return socket;
}

static GSockSocket *
by_properties (GError **error)
{
  return g_initable_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL, error, "local-host", "127.0.0.1", "local-port", 0, "backlog", 7,
                         "timeout", 2.5, "nodelay", TRUE, "external-format", "latin1/crlf", NULL);
}

static GSockSocket *
by_set (GError **error)
{
  GSockSocket *socket = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, "timeout", 2.5, "local-host", "127.0.0.2", "nodelay", TRUE, NULL);

  g_object_set (socket, "local-host", "127.0.0.1", "local-port", 0, "backlog", 7, "external-format", "latin1/crlf", NULL);
  g_assert_false (gsock_socket_is_open (socket));
  g_initable_init (G_INITABLE (socket), NULL, error);
  return socket;
}

static GSockSocket *
by_init (GError **error)
{
  GSockSocket *socket = g_object_new (GSOCK_TYPE_PASSIVE_SOCKET, NULL);
  GValue values[G_N_ELEMENTS (names) - 1] = { G_VALUE_INIT };

  fill_values (values);
  gsock_socket_init_with_keywords (socket, names, values, G_N_ELEMENTS (values), NULL, error);
  clear_values (values);
  return socket;
}

static GSockSocket *
by_instance (GError **error)
{
  return gsock_make_instance (GSOCK_TYPE_PASSIVE_SOCKET, NULL, error, "local-host", "127.0.0.1", "local-port", 0, "backlog", 7,
                              "timeout", 2.5, "nodelay", TRUE, "external-format", "latin1/crlf", NULL);
}

static GSockSocket *
by_instance_values (GError **error)
{
  GValue values[G_N_ELEMENTS (names) - 1] = { G_VALUE_INIT };
  GSockSocket *socket;

  fill_values (values);
  socket = gsock_make_instance_with_keywords (GSOCK_TYPE_PASSIVE_SOCKET, names, values, G_N_ELEMENTS (values), NULL, error);
  clear_values (values);
  return socket;
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

/* The thread that has made it may hold it for a moment longer. */
static GObject *
wait_for_object (GAsyncResult **place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GObject) source = NULL;
  GObject *made;

  while (*place == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = g_steal_pointer (place);
  source = g_async_result_get_source_object (result);
  made = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, error);
  g_clear_object (&source);
  g_clear_object (&result);
  while (made != NULL && g_atomic_int_get (&made->ref_count) > 1)
    g_thread_yield ();
  return made;
}

static GSockSocket *
by_async (GError **error)
{
  GAsyncResult *result = NULL;

  g_async_initable_new_async (GSOCK_TYPE_PASSIVE_SOCKET, G_PRIORITY_DEFAULT, NULL, take_result, &result, "local-host", "127.0.0.1",
                              "local-port", 0, "backlog", 7, "timeout", 2.5, "nodelay", TRUE, "external-format", "latin1/crlf", NULL);
  return GSOCK_SOCKET (wait_for_object (&result, error));
}

/* Each way gives the same socket. */
static void
test_ways (void)
{
  GSockSocket *(*const ways[]) (GError **error) = {
    by_arguments, by_values, by_properties, by_set, by_init, by_instance, by_instance_values, by_async,
  };
  g_autofree char *first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GError) error = NULL;
      GSockSocket *socket = ways[i](&error);
      g_autofree char *description = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (gsock_socket_get_local_port (socket), >, 0);
      g_assert_true (gsock_socket_is_listening (socket));
      description = describe (socket);
      if (first == NULL)
        first = g_strdup (description);
      g_assert_cmpstr (description, ==, first);
      test_assert_finalize_object (socket);
    }
  g_assert_nonnull (strstr (first, "external-format \"latin1/crlf\""));
  g_assert_nonnull (strstr (first, "backlog 7"));
  g_assert_nonnull (strstr (first, "nodelay TRUE"));
  g_assert_nonnull (strstr (first, "timeout 2.5"));
}

/* And each refuses in the same words; what is wrong with a property is not told before. */
static void
test_ways_of_refusal (void)
{
  static const char *const bad_names[] = { "local-port", NULL };
  GValue value = G_VALUE_INIT;
  GError *errors[6] = { NULL };
  GAsyncResult *result = NULL;
  GSockSocket *socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL);

  g_value_set_int (g_value_init (&value, G_TYPE_INT), 70000);
  g_assert_null (gsock_make_socket (NULL, &errors[0], "local-port", 70000, NULL));
  g_assert_null (gsock_make_socket_with_keywords (bad_names, &value, 1, NULL, &errors[1]));
  g_assert_null (g_initable_new (GSOCK_TYPE_DATAGRAM_SOCKET, NULL, &errors[2], "local-port", 70000, NULL));
  g_assert_false (gsock_socket_init_with_keywords (socket, bad_names, &value, 1, NULL, &errors[3]));
  g_assert_null (gsock_make_instance (GSOCK_TYPE_DATAGRAM_SOCKET, NULL, &errors[4], "local-port", 70000, NULL));
  g_async_initable_new_async (GSOCK_TYPE_DATAGRAM_SOCKET, G_PRIORITY_DEFAULT, NULL, take_result, &result, "local-port", 70000, NULL);
  g_assert_null (wait_for_object (&result, &errors[5]));
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], GSOCK_ERROR, GSOCK_ERROR_OUT_OF_RANGE);
      g_assert_cmpstr (errors[i]->message, ==, "make-socket: local-port 70000 is out of range (0 to 65535)");
      g_clear_error (&errors[i]);
    }
  test_assert_finalize_object (socket);
}

static void
test_instance_of_nothing (void)
{
  const GType types[] = { G_TYPE_INVALID, G_TYPE_OBJECT, G_TYPE_INT, GSOCK_TYPE_SOCKET, G_TYPE_SOCKET };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_assert_null (gsock_make_instance (types[i], NULL, &error, NULL));
      test_assert_message (error, "is no class of sockets");
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
      g_assert_null (gsock_make_instance_with_keywords (types[i], NULL, NULL, 0, NULL, &error));
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
    }
}

/* A class has one part to play. */
static void
test_instance_of_another (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gsock_make_instance (GSOCK_TYPE_DATAGRAM_SOCKET, NULL, &error, "type", GSOCK_SOCKET_TYPE_STREAM, NULL));
  test_assert_message (error, "a GSockDatagramSocket cannot be");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_make_instance (GSOCK_TYPE_DATAGRAM_SOCKET, NULL, &error, "address-family", GSOCK_ADDRESS_FAMILY_NETLINK, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_make_instance (GSOCK_TYPE_ACTIVE_SOCKET, NULL, &error, "connect", GSOCK_ROLE_PASSIVE, NULL));
  test_assert_message (error, "GSockActiveSocket");
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
  g_assert_null (gsock_make_instance (GSOCK_TYPE_DATAGRAM_SOCKET, NULL, &error, "connect", GSOCK_ROLE_ACTIVE, NULL));
  test_assert_error (error, GSOCK_ERROR_INVALID_KEYWORD);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (gsock_make_socket (cancellable, &error, "local-port", 0, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (g_initable_new (GSOCK_TYPE_DATAGRAM_SOCKET, cancellable, &error, NULL));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_async_initable_new_async (GSOCK_TYPE_DATAGRAM_SOCKET, G_PRIORITY_DEFAULT, cancellable, take_result, &result, NULL);
  g_assert_null (wait_for_object (&result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* An object whose initialisation failed can be tried again. */
static void
test_init_again (void)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *socket = g_object_new (GSOCK_TYPE_DATAGRAM_SOCKET, "local-host", "192.0.2.1", NULL);

  g_assert_false (g_initable_init (G_INITABLE (socket), NULL, &error));
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
  g_assert_false (gsock_socket_is_open (socket));
  g_object_set (socket, "local-host", "127.0.0.1", NULL);
  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_bound (socket));
  g_assert_true (g_initable_init (G_INITABLE (socket), NULL, &error));
  g_assert_false (gsock_socket_init_with_keywords (socket, NULL, NULL, 0, NULL, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_STATE);
  test_assert_finalize_object (socket);
}

static int
leave_early (int *fd)
{
  gsock_with_open_socket (socket, NULL, "type", GSOCK_SOCKET_TYPE_DATAGRAM, NULL)
  {
    *fd = gsock_socket_get_file_descriptor (socket, NULL);
    return 7;
  }
  return 0;
}

/* The macros close however their block is left, also where somebody else holds a reference. */
static void
test_scopes (void)
{
  g_autoptr (GSockSocket) held = NULL;
  g_autoptr (GError) error = NULL;
  guint before = test_count_descriptors ();
  int fd = -1, turns = 0;

  gsock_with_open_socket (socket, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL)
  {
    gsock_with_open_socket (client, &error, "remote-host", "127.0.0.1", "remote-port", gsock_socket_get_local_port (socket), NULL)
      gsock_with_accept_connection (accepted, GSOCK_PASSIVE_SOCKET (socket), &error, NULL)
        turns++;
    held = g_object_ref (socket);
    turns++;
    if (turns == 2)
      break;
    turns = 100;
  }
  g_assert_no_error (error);
  g_assert_cmpint (turns, ==, 2);
  g_assert_false (gsock_socket_is_open (held));
  g_assert_cmpint (leave_early (&fd), ==, 7);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (test_count_descriptors (), ==, before);

  gsock_with_open_socket (nobody, &error, "local-host", "192.0.2.1", NULL)
    turns = 100;
  g_assert_cmpint (turns, ==, 2);
  test_assert_error (error, GSOCK_ERROR_ADDRESS_NOT_AVAILABLE);
}

/* The file goes with the socket that made it, unless it shall stay, or is another's by now. */
static void
test_unlink_on_close (void)
{
  TestStage stage;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  GSockSocket *socket;

  test_stage_open (&stage);
  path = test_stage_path (&stage, "x");
  for (int unlinks = 0; unlinks < 2; unlinks++)
    {
      gboolean read = -1;

      socket = gsock_make_socket (NULL, &error, "local-filename", path, "unlink-on-close", unlinks, NULL);
      g_assert_no_error (error);
      g_object_get (socket, "unlink-on-close", &read, NULL);
      g_assert_cmpint (read, ==, unlinks);
      g_assert_true (gsock_socket_close (socket, FALSE, NULL));
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, !unlinks);
      test_assert_finalize_object (socket);
      (void) g_unlink (path);
    }

  socket = gsock_make_socket (NULL, &error, "local-filename", path, NULL);
  g_object_set (socket, "unlink-on-close", FALSE, NULL);
  test_assert_finalize_object (socket);
  g_assert_cmpint (g_unlink (path), ==, 0);

  socket = gsock_make_socket (NULL, &error, "local-filename", path, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  close (test_local_fd (SOCK_STREAM, path));
  test_assert_finalize_object (socket);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (path), ==, 0);
  test_stage_close (&stage);
}

/* Who came too late leaves the file of the first alone, and who takes a stale one makes a new one. */
static void
test_replace_stale (void)
{
  TestStage stage;
  g_autoptr (GError) error = NULL;
  const char *stale;
  GStatBuf before, after;
  GSockSocket *first, *second;

  test_stage_open (&stage);
  stale = test_stage_place (&stage, "stale");
  g_assert_cmpint (g_lstat (stale, &before), ==, 0);
  first = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", stale, "replace-stale", TRUE, NULL);
  g_assert_no_error (error);
  second = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", stale, "replace-stale", TRUE, NULL);
  g_assert_null (second);
  test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
  second = gsock_make_socket (NULL, &error, "remote-filename", stale, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (g_lstat (stale, &after), ==, 0);
  g_assert_true (before.st_ino != after.st_ino || before.st_ctim.tv_nsec != after.st_ctim.tv_nsec || before.st_ctim.tv_sec != after.st_ctim.tv_sec);
  test_assert_finalize_object (second);
  test_assert_finalize_object (first);
  g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
  test_stage_close (&stage);
}

/* Nothing that is not a socket, and nothing that somebody uses, is ever replaced. */
static void
test_replace_nothing_else (void)
{
  static const char *const others[] = { "file", "stream", "datagram", "seqpacket" };
  TestStage stage;

  test_stage_open (&stage);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const char *path = test_stage_place (&stage, others[i]);
      g_autoptr (GError) error = NULL;
      GStatBuf before, after;

      g_assert_cmpint (g_lstat (path, &before), ==, 0);
      g_assert_null (gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-filename", path, "replace-stale", TRUE, NULL));
      test_assert_error (error, GSOCK_ERROR_ADDRESS_IN_USE);
      g_assert_cmpint (g_lstat (path, &after), ==, 0);
      g_assert_cmpuint (before.st_ino, ==, after.st_ino);
    }
  test_stage_close (&stage);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/make-socket/manifest", test_manifest);
  g_test_add_func ("/make-socket/classes", test_classes);
  g_test_add_func ("/make-socket/class-by-address", test_class_by_address);
  g_test_add_func ("/make-socket/ways", test_ways);
  g_test_add_func ("/make-socket/ways-of-refusal", test_ways_of_refusal);
  g_test_add_func ("/make-socket/instance-of-nothing", test_instance_of_nothing);
  g_test_add_func ("/make-socket/instance-of-another", test_instance_of_another);
  g_test_add_func ("/make-socket/cancelled", test_cancelled);
  g_test_add_func ("/make-socket/init-again", test_init_again);
  g_test_add_func ("/make-socket/scopes", test_scopes);

  g_test_add_func ("/make-socket/unlink-on-close", test_unlink_on_close);
  g_test_add_func ("/make-socket/replace-stale", test_replace_stale);
  g_test_add_func ("/make-socket/replace-nothing-else", test_replace_nothing_else);

  return g_test_run ();
}
