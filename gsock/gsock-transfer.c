/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results of sending and receiving without blocking, which are used again where nobody has kept them. */

#include <gsock/gsock-transfer-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-socket-private.h>

/* How many a thread keeps for the next operations. */
#define SPARE_MAX 64

typedef struct
{
  GSockTransfer *first;
  guint n;
} Spare;

static void async_result_iface_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GSockTransfer, gsock_transfer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT, async_result_iface_init))

static void
free_spare (gpointer data)
{
  Spare *spare = data;

  while (spare->first != NULL)
    {
      GSockTransfer *transfer = spare->first;

      spare->first = transfer->next_spare;
      g_object_unref (transfer);
    }
  g_free (spare);
}

static GPrivate spare_of_thread = G_PRIVATE_INIT (free_spare);

static Spare *
get_spare (void)
{
  Spare *spare = g_private_get (&spare_of_thread);

  if (G_UNLIKELY (spare == NULL))
    {
      spare = g_new0 (Spare, 1);
      g_private_set (&spare_of_thread, spare);
    }
  return spare;
}

static GSockTransfer *
take_spare (void)
{
  Spare *spare = get_spare ();
  GSockTransfer *self = spare->first;

  if (self == NULL)
    return g_object_new (GSOCK_TYPE_TRANSFER, NULL);
  spare->first = self->next_spare;
  spare->n--;
  self->next_spare = NULL;
  return self;
}

/* Nothing is left of what it was. */
static void
clear (GSockTransfer *self)
{
  g_clear_object (&self->socket);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_error (&self->error);
  gsock_kept_address_clear (&self->address);
}

/* Whoever has a reference, a weak one or data of his own at the object knows it for what it was. */
static void
let_go (GSockTransfer *self)
{
  GObject *object = G_OBJECT (self);
  Spare *spare = get_spare ();

  if (g_atomic_int_get (&object->ref_count) != 1 || g_atomic_pointer_get (&object->qdata) != NULL || spare->n >= SPARE_MAX)
    {
      g_object_unref (self);
      return;
    }
  clear (self);
  memset ((char *) self + sizeof (GObject), 0, sizeof *self - sizeof (GObject));
  self->next_spare = spare->first;
  spare->first = self;
  spare->n++;
}

static void
gsock_transfer_finalize (GObject *object)
{
  clear (GSOCK_TRANSFER (object));
  G_OBJECT_CLASS (gsock_transfer_parent_class)->finalize (object);
}

static void
gsock_transfer_class_init (GSockTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gsock_transfer_finalize;
}

static void
gsock_transfer_init (GSockTransfer *self)
{
}

static gpointer
get_user_data (GAsyncResult *result)
{
  return GSOCK_TRANSFER (result)->user_data;
}

static GObject *
get_source_object (GAsyncResult *result)
{
  return G_OBJECT (g_object_ref (GSOCK_TRANSFER (result)->socket));
}

static gboolean
is_tagged (GAsyncResult *result, gpointer tag)
{
  return GSOCK_TRANSFER (result)->tag == tag;
}

static void
async_result_iface_init (GAsyncResultIface *iface)
{
  iface->get_user_data = get_user_data;
  iface->get_source_object = get_source_object;
  iface->is_tagged = is_tagged;
}

GSockTransfer *
gsock_transfer_new (GSockSocket *socket, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GSockTransfer *self = take_spare ();

  self->socket = g_object_ref (socket);
  self->tag = tag;
  self->callback = callback;
  self->user_data = user_data;
  self->context = g_main_context_get_thread_default ();
  return self;
}

GSockTransfer *
gsock_transfer_of_operation (GSockOperation *operation)
{
  return (GSockTransfer *) (gpointer) ((char *) operation - G_STRUCT_OFFSET (GSockTransfer, operation));
}

/* What the callback begins is begun in the same context, whoever runs that. */
static void
call_back (GSockTransfer *self)
{
  gboolean elsewhere = self->context != g_main_context_get_thread_default ();

  if (self->callback == NULL)
    return;
  if (elsewhere)
    g_main_context_push_thread_default (self->context);
  self->callback (G_OBJECT (self->socket), G_ASYNC_RESULT (self), self->user_data);
  if (elsewhere)
    g_main_context_pop_thread_default (self->context);
}

static void
on_done (gpointer data, gssize result)
{
  GSockTransfer *self = data;

  if (result < 0 && self->error == NULL)
    self->explain (self, result);
  call_back (self);
  let_go (self);
}

static gssize
step_failed (GSockOperation *operation, int fd, int flags)
{
  return -GSOCK_E_KEPT;
}

void
gsock_transfer_run (GSockTransfer *self, gboolean wait, double timeout, int priority, GCancellable *cancellable)
{
  GSockAsyncRequest request = {
    .socket = self->socket,
    .operation = &self->operation,
    .wait = wait && (self->flags & GSOCK_MESSAGE_FLAGS_DONT_WAIT) == 0,
    .timeout = gsock_socket_effective_timeout (gsock_socket_get_private (self->socket), timeout),
    .priority = priority,
    .cancellable = cancellable,
  };

  if (self->error != NULL)
    self->operation.step = step_failed;
  gsock_async_start (&request, on_done, self);
}

gboolean
gsock_transfer_is (GAsyncResult *result, GSockSocket *socket, gpointer tag)
{
  GSockTransfer *self = (GSockTransfer *) (gpointer) result;

  return G_TYPE_CHECK_INSTANCE_TYPE (result, GSOCK_TYPE_TRANSFER) && self->socket == socket && self->tag == tag;
}
