/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values to bytes and back, for each type that names no interface and no group. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* What a value becomes: the bytes as hexadecimal digits of ints, or the code of the refusal. */
typedef struct
{
  const char *option;
  const char *value;
  int code; /* -1: it is taken */
  int integers[3];
  guint n_integers;
} Case;

#define TAKEN -1

static const Case cases[] = {
  { "keep-alive", "true", TAKEN, { 1 }, 1 },
  { "keep-alive", "false", TAKEN, { 0 }, 1 },
  { "keep-alive", "byte 1", TAKEN, { 1 }, 1 },
  { "keep-alive", "1.0", TAKEN, { 1 }, 1 },
  { "keep-alive", "<int64 0>", TAKEN, { 0 }, 1 },
  { "keep-alive", "2", GSOCK_ERROR_OUT_OF_RANGE },
  { "keep-alive", "'yes'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "keep-alive", "0.5", GSOCK_ERROR_INVALID_ARGUMENT },
  { "keep-alive", "@ms nothing", GSOCK_ERROR_INVALID_ARGUMENT },
  { "priority", "-5", TAKEN, { -5 }, 1 },
  { "priority", "uint64 6", TAKEN, { 6 }, 1 },
  { "priority", "int64 2147483648", GSOCK_ERROR_OUT_OF_RANGE },
  { "priority", "int64 -2147483649", GSOCK_ERROR_OUT_OF_RANGE },
  { "priority", "uint64 18446744073709551615", GSOCK_ERROR_OUT_OF_RANGE },
  { "priority", "1e18", GSOCK_ERROR_OUT_OF_RANGE },
  { "priority", "'5'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "priority", "[1]", GSOCK_ERROR_INVALID_ARGUMENT },
  { "ip-ttl", "255", TAKEN, { 255 }, 1 },
  { "ip-ttl", "256", GSOCK_ERROR_OUT_OF_RANGE },
  { "ip-ttl", "-1", GSOCK_ERROR_OUT_OF_RANGE },
  { "ip-tos", "'lowdelay'", TAKEN, { 0x10 }, 1 },
  { "ip-tos", "'voice_admit'", TAKEN, { 0xb0 }, 1 },
  { "ip-tos", "'ef'", TAKEN, { 0xb8 }, 1 },
  { "ip-tos", "'EF'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "ip-mtu-discover", "'omit'", TAKEN, { 5 }, 1 },
  { "ip-mtu-discover", "'dont'", TAKEN, { 0 }, 1 },
  { "ip-mtu-discover", "2", TAKEN, { 2 }, 1 },
  { "ip-mtu-discover", "'perhaps'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "mark", "uint32 4294967295", TAKEN, { -1 }, 1 },
  { "mark", "-1", GSOCK_ERROR_OUT_OF_RANGE },
  { "mark", "int64 4294967296", GSOCK_ERROR_OUT_OF_RANGE },
  { "ipv6-address-form", "'ipv4'", TAKEN, { AF_INET }, 1 },
  { "ipv6-address-form", "10", TAKEN, { AF_INET6 }, 1 },
  { "tcp-user-timeout", "2.5", TAKEN, { 2500 }, 1 },
  { "tcp-user-timeout", "3", TAKEN, { 3000 }, 1 },
  { "tcp-user-timeout", "0", TAKEN, { 0 }, 1 },
  { "tcp-user-timeout", "0.0000001", TAKEN, { 1 }, 1 },
  { "tcp-user-timeout", "-0.5", GSOCK_ERROR_OUT_OF_RANGE },
  { "tcp-user-timeout", "1e10", GSOCK_ERROR_OUT_OF_RANGE },
  { "tcp-user-timeout", "true", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "(true, 5)", TAKEN, { 1, 5 }, 2 },
  { "linger", "(false, 0)", TAKEN, { 0, 0 }, 2 },
  { "linger", "(true, 2.0)", TAKEN, { 1, 2 }, 2 },
  { "linger", "(true, 0.25)", TAKEN, { 1, 1 }, 2 },
  { "linger", "[<true>, <byte 7>]", TAKEN, { 1, 7 }, 2 },
  { "linger", "(1, 7)", TAKEN, { 1, 7 }, 2 },
  { "linger", "'(true, 7)'", TAKEN, { 1, 7 }, 2 },
  { "linger", "'(true, 7'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "(true, -1)", GSOCK_ERROR_OUT_OF_RANGE },
  { "linger", "(true, 1e12)", GSOCK_ERROR_OUT_OF_RANGE },
  { "linger", "(2, 5)", GSOCK_ERROR_OUT_OF_RANGE },
  { "linger", "('on', 5)", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "(true, '5')", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "(true, 5, 5)", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "()", GSOCK_ERROR_INVALID_ARGUMENT },
  { "linger", "5", GSOCK_ERROR_INVALID_ARGUMENT },
  { "ip-options", "5", GSOCK_ERROR_INVALID_ARGUMENT },
  { "ip-options", "'@ay [300]'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "ip-options", "[1, 2]", GSOCK_ERROR_INVALID_ARGUMENT },
  { "bind-to-device", "5", GSOCK_ERROR_INVALID_ARGUMENT },
  { "bind-to-device", "'a-name-of-sixteen'", GSOCK_ERROR_UNKNOWN_INTERFACE },
  { "tcp-congestion", "'a-name-of-sixteen'", GSOCK_ERROR_NOT_FOUND },
  { "receive-timeout", "-1", GSOCK_ERROR_OUT_OF_RANGE },
  { "receive-timeout", "1e300", GSOCK_ERROR_OUT_OF_RANGE },
  { "receive-timeout", "'1'", GSOCK_ERROR_INVALID_ARGUMENT },
  { "cookie", "1", GSOCK_ERROR_INVALID_ARGUMENT },
};

static gboolean
encode (const char *name, const char *text, GVariant **value, GSockOptionBytes *bytes, GError **error)
{
  g_autoptr (GVariant) parsed = g_variant_parse (NULL, text, NULL, NULL, NULL);

  g_assert_nonnull (parsed);
  *value = gsock_option_value_unwrap (parsed);
  return gsock_option_encode (gsock_option_find (name), -1, *value, bytes, error);
}

static void
test_case (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  GSockOptionBytes bytes;
  gboolean taken = encode (one->option, one->value, &value, &bytes, &error);

  if (one->code != TAKEN)
    {
      g_assert_false (taken);
      test_assert_message (error, one->option);
      g_assert_error (error, GSOCK_ERROR, one->code);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (taken);
  g_assert_cmpint (bytes.level, ==, gsock_option_find (one->option)->level);
  g_assert_cmpmem (bytes.data, bytes.length, one->integers, one->n_integers * sizeof (int));
}

/* The message of a refusal says what would have been right, and what came. */
static void
test_messages (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GVariant) third = NULL;
  GSockOptionBytes bytes;

  g_assert_false (encode ("ip-mtu-discover", "'perhaps'", &first, &bytes, &error));
  test_assert_message (error, "an integer, or one of dont, want, do, probe, interface, omit");
  test_assert_message (error, "'perhaps'");
  g_clear_error (&error);
  g_assert_false (encode ("ip-ttl", "300", &second, &bytes, &error));
  test_assert_message (error, "300 is outside 0 to 255");
  g_clear_error (&error);
  g_assert_false (encode ("keep-alive", "@ms nothing", &third, &bytes, &error));
  test_assert_message (error, "a boolean");
  test_assert_message (error, "nothing");
}

static void
check_time (const char *text, long seconds, long microseconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  GSockOptionBytes bytes;
  struct timeval time;

  g_assert_true (encode ("receive-timeout", text, &value, &bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bytes.length, ==, sizeof time);
  memcpy (&time, bytes.data, sizeof time);
  g_assert_cmpint (time.tv_sec, ==, seconds);
  g_assert_cmpint (time.tv_usec, ==, microseconds);
}

/* A short time must not become 0, which is for ever. */
static void
test_seconds (void)
{
  check_time ("0", 0, 0);
  check_time ("0.25", 0, 250000);
  check_time ("1.5", 1, 500000);
  check_time ("uint32 90", 90, 0);
  check_time ("1e-9", 0, 1);
  check_time ("0.9999999", 1, 0);
}

static void
test_strings (void)
{
  g_autoptr (GVariant) text = NULL;
  g_autoptr (GVariant) nothing = NULL;
  GSockOptionBytes bytes;

  g_assert_true (encode ("bind-to-device", "'eth0'", &text, &bytes, NULL));
  g_assert_cmpmem (bytes.data, bytes.length, "eth0", 5);
  g_assert_true (encode ("bind-to-device", "@ms nothing", &nothing, &bytes, NULL));
  g_assert_cmpmem (bytes.data, bytes.length, "", 1);
}

static void
test_bytes (void)
{
  g_autoptr (GVariant) some = NULL;
  g_autoptr (GVariant) none = NULL;
  g_autoptr (GVariant) text = NULL;
  g_autoptr (GVariant) written = NULL;
  GSockOptionBytes bytes;

  g_assert_true (encode ("ip-options", "'ABC'", &text, &bytes, NULL));
  g_assert_cmpmem (bytes.data, bytes.length, "ABC", 3);
  g_assert_true (encode ("ip-options", "'@ay [0x41, 0x00]'", &written, &bytes, NULL));
  g_assert_cmpmem (bytes.data, bytes.length, "A\0", 2);

  g_assert_true (encode ("ip-options", "[byte 1, 2, 3]", &some, &bytes, NULL));
  g_assert_cmpmem (bytes.data, bytes.length, "\1\2\3", 3);
  g_assert_true (encode ("ip-options", "@ay []", &none, &bytes, NULL));
  g_assert_cmpuint (bytes.length, ==, 0);
}

static void
check_decoded (const char *name, gconstpointer data, gsize length, const char *text)
{
  g_autoptr (GVariant) value = gsock_option_decode (gsock_option_find (name), data, length);
  g_autofree char *printed = value != NULL ? g_variant_print (value, TRUE) : NULL;

  g_assert_cmpstr (printed, ==, text);
}

static void
test_decode (void)
{
  int integers[] = { -2, 7, 9 };
  guint64 wide = G_MAXUINT64;
  struct timeval time = { 2, 250000 };

  check_decoded ("keep-alive", integers, 4, "true");
  check_decoded ("keep-alive", "\0\0\0\0", 4, "false");
  check_decoded ("ip-multicast-loop", "\1", 1, "true");
  check_decoded ("priority", integers, 4, "-2");
  check_decoded ("ip-ttl", "\100", 1, "64");
  check_decoded ("mark", integers, 4, "uint32 4294967294");
  check_decoded ("cookie", &wide, 8, "uint64 18446744073709551615");
  check_decoded ("send-timeout", &time, sizeof time, "2.25");
  check_decoded ("tcp-user-timeout", (int[]){ 1500 }, 4, "1.5");
  check_decoded ("linger", integers, 8, "(true, 7)");
  check_decoded ("tcp-congestion", "cubic\0\0\0", 8, "'cubic'");
  check_decoded ("tcp-congestion", "cubic", 5, "'cubic'");
  check_decoded ("bind-to-device", "", 0, "''");
  check_decoded ("peer-groups", integers, 4, "[byte 0xfe, 0xff, 0xff, 0xff]");
  check_decoded ("peer-groups", "", 0, "@ay []");
  check_decoded ("domain", (int[]){ AF_UNIX }, 4, "1");
  check_decoded ("type", (int[]){ SOCK_DGRAM }, 4, "2");
  check_decoded ("peer-credentials", (int[]){ 0, -1, -1 }, 12, "(0, uint32 4294967295, uint32 4294967295)");
  check_decoded ("ip-multicast-interface", "\177\0\0\1", 4, "'127.0.0.1'");
  check_decoded ("ipv6-multicast-interface", (int[]){ 3 }, 4, "3");
  check_decoded ("peer-pidfd", (int[]){ 12 }, 4, "12");
}

/* A kernel that answers less than the type has must not be believed. */
static void
test_decode_short (void)
{
  const char *names[] = { "keep-alive", "priority", "mark", "cookie", "send-timeout", "linger",
                          "tcp-user-timeout", "peer-credentials", "ip-multicast-interface" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    check_decoded (names[i], "", 0, NULL);
  check_decoded ("linger", "\1\0\0\0", 4, NULL);
  check_decoded ("ip-add-membership", "\1\0\0\0", 4, NULL);
}

/* Whatever comes, for whatever option: a value or an error that names the option. */
static void
test_odd_values (void)
{
  const char *odd[] = {
    "true", "byte 0xff", "-1", "0", "1", "70000", "uint64 18446744073709551615", "int64 -9223372036854775808",
    "0.1", "-0.1", "1e308", "inf", "-inf", "nan", "''", "'lo'", "'239.1.1.1'", "'ff02::1%'", "'%'", "'\\u00e4'",
    "()", "('',)", "('239.1.1.1', '')", "('239.1.1.1', '232.0.0.1', 'lo')", "('ff02::1', -1)", "(true, nan)",
    "(inf, inf)", "[1, 2, 3, 4]", "@as []", "@ay []", "b'bytes'", "[byte 0, 0]", "{'a': <1>}", "@a{sv} {}",
    "@mi nothing", "@mmi just nothing", "<<<'x'>>>", "objectpath '/'", "signature 's'", "handle 3", "((1,),)",
  };
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows * G_N_ELEMENTS (odd); i++)
    {
      const GSockOption *row = &rows[i / G_N_ELEMENTS (odd)];
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = NULL;
      GSockOptionBytes bytes;

      if (encode (row->name, odd[i % G_N_ELEMENTS (odd)], &value, &bytes, &error))
        g_assert_no_error (error);
      else
        test_assert_message (error, row->name);
    }
}

static void
test_argument_types (void)
{
  static const struct
  {
    const char *name;
    GType type;
  } wanted[] = {
    { "keep-alive", G_TYPE_BOOLEAN },     { "priority", G_TYPE_INT },        { "ip-ttl", G_TYPE_INT },
    { "mark", G_TYPE_UINT },              { "cookie", G_TYPE_UINT64 },       { "send-timeout", G_TYPE_DOUBLE },
    { "tcp-user-timeout", G_TYPE_DOUBLE }, { "tcp-congestion", G_TYPE_STRING }, { "linger", G_TYPE_VARIANT },
    { "ip-multicast-interface", G_TYPE_STRING }, { "ipv6-multicast-interface", G_TYPE_INT },
    { "ip-add-membership", G_TYPE_VARIANT }, { "ip-options", G_TYPE_VARIANT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpuint (gsock_option_argument_type (gsock_option_find (wanted[i].name)), ==, wanted[i].type);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/option-codec/%s/%02" G_GSIZE_FORMAT, cases[i].option, i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/option-codec/messages", test_messages);
  g_test_add_func ("/option-codec/seconds", test_seconds);
  g_test_add_func ("/option-codec/strings", test_strings);
  g_test_add_func ("/option-codec/bytes", test_bytes);
  g_test_add_func ("/option-codec/decode", test_decode);
  g_test_add_func ("/option-codec/decode-short", test_decode_short);
  g_test_add_func ("/option-codec/odd-values", test_odd_values);
  g_test_add_func ("/option-codec/argument-types", test_argument_types);
  return g_test_run ();
}
