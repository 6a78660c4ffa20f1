/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

/* From a name to addresses */
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_lookup_hostname (const char *name, GSockIpv6Mode ipv6, char **true_name, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_lookup_hostname_as_list (const char *name, GSockIpv6Mode ipv6, char **true_name, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_lookup_hostname_async (const char *name, GSockIpv6Mode ipv6, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_lookup_hostname_finish (GAsyncResult *result, char **true_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_lookup_hostname_as_list_finish (GAsyncResult *result, char **true_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From an address to names */
GSOCK_AVAILABLE_IN_1_0
char *gsock_lookup_name (const GSockAddress *address, gboolean numeric, char **service, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
void gsock_lookup_name_async (const GSockAddress *address, gboolean numeric, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GSOCK_AVAILABLE_IN_1_0
char *gsock_lookup_name_finish (GAsyncResult *result, char **service, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
