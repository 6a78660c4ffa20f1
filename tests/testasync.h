/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

/* Gives a GAsyncResult ** its result. */
void test_keep_result (GObject *source, GAsyncResult *result, gpointer kept);

/* Runs the default context until @result is there. */
void test_await (GAsyncResult **result);

/* Waits once, so that the descriptors that a main context waits by are there before any are counted. */
void test_warm_up (void);
