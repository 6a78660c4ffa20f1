/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCP_INFO as a dictionary: as many fields as this kernel has. */

#include <gsock/gsock-option-codec-private.h>

#include <string.h>

/* The fields in the order and of the width that the kernel gives them; it only ever adds at the
 * end, so the table is good for kernels older and newer than the headers. */
static const struct
{
  const char *name;
  guint8 width;
} fields[] = {
  { "state", 1 },
  { "ca-state", 1 },
  { "retransmits", 1 },
  { "probes", 1 },
  { "backoff", 1 },
  { "options", 1 },
  { NULL, 2 }, /* the bit fields below */
  { "rto", 4 },
  { "ato", 4 },
  { "snd-mss", 4 },
  { "rcv-mss", 4 },
  { "unacked", 4 },
  { "sacked", 4 },
  { "lost", 4 },
  { "retrans", 4 },
  { "fackets", 4 },
  { "last-data-sent", 4 },
  { "last-ack-sent", 4 },
  { "last-data-recv", 4 },
  { "last-ack-recv", 4 },
  { "pmtu", 4 },
  { "rcv-ssthresh", 4 },
  { "rtt", 4 },
  { "rttvar", 4 },
  { "snd-ssthresh", 4 },
  { "snd-cwnd", 4 },
  { "advmss", 4 },
  { "reordering", 4 },
  { "rcv-rtt", 4 },
  { "rcv-space", 4 },
  { "total-retrans", 4 },
  { "pacing-rate", 8 },
  { "max-pacing-rate", 8 },
  { "bytes-acked", 8 },
  { "bytes-received", 8 },
  { "segs-out", 4 },
  { "segs-in", 4 },
  { "notsent-bytes", 4 },
  { "min-rtt", 4 },
  { "data-segs-in", 4 },
  { "data-segs-out", 4 },
  { "delivery-rate", 8 },
  { "busy-time", 8 },
  { "rwnd-limited", 8 },
  { "sndbuf-limited", 8 },
  { "delivered", 4 },
  { "delivered-ce", 4 },
  { "bytes-sent", 8 },
  { "bytes-retrans", 8 },
  { "dsack-dups", 4 },
  { "reord-seen", 4 },
  { "rcv-ooopack", 4 },
  { "snd-wnd", 4 },
  { "rcv-wnd", 4 },
  { "rehash", 4 },
  { "total-rto", 2 },
  { "total-rto-recoveries", 2 },
  { "total-rto-time", 4 },
  { "received-ce", 4 },
  { "delivered-e1-bytes", 4 },
  { "delivered-e0-bytes", 4 },
  { "delivered-ce-bytes", 4 },
  { "received-e1-bytes", 4 },
  { "received-e0-bytes", 4 },
  { "received-ce-bytes", 4 },
};

/* The seventh and eighth byte, which have the compiler's order of bits. */
typedef struct
{
  guint8 snd_wscale : 4, rcv_wscale : 4;
  guint8 delivery_rate_app_limited : 1, fastopen_client_fail : 2;
} GSockTcpBits;

static guint32
read_narrow (const guint8 *data, guint width)
{
  guint16 half;
  guint32 word;

  if (width == 1)
    return data[0];
  if (width == sizeof half)
    {
      memcpy (&half, data, sizeof half);
      return half;
    }
  memcpy (&word, data, sizeof word);
  return word;
}

static GVariant *
read_field (const guint8 *data, guint width)
{
  guint64 wide;

  if (width < sizeof wide)
    return g_variant_new_uint32 (read_narrow (data, width));
  memcpy (&wide, data, sizeof wide);
  return g_variant_new_uint64 (wide);
}

static void
add_bits (GVariantBuilder *builder, const guint8 *data)
{
  GSockTcpBits bits;

  memcpy (&bits, data, sizeof bits);
  g_variant_builder_add (builder, "{sv}", "snd-wscale", g_variant_new_uint32 (bits.snd_wscale));
  g_variant_builder_add (builder, "{sv}", "rcv-wscale", g_variant_new_uint32 (bits.rcv_wscale));
  g_variant_builder_add (builder, "{sv}", "delivery-rate-app-limited",
                         g_variant_new_boolean (bits.delivery_rate_app_limited));
  g_variant_builder_add (builder, "{sv}", "fastopen-client-fail",
                         g_variant_new_uint32 (bits.fastopen_client_fail));
}

GVariant *
gsock_option_decode_tcp_info (const guint8 *data, gsize length)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gsize offset = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (fields) && offset + fields[i].width <= length; i++)
    {
      if (fields[i].name != NULL)
        g_variant_builder_add (&builder, "{sv}", fields[i].name,
                               read_field (data + offset, fields[i].width));
      else
        add_bits (&builder, data + offset);
      offset += fields[i].width;
    }
  return g_variant_builder_end (&builder);
}
