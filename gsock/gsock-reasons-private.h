/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-error-private.h>

G_BEGIN_DECLS

/* Why each address of a name did not work, for one error that tells it all. */
typedef struct
{
  const char *operation; /* "connect" or "bind" */
  GString *lines;        /* NULL: none yet */
  guint n;
  GSockError code;       /* of the one that tells most */
  guint distance;
} GSockReasons;

#define GSOCK_REASONS_INIT(operation_) { .operation = (operation_) }

void gsock_reasons_add (GSockReasons *self, const GSockAddress *address, const GError *reason);
void gsock_reasons_add_text (GSockReasons *self, const GSockAddress *address, const char *text);
void gsock_reasons_clear (GSockReasons *self);

/* Each sets @error and answers %FALSE: none worked; this is what ended it for all of them, as an
 * error, which is taken, or as a number. */
GSOCK_SELDOM gboolean gsock_reasons_fail (GSockReasons *self, const char *name, GError **error);
GSOCK_SELDOM gboolean gsock_reasons_propagate (GSockReasons *self, GError *reason, GError **error);
GSOCK_SELDOM gboolean gsock_reasons_fail_for (GSockReasons *self, gssize failure, const char *name, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GSockReasons, gsock_reasons_clear)

G_END_DECLS
