/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The benchmarks: every scenario, or those that are named. */

#include "benchmark.h"
#include "machine.h"
#include "measure.h"
#include "growth.h"
#include "report.h"
#include "script.h"

#include <gio/gio.h>
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
  &scenario_latency,
};

static const Growth *const growths[] = {
  &growth_watched,
  &growth_batch,
  &growth_payload,
  &growth_keywords,
  &growth_senders,
  &growth_options,
  &growth_memory,
};

static const Effort thorough = { .rounds = 41, .slice = 0.02 };
static const Effort of_growth = { .rounds = 15, .slice = 0.015 };

/* What proves that each runs, and no more. */
static const Effort short_one = { .rounds = 2, .slice = 0.0005 };
#define SHORT_N 50

static gboolean check, list, short_mode, growth_mode, everything;
static int rounds;
static int only_operations;
static char *json_file, *only_variant;
static char **names;

static const GOptionEntry options[] = {
  { "check", 0, 0, G_OPTION_ARG_NONE, &check, "Exit 1 where a bar is missed by more than the noise", NULL },
  { "json", 0, 0, G_OPTION_ARG_FILENAME, &json_file, "Write the figures to FILE", "FILE" },
  { "list", 0, 0, G_OPTION_ARG_NONE, &list, "Name the scenarios and their variants", NULL },
  { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Measure N times", "N" },
  { "growth", 0, 0, G_OPTION_ARG_NONE, &growth_mode, "Measure how cost grows instead", NULL },
  { "everything", 0, 0, G_OPTION_ARG_NONE, &everything, "Measure that and the scenarios", NULL },
  { "short", 0, 0, G_OPTION_ARG_NONE, &short_mode, "Only prove that each runs, and print TAP", NULL },
  { "variant", 0, 0, G_OPTION_ARG_STRING, &only_variant, "Do not measure, only run this variant, for a profiler", "NAME" },
  { "operations", 0, 0, G_OPTION_ARG_INT, &only_operations, "With --variant: how often", "N" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[SCENARIO...]" },
  { 0 },
};

typedef struct
{
  GPtrArray *scenarios, *growths;
} Chosen;

static gboolean
is_named (const Scenario *scenario, const char *name)
{
  g_autofree char *number = g_strdup_printf ("%u", scenario->number);

  return g_str_equal (scenario->name, name) || (!growth_mode && g_str_equal (number, name));
}

/* Several may have the same number. */
static void
add_named (Chosen *self, const char *name)
{
  guint before = self->scenarios->len + self->growths->len;

  for (gsize i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (is_named (scenarios[i], name))
      g_ptr_array_add (self->scenarios, (gpointer) scenarios[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (growths); i++)
    if (g_str_equal (growths[i]->scenario->name, name))
      g_ptr_array_add (self->growths, (gpointer) growths[i]);
  if (self->scenarios->len + self->growths->len > before)
    return;
  g_printerr ("There is no scenario \"%s\"; --list names them.\n", name);
  exit (2);
}

static void
add_all (Chosen *self)
{
  for (gsize i = 0; (everything || !growth_mode) && i < G_N_ELEMENTS (scenarios); i++)
    g_ptr_array_add (self->scenarios, (gpointer) scenarios[i]);
  for (gsize i = 0; (everything || growth_mode) && i < G_N_ELEMENTS (growths); i++)
    g_ptr_array_add (self->growths, (gpointer) growths[i]);
}

static void
choose (Chosen *self)
{
  self->scenarios = g_ptr_array_new ();
  self->growths = g_ptr_array_new ();
  for (char **name = names; name != NULL && *name != NULL; name++)
    add_named (self, *name);
  if (names == NULL)
    add_all (self);
}

static void
list_chosen (const Chosen *chosen)
{
  for (guint i = 0; i < chosen->growths->len; i++)
    {
      const Scenario *scenario = ((const Growth *) g_ptr_array_index (chosen->growths, i))->scenario;

      g_print ("%u\t%s\t%s\n", scenario->number, scenario->name, scenario->title);
    }
  for (guint i = 0; i < chosen->scenarios->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen->scenarios, i);

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
run_only (const Chosen *chosen)
{
  for (guint i = 0; i < chosen->scenarios->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen->scenarios, i);

      for (guint j = 0; j < scenario->n_variants; j++)
        if (g_str_equal (scenario->variants[j].name, only_variant))
          run_variant (scenario, &scenario->variants[j], MAX (only_operations, 1));
    }
  return 0;
}

static GPtrArray *
measure_scenarios (GPtrArray *chosen)
{
  GPtrArray *outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) outcome_free);
  Effort effort = thorough;

  if (rounds > 0)
    effort.rounds = rounds;
  for (guint i = 0; i < chosen->len; i++)
    {
      const Scenario *scenario = g_ptr_array_index (chosen, i);
      g_autoptr (GError) error = NULL;
      Outcome *outcome = outcome_measure (scenario, &effort, &error);

      if (outcome == NULL)
        {
          g_printerr ("\n%u  %s is not measured: %s\n", scenario->number, scenario->name, error->message);
          continue;
        }
      g_ptr_array_add (outcomes, outcome);
      report_print (outcome);
    }
  return outcomes;
}

static GPtrArray *
measure_growths (GPtrArray *chosen)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) grown_free);
  Effort effort = of_growth;

  if (rounds > 0)
    effort.rounds = rounds;
  for (guint i = 0; i < chosen->len; i++)
    {
      Grown *grown = grown_measure (g_ptr_array_index (chosen, i), &effort);

      g_ptr_array_add (all, grown);
      report_print_grown (grown);
    }
  return all;
}

static int
measure (const Chosen *chosen, const Machine *machine)
{
  g_autoptr (GPtrArray) outcomes = NULL, grown = NULL;
  g_autoptr (GError) error = NULL;

  report_print_machine (machine);
  outcomes = measure_scenarios (chosen->scenarios);
  grown = measure_growths (chosen->growths);
  if (json_file != NULL && !report_write_json (machine, outcomes, grown, json_file, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  return check && report_check (outcomes) > 0 ? 1 : 0;
}

/* A scenario with less of everything. */
static gboolean
prove (const Scenario *scenario, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Outcome) outcome = NULL;
  Scenario small = *scenario;

  small.n = MIN (small.n, SHORT_N);
  small.n_idle = MIN (small.n_idle, SHORT_N);
  small.batch = MIN (small.batch, SHORT_N);
  outcome = outcome_measure (&small, &short_one, &error);
  if (outcome != NULL)
    g_print ("ok %u %s\n", number, scenario->name);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    g_print ("ok %u %s # SKIP %s\n", number, scenario->name, error->message);
  else
    g_print ("not ok %u %s: %s\n", number, scenario->name, error->message);
  return outcome != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static int
prove_all (const Chosen *chosen)
{
  gboolean good = TRUE;

  g_print ("1..%u\n", chosen->scenarios->len + chosen->growths->len);
  for (guint i = 0; i < chosen->scenarios->len; i++)
    good &= prove (g_ptr_array_index (chosen->scenarios, i), i + 1);
  for (guint i = 0; i < chosen->growths->len; i++)
    {
      const Growth *growth = g_ptr_array_index (chosen->growths, i);
      Scenario last = *growth->scenario;

      last.n = growth->numbers[growth->n_numbers - 1];
      good &= prove (&last, chosen->scenarios->len + i + 1);
    }
  return good ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Chosen chosen;
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
  choose (&chosen);
  if (list)
    list_chosen (&chosen);
  else if (only_variant != NULL)
    status = run_only (&chosen);
  else
    status = short_mode ? prove_all (&chosen) : measure (&chosen, &machine);
  g_ptr_array_unref (chosen.scenarios);
  g_ptr_array_unref (chosen.growths);
  machine_clear (&machine);
  return status;
}
