/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * Networks of the tests' own, and wires between them. All of this is for a child that
 * test_in_own_network runs; where something may not be done, it ends with test_child_cannot.
 */

/* Makes a network in which only loopback is up, and goes there. Its number is for the others. */
int test_space_new (void);

/* The one in which this thread is. */
int test_space_here (void);
void test_space_enter (int space);

/* Runs ip(8) here. It must go well; a wire cannot be made where the kernel has none. */
void test_ip (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A wire between two networks: its ends are up, and have an IPv4 and an IPv6 address each. */
typedef struct
{
  int space;
  const char *name, *address, *address6; /* with the length of the prefix */
} TestEnd;

void test_wire_spaces (const TestEnd *left, const TestEnd *right);

/*
 * Three networks in a row. Here is the client, 10.1.0.2 and fd00:1::2; behind the router, 10.1.0.1 and
 * fd00:1::1, is the server, 10.2.0.2 and fd00:2::2. To 10.9.0.0/16 and fd00:9::/32 the router knows no way.
 */
typedef struct
{
  int client, router, server;
} TestRoute;

void test_route_make (TestRoute *self);
