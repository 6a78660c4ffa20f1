/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What the figures were measured on. */
typedef struct
{
  char *processor, *kernel, *glib, *date, *command;
  guint n_processors;
  int pinned_to; /* number of the core, -1: it could not be had */
} Machine;

void machine_init (Machine *self, int argc, char **argv);
void machine_step_aside (void);
gboolean machine_has_room_beside (void);
void machine_clear (Machine *self);
