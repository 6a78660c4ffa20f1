/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine: what it is, and staying on one of its cores. */

#include "machine.h"

#include <sched.h>
#include <string.h>
#include <sys/utsname.h>

static char *
describe_processor (void)
{
  g_autofree char *text = NULL;
  const char *line, *value;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) || (line = strstr (text, "model name")) == NULL
      || (value = strchr (line, ':')) == NULL)
    return g_strdup ("unknown");
  return g_strstrip (g_strndup (value + 1, strcspn (value + 1, "\n")));
}

static char *
describe_kernel (void)
{
  struct utsname names;

  if (uname (&names) < 0)
    return g_strdup ("unknown");
  return g_strdup_printf ("%s %s %s", names.sysname, names.release, names.machine);
}

static char *
describe_date (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format_iso8601 (now);
}

/* The last of the cores that may be used: interrupts tend to go to the first. */
static int
pin (void)
{
  cpu_set_t allowed, one;

  if (sched_getaffinity (0, sizeof allowed, &allowed) < 0)
    return -1;
  for (int core = CPU_SETSIZE - 1; core >= 0; core--)
    if (CPU_ISSET (core, &allowed))
      {
        CPU_ZERO (&one);
        CPU_SET (core, &one);
        return sched_setaffinity (0, sizeof one, &one) < 0 ? -1 : core;
      }
  return -1;
}

/* To be called before a thread is started: threads stay where their maker is. */
void
machine_init (Machine *self, int argc, char **argv)
{
  g_autofree char *program = g_path_get_basename (argv[0]);
  g_autofree char *arguments = g_strjoinv (" ", argv + 1);

  self->n_processors = g_get_num_processors ();
  self->processor = describe_processor ();
  self->kernel = describe_kernel ();
  self->glib = g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
  self->date = describe_date ();
  self->command = g_strstrip (g_strconcat (program, " ", arguments, NULL));
  self->pinned_to = pin ();
}

void
machine_clear (Machine *self)
{
  g_free (self->processor);
  g_free (self->kernel);
  g_free (self->glib);
  g_free (self->date);
  g_free (self->command);
}
