/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures as a table for people and as JSON for programs. */

#include "report.h"

#include <math.h>

static const char *const verdicts[] = {
  [VERDICT_NO_BAR] = "",
  [VERDICT_HELD] = "held",
  [VERDICT_BEYOND_RAW] = "beyond raw",
  [VERDICT_WITHIN_NOISE] = "within noise",
  [VERDICT_MISSED] = "missed",
};

void
report_print_machine (const Machine *machine)
{
  g_print ("%s, %u cores, pinned to core %d; %s; GLib %s; %s\n", machine->processor, machine->n_processors,
           machine->pinned_to, machine->kernel, machine->glib, machine->date);
}

static char *
describe_bar (const Bar *bar)
{
  if (bar->times_gio > 0)
    return g_strdup_printf ("<= %.2f, gio / %.0f", bar->ratio, bar->times_gio);
  if (bar->ratio > 0)
    return g_strdup_printf ("<= %.2f", bar->ratio);
  if (bar->over_ns > 0)
    return g_strdup_printf ("<= raw + %.0f ns", bar->over_ns);
  if (bar->most > 0)
    return g_strdup_printf ("<= %.6g", bar->most);
  if (bar->than != NULL)
    return g_strdup_printf ("<= %s", bar->than);
  return g_strdup ("");
}

/* Nothing can be compared to what costs nothing. */
static double
or_zero (double number)
{
  return isfinite (number) ? number : 0;
}

static void
print_cost (const Outcome *outcome, const Cost *cost)
{
  g_autofree char *bar = describe_bar (&cost->variant->bar);

  g_print ("  %-22s %9.1f %7.1f %8.3f %7.3f %9.1f ", cost->variant->name, cost->ns.median, cost->ns.deviation,
           or_zero (cost->ratio.median), or_zero (outcome_noise (outcome, cost)), cost->over_ns.median);
  if (cost->times.median > 0)
    g_print ("%8.2f  ", or_zero (cost->times.median));
  else
    g_print ("%8s  ", "");
  g_print ("%-18s %s\n", bar, verdicts[outcome_judge (outcome, cost)]);
}

void
report_print (const Outcome *outcome)
{
  const Scenario *scenario = outcome->scenario;

  g_print ("\n%u  %s: %s (%u rounds of %u)\n", scenario->number, scenario->name, scenario->title, outcome->rounds, outcome->batch);
  g_print ("  %-22s %9s %7s %8s %7s %9s %8s  %s\n", "", scenario->unit != NULL ? scenario->unit : "CPU ns/op", "+-", "ratio",
           "noise", "over raw", "gio / it", "bar");
  for (guint i = 0; i < scenario->n_variants; i++)
    print_cost (outcome, &outcome->costs[i]);
}

/* A row for each number, a column for each variant. */
void
report_print_grown (const Grown *self)
{
  const Scenario *scenario = self->growth->scenario;

  g_print ("\n%u  %s: %s\n%9s", scenario->number, scenario->name, scenario->title, "");
  for (guint i = 0; i < scenario->n_variants; i++)
    g_print (" %15s", scenario->variants[i].name);
  g_print ("   %s by %s\n", scenario->unit != NULL ? scenario->unit : "CPU ns/op", self->growth->of);
  for (guint i = 0; i < self->outcomes->len; i++)
    {
      const Outcome *outcome = g_ptr_array_index (self->outcomes, i);

      g_print ("%9u", outcome->scenario->n);
      for (guint j = 0; j < scenario->n_variants; j++)
        g_print (" %15.1f", outcome->costs[j].ns.median);
      g_print ("\n");
    }
}

guint
report_check (GPtrArray *outcomes)
{
  guint n_missed = 0;

  for (guint i = 0; i < outcomes->len; i++)
    {
      const Outcome *outcome = g_ptr_array_index (outcomes, i);

      for (guint j = 0; j < outcome->scenario->n_variants; j++)
        {
          const Cost *cost = &outcome->costs[j];
          g_autofree char *bar = describe_bar (&cost->variant->bar);

          if (outcome_judge (outcome, cost) != VERDICT_MISSED)
            continue;
          n_missed++;
          g_printerr ("%s, %s: %.6g, %.3f times %s, %.1f more; the bar is %s\n", outcome->scenario->name, cost->variant->name,
                      cost->ns.median, cost->ratio.median, outcome->scenario->variants[0].name, cost->over_ns.median, bar);
        }
    }
  return n_missed;
}

/* Only what JSON asks for: quotes, backslashes and control characters. */
static void
append_text (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (json, "\\%c", *text);
    else if ((guchar) *text < 0x20)
      g_string_append_printf (json, "\\u%04x", *text);
    else
      g_string_append_c (json, *text);
  g_string_append_c (json, '"');
}

static void
append_member (GString *json, const char *name, const char *text)
{
  g_string_append_printf (json, "    \"%s\": ", name);
  append_text (json, text);
  g_string_append (json, ",\n");
}

/* A number as JSON has it, whatever the locale. */
static void
append_number (GString *json, const char *name, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, ", \"%s\": %s", name,
                          isfinite (number) ? g_ascii_formatd (text, sizeof text, "%.5g", number) : "null");
}

static void
append_cost (GString *json, const Outcome *outcome, const Cost *cost)
{
  Verdict verdict = outcome_judge (outcome, cost);
  g_autofree char *bar = describe_bar (&cost->variant->bar);

  g_string_append (json, "        { \"name\": ");
  append_text (json, cost->variant->name);
  append_number (json, "ns", cost->ns.median);
  append_number (json, "ns_deviation", cost->ns.deviation);
  append_number (json, "ratio", cost->ratio.median);
  append_number (json, "ratio_deviation", cost->ratio.deviation);
  append_number (json, "ratio_noise", outcome_noise (outcome, cost));
  append_number (json, "over_ns", cost->over_ns.median);
  if (cost->times.median > 0)
    append_number (json, "times_gio", cost->times.median);
  if (cost->variant->bar.ratio > 0)
    append_number (json, "bar_ratio", cost->variant->bar.ratio);
  if (cost->variant->bar.times_gio > 0)
    append_number (json, "bar_times_gio", cost->variant->bar.times_gio);
  if (cost->variant->bar.over_ns > 0)
    append_number (json, "bar_over_ns", cost->variant->bar.over_ns);
  if (cost->variant->bar.most > 0)
    append_number (json, "bar_most", cost->variant->bar.most);
  if (verdict != VERDICT_NO_BAR)
    g_string_append_printf (json, ", \"bar\": \"%s\", \"verdict\": \"%s\"", bar, verdicts[verdict]);
  g_string_append (json, " }");
}

/* What scenarios and growths begin with alike. */
static void
append_names (GString *json, const Scenario *scenario)
{
  g_string_append_printf (json, "    {\n      \"number\": %u, \"name\": \"%s\", \"title\": \"%s\",\n", scenario->number,
                          scenario->name, scenario->title);
  if (scenario->unit != NULL)
    g_string_append_printf (json, "      \"unit\": \"%s\",\n", scenario->unit);
}

static void
append_variants (GString *json, const Outcome *outcome)
{
  const Scenario *scenario = outcome->scenario;

  g_string_append_printf (json, "      \"rounds\": %u, \"operations_per_round\": %u,\n      \"variants\": [\n",
                          outcome->rounds, outcome->batch);
  for (guint i = 0; i < scenario->n_variants; i++)
    {
      append_cost (json, outcome, &outcome->costs[i]);
      g_string_append (json, i + 1 < scenario->n_variants ? ",\n" : "\n      ]\n    }");
    }
}

static void
append_outcome (GString *json, const Outcome *outcome)
{
  append_names (json, outcome->scenario);
  append_variants (json, outcome);
}

static void
append_grown (GString *json, const Grown *grown)
{
  append_names (json, grown->growth->scenario);
  g_string_append_printf (json, "      \"of\": \"%s\", \"points\": [\n", grown->growth->of);
  for (guint i = 0; i < grown->outcomes->len; i++)
    {
      const Outcome *outcome = g_ptr_array_index (grown->outcomes, i);

      g_string_append_printf (json, "%s    {\n      \"n\": %u,\n", i > 0 ? ",\n" : "", outcome->scenario->n);
      append_variants (json, outcome);
    }
  g_string_append (json, "\n    ]}");
}

gboolean
report_write_json (const Machine *machine, GPtrArray *outcomes, GPtrArray *grown, const char *filename, GError **error)
{
  g_autoptr (GString) json = g_string_new ("{\n  \"machine\": {\n");

  append_member (json, "processor", machine->processor);
  append_member (json, "kernel", machine->kernel);
  append_member (json, "glib", machine->glib);
  append_member (json, "date", machine->date);
  append_member (json, "command", machine->command);
  g_string_append_printf (json, "    \"processors\": %u, \"pinned_to\": %d\n  },\n  \"scenarios\": [\n",
                          machine->n_processors, machine->pinned_to);
  for (guint i = 0; i < outcomes->len; i++)
    {
      g_string_append (json, i > 0 ? ",\n" : "");
      append_outcome (json, g_ptr_array_index (outcomes, i));
    }
  g_string_append (json, "\n  ],\n  \"growth\": [\n");
  for (guint i = 0; i < grown->len; i++)
    {
      g_string_append (json, i > 0 ? ",\n" : "");
      append_grown (json, g_ptr_array_index (grown, i));
    }
  g_string_append (json, "\n  ]\n}\n");
  return g_file_set_contents (filename, json->str, json->len, error);
}
