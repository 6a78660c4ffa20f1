/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What operators answer, each in one shape for all that answer it. */

#include "conform.h"

/* Of an operator that gives nothing else than that it did it. */
Value *
value_done (gboolean done)
{
  return done ? value_boolean (TRUE) : NULL;
}

/* Of one that counts, and answers -1 with an error. */
Value *
value_count (gint64 count)
{
  return count >= 0 ? value_integer (count) : NULL;
}

Value *
value_object (gpointer object)
{
  return object != NULL ? value_take_object (object) : NULL;
}

Value *
value_take_objects (GPtrArray *array)
{
  Value *list;

  if (array == NULL)
    return NULL;
  list = value_new (LIST);
  for (guint i = 0; i < array->len; i++)
    value_append (list, value_take_object (g_object_ref (g_ptr_array_index (array, i))));
  g_ptr_array_unref (array);
  return list;
}

static const char *const received_names[] = { "data", "host", "port", "filename", "address", "flags", "full-length", "truncated", NULL };

Value *
value_received (gconstpointer data, gsize length, const GSockAddress *sender, GSockMessageFlags flags, gsize full_length)
{
  char *host = sender != NULL ? gsock_address_get_host (sender) : NULL;

  return value_list (received_names,
                     value_data (data, length),
                     value_take_text (host),
                     host != NULL ? value_integer (gsock_address_get_port (sender)) : value_new (NOTHING),
                     value_take_text (sender != NULL ? gsock_address_get_filename (sender) : NULL),
                     value_address (sender),
                     value_integer (flags),
                     value_integer ((gint64) full_length),
                     value_boolean (full_length > length || (flags & GSOCK_MESSAGE_FLAGS_TRUNCATE) != 0),
                     NULL);
}

/* A text; at the end of the stream none, without an error. */
Value *
value_text_or_end (char *text, GError **error)
{
  return *error == NULL ? value_take_text (text) : NULL;
}

/* Bytes, host and port of each datagram. */
Value *
value_batch (GSockBatch *batch)
{
  Value *list = value_new (LIST);

  for (guint i = 0; i < gsock_batch_get_count (batch); i++)
    {
      gsize length;
      const guint8 *data = gsock_batch_get_data (batch, i, &length);
      Value *received = value_received (data, length, gsock_batch_get_address (batch, i), 0, length);

      g_ptr_array_set_size (received->items, 3);
      value_append (list, received);
    }
  return list;
}

/* The numbers, with the payload. */
Value *
value_descriptors (const int *fds, gsize n_fds, GBytes *payload)
{
  Value *list = value_new (LIST);

  for (gsize i = 0; i < n_fds; i++)
    value_append (list, value_integer (fds[i]));
  list->bytes = payload != NULL ? g_bytes_ref (payload) : NULL;
  return list;
}

Value *
value_item (const Value *list, guint number)
{
  return g_ptr_array_index (list->items, number);
}

double
value_seconds (const Value *value)
{
  return value->kind == REAL ? value->real : value->kind == INTEGER ? (double) value->integer : GSOCK_TIMEOUT_DEFAULT;
}
