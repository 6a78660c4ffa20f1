/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testlib.h"

/* A kind of socket of which two can be connected to one another. */
typedef struct
{
  const char *name;
  int family, type;
} TestKind;

extern const TestKind test_kinds[];
extern const guint test_n_kinds;

const TestKind *test_kind_find (const char *name);

/* FALSE, with the running test marked as skipped, where this machine has no such address family. */
gboolean test_kind_is_there (const TestKind *kind);

/* The two ends, each connected to the other. */
typedef struct
{
  GSockSocket *near, *far;
} TestWire;

gboolean test_wire_open (TestWire *self, const TestKind *kind);
void test_wire_close (TestWire *self);

/* A listener of this kind at an address of its own, with room for @backlog connections. */
GSockSocket *test_listener_new (const TestKind *kind, int backlog);

/* An unconnected datagram socket at an address of its own. */
GSockSocket *test_receiver_new (const TestKind *kind);

/* Where a socket can be reached. */
GSockAddress test_address_of (GSockSocket *socket);

/* An abstract name that nobody else has. */
char *test_unique_name (void);

/* The same socket as an object that was made of a descriptor: others hold it, for all gsock knows. */
GSockSocket *test_adopt (GSockSocket *socket);

/* The descriptor of a socket that is not told that anybody knows it. */
int test_peek_fd (GSockSocket *socket);

/* A socket of this kind connected to nobody and bound nowhere, by system calls alone. */
int test_plain_socket (const TestKind *kind);

/* Fills what the kernel keeps for a stream, so that the next byte would have to wait. */
gsize test_fill (GSockSocket *socket);

/* What one sends the other is kept in little room, and in the same however fast they are. */
void test_fix_buffers (GSockSocket *socket, GSockSocket *peer);

/* The same, so that it stays full for as long as the peer takes nothing out. */
gsize test_fill_up (GSockSocket *socket, GSockSocket *peer);

/* Empties it again. */
gsize test_drain (GSockSocket *socket);

/* Tests that fail when they leave more or fewer descriptors open than there were before. */
void test_add (const char *path, GTestFunc function);
void test_add_with (const char *path, gconstpointer data, GTestDataFunc function);

/* One for each kind that is wanted: its path is @prefix and the name of the kind. */
void test_add_for_kinds (const char *prefix, GTestDataFunc function, gboolean (*wanted) (const TestKind *kind));

gboolean test_is_stream (const TestKind *kind);
gboolean test_is_conversation (const TestKind *kind);
gboolean test_is_datagram (const TestKind *kind);
gboolean test_is_local (const TestKind *kind);
