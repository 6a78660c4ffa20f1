/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tables of asynchronous operations share. */

#include "testending.h"

#include "testwire.h"

#include <sys/socket.h>
#include <unistd.h>

static const TestEndingTable *const tables[] = {
  &test_endings_of_data,
  &test_endings_of_making,
  &test_endings_of_parcels,
  &test_endings_of_streams,
};

void
test_ending_foreach (void (*function) (const TestEndingCase *row))
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (guint j = 0; j < tables[i]->n; j++)
      function (&tables[i]->cases[j]);
}

gboolean
test_ending_has (const char *function)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (guint j = 0; j < tables[i]->n; j++)
      if (g_str_equal (tables[i]->cases[j].function, function))
        return TRUE;
  return FALSE;
}

void
test_ending_note (TestEnding *self, const GError *error)
{
  self->n_called++;
  self->went_well = error == NULL;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
}

gboolean
test_ending_got_bytes (GBytes *bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
  return bytes != NULL;
}

void
test_ending_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  TestEnding *self = data;
  g_autoptr (GError) error = NULL;
  gboolean went_well = self->row->finish (self, result, &error);

  g_assert_true (went_well == (error == NULL));
  test_ending_note (self, error);
}

void
test_ending_open_pair_of (TestEnding *self, GSockSocketType type)
{
  g_autoptr (GError) error = NULL;

  gsock_make_socket_pair (&self->near, &self->far, &error, "type", type, NULL);
  g_assert_no_error (error);
}

void
test_ending_open_pair (TestEnding *self)
{
  test_ending_open_pair_of (self, GSOCK_SOCKET_TYPE_STREAM);
}

void
test_ending_open_datagrams (TestEnding *self)
{
  test_ending_open_pair_of (self, GSOCK_SOCKET_TYPE_DATAGRAM);
}

static void
fill (TestEnding *self)
{
  g_assert_cmpint (setsockopt (test_peek_fd (self->near), SOL_SOCKET, SO_SNDBUF, &(int){ 4608 }, sizeof (int)), ==, 0);
  test_fill (self->near);
}

void
test_ending_open_full_pair (TestEnding *self)
{
  test_ending_open_pair (self);
  fill (self);
}

void
test_ending_open_full_datagrams (TestEnding *self)
{
  test_ending_open_datagrams (self);
  fill (self);
}

GSockSocket *
test_ending_new_client (void)
{
  return gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, NULL);
}

void
test_ending_say_little (TestEnding *self)
{
  (void) gsock_socket_send_to_direct (self->far, (const guint8 *) "x", 1, NULL, 0, FALSE, 0, NULL, NULL);
}

/* Enough for whoever wants eight of something. */
void
test_ending_say (TestEnding *self)
{
  (void) gsock_socket_send_to_direct (self->far, (const guint8 *) "1234567\n", 8, NULL, 0, FALSE, 0, NULL, NULL);
}

void
test_ending_drain_little (TestEnding *self)
{
  guint8 bytes[2048];

  (void) gsock_socket_receive_from_direct (self->far, bytes, sizeof bytes, 0, FALSE, 0, NULL, NULL, NULL);
}

void
test_ending_drain (TestEnding *self)
{
  test_drain (self->far);
}

static void
close_descriptor (gpointer fd)
{
  close (GPOINTER_TO_INT (fd) - 1);
}

void
test_ending_open (TestEnding *self, const TestEndingCase *row, guint nth)
{
  *self = (TestEnding){ .row = row, .nth = nth };
  self->clients = g_ptr_array_new_with_free_func (g_object_unref);
  self->descriptors = g_ptr_array_new_with_free_func (close_descriptor);
  self->cancellable = g_cancellable_new ();
  self->batch = gsock_batch_new ();
  row->open (self);
}

/* The pointers are for those who are told of the end: they become NULL when the objects are gone. */
static void
drop (gpointer object, gpointer *at)
{
  if (object == NULL)
    return;
  g_object_add_weak_pointer (object, at);
  g_object_unref (object);
}

void
test_ending_drop (TestEnding *self)
{
  drop (self->other, (gpointer *) &self->other);
  drop (self->near, (gpointer *) &self->near);
}

static void
let_go (gpointer object)
{
  if (object != NULL)
    test_assert_finalize_object (object);
}

void
test_ending_close (TestEnding *self)
{
  g_clear_error (&self->error);
  g_ptr_array_unref (self->clients);
  g_ptr_array_unref (self->descriptors);
  gsock_batch_unref (self->batch);
  let_go (self->other);
  let_go (self->near);
  let_go (self->far);
  let_go (self->cancellable);
  if (self->track != NULL)
    test_track_close (self->track);
  g_free (self->track);
}
