/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock.h>

/*
 * What a socket can meet, made with plain system calls, and the sockets that an operator is tried
 * on. Each thing has a name in `places`:
 *
 * port       a TCP port of 127.0.0.1 at which somebody listens
 * free       one that is taken, and where nobody listens
 * udp        a UDP port of 127.0.0.1 at which somebody receives
 * self       the port of the socket that was made last
 * dir        a folder
 * stream, seqpacket, datagram    files of sockets of these types, which listen or receive
 * stale      a file that a socket has left behind
 * file       a file that is no socket
 * long       a file name that is one byte too long
 * longest    one that is not
 */
typedef struct
{
  char *dir;
  GHashTable *places;
  int listener, taken, datagram;
  int local_stream, local_seqpacket, local_datagram;
  GPtrArray *others; /* GSockSocket: peers of the sockets that were made */
} TestStage;

void test_stage_open (TestStage *self);

void test_stage_close (TestStage *self);

/* Between two cases: closes the peers that were made, and puts the stale file back. */
void test_stage_restore (TestStage *self);
char *test_stage_list (TestStage *self);

const char *test_stage_place (TestStage *self, const char *name);
int test_stage_port (TestStage *self, const char *name);

/* A socket of a kind, which is one of the names in teststage.c. */
GSockSocket *test_stage_make (TestStage *self, const char *kind);

/* A path in the folder of the stage. */
char *test_stage_path (TestStage *self, const char *name);

/* Sockets by plain system calls. They fail the test rather than answer -1. */
int test_internet_fd (int type, int *port);
int test_local_fd (int type, const char *path);
int test_accept_fd (int listener);

/* An option as the kernel has it, not as gsock says. */
int test_native_int (GSockSocket *socket, int level, int option);

gboolean test_has_ipv6 (void);

/* The same, and marks the running test as skipped where not. */
gboolean test_needs_ipv6 (void);
gboolean test_needs_root (void);
