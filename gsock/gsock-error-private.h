/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-error.h>
#include <gsock/gsock-address.h>

G_BEGIN_DECLS

/* Below the public line everything answers >= 0, -errno or minus one of these. */
typedef enum
{
  GSOCK_E_CLOSED = 0x10000,
  GSOCK_E_TIMED_OUT,
  GSOCK_E_CANCELLED,
  GSOCK_E_TRUNCATED,
  GSOCK_E_NOT_BOUND,
  GSOCK_E_NOT_INITIALIZED,
  GSOCK_E_KEPT, /* whoever failed keeps the error */
  GSOCK_E_UNREAD,
  GSOCK_E_UNSENT,
  GSOCK_E_NO_CONVERSION,
} GSockFailure;

/* On what happens seldom: the compiler puts it, and the ways to it, aside of what happens always. A
 * system call leaves little of the program in the cache, so what it meets after it should be short. */
#define GSOCK_SELDOM __attribute__ ((cold))

/* Each sets @error and answers %FALSE, so that a caller can return it. */
GSOCK_SELDOM gboolean gsock_error_set (GError **error, gssize failure, const char *operation, const GSockAddress *address);
GSOCK_SELDOM gboolean gsock_error_set_for_name (GError **error, gssize failure, const char *operation, const char *name);
GSOCK_SELDOM gboolean gsock_error_literal (GError **error, GSockError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The errno of a failed system call, negated: n < 0 becomes -errno, the rest passes. */
#define GSOCK_SYSCALL(call)                                                                        \
  (G_GNUC_EXTENSION ({                                                                             \
    gssize _result = (call);                                                                       \
    G_UNLIKELY (_result < 0) ? -(gssize) errno : _result;                                          \
  }))

G_END_DECLS
