/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handover: a running server gives its sockets to its successor, and serves until that one says so. */

#include <gsock/gsock-handover.h>

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-credentials.h>
#include <gsock/gsock-error-private.h>
#include <gsock/gsock-message-private.h>
#include <gsock/gsock-socket-message.h>
#include <gsock/gsock-socket-parcel-private.h>
#include <gsock/gsock-socket-private.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A record is a head, and what its kind says: numbers are little-endian.
 *
 *   giver                          successor
 *   OFFER    how many (2)
 *   ITEM     which (2), the length of its name (1), the name, the bytes that
 *            send-socket writes; with the descriptor. One for each.
 *                                  RECEIVED  how many (2)
 *                                  READY     when it serves
 *   RELEASED
 *
 * Whoever does not understand the other closes the channel. */
#define HANDOVER_FIRST 0x9e
#define HANDOVER_VERSION 1
#define HEAD 5
#define NAME_MAX_BYTES 255
#define RECORD_MAX (HEAD + 3 + NAME_MAX_BYTES + GSOCK_PARCEL_MAX)

typedef enum
{
  RECORD_OFFER = 1,
  RECORD_ITEM,
  RECORD_RECEIVED,
  RECORD_READY,
  RECORD_RELEASED,
} RecordKind;

typedef struct
{
  guint8 bytes[RECORD_MAX];
  gsize length;
} Record;

/* One side of it. All waits together have one time limit. */
typedef struct
{
  GSockSocket *channel;
  const char *name; /* of the operation */
  gint64 deadline;  /* -1: none */
  GCancellable *cancellable;
} Side;

static void
side_init (Side *self, GSockSocket *channel, const char *name, double timeout, GCancellable *cancellable)
{
  double seconds = gsock_socket_effective_timeout (gsock_socket_get_private (channel), timeout);

  self->channel = channel;
  self->name = name;
  self->deadline = seconds < 0 ? -1 : g_get_monotonic_time () + (gint64) (MIN (seconds, 1e9) * G_USEC_PER_SEC);
  self->cancellable = cancellable;
}

static double
time_left (const Side *self)
{
  return self->deadline < 0 ? GSOCK_TIMEOUT_NEVER : MAX (0, (self->deadline - g_get_monotonic_time ()) / (double) G_USEC_PER_SEC);
}

static void
record_init (Record *self, RecordKind kind)
{
  const guint8 head[HEAD] = { HANDOVER_FIRST, 'G', 'H', HANDOVER_VERSION, kind };

  memcpy (self->bytes, head, HEAD);
  self->length = HEAD;
}

static void
record_add_number (Record *self, guint16 number)
{
  self->bytes[self->length++] = number & 0xff;
  self->bytes[self->length++] = number >> 8;
}

static gboolean
send_record (const Side *self, const Record *record, int fd, GError **error)
{
  gboolean sent;

  if (fd >= 0)
    sent = gsock_socket_send_file_descriptors_direct (self->channel, &fd, 1, record->bytes, record->length, NULL, TRUE, time_left (self), self->cancellable, error) >= 0;
  else
    sent = gsock_socket_send_to_direct (self->channel, record->bytes, record->length, NULL, 0, TRUE, time_left (self), self->cancellable, error) >= 0;
  if (!sent)
    g_prefix_error (error, "%s: ", self->name);
  return sent;
}

static gboolean
refuse (const Side *self, GSockError code, const char *text, GError **error)
{
  return gsock_error_literal (error, code, "%s: %s", self->name, text);
}

static gboolean
check_record (const Side *self, const Record *record, RecordKind kind, GError **error)
{
  if (record->length == 0)
    return refuse (self, GSOCK_ERROR_ENDPOINT_SHUTDOWN, "the other side has ended it", error);
  if (record->length < HEAD || record->bytes[0] != HANDOVER_FIRST || record->bytes[1] != 'G' || record->bytes[2] != 'H')
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "what came is no handover", error);
  if (record->bytes[3] != HANDOVER_VERSION)
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "the other side speaks a version that this one does not", error);
  if (record->bytes[4] != kind)
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "the other side does not keep to the order of a handover", error);
  return TRUE;
}

/* @fd is -1 where none is wanted. One that comes uninvited is closed with the message. */
static gboolean
receive_record (const Side *self, RecordKind kind, Record *record, int *fd, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_socket_receive_message_direct (self->channel, RECORD_MAX, 0, TRUE, time_left (self), self->cancellable, error);
  g_autoptr (GBytes) bytes = NULL;

  if (message == NULL)
    {
      g_prefix_error (error, "%s: ", self->name);
      return FALSE;
    }
  if (gsock_message_is_truncated (message) || gsock_message_is_control_truncated (message))
    return refuse (self, GSOCK_ERROR_TRUNCATED, "more came than a handover has, or than this process may have open", error);
  bytes = gsock_message_get_bytes (message);
  record->length = g_bytes_get_size (bytes);
  if (record->length > 0)
    memcpy (record->bytes, g_bytes_get_data (bytes, NULL), record->length);
  if (!check_record (self, record, kind, error))
    return FALSE;
  if (fd == NULL)
    return TRUE;
  if (message->fds == NULL || message->fds->len != 1)
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "a socket came without its descriptor, or with several", error);
  *fd = g_array_index (message->fds, int, 0);
  message->fds->len = 0;
  return TRUE;
}

static gboolean
read_number (const Side *self, const Record *record, gsize at, guint *number, GError **error)
{
  if (record->length < at + 2)
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "a record of the other side is too short", error);
  *number = record->bytes[at] | record->bytes[at + 1] << 8;
  return TRUE;
}

/* Whoever may connect could have the sockets, or give others instead. */
static gboolean
check_peer (const Side *self, GError **error)
{
  guint uid;

  if (!gsock_socket_peer_credentials (self->channel, NULL, &uid, NULL, error))
    return FALSE;
  return uid == geteuid () || uid == 0 || refuse (self, GSOCK_ERROR_ACCESS_DENIED, "the other side is another user", error);
}

static gboolean
check_channel (const Side *self, GError **error)
{
  GSockHandle *handle = gsock_socket_get_handle (self->channel);

  if (!gsock_handle_has_descriptor (handle) || (handle->ops->local && handle->type == SOCK_SEQPACKET))
    return check_peer (self, error);
  return refuse (self, GSOCK_ERROR_OPERATION_NOT_SUPPORTED, "the channel is to be a local socket of the type seqpacket", error);
}

static gboolean
check_name (const Side *self, const char *name, GError **error)
{
  if (name != NULL && strlen (name) <= NAME_MAX_BYTES && g_utf8_validate (name, -1, NULL))
    return TRUE;
  return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "each socket has a name in UTF-8, of 255 bytes at most", error);
}

static gboolean
check_items (const Side *self, GSockSocket *const *sockets, gsize n_sockets, const char *const *names, GError **error)
{
  if (n_sockets < 1 || n_sockets > GSOCK_HANDOVER_MAX)
    return gsock_error_literal (error, GSOCK_ERROR_OUT_OF_RANGE, "%s: %" G_GSIZE_FORMAT " sockets; there can be 1 to %d", self->name, n_sockets, GSOCK_HANDOVER_MAX);
  for (gsize i = 0; i < n_sockets; i++)
    {
      if (!GSOCK_IS_SOCKET (sockets[i]))
        return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "one of the sockets is none", error);
      if (!check_name (self, names != NULL ? names[i] : NULL, error))
        return FALSE;
    }
  return names[n_sockets] == NULL || refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "there are more names than sockets", error);
}

static gboolean
send_item (const Side *self, guint index, GSockSocket *socket, const char *name, GError **error)
{
  gsize length = strlen (name);
  GSockParcel parcel;
  Record record;
  gboolean sent;
  int fd = gsock_socket_enter (socket, self->name, error);

  if (fd < 0)
    return FALSE;
  sent = gsock_send_socket_pack (socket, fd, TRUE, &parcel, error);
  if (sent)
    {
      record_init (&record, RECORD_ITEM);
      record_add_number (&record, index);
      record.bytes[record.length++] = (guint8) length;
      memcpy (record.bytes + record.length, name, length);
      record.length += length;
      record.length += gsock_parcel_encode (&parcel, record.bytes + record.length);
      sent = send_record (self, &record, fd, error);
    }
  gsock_socket_leave (socket);
  return sent;
}

static gboolean
send_items (const Side *self, GSockSocket *const *sockets, gsize n_sockets, const char *const *names, GError **error)
{
  Record record;

  record_init (&record, RECORD_OFFER);
  record_add_number (&record, n_sockets);
  if (!send_record (self, &record, -1, error))
    return FALSE;
  for (gsize i = 0; i < n_sockets; i++)
    if (!send_item (self, i, sockets[i], names[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
await_count (const Side *self, RecordKind kind, gsize wanted, GError **error)
{
  Record record;
  guint count = 0;

  if (!receive_record (self, kind, &record, NULL, error) || !read_number (self, &record, HEAD, &count, error))
    return FALSE;
  return count == wanted || refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "the other side has counted another number of sockets", error);
}

/**
 * gsock_handover_give:
 * @channel: a local socket of the type seqpacket, connected to the successor
 * @sockets: (array length=n_sockets): the sockets to give
 * @n_sockets: how many there are, up to %GSOCK_HANDOVER_MAX
 * @socket_names: (array zero-terminated=1): the name of each
 * @timeout: seconds for all of it, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Gives sockets to the process that is to serve in this one's place, and returns once it does.
 *
 * Both have them until then, and this process may go on accepting in other threads; what comes meanwhile
 * waits in the queue that both share. Afterwards it stops accepting, closes its own, and ends the
 * conversations that it has begun. Whatever fails, the sockets are still its own and it can go on as if
 * nothing had been. With them goes the duty to remove the files of local sockets.
 *
 * Only a peer of the same user, or root, is given anything.
 *
 * Errors: `GSOCK_ERROR_OUT_OF_RANGE` for no socket or too many, `GSOCK_ERROR_INVALID_ARGUMENT` for a name that
 * is none and for a successor that says what does not belong there, `GSOCK_ERROR_ACCESS_DENIED` for another
 * user, `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for another kind of channel, `GSOCK_ERROR_ENDPOINT_SHUTDOWN` and
 * `GSOCK_ERROR_CONNECTION_RESET` where the successor went away, `GSOCK_ERROR_TIMED_OUT`, `GSOCK_ERROR_CLOSED`,
 * %G_IO_ERROR_CANCELLED, and those of [method@Socket.send_socket_with_keywords].
 *
 * Returns: whether the successor serves
 *
 * Since: 1.0
 */
gboolean
gsock_handover_give (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, const char *const *socket_names, double timeout, GCancellable *cancellable, GError **error)
{
  Record record;
  Side self;

  g_return_val_if_fail (GSOCK_IS_SOCKET (channel), FALSE);

  side_init (&self, channel, "handover-give", timeout, cancellable);
  if (!check_items (&self, sockets, n_sockets, socket_names, error) || !check_channel (&self, error))
    return FALSE;
  if (!send_items (&self, sockets, n_sockets, socket_names, error) || !await_count (&self, RECORD_RECEIVED, n_sockets, error)
      || !receive_record (&self, RECORD_READY, &record, NULL, error))
    return FALSE;
  record_init (&record, RECORD_RELEASED);
  if (!send_record (&self, &record, -1, error))
    return FALSE;
  for (gsize i = 0; i < n_sockets; i++)
    gsock_send_socket_done (sockets[i], TRUE);
  return TRUE;
}

typedef struct
{
  GPtrArray *sockets;
  char **names;
  double timeout;
} Give;

static void
give_free (gpointer data)
{
  Give *self = data;

  g_ptr_array_unref (self->sockets);
  g_strfreev (self->names);
  g_free (self);
}

/* One that is none is refused in the thread. */
static void
release_socket (gpointer socket)
{
  if (socket != NULL)
    g_object_unref (socket);
}

static void
give_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Give *self = data;
  GError *error = NULL;

  if (gsock_handover_give (source, (GSockSocket *const *) self->sockets->pdata, self->sockets->len, (const char *const *) self->names, self->timeout, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gsock_handover_give_async:
 * @channel: a local socket of the type seqpacket, connected to the successor
 * @sockets: (array length=n_sockets): the sockets to give
 * @n_sockets: how many there are, up to %GSOCK_HANDOVER_MAX
 * @socket_names: (array zero-terminated=1): the name of each
 * @timeout: seconds for all of it, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @priority: of the callback in the main context
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): what to call when it is done
 * @user_data: what to give it
 *
 * Gives sockets to a successor in a thread, while this one goes on serving. The callback is called in the
 * thread-default main context of the caller, once, and calls [func@handover_give_finish].
 *
 * Since: 1.0
 */
void
gsock_handover_give_async (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, const char *const *socket_names, double timeout, int priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Give *self;

  g_return_if_fail (GSOCK_IS_SOCKET (channel));

  task = g_task_new (channel, cancellable, callback, user_data);
  self = g_new0 (Give, 1);
  self->sockets = g_ptr_array_new_with_free_func (release_socket);
  for (gsize i = 0; i < n_sockets; i++)
    g_ptr_array_add (self->sockets, sockets[i] != NULL ? g_object_ref (sockets[i]) : NULL);
  self->names = g_strdupv ((char **) socket_names);
  self->timeout = timeout;
  g_task_set_source_tag (task, gsock_handover_give_async);
  g_task_set_priority (task, priority);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, give_free);
  g_task_run_in_thread (task, give_in_thread);
  g_object_unref (task);
}

/**
 * gsock_handover_give_finish:
 * @channel: the channel
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Tells whether the successor serves. The errors are those of [func@handover_give].
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
gsock_handover_give_finish (GSockSocket *channel, GAsyncResult *result, GError **error)
{
  if (!gsock_async_check (result, channel, gsock_handover_give_async, error))
    return FALSE;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The name, and the parcel that follows it. */
static char *
read_item (const Side *self, const Record *record, guint wanted, GSockParcel *parcel, GError **error)
{
  guint index = 0;
  gsize length, at = HEAD + 3, body = 0;
  const char *wrong = "a record of the other side is too short";
  char *name;

  if (!read_number (self, record, HEAD, &index, error))
    return NULL;
  length = record->length > at ? record->bytes[at - 1] : 0;
  if (record->length >= at + length + GSOCK_PARCEL_HEAD)
    wrong = gsock_parcel_check_head (record->bytes + at + length, &body);
  if (wrong == NULL && record->length != at + length + GSOCK_PARCEL_HEAD + body)
    wrong = "a record of the other side is too short or too long";
  if (wrong == NULL)
    wrong = gsock_parcel_decode (parcel, record->bytes + at + length + GSOCK_PARCEL_HEAD, body);
  if (wrong == NULL && index != wanted)
    wrong = "the sockets do not come in order";
  if (wrong == NULL && (memchr (record->bytes + at, 0, length) != NULL || !g_utf8_validate ((const char *) record->bytes + at, length, NULL)))
    wrong = "the name of a socket is not UTF-8";
  name = wrong == NULL ? g_strndup ((const char *) record->bytes + at, length) : NULL;
  if (wrong != NULL)
    refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, wrong, error);
  return name;
}

/* The file is removed by the giver until it says that the sockets are released. */
static GSockSocket *
receive_item (const Side *self, guint index, char **name, GError **error)
{
  const GSockReceiveSocketSpec asked = { .wait = TRUE, .timeout = GSOCK_TIMEOUT_DEFAULT, .unlink_on_close = TRUE };
  GSockSocket *socket;
  GSockParcel parcel;
  Record record;
  int fd = -1;

  if (!receive_record (self, RECORD_ITEM, &record, &fd, error))
    return NULL;
  *name = read_item (self, &record, index, &parcel, error);
  socket = *name != NULL ? gsock_parcel_make_socket (&parcel, &asked, fd, error) : NULL;
  if (socket == NULL)
    gsock_control_close_descriptor (fd);
  else
    gsock_socket_get_private (socket)->unlink_on_close = FALSE;
  return socket;
}

static gboolean
receive_items (const Side *self, GPtrArray *sockets, GPtrArray *names, GError **error)
{
  Record record;
  guint count = 0;

  if (!receive_record (self, RECORD_OFFER, &record, NULL, error) || !read_number (self, &record, HEAD, &count, error))
    return FALSE;
  if (count < 1 || count > GSOCK_HANDOVER_MAX)
    return refuse (self, GSOCK_ERROR_INVALID_ARGUMENT, "the other side offers no socket, or too many", error);
  for (guint i = 0; i < count; i++)
    {
      char *name = NULL;
      GSockSocket *socket = receive_item (self, i, &name, error);

      if (socket == NULL)
        {
          g_free (name);
          return FALSE;
        }
      g_ptr_array_add (sockets, socket);
      g_ptr_array_add (names, name);
    }
  record_init (&record, RECORD_RECEIVED);
  record_add_number (&record, count);
  return send_record (self, &record, -1, error);
}

/**
 * gsock_handover_take:
 * @channel: a local socket of the type seqpacket, connected to the one who has the sockets
 * @timeout: seconds for all of it, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Takes the sockets of a running server, each of its class and with its keywords. The server goes on
 * until [func@handover_complete] tells it that this process serves; where that never comes it has lost
 * nothing.
 *
 * Nothing is taken from another user but root.
 *
 * Errors: `GSOCK_ERROR_INVALID_ARGUMENT` for what is no handover, `GSOCK_ERROR_TRUNCATED` where this process may
 * not have so many open, `GSOCK_ERROR_ACCESS_DENIED` for another user,
 * `GSOCK_ERROR_OPERATION_NOT_SUPPORTED` for another kind of channel, `GSOCK_ERROR_ENDPOINT_SHUTDOWN` and
 * `GSOCK_ERROR_CONNECTION_RESET` where the other side went away, `GSOCK_ERROR_TIMED_OUT`,
 * `GSOCK_ERROR_CLOSED` and %G_IO_ERROR_CANCELLED. All that had come is closed then.
 *
 * Returns: (element-type GSockSocket) (transfer container): the sockets, in the order in which they were given
 *
 * Since: 1.0
 */
GPtrArray *
gsock_handover_take (GSockSocket *channel, double timeout, char ***names, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  Side self;

  g_return_val_if_fail (GSOCK_IS_SOCKET (channel), NULL);

  if (names != NULL)
    *names = NULL;
  side_init (&self, channel, "handover-take", timeout, cancellable);
  if (!check_channel (&self, error) || !receive_items (&self, sockets, list, error))
    return NULL;
  g_ptr_array_add (list, NULL);
  if (names != NULL)
    *names = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
  return g_steal_pointer (&sockets);
}

/**
 * gsock_handover_take_as_list:
 * @channel: a local socket of the type seqpacket, connected to the one who has the sockets
 * @timeout: seconds for all of it, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @names: (out) (optional) (array zero-terminated=1) (transfer full): the name of each socket
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Takes the sockets of a running server: what [func@handover_take] does, for languages that take no array,
 * such as Ruby.
 *
 * Errors: those of [func@handover_take].
 *
 * Returns: (transfer full) (element-type GSockSocket): the sockets, in the order in which they were given
 *
 * Since: 1.0
 */
GList *
gsock_handover_take_as_list (GSockSocket *channel, double timeout, char ***names, GCancellable *cancellable, GError **error)
{
  return gsock_list_of_objects (gsock_handover_take (channel, timeout, names, cancellable, error));
}

static void
inherit_file (GSockSocketPrivate *priv)
{
  g_autoptr (GSockLocalFile) file = gsock_socket_get_file (priv);

  if (file != NULL)
    priv->unlink_on_close = TRUE;
}

/**
 * gsock_handover_complete:
 * @channel: the channel by which they were taken
 * @sockets: (array length=n_sockets): the sockets that were taken
 * @n_sockets: how many there are
 * @timeout: seconds for all of it, %GSOCK_TIMEOUT_DEFAULT or %GSOCK_TIMEOUT_NEVER
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Tells the one who gave the sockets that this process serves, and waits until it lets go of them. From
 * then on this process removes the files of local sockets. Call it when everything that a connection may
 * need is there.
 *
 * Errors: those of [func@handover_take]. After one it is not certain who serves: a process whose predecessor
 * is gone should serve, and one whose predecessor is there should end.
 *
 * Returns: whether the sockets are this process's alone
 *
 * Since: 1.0
 */
gboolean
gsock_handover_complete (GSockSocket *channel, GSockSocket *const *sockets, gsize n_sockets, double timeout, GCancellable *cancellable, GError **error)
{
  Record record;
  Side self;

  g_return_val_if_fail (GSOCK_IS_SOCKET (channel), FALSE);

  side_init (&self, channel, "handover-complete", timeout, cancellable);
  record_init (&record, RECORD_READY);
  if (!check_channel (&self, error) || !send_record (&self, &record, -1, error) || !receive_record (&self, RECORD_RELEASED, &record, NULL, error))
    return FALSE;
  for (gsize i = 0; i < n_sockets; i++)
    if (GSOCK_IS_SOCKET (sockets[i]))
      inherit_file (gsock_socket_get_private (sockets[i]));
  return TRUE;
}
