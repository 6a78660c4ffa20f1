/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses behind anything that GIO can resolve. */

#include <gsock/gsock-lookup-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-alarm-private.h>
#include <gsock/gsock-error-private.h>

/* A proxy's address would need its protocol spoken first, so the plain enumerator it is. */
static GPtrArray *
enumerate (GSocketConnectable *connectable, int family, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (connectable);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) gsock_address_free);
  g_autoptr (GError) reason = NULL;
  g_autofree char *name = NULL;

  /* Some enumerators have their answer ready and ask no one. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  for (;;)
    {
      g_autoptr (GSocketAddress) next = g_socket_address_enumerator_next (enumerator, cancellable, &reason);
      g_autoptr (GSockAddress) address = next != NULL ? gsock_address_new_from_gsocket_address (next, NULL) : NULL;

      if (next == NULL)
        break;
      if (address != NULL && (family == AF_UNSPEC || gsock_address_family_number (address) == family))
        g_ptr_array_add (found, g_steal_pointer (&address));
    }

  if (found->len > 0)
    return g_steal_pointer (&found);
  name = g_socket_connectable_to_string (connectable);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    gsock_error_literal (error, GSOCK_ERROR_UNKNOWN_HOST, "look up %s: %s", name,
                         reason != NULL ? reason->message : "it has no address of the family that was asked for");
  return NULL;
}

GPtrArray *
gsock_lookup_connectable (GSocketConnectable *connectable, int family, GSockPatience *patience, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *name = NULL;
  GSockPatience forever = GSOCK_PATIENCE_INIT (-1, NULL);
  GPtrArray *found;
  GSockAlarm alarm;

  if (patience == NULL)
    patience = &forever;
  gsock_alarm_start (&alarm, patience);
  found = enumerate (connectable, family, alarm.cancellable, &reason);
  if (gsock_alarm_stop (&alarm) && found == NULL)
    {
      name = g_socket_connectable_to_string (connectable);
      gsock_error_set_for_name (error, -GSOCK_E_TIMED_OUT, "look up", name);
    }
  else if (found == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return found;
}
