/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-op-private.h>
#include <gsock/gsock-passive-socket.h>

G_BEGIN_DECLS

GSockActiveSocket *gsock_passive_socket_real_accept_connection (GSockPassiveSocket *self, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSockActiveSocket *gsock_accept_by_spec (GSockPassiveSocket *self, GSockAcceptSpec *spec, GCancellable *cancellable, GError **error);

G_END_DECLS
