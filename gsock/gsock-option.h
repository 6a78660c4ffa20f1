/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_set_option (GSockSocket *self, const char *name, GVariant *value, GError **error);
GSOCK_AVAILABLE_IN_1_0
GVariant *gsock_socket_get_option (GSockSocket *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
char *gsock_socket_get_option_text (GSockSocket *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_set_option_int (GSockSocket *self, int level, int option, int value, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_get_option_int (GSockSocket *self, int level, int option, int *value, GError **error);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_socket_set_option_bytes (GSockSocket *self, int level, int option, const guint8 *bytes, gsize length, GError **error);
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_socket_get_option_bytes (GSockSocket *self, int level, int option, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GSOCK_AVAILABLE_IN_1_0
char **gsock_list_options (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
