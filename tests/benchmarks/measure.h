/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "benchmark.h"

/* How thoroughly to measure. */
typedef struct
{
  guint rounds;
  double slice; /* seconds for which a variant runs in each round */
} Effort;

/* A median, and the median of the deviations from it. */
typedef struct
{
  double median, deviation;
} Figure;

/* What one variant costs. */
typedef struct
{
  const Variant *variant;
  Figure ns;      /* of CPU time per operation, or of what the scenario counts */
  Figure ratio;   /* to the first variant, round by round */
  Figure over_ns; /* the first variant's time subtracted, round by round */
  Figure times;   /* how often it fits the time of the variant "gio"; 0 where there is none */
} Cost;

typedef struct
{
  const Scenario *scenario;
  guint rounds, batch;
  Cost *costs; /* one for each variant */
  /* The first variant is measured twice: by how much the two differ is what cannot be told apart. */
  Figure control;
} Outcome;

/* The later ones are the worse. */
typedef enum
{
  VERDICT_NO_BAR,
  VERDICT_HELD,
  VERDICT_BEYOND_RAW, /* plain system calls miss it as well */
  VERDICT_WITHIN_NOISE,
  VERDICT_MISSED,
} Verdict;

/* NULL with @error where a script cannot be run; nothing else fails. */
Outcome *outcome_measure (const Scenario *scenario, const Effort *effort, GError **error);
void outcome_free (Outcome *self);

/* The ratios that differ by less than this cannot be told apart. */
double outcome_noise (const Outcome *self, const Cost *cost);
Verdict outcome_judge (const Outcome *self, const Cost *cost);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

Figure figure_of (const double *samples, guint n_samples);
