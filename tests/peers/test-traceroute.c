/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examples that trace a route, on one of the test's own: a client, a router and a server. */

#include "testspace.h"
#include "testthread.h"
#include "testwire.h"

#include <string.h>

typedef struct
{
  const char *name, *program; /* an environment variable that holds the command */
  const char *host, *router;
} Trace;

static const Trace traces[] = {
  { "c/ipv4", "GSOCK_TRACEROUTE_C", "10.2.0.2", "10.1.0.1" },
  { "c/ipv6", "GSOCK_TRACEROUTE_C", "fd00:2::2", "fd00:1::1" },
  { "python/ipv4", "GSOCK_TRACEROUTE_PYTHON", "10.2.0.2", "10.1.0.1" },
  { "python/ipv6", "GSOCK_TRACEROUTE_PYTHON", "fd00:2::2", "fd00:1::1" },
};

/* "number  host  time ms  error" */
static void
assert_hop (const char *line, const char *number, const char *host, const char *text)
{
  g_auto (GStrv) words = g_strsplit (g_strchug ((char *) line), "  ", 4);

  g_assert_cmpuint (g_strv_length (words), ==, 4);
  g_assert_cmpstr (words[0], ==, number);
  g_assert_cmpstr (words[1], ==, host);
  g_assert_true (g_str_has_suffix (words[2], " ms"));
  g_assert_cmpstr (words[3], ==, text);
}

static void
trace (gpointer data)
{
  const Trace *self = data;
  g_autofree char *command = g_strdup_printf ("%s %s", g_getenv (self->program), self->host);
  g_autofree char *output = NULL;
  g_autofree char *complaints = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  TestRoute route;
  int status;

  test_route_make (&route);
  g_spawn_command_line_sync (command, &output, &complaints, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (complaints, ==, "");
  g_assert_cmpint (status, ==, 0);
  lines = g_strsplit (output, "\n", -1);
  if (g_strv_length (lines) != 3)
    g_error ("%s printed:\n%s", command, output);
  assert_hop (lines[0], "1", self->router, "No route to host");
  assert_hop (lines[1], "2", self->host, "Connection refused");
  g_assert_cmpstr (lines[2], ==, "");
}

static void
test_trace (gconstpointer data)
{
  const Trace *self = data;

  if (g_getenv (self->program) == NULL)
    g_test_skip ("that example is not built");
  else
    test_in_own_network (trace, (gpointer) data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (traces); i++)
    {
      g_autofree char *path = g_strdup_printf ("/traceroute/%s", traces[i].name);

      test_add_with (path, &traces[i], test_trace);
    }
  return g_test_run ();
}
