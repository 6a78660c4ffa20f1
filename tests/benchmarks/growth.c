/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How cost grows: a scenario that is measured with one number after the other. */

#include "growth.h"

Grown *
grown_measure (const Growth *growth, const Effort *effort)
{
  Grown *self = g_new0 (Grown, 1);

  self->growth = growth;
  self->scenarios = g_new (Scenario, growth->n_numbers);
  self->outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) outcome_free);
  for (guint i = 0; i < growth->n_numbers; i++)
    {
      g_autoptr (GError) error = NULL;
      Outcome *outcome;

      self->scenarios[i] = *growth->scenario;
      self->scenarios[i].n = growth->numbers[i];
      outcome = outcome_measure (&self->scenarios[i], effort, &error);
      if (outcome != NULL)
        g_ptr_array_add (self->outcomes, outcome);
      else
        g_printerr ("%s is not measured with %u: %s\n", growth->scenario->name, growth->numbers[i], error->message);
    }
  return self;
}

void
grown_free (Grown *self)
{
  g_ptr_array_unref (self->outcomes);
  g_free (self->scenarios);
  g_free (self);
}
