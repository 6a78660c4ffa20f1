/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A time limit for what can only be cancelled, as resolvers are: a thread that cancels it. */

#include <gsock/gsock-alarm-private.h>

static gpointer
watch (gpointer data)
{
  GSockAlarm *self = data;
  gboolean rings = FALSE;

  g_mutex_lock (&self->lock);
  while (!self->over && !rings)
    rings = !g_cond_wait_until (&self->changed, &self->lock, self->deadline);
  self->rang = rings = rings && !self->over;
  g_mutex_unlock (&self->lock);
  if (rings)
    g_cancellable_cancel (self->cancellable);
  return NULL;
}

static void
pass_on (GCancellable *outer, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
start_thread (GSockAlarm *self, double left)
{
  self->cancellable = g_cancellable_new ();
  self->deadline = g_get_monotonic_time () + (gint64) (MIN (left, 1e9) * 1e6);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  if (self->outer != NULL)
    self->outer_id = g_cancellable_connect (self->outer, G_CALLBACK (pass_on), self->cancellable, NULL);
  self->thread = g_thread_new ("gsock-alarm", watch, self);
}

void
gsock_alarm_start (GSockAlarm *self, GSockPatience *patience)
{
  double left = gsock_patience_left (patience);

  *self = (GSockAlarm){ .outer = patience->cancellable, .cancellable = patience->cancellable };
  if (left >= 0)
    start_thread (self, left);
}

gboolean
gsock_alarm_stop (GSockAlarm *self)
{
  if (self->thread == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->thread));
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_object_unref (g_steal_pointer (&self->cancellable));
  return self->rang;
}
