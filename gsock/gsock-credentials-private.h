/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-driver-private.h>
#include <gsock/gsock-op-private.h>

#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct
{
  GSockOperation operation;
  struct ucred credentials;
} GSockSendCredentials;

typedef struct
{
  GSockOperation operation;
  struct ucred credentials;
  int pidfd;              /* -1: none */
  gboolean conversation;  /* that can end */
  gboolean want_pidfd;
  gboolean asked;         /* the kernel */
  gboolean came, ended;
} GSockReceiveCredentials;

gssize gsock_step_send_credentials (GSockOperation *operation, int fd, int flags);
gssize gsock_step_receive_credentials (GSockOperation *operation, int fd, int flags);
void gsock_receive_credentials_init (GSockReceiveCredentials *self, const GSockHandle *handle, gboolean want_pidfd);
gboolean gsock_receive_credentials_check (const GSockReceiveCredentials *self, gssize result, GError **error);
void gsock_receive_credentials_give (GSockReceiveCredentials *self, int *pid, guint *uid, guint *gid, int *pidfd);

void gsock_credentials_init_own (struct ucred *self);
void gsock_credentials_take_spec (struct ucred *self, const GSockCredentialsSpec *spec);
gboolean gsock_check_claimed_process (gint64 pid, GError **error);
gboolean gsock_check_passes_credentials (const char *operation, const GSockHandle *handle, GError **error);
GSOCK_SELDOM gboolean gsock_set_send_credentials_error (GError **error, gssize failure);

G_END_DECLS
