/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes in front of a socket's descriptor: what is packed comes out, and nothing else is believed. */

#include "testlib.h"
#include "testwire.h"

#include <gsock/gsock-socket-parcel-private.h>

#include <string.h>

static void
unpack (GSockParcel *parcel, const guint8 *bytes, gsize length)
{
  gsize body;

  g_assert_cmpuint (length, <=, GSOCK_PARCEL_MAX);
  g_assert_null (gsock_parcel_check_head (bytes, &body));
  g_assert_cmpuint (length, ==, GSOCK_PARCEL_HEAD + body);
  g_assert_null (gsock_parcel_decode (parcel, bytes + GSOCK_PARCEL_HEAD, body));
}

static void
test_round (void)
{
  GSockParcel parcel = { .given = 0x3f, .timeout = 1.25, .external_format = "latin-1/crlf", .input_buffer_size = 1, .output_buffer_size = 16 << 20,
                         .role = GSOCK_ROLE_PASSIVE, .device = G_MAXUINT64, .inode = 1 }, got;
  guint8 bytes[GSOCK_PARCEL_MAX];

  unpack (&got, bytes, gsock_parcel_encode (&parcel, bytes));
  g_assert_cmpuint (got.given, ==, parcel.given);
  g_assert_cmpfloat (got.timeout, ==, 1.25);
  g_assert_cmpstr (got.external_format, ==, "latin-1/crlf");
  g_assert_cmpint (got.input_buffer_size, ==, 1);
  g_assert_cmpint (got.output_buffer_size, ==, 16 << 20);
  g_assert_cmpint (got.role, ==, GSOCK_ROLE_PASSIVE);
  g_assert_true (got.device == G_MAXUINT64 && got.inode == 1);
}

/* The largest that there can be has room. */
static void
test_longest (void)
{
  GSockParcel parcel = { .given = 0x3f, .timeout = -1, .input_buffer_size = 1, .output_buffer_size = 1 };
  guint8 bytes[GSOCK_PARCEL_MAX];

  memset (parcel.external_format, 'x', GSOCK_PARCEL_FORMAT_MAX);
  g_assert_cmpuint (gsock_parcel_encode (&parcel, bytes), <, GSOCK_PARCEL_MAX);
}

static void
test_pack (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSockSocket) udp = gsock_make_socket (NULL, &error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "timeout", 2.5, NULL);
  g_autoptr (GSockSocket) server = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "external-format", "utf-16le/cr", NULL);
  GSockParcel parcel;

  g_assert_no_error (error);
  gsock_parcel_pack (&parcel, udp, TRUE);
  g_assert_cmpuint (parcel.given, ==, GSOCK_PARCEL_TIMEOUT);
  g_assert_cmpfloat (parcel.timeout, ==, 2.5);
  gsock_parcel_pack (&parcel, server, TRUE);
  g_assert_cmpuint (parcel.given, ==, 0x1f);
  g_assert_cmpstr (parcel.external_format, ==, "utf-16le/cr");
  g_assert_cmpint (parcel.role, ==, GSOCK_ROLE_PASSIVE);
  g_assert_true (gsock_socket_close (udp, FALSE, NULL));
  g_assert_true (gsock_socket_close (server, FALSE, NULL));
}

static const struct
{
  const char *bytes;
  gsize length;
} refused[] = {
  { "\1", 1 },                              /* a record without a length */
  { "\1\10", 2 },                           /* without its value */
  { "\1\10\0\0\0\0\0\0\0", 9 },             /* with less than that */
  { "\1\7\0\0\0\0\0\0\0", 9 },              /* a timeout of seven bytes */
  { "\1\10\0\0\0\0\0\0\xf0\x7f", 10 },      /* that is for ever */
  { "\1\10\0\0\0\0\0\0\xf8\x7f", 10 },      /* that is not a number */
  { "\2\0", 2 },                            /* a format of nothing */
  { "\2\4ab\0c", 6 },                       /* with a null */
  { "\2\3a\xc3\xa4", 5 },                   /* with letters of others */
  { "\2\3a b", 5 },
  { "\3\4\0\0\0\0", 6 },                    /* a buffer of nothing */
  { "\3\4\1\0\0\1", 6 },                    /* of more than 16 MiB */
  { "\4\4\xff\xff\xff\xff", 6 },
  { "\3\3\1\0\0", 5 },
  { "\5\1\2", 3 },                          /* a part that there is not */
  { "\5\1\0\5\1\0", 6 },                    /* twice */
  { "\6\10\0\0\0\0\0\0\0\0", 10 },          /* half a file */
  { "\377\377", 2 },                        /* what nobody knows, and is not there */
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      GSockParcel parcel;

      g_test_message ("%u", i);
      g_assert_nonnull (gsock_parcel_decode (&parcel, (const guint8 *) refused[i].bytes, refused[i].length));
    }
}

static void
test_head (void)
{
  static const char *const heads[] = { "\x9cGS\1\0", "\x9dHS\1\0", "\x9dGT\1\0", "\x9dGS\2\0", "\x9dGS\0\0" };
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    g_assert_nonnull (gsock_parcel_check_head ((const guint8 *) heads[i], &length));
  g_assert_null (gsock_parcel_check_head ((const guint8 *) "\x9dGS\1\377", &length));
  g_assert_cmpuint (length, ==, 255);
}

/* A later version may say more; letters come out small. */
static void
test_tolerated (void)
{
  static const guint8 body[] = "\7\0\310\3xyz\2\5UTF-8\0\1z";
  GSockParcel parcel;

  g_assert_null (gsock_parcel_decode (&parcel, body, sizeof body - 1));
  g_assert_cmpuint (parcel.given, ==, GSOCK_PARCEL_EXTERNAL_FORMAT);
  g_assert_cmpstr (parcel.external_format, ==, "utf-8");
  g_assert_null (gsock_parcel_decode (&parcel, body, 0));
  g_assert_cmpuint (parcel.given, ==, 0);
}

/* Whatever comes is an answer. */
static void
test_random (void)
{
  for (guint i = 0; i < 100000; i++)
    {
      guint length = g_test_rand_int_range (0, GSOCK_PARCEL_BODY_MAX);
      g_autofree guint8 *body = g_malloc (length);
      GSockParcel parcel;

      for (guint j = 0; j < length; j++)
        body[j] = j % 6 < 2 ? g_test_rand_int_range (0, 18) : g_test_rand_int_range (0, 256);
      if (gsock_parcel_decode (&parcel, body, length) == NULL && (parcel.given & GSOCK_PARCEL_EXTERNAL_FORMAT) != 0)
        g_assert_cmpuint (strlen (parcel.external_format), <=, GSOCK_PARCEL_FORMAT_MAX);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/socket-parcel/round", test_round);
  test_add ("/socket-parcel/longest", test_longest);
  test_add ("/socket-parcel/pack", test_pack);
  test_add ("/socket-parcel/refused", test_refused);
  test_add ("/socket-parcel/head", test_head);
  test_add ("/socket-parcel/tolerated", test_tolerated);
  test_add ("/socket-parcel/random", test_random);
  return g_test_run ();
}
