/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operators of messages, and what messages and batches are made of. */

#include "conform.h"

#define MESSAGE ((GSockMessage *) call->self->boxed)

/* What is none of the operator's business: nothing for a number below zero. */
static Value *
known_or_nothing (gint64 number)
{
  return number >= 0 ? value_integer (number) : value_new (NOTHING);
}

/* Messages: what they have, as parts that have names */

static Value *
get_data (Call *call, GError **error)
{
  return value_take_bytes (gsock_message_get_bytes (MESSAGE));
}

static Value *
get_address (Call *call, GError **error)
{
  return value_address (gsock_message_get_address (MESSAGE));
}

static Value *
get_full_length (Call *call, GError **error)
{
  return value_integer ((gint64) gsock_message_get_full_length (MESSAGE));
}

static Value *
get_truncated (Call *call, GError **error)
{
  return value_boolean (gsock_message_is_truncated (MESSAGE));
}

static Value *
get_control_truncated (Call *call, GError **error)
{
  return value_boolean (gsock_message_is_control_truncated (MESSAGE));
}

static Value *
get_message_ttl (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_ttl (MESSAGE));
}

static Value *
get_traffic_class (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_traffic_class (MESSAGE));
}

static Value *
get_segment_size (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_segment_size (MESSAGE));
}

static Value *
get_overflow_count (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_overflow_count (MESSAGE));
}

static Value *
get_timestamp (Call *call, GError **error)
{
  return known_or_nothing (gsock_message_get_timestamp (MESSAGE));
}

static Value *
get_packet_info (Call *call, GError **error)
{
  GSockAddress address;
  guint interface;

  if (!gsock_message_get_packet_info (MESSAGE, &address, &interface))
    return value_new (NOTHING);
  return value_list (NULL, value_take_text (gsock_address_get_host (&address)), value_integer (interface), NULL);
}

static Value *
get_credentials (Call *call, GError **error)
{
  int pid;
  guint uid, gid;

  if (!gsock_message_get_credentials (MESSAGE, &pid, &uid, &gid))
    return value_new (NOTHING);
  return value_list (NULL, value_integer (pid), value_integer (uid), value_integer (gid), NULL);
}

static Value *
get_extended_error (Call *call, GError **error)
{
  int number, origin, type, code;
  guint info;
  GSockAddress offender;

  if (!gsock_message_get_extended_error (MESSAGE, &number, &origin, &type, &code, &info, &offender))
    return value_new (NOTHING);
  return value_list (NULL, value_integer (number), value_integer (origin), value_integer (type), value_integer (code), NULL);
}

static Value *
get_n_file_descriptors (Call *call, GError **error)
{
  return value_integer (gsock_message_get_n_file_descriptors (MESSAGE));
}

static Value *
take_file_descriptors (Call *call, GError **error)
{
  gsize n_fds;
  g_autofree int *fds = gsock_message_take_file_descriptors (MESSAGE, &n_fds);
  Value *list = value_new (LIST);

  for (gsize i = 0; i < n_fds; i++)
    value_append (list, value_integer (fds[i]));
  return list;
}

/* Messages: what is put into them */

static gboolean
add_data (GSockMessage *message, const Value *data)
{
  gsize length;
  gconstpointer bytes;

  if (data->kind == LIST)
    for (guint i = 0; i < data->items->len; i++)
      add_data (message, value_item (data, i));
  else
    {
      bytes = g_bytes_get_data (data->bytes, &length);
      gsock_message_add_data (message, bytes, length);
    }
  return TRUE;
}

static gboolean
add_file_descriptors (GSockMessage *message, const Value *fds, GError **error)
{
  for (guint i = 0; i < fds->items->len; i++)
    if (!gsock_message_add_file_descriptor (message, (int) value_item (fds, i)->integer, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_controls (GSockMessage *message, const Value *controls, GError **error)
{
  for (guint i = 0; i < controls->items->len; i++)
    {
      const Value *control = value_item (controls, i);
      gsize length;
      gconstpointer data = g_bytes_get_data (value_item (control, 2)->bytes, &length);

      if (!gsock_message_add_control (message, (int) value_item (control, 0)->integer, (int) value_item (control, 1)->integer, data, length, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_packet_info (GSockMessage *message, const Value *info, GError **error)
{
  GSockAddress address;

  if (!gsock_address_init_from_host (&address, value_item (info, 0)->text, 0, error))
    return FALSE;
  gsock_message_set_packet_info (message, &address, (guint) value_item (info, 1)->integer);
  return TRUE;
}

GSockMessage *
call_message (Call *call, GError **error)
{
  g_autoptr (GSockMessage) message = gsock_message_new ();
  Value *part;

  add_data (message, call_argument (call, 0));
  if ((part = call_take (call, "ttl")) != NULL)
    gsock_message_set_ttl (message, (int) part->integer);
  if ((part = call_take (call, "traffic-class")) != NULL)
    gsock_message_set_traffic_class (message, (int) part->integer);
  if ((part = call_take (call, "packet-info")) != NULL && !set_packet_info (message, part, error))
    return NULL;
  if ((part = call_take (call, "file-descriptors")) != NULL && !add_file_descriptors (message, part, error))
    return NULL;
  if ((part = call_take (call, "controls")) != NULL && !add_controls (message, part, error))
    return NULL;
  return g_steal_pointer (&message);
}

/* Bytes, (bytes address) or (bytes host port). */
static gboolean
add_datagram (GSockBatch *batch, const Value *datagram, GError **error)
{
  const Value *bytes = datagram->kind == LIST ? value_item (datagram, 0) : datagram;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes->bytes, &length);
  const GSockAddress *address = NULL;
  GSockAddress made;

  if (datagram->kind == LIST && datagram->items->len == 2)
    address = value_item (datagram, 1)->boxed;
  else if (datagram->kind == LIST)
    {
      if (!gsock_address_init_from_host (&made, value_item (datagram, 1)->text, (guint) value_item (datagram, 2)->integer, error))
        return FALSE;
      address = &made;
    }
  return gsock_batch_add (batch, data, length, address, error);
}

GSockBatch *
call_batch (Call *call, GError **error)
{
  g_autoptr (GSockBatch) batch = gsock_batch_new ();
  const Value *list = call_argument (call, 0);

  for (guint i = 0; i < list->items->len; i++)
    if (!add_datagram (batch, value_item (list, i), error))
      return NULL;
  return g_steal_pointer (&batch);
}

/* clang-format off */
const OperatorRow message_operators[] = {
  { "get-address", get_address },
  { "get-control-truncated", get_control_truncated },
  { "get-credentials", get_credentials },
  { "get-data", get_data },
  { "get-extended-error", get_extended_error },
  { "get-full-length", get_full_length },
  { "get-n-file-descriptors", get_n_file_descriptors },
  { "get-overflow-count", get_overflow_count },
  { "get-packet-info", get_packet_info },
  { "get-segment-size", get_segment_size },
  { "get-timestamp", get_timestamp },
  { "get-traffic-class", get_traffic_class },
  { "get-truncated", get_truncated },
  { "get-ttl", get_message_ttl },
  { "take-file-descriptors", take_file_descriptors },
  { NULL },
};
