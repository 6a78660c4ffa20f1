/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting: one poll on the descriptors and on the wake descriptor of the waiting thread, which a
 * close and a cancellation write to. */

#include <gsock/gsock-wait-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/sys/gsock-sys.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <unistd.h>

/* Where no wake descriptor can be had (no number left), what it would tell is asked for so often. */
#define WITHOUT_WAKE_MS 20

/* On the stack of the thread that waits. A handle has a link for each of its waiters. */
typedef struct
{
  int wake_fd;
  gboolean woken; /* atomic */
} GSockWaiter;

struct _GSockWaiterLink
{
  GSockWaiter *waiter;
  GSockWaiterLink *next;
};

typedef struct
{
  int fds[2]; /* to poll, to write to; the same where the system has eventfd */
  guint generation;
} Wake;

static void
free_wake (gpointer data)
{
  Wake *wake = data;

  gsock_sys_wake_close (wake->fds);
  g_free (wake);
}

static GPrivate thread_wake = G_PRIVATE_INIT (free_wake);

/* Each thread keeps one. A forked child must not share its parent's: either would eat the other's
 * wake-ups. */
static Wake *
get_wake (void)
{
  guint generation = __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE);
  Wake *wake = g_private_get (&thread_wake);

  if (wake != NULL && wake->generation == generation)
    return wake;

  gsock_watch_forks ();
  wake = g_new0 (Wake, 1);
  wake->generation = generation;
  if (gsock_sys_wake_open (wake->fds) < 0)
    {
      g_free (wake);
      return NULL;
    }
  g_private_replace (&thread_wake, wake);
  return wake;
}

static void
wake_up (GSockWaiter *waiter)
{
  __atomic_store_n (&waiter->woken, TRUE, __ATOMIC_RELEASE);
  if (waiter->wake_fd >= 0)
    gsock_sys_wake_signal (waiter->wake_fd);
}

void
gsock_waiters_wake (GSockHandle *handle)
{
  gsock_handle_lock (handle);
  for (GSockWaiterLink *link = handle->waiters; link != NULL; link = link->next)
    wake_up (link->waiter);
  gsock_handle_unlock (handle);
}

static void
add_waiter (GSockHandle *handle, GSockWaiterLink *link)
{
  gsock_handle_lock (handle);
  link->next = handle->waiters;
  handle->waiters = link;
  gsock_handle_unlock (handle);
}

static void
remove_waiter (GSockHandle *handle, GSockWaiterLink *link)
{
  gsock_handle_lock (handle);
  for (GSockWaiterLink **at = &handle->waiters; *at != NULL; at = &(*at)->next)
    if (*at == link)
      {
        *at = link->next;
        break;
      }
  gsock_handle_unlock (handle);
}

static void
on_cancelled (GCancellable *cancellable, gpointer waiter)
{
  wake_up (waiter);
}

/* The deadline is worked out at the first wait: a call that need not wait asks no clock. */
static gint64
remaining_us (GSockPatience *patience)
{
  gint64 now;

  if (patience->timeout < 0 && patience->deadline == 0)
    return G_MAXINT64;

  now = g_get_monotonic_time ();
  if (patience->deadline == 0)
    patience->deadline = now + (gint64) fmin (patience->timeout * 1e6, 1e15) + 1;
  return MAX (patience->deadline - now, 0);
}

/* In seconds, for a call that this one is made of; negative: for ever. */
double
gsock_patience_left (GSockPatience *patience)
{
  return patience->timeout < 0 ? patience->timeout : remaining_us (patience) / 1e6;
}

static int
closed_or_cancelled (GSockAwaited *awaited, guint n_awaited, GSockPatience *patience)
{
  for (guint i = 0; i < n_awaited; i++)
    if (awaited[i].handle != NULL && gsock_handle_is_closed (awaited[i].handle))
      return -GSOCK_E_CLOSED;
  if (patience->cancellable != NULL && g_cancellable_is_cancelled (patience->cancellable))
    return -GSOCK_E_CANCELLED;
  return 0;
}

/* What gsock itself holds is as good as what the kernel has, unless it is more that is waited for. */
static gboolean
is_held (const GSockAwaited *awaited)
{
  if (awaited->serial != NULL)
    return __atomic_load_n (awaited->serial, __ATOMIC_SEQ_CST) != awaited->seen;
  return (awaited->events & POLLIN) != 0 && awaited->handle != NULL && gsock_handle_holds_input (awaited->handle);
}

static int
add_held (GSockAwaited *awaited, guint n_awaited, struct pollfd *fds)
{
  int n_held = 0;

  for (guint i = 0; i < n_awaited; i++)
    if (is_held (&awaited[i]))
      {
        fds[i].revents |= awaited[i].serial != NULL ? awaited[i].events | POLLIN : POLLIN;
        n_held++;
      }
  return n_held;
}

/* Polls until something is ready, is over or is out of time. Returns how many are ready. */
static int
poll_awaited (GSockAwaited *awaited, guint n_awaited, struct pollfd *fds, GSockWaiter *waiter, GSockPatience *patience)
{
  guint n_fds = n_awaited + (waiter->wake_fd >= 0 ? 1 : 0);

  for (;;)
    {
      gint64 left = remaining_us (patience);
      gint64 slice = waiter->wake_fd < 0 ? MIN (left, WITHOUT_WAKE_MS * 1000) : left;
      int over = closed_or_cancelled (awaited, n_awaited, patience);
      int n_held, ready;

      if (over < 0)
        return over;
      n_held = add_held (awaited, n_awaited, fds);
      ready = gsock_sys_poll (fds, n_fds, n_held > 0 ? 0 : slice == G_MAXINT64 ? -1 : slice);
      if (ready < 0 && errno != EINTR)
        return -errno;
      if (ready < 0 && gsock_is_interrupted ())
        return -EINTR;
      over = closed_or_cancelled (awaited, n_awaited, patience);
      if (over < 0)
        return over;
      if (n_held > 0 && add_held (awaited, n_awaited, fds) > 0)
        return n_held;
      if (ready > 0 && (n_fds == n_awaited || fds[n_awaited].revents == 0 || ready > 1))
        return ready;
      if (ready > 0)
        gsock_sys_wake_drain (fds[n_awaited].fd);
      else if (ready == 0 && left <= slice && patience->timeout >= 0)
        return -GSOCK_E_TIMED_OUT;
    }
}

static int
wait_registered (GSockAwaited *awaited, guint n_awaited, GSockWaiter *waiter, int poll_fd, GSockPatience *patience)
{
  struct pollfd few[4];
  struct pollfd *fds = n_awaited + 1 <= G_N_ELEMENTS (few) ? few : g_new (struct pollfd, n_awaited + 1);
  int ready;

  for (guint i = 0; i < n_awaited; i++)
    fds[i] = (struct pollfd){ .fd = awaited[i].fd, .events = awaited[i].events };
  fds[n_awaited] = (struct pollfd){ .fd = poll_fd, .events = POLLIN };

  ready = poll_awaited (awaited, n_awaited, fds, waiter, patience);
  for (guint i = 0; i < n_awaited; i++)
    awaited[i].revents = ready > 0 ? fds[i].revents : 0;
  if (fds != few)
    g_free (fds);
  return ready;
}

/* Waits until one of @awaited is ready; their revents tell which. Answers > 0, -EAGAIN where the
 * caller would not wait, -GSOCK_E_TIMED_OUT, -GSOCK_E_CLOSED, -GSOCK_E_CANCELLED or -errno, -EINTR where
 * a signal shall end the call. */
int
gsock_wait (GSockAwaited *awaited, guint n_awaited, GSockPatience *patience)
{
  Wake *wake;
  GSockWaiter waiter = { -1, FALSE };
  GSockWaiterLink one, *links;
  gulong cancelled_id = 0;
  int ready;

  if (!patience->wait)
    return -EAGAIN;

  wake = get_wake ();
  waiter.wake_fd = wake != NULL ? wake->fds[1] : -1;
  links = n_awaited <= 1 ? &one : g_new (GSockWaiterLink, n_awaited);
  for (guint i = 0; i < n_awaited; i++)
    {
      links[i].waiter = &waiter;
      if (awaited[i].handle != NULL)
        add_waiter (awaited[i].handle, &links[i]);
    }
  if (patience->cancellable != NULL)
    cancelled_id = g_cancellable_connect (patience->cancellable, G_CALLBACK (on_cancelled), &waiter, NULL);

  ready = wait_registered (awaited, n_awaited, &waiter, wake != NULL ? wake->fds[0] : -1, patience);

  if (cancelled_id != 0)
    g_cancellable_disconnect (patience->cancellable, cancelled_id);
  for (guint i = 0; i < n_awaited; i++)
    if (awaited[i].handle != NULL)
      remove_waiter (awaited[i].handle, &links[i]);
  if (links != &one)
    g_free (links);
  /* Nobody can write to it any more, so what is drained here is all there will be. */
  if (wake != NULL && __atomic_load_n (&waiter.woken, __ATOMIC_ACQUIRE))
    gsock_sys_wake_drain (wake->fds[0]);
  return ready;
}

int
gsock_wait_one (GSockHandle *handle, int fd, short events, GSockPatience *patience)
{
  GSockAwaited awaited = { .handle = handle, .fd = fd, .events = events };
  int ready = gsock_wait (&awaited, 1, patience);

  return ready > 0 ? awaited.revents : ready;
}

/* As gsock_wait, but for @seconds at most, where they are not negative: 0 when these went by first. */
int
gsock_wait_a_while (GSockAwaited *awaited, guint n_awaited, double seconds, GSockPatience *patience)
{
  GSockPatience nap = { TRUE, seconds, patience->cancellable, 0 };
  gint64 left;
  int ready;

  if (!patience->wait || seconds < 0)
    return gsock_wait (awaited, n_awaited, patience);
  left = remaining_us (patience);
  if (left == 0)
    return -GSOCK_E_TIMED_OUT;

  nap.timeout = MIN (nap.timeout, left / 1e6);
  ready = gsock_wait (awaited, n_awaited, &nap);
  return ready == -GSOCK_E_TIMED_OUT ? 0 : ready;
}

/* Lets some time go by where there is nothing that could be polled for; 0 when it has gone by. */
int
gsock_pause (GSockHandle *handle, guint milliseconds, GSockPatience *patience)
{
  GSockAwaited awaited = { .handle = handle, .fd = -1, .events = 0 };

  return gsock_wait_a_while (&awaited, 1, milliseconds / 1e3, patience);
}
