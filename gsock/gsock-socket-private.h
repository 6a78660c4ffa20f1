/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-handle-private.h>
#include <gsock/gsock-kept-address-private.h>
#include <gsock/gsock-local-file-private.h>
#include <gsock/gsock-request-private.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

typedef struct
{
  GSockHandle handle;
  GSockRequest *request; /* the keywords, until init has done what they say */
  GSockLocalFile *file;  /* guarded by the handle's lock; NULL: binding it has made none */
  double timeout;
  GSockKeptAddress remote; /* guarded by the handle's lock; none where it is not known without asking */
  guint8 ipv6;
  GSockFlag unlink_on_close;
  GSockFlag initialising; /* without blocking, for as long as that takes */
} GSockSocketPrivate;

/* Set with the class. The macros of GObject keep it to themselves, and each call would be one more. */
G_GNUC_INTERNAL extern int gsock_socket_private_offset;

static inline GSockSocketPrivate *
gsock_socket_get_private (GSockSocket *self)
{
  return G_STRUCT_MEMBER_P (self, gsock_socket_private_offset);
}

/* gsock's own classes, which live as long as the process, by the bits of GSockClassKinds. */
#define GSOCK_N_CLASS_KINDS 4
G_GNUC_INTERNAL extern gpointer gsock_socket_own_classes[GSOCK_N_CLASS_KINDS];

/* As GSOCK_IS_SOCKET, which walks through the type system for every class that is derived. */
static inline gboolean
gsock_socket_check (GSockSocket *self)
{
  gpointer klass = self != NULL ? ((GTypeInstance *) self)->g_class : NULL;

  if (G_LIKELY (klass != NULL))
    for (guint i = 0; i < GSOCK_N_CLASS_KINDS; i++)
      if (__atomic_load_n (&gsock_socket_own_classes[i], __ATOMIC_RELAXED) == klass)
        return TRUE;
  return GSOCK_IS_SOCKET (self);
}

static inline GSockHandle *
gsock_socket_get_handle (GSockSocket *self)
{
  return &gsock_socket_get_private (self)->handle;
}

/* The descriptor for the time until leave, or -1 with @error. */
int gsock_socket_enter (GSockSocket *self, const char *operation, GError **error);
void gsock_socket_leave (GSockSocket *self);

/* gsock-socket-names.c; no address is forgetting it */
void gsock_socket_keep_remote (GSockSocketPrivate *priv, const GSockAddress *address);
gboolean gsock_socket_get_kept_remote (GSockSocketPrivate *priv, GSockAddress *address);
void gsock_socket_keep_file (GSockSocketPrivate *priv, GSockLocalFile *file);
GSockLocalFile *gsock_socket_get_file (GSockSocketPrivate *priv);
void gsock_socket_unlink_file (GSockSocketPrivate *priv);
gssize gsock_socket_settle_file (GSockSocketPrivate *priv);

int gsock_socket_native_family (GSockSocket *self);
int gsock_socket_native_type (GSockSocket *self);
GSockRequest *gsock_socket_get_request (GSockSocket *self);

/* It may be set in one thread, and during an initialisation, while another one waits or closes. */
static inline double
gsock_socket_own_timeout (GSockSocketPrivate *priv)
{
  double timeout;

  __atomic_load (&priv->timeout, &timeout, __ATOMIC_RELAXED);
  return timeout;
}

static inline void
gsock_socket_keep_timeout (GSockSocketPrivate *priv, double timeout)
{
  __atomic_store (&priv->timeout, &timeout, __ATOMIC_RELAXED);
}

/* The timeout of a call: GSOCK_TIMEOUT_DEFAULT stands for the socket's own. */
static inline double
gsock_socket_effective_timeout (GSockSocketPrivate *priv, double timeout)
{
  return timeout == GSOCK_TIMEOUT_DEFAULT ? gsock_socket_own_timeout (priv) : timeout;
}

/* gsock-request-run.c */
gboolean gsock_request_run (GSockRequest *request, GSockSocket *self, GCancellable *cancellable, GError **error);

/* gsock-request-async.c: takes over @task, which returns a boolean; the request is the object's. */
void gsock_request_run_async (GSockRequest *request, GSockSocket *self, GTask *task);

/* gsock-make-socket-async.c */
void gsock_socket_async_initable_iface_init (GAsyncInitableIface *iface);

/* gsock-make-socket.c */
GSockSocket *gsock_make_new_instance (GType type, GError **error);

/* gsock-socket.c: an object of @type around a descriptor that is made already. */
GSockSocket *gsock_socket_construct (GType type);
gboolean gsock_socket_initable_init (GInitable *initable, GCancellable *cancellable, GError **error);
gboolean gsock_socket_check_request (GSockSocket *self, GSockRequest *request, GError **error);
void gsock_socket_drop_request (GSockSocket *self);
GSockSocket *gsock_socket_new_for_fd (GType type, int fd, int family, int native_type, int protocol);
GSOCK_SELDOM gboolean gsock_socket_answered (GSockSocket *self, gboolean answer, const char *operation, GError **error);
GType gsock_socket_type_for (int family, int type, GSockRole role);

/* gsock-socket-property.c */
void gsock_socket_install_keywords (GObjectClass *object_class, guint kind);
void gsock_socket_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec);
void gsock_socket_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec);
void gsock_socket_get_live_value (GSockSocket *self, guint id, GValue *value);

/* gsock-op-bind.c, gsock-op-connect.c: on a handle, without a check */
gssize gsock_bind_handle (GSockSocketPrivate *priv, int fd, const GSockAddress *address);
gssize gsock_connect_handle (GSockSocketPrivate *priv, const GSockAddress *address, gboolean started, GSockPatience *patience);

/* What the classes do where nobody has specialised them. */
gboolean gsock_socket_real_bind_address (GSockSocket *self, const GSockAddress *address, GError **error);
gboolean gsock_socket_real_connect_to (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
gboolean gsock_socket_real_shutdown (GSockSocket *self, gboolean read, gboolean write, GError **error);
gboolean gsock_socket_real_close (GSockSocket *self, gboolean abort, GError **error);
gssize gsock_socket_real_send_to (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GBytes *gsock_socket_real_receive_from (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error);

gssize gsock_socket_real_send_message (GSockSocket *self, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSockMessage *gsock_socket_real_receive_message (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

/* Format and buffers, which a passive socket hands to what it accepts. */
typedef struct
{
  const char *external_format; /* interned */
  guint input_buffer_size, output_buffer_size;
} GSockStreamDefaults;

void gsock_stream_defaults_init (GSockStreamDefaults *self);
void gsock_stream_defaults_set (GSockStreamDefaults *self, const char *external_format, int input_buffer_size, int output_buffer_size);
gboolean gsock_stream_defaults_get_property (const GSockStreamDefaults *self, guint id, GValue *value);

GSockStreamDefaults *gsock_active_socket_get_defaults (GSockActiveSocket *self);
GSockStreamDefaults *gsock_passive_socket_get_defaults (GSockPassiveSocket *self);
void gsock_passive_socket_set_backlog (GSockPassiveSocket *self, int backlog);

GList *gsock_list_of_objects (GPtrArray *objects);

G_END_DECLS
