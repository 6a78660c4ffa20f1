/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
GSocket *gsock_socket_to_gsocket (GSockSocket *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockSocket *gsock_make_socket_from_gsocket (GSocket *gsocket, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
