/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most bytes in the name of a descriptor that a service manager keeps or passes. */
#define GSOCK_FD_NAME_MAX 255

gboolean gsock_fd_name_is_valid (const char *name, gsize length);

G_END_DECLS
