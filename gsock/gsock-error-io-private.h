/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-error-private.h>

G_BEGIN_DECLS

/* As the interfaces of GIO want it: an error of #GIOErrorEnum. Answers %FALSE. */
gboolean gsock_error_set_io (GError **error, gssize failure, const char *operation);

/* The same of an error that is there already. */
gboolean gsock_error_translate_io (GError **error, const GError *own);

G_END_DECLS
