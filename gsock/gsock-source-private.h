/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-handle-private.h>

G_BEGIN_DECLS

/* Has the main contexts of all sources of a handle look again; from any thread. */
void gsock_source_ring_bells (GSockHandle *handle);

gboolean gsock_source_has_bells (GSockHandle *handle);

/* Around a fork. */
void gsock_source_lock_bells (void);
void gsock_source_unlock_bells (void);

G_END_DECLS
