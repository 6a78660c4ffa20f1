/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator store-file-descriptors, and what else a program tells its service manager. */

#include <gsock/gsock-fd-store.h>

#include <gsock/gsock-activation-private.h>
#include <gsock/gsock-address-private.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-fd-passing.h>
#include <gsock/gsock-make-socket.h>
#include <gsock/gsock-socket-message.h>

#include <string.h>

#define VARIABLE "NOTIFY_SOCKET"

/* What cannot be an address is nothing for a child either. */
static gboolean
refuse_manager (const char *operation, const char *name, const char *reason, GError **error)
{
  g_autofree char *shown = gsock_text_shown (name);

  g_unsetenv (VARIABLE);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ADDRESS, "%s: " VARIABLE " is \"%s\": %s", operation, shown, reason);
}

/* Virtual machines have one at a vsock address, through which no descriptor gets. */
static gboolean
find_manager (const char *operation, GSockAddress *address, GError **error)
{
  const char *name = g_getenv (VARIABLE);
  g_autoptr (GError) reason = NULL;

  if (name == NULL)
    return gsock_error_literal (error, GSOCK_ERROR_NOT_FOUND, "%s: " VARIABLE " is not set, so there is no service manager to tell", operation);
  if (g_str_has_prefix (name, "vsock"))
    return gsock_error_literal (error, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "%s: " VARIABLE " is a vsock address, and only local sockets are supported", operation);
  if ((name[0] != '/' && name[0] != '@') || name[1] == '\0')
    return refuse_manager (operation, name, "it has to be the absolute path of a socket, or @ and an abstract name", error);
  return gsock_address_init_from_filename (address, name, &reason) || refuse_manager (operation, name, reason->message, error);
}

static gboolean
send_to_manager (const char *operation, GSockMessage *message, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockSocket) socket = NULL;
  GSockAddress address;

  if (!find_manager (operation, &address, error))
    return FALSE;
  socket = gsock_make_socket (cancellable, error, "type", GSOCK_SOCKET_TYPE_DATAGRAM, "remote-address", &address, NULL);
  if (socket != NULL && gsock_socket_send_message_direct (socket, message, GSOCK_MESSAGE_FLAGS_NONE, wait, timeout, cancellable, error) >= 0)
    return TRUE;
  g_prefix_error (error, "%s: ", operation);
  return FALSE;
}

/* A line feed in a name would begin another assignment. */
static gboolean
check_name (const char *operation, const char *name, GError **error)
{
  g_autofree char *shown = NULL;

  if (name[0] != '\0' && gsock_fd_name_is_valid (name, strlen (name)))
    return TRUE;
  shown = gsock_text_shown (name);
  return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT,
                              "%s: the name \"%s\" is not 1 to %d printable ASCII characters without a colon", operation, shown, GSOCK_FD_NAME_MAX);
}

static gboolean
add_descriptors (GSockMessage *message, const int *fds, gsize n_fds, GError **error)
{
  for (gsize i = 0; i < n_fds; i++)
    if (!gsock_message_add_file_descriptor (message, fds[i], error))
      {
        g_prefix_error (error, "store-file-descriptors: ");
        return FALSE;
      }
  return TRUE;
}

/**
 * gsock_store_file_descriptors:
 * @fds: (array length=n_fds): descriptors, which stay the caller's
 * @n_fds: how many there are, up to %GSOCK_FILE_DESCRIPTORS_MAX
 * @name: (nullable): a name for them, of up to 255 printable ASCII characters other than the colon
 * @poll: whether the manager is to drop one where the other end has hung up
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER, which are the same here
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Gives descriptors to the service manager to keep: the operator store-file-descriptors. When the
 * program is started again, [func@file_descriptors_from_activation] gives them back under that name.
 *
 * The manager is at the address that the environment has in `NOTIFY_SOCKET`. It keeps what it is given
 * only where the service is allowed to store descriptors (`FileDescriptorStoreMax=`), and does not tell.
 * What is stored twice is kept once. A program that ends after this waits by
 * [func@wait_for_service_manager] first, or the manager may not find out any more who it was.
 *
 * Errors: `GSOCK_ERROR_NOT_FOUND` where `NOTIFY_SOCKET` is not set or nothing is there,
 * `GSOCK_ERROR_INVALID_ADDRESS` where it makes no sense, and then it is removed from the environment,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` where it is no local socket, `GSOCK_ERROR_OUT_OF_RANGE` for no
 * descriptor or too many, `GSOCK_ERROR_INVALID_ARGUMENT` for one that is not open, and for the name,
 * `GSOCK_ERROR_CONNECTION_REFUSED`, `GSOCK_ERROR_ACCESS_DENIED`, `GSOCK_ERROR_TOO_MANY_FILES`,
 * `GSOCK_ERROR_TOO_MANY_REFERENCES`, `GSOCK_ERROR_WOULD_BLOCK`, `GSOCK_ERROR_TIMED_OUT` and
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether they were sent
 *
 * Since: 1.0
 */
gboolean
gsock_store_file_descriptors (const int *fds, gsize n_fds, const char *name, gboolean poll, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autofree char *text = NULL;

  if (n_fds < 1 || n_fds > GSOCK_FILE_DESCRIPTORS_MAX)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "store-file-descriptors: %" G_GSIZE_FORMAT " descriptors; 1 to %d can be stored at a time",
                                n_fds, GSOCK_FILE_DESCRIPTORS_MAX);
  if (name != NULL && !check_name ("store-file-descriptors", name, error))
    return FALSE;
  if (!add_descriptors (message, fds, n_fds, error))
    return FALSE;
  text = g_strconcat ("FDSTORE=1", poll ? "" : "\nFDPOLL=0", name != NULL ? "\nFDNAME=" : NULL, name, NULL);
  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  return send_to_manager ("store-file-descriptors", message, wait, timeout, cancellable, error);
}

static gboolean
tell_manager (const char *operation, const char *text, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();

  gsock_message_add_data (message, (const guint8 *) text, strlen (text));
  return send_to_manager (operation, message, wait, timeout, cancellable, error);
}

/**
 * gsock_remove_stored_file_descriptors:
 * @name: the name that they were stored under
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER, which are the same here
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Asks the service manager to drop what it keeps under a name.
 *
 * The errors are those of [func@store_file_descriptors].
 *
 * Returns: whether it was asked
 *
 * Since: 1.0
 */
gboolean
gsock_remove_stored_file_descriptors (const char *name, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = NULL;

  if (!check_name ("remove-stored-file-descriptors", name != NULL ? name : "", error))
    return FALSE;
  text = g_strconcat ("FDSTOREREMOVE=1\nFDNAME=", name, NULL);
  return tell_manager ("remove-stored-file-descriptors", text, wait, timeout, cancellable, error);
}

/**
 * gsock_notify_service_manager:
 * @state: what to tell: assignments such as `READY=1`, one on each line
 * @wait: whether to wait for room
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER, which are the same here
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Tells the service manager how the program is doing: `READY=1`, `RELOADING=1`, `STOPPING=1`,
 * `STATUS=` and a text, and what else the manager understands.
 *
 * A program that runs without a manager as well overlooks `GSOCK_ERROR_NOT_FOUND`. The errors are
 * those of [func@store_file_descriptors], and `GSOCK_ERROR_INVALID_ARGUMENT` where there is no
 * assignment in @state.
 *
 * Returns: whether it was told
 *
 * Since: 1.0
 */
gboolean
gsock_notify_service_manager (const char *state, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  const char *sign = state != NULL ? strchr (state, '=') : NULL;

  if (sign == NULL || sign == state)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_ARGUMENT, "notify-service-manager: give an assignment, such as READY=1");
  return tell_manager ("notify-service-manager", state, wait, timeout, cancellable, error);
}

/**
 * gsock_wait_for_service_manager:
 * @timeout: seconds, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER, which are the same here
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until the service manager has dealt with everything that it was told before.
 *
 * It is given one end of a pair of sockets, which it closes when it comes to it (`BARRIER=1`).
 *
 * The errors are those of [func@store_file_descriptors].
 *
 * Returns: whether it has
 *
 * Since: 1.0
 */
gboolean
gsock_wait_for_service_manager (double timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  g_autoptr (GSockSocket) near = NULL, far = NULL;
  char nothing;

  if (!gsock_make_socket_pair (&near, &far, error, NULL))
    return FALSE;
  gsock_message_add_data (message, (const guint8 *) "BARRIER=1", strlen ("BARRIER=1"));
  if (!gsock_message_add_file_descriptor (message, gsock_socket_get_file_descriptor (far, NULL), error)
      || !send_to_manager ("wait-for-service-manager", message, TRUE, timeout, cancellable, error))
    return FALSE;
  g_clear_pointer (&message, gsock_message_unref);
  g_clear_object (&far);
  return gsock_socket_receive_from_direct (near, &nothing, 1, GSOCK_MESSAGE_FLAGS_NONE, TRUE, timeout, NULL, cancellable, error) >= 0;
}
