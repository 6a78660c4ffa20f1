/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of which not every address works: a family that drops everything, one that refuses, one to which
 * there is no way, and a neighbour who is not there. In networks of the test's own. */

#include "testasync.h"
#include "testetc.h"
#include "testhosts.h"
#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <string.h>

#define PORT 4711

static const char *const hosts = "fd00:8::1 dead6.test\n"
                                 "10.2.0.2 dead6.test\n"
                                 "10.8.0.1 dead4.test\n"
                                 "fd00:2::2 dead4.test\n"
                                 "fd00:9::1 lost6.test\n"
                                 "10.2.0.2 lost6.test\n"
                                 "10.9.0.1 lost4.test\n"
                                 "fd00:2::2 lost4.test\n"
                                 "10.1.0.77 absent.test\n"
                                 "fd00:2::2 absent.test\n"
                                 "10.2.0.2 deaf.test\n"
                                 "fd00:2::2 deaf.test\n"
                                 "fd00:8::1 dead.test\n"
                                 "fd00:8::2 dead.test\n"
                                 "10.8.0.1 dead.test\n"
                                 "10.8.0.2 dead.test\n"
                                 "fd00:9::1 mixed.test\n"
                                 "10.9.0.1 mixed.test\n"
                                 "10.2.0.2 mixed.test\n";

typedef struct
{
  TestRoute route;
  GSockSocket *ipv4, *ipv6; /* listeners in the server's network */
} Network;

typedef struct
{
  const char *name;
  gboolean without_blocking;
  void (*function) (const char *name, gboolean without_blocking);
} Case;

static GSockSocket *
listen_at (const char *host)
{
  g_autoptr (GError) error = NULL;
  GSockSocket *listener = gsock_make_socket (NULL, &error, "connect", GSOCK_ROLE_PASSIVE, "local-host", host, "local-port", PORT, NULL);

  g_assert_no_error (error);
  return listener;
}

/* To 10.8.0.0/16 and fd00:8::/32 the router takes everything, and passes on nothing. */
static void
network_open (Network *self, gboolean listening)
{
  test_route_make (&self->route);
  test_space_enter (self->route.router);
  test_ip ("route add blackhole 10.8.0.0/16");
  test_ip ("-6 route add blackhole fd00:8::/32");
  test_space_enter (self->route.server);
  self->ipv4 = listening ? listen_at ("10.2.0.2") : NULL;
  self->ipv6 = listening ? listen_at ("fd00:2::2") : NULL;
  test_space_enter (self->route.client);
}

static GSockSocket *
connect_to (const char *name, double timeout, gboolean without_blocking, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!without_blocking)
    return gsock_make_socket (NULL, error, "remote-host", name, "remote-port", PORT, "timeout", timeout, NULL);
  gsock_make_socket_async (G_PRIORITY_DEFAULT, NULL, test_keep_result, &result,
                           "remote-host", name, "remote-port", PORT, "timeout", timeout, NULL);
  test_await (&result);
  return gsock_make_socket_finish (result, error);
}

/* Whatever is wrong with the other family, this one is found. */
static void
other_family (const char *name, gboolean without_blocking)
{
  g_autoptr (GSockSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  Network network;

  network_open (&network, TRUE);
  socket = connect_to (name, 60, without_blocking, &error);
  g_assert_no_error (error);
  g_assert_true (gsock_socket_is_connected (socket));
  g_assert_cmpint (gsock_socket_get_address_family (socket), ==,
                   g_str_has_suffix (name, "6.test") ? GSOCK_ADDRESS_FAMILY_IPV4 : GSOCK_ADDRESS_FAMILY_IPV6);
}

static void
refused (const char *name, gboolean without_blocking)
{
  g_autoptr (GError) error = NULL;
  Network network;

  network_open (&network, FALSE);
  g_assert_null (connect_to (name, 60, without_blocking, &error));
  g_assert_true (g_str_has_prefix (error->message, "connect to deaf.test:4711: none of 2 addresses worked:\n"));
  test_assert_message (error, "\n10.2.0.2:4711: Connection refused");
  test_assert_message (error, "\n[fd00:2::2]:4711: Connection refused");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

/* The refusal tells more than that there is no way to the others. */
static void
mixed (const char *name, gboolean without_blocking)
{
  g_autoptr (GError) error = NULL;
  Network network;

  network_open (&network, FALSE);
  g_assert_null (connect_to (name, 60, without_blocking, &error));
  test_assert_message (error, ": none of 3 addresses worked:\n");
  test_assert_message (error, "\n10.9.0.1:4711: No route to host");
  test_assert_message (error, "\n[fd00:9::1]:4711: Network is unreachable");
  test_assert_message (error, "\n10.2.0.2:4711: Connection refused");
  test_assert_error (error, GSOCK_ERROR_CONNECTION_REFUSED);
}

static void
all_dead (const char *name, gboolean without_blocking)
{
  g_autoptr (GError) error = NULL;
  Network network;

  network_open (&network, FALSE);
  g_assert_null (connect_to (name, 0.3, without_blocking, &error));
  test_assert_message (error, "\n10.8.0.1:4711: there was no answer yet");
  test_assert_message (error, "\n[fd00:8::2]:4711: there was no answer yet");
  test_assert_error (error, GSOCK_ERROR_TIMED_OUT);
}

static void
run_case (gpointer data)
{
  const Case *self = data;

  gsock_set_default_attempt_delay (0.02);
  self->function (self->name, self->without_blocking);
}

static void
test_case (gconstpointer data)
{
  if (!test_etc_is_own ())
    return;
  test_in_own_network (run_case, (gpointer) data);
}

static const struct
{
  const char *path, *name;
  void (*function) (const char *name, gboolean without_blocking);
} cases[] = {
  { "drops/ipv6", "dead6.test", other_family },
  { "drops/ipv4", "dead4.test", other_family },
  { "no-way/ipv6", "lost6.test", other_family },
  { "no-way/ipv4", "lost4.test", other_family },
  { "absent-neighbour", "absent.test", other_family },
  { "refuses", "deaf.test", refused },
  { "mixed", "mixed.test", mixed },
  { "all-drop", "dead.test", all_dead },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (test_etc_enter ())
    {
      test_hosts_write ();
      test_etc_write ("hosts", hosts);
    }
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      Case one = { cases[i / 2].name, i % 2 == 1, cases[i / 2].function };
      g_autofree char *path = g_strdup_printf ("/fault/race/%s/%s", cases[i / 2].path, i % 2 == 1 ? "async" : "blocking");

      g_test_add_data_func_full (path, g_memdup2 (&one, sizeof one), test_case, g_free);
    }
  return g_test_run ();
}
