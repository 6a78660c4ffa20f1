/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "growth.h"
#include "machine.h"
#include "measure.h"

void report_print_machine (const Machine *machine);
void report_print (const Outcome *outcome);
void report_print_grown (const Grown *self);

/* How many bars were missed by more than the noise; each is named on the standard error. */
guint report_check (GPtrArray *outcomes);

gboolean report_write_json (const Machine *machine, GPtrArray *outcomes, GPtrArray *grown, const char *filename, GError **error);
