/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forgiving side: what languages pass for integers, numbers, tuples and whole values. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <math.h>
#include <string.h>

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
test_unwrap (void)
{
  static const struct
  {
    const char *boxed, *inner;
  } cases[] = {
    { "5", "5" }, { "<5>", "5" }, { "<<<'a'>>>", "'a'" }, { "@mi 5", "5" }, { "<@ms 'x'>", "'x'" },
    { "@mi nothing", NULL }, { "<@mmi just nothing>", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) boxed = parse (cases[i].boxed);
      g_autoptr (GVariant) inner = gsock_option_value_unwrap (boxed);
      g_autofree char *text = inner != NULL ? g_variant_print (inner, FALSE) : NULL;

      g_assert_cmpstr (text, ==, cases[i].inner);
    }
}

static void
test_integer (void)
{
  static const struct
  {
    const char *text;
    gboolean good;
    gint64 integer;
  } cases[] = {
    { "byte 0xff", TRUE, 255 },
    { "int16 -3", TRUE, -3 },
    { "uint16 65535", TRUE, 65535 },
    { "-7", TRUE, -7 },
    { "uint32 4294967295", TRUE, G_MAXUINT32 },
    { "int64 -9223372036854775808", TRUE, G_MININT64 },
    { "uint64 18446744073709551615", TRUE, G_MAXINT64 },
    { "true", TRUE, 1 },
    { "4.0", TRUE, 4 },
    { "-4.0", TRUE, -4 },
    { "1e300", TRUE, G_GINT64_CONSTANT (1) << 62 },
    { "-1e300", TRUE, -(G_GINT64_CONSTANT (1) << 62) },
    { "4.5", FALSE, 0 },
    { "'4'", FALSE, 0 },
    { "[1, 2]", FALSE, 0 },
    { "(1,)", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = parse (cases[i].text);
      gint64 integer = 0;

      g_assert_cmpint (gsock_option_value_integer (value, &integer), ==, cases[i].good);
      g_assert_cmpint (integer, ==, cases[i].integer);
    }
}

static void
test_real (void)
{
  g_autoptr (GVariant) not_a_number = g_variant_ref_sink (g_variant_new_double (NAN));
  g_autoptr (GVariant) quarter = parse ("0.25");
  g_autoptr (GVariant) five = parse ("byte 5");
  g_autoptr (GVariant) truth = parse ("true");
  g_autoptr (GVariant) text = parse ("'1'");
  gint64 integer;
  double real;

  g_assert_true (gsock_option_value_real (quarter, &real));
  g_assert_cmpfloat (real, ==, 0.25);
  g_assert_true (gsock_option_value_real (five, &real));
  g_assert_cmpfloat (real, ==, 5);
  g_assert_false (gsock_option_value_real (not_a_number, &real));
  g_assert_false (gsock_option_value_integer (not_a_number, &integer));
  g_assert_false (gsock_option_value_real (truth, &real));
  g_assert_false (gsock_option_value_real (text, &real));
}

static void
test_split (void)
{
  static const struct
  {
    const char *text;
    guint n_parts;
  } cases[] = {
    { "('a', 1, 2.0)", 3 }, { "['a', 'b']", 2 }, { "[<'a'>, <1>]", 2 }, { "(1,)", 1 },
    { "()", 0 }, { "(1, 2, 3, 4)", 0 }, { "'a'", 0 }, { "5", 0 }, { "(@ms nothing, <true>)", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = parse (cases[i].text);
      GVariant *parts[GSOCK_OPTION_PARTS_MAX] = { NULL };
      guint n_parts = gsock_option_value_split (value, parts);

      g_assert_cmpuint (n_parts, ==, cases[i].n_parts);
      for (guint j = 0; j < n_parts; j++)
        g_clear_pointer (&parts[j], g_variant_unref);
      g_assert_null (parts[0]);
    }
}

static void
test_print (void)
{
  g_autofree char *text = g_strnfill (1000, 'a');
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (text));
  g_autofree char *printed = gsock_option_value_print (value);
  g_autofree char *nothing = gsock_option_value_print (NULL);

  g_assert_cmpint (g_utf8_strlen (printed, -1), ==, 63);
  g_assert_true (g_str_has_suffix (printed, "..."));
  g_assert_cmpstr (nothing, ==, "nothing");
}

static void
check_from (GValue *value, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = gsock_option_variant_from_value (gsock_option_find ("keep-alive"), value, &error);
  g_autofree char *printed = NULL;

  if (text == NULL)
    {
      g_assert_null (variant);
      test_assert_message (error, "keep-alive");
      test_assert_error (error, GSOCK_ERROR_INVALID_ARGUMENT);
    }
  else
    {
      g_assert_no_error (error);
      g_assert_false (g_variant_is_floating (variant));
      printed = g_variant_print (variant, TRUE);
      g_assert_cmpstr (printed, ==, text);
    }
  g_value_unset (value);
}

/* Each kind of GValue that a language may make of its own values. */
static void
test_from_value (void)
{
  const char *const words[] = { "a", "b", NULL };
  GValue value = G_VALUE_INIT;

  g_value_set_boolean (g_value_init (&value, G_TYPE_BOOLEAN), TRUE);
  check_from (&value, "true");
  g_value_set_int (g_value_init (&value, G_TYPE_INT), -5);
  check_from (&value, "int64 -5");
  g_value_set_uint (g_value_init (&value, G_TYPE_UINT), G_MAXUINT32);
  check_from (&value, "int64 4294967295");
  g_value_set_int64 (g_value_init (&value, G_TYPE_INT64), G_MININT64);
  check_from (&value, "int64 -9223372036854775808");
  g_value_set_uint64 (g_value_init (&value, G_TYPE_UINT64), G_MAXUINT64);
  check_from (&value, "uint64 18446744073709551615");
  g_value_set_long (g_value_init (&value, G_TYPE_LONG), 7);
  check_from (&value, "int64 7");
  g_value_set_uchar (g_value_init (&value, G_TYPE_UCHAR), 200);
  check_from (&value, "int64 200");
  g_value_set_double (g_value_init (&value, G_TYPE_DOUBLE), 0.5);
  check_from (&value, "0.5");
  g_value_set_float (g_value_init (&value, G_TYPE_FLOAT), 0.5f);
  check_from (&value, "0.5");
  g_value_set_enum (g_value_init (&value, GSOCK_TYPE_SOCKET_TYPE), GSOCK_SOCKET_TYPE_RAW);
  check_from (&value, "int64 3");
  g_value_set_flags (g_value_init (&value, GSOCK_TYPE_MESSAGE_FLAGS), GSOCK_MESSAGE_FLAGS_PEEK);
  check_from (&value, "int64 2");
  g_value_set_string (g_value_init (&value, G_TYPE_STRING), "lo");
  check_from (&value, "'lo'");
  g_value_set_string (g_value_init (&value, G_TYPE_STRING), NULL);
  check_from (&value, "@ms nothing");
  g_value_take_boxed (g_value_init (&value, G_TYPE_BYTES), g_bytes_new ("\1\2", 2));
  check_from (&value, "[byte 0x01, 0x02]");
  g_value_set_boxed (g_value_init (&value, G_TYPE_STRV), words);
  check_from (&value, "['a', 'b']");
  g_value_take_variant (g_value_init (&value, G_TYPE_VARIANT), g_variant_new ("(bi)", TRUE, 5));
  check_from (&value, "(true, 5)");
}

/* What cannot be a value at all, empty pointers among it. */
static void
test_from_nothing (void)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_VARIANT);
  check_from (&value, NULL);
  g_value_init (&value, G_TYPE_BYTES);
  check_from (&value, NULL);
  g_value_init (&value, G_TYPE_DATE_TIME);
  check_from (&value, NULL);
  g_value_init (&value, G_TYPE_POINTER);
  check_from (&value, NULL);
  g_value_take_object (g_value_init (&value, G_TYPE_OBJECT), g_object_new (G_TYPE_OBJECT, NULL));
  check_from (&value, NULL);
  g_value_set_string (g_value_init (&value, G_TYPE_STRING), "\xff");
  check_from (&value, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-value/unwrap", test_unwrap);
  g_test_add_func ("/option-value/integer", test_integer);
  g_test_add_func ("/option-value/real", test_real);
  g_test_add_func ("/option-value/split", test_split);
  g_test_add_func ("/option-value/print", test_print);
  g_test_add_func ("/option-value/from-value", test_from_value);
  g_test_add_func ("/option-value/from-nothing", test_from_nothing);
  return g_test_run ();
}
