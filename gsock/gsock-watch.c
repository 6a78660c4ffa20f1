/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches: a function that is called whenever a socket is ready. */

#include <gsock/gsock-watch.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-reactor-private.h>
#include <gsock/gsock-socket-private.h>

#include <poll.h>

/* Errors and hang-ups are told unasked and for as long as they last: not oftener than so. */
#define HOPELESS_PAUSE_US 10000

struct _GSockWatch
{
  GSockInterest interest;
  guint references;
  guint16 events;
  GSockFlag ended;    /* atomic */
  GSockFlag hopeless; /* so it was when it was told last */
  GSockSocket *socket;
  GSockWatchFunc callback;
  gpointer user_data;
  GDestroyNotify notify;
};

/* As there may be as many as there are sockets. */
G_STATIC_ASSERT (sizeof (gpointer) != 8 || sizeof (GSockWatch) <= 104);

G_DEFINE_BOXED_TYPE (GSockWatch, gsock_watch, gsock_watch_ref, gsock_watch_unref)

/**
 * gsock_watch_ref:
 * @self: a watch
 *
 * Keeps the object. That does not keep the socket watched.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
GSockWatch *
gsock_watch_ref (GSockWatch *self)
{
  __atomic_add_fetch (&self->references, 1, __ATOMIC_RELAXED);
  return self;
}

/**
 * gsock_watch_unref:
 * @self: (transfer full): a watch
 *
 * Lets go of the object.
 *
 * Since: 1.0
 */
void
gsock_watch_unref (GSockWatch *self)
{
  if (__atomic_sub_fetch (&self->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  gsock_reactor_unref (self->interest.reactor);
  g_free (self);
}

/* By whoever has the interest, so once. */
static void
finish (GSockWatch *self)
{
  GSockSocket *socket = g_steal_pointer (&self->socket);

  __atomic_store_n (&self->ended, TRUE, __ATOMIC_SEQ_CST);
  if (self->notify != NULL)
    self->notify (self->user_data);
  g_object_unref (socket);
  gsock_watch_unref (self);
}

/* From here on another thread may have ended it, and its interest with it. What ends it meanwhile finds
 * it waiting, or is found here. */
static void
go_on (GSockWatch *self, guint events)
{
  GSockHandle *handle = gsock_socket_get_handle (self->socket);
  gboolean stays;

  gsock_watch_ref (self);
  stays = gsock_interest_wait (&self->interest, handle, -1, events) == 0 || gsock_interest_defer (&self->interest);
  if (!stays || (__atomic_load_n (&self->ended, __ATOMIC_SEQ_CST) && gsock_interest_withdraw (&self->interest)))
    finish (self);
  gsock_watch_unref (self);
}

static void
pause_for_a_while (GSockWatch *self)
{
  self->hopeless = FALSE;
  self->interest.deadline = g_get_monotonic_time () + HOPELESS_PAUSE_US;
  go_on (self, 0);
}

/* An output that was hung up is ready too, for nothing but the same error. A number that is invalid was
 * closed behind our back. */
static gboolean
is_hopeless (guint told)
{
  return (told & ~(guint) (POLLERR | POLLHUP | POLLNVAL)) == 0 || ((told & POLLHUP) != 0 && (told & POLLIN) == 0);
}

static void
call_back (GSockWatch *self, guint told)
{
  self->hopeless = is_hopeless (told);
  if (self->callback (self->socket, (GIOCondition) told, self->user_data) && !__atomic_load_n (&self->ended, __ATOMIC_SEQ_CST))
    go_on (self, self->events);
  else
    finish (self);
}

/* Another function that was called in the same turn may have closed the socket. */
static void
on_told (GSockInterest *interest, guint told)
{
  GSockWatch *self = (GSockWatch *) (gpointer) interest;

  interest->deadline = 0;
  if ((told & GSOCK_TOLD_ABANDONED) != 0 || __atomic_load_n (&self->ended, __ATOMIC_SEQ_CST))
    finish (self);
  else if ((told & ~0xffffu & ~GSOCK_TOLD_LATE) != 0 || gsock_handle_is_closed (gsock_socket_get_handle (self->socket)))
    {
      (void) self->callback (self->socket, G_IO_HUP, self->user_data);
      finish (self);
    }
  else if ((told & GSOCK_TOLD_LATE) != 0)
    go_on (self, self->events);
  else if (self->hopeless && is_hopeless (told))
    pause_for_a_while (self);
  else
    call_back (self, told);
}

/**
 * gsock_watch_cancel:
 * @self: a watch
 *
 * Ends a watch: from any thread, and again to no effect. Where the function is being called in another
 * thread that call is not waited for; it is not called again. What was to be called at the end is
 * called before this returns, unless the function is being called.
 *
 * Since: 1.0
 */
void
gsock_watch_cancel (GSockWatch *self)
{
  g_return_if_fail (self != NULL);

  if (__atomic_exchange_n (&self->ended, TRUE, __ATOMIC_SEQ_CST))
    return;
  if (gsock_interest_withdraw (&self->interest))
    finish (self);
}

static GSockWatch *
new_watch (GSockSocket *socket, GIOCondition condition, int priority)
{
  GSockWatch *self = g_new0 (GSockWatch, 1);

  self->references = 1;
  self->socket = g_object_ref (socket);
  self->events = condition & (G_IO_IN | G_IO_OUT | G_IO_PRI);
  self->interest.function = on_told;
  self->interest.reactor = gsock_reactor_get (g_main_context_get_thread_default (), priority);
  return self;
}

static gboolean
check_condition (GSockSocket *self, GIOCondition condition, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self);
  const guint known = G_IO_IN | G_IO_OUT | G_IO_PRI | G_IO_ERR | G_IO_HUP;

  if ((condition & (G_IO_IN | G_IO_OUT | G_IO_PRI)) == 0 || (condition & ~known) != 0)
    return gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD,
                                "watch: the condition 0x%x is none of in, out and pri, with err and hup as well if you like", condition);
  if (!gsock_handle_has_descriptor (handle) && !gsock_handle_is_closed (handle))
    return gsock_error_set (error, -GSOCK_E_NOT_INITIALIZED, "watch", NULL);
  return TRUE;
}

/**
 * gsock_socket_watch:
 * @self: a socket
 * @condition: %G_IO_IN, %G_IO_OUT, %G_IO_PRI; errors and hang-ups are told always
 * @priority: as of a #GSource, for instance %G_PRIORITY_DEFAULT
 * @callback: (scope notified) (closure user_data): what to call when the socket is ready
 * @user_data: what to give it
 * @notify: (destroy user_data) (nullable): what to call when the watch is over
 * @error: return location for an error
 *
 * Has a function called in the thread-default main context whenever the socket is ready: for servers,
 * and whoever has many sockets. Other than with a #GSource, what is watched but idle costs nothing: all
 * that is watched in one context with one priority is one source there.
 *
 * The function is called again as long as the socket stays ready. Where all that can be told is an error
 * or a hang-up it is not called more than a hundred times a second for that. It may run the main context
 * itself; it is not called for the same watch meanwhile.
 *
 * When the socket is closed, by whomever, the function is called a last time, with %G_IO_HUP, also
 * where the socket is closed already. It is not where it has ended the watch itself, by
 * %G_SOURCE_REMOVE or [method@Watch.cancel]. The watch keeps the socket.
 *
 * Errors: `GSOCK_ERROR_INVALID_KEYWORD` for a condition that nothing can be ready for, and
 * `GSOCK_ERROR_NOT_INITIALIZED`.
 *
 * Returns: (transfer none): the watch, which lasts until @notify is called, or longer for who refs it
 *
 * Since: 1.0
 */
GSockWatch *
gsock_socket_watch (GSockSocket *self, GIOCondition condition, int priority, GSockWatchFunc callback, gpointer user_data, GDestroyNotify notify, GError **error)
{
  GSockWatch *watch;

  g_return_val_if_fail (GSOCK_IS_SOCKET (self), NULL);

  if (callback == NULL)
    gsock_error_literal (error, GSOCK_ERROR_INVALID_KEYWORD, "watch: there is no function to call");
  if (callback == NULL || !check_condition (self, condition, error))
    return NULL;
  watch = new_watch (self, condition, priority);
  watch->callback = callback;
  watch->user_data = user_data;
  watch->notify = notify;
  go_on (watch, watch->events);
  return watch;
}
