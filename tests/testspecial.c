/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A class of sockets of the tests' own, which specialises the operators. */

#include "testspecial.h"

enum
{
  PROP_LABEL = 1,
  PROP_FULL_NAME,
  PROP_LOSS,
  PROP_SERIAL,
};

G_DEFINE_FINAL_TYPE (TestSpecial, test_special, GSOCK_TYPE_DATAGRAM_SOCKET)

static gboolean
test_special_bind_address (GSockSocket *socket, const GSockAddress *address, GError **error)
{
  TEST_SPECIAL (socket)->n_bound++;
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->bind_address (socket, address, error);
}

static gboolean
test_special_connect_to (GSockSocket *socket, const GSockAddress *address, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  TEST_SPECIAL (socket)->n_connected++;
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->connect_to (socket, address, wait, timeout, cancellable, error);
}

static gboolean
test_special_shutdown (GSockSocket *socket, gboolean read, gboolean write, GError **error)
{
  TEST_SPECIAL (socket)->n_shut_down++;
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->shutdown (socket, read, write, error);
}

static gboolean
test_special_close (GSockSocket *socket, gboolean abort, GError **error)
{
  TEST_SPECIAL (socket)->n_closed++;
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->close (socket, abort, error);
}

static gssize
test_special_send_to (GSockSocket *socket, GBytes *data, const GSockAddress *destination, GSockMessageFlags flags, gboolean wait, double timeout, GCancellable *cancellable, GError **error)
{
  TestSpecial *self = TEST_SPECIAL (socket);
  guint number = self->n_sent++;

  if (self->fails)
    return -1;
  if (self->loss > 1 && number % self->loss != 0)
    return (gssize) g_bytes_get_size (data);
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->send_to (socket, data, destination, flags, wait, timeout, cancellable, error);
}

static GBytes *
test_special_receive_from (GSockSocket *socket, gsize size, GSockMessageFlags flags, gboolean wait, double timeout, GSockAddress **sender, GSockMessageFlags *received_flags, gsize *full_length, GCancellable *cancellable, GError **error)
{
  TestSpecial *self = TEST_SPECIAL (socket);

  self->n_received++;
  if (self->fails)
    return NULL;
  return GSOCK_SOCKET_CLASS (test_special_parent_class)->receive_from (socket, size, flags, wait, timeout, sender, received_flags,
                                                                       full_length, cancellable, error);
}

static gboolean
test_special_disconnect_peer (GSockDatagramSocket *socket, GError **error)
{
  TEST_SPECIAL (socket)->n_disconnected++;
  return GSOCK_DATAGRAM_SOCKET_CLASS (test_special_parent_class)->disconnect_peer (socket, error);
}

static void
test_special_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TestSpecial *self = TEST_SPECIAL (object);

  if (property_id == PROP_LOSS)
    self->loss = g_value_get_int (value);
  else if (property_id == PROP_SERIAL)
    self->serial = g_value_get_int (value);
  else if (property_id == PROP_LABEL)
    (g_free (self->label), self->label = g_value_dup_string (value));
  else
    (g_free (self->full_name), self->full_name = g_value_dup_string (value));
}

static void
test_special_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  TestSpecial *self = TEST_SPECIAL (object);

  if (property_id == PROP_LOSS || property_id == PROP_SERIAL)
    g_value_set_int (value, property_id == PROP_LOSS ? self->loss : self->serial);
  else
    g_value_set_string (value, property_id == PROP_LABEL ? self->label : self->full_name);
}

static void
test_special_finalize (GObject *object)
{
  g_free (TEST_SPECIAL (object)->label);
  g_free (TEST_SPECIAL (object)->full_name);
  G_OBJECT_CLASS (test_special_parent_class)->finalize (object);
}

static void
test_special_class_init (TestSpecialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GSockSocketClass *socket_class = GSOCK_SOCKET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = test_special_set_property;
  object_class->get_property = test_special_get_property;
  object_class->finalize = test_special_finalize;
  socket_class->bind_address = test_special_bind_address;
  socket_class->connect_to = test_special_connect_to;
  socket_class->shutdown = test_special_shutdown;
  socket_class->close = test_special_close;
  socket_class->send_to = test_special_send_to;
  socket_class->receive_from = test_special_receive_from;
  GSOCK_DATAGRAM_SOCKET_CLASS (klass)->disconnect_peer = test_special_disconnect_peer;

  g_object_class_install_property (object_class, PROP_LABEL, g_param_spec_string ("label", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_FULL_NAME, g_param_spec_string ("full-name", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_LOSS, g_param_spec_int ("loss", NULL, NULL, 0, 10, 0, flags));
  g_object_class_install_property (object_class, PROP_SERIAL,
                                   g_param_spec_int ("serial", NULL, NULL, 0, 100, 0, flags | G_PARAM_CONSTRUCT_ONLY));
}

static void
test_special_init (TestSpecial *self)
{
}
