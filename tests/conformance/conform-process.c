/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What belongs to the process, and what a case does besides calling the library. */

#include "conform.h"

#include <unistd.h>

/* Defaults, errors and options */

static Value *
get_default_backlog (Call *call, GError **error)
{
  return value_integer (gsock_get_default_backlog ());
}

static Value *
set_default_backlog (Call *call, GError **error)
{
  gsock_set_default_backlog ((guint) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_ipv6_mode (Call *call, GError **error)
{
  return value_integer (gsock_get_default_ipv6_mode ());
}

static Value *
set_default_ipv6_mode (Call *call, GError **error)
{
  gsock_set_default_ipv6_mode ((GSockIpv6Mode) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_linger_seconds (Call *call, GError **error)
{
  return value_integer (gsock_get_default_linger_seconds ());
}

static Value *
set_default_linger_seconds (Call *call, GError **error)
{
  gsock_set_default_linger_seconds ((guint) call_integer (call, 0, 0));
  return value_new (NOTHING);
}

static Value *
get_default_attempt_delay (Call *call, GError **error)
{
  return value_real (gsock_get_default_attempt_delay ());
}

static Value *
set_default_attempt_delay (Call *call, GError **error)
{
  gsock_set_default_attempt_delay (value_seconds (call_argument (call, 0)));
  return value_new (NOTHING);
}

static Value *
list_options (Call *call, GError **error)
{
  g_auto (GStrv) names = gsock_list_options ();
  Value *list = value_new (LIST);

  for (char **name = names; *name != NULL; name++)
    value_append (list, value_take_text (g_strdup (*name)));
  return list;
}

static Value *
error_to_errno (Call *call, GError **error)
{
  return value_integer (gsock_error_to_errno ((GSockError) call_integer (call, 0, 0)));
}

static Value *
error_from_errno (Call *call, GError **error)
{
  return value_integer (gsock_error_from_errno ((int) call_integer (call, 0, 0)));
}

static Value *
error_to_condition (Call *call, GError **error)
{
  return value_take_text (g_strdup (gsock_error_to_condition ((GSockError) call_integer (call, 0, 0))));
}

/* The service manager */

static Value *
file_descriptors_from_activation (Call *call, GError **error)
{
  g_auto (GStrv) names = NULL;
  gsize n_fds;
  g_autofree int *fds = gsock_file_descriptors_from_activation (TRUE, &n_fds, &names, error);

  return *error == NULL ? value_descriptors (fds, n_fds, NULL) : NULL;
}

static Value *
notify_service_manager (Call *call, GError **error)
{
  return gsock_notify_service_manager (call_text (call, 0), TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
store_file_descriptors (Call *call, GError **error)
{
  int fd = (int) value_item (call_argument (call, 0), 0)->integer;

  return gsock_store_file_descriptors (&fd, 1, call_text (call, 1), TRUE, TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
remove_stored_file_descriptors (Call *call, GError **error)
{
  return gsock_remove_stored_file_descriptors (call_text (call, 0), TRUE, -1, NULL, error) ? value_boolean (TRUE) : NULL;
}

static Value *
wait_for_service_manager (Call *call, GError **error)
{
  return gsock_wait_for_service_manager (value_seconds (call_argument (call, 0)), NULL, error) ? value_boolean (TRUE) : NULL;
}

/* What a case does besides calling the library */

static Value *
same_value (Call *call, GError **error)
{
  return call_argument (call, 0);
}

static Value *
make_cancelled (Call *call, GError **error)
{
  GCancellable *cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  return value_take_object (cancellable);
}

static Value *
process_id (Call *call, GError **error)
{
  return value_integer (getpid ());
}

static Value *
gsocket_address (Call *call, GError **error)
{
  return value_take_object (g_inet_socket_address_new_from_string (call_text (call, 0), (guint) call_integer (call, 1, 0)));
}

static Value *
network (Call *call, GError **error)
{
  return value_take_object (g_inet_address_mask_new_from_string (call_text (call, 0), error));
}

/* clang-format off */
const OperatorRow process_operators[] = {
  { "cancelled", make_cancelled },
  { "error-from-errno", error_from_errno },
  { "error-to-condition", error_to_condition },
  { "error-to-errno", error_to_errno },
  { "file-descriptors-from-activation", file_descriptors_from_activation },
  { "get-default-attempt-delay", get_default_attempt_delay },
  { "get-default-backlog", get_default_backlog },
  { "get-default-ipv6-mode", get_default_ipv6_mode },
  { "get-default-linger-seconds", get_default_linger_seconds },
  { "gsocket-address", gsocket_address },
  { "list-options", list_options },
  { "network", network },
  { "notify-service-manager", notify_service_manager },
  { "process-id", process_id },
  { "remove-stored-file-descriptors", remove_stored_file_descriptors },
  { "set-default-attempt-delay", set_default_attempt_delay },
  { "set-default-backlog", set_default_backlog },
  { "set-default-ipv6-mode", set_default_ipv6_mode },
  { "set-default-linger-seconds", set_default_linger_seconds },
  { "store-file-descriptors", store_file_descriptors },
  { "value", same_value },
  { "wait-for-service-manager", wait_for_service_manager },
  { NULL },
};
