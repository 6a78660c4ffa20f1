/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses to race for. */

#include "testtrack.h"

#include "testblocked.h"

#include <string.h>
#include <unistd.h>

#define TEST_TYPE_NAME (test_name_get_type ())
G_DECLARE_FINAL_TYPE (TestName, test_name, TEST, NAME, GObject)

struct _TestName
{
  GObject parent_instance;
  GPtrArray *addresses; /* of GSocketAddress */
};

#define TEST_TYPE_LISTING (test_listing_get_type ())
G_DECLARE_FINAL_TYPE (TestListing, test_listing, TEST, LISTING, GSocketAddressEnumerator)

struct _TestListing
{
  GSocketAddressEnumerator parent_instance;
  GPtrArray *addresses;
  guint next;
};

G_DEFINE_FINAL_TYPE (TestListing, test_listing, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

static GSocketAddress *
list_next (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GError **error)
{
  TestListing *self = TEST_LISTING (enumerator);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || self->next == self->addresses->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->addresses, self->next++));
}

static void
test_listing_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_LISTING (object)->addresses);
  G_OBJECT_CLASS (test_listing_parent_class)->finalize (object);
}

static void
test_listing_class_init (TestListingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_listing_finalize;
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass)->next = list_next;
}

static void
test_listing_init (TestListing *self)
{
}

static void connectable_iface_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestName, test_name, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, connectable_iface_init))

static GSocketAddressEnumerator *
enumerate (GSocketConnectable *connectable)
{
  TestListing *listing = g_object_new (TEST_TYPE_LISTING, NULL);

  listing->addresses = g_ptr_array_ref (TEST_NAME (connectable)->addresses);
  return G_SOCKET_ADDRESS_ENUMERATOR (listing);
}

static char *
to_string (GSocketConnectable *connectable)
{
  return g_strdup ("track.test");
}

static void
connectable_iface_init (GSocketConnectableIface *iface)
{
  iface->enumerate = enumerate;
  iface->proxy_enumerate = enumerate;
  iface->to_string = to_string;
}

static void
test_name_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_NAME (object)->addresses);
  G_OBJECT_CLASS (test_name_parent_class)->finalize (object);
}

static void
test_name_class_init (TestNameClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_name_finalize;
}

static void
test_name_init (TestName *self)
{
  self->addresses = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
close_descriptor (gpointer fd)
{
  close (GPOINTER_TO_INT (fd) - 1);
}

static const TestKind *
kind_of (char family)
{
  return test_kind_find (family == '4' ? "tcp-ipv4" : family == '6' ? "tcp-ipv6" : "local-stream");
}

static void
open_lane (TestTrack *self, const char *lane)
{
  const TestKind *kind = kind_of (*lane);
  gboolean full = g_str_equal (lane + 1, "full");
  GSockSocket *listener = test_listener_new (kind, full ? 0 : 64);
  g_autoptr (GSocketAddress) native = NULL;

  g_assert_cmpuint (self->n, <, TEST_TRACK_MAX);
  self->addresses[self->n] = test_address_of (listener);
  native = gsock_address_to_gsocket_address (&self->addresses[self->n], NULL);
  g_ptr_array_add (TEST_NAME (self->name)->addresses, g_object_ref (native));
  if (full)
    test_fill_backlog (listener, kind, self->others);
  if (g_str_equal (lane + 1, "shut"))
    g_clear_object (&listener);
  self->listeners[self->n++] = listener;
}

void
test_track_open (TestTrack *self, const char *lanes)
{
  g_auto (GStrv) each = g_strsplit (lanes, " ", -1);

  *self = (TestTrack){ .name = g_object_new (TEST_TYPE_NAME, NULL), .others = g_ptr_array_new_with_free_func (close_descriptor) };
  for (guint i = 0; each[i] != NULL; i++)
    open_lane (self, each[i]);
}

void
test_track_close (TestTrack *self)
{
  for (guint i = 0; i < self->n; i++)
    g_clear_object (&self->listeners[i]);
  g_ptr_array_unref (self->others);
  test_assert_finalize_object (self->name);
}

GSockSocket *
test_track_accept (TestTrack *self, guint lane)
{
  return GSOCK_SOCKET (gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (self->listeners[lane]), FALSE, 0, NULL, NULL));
}

void
test_track_make_room (TestTrack *self, guint lane)
{
  GSockSocket *accepted;

  while ((accepted = test_track_accept (self, lane)) != NULL)
    g_object_unref (accepted);
}

guint
test_track_lane_of (TestTrack *self, GSockSocket *socket)
{
  GSockAddress remote;

  g_assert_true (gsock_socket_copy_remote_address (socket, &remote, NULL));
  for (guint i = 0; i < self->n; i++)
    if (gsock_address_equal (&remote, &self->addresses[i]))
      return i;
  g_assert_not_reached ();
}
