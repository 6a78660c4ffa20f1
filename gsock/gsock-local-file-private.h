/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

/* The file that binding a local socket has made. It does not change, so threads may share it. */
typedef struct _GSockLocalFile GSockLocalFile;

gboolean gsock_local_file_is_path (const GSockAddress *address);
GSockLocalFile *gsock_local_file_new (const GSockAddress *address);
GSockLocalFile *gsock_local_file_new_identified (const GSockAddress *address, guint64 device, guint64 inode);
void gsock_local_file_identify (const GSockLocalFile *self, guint64 *device, guint64 *inode);
GSockLocalFile *gsock_local_file_ref (GSockLocalFile *self);
void gsock_local_file_unref (GSockLocalFile *self);
void gsock_local_file_unlink (const GSockLocalFile *self);

/* Locks are held for a few system calls; who tries longer than this, each time 10 ms, meets something
 * else's lock. To bind without replacing anything is possible without it too. */
#define GSOCK_LOCAL_FILE_TRIES 500
#define GSOCK_LOCAL_FILE_FEW_TRIES 100

/* Taking the place of a file on which nobody listens any more. */
int gsock_local_file_lock (const GSockAddress *address, guint tries);
void gsock_local_file_unlock (int lock);
gssize gsock_local_file_remove_stale (const GSockAddress *address, int type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockLocalFile, gsock_local_file_unref)

G_END_DECLS
