/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators wait-for and wait-for-any. */

#include <gsock/gsock-socket-private.h>

#include <gsock/gsock-error-private.h>

#include <errno.h>
#include <math.h>
#include <poll.h>

static const struct
{
  GIOCondition condition;
  short events;
} conditions_events[] = {
  { G_IO_IN, POLLIN }, { G_IO_OUT, POLLOUT }, { G_IO_PRI, POLLPRI },
  { G_IO_ERR, POLLERR }, { G_IO_HUP, POLLHUP }, { G_IO_NVAL, POLLNVAL },
};

static short
to_events (guint condition)
{
  short events = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (conditions_events); i++)
    if ((condition & conditions_events[i].condition) != 0)
      events |= conditions_events[i].events;
  return events;
}

static GIOCondition
to_condition (short events)
{
  GIOCondition condition = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (conditions_events); i++)
    if ((events & conditions_events[i].events) != 0)
      condition |= conditions_events[i].condition;
  return condition;
}

static gboolean
check_wait (guint condition, double timeout, GError **error)
{
  if (isnan (timeout))
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "wait-for: timeout is not a number");
  if ((condition & (G_IO_IN | G_IO_OUT | G_IO_PRI | G_IO_ERR | G_IO_HUP)) == 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "wait-for: 0x%x is no condition to wait for", condition);
  return TRUE;
}

/**
 * gsock_socket_wait_for:
 * @self: a socket
 * @condition: what to wait for
 * @timeout: seconds, 0 to look only, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until the socket is ready: the operator wait-for. Errors and hang-ups of the socket end the
 * wait too, whether they were asked for or not.
 *
 * Errors: `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_CLOSED`,
 * `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: what it is ready for, or 0
 *
 * Since: 1.0
 */
GIOCondition
gsock_socket_wait_for (GSockSocket *self, GIOCondition condition, double timeout, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = { TRUE, timeout, cancellable, 0 };
  GSockSocketPrivate *priv;
  int fd, ready;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), 0);

  priv = gsock_socket_get_private (self);
  patience.timeout = gsock_socket_effective_timeout (priv, timeout);
  if (!check_wait (condition, timeout, error))
    return 0;
  fd = gsock_socket_enter (self, "wait-for", error);
  if (fd < 0)
    return 0;
  ready = gsock_wait_one (&priv->handle, fd, to_events (condition), &patience);
  gsock_socket_leave (self);
  if (ready > 0)
    return to_condition (ready);
  gsock_error_set (error, ready, "wait-for", NULL);
  return 0;
}

static gboolean
check_wait_any (GSockSocket **sockets, guint n_sockets, const guint *conditions, guint n_conditions, double timeout, GError **error)
{
  if (n_sockets == 0 || n_sockets != n_conditions)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "wait-for-any: %u sockets with %u conditions", n_sockets, n_conditions);
  for (guint i = 0; i < n_sockets; i++)
    {
      if (!GSOCK_IS_SOCKET (sockets[i]))
        return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "wait-for-any: element %u is no socket", i);
      if (!check_wait (conditions[i], timeout, error))
        return FALSE;
    }
  return TRUE;
}

static void
leave_all (GSockSocket **sockets, guint n_sockets)
{
  for (guint i = 0; i < n_sockets; i++)
    gsock_socket_leave (sockets[i]);
}

static gboolean
enter_all (GSockSocket **sockets, guint n_sockets, const guint *conditions, GSockAwaited *awaited, GError **error)
{
  for (guint i = 0; i < n_sockets; i++)
    {
      int fd = gsock_socket_enter (sockets[i], "wait-for-any", error);

      if (fd < 0)
        {
          leave_all (sockets, i);
          return FALSE;
        }
      awaited[i] = (GSockAwaited){ .handle = gsock_socket_get_handle (sockets[i]), .fd = fd, .events = to_events (conditions[i]) };
    }
  return TRUE;
}

/**
 * gsock_wait_for_any:
 * @sockets: (array length=n_sockets): the sockets
 * @n_sockets: how many there are
 * @conditions: (array length=n_conditions): for each the #GIOCondition to wait for
 * @n_conditions: as many
 * @timeout: seconds, 0 to look only, or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until at least one of several sockets is ready: the operator wait-for-any.
 *
 * Errors: `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_INVALID_KEYWORD`, `GSOCK_ERROR_CLOSED` (one of them
 * is, or was closed meanwhile), `GSOCK_ERROR_NOT_INITIALIZED` and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (element-type GSockSocket) (transfer container): those that are ready, and only those
 *
 * Since: 1.0
 */
GPtrArray *
gsock_wait_for_any (GSockSocket **sockets, guint n_sockets, const guint *conditions, guint n_conditions, double timeout, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = { TRUE, timeout, cancellable, 0 };
  g_autofree GSockAwaited *awaited = g_new0 (GSockAwaited, n_sockets);
  g_autoptr (GPtrArray) ready = NULL;
  int result;

  if (!check_wait_any (sockets, n_sockets, conditions, n_conditions, timeout, error)
      || !enter_all (sockets, n_sockets, conditions, awaited, error))
    return NULL;
  result = gsock_wait (awaited, n_sockets, &patience);
  leave_all (sockets, n_sockets);
  if (result < 0)
    {
      gsock_error_set (error, result, "wait-for-any", NULL);
      return NULL;
    }
  ready = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_sockets; i++)
    if (awaited[i].revents != 0)
      g_ptr_array_add (ready, g_object_ref (sockets[i]));
  return g_steal_pointer (&ready);
}

/* Takes an array over, or NULL, and gives a list, for bindings that have no array, or free what is in one
   too early. */
GList *
gsock_list_of_objects (GPtrArray *objects)
{
  GList *list = NULL;

  for (guint i = objects != NULL ? objects->len : 0; i > 0; i--)
    list = g_list_prepend (list, g_object_ref (g_ptr_array_index (objects, i - 1)));
  g_clear_pointer (&objects, g_ptr_array_unref);
  return list;
}

/**
 * gsock_wait_for_any_as_list: (rename-to gsock_wait_for_any)
 * @sockets: (array length=n_sockets): the sockets
 * @n_sockets: how many there are
 * @conditions: (array length=n_conditions): for each the #GIOCondition to wait for
 * @n_conditions: as many
 * @timeout: seconds, 0 to look only, or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until at least one of several sockets is ready: what `gsock_wait_for_any` does, for other
 * languages, of which some know no such array.
 *
 * Errors: those of [func@wait_for_any].
 *
 * Returns: (element-type GSockSocket) (transfer full): those that are ready, and only those
 *
 * Since: 1.0
 */
GList *
gsock_wait_for_any_as_list (GSockSocket **sockets, guint n_sockets, const guint *conditions, guint n_conditions, double timeout, GCancellable *cancellable, GError **error)
{
  return gsock_list_of_objects (gsock_wait_for_any (sockets, n_sockets, conditions, n_conditions, timeout, cancellable, error));
}
