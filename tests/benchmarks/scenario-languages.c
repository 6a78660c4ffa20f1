/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A datagram, sent and received, from other languages: one by one and in batches of 64. The scripts of
 * the same names measure; these are the names and the bars. */

#include "benchmark.h"

/* Ten times as fast. */
#define A_TENTH 0.1

static const Variant python_variants[] = {
  { .name = "socket" },
  { .name = "gsock", .bar = { .ratio = 1.15 } },
  { .name = "gsock-lists", .bar = { .ratio = A_TENTH } },
  { .name = "gsock-packed", .bar = { .ratio = A_TENTH } },
};

const Scenario scenario_python = {
  .number = 18,
  .name = "python",
  .title = "Python, UDP, 64 bytes sent and received; the standard library first",
  .interpreter = BENCHMARK_PYTHON,
  .script = "scenario-python.py",
  VARIANTS (python_variants),
};

/* Lists are reported: docs/rationales.md tells why they have no bar. */
static const Variant javascript_variants[] = {
  { .name = "gsock" },
  { .name = "gsock-lists" },
  { .name = "gsock-packed", .bar = { .ratio = A_TENTH } },
};

const Scenario scenario_javascript = {
  .number = 19,
  .name = "javascript",
  .title = "JavaScript, UDP, 64 bytes sent and received; one by one first",
  .interpreter = BENCHMARK_GJS,
  .script = "scenario-javascript.js",
  VARIANTS (javascript_variants),
};
