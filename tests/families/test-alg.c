/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's ciphers and sums: an algorithm is bound, and each operation accepted of it. */

#include "testlib.h"
#include "testwire.h"

#include <linux/if_alg.h>
#include <string.h>
#include <sys/socket.h>

/* NULL, with the running test marked as skipped, where this kernel does not offer it. */
static GSockSocket *
make_algorithm (const char *type, const char *name)
{
  struct sockaddr_alg native = { .salg_family = AF_ALG };
  g_autoptr (GError) error = NULL;
  GSockAddress address;
  GSockSocket *socket;

  g_strlcpy ((char *) native.salg_type, type, sizeof native.salg_type);
  g_strlcpy ((char *) native.salg_name, name, sizeof native.salg_name);
  gsock_address_init_from_bytes (&address, (const guint8 *) &native, sizeof native, &error);
  g_assert_no_error (error);
  socket = gsock_make_socket (NULL, &error, "address-family", AF_ALG, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "connect", GSOCK_ROLE_PASSIVE,
                              "local-address", &address, NULL);
  if (g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED) || g_error_matches (error, GSOCK_ERROR, GSOCK_ERROR_NOT_FOUND))
    g_test_skip (error->message);
  else
    g_assert_no_error (error);
  return socket;
}

static GSockSocket *
accept_operation (GSockSocket *algorithm)
{
  g_autoptr (GError) error = NULL;
  GSockActiveSocket *operation = gsock_passive_socket_accept_connection (GSOCK_PASSIVE_SOCKET (algorithm), NULL, &error, NULL);

  g_assert_no_error (error);
  return GSOCK_SOCKET (operation);
}

static char *
sum_up (GSockSocket *operation, const char *first, const char *last)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  guint8 sum[64];
  gssize n;

  gsock_socket_send_to (operation, first, strlen (first), NULL, &error, "more", TRUE, NULL);
  g_assert_no_error (error);
  gsock_socket_send_to (operation, last, strlen (last), NULL, &error, NULL);
  g_assert_no_error (error);
  n = gsock_socket_receive_from (operation, sum, sizeof sum, NULL, NULL, &error, NULL);
  g_assert_no_error (error);
  for (gssize i = 0; i < n; i++)
    g_string_append_printf (text, "%02x", sum[i]);
  return g_string_free (text, FALSE);
}

static void
test_hash (void)
{
  g_autoptr (GSockSocket) algorithm = make_algorithm ("hash", "sha256");
  g_autoptr (GSockSocket) operation = NULL;
  g_autoptr (GSockSocket) other = NULL;
  g_autofree char *wanted = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "a message in two", -1);
  g_autofree char *found = NULL;
  g_autofree char *again = NULL;

  if (algorithm == NULL)
    return;
  operation = accept_operation (algorithm);
  other = accept_operation (algorithm);
  g_assert_true (GSOCK_IS_ACTIVE_SOCKET (operation));
  found = sum_up (operation, "a message ", "in two");
  g_assert_cmpstr (found, ==, wanted);
  again = sum_up (other, "a mess", "age in two");
  g_assert_cmpstr (again, ==, wanted);
}

/* What to do, and with which vector, goes along as control messages that gsock has no names for. */
static GSockMessage *
new_cipher_message (guint32 direction, const char *text)
{
  GSockMessage *message = gsock_message_new ();
  guint8 vector[4 + 16] = { 0 };
  guint32 length = 16;

  memcpy (vector, &length, sizeof length);
  gsock_message_add_data (message, (const guint8 *) text, 16);
  g_assert_true (gsock_message_add_control (message, SOL_ALG, ALG_SET_OP, (const guint8 *) &direction, sizeof direction, NULL));
  g_assert_true (gsock_message_add_control (message, SOL_ALG, ALG_SET_IV, vector, sizeof vector, NULL));
  return message;
}

static void
run_cipher (GSockSocket *operation, guint32 direction, const char *text, guint8 *result)
{
  g_autoptr (GSockMessage) message = new_cipher_message (direction, text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_socket_send_message (operation, message, NULL, &error, NULL), ==, 16);
  g_assert_no_error (error);
  g_assert_cmpint (gsock_socket_receive_from (operation, result, 16, NULL, NULL, &error, NULL), ==, 16);
  g_assert_no_error (error);
}

static void
test_cipher (void)
{
  g_autoptr (GSockSocket) algorithm = make_algorithm ("skcipher", "cbc(aes)");
  g_autoptr (GSockSocket) operation = NULL;
  g_autoptr (GError) error = NULL;
  guint8 hidden[16], shown[16];

  if (algorithm == NULL)
    return;
  gsock_socket_set_option_bytes (algorithm, SOL_ALG, ALG_SET_KEY, (const guint8 *) "sixteen bytes ok", 16, &error);
  g_assert_no_error (error);
  operation = accept_operation (algorithm);
  run_cipher (operation, ALG_OP_ENCRYPT, "nobody can read!", hidden);
  g_assert_cmpint (memcmp (hidden, "nobody can read!", 16), !=, 0);
  run_cipher (operation, ALG_OP_DECRYPT, (const char *) hidden, shown);
  g_assert_cmpmem (shown, 16, "nobody can read!", 16);
}

static void
test_unknown (void)
{
  struct sockaddr_alg native = { .salg_family = AF_ALG, .salg_type = "hash", .salg_name = "no-such-sum" };
  g_autoptr (GSockSocket) algorithm = make_algorithm ("hash", "sha256");
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  GSockAddress address;

  if (algorithm == NULL)
    return;
  g_assert_true (gsock_address_init_from_bytes (&address, (const guint8 *) &native, sizeof native, NULL));
  socket = gsock_make_socket (NULL, &error, "address-family", AF_ALG, "type", GSOCK_SOCKET_TYPE_SEQPACKET, "connect", GSOCK_ROLE_PASSIVE,
                              "local-address", &address, NULL);
  g_assert_null (socket);
  test_assert_error (error, GSOCK_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/alg/hash", test_hash);
  test_add ("/alg/cipher", test_cipher);
  test_add ("/alg/unknown", test_unknown);
  return g_test_run ();
}
