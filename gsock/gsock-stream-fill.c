/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving what is read ahead, and on local sockets the descriptors that come with it. */

#include <gsock/gsock-stream-private.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-segments-private.h>

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

void
gsock_companions_free (GSockCompanions *self)
{
  gsock_control_close_descriptors ((const int *) (gpointer) self->fds->data, self->fds->len);
  g_array_unref (self->fds);
  g_free (self);
}

/* Those that came with the byte which is to be read next, or NULL. */
GSockCompanions *
gsock_input_companions_here (GSockInput *self)
{
  GSockCompanions *first = g_queue_peek_head (&self->companions);

  return first != NULL && first->offset == self->offset && gsock_buffer_length (&self->raw) > 0 ? first : NULL;
}

static gssize
receive_with_control (int fd, guint8 *data, gsize length, int flags, GSockControlRoom *control, struct msghdr *message)
{
  struct iovec vector = { data, length };
  gssize n;

  message->msg_iov = &vector;
  message->msg_iovlen = 1;
  message->msg_control = control;
  message->msg_controllen = sizeof *control;
  n = recvmsg (fd, message, flags | MSG_CMSG_CLOEXEC);
  return n < 0 ? -errno : n;
}

/* Whether the first @length bytes of what the kernel has come with descriptors; the caller knows that
 * so many are there. */
static gboolean
is_accompanied (int fd, guint8 *data, gsize length)
{
  struct msghdr message = { NULL };
  GSockControlRoom control;
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  if (receive_with_control (fd, data, length, MSG_PEEK | MSG_DONTWAIT, &control, &message) <= 0)
    return FALSE;
  gsock_control_collect_descriptors (&message, fds);
  gsock_control_close_descriptors ((const int *) (gpointer) fds->data, fds->len);
  return fds->len > 0 || (message.msg_flags & MSG_CTRUNC) != 0;
}

/* The kernel tells of descriptors with all the bytes that one call receives, though they belong to the
 * first of those that they were sent with. How many bytes come before it? */
static gsize
count_unaccompanied (int fd, guint8 *data, gsize length)
{
  gsize none = 0;

  if (!is_accompanied (fd, data, length))
    return length;
  while (length - none > 1)
    {
      gsize middle = none + (length - none) / 2;

      if (is_accompanied (fd, data, middle))
        length = middle;
      else
        none = middle;
    }
  return none;
}

static void
keep_companions (GSockInput *self, struct msghdr *message)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  gboolean truncated = (message->msg_flags & MSG_CTRUNC) != 0;
  GSockCompanions *companions;

  gsock_control_collect_descriptors (message, fds);
  if (fds->len == 0 && !truncated)
    return;
  companions = g_new (GSockCompanions, 1);
  *companions = (GSockCompanions){ self->offset + gsock_buffer_length (&self->raw), g_steal_pointer (&fds), truncated };
  g_queue_push_tail (&self->companions, companions);
}

/* First a look, which gives none of the bytes away. What comes before a byte with descriptors is
 * received by itself, and so is that byte. */
static gssize
fill_local (GSockInput *self, int fd, int flags, guint8 *data, gsize room)
{
  struct msghdr message = { NULL };
  GSockControlRoom control;
  gssize n = recv (fd, data, room, flags | MSG_PEEK);

  if (n <= 0)
    return n < 0 ? -errno : 0;
  n = receive_with_control (fd, data, MAX (count_unaccompanied (fd, data, n), 1), MSG_DONTWAIT, &control, &message);
  if (n >= 0)
    keep_companions (self, &message);
  return n;
}

/* Receives once; at least @wanted bytes are still to come, and as many as the buffer has room for are
 * read ahead. Answers how many came, 0 at the end, or -errno. */
gssize
gsock_input_fill (GSockInput *self, GSockHandle *handle, int fd, int flags, gsize wanted)
{
  gsize length = gsock_buffer_length (&self->raw);
  /* What is longer than the buffer makes it grow by as much again. */
  gsize ahead = self->size > length ? self->size - length : self->size;
  /* What a program wants is not believed before it comes. */
  gsize room = MAX (MAX (MIN (wanted, MAX (length, 65536)), ahead), 1);
  guint8 *data = gsock_buffer_reserve (&self->raw, room);
  gssize n;

  if (data == NULL)
    return -ENOMEM;
  if (handle->ops->local)
    n = fill_local (self, fd, flags, data, room);
  else
    n = GSOCK_SYSCALL (recv (fd, data, room, flags));
  if (n > 0)
    self->raw.end += n;
  return n;
}

/* Drops what was read ahead and what the kernel has at this moment. How many bytes were that? */
gsize
gsock_input_clear (GSockInput *self, GSockHandle *handle, int fd)
{
  gsize n_dropped = gsock_buffer_length (&self->raw);
  int queued = 0;

  gsock_input_consume_bytes (self, n_dropped);
  if (ioctl (fd, FIONREAD, &queued) < 0)
    return n_dropped;
  for (gsize left = MAX (queued, 0); left > 0;)
    {
      gssize n = gsock_input_fill (self, handle, fd, MSG_DONTWAIT, 1);

      if (n <= 0)
        break;
      left = left > (gsize) n ? left - n : 0;
      gsock_input_consume_bytes (self, n);
      n_dropped += n;
    }
  return n_dropped;
}

static gssize
take_claimed (GSockInput *self, guint8 *byte, int *fds, gsize *n_fds, gboolean *truncated)
{
  GSockCompanions *companions = gsock_input_companions_here (self);

  if (gsock_buffer_length (&self->raw) == 0)
    return -EAGAIN;
  if (companions != NULL && (*n_fds > 0 || *truncated))
    return 0;
  if (companions != NULL)
    {
      *n_fds = companions->fds->len;
      for (gsize i = 0; i < *n_fds; i++)
        fds[i] = g_array_index (companions->fds, int, i);
      g_array_set_size (companions->fds, 0);
      *truncated = companions->truncated;
    }
  *byte = *gsock_buffer_peek (&self->raw);
  gsock_input_consume_bytes (self, 1);
  return 1;
}

/* The next byte that was read ahead, and the descriptors that came with it, which are the caller's: room
 * for GSOCK_FILE_DESCRIPTORS_MAX, with which @n_fds is filled in. 0 where the byte comes with others and
 * the caller has some; -EAGAIN where there is none after all. For the operators that pass descriptors. */
gssize
gsock_streams_take_descriptors (GSockStreams *self, guint8 *byte, int *fds, gsize *n_fds, gboolean *truncated)
{
  GSockInput *input = &self->input;
  GSockTurn turn;
  gssize taken;

  if (!gsock_claim_take (&input->claim, &turn))
    return -EAGAIN;
  taken = take_claimed (input, byte, fds, n_fds, truncated);
  gsock_handle_set_buffered (self->handle, GSOCK_BUFFERED_INPUT, gsock_buffer_length (&input->raw) > 0);
  gsock_claim_release (&input->claim, self->handle, &turn, taken > 0);
  return taken;
}
