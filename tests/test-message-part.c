/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a message that have names: what is set is there, and what cannot be is refused. */

#include "testlib.h"
#include "testthread.h"
#include "testwire.h"

#include <gsock/gsock-message-private.h>

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const char *name;
  int (*get) (GSockMessage *message);
  void (*set) (GSockMessage *message, int value);
  int value;
} Number;

static const Number numbers[] = {
  { "ttl", gsock_message_get_ttl, gsock_message_set_ttl, 64 },
  { "traffic-class", gsock_message_get_traffic_class, gsock_message_set_traffic_class, 0 },
  { "segment-size", gsock_message_get_segment_size, gsock_message_set_segment_size, 1200 },
};

static void
test_number (gconstpointer data)
{
  const Number *number = data;
  g_autoptr (GSockMessage) message = gsock_message_new ();

  g_assert_cmpint (number->get (message), ==, -1);
  number->set (message, number->value);
  g_assert_cmpint (number->get (message), ==, number->value);
  number->set (message, -1);
  g_assert_cmpint (number->get (message), ==, -1);
  g_assert_cmpuint (message->parts, ==, 0);
}

static void
test_packet_info (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  GSockAddress address, found;
  guint interface_index = 0;

  g_assert_false (gsock_message_get_packet_info (message, &found, &interface_index));
  g_assert_true (gsock_address_init_from_host (&address, "::1", 0, NULL));
  gsock_message_set_packet_info (message, &address, 3);
  g_assert_true (gsock_message_get_packet_info (message, &found, &interface_index));
  g_assert_true (gsock_address_equal (&address, &found));
  g_assert_cmpuint (interface_index, ==, 3);
  gsock_message_set_packet_info (message, NULL, 4);
  g_assert_true (gsock_message_get_packet_info (message, &found, NULL));
  g_assert_cmpuint (found.length, ==, 0);
}

static void
test_credentials (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;
  int pid = 0;
  guint uid = 0, gid = 0;

  g_assert_false (gsock_message_get_credentials (message, &pid, &uid, &gid));
  g_assert_true (gsock_message_set_credentials (message, 10, 20, 30, &error));
  g_assert_true (gsock_message_get_credentials (message, &pid, &uid, &gid));
  g_assert_cmpint (pid, ==, 10);
  g_assert_cmpuint (uid, ==, 20);
  g_assert_cmpuint (gid, ==, 30);
  g_assert_true (gsock_message_get_credentials (message, NULL, NULL, NULL));
}

/* Fault 20. */
static void
test_credentials_of_nobody (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_message_set_credentials (message, 0, 0, 0, &error));
  test_assert_message (error, "0 is no process");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_message_set_credentials (message, -7, 0, 0, &error));
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_false (gsock_message_get_credentials (message, NULL, NULL, NULL));
}

static void
test_descriptor_that_is_none (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (gsock_message_add_file_descriptor (message, -1, &error));
  test_assert_message (error, "-1 is not open");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_message_add_file_descriptor (message, 1 << 20, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, 0);
}

/* Fault 14. */
static void
test_too_many_descriptors (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GSOCK_FILE_DESCRIPTORS_MAX; i++)
    g_assert_true (gsock_message_add_file_descriptor (message, 0, NULL));
  g_assert_false (gsock_message_add_file_descriptor (message, 0, &error));
  test_assert_message (error, "253");
  test_assert_error (error, GSOCK_ERROR_OUT_OF_RANGE);
  g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), ==, GSOCK_FILE_DESCRIPTORS_MAX);
}

static void
run_out_of_numbers (gpointer data)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;
  struct rlimit limit = { 16, 16 };

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  while (gsock_message_add_file_descriptor (message, 0, &error))
    g_assert_cmpuint (gsock_message_get_n_file_descriptors (message), <, 16);
  test_assert_error (error, GSOCK_ERROR_TOO_MANY_FILES);
}

static void
test_no_number_left (void)
{
  test_in_child (run_out_of_numbers, NULL, "");
}

static void
test_control (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GError) error = NULL;
  int fd = 0;

  g_assert_false (gsock_message_add_control (message, SOL_SOCKET, SCM_RIGHTS, (const guint8 *) &fd, sizeof fd, &error));
  test_assert_message (error, "add-file-descriptor");
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_false (gsock_message_add_control (message, 1, 1, NULL, 4, &error));
  test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (gsock_message_get_n_controls (message), ==, 0);
}

static void
test_extended_error (void)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  int error_number = 0, origin = 0, type = 0, code = 0;
  guint info = 0;
  GSockAddress offender;

  g_assert_false (gsock_message_get_extended_error (message, &error_number, NULL, NULL, NULL, NULL, NULL));
  message->extended_error = g_new0 (GSockExtendedError, 1);
  *message->extended_error = (GSockExtendedError){ .error_number = 1, .origin = 2, .type = 3, .code = 4, .info = 5 };
  g_assert_true (gsock_message_get_extended_error (message, &error_number, &origin, &type, &code, &info, &offender));
  g_assert_cmpint (error_number * 10000 + origin * 1000 + type * 100 + code * 10 + (int) info, ==, 12345);
  g_assert_cmpuint (offender.length, ==, 0);
  g_assert_true (gsock_message_get_extended_error (message, NULL, NULL, NULL, NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message-part/%s", numbers[i].name);

      test_add_with (path, &numbers[i], test_number);
    }
  test_add ("/message-part/packet-info", test_packet_info);
  test_add ("/message-part/credentials", test_credentials);
  test_add ("/message-part/credentials/of-nobody", test_credentials_of_nobody);
  test_add ("/message-part/descriptor/none", test_descriptor_that_is_none);
  test_add ("/message-part/descriptor/too-many", test_too_many_descriptors);
  test_add ("/message-part/descriptor/no-number-left", test_no_number_left);
  test_add ("/message-part/control", test_control);
  test_add ("/message-part/extended-error", test_extended_error);
  return g_test_run ();
}
