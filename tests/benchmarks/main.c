/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The benchmarks: every scenario, or those that are named. */

#include "benchmark.h"
#include "machine.h"
#include "measure.h"
#include "report.h"
#include "script.h"

#include <locale.h>
#include <stdlib.h>

static const Scenario *const scenarios[] = {
  &scenario_datagram,
  &scenario_datagram_senders,
  &scenario_datagram_ping_pong,
  &scenario_stream_ping_pong,
  &scenario_one_way,
  &scenario_connection,
  &scenario_connection_local,
  &scenario_descriptor,
  &scenario_batch,
  &scenario_batch_long,
  &scenario_watched_1,
  &scenario_watched_100,
  &scenario_watched_1000,
  &scenario_watched_9000,
  &scenario_server,
  &scenario_server_many,
  &scenario_server_idle,
  &scenario_server_accept,
  &scenario_server_memory,
  &scenario_make_socket,
  &scenario_python,
  &scenario_javascript,
};

static const Effort thorough = { .rounds = 41, .slice = 0.02 };
static const Effort short_one = { .rounds = 7, .slice = 0.004 };

static gboolean check, list, short_mode;
static int rounds;
static int only_operations;
static char *json_file, *only_variant;
static char **names;

static const GOptionEntry options[] = {
  { "check", 0, 0, G_OPTION_ARG_NONE, &check, "Exit 1 where a bar is missed by more than the noise", NULL },
  { "json", 0, 0, G_OPTION_ARG_FILENAME, &json_file, "Write the figures to FILE", "FILE" },
  { "list", 0, 0, G_OPTION_ARG_NONE, &list, "Name the scenarios and their variants", NULL },
  { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Measure N times", "N" },
  { "short", 0, 0, G_OPTION_ARG_NONE, &short_mode, "Measure less, for a first look", NULL },
  { "variant", 0, 0, G_OPTION_ARG_STRING, &only_variant, "Do not measure, only run this variant, for a profiler", "NAME" },
  { "operations", 0, 0, G_OPTION_ARG_INT, &only_operations, "With --variant: how often", "N" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[SCENARIO...]" },
  { 0 },
};

/* Several may have the same number. */
static void
add_named (GPtrArray *chosen, const char *name)
{
  guint before = chosen->len;

  for (gsize i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", scenarios[i]->number);

      if (g_str_equal (scenarios[i]->name, name) || g_str_equal (number, name))
        g_ptr_array_add (chosen, (gpointer) scenarios[i]);
    }
  if (chosen->len > before)
    return;
  g_printerr ("There is no scenario \"%s\"; --list names them.\n", name);
  exit (2);
}

static GPtrArray *
chosen_scenarios (void)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (char **name = names; name != NULL && *name != NULL; name++)
    add_named (chosen, *name);
  for (gsize i = 0; names == NULL && i < G_N_ELEMENTS (scenarios); i++)
    g_ptr_array_add (chosen, (gpointer) scenarios[i]);
  return chosen;
}

static void
list_scenarios (GPtrArray *chosen)
{
  for (guint i = 0; i < chosen->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen, i);

      g_print ("%u\t%s\t%s\n", scenario->number, scenario->name, scenario->title);
      for (guint j = 0; j < scenario->n_variants; j++)
        g_print ("\t%s\n", scenario->variants[j].name);
    }
}

static void
run_variant (const Scenario *scenario, const Variant *variant, guint n_operations)
{
  g_autoptr (GError) error = NULL;
  gpointer fixture;

  if (scenario->script != NULL)
    {
      if (!script_run_only (scenario, variant->name, n_operations, &error))
        g_printerr ("%s\n", error->message);
      return;
    }
  fixture = scenario->set_up (scenario);
  if (scenario->cost != NULL)
    scenario->cost (fixture, variant, n_operations);
  else
    variant->run (fixture, n_operations);
  scenario->tear_down (fixture);
}

/* Runs one variant and no clock: what a profiler or a counter of instructions wants. */
static int
run_only (GPtrArray *chosen)
{
  for (guint i = 0; i < chosen->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen, i);

      for (guint j = 0; j < scenario->n_variants; j++)
        if (g_str_equal (scenario->variants[j].name, only_variant))
          run_variant (scenario, &scenario->variants[j], MAX (only_operations, 1));
    }
  return 0;
}

static int
measure (GPtrArray *chosen, const Machine *machine)
{
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) outcome_free);
  g_autoptr (GError) error = NULL;
  Effort effort = short_mode ? short_one : thorough;

  if (rounds > 0)
    effort.rounds = rounds;
  report_print_machine (machine);
  for (guint i = 0; i < chosen->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen, i);
      g_autoptr (GError) not_measured = NULL;
      Outcome *outcome = outcome_measure (scenario, &effort, &not_measured);

      if (outcome == NULL)
        {
          g_printerr ("\n%u  %s is not measured: %s\n", scenario->number, scenario->name, not_measured->message);
          continue;
        }
      g_ptr_array_add (outcomes, outcome);
      report_print (outcome);
    }
  if (json_file != NULL && !report_write_json (machine, outcomes, json_file, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  return check && report_check (outcomes) > 0 ? 1 : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GPtrArray) chosen = NULL;
  g_autoptr (GError) error = NULL;
  Machine machine;
  int status = 0;

  setlocale (LC_ALL, "");
  machine_init (&machine, argc, argv);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  chosen = chosen_scenarios ();
  if (list)
    list_scenarios (chosen);
  else
    status = only_variant != NULL ? run_only (chosen) : measure (chosen, &machine);
  machine_clear (&machine);
  return status;
}
