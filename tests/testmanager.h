/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

typedef void (*TestService) (gconstpointer data);

/* Runs @function in a forked child, whose descriptors are the usual three and, from 3 on, duplicates of
 * @fds as a service manager leaves them: not close-on-exec. It has to come to its end there. */
void test_as_service (const int *fds, guint n_fds, TestService function, gconstpointer data);

/* What the environment of a process says that is started by its manager; NULL removes. LISTEN_PID is
 * this process. */
void test_set_activation (const char *n_fds, const char *names);

/* Whether any of the variables of the activation is there. */
gboolean test_has_activation (void);

/* A socket that is a service manager's, and its address in NOTIFY_SOCKET; closed with the file by
 * test_manager_close. */
typedef struct
{
  int fd;
  char *path;
} TestManager;

void test_manager_open (TestManager *self, gboolean abstract);
void test_manager_close (TestManager *self);

/* The next notification, and the descriptors that came along, which are the caller's. */
char *test_manager_receive (TestManager *self, int *fds, guint room, guint *n_fds);
