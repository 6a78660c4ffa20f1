/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/* Writes a hosts file and what belongs to it into an /etc of the test's own (testetc.h). */
void test_hosts_write (void);

/* A name server of the test's own network: it answers every query with one code, or never. */
typedef struct
{
  int fd;
  int answer;              /* an RCODE, -1 for silence */
  GCancellable *to_cancel; /* as soon as a query came */
  GThread *thread;
} TestNameServer;

enum
{
  TEST_ANSWER_NEVER = -1,
  TEST_ANSWER_SERVER_FAILURE = 2,
  TEST_ANSWER_NO_SUCH_NAME = 3,
};

void test_name_server_start (TestNameServer *self, int answer, GCancellable *to_cancel);
void test_name_server_stop (TestNameServer *self);

/* The addresses as one text, in their order, or without one: the C library sorts by the routes of
 * the machine. */
char *test_join_addresses (GPtrArray *addresses);
char *test_join_sorted (GPtrArray *addresses);

typedef struct
{
  const char *name;
  GSockIpv6Mode ipv6;
  const char *addresses;
  const char *true_name;
} TestHostCase;

void test_check_host (const TestHostCase *row);

typedef struct
{
  const char *name;
  int ipv6;
  int code;
  const char *message;
} TestRefusedHost;

void test_check_refused_host (const TestRefusedHost *row);

/* A callback that keeps the result in the place that is its user data. */
void test_take_result (GObject *source, GAsyncResult *result, gpointer user_data);

/* Runs the main context until the result is there. It may not have come from within the call. */
GAsyncResult *test_wait_for_result (GAsyncResult **place);
