/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Datagrams that the kernel has joined: those that did not fit a batch wait here, and are received one
 * by one by whoever comes next. */

#include <gsock/gsock-segments-private.h>

#include <gsock/sys/gsock-sys-constants.h>

#include <errno.h>
#include <string.h>

guint gsock_kernel_help = GSOCK_HELP_CUTTING | GSOCK_HELP_JOINING;

static GSockSegments *
new_segments (void)
{
  GSockSegments *self = g_new0 (GSockSegments, 1);

  pthread_mutex_init (&self->lock, NULL);
  self->came_joined = TRUE;
  self->longest_cut = G_MAXUINT16;
  return self;
}

/* Two threads may be the first at the same time. */
GSockSegments *
gsock_segments_make (GSockHandle *handle)
{
  GSockSegments *self = NULL, *made = new_segments ();

  if (__atomic_compare_exchange_n (&handle->segments, &self, made, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
    return made;
  gsock_segments_free (made);
  return self;
}

static void
free_list (GSockSegments *self)
{
  while (self->first != NULL)
    {
      GSockJoined *joined = self->first;

      self->first = joined->next;
      g_free (joined);
    }
  self->last = NULL;
  __atomic_store_n (&self->held, 0, __ATOMIC_RELEASE);
}

void
gsock_segments_free (GSockSegments *self)
{
  if (self == NULL)
    return;
  free_list (self);
  g_free (self->spare);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* What the parent has received is the parent's. A thread of its may have held the lock. */
void
gsock_segments_forget_parent (GSockSegments *self)
{
  if (self == NULL)
    return;
  pthread_mutex_init (&self->lock, NULL);
  free_list (self);
  __atomic_store_n (&self->late_error, 0, __ATOMIC_RELEASE);
}

/* Whoever else holds the descriptor would meet joined datagrams and not know them, and so would a call
 * that was under way before there were segments to look for. */
static gboolean
is_alone (GSockHandle *handle)
{
  guint users = __atomic_load_n (&handle->users, __ATOMIC_SEQ_CST) & ~(GSOCK_USERS_CLOSED | GSOCK_USERS_IN_KERNEL_MASK);

  return users == 1 && !handle->exposed && handle->generation == __atomic_load_n (&gsock_fork_generation, __ATOMIC_ACQUIRE);
}

void
gsock_segments_ask_to_join (GSockHandle *handle, int fd)
{
  GSockSegments *self = handle->segments;
  int joins = 0;
  socklen_t length = sizeof joins;

  if ((gsock_kernel_help & GSOCK_HELP_JOINING) == 0)
    return;
  /* Where a program has set the option itself it wants to see what comes of it. */
  if (getsockopt (fd, IPPROTO_UDP, UDP_GRO, &joins, &length) < 0 || joins)
    {
      __atomic_store_n (&self->asked, TRUE, __ATOMIC_RELEASE);
      return;
    }
  if (!is_alone (handle))
    return;
  __atomic_store_n (&self->asked, TRUE, __ATOMIC_RELEASE);
  if (setsockopt (fd, IPPROTO_UDP, UDP_GRO, &(int){ 1 }, sizeof (int)) == 0)
    {
      __atomic_store_n (&self->joins, TRUE, __ATOMIC_RELEASE);
      gsock_handle_update (handle);
    }
}

/* The length of the parts of which a datagram was joined; 0 where it is one. */
gsize
gsock_segments_size_of (const struct msghdr *header)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR ((struct msghdr *) header, control))
    if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO)
      {
        int size;

        memcpy (&size, CMSG_DATA (control), sizeof size);
        return MAX (size, 0);
      }
  return 0;
}

static void
append (GSockSegments *self, GSockJoined *joined)
{
  joined->next = NULL;
  if (self->last != NULL)
    self->last->next = joined;
  else
    self->first = joined;
  self->last = joined;
  __atomic_add_fetch (&self->held, 1, __ATOMIC_ACQ_REL);
}

static GSockJoined *
pop (GSockSegments *self)
{
  GSockJoined *joined = self->first;

  self->first = joined->next;
  if (self->first == NULL)
    self->last = NULL;
  __atomic_sub_fetch (&self->held, 1, __ATOMIC_ACQ_REL);
  return joined;
}

/* Keeps what a caller had no room for. Somebody else may be waiting for it. */
void
gsock_segments_hold (GSockHandle *handle, const GSockJoined *like, const guint8 *data, gsize length)
{
  GSockJoined *joined = g_malloc (sizeof *joined + length);

  *joined = *like;
  joined->length = length;
  joined->at = 0;
  memcpy (joined->data, data, length);
  pthread_mutex_lock (&handle->segments->lock);
  append (handle->segments, joined);
  pthread_mutex_unlock (&handle->segments->lock);
  gsock_handle_input_held (handle);
}

/* The first that is held, or NULL; the caller frees it or gives it back. */
GSockJoined *
gsock_segments_take (GSockSegments *self)
{
  GSockJoined *joined = NULL;

  if (G_LIKELY (__atomic_load_n (&self->held, __ATOMIC_ACQUIRE) == 0))
    return NULL;
  pthread_mutex_lock (&self->lock);
  if (self->first != NULL)
    joined = pop (self);
  pthread_mutex_unlock (&self->lock);
  return joined;
}

/* Keeps an error for whoever receives or sends next. */
void
gsock_segments_hold_error (GSockHandle *handle, int error_number)
{
  __atomic_store_n (&handle->segments->late_error, error_number, __ATOMIC_RELEASE);
  gsock_handle_input_held (handle);
}

/* The rest of what was taken comes first again. Meanwhile others have seen that nothing is there. */
void
gsock_segments_give_back (GSockHandle *handle, GSockJoined *joined)
{
  GSockSegments *self = handle->segments;

  pthread_mutex_lock (&self->lock);
  joined->next = self->first;
  self->first = joined;
  if (self->last == NULL)
    self->last = joined;
  __atomic_add_fetch (&self->held, 1, __ATOMIC_ACQ_REL);
  pthread_mutex_unlock (&self->lock);
  gsock_handle_input_held (handle);
}

/* Receives what the kernel has next, joined or not. */
static int
fill (GSockSegments *self, int fd)
{
  GSockJoined *joined = self->spare != NULL ? self->spare : g_malloc (sizeof *joined + GSOCK_JOINED_MAX);
  struct iovec vector = { joined->data, GSOCK_JOINED_MAX };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = joined->control, .msg_controllen = sizeof joined->control };
  gssize n;

  self->spare = joined;
  header.msg_name = gsock_address_native_room (&joined->sender);
  header.msg_namelen = joined->sender.length;
  n = recvmsg (fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n < 0)
    return -errno;
  self->spare = NULL;
  joined->sender.length = header.msg_namelen;
  joined->flags = header.msg_flags & ~MSG_CMSG_CLOEXEC;
  joined->length = n;
  joined->at = 0;
  joined->control_length = header.msg_controllen;
  joined->segment = gsock_segments_size_of (&header);
  if (joined->segment == 0)
    joined->segment = n;
  append (self, joined);
  return 0;
}

static gboolean
is_error (GSockSegments *self, gssize result)
{
  if (result >= 0 || result == -EAGAIN)
    return FALSE;
  __atomic_store_n (&self->late_error, (int) -result, __ATOMIC_RELEASE);
  return TRUE;
}

/* More datagrams are in no queue. */
#define QUEUE_MAX 100000

static void
drain (GSockSegments *self, int fd)
{
  int result = 0;

  for (guint i = 0; i < QUEUE_MAX && (result == 0 || is_error (self, result)); i++)
    result = fill (self, fd);
}

/* What was joined before the kernel was told to end that tells its parts only while it is not told. So
 * the queue has to be empty at that moment: then nothing in it can be joined. */
static gboolean
end_joining (GSockSegments *self, int fd)
{
  gssize result;

  for (guint i = 0; i < 100; i++)
    {
      drain (self, fd);
      (void) setsockopt (fd, IPPROTO_UDP, UDP_GRO, &(int){ 0 }, sizeof (int));
      do
        result = GSOCK_SYSCALL (recv (fd, NULL, 0, MSG_PEEK | MSG_DONTWAIT));
      while (is_error (self, result));
      if (result == -EAGAIN)
        return TRUE;
      (void) setsockopt (fd, IPPROTO_UDP, UDP_GRO, &(int){ 1 }, sizeof (int));
    }
  return FALSE;
}

/* Before the descriptor goes to somebody who knows nothing of joined datagrams: none comes any more, and
 * what had come is held. %FALSE where something is, which would be lost to the other. */
gboolean
gsock_segments_part (GSockHandle *handle, int fd)
{
  GSockSegments *self = __atomic_load_n (&handle->segments, __ATOMIC_ACQUIRE);

  if (self == NULL)
    return TRUE;
  pthread_mutex_lock (&self->lock);
  if (self->joins && end_joining (self, fd))
    __atomic_store_n (&self->joins, FALSE, __ATOMIC_RELEASE);
  pthread_mutex_unlock (&self->lock);
  gsock_handle_update (handle);
  if (gsock_segments_are_held (self))
    gsock_handle_input_held (handle);
  return !self->joins && !gsock_segments_are_held (self);
}

static gsize
scatter (const struct msghdr *header, const guint8 *data, gsize length)
{
  gsize done = 0;

  for (gsize i = 0; i < header->msg_iovlen && done < length; i++)
    {
      gsize n = MIN (header->msg_iov[i].iov_len, length - done);

      memcpy (header->msg_iov[i].iov_base, data + done, n);
      done += n;
    }
  return done;
}

/* Of a datagram of several none is told that they were joined. */
static void
copy_control (struct msghdr *header, const GSockJoined *joined)
{
  struct msghdr from = { .msg_control = (gpointer) joined->control, .msg_controllen = joined->control_length };
  gsize room = header->msg_control != NULL ? header->msg_controllen : 0, used = 0;

  for (struct cmsghdr *control = CMSG_FIRSTHDR (&from); control != NULL; control = CMSG_NXTHDR (&from, control))
    {
      gsize space = CMSG_SPACE (control->cmsg_len - CMSG_LEN (0));

      if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO)
        continue;
      if (space > room - used)
        {
          header->msg_flags |= MSG_CTRUNC;
          break;
        }
      memcpy ((guint8 *) header->msg_control + used, control, control->cmsg_len);
      memset ((guint8 *) header->msg_control + used + control->cmsg_len, 0, space - control->cmsg_len);
      used += space;
    }
  header->msg_controllen = used;
}

/* How many bytes there was room for. */
static gsize
copy_first (struct msghdr *header, const GSockJoined *joined, gsize length)
{
  gsize copied = scatter (header, joined->data + joined->at, length);

  header->msg_flags = joined->flags | (copied < length ? MSG_TRUNC : 0);
  if (header->msg_name != NULL)
    {
      memcpy (header->msg_name, joined->sender.storage, MIN (header->msg_namelen, joined->sender.length));
      header->msg_namelen = joined->sender.length;
    }
  copy_control (header, joined);
  return copied;
}

static void
pass_over_first (GSockSegments *self, gsize length)
{
  GSockJoined *joined = self->first;

  joined->at += length;
  if (joined->at < joined->length)
    return;
  pop (self);
  if (self->spare == NULL)
    self->spare = g_realloc (joined, sizeof *joined + GSOCK_JOINED_MAX);
  else
    g_free (joined);
}

static gsize
take_first (GSockSegments *self, struct msghdr *header, int flags)
{
  gsize length = MIN (self->first->segment, self->first->length - self->first->at);
  gsize copied = copy_first (header, self->first, length);

  if ((flags & MSG_PEEK) == 0)
    pass_over_first (self, length);
  return (flags & MSG_TRUNC) != 0 ? length : copied;
}

/* As recvmsg with MSG_DONTWAIT, but that it answers -errno: one datagram. The caller is in. Others who
 * wait for what has come with it find nothing more in the kernel. */
gssize
gsock_segments_recvmsg (GSockHandle *handle, int fd, struct msghdr *header, int flags)
{
  GSockSegments *self = handle->segments;
  gboolean filled = FALSE, left;
  gssize result = 0;

  pthread_mutex_lock (&self->lock);
  if (self->first == NULL)
    result = gsock_segments_take_error (self);
  if (self->first == NULL && result == 0)
    {
      result = fill (self, fd);
      filled = result == 0;
    }
  if (result == 0)
    result = take_first (self, header, flags);
  left = filled && self->first != NULL;
  pthread_mutex_unlock (&self->lock);
  if (left)
    gsock_handle_input_held (handle);
  return result;
}
