/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "benchmark.h"

/* What libuv does of the scenarios: libuv.c, or libuv-none.c where it is not installed. */

#ifdef HAVE_LIBUV
#define LIBUV_VARIANT(run) { "libuv", run, { 0 } },
#else
#define LIBUV_VARIANT(run)
#endif

/* Datagrams that a socket sends to another one of the same loop. */
gpointer libuv_datagrams_open (void);
void libuv_datagrams_run (gpointer self, guint n_operations);
void libuv_datagrams_close (gpointer self);

/* The two ends of a connection, whose descriptors they own from then on, each with a loop. */
gpointer libuv_streams_open (int fds[2]);
void libuv_streams_run (gpointer self, guint n_operations);
void libuv_streams_run_one_way (gpointer self, char *data, guint n_operations);
void libuv_streams_close (gpointer self);

/* Local streams, which they own from then on, and a descriptor that is passed from the first to the
 * second. */
gpointer libuv_descriptors_open (int fds[2], int passed);
void libuv_descriptors_run (gpointer self, guint n_operations);
void libuv_descriptors_close (gpointer self);

/* Connections by TCP, or to a local socket of this name. */
gpointer libuv_connections_open (const char *filename);
void libuv_connections_run (gpointer self, guint n_operations);
void libuv_connections_close (gpointer self);

/* Descriptors that are watched by the only loop of a process, and a byte that comes to one of them. */
void libuv_watched_open (const int *fds, guint n_fds);
void libuv_watched_take (void);
