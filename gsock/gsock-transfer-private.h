/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-async-private.h>
#include <gsock/gsock-kept-address-private.h>

G_BEGIN_DECLS

/* What becomes of sending or receiving once without blocking. A GAsyncResult as a GTask is; but these
 * two are called for every datagram, and a task costs as much as all the rest of them. */
#define GSOCK_TYPE_TRANSFER (gsock_transfer_get_type ())
G_DECLARE_FINAL_TYPE (GSockTransfer, gsock_transfer, GSOCK, TRANSFER, GObject)

struct _GSockTransfer
{
  GObject parent_instance;
  GSockOperation operation;
  GSockSocket *socket;
  gpointer tag;
  GAsyncReadyCallback callback;
  gpointer user_data;
  GMainContext *context; /* NULL: the default one; whoever runs the operation keeps it */
  GSockTransfer *next_spare;
  void (*explain) (GSockTransfer *self, gssize failure); /* makes the error, if it is to be one */
  GError *error;

  GBytes *bytes;         /* to be sent, or received */
  gsize start, end;      /* of those that are still to be sent */
  gsize length;          /* so many were sent; or may be received */
  gsize full_length;
  guint flags, received_flags;
  GSockKeptAddress address;
};

GSockTransfer *gsock_transfer_new (GSockSocket *socket, gpointer tag, GAsyncReadyCallback callback, gpointer user_data);
GSockTransfer *gsock_transfer_of_operation (GSockOperation *operation);

/* Takes over @self, and only calls back where it has an error already. */
void gsock_transfer_run (GSockTransfer *self, gboolean wait, double timeout, int priority, GCancellable *cancellable);

gboolean gsock_transfer_is (GAsyncResult *result, GSockSocket *socket, gpointer tag);

G_END_DECLS
