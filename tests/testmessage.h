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

/* A pair of addresses of which the second sends to the first. */
typedef struct
{
  const char *name;
  int family;
  const char *host, *sender;
  gboolean dual_stack;
} TestWay;

#define TEST_N_WAYS 3

extern const TestWay test_ways[TEST_N_WAYS];

/* The two ends of a way: a socket that receives at any address, and one that sends. */
typedef struct
{
  GSockSocket *server, *client;
  guint port; /* of the server */
} TestEnds;

void test_ends_open (TestEnds *self, const TestWay *way);
void test_ends_close (TestEnds *self);

GSockSocket *test_datagram_socket_new (int family, const char *host);
GSockSocket *test_dual_stack_socket_new (void);

/* What IPv4 and IPv6 have options of their own for. A dual stack socket has both. */
void test_ask_for_each (GSockSocket *socket, const TestWay *way, const char *name4, const char *name6);

GSockAddress test_host_and_port (const char *host, guint port);
void test_assert_host (const GSockAddress *address, const char *host);
