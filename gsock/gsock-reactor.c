/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reactor: the one source through which a main context serves all sockets that are waited for in it. */

#include <gsock/gsock-interest-private.h>

typedef struct
{
  GSource source;
  GSockReactor *reactor;
} ReactorSource;

/* By context and priority. Held across every fork, with the locks of all reactors. */
static pthread_mutex_t reactors_lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *reactors = NULL;

/* The source */

/* The thread that runs the context need not be the one that has made it. */
static GSockReactor *
reactor_of (GSource *source)
{
  return __atomic_load_n (&((ReactorSource *) source)->reactor, __ATOMIC_ACQUIRE);
}

static void
expire (GSockReactor *self, gint64 now)
{
  GSockInterest *interest;

  while ((interest = gsock_deadlines_first (self->deadlines)) != NULL && interest->deadline <= now)
    gsock_interest_fire (interest, GSOCK_TOLD_LATE);
}

static gboolean
has_queued (GSockReactor *self)
{
  return self->first != NULL || self->next_first != NULL;
}

static gboolean
source_prepare (GSource *source, int *timeout)
{
  GSockReactor *self = reactor_of (source);
  GSockInterest *earliest;
  gboolean ready;

  *timeout = -1;
  pthread_mutex_lock (&self->lock);
  if (G_UNLIKELY (self->readiness.inherited))
    gsock_readiness_renew (&self->readiness);
  ready = has_queued (self);
  earliest = gsock_deadlines_first (self->deadlines);
  if (!ready && earliest != NULL)
    {
      gint64 left = earliest->deadline - g_source_get_time (source);

      ready = left <= 0;
      *timeout = (int) CLAMP ((left + 999) / 1000, 0, G_MAXINT);
    }
  self->asleep = !ready;
  pthread_mutex_unlock (&self->lock);
  return ready;
}

static gboolean
source_check (GSource *source)
{
  GSockReactor *self = reactor_of (source);
  GSockInterest *earliest;
  gboolean ready;

  pthread_mutex_lock (&self->lock);
  self->asleep = FALSE;
  earliest = gsock_deadlines_first (self->deadlines);
  ready = has_queued (self) || (earliest != NULL && earliest->deadline <= g_source_get_time (source));
  pthread_mutex_unlock (&self->lock);
  return ready;
}

/* What was put off is now behind what was not. */
static void
begin_turn (GSockReactor *self)
{
  self->turn++;
  if (self->next_first == NULL)
    return;
  self->next_first->previous = self->last;
  if (self->last != NULL)
    self->last->next = self->next_first;
  else
    self->first = self->next_first;
  self->last = self->next_last;
  self->next_first = self->next_last = NULL;
}

/* One after the other from the one queue: a function may run the context itself, and finds the rest
 * there. Answers whether there was any. */
static gboolean
tell_queued (GSockReactor *self)
{
  GSockInterest *interest;
  gboolean any = FALSE;

  for (; (interest = self->first) != NULL; any = TRUE)
    {
      guint told = interest->told;

      gsock_interest_unlink (&self->first, &self->last, interest);
      interest->told = 0;
      pthread_mutex_unlock (&self->lock);
      interest->function (interest, told);
      pthread_mutex_lock (&self->lock);
    }
  return any;
}

/* First what was put off: an operation that ends is often followed by one that waits, and should be
 * waiting when the kernel is asked. If a function has run the context meanwhile, that has been done. */
static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GSockReactor *self = reactor_of (source);
  gboolean told;
  guint turn;

  pthread_mutex_lock (&self->lock);
  begin_turn (self);
  turn = self->turn;
  self->asleep = FALSE;
  if (self->woken)
    {
      self->woken = FALSE;
      g_source_set_ready_time (source, -1);
    }
  expire (self, g_source_get_time (source));
  told = tell_queued (self);
  if (self->turn == turn)
    gsock_readiness_fetch (&self->readiness, gsock_record_ready, told);
  tell_queued (self);
  pthread_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

/* Reactors */

static guint
hash_reactor (gconstpointer key)
{
  const GSockReactor *self = key;

  return g_direct_hash (self->context) ^ (guint) self->priority;
}

static gboolean
equal_reactors (gconstpointer a, gconstpointer b)
{
  const GSockReactor *one = a, *other = b;

  return one->context == other->context && one->priority == other->priority;
}

static void
abandon_record (GSockRecord *record, guint unused)
{
  while (record->first != NULL)
    gsock_interest_fire (record->first, GSOCK_TOLD_ABANDONED);
}

static void
tell_abandoned (GSockReactor *self)
{
  GSockInterest *interest;

  while ((interest = self->first) != NULL)
    {
      gsock_interest_unlink (&self->first, &self->last, interest);
      pthread_mutex_unlock (&self->lock);
      interest->function (interest, GSOCK_TOLD_ABANDONED);
      pthread_mutex_lock (&self->lock);
    }
}

/* The context goes. It is not free memory yet, and is not before those have left the lock who are about
 * to wake it; nor can another one at the same place be taken for it. */
static void
on_context_going (gpointer data)
{
  GSockReactor *self = data;

  pthread_mutex_lock (&reactors_lock);
  g_hash_table_remove (reactors, self);
  pthread_mutex_unlock (&reactors_lock);
  pthread_mutex_lock (&self->lock);
  gsock_readiness_foreach (&self->readiness, abandon_record);
  while (self->deadlines->len > 0)
    gsock_interest_fire (gsock_deadlines_first (self->deadlines), GSOCK_TOLD_ABANDONED);
  gsock_readiness_end (&self->readiness);
  begin_turn (self);
  tell_abandoned (self);
  pthread_mutex_unlock (&self->lock);
}

static void
source_finalize (GSource *source)
{
  gsock_reactor_unref (reactor_of (source));
}

/* There is a function for the sake of what is called when it is dropped. */
static gboolean
never_called (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
  .finalize = source_finalize,
};

static GSockReactor *
new_reactor (GMainContext *context, int priority)
{
  GSockReactor *self = g_new0 (GSockReactor, 1);
  GSource *source = g_source_new (&source_funcs, sizeof (ReactorSource));

  self->references = 1; /* the source's */
  pthread_mutex_init (&self->lock, NULL);
  self->context = context;
  self->priority = priority;
  self->deadlines = g_ptr_array_new ();
  gsock_readiness_init (&self->readiness, source);
  g_source_set_static_name (source, "GSockReactor");
  g_source_set_priority (source, priority);
  g_source_set_can_recurse (source, TRUE);
  g_source_set_callback (source, never_called, self, on_context_going);
  __atomic_store_n (&((ReactorSource *) source)->reactor, self, __ATOMIC_RELEASE);
  g_source_attach (source, context);
  g_source_unref (source);
  return self;
}

GSockReactor *
gsock_reactor_ref (GSockReactor *self)
{
  __atomic_add_fetch (&self->references, 1, __ATOMIC_RELAXED);
  return self;
}

void
gsock_reactor_unref (GSockReactor *self)
{
  if (__atomic_sub_fetch (&self->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  g_ptr_array_unref (self->deadlines);
  gsock_readiness_clear (&self->readiness);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Forks: no other thread may be about to change a reactor that the child will have. */

static void
for_each_reactor (void (*function) (GSockReactor *reactor))
{
  GHashTableIter iter;
  gpointer reactor;

  if (reactors == NULL)
    return;
  g_hash_table_iter_init (&iter, reactors);
  while (g_hash_table_iter_next (&iter, &reactor, NULL))
    function (reactor);
}

static void
lock_one (GSockReactor *self)
{
  pthread_mutex_lock (&self->lock);
}

static void
unlock_one (GSockReactor *self)
{
  pthread_mutex_unlock (&self->lock);
}

/* Nobody sleeps in the child but who has forked. */
static void
inherit_one (GSockReactor *self)
{
  self->asleep = FALSE;
  gsock_readiness_inherit (&self->readiness);
}

void
gsock_reactors_lock (void)
{
  pthread_mutex_lock (&reactors_lock);
  for_each_reactor (lock_one);
}

void
gsock_reactors_unlock (void)
{
  for_each_reactor (unlock_one);
  pthread_mutex_unlock (&reactors_lock);
}

void
gsock_reactors_inherit (void)
{
  for_each_reactor (inherit_one);
}

/* %NULL is the default context. */
GSockReactor *
gsock_reactor_get (GMainContext *context, int priority)
{
  GSockReactor key = { .context = context != NULL ? context : g_main_context_default (), .priority = priority };
  GSockReactor *self;

  pthread_mutex_lock (&reactors_lock);
  if (reactors == NULL)
    reactors = g_hash_table_new (hash_reactor, equal_reactors);
  self = g_hash_table_lookup (reactors, &key);
  if (self == NULL)
    {
      self = new_reactor (key.context, priority);
      g_hash_table_add (reactors, self);
    }
  gsock_reactor_ref (self);
  pthread_mutex_unlock (&reactors_lock);
  return self;
}

