/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

/* The file that binding a local socket has made. */
typedef struct _GSockLocalFile GSockLocalFile;

GSockLocalFile *gsock_local_file_new (const GSockAddress *address);
void gsock_local_file_free (GSockLocalFile *self);
void gsock_local_file_unlink (GSockLocalFile *self);

/* Taking the place of a file on which nobody listens any more. */
int gsock_local_file_lock (const GSockAddress *address);
void gsock_local_file_unlock (int lock);
gssize gsock_local_file_remove_stale (const GSockAddress *address, int type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GSockLocalFile, gsock_local_file_free)

G_END_DECLS
