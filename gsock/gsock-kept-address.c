/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address in as little room as it needs. */

#include <gsock/gsock-kept-address-private.h>

#include <string.h>

G_STATIC_ASSERT (GSOCK_ADDRESS_MAX_LENGTH <= G_MAXUINT8);

/* %NULL: it is short. */
static GSockAddress *
get_whole (const GSockKeptAddress *self)
{
  GSockAddress *whole = NULL;

  if (self->length > sizeof self->bytes)
    memcpy (&whole, self->bytes, sizeof whole);
  return whole;
}

void
gsock_kept_address_set (GSockKeptAddress *self, const GSockAddress *address)
{
  gsock_kept_address_clear (self);
  if (address->length > sizeof self->bytes)
    {
      GSockAddress *whole = gsock_address_copy (address);

      memcpy (self->bytes, &whole, sizeof whole);
    }
  else
    memcpy (self->bytes, address->storage, address->length);
  self->length = (guint8) address->length;
}

/* %FALSE: none is kept, and @address is empty. */
gboolean
gsock_kept_address_get (const GSockKeptAddress *self, GSockAddress *address)
{
  const GSockAddress *whole = get_whole (self);

  *address = (GSockAddress) GSOCK_ADDRESS_INIT;
  if (whole != NULL)
    *address = *whole;
  else
    memcpy (address->storage, self->bytes, self->length);
  address->length = self->length;
  return self->length > 0;
}

void
gsock_kept_address_clear (GSockKeptAddress *self)
{
  GSockAddress *whole = get_whole (self);

  g_clear_pointer (&whole, gsock_address_free);
  self->length = 0;
}
