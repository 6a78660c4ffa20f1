/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-address.h>
#include <gsock/gsock-message.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_SOCKET (gsock_socket_get_type ())

/**
 * GSOCK_TIMEOUT_DEFAULT: (value -2.0)
 *
 * As the timeout of a call: the socket's own [property@Socket:timeout].
 *
 * Since: 1.0
 */
#define GSOCK_TIMEOUT_DEFAULT (-2.0)

/**
 * GSOCK_TIMEOUT_NEVER: (value -1.0)
 *
 * As a timeout: wait for ever.
 *
 * Since: 1.0
 */
#define GSOCK_TIMEOUT_NEVER (-1.0)

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GSockSocket, gsock_socket, GSOCK, SOCKET, GObject)

/**
 * GSockSocketClass:
 * @parent_class: the parent class
 * @bind_address: the operator bind-address
 * @connect_to: the operator connect
 * @shutdown: the operator shutdown
 * @close: the operator close
 * @send_to: the operator send-to
 * @receive_from: the operator receive-from
 * @send_message: the operator send-message
 * @receive_message: the operator receive-message
 *
 * The operators of every socket. A class overrides one and calls its parent's to go on, as a CLOS
 * method calls the next one. The public functions check the request first and the method does it.
 *
 * Since: 1.0
 */
struct _GSockSocketClass
{
  GObjectClass parent_class;

  gboolean (*bind_address) (GSockSocket *self, const GSockAddress *address, GError **error);
  gboolean (*connect_to) (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
  gboolean (*shutdown) (GSockSocket *self, gboolean read, gboolean write, GError **error);
  gboolean (*close) (GSockSocket *self, gboolean abort, GError **error);
  gssize (*send_to) (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
  GBytes *(*receive_from) (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error);

  gssize (*send_message) (GSockSocket *self, GSockMessage *message, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
  GSockMessage *(*receive_message) (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

  /*< private >*/
  gpointer padding[12];
};

/* Names and state */
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_socket_get_local_address (GSockSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockAddress *gsock_socket_get_remote_address (GSockSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_copy_local_address (GSockSocket *self, GSockAddress *address, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_copy_remote_address (GSockSocket *self, GSockAddress *address, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_get_local_port (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_get_remote_port (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
int gsock_socket_get_file_descriptor (GSockSocket *self, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_is_open (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_is_bound (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_is_connected (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_is_listening (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
GSockAddressFamily gsock_socket_get_address_family (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
GSockSocketType gsock_socket_get_socket_type (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
double gsock_socket_get_timeout (GSockSocket *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_socket_set_timeout (GSockSocket *self, double timeout);
GSOCK_AVAILABLE_IN_1_0
char *gsock_socket_to_string (GSockSocket *self) G_GNUC_WARN_UNUSED_RESULT;

/* bind-address */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_bind_address (GSockSocket *self, const GSockAddress *address, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_bind_address_with_keywords (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_bind_address_direct (GSockSocket *self, const GSockAddress *address, GError **error);

/* connect */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_connect (GSockSocket *self, const GSockAddress *address, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_connect_to (GSockSocket *self, const GSockAddress *address, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_connect_direct (GSockSocket *self, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_finish_connect (GSockSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

/* shutdown and close */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_shutdown (GSockSocket *self, gboolean read, gboolean write, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_close (GSockSocket *self, gboolean abort, GError **error);

/* send-to */
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_to (GSockSocket *self, const void *buffer, gsize length, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_to_with_keywords (GSockSocket *self, const guint8 *buffer, gsize length, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_to_direct (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_bytes (GSockSocket *self, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

/* receive-from */

/**
 * GSockReceived:
 * @sender: whom it came from; the empty address where that has no name or on a stream
 * @flags: what the kernel says of the message
 * @length: how many bytes are in the buffer
 * @full_length: how many bytes the datagram had
 * @truncated: whether the datagram was longer than the room
 *
 * What is told of something that was received.
 *
 * Since: 1.0
 */
typedef struct
{
  GSockAddress sender;
  GSockMessageFlags flags;
  gsize length;
  gsize full_length;
  gboolean truncated;
} GSockReceived;

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_from (GSockSocket *self, void *buffer, gsize length, GSockReceived *received, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
guint8 *gsock_socket_receive_from_with_keywords (GSockSocket *self, gsize size, const char *const *names, const GValue *values, guint n_values, gsize *length, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_from_direct (GSockSocket *self, void *buffer, gsize length, GSockMessageFlags flags, gboolean wait, double timeout, GSockReceived *received, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_socket_receive_bytes (GSockSocket *self, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* events */
GSOCK_AVAILABLE_IN_1_0
GIOCondition gsock_socket_wait_for (GSockSocket *self, GIOCondition condition, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_wait_for_any (GSockSocket **sockets, guint n_sockets, const guint *conditions, guint n_conditions, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_wait_for_any_as_list (GSockSocket **sockets, guint n_sockets, const guint *conditions, guint n_conditions, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* initialisation with keywords, and the classes that have them as properties */
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_init_with_keywords (GSockSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);

G_END_DECLS
