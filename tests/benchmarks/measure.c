/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measuring the variants of a scenario in turn, in an order that changes from round to round, so that
 * whatever the machine does beside it befalls all of them alike. */

#include "measure.h"
#include "script.h"

#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

/* From the median deviation to the standard error of a median: 1.4826 makes it a standard deviation,
 * 1.2533 is how much wider a median scatters than a mean does. */
#define DEVIATION_TO_ERROR (1.4826 * 1.2533)

/* Two standard errors: nineteen times in twenty chance alone stays below. */
#define ERRORS_THAT_COUNT 2

/* With fewer rounds nothing is known of the noise. */
#define ROUNDS_THAT_TELL 3

#define BATCH_MAX (1u << 24)

/* So many times slower than the first variant, and it is run less often. */
#define MUCH_SLOWER 8

/* CPU time of the whole process: with two threads on one core it is that of both, and what other
 * programs do on the machine is not in it. */
static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double
cost_each (const Scenario *scenario, const Variant *variant, gpointer fixture, guint batch)
{
  double start;

  if (scenario->cost != NULL)
    return scenario->cost (fixture, variant, batch);
  start = cpu_seconds ();
  variant->run (fixture, batch);
  return (cpu_seconds () - start) / batch * 1e9;
}

/* How many operations of the variant fill a slice. */
static guint
choose_batch (const Scenario *scenario, const Variant *variant, gpointer fixture, double slice)
{
  guint batch = 16;

  if (scenario->batch != 0)
    return scenario->batch;
  for (;;)
    {
      double seconds = cost_each (scenario, variant, fixture, batch) * batch / 1e9;

      if (seconds >= slice / 4 || batch >= BATCH_MAX)
        return CLAMP (batch * slice / MAX (seconds, 1e-9), 16, BATCH_MAX);
      batch *= 2;
    }
}

static void
shuffle (GRand *random, guint *order, guint n)
{
  for (guint i = n - 1; i > 0; i--)
    {
      guint j = g_rand_int_range (random, 0, i + 1);
      guint swapped = order[i];

      order[i] = order[j];
      order[j] = swapped;
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static double
median_of (double *samples, guint n)
{
  qsort (samples, n, sizeof *samples, compare_doubles);
  return n % 2 == 1 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
}

Figure
figure_of (const double *samples, guint n_samples)
{
  g_autofree double *copy = g_memdup2 (samples, n_samples * sizeof *samples);
  Figure figure = { median_of (copy, n_samples), 0 };

  for (guint i = 0; i < n_samples; i++)
    copy[i] = fabs (samples[i] - figure.median);
  figure.deviation = median_of (copy, n_samples);
  return figure;
}

/* As many operations as the first variant is given, but for one that is much slower. */
static guint *
choose_batches (const Scenario *scenario, gpointer fixture, double slice)
{
  guint *batches = g_new (guint, scenario->n_variants);

  for (guint i = 0; i < scenario->n_variants; i++)
    {
      batches[i] = choose_batch (scenario, &scenario->variants[i], fixture, slice);
      if (batches[i] * MUCH_SLOWER >= batches[0])
        batches[i] = batches[0];
    }
  return batches;
}

/* Runs every variant once, and the first one, as the control, once more. @ns has a row for each. */
static void
run_round (const Scenario *scenario, gpointer fixture, const guint *batches, GRand *random, double **ns, guint round)
{
  guint n = scenario->n_variants + 1;
  g_autofree guint *order = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  shuffle (random, order, n);
  for (guint i = 0; i < n; i++)
    {
      guint number = order[i] % scenario->n_variants;

      ns[order[i]][round] = cost_each (scenario, &scenario->variants[number], fixture, batches[number]);
    }
}

static Cost
cost_of (const Variant *variant, const double *ns, const double *base, const double *gio, guint rounds)
{
  g_autofree double *ratios = g_new (double, rounds);
  g_autofree double *over = g_new (double, rounds);
  g_autofree double *times = g_new (double, rounds);

  for (guint i = 0; i < rounds; i++)
    {
      ratios[i] = ns[i] / base[i];
      over[i] = ns[i] - base[i];
      times[i] = gio != NULL ? gio[i] / ns[i] : 0;
    }
  return (Cost){
    .variant = variant,
    .ns = figure_of (ns, rounds),
    .ratio = figure_of (ratios, rounds),
    .over_ns = figure_of (over, rounds),
    .times = figure_of (times, rounds),
  };
}

/* What the others are compared to is the mean of the two runs of the first variant in each round. */
static void
evaluate (Outcome *self, double **ns)
{
  const Scenario *scenario = self->scenario;
  const double *again = ns[scenario->n_variants], *gio = NULL;
  g_autofree double *base = g_new (double, self->rounds);

  for (guint i = 0; i < scenario->n_variants; i++)
    if (g_str_equal (scenario->variants[i].name, "gio"))
      gio = ns[i];
  self->control = cost_of (&scenario->variants[0], again, ns[0], gio, self->rounds).ratio;
  for (guint i = 0; i < self->rounds; i++)
    base[i] = (ns[0][i] + again[i]) / 2;
  self->costs[0] = cost_of (&scenario->variants[0], base, base, gio, self->rounds);
  for (guint i = 1; i < scenario->n_variants; i++)
    self->costs[i] = cost_of (&scenario->variants[i], ns[i], base, gio, self->rounds);
}

static void
measure_in_turn (const Scenario *scenario, const Effort *effort, double **ns, guint *batch)
{
  gpointer fixture = scenario->set_up (scenario);
  GRand *random = g_rand_new_with_seed (scenario->number);
  g_autofree guint *batches = choose_batches (scenario, fixture, effort->slice);

  *batch = batches[0];
  run_round (scenario, fixture, batches, random, ns, 0); /* warms the caches */
  for (guint round = 0; round < effort->rounds; round++)
    run_round (scenario, fixture, batches, random, ns, round);
  g_rand_free (random);
  scenario->tear_down (fixture);
}

Outcome *
outcome_measure (const Scenario *scenario, const Effort *wanted, GError **error)
{
  g_autoptr (Outcome) self = g_new0 (Outcome, 1);
  const char *obstacle = scenario->obstacle != NULL ? scenario->obstacle (scenario) : NULL;
  double **ns = g_new (double *, scenario->n_variants + 1);
  Effort effort = *wanted;
  gboolean done = TRUE;

  if (scenario->rounds_max != 0)
    effort.rounds = MIN (effort.rounds, scenario->rounds_max);
  self->scenario = scenario;
  self->rounds = effort.rounds;
  self->costs = g_new0 (Cost, scenario->n_variants);
  for (guint i = 0; i <= scenario->n_variants; i++)
    ns[i] = g_new0 (double, effort.rounds);

  if (obstacle != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, obstacle);
      done = FALSE;
    }
  else if (scenario->script != NULL)
    done = script_measure (scenario, &effort, ns, &self->batch, error);
  else
    measure_in_turn (scenario, &effort, ns, &self->batch);
  if (done)
    evaluate (self, ns);

  for (guint i = 0; i <= scenario->n_variants; i++)
    g_free (ns[i]);
  g_free (ns);
  return done ? g_steal_pointer (&self) : NULL;
}

void
outcome_free (Outcome *self)
{
  g_free (self->costs);
  g_free (self);
}

static double
error_of (const Figure *figure, guint rounds)
{
  if (rounds < ROUNDS_THAT_TELL)
    return INFINITY;
  return ERRORS_THAT_COUNT * DEVIATION_TO_ERROR * figure->deviation / sqrt (rounds);
}

double
outcome_noise (const Outcome *self, const Cost *cost)
{
  double control = fabs (self->control.median - 1) + error_of (&self->control, self->rounds);

  return MAX (error_of (&cost->ratio, self->rounds), control * MIN (cost->ratio.median, 1));
}

static const Cost *
find_cost (const Outcome *self, const char *name)
{
  for (guint i = 0; i < self->scenario->n_variants; i++)
    if (g_str_equal (self->scenario->variants[i].name, name))
      return &self->costs[i];
  g_error ("there is no variant %s", name);
}

static Verdict
judge (double figure, double bar, double noise)
{
  return figure <= bar ? VERDICT_HELD : figure - noise <= bar ? VERDICT_WITHIN_NOISE : VERDICT_MISSED;
}

static Verdict
judge_times (const Outcome *self, const Cost *cost, double bar)
{
  double noise = bar * MAX (outcome_noise (self, cost), error_of (&cost->times, self->rounds) / cost->times.median);

  if (cost->times.median >= bar)
    return VERDICT_HELD;
  if (self->costs[0].times.median < bar)
    return VERDICT_BEYOND_RAW;
  return cost->times.median + noise >= bar ? VERDICT_WITHIN_NOISE : VERDICT_MISSED;
}

Verdict
outcome_judge (const Outcome *self, const Cost *cost)
{
  const Bar *bar = &cost->variant->bar;
  double noise = outcome_noise (self, cost);
  Verdict verdict = VERDICT_NO_BAR;

  if (bar->times_gio > 0)
    verdict = judge_times (self, cost, bar->times_gio);
  if (bar->ratio > 0)
    verdict = MAX (verdict, judge (cost->ratio.median, bar->ratio, noise));
  if (bar->over_ns > 0)
    verdict = MAX (verdict, judge (cost->over_ns.median, bar->over_ns, noise * self->costs[0].ns.median));
  if (bar->most > 0)
    verdict = MAX (verdict, judge (cost->ns.median, bar->most, error_of (&cost->ns, self->rounds)));
  if (bar->than != NULL)
    verdict = MAX (verdict, judge (cost->ns.median, find_cost (self, bar->than)->ns.median, error_of (&cost->ns, self->rounds)));
  return verdict;
}
