/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The databases of services and protocols, with tables that the test writes. */

#include "testetc.h"
#include "testlib.h"

#include <gsock/gsock-lookup-private.h>

#include <string.h>
#include <sys/resource.h>

static const char *const services = "ftp 21/tcp\n"
                                    "shell 514/tcp cmd\n"
                                    "syslog 514/udp\n"
                                    "web 80/tcp www\n"
                                    "both 53/tcp\n"
                                    "both 53/udp\n"
                                    "3d 65535/udp\n";

static const char *const protocols = "ip 0 IP\n"
                                     "tcp 6 TCP\n"
                                     "udp 17 UDP\n"
                                     "odd 201 strange queer\n";

static void
write_databases (void)
{
  test_etc_write ("nsswitch.conf", "services: files\nprotocols: files\n");
  test_etc_write ("services", services);
  test_etc_write ("protocols", protocols);
}

typedef struct
{
  const char *service;
  const char *protocol;
  int port;
  const char *name;
  const char *protocol_name;
} ServiceCase;

static void
check_service (const ServiceCase *row)
{
  g_autofree char *name = NULL;
  g_autofree char *protocol_name = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s/%s", row->service, row->protocol);
  g_assert_cmpint (
      gsock_lookup_service (row->service, row->protocol, &name, &protocol_name, &error), ==,
      row->port);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, row->name);
  g_assert_cmpstr (protocol_name, ==, row->protocol_name);
}

static void
test_services (void)
{
  static const ServiceCase cases[] = {
    { "ftp", NULL, 21, "ftp", "tcp" },      { "ftp", "tcp", 21, "ftp", "tcp" },
    { "ftp", "TCP", 21, "ftp", "tcp" },     { "ftp", "6", 21, "ftp", "tcp" },
    { "ftp", "any", 21, "ftp", "tcp" },     { "ftp", "", 21, "ftp", "tcp" },
    { "www", "tcp", 80, "web", "tcp" },     { "syslog", "any", 514, "syslog", "udp" },
    { "both", NULL, 53, "both", "tcp" },    { "both", "udp", 53, "both", "udp" },
    { "514", "tcp", 514, "shell", "tcp" },  { "514", "udp", 514, "syslog", "udp" },
    { "514", NULL, 514, "shell", "tcp" },   { "3d", NULL, 65535, "3d", "udp" },
    { "65535", "any", 65535, "3d", "udp" },
  };

  if (!test_etc_is_own ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_service (&cases[i]);
}

/* Whatever the database says, a number is a port. */
static void
test_numbers_without_name (void)
{
  static const ServiceCase cases[] = {
    { "0", NULL, 0, NULL, NULL },
    { "49999", NULL, 49999, NULL, NULL },
    { "49999", "any", 49999, NULL, NULL },
    { "49999", "UDP", 49999, NULL, "udp" },
    { "049999", "tcp", 49999, NULL, "tcp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_service (&cases[i]);
}

typedef struct
{
  const char *service;
  const char *protocol;
  int code;
  const char *message;
} RefusedCase;

static void
check_refused (const RefusedCase *row)
{
  g_autofree char *name = NULL;
  g_autofree char *protocol_name = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", row->message);
  g_assert_cmpint (
      gsock_lookup_service (row->service, row->protocol, &name, &protocol_name, &error), ==, -1);
  test_assert_message (error, row->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  test_assert_error (error, row->code);
  g_assert_null (name);
  g_assert_null (protocol_name);
}

static void
test_refused (void)
{
  static const RefusedCase cases[] = {
    { "nosuch", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "look up service nosuch: " },
    { "nosuch", "udp", GSOCK_ERROR_UNKNOWN_SERVICE, " for udp" },
    { "", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "none was given" },
    { NULL, "tcp", GSOCK_ERROR_UNKNOWN_SERVICE, "none was given" },
    { "-1", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "-1" },
    { "80x", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "80x" },
    { " 80", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, " 80" },
    { "bad\xff\nname", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "look up service bad" },
    { "65536", NULL, GSOCK_ERROR_OUT_OF_RANGE, "look up service 65536: " },
    { "99999999999999999999999", NULL, GSOCK_ERROR_OUT_OF_RANGE, "0 to 65535" },
    { "80", "nosuch", GSOCK_ERROR_UNKNOWN_PROTOCOL, "look up protocol nosuch: " },
    { "80", "65536", GSOCK_ERROR_OUT_OF_RANGE, "look up protocol 65536: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_refused (&cases[i]);
}

static void
test_service_of_other_protocol (void)
{
  static const RefusedCase row
      = { "ftp", "udp", GSOCK_ERROR_UNKNOWN_SERVICE, "look up service ftp: " };

  if (test_etc_is_own ())
    check_refused (&row);
}

static void
test_nothing_wanted (void)
{
  g_assert_cmpint (gsock_lookup_service ("80", NULL, NULL, NULL, NULL), ==, 80);
  g_assert_cmpint (gsock_lookup_service ("nosuch", NULL, NULL, NULL, NULL), ==, -1);
  g_assert_cmpint (gsock_lookup_protocol ("tcp", NULL, NULL, NULL), ==, 6);
  g_assert_cmpint (gsock_lookup_protocol ("nosuch", NULL, NULL, NULL), ==, -1);
}

/* An entry that does not fit the first room, nor the second. */
static void
test_long_entry (void)
{
  g_autoptr (GString) text = g_string_new ("long 4242/tcp");
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;

  if (!test_etc_is_own ())
    return;
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, " another-name-%u", i);
  g_string_append_c (text, '\n');
  test_etc_write ("services", text->str);

  g_assert_cmpint (gsock_lookup_service ("another-name-999", "tcp", &name, NULL, &error), ==, 4242);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "long");
  g_assert_cmpint (gsock_lookup_service ("4242", NULL, NULL, NULL, NULL), ==, 4242);

  test_etc_write ("services", services);
}

static void
check_protocol (const char *text, int number, const char *official, const char *aliases)
{
  g_autofree char *name = NULL;
  g_autofree char *joined = NULL;
  g_auto (GStrv) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gsock_lookup_protocol (text, &name, &found, &error), ==, number);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, official);
  joined = g_strjoinv (" ", found);
  g_assert_cmpstr (joined, ==, aliases);
}

static void
test_protocols (void)
{
  if (!test_etc_is_own ())
    return;
  check_protocol ("tcp", 6, "tcp", "TCP");
  check_protocol ("UDP", 17, "udp", "UDP");
  check_protocol ("17", 17, "udp", "UDP");
  check_protocol ("0", 0, "ip", "IP");
  check_protocol ("odd", 201, "odd", "strange queer");
  check_protocol ("queer", 201, "odd", "strange queer");
  check_protocol ("201", 201, "odd", "strange queer");
}

static const struct
{
  const char *name;
  int number;
  const char *alias;
} well_known[] = {
  { "ip", 0, "IP" },       { "icmp", 1, "ICMP" },
  { "igmp", 2, "IGMP" },   { "tcp", 6, "TCP" },
  { "udp", 17, "UDP" },    { "dccp", 33, "DCCP" },
  { "ipv6", 41, "IPv6" },  { "ipv6-icmp", 58, "IPv6-ICMP" },
  { "sctp", 132, "SCTP" }, { "udplite", 136, "UDPLite" },
  { "raw", 255, "RAW" },   { "mptcp", 262, "MPTCP" },
};

static void
check_well_known (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (well_known); i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", well_known[i].number);

      check_protocol (well_known[i].name, well_known[i].number, well_known[i].name,
                      well_known[i].alias);
      check_protocol (well_known[i].alias, well_known[i].number, well_known[i].name,
                      well_known[i].alias);
      check_protocol (number, well_known[i].number, well_known[i].name, well_known[i].alias);
    }
}

/* Some are not in the tables that the test wrote. */
static void
test_protocols_that_the_database_lacks (void)
{
  if (test_etc_is_own ())
    check_well_known ();
}

static void
test_no_databases (void)
{
  static const RefusedCase row
      = { "ftp", NULL, GSOCK_ERROR_UNKNOWN_SERVICE, "look up service ftp: " };

  if (!test_etc_is_own ())
    return;
  test_etc_remove ("protocols");
  test_etc_remove ("services");

  check_well_known ();
  check_refused (&row);
  g_assert_cmpint (gsock_lookup_service ("80", "tcp", NULL, NULL, NULL), ==, 80);
  g_assert_cmpint (gsock_lookup_protocol ("odd", NULL, NULL, NULL), ==, -1);

  write_databases ();
}

static void
test_refused_protocols (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *message;
  } cases[] = {
    { "nosuch", GSOCK_ERROR_UNKNOWN_PROTOCOL, "look up protocol nosuch: " },
    { "any", GSOCK_ERROR_UNKNOWN_PROTOCOL, "look up protocol any: " },
    { "202", GSOCK_ERROR_UNKNOWN_PROTOCOL, "look up protocol 202: " },
    { "", GSOCK_ERROR_UNKNOWN_PROTOCOL, "none was given" },
    { NULL, GSOCK_ERROR_UNKNOWN_PROTOCOL, "none was given" },
    { "65536", GSOCK_ERROR_OUT_OF_RANGE, "0 to 65535" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = NULL;
      g_auto (GStrv) aliases = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (gsock_lookup_protocol (cases[i].text, &name, &aliases, &error), ==, -1);
      test_assert_message (error, cases[i].message);
      test_assert_error (error, cases[i].code);
      g_assert_null (name);
      g_assert_null (aliases);
    }
}

static void
test_port (void)
{
  g_autoptr (GError) error = NULL;
  guint port = 7;

  g_assert_false (gsock_lookup_port ("nosuch", "tcp", &port, &error));
  test_assert_error (error, GSOCK_ERROR_UNKNOWN_SERVICE);
  g_assert_cmpuint (port, ==, 7);

  g_assert_true (gsock_lookup_port ("65535", NULL, &port, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (port, ==, 65535);
}

/* The databases cannot be read then, which is another thing than not to be in them. */
static void
test_out_of_descriptors (void)
{
  struct rlimit usual;
  struct rlimit none;
  g_autoptr (GError) service_error = NULL;
  g_autoptr (GError) protocol_error = NULL;
  int port;

  if (!test_etc_is_own ())
    return;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &usual), ==, 0);
  none = usual;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  gsock_lookup_service ("ftp", NULL, NULL, NULL, &service_error);
  gsock_lookup_protocol ("odd", NULL, NULL, &protocol_error);
  port = gsock_lookup_service ("80", "tcp", NULL, NULL, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &usual), ==, 0);

  test_assert_message (service_error, "look up service ftp: Too many open files");
  test_assert_error (service_error, GSOCK_ERROR_TOO_MANY_FILES);
  test_assert_message (protocol_error, "look up protocol odd: Too many open files");
  test_assert_error (protocol_error, GSOCK_ERROR_TOO_MANY_FILES);
  g_assert_cmpint (port, ==, 80);
}

static void
test_descriptors (void)
{
  test_keeps_descriptors (test_services ());
  test_keeps_descriptors (test_refused ());
}

int
main (int argc, char *argv[])
{
  if (test_etc_enter ())
    write_databases ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/services", test_services);
  g_test_add_func ("/service/numbers-without-name", test_numbers_without_name);
  g_test_add_func ("/service/refused", test_refused);
  g_test_add_func ("/service/of-other-protocol", test_service_of_other_protocol);
  g_test_add_func ("/service/nothing-wanted", test_nothing_wanted);
  g_test_add_func ("/service/long-entry", test_long_entry);
  g_test_add_func ("/service/protocols", test_protocols);
  g_test_add_func ("/service/protocols-that-the-database-lacks",
                   test_protocols_that_the_database_lacks);
  g_test_add_func ("/service/no-databases", test_no_databases);
  g_test_add_func ("/service/refused-protocols", test_refused_protocols);
  g_test_add_func ("/service/port", test_port);
  g_test_add_func ("/service/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/service/descriptors", test_descriptors);

  return g_test_run ();
}
