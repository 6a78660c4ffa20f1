/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_ACTIVE_SOCKET (gsock_active_socket_get_type ())

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GSockActiveSocket, gsock_active_socket, GSOCK, ACTIVE_SOCKET, GSockSocket)

/**
 * GSockActiveSocketClass:
 * @parent_class: the parent class
 *
 * The operators of one end of a conversation.
 *
 * Since: 1.0
 */
struct _GSockActiveSocketClass
{
  GSockSocketClass parent_class;

  /*< private >*/
  gpointer padding[12];
};

G_END_DECLS
