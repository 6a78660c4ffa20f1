/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface GDatagramBased of datagram sockets, which speaks GIO's errors: what GDtlsConnection
 * and other users of GIO sit on. */

#include <gsock/gsock-datagram-based-private.h>

#include <gsock/gsock-control-message-private.h>
#include <gsock/gsock-datagram-socket.h>
#include <gsock/gsock-error-io-private.h>
#include <gsock/gsock-op-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>
#include <gsock/gsock-source.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>

/* Room for what comes along with one message. */
#define CONTROL_SIZE 4096

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  GInputMessage *messages;
  guint n_messages, n_done;
  int flags;
  gboolean all; /* goes on until there are as many as there is room for */
} ReceiveMessages;

typedef struct
{
  GSockOperation operation;
  GSockHandle *handle;
  GOutputMessage *messages;
  guint n_messages, n_done;
  int flags;
} SendMessages;

G_STATIC_ASSERT (sizeof (GInputVector) == sizeof (struct iovec));
G_STATIC_ASSERT (sizeof (GOutputVector) == sizeof (struct iovec));
G_STATIC_ASSERT (G_STRUCT_OFFSET (GInputVector, size) == G_STRUCT_OFFSET (struct iovec, iov_len));
G_STATIC_ASSERT (G_STRUCT_OFFSET (GOutputVector, size) == G_STRUCT_OFFSET (struct iovec, iov_len));

/* An array that says no length ends with a vector that points nowhere. */
guint
gsock_datagram_count_vectors (gconstpointer vectors, guint n_vectors)
{
  if (n_vectors != G_MAXUINT)
    return n_vectors;
  for (n_vectors = 0; ((const struct iovec *) vectors)[n_vectors].iov_base != NULL;)
    n_vectors++;
  return n_vectors;
}

/* GIO's timeout is in microseconds: 0 not to wait, negative for ever. */
static GSockPatience
patience_of (gint64 timeout, GCancellable *cancellable)
{
  return (GSockPatience){ timeout != 0, timeout < 0 ? GSOCK_TIMEOUT_NEVER : timeout / 1e6, cancellable, 0 };
}

static void
close_descriptors (struct cmsghdr *control)
{
  struct msghdr single = { .msg_control = control, .msg_controllen = CMSG_ALIGN (control->cmsg_len) };
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  gsock_control_collect_descriptors (&single, fds);
  gsock_control_close_descriptors ((const int *) (gpointer) fds->data, fds->len);
}

/* Descriptors that nobody wants, or that came without the others, are closed. */
static void
store_controls (GInputMessage *message, struct msghdr *header)
{
  gboolean wanted = message->control_messages != NULL && (header->msg_flags & MSG_CTRUNC) == 0;
  g_autoptr (GPtrArray) controls = wanted ? g_ptr_array_new () : NULL;

  for (struct cmsghdr *one = CMSG_FIRSTHDR (header); one != NULL; one = CMSG_NXTHDR (header, one))
    {
      GSocketControlMessage *control = NULL;

      if (wanted)
        control = g_socket_control_message_deserialize (one->cmsg_level, one->cmsg_type, one->cmsg_len - CMSG_LEN (0), CMSG_DATA (one));
      if (control != NULL)
        g_ptr_array_add (controls, control);
      else
        close_descriptors (one);
    }
  if (message->num_control_messages != NULL)
    *message->num_control_messages = wanted ? controls->len : 0;
  if (message->control_messages == NULL)
    return;
  if (wanted && controls->len > 0)
    g_ptr_array_add (controls, NULL);
  *message->control_messages = wanted && controls->len > 0 ? (GSocketControlMessage **) g_ptr_array_free (g_steal_pointer (&controls), FALSE) : NULL;
}

static GSocketAddress *
sender_of (ReceiveMessages *self, GSockAddress *address)
{
  gsock_address_clamp (address);
  gsock_handle_export_address (self->handle, address);
  return address->length > 0 ? gsock_address_to_gsocket_address (address, NULL) : NULL;
}

static int
receive_one (ReceiveMessages *self, int fd, GInputMessage *message, int flags)
{
  GSockAddress address;
  union
  {
    struct cmsghdr align;
    guint8 bytes[CONTROL_SIZE];
  } control;
  struct msghdr header = {
    .msg_name = gsock_address_native_room (&address),
    .msg_namelen = address.length,
    .msg_iov = (struct iovec *) message->vectors,
    .msg_iovlen = gsock_datagram_count_vectors (message->vectors, message->num_vectors),
    .msg_control = control.bytes,
    .msg_controllen = sizeof control.bytes,
  };
  gssize n = gsock_handle_recvmsg (self->handle, fd, &header, flags | MSG_CMSG_CLOEXEC);

  if (n < 0)
    return n;
  /* The shutdown that wakes a call inside the kernel looks like an empty message. */
  if (n == 0 && gsock_handle_is_closed (self->handle))
    return -GSOCK_E_CLOSED;
  address.length = header.msg_namelen;
  message->bytes_received = n;
  message->flags = header.msg_flags & ~MSG_CMSG_CLOEXEC;
  store_controls (message, &header);
  if (message->address != NULL)
    *message->address = sender_of (self, &address);
  return 0;
}

static gssize
step_receive (GSockOperation *operation, int fd, int flags)
{
  ReceiveMessages *self = (ReceiveMessages *) operation;

  while (self->n_done < self->n_messages)
    {
      int result = receive_one (self, fd, &self->messages[self->n_done], self->flags | flags);

      if (result < 0)
        return result;
      self->n_done++;
      if (!self->all)
        flags |= MSG_DONTWAIT;
    }
  return 0;
}

static int
refuse_io (GError **error, GSockHandle *handle, gssize failure, const char *operation)
{
  return gsock_error_set_io (error, gsock_handle_is_closed (handle) && failure != -GSOCK_E_CANCELLED ? -GSOCK_E_CLOSED : failure, operation) - 1;
}

static gint
receive_messages (GDatagramBased *based, GInputMessage *messages, guint n_messages, gint flags, gint64 timeout, GCancellable *cancellable, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (based));
  GSockPatience patience = patience_of (timeout, cancellable);
  ReceiveMessages self = {
    .operation = { .step = step_receive, .events = gsock_receive_events (flags) },
    .handle = handle,
    .messages = messages,
    .n_messages = MIN (n_messages, IOV_MAX),
    .flags = flags & ~MSG_DONTWAIT,
    .all = timeout != 0,
  };
  gssize result;

  if (gsock_datagram_has_receive_method (GSOCK_SOCKET (based)))
    return gsock_datagram_receive_by_method (GSOCK_SOCKET (based), messages, self.n_messages, self.flags, &patience, error);
  result = gsock_check_receivable (handle);
  if (result == 0)
    result = gsock_drive (handle, &self.operation, &patience);
  if (result == 0 || self.n_done > 0)
    return self.n_done;
  return refuse_io (error, handle, result, "receive");
}

/* NULL: there are none. */
static guint8 *
serialize_controls (const GOutputMessage *message, struct msghdr *header)
{
  guint8 *bytes;
  struct cmsghdr *one;
  gsize size = 0;

  for (guint i = 0; i < message->num_control_messages; i++)
    size += CMSG_SPACE (g_socket_control_message_get_size (message->control_messages[i]));
  if (size == 0)
    return NULL;
  bytes = g_malloc0 (size);
  header->msg_control = bytes;
  header->msg_controllen = size;
  one = CMSG_FIRSTHDR (header);
  for (guint i = 0; i < message->num_control_messages; i++)
    {
      GSocketControlMessage *control = message->control_messages[i];

      one->cmsg_level = g_socket_control_message_get_level (control);
      one->cmsg_type = g_socket_control_message_get_msg_type (control);
      one->cmsg_len = CMSG_LEN (g_socket_control_message_get_size (control));
      g_socket_control_message_serialize (control, CMSG_DATA (one));
      one = CMSG_NXTHDR (header, one);
    }
  return bytes;
}

static int
send_one (SendMessages *self, int fd, GOutputMessage *message, int flags)
{
  g_autoptr (GSockAddress) given = NULL;
  GSockAddress room;
  const GSockAddress *native = NULL;
  g_autofree guint8 *control = NULL;
  struct msghdr header = {
    .msg_iov = (struct iovec *) message->vectors,
    .msg_iovlen = gsock_datagram_count_vectors (message->vectors, message->num_vectors),
  };
  gssize result;

  if (message->address != NULL && (given = gsock_address_new_from_gsocket_address (message->address, NULL)) == NULL)
    return -EINVAL;
  result = gsock_check_destination (self->handle, given);
  if (result < 0)
    return result;
  if (given != NULL)
    native = gsock_handle_import_address (self->handle, given, &room);
  header.msg_name = native != NULL ? (gpointer) gsock_address_native (native) : NULL;
  header.msg_namelen = native != NULL ? native->length : 0;
  control = serialize_controls (message, &header);
  result = sendmsg (fd, &header, flags | MSG_NOSIGNAL);
  if (result < 0)
    return -errno;
  message->bytes_sent = result;
  return 0;
}

static gssize
step_send (GSockOperation *operation, int fd, int flags)
{
  SendMessages *self = (SendMessages *) operation;

  while (self->n_done < self->n_messages)
    {
      int result = send_one (self, fd, &self->messages[self->n_done], self->flags | flags);

      if (result < 0)
        return result;
      self->n_done++;
    }
  return 0;
}

/* The queue of a local receiver has no event at the sender. */
static int
wait_to_send (GSockOperation *operation, GSockHandle *handle, int fd, GSockPatience *patience)
{
  SendMessages *self = (SendMessages *) operation;
  GSocketAddress *address = self->messages[self->n_done].address;
  g_autoptr (GSockAddress) given = address != NULL ? gsock_address_new_from_gsocket_address (address, NULL) : NULL;

  if (given == NULL)
    return gsock_wait_one (handle, fd, POLLOUT, patience);
  return gsock_wait_for_receiver (handle, fd, gsock_address_native (given), given->length, patience);
}

static gint
send_messages (GDatagramBased *based, GOutputMessage *messages, guint n_messages, gint flags, gint64 timeout, GCancellable *cancellable, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (based));
  GSockPatience patience = patience_of (timeout, cancellable);
  SendMessages self = {
    .operation = { .step = step_send, .events = POLLOUT, .wait = handle->ops->local ? wait_to_send : NULL },
    .handle = handle,
    .messages = messages,
    .n_messages = MIN (n_messages, IOV_MAX),
    .flags = flags & ~MSG_DONTWAIT,
  };
  gssize result;

  if (gsock_datagram_has_send_method (GSOCK_SOCKET (based)))
    return gsock_datagram_send_by_method (GSOCK_SOCKET (based), messages, self.n_messages, self.flags, &patience, error);
  result = gsock_drive (handle, &self.operation, &patience);
  if (self.n_done > 0)
    handle->bound = handle->bound || handle->ops->internet;
  if (result == 0 || self.n_done > 0)
    return self.n_done;
  return refuse_io (error, handle, result, "send");
}

static GSource *
create_source (GDatagramBased *based, GIOCondition condition, GCancellable *cancellable)
{
  return gsock_socket_create_source (GSOCK_SOCKET (based), condition, cancellable);
}

static int
poll_for (GDatagramBased *based, GIOCondition condition, GSockPatience *patience)
{
  GSockHandle *handle = gsock_socket_get_handle (GSOCK_SOCKET (based));
  int fd = gsock_handle_enter (handle, 1);
  int ready;

  if (fd < 0)
    return fd;
  /* The bits of GIOCondition are those of the system's poll. */
  ready = gsock_wait_one (handle, fd, condition & (G_IO_IN | G_IO_OUT | G_IO_PRI), patience);
  gsock_handle_leave (handle, 1);
  return ready;
}

/* Closed is G_IO_HUP, which excludes the others. */
static GIOCondition
condition_check (GDatagramBased *based, GIOCondition condition)
{
  GSockPatience patience = { TRUE, 0, NULL, 0 };
  int ready = poll_for (based, condition, &patience);

  if (ready == -GSOCK_E_CLOSED || (ready > 0 && (ready & G_IO_HUP) != 0))
    return G_IO_HUP;
  return ready > 0 ? ready & (condition | G_IO_ERR) : 0;
}

static gboolean
condition_wait (GDatagramBased *based, GIOCondition condition, gint64 timeout, GCancellable *cancellable, GError **error)
{
  GSockPatience patience = patience_of (timeout, cancellable);
  int ready;

  patience.wait = TRUE;
  ready = poll_for (based, condition, &patience);
  return ready > 0 || gsock_error_set_io (error, ready, "wait-for");
}

void
gsock_datagram_based_iface_init (GDatagramBasedInterface *iface)
{
  iface->receive_messages = receive_messages;
  iface->send_messages = send_messages;
  iface->create_source = create_source;
  iface->condition_check = condition_check;
  iface->condition_wait = condition_wait;
}
