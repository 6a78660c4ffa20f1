/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gsock/gsock-address.h>

G_BEGIN_DECLS

/* As long as an address of the internet is. */
#define GSOCK_KEPT_SHORT 28

/* An address that is kept for as long as a socket lives. It takes a quarter of the room of a
 * GSockAddress, but for the name of a local socket. Zeros are none. */
typedef struct
{
  guint8 length;
  guint8 bytes[GSOCK_KEPT_SHORT]; /* those of a pointer to a GSockAddress, where it is longer */
} GSockKeptAddress;

void gsock_kept_address_set (GSockKeptAddress *self, const GSockAddress *address);
gboolean gsock_kept_address_get (const GSockKeptAddress *self, GSockAddress *address);
void gsock_kept_address_clear (GSockKeptAddress *self);

G_END_DECLS
