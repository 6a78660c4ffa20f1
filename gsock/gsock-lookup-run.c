/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a look-up, at once or asynchronously, with whatever resolver there is, where it can be
 * cancelled. */

#include <gsock/gsock-resolver-private.h>

#include <gsock/gsock-address-private.h>
#include <gsock/gsock-alarm-private.h>
#include <gsock/gsock-error-private.h>

GSockLookup *
gsock_lookup_new (const GSockDirection *direction, const char *name)
{
  GSockLookup *self = g_atomic_rc_box_new0 (GSockLookup);

  self->direction = direction;
  self->name = g_strdup (name);
  self->shown = gsock_text_shown (name);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) gsock_address_free);
  return self;
}

GSockLookup *
gsock_lookup_ref (GSockLookup *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
gsock_lookup_clear (gpointer data)
{
  GSockLookup *self = data;

  g_ptr_array_unref (self->addresses);
  g_free (self->name);
  g_free (self->shown);
  g_free (self->true_name);
  g_free (self->service);
}

void
gsock_lookup_unref (GSockLookup *self)
{
  g_atomic_rc_box_release_full (self, gsock_lookup_clear);
}

/* Asked for IPv4 alone, glibc takes the ::1 of a hosts file for 127.0.0.1 too, and answers it
 * twice. */
void
gsock_lookup_add (GSockLookup *self, const GSockAddress *address)
{
  if (!g_ptr_array_find_with_equal_func (self->addresses, address, (GEqualFunc) gsock_address_equal,
                                         NULL))
    g_ptr_array_add (self->addresses, gsock_address_copy (address));
}

/* GTask and resolvers word a cancellation each in its own way: here it gets one wording. */
static gboolean
conclude (const GSockLookup *lookup, GError *reason, GError **error)
{
  if (reason == NULL)
    return TRUE;

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (reason);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                   "look up %s: the operation was cancelled", lookup->shown);
      return FALSE;
    }
  g_propagate_error (error, reason);
  return FALSE;
}

static GTask *
new_task (GSockLookup *lookup,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, gsock_lookup_ref (lookup), (GDestroyNotify) gsock_lookup_unref);
  return task;
}

static void
ask_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GSockLookup *lookup = task_data;
  GError *error = NULL;

  if (lookup->direction->ask (lookup, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The thread goes on by itself when its answer is not wanted any more. */
static gboolean
ask_cancellable (GSockLookup *lookup, GCancellable *cancellable, GError **error)
{
  g_autoptr (GTask) task = new_task (lookup, cancellable, NULL, NULL);

  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread_sync (task, ask_in_thread);
  return g_task_propagate_boolean (task, error);
}

static gboolean
ask (GSockLookup *lookup, GCancellable *cancellable, GError **error)
{
  g_autoptr (GResolver) custom = gsock_resolver_get_custom ();

  if (custom != NULL)
    return lookup->direction->ask_custom (custom, lookup, cancellable, error);
  if (cancellable != NULL)
    return ask_cancellable (lookup, cancellable, error);
  return lookup->direction->ask (lookup, error);
}

static gboolean
ask_in_time (GSockLookup *lookup, GSockPatience *patience, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSockAlarm alarm;
  gboolean done;

  gsock_alarm_start (&alarm, patience);
  done = ask (lookup, alarm.cancellable, &reason);
  if (gsock_alarm_stop (&alarm) && !done)
    return gsock_error_set_for_name (error, -GSOCK_E_TIMED_OUT, "look up", lookup->shown);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&reason));
  return done;
}

gboolean
gsock_lookup_run (GSockLookup *lookup, GSockPatience *patience, GError **error)
{
  GSockPatience forever = GSOCK_PATIENCE_INIT (-1, NULL);
  GError *reason = NULL;

  if (patience == NULL)
    patience = &forever;
  if (!g_cancellable_set_error_if_cancelled (patience->cancellable, &reason)
      && lookup->direction->settle (lookup, &reason) && !lookup->settled)
    ask_in_time (lookup, patience, &reason);
  return conclude (lookup, reason, error);
}

static void
ask_async (GSockLookup *lookup, GTask *task)
{
  g_autoptr (GResolver) custom = gsock_resolver_get_custom ();

  if (custom != NULL)
    {
      lookup->direction->ask_custom_async (custom, task);
      return;
    }
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, ask_in_thread);
}

void
gsock_lookup_run_async (GSockLookup *lookup,
                        gpointer source_tag,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = new_task (lookup, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, source_tag);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (!lookup->direction->settle (lookup, &error))
    g_task_return_error (task, error);
  else if (lookup->settled)
    g_task_return_boolean (task, TRUE);
  else
    ask_async (lookup, task);
}

GSockLookup *
gsock_lookup_run_finish (GAsyncResult *result, GError **error)
{
  GSockLookup *lookup = g_task_get_task_data (G_TASK (result));
  GError *reason = NULL;

  g_task_propagate_boolean (G_TASK (result), &reason);
  return conclude (lookup, reason, error) ? lookup : NULL;
}
