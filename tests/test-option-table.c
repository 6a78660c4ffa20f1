/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row of the table of options: in order, found in every spelling, as the data file has it. */

#include "testlib.h"

#include <gsock/gsock-option-codec-private.h>
#include <gsock/sys/gsock-sys-constants.h>

#include <string.h>

static const struct
{
  const char *text;
  GSockOptionType type;
} type_names[] = {
  { "bool", GSOCK_OPTION_BOOL },
  { "int", GSOCK_OPTION_INT },
  { "uint8", GSOCK_OPTION_UINT8 },
  { "uint32", GSOCK_OPTION_UINT32 },
  { "uint64", GSOCK_OPTION_UINT64 },
  { "seconds", GSOCK_OPTION_SECONDS },
  { "milliseconds", GSOCK_OPTION_MILLISECONDS },
  { "linger", GSOCK_OPTION_LINGER },
  { "string", GSOCK_OPTION_STRING },
  { "bytes", GSOCK_OPTION_BYTES },
  { "address-family", GSOCK_OPTION_ADDRESS_FAMILY },
  { "socket-type", GSOCK_OPTION_SOCKET_TYPE },
  { "ucred", GSOCK_OPTION_UCRED },
  { "mreq", GSOCK_OPTION_MREQ },
  { "mreq-source", GSOCK_OPTION_MREQ_SOURCE },
  { "mreq6", GSOCK_OPTION_MREQ6 },
  { "ipv4", GSOCK_OPTION_IPV4 },
  { "ifindex", GSOCK_OPTION_IFINDEX },
  { "group-req", GSOCK_OPTION_GROUP_REQ },
  { "group-source-req", GSOCK_OPTION_GROUP_SOURCE_REQ },
  { "tcp-info", GSOCK_OPTION_TCP_INFO },
  { "fd", GSOCK_OPTION_FD },
};

static const struct
{
  const char *text;
  int value;
} level_names[] = {
  { "SOL_SOCKET", SOL_SOCKET },     { "IPPROTO_IP", IPPROTO_IP },   { "IPPROTO_IPV6", IPPROTO_IPV6 },
  { "IPPROTO_TCP", IPPROTO_TCP },   { "IPPROTO_UDP", IPPROTO_UDP }, { "SOL_RAW", SOL_RAW },
};

static void
test_sorted (void)
{
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  g_assert_cmpuint (n_rows, >, 100);
  for (gsize i = 1; i < n_rows; i++)
    g_assert_cmpstr (rows[i - 1].name, <, rows[i].name);
}

static void
test_found (void)
{
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *underscored = g_strdelimit (g_strdup (rows[i].name), "-", '_');

      g_assert_true (gsock_option_find (rows[i].name) == &rows[i]);
      g_assert_true (gsock_option_find (underscored) == &rows[i]);
      g_assert_true (gsock_option_find (rows[i].constant) == &rows[i]);
    }
}

static void
test_other_spellings (void)
{
  g_assert_cmpstr (gsock_option_find ("SO_OOBLINE")->name, ==, "oob-inline");
  g_assert_cmpstr (gsock_option_find ("IPV6_JOIN_GROUP")->name, ==, "ipv6-add-membership");
  g_assert_cmpstr (gsock_option_find ("IPV6_LEAVE_GROUP")->name, ==, "ipv6-drop-membership");
  g_assert_cmpstr (gsock_option_find ("IP_RECVRETOPTS")->name, ==, "ip-return-options");
  g_assert_cmpstr (gsock_option_find ("IP_ORIGDSTADDR")->name, ==, "ip-receive-original-destination-address");
  g_assert_cmpint (gsock_option_find ("style")->number, ==, SO_TYPE);
}

static void
test_not_found (void)
{
  const char *names[] = { "", "keep", "keep-alivee", "Keep-Alive", "so_keepalive", "SO-KEEPALIVE",
                          "SO_KEEPALIV", "SO_", "keep alive", "-", "\303\244" };

  g_assert_null (gsock_option_find (NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (gsock_option_find (names[i]));
}

static void
test_absent (void)
{
  const char *absent[] = { "no-sigpipe", "tcp-noopt", "tcp-nopush", "use-loopback", NULL };
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    g_assert_cmpint (rows[i].number < 0, ==, g_strv_contains (absent, rows[i].name));
}

/* An option whose type cannot be written or read would be a row that does nothing. */
static void
test_complete (void)
{
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      g_assert_nonnull (gsock_option_wants (&rows[i]));
      g_assert_true (gsock_option_argument_type (&rows[i]) != G_TYPE_INVALID);
      if ((rows[i].access & GSOCK_ACCESS_GET) != 0)
        g_assert_cmpuint (gsock_option_size (&rows[i]), >, 0);
      g_assert_cmpint (rows[i].kinds & GSOCK_KIND_ANY_FAMILY, !=, 0);
      g_assert_cmpint (rows[i].kinds & GSOCK_KIND_ANY_TYPE, !=, 0);
    }
}

static GSockOptionType
type_of (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (strcmp (type_names[i].text, text) == 0)
      return type_names[i].type;
  g_error ("no such type: %s", text);
}

static int
level_of (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (strcmp (level_names[i].text, text) == 0)
      return level_names[i].value;
  g_error ("no such level: %s", text);
}

static GSockAccess
access_of (const char *text)
{
  if (strcmp (text, "get-set") == 0)
    return GSOCK_ACCESS_GET_SET;
  g_assert_true (strcmp (text, "get") == 0 || strcmp (text, "set") == 0);
  return strcmp (text, "get") == 0 ? GSOCK_ACCESS_GET : GSOCK_ACCESS_SET;
}

static void
check_line (const char *line, const GSockOption *row)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);

  g_assert_cmpuint (g_strv_length (fields), ==, 5);
  g_assert_cmpstr (row->name, ==, fields[0]);
  g_assert_cmpint (row->level, ==, level_of (fields[1]));
  g_assert_cmpstr (row->constant, ==, fields[2]);
  g_assert_cmpint (row->type, ==, type_of (fields[3]));
  g_assert_cmpint (row->access, ==, access_of (fields[4]));
}

static void
test_data (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "socket-options.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_rows, row = 0;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0')
      {
        g_assert_cmpuint (row, <, n_rows);
        check_line (lines[i], &rows[row++]);
      }
  g_assert_cmpuint (row, ==, n_rows);
}

static void
test_phases (void)
{
  static const struct
  {
    const char *name;
    GSockPhase phase;
  } wanted[] = {
    { "reuse-address", GSOCK_PHASE_BEFORE_BIND },   { "reuse-port", GSOCK_PHASE_BEFORE_BIND },
    { "ipv6-only", GSOCK_PHASE_BEFORE_BIND },       { "ip-freebind", GSOCK_PHASE_BEFORE_BIND },
    { "bind-to-device", GSOCK_PHASE_BEFORE_BIND },  { "tcp-defer-accept", GSOCK_PHASE_BEFORE_LISTEN },
    { "receive-buffer", GSOCK_PHASE_BEFORE_LISTEN }, { "tcp-fast-open", GSOCK_PHASE_BEFORE_LISTEN },
    { "tcp-syncnt", GSOCK_PHASE_BEFORE_CONNECT },   { "broadcast", GSOCK_PHASE_BEFORE_CONNECT },
    { "keep-alive", GSOCK_PHASE_ANY },              { "tcp-quickack", GSOCK_PHASE_AFTER },
    { "ipv6-address-form", GSOCK_PHASE_AFTER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (gsock_option_find (wanted[i].name)->phase, ==, wanted[i].phase);
}

static void
test_value_names (void)
{
  const char *with_names[] = { "ip-mtu-discover", "ip-tos", "ipv6-address-form", "ipv6-mtu-discover",
                               "ipv6-traffic-class", NULL };
  gsize n_rows;
  const GSockOption *rows = gsock_option_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    g_assert_cmpint (rows[i].names != NULL, ==, g_strv_contains (with_names, rows[i].name));
}

static void
test_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize n_rows;

  gsock_option_rows (&n_rows);
  gsock_option_append_names (names);
  g_assert_cmpuint (names->len, ==, n_rows);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "accept-connections");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-table/sorted", test_sorted);
  g_test_add_func ("/option-table/found", test_found);
  g_test_add_func ("/option-table/other-spellings", test_other_spellings);
  g_test_add_func ("/option-table/not-found", test_not_found);
  g_test_add_func ("/option-table/absent", test_absent);
  g_test_add_func ("/option-table/complete", test_complete);
  g_test_add_func ("/option-table/data", test_data);
  g_test_add_func ("/option-table/phases", test_phases);
  g_test_add_func ("/option-table/value-names", test_value_names);
  g_test_add_func ("/option-table/names", test_names);
  return g_test_run ();
}
