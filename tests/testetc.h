/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * Moves this process to an /etc of its own, empty, and to a network of its own, where only loopback
 * is up: what the C library finds there is known then, and nobody else sees it. To be called before
 * a thread is started; more calls change nothing. Answers FALSE where the system does not allow it:
 * the tests that need it are skipped then.
 */
gboolean test_etc_enter (void);

/* Whether that went well; marks the running test as skipped where not. */
gboolean test_etc_is_own (void);

void test_etc_write (const char *name, const char *text);
void test_etc_remove (const char *name);
