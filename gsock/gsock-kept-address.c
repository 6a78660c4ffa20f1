/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address in as little room as it needs. */

#include <gsock/gsock-kept-address-private.h>

#include <string.h>

void
gsock_kept_address_set (GSockKeptAddress *self, const GSockAddress *address)
{
  gsock_kept_address_clear (self);
  if (address->length > sizeof self->bytes)
    self->whole = gsock_address_copy (address);
  else
    memcpy (self->bytes, address->storage, address->length);
  self->length = address->length;
}

/* %FALSE: none is kept, and @address is empty. */
gboolean
gsock_kept_address_get (const GSockKeptAddress *self, GSockAddress *address)
{
  *address = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (self->whole != NULL)
    *address = *self->whole;
  else
    memcpy (address->storage, self->bytes, self->length);
  address->length = self->length;
  return self->length > 0;
}

void
gsock_kept_address_clear (GSockKeptAddress *self)
{
  g_clear_pointer (&self->whole, gsock_address_free);
  self->length = 0;
}
