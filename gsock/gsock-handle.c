/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor's life: who uses it, who else may hold it, and how it is closed under waiting calls. */

#include <gsock/gsock-handle-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-reactor-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-source-private.h>
#include <gsock/gsock-stream-private.h>
#include <gsock/gsock-wait-private.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

guint gsock_fork_generation = 0;
guint16 gsock_process_depth = 0;

/* Held by whoever makes a handle the child's, and across every fork. */
static pthread_mutex_t inheritance = PTHREAD_MUTEX_INITIALIZER;

/* The handles share these, for a mutex is as large as half a handle and rarely held. ThreadSanitizer
 * knows them, which a GMutex is not known to. */
static pthread_mutex_t locks[] = {
  PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
  PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
  PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
  PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};

/* Objects of this size are a multiple of 16 bytes apart. */
static pthread_mutex_t *
lock_of (GSockHandle *self)
{
  gsize number = GPOINTER_TO_SIZE (self) >> 4;

  return &locks[(number ^ number >> 4) % G_N_ELEMENTS (locks)];
}

/* Never those of two handles at a time: they may be the same. */
void
gsock_handle_lock (GSockHandle *self)
{
  pthread_mutex_lock (lock_of (self));
}

void
gsock_handle_unlock (GSockHandle *self)
{
  pthread_mutex_unlock (lock_of (self));
}

static void
before_fork (void)
{
  pthread_mutex_lock (&inheritance);
  for (gsize i = 0; i < G_N_ELEMENTS (locks); i++)
    pthread_mutex_lock (&locks[i]);
  gsock_reactors_lock ();
  gsock_source_lock_bells ();
}

static void
count_fork (void)
{
  __atomic_add_fetch (&gsock_fork_generation, 1, __ATOMIC_RELEASE);
  gsock_source_unlock_bells ();
  gsock_reactors_unlock ();
  for (gsize i = 0; i < G_N_ELEMENTS (locks); i++)
    pthread_mutex_unlock (&locks[i]);
  pthread_mutex_unlock (&inheritance);
}

static void
count_child (void)
{
  gsock_process_depth++;
  gsock_reactors_inherit ();
  count_fork ();
}

/* Both sides of a fork share the descriptors from then on. What calls exec at once runs no such
 * handler where the C library knows (posix_spawn), and closes every descriptor of ours. */
void
gsock_watch_forks (void)
{
  static gsize watching = 0;

  if (g_once_init_enter (&watching))
    {
      pthread_atfork (before_fork, count_fork, count_child);
      g_once_init_leave (&watching, 1);
    }
}

/* A child has the counts of its parent, but of all threads only the one that forked: who
 * was in a call then is not in it here. Without this the child's close would keep the descriptor open
 * for threads that it does not have, and end the parent's conversation to wake them. */
void
gsock_handle_forget_parent (GSockHandle *self)
{
  pthread_mutex_lock (&inheritance);
  if (self->process != gsock_process_depth)
    {
      guint users = __atomic_and_fetch (&self->users, GSOCK_USERS_CLOSED, __ATOMIC_ACQ_REL);

      self->waiters = NULL;
      gsock_segments_forget_parent (self->segments);
      gsock_streams_forget_parent (self->streams);
      if (users == GSOCK_USERS_CLOSED)
        gsock_handle_release (self);
      __atomic_store_n (&self->process, gsock_process_depth, __ATOMIC_RELEASE);
    }
  pthread_mutex_unlock (&inheritance);
}

void
gsock_handle_init (GSockHandle *self)
{
  gsock_watch_forks ();
  self->process = gsock_process_depth;
  self->fd = -1;
  self->ops = gsock_family_find (AF_UNSPEC);
  self->segments = NULL;
  self->streams = NULL;
  self->buffered = 0;
}

void
gsock_handle_clear (GSockHandle *self)
{
  gsock_handle_close (self);
  gsock_segments_free (self->segments);
  gsock_streams_free (self->streams);
}

/* What is to be known of a descriptor before it is there. */
void
gsock_handle_describe (GSockHandle *self, int family, int type, int protocol)
{
  self->generation = __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE);
  self->family = (guint8) family;
  self->type = (guint8) type;
  self->protocol = (guint16) protocol;
  self->ops = gsock_family_find (family);
  gsock_handle_update (self);
}

/* Other threads may use it from here on. */
void
gsock_handle_publish (GSockHandle *self, int fd)
{
  __atomic_store_n (&self->fd, fd, __ATOMIC_RELEASE);
}

/* Takes @fd over. Who says more of its state afterwards calls update. */
void
gsock_handle_adopt (GSockHandle *self, int fd, int family, int type, int protocol)
{
  gsock_handle_describe (self, family, type, protocol);
  gsock_handle_publish (self, fd);
}

/* Works out what every call wants to know. For what may one wait inside the kernel? Where shutdown is
 * sure to end the wait and hurts nobody else. A datagram to a full local socket waits for the peer's
 * queue, which no shutdown of this end interrupts; and of what another thread has received and
 * holds the kernel knows nothing. */
void
gsock_handle_update (GSockHandle *self)
{
  gboolean conversation = (self->type == SOCK_STREAM || self->type == SOCK_SEQPACKET) && self->connected;
  gboolean datagram = self->type == SOCK_DGRAM;
  guint waits = 0;

  if (self->ops->wakes && !self->exposed && (conversation || datagram))
    waits = datagram && self->ops->local ? POLLIN : POLLIN | POLLOUT;
  if (self->segments != NULL && self->segments->joins)
    waits &= ~POLLIN;
  self->kernel_waits = (guint8) waits;
  self->datagrams = datagram && self->ops->wakes;
  self->address_length = self->ops->stored_min == self->ops->stored_max ? (guint8) self->ops->stored_min : 0;
}

/* IPV6_ADDRFORM makes another socket of it. */
void
gsock_handle_ask_family (GSockHandle *self, int fd)
{
  int family;
  socklen_t length = sizeof family;

  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0)
    return;
  self->family = (guint8) family;
  self->ops = gsock_family_find (family);
  gsock_handle_update (self);
}

void
gsock_handle_expose (GSockHandle *self)
{
  self->exposed = TRUE;
  gsock_handle_update (self);
}

void
gsock_handle_release (GSockHandle *self)
{
  int fd = __atomic_exchange_n (&self->fd, -1, __ATOMIC_ACQ_REL);

  if (fd < 0)
    return;
  if (__atomic_load_n (&self->abort, __ATOMIC_RELAXED) && self->type == SOCK_STREAM)
    (void) setsockopt (fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1, .l_linger = 0 }, sizeof (struct linger));
  /* Linux has given the number back even where close answers EINTR. */
  (void) close (fd);
}

/* Sockets that were to connect are non-blocking from birth, which costs nothing, and lose that when it
 * is first in the way: here. A listener keeps what accept needs. %FALSE: there was nothing to do. */
gboolean
gsock_handle_make_blocking (GSockHandle *self, int fd)
{
  int flags;

  if (!self->nonblocking || self->exposed || self->listening || self->connecting)
    return FALSE;
  self->nonblocking = FALSE;
  flags = fcntl (fd, F_GETFL);
  return flags >= 0 && fcntl (fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

/* To be called when something to receive, or an error to be told, has come to be held here: the kernel
 * knows nothing of it, and so who waits for input has to look. */
void
gsock_handle_input_held (GSockHandle *self)
{
  gsock_waiters_wake (self);
  gsock_reactor_input_held (self);
  gsock_source_ring_bells (self);
}

/* %FALSE: it was closed before. Whoever waits is told at once. The one who closes is a user too, and leaves
 * with 1 when all is done that takes the descriptor: the last of the others may leave before it is shut
 * down here, and its number would be free then. */
gboolean
gsock_handle_begin_close (GSockHandle *self)
{
  guint before;

  (void) gsock_handle_stay (self, 1);
  before = __atomic_fetch_or (&self->users, GSOCK_USERS_CLOSED, __ATOMIC_ACQ_REL);
  if ((before & GSOCK_USERS_CLOSED) == 0)
    {
      if ((before & GSOCK_USERS_IN_KERNEL_MASK) != 0 && self->fd >= 0)
        (void) shutdown (self->fd, SHUT_RDWR);
      gsock_waiters_wake (self);
      if (self->records != NULL)
        gsock_reactor_handle_closed (self);
      gsock_source_ring_bells (self);
    }
  return (before & GSOCK_USERS_CLOSED) == 0;
}

gboolean
gsock_handle_close (GSockHandle *self)
{
  gboolean closes = gsock_handle_begin_close (self);

  gsock_handle_leave (self, 1);
  return closes;
}

int
gsock_handle_refuse (GSockHandle *self, guint weight)
{
  gboolean closed = gsock_handle_is_closed (self);

  gsock_handle_leave (self, weight);
  return closed ? -GSOCK_E_CLOSED : -GSOCK_E_NOT_INITIALIZED;
}

gssize
gsock_handle_get_local (GSockHandle *self, int fd, GSockAddress *address)
{
  struct sockaddr *room = gsock_address_native_room (address);

  if (getsockname (fd, room, &address->length) < 0)
    return -errno;
  gsock_address_clamp (address);
  gsock_handle_export_address (self, address);
  return 0;
}

gssize
gsock_handle_get_remote (GSockHandle *self, int fd, GSockAddress *address)
{
  struct sockaddr *room = gsock_address_native_room (address);

  if (getpeername (fd, room, &address->length) < 0)
    return -errno;
  gsock_address_clamp (address);
  gsock_handle_export_address (self, address);
  return 0;
}
