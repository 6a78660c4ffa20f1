/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message: its bytes, its address, its flags and what it owns. */

#include <gsock/gsock-message.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-message-private.h>

#include <string.h>
#include <unistd.h>

G_DEFINE_BOXED_TYPE (GSockMessage, gsock_message, gsock_message_ref, gsock_message_unref)

/**
 * gsock_message_new:
 *
 * Makes an empty message, to be filled and sent.
 *
 * Returns: (transfer full): the message
 *
 * Since: 1.0
 */
GSockMessage *
gsock_message_new (void)
{
  GSockMessage *self = g_new (GSockMessage, 1);

  /* Not by calloc(), which in the GNU C library goes around what the thread has freed just now. */
  memset (self, 0, sizeof *self);
  g_atomic_ref_count_init (&self->references);
  self->pidfd = -1;
  return self;
}

/**
 * gsock_message_ref:
 * @self: a message
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
GSockMessage *
gsock_message_ref (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
clear_control (gpointer control)
{
  g_bytes_unref (((GSockControl *) control)->bytes);
}

static void
free_message (GSockMessage *self)
{
  if (self->fds != NULL)
    gsock_control_close_descriptors ((const int *) (gpointer) self->fds->data, self->fds->len);
  if (self->pidfd >= 0)
    (void) close (self->pidfd);
  g_clear_pointer (&self->fds, g_array_unref);
  g_clear_pointer (&self->controls, g_array_unref);
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
  g_free (self->extended_error);
  g_free (self);
}

/**
 * gsock_message_unref:
 * @self: (transfer full): a message
 *
 * Gives a reference back. With the last one the message goes, and closes the descriptors that nobody
 * has taken.
 *
 * Since: 1.0
 */
void
gsock_message_unref (GSockMessage *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->references))
    free_message (self);
}

/**
 * gsock_message_add_bytes:
 * @self: a message
 * @bytes: (nullable): more bytes; %NULL adds nothing
 *
 * Adds a buffer. The buffers of a message are sent in one call, one behind the other.
 *
 * Since: 1.0
 */
void
gsock_message_add_bytes (GSockMessage *self, GBytes *bytes)
{
  g_return_if_fail (self != NULL);

  if (bytes == NULL)
    return;
  if (self->chunks == NULL)
    self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (self->chunks, g_bytes_ref (bytes));
}

/**
 * gsock_message_add_data:
 * @self: a message
 * @data: (array length=length): more bytes, which are copied
 * @length: how many there are
 *
 * Adds a buffer with a copy of these bytes.
 *
 * Since: 1.0
 */
void
gsock_message_add_data (GSockMessage *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  gsock_message_add_bytes (self, bytes);
}

static GBytes *
join (GPtrArray *chunks, gsize length)
{
  guint8 *all = g_malloc (MAX (length, 1));
  gsize at = 0;

  for (guint i = 0; i < chunks->len; i++)
    {
      gsize size;
      gconstpointer data = g_bytes_get_data (g_ptr_array_index (chunks, i), &size);

      if (size > 0)
        memcpy (all + at, data, size);
      at += size;
    }
  return g_bytes_new_take (all, length);
}

/**
 * gsock_message_get_bytes:
 * @self: a message
 *
 * Gets all bytes, joined where they are in several buffers.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 1.0
 */
GBytes *
gsock_message_get_bytes (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->chunks != NULL && self->chunks->len == 1)
    return g_bytes_ref (g_ptr_array_index (self->chunks, 0));
  return self->chunks != NULL ? join (self->chunks, gsock_message_get_length (self)) : g_bytes_new_static ("", 0);
}

/**
 * gsock_message_get_length:
 * @self: a message
 *
 * Gets how many bytes the message has.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
gsock_message_get_length (GSockMessage *self)
{
  gsize length = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; self->chunks != NULL && i < self->chunks->len; i++)
    length += g_bytes_get_size (g_ptr_array_index (self->chunks, i));
  return length;
}

/**
 * gsock_message_get_full_length:
 * @self: a message
 *
 * Gets how many bytes the datagram had when it arrived, of which some may have been cut off.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
gsock_message_get_full_length (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return MAX (self->full_length, gsock_message_get_length (self));
}

/**
 * gsock_message_is_truncated:
 * @self: a message
 *
 * Whether the datagram was longer than the room, so that its rest is lost.
 *
 * Returns: whether it was cut
 *
 * Since: 1.0
 */
gboolean
gsock_message_is_truncated (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return (self->flags & GSOCK_MESSAGE_FLAGS_TRUNCATE) != 0;
}

/**
 * gsock_message_is_control_truncated:
 * @self: a message
 *
 * Whether some of the ancillary data is lost. Of descriptors then none is left: those that came were
 * closed.
 *
 * Returns: whether it was cut
 *
 * Since: 1.0
 */
gboolean
gsock_message_is_control_truncated (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return (self->flags & GSOCK_MESSAGE_FLAGS_CONTROL_TRUNCATED) != 0;
}

/**
 * gsock_message_get_address:
 * @self: a message
 *
 * Gets the sender of a message that was received, the destination of one that is to be sent.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL where there is none
 *
 * Since: 1.0
 */
const GSockAddress *
gsock_message_get_address (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address.length > 0 ? &self->address : NULL;
}

/**
 * gsock_message_set_address:
 * @self: a message
 * @address: (nullable): whom it is to go to, or %NULL for the peer
 *
 * Sets the destination.
 *
 * Since: 1.0
 */
void
gsock_message_set_address (GSockMessage *self, const GSockAddress *address)
{
  g_return_if_fail (self != NULL);

  if (address != NULL)
    self->address = *address;
  else
    self->address.length = 0;
}

/**
 * gsock_message_get_flags:
 * @self: a message
 *
 * Gets the flags: what the kernel says of a message that was received, how one is to be sent.
 *
 * Returns: the flags
 *
 * Since: 1.0
 */
GSockMessageFlags
gsock_message_get_flags (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, GSOCK_MESSAGE_FLAGS_NONE);

  return self->flags;
}

/**
 * gsock_message_set_flags:
 * @self: a message
 * @flags: flags
 *
 * Sets how the message is to be sent.
 *
 * Since: 1.0
 */
void
gsock_message_set_flags (GSockMessage *self, GSockMessageFlags flags)
{
  g_return_if_fail (self != NULL);

  self->flags = flags;
}

/**
 * gsock_message_get_n_file_descriptors:
 * @self: a message
 *
 * Gets how many descriptors the message owns.
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
gsock_message_get_n_file_descriptors (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->fds != NULL ? self->fds->len : 0;
}

/**
 * gsock_message_take_file_descriptors:
 * @self: a message
 * @n_fds: (out): how many there are
 *
 * Takes the descriptors out of the message. They are close-on-exec and the caller's to close.
 *
 * Returns: (array length=n_fds) (transfer full) (nullable): the descriptors, or %NULL where there
 *   are none
 *
 * Since: 1.0
 */
int *
gsock_message_take_file_descriptors (GSockMessage *self, gsize *n_fds)
{
  g_return_val_if_fail (self != NULL, NULL);

  *n_fds = gsock_message_get_n_file_descriptors (self);
  if (*n_fds == 0)
    return NULL;
  return (int *) (gpointer) g_array_free (g_steal_pointer (&self->fds), FALSE);
}

/**
 * gsock_message_take_pidfd:
 * @self: a message
 *
 * Takes the descriptor of the sender's process out of the message, where the option `pass-pidfd` has
 * put one in. It is close-on-exec and the caller's to close.
 *
 * Returns: the descriptor, or -1
 *
 * Since: 1.0
 */
int
gsock_message_take_pidfd (GSockMessage *self)
{
  int pidfd;

  g_return_val_if_fail (self != NULL, -1);

  pidfd = self->pidfd;
  self->pidfd = -1;
  return pidfd;
}

/**
 * gsock_message_get_n_controls:
 * @self: a message
 *
 * Gets how many control messages there are for which no part of the message stands.
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
gsock_message_get_n_controls (GSockMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->controls != NULL ? self->controls->len : 0;
}

/**
 * gsock_message_get_control:
 * @self: a message
 * @index: which one, from 0
 * @level: (out) (optional): its level
 * @type: (out) (optional): its type
 *
 * Gets a control message for which no part of the message stands.
 *
 * Returns: (transfer full) (nullable): its bytes, or %NULL where there are not so many
 *
 * Since: 1.0
 */
GBytes *
gsock_message_get_control (GSockMessage *self, guint index, int *level, int *type)
{
  const GSockControl *control;

  g_return_val_if_fail (self != NULL, NULL);

  if (index >= gsock_message_get_n_controls (self))
    return NULL;
  control = &g_array_index (self->controls, GSockControl, index);
  if (level != NULL)
    *level = control->level;
  if (type != NULL)
    *type = control->type;
  return g_bytes_ref (control->bytes);
}

void
gsock_message_append_control (GSockMessage *self, int level, int type, const guint8 *data, gsize length)
{
  GSockControl control = { level, type, g_bytes_new (data, length) };

  if (self->controls == NULL)
    {
      self->controls = g_array_new (FALSE, FALSE, sizeof (GSockControl));
      g_array_set_clear_func (self->controls, clear_control);
    }
  g_array_append_val (self->controls, control);
}

void
gsock_message_append_descriptor (GSockMessage *self, int fd)
{
  if (self->fds == NULL)
    self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_val (self->fds, fd);
}
