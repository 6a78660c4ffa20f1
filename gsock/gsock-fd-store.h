/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_store_file_descriptors (const int *fds, gsize n_fds, const char *name, gboolean poll, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_remove_stored_file_descriptors (const char *name, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_notify_service_manager (const char *state, gboolean wait, double timeout, GCancellable *cancellable, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_wait_for_service_manager (double timeout, GCancellable *cancellable, GError **error);

G_END_DECLS
