/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server.h"

/* What a process that loads a server is told. */
typedef enum
{
  LOAD_CONNECT, /* so many more */
  LOAD_ACTIVE,  /* how many of them ask, from the first on */
  LOAD_REQUEST, /* so many requests, each when its connection has had the last answer */
  LOAD_CLOSE,   /* all */
} LoadOrder;

/* A WorkerBody, with the ServerState. */
void load_run (int control, gpointer state);
