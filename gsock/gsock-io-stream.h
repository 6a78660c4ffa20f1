/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-active-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
GIOStream *gsock_active_socket_create_io_stream (GSockActiveSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
