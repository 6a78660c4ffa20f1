/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/* A message with these bytes. */
GSockMessage *test_message_new (const char *text);

/* Both fail the test where that does not go well; the second one after a while. */
void test_message_send (GSockSocket *socket, GSockMessage *message);
GSockMessage *test_message_receive (GSockSocket *socket, gsize size, GSockMessageFlags flags);

void test_message_assert_text (GSockMessage *message, const char *text);

/* Sets an option that is TRUE or FALSE. */
void test_message_ask_for (GSockSocket *socket, const char *option);
void test_message_set_option (GSockSocket *socket, const char *option, GVariant *value);
