/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous operations that pass on what only local sockets carry, each where it has to wait. */

#include "testending.h"

#include "testwire.h"

#include <unistd.h>

#define CALL self->cancellable, test_ending_ready, self

static void
give_descriptor (TestEnding *self)
{
  (void) gsock_socket_send_file_descriptor_direct (self->far, STDIN_FILENO, NULL, FALSE, 0, NULL, NULL);
}

static GSockSocket *
some_socket (TestEnding *self)
{
  if (self->clients->len == 0)
    g_ptr_array_add (self->clients, test_ending_new_client ());
  return self->clients->pdata[0];
}

static void
give_socket (TestEnding *self)
{
  (void) gsock_socket_send_socket_direct (self->far, some_socket (self), FALSE, 0, NULL, NULL);
}

static void
give_credentials (TestEnding *self)
{
  (void) gsock_socket_send_credentials_direct (self->far, getpid (), getuid (), getgid (), FALSE, 0, NULL, NULL);
}

static void
start_receive_descriptor (TestEnding *self)
{
  gsock_socket_receive_file_descriptor_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_descriptor (TestEnding *self, GAsyncResult *result, GError **error)
{
  int fd = gsock_socket_receive_file_descriptor_finish (self->near, result, error);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

static void
start_receive_descriptors (TestEnding *self)
{
  gsock_socket_receive_file_descriptors_async (self->near, 4, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_descriptors (TestEnding *self, GAsyncResult *result, GError **error)
{
  g_autofree int *fds = NULL;
  gsize n = 0;

  fds = gsock_socket_receive_file_descriptors_finish (self->near, result, &n, NULL, error);
  for (gsize i = 0; i < n; i++)
    close (fds[i]);
  return fds != NULL;
}

static void
start_receive_socket (TestEnding *self)
{
  gsock_socket_receive_socket_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  GSockSocket *socket = gsock_socket_receive_socket_finish (self->near, result, error);

  g_clear_object (&socket);
  return *error == NULL;
}

static void
start_receive_credentials (TestEnding *self)
{
  gsock_socket_receive_credentials_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_receive_credentials (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_receive_credentials_finish (self->near, result, NULL, NULL, NULL, NULL, error);
}

static void
start_send_descriptor (TestEnding *self)
{
  gsock_socket_send_file_descriptor_async (self->near, STDIN_FILENO, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_descriptor (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_file_descriptor_finish (self->near, result, error);
}

static void
start_send_descriptors (TestEnding *self)
{
  static const int fds[] = { STDIN_FILENO, STDOUT_FILENO };

  gsock_socket_send_file_descriptors_async (self->near, fds, 2, NULL, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_descriptors (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_file_descriptors_finish (self->near, result, error) >= 0;
}

static void
start_send_socket (TestEnding *self)
{
  gsock_socket_send_socket_async (self->near, some_socket (self), NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_socket (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_socket_finish (self->near, result, error);
}

static void
start_send_credentials (TestEnding *self)
{
  gsock_socket_send_credentials_async (self->near, NULL, NULL, 0, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_send_credentials (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_socket_send_credentials_finish (self->near, result, error);
}

/* A handover of one socket, which waits for what its successor says. */
static void
open_channel (TestEnding *self)
{
  test_ending_open_pair_of (self, GSOCK_SOCKET_TYPE_SEQPACKET);
}

static void
start_give (TestEnding *self)
{
  static const char *const names[] = { "http", NULL };
  GSockSocket *socket = some_socket (self);

  gsock_handover_give_async (self->near, &socket, 1, names, GSOCK_TIMEOUT_NEVER, G_PRIORITY_DEFAULT, CALL);
}

static gboolean
finish_give (TestEnding *self, GAsyncResult *result, GError **error)
{
  return gsock_handover_give_finish (self->near, result, error);
}

static void
tell (TestEnding *self, const char *record, gsize length)
{
  (void) gsock_socket_send_to_direct (self->far, (const guint8 *) record, length, NULL, 0, FALSE, 0, NULL, NULL);
}

#define TELL(self, record) tell (self, record, sizeof (record) - 1)

/* One socket was received, and it serves. */
static void
succeed (TestEnding *self)
{
  TELL (self, "\x9eGH\1\3\1\0");
  TELL (self, "\x9eGH\1\4");
}

#define RECEIVING .open = test_ending_open_pair
#define SENDING .open = test_ending_open_full_pair, .release = test_ending_drain

static const TestEndingCase cases[] = {
  { "gsock_handover_give_async", .open = open_channel, .start = start_give, .finish = finish_give, .release = succeed, .flags = TEST_ENDING_IN_THREAD },
  { "gsock_socket_receive_credentials_async", RECEIVING, .start = start_receive_credentials, .finish = finish_receive_credentials, .release = give_credentials },
  { "gsock_socket_receive_file_descriptor_async", RECEIVING, .start = start_receive_descriptor, .finish = finish_receive_descriptor, .release = give_descriptor },
  { "gsock_socket_receive_file_descriptors_async", RECEIVING, .start = start_receive_descriptors, .finish = finish_receive_descriptors, .release = give_descriptor },
  { "gsock_socket_receive_socket_async", RECEIVING, .start = start_receive_socket, .finish = finish_receive_socket, .release = give_socket },
  { "gsock_socket_send_credentials_async", SENDING, .start = start_send_credentials, .finish = finish_send_credentials },
  { "gsock_socket_send_file_descriptor_async", SENDING, .start = start_send_descriptor, .finish = finish_send_descriptor },
  { "gsock_socket_send_file_descriptors_async", SENDING, .start = start_send_descriptors, .finish = finish_send_descriptors },
  { "gsock_socket_send_socket_async", SENDING, .start = start_send_socket, .finish = finish_send_socket },
};
const TestEndingTable test_endings_of_parcels = { cases, G_N_ELEMENTS (cases) };
