/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators that send and receive: data, messages, batches, descriptors, text. */

#include "conform.h"

#define SELF GSOCK_SOCKET (call->self->object)
#define ACTIVE GSOCK_ACTIVE_SOCKET (call->self->object)
#define NAMED (const char *const *) call->names, call->values, call->n_values
#define NAMED_AND_CANCELLABLE NAMED, call->cancellable, error

/* Data */

static Value *
send_to (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return value_count (gsock_socket_send_to_with_keywords (SELF, data, length, NAMED_AND_CANCELLABLE));
}

static Value *
receive_from (Call *call, GError **error)
{
  GSockMessageFlags flags;
  gsize length, full_length;
  g_autoptr (GSockAddress) sender = NULL;
  g_autofree guint8 *data = gsock_socket_receive_from_with_keywords (SELF, (gsize) call_integer (call, 0, 65536), (const char *const *) call->names,
                                                                     call->values, call->n_values, &length, &sender,
                                                                     &flags, &full_length, call->cancellable, error);

  return data != NULL || *error == NULL ? value_received (data, length, sender, flags, full_length) : NULL;
}

static Value *
receive_message (Call *call, GError **error)
{
  GSockMessage *message = gsock_socket_receive_message_with_keywords (SELF, (gsize) call_integer (call, 0, 65536), NAMED_AND_CANCELLABLE);

  return message != NULL ? value_take_boxed (GSOCK_TYPE_MESSAGE, message) : NULL;
}

static Value *
send_message (Call *call, GError **error)
{
  g_autoptr (GSockMessage) message = call_message (call, error);

  return message != NULL ? value_count (gsock_socket_send_message_with_keywords (SELF, message, NAMED_AND_CANCELLABLE)) : NULL;
}

static Value *
send_many (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = call_batch (call, error);

  return batch != NULL ? value_count (gsock_socket_send_many_with_keywords (SELF, batch, NAMED_AND_CANCELLABLE)) : NULL;
}

static Value *
receive_many (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  if (gsock_socket_receive_many_with_keywords (SELF, batch, (guint) call_integer (call, 0, 1), NAMED_AND_CANCELLABLE) < 0)
    return NULL;
  return value_batch (batch);
}

/* Descriptors and credentials */

static Value *
send_file_descriptor (Call *call, GError **error)
{
  return value_done (gsock_socket_send_file_descriptor_with_keywords (SELF, (int) call_integer (call, 0, -1), NAMED_AND_CANCELLABLE));
}

static Value *
send_file_descriptors (Call *call, GError **error)
{
  Value *list = call_argument (call, 0);
  int fds[16];

  g_assert (list->items->len <= G_N_ELEMENTS (fds));
  for (guint i = 0; i < list->items->len; i++)
    fds[i] = (int) ((Value *) g_ptr_array_index (list->items, i))->integer;
  return value_count (gsock_socket_send_file_descriptors_with_keywords (SELF, fds, list->items->len,
                                                                          call_argument (call, 1)->bytes, NAMED_AND_CANCELLABLE));
}

static Value *
receive_file_descriptor (Call *call, GError **error)
{
  return value_count (gsock_socket_receive_file_descriptor_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
receive_file_descriptors (Call *call, GError **error)
{
  g_autoptr (GBytes) payload = NULL;
  gsize n_fds;
  g_autofree int *fds = gsock_socket_receive_file_descriptors_with_keywords (SELF, (gsize) call_integer (call, 0, 1), (const char *const *) call->names,
                                                                             call->values, call->n_values, &n_fds,
                                                                             &payload, call->cancellable, error);

  return *error == NULL ? value_descriptors (fds, n_fds, payload) : NULL;
}

static Value *
send_socket (Call *call, GError **error)
{
  return value_done (gsock_socket_send_socket_with_keywords (SELF, GSOCK_SOCKET (call_argument (call, 0)->object), NAMED_AND_CANCELLABLE));
}

static Value *
receive_socket (Call *call, GError **error)
{
  return value_object (gsock_socket_receive_socket_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
peer_credentials (Call *call, GError **error)
{
  int pid;
  guint uid, gid;

  if (!gsock_socket_peer_credentials (SELF, &pid, &uid, &gid, error))
    return NULL;
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid), NULL);
}

static Value *
peer_pidfd (Call *call, GError **error)
{
  return value_count (gsock_socket_peer_pidfd (SELF, error));
}

static Value *
peer_security (Call *call, GError **error)
{
  char *text = gsock_socket_peer_security (SELF, error);

  return text != NULL ? value_take_text (text) : NULL;
}

static Value *
peer_groups (Call *call, GError **error)
{
  gsize n_groups;
  g_autofree guint *groups = gsock_socket_peer_groups (SELF, &n_groups, error);
  Value *list;

  if (*error != NULL)
    return NULL;
  list = value_new (LIST);
  for (gsize i = 0; i < n_groups; i++)
    value_append (list, value_integer (groups[i]));
  return list;
}

static Value *
send_credentials (Call *call, GError **error)
{
  return value_done (gsock_socket_send_credentials_with_keywords (SELF, NAMED_AND_CANCELLABLE));
}

static Value *
receive_credentials (Call *call, GError **error)
{
  int pid, pidfd;
  guint uid, gid;

  if (!gsock_socket_receive_credentials_with_keywords (SELF, NAMED, &pid, &uid, &gid, &pidfd, call->cancellable, error))
    return NULL;
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid),
                     pidfd < 0 ? value_new (NOTHING) : value_integer (pidfd), NULL);
}

/* Streams */

static Value *
read_line (Call *call, GError **error)
{
  return value_text_or_end (gsock_active_socket_read_line_with_keywords (ACTIVE, NAMED_AND_CANCELLABLE), error);
}

static Value *
read_text (Call *call, GError **error)
{
  return value_text_or_end (gsock_active_socket_read_text_with_keywords (ACTIVE, (gssize) call_integer (call, 0, -1), NAMED_AND_CANCELLABLE), error);
}

static Value *
read_char (Call *call, GError **error)
{
  gunichar character;
  char text[7] = { 0 };

  if (!gsock_active_socket_read_char_with_keywords (ACTIVE, NAMED, &character, call->cancellable, error))
    return value_text_or_end (NULL, error);
  g_unichar_to_utf8 (character, text);
  return value_take_text (g_strdup (text));
}

static Value *
read_bytes (Call *call, GError **error)
{
  gsize length;
  g_autofree guint8 *data = gsock_active_socket_read_bytes_with_keywords (ACTIVE, (gssize) call_integer (call, 0, -1), NAMED, &length, call->cancellable, error);

  return *error == NULL ? value_data (data, length) : NULL;
}

static Value *
write_text (Call *call, GError **error)
{
  return value_done (gsock_active_socket_write_text_with_keywords (ACTIVE, call_text (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
write_line (Call *call, GError **error)
{
  return value_done (gsock_active_socket_write_line_with_keywords (ACTIVE, call_text (call, 0), NAMED_AND_CANCELLABLE));
}

static Value *
write_bytes (Call *call, GError **error)
{
  gsize length;
  gconstpointer data = call_data (call, 0, &length);

  return value_done (gsock_active_socket_write_bytes_with_keywords (ACTIVE, data, length, NAMED_AND_CANCELLABLE));
}

static Value *
finish_output (Call *call, GError **error)
{
  return value_done (gsock_active_socket_finish_output_with_keywords (ACTIVE, NAMED_AND_CANCELLABLE));
}

static Value *
clear_input (Call *call, GError **error)
{
  return value_count (gsock_active_socket_clear_input (ACTIVE, error));
}

static Value *
create_io_stream (Call *call, GError **error)
{
  return value_object (gsock_active_socket_create_io_stream (ACTIVE, error));
}

/* clang-format off */
const OperatorRow transfer_operators[] = {
  { "clear-input", clear_input },
  { "create-io-stream", create_io_stream },
  { "finish-output", finish_output },
  { "peer-credentials", peer_credentials },
  { "peer-groups", peer_groups },
  { "peer-pidfd", peer_pidfd },
  { "peer-security", peer_security },
  { "read-bytes", read_bytes },
  { "read-char", read_char },
  { "read-line", read_line },
  { "read-text", read_text },
  { "receive-credentials", receive_credentials },
  { "receive-file-descriptor", receive_file_descriptor },
  { "receive-file-descriptors", receive_file_descriptors },
  { "receive-from", receive_from },
  { "receive-many", receive_many },
  { "receive-message", receive_message },
  { "receive-socket", receive_socket },
  { "send-credentials", send_credentials },
  { "send-file-descriptor", send_file_descriptor },
  { "send-file-descriptors", send_file_descriptors },
  { "send-many", send_many },
  { "send-message", send_message },
  { "send-socket", send_socket },
  { "send-to", send_to },
  { "write-bytes", write_bytes },
  { "write-line", write_line },
  { "write-text", write_text },
  { NULL },
};
