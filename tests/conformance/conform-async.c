/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators that are awaited: each is begun, and the main context runs until it is there. */

#include "conform.h"

#define SELF GSOCK_SOCKET (call->self->object)
#define ACTIVE GSOCK_ACTIVE_SOCKET (call->self->object)
#define PASSIVE GSOCK_PASSIVE_SOCKET (call->self->object)
#define REST (const char *const *) call->names, call->values, call->n_values, G_PRIORITY_DEFAULT, call->cancellable, keep_result, &result
#define SIZE (gsize) call_integer (call, 0, 65536)

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Making and connecting */

static Value *
make_socket (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_make_socket_with_keywords_async (REST);
  await (&result);
  return value_object (gsock_make_socket_finish (result, error));
}

static Value *
make_instance (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_make_instance_with_keywords_async (call_argument (call, 0)->type, REST);
  await (&result);
  return value_object (gsock_make_instance_finish (result, error));
}

static Value *
accept_connection (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_passive_socket_accept_connection_async (PASSIVE, REST);
  await (&result);
  return value_object (gsock_passive_socket_accept_connection_finish (PASSIVE, result, error));
}

static Value *
connect_to (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_connect_to_async (SELF, call_address (call, 0), REST);
  await (&result);
  return value_done (gsock_socket_connect_to_finish (SELF, result, error));
}

/* Data */

static Value *
send_to (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_send_to_async (SELF, call_argument (call, 0)->bytes, REST);
  await (&result);
  return value_count (gsock_socket_send_to_finish (SELF, result, error));
}

static Value *
receive_from (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSockAddress) sender = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GSockMessageFlags flags;
  gsize length, full_length;
  gconstpointer data;

  gsock_socket_receive_from_async (SELF, SIZE, REST);
  await (&result);
  bytes = gsock_socket_receive_from_finish (SELF, result, &sender, &flags, &full_length, error);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  return value_received (data, length, sender, flags, full_length);
}

static Value *
send_message (Call *call, GError **error)
{
  g_autoptr (GSockMessage) message = call_message (call, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (message == NULL)
    return NULL;
  gsock_socket_send_message_async (SELF, message, REST);
  await (&result);
  return value_count (gsock_socket_send_message_finish (SELF, result, error));
}

static Value *
receive_message (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GSockMessage *message;

  gsock_socket_receive_message_async (SELF, SIZE, REST);
  await (&result);
  message = gsock_socket_receive_message_finish (SELF, result, error);
  return message != NULL ? value_take_boxed (GSOCK_TYPE_MESSAGE, message) : NULL;
}

static Value *
send_many (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = call_batch (call, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (batch == NULL)
    return NULL;
  gsock_socket_send_many_async (SELF, batch, REST);
  await (&result);
  return value_count (gsock_socket_send_many_finish (SELF, result, error));
}

static Value *
receive_many (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSockBatch) batch = gsock_batch_new ();

  gsock_socket_receive_many_async (SELF, batch, (guint) call_integer (call, 0, 1), REST);
  await (&result);
  return gsock_socket_receive_many_finish (SELF, result, error) >= 0 ? value_batch (batch) : NULL;
}

/* Descriptors and credentials */

static Value *
send_file_descriptor (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_send_file_descriptor_async (SELF, (int) call_integer (call, 0, -1), REST);
  await (&result);
  return value_done (gsock_socket_send_file_descriptor_finish (SELF, result, error));
}

static Value *
send_file_descriptors (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  int fd = (int) ((Value *) g_ptr_array_index (call_argument (call, 0)->items, 0))->integer;

  gsock_socket_send_file_descriptors_async (SELF, &fd, 1, call_argument (call, 1)->bytes, REST);
  await (&result);
  return value_count (gsock_socket_send_file_descriptors_finish (SELF, result, error));
}

static Value *
receive_file_descriptor (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_receive_file_descriptor_async (SELF, REST);
  await (&result);
  return value_count (gsock_socket_receive_file_descriptor_finish (SELF, result, error));
}

static Value *
receive_file_descriptors (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autofree int *fds = NULL;
  gsize n_fds;

  gsock_socket_receive_file_descriptors_async (SELF, (gsize) call_integer (call, 0, 1), REST);
  await (&result);
  fds = gsock_socket_receive_file_descriptors_finish (SELF, result, &n_fds, &payload, error);
  return *error == NULL ? value_descriptors (fds, n_fds, payload) : NULL;
}

static Value *
send_socket (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_send_socket_async (SELF, GSOCK_SOCKET (call_argument (call, 0)->object), REST);
  await (&result);
  return value_done (gsock_socket_send_socket_finish (SELF, result, error));
}

static Value *
receive_socket (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_receive_socket_async (SELF, REST);
  await (&result);
  return value_object (gsock_socket_receive_socket_finish (SELF, result, error));
}

static Value *
send_credentials (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_socket_send_credentials_async (SELF, REST);
  await (&result);
  return value_done (gsock_socket_send_credentials_finish (SELF, result, error));
}

static Value *
receive_credentials (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  int pid, pidfd;
  guint uid, gid;

  gsock_socket_receive_credentials_async (SELF, REST);
  await (&result);
  if (!gsock_socket_receive_credentials_finish (SELF, result, &pid, &uid, &gid, &pidfd, error))
    return NULL;
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid),
                     pidfd < 0 ? value_new (NOTHING) : value_integer (pidfd), NULL);
}

/* Streams */

static Value *
read_line (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_read_line_async (ACTIVE, REST);
  await (&result);
  return value_text_or_end (gsock_active_socket_read_line_finish (ACTIVE, result, error), error);
}

static Value *
read_text (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_read_text_async (ACTIVE, (gssize) call_integer (call, 0, -1), REST);
  await (&result);
  return value_text_or_end (gsock_active_socket_read_text_finish (ACTIVE, result, error), error);
}

static Value *
read_char (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gunichar character;
  char text[7] = { 0 };

  gsock_active_socket_read_char_async (ACTIVE, REST);
  await (&result);
  if (!gsock_active_socket_read_char_finish (ACTIVE, result, &character, error))
    return value_text_or_end (NULL, error);
  g_unichar_to_utf8 (character, text);
  return value_take_text (g_strdup (text));
}

static Value *
read_bytes (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GBytes *bytes;

  gsock_active_socket_read_bytes_async (ACTIVE, (gssize) call_integer (call, 0, -1), REST);
  await (&result);
  bytes = gsock_active_socket_read_bytes_finish (ACTIVE, result, error);
  return bytes != NULL ? value_take_bytes (bytes) : NULL;
}

static Value *
write_text (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_write_text_async (ACTIVE, call_text (call, 0), REST);
  await (&result);
  return value_done (gsock_active_socket_write_text_finish (ACTIVE, result, error));
}

static Value *
write_line (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_write_line_async (ACTIVE, call_text (call, 0), REST);
  await (&result);
  return value_done (gsock_active_socket_write_line_finish (ACTIVE, result, error));
}

static Value *
write_bytes (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_write_bytes_async (ACTIVE, call_argument (call, 0)->bytes, REST);
  await (&result);
  return value_done (gsock_active_socket_write_bytes_finish (ACTIVE, result, error));
}

static Value *
finish_output (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gsock_active_socket_finish_output_async (ACTIVE, REST);
  await (&result);
  return value_done (gsock_active_socket_finish_output_finish (ACTIVE, result, error));
}

/* Lookups */

static Value *
lookup_hostname (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  char *true_name = NULL;
  Value *list;

  gsock_lookup_hostname_async (call_text (call, 0), (GSockIpv6Mode) call_integer (call, 1, GSOCK_IPV6_MODE_YES),
                               call->cancellable, keep_result, &result);
  await (&result);
  found = gsock_lookup_hostname_finish (result, &true_name, error);
  if (found == NULL)
    return NULL;
  list = value_new (LIST);
  for (guint i = 0; i < found->len; i++)
    value_append (list, value_address (g_ptr_array_index (found, i)));
  return value_list (NULL, list, value_take_text (true_name), NULL);
}

static Value *
lookup_name (Call *call, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *service = NULL, *host;

  gsock_lookup_name_async (call_address (call, 0), call_integer (call, 1, 0) != 0, call->cancellable, keep_result, &result);
  await (&result);
  host = gsock_lookup_name_finish (result, &service, error);
  return host != NULL ? value_list (NULL, value_take_text (host), value_take_text (service), NULL) : NULL;
}

/* clang-format off */
const OperatorRow async_operators[] = {
  { "accept-connection-async", accept_connection },
  { "connect-to-async", connect_to },
  { "finish-output-async", finish_output },
  { "lookup-hostname-async", lookup_hostname },
  { "lookup-name-async", lookup_name },
  { "make-instance-async", make_instance },
  { "make-socket-async", make_socket },
  { "read-bytes-async", read_bytes },
  { "read-char-async", read_char },
  { "read-line-async", read_line },
  { "read-text-async", read_text },
  { "receive-credentials-async", receive_credentials },
  { "receive-file-descriptor-async", receive_file_descriptor },
  { "receive-file-descriptors-async", receive_file_descriptors },
  { "receive-from-async", receive_from },
  { "receive-many-async", receive_many },
  { "receive-message-async", receive_message },
  { "receive-socket-async", receive_socket },
  { "send-credentials-async", send_credentials },
  { "send-file-descriptor-async", send_file_descriptor },
  { "send-file-descriptors-async", send_file_descriptors },
  { "send-many-async", send_many },
  { "send-message-async", send_message },
  { "send-socket-async", send_socket },
  { "send-to-async", send_to },
  { "write-bytes-async", write_bytes },
  { "write-line-async", write_line },
  { "write-text-async", write_text },
  { NULL },
};
