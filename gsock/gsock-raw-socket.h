/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_RAW_SOCKET (gsock_raw_socket_get_type ())

GSOCK_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (GSockRawSocket, gsock_raw_socket, GSOCK, RAW_SOCKET, GSockSocket)

/**
 * GSockRawSocketClass:
 * @parent_class: the parent class
 *
 * The operators of a raw socket.
 *
 * Since: 1.0
 */
struct _GSockRawSocketClass
{
  GSockSocketClass parent_class;

  /*< private >*/
  gpointer padding[12];
};

G_END_DECLS
