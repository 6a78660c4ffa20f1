/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "measure.h"

/* What was measured with each number: an Outcome for each that could be. */
typedef struct
{
  const Growth *growth;
  Scenario *scenarios; /* the growth's, with each number */
  GPtrArray *outcomes;
} Grown;

/* Numbers that cannot be had here are left out, and named on the standard error. */
Grown *grown_measure (const Growth *growth, const Effort *effort);
void grown_free (Grown *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Grown, grown_free)
