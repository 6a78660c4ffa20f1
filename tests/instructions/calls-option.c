/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Socket options read and set, by name and by number. */

#include "counted.h"

#include <sys/socket.h>

static void
get_by_name (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = gsock_socket_get_option (self->sender, "receive-buffer", NULL);

      expect (value != NULL, TRUE, "get-option");
    }
}

static void
get_boolean_by_name (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = gsock_socket_get_option (self->sender, "reuse-address", NULL);

      expect (value != NULL, TRUE, "get-option");
    }
}

static void
get_by_number (Stage *self, guint n)
{
  int value;

  for (guint i = 0; i < n; i++)
    expect (gsock_socket_get_option_int (self->sender, SOL_SOCKET, SO_RCVBUF, &value, NULL), TRUE, "get-option-int");
}

static void
raw_get (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int value;
      socklen_t length = sizeof value;

      expect (getsockopt (self->source, SOL_SOCKET, SO_RCVBUF, &value, &length), 0, "getsockopt");
    }
}

static void
set_by_name (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_set_option (self->sender, "reuse-address", g_variant_new_boolean (TRUE), NULL), TRUE, "set-option");
}

static void
set_by_number (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (gsock_socket_set_option_int (self->sender, SOL_SOCKET, SO_REUSEADDR, TRUE, NULL), TRUE, "set-option-int");
}

static void
raw_set (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    expect (setsockopt (self->source, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof (int)), 0, "setsockopt");
}

static void
get_local_address (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      GSockAddress address;

      expect (gsock_socket_copy_local_address (self->receiver, &address, NULL), TRUE, "local-address");
    }
}

static void
raw_get_local_address (Stage *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      struct sockaddr_storage address;
      socklen_t length = sizeof address;

      expect (getsockname (self->sink, (struct sockaddr *) &address, &length), 0, "getsockname");
    }
}

static const Call calls[] = {
  { .name = "get-option, a number by name", .run = get_by_name, .raw = raw_get },
  { .name = "get-option, a boolean by name", .run = get_boolean_by_name, .raw = raw_get },
  { .name = "get-option-int, by number", .run = get_by_number, .raw = raw_get },
  { .name = "set-option, by name", .run = set_by_name, .raw = raw_set },
  { .name = "set-option-int, by number", .run = set_by_number, .raw = raw_set },
  { .name = "copy-local-address", .run = get_local_address, .raw = raw_get_local_address },
};

CALLS (option_calls, calls);
