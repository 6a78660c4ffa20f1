/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "testwire.h"

/*
 * Something that stands for several addresses, each with a fate of its own. They are written as
 * "6full 4open 4shut", in the order in which the name gives them: a family, 4, 6 or @ for abstract local
 * sockets, and what is there:
 *
 * open    a listener that has room
 * full    a listener that has none: a connection gets no answer
 * shut    nobody
 */
#define TEST_TRACK_MAX 32

typedef struct
{
  GSocketConnectable *name;
  guint n;
  GSockAddress addresses[TEST_TRACK_MAX];
  GSockSocket *listeners[TEST_TRACK_MAX]; /* NULL: shut */
  GPtrArray *others;
} TestTrack;

void test_track_open (TestTrack *self, const char *lanes);
void test_track_close (TestTrack *self);

/* Makes room at a listener that was full. */
void test_track_make_room (TestTrack *self, guint lane);

/* Takes what was accepted there, or NULL: nobody is. */
GSockSocket *test_track_accept (TestTrack *self, guint lane);

/* The lane that a connection is in. */
guint test_track_lane_of (TestTrack *self, GSockSocket *socket);
