/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds of sockets: which options are for which. */

#include <gsock/gsock-option-codec-private.h>

#include <sys/socket.h>

static const struct
{
  int number;
  GSockKinds kind;
} families[] = {
  { AF_INET, GSOCK_KIND_IPV4 },
  { AF_INET6, GSOCK_KIND_IPV6 },
  { AF_UNIX, GSOCK_KIND_LOCAL },
}, types[] = {
  { SOCK_STREAM, GSOCK_KIND_STREAM },
  { SOCK_DGRAM, GSOCK_KIND_DATAGRAM },
  { SOCK_RDM, GSOCK_KIND_DATAGRAM },
  { SOCK_SEQPACKET, GSOCK_KIND_SEQPACKET },
};

GSockKinds
gsock_option_kind (int family, int type)
{
  GSockKinds family_kind = GSOCK_KIND_OTHER_FAMILY;
  GSockKinds type_kind = GSOCK_KIND_RAW;

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i].number == family)
      family_kind = families[i].kind;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == type)
      type_kind = types[i].kind;
  return family_kind | type_kind;
}

gboolean
gsock_option_applies (const GSockOption *option, int family, int type)
{
  GSockKinds kind = gsock_option_kind (family, type);

  return (option->kinds & kind) == kind;
}

static const struct
{
  GSockKinds kind;
  const char *text;
} family_words[] = {
  { GSOCK_KIND_IPV4, "ipv4" },
  { GSOCK_KIND_IPV6, "ipv6" },
  { GSOCK_KIND_LOCAL, "local" },
  { GSOCK_KIND_OTHER_FAMILY, "other" },
}, type_words[] = {
  { GSOCK_KIND_STREAM, "stream" },
  { GSOCK_KIND_DATAGRAM, "datagram" },
  { GSOCK_KIND_RAW, "raw" },
  { GSOCK_KIND_SEQPACKET, "seqpacket" },
};

/* For messages: "ipv4 or ipv6 stream". What does not matter is left out. */
char *
gsock_option_describe_kinds (GSockKinds kinds)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *separator = "";

  for (gsize i = 0; i < G_N_ELEMENTS (family_words); i++)
    if ((kinds & GSOCK_KIND_ANY_FAMILY) != GSOCK_KIND_ANY_FAMILY && (kinds & family_words[i].kind) != 0)
      {
        g_string_append_printf (text, "%s%s", separator, family_words[i].text);
        separator = " or ";
      }

  separator = text->len > 0 ? " " : "";
  for (gsize i = 0; i < G_N_ELEMENTS (type_words); i++)
    if ((kinds & GSOCK_KIND_ANY_TYPE) != GSOCK_KIND_ANY_TYPE && (kinds & type_words[i].kind) != 0)
      {
        g_string_append_printf (text, "%s%s", separator, type_words[i].text);
        separator = " or ";
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
