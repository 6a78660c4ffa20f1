/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source for main contexts: the readiness of one socket, its cancellation and its end. */

#include <gsock/gsock-source.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-source-private.h>

#include <pthread.h>

typedef struct _GSockBell GSockBell;

typedef struct
{
  GSource source;
  GSockSocket *socket;
  GIOCondition condition;
  gpointer fd_tag; /* NULL: not watched, or not any more */
  GCancellable *cancellable;
  GSockBell *bell;
} GSockSource;

/* What another thread rings to have a source looked at: a child of it, so that it comes and goes with it.
 * The table holds a reference, by which a bell that is found there can be rung, though its source may be
 * about to end: who destroys a source, or its whole context, has to wait for the lock before it goes on. */
struct _GSockBell
{
  GSource source;
  GSockHandle *handle; /* atomic; NULL: it is not in the table any more */
  GSockBell *next;
  guint process;       /* in whose threads its context is */
};

/* The first bell of each handle that has one. Most have none, and no room for it. */
static GHashTable *bells = NULL;
static pthread_mutex_t bells_lock = PTHREAD_MUTEX_INITIALIZER;

void
gsock_source_lock_bells (void)
{
  pthread_mutex_lock (&bells_lock);
}

void
gsock_source_unlock_bells (void)
{
  pthread_mutex_unlock (&bells_lock);
}

static gboolean
bell_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs bell_funcs = { .dispatch = bell_dispatch };

static void
set_first (GSockHandle *handle, GSockBell *first)
{
  if (first != NULL)
    g_hash_table_replace (bells, handle, first);
  else
    g_hash_table_remove (bells, handle);
}

/* Also called by GLib, when the bell is destroyed with its source. */
static void
take_down (gpointer bell)
{
  GSockBell *self = bell, *first, **at;
  GSockHandle *handle = __atomic_exchange_n (&self->handle, NULL, __ATOMIC_ACQ_REL);

  if (handle == NULL)
    return;
  gsock_source_lock_bells ();
  first = g_hash_table_lookup (bells, handle);
  for (at = &first; *at != self; at = &(*at)->next)
    ;
  *at = self->next;
  set_first (handle, first);
  gsock_source_unlock_bells ();
  g_source_unref (&self->source);
}

/* Who rings has something to tell before, and who has hung up a bell looks for that later. Both change
 * the flag: whoever comes second knows what the first has done. */
static void
hang_up (GSockSource *self, GSockHandle *handle)
{
  GSource *bell = g_source_new (&bell_funcs, sizeof (GSockBell));

  self->bell = (GSockBell *) bell;
  self->bell->handle = handle;
  self->bell->process = gsock_process_depth;
  g_source_set_static_name (bell, "GSockBell");
  g_source_set_callback (bell, NULL, bell, take_down);
  g_source_add_child_source (&self->source, bell);
  gsock_source_lock_bells ();
  if (bells == NULL)
    bells = g_hash_table_new (NULL, NULL);
  self->bell->next = g_hash_table_lookup (bells, handle);
  set_first (handle, (GSockBell *) g_source_ref (bell));
  (void) __atomic_exchange_n (&handle->has_bells, TRUE, __ATOMIC_ACQ_REL);
  gsock_source_unlock_bells ();
}

/* After a fork the contexts of other threads may be locked for ever. A context that the child goes on with
 * looks at its sources at each turn. */
void
gsock_source_ring_bells (GSockHandle *handle)
{
  if (!__atomic_fetch_or (&handle->has_bells, FALSE, __ATOMIC_ACQ_REL))
    return;
  gsock_source_lock_bells ();
  for (GSockBell *bell = g_hash_table_lookup (bells, handle); bell != NULL; bell = bell->next)
    if (bell->process == gsock_process_depth)
      g_source_set_ready_time (&bell->source, 0);
  gsock_source_unlock_bells ();
}

gboolean
gsock_source_has_bells (GSockHandle *handle)
{
  gboolean has;

  gsock_source_lock_bells ();
  has = bells != NULL && g_hash_table_contains (bells, handle);
  gsock_source_unlock_bells ();
  return has;
}

static gboolean
is_over (GSockSource *self)
{
  GSockHandle *handle = gsock_socket_get_handle (self->socket);

  return gsock_handle_get_descriptor (handle) < 0;
}

/* The number may be another file's by now. */
static void
stop_watching (GSockSource *self)
{
  if (self->fd_tag != NULL)
    g_source_remove_unix_fd (&self->source, self->fd_tag);
  self->fd_tag = NULL;
}

/* The kernel knows nothing of what gsock has received and holds. */
static gboolean
holds_input (GSockSource *self)
{
  return (self->condition & G_IO_IN) != 0 && gsock_handle_holds_input (gsock_socket_get_handle (self->socket));
}

static gboolean
source_prepare (GSource *source, int *timeout)
{
  GSockSource *self = (GSockSource *) source;

  *timeout = -1;
  if (!is_over (self))
    return holds_input (self);
  stop_watching (self);
  return TRUE;
}

static GIOCondition
ready_for (GSockSource *self)
{
  if (is_over (self))
    return G_IO_HUP;
  if (self->fd_tag == NULL)
    return 0;
  return (g_source_query_unix_fd (&self->source, self->fd_tag) & (self->condition | G_IO_ERR | G_IO_HUP)) | (holds_input (self) ? G_IO_IN : 0);
}

static gboolean
source_check (GSource *source)
{
  return ready_for ((GSockSource *) source) != 0;
}

/* Also called for the children: the cancellable's, and the bell, after which there may be nothing. */
static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GSockSource *self = (GSockSource *) source;
  GSockSocketSourceFunc function = (GSockSocketSourceFunc) (gpointer) callback;
  GIOCondition condition = ready_for (self);

  if (condition == 0 && !g_cancellable_is_cancelled (self->cancellable))
    return G_SOURCE_CONTINUE;
  if (function == NULL)
    {
      g_warning ("A source of a socket was dispatched without a callback: call g_source_set_callback first");
      return G_SOURCE_REMOVE;
    }
  return function (self->socket, condition, user_data);
}

static void
source_finalize (GSource *source)
{
  GSockSource *self = (GSockSource *) source;

  take_down (self->bell);
  g_source_unref (&self->bell->source);
  g_clear_object (&self->cancellable);
  g_object_unref (self->socket);
}

static gboolean
call_closure (GSockSocket *socket, GIOCondition condition, gpointer closure)
{
  GValue arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };
  GValue answer = G_VALUE_INIT;
  gboolean again;

  g_value_init (&answer, G_TYPE_BOOLEAN);
  g_value_init (&arguments[0], GSOCK_TYPE_SOCKET);
  g_value_set_object (&arguments[0], socket);
  g_value_init (&arguments[1], G_TYPE_IO_CONDITION);
  g_value_set_flags (&arguments[1], condition);
  g_closure_invoke (closure, &answer, G_N_ELEMENTS (arguments), arguments, NULL);
  again = g_value_get_boolean (&answer);
  g_value_unset (&arguments[1]);
  g_value_unset (&arguments[0]);
  g_value_unset (&answer);
  return again;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
  .finalize = source_finalize,
  .closure_callback = (GSourceFunc) (gpointer) call_closure,
  .closure_marshal = (GSourceDummyMarshal) (gpointer) g_cclosure_marshal_generic,
};

static void
add_cancellable (GSockSource *self, GCancellable *cancellable)
{
  g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

  g_source_set_dummy_callback (child);
  g_source_add_child_source (&self->source, child);
  self->cancellable = g_object_ref (cancellable);
}

/**
 * gsock_socket_create_source:
 * @self: a socket
 * @condition: what to wait for: %G_IO_IN, %G_IO_OUT, %G_IO_PRI or several of them
 * @cancellable: (nullable): a cancellable
 *
 * Makes a source for a main context, which is dispatched each time that the context finds the socket
 * ready: for programs that compose sources of their own. An error or the end of a connection is told
 * unasked, as %G_IO_ERR and %G_IO_HUP.
 *
 * The callback has the form of [callback@SocketSourceFunc]. When @cancellable is cancelled it is called
 * with a condition of 0. Once the socket is closed, by whatever thread, the source is dispatched with
 * %G_IO_HUP at once and at each turn, until it is destroyed; one that is made of a closed socket, or of
 * one that was never initialised, does so from the beginning. The source keeps a reference to the socket.
 *
 * The descriptor is among those that the context polls, as with every #GSource: each turn of the main
 * loop looks at all of them, ready or not. For many sockets that are mostly idle that is the greater
 * part of the work; [method@Socket.watch], which costs what happens and not what is waited for, is for that.
 *
 * What the socket has received and holds, of which the kernel knows nothing, counts as input.
 *
 * In Python and JavaScript `set_callback` of the source takes a function of the socket and the condition.
 *
 * Returns: (transfer full): the source, which is attached to no context yet
 *
 * Since: 1.0
 */
GSource *
gsock_socket_create_source (GSockSocket *self, GIOCondition condition, GCancellable *cancellable)
{
  GSource *source;
  GSockSource *made;
  int fd;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  source = g_source_new (&source_funcs, sizeof (GSockSource));
  g_source_set_static_name (source, "GSockSource");
  made = (GSockSource *) source;
  made->socket = g_object_ref (self);
  made->condition = condition;
  hang_up (made, gsock_socket_get_handle (self));
  if (cancellable != NULL)
    add_cancellable (made, cancellable);
  fd = gsock_handle_enter (gsock_socket_get_handle (self), 1);
  if (fd < 0)
    return source;
  made->fd_tag = g_source_add_unix_fd (source, fd, condition);
  gsock_socket_leave (self);
  return source;
}
