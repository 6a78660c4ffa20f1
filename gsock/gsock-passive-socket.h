/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-active-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_PASSIVE_SOCKET (gsock_passive_socket_get_type ())

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GSockPassiveSocket, gsock_passive_socket, GSOCK, PASSIVE_SOCKET, GSockSocket)

/**
 * GSockPassiveSocketClass:
 * @parent_class: the parent class
 * @listen_on: the operator listen-on
 * @accept_connection: the operator accept-connection
 *
 * The operators of a socket that listens.
 *
 * Since: 1.0
 */
struct _GSockPassiveSocketClass
{
  GSockSocketClass parent_class;

  gboolean (*listen_on) (GSockPassiveSocket *self, guint backlog, GError **error);
  GSockActiveSocket *(*accept_connection) (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

  /*< private >*/
  gpointer padding[12];
};

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_passive_socket_listen_on (GSockPassiveSocket *self, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_passive_socket_listen_on_with_keywords (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_passive_socket_listen_on_direct (GSockPassiveSocket *self, guint backlog, GError **error);

GSOCK_AVAILABLE_IN_1_0
GSockActiveSocket *gsock_passive_socket_accept_connection (GSockPassiveSocket *self, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockActiveSocket *gsock_passive_socket_accept_connection_with_keywords (GSockPassiveSocket *self, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockActiveSocket *gsock_passive_socket_accept_connection_direct (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GType gsock_passive_socket_get_active_type (GSockPassiveSocket *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_passive_socket_set_active_type (GSockPassiveSocket *self, GType active_type);

/* accept-many */
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_passive_socket_accept_many (GSockPassiveSocket *self, guint limit, GCancellable *cancellable, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_passive_socket_accept_many_with_keywords (GSockPassiveSocket *self, guint limit, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_passive_socket_accept_many_as_list (GSockPassiveSocket *self, guint limit, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
