/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hot calls, for callgrind to count: each in turn and the plain system calls beside it, after all that is
 * made but once has been made. What was counted is dumped under the name of the call, several times: on a machine
 * that is busy the other side of a connection may be late, and then more is done than to take what is there. */

#include "counted.h"

#include <gnu/libc-version.h>
#include <valgrind/callgrind.h>

#define N_CHUNKS 5

static const Calls *const all[] = { &data_calls, &message_calls, &socket_calls, &option_calls, &stream_calls, &watch_calls, &async_calls };

static void
step (Step self, Stage *stage)
{
  if (self != NULL)
    self (stage, CHUNK);
}

static void
count (Stage *stage, const char *name, Step before, Step run, Step after)
{
  step (before, stage);
  step (run, stage);
  step (after, stage);
  for (guint i = 0; i < N_CHUNKS; i++)
    {
      step (before, stage);
      CALLGRIND_TOGGLE_COLLECT;
      run (stage, CHUNK);
      CALLGRIND_TOGGLE_COLLECT;
      CALLGRIND_DUMP_STATS_AT (name);
      step (after, stage);
    }
}

static void
count_call (Stage *stage, const Call *call)
{
  g_autofree char *raw = g_strconcat ("raw ", call->name, NULL);

  count (stage, call->name, call->before, call->run, call->after);
  if (call->raw != NULL)
    count (stage, raw, call->before_raw, call->raw, call->after_raw);
}

/* Counts can be compared where these are the same. */
static void
describe (void)
{
  g_print ("calls\t%u\n", CHUNK);
  g_print ("compiler\t%s\n", COUNTED_COMPILER);
  g_print ("glib\t%u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
  g_print ("libc\t%s\n", gnu_get_libc_version ());
  g_print ("machine\t%s\n", COUNTED_MACHINE);
}

int
main (int argc, char **argv)
{
  Stage stage = { 0 };

  describe ();
  if (argc > 1 && g_str_equal (argv[1], "--describe"))
    return 0;
  stage_set_up (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint j = 0; j < all[i]->n_calls; j++)
      count_call (&stage, &all[i]->calls[j]);
  stage_tear_down (&stage);
  return 0;
}
