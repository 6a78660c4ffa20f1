/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

typedef enum
{
  GSOCK_FLAG_SEND = 1 << 0,
  GSOCK_FLAG_RECEIVE = 1 << 1,
  GSOCK_FLAG_RETURNED = 1 << 2,
} GSockFlagUse;

typedef struct
{
  const char *name;
  const char *constant;
  GSockMessageFlags flag;
  guint uses;
} GSockFlagRow;

const GSockFlagRow *gsock_message_flags_rows (gsize *n_rows);
gboolean gsock_message_flags_check_each (const char *operator_name, guint flags, GSockFlagUse use, GError **error);

/* Most calls have none. */
static inline gboolean
gsock_message_flags_check (const char *operator_name, guint flags, GSockFlagUse use, GError **error)
{
  return G_LIKELY (flags == 0) || gsock_message_flags_check_each (operator_name, flags, use, error);
}

G_END_DECLS
