/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-socket.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_make_sockets_from_activation (char ***fd_names, GError **error, const char *first_keyword, ...) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_make_sockets_from_activation_with_keywords (const char *const *names, const GValue *values, guint n_values, char ***fd_names, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_make_sockets_from_activation_as_list (const char *const *names, const GValue *values, guint n_values, char ***fd_names, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
int *gsock_file_descriptors_from_activation (gboolean unset_environment, gsize *n_fds, char ***fd_names, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
