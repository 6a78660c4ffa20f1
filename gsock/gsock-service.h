/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

GSOCK_AVAILABLE_IN_1_0
int gsock_lookup_service (const char *service, const char *protocol, char **name, char **protocol_name, GError **error);
GSOCK_AVAILABLE_IN_1_0
int gsock_lookup_protocol (const char *protocol, char **name, GStrv *aliases, GError **error);

G_END_DECLS
