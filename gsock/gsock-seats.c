/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many connections of a server are open. */

#include <gsock/gsock-seats-private.h>

#include <gsock/gsock-socket-private.h>

#include <pthread.h>

struct _GSockSeats
{
  guint references; /* atomic */
  guint n_taken; /* atomic */
  GMainContext *context;
  pthread_mutex_t lock; /* guards the rest */
  void (*vacated) (gpointer owner);
  gpointer owner; /* NULL: has gone */
  GSource *call;  /* that is to tell the owner */
};

static G_DEFINE_QUARK (gsock-seat, gsock_seat)

static void
seats_unref (gpointer data)
{
  GSockSeats *self = data;

  if (__atomic_sub_fetch (&self->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  pthread_mutex_destroy (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

static GSockSeats *
seats_ref (GSockSeats *self)
{
  __atomic_add_fetch (&self->references, 1, __ATOMIC_RELAXED);
  return self;
}

GSockSeats *
gsock_seats_new (GMainContext *context, void (*vacated) (gpointer owner), gpointer owner)
{
  GSockSeats *self = g_new0 (GSockSeats, 1);

  self->references = 1;
  pthread_mutex_init (&self->lock, NULL);
  self->context = g_main_context_ref (context);
  self->vacated = vacated;
  self->owner = owner;
  return self;
}

void
gsock_seats_leave (GSockSeats *self)
{
  pthread_mutex_lock (&self->lock);
  self->owner = NULL;
  if (self->call != NULL)
    g_source_destroy (self->call);
  g_clear_pointer (&self->call, g_source_unref);
  pthread_mutex_unlock (&self->lock);
  seats_unref (self);
}

static gboolean
on_call (gpointer data)
{
  GSockSeats *self = data;
  gpointer owner;

  pthread_mutex_lock (&self->lock);
  owner = self->owner;
  g_clear_pointer (&self->call, g_source_unref);
  pthread_mutex_unlock (&self->lock);
  if (owner != NULL)
    self->vacated (owner);
  return G_SOURCE_REMOVE;
}

/* The owner is told in its own thread, where it can take the next. */
static void
vacate (gpointer data)
{
  GSockSeats *self = data;

  (void) __atomic_sub_fetch (&self->n_taken, 1, __ATOMIC_ACQ_REL);
  pthread_mutex_lock (&self->lock);
  if (self->owner != NULL && self->call == NULL)
    {
      self->call = g_idle_source_new ();
      g_source_set_priority (self->call, G_PRIORITY_DEFAULT);
      g_source_set_static_name (self->call, "GSockSeats");
      g_source_set_callback (self->call, on_call, seats_ref (self), seats_unref);
      g_source_attach (self->call, self->context);
    }
  pthread_mutex_unlock (&self->lock);
  seats_unref (self);
}

void
gsock_seats_take (GSockSeats *self, GSockSocket *socket)
{
  (void) __atomic_add_fetch (&self->n_taken, 1, __ATOMIC_ACQ_REL);
  g_object_set_qdata_full (G_OBJECT (socket), gsock_seat_quark (), seats_ref (self), vacate);
  __atomic_store_n (&gsock_socket_get_handle (socket)->seated, TRUE, __ATOMIC_RELEASE);
}

guint
gsock_seats_count (GSockSeats *self)
{
  return __atomic_load_n (&self->n_taken, __ATOMIC_ACQUIRE);
}

void
gsock_seats_socket_closed (GSockSocket *socket)
{
  if (__atomic_load_n (&gsock_socket_get_handle (socket)->seated, __ATOMIC_ACQUIRE))
    g_object_set_qdata (G_OBJECT (socket), gsock_seat_quark (), NULL);
}
