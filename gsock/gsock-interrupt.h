/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GSOCK_INSIDE) && !defined(GSOCK_COMPILATION)
#error "Only <gsock/gsock.h> can be included directly."
#endif

#include <gsock/gsock-types.h>

G_BEGIN_DECLS

/**
 * GSockInterruptFunc: (skip)
 * @user_data: what was given with the function
 *
 * Is asked when a signal has interrupted a call that waits, in the thread of that call, after the
 * handler of the signal has run.
 *
 * Returns: %TRUE to end the call with `GSOCK_ERROR_INTERRUPTED`, %FALSE to let it wait on
 *
 * Since: 1.0
 */
typedef gboolean (*GSockInterruptFunc) (gpointer user_data);

GSOCK_AVAILABLE_IN_1_0
void gsock_set_interrupt_func (GSockInterruptFunc func, gpointer user_data);

G_END_DECLS
