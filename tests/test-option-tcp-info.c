/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCP_INFO of kernels that have more fields or fewer, and of a real connection. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

static guint32
narrow (GVariant *info, const char *name)
{
  guint32 number = 0;

  g_assert_true (g_variant_lookup (info, name, "u", &number));
  return number;
}

static GVariant *
decode (gconstpointer data, gsize length)
{
  return gsock_option_decode (gsock_option_find ("tcp-info"), data, length);
}

static void
test_fields (void)
{
  struct tcp_info native = { .tcpi_state = TCP_ESTABLISHED, .tcpi_snd_wscale = 7, .tcpi_rcv_wscale = 9,
                             .tcpi_rto = 200000, .tcpi_snd_cwnd = 10, .tcpi_total_retrans = 3 };
  g_autoptr (GVariant) info = decode (&native, sizeof native);

  g_assert_cmpuint (narrow (info, "state"), ==, TCP_ESTABLISHED);
  g_assert_cmpuint (narrow (info, "snd-wscale"), ==, 7);
  g_assert_cmpuint (narrow (info, "rcv-wscale"), ==, 9);
  g_assert_cmpuint (narrow (info, "rto"), ==, 200000);
  g_assert_cmpuint (narrow (info, "snd-cwnd"), ==, 10);
  g_assert_cmpuint (narrow (info, "total-retrans"), ==, 3);
}

/* Field by field, as a kernel that ends there answers. */
static void
test_lengths (void)
{
  guint8 data[512];
  gsize before = 0;

  memset (data, 1, sizeof data);
  for (gsize length = 0; length <= sizeof data; length++)
    {
      g_autoptr (GVariant) info = decode (data, length);
      gsize n_fields = g_variant_n_children (info);

      g_assert_cmpuint (n_fields, >=, before);
      if (length == 0)
        g_assert_cmpuint (n_fields, ==, 0);
      if (length == 6)
        g_assert_cmpuint (n_fields, ==, 6);
      if (length == 104)
        g_assert_false (g_variant_lookup (info, "pacing-rate", "t", NULL));
      if (length == 112)
        g_assert_true (g_variant_lookup (info, "pacing-rate", "t", NULL));
      before = n_fields;
    }
}

/* A field of each width at the place where the kernel has it. */
static void
test_offsets (void)
{
  static const struct
  {
    const char *name;
    gsize offset, width;
  } wanted[] = {
    { "retransmits", 2, 1 },     { "rto", 8, 4 },         { "rtt", 68, 4 },        { "pacing-rate", 104, 8 },
    { "delivery-rate", 160, 8 }, { "bytes-sent", 200, 8 }, { "snd-wnd", 228, 4 },   { "total-rto", 240, 2 },
    { "total-rto-time", 244, 4 }, { "received-ce", 248, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      guint8 data[280] = { 0 };
      g_autoptr (GVariant) info = NULL;
      g_autoptr (GVariant) value = NULL;
      guint64 ones = 0;

      memset (data + wanted[i].offset, 0xff, wanted[i].width);
      memset (&ones, 0xff, wanted[i].width);
      info = decode (data, sizeof data);
      value = g_variant_lookup_value (info, wanted[i].name, NULL);
      g_assert_nonnull (value);
      if (wanted[i].width == 8)
        g_assert_cmpuint (g_variant_get_uint64 (value), ==, G_MAXUINT64);
      else
        g_assert_cmpuint (g_variant_get_uint32 (value), ==, (1ull << (8 * wanted[i].width)) - 1);
    }
}

static void
test_real (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const GSockOption *option = gsock_option_find ("TCP_INFO");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) idle = NULL;
  g_autoptr (GVariant) connected = NULL;
  guint64 bytes = 0;

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);

  idle = gsock_option_get_from (fd, AF_INET, SOCK_STREAM, option, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (narrow (idle, "state"), ==, TCP_CLOSE);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (send (fd, "twelve bytes", 12, MSG_NOSIGNAL), ==, 12);
  connected = gsock_option_get_from (fd, AF_INET, SOCK_STREAM, option, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (narrow (connected, "state"), ==, TCP_ESTABLISHED);
  g_assert_cmpuint (narrow (connected, "snd-cwnd"), >, 0);
  if (g_variant_lookup (connected, "bytes-sent", "t", &bytes))
    g_assert_cmpuint (bytes, ==, 12);
  close (fd);
  close (listener);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-tcp-info/fields", test_fields);
  g_test_add_func ("/option-tcp-info/lengths", test_lengths);
  g_test_add_func ("/option-tcp-info/offsets", test_offsets);
  g_test_add_func ("/option-tcp-info/real", test_real);
  return g_test_run ();
}
