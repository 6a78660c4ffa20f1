/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-message.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_data (GSockSocket *self, const guint8 *buffer, gsize length, const GSockAddress *destination, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_data_to_host (GSockSocket *self, const guint8 *buffer, gsize length, const char *host, int port, GError **error);
GSOCK_AVAILABLE_IN_1_0
guint8 *gsock_socket_receive_data (GSockSocket *self, gsize size, gsize *length, char **host, int *port, GSockMessage **message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
