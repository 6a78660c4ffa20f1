/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One error for a name of which no address worked: every reason, and the code that tells most. */

#include <gsock/gsock-reasons-private.h>

#include <string.h>

/* How far an attempt came: what the peer answers tells more than that it was silent, this more than
 * what routers on the way say, and this more than what there is no route for. What is not here went
 * wrong before anything was sent. */
static const struct
{
  GSockError code;
  guint distance;
} distances[] = {
  { GSOCK_ERROR_NETWORK_DOWN, 1 },
  { GSOCK_ERROR_NETWORK_UNREACHABLE, 1 },
  { GSOCK_ERROR_NO_NETWORK, 1 },
  { GSOCK_ERROR_ADDRESS_NOT_AVAILABLE, 1 },
  { GSOCK_ERROR_HOST_DOWN, 2 },
  { GSOCK_ERROR_HOST_UNREACHABLE, 2 },
  { GSOCK_ERROR_CONNECTION_TIMEOUT, 3 },
  { GSOCK_ERROR_CONNECTION_ABORTED, 4 },
  { GSOCK_ERROR_CONNECTION_RESET, 4 },
  { GSOCK_ERROR_CONNECTION_REFUSED, 4 },
};

static guint
distance_of (GSockError code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (distances); i++)
    if (distances[i].code == code)
      return distances[i].distance;

  return 0;
}

static void
add_line (GSockReasons *self, const char *address, const char *text)
{
  if (self->lines == NULL)
    self->lines = g_string_new (NULL);
  g_string_append_printf (self->lines, "\n%s: %s", address, text);
}

/* Says nothing of what went wrong: for an attempt that was not over. */
void
gsock_reasons_add_text (GSockReasons *self, const GSockAddress *address, const char *text)
{
  g_autofree char *shown = gsock_address_to_text (address);

  add_line (self, shown, text);
}

/* The line begins with the address, so that the message need not. */
void
gsock_reasons_add (GSockReasons *self, const GSockAddress *address, const GError *reason)
{
  g_autofree char *shown = gsock_address_to_text (address);
  g_autofree char *prefix = g_strdup_printf ("%s to %s: ", self->operation, shown);
  GSockError code = reason->domain == GSOCK_ERROR ? (GSockError) reason->code : GSOCK_ERROR_FAILED;
  guint distance = distance_of (code);

  add_line (self, shown, g_str_has_prefix (reason->message, prefix) ? reason->message + strlen (prefix) : reason->message);
  if (self->n == 0 || distance > self->distance)
    {
      self->code = code;
      self->distance = distance;
    }
  self->n++;
}

void
gsock_reasons_clear (GSockReasons *self)
{
  if (self->lines != NULL)
    g_string_free (g_steal_pointer (&self->lines), TRUE);
  self->n = 0;
}

gboolean
gsock_reasons_fail (GSockReasons *self, const char *name, GError **error)
{
  return gsock_error_literal (error, self->code, "%s to %s: none of %u addresses worked:%s", self->operation, name,
                              self->n, self->lines->str);
}

gboolean
gsock_reasons_propagate (GSockReasons *self, GError *reason, GError **error)
{
  if (self->lines != NULL)
    {
      char *message = g_strconcat (reason->message, ":", self->lines->str, NULL);

      g_free (reason->message);
      reason->message = message;
    }
  g_propagate_error (error, reason);
  return FALSE;
}

gboolean
gsock_reasons_fail_for (GSockReasons *self, gssize failure, const char *name, GError **error)
{
  g_autofree char *target = g_strdup_printf ("to %s", name);
  GError *reason = NULL;

  gsock_error_set_for_name (&reason, failure, self->operation, target);
  return gsock_reasons_propagate (self, reason, error);
}
