/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-batch.h>
#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

/**
 * GSOCK_BATCH_TO_END:
 *
 * As the end of a range of datagrams: the end of the batch.
 *
 * Since: 1.0
 */
#define GSOCK_BATCH_TO_END ((guint32) 0xffffffff)

/**
 * GSOCK_DATAGRAM_MAX_LENGTH:
 *
 * The most bytes that a datagram of UDP may have, and a few more: room for any of them.
 *
 * Since: 1.0
 */
#define GSOCK_DATAGRAM_MAX_LENGTH 65536

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_many (GSockSocket *self, GSockBatch *batch, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_many_with_keywords (GSockSocket *self, GSockBatch *batch, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_send_many_direct (GSockSocket *self, GSockBatch *batch, guint start, guint stop, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_many (GSockSocket *self, GSockBatch *batch, guint most, GCancellable *cancellable, GError **error, const char *first_keyword, ...);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_many_with_keywords (GSockSocket *self, GSockBatch *batch, guint most, const char *const *names, const GValue *values, guint n_values, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gssize gsock_socket_receive_many_direct (GSockSocket *self, GSockBatch *batch, guint most, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error);

G_END_DECLS
