/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "measure.h"

/* Has the program of the scenario measure: @ns has a row for each variant, and one for the first again.
 * FALSE with @error where there is no interpreter, no typelib or what else it takes. */
gboolean script_measure (const Scenario *scenario, const Effort *effort, double **ns, guint *batch, GError **error);

/* Runs one variant and no clock. */
gboolean script_run_only (const Scenario *scenario, const char *variant, guint n_operations, GError **error);
