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
  /* What a distribution adds to the release says nothing to others. */
  names.release[strcspn (names.release, "-")] = '\0';
  return g_strdup_printf ("%s %s %s", names.sysname, names.release, names.machine);
}

static char *
describe_date (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format_iso8601 (now);
}

/* The cores that may be used, before any of it. */
static cpu_set_t allowed;
static int measured = -1;

/* The last of them: interrupts tend to go to the first. */
static int
pin (void)
{
  if (sched_getaffinity (0, sizeof allowed, &allowed) < 0)
    return -1;
  for (int core = CPU_SETSIZE - 1; core >= 0; core--)
    if (CPU_ISSET (core, &allowed))
      {
        cpu_set_t one;

        CPU_ZERO (&one);
        CPU_SET (core, &one);
        return sched_setaffinity (0, sizeof one, &one) < 0 ? -1 : core;
      }
  return -1;
}

gboolean
machine_has_room_beside (void)
{
  return measured >= 0 && CPU_COUNT (&allowed) > 1;
}

/* Away from the core that is measured on, where there is another one. */
void
machine_step_aside (void)
{
  cpu_set_t others = allowed;

  if (measured < 0)
    return;
  CPU_CLR (measured, &others);
  if (CPU_COUNT (&others) > 0)
    sched_setaffinity (0, sizeof others, &others);
}

/* All but the file that the figures go to. */
static char *
describe_command (int argc, char **argv)
{
  g_autofree char *program = g_path_get_basename (argv[0]);
  GString *command = g_string_new (program);

  for (int i = 1; i < argc; i++)
    if (!g_str_has_prefix (argv[i], "--json="))
      g_string_append_printf (command, " %s", argv[i]);
  return g_string_free (command, FALSE);
}

/* To be called before a thread is started: threads stay where their maker is. */
void
machine_init (Machine *self, int argc, char **argv)
{
  self->n_processors = g_get_num_processors ();
  self->processor = describe_processor ();
  self->kernel = describe_kernel ();
  self->glib = g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
  self->date = describe_date ();
  self->command = describe_command (argc, argv);
  self->pinned_to = measured = pin ();
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
