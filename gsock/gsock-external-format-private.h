/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GSOCK_EXTERNAL_FORMAT_DEFAULT "utf-8"
#define GSOCK_BUFFER_SIZE_DEFAULT 8192

const char *gsock_external_format_encoding (const char *name);
gboolean gsock_external_format_check (const char *format, GError **error);

G_END_DECLS
