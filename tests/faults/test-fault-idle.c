/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thousands of idle connections and a busy one: what the busy one costs does not depend on the others,
 * neither in time nor in memory. Two processes, as each has a limit of descriptors. */

#include <gsock/gsock.h>

#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testloop.h"
#include "testthread.h"
#include "testwire.h"

#define IDLE_FEW 10
#define IDLE_MANY 9000
#define IDLE_MANY_SHORT 1000
#define SECONDS 60
#define MESSAGES_SHORT 3000

/* What a connection may take: it and its record, its watch or its operation. */
#define BYTES_EACH 2000

typedef struct
{
  GPtrArray *connections; /* the first is the busy one */
  gboolean hung_up;
  guint n_idle_calls, n_messages;
  gsize memory_each, memory_before, memory_after;
  double seconds_each;
  guint n_polls;
} Server;

/* The poll of the main context, and what it was asked */
static guint n_polls, most_polled;

static int
count_poll (GPollFD *fds, guint n, int timeout)
{
  n_polls++;
  most_polled = MAX (most_polled, n);
  return g_poll (fds, n, timeout);
}

/* The other process: connects them all, and has the first one echo until it is closed. */
static void
be_clients (const char *name, guint n)
{
  GPtrArray *clients = g_ptr_array_new ();
  GSockSocket *busy;
  char byte;

  for (guint i = 0; i < n; i++)
    {
      GSockSocket *client = gsock_make_socket (NULL, NULL, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL, "remote-filename", name, NULL);

      if (client == NULL)
        _exit (1);
      g_ptr_array_add (clients, client);
    }
  busy = clients->pdata[0];
  while (gsock_socket_send_to_direct (busy, (const guint8 *) "x", 1, NULL, 0, TRUE, -1, NULL, NULL) == 1
         && gsock_socket_receive_from_direct (busy, &byte, 1, 0, TRUE, -1, NULL, NULL, NULL) == 1)
    ;
  _exit (0);
}

static void
accept_clients (Server *self, GSockSocket *listener, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      GSockActiveSocket *accepted = gsock_passive_socket_accept_connection_direct (GSOCK_PASSIVE_SOCKET (listener), TRUE, 60, NULL, &error);

      g_assert_no_error (error);
      g_ptr_array_add (self->connections, accepted);
    }
}

static void
answer (Server *self, GSockSocket *socket)
{
  g_assert_true (socket == self->connections->pdata[0]);
  if (self->hung_up) /* what came before is given all the same */
    return;
  self->n_messages++;
  test_put (socket);
}

/* Waiting by watches */

static gboolean
on_busy (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  if ((condition & G_IO_HUP) != 0)
    return G_SOURCE_REMOVE;
  test_take (socket);
  answer (data, socket);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_idle (GSockSocket *socket, GIOCondition condition, gpointer data)
{
  ((Server *) data)->n_idle_calls++;
  return G_SOURCE_REMOVE;
}

static void
watch (Server *self, guint i)
{
  g_assert_nonnull (gsock_socket_watch (self->connections->pdata[i], G_IO_IN, G_PRIORITY_DEFAULT, i == 0 ? on_busy : on_idle, self, NULL, NULL));
}

/* Waiting by asynchronous calls */

static void
on_received (GObject *source, GAsyncResult *result, gpointer data)
{
  GSockSocket *socket = GSOCK_SOCKET (source);
  g_autoptr (GBytes) bytes = gsock_socket_receive_from_finish (socket, result, NULL, NULL, NULL, NULL);
  Server *self = data;

  if (bytes == NULL || socket != self->connections->pdata[0])
    {
      self->n_idle_calls++;
      return;
    }
  answer (self, socket);
  gsock_socket_receive_bytes_async (socket, 1, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static void
await (Server *self, guint i)
{
  gsock_socket_receive_bytes_async (self->connections->pdata[i], 1, 0, TRUE, -1, G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static gsize
memory_in_use (void)
{
  return mallinfo2 ().uordblks;
}

/* Until so many messages, or so many seconds. */
static void
run_for (Server *self, guint messages, double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);
  guint target = self->n_messages + messages;

  while (self->n_messages < target && (self->n_messages % 64 != 0 || g_get_monotonic_time () < end))
    g_main_context_iteration (NULL, TRUE);
}

static void
measure (Server *self)
{
  guint n;
  double start;

  run_for (self, 500, 60);
  self->memory_before = memory_in_use ();
  n = self->n_messages;
  n_polls = most_polled = 0;
  start = test_processor_seconds ();
  run_for (self, test_is_long () ? G_MAXUINT / 2 : MESSAGES_SHORT, test_is_long () ? SECONDS : 60);
  n = self->n_messages - n;
  self->seconds_each = (test_processor_seconds () - start) / n;
  self->memory_after = memory_in_use ();
  self->n_polls = n_polls;
  /* Whoever else takes part in the context may wake it now and then. */
  g_assert_cmpuint (n_polls, <=, n + n / 4 + 100);
}

static void
hang_up (Server *self)
{
  self->hung_up = TRUE;
  for (guint i = 0; i < self->connections->len; i++)
    gsock_socket_close (self->connections->pdata[i], FALSE, NULL);
  g_assert_cmpuint (self->n_idle_calls, ==, 0);
  test_run_ready (NULL);
  g_assert_cmpuint (self->n_idle_calls, >=, self->connections->len - 1);
  g_ptr_array_unref (self->connections);
}

static void
serve (Server *self, guint n_idle, void (*wait) (Server *self, guint i))
{
  g_autofree char *name = test_unique_name ();
  GSockSocket *listener = gsock_make_socket (NULL, NULL, "connect", GSOCK_ROLE_PASSIVE, "address-family", GSOCK_ADDRESS_FAMILY_LOCAL,
                                             "local-filename", name, "backlog", 128, NULL);
  gsize before;
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    be_clients (name, n_idle + 1);
  *self = (Server){ .connections = g_ptr_array_new_with_free_func (g_object_unref) };
  before = memory_in_use ();
  accept_clients (self, listener, n_idle + 1);
  for (guint i = 0; i <= n_idle; i++)
    wait (self, i);
  measure (self);
  self->memory_each = self->memory_before > before ? (self->memory_before - before) / (n_idle + 1) : 0;
  hang_up (self);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_finalize_object (listener);
}

typedef struct
{
  const char *name;
  void (*wait) (Server *self, guint i);
} Face;

static const Face faces[] = {
  { "/idle/watched", watch },
  { "/idle/awaited", await },
};

static gboolean
may_open (guint n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur >= n + 100)
    return TRUE;
  limit.rlim_cur = MIN (limit.rlim_max, n + 100);
  return setrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= n + 100;
}

static void
test_flat (gconstpointer data)
{
  const Face *face = data;
  guint n = test_is_long () ? IDLE_MANY : IDLE_MANY_SHORT;
  Server few, many;

  if (!may_open (n))
    {
      g_test_skip ("this process may not have so many descriptors");
      return;
    }
  serve (&few, IDLE_FEW, face->wait);
  serve (&many, n, face->wait);
  g_test_message ("%u idle: %.2f us of processor time a message, %u idle: %.2f us; %" G_GSIZE_FORMAT " bytes for each", IDLE_FEW, few.seconds_each * 1e6,
                  n, many.seconds_each * 1e6, many.memory_each);
  /* A set, the bell of the context, and what else there may be: not one for each connection. */
  g_assert_cmpuint (most_polled, <=, 8);
  g_assert_cmpuint (many.memory_each, <=, BYTES_EACH);
  g_assert_cmpuint (many.memory_after, <=, many.memory_before + 10000);
  if (test_is_long ())
    g_assert_cmpfloat (many.seconds_each, <, few.seconds_each * 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_main_context_set_poll_func (NULL, count_poll);
  for (guint i = 0; i < G_N_ELEMENTS (faces); i++)
    g_test_add_data_func (faces[i].name, &faces[i], test_flat);
  return g_test_run ();
}
