/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An option read by its name, from the first row of the table to the last. */

#include "benchmark.h"
#include "peers.h"

#include <unistd.h>

#define HUNDRED 100

typedef struct
{
  int raw;
  GSockSocket *gsock;
  char *name;
} Fixture;

/* A number or a boolean, so that reading it is the same work. */
static gboolean
is_plain (GSockSocket *socket, const char *name)
{
  g_autoptr (GVariant) value = gsock_socket_get_option (socket, name, NULL);

  return value != NULL && (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32) || g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN));
}

/* @n is how far down the table, in percent; the nearest that the socket has. */
static gpointer
set_up (const Scenario *scenario)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_auto (GStrv) names = gsock_list_options ();
  struct sockaddr_in raw;
  GSockAddress gsock;
  int n_names = (int) g_strv_length (names), wanted = (n_names - 1) * (int) scenario->n / HUNDRED, nearest = -1;

  self->raw = peers_raw_datagram (&raw);
  self->gsock = peers_gsock_datagram (&gsock);
  for (int i = 0; i < n_names; i++)
    if (is_plain (self->gsock, names[i]) && (nearest < 0 || ABS (i - wanted) < ABS (nearest - wanted)))
      nearest = i;
  if (nearest < 0)
    peers_fail ("an option", NULL);
  self->name = g_strdup (names[nearest]);
  return self;
}

static void
tear_down (gpointer fixture)
{
  Fixture *self = fixture;

  close (self->raw);
  g_object_unref (self->gsock);
  g_free (self->name);
  g_free (self);
}

static void
run_raw (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      int value;
      socklen_t length = sizeof value;

      peers_expect (getsockopt (self->raw, SOL_SOCKET, SO_RCVBUF, &value, &length), 0, "getsockopt");
    }
}

static void
run_by_name (gpointer fixture, guint n)
{
  Fixture *self = fixture;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = gsock_socket_get_option (self->gsock, self->name, NULL);

      peers_expect (value != NULL, TRUE, "get-option");
    }
}

static void
run_by_number (gpointer fixture, guint n)
{
  Fixture *self = fixture;
  int value;

  for (guint i = 0; i < n; i++)
    peers_expect (gsock_socket_get_option_int (self->gsock, SOL_SOCKET, SO_RCVBUF, &value, NULL), TRUE, "get-option-int");
}

static const Variant variants[] = {
  { "raw", run_raw, { 0 } },
  { "gsock-by-name", run_by_name, { 0 } },
  { "gsock-by-number", run_by_number, { 0 } },
};

static const Scenario scenario_of_row = {
  .number = 17,
  .name = "growth-options",
  .title = "an option read, whose name is so far down the table of options",
  .set_up = set_up,
  .tear_down = tear_down,
  VARIANTS (variants),
};

static const guint percents[] = { 0, 25, 50, 75, 100 };

const Growth growth_options = { .scenario = &scenario_of_row, .of = "percent of the table before the option", NUMBERS (percents) };
