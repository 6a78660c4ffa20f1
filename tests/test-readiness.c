/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a reactor watches by itself and what in a set, and the numbers that are not what they were. */

#include <gsock/gsock-readiness-private.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testloop.h"
#include "testwire.h"

enum
{
  MANY = 40
};

/* A source that does what a reactor's does, and no more. */
typedef struct
{
  GSource source;
  GSockReadiness readiness;
  guint n_turns;
} Watcher;

typedef struct
{
  GSockRecord record;
  guint n_told, events;
} Told;

static void
on_happened (GSockRecord *record, guint events)
{
  Told *told = (Told *) (gpointer) record;

  told->n_told++;
  told->events = events;
}

static gboolean
watcher_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  Watcher *self = (Watcher *) source;

  self->n_turns++;
  gsock_readiness_fetch (&self->readiness, on_happened, FALSE);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs watcher_funcs = { .dispatch = watcher_dispatch };

static Watcher *
watcher_new (void)
{
  Watcher *self = (Watcher *) g_source_new (&watcher_funcs, sizeof (Watcher));

  gsock_readiness_init (&self->readiness, &self->source);
  g_source_attach (&self->source, NULL);
  return self;
}

static void
watcher_free (Watcher *self)
{
  gsock_readiness_end (&self->readiness);
  gsock_readiness_clear (&self->readiness);
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

/* How often it is woken by what is ready now. */
static guint
turns (Watcher *self)
{
  guint before = self->n_turns;

  for (guint i = 0; i < 50 && g_main_context_iteration (NULL, FALSE); i++)
    ;
  return self->n_turns - before;
}

static void
told_open (Told *self, int fd)
{
  *self = (Told){ .record = { .fd = fd } };
}

typedef struct
{
  Watcher *watcher;
  Told told[MANY];
  int fds[MANY][2];
} Pipes;

static void
pipes_open (Pipes *self, guint n)
{
  self->watcher = watcher_new ();
  for (guint i = 0; i < MANY; i++)
    {
      g_assert_cmpint (pipe2 (self->fds[i], O_CLOEXEC | O_NONBLOCK), ==, 0);
      told_open (&self->told[i], self->fds[i][0]);
      if (i < n)
        gsock_readiness_register (&self->watcher->readiness, &self->told[i].record, POLLIN);
    }
}

static void
close_if_open (int fd)
{
  if (fcntl (fd, F_GETFD) >= 0)
    close (fd);
}

static void
pipes_close (Pipes *self)
{
  for (guint i = 0; i < MANY; i++)
    {
      gsock_readiness_forget (&self->watcher->readiness, &self->told[i].record);
      close_if_open (self->fds[i][0]);
      close_if_open (self->fds[i][1]);
    }
  watcher_free (self->watcher);
}

static void
put (Pipes *self, guint i)
{
  g_assert_cmpint (write (self->fds[i][1], "x", 1), ==, 1);
}

static void
take (int fd)
{
  char byte;

  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
}

static gboolean
is_in_set (const Told *told)
{
  return told->record.in_set;
}

static gboolean
is_direct (const Told *told)
{
  return told->record.tag != NULL;
}

/* Each is told what happens to it, and nobody else is. */
static void
check_each (Pipes *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint total = 0;

      for (guint j = 0; j < n; j++)
        self->told[j].n_told = 0;
      put (self, i);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (self->told[i].n_told, ==, 1);
      g_assert_cmpuint (self->told[i].events, ==, POLLIN);
      for (guint j = 0; j < n; j++)
        total += self->told[j].n_told;
      g_assert_cmpuint (total, ==, 1);
      take (self->fds[i][0]);
      g_assert_cmpuint (turns (self->watcher), ==, 0);
    }
}

static void
test_few (void)
{
  guint before = test_count_descriptors ();
  Pipes self;

  pipes_open (&self, 2);
  g_assert_true (is_direct (&self.told[0]) && is_direct (&self.told[1]));
  g_assert_cmpuint (test_count_descriptors (), ==, before + 2 * MANY);
  check_each (&self, 2);
  pipes_close (&self);
}

/* One descriptor more serves them all, and goes with the last of them. */
static void
test_many (void)
{
  guint before = test_count_descriptors ();
  Pipes self;

  pipes_open (&self, MANY);
  if (self.watcher->readiness.set < 0)
    {
      g_assert_cmpuint (self.watcher->readiness.direct->len, ==, MANY);
      g_assert_cmpuint (test_count_descriptors (), ==, before + 2 * MANY);
    }
  else
    {
      for (guint i = 0; i < MANY; i++)
        g_assert_true (is_in_set (&self.told[i]) && !is_direct (&self.told[i]));
      g_assert_cmpuint (test_count_descriptors (), ==, before + 2 * MANY + 1);
    }
  check_each (&self, MANY);
  for (guint i = 0; i < MANY; i++)
    gsock_readiness_register (&self.watcher->readiness, &self.told[i].record, 0);
  g_assert_cmpint (self.watcher->readiness.set, <, 0);
  g_assert_cmpuint (test_count_descriptors (), ==, before + 2 * MANY);
  put (&self, 3);
  g_assert_cmpuint (turns (self.watcher), ==, 0);
  pipes_close (&self);
}

static void
test_all_at_once (void)
{
  Pipes self;

  pipes_open (&self, MANY);
  for (guint i = 0; i < MANY; i++)
    put (&self, i);
  g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < MANY; i++)
    g_assert_cmpuint (self.told[i].n_told, ==, 1);
  pipes_close (&self);
}

static void
check_modified (guint n)
{
  Pipes self;
  Told *told = &self.told[0];

  pipes_open (&self, n);
  told_open (told + MANY - 1, self.fds[MANY - 1][1]);
  told = told + MANY - 1;
  gsock_readiness_register (&self.watcher->readiness, &told->record, POLLIN);
  g_assert_cmpuint (turns (self.watcher), ==, 0);
  gsock_readiness_register (&self.watcher->readiness, &told->record, POLLIN | POLLOUT);
  g_assert_cmpuint (turns (self.watcher), >, 0);
  g_assert_cmpuint (told->events, ==, POLLOUT);
  gsock_readiness_register (&self.watcher->readiness, &told->record, POLLIN);
  g_assert_cmpuint (turns (self.watcher), ==, 0);
  pipes_close (&self);
}

static void
test_modified (void)
{
  check_modified (0);
  check_modified (5);
}

/* A number that is two records': each is told, whichever goes first. */
static void
test_same_number (void)
{
  Pipes self;
  Told other;

  for (guint last = 0; last < 2; last++)
    {
      pipes_open (&self, 5);
      told_open (&other, self.fds[4][0]);
      gsock_readiness_register (&self.watcher->readiness, &other.record, POLLIN);
      put (&self, 4);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (self.told[4].n_told, ==, 1);
      g_assert_cmpuint (other.n_told, ==, 1);
      gsock_readiness_forget (&self.watcher->readiness, last == 0 ? &self.told[4].record : &other.record);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (self.told[4].n_told, ==, last == 0 ? 1 : 2);
      g_assert_cmpuint (other.n_told, ==, last == 0 ? 2 : 1);
      gsock_readiness_forget (&self.watcher->readiness, &other.record);
      pipes_close (&self);
    }
}

/* The file lives on elsewhere: what happens to it concerns nobody any more. */
static void
test_forgotten_before_close (void)
{
  Pipes self;
  int copy;

  pipes_open (&self, MANY);
  copy = fcntl (self.fds[7][0], F_DUPFD_CLOEXEC, 0);
  gsock_readiness_forget (&self.watcher->readiness, &self.told[7].record);
  close (self.fds[7][0]);
  put (&self, 7);
  g_assert_cmpuint (turns (self.watcher), ==, 0);
  g_assert_cmpuint (self.told[7].n_told, ==, 0);
  close (copy);
  pipes_close (&self);
}

/* Somebody closes the number and keeps the file. Who was told of it is, until it goes; after that nobody
 * is, and the context sleeps. */
static void
test_closed_behind (void)
{
  Pipes self;
  int copy;

  pipes_open (&self, MANY);
  copy = fcntl (self.fds[7][0], F_DUPFD_CLOEXEC, 0);
  close (self.fds[7][0]);
  put (&self, 7);
  gsock_readiness_forget (&self.watcher->readiness, &self.told[7].record);
  g_assert_cmpuint (turns (self.watcher), <=, 2);
  g_assert_cmpuint (self.told[7].n_told, ==, 0);
  self.told[7].record.fd = self.fds[7][0] = copy;
  gsock_readiness_register (&self.watcher->readiness, &self.told[7].record, POLLIN);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (self.told[7].n_told, ==, 1);
  take (copy);
  check_each (&self, MANY);
  pipes_close (&self);
}

/* The number is another file's by then, which somebody else waits for. */
static void
test_number_taken (void)
{
  Pipes self;
  Told newcomer;
  int copy, fds[2];

  pipes_open (&self, MANY);
  copy = fcntl (self.fds[7][0], F_DUPFD_CLOEXEC, 0);
  g_assert_cmpint (pipe2 (fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
  g_assert_cmpint (dup3 (fds[0], self.fds[7][0], O_CLOEXEC), ==, self.fds[7][0]);
  told_open (&newcomer, self.fds[7][0]);
  gsock_readiness_register (&self.watcher->readiness, &newcomer.record, POLLIN);

  put (&self, 7);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (newcomer.n_told, ==, 0);
  gsock_readiness_register (&self.watcher->readiness, &self.told[7].record, POLLIN | POLLOUT);
  gsock_readiness_forget (&self.watcher->readiness, &self.told[7].record);
  g_assert_cmpuint (turns (self.watcher), <=, 2);
  g_assert_cmpuint (newcomer.n_told, ==, 0);
  g_assert_cmpint (write (fds[1], "x", 1), ==, 1);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (newcomer.n_told, ==, 1);

  gsock_readiness_forget (&self.watcher->readiness, &newcomer.record);
  close (copy);
  close (fds[0]);
  close (fds[1]);
  pipes_close (&self);
}

/* The set takes no other events for a number that it does not know any more. It is watched all the same,
 * and there is no spin over what the old file goes on telling. */
static void
test_modified_after_close (gconstpointer data)
{
  gboolean taken = GPOINTER_TO_INT (data);
  Pipes self;
  int copy;

  pipes_open (&self, MANY);
  put (&self, 7);
  copy = fcntl (self.fds[7][0], F_DUPFD_CLOEXEC, 0);
  close (self.fds[7][0]);
  if (taken)
    g_assert_cmpint (dup3 (self.fds[8][0], self.fds[7][0], O_CLOEXEC), ==, self.fds[7][0]);
  gsock_readiness_register (&self.watcher->readiness, &self.told[7].record, POLLIN | POLLPRI);
  if (!taken)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (self.told[7].events, ==, POLLNVAL);
      gsock_readiness_forget (&self.watcher->readiness, &self.told[7].record);
    }
  g_assert_cmpuint (turns (self.watcher), <=, 3);
  close (copy);
  pipes_close (&self);
}

/* It is closed, and comes back as what it was. */
static void
test_comes_back (void)
{
  Pipes self;
  int copy;

  pipes_open (&self, MANY);
  copy = fcntl (self.fds[7][0], F_DUPFD_CLOEXEC, 0);
  close (self.fds[7][0]);
  gsock_readiness_forget (&self.watcher->readiness, &self.told[7].record);
  g_assert_cmpint (dup3 (copy, self.fds[7][0], O_CLOEXEC), ==, self.fds[7][0]);
  gsock_readiness_register (&self.watcher->readiness, &self.told[7].record, POLLIN);
  check_each (&self, MANY);
  close (copy);
  pipes_close (&self);
}

/* Files have no readiness: epoll refuses them, poll finds them ready. */
static void
test_plain_file (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp (NULL, &path, NULL);
  Pipes self;
  Told told;

  pipes_open (&self, 5);
  told_open (&told, fd);
  gsock_readiness_register (&self.watcher->readiness, &told.record, POLLIN);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (told.events, ==, POLLIN);
  gsock_readiness_forget (&self.watcher->readiness, &told.record);
  pipes_close (&self);
  close (fd);
  unlink (path);
}

/* No descriptor is left for a set: each by itself, until there is one again. */
static void
test_no_number_left (void)
{
  Pipes self;

  pipes_open (&self, 0);
  test_descriptors_limit (0);
  for (guint i = 0; i < 10; i++)
    gsock_readiness_register (&self.watcher->readiness, &self.told[i].record, POLLIN);
  g_assert_cmpint (self.watcher->readiness.set, <, 0);
  g_assert_cmpuint (self.watcher->readiness.direct->len, ==, 10);
  test_descriptors_restore ();
  check_each (&self, 10);
  gsock_readiness_register (&self.watcher->readiness, &self.told[10].record, POLLIN);
  g_assert_true (self.watcher->readiness.set < 0 || self.watcher->readiness.direct->len == 0);
  check_each (&self, 11);
  pipes_close (&self);
}

/* The same when a set has to be made again. */
static void
test_no_number_left_to_renew (void)
{
  Pipes self;

  pipes_open (&self, 10);
  gsock_readiness_inherit (&self.watcher->readiness);
  test_descriptors_limit (0);
  gsock_readiness_renew (&self.watcher->readiness);
  test_descriptors_restore ();
  g_assert_cmpuint (self.watcher->readiness.direct->len, ==, 10);
  check_each (&self, 10);
  gsock_readiness_renew (&self.watcher->readiness);
  check_each (&self, 10);
  pipes_close (&self);
}

/* In a child, of whatever it has: it forgets without its parent noticing, and makes a set of its own. */
static void
in_child (gpointer data)
{
  Pipes *self = data;
  guint before = test_count_descriptors (), last = self->watcher->readiness.set >= 0 ? MANY - 1 : 1;
  gboolean had_set = self->watcher->readiness.set >= 0;

  gsock_readiness_inherit (&self->watcher->readiness);
  g_assert_cmpuint (test_count_descriptors (), ==, before - (had_set ? 1 : 0));
  for (guint i = 0; i < last; i++)
    gsock_readiness_forget (&self->watcher->readiness, &self->told[i].record);
  put (self, 0);
  put (self, last);
  g_main_context_iteration (NULL, FALSE);
  gsock_readiness_renew (&self->watcher->readiness);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (self->told[0].n_told, ==, 0);
  g_assert_cmpuint (self->told[last].n_told, >=, 1);
  g_assert_cmpuint (test_count_descriptors (), ==, before);
  take (self->fds[0][0]);
  take (self->fds[last][0]);
}

static void
test_inherited (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  Pipes self;
  pid_t child;
  int status;

  pipes_open (&self, n);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      in_child (&self);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  check_each (&self, n);
  pipes_close (&self);
}

static guint n_visited;

static void
forget_visited (GSockRecord *record, guint unused)
{
  gsock_readiness_forget (*(GSockReadiness **) record->reactor, record);
  n_visited++;
}

/* What is visited may go. */
static void
test_foreach (void)
{
  Pipes self;
  GSockReadiness *readiness;

  pipes_open (&self, 20);
  readiness = &self.watcher->readiness;
  for (guint i = 0; i < 20; i++)
    self.told[i].record.reactor = (GSockReactor *) (gpointer) &readiness;
  n_visited = 0;
  gsock_readiness_foreach (readiness, forget_visited);
  g_assert_cmpuint (n_visited, ==, 20);
  g_assert_cmpuint (readiness->n_in_set + readiness->direct->len, ==, 0);
  pipes_close (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add ("/readiness/few", test_few);
  test_add ("/readiness/many", test_many);
  test_add ("/readiness/all-at-once", test_all_at_once);
  test_add ("/readiness/modified", test_modified);
  test_add ("/readiness/same-number", test_same_number);
  test_add ("/readiness/forgotten-before-close", test_forgotten_before_close);
  test_add ("/readiness/closed-behind", test_closed_behind);
  test_add ("/readiness/number-taken", test_number_taken);
  test_add_with ("/readiness/modified-after-close/free", GINT_TO_POINTER (FALSE), test_modified_after_close);
  test_add_with ("/readiness/modified-after-close/taken", GINT_TO_POINTER (TRUE), test_modified_after_close);
  test_add ("/readiness/comes-back", test_comes_back);
  test_add ("/readiness/plain-file", test_plain_file);
  test_add ("/readiness/no-number-left", test_no_number_left);
  test_add ("/readiness/no-number-left-to-renew", test_no_number_left_to_renew);
  test_add_with ("/readiness/inherited/few", GUINT_TO_POINTER (2), test_inherited);
  test_add_with ("/readiness/inherited/many", GUINT_TO_POINTER (MANY), test_inherited);
  test_add ("/readiness/foreach", test_foreach);
  return g_test_run ();
}
