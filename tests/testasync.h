/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

/* Gives a GAsyncResult ** its result. */
void test_keep_result (GObject *source, GAsyncResult *result, gpointer kept);

/* Runs the default context until @result is there. */
void test_await (GAsyncResult **result);

/* Has a pollable stream's source count how often it is dispatched, which it is once; and waits for that in the
 * default context, after which both are as if there had been none. */
GSource *test_attach_source (GSource *source, guint *count);
void test_await_source (GSource *source, guint *count);

/* Waits once, so that the descriptors that a main context waits by are there before any are counted. */
void test_warm_up (void);
