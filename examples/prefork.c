/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prefork: several processes serve one port, by a listener that all have inherited or by one of their own
 * each. With the first the kernel gives a visitor to whoever asks next; with the second it picks a
 * listener by the visitor's address, busy or not. How long it took, and what each worker got, is printed
 * for both; and again with one worker that is slow, for whom visitors wait in the second case.
 *
 *   prefork [WORKERS [VISITORS]]
 */

#include <gsock/gsock.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORKERS 64
#define AT_A_TIME 50
#define SLOW_US 5000

typedef struct
{
  GSockSocket *bound; /* it listens, or only keeps the port */
  guint port, n_workers;
  gboolean one_is_slow, own_listeners;
  pid_t workers[MOST_WORKERS];
  guint served[MOST_WORKERS];
} Server;

/* What a worker tells each visitor is its number. */
static G_NORETURN void
work (GSockSocket *listener, guint8 number, gboolean is_slow)
{
  g_autoptr (GError) error = NULL;

  while (error == NULL)
    gsock_with_accept_connection (visitor, GSOCK_PASSIVE_SOCKET (listener), &error, NULL)
      {
        if (is_slow)
          g_usleep (SLOW_US);
        (void) gsock_socket_send_to (visitor, &number, 1, NULL, NULL, NULL);
      }
  g_printerr ("worker %u: %s\n", number, error->message);
  exit (1);
}

static GSockSocket *
make_listener (guint port, GError **error)
{
  return gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", "local-port", port, "reuse-port", TRUE, NULL);
}

/* A worker says when it is ready: whoever comes before would be refused. */
static gboolean
start_worker (Server *self, guint8 number, GError **error)
{
  g_autoptr (GSockSocket) parent = NULL, child = NULL;
  char ready;

  if (!gsock_make_socket_pair (&parent, &child, error, NULL))
    return FALSE;
  self->workers[number] = fork ();
  if (self->workers[number] == 0)
    {
      GSockSocket *listener = self->own_listeners ? make_listener (self->port, error) : self->bound;

      if (listener == NULL || gsock_socket_send_to (child, "r", 1, NULL, error, NULL) < 0)
        exit (1);
      work (listener, number, self->one_is_slow && number == 0);
    }
  g_clear_object (&child);
  if (self->workers[number] > 0 && gsock_socket_receive_from (parent, &ready, 1, NULL, NULL, error, NULL) == 1)
    return TRUE;
  if (error != NULL && *error == NULL)
    g_set_error (error, GSOCK_ERROR, GSOCK_ERROR_FAILED, "worker %u does not start", number);
  return FALSE;
}

/* A socket with reuse-port that is bound and does not listen keeps the port for the others, and gets
 * no visitors itself. */
static gboolean
server_start (Server *self, GError **error)
{
  self->bound = self->own_listeners ? gsock_make_socket (NULL, error, "local-host", "127.0.0.1", "reuse-port", TRUE, NULL)
                                    : gsock_make_socket (NULL, error, "connect", GSOCK_ROLE_PASSIVE, "local-host", "127.0.0.1", NULL);
  if (self->bound == NULL)
    return FALSE;
  self->port = gsock_socket_get_local_port (self->bound);
  for (guint i = 0; i < self->n_workers; i++)
    if (!start_worker (self, i, error))
      return FALSE;
  return TRUE;
}

static void
server_stop (Server *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    if (self->workers[i] > 0)
      {
        kill (self->workers[i], SIGTERM);
        waitpid (self->workers[i], NULL, 0);
      }
  g_clear_object (&self->bound);
}

/* So many connections at the same time, each of which is told who serves it. */
static gboolean
visit (Server *self, guint n_visitors, GError **error)
{
  g_autoptr (GPtrArray) visitors = g_ptr_array_new_with_free_func (g_object_unref);
  guint8 number;

  for (guint i = 0; i < n_visitors; i++)
    {
      GSockSocket *visitor = gsock_make_socket (NULL, error, "remote-host", "127.0.0.1", "remote-port", self->port, NULL);

      if (visitor == NULL)
        return FALSE;
      g_ptr_array_add (visitors, visitor);
    }
  for (guint i = 0; i < n_visitors; i++)
    {
      if (gsock_socket_receive_from (visitors->pdata[i], &number, 1, NULL, NULL, error, "timeout", 10.0, NULL) != 1)
        return FALSE;
      self->served[number]++;
    }
  return TRUE;
}

static gboolean
measure (Server *server, guint n_visitors, GError **error)
{
  gboolean done = server_start (server, error);
  gint64 start = g_get_monotonic_time ();

  for (guint left = n_visitors; done && left > 0; left -= MIN (left, AT_A_TIME))
    done = visit (server, MIN (left, AT_A_TIME), error);
  if (done)
    {
      g_print ("%s: %.0f ms;", server->own_listeners ? "own listeners" : "one listener", (g_get_monotonic_time () - start) / 1e3);
      for (guint i = 0; i < server->n_workers; i++)
        g_print (" %u", server->served[i]);
      g_print ("\n");
    }
  server_stop (server);
  return done;
}

static gboolean
compare (guint n_workers, guint n_visitors, gboolean one_is_slow, GError **error)
{
  Server one = { .n_workers = n_workers, .one_is_slow = one_is_slow };
  Server own = { .n_workers = n_workers, .one_is_slow = one_is_slow, .own_listeners = TRUE };

  g_print ("%u workers%s, %u visitors\n", n_workers, one_is_slow ? ", the first of them slow" : "", n_visitors);
  return measure (&one, n_visitors, error) && measure (&own, n_visitors, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint n_workers = argc > 1 ? CLAMP (atoi (argv[1]), 1, MOST_WORKERS) : 4;
  guint n_visitors = argc > 2 ? MAX (atoi (argv[2]), 1) : 2000;

  if (compare (n_workers, n_visitors, FALSE, &error) && compare (n_workers, MAX (n_visitors / 10, 1), TRUE, &error))
    return 0;
  g_printerr ("%s\n", error != NULL ? error->message : "a worker has hung up");
  return 1;
}
