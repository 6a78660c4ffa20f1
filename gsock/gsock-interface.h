/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

#define GSOCK_TYPE_INTERFACE (gsock_interface_get_type ())

/**
 * GSockInterface:
 *
 * A network interface of this machine: its index, name, flags and addresses as they were when it was
 * looked up.
 *
 * Since: 1.0
 */
typedef struct _GSockInterface GSockInterface;

GSOCK_AVAILABLE_IN_1_0
GType gsock_interface_get_type (void) G_GNUC_CONST;
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_list_network_interfaces (GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GList *gsock_list_network_interfaces_as_list (GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockInterface *gsock_lookup_interface (const char *name_or_index, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GSockInterface *gsock_interface_ref (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
void gsock_interface_unref (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
const char *gsock_interface_get_name (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
guint gsock_interface_get_index (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_interface_is_up (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_interface_is_loopback (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
gboolean gsock_interface_has_multicast (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
GPtrArray *gsock_interface_get_addresses (GSockInterface *self);
GSOCK_AVAILABLE_IN_1_0
GList *gsock_interface_get_addresses_as_list (GSockInterface *self) G_GNUC_WARN_UNUSED_RESULT;
GSOCK_AVAILABLE_IN_1_0
GBytes *gsock_interface_get_hardware_address (GSockInterface *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockInterface, gsock_interface_unref)

G_END_DECLS
