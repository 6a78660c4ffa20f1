/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a script in another language measures. It is told how many rounds of how many seconds, and tells
 * how many operations a round had, and then the round, the variant and the nanoseconds, line by line. */

#include "script.h"

#include <gio/gio.h>

static char **
script_environment (void)
{
  char **environment = g_get_environ ();

  environment = g_environ_setenv (environment, "GI_TYPELIB_PATH", BENCHMARK_BUILD_ROOT "/introspection", TRUE);
  environment = g_environ_setenv (environment, "LD_LIBRARY_PATH", BENCHMARK_BUILD_ROOT "/gsock", TRUE);
  environment = g_environ_setenv (environment, "PYTHONPATH", BENCHMARK_SOURCE_ROOT "/introspection/python:" BENCHMARK_BUILD_ROOT "/introspection/python", TRUE);
  environment = g_environ_setenv (environment, "PYTHONDONTWRITEBYTECODE", "1", TRUE);
  return g_environ_setenv (environment, "GJS_PATH", BENCHMARK_SOURCE_ROOT "/introspection/gjs", TRUE);
}

static gboolean
run_script (const Scenario *scenario, const char *first, const char *second, char **output, GError **error)
{
  const char *arguments[] = { scenario->interpreter, NULL, first, second, NULL };
  g_autofree char *script = g_build_filename (BENCHMARK_SOURCE_ROOT, "tests", "benchmarks", scenario->script, NULL);
  g_auto (GStrv) environment = script_environment ();
  int status;

  arguments[1] = script;
  if (*scenario->interpreter == '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "nothing was found that runs %s", scenario->script);
      return FALSE;
    }
  return g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, output, NULL, &status, error)
         && g_spawn_check_wait_status (status, error);
}

static gboolean
refuse_line (const char *line, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "this is no figure: %s", line);
  return FALSE;
}

static gboolean
read_figure (const char *line, const Scenario *scenario, guint rounds, double **ns, GError **error)
{
  char *end;
  guint64 round = g_ascii_strtoull (line, &end, 10), row = g_ascii_strtoull (end, &end, 10);
  double figure = g_ascii_strtod (end, NULL);

  if (round >= rounds || row > scenario->n_variants || !(figure > 0))
    return refuse_line (line, error);
  ns[row][round] = figure;
  return TRUE;
}

static gboolean
is_complete (const Scenario *scenario, guint rounds, double **ns)
{
  for (guint row = 0; row <= scenario->n_variants; row++)
    for (guint round = 0; round < rounds; round++)
      if (ns[row][round] == 0)
        return FALSE;
  return TRUE;
}

gboolean
script_measure (const Scenario *scenario, const Effort *effort, double **ns, guint *batch, GError **error)
{
  g_autofree char *rounds = g_strdup_printf ("%u", effort->rounds), *output = NULL;
  char slice[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) lines = NULL;

  if (!run_script (scenario, rounds, g_ascii_dtostr (slice, sizeof slice, effort->slice), &output, error))
    return FALSE;
  lines = g_strsplit (g_strstrip (output), "\n", -1);
  *batch = lines[0] != NULL ? g_ascii_strtoull (lines[0], NULL, 10) : 0;
  for (guint i = 1; *batch > 0 && lines[i] != NULL; i++)
    if (!read_figure (lines[i], scenario, effort->rounds, ns, error))
      return FALSE;
  return is_complete (scenario, effort->rounds, ns) || refuse_line ("(nothing)", error);
}

gboolean
script_run_only (const Scenario *scenario, const char *variant, guint n_operations, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%u", n_operations);

  return run_script (scenario, variant, number, NULL, error);
}
