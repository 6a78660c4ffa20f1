/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A source for main contexts: the readiness of one socket, its cancellation and its end. */

#include <gsock/gsock-source-private.h>

#include <gsock/gsock-error-private.h>
#include <gsock/gsock-segments-private.h>
#include <gsock/gsock-socket-private.h>

typedef struct
{
  GSource source;
  GSockSocket *socket;
  GIOCondition condition;
  gpointer fd_tag; /* NULL: not watched, or not any more */
} GSockSource;

typedef gboolean (*GSockSourceFunc) (GSockSocket *socket, GIOCondition condition, gpointer user_data);

static G_DEFINE_QUARK (gsock-source-closed, gsock_source_closed)

/* Cancelled by the close, from whatever thread; GLib wakes the contexts that wait for it. Made for the
 * first source of a socket. */
static GCancellable *
end_of (GSockSocket *socket)
{
  GQuark quark = gsock_source_closed_quark ();
  GCancellable *end = g_object_get_qdata (G_OBJECT (socket), quark);
  g_autoptr (GCancellable) made = NULL;

  if (end != NULL)
    return end;
  made = g_cancellable_new ();
  if (g_object_replace_qdata (G_OBJECT (socket), quark, NULL, g_object_ref (made), g_object_unref, NULL))
    return made;
  g_object_unref (made);
  return g_object_get_qdata (G_OBJECT (socket), quark);
}

void
gsock_source_socket_closed (GSockSocket *socket)
{
  GCancellable *end = g_object_get_qdata (G_OBJECT (socket), gsock_source_closed_quark ());

  if (end != NULL)
    g_cancellable_cancel (end);
}

static gboolean
is_over (GSockSource *self)
{
  GSockHandle *handle = gsock_socket_get_handle (self->socket);

  return gsock_handle_is_closed (handle) || __atomic_load_n (&handle->fd, __ATOMIC_ACQUIRE) < 0;
}

/* The number may be another file's by now. */
static void
stop_watching (GSockSource *self)
{
  if (self->fd_tag != NULL)
    g_source_remove_unix_fd (&self->source, self->fd_tag);
  self->fd_tag = NULL;
}

/* The kernel knows nothing of what gsock has received and holds. */
static gboolean
holds_input (GSockSource *self)
{
  return (self->condition & G_IO_IN) != 0 && gsock_handle_holds_segments (gsock_socket_get_handle (self->socket));
}

static gboolean
source_prepare (GSource *source, int *timeout)
{
  GSockSource *self = (GSockSource *) source;

  *timeout = -1;
  if (!is_over (self))
    return holds_input (self);
  stop_watching (self);
  return TRUE;
}

static GIOCondition
ready_for (GSockSource *self)
{
  if (is_over (self))
    return G_IO_HUP;
  if (self->fd_tag == NULL)
    return 0;
  return (g_source_query_unix_fd (&self->source, self->fd_tag) & (self->condition | G_IO_ERR | G_IO_HUP)) | (holds_input (self) ? G_IO_IN : 0);
}

static gboolean
source_check (GSource *source)
{
  return ready_for ((GSockSource *) source) != 0;
}

/* Also called for the children: the cancellable's, and the end's. */
static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GSockSource *self = (GSockSource *) source;
  GSockSourceFunc function = (GSockSourceFunc) (gpointer) callback;

  if (function == NULL)
    {
      g_warning ("A source of a socket was dispatched without a callback: call g_source_set_callback first");
      return G_SOURCE_REMOVE;
    }
  return function (self->socket, ready_for (self), user_data);
}

static void
source_finalize (GSource *source)
{
  g_object_unref (((GSockSource *) source)->socket);
}

static gboolean
call_closure (GSockSocket *socket, GIOCondition condition, gpointer closure)
{
  GValue arguments[2] = { G_VALUE_INIT, G_VALUE_INIT };
  GValue answer = G_VALUE_INIT;
  gboolean again;

  g_value_init (&answer, G_TYPE_BOOLEAN);
  g_value_init (&arguments[0], GSOCK_TYPE_SOCKET);
  g_value_set_object (&arguments[0], socket);
  g_value_init (&arguments[1], G_TYPE_IO_CONDITION);
  g_value_set_flags (&arguments[1], condition);
  g_closure_invoke (closure, &answer, G_N_ELEMENTS (arguments), arguments, NULL);
  again = g_value_get_boolean (&answer);
  g_value_unset (&arguments[1]);
  g_value_unset (&arguments[0]);
  g_value_unset (&answer);
  return again;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
  .finalize = source_finalize,
  .closure_callback = (GSourceFunc) (gpointer) call_closure,
};

static void
add_child (GSource *source, GCancellable *cancellable)
{
  g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);
}

GSource *
gsock_source_new (GSockSocket *socket, GIOCondition condition, GCancellable *cancellable)
{
  GSource *source = g_source_new (&source_funcs, sizeof (GSockSource));
  GSockSource *self = (GSockSource *) source;
  int fd = gsock_handle_enter (gsock_socket_get_handle (socket), 1);

  g_source_set_static_name (source, "GSockSource");
  self->socket = g_object_ref (socket);
  self->condition = condition;
  /* Before the close can be missed. */
  add_child (source, end_of (socket));
  if (cancellable != NULL)
    add_child (source, cancellable);
  if (fd < 0)
    return source;
  self->fd_tag = g_source_add_unix_fd (source, fd, condition);
  gsock_socket_leave (socket);
  return source;
}
